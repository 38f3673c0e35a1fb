// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks of a guest that takes its grants back, changes them, or grants what
 * the backend itself works with.
 */
#include "blk_attack.h"
#include "grants.h"

#include <string.h>

/* ---- a kernel that revokes what it can, while requests are on their way */

static void attack_revoked(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	unsigned int round, i;

	blk_connect(blk, &blk_attack_conf);
	for (round = 0; round < often(30); round++) {
		struct pages pages = pages_share(&blk->front, DIRECT_SEGS,
						 true);
		struct pages frame = pages_share(&blk->front, 1, true);

		for (i = 0; i < ring->nr_slots / 2; i++) {
			struct blk_req req = blk_direct(i % 2, 8 * i, &pages,
							DIRECT_SEGS);

			blk_put(ring, &req);
			req = blk_indirect(READ, 0, &frame, &pages, 100);
			blk_put(ring, &req);
		}
		blk_push(ring);
		if (round % 3)
			nap(round * 20);
		pages_unshare(&blk->front, round % 2 ? &pages : &frame);
		blk_drain(ring, ring->nr_slots);
		pages_unshare(&blk->front, &pages);
		pages_unshare(&blk->front, &frame);
	}
}

/* ---- a guest that writes to its own grant table */

static void all_requests(struct blk_ring *ring, const struct pages *pages,
			 const struct pages *frame)
{
	unsigned int i;

	for (i = 0; i < ring->nr_slots / 4; i++) {
		struct blk_req req = blk_direct(READ, 8 * i, pages,
						1 + i % DIRECT_SEGS);

		blk_put(ring, &req);
		req = blk_direct(WRITE, 8 * i, pages, DIRECT_SEGS);
		blk_put(ring, &req);
		req = blk_indirect(READ, 0, frame, pages, 64);
		blk_put(ring, &req);
		req = blk_indirect(WRITE, 0, frame, pages, 64);
		blk_put(ring, &req);
	}
	blk_push(ring);
	blk_drain(ring, ring->nr_slots / 4 * 4);
}

/*
 * Grants that the backend has mapped, or that stay mapped, are no longer
 * there, then are others, under the same numbers.
 */
static void attack_swapped(struct blk *blk)
{
	volatile struct grant *table = grants_open();
	struct blk_ring *ring = &blk->rings[0];
	struct grant saved[64], first[1];
	struct pages pages, frame;
	unsigned int round, i;

	if (!table) {
		skip(GRANTS_NO_WAY);
		return;
	}
	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 64, true);
	frame = pages_share(&blk->front, 1, true);
	grants_save(table, &pages, saved);
	grants_save(table, &frame, first);
	for (round = 0; round < often(10); round++) {
		all_requests(ring, &pages, &frame);
		for (i = 0; i < pages.nr; i++)
			table[pages.refs[i]].flags = GRANT_NONE;
		all_requests(ring, &pages, &frame);
		table[frame.refs[0]].flags = GRANT_NONE;
		all_requests(ring, &pages, &frame);
		for (i = 0; i < pages.nr; i++) {
			table[pages.refs[i]].frame =
				saved[(i + 1 + round) % pages.nr].frame;
			table[pages.refs[i]].flags = GRANT_PERMIT;
		}
		table[frame.refs[0]].flags = GRANT_PERMIT;
		all_requests(ring, &pages, &frame);
	}
	blk_close(blk);
	grants_put_back(table, &pages, saved);
	grants_put_back(table, &frame, first);
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

struct hammer {
	volatile struct grant *table;
	const struct pages *pages;
	const struct grant *saved;
	volatile bool stop, stopped;
};

/* Rights come and go while Xen, and the backend, look at them. */
static void *hammer_grants(void *arg)
{
	static const uint16_t flags[] = {
		GRANT_NONE, GRANT_PERMIT, GRANT_PERMIT,
		GRANT_PERMIT | GRANT_READONLY,
	};
	struct hammer *hammer = arg;
	const struct pages *pages = hammer->pages;
	uint32_t n = 5;

	while (!hammer->stop) {
		volatile struct grant *grant;

		n = n * 1664525 + 1013904223;
		grant = &hammer->table[pages->refs[(n >> 16) % pages->nr]];
		grant->frame = hammer->saved[(n >> 8) % pages->nr].frame;
		grant->domid = n >> 29 ? hammer->saved[0].domid : 7;
		grant->flags = flags[n >> 26 & 3];
	}
	hammer->stopped = true;
	return NULL;
}

static void attack_hammered(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages, frame;
	struct grant saved[64];
	struct hammer hammer = { grants_open(), &pages, saved };
	unsigned int round;

	if (!hammer.table) {
		skip(GRANTS_NO_WAY);
		return;
	}
	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 64, true);
	frame = pages_share(&blk->front, 1, true);
	grants_save(hammer.table, &pages, saved);
	thread_start(hammer_grants, &hammer);
	for (round = 0; round < often(30); round++)
		all_requests(ring, &pages, &frame);
	hammer.stop = true;
	while (!hammer.stopped)
		nap(1000);
	blk_close(blk);
	grants_put_back(hammer.table, &pages, saved);
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

/* Frames that are nobody's: such a grant is there, and cannot be used. */
static void attack_no_frames(struct blk *blk)
{
	static const uint32_t frames[] = { 0xffffffff, 0xfffffffe, 0x80000000,
					   0x7fffffff };
	volatile struct grant *table = grants_open();
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct grant saved[1];
	unsigned int i;

	if (!table) {
		skip(GRANTS_NO_WAY);
		return;
	}
	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	grants_save(table, &pages, saved);
	for (i = 0; i < 20 * ARRAY_SIZE(frames); i++) {
		struct blk_req req = blk_direct(i % 2, 0, &pages,
						1 + i % DIRECT_SEGS);

		table[pages.refs[0]].frame = frames[i % ARRAY_SIZE(frames)];
		blk_refuse(ring, &req, "a frame that nobody has");
	}
	grants_put_back(table, &pages, saved);
	pages_unshare(&blk->front, &pages);
}

/* ---- R15: what is answered is not in use any more */

#define OWN_PAGES	2u

static void put_own(struct blk_ring *ring, const struct pages *pages,
		    unsigned int i)
{
	struct pages own = { .refs = pages->refs + OWN_PAGES * i,
			     .nr = OWN_PAGES };
	struct blk_req req = blk_direct(i % 2, 8 * i, &own, OWN_PAGES);

	req.id = i;
	blk_put(ring, &req);
}

/* Each request has pages of its own; the answer gives them back. */
static void attack_still_used(struct blk *blk)
{
	volatile struct grant *table = grants_open();
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_rsp rsp;
	unsigned int round, i;

	if (!table) {
		skip(GRANTS_NO_WAY);
		return;
	}
	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, OWN_PAGES * ring->nr_slots, true);
	for (round = 0; round < often(20); round++) {
		for (i = 0; i < ring->nr_slots; i++)
			put_own(ring, &pages, i);
		blk_push(ring);
		for (i = 0; i < ring->nr_slots; i++) {
			blk_next(ring, &rsp);
			blk_expect(rsp.status, OKAY, "a request of many");
			if (grants_are_used(table,
					    pages.refs + OWN_PAGES * rsp.id,
					    OWN_PAGES))
				die("request %u: its grants are still in use",
				    (unsigned int)rsp.id);
		}
	}
	pages_unshare(&blk->front, &pages);
}

/* ---- pages that are in use for something else */

/* What is read from the disk goes over the indices of the ring. */
static void attack_ring_as_data(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_req req;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	blk_fill(pages.addr, 0, FRAME_SECTORS, 77);
	req = blk_direct(WRITE, 0, &pages, 1);
	blk_expect(blk_do(ring, &req), OKAY, "write");
	req = blk_direct(READ, 0, &ring->pages, 1);
	blk_put(ring, &req);
	blk_push(ring);
	ring->ids.unknown = true;
	front_stopped(&blk->front);
	pages_unshare(&blk->front, &pages);
}

/* Segments that lie in the ring, and data that comes over its segments. */
static void attack_ring_as_frame(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages, frame;
	unsigned int round, i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	frame = pages_share(&blk->front, 1, true);
	for (round = 0; round < often(20); round++) {
		for (i = 0; i < ring->nr_slots; i++) {
			struct blk_req req = blk_indirect(READ, 0, &frame,
							  &pages, 100);
			struct blk_seg *segs = (void *)frame.addr;

			segs[i % 100].gref = frame.refs[0];
			req.op = i % 3 ? INDIRECT : READ;
			if (i % 2)
				req.grefs[0] = ring->pages.refs[0];
			blk_put(ring, &req);
		}
		blk_push(ring);
		blk_drain(ring, ring->nr_slots);
	}
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

/* Two queues, one ring: each takes what the other leaves. */
static void attack_shared_ring(struct blk *blk)
{
	struct blk_conf conf = blk_attack_conf;
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	unsigned int i;

	front_reset(&blk->front);
	conf.queues = 2;
	if (front_offer(&blk->front, "multi-queue-max-queues", 1) < 2)
		unfit("the backend has one queue only");
	blk_offer_rings(blk, &conf);
	ring->ids.unknown = true;
	front_write(&blk->front, "queue-1/ring-ref", "%u",
		    ring->pages.refs[0]);
	front_state(&blk->front, INITIALISED);
	front_wait(&blk->front, 1u << CONNECTED | 1u << CLOSING | 1u << CLOSED);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	for (i = 0; i < often(200); i++) {
		struct blk_req req = blk_direct(READ, 0, &pages, DIRECT_SEGS);

		blk_put(ring, &req);
		ring->s->req_prod = ring->prod;
		blk_notify(ring);
		blk_notify(&blk->rings[1]);
		if (i % 16 == 0)
			nap(2000);
	}
	front_state(&blk->front, CLOSED);
	front_wait(&blk->front, 1u << CLOSED);
	blk_free_rings(blk);
	pages_unshare(&blk->front, &pages);
	front_remove(&blk->front, "queue-1/ring-ref");
}

const struct blk_attack blk_lie_attacks[] = {
	{ "revoked", "XSA-361,XSA-371", ANSWERED, attack_revoked },
	{ "swapped", "XSA-361,XSA-371,XSA-396", ANSWERED, attack_swapped },
	{ "still-used", "XSA-396", ANSWERED, attack_still_used },
	{ "hammered", "XSA-361,XSA-362,XSA-365", ANSWERED, attack_hammered },
	{ "no-frames", "XSA-361,XSA-362", ANSWERED, attack_no_frames },
	{ "ring-as-data", "XSA-155,ring.h", STOPPED, attack_ring_as_data },
	{ "ring-as-frame", "XSA-155", ANSWERED, attack_ring_as_frame },
	{ "shared-ring", "ring.h,XSA-362", ANY, attack_shared_ring },
};

const unsigned int blk_nr_lie_attacks = ARRAY_SIZE(blk_lie_attacks);
