/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Discards on their way to the disk. The block layer takes a few at a time and
 * has whoever brings more wait until those have ended, which may take long:
 * that must not be a queue's thread, for which all of its ring waits. So a work
 * sends them, of all rings of a disk, one piece after the other.
 */
#ifndef XBB_DISCARD_H
#define XBB_DISCARD_H

#include <linux/spinlock_types.h>
#include <linux/workqueue.h>

#include "request.h"

/**
 * struct xbb_discards - the discards of a disk that are yet to be sent
 */
struct xbb_discards {
	/** @lock: guards @waiting */
	spinlock_t lock;
	/** @waiting: those that are, in order */
	struct xbb_fifo waiting;
	/** @work: sends them */
	struct work_struct work;
	/** @wq: where disks may be waited for */
	struct workqueue_struct *wq;
};

void xbb_discard_init(struct xbb_discards *discards,
		      struct workqueue_struct *wq);
int xbb_discard_check(const struct xbb_req *req);
void xbb_discard_send(struct xbb_req *req);
void xbb_discard_settle(struct xbb_discards *discards);

#endif /* XBB_DISCARD_H */
