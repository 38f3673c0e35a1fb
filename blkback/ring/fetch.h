/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments of indirect requests, out of the frontend's frames, which are read
 * once. For the queue's thread, which may sleep for them. All requests stay in
 * the fifo. Those that were tried have a struct xbb_indirect, of which the
 * request is the owner, with the segments as the frontend wrote them: whoever
 * uses them checks them. If @try_error says that they are not there it is -EAGAIN
 * for a frame that is paged out. Those that there was no memory for have none.
 */
#ifndef XBB_FETCH_H
#define XBB_FETCH_H

struct xbb_fifo;
struct xbb_queue;

void xbb_fetch(struct xbb_queue *queue, struct xbb_fifo *todo);

#endif /* XBB_FETCH_H */
