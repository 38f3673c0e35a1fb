// SPDX-License-Identifier: GPL-2.0
/*
 * Garbage in xenstore (R21): everything that a backend reads there is a
 * string of the guest's. One device for each entry, since a backend may make
 * a frontend wait that has failed.
 */
#include "blk_attack.h"

#include <string.h>

/* Stands for a value longer than any buffer for it. */
#define LONG		"(long)"

enum answer { REFUSED, SERVED, EITHER };

static const struct {
	const char *key;
	const char *value;
	enum answer answer;
} garbage[] = {
	{ "multi-queue-num-queues", "0", REFUSED },
	{ "multi-queue-num-queues", "2", REFUSED },
	{ "multi-queue-num-queues", "4097", REFUSED },
	{ "multi-queue-num-queues", "4294967295", REFUSED },
	{ "multi-queue-num-queues", "-1", EITHER },
	{ "multi-queue-num-queues", "4294967297", EITHER },
	{ "multi-queue-num-queues", "banana", EITHER },
	{ "ring-page-order", "2", REFUSED },
	{ "ring-page-order", "5", REFUSED },
	{ "ring-page-order", "32", REFUSED },
	{ "ring-page-order", "4294967295", REFUSED },
	{ "ring-page-order", "-1", EITHER },
	{ "ring-page-order", "banana", EITHER },
	{ "ring-ref", NULL, REFUSED },
	{ "ring-ref", "", REFUSED },
	{ "ring-ref", "banana", REFUSED },
	{ "ring-ref", "8176", REFUSED },
	{ "ring-ref", "4294967295", REFUSED },
	{ "ring-ref", "-1", REFUSED },
	{ "event-channel", NULL, REFUSED },
	{ "event-channel", "0", REFUSED },
	{ "event-channel", "1", REFUSED },
	{ "event-channel", "4095", REFUSED },
	{ "event-channel", "999999", REFUSED },
	{ "event-channel", "4294967295", REFUSED },
	{ "event-channel", "-1", REFUSED },
	{ "event-channel", "banana", REFUSED },
	{ "protocol", "x87-abi", REFUSED },
	{ "protocol", "", EITHER },
	{ "protocol", "%s%s%s%n%n", REFUSED },
	{ "protocol", LONG, REFUSED },
	{ "feature-persistent", "4294967295", SERVED },
	{ "feature-persistent", "banana", SERVED },
	{ "device-type", "%n%n%n%n%n%n%n%n", SERVED },
};

static const char *const answer_names[] = { "refused", "served", "either" };

static void one(struct blk *blk, unsigned int devid, unsigned int i)
{
	const char *value = garbage[i].value;
	enum answer answer;
	enum state state;

	blk_open(blk, devid);
	front_reset(&blk->front);
	blk_offer_rings(blk, &blk_attack_conf);
	if (value && !strcmp(value, LONG))
		front_write(&blk->front, garbage[i].key, "%01500d", 0);
	else if (value)
		front_write(&blk->front, garbage[i].key, "%s", value);
	else
		front_remove(&blk->front, garbage[i].key);
	front_state(&blk->front, INITIALISED);
	state = front_wait(&blk->front, 1u << CONNECTED | 1u << CLOSING |
			   1u << CLOSED);
	answer = state == CONNECTED ? SERVED : REFUSED;
	say("%u %s = %s: %s", devid, garbage[i].key, value ? value : "(none)",
	    answer_names[answer]);
	if (garbage[i].answer != EITHER && garbage[i].answer != answer)
		die("%s = %s: %s", garbage[i].key, value,
		    answer_names[answer]);
	front_state(&blk->front, CLOSED);
	front_wait(&blk->front, 1u << CLOSED);
	blk_free_rings(blk);
	front_close(&blk->front);
}

/* The devices DEVID and those behind it; "count" prints how many. */
int blk_garbage(unsigned int devid, int argc, char **argv)
{
	struct blk blk;
	unsigned int i;

	what = "garbage";
	if (argc && !strcmp(argv[0], "count")) {
		say("%zu", ARRAY_SIZE(garbage));
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(garbage); i++)
		one(&blk, devid + i, i);
	return 0;
}
