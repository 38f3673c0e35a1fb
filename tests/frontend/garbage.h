/* SPDX-License-Identifier: GPL-2.0 */
/* Garbage in a frontend's directory, and what the backend must make of it. */
#ifndef GARBAGE_H
#define GARBAGE_H

#include "front.h"

/* Stands for a value longer than any buffer for it. */
#define GARBAGE_LONG	"(long)"

enum garbage_answer { REFUSED, SERVED, EITHER };

struct garbage {
	const char *key;
	/* NULL: the key is missing */
	const char *value;
	enum garbage_answer answer;
};

/**
 * struct garbage_way - one kind of device
 * @entries: its garbage, @nr of it
 * @source: what says what the keys mean
 * @ready: state in which its frontend waits for the backend
 * @open: open a device, and offer rings as if all were well
 * @free: take the rings of the device back
 */
struct garbage_way {
	const struct garbage *entries;
	unsigned int nr;
	const char *source;
	enum state ready;
	struct front *(*open)(unsigned int devid);
	void (*free)(void);
};

/* Of a suite: see conform.h. */
struct conform_case;
bool garbage_get(const struct garbage_way *way, unsigned int nr,
		 struct conform_case *found);
void garbage_one(const struct garbage_way *way, unsigned int devid,
		 unsigned int nr);

/* The devices DEVID and those behind it; "count" prints how many. */
int garbage_run(const struct garbage_way *way, unsigned int devid, int argc,
		char **argv);

#endif /* GARBAGE_H */
