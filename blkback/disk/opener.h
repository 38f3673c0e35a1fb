/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What may have to wait for a disk: opening it, closing it, flushing its cache,
 * writing back what dom0 has cached of it. Each is started, and ends with an
 * upcall; there is one at a time.
 */
#ifndef XBB_OPENER_H
#define XBB_OPENER_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "backing.h"

/**
 * struct xbb_opener - does one such thing at a time for its owner
 */
struct xbb_opener {
	/** @work: what it does now */
	struct work_struct work;
	/** @wq: where disks may be waited for */
	struct workqueue_struct *wq;
	/** @done: called at the end of each, in process context */
	void (*done)(struct xbb_opener *opener);
	/** @run: what is to be done */
	void (*run)(struct xbb_opener *opener);
	/** @id: the disk to be opened */
	struct xbb_disk_id id;
	/** @sync: write back what is cached of it when it is open */
	bool sync;
	/** @backing: the disk to write back or to close, or the one opened */
	struct xbb_backing *backing;
	/** @flushes: the disk to be flushed */
	const struct xbb_backing *flushes;
	/** @err: what went wrong, 0 or negative errno */
	int err;
};

void xbb_opener_init(struct xbb_opener *opener, struct workqueue_struct *wq,
		     void (*done)(struct xbb_opener *opener));
void xbb_opener_open(struct xbb_opener *opener, const struct xbb_disk_id *id,
		     bool sync);
void xbb_opener_sync(struct xbb_opener *opener, struct xbb_backing *backing);
void xbb_opener_flush(struct xbb_opener *opener,
		      const struct xbb_backing *backing);
void xbb_opener_close(struct xbb_opener *opener, struct xbb_backing *backing);

#endif /* XBB_OPENER_H */
