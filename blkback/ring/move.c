// SPDX-License-Identifier: GPL-2.0
/* Owns the building of grant operations for the data of requests. */
#include "move.h"
#include "queue.h"
#include "request.h"
#include "seg.h"

/**
 * xbb_move_add_maps() - collect the maps of all segments
 * @req: to be mapped; its pages are there
 *
 * Flushes the batch when it is full.
 *
 * What the guest lets us only read, because the disk is to be written, is
 * mapped read-only; what is to stay mapped will be used for both.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_move_add_maps(struct xbb_req *req)
{
	struct xgh_map_batch *batch = &req->queue->maps;
	bool readonly = req->op != BLKIF_OP_READ &&
			!xgh_persist_is_used(&req->queue->persist);
	unsigned int i;

	for (i = 0; i < req->nr_segs && req->nr_new; i++) {
		struct xbb_seg *seg = &req->segs[i];

		if (seg->pgrant)
			continue;
		if (batch->nr == batch->max)
			xgh_map_batch_flush(batch);
		xgh_map_batch_add(batch, &seg->map, seg->extent.gref, readonly,
				  &req->try_error);
	}
}

/**
 * xbb_move_keep_maps() - let new mappings stay, if the frontend wants that
 * @req: has been mapped, successfully or not
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_move_keep_maps(struct xbb_req *req)
{
	unsigned int i;

	if (!req->nr_new || !xgh_persist_is_used(&req->queue->persist))
		return;
	xbb_share_keep(&req->queue->share, req->nr_new);
	for (i = 0; i < req->nr_segs; i++)
		xbb_seg_keep(req->queue, &req->segs[i]);
}

/**
 * xbb_move_add_unmaps() - collect the unmaps of all that shall not stay mapped
 * @req: was to be mapped, successfully or not; not busy
 *
 * Flushes the batch when it is full.
 *
 * Context: The queue's thread.
 */
void xbb_move_add_unmaps(struct xbb_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_pages && req->nr_new; i++)
		xbb_seg_add_unmap(req->queue, &req->segs[i]);
}

/**
 * xbb_move_is_busy() - does anybody still look at the mapped pages?
 * @req: a completed request
 *
 * Context: The queue's thread.
 * Return: true while it must not be unmapped.
 */
bool xbb_move_is_busy(const struct xbb_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_pages && req->nr_new; i++)
		if (xbb_seg_is_mapped_once(&req->segs[i]) &&
		    xgh_map_is_busy(&req->segs[i].map))
			return true;
	return false;
}

/* Collects the copies of what lies from @pos to @end in the request's data. */
static void xbb_move_add_seg(struct xbb_req *req, const struct xbb_seg *seg,
			     u32 pos, u32 end, bool to_guest, int *err)
{
	struct xgh_copy_batch *batch = &req->queue->copies;
	u32 begin = end - seg->extent.count * XBB_SECTOR_SIZE;

	while (pos < end) {
		struct xgh_copy_span span = {
			.gref = seg->extent.gref,
			.gref_offset = seg->extent.first * XBB_SECTOR_SIZE +
				       pos - begin,
			.len = min_t(u32, end - pos,
				     PAGE_SIZE - offset_in_page(pos)),
			.offset = offset_in_page(pos),
			.page = req->vecs[pos / PAGE_SIZE].bv_page,
		};

		if (!xgh_copy_batch_has_room(batch))
			xgh_copy_batch_once(batch);
		if (to_guest)
			xgh_copy_to_gref(batch, &span, err);
		else
			xgh_copy_from_gref(batch, &span, err);
		pos += span.len;
	}
}

/*
 * The second try copies everything once more; any further one only what has
 * not been copied yet, and each segment has an error of its own then.
 */
static bool xbb_move_is_due(const struct xbb_req *req,
			    const struct xbb_seg *seg)
{
	return req->paged_tries <= 1 || seg->error == -EAGAIN;
}

/**
 * xbb_move_add_copies() - collect the copies of all data, or what is missing
 * @req: to be copied; its pages are there
 * @to_guest: the direction
 *
 * The data lies in the request's pages without gaps. Flushes the batch when
 * it is full.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_move_add_copies(struct xbb_req *req, bool to_guest)
{
	struct xbb_seg *seg = req->segs;
	struct xbb_seg *last = seg + req->nr_segs;
	u32 pos = 0;

	req->try_error = 0;
	for (; seg < last; seg++) {
		u32 end = pos + seg->extent.count * XBB_SECTOR_SIZE;
		int *err = &req->try_error;

		if (xbb_move_is_due(req, seg)) {
			if (req->paged_tries) {
				err = &seg->error;
				*err = 0;
			}
			xbb_move_add_seg(req, seg, pos, end, to_guest, err);
		}
		pos = end;
	}
}

/**
 * xbb_move_result() - what has become of the grant operations of a try?
 * @req: there were some, and the batches have been flushed
 *
 * Context: The queue's thread.
 * Return: 0; -EAGAIN if frames of the guest are paged out and nothing else is
 * wrong; -ENOSPC if the hypervisor has no room for one more mapping; or
 * another negative errno, which is final.
 */
int xbb_move_result(const struct xbb_req *req)
{
	int result = req->try_error;
	unsigned int i;

	if (!req->paged_tries || req->move != XBB_MOVE_COPY)
		return result;
	for (i = 0; i < req->nr_segs; i++) {
		int err = req->segs[i].error;

		if (err && (!result || result == -EAGAIN))
			result = err;
	}
	return result;
}
