// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the order of barriers. A queue takes no request behind a barrier. When
 * all before it on its own ring is done, the queue closes the gate of the
 * disk; when nothing of the other rings is on its way either, the barrier is
 * sent, and the gate opened when it is over. Runs in the queue's thread.
 */
#include "barrier.h"
#include "disk/backing.h"
#include "queue.h"
#include "request.h"
#include "device/vbd.h"

/**
 * xbb_barrier_park() - a barrier could be sent to the disk
 * @req: the queue's barrier; its data is in place
 *
 * Context: The queue's thread.
 */
void xbb_barrier_park(struct xbb_req *req)
{
	req->queue->parked = true;
}

static void xbb_barrier_try(struct xbb_queue *queue)
{
	/* The barrier itself is alive. */
	if (queue->nr_live > 1)
		return;
	xbb_gate_leave(queue);
	if (!xbb_gate_close(queue->vbd, queue))
		return;
	queue->parked = false;
	xbb_backing_submit(queue->vbd->backing, queue->barrier);
}

/**
 * xbb_barrier_turn() - see whether the queue's barrier can go, or another's
 * @queue: the queue; what is finished has been answered
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_barrier_turn(struct xbb_queue *queue)
{
	if (queue->parked)
		xbb_barrier_try(queue);
	if (!queue->nr_live && READ_ONCE(queue->vbd->gate.holder))
		xbb_gate_leave(queue);
}

/**
 * xbb_barrier_over() - a request that may be a barrier is over
 * @req: the request
 *
 * Context: The queue's thread.
 */
void xbb_barrier_over(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	if (queue->barrier != req)
		return;
	queue->barrier = NULL;
	queue->parked = false;
	queue->more = true;
	queue->paused = false;
	xbb_gate_open(queue->vbd, queue);
}
