/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps all rings of a disk from taking requests, and tells when nothing of
 * them is on its way any more: for a barrier, whose order counts across rings,
 * and for a change of the disk itself. A ring counts as active from its first
 * request until it notices that somebody wants to freeze the disk, so while
 * nobody does it costs one read.
 */
#ifndef XBB_FREEZE_H
#define XBB_FREEZE_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct xbb_queue;
struct xbb_rings;

/**
 * struct xbb_freeze - is a disk frozen, and for whom?
 */
struct xbb_freeze {
	/** @lock: guards what follows */
	spinlock_t lock;
	/**
	 * @holder: who has frozen it, a queue or the rings for their device;
	 * NULL: it is not
	 */
	const void *holder;
	/** @nr_active: queues that may have requests on their way */
	unsigned int nr_active;
	/**
	 * @awaited: the device has frozen it, or wants to when it no longer is;
	 * read without the lock, too
	 */
	bool awaited;
};

void xbb_freeze_init(struct xbb_freeze *freeze);
bool xbb_freeze_enter(struct xbb_queue *queue);
void xbb_freeze_leave(struct xbb_queue *queue);
bool xbb_freeze_begin(struct xbb_rings *rings, const void *holder);
void xbb_freeze_end(struct xbb_rings *rings, const void *holder);

#endif /* XBB_FREEZE_H */
