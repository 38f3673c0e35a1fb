// SPDX-License-Identifier: GPL-2.0
/*
 * Reads as fast as the backend serves them, at next to no cost for the guest:
 * three fields are written for a request, and the status read of a response;
 * no system call is made while the ring has something to do.
 */
#include "blkif.h"

#include <stdlib.h>

static void prepare(struct blk_ring *ring, const struct pages *pages,
		    uint64_t sectors, unsigned int segs)
{
	uint64_t span = segs * FRAME_SECTORS;
	uint32_t i;

	for (i = 0; i < ring->nr_slots; i++) {
		struct blk_req req = blk_direct(READ, i * span %
						(sectors - span), pages, segs);

		blk_put(ring, &req);
	}
	ring->prod = ring->pushed;
}

/* A response is written over its request: what it destroys is put back. */
static void again(struct blk_ring *ring, unsigned int segs)
{
	uint8_t *slot = blk_slot(ring, ring->prod++);

	slot[0] = READ;
	slot[1] = segs;
	*(uint64_t *)(slot + ring->layout->id) = ring->prod;
}

/* All responses that are there; each must say that all went well. */
static void take(struct blk_ring *ring)
{
	uint32_t end = ring->s->rsp_prod;

	mb();
	for (; ring->cons != end; ring->cons++)
		if (*(int16_t *)(blk_slot(ring, ring->cons) + 10))
			die("a read failed");
}

static void wait_some(struct blk_ring *ring)
{
	if (ring->s->rsp_prod != ring->cons)
		return;
	ring->s->rsp_event = ring->cons + 1;
	mb();
	if (ring->s->rsp_prod == ring->cons) {
		port_wait(ring->front, 1000);
		ring->events++;
	}
}

static void run(struct blk_ring *ring, uint64_t requests, uint32_t depth,
		unsigned int segs)
{
	uint32_t end = ring->cons + requests;

	while (ring->cons != end) {
		while (ring->prod - ring->cons < depth && ring->prod != end)
			again(ring, segs);
		blk_push(ring);
		wait_some(ring);
		take(ring);
	}
}

/* One honest request: what is measured is not errors. */
static void probe(struct blk_ring *ring, const struct pages *pages,
		  unsigned int segs)
{
	struct blk_req req = blk_direct(READ, 0, pages, segs);

	blk_expect(blk_do(ring, &req), OKAY, "read");
}

/* DEVID REQUESTS DEPTH [SEGMENTS [persistent]] */
int blk_load(unsigned int devid, int argc, char **argv)
{
	struct blk_conf conf = { .order = 2, .persistent = argc > 3 };
	unsigned int segs = argc > 2 ? atoi(argv[2]) : 1;
	struct blk_ring *ring;
	uint64_t requests, us;
	struct pages pages;
	uint32_t depth;
	struct blk blk;

	what = "load";
	if (argc < 2 || segs < 1 || segs > DIRECT_SEGS)
		die("REQUESTS DEPTH [SEGMENTS [persistent]] are needed");
	requests = strtoull(argv[0], NULL, 10);
	depth = atoi(argv[1]);
	blk_open(&blk, devid);
	blk_connect(&blk, &conf);
	ring = &blk.rings[0];
	if (!depth || depth > ring->nr_slots)
		die("depth is 1 to %u", ring->nr_slots);
	pages = pages_share(&blk.front, segs, true);
	probe(ring, &pages, segs);
	prepare(ring, &pages, blk.sectors, segs);
	ring->events = 0;
	us = now_us();
	run(ring, requests, depth, segs);
	us = now_us() - us;
	probe(ring, &pages, segs);
	say("load: requests=%s segments=%u depth=%u us=%llu rate=%llu",
	    argv[0], segs, depth, (unsigned long long)us,
	    (unsigned long long)(requests * 1000000 / (us ? us : 1)));
	say("load: waits=%llu", (unsigned long long)ring->events);
	pages_unshare(&blk.front, &pages);
	blk_close(&blk);
	return 0;
}
