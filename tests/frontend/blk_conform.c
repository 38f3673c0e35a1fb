// SPDX-License-Identifier: GPL-2.0
/*
 * What a block backend must do for a frontend that plays by the rules, in all
 * ways in which a frontend may play. The disk is overwritten.
 */
#include "blkif.h"
#include "conform.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct blk_conf plain;
static uint32_t seed = 1000;

static const unsigned int indirect_counts[] = { 1, 2, 10, 11, 12, 100, 255,
						256 };

/* Of each number of segments that the backend has. */
static void indirect_round_trips(struct blk *blk)
{
	uint64_t most = front_offer(&blk->front,
				    "feature-max-indirect-segments", 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(indirect_counts); i++)
		if (indirect_counts[i] <= most)
			blk_round_trip_indirect(&blk->rings[0], 2048,
						indirect_counts[i]);
}

/* The same requests in each layout; a frontend that names none has one too. */
static void layout(struct blk *blk, const char *name)
{
	struct blk_conf conf = { .protocol = name, .silent = !name };
	unsigned int i;

	blk_connect(blk, &conf);
	for (i = 1; i <= DIRECT_SEGS; i++)
		blk_round_trip(&blk->rings[0], 1000 + 8 * i, i);
	indirect_round_trips(blk);
	blk_close(blk);
}

static void case_layout_x86_64(struct blk *blk)
{
	layout(blk, "x86_64-abi");
}

static void case_layout_x86_32(struct blk *blk)
{
	layout(blk, "x86_32-abi");
}

static void case_layout_unnamed(struct blk *blk)
{
	layout(blk, NULL);
}

static void case_layout_native(struct blk *blk)
{
	blk_connect(blk, &plain);
	blk_round_trip(&blk->rings[0], 0, 3);
	blk_close(blk);
}

/* As many requests as the ring has slots, each answered once. */
static void fill_ring(struct blk_ring *ring, const struct pages *pages)
{
	bool seen[512] = {};
	struct blk_rsp rsp;
	uint32_t i;

	for (i = 0; i < ring->nr_slots; i++) {
		struct blk_req req = blk_direct(READ, i % 64 * 8, pages, 1);

		req.id = 0xaa00000000000000 | i;
		blk_put(ring, &req);
	}
	blk_push(ring);
	for (i = 0; i < ring->nr_slots; i++) {
		blk_next(ring, &rsp);
		blk_expect(rsp.status, OKAY, "read in a full ring");
		if (rsp.id >> 56 != 0xaa || (uint8_t)(rsp.id >> 32) ||
		    (uint32_t)rsp.id >= ring->nr_slots ||
		    seen[(uint32_t)rsp.id])
			die("response to %#llx, which was not asked or twice",
			    (unsigned long long)rsp.id);
		seen[(uint32_t)rsp.id] = true;
	}
}

static void case_orders(struct blk *blk)
{
	unsigned int max, order, i;

	front_reset(&blk->front);
	max = front_offer(&blk->front, "max-ring-page-order", 0);
	for (order = 0; order <= max; order++) {
		struct blk_conf conf = { .order = order };
		struct pages pages;

		blk_connect(blk, &conf);
		pages = pages_share(&blk->front, 1, true);
		for (i = 0; i < 3; i++)
			fill_ring(&blk->rings[0], &pages);
		pages_unshare(&blk->front, &pages);
		blk_close(blk);
	}
	say("# orders up to %u", max);
}

static void case_numbered(struct blk *blk)
{
	struct blk_conf conf = { .numbered = true };

	blk_connect(blk, &conf);
	blk_round_trip(&blk->rings[0], 64, 2);
	blk_close(blk);
}

/* Who says the order numbers its pages; "ring-ref" is of an earlier stage. */
static void case_stale(struct blk *blk)
{
	struct blk_conf conf = { .numbered = true };
	struct pages old;

	blk_connect(blk, &conf);
	blk_close(blk);
	front_reset(&blk->front);
	blk_offer_rings(blk, &conf);
	old = pages_share(&blk->front, 1, true);
	front_write(&blk->front, "ring-ref", "%u", old.refs[0]);
	front_write(&blk->front, "ring-page-order", "%u", 0);
	front_state(&blk->front, INITIALISED);
	front_wait(&blk->front, 1u << CONNECTED);
	front_state(&blk->front, CONNECTED);
	blk_round_trip(&blk->rings[0], 64, 2);
	blk_close(blk);
	pages_unshare(&blk->front, &old);
}

/* Free-running indices pass 2^32; a backend starts where rsp_prod is. */
static void case_wrap(struct blk *blk)
{
	struct blk_conf conf = { .start = 0xffffffe0 };
	unsigned int i;

	blk_connect(blk, &conf);
	for (i = 0; i < 70; i++)
		blk_round_trip(&blk->rings[0], 16 * i, 1);
	blk_close(blk);
}

static void case_queues(struct blk *blk)
{
	unsigned int max, nr, i;

	front_reset(&blk->front);
	max = front_offer(&blk->front, "multi-queue-max-queues", 1);
	if (max > MAX_QUEUES)
		max = MAX_QUEUES;
	for (nr = 1; nr <= max; nr++) {
		struct blk_conf conf = { .queues = nr, .order = nr % 3 };

		blk_connect(blk, &conf);
		for (i = 0; i < nr; i++)
			blk_round_trip(&blk->rings[i], 128 * i, 4);
		blk_close(blk);
	}
	say("# up to %u queues", max);
}

/* Grants used again and again, then new ones; also for indirect frames. */
static void case_persistent(struct blk *blk)
{
	struct blk_conf conf = { .persistent = true };
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	unsigned int i;

	blk_connect(blk, &conf);
	if (!front_offer(&blk->front, "feature-persistent", 0))
		say("# persistent grants are not offered");
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	for (i = 0; i < 20; i++) {
		struct blk_req req;
		uint64_t nr = DIRECT_SEGS * FRAME_SECTORS;

		blk_fill(pages.addr, 8 * i, nr, ++seed);
		req = blk_direct(WRITE, 8 * i, &pages, DIRECT_SEGS);
		blk_expect(blk_do(ring, &req), OKAY, "write");
		memset(pages.addr, 0, nr * SECTOR);
		req = blk_direct(READ, 8 * i, &pages, DIRECT_SEGS);
		blk_expect(blk_do(ring, &req), OKAY, "read");
		if (!blk_same(pages.addr, 8 * i, nr, seed))
			die("other data in round %u", i);
	}
	indirect_round_trips(blk);
	blk_close(blk);
	pages_unshare(&blk->front, &pages);
}

/*
 * First 44 grants, then again and again 11 others, for 10 s. For a backend that
 * may keep fewer than 44 mapped: its statistics tell dom0 whether the 11 took
 * their place. Not among those that are run unless named.
 */
static void case_evict(struct blk *blk)
{
	struct blk_conf conf = { .persistent = true };
	struct pages many[4], few;
	struct blk_req req;
	unsigned int i;

	blk_connect(blk, &conf);
	for (i = 0; i < ARRAY_SIZE(many); i++) {
		many[i] = pages_share(&blk->front, DIRECT_SEGS, true);
		req = blk_direct(READ, 0, &many[i], DIRECT_SEGS);
		blk_expect(blk_do(&blk->rings[0], &req), OKAY, "read of many");
	}
	few = pages_share(&blk->front, DIRECT_SEGS, true);
	req = blk_direct(READ, 0, &few, DIRECT_SEGS);
	for (i = 0; i < 100; i++) {
		blk_expect(blk_do(&blk->rings[0], &req), OKAY, "read of few");
		usleep(100000);
	}
	blk_close(blk);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		pages_unshare(&blk->front, &many[i]);
	pages_unshare(&blk->front, &few);
}

static void case_flush(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct blk_req req;
	struct pages pages;
	bool offered;
	int status;

	blk_connect(blk, &plain);
	offered = front_offer(&blk->front, "feature-flush-cache", 0);
	pages = pages_share(&blk->front, 1, true);
	req = blk_direct(FLUSH, 0, &pages, 0);
	status = blk_do(ring, &req);
	if (status != OKAY && (offered || status != UNSUPPORTED))
		die("flush: status %d", status);
	blk_fill(pages.addr, 800, FRAME_SECTORS, ++seed);
	req = blk_direct(FLUSH, 800, &pages, 1);
	blk_expect(blk_do(ring, &req), status, "flush with data");
	memset(pages.addr, 0, FRAME);
	req = blk_direct(READ, 800, &pages, 1);
	blk_expect(blk_do(ring, &req), OKAY, "read after it");
	if (!status && !blk_same(pages.addr, 800, FRAME_SECTORS, seed))
		die("the flush did not write its data");
	say("# flush %s", offered ? "offered" : "not offered");
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

/* The last block is there; what is beyond it, or not a whole block, is not. */
static void case_bounds(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_req req;
	uint64_t last;
	unsigned int i;

	blk_connect(blk, &plain);
	last = blk->sectors - FRAME_SECTORS;
	pages = pages_share(&blk->front, 2, true);
	req = blk_direct(READ, last, &pages, 1);
	blk_expect(blk_do(ring, &req), OKAY, "read of the last sectors");
	for (i = 1; i <= FRAME_SECTORS; i++) {
		req = blk_direct(READ, last + i, &pages, 1);
		blk_expect(blk_do(ring, &req), ERROR, "read beyond the end");
	}
	req = blk_direct(READ, last, &pages, 2);
	blk_expect(blk_do(ring, &req), ERROR, "read over the end");
	for (i = 1; i < blk->block_sectors; i++) {
		req = blk_direct(READ, i, &pages, 1);
		blk_expect(blk_do(ring, &req), ERROR, "read not at a block");
		req = blk_direct(READ, 0, &pages, 1);
		req.segs[0].last = i - 1;
		blk_expect(blk_do(ring, &req), ERROR, "part of a block");
	}
	say("# %llu sectors, blocks of %u", (unsigned long long)blk->sectors,
	    blk->block_sectors);
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

/* Ours serve them even if they do not offer them. */
static void try_barrier(struct blk *blk, const struct pages *pages)
{
	struct blk_req req = blk_direct(BARRIER, 0, pages, 1);
	int status = blk_do(&blk->rings[0], &req);

	if (status != UNSUPPORTED || !only_rules ||
	    front_offer(&blk->front, "feature-barrier", 0))
		blk_expect(status, OKAY, "barrier");
}

/* Operations that nobody has. */
static void case_unknown(struct blk *blk)
{
	static const uint8_t ops[] = { RESERVED, 7, 8, 100, 255 };
	struct pages pages;
	struct blk_req req;
	unsigned int i;
	int status;

	blk_connect(blk, &plain);
	pages = pages_share(&blk->front, 1, true);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		req = blk_direct(ops[i], 0, &pages, 1);
		status = blk_do(&blk->rings[0], &req);
		if (status != UNSUPPORTED && status != ERROR)
			die("operation %u: status %d", ops[i], status);
	}
	try_barrier(blk, &pages);
	blk_round_trip(&blk->rings[0], 0, 1);
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

/* Without a word to the backend that an event is wanted. */
static void poll_one(struct blk_ring *ring, struct blk_rsp *rsp)
{
	unsigned int i;

	for (i = 0; i < patience_s() * 5000; i++) {
		if (blk_poll(ring, rsp))
			return;
		nap(200);
	}
	die("no response");
}

/* An event when rsp_event is passed, and none when it is not (R16). */
static void case_events(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_rsp rsp;
	unsigned int i, got = 0;

	blk_connect(blk, &plain);
	pages = pages_share(&blk->front, 1, true);
	while (port_wait(&blk->front, 10))
		;
	for (i = 0; i < 40; i++) {
		struct blk_req req = blk_direct(READ, 0, &pages, 1);

		ring->s->rsp_event = ring->cons + 1000;
		blk_put(ring, &req);
		blk_push(ring);
		poll_one(ring, &rsp);
		got += port_wait(&blk->front, 5);
	}
	if (got)
		die("%u events that nobody asked for", got);
	for (i = 0; i < 40; i++) {
		struct blk_req req = blk_direct(READ, 0, &pages, 1);

		ring->s->rsp_event = ring->cons + 1;
		blk_put(ring, &req);
		blk_push(ring);
		if (!port_wait(&blk->front, patience_s() * 1000))
			die("no event, though it was asked for");
		if (!blk_poll(ring, &rsp))
			die("an event without a response");
	}
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

/* Of a disk that serves at once, requests are answered as they came. */
static void case_turns(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_req req;
	struct blk_rsp rsp;
	unsigned int round, i;

	blk_connect(blk, &plain);
	pages = pages_share(&blk->front, 1, true);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 16; i++) {
			req = blk_direct(READ, 3 * i * FRAME_SECTORS, &pages,
					 1);
			req.id = i;
			blk_put(ring, &req);
		}
		blk_push(ring);
		for (i = 0; i < 16; i++) {
			blk_next(ring, &rsp);
			blk_expect(rsp.status, OKAY, "read");
			if (rsp.id != i)
				die("request %u is answered before %u",
				    (unsigned int)rsp.id, i);
		}
	}
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

/* A frontend that goes and comes again, also with requests on their way. */
static void case_reconnect(struct blk *blk)
{
	struct pages pages = pages_share(&blk->front, 1, true);
	unsigned int round, i;

	for (round = 0; round < 5; round++) {
		struct blk_conf conf = { .order = round % 3 };

		blk_connect(blk, &conf);
		blk_round_trip(&blk->rings[0], 0, 1);
		for (i = 0; i < 10; i++) {
			struct blk_req req = blk_direct(READ, 0, &pages, 1);

			blk_put(&blk->rings[0], &req);
		}
		blk_push(&blk->rings[0]);
		blk_close(blk);
	}
	pages_unshare(&blk->front, &pages);
}

/* The backend serves a frontend that is closing: it may still write. */
static void case_closing(struct blk *blk)
{
	blk_connect(blk, &plain);
	front_state(&blk->front, CLOSING);
	front_wait(&blk->front, 1u << CLOSING);
	blk_round_trip(&blk->rings[0], 8, 2);
	blk_close(blk);
}

/* For a read-only disk; xbfront runs it only if it is named. */
static void case_readonly(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_req req;

	blk_connect(blk, &plain);
	if (!(front_offer(&blk->front, "info", 0) & 4))
		unfit("the disk does not say that it is read-only");
	pages = pages_share(&blk->front, 1, true);
	req = blk_direct(READ, 0, &pages, 1);
	blk_expect(blk_do(ring, &req), OKAY, "read");
	req = blk_direct(WRITE, 0, &pages, 1);
	blk_expect(blk_do(ring, &req), ERROR, "write");
	req = blk_direct(FLUSH, 0, &pages, 1);
	blk_expect(blk_do(ring, &req), ERROR, "flush with data");
	req = (struct blk_req){ .op = DISCARD, .nr_sectors = 8 };
	blk_expect(blk_do(ring, &req), UNSUPPORTED, "discard");
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

static const struct {
	const char *name;
	/* "-": a promise of ours */
	const char *source;
	void (*run)(struct blk *blk);
	bool only_if_named;
} cases[] = {
	{ "layout-native", "blkif.h: protocol", case_layout_native },
	{ "layout-x86_64", "blkif.h: protocol", case_layout_x86_64 },
	{ "layout-x86_32", "blkif.h: protocol", case_layout_x86_32 },
	{ "layout-unnamed", "blkif.h: protocol", case_layout_unnamed },
	{ "parts", "blkif.h: first_sect, last_sect", blk_case_parts },
	{ "patchwork", "blkif.h: first_sect, last_sect", blk_case_patchwork },
	{ "orders", "blkif.h: ring-page-order", case_orders },
	{ "numbered", "-", case_numbered },
	{ "stale", "blkif.h: ring-page-order", case_stale },
	{ "wrap", "ring.h: free-running indices", case_wrap },
	{ "queues", "blkif.h: multi-queue-num-queues", case_queues },
	{ "persistent", "blkif.h: feature-persistent", case_persistent },
	{ "flush", "blkif.h: feature-flush-cache", case_flush },
	{ "discard", "blkif.h: feature-discard", blk_case_discard },
	{ "bounds", "blkif.h: sectors, sector-size", case_bounds },
	{ "unknown", "blkif.h: BLKIF_RSP_EOPNOTSUPP", case_unknown },
	{ "events", "ring.h: rsp_event, XSA-391", case_events },
	{ "turns", "-", case_turns },
	{ "reconnect", "xenbus.h: states", case_reconnect },
	{ "closing", "xenbus.h: states", case_closing },
	{ "readonly", "blkif.h: VDISK_READONLY", case_readonly, true },
	{ "evict", "-", case_evict, true },
};

int blk_conform(unsigned int devid, int argc, char **argv)
{
	struct blk blk;
	unsigned int i, done = 0;
	int arg;

	blk_open(&blk, devid);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		bool run = !argc && !cases[i].only_if_named;

		for (arg = 0; arg < argc; arg++)
			run |= !strcmp(argv[arg], cases[i].name);
		if (!run)
			continue;
		what = cases[i].name;
		cases[i].run(&blk);
		say("ok %s", what);
		done++;
	}
	what = "conform";
	if (!done)
		die("no such case");
	front_reset(&blk.front);
	say("passed %u", done);
	return 0;
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	if (nr >= ARRAY_SIZE(cases))
		return false;
	conform_name(found, cases[nr].name, cases[nr].source);
	return true;
}

static void run_case(unsigned int devid, unsigned int nr)
{
	struct blk blk;

	blk_open(&blk, devid);
	what = cases[nr].name;
	cases[nr].run(&blk);
}

const struct suite blk_conform_suite = { "conform", get_case, run_case };
