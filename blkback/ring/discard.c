// SPDX-License-Identifier: GPL-2.0
/* Owns the discards that are yet to be sent to the disk, and who sends them. */
#include "discard.h"
#include "queue.h"
#include "rings.h"
#include "submit.h"

#include <linux/blkdev.h>
#include <linux/sched/mm.h>

static struct xbb_req *xbb_discard_next(struct xbb_discards *discards)
{
	struct xbb_req *req;

	spin_lock(&discards->lock);
	req = xbb_fifo_pop(&discards->waiting);
	spin_unlock(&discards->lock);
	return req;
}

/* Much may have happened while it waited. */
static void xbb_discard_send_one(struct xbb_req *req)
{
	req->error = xbb_discard_check(req);
	if (req->error)
		xbb_req_done(req);
	else
		xbb_submit(req);
}

static void xbb_discard_send_all(struct xbb_rings *rings,
				 struct xbb_charged *charged)
{
	struct blk_plug plug;
	struct xbb_req *req;

	xbb_submit_plug(&plug, 1);
	while ((req = xbb_discard_next(&rings->discards))) {
		if (!xbb_owner_is(&rings->owner, charged))
			xbb_owner_assume(&rings->owner, charged);
		xbb_discard_send_one(req);
	}
	blk_finish_plug(&plug);
}

static void xbb_discard_work(struct work_struct *work)
{
	struct xbb_rings *rings = container_of(work, struct xbb_rings,
					       discards.work);
	struct xbb_charged charged = {};
	unsigned int noio = memalloc_noio_save();

	xbb_discard_send_all(rings, &charged);
	/* The thread is lent, and does others' work next. */
	xbb_owner_shed(&charged);
	memalloc_noio_restore(noio);
}

/**
 * xbb_discard_init() - begin without any
 * @discards: of the rings
 * @wq: where disks may be waited for
 *
 * Context: Any.
 */
void xbb_discard_init(struct xbb_discards *discards,
		      struct workqueue_struct *wq)
{
	spin_lock_init(&discards->lock);
	INIT_WORK(&discards->work, xbb_discard_work);
	discards->wq = wq;
}

/**
 * xbb_discard_check() - may a discard go on?
 * @req: the request
 *
 * It is given up when the frontend goes, or dom0 makes the disk read-only.
 *
 * Context: Process; the request has not ended.
 * Return: 0 or a negative errno.
 */
int xbb_discard_check(const struct xbb_req *req)
{
	if (READ_ONCE(req->queue->rings->limits.readonly))
		return -EROFS;
	return xbb_queue_is_abandoned(req->queue) ? -EIO : 0;
}

/**
 * xbb_discard_send() - have the next piece of a discard sent
 * @req: the request; it comes back through xbb_req_done()
 *
 * Context: The queue's thread. Does not wait for the disk.
 */
void xbb_discard_send(struct xbb_req *req)
{
	struct xbb_discards *discards = &req->queue->rings->discards;

	spin_lock(&discards->lock);
	xbb_fifo_push(&discards->waiting, req);
	spin_unlock(&discards->lock);
	queue_work(discards->wq, &discards->work);
}

/**
 * xbb_discard_settle() - have the work be done with the disk
 * @discards: all have ended, and none comes
 *
 * The last one may have ended before the call has returned by which it was
 * sent; the disk must stay open until then.
 *
 * Context: Process; the device's lock is held. Sleeps for a moment.
 */
void xbb_discard_settle(struct xbb_discards *discards)
{
	cancel_work_sync(&discards->work);
}
