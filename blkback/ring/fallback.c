// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what happens to data that was to be mapped and better is not: frames
 * that are paged out, for which the kernel's map would sleep with all that is
 * to be mapped, and a hypervisor that has no room for one more mapping, which
 * is no fault of this guest's. It is copied instead. Runs in the queue's
 * thread.
 */
#include "fallback.h"
#include "queue.h"
#include "request.h"
#include "stats.h"

#include <linux/jiffies.h>

/**
 * xbb_fallback_is_away() - would mapping these frames have to wait for one?
 * @queue: the queue, of a frontend with persistent grants: others would pay
 *	   for the question with each request, these do once for each grant
 * @segs: some of them mapped already; their errors are used for the answers
 * @nr: their number
 *
 * What else is wrong with a grant is left for the map to find out.
 *
 * Context: The queue's thread.
 * Return: true if one is paged out; the hypervisor has been told to fetch it.
 */
bool xbb_fallback_is_away(struct xbb_queue *queue, struct xbb_seg *segs,
			  unsigned int nr)
{
	struct xgh_copy_batch *batch = &queue->copies;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		segs[i].error = 0;
		if (segs[i].pgrant)
			continue;
		if (!xgh_copy_batch_has_room(batch))
			xgh_copy_batch_once(batch);
		xgh_copy_probe(batch, segs[i].extent.gref, &segs[i].error);
	}
	xgh_copy_batch_once(batch);

	for (i = 0; i < nr; i++)
		if (segs[i].error == -EAGAIN)
			return true;
	return false;
}

/* Nothing of it is mapped any more; its data is copied from now on. */
static void xbb_fallback_begin(struct xbb_req *req)
{
	xbb_req_add_unmaps(req);
	xgh_unmap_batch_flush(&req->queue->unmaps);
	xbb_req_put_pages(req);
	req->move = XBB_MOVE_COPY;
}

/**
 * xbb_fallback_must_wait() - keep a request from being mapped if it would sleep
 * @req: to be mapped, with all its pages
 *
 * Context: The queue's thread. May sleep.
 * Return: true if frames of it are paged out: it is without pages, has the
 * error -EAGAIN and is to be put aside.
 */
bool xbb_fallback_must_wait(struct xbb_req *req)
{
	if (!req->queue->persist.limit ||
	    !xbb_fallback_is_away(req->queue, req->segs, req->nr_segs))
		return false;
	xbb_fallback_begin(req);
	req->queue->stats->copy_req++;
	req->error = -EAGAIN;
	return true;
}

/**
 * xbb_fallback_is_full() - begin again if there was no room for a mapping
 * @req: was tried; its error is set
 *
 * Context: The queue's thread. May sleep.
 * Return: true if it comes again at once, to be copied; false if its error
 * stands.
 */
bool xbb_fallback_is_full(struct xbb_req *req)
{
	if (req->error != -ENOSPC || req->move != XBB_MOVE_MAP)
		return false;
	req->queue->stats->map_full++;
	req->queue->stats->map_req--;
	xbb_fallback_begin(req);
	req->error = 0;
	req->retry_at = jiffies;
	list_add_tail(&req->node, &req->queue->away);
	xbb_queue_nudge(req->queue);
	return true;
}
