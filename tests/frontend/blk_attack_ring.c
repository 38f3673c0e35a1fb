// SPDX-License-Identifier: GPL-2.0
/* Attacks through the shared ring: indices, slots and segments. */
#include "blk_attack.h"

#include <string.h>

/* ---- R1: what is checked and what is used must be the same copy */

struct hammer {
	struct blk_ring *ring;
	struct pages *frame;
	volatile bool stop;
	volatile bool stopped;
};

/*
 * Changes whatever the backend reads, while it reads it. Responses lie where
 * some of it was, so what they say cannot be checked.
 */
static void *hammer_slots(void *arg)
{
	static const uint8_t ops[] = { READ, READ, WRITE, INDIRECT };
	struct hammer *hammer = arg;
	uint32_t n = 1;

	while (!hammer->stop) {
		struct blk_ring *ring = hammer->ring;
		uint8_t *slot = blk_slot(ring, n >> 3);
		volatile struct blk_seg *seg = (void *)hammer->frame->addr;

		n = n * 1664525 + 1013904223;
		slot[0] = ops[n >> 28 & 3];
		slot[1] = n >> 13;
		slot[ring->layout->sector] = n >> 3;
		slot[ring->layout->sector + 7] = n >> 30 ? 0 : n >> 5;
		slot[ring->layout->segs + 8 * (n % 11) + 4] = n >> 17;
		slot[ring->layout->segs + 8 * (n % 11) + 5] = n >> 21;
		*(uint16_t *)(slot + 2) = n >> 9;
		seg[n % 512].first = n >> 11;
		seg[n % 512].last = n >> 19;
		/* one that no table has, or the frame of another segment */
		seg[n % 512].gref = n & 32 ? n | 1u << 31 :
					     seg[(n >> 6) % 512].gref;
	}
	hammer->stopped = true;
	return NULL;
}

static void attack_double_fetch(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages, frame;
	struct hammer hammer = { ring, &frame };
	unsigned int round, i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	frame = pages_share(&blk->front, 1, true);
	ring->ids.unknown = true;
	thread_start(hammer_slots, &hammer);
	for (round = 0; round < often(25); round++) {
		for (i = 0; i < ring->nr_slots / 2; i++) {
			struct blk_req req = blk_direct(READ, 8 * i, &pages,
							1 + i % DIRECT_SEGS);

			blk_put(ring, &req);
			req = blk_indirect(READ, 8 * i, &frame, &pages, 200);
			blk_put(ring, &req);
		}
		blk_push(ring);
		blk_drain(ring, ring->nr_slots / 2 * 2);
	}
	hammer.stop = true;
	while (!hammer.stopped)
		nap(1000);
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

/* ---- R2: producer indices */

static void bogus_producer(struct blk *blk, uint32_t distance)
{
	struct blk_ring *ring = &blk->rings[0];
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	for (i = 0; i < 3; i++)
		blk_round_trip(ring, 0, 1);
	ring->s->req_prod = ring->prod + distance;
	for (i = 0; i < 3; i++)
		blk_notify(ring);
}

/* A ring of one page has 32 slots. */
static void attack_producer_ahead(struct blk *blk)
{
	bogus_producer(blk, 33);
}

static void attack_producer_far(struct blk *blk)
{
	bogus_producer(blk, 0x80000000);
}

static void attack_producer_back(struct blk *blk)
{
	bogus_producer(blk, -1);
}

/* A ring that is impossible from the first moment on. */
static void attack_producer_born(struct blk *blk)
{
	front_reset(&blk->front);
	blk_offer_rings(blk, &blk_attack_conf);
	blk->rings[0].s->req_prod = 1000;
	front_state(&blk->front, INITIALISED);
}

/* Slots that are still in use cannot be asked for again; for a slow disk. */
static void attack_producer_overtakes(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	uint32_t i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	for (i = 0; i < ring->nr_slots; i++) {
		struct blk_req req = blk_direct(READ, 0, &pages, 1);

		blk_put(ring, &req);
	}
	blk_push(ring);
	nap(100000);
	if (ring->s->rsp_prod != ring->cons)
		unfit("the disk is too fast for this attack");
	ring->s->req_prod = ring->prod + 1;
	blk_notify(ring);
	front_stopped(&blk->front);
	if (ring->s->rsp_prod - ring->cons > ring->nr_slots)
		die("more responses than slots");
}

/* What is the backend's own in the shared page is none of its business. */
static void attack_indices_overwritten(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	uint32_t i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	for (i = 0; i < often(50); i++) {
		struct blk_req req = blk_direct(READ, 0, &pages, 1);
		struct blk_rsp rsp;

		blk_put(ring, &req);
		ring->s->req_event = i * 77777;
		ring->s->rsp_prod = ring->cons;
		memset((void *)ring->s->pad, i, sizeof(ring->s->pad));
		blk_push(ring);
		blk_notify(ring);
		blk_next(ring, &rsp);
	}
	pages_unshare(&blk->front, &pages);
}

/* ---- R21: requests that cannot be */

static void bad_counts(struct blk *blk, const struct pages *pages,
		       const struct pages *frame)
{
	static const uint16_t indirect[] = { 0, 257, 512, 513, 4095, 65535 };
	struct blk_ring *ring = &blk->rings[0];
	struct blk_req req;
	unsigned int i;
	uint64_t most;

	for (i = DIRECT_SEGS + 1; i <= 255; i++) {
		req = blk_direct(i % 2, 0, pages, DIRECT_SEGS);
		req.second = i;
		blk_refuse(ring, &req, "direct segments");
	}
	req = blk_direct(READ, 0, pages, 0);
	blk_refuse(ring, &req, "read of nothing");
	req = blk_direct(WRITE, 0, pages, 0);
	blk_refuse(ring, &req, "write of nothing");
	most = front_offer(&blk->front, "feature-max-indirect-segments", 0);
	for (i = 0; i < ARRAY_SIZE(indirect); i++) {
		if (indirect[i] && indirect[i] <= most)
			continue;
		req = blk_indirect(READ, 0, frame, pages, 256);
		req.nr_indirect = indirect[i];
		blk_refuse(ring, &req, "indirect segments");
	}
	for (i = 2; i <= 255; i++) {
		req = blk_indirect(i, 0, frame, pages, 4);
		blk_refuse(ring, &req, "inner operation");
	}
}

static void bad_segments(struct blk *blk, const struct pages *pages,
			 const struct pages *frame)
{
	static const uint8_t pairs[][2] = {
		{ 0, 8 }, { 1, 0 }, { 7, 6 }, { 8, 8 }, { 255, 255 },
		{ 0, 255 }, { 255, 0 }, { 128, 127 },
	};
	struct blk_seg *seg = (void *)frame->addr;
	struct blk_req req;
	unsigned int i, at;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		at = i % DIRECT_SEGS;
		req = blk_direct(i % 2, 0, pages, DIRECT_SEGS);
		req.segs[at].first = pairs[i][0];
		req.segs[at].last = pairs[i][1];
		blk_refuse(&blk->rings[0], &req, "sectors of a segment");
		req = blk_indirect(i % 2, 0, frame, pages, 256);
		seg[31 * i].first = pairs[i][0];
		seg[31 * i].last = pairs[i][1];
		blk_refuse(&blk->rings[0], &req, "an indirect segment");
	}
}

static void bad_sectors(struct blk *blk, const struct pages *pages,
			const struct pages *frame)
{
	uint64_t sectors[] = { blk->sectors, blk->sectors - 7, 1ull << 63,
			       -1ull, -8ull, -7ull, (1ull << 55) - 8,
			       1ull << 55, 1ull << 32 | blk->sectors };
	struct blk_req req;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sectors); i++) {
		req = blk_direct(i % 2, sectors[i], pages, 1);
		blk_refuse(&blk->rings[0], &req, "sector");
		req = blk_indirect(i % 2, sectors[i], frame, pages, 256);
		blk_refuse(&blk->rings[0], &req, "an indirect sector");
		req = blk_direct(FLUSH, sectors[i], pages, 1);
		blk_refuse(&blk->rings[0], &req, "sector of a flush");
		req = (struct blk_req){ .op = DISCARD, .sector = sectors[i],
					.nr_sectors = 8 };
		blk_refuse(&blk->rings[0], &req, "sector of a discard");
		/* That of nothing may be served. */
		req = (struct blk_req){ .op = DISCARD, .sector = 8 };
		req.nr_sectors = -(uint64_t)(i + only_rules);
		blk_refuse(&blk->rings[0], &req, "length of a discard");
	}
}

static void attack_bad_requests(struct blk *blk)
{
	struct pages pages, frame;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	frame = pages_share(&blk->front, 1, true);
	bad_counts(blk, &pages, &frame);
	bad_segments(blk, &pages, &frame);
	bad_sectors(blk, &pages, &frame);
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

/* Any bytes at all; whatever they are, one response for each. */
static void attack_noise(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	uint32_t n = 12345;
	unsigned int round, i, byte;

	blk_connect(blk, &blk_attack_conf);
	for (round = 0; round < often(15); round++) {
		for (i = 0; i < ring->nr_slots; i++) {
			uint8_t *slot = blk_slot(ring, ring->prod++);
			uint64_t id;

			for (byte = 0; byte < ring->layout->request; byte++) {
				n = n * 1664525 + 1013904223;
				slot[byte] = n >> 24;
			}
			/* mostly reads; what is read goes nowhere */
			if (slot[0] % 8)
				slot[0] = slot[0] % 2 ? READ : INDIRECT;
			if (slot[0] == INDIRECT)
				slot[1] = READ;
			slot[3] = 0;
			memcpy(&id, slot + ring->layout->id, sizeof(id));
			ids_add(&ring->ids, id);
		}
		blk_push(ring);
		blk_drain(ring, ring->nr_slots);
	}
}

/* ---- R6: all that a guest may ask for at once */

/* Xen counts up to 255 mappings of a grant, so there are several frames. */
static void hoard(struct blk_ring *ring, const struct pages *frames,
		  const struct pages *pages)
{
	struct pages frame = { .nr = 1 };
	uint32_t i;

	for (i = 0; i < ring->nr_slots; i++) {
		struct blk_req req;

		frame.addr = frames->addr + i % frames->nr * FRAME;
		frame.refs = frames->refs + i % frames->nr;
		req = blk_indirect(READ, 0, &frame, pages, 256);
		blk_put(ring, &req);
	}
	blk_push(ring);
}

static void attack_hoard(struct blk *blk)
{
	struct blk_conf conf = blk_attack_conf;
	struct pages pages, frames;
	unsigned int q, i;

	front_reset(&blk->front);
	blk_need_indirect(blk, 256);
	conf.order = front_offer(&blk->front, "max-ring-page-order", 0);
	conf.queues = front_offer(&blk->front, "multi-queue-max-queues", 1);
	if (conf.queues > 4)
		conf.queues = 4;
	blk_connect(blk, &conf);
	pages = pages_share(&blk->front, 256, true);
	frames = pages_share(&blk->front, 32, true);
	for (q = 0; q < blk->nr_rings; q++)
		hoard(&blk->rings[q], &frames, &pages);
	for (q = 0; q < blk->nr_rings; q++)
		for (i = 0; i < blk->rings[q].nr_slots; i++) {
			struct blk_rsp rsp;

			blk_next(&blk->rings[q], &rsp);
			blk_expect(rsp.status, OKAY, "one of all requests");
		}
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frames);
}

/* ---- R19: bad requests, and slow ones, do not hold up good ones */

/* A ring full; all but the last one are bad, if any is. How long it takes. */
static uint64_t flood(struct blk_ring *ring, const struct pages *pages,
		      bool bad)
{
	uint64_t begin = now_us();
	struct blk_req req;
	struct blk_rsp rsp;
	unsigned int i;

	for (i = 0; i < ring->nr_slots; i++) {
		req = blk_direct(READ, 0, pages, 1);
		if (bad && i < ring->nr_slots - 1)
			req = blk_direct(i, -1, pages, i);
		req.id = i;
		blk_put(ring, &req);
	}
	blk_push(ring);
	for (i = 0; i < ring->nr_slots; i++) {
		blk_next(ring, &rsp);
		if (!rsp.status != (!bad || rsp.id == ring->nr_slots - 1))
			die("status %d of request %u", rsp.status,
			    (unsigned int)rsp.id);
	}
	return now_us() - begin;
}

static void attack_bad_flood(struct blk *blk)
{
	uint64_t best[2] = { -1, -1 };
	struct pages pages;
	unsigned int round;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	for (round = 0; round < often(40); round++) {
		uint64_t took = flood(&blk->rings[0], &pages, round % 2);

		if (took < best[round % 2])
			best[round % 2] = took;
	}
	say("# good %llu us, bad %llu us", (unsigned long long)best[0],
	    (unsigned long long)best[1]);
	if (best[1] > 2 * best[0])
		die("what is refused takes longer than what is served");
	pages_unshare(&blk->front, &pages);
}

/* For a slow disk that discards as slowly as it reads. */
static void attack_slow_discard(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	uint64_t begin, alone, last = 0;
	struct pages pages;
	struct blk_req req;
	struct blk_rsp rsp;
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	if (!front_offer(&blk->front, "feature-discard", 0))
		unfit("this disk does not discard");
	pages = pages_share(&blk->front, 1, true);
	begin = now_us();
	req = blk_direct(READ, 0, &pages, 1);
	blk_expect(blk_do(ring, &req), OKAY, "read");
	alone = now_us() - begin;
	req = (struct blk_req){ .op = DISCARD, .nr_sectors = blk->sectors };
	blk_put(ring, &req);
	for (i = 0; i < 10; i++) {
		req = blk_direct(READ, 8 * i, &pages, 1);
		req.id = 1;
		blk_put(ring, &req);
	}
	begin = now_us();
	blk_push(ring);
	for (i = 0; i < 11; i++) {
		blk_next(ring, &rsp);
		blk_expect(rsp.status, OKAY, "behind a discard");
		if (rsp.id)
			last = now_us() - begin;
	}
	say("# alone %llu us, behind a discard %llu us",
	    (unsigned long long)alone, (unsigned long long)last);
	if (2 * last > 3 * alone)
		die("reads wait for a discard");
	pages_unshare(&blk->front, &pages);
}

const struct blk_attack blk_ring_attacks[] = {
	{ "double-fetch", "XSA-155", ANSWERED, attack_double_fetch },
	{ "producer-ahead", "ring.h", STOPPED, attack_producer_ahead },
	{ "producer-far", "ring.h", STOPPED, attack_producer_far },
	{ "producer-back", "ring.h", STOPPED, attack_producer_back },
	{ "producer-born", "ring.h", STOPPED, attack_producer_born },
	{ "producer-overtakes", "ring.h", STOPPED, attack_producer_overtakes },
	{ "indices-overwritten", "ring.h", ANSWERED,
	  attack_indices_overwritten },
	{ "bad-requests", "XSA-155,XSA-216,blkif.h", ANSWERED,
	  attack_bad_requests },
	{ "noise", "XSA-155,XSA-362", ANSWERED, attack_noise },
	{ "hoard", "XSA-300", ANSWERED, attack_hoard },
	{ "bad-flood", "-", ANSWERED, attack_bad_flood },
	{ "slow-discard", "-", ANSWERED, attack_slow_discard },
};

const unsigned int blk_nr_ring_attacks = ARRAY_SIZE(blk_ring_attacks);
