// SPDX-License-Identifier: GPL-2.0
/*
 * blkback/ring/plan.c and plan.h: the disk is never given a guest's memory that
 * it cannot take, or that must not change while it is written.
 */
#include "prove.h"

#include "blkback/ring/plan.c"

void proof_move(void)
{
	struct xbb_policy policy = ANY(struct xbb_policy);
	u16 nr_segs = ANY(u16);
	bool aligned = ANY_BOOL();
	u8 op = ANY(u8);
	enum xbb_move move = xbb_plan_move(&policy, op, nr_segs, aligned);

	PROVE((move == XBB_MOVE_NONE) == !nr_segs);
	PROVE(move <= XBB_MOVE_COPY);
	if (move != XBB_MOVE_MAP)
		return;
	PROVE(aligned);
	PROVE(op == BLKIF_OP_READ || !policy.stable);
	PROVE(policy.persistent || nr_segs > policy.copy_segs);
}

/* For each of any number of segments, all of whose edges were ored. */
void proof_aligned(void)
{
	struct xbb_policy policy = ANY(struct xbb_policy);
	struct blkif_request_segment seg = ANY(struct blkif_request_segment);
	unsigned int edges = ANY(unsigned int);
	struct xbb_extent extent;

	ASSUME(is_power_of_2(policy.block_sectors));
	ASSUME(xbb_validate_seg(&seg, &extent) > 0);
	edges |= extent.first | extent.count;
	if (!xbb_plan_is_aligned(&policy, edges))
		return;
	PROVE(extent.first % policy.block_sectors == 0);
	PROVE(extent.count % policy.block_sectors == 0);
}
