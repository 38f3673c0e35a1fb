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

/**
 * enum xbb_paged_which - which of the requests that wait for frames
 * @XBB_PAGED_WITH_PAGES: those that have all the memory that they need
 * @XBB_PAGED_FETCHED: those without pages, but perhaps with their segments
 * @XBB_PAGED_UNFETCHED: those whose segments are out
 */
enum xbb_paged_which {
	XBB_PAGED_WITH_PAGES,
	XBB_PAGED_FETCHED,
	XBB_PAGED_UNFETCHED,
};

bool xbb_paged_defer(struct xbb_req *req, struct list_head *list);
void xbb_paged_take_due(struct xbb_queue *queue, struct xbb_fifo *todo,
			enum xbb_paged_which which);
void xbb_paged_notice_maps(struct xbb_queue *queue);
void xbb_paged_abandon(struct xbb_queue *queue);

#endif /* XBB_PAGED_H */
