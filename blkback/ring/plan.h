/* SPDX-License-Identifier: GPL-2.0 */
/* How the data of a request moves between guest and disk. Pure. */
#ifndef XBB_PLAN_H
#define XBB_PLAN_H

#include <linux/types.h>

#include "validate.h"

/*
 * Copying 4 KiB costs less than mapping and unmapping them, whatever the
 * length of the request (Documentation/blkback.md), and no TLB is flushed.
 */
#define XBB_COPY_SEGS_DEFAULT	XBB_INDIRECT_SEGS

/**
 * enum xbb_move - ways for data
 * @XBB_MOVE_NONE: there is none
 * @XBB_MOVE_MAP: the guest's frames are mapped and the disk works on them
 * @XBB_MOVE_COPY: the hypervisor copies between the guest's frames and ours
 */
enum xbb_move {
	XBB_MOVE_NONE,
	XBB_MOVE_MAP,
	XBB_MOVE_COPY,
};

/**
 * struct xbb_policy - what the choice depends on besides the request
 */
struct xbb_policy {
	/** @copy_segs: requests of up to so many segments are copied */
	u16 copy_segs;
	/** @persistent: grants stay mapped, so that mapping costs nothing */
	bool persistent;
	/**
	 * @stable: data must not change while it is written, for it is
	 * followed by its checksum, which others believe
	 */
	bool stable;
	/**
	 * @block_sectors: what frames are given to the disk in, at least its
	 * logical blocks, in 512 bytes; a power of 2
	 */
	u32 block_sectors;
};

bool xbb_plan_may_map(const struct xbb_policy *policy, u8 op);
enum xbb_move xbb_plan_move(const struct xbb_policy *policy, u8 op,
			    u16 nr_segs, bool aligned);

/**
 * xbb_plan_is_aligned() - can the disk work on the frames of these segments?
 * @policy: the disk's
 * @edges: first sector and number of sectors of all segments, ored together
 *
 * A disk with blocks of 4 KiB takes 4096 bytes that are spread over two
 * frames as legal, but a split between the two would leave less than a block
 * on either side, which the block layer cannot handle.
 *
 * Context: Any.
 * Return: whether each segment begins and ends with such a block.
 */
static inline bool xbb_plan_is_aligned(const struct xbb_policy *policy,
				       unsigned int edges)
{
	return !(edges & (policy->block_sectors - 1));
}

#endif /* XBB_PLAN_H */
