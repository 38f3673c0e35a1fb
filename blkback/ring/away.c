// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the requests that wait for frames of the guest that are paged out
 * (GNTST_eagain). Each comes again by itself and copies what is still missing.
 * Runs in the queue's thread.
 */
#include "away.h"
#include "queue.h"
#include "request.h"
#include "stats.h"

#include "gnttab-helpers/domain.h"
#include "gnttab-helpers/status.h"

#include <linux/jiffies.h>

/**
 * xbb_away_retry() - may a copy that found frames paged out be tried again?
 * @req: its error is -EAGAIN
 *
 * Context: The queue's thread.
 * Return: true if it may at the time in retry_at, and has no error then.
 * False if it was tried for 33 s, or the frontend has gone: the error is
 * final.
 */
bool xbb_away_retry(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	xgh_domain_note_away(queue->domain);
	if ((queue->stopping && queue->forsaken) ||
	    req->retries >= XGH_EAGAIN_TRIES) {
		req->error = -ETIMEDOUT;
		return false;
	}
	if (!req->retries++)
		queue->stats->away_req++;
	queue->stats->away_tries++;
	req->retry_at = jiffies + msecs_to_jiffies(req->retries);
	req->error = 0;
	return true;
}

/**
 * xbb_away_put() - put a request on its way to the disk aside
 * @req: in no fifo; its error is -EAGAIN
 *
 * Context: The queue's thread.
 * Return: as xbb_away_retry().
 */
bool xbb_away_put(struct xbb_req *req)
{
	if (!xbb_away_retry(req))
		return false;
	/* What has not been fetched begins anew. */
	if (req->unfetched)
		xbb_req_put_indirect(req);
	list_add_tail(&req->node, &req->queue->away);
	return true;
}

/**
 * xbb_away_take_due() - get those back whose time has come
 * @queue: the queue
 * @todo: they are added to it
 * @unfetched: those that have no memory yet, else those that have it all.
 *	       The latter go before any that need some, for they give theirs
 *	       back only when they are served; the former go last
 *
 * Context: The queue's thread.
 */
void xbb_away_take_due(struct xbb_queue *queue, struct xbb_fifo *todo,
		       bool unfetched)
{
	struct xbb_req *req, *next;

	list_for_each_entry_safe(req, next, &queue->away, node) {
		if (req->unfetched != unfetched ||
		    time_before(jiffies, req->retry_at))
			continue;
		list_del(&req->node);
		xbb_fifo_push(todo, req);
	}
}

/**
 * xbb_away_notice_maps() - has mapping had to wait for frames?
 * @queue: the queue
 *
 * The kernel waits inside, and everything with it. That happens once: the
 * data of such a guest is copied from then on.
 *
 * Context: The queue's thread.
 */
void xbb_away_notice_maps(struct xbb_queue *queue)
{
	if (!queue->maps.waited)
		return;
	queue->maps.waited = false;
	queue->stats->map_waits++;
	xgh_domain_note_away(queue->domain);
}

/**
 * xbb_away_abandon() - refuse them, the frontend has gone
 * @queue: a queue that is stopping
 *
 * Context: The queue's thread.
 */
void xbb_away_abandon(struct xbb_queue *queue)
{
	struct xbb_req *req, *next;

	list_for_each_entry_safe(req, next, &queue->away, node) {
		list_del(&req->node);
		req->error = -EIO;
		xbb_req_done(req);
	}
}
