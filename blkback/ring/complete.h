/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: from the disk to the response. */
#ifndef XBB_COMPLETE_H
#define XBB_COMPLETE_H

struct xbb_queue;

void xbb_complete(struct xbb_queue *queue);

#endif /* XBB_COMPLETE_H */
