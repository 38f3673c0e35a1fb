/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes a request acceptable, and a request in our own terms. Pure: sees
 * private copies only, allocates nothing, touches no device. Source of all
 * facts: xen/interface/io/blkif.h.
 */
#ifndef XBB_VALIDATE_H
#define XBB_VALIDATE_H

#include <linux/errno.h>
#include <linux/types.h>

#include "layout.h"

/* The protocol counts in sectors of this size, whatever the disk's are. */
#define XBB_SECTOR_SIZE		512u
/* One grant is a frame of 4 KiB, so a segment has 1 to 8 sectors. */
#define XBB_SEG_SECTORS		8u

#define XBB_DIRECT_SEGS		BLKIF_MAX_SEGMENTS_PER_REQUEST
/* Segments fit one indirect frame; published as feature-max-indirect-… */
#define XBB_INDIRECT_SEGS	256u

/**
 * struct xbb_cmd - a request in our own terms
 */
struct xbb_cmd {
	/** @id: the frontend's, echoed in the response */
	u64 id;
	/** @sector: first sector, in units of 512 bytes */
	u64 sector;
	/** @op: BLKIF_OP_*, for an indirect request the inner one */
	u8 op;
	/** @indirect: the segments are in the frame @indirect_gref */
	bool indirect;
	/** @secure: of a discard: nobody shall read the data again */
	bool secure;
	/** @nr_segs: number of segments, within the limits of the request */
	u16 nr_segs;
	/** @nr_sectors: length of a discard, in units of 512 bytes */
	u64 nr_sectors;
	/** @indirect_gref: frame with the segments of an indirect request */
	grant_ref_t indirect_gref;
	/** @segs: of a direct request, in the private copy, not yet checked */
	const struct blkif_request_segment *segs;
};

/**
 * struct xbb_extent - a checked segment
 */
struct xbb_extent {
	/** @gref: the granted frame */
	grant_ref_t gref;
	/** @first: first sector in the frame, 0 to 7 */
	u8 first;
	/** @count: sectors, 1 to 8 - @first */
	u8 count;
};

/**
 * struct xbb_limits - what the disk allows
 */
struct xbb_limits {
	/** @capacity: size in units of 512 bytes; may change at any time */
	u64 capacity;
	/** @block_sectors: logical block size in units of 512 bytes */
	u32 block_sectors;
	/** @readonly: no request may change the medium */
	bool readonly;
	/** @discard: the disk can discard */
	bool discard;
	/** @secure_erase: and can discard such that nobody reads it again */
	bool secure_erase;
};

int xbb_validate_request(const struct xbb_layout *layout,
			 const struct xbb_raw *raw, struct xbb_cmd *cmd);
int xbb_validate_range(const struct xbb_limits *limits, u8 op, u64 sector,
		       u64 nr_sectors);
int xbb_validate_discard(const struct xbb_limits *limits,
			 const struct xbb_cmd *cmd);

/**
 * xbb_validate_seg() - accept one segment
 * @seg: private copy of what the frontend wrote
 * @extent: the outcome
 *
 * Context: Any.
 * Return: the number of sectors, 1 to 8, or -EINVAL.
 */
static inline int
xbb_validate_seg(const struct blkif_request_segment *seg,
		 struct xbb_extent *extent)
{
	if (seg->last_sect >= XBB_SEG_SECTORS ||
	    seg->first_sect > seg->last_sect)
		return -EINVAL;

	extent->gref = seg->gref;
	extent->first = seg->first_sect;
	extent->count = seg->last_sect - seg->first_sect + 1;
	return extent->count;
}

#endif /* XBB_VALIDATE_H */
