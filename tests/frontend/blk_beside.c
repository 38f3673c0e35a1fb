// SPDX-License-Identifier: GPL-2.0
/*
 * Cases of blk_conform that look at what lies beside what they ask for, in
 * memory and on the disk.
 */
#include "blkif.h"

#include <string.h>

static const struct blk_conf plain;
static uint32_t seed = 5000;

/* Frames: one in front of a part, two for it and what is behind it. */
#define AROUND		3u

/* What was written around a part is still there, and the part itself. */
static void check_around(struct blk_ring *ring, const struct pages *around,
			 uint64_t sector, unsigned int nr)
{
	uint64_t from = sector - FRAME_SECTORS;
	struct blk_req req = blk_direct(READ, from, around, AROUND);
	uint8_t *at = around->addr + FRAME, *behind = at + nr * SECTOR;

	memset(around->addr, 0, AROUND * FRAME);
	blk_expect(blk_do(ring, &req), OKAY, "read of what is around a part");
	if (!blk_same(around->addr, from, FRAME_SECTORS, seed - 1))
		die("%u sectors at %u: written in front of them", nr,
		    (unsigned int)sector);
	if (!blk_same(at, sector, nr, seed))
		die("%u sectors at %u: other data on the disk", nr,
		    (unsigned int)sector);
	if (!blk_same(behind, sector + nr, 2 * FRAME_SECTORS - nr, seed - 1))
		die("%u sectors at %u: written behind them", nr,
		    (unsigned int)sector);
}

/* Every part of a frame, read into another place than it came from. */
static void one_part(struct blk_ring *ring, const struct pages *pages,
		     unsigned int first, unsigned int last)
{
	unsigned int nr = last - first + 1, at = FRAME_SECTORS - nr;
	uint64_t sector = 4096 + first * 8 + last;
	struct pages around = { pages->addr + 2 * FRAME, pages->refs + 2,
				AROUND };
	struct blk_req req = blk_direct(WRITE, sector - FRAME_SECTORS, &around,
					AROUND);
	uint8_t *to = pages->addr + FRAME;
	unsigned int i;

	blk_fill(around.addr, sector - FRAME_SECTORS, AROUND * FRAME_SECTORS,
		 ++seed);
	blk_expect(blk_do(ring, &req), OKAY, "write around a part");
	req = blk_direct(WRITE, sector, pages, 1);
	blk_fill(pages->addr, sector - first, FRAME_SECTORS, ++seed);
	req.segs[0].first = first;
	req.segs[0].last = last;
	blk_expect(blk_do(ring, &req), OKAY, "write of a part");
	memset(to, 0xa5, FRAME);
	req = blk_direct(READ, sector, pages, 1);
	req.segs[0] = (struct blk_seg){ pages->refs[1], at, at + nr - 1 };
	blk_expect(blk_do(ring, &req), OKAY, "read of a part");
	if (!blk_same(to + at * SECTOR, sector, nr, seed))
		die("sectors %u to %u of a frame: other data", first, last);
	for (i = 0; i < at * SECTOR; i++)
		if (to[i] != 0xa5)
			die("byte %u in front of a part was written", i);
	check_around(ring, &around, sector, nr);
}

void blk_case_parts(struct blk *blk)
{
	struct pages pages;
	unsigned int first, last;

	blk_connect(blk, &plain);
	if (blk->block_sectors > 1) {
		blk_close(blk);
		return;
	}
	pages = pages_share(&blk->front, 2 + AROUND, true);
	for (first = 0; first < FRAME_SECTORS; first++)
		for (last = first; last < FRAME_SECTORS; last++)
			one_part(&blk->rings[0], &pages, first, last);
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

/* How long a segment of the patchwork is, and where in the frame it begins. */
static unsigned int patch_len(unsigned int i)
{
	return 1 + i % FRAME_SECTORS;
}

static unsigned int patch_first(unsigned int i)
{
	return (FRAME_SECTORS - patch_len(i)) / 2;
}

/* They lie on the disk one behind the other, whatever they were cut from. */
static void check_patches(const struct pages *pages)
{
	const uint8_t *at = pages->addr;
	unsigned int i;

	for (i = 0; i < DIRECT_SEGS; i++) {
		if (!blk_same(at, 512 + patch_first(i), patch_len(i), seed))
			die("segment %u: other data", i);
		at += patch_len(i) * SECTOR;
	}
}

/* Segments of all lengths in one request, the same frame in several. */
void blk_case_patchwork(struct blk *blk)
{
	struct blk_ring *ring = &blk->rings[0];
	struct pages from, to;
	struct blk_req req, back;
	unsigned int i, nr = 0;

	blk_connect(blk, &plain);
	from = pages_share(&blk->front, 1, true);
	to = pages_share(&blk->front, DIRECT_SEGS, true);
	blk_fill(from.addr, 512, FRAME_SECTORS, ++seed);
	req = blk_direct(WRITE, 512, &from, DIRECT_SEGS);
	for (i = 0; i < DIRECT_SEGS; i++) {
		req.segs[i].first = patch_first(i);
		req.segs[i].last = patch_first(i) + patch_len(i) - 1;
		nr += patch_len(i);
	}
	if (blk->block_sectors == 1)
		blk_expect(blk_do(ring, &req), OKAY, "write of parts");
	back = blk_direct(READ, 512, &to,
			  (nr + FRAME_SECTORS - 1) / FRAME_SECTORS);
	for (i = 0; blk->block_sectors == 1 && i < 5; i++) {
		memset(to.addr, 0, to.nr * FRAME);
		blk_expect(blk_do(ring, &back), OKAY, "read of them");
		check_patches(&to);
	}
	pages_unshare(&blk->front, &from);
	pages_unshare(&blk->front, &to);
	blk_close(blk);
}

/* Whether it was offered or not: it was answered as it has to be. */
static bool ask_discard(struct blk *blk, uint64_t sector, uint64_t nr)
{
	struct blk_req req = { .op = DISCARD, .id = 77, .sector = sector,
			       .nr_sectors = nr };
	struct blk_ring *ring = &blk->rings[0];

	if (!front_offer(&blk->front, "feature-discard", 0)) {
		blk_expect(blk_do(ring, &req), UNSUPPORTED, "discard");
		say("# discard is not offered");
		return false;
	}
	blk_expect(blk_do(ring, &req), OKAY, "discard");
	req.nr_sectors = 0;
	if (!only_rules)
		blk_expect(blk_do(ring, &req), ERROR, "discard of nothing");
	return true;
}

static bool is_zero(const uint8_t *data, size_t len)
{
	return !*data && !memcmp(data, data + 1, len - 1);
}

/*
 * What is beside a hole stays. That in it is zero is not what the protocol
 * says, but what disks do that our tests make.
 */
static void check_hole(const uint8_t *data, uint64_t from, uint64_t to)
{
	uint64_t all = DIRECT_SEGS * FRAME_SECTORS;

	if (!blk_same(data, 0, from, seed))
		die("data before what was discarded has gone");
	if (!blk_same(data + to * SECTOR, to, all - to, seed))
		die("data behind what was discarded has gone");
	if (from == to || only_rules)
		return;
	if (!is_zero(data + from * SECTOR, (to - from) * SECTOR))
		die("what was discarded is still there");
}

/* Disks may discard less than they are told, but not more. */
static void discard_some(struct blk *blk, const char *protocol)
{
	struct blk_conf conf = { .protocol = protocol };
	struct blk_ring *ring = &blk->rings[0];
	struct pages pages;
	struct blk_req req;
	uint64_t grain, from, to;

	blk_connect(blk, &conf);
	/* Of 11 frames the first five grains, and something behind them. */
	grain = front_offer(&blk->front, "discard-granularity", 0) / FRAME;
	grain = grain > 1 ? 2 : 1;
	from = 2 * grain * FRAME_SECTORS;
	to = 5 * grain * FRAME_SECTORS;
	pages = pages_share(&blk->front, DIRECT_SEGS, true);
	blk_fill(pages.addr, 0, DIRECT_SEGS * FRAME_SECTORS, ++seed);
	req = blk_direct(WRITE, 0, &pages, DIRECT_SEGS);
	blk_expect(blk_do(ring, &req), OKAY, "write");
	if (!ask_discard(blk, from, to - from))
		to = from;
	memset(pages.addr, 0xa5, DIRECT_SEGS * FRAME);
	req = blk_direct(READ, 0, &pages, DIRECT_SEGS);
	blk_expect(blk_do(ring, &req), OKAY, "read");
	check_hole(pages.addr, from, to);
	pages_unshare(&blk->front, &pages);
	blk_close(blk);
}

void blk_case_discard(struct blk *blk)
{
	discard_some(blk, NULL);
	discard_some(blk, "x86_32-abi");
}
