/* SPDX-License-Identifier: GPL-2.0 */
/* Segments of indirect requests, out of the frontend's frames. */
#ifndef XBB_FETCH_H
#define XBB_FETCH_H

struct xbb_fifo;
struct xbb_queue;

void xbb_fetch(struct xbb_queue *queue, struct xbb_fifo *todo);

#endif /* XBB_FETCH_H */
