/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests whose frames the hypervisor has paged out. They are tried again
 * until the frames are there or patience is at its end; all others go on.
 */
#ifndef XBB_AWAY_H
#define XBB_AWAY_H

#include <linux/types.h>

struct xbb_fifo;
struct xbb_queue;
struct xbb_req;

bool xbb_away_retry(struct xbb_req *req);
bool xbb_away_put(struct xbb_req *req);
void xbb_away_take_due(struct xbb_queue *queue, struct xbb_fifo *todo,
		       bool unfetched);
void xbb_away_notice_maps(struct xbb_queue *queue);
void xbb_away_abandon(struct xbb_queue *queue);

#endif /* XBB_AWAY_H */
