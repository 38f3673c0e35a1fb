// SPDX-License-Identifier: GPL-2.0
/*
 * Reads as fast as the backend serves them, at next to no cost for the guest:
 * three fields are written for a request, and the status read of a response;
 * no system call is made while the ring has something to do.
 */
#include "blkif.h"
#include "conform.h"

#include <stdio.h>
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

struct load {
	uint64_t requests;
	uint32_t depth;
	unsigned int segs;
	bool persistent;
};

static void measure(unsigned int devid, const struct load *load)
{
	struct blk_conf conf = { .persistent = load->persistent };
	struct blk_ring *ring;
	struct pages pages;
	struct blk blk;
	uint64_t us;

	what = "load";
	blk_open(&blk, devid);
	front_reset(&blk.front);
	conf.order = front_offer(&blk.front, "max-ring-page-order", 0);
	conf.order = conf.order > 2 ? 2 : conf.order;
	blk_connect(&blk, &conf);
	ring = &blk.rings[0];
	if (load->depth > ring->nr_slots)
		unfit("a ring of %u slots", ring->nr_slots);
	pages = pages_share(&blk.front, load->segs, true);
	probe(ring, &pages, load->segs);
	prepare(ring, &pages, blk.sectors, load->segs);
	ring->events = 0;
	us = now_us();
	run(ring, load->requests, load->depth, load->segs);
	us = now_us() - us;
	probe(ring, &pages, load->segs);
	say("load: requests=%llu segments=%u depth=%u us=%llu rate=%llu",
	    (unsigned long long)load->requests, load->segs, load->depth,
	    (unsigned long long)us,
	    (unsigned long long)(load->requests * 1000000 / (us ? us : 1)));
	say("load: waits=%llu", (unsigned long long)ring->events);
	pages_unshare(&blk.front, &pages);
	blk_close(&blk);
}

/* DEVID REQUESTS DEPTH [SEGMENTS [persistent]] */
int blk_load(unsigned int devid, int argc, char **argv)
{
	struct load load = { .segs = argc > 2 ? atoi(argv[2]) : 1,
			     .persistent = argc > 3 };

	what = "load";
	if (argc < 2 || load.segs < 1 || load.segs > DIRECT_SEGS)
		die("REQUESTS DEPTH [SEGMENTS [persistent]] are needed");
	load.requests = strtoull(argv[0], NULL, 10);
	load.depth = atoi(argv[1]);
	if (!load.depth)
		die("a depth is at least 1");
	measure(devid, &load);
	return 0;
}

static const struct load loads[] = {
	{ 200, 1, 1 }, { 2000, 32, 1 }, { 500, 32, 11 }, { 5000, 128, 1 },
	{ 2000, 32, 11, true },
};

static bool get_case(unsigned int nr, struct conform_case *found)
{
	const struct load *load = &loads[nr];

	if (nr >= ARRAY_SIZE(loads))
		return false;
	snprintf(found->name, sizeof(found->name), "depth-%u-segments-%u%s",
		 load->depth, load->segs,
		 load->persistent ? "-persistent" : "");
	found->source = "blkif.h";
	return true;
}

static void run_case(unsigned int devid, unsigned int nr)
{
	struct load load = loads[nr];

	load.requests = often(load.requests);
	measure(devid, &load);
}

const struct suite blk_load_suite = { "load", get_case, run_case };
