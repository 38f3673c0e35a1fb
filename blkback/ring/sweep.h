/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: from the ring to the disk. */
#ifndef XBB_SWEEP_H
#define XBB_SWEEP_H

struct xbb_queue;

void xbb_sweep(struct xbb_queue *queue);
void xbb_sweep_abandon(struct xbb_queue *queue);
void xbb_sweep_refuse(struct xbb_queue *queue);

#endif /* XBB_SWEEP_H */
