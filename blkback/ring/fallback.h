/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying what was to be mapped. Runs in the queue's thread.
 */
#ifndef XBB_FALLBACK_H
#define XBB_FALLBACK_H

#include <linux/types.h>

struct xbb_queue;
struct xbb_req;
struct xbb_seg;

bool xbb_fallback_is_away(struct xbb_queue *queue, struct xbb_seg *segs,
			  unsigned int nr);
bool xbb_fallback_must_wait(struct xbb_req *req);
bool xbb_fallback_is_full(struct xbb_req *req);

#endif /* XBB_FALLBACK_H */
