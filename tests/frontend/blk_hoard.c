// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for as much as all rings hold, each request as large as can be, and some
 * barriers among them; then keeps the connection, idle, until it is told to go.
 */
#include "blkif.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEGS		256u
/* Every so many requests of a ring there is a barrier. */
#define BARRIER_EVERY	13u

static void fill(struct blk_ring *ring, const struct pages *frame,
		 const struct pages *pages, bool barriers)
{
	uint32_t i;

	for (i = 0; i < ring->nr_slots; i++) {
		struct blk_req req;

		if (barriers && i % BARRIER_EVERY == 5)
			req = blk_direct(BARRIER, 0, pages, DIRECT_SEGS);
		else
			req = blk_indirect(READ, 0, frame, pages, SEGS);
		blk_put(ring, &req);
	}
	blk_push(ring);
}

static void drain(struct blk_ring *ring)
{
	struct blk_rsp rsp;

	while (ring->cons != ring->prod) {
		blk_next(ring, &rsp);
		blk_expect(rsp.status, OKAY, "one of all requests");
	}
}

/* DEVID QUEUES ORDER ROUNDS [persistent|barriers]... */
int blk_hoard(unsigned int devid, int argc, char **argv)
{
	struct blk_conf conf = {};
	struct pages pages, frame;
	bool barriers = false;
	struct blk blk;
	unsigned int q;
	int rounds, i;

	what = "hoard";
	if (argc < 3)
		die("QUEUES ORDER ROUNDS are needed");
	conf.queues = atoi(argv[0]);
	conf.order = atoi(argv[1]);
	rounds = atoi(argv[2]);
	for (i = 3; i < argc; i++) {
		conf.persistent |= !strcmp(argv[i], "persistent");
		barriers |= !strcmp(argv[i], "barriers");
	}
	if (conf.queues < 1 || conf.queues > MAX_QUEUES)
		die("1 to %u queues", MAX_QUEUES);
	blk_open(&blk, devid);
	blk_connect(&blk, &conf);
	pages = pages_share(&blk.front, SEGS, true);
	frame = pages_share(&blk.front, 1, true);
	for (i = 0; i < rounds; i++) {
		for (q = 0; q < blk.nr_rings; q++)
			fill(&blk.rings[q], &frame, &pages, barriers);
		for (q = 0; q < blk.nr_rings; q++)
			drain(&blk.rings[q]);
	}
	say("hoard: %u requests served", rounds * blk.nr_rings *
	    blk.rings[0].nr_slots);
	while (access("/tmp/hoard-end", F_OK))
		nap(100000);
	blk_close(&blk);
	pages_unshare(&blk.front, &pages);
	pages_unshare(&blk.front, &frame);
	return 0;
}
