/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attacks on a block backend. Each begins with a device that nobody uses and
 * leaves it as its outcome says.
 */
#ifndef BLK_ATTACK_H
#define BLK_ATTACK_H

#include "blkif.h"

/**
 * enum outcome - how an attack must end
 * @ANSWERED: every request was answered, and an honest one afterwards served
 * @STOPPED: the backend gave the device up, without being asked to
 * @ANY: the attack itself has checked what there was to check
 */
enum outcome { ANSWERED, STOPPED, ANY };

struct blk_attack {
	const char *name;
	/* what has the rule that it breaks; "-": a promise of ours */
	const char *source;
	enum outcome outcome;
	void (*run)(struct blk *blk);
};

/* blk_attack_ring.c: indices, slots, segments */
extern const struct blk_attack blk_ring_attacks[];
extern const unsigned int blk_nr_ring_attacks;
/* blk_attack_grant.c */
extern const struct blk_attack blk_grant_attacks[];
extern const unsigned int blk_nr_grant_attacks;
/* blk_attack_state.c: xenstore, states, event channels */
extern const struct blk_attack blk_state_attacks[];
extern const unsigned int blk_nr_state_attacks;

/* blk_attack_lie.c: grants that change, or are those of the ring */
extern const struct blk_attack blk_lie_attacks[];
extern const unsigned int blk_nr_lie_attacks;

/* How to connect: from the command line. */
extern struct blk_conf blk_attack_conf;

/* A request that must be answered with an error. */
void blk_refuse(struct blk_ring *ring, const struct blk_req *req,
		const char *of);
/* For attacks with large requests that must be served. */
void blk_need_indirect(struct blk *blk, unsigned int segs);
/* So many responses, whatever they say. */
void blk_drain(struct blk_ring *ring, uint32_t nr);

#endif /* BLK_ATTACK_H */
