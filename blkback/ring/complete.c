// SPDX-License-Identifier: GPL-2.0
/*
 * The way out: what the disk has finished is copied back or unmapped with one
 * hypercall of each kind, then answered with one push and at most one event.
 * A frontend may reuse its frames as soon as it sees the response, so nothing
 * is answered before it is unmapped. Runs in the queue's thread.
 */
#include "away.h"
#include "disk/backing.h"
#include "queue.h"
#include "request.h"
#include "stats.h"
#include "unmap.h"
#include "device/vbd.h"
#include "xbb_trace.h"

#include <linux/jiffies.h>

#include <xen/events.h>

/* Until busy pages may find room to wait; every further time takes longer. */
#define XBB_BUSY_STEP	msecs_to_jiffies(5)

static void xbb_complete_defer(struct xbb_req *req)
{
	if (xbb_unmap_later(req))
		return;
	req->retries++;
	req->retry_at = jiffies + req->retries * XBB_BUSY_STEP;
	list_add_tail(&req->node, &req->queue->busy);
}

/*
 * A discard is done piece by piece, and given up when the frontend goes, or
 * dom0 makes the disk read-only.
 */
static bool xbb_complete_continues(struct xbb_req *req)
{
	if (!req->discard_left || req->error)
		return false;
	if (READ_ONCE(req->queue->vbd->limits.readonly)) {
		req->error = -EROFS;
		return false;
	}
	if (req->queue->stopping && req->queue->forsaken) {
		req->error = -EIO;
		return false;
	}
	xbb_backing_submit(req->queue->vbd->backing, req);
	return true;
}

/*
 * What is plugged together some kernels give to the disk backwards. A frontend
 * that is answered backwards each time serves the first comers last. One look
 * suffices to turn that round; else the order is the disk's.
 */
static void xbb_complete_line_up(struct xbb_fifo *answers, struct xbb_req *req)
{
	if (answers->first && (s32)(req->turn - answers->first->turn) < 0)
		xbb_fifo_push_first(answers, req);
	else
		xbb_fifo_push(answers, req);
}

/*
 * A frontend that has gone may have granted its frames for something else by
 * now, under the same numbers: they must not be written any more.
 */
static bool xbb_complete_is_moot(struct xbb_queue *queue)
{
	/* Pairs with xbb_queue_stop(): @forsaken is known. */
	return smp_load_acquire(&queue->stop) && queue->forsaken;
}

static void xbb_complete_copy_back(struct xbb_req *req)
{
	if (xbb_complete_is_moot(req->queue))
		req->error = -EIO;
	else
		xbb_req_add_copies(req, true);
}

/* Undoes the move of one request, or puts it off. */
static void xbb_complete_one(struct xbb_req *req, struct xbb_fifo *answers)
{
	if (xbb_complete_continues(req))
		return;
	if (req->unmap) {
		xbb_unmap_finish(req);
	} else if (req->nr_new && xbb_req_is_busy(req)) {
		xbb_complete_defer(req);
		return;
	}
	if (req->nr_new)
		xbb_req_add_unmaps(req);
	else if (req->move == XBB_MOVE_COPY && req->op == BLKIF_OP_READ &&
		 !req->error)
		xbb_complete_copy_back(req);
	xbb_complete_line_up(answers, req);
}

static void xbb_complete_collect(struct xbb_queue *queue,
				 struct xbb_fifo *answers)
{
	struct llist_node *done;
	struct xbb_req *req, *next;
	LIST_HEAD(busy);

	list_splice_init(&queue->busy, &busy);
	done = llist_del_all(&queue->done);
	llist_for_each_entry_safe(req, next, done, done)
		xbb_complete_one(req, answers);

	list_for_each_entry_safe(req, next, &busy, node) {
		if (time_before(jiffies, req->retry_at)) {
			list_move_tail(&req->node, &queue->busy);
			continue;
		}
		list_del(&req->node);
		xbb_complete_one(req, answers);
	}
}

static void xbb_complete_answer(struct xbb_queue *queue, struct xbb_req *req)
{
	u8 response[XBB_RESPONSE_BYTES];
	size_t len;

	len = xbb_proto_encode(queue->layout, req->id, req->op, req->error,
			       response);
	xgh_ring_respond(&queue->ring, response, len);
	trace_xbb_answer(req);
	xbb_req_free(req);
}

/* The data is there, but the frames for it may be paged out. */
static bool xbb_complete_is_away(struct xbb_req *req)
{
	if (req->retries && req->op == BLKIF_OP_READ)
		xbb_req_sum_errors(req);
	if (req->error != -EAGAIN || !xbb_away_retry(req))
		return false;
	list_add_tail(&req->node, &req->queue->busy);
	return true;
}

static void xbb_complete_answer_all(struct xbb_queue *queue,
				    struct xbb_fifo *answers)
{
	bool failed = queue->copies.failed;
	unsigned int nr_live = queue->nr_live;
	u64 now = xbb_stats_now();
	struct xbb_req *req;
	unsigned int nr;

	queue->copies.failed = false;
	while ((req = xbb_fifo_pop(answers))) {
		if (failed && xbb_complete_is_away(req))
			continue;
		if (now && req->begun_at)
			xbb_stats_latency(queue->stats, req->op,
					  now - req->begun_at);
		xbb_complete_answer(queue, req);
	}
	nr = nr_live - queue->nr_live;
	xbb_hist_add(&queue->stats->answered, nr);
	if (!list_empty(&queue->away) || !list_empty(&queue->busy))
		queue->stats->away_passed += nr;
}

/**
 * xbb_complete() - answer everything that is finished
 * @queue: the queue
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_complete(struct xbb_queue *queue)
{
	struct xbb_fifo answers = {};

	if (llist_empty(&queue->done) && list_empty(&queue->busy))
		return;

	xbb_complete_collect(queue, &answers);
	xgh_copy_batch_once(&queue->copies);
	xgh_unmap_batch_flush(&queue->unmaps);

	xbb_complete_answer_all(queue, &answers);
	if (xgh_ring_push(&queue->ring)) {
		queue->stats->notifies++;
		notify_remote_via_irq(queue->irq);
	}
}
