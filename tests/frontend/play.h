/* SPDX-License-Identifier: GPL-2.0 */
/* Plays a frontend of a table, whatever its device is. */
#ifndef PLAY_H
#define PLAY_H

#include "conform.h"
#include "steps.h"

/**
 * struct part - what plays of a row; see profile.h
 * @name: of the row
 * @source: what was read
 * @connect: script
 * @close: script
 * @told: script, or NULL
 */
struct part {
	const char *name, *source;
	const char *connect, *close, *told;
};

/**
 * struct player - how a kind of device is played; it has one of them
 * @steps: of the device
 * @row: number @nr of the table; false behind the last one
 * @open: the device
 * @take: the part of that row
 * @begin: run a script, be connected then, and work
 * @work: read and write, or send and receive
 * @crash: rings and event channels go, in the middle of requests
 * @free: what is left of them
 */
struct player {
	const struct steps *steps;
	bool (*row)(unsigned int nr, struct part *part);
	void (*open)(unsigned int devid);
	void (*take)(unsigned int nr);
	void (*begin)(const char *script);
	void (*work)(void);
	void (*crash)(void);
	void (*free)(void);
};

/* The command: 0 | NAME [crash] | orders [NAME] */
int play(const struct player *player, unsigned int devid, int argc,
	 char **argv);

/* Suites of conform.h: a case for each row, and for each order of states. */
bool play_get(const struct player *player, unsigned int nr,
	      struct conform_case *found);
void play_run(const struct player *player, unsigned int devid,
	      unsigned int nr);
bool play_get_order(unsigned int nr, struct conform_case *found);
void play_run_order(const struct player *player, unsigned int devid,
		    unsigned int nr);

#endif /* PLAY_H */
