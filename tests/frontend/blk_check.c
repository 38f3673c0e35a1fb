// SPDX-License-Identifier: GPL-2.0
/* Honest requests that must succeed, for tests of whatever went before. */
#include "blkif.h"

#include <string.h>

static uint32_t seed;

void blk_expect(int status, int want, const char *of)
{
	if (status != want)
		die("%s: status %d, not %d", of, status, want);
}

/* Write frames, read them back into other frames, compare. */
void blk_round_trip(struct blk_ring *ring, uint64_t sector,
		    unsigned int nr_segs)
{
	struct pages from = pages_share(ring->front, nr_segs, true);
	struct pages to = pages_share(ring->front, nr_segs, true);
	uint64_t nr = nr_segs * FRAME_SECTORS;
	struct blk_req req;

	blk_fill(from.addr, sector, nr, ++seed);
	req = blk_direct(WRITE, sector, &from, nr_segs);
	blk_expect(blk_do(ring, &req), OKAY, "write");
	req = blk_direct(READ, sector, &to, nr_segs);
	blk_expect(blk_do(ring, &req), OKAY, "read");
	if (!blk_same(to.addr, sector, nr, seed))
		die("%u segments at %llu: other data", nr_segs,
		    (unsigned long long)sector);
	pages_unshare(ring->front, &from);
	pages_unshare(ring->front, &to);
}

void blk_round_trip_indirect(struct blk_ring *ring, uint64_t sector,
			     unsigned int nr_segs)
{
	struct pages frame = pages_share(ring->front, 1, true);
	struct pages from = pages_share(ring->front, nr_segs, true);
	struct pages to = pages_share(ring->front, nr_segs, true);
	uint64_t nr = nr_segs * FRAME_SECTORS;
	struct blk_req req;

	blk_fill(from.addr, sector, nr, ++seed);
	req = blk_indirect(WRITE, sector, &frame, &from, nr_segs);
	blk_expect(blk_do(ring, &req), OKAY, "indirect write");
	req = blk_indirect(READ, sector, &frame, &to, nr_segs);
	blk_expect(blk_do(ring, &req), OKAY, "indirect read");
	if (!blk_same(to.addr, sector, nr, seed))
		die("%u indirect segments: other data", nr_segs);
	pages_unshare(ring->front, &frame);
	pages_unshare(ring->front, &from);
	pages_unshare(ring->front, &to);
}
