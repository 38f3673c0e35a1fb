// SPDX-License-Identifier: GPL-2.0
/*
 * What block frontends of the table do, for play.c: which rings they have, how
 * they read and write, and how they leave the device when they crash.
 */
#include "blkif.h"
#include "play.h"
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH		16u
#define MOST_SEGS	3u
#define ROUNDS		3u

/* Of the one device that this process has. */
static struct blk blk;
static const struct blk_profile *profile;
static struct pages from, to;
static uint32_t seed;

static unsigned int at_most(const char *key, unsigned int absent,
			    unsigned int most)
{
	uint64_t offered = front_offer(&blk.front, key, absent);

	return offered < most ? offered : most;
}

static void publish(void)
{
	struct blk_conf conf = {};

	conf.order = at_most("max-ring-page-order", 0, profile->order);
	conf.queues = at_most("multi-queue-max-queues", 1, profile->queues);
	blk_offer_rings(&blk, &conf);
	steps_write(&blk.front, profile->writes, blk.rings[0].pages.nr,
		    blk.nr_rings);
}

static struct steps steps = { .front = &blk.front, .publish = publish };

static bool has(enum blk_trait trait)
{
	return profile->traits & trait;
}

static void put(struct blk_ring *ring, struct blk_req *req)
{
	if (has(BLK_ZERO_ID))
		req->id = 0;
	else if (has(BLK_SLOT_ID))
		req->id = ring->prod & (ring->nr_slots - 1);
	blk_put(ring, req);
}

/* With the last response alone: it sees the others when that one has come. */
static void await_event(struct blk_ring *ring)
{
	uint64_t end = now_us() + patience_s() * 1000000ull;

	while (ring->s->rsp_prod != ring->pushed) {
		if (!port_wait(ring->front, 1000) && now_us() > end)
			die("no event for the last of %u responses",
			    ring->pushed - ring->cons);
	}
}

static void push(struct blk_ring *ring)
{
	if (has(BLK_LAST))
		ring->s->rsp_event = ring->prod;
	blk_push(ring);
	if (has(BLK_ALWAYS))
		blk_notify(ring);
	if (has(BLK_LAST))
		await_event(ring);
}

static void take(struct blk_ring *ring, unsigned int nr, const char *of)
{
	struct blk_rsp rsp;

	while (nr--) {
		blk_next(ring, &rsp);
		blk_expect(rsp.status, OKAY, of);
	}
}

/* That many requests at once, of 1 to 3 pages, each in a place of its own. */
static void burst(struct blk_ring *ring, uint8_t op, uint64_t sector,
		  const struct pages *pages, unsigned int nr)
{
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		unsigned int segs = has(BLK_ONE) ? 1 : 1 + i % MOST_SEGS;
		uint64_t at = sector + i * MOST_SEGS * FRAME_SECTORS;
		struct blk_req req = blk_direct(op, at, pages, segs);

		for (j = 0; j < segs; j++)
			req.segs[j].gref = pages->refs[i * MOST_SEGS + j];
		put(ring, &req);
	}
	push(ring);
	take(ring, nr, op == WRITE ? "write" : "read");
}

static void compare(const struct pages *pages, uint64_t sector, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		unsigned int segs = has(BLK_ONE) ? 1 : 1 + i % MOST_SEGS;
		uint64_t at = sector + i * MOST_SEGS * FRAME_SECTORS;

		if (!blk_same(pages->addr + i * MOST_SEGS * FRAME, at,
			      segs * FRAME_SECTORS, seed))
			die("request %u at %llu: other data", i,
			    (unsigned long long)at);
	}
}

/* The same grants each time, as persistent ones are. */
static void exchange(struct blk_ring *ring, uint64_t sector)
{
	unsigned int nr = has(BLK_ONE) ? 1 : DEPTH;

	blk_fill(from.addr, sector, from.nr * FRAME_SECTORS, ++seed);
	burst(ring, WRITE, sector, &from, nr);
	if (has(BLK_ONE))
		memset(from.addr, 0, FRAME);
	burst(ring, READ, sector, has(BLK_ONE) ? &from : &to, nr);
	compare(has(BLK_ONE) ? &from : &to, sector, nr);
}

static void order(struct blk_ring *ring, uint8_t op, uint64_t sector,
		  unsigned int segs, const char *of)
{
	struct blk_req req = blk_direct(op, sector, &from, segs);

	if (op == FLUSH && has(BLK_STALE))
		req.segs[0] = (struct blk_seg){ 0xffffff, 7, 0, 0xeeee };
	put(ring, &req);
	push(ring);
	take(ring, 1, of);
}

static void send_discard(struct blk_ring *ring, uint64_t sector)
{
	uint64_t unit = front_offer(&blk.front, "discard-granularity", 0);
	struct blk_req req = { .op = DISCARD, .id = 1, .sector = sector };

	req.nr_sectors = unit > FRAME ? unit / SECTOR : FRAME_SECTORS;
	put(ring, &req);
	push(ring);
	take(ring, 1, "discard");
}

static bool offers(const char *key)
{
	return front_offer(&blk.front, key, 0) == 1;
}

static void orders_of(struct blk_ring *ring, uint64_t sector)
{
	if (has(BLK_BARRIER) && offers("feature-barrier"))
		order(ring, BARRIER, sector, 1, "barrier");
	if (has(BLK_FLUSH) && offers("feature-flush-cache"))
		order(ring, FLUSH, has(BLK_STALE) ? sector : 0, 0, "flush");
	if (has(BLK_DISCARD) && offers("feature-discard"))
		send_discard(ring, sector);
}

static void sizes(struct blk_ring *ring, uint64_t sector)
{
	unsigned int segs = at_most("feature-max-indirect-segments", 0,
				    profile->segs);
	unsigned int i, direct = profile->segs;

	if (direct > DIRECT_SEGS)
		direct = DIRECT_SEGS;
	for (i = 1; i <= direct; i += 2)
		blk_round_trip(ring, sector, i);
	if (segs > DIRECT_SEGS)
		blk_round_trip_indirect(ring, sector, segs);
}

static void do_io(void)
{
	unsigned int i, round;

	for (i = 0; i < blk.nr_rings; i++) {
		uint64_t sector = 1024 + i * 4096;
		bool simple = has(BLK_ONE) || has(BLK_ALWAYS);

		for (round = 0; round < ROUNDS; round++)
			exchange(&blk.rings[i], sector);
		orders_of(&blk.rings[i], sector);
		if (!simple)
			sizes(&blk.rings[i], sector);
	}
}

static void begin(const char *script)
{
	steps_run(&steps, script);
	front_wait(&blk.front, 1u << CONNECTED);
	steps_need(&blk.front, profile->needs);
	from = pages_share(&blk.front, DEPTH * MOST_SEGS, true);
	to = pages_share(&blk.front, DEPTH * MOST_SEGS, true);
	do_io();
}

static void free_all(void)
{
	blk_free_rings(&blk);
	pages_unshare(&blk.front, &from);
	pages_unshare(&blk.front, &to);
}

/* Rings and event channels go, in the middle of requests. */
static void crash(void)
{
	unsigned int i;

	for (i = 0; i < blk.nr_rings; i++) {
		struct blk_ring *ring = &blk.rings[i];
		struct blk_req req = blk_direct(WRITE, 64, &from, 1);

		put(ring, &req);
		req = blk_direct(READ, 64, &to, 1);
		put(ring, &req);
		blk_push(ring);
		port_lose(&blk.front, ring->port);
		ring->port = 0;
	}
	blk_free_rings(&blk);
}

static void take_part(unsigned int nr)
{
	profile = &blk_profiles[nr];
	what = profile->name;
	steps.removes = profile->removes;
	steps.empties = has(BLK_EMPTIES);
}

static void open_device(unsigned int devid)
{
	blk_open(&blk, devid);
}

static bool row(unsigned int nr, struct part *part)
{
	const struct blk_profile *of = &blk_profiles[nr];

	*part = (struct part){
		.name = of->name, .source = of->source,
		.connect = of->connect, .close = of->close, .told = of->told,
	};
	return of->name;
}

static const struct player player = {
	.steps = &steps,
	.row = row,
	.open = open_device,
	.take = take_part,
	.begin = begin,
	.work = do_io,
	.crash = crash,
	.free = free_all,
};

int blk_profile(unsigned int devid, int argc, char **argv)
{
	return play(&player, devid, argc, argv);
}

static bool get_case(unsigned int nr, struct conform_case *found)
{
	return play_get(&player, nr, found);
}

static void run_case(unsigned int devid, unsigned int nr)
{
	play_run(&player, devid, nr);
}

static void run_order(unsigned int devid, unsigned int nr)
{
	play_run_order(&player, devid, nr);
}

const struct suite blk_profile_suite = { "profile", get_case, run_case };
const struct suite blk_order_suite = { "order", play_get_order, run_order };
