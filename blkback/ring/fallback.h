/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying what was to be mapped: frames that are paged out, for which the
 * kernel's map would sleep with all that is to be mapped, and a hypervisor that
 * has no room for one more mapping, which is no fault of this guest's.
 */
#ifndef XBB_FALLBACK_H
#define XBB_FALLBACK_H

#include <linux/types.h>

struct xbb_queue;
struct xbb_req;
struct xbb_seg;

bool xbb_fallback_probe(struct xbb_queue *queue, struct xbb_seg *segs,
			unsigned int nr);
void xbb_fallback_to_copy(struct xbb_req *req);

#endif /* XBB_FALLBACK_H */
