/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that only indirect requests need. Each queue keeps what it has used,
 * and always has one piece.
 */
#ifndef XBB_INDIRECT_H
#define XBB_INDIRECT_H

#include <linux/bio.h>
#include <linux/math.h>
#include <linux/types.h>

#include "request.h"

struct xbb_queue;

/**
 * struct xbb_indirect - memory that only indirect requests need
 *
 * Aligned such that @raw lies in one frame of 4 KiB.
 */
struct xbb_indirect {
	union {
		/** @raw: private copy of the frontend's segments */
		struct blkif_request_segment raw[XBB_INDIRECT_SEGS];
		/** @next: another one that is not in use */
		struct xbb_indirect *next;
	};
	/** @segs: the segments when they have been checked */
	struct xbb_seg segs[XBB_INDIRECT_SEGS];
	/** @vecs: the data, for the disk */
	struct bio_vec vecs[XBB_INDIRECT_SEGS];
};

/* What one counts for, in units of 4 KiB; a queue's first is part of it. */
#define XBB_INDIRECT_UNITS \
	DIV_ROUND_UP(sizeof(struct xbb_indirect), XEN_PAGE_SIZE)

int xbb_indirect_init(void);
void xbb_indirect_exit(void);
int xbb_indirect_prepare(struct xbb_queue *queue);
int xbb_indirect_get(struct xbb_req *req);
void xbb_indirect_put(struct xbb_req *req);
void xbb_indirect_trim(struct xbb_queue *queue, unsigned int keep);
void xbb_indirect_give(struct xbb_queue *queue, unsigned int units);

#endif /* XBB_INDIRECT_H */
