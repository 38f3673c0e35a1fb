/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests whose data the disk has finished while a network stack still looks
 * at their pages. They are answered when it has let go.
 */
#ifndef XBB_UNMAP_H
#define XBB_UNMAP_H

#include <linux/types.h>

struct xbb_queue;
struct xbb_req;

bool xbb_unmap_later(struct xbb_req *req);
void xbb_unmap_finish(struct xbb_req *req);
void xbb_unmap_abandon(struct xbb_queue *queue);

#endif /* XBB_UNMAP_H */
