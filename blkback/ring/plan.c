// SPDX-License-Identifier: GPL-2.0
/* Decides how the data of a request moves. Pure. */
#include "plan.h"
#include "xbb_internal.h"

/**
 * xbb_plan_may_map() - may the disk work on the guest's frames at all?
 * @policy: the disk's, which may have changed since the move was chosen
 * @op: BLKIF_OP_READ, _WRITE, _WRITE_BARRIER, _FLUSH_DISKCACHE
 *
 * The guest can change a page of its own at any time.
 *
 * Context: Any.
 * Return: false if the data has to be copied.
 */
bool xbb_plan_may_map(const struct xbb_policy *policy, u8 op)
{
	return op == BLKIF_OP_READ || !READ_ONCE(policy->stable);
}

/**
 * xbb_plan_move() - choose how the data moves
 * @policy: the disk's
 * @op: BLKIF_OP_READ, _WRITE, _WRITE_BARRIER, _FLUSH_DISKCACHE
 * @nr_segs: segments of the request
 * @aligned: xbb_plan_is_aligned() holds for them
 *
 * Context: Any.
 * Return: the way to move the data.
 */
enum xbb_move xbb_plan_move(const struct xbb_policy *policy, u8 op,
			    u16 nr_segs, bool aligned)
{
	if (!nr_segs)
		return XBB_MOVE_NONE;
	if (!aligned || !xbb_plan_may_map(policy, op))
		return XBB_MOVE_COPY;
	if (!policy->persistent && nr_segs <= READ_ONCE(policy->copy_segs))
		return XBB_MOVE_COPY;
	return XBB_MOVE_MAP;
}
