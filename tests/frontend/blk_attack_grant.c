// SPDX-License-Identifier: GPL-2.0
/* Attacks with grants: bad ones, changing ones, and used in odd ways. */
#include "blk_attack.h"

#include <string.h>

#define LAST		(FRAME_SECTORS - 1)
/* A grant that nobody has made, and one that no table has. */
#define NO_GREF		0x1ff0u
#define MAD_GREF	0xfffffff0u

/* ---- R11, R13, R14: grants that are not what they should be */

static uint32_t bad_gref(struct blk *blk, unsigned int kind)
{
	static struct pages others;

	if (!others.nr)
		others = pages_share_with(&blk->front, 7, 1);
	switch (kind % 3) {
	case 0:
		return NO_GREF;
	case 1:
		return MAD_GREF;
	default:
		return others.refs[0];
	}
}

/* A bad grant in each place of a request, with good requests beside it. */
static void one_bad_among(struct blk *blk, const struct pages *pages,
			  unsigned int place)
{
	struct blk_ring *ring = &blk->rings[0];
	struct blk_rsp rsp;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		struct blk_req req = blk_direct(place % 2, 1024, pages,
						DIRECT_SEGS);

		if (i == 2)
			req.segs[place].gref = bad_gref(blk, place);
		req.id = i;
		blk_put(ring, &req);
	}
	blk_push(ring);
	for (i = 0; i < 5; i++) {
		blk_next(ring, &rsp);
		blk_expect(rsp.status, rsp.id == 2 ? ERROR : OKAY,
			   "a bad grant among good ones");
	}
}

static void attack_bad_grants(struct blk *blk)
{
	struct pages pages;
	unsigned int place, round;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	for (round = 0; round < 3; round++)
		for (place = 0; place < DIRECT_SEGS; place++)
			one_bad_among(blk, &pages, place);
	pages_unshare(&blk->front, &pages);
}

/*
 * Large requests, some bad in one place: an error may not be forgotten when
 * later operations succeed, and not spread to requests of the same sweep.
 */
static void attack_sticky_errors(struct blk *blk)
{
	static const unsigned int places[] = { 0, 1, 127, 128, 254, 255 };
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages, frames[2 * ARRAY_SIZE(places)];
	struct blk_rsp rsp;
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	blk_need_indirect(blk, 256);
	pages = pages_share(&blk->front, 256, true);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		struct blk_req req;

		frames[i] = pages_share(&blk->front, 1, true);
		req = blk_indirect(i / 2 % 2, 0, &frames[i], &pages, 256);
		if (i % 2) {
			struct blk_seg *seg = (void *)frames[i].addr;

			seg[places[i / 2]].gref = bad_gref(blk, i / 2);
		}
		req.id = i;
		blk_put(ring, &req);
	}
	blk_push(ring);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		blk_next(ring, &rsp);
		blk_expect(rsp.status, rsp.id % 2 ? ERROR : OKAY,
			   "a large request");
	}
	for (i = 0; i < ARRAY_SIZE(frames); i++)
		pages_unshare(&blk->front, &frames[i]);
	pages_unshare(&blk->front, &pages);
}

static void attack_bad_frames(struct blk *blk)
{
	struct pages pages, frame;
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, 1, true);
	frame = pages_share(&blk->front, 1, true);
	for (i = 0; i < 60; i++) {
		struct blk_req req = blk_indirect(i / 3 % 2, 0, &frame, &pages,
						  1 + i * 4);

		req.grefs[0] = bad_gref(blk, i);
		blk_refuse(&blk->rings[0], &req, "indirect frame");
	}
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

/* Many grants that come and go, with errors between them (R14, R6). */
static void attack_changing_grants(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	unsigned int round, i;

	blk_connect(blk, &blk_attack_conf);
	for (round = 0; round < often(15); round++) {
		struct pages pages = pages_share(&blk->front, 100, true);
		struct pages part = pages;
		struct blk_rsp rsp;

		for (i = 0; i < 20; i++) {
			struct blk_req req;

			part.refs = pages.refs + 5 * i;
			part.nr = 5;
			req = blk_direct(i % 2, 8 * i, &part, 5);
			if (i % 7 == 6)
				req.segs[i % 5].gref = bad_gref(blk, i);
			req.id = i;
			blk_put(ring, &req);
		}
		blk_push(ring);
		for (i = 0; i < 20; i++) {
			blk_next(ring, &rsp);
			blk_expect(rsp.status, rsp.id % 7 == 6 ? ERROR : OKAY,
				   "one of many grants");
		}
		pages_unshare(&blk->front, &pages);
	}
}

/* ---- R15: once answered, a frame is the guest's again */

static void attack_reuse(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	unsigned int i, byte;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	for (i = 0; i < often(25); i++) {
		uint64_t nr = DIRECT_SEGS * FRAME_SECTORS;
		struct blk_req req;

		blk_fill(pages.addr, 0, nr, i);
		req = blk_direct(WRITE, 0, &pages, DIRECT_SEGS);
		blk_expect(blk_do(ring, &req), OKAY, "write");
		memset(pages.addr, 0x5a, nr * SECTOR);
		req = blk_direct(READ, 0, &pages, DIRECT_SEGS);
		blk_expect(blk_do(ring, &req), OKAY, "read");
		if (!blk_same(pages.addr, 0, nr, i))
			die("round %u: data written after the response", i);
		memset(pages.addr, 0x5a, nr * SECTOR);
		nap(500);
		for (byte = 0; byte < nr * SECTOR; byte++)
			if (pages.addr[byte] != 0x5a)
				die("round %u: a frame changed later", i);
	}
	pages_unshare(&blk->front, &pages);
}

/* ---- R23: the guest gives no more rights than it must */

static void attack_readonly_grants(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_req req;
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	pages = pages_share(&blk->front, DIRECT_SEGS, false);
	for (i = 1; i <= DIRECT_SEGS; i++) {
		req = blk_direct(READ, 0, &pages, i);
		blk_refuse(ring, &req, "read into what may only be read");
		req = blk_direct(WRITE, 0, &pages, i);
		if (!blk_attack_conf.persistent)
			blk_expect(blk_do(ring, &req), OKAY,
				   "write of what may only be read");
		else
			blk_do(ring, &req);
	}
	pages_unshare(&blk->front, &pages);
}

/* ---- R5: frames that lie anywhere, sectors that lie together */

static void attack_scattered(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages, frame;
	struct blk_seg *seg;
	struct blk_req req;
	unsigned int i;

	blk_connect(blk, &blk_attack_conf);
	blk_need_indirect(blk, 256);
	pages = pages_share(&blk->front, 256, true);
	frame = pages_share(&blk->front, 1, true);
	blk_fill(pages.addr, 0, 256 * FRAME_SECTORS, 4);
	seg = (void *)frame.addr;
	for (i = 0; i < 256; i++)
		seg[i] = (struct blk_seg){ pages.refs[(i * 37) % 256], 0,
					   LAST };
	req = blk_indirect(WRITE, 0, &frame, &pages, 0);
	req.nr_indirect = 256;
	blk_expect(blk_do(ring, &req), OKAY, "scattered write");
	memset(pages.addr, 0, 256 * FRAME);
	req = blk_indirect(READ, 0, &frame, &pages, 256);
	blk_expect(blk_do(ring, &req), OKAY, "read");
	for (i = 0; i < 256; i++)
		if (!blk_same(pages.addr + (size_t)i * FRAME,
			      (i * 37) % 256 * FRAME_SECTORS, FRAME_SECTORS,
			      4))
			die("frame %u has other data", i);
	pages_unshare(&blk->front, &pages);
	pages_unshare(&blk->front, &frame);
}

const struct blk_attack blk_grant_attacks[] = {
	{ "scattered", "XSA-229", ANSWERED, attack_scattered },
	{ "bad-grants", "XSA-361,XSA-362", ANSWERED, attack_bad_grants },
	{ "bad-frames", "XSA-361,XSA-362", ANSWERED, attack_bad_frames },
	{ "sticky-errors", "XSA-365", ANSWERED, attack_sticky_errors },
	{ "changing-grants", "XSA-371", ANSWERED, attack_changing_grants },
	{ "reuse", "XSA-396", ANSWERED, attack_reuse },
	{ "readonly-grants", "grant_table.h", ANSWERED,
	  attack_readonly_grants },
};

const unsigned int blk_nr_grant_attacks = ARRAY_SIZE(blk_grant_attacks);
