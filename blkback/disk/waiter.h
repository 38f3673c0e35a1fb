/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What may have to wait for a disk: opening it, flushing its cache, writing
 * back what dom0 has cached of it. Each is started, and ends with an upcall;
 * there is one at a time. A disk is closed without it, see bdev.h.
 */
#ifndef XBB_WAITER_H
#define XBB_WAITER_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "bdev.h"

/**
 * struct xbb_waiter - does one such thing at a time for its owner
 */
struct xbb_waiter {
	/** @work: what it does now */
	struct work_struct work;
	/** @wq: where disks may be waited for */
	struct workqueue_struct *wq;
	/** @done: called at the end of each, in process context */
	void (*done)(struct xbb_waiter *waiter);
	/** @run: what is to be done */
	void (*run)(struct xbb_waiter *waiter);
	/** @id: the disk to be opened */
	struct xbb_disk_id id;
	/** @sync: write back what is cached of it when it is open */
	bool sync;
	/** @backing: the disk to write back, or the one opened */
	struct xbb_bdev *backing;
	/** @flushes: the disk to be flushed */
	const struct xbb_bdev *flushes;
	/** @err: what went wrong, 0 or negative errno */
	int err;
};

void xbb_waiter_init(struct xbb_waiter *waiter, struct workqueue_struct *wq,
		     void (*done)(struct xbb_waiter *waiter));
void xbb_waiter_open(struct xbb_waiter *waiter, const struct xbb_disk_id *id,
		     bool sync);
void xbb_waiter_sync(struct xbb_waiter *waiter, struct xbb_bdev *backing);
void xbb_waiter_flush(struct xbb_waiter *waiter,
		      const struct xbb_bdev *backing);

#endif /* XBB_WAITER_H */
