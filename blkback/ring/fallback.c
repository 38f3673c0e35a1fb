// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the change from mapping to copying. Runs in the queue's thread.
 */
#include "fallback.h"
#include "move.h"
#include "pages.h"
#include "queue.h"
#include "request.h"

/**
 * xbb_fallback_probe() - find out whether mapping would have to wait
 * @queue: the queue, of a frontend with persistent grants: others would pay
 *	   for the question with each request, these do once for each grant
 * @segs: some of them mapped already; their errors are used for the answers
 * @nr: their number
 *
 * What else is wrong with a grant is left for the map to find out.
 *
 * Context: The queue's thread.
 * Return: true if a frame is paged out; the hypervisor has been told to fetch
 * it.
 */
bool xbb_fallback_probe(struct xbb_queue *queue, struct xbb_seg *segs,
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

/**
 * xbb_fallback_to_copy() - have the data of a request copied, not mapped
 * @req: has pages to be mapped to; some of them may be mapped
 *
 * It is without pages afterwards.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_fallback_to_copy(struct xbb_req *req)
{
	xbb_move_add_unmaps(req);
	xgh_unmap_batch_flush(&req->queue->unmaps);
	xbb_pages_put(req);
	req->move = XBB_MOVE_COPY;
}
