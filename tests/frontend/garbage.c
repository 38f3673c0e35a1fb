// SPDX-License-Identifier: GPL-2.0
/*
 * Garbage in xenstore (R21): everything that a backend reads there is a
 * string of the guest's. One device for each entry, since a backend may make
 * a frontend wait that has failed.
 */
#include "garbage.h"
#include "conform.h"

#include <stdio.h>
#include <string.h>

static const char *const answer_names[] = { "refused", "served", "either" };

static const char *value_of(const struct garbage *entry)
{
	return entry->value ? entry->value : "(none)";
}

void garbage_one(const struct garbage_way *way, unsigned int devid,
		 unsigned int nr)
{
	const struct garbage *entry = &way->entries[nr];
	const char *name = value_of(entry);
	struct front *front = way->open(devid);
	enum garbage_answer answer;
	enum state state;

	if (!entry->value)
		front_remove(front, entry->key);
	else if (!strcmp(entry->value, GARBAGE_LONG))
		front_write(front, entry->key, "%01500d", 0);
	else
		front_write(front, entry->key, "%s", entry->value);
	front_state(front, way->ready);
	state = front_wait(front, 1u << CONNECTED | 1u << CLOSING |
			   1u << CLOSED);
	answer = state == CONNECTED ? SERVED : REFUSED;
	say("%u %s = %s: %s", devid, entry->key, name, answer_names[answer]);
	if (entry->answer != EITHER && entry->answer != answer)
		die("%s = %s: %s", entry->key, name, answer_names[answer]);
	front_state(front, CLOSED);
	front_wait(front, 1u << CLOSED);
	way->free();
	front_close(front);
}

bool garbage_get(const struct garbage_way *way, unsigned int nr,
		 struct conform_case *found)
{
	if (nr >= way->nr)
		return false;
	snprintf(found->name, sizeof(found->name), "%s=%s",
		 way->entries[nr].key, value_of(&way->entries[nr]));
	found->source = way->source;
	return true;
}

int garbage_run(const struct garbage_way *way, unsigned int devid, int argc,
		char **argv)
{
	unsigned int i;

	what = "garbage";
	if (argc && !strcmp(argv[0], "count")) {
		say("%u", way->nr);
		return 0;
	}
	for (i = 0; i < way->nr; i++)
		garbage_one(way, devid + i, i);
	return 0;
}
