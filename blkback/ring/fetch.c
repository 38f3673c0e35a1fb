// SPDX-License-Identifier: GPL-2.0
/*
 * Gets the segments of indirect requests out of the frontend's frames into
 * private memory, those of a whole sweep together: copied by the hypervisor,
 * or read from a mapping if the frontend's grants stay mapped. Runs in the
 * queue's thread.
 */
#include "fetch.h"
#include "fallback.h"
#include "indirect.h"
#include "queue.h"
#include "request.h"
#include "seg.h"
#include "stats.h"

#include "gnttab-helpers/domain.h"

#include <linux/mm.h>

static void xbb_fetch_add_copy(struct xbb_req *req)
{
	struct xgh_copy_batch *batch = &req->queue->copies;
	struct blkif_request_segment *raw = req->indirect->raw;
	struct xgh_copy_span span = {
		.gref = req->frame.extent.gref,
		.len = req->nr_segs * sizeof(*raw),
		.offset = offset_in_page(raw),
		.page = virt_to_page(raw),
	};

	if (!xgh_copy_batch_has_room(batch))
		xgh_copy_batch_once(batch);
	xgh_copy_from_gref(batch, &span, &req->try_error);
}

/* The caller flushes the unmaps. */
static void xbb_fetch_release(struct xbb_req *req)
{
	xbb_seg_add_unmap(req->queue, &req->frame);
	xbb_seg_put_page(req->queue, &req->frame);
}

/* The data of a frontend that pages will be copied, and so is this. */
static void xbb_fetch_copy_instead(struct xbb_req *req)
{
	xbb_fetch_release(req);
	req->frame.map.page = NULL;
	req->try_error = 0;
	xbb_fetch_add_copy(req);
}

static int xbb_fetch_add_map(struct xbb_req *req)
{
	struct xgh_map_batch *batch = &req->queue->maps;
	int err;

	if (xbb_seg_find(req->queue, &req->frame))
		return 0;
	err = xbb_seg_get_page(req->queue, &req->frame);
	if (err)
		return err;
	if (xbb_fallback_probe(req->queue, &req->frame, 1)) {
		xbb_fetch_copy_instead(req);
		return 0;
	}
	if (batch->nr == batch->max)
		xgh_map_batch_flush(batch);
	xgh_map_batch_add(batch, &req->frame.map, req->frame.extent.gref,
			  false, &req->try_error);
	return 0;
}

static int xbb_fetch_begin(struct xbb_req *req)
{
	const struct xbb_queue *queue = req->queue;

	req->try_error = 0;
	if (xgh_persist_is_used(&queue->persist) &&
	    !xgh_domain_is_away(queue->domain))
		return xbb_fetch_add_map(req);
	req->frame.map.page = NULL;
	xbb_fetch_add_copy(req);
	return 0;
}

/* The one read of the frame; the guest may be writing to it (XSA-155). */
static void xbb_fetch_read(struct xbb_req *req)
{
	memcpy(req->indirect->raw, page_address(req->frame.map.page),
	       req->nr_segs * sizeof(*req->indirect->raw));
	barrier();
}

static void xbb_fetch_end(struct xbb_req *req)
{
	if (!req->frame.map.page)
		return;

	if (req->try_error == -ENOSPC) {
		req->queue->stats->map_full++;
		xbb_fetch_copy_instead(req);
		xgh_copy_batch_once(&req->queue->copies);
		return;
	}
	xbb_seg_keep(req->queue, &req->frame);
	if (!req->try_error)
		xbb_fetch_read(req);
	xbb_fetch_release(req);
}

/**
 * xbb_fetch() - fetch the segments of all indirect requests
 * @queue: the queue
 * @todo: requests; those that were tried have memory for their segments
 *	  afterwards, and either hold them or an error of their try
 *
 * Stops at the first request that there is no memory for.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_fetch(struct xbb_queue *queue, struct xbb_fifo *todo)
{
	struct xbb_req *req;

	for (req = todo->first; req; req = req->next) {
		if (req->state != XBB_REQ_UNFETCHED)
			continue;
		if (xbb_indirect_get(req))
			break;
		if (xbb_fetch_begin(req)) {
			xbb_indirect_put(req);
			break;
		}
	}
	xgh_copy_batch_once(&queue->copies);
	xgh_map_batch_flush(&queue->maps);

	for (req = todo->first; req; req = req->next)
		if (req->state == XBB_REQ_UNFETCHED && req->indirect)
			xbb_fetch_end(req);
	xgh_unmap_batch_flush(&queue->unmaps);
}
