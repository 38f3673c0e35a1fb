// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the order of barriers. A queue takes no request behind a barrier. When
 * all before it on its own ring is done, the queue freezes the disk; when
 * nothing of the other rings is on its way either, the barrier is begun, and
 * the disk is thawed when it is over. A barrier that waits holds no pages: the
 * others may need them for what it waits for. Runs in the queue's thread.
 */
#include "barrier.h"
#include "freeze.h"
#include "queue.h"
#include "request.h"
#include "rings.h"

/**
 * xbb_barrier_take() - a barrier was taken from the ring
 * @req: the request
 *
 * Context: The queue's thread.
 */
void xbb_barrier_take(struct xbb_req *req)
{
	req->queue->barrier = req;
	req->queue->barrier_waits = true;
	req->queue->barred = true;
}

static void xbb_barrier_try(struct xbb_queue *queue)
{
	int err;

	/* The barrier itself is alive. */
	if (queue->nr_live > 1)
		return;
	xbb_freeze_leave(queue);
	if (!xbb_freeze_begin(queue->rings, queue))
		return;
	queue->barrier_waits = false;
	queue->more = true;
	err = xbb_req_recheck(queue->barrier, true);
	if (err) {
		queue->barrier->error = err;
		xbb_req_done(queue->barrier);
		return;
	}
	xbb_fifo_push(&queue->starved, queue->barrier);
}

/* It is over, whether it has frozen the disk or was refused before. */
static void xbb_barrier_end(struct xbb_queue *queue)
{
	queue->barred = false;
	queue->paused = false;
	queue->more = true;
	xbb_freeze_end(queue->rings, queue);
}

/**
 * xbb_barrier_check() - see whether the queue's barrier can go, or is over, or
 * another's waits for this queue
 * @queue: the queue; what is finished has been responded to
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_barrier_check(struct xbb_queue *queue)
{
	if (queue->barred && !queue->barrier)
		xbb_barrier_end(queue);
	else if (queue->barrier_waits)
		xbb_barrier_try(queue);
	if (!queue->nr_live && READ_ONCE(queue->rings->freeze.holder))
		xbb_freeze_leave(queue);
}

/**
 * xbb_barrier_abandon() - give up a barrier that has not been begun
 * @queue: a queue that is stopping, and whose frontend has gone
 *
 * Context: The queue's thread.
 */
void xbb_barrier_abandon(struct xbb_queue *queue)
{
	if (!queue->barrier_waits)
		return;
	queue->barrier_waits = false;
	queue->barrier->error = -EIO;
	xbb_req_done(queue->barrier);
}
