/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments of indirect requests, out of the frontend's frames, which are read
 * once. For the queue's thread, which may sleep for them. All requests stay in
 * the fifo. Each that was tried owns memory then, with its segments as the
 * frontend wrote them, not checked, or with an error of its try: -EAGAIN if the
 * frame is paged out. Those that there was no memory for have none.
 */
#ifndef XBB_FETCH_H
#define XBB_FETCH_H

struct xbb_fifo;
struct xbb_queue;

void xbb_fetch(struct xbb_queue *queue, struct xbb_fifo *todo);

#endif /* XBB_FETCH_H */
