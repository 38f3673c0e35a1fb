// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a request, from the ring to its response. Runs in the
 * queue's thread except where it says otherwise.
 */
#include "request.h"
#include "indirect.h"
#include "pages.h"
#include "queue.h"
#include "rings.h"

#include "gnttab-helpers/domain.h"

#include <linux/sched.h>

/**
 * xbb_req_take() - get an unused request
 * @queue: the queue
 *
 * Context: The queue's thread.
 * Return: the request, or NULL if all are in use. A ring never has more
 * requests without a response than slots, and there is one for each slot.
 */
struct xbb_req *xbb_req_take(struct xbb_queue *queue)
{
	struct xbb_req *req = queue->free;

	if (!req)
		return NULL;
	queue->free = req->next;
	queue->nr_live++;
	req->seq = queue->seq++;
	return req;
}

/**
 * xbb_req_begin() - start the life of a request
 * @req: from xbb_req_take()
 * @cmd: what the frontend asked for; acceptable or not
 *
 * Context: The queue's thread.
 */
void xbb_req_begin(struct xbb_req *req, const struct xbb_cmd *cmd)
{
	req->id = cmd->id;
	req->op = cmd->op;
	req->sector = cmd->sector;
	req->nr_segs = cmd->nr_segs;
	req->state = cmd->indirect ? XBB_REQ_UNFETCHED : XBB_REQ_ACCEPTED;
	req->frame.extent.gref = cmd->indirect_gref;
	req->nr_sectors = 0;
	req->secure = cmd->secure;
	req->discard_left = cmd->nr_sectors;
	req->error = 0;
	req->try_error = 0;
	req->paged_tries = 0;
	req->busy_tries = 0;
	req->unmap = NULL;
	req->nr_pages = 0;
	req->nr_new = 0;
	req->left = false;
	req->move = XBB_MOVE_NONE;
	req->alone = true;
	req->segs = req->few;
	req->vecs = req->few_vecs;
	req->indirect = NULL;
}

/* Fills in segments and length, and what tells whether they are aligned. */
static int xbb_req_check_segs(struct xbb_req *req,
			      const struct blkif_request_segment *segs,
			      unsigned int *edges)
{
	struct xbb_seg *seg = req->segs;
	struct xbb_seg *end = seg + req->nr_segs;
	unsigned int nr_sectors = 0;

	*edges = 0;
	for (; seg < end; seg++) {
		int sectors = xbb_validate_seg(segs++, &seg->extent);

		if (sectors < 0)
			return sectors;
		nr_sectors += sectors;
		*edges |= seg->extent.first | sectors;
	}
	req->nr_sectors = nr_sectors;
	if (!nr_sectors)
		req->sector = 0;
	return 0;
}

static void xbb_req_plan(struct xbb_req *req, const struct xbb_policy *policy,
			 unsigned int edges)
{
	req->move = xbb_plan_move(policy, req->op, req->nr_segs,
				  xbb_plan_is_aligned(policy, edges));
	/* Mapping would sleep for frames that are paged out. */
	if (req->move == XBB_MOVE_MAP && xgh_domain_is_away(req->queue->domain))
		req->move = XBB_MOVE_COPY;
}

/**
 * xbb_req_accept() - check the segments and plan how the data moves
 * @req: the request; as many segments as it says
 * @segs: private copy of the segments
 *
 * Context: The queue's thread.
 * Return: 0 or why the request is refused.
 */
int xbb_req_accept(struct xbb_req *req,
		   const struct blkif_request_segment *segs)
{
	const struct xbb_rings *rings = req->queue->rings;
	unsigned int edges;
	int err;

	err = xbb_req_check_segs(req, segs, &edges);
	if (err)
		return err;
	req->state = XBB_REQ_ACCEPTED;
	xbb_req_plan(req, &rings->policy, edges);
	return xbb_validate_range(&rings->limits, req->op, req->sector,
				     req->nr_sectors);
}

/**
 * xbb_req_recheck() - check a request again that has waited without pages
 * @req: the request, whether it was accepted before or is yet to be
 * @anew: its disk may be another one by now, with other wishes as to what is
 *	  mapped; else only what the same disk may change under a guest
 *
 * Context: The queue's thread.
 * Return: 0 or why the request is refused.
 */
int xbb_req_recheck(struct xbb_req *req, bool anew)
{
	const struct xbb_rings *rings = req->queue->rings;
	bool discard = req->op == BLKIF_OP_DISCARD;

	if (req->state != XBB_REQ_ACCEPTED)
		return 0;
	if (req->move == XBB_MOVE_MAP &&
	    (anew || !xbb_plan_may_map(&rings->policy, req->op)))
		req->move = XBB_MOVE_COPY;
	return xbb_validate_range(&rings->limits, req->op, req->sector,
				  discard ? req->discard_left :
					    req->nr_sectors);
}

/**
 * xbb_req_done() - hand a request back to its queue
 * @req: all I/O of it is over, or it never got so far
 *
 * Context: Any, hard interrupt included. The queue stays until an RCU grace
 * period after its last request.
 */
void xbb_req_done(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	req->state = XBB_REQ_ENDED;
	/* A thread that is awake looks at the list once more. */
	rcu_read_lock();
	if (llist_add(&req->done, &queue->done) && !READ_ONCE(queue->awake))
		xbb_queue_nudge(queue);
	rcu_read_unlock();
}

/**
 * xbb_req_free() - end the life of a request
 * @req: nothing of it is mapped any more
 *
 * If it is the queue's barrier, xbb_barrier_check() sees to what waits for it.
 *
 * Context: The queue's thread.
 */
void xbb_req_free(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	if (req == queue->barrier)
		queue->barrier = NULL;
	xbb_pages_put(req);
	if (req->indirect)
		xbb_indirect_put(req);
	req->state = XBB_REQ_FREE;
	req->next = queue->free;
	queue->free = req;
	queue->nr_live--;
}
