/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BLKIF_OP_WRITE_BARRIER: everything that the frontend asked for before it, on
 * any ring of the disk, is done and safe before the barrier is written, and
 * nothing that comes after it begins before the barrier is safe.
 */
#ifndef XBB_BARRIER_H
#define XBB_BARRIER_H

struct xbb_queue;
struct xbb_req;

void xbb_barrier_take(struct xbb_req *req);
void xbb_barrier_check(struct xbb_queue *queue);
void xbb_barrier_abandon(struct xbb_queue *queue);

#endif /* XBB_BARRIER_H */
