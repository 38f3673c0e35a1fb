// SPDX-License-Identifier: GPL-2.0
/* Decides how the data of a request moves. Pure. */
#include "plan.h"
#include "xbb_internal.h"

/**
 * xbb_plan_is_aligned() - can the disk work on the frame of this segment?
 * @policy: the disk's
 * @extent: a checked segment
 *
 * A disk with blocks of 4 KiB takes 4096 bytes that are spread over two
 * frames as legal, but a split between the two would leave less than a block
 * on either side, which the block layer cannot handle.
 *
 * Context: Any.
 * Return: whether the segment begins and ends with a logical block.
 */
bool xbb_plan_is_aligned(const struct xbb_policy *policy,
			 const struct xbb_extent *extent)
{
	return !((extent->first | extent->count) & (policy->block_sectors - 1));
}

/**
 * xbb_plan_move() - choose how the data moves
 * @policy: the disk's
 * @nr_segs: segments of the request
 * @aligned: xbb_plan_is_aligned() holds for all of them
 *
 * Context: Any.
 * Return: the way to move the data.
 */
enum xbb_move xbb_plan_move(const struct xbb_policy *policy, u16 nr_segs,
			    bool aligned)
{
	if (!nr_segs)
		return XBB_MOVE_NONE;
	if (!aligned)
		return XBB_MOVE_COPY;
	if (!policy->persistent && nr_segs <= policy->copy_segs)
		return XBB_MOVE_COPY;
	return XBB_MOVE_MAP;
}
