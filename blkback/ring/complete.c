// SPDX-License-Identifier: GPL-2.0
/*
 * The way out: what the disk has finished is copied back or unmapped with one
 * hypercall of each kind, then responded to with one push and at most one
 * event. A frontend may reuse its frames as soon as it sees the response, so
 * nothing is responded to before it is unmapped. Runs in the queue's thread.
 */
#include "complete.h"
#include "discard.h"
#include "move.h"
#include "paged.h"
#include "queue.h"
#include "request.h"
#include "rings.h"
#include "stats.h"
#include "unmap.h"
#include "xbb_trace.h"

#include <linux/jiffies.h>

#include <xen/events.h>

/* Until busy pages may find room to wait; every further time takes longer. */
#define XBB_BUSY_STEP	msecs_to_jiffies(5)

static void xbb_complete_unmap_later(struct xbb_req *req)
{
	if (xbb_unmap_later(req))
		return;
	req->busy_tries++;
	req->retry_at = jiffies + req->busy_tries * XBB_BUSY_STEP;
	list_add_tail(&req->node, &req->queue->later);
}

/*
 * A limit of requests a second holds for each piece of a discard, unless the
 * device waits for its end.
 */
static bool xbb_complete_throttle(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;
	struct xbb_qos *qos = &queue->rings->qos;
	unsigned long wait;

	if (queue->state != XBB_QUEUE_SERVING || !READ_ONCE(qos->on) ||
	    READ_ONCE(queue->rings->freeze.awaited))
		return false;
	wait = xbb_qos_wait(qos);
	if (!wait) {
		xbb_qos_charge(qos, 0);
		return false;
	}
	req->retry_at = jiffies + wait;
	list_add_tail(&req->node, &queue->later);
	return true;
}

/*
 * A discard is done piece by piece. Returns whether the next one was sent, or
 * will be.
 */
static bool xbb_complete_go_on(struct xbb_req *req)
{
	if (!req->discard_left || req->error)
		return false;
	req->error = xbb_discard_check(req);
	if (req->error)
		return false;
	if (!xbb_complete_throttle(req))
		xbb_discard_send(req);
	return true;
}

/*
 * What is plugged together some kernels give to the disk backwards. A frontend
 * that gets its responses backwards each time serves the first comers last. One
 * look suffices to turn that round; else the order is the disk's.
 */
static void xbb_complete_line_up(struct xbb_fifo *ready, struct xbb_req *req)
{
	if (ready->first && (s32)(req->seq - ready->first->seq) < 0)
		xbb_fifo_push_first(ready, req);
	else
		xbb_fifo_push(ready, req);
}

/*
 * A frontend that has gone may have granted its frames for something else by
 * now, under the same numbers: they must not be written any more.
 */
static void xbb_complete_copy_back(struct xbb_req *req)
{
	if (xbb_queue_is_abandoned(req->queue))
		req->error = -EIO;
	else
		xbb_move_add_copies(req, true);
}

static bool xbb_complete_is_copied_back(const struct xbb_req *req)
{
	return req->move == XBB_MOVE_COPY && req->op == BLKIF_OP_READ &&
	       !req->error;
}

/* Undoes the move of one request, or puts it off. */
static void xbb_complete_one(struct xbb_req *req, struct xbb_fifo *ready)
{
	if (xbb_complete_go_on(req))
		return;
	if (req->unmap) {
		xbb_unmap_finish(req);
	} else if (req->nr_new && xbb_move_is_busy(req)) {
		xbb_complete_unmap_later(req);
		return;
	}
	if (req->nr_new)
		xbb_move_add_unmaps(req);
	else if (xbb_complete_is_copied_back(req))
		xbb_complete_copy_back(req);
	xbb_complete_line_up(ready, req);
}

/* A limit may have been lifted before the next piece of a discard was due. */
static bool xbb_complete_is_due(const struct xbb_req *req)
{
	return time_after_eq(jiffies, req->retry_at) ||
	       (req->discard_left && !req->error) ||
	       xbb_queue_is_abandoned(req->queue);
}

/* Those whose time has come; they may be put off once more. */
static void xbb_complete_due(struct xbb_queue *queue, struct xbb_fifo *ready)
{
	struct xbb_req *req, *next;
	LIST_HEAD(waiting);

	list_splice_init(&queue->later, &waiting);
	list_for_each_entry_safe(req, next, &waiting, node) {
		if (!xbb_complete_is_due(req)) {
			list_move_tail(&req->node, &queue->later);
			continue;
		}
		list_del(&req->node);
		xbb_complete_one(req, ready);
	}
}

static void xbb_complete_collect(struct xbb_queue *queue,
				 struct xbb_fifo *ready)
{
	struct llist_node *done = llist_del_all(&queue->done);
	struct xbb_req *req, *next;

	/* First, so that none is looked at twice. */
	xbb_complete_due(queue, ready);
	llist_for_each_entry_safe(req, next, done, done)
		xbb_complete_one(req, ready);
}

/* The data is there, but it may not have reached the guest's frames. */
static bool xbb_complete_is_put_off(struct xbb_req *req)
{
	int err;

	if (!xbb_complete_is_copied_back(req))
		return false;
	err = xbb_move_result(req);
	if (err == -EAGAIN) {
		if (xbb_paged_defer(req, &req->queue->later))
			return true;
		err = -ETIMEDOUT;
	}
	req->error = err;
	return false;
}

static void xbb_complete_respond(struct xbb_queue *queue, struct xbb_req *req)
{
	u8 response[XBB_RESPONSE_BYTES];
	size_t len;

	len = xbb_layout_encode(queue->layout, req->id, req->op, req->error,
				response);
	xgh_ring_respond(&queue->ring, response, len);
	trace_xbb_answer(req);
	xbb_req_free(req);
}

static void xbb_complete_respond_all(struct xbb_queue *queue,
				     struct xbb_fifo *ready)
{
	bool failed = queue->copies.failed;
	unsigned int nr_live = queue->nr_live;
	u64 now = xbb_stats_now();
	struct xbb_req *req;
	unsigned int nr;

	queue->copies.failed = false;
	while ((req = xbb_fifo_pop(ready))) {
		if (failed && xbb_complete_is_put_off(req))
			continue;
		if (now && req->begun_at)
			xbb_stats_latency(queue->stats, req->op,
					  now - req->begun_at);
		xbb_complete_respond(queue, req);
	}
	nr = nr_live - queue->nr_live;
	xgh_hist_add(&queue->stats->answered, nr);
	if (!list_empty(&queue->paged_in) || !list_empty(&queue->later))
		queue->stats->away_passed += nr;
}

/**
 * xbb_complete() - respond to everything that is finished
 * @queue: the queue
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_complete(struct xbb_queue *queue)
{
	struct xbb_fifo ready = {};

	if (llist_empty(&queue->done) && list_empty(&queue->later))
		return;

	xbb_complete_collect(queue, &ready);
	xgh_copy_batch_once(&queue->copies);
	xgh_unmap_batch_flush(&queue->unmaps);

	xbb_complete_respond_all(queue, &ready);
	if (xgh_ring_push(&queue->ring)) {
		queue->stats->notifies++;
		notify_remote_via_irq(queue->irq);
	}
}
