// SPDX-License-Identifier: GPL-2.0
/*
 * The way in: everything that the ring holds is taken at once, checked, given
 * memory, moved with one hypercall of each kind and submitted under one plug.
 * Runs in the queue's thread.
 */
#include "sweep.h"
#include "barrier.h"
#include "complete.h"
#include "discard.h"
#include "disk/bdev.h"
#include "fallback.h"
#include "fetch.h"
#include "freeze.h"
#include "indirect.h"
#include "limits/qos.h"
#include "move.h"
#include "pages.h"
#include "paged.h"
#include "queue.h"
#include "request.h"
#include "rings.h"
#include "stats.h"
#include "submit.h"
#include "xbb_trace.h"

#include <linux/blkdev.h>

static void xbb_sweep_reject(struct xbb_req *req, int error)
{
	req->error = error;
	req->queue->stats->bad_req++;
	xbb_req_done(req);
}

static void xbb_sweep_wait_for_frames(struct xbb_req *req)
{
	if (!xbb_paged_defer(req, &req->queue->paged_in))
		xbb_sweep_reject(req, -ETIMEDOUT);
}

/* There was no room to map it: it comes again at once, to be copied. */
static void xbb_sweep_copy_instead(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	queue->stats->map_full++;
	queue->stats->map_req--;
	xbb_fallback_to_copy(req);
	req->retry_at = jiffies;
	list_add_tail(&req->node, &queue->paged_in);
	xbb_queue_wake(queue, XBB_WAKE_LOOK);
}

/* What becomes of a request whose segments or data did not get here. */
static void xbb_sweep_not_moved(struct xbb_req *req, int err)
{
	if (err == -ENOSPC && req->move == XBB_MOVE_MAP)
		xbb_sweep_copy_instead(req);
	else if (err == -EAGAIN)
		xbb_sweep_wait_for_frames(req);
	else
		xbb_sweep_reject(req, err);
}

/*
 * Everything that the frontend wrote is read here, and nowhere else. A request
 * begins whether it is right or wrong: its number is known then.
 */
static __always_inline int xbb_sweep_begin(struct xbb_queue *queue,
					   struct xbb_req *req)
{
	int err;

	xgh_ring_consume(&queue->ring, &queue->raw, queue->layout->request);
	err = xbb_validate_request(queue->layout, &queue->raw, &queue->cmd);
	xbb_req_begin(req, &queue->cmd);
	return err;
}

static void xbb_sweep_take(struct xbb_queue *queue, struct xbb_req *req,
			   struct xbb_fifo *todo)
{
	const struct xbb_cmd *cmd = &queue->cmd;
	int err = xbb_sweep_begin(queue, req);

	if (!err && cmd->op == BLKIF_OP_DISCARD)
		err = xbb_validate_discard(&queue->rings->limits, cmd);
	else if (!err && !cmd->indirect)
		err = xbb_req_accept(req, cmd->segs);
	if (err) {
		xbb_sweep_reject(req, err);
		return;
	}
	if (req->op == BLKIF_OP_WRITE_BARRIER)
		xbb_barrier_take(req);
	else
		xbb_fifo_push(todo, req);
}

/*
 * Whoever uses a disk notices at once that it has changed, and goes by that. It
 * cannot be exchanged meanwhile: a request that is on its way keeps it.
 */
static void xbb_sweep_check_disk(struct xbb_rings *rings)
{
	bool stable = xbb_bdev_is_stable(rings->backing);

	if (stable != READ_ONCE(rings->policy.stable))
		WRITE_ONCE(rings->policy.stable, stable);
	if (!xbb_rings_disk_has_changed(rings))
		return;
	/* The requests at hand go by it already. */
	WRITE_ONCE(rings->limits.readonly, xbb_rings_is_readonly(rings));
	rings->schedule(rings);
}

/* A discard moves nothing, whatever its length. */
static u32 xbb_sweep_bytes(const struct xbb_req *req)
{
	if (req->nr_sectors)
		return req->nr_sectors * XBB_SECTOR_SIZE;
	/* Segments that are not known yet count in full. */
	return req->nr_segs * XEN_PAGE_SIZE;
}

/* Takes no more until a limit lets the next request pass. */
static bool xbb_sweep_throttle(struct xbb_queue *queue)
{
	unsigned long wait = xbb_qos_wait(&queue->rings->qos);

	if (!wait)
		return false;
	queue->stats->throttled++;
	queue->paused = true;
	queue->throttled = true;
	queue->credit_at = jiffies + wait;
	return true;
}

/* How many requests may be taken from the ring now. */
static unsigned int xbb_sweep_waiting(struct xbb_queue *queue)
{
	int waiting = xgh_ring_unconsumed(&queue->ring);

	if (waiting < 0) {
		WRITE_ONCE(queue->broken, true);
		WRITE_ONCE(queue->rings->broken, true);
		queue->rings->schedule(queue->rings);
		return 0;
	}
	if (waiting && (queue->barred || queue->share.leaving ||
			!xbb_freeze_enter(queue))) {
		queue->paused = true;
		return 0;
	}
	return waiting;
}

static void xbb_sweep_consume(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	unsigned int waiting = xbb_sweep_waiting(queue);
	unsigned int taken = 0;
	struct xbb_req *req;
	bool limited;
	u64 now;

	if (!waiting)
		return;

	xbb_sweep_check_disk(queue->rings);
	queue->stats->sweeps++;
	queue->took = true;
	now = xbb_stats_now();
	limited = READ_ONCE(queue->rings->qos.on);
	for (; taken < waiting && !queue->barred; taken++) {
		if (limited && xbb_sweep_throttle(queue))
			break;
		req = xbb_req_take(queue);
		if (WARN_ON_ONCE(!req))
			return;
		req->begun_at = now;
		xbb_sweep_take(queue, req, todo);
		if (limited)
			xbb_qos_charge(&queue->rings->qos,
				       xbb_sweep_bytes(req));
	}
	xgh_hist_add(&queue->stats->taken, taken);
	trace_xbb_sweep(queue, taken, waiting);
}

/* Checks the segments of a request that were to be fetched. */
static void xbb_sweep_accept_fetched(struct xbb_req *req, struct xbb_fifo *todo)
{
	int err = req->try_error;

	if (err) {
		xbb_sweep_not_moved(req, err);
		return;
	}
	/* Its data may take as many tries as its segments could. */
	req->paged_tries = 0;
	err = xbb_req_accept(req, req->indirect->raw);
	if (err)
		xbb_sweep_reject(req, err);
	else
		xbb_fifo_push(todo, req);
}

/* Those for which there was no memory stay unfetched. */
static void xbb_sweep_accept(struct xbb_fifo *todo)
{
	struct xbb_fifo fetched = xbb_fifo_take_all(todo);
	struct xbb_req *req;

	while ((req = xbb_fifo_pop(&fetched))) {
		if (req->state == XBB_REQ_UNFETCHED && req->indirect)
			xbb_sweep_accept_fetched(req, todo);
		else
			xbb_fifo_push(todo, req);
	}
}

/* Those that continue where the last one ends will be merged with it. */
static unsigned int xbb_sweep_count_ios(struct xbb_fifo *chunk)
{
	struct xbb_req *req = chunk->first;
	unsigned int nr = 1;

	for (; req->next; req = req->next) {
		if (req->next->sector != req->sector + req->nr_sectors) {
			nr++;
			continue;
		}
		req->alone = false;
		req->next->alone = false;
	}
	return nr;
}

/*
 * The data of a read moves later, and that of a request in its first try has
 * one error.
 */
static int xbb_sweep_result(const struct xbb_req *req, bool failed)
{
	if (failed && req->paged_tries && req->op != BLKIF_OP_READ)
		return xbb_move_result(req);
	return req->try_error;
}

static void xbb_sweep_submit_one(struct xbb_queue *queue, struct xbb_req *req)
{
	req->paged_tries = 0;
	xbb_stats_account(queue->stats, req->op, req->nr_sectors);
	if (req->op == BLKIF_OP_DISCARD)
		xbb_discard_send(req);
	else
		xbb_submit(req);
}

/*
 * The disk had no room for a request, and the thread has waited. What others
 * have come to in that time is responded to before it may wait again, and the
 * guest may have gone. Without a wait that is not worth a look: others write to
 * that cache line all the time.
 */
static void xbb_sweep_after_wait(struct xbb_queue *queue,
				 unsigned long *switches, bool *abandoned)
{
	if (likely(current->nvcsw == *switches))
		return;
	xbb_complete(queue);
	*abandoned = xbb_queue_is_abandoned(queue);
	*switches = current->nvcsw;
}

/* Moves what was collected and sends the requests of it to the disk. */
static void xbb_sweep_submit(struct xbb_queue *queue, struct xbb_fifo *chunk)
{
	unsigned long switches;
	struct blk_plug plug;
	struct xbb_req *req;
	bool abandoned;
	bool failed;

	xgh_copy_batch_once(&queue->copies);
	failed = queue->copies.failed;
	queue->copies.failed = false;
	xgh_map_batch_flush(&queue->maps);
	xbb_paged_notice_maps(queue);

	switches = current->nvcsw;
	abandoned = xbb_queue_is_abandoned(queue);
	xbb_submit_plug(&plug, xbb_sweep_count_ios(chunk));
	while ((req = xbb_fifo_pop(chunk))) {
		int err;

		if (req->nr_new)
			xbb_move_keep_maps(req);
		err = xbb_sweep_result(req, failed);
		if (!err && abandoned)
			err = -EIO;
		if (err)
			xbb_sweep_not_moved(req, err);
		else
			xbb_sweep_submit_one(queue, req);
		xbb_sweep_after_wait(queue, &switches, &abandoned);
	}
	blk_finish_plug(&plug);
}

static void xbb_sweep_collect_move(struct xbb_req *req)
{
	struct xbb_stats *stats = req->queue->stats;

	req->try_error = 0;
	if (req->move == XBB_MOVE_MAP) {
		stats->map_req++;
		stats->persist_req += !req->nr_new;
		if (req->nr_new)
			xbb_move_add_maps(req);
	} else if (req->move == XBB_MOVE_COPY) {
		stats->copy_req += !req->paged_tries;
		if (req->op != BLKIF_OP_READ)
			xbb_move_add_copies(req, false);
	}
}

/* Only grants that are to stay mapped are worth the question. */
static bool xbb_sweep_would_wait(struct xbb_req *req)
{
	return req->nr_new && xgh_persist_is_used(&req->queue->persist) &&
	       xbb_fallback_probe(req->queue, req->segs, req->nr_segs);
}

/* In order: a large request is not overtaken for ever by small ones. */
static void xbb_sweep_move(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	struct xbb_fifo chunk = {};
	struct xbb_req *req;

	while ((req = todo->first)) {
		if (req->state == XBB_REQ_UNFETCHED || xbb_pages_get(req))
			break;
		xbb_fifo_pop(todo);
		if (xbb_sweep_would_wait(req)) {
			xbb_fallback_to_copy(req);
			queue->stats->copy_req++;
			xbb_sweep_wait_for_frames(req);
			continue;
		}
		xbb_sweep_collect_move(req);
		xbb_fifo_push(&chunk, req);
	}
	if (chunk.first)
		xbb_sweep_submit(queue, &chunk);
}

/*
 * Asks for pages. If there are none others of the disk have to give some back:
 * they go on doing so as long as anybody waits.
 */
static bool xbb_sweep_grow(struct xbb_queue *queue)
{
	bool waited = xbb_share_waits(&queue->share);
	bool grown = xbb_share_grow(&queue->share);

	if (!waited && xbb_share_is_first(&queue->share))
		xbb_rings_wake(queue->rings);
	return grown;
}

/* Nobody has to make room for flushes and discards. */
static bool xbb_sweep_needs_pages(const struct xbb_fifo *todo)
{
	const struct xbb_req *req = todo->first;

	while (req && req->state != XBB_REQ_UNFETCHED && !req->nr_segs)
		req = req->next;
	return req;
}

/* Grants stay mapped only beside room for the largest request. */
static bool xbb_sweep_forget_maps(struct xbb_queue *queue)
{
	return queue->persist.nr > queue->persist.limit &&
	       xgh_persist_reap(&queue->persist, &queue->unmaps, jiffies);
}

/* There were no pages for these. */
static void xbb_sweep_starve(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	queue->stats->oo_req++;
	queue->starved = *todo;
	if (xbb_sweep_grow(queue)) {
		xbb_queue_wake(queue, XBB_WAKE_LOOK);
		return;
	}
	queue->stats->pressure++;
	if (xbb_sweep_forget_maps(queue))
		xbb_queue_wake(queue, XBB_WAKE_LOOK);
}

/* What the disk asks for may have changed while they waited. */
static void xbb_sweep_look_again(struct xbb_fifo *waited, struct xbb_fifo *todo)
{
	struct xbb_req *req;
	int err;

	while ((req = xbb_fifo_pop(waited))) {
		err = xbb_req_recheck(req, false);
		if (err)
			xbb_sweep_reject(req, err);
		else
			xbb_fifo_push(todo, req);
	}
}

/* Those taken before. Returns whether there are some that starved. */
static bool xbb_sweep_resume(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	struct xbb_fifo starved = xbb_fifo_take_all(&queue->starved);
	bool starves = starved.first;
	struct xbb_fifo due = {};

	if (!starves && list_empty(&queue->paged_in))
		return false;
	xbb_sweep_check_disk(queue->rings);
	xbb_paged_take_due(queue, &due, XBB_PAGED_WITH_PAGES);
	xbb_paged_take_due(queue, &due, XBB_PAGED_FETCHED);
	xbb_sweep_look_again(&due, todo);
	xbb_sweep_look_again(&starved, todo);
	return starves;
}

/**
 * xbb_sweep() - take all requests from the ring and send them to the disk
 * @queue: the queue
 *
 * What there is no memory for stays behind on the list of the starved, and
 * nothing more is taken from the ring until it has been served. A queue that
 * is stopping takes nothing more, but sends what it has.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_sweep(struct xbb_queue *queue)
{
	struct xbb_fifo todo = {};

	if (!xbb_sweep_resume(queue, &todo) &&
	    queue->state == XBB_QUEUE_SERVING)
		xbb_sweep_consume(queue, &todo);
	xbb_paged_take_due(queue, &todo, XBB_PAGED_UNFETCHED);
	if (!todo.first)
		return;

	if (!queue->share.seat.taken && xbb_sweep_needs_pages(&todo))
		xbb_sweep_grow(queue);
	if (todo.unfetched) {
		xbb_fetch(queue, &todo);
		xbb_sweep_accept(&todo);
	}
	xbb_sweep_move(queue, &todo);

	if (todo.first)
		xbb_sweep_starve(queue, &todo);
}

/**
 * xbb_sweep_abandon() - refuse requests that have not reached the disk
 * @queue: a queue whose frontend has gone
 *
 * Its guest may still be there, and wait for each of them.
 *
 * Context: The queue's thread.
 */
void xbb_sweep_abandon(struct xbb_queue *queue)
{
	struct xbb_req *req;

	while ((req = xbb_fifo_pop(&queue->starved)))
		xbb_sweep_reject(req, -EIO);
	xbb_paged_abandon(queue);
	xbb_barrier_abandon(queue);
}

/**
 * xbb_sweep_refuse() - refuse all that the ring holds
 * @queue: a queue that has drained, but whose ring is still mapped
 *
 * Context: The queue's thread.
 */
void xbb_sweep_refuse(struct xbb_queue *queue)
{
	struct xbb_req *req;
	int waiting;

	if (queue->broken)
		return;
	waiting = xgh_ring_unconsumed(&queue->ring);
	if (waiting < 0)
		WRITE_ONCE(queue->broken, true);
	for (; waiting > 0; waiting--) {
		req = xbb_req_take(queue);
		if (!req)
			return;
		xbb_sweep_begin(queue, req);
		req->begun_at = 0;
		queue->took = true;
		xbb_sweep_reject(req, -EIO);
	}
}
