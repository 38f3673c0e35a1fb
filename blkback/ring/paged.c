// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the requests that wait for frames of the guest that are paged out
 * (GNTST_eagain). Each comes again by itself and copies what is still missing.
 * Runs in the queue's thread.
 */
#include "paged.h"
#include "indirect.h"
#include "queue.h"
#include "request.h"
#include "stats.h"

#include "gnttab-helpers/domain.h"
#include "gnttab-helpers/status.h"

#include <linux/jiffies.h>

/**
 * xbb_paged_defer() - put a request aside whose frames are paged out
 * @req: in no fifo and on no list
 * @list: where it waits until its @retry_at: the queue's paged_in or later
 *
 * Context: The queue's thread.
 * Return: false if it was tried for 33 s, or nobody waits for it any more; it
 * is to be refused with -ETIMEDOUT.
 */
bool xbb_paged_defer(struct xbb_req *req, struct list_head *list)
{
	struct xbb_queue *queue = req->queue;

	xgh_domain_note_away(queue->domain);
	if (xbb_queue_is_abandoned(queue) ||
	    req->paged_tries >= XGH_EAGAIN_TRIES)
		return false;
	if (!req->paged_tries++)
		queue->stats->away_req++;
	queue->stats->away_tries++;
	req->retry_at = jiffies + msecs_to_jiffies(req->paged_tries);
	/* What has not been fetched begins anew. */
	if (req->state == XBB_REQ_UNFETCHED)
		xbb_indirect_put(req);
	list_add_tail(&req->node, list);
	return true;
}

static enum xbb_paged_which xbb_paged_which(const struct xbb_req *req)
{
	if (req->state == XBB_REQ_UNFETCHED)
		return XBB_PAGED_UNFETCHED;
	return req->nr_pages ? XBB_PAGED_WITH_PAGES : XBB_PAGED_FETCHED;
}

/**
 * xbb_paged_take_due() - get those back whose time has come
 * @queue: the queue
 * @todo: they are added to it
 * @which: those that have all their pages come before any that need some, for
 *	   they give theirs back only when they are served
 *
 * Context: The queue's thread.
 */
void xbb_paged_take_due(struct xbb_queue *queue, struct xbb_fifo *todo,
			enum xbb_paged_which which)
{
	struct xbb_req *req, *next;

	list_for_each_entry_safe(req, next, &queue->paged_in, node) {
		if (xbb_paged_which(req) != which ||
		    time_before(jiffies, req->retry_at))
			continue;
		list_del(&req->node);
		xbb_fifo_push(todo, req);
	}
}

/**
 * xbb_paged_notice_maps() - has mapping had to wait for frames?
 * @queue: the queue
 *
 * The kernel waits inside, and everything with it. That happens once: the
 * data of such a guest is copied from then on.
 *
 * Context: The queue's thread.
 */
void xbb_paged_notice_maps(struct xbb_queue *queue)
{
	if (!queue->maps.waited)
		return;
	queue->maps.waited = false;
	queue->stats->map_waits++;
	xgh_domain_note_away(queue->domain);
}

/**
 * xbb_paged_abandon() - refuse those that have not reached the disk
 * @queue: a queue that is stopping, and whose frontend has gone
 *
 * Context: The queue's thread.
 */
void xbb_paged_abandon(struct xbb_queue *queue)
{
	struct xbb_req *req, *next;

	list_for_each_entry_safe(req, next, &queue->paged_in, node) {
		list_del(&req->node);
		req->error = -EIO;
		xbb_req_done(req);
	}
}
