/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests whose frames the hypervisor has paged out. They are tried again
 * until the frames are there, for 33 s at most; all others go on.
 */
#ifndef XBB_PAGED_H
#define XBB_PAGED_H

#include <linux/types.h>

struct list_head;
struct xbb_fifo;
struct xbb_queue;
struct xbb_req;

bool xbb_paged_defer(struct xbb_req *req, struct list_head *list);
void xbb_paged_take_due(struct xbb_queue *queue, struct xbb_fifo *todo,
			bool unfetched);
void xbb_paged_notice_maps(struct xbb_queue *queue);
void xbb_paged_abandon(struct xbb_queue *queue);

#endif /* XBB_PAGED_H */
