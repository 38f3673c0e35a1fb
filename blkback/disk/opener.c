// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the waiting for disks. One that hangs holds up the work of its own
 * opener, and neither a lock nor a thread that others need.
 */
#include "opener.h"

#include <linux/err.h>

static void xbb_opener_work(struct work_struct *work)
{
	struct xbb_opener *opener = container_of(work, struct xbb_opener, work);

	opener->run(opener);
	opener->done(opener);
}

/**
 * xbb_opener_init() - prepare an opener
 * @opener: the opener
 * @wq: where disks may be waited for
 * @done: called in the end of each thing that was started
 *
 * Context: Any.
 */
void xbb_opener_init(struct xbb_opener *opener, struct workqueue_struct *wq,
		     void (*done)(struct xbb_opener *opener))
{
	INIT_WORK(&opener->work, xbb_opener_work);
	opener->wq = wq;
	opener->done = done;
}

static void xbb_opener_start(struct xbb_opener *opener,
			     void (*run)(struct xbb_opener *opener))
{
	opener->run = run;
	opener->err = 0;
	queue_work(opener->wq, &opener->work);
}

static void xbb_opener_do_open(struct xbb_opener *opener)
{
	struct xbb_backing *backing = xbb_backing_open(&opener->id);

	opener->backing = NULL;
	if (IS_ERR(backing)) {
		opener->err = PTR_ERR(backing);
		return;
	}
	if (opener->sync)
		opener->err = xbb_backing_sync(backing);
	if (opener->err)
		xbb_backing_close(backing);
	else
		opener->backing = backing;
}

/**
 * xbb_opener_open() - open a disk
 * @opener: with nothing to do
 * @id: which one
 * @sync: and write back what dom0 has cached of it
 *
 * In the end @backing is the disk, or @err says why it is not.
 *
 * Context: Any.
 */
void xbb_opener_open(struct xbb_opener *opener, const struct xbb_disk_id *id,
		     bool sync)
{
	opener->id = *id;
	opener->sync = sync;
	xbb_opener_start(opener, xbb_opener_do_open);
}

static void xbb_opener_do_sync(struct xbb_opener *opener)
{
	opener->err = xbb_backing_sync(opener->backing);
	opener->backing = NULL;
}

/**
 * xbb_opener_sync() - write back what dom0 has cached of an open disk
 * @opener: with nothing to do
 * @backing: the disk
 *
 * In the end @err is the outcome.
 *
 * Context: Any.
 */
void xbb_opener_sync(struct xbb_opener *opener, struct xbb_backing *backing)
{
	opener->backing = backing;
	xbb_opener_start(opener, xbb_opener_do_sync);
}

static void xbb_opener_do_flush(struct xbb_opener *opener)
{
	opener->err = xbb_backing_flush(opener->flushes);
}

/**
 * xbb_opener_flush() - flush the volatile cache of a disk
 * @opener: with nothing to do; a disk that it has opened it keeps
 * @backing: the disk, which is not closed meanwhile
 *
 * In the end @err is the outcome.
 *
 * Context: Any.
 */
void xbb_opener_flush(struct xbb_opener *opener,
		      const struct xbb_backing *backing)
{
	opener->flushes = backing;
	xbb_opener_start(opener, xbb_opener_do_flush);
}

static void xbb_opener_do_close(struct xbb_opener *opener)
{
	xbb_backing_close(opener->backing);
	opener->backing = NULL;
}

/**
 * xbb_opener_close() - close a disk
 * @opener: with nothing to do
 * @backing: the disk
 *
 * Context: Any.
 */
void xbb_opener_close(struct xbb_opener *opener, struct xbb_backing *backing)
{
	opener->backing = backing;
	xbb_opener_start(opener, xbb_opener_do_close);
}
