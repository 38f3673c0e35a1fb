// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the requests that wait for their unmap. The waiting and the unmapping
 * are gnttab-helpers'; a request comes back through its queue's list of
 * completed ones. Runs in the queue's thread except where it says otherwise.
 */
#include "unmap.h"
#include "queue.h"
#include "request.h"
#include "seg.h"
#include "stats.h"

#include "gnttab-helpers/async_unmap.h"

#include <linux/jiffies.h>

#include <asm/barrier.h>

/* Any context. */
static void xbb_unmap_done(struct xgh_async_unmap *set)
{
	xbb_req_done(set->owner);
}

/*
 * Does nobody wait for the responses any more, or has done so for too long? A
 * guest that was not told would wait for ever, and with it all that is done
 * with its devices.
 */
static bool xbb_unmap_may_forget(const struct xbb_queue *queue)
{
	/* Pairs with xbb_queue_stop() and xbb_queue_abandon(). */
	if (!smp_load_acquire(&queue->abandoned))
		return false;
	return !queue->untold || xbb_queue_is_left(queue) ||
	       time_after_eq(jiffies, queue->untold_end);
}

/**
 * xbb_unmap_later() - unmap a request when its pages are nobody else's
 * @req: completed, mapped, busy
 *
 * When nobody waits for its response any more, it is over without one.
 *
 * Context: The queue's thread. May sleep.
 * Return: true if the request is over, or will be handed back by
 * xbb_req_done(), for xbb_unmap_finish(). False if there is no memory, or too
 * many pages of the guest wait already; to be tried again.
 */
bool xbb_unmap_later(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;
	bool forget = xbb_unmap_may_forget(queue);
	struct xgh_async_unmap *set;
	unsigned int i;

	set = xgh_async_unmap_alloc(queue->domain, &queue->map_pool,
				    req->nr_new, forget);
	if (!set)
		return false;

	for (i = 0; i < req->nr_pages; i++)
		if (xbb_seg_is_mapped_once(&req->segs[i]))
			xgh_async_unmap_add(set, &req->segs[i].map);
	queue->stats->deferred++;
	if (forget) {
		xgh_async_unmap_start(set, NULL);
		xbb_req_free(req);
		return true;
	}
	set->owner = req;
	req->unmap = set;
	list_add_tail(&req->node, &queue->unmapping);
	xgh_async_unmap_start(set, xbb_unmap_done);
	return true;
}

/**
 * xbb_unmap_finish() - a request that had to wait is unmapped
 * @req: handed back; on no list and without mapped pages afterwards
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_unmap_finish(struct xbb_req *req)
{
	list_del(&req->node);
	xgh_async_unmap_finish(req->unmap);
	req->unmap = NULL;
}

static void xbb_unmap_forget(struct xbb_queue *queue)
{
	struct xbb_req *req, *next;

	list_for_each_entry_safe(req, next, &queue->unmapping, node) {
		if (!xgh_async_unmap_abandon(req->unmap))
			continue;
		req->unmap = NULL;
		list_del(&req->node);
		xbb_req_free(req);
	}
}

/**
 * xbb_unmap_abandon() - forget all that waits, the frontend has gone
 * @queue: a queue that is stopping
 *
 * Whatever is not busy was unmapped; what cannot be forgotten yet, or must not
 * be, keeps the queue, and the caller comes back.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_unmap_abandon(struct xbb_queue *queue)
{
	if (!list_empty(&queue->unmapping) && xbb_unmap_may_forget(queue))
		xbb_unmap_forget(queue);
	xgh_persist_abandon(&queue->persist, queue->domain, &queue->map_pool);
}
