/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frontends of many devices at once, a process for each, with a part to play in
 * the table of life cycles (Documentation/lifecycles.md). What becomes of each
 * is told by words, a line each, in the file LIFE_SAID.
 */
#ifndef LIFE_H
#define LIFE_H

#include "front.h"

/* "DEVID WORD" for each thing that has happened. */
#define LIFE_SAID	"/tmp/lives"
/* When it is there, what was to happen to the devices has happened. */
#define LIFE_GO		"/tmp/lives.go"
/* When it is there, nobody sends anything before LIFE_GO. */
#define LIFE_IDLE	"/tmp/lives.idle"

/* When it is there, all vanish that wait for LIFE_GO. */
#define LIFE_VANISH	"/tmp/lives.vanish"

/**
 * struct life_ops - what a kind of frontend can do
 * @type: its directory in xenstore
 * @ready: the state in which it waits for the backend to connect
 * @open: meet the device; its directory is there
 * @offer: make rings and publish them
 * @free: give them back
 * @attempt: send what must be answered, or look after what was sent, for so
 *	long; NULL if there is no answer yet, or the word for what came back
 * @pending: is there no answer yet to what was sent?
 * @leave: send something, and never look after it
 * @vanish: rings and event channels go, not what they were told of
 */
struct life_ops {
	const char *type;
	enum state ready;
	struct front *(*open)(unsigned int devid);
	void (*offer)(void);
	void (*free)(void);
	const char *(*attempt)(unsigned int ms);
	bool (*pending)(void);
	void (*leave)(void);
	void (*vanish)(void);
};

/* ROLE... are those of the devices from devid on; ends when the last has. */
int life_play(const struct life_ops *ops, unsigned int devid, int argc,
	      char **argv);

int blk_lives(unsigned int devid, int argc, char **argv);
int net_lives(unsigned int devid, int argc, char **argv);

#endif /* LIFE_H */
