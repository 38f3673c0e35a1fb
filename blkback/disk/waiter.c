// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the waiting for disks. One that hangs holds up the work of its own
 * waiter, and neither a lock nor a thread that others need.
 */
#include "waiter.h"

#include <linux/err.h>

static void xbb_waiter_work(struct work_struct *work)
{
	struct xbb_waiter *waiter = container_of(work, struct xbb_waiter, work);

	waiter->run(waiter);
	waiter->done(waiter);
}

/**
 * xbb_waiter_init() - prepare a waiter
 * @waiter: the waiter
 * @wq: where disks may be waited for
 * @done: called in the end of each thing that was started
 *
 * Context: Any.
 */
void xbb_waiter_init(struct xbb_waiter *waiter, struct workqueue_struct *wq,
		     void (*done)(struct xbb_waiter *waiter))
{
	INIT_WORK(&waiter->work, xbb_waiter_work);
	waiter->wq = wq;
	waiter->done = done;
}

static void xbb_waiter_start(struct xbb_waiter *waiter,
			     void (*run)(struct xbb_waiter *waiter))
{
	waiter->run = run;
	waiter->err = 0;
	queue_work(waiter->wq, &waiter->work);
}

static void xbb_waiter_do_open(struct xbb_waiter *waiter)
{
	struct xbb_bdev *backing = xbb_bdev_open(&waiter->id);

	waiter->backing = NULL;
	if (IS_ERR(backing)) {
		waiter->err = PTR_ERR(backing);
		return;
	}
	if (waiter->sync)
		waiter->err = xbb_bdev_sync(backing);
	if (waiter->err)
		xbb_bdev_close(backing);
	else
		waiter->backing = backing;
}

/**
 * xbb_waiter_open() - open a disk
 * @waiter: with nothing to do
 * @id: which one
 * @sync: and write back what dom0 has cached of it
 *
 * In the end @backing is the disk, or @err says why it is not.
 *
 * Context: Any.
 */
void xbb_waiter_open(struct xbb_waiter *waiter, const struct xbb_disk_id *id,
		     bool sync)
{
	waiter->id = *id;
	waiter->sync = sync;
	xbb_waiter_start(waiter, xbb_waiter_do_open);
}

static void xbb_waiter_do_sync(struct xbb_waiter *waiter)
{
	waiter->err = xbb_bdev_sync(waiter->backing);
	waiter->backing = NULL;
}

/**
 * xbb_waiter_sync() - write back what dom0 has cached of an open disk
 * @waiter: with nothing to do
 * @backing: the disk
 *
 * In the end @err is the outcome.
 *
 * Context: Any.
 */
void xbb_waiter_sync(struct xbb_waiter *waiter, struct xbb_bdev *backing)
{
	waiter->backing = backing;
	xbb_waiter_start(waiter, xbb_waiter_do_sync);
}

static void xbb_waiter_do_flush(struct xbb_waiter *waiter)
{
	waiter->err = xbb_bdev_flush(waiter->flushes);
}

/**
 * xbb_waiter_flush() - flush the volatile cache of a disk
 * @waiter: with nothing to do; a disk that it has opened it keeps
 * @backing: the disk, which is not closed meanwhile
 *
 * In the end @err is the outcome.
 *
 * Context: Any.
 */
void xbb_waiter_flush(struct xbb_waiter *waiter,
		      const struct xbb_bdev *backing)
{
	waiter->flushes = backing;
	xbb_waiter_start(waiter, xbb_waiter_do_flush);
}
