/* SPDX-License-Identifier: GPL-2.0 */
/* Plays the scripts of profile.h on a device. */
#ifndef STEPS_H
#define STEPS_H

#include "front.h"

/**
 * struct steps - what a script may ask for
 * @front: the device
 * @publish: rings, event channels and nodes
 * @post: receive buffers; NULL: it has none
 * @removes: nodes that it takes back, as words
 * @empties: they stay, with nothing in them
 */
struct steps {
	struct front *front;
	void (*publish)(void);
	void (*post)(void);
	const char *removes;
	bool empties;
};

void steps_run(const struct steps *steps, const char *script);
/* What is left of a frontend goes, as a kernel that starts does it. */
void steps_reset(struct front *front);

/* Write a list of nodes with values. */
void steps_write(struct front *front, const char *writes, unsigned int pages,
		 unsigned int queues);
/* Ends the program if the backend lacks one of these. */
void steps_need(struct front *front, const char *needs);
/* What dom0 waits for before it goes on; "failed" is said of itself. */
void steps_begin(struct front *front);
void steps_ready(struct front *front, const char *word);
/* Until the toolstack has taken the device away. */
void steps_await_taken(struct front *front);

#endif /* STEPS_H */
