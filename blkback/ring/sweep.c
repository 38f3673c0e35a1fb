// SPDX-License-Identifier: GPL-2.0
/*
 * The way in: everything that the ring holds is taken at once, checked, given
 * memory, moved with one hypercall of each kind and submitted under one plug.
 * Runs in the queue's thread.
 */
#include "away.h"
#include "disk/backing.h"
#include "barrier.h"
#include "fallback.h"
#include "gate.h"
#include "limits/qos.h"
#include "queue.h"
#include "request.h"
#include "stats.h"
#include "device/vbd.h"
#include "xbb_trace.h"

#include <linux/blkdev.h>

static void xbb_sweep_refuse(struct xbb_req *req, int error)
{
	req->error = error;
	req->queue->stats->bad_req++;
	xbb_req_done(req);
}

/* Later, if the frames are only paged out or there was no room to map them. */
static void xbb_sweep_not_now(struct xbb_req *req)
{
	if (xbb_fallback_is_full(req))
		return;
	if (req->error != -EAGAIN || !xbb_away_put(req))
		xbb_sweep_refuse(req, req->error);
}

/* Everything that the frontend wrote is read here, and nowhere else. */
static void xbb_sweep_take(struct xbb_queue *queue, struct xbb_req *req,
			   struct xbb_fifo *todo)
{
	struct xbb_cmd *cmd = &queue->cmd;
	int err;

	xgh_ring_consume(&queue->ring, &queue->raw, queue->layout->request);
	err = xbb_proto_decode(queue->layout, &queue->raw, cmd);
	xbb_req_begin(req, cmd);
	if (!err && cmd->op == BLKIF_OP_DISCARD)
		err = xbb_proto_check_discard(&queue->vbd->limits, cmd);
	else if (!err && !cmd->indirect)
		err = xbb_req_accept(req, cmd->segs);
	if (err) {
		xbb_sweep_refuse(req, err);
		return;
	}
	if (req->op == BLKIF_OP_WRITE_BARRIER)
		queue->barrier = req;
	xbb_fifo_push(todo, req);
}

/* Whoever uses a disk notices at once that it has changed. */
static void xbb_sweep_check_disk(struct xbb_vbd *vbd)
{
	bool stable = xbb_backing_is_stable(vbd->backing);

	if (stable != READ_ONCE(vbd->policy.stable))
		WRITE_ONCE(vbd->policy.stable, stable);
	if (!xbb_disk_has_changed(vbd))
		return;
	/* The requests at hand go by it already. */
	WRITE_ONCE(vbd->limits.readonly, xbb_disk_is_readonly(vbd));
	xbb_vbd_kick(vbd);
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
	u64 wait = xbb_qos_wait(&queue->vbd->qos);

	if (!wait)
		return false;
	queue->stats->throttled++;
	queue->paused = true;
	queue->throttled = true;
	queue->credit_at = jiffies + nsecs_to_jiffies(wait) + 1;
	return true;
}

static void xbb_sweep_consume(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	int waiting = xgh_ring_unconsumed(&queue->ring);
	struct xbb_req *req;
	int taken = 0;
	bool limited;
	u64 now;

	if (waiting > 0 && (queue->barrier || !xbb_gate_enter(queue))) {
		queue->paused = true;
		return;
	}
	if (waiting < 0) {
		queue->broken = true;
		xbb_vbd_queue_broken(queue->vbd);
		return;
	}
	if (!waiting)
		return;

	xbb_sweep_check_disk(queue->vbd);
	queue->stats->sweeps++;
	queue->fruitful = true;
	now = xbb_stats_now();
	limited = READ_ONCE(queue->vbd->qos.on);
	for (; taken < waiting && !queue->barrier; taken++) {
		if (limited && xbb_sweep_throttle(queue))
			break;
		req = xbb_req_take(queue);
		if (WARN_ON_ONCE(!req))
			return;
		req->begun_at = now;
		xbb_sweep_take(queue, req, todo);
		if (limited)
			xbb_qos_charge(&queue->vbd->qos, xbb_sweep_bytes(req));
	}
	xbb_hist_add(&queue->stats->taken, taken);
	trace_xbb_sweep(queue, taken, waiting);
}

/* Checks what was fetched. */
static void xbb_sweep_accept(struct xbb_fifo *todo)
{
	struct xbb_fifo fetched = xbb_fifo_take_all(todo);
	struct xbb_req *req;

	while ((req = xbb_fifo_pop(&fetched))) {
		if (req->unfetched && req->indirect && !req->error)
			req->error = xbb_req_accept(req, req->indirect->raw);
		if (req->error) {
			xbb_sweep_not_now(req);
			continue;
		}
		/* Its data has a patience of its own. */
		if (!req->nr_pages)
			req->retries = 0;
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

/* Moves what was collected and sends the requests of it to the disk. */
static void xbb_sweep_submit(struct xbb_queue *queue, struct xbb_fifo *chunk)
{
	struct blk_plug plug;
	struct xbb_req *req;
	bool failed;

	xgh_copy_batch_once(&queue->copies);
	failed = queue->copies.failed;
	queue->copies.failed = false;
	xgh_map_batch_flush(&queue->maps);
	xbb_away_notice_maps(queue);

	xbb_backing_plug(&plug, xbb_sweep_count_ios(chunk));
	while ((req = xbb_fifo_pop(chunk))) {
		if (req->nr_new)
			xbb_req_adopt_maps(req);
		if (failed && req->retries)
			xbb_req_sum_errors(req);
		if (req->error) {
			xbb_sweep_not_now(req);
			continue;
		}
		req->retries = 0;
		xbb_stats_account(queue->stats, req->op, req->nr_sectors);
		if (req == queue->barrier)
			xbb_barrier_park(req);
		else
			xbb_backing_submit(queue->vbd->backing, req);
	}
	blk_finish_plug(&plug);
}

static void xbb_sweep_collect_move(struct xbb_req *req)
{
	if (req->move == XBB_MOVE_MAP) {
		req->queue->stats->map_req++;
		req->queue->stats->persist_req += !req->nr_new;
		if (req->nr_new)
			xbb_req_add_maps(req);
	} else if (req->move == XBB_MOVE_COPY) {
		req->queue->stats->copy_req += !req->retries;
		if (req->op != BLKIF_OP_READ)
			xbb_req_add_copies(req, false);
	}
}

/* In order: a large request is not overtaken for ever by small ones. */
static void xbb_sweep_move(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	struct xbb_fifo chunk = {};
	struct xbb_req *req;

	while ((req = todo->first)) {
		if (req->unfetched || xbb_req_get_pages(req))
			break;
		xbb_fifo_pop(todo);
		if (req->nr_new && xbb_fallback_must_wait(req)) {
			xbb_sweep_not_now(req);
			continue;
		}
		xbb_sweep_collect_move(req);
		xbb_fifo_push(&chunk, req);
	}
	if (chunk.first)
		xbb_sweep_submit(queue, &chunk);
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
	struct xbb_fifo starved = xbb_fifo_take_all(&queue->starved);
	struct xbb_fifo todo = {};
	struct xbb_req *req;

	xbb_away_take_due(queue, &todo, false);
	if (!starved.first && !queue->stopping)
		xbb_sweep_consume(queue, &todo);
	while ((req = xbb_fifo_pop(&starved)))
		xbb_fifo_push(&todo, req);
	xbb_away_take_due(queue, &todo, true);
	if (!todo.first)
		return;

	if (todo.unfetched) {
		xbb_fetch(queue, &todo);
		xbb_sweep_accept(&todo);
	}
	xbb_sweep_move(queue, &todo);

	if (todo.first) {
		queue->stats->oo_req++;
		queue->starved = todo;
		if (xbb_share_grow(&queue->share))
			xbb_queue_nudge(queue);
		else
			queue->stats->pressure++;
	}
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
		xbb_sweep_refuse(req, -EIO);
	xbb_away_abandon(queue);
}

/**
 * xbb_sweep_refuse_all() - refuse all that the ring holds
 * @queue: a queue that has drained, but whose ring is still mapped
 *
 * Context: The queue's thread.
 */
void xbb_sweep_refuse_all(struct xbb_queue *queue)
{
	struct xbb_req *req;
	int waiting;

	if (queue->broken)
		return;
	waiting = xgh_ring_unconsumed(&queue->ring);
	if (waiting < 0)
		queue->broken = true;
	for (; waiting > 0; waiting--) {
		req = xbb_req_take(queue);
		if (!req)
			return;
		xgh_ring_consume(&queue->ring, &queue->raw,
				 queue->layout->request);
		/* Whether it is right or wrong, its number is known then. */
		xbb_proto_decode(queue->layout, &queue->raw, &queue->cmd);
		xbb_req_begin(req, &queue->cmd);
		req->unfetched = false;
		req->begun_at = 0;
		queue->fruitful = true;
		xbb_sweep_refuse(req, -EIO);
	}
}
