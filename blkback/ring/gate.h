/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Holds back all rings of a disk until nothing of them is on its way: for a
 * barrier, whose order counts across rings, and for a change of the disk
 * itself. Rings count as flowing from their first request until they notice
 * that somebody wants the gate closed, so while nobody does it costs one read.
 */
#ifndef XBB_GATE_H
#define XBB_GATE_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct xbb_queue;
struct xbb_vbd;

/**
 * struct xbb_gate - between the rings of a disk and the disk
 */
struct xbb_gate {
	/** @lock: guards what follows */
	spinlock_t lock;
	/** @holder: who has closed it, a queue or the vbd; NULL: it is open */
	const void *holder;
	/** @nr_flowing: queues that may have requests on their way */
	unsigned int nr_flowing;
	/** @awaited: the vbd wants to close it when it is open again */
	bool awaited;
};

void xbb_gate_init(struct xbb_gate *gate);
bool xbb_gate_enter(struct xbb_queue *queue);
void xbb_gate_leave(struct xbb_queue *queue);
bool xbb_gate_close(struct xbb_vbd *vbd, const void *holder);
void xbb_gate_open(struct xbb_vbd *vbd, const void *holder);

#endif /* XBB_GATE_H */
