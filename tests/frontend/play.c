// SPDX-License-Identifier: GPL-2.0
/*
 * Plays frontends of a table: each connects, works, closes and connects again
 * in its own way, and is told to close, or crashes.
 */
#include "play.h"
#include "profile.h"

#include <string.h>

/* In an order of states that nobody has, play whoever has the least. */
#define PLAIN	"mini-os"

static void end(const struct player *player, const char *script)
{
	steps_run(player->steps, script);
	steps_reset(player->steps->front);
	player->free();
}

/* Until it has an answer, a closing frontend is served. */
static void be_told(const struct player *player, const char *told)
{
	struct front *front = player->steps->front;

	steps_ready(front, told ? "closes" : "stays");
	front_wait(front, 1u << CLOSING);
	player->work();
	if (told) {
		steps_run(player->steps, told);
		front_wait(front, 1u << CLOSED | 1u << UNKNOWN);
	} else {
		steps_ready(front, "served");
	}
	steps_await_taken(front);
}

static void play_part(const struct player *player, const struct part *part,
		      bool crashes)
{
	player->begin(part->connect);
	end(player, part->close);
	player->begin(part->connect);
	if (crashes) {
		player->crash();
		steps_ready(player->steps->front, "crashed");
		steps_await_taken(player->steps->front);
	} else {
		be_told(player, part->told);
	}
	say("%s", what);
}

static void play_order(const struct player *player, unsigned int nr)
{
	what = orders[nr].name;
	player->begin(orders[nr].connect);
	steps_run(player->steps, orders[nr].close);
	player->free();
}

static unsigned int find(const struct player *player, const char *name,
			 struct part *part)
{
	unsigned int nr;

	for (nr = 0; player->row(nr, part); nr++)
		if (!strcmp(part->name, name))
			return nr;
	die("no profile %s", name);
}

static void list(const struct player *player)
{
	struct part part;
	unsigned int nr;

	for (nr = 0; player->row(nr, &part); nr++)
		say("%s", part.name);
}

int play(const struct player *player, unsigned int devid, int argc,
	 char **argv)
{
	bool in_orders = argc && !strcmp(argv[0], "orders");
	struct part part;
	unsigned int nr;

	if (!argc) {
		list(player);
		return 0;
	}
	player->take(find(player, in_orders ? PLAIN : argv[0], &part));
	player->open(devid);
	steps_begin(player->steps->front);
	if (!in_orders)
		play_part(player, &part, argc > 1 && !strcmp(argv[1], "crash"));
	for (nr = 0; in_orders && orders[nr].name; nr++) {
		if (argc > 1 && strcmp(argv[1], orders[nr].name))
			continue;
		play_order(player, nr);
		say("%s", what);
	}
	return 0;
}

bool play_get(const struct player *player, unsigned int nr,
	      struct conform_case *found)
{
	struct part part;

	if (!player->row(nr, &part))
		return false;
	conform_name(found, part.name, part.source);
	return true;
}

/* Without dom0, who is crashed resets the device as the next kernel does. */
void play_run(const struct player *player, unsigned int devid,
	      unsigned int nr)
{
	struct part part;

	player->row(nr, &part);
	player->open(devid);
	player->take(nr);
	player->begin(part.connect);
	end(player, part.close);
	player->begin(part.connect);
	player->crash();
	end(player, NULL);
	player->begin(part.connect);
	end(player, part.close);
}

bool play_get_order(unsigned int nr, struct conform_case *found)
{
	if (!orders[nr].name)
		return false;
	conform_name(found, orders[nr].name, "xenbus.h: states");
	return true;
}

void play_run_order(const struct player *player, unsigned int devid,
		    unsigned int nr)
{
	struct part part;

	player->open(devid);
	player->take(find(player, PLAIN, &part));
	play_order(player, nr);
}
