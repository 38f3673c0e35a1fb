// SPDX-License-Identifier: GPL-2.0
/* Owns the pages that requests hold, and the vectors that lead to them. */
#include "pages.h"
#include "queue.h"
#include "request.h"
#include "seg.h"

/* A vector for each segment. */
static int xbb_pages_get_mapped(struct xbb_req *req)
{
	struct bio_vec *vec = req->vecs;
	struct xbb_seg *seg = req->segs;
	struct xbb_seg *end = seg + req->nr_segs;

	for (; seg < end; seg++, vec++) {
		if (!xbb_seg_find(req->queue, seg)) {
			int err = xbb_seg_get_page(req->queue, seg);

			if (err)
				return err;
			req->nr_new++;
		}
		req->nr_pages++;
		vec->bv_page = seg->map.page;
		vec->bv_len = seg->extent.count * XBB_SECTOR_SIZE;
		vec->bv_offset = seg->extent.first * XBB_SECTOR_SIZE;
	}
	return 0;
}

/* A vector for each page, all full but the last one. */
static int xbb_pages_get_ram(struct xbb_req *req)
{
	unsigned int left = req->nr_sectors * XBB_SECTOR_SIZE;

	for (; left; req->nr_pages++) {
		struct bio_vec *vec = &req->vecs[req->nr_pages];
		int err = xgh_pool_get(&req->queue->ram_pool, &vec->bv_page);

		if (err)
			return err;
		vec->bv_len = min_t(unsigned int, left, PAGE_SIZE);
		vec->bv_offset = 0;
		left -= vec->bv_len;
	}
	return 0;
}

/**
 * xbb_pages_get() - get all pages that the data needs
 * @req: an accepted request, perhaps with all of them already
 *
 * Fills in its vectors.
 *
 * Context: The queue's thread. May sleep.
 * Return: 0, -EAGAIN until other requests of the queue give theirs back, or
 * -ENOMEM. None is held after an error.
 */
int xbb_pages_get(struct xbb_req *req)
{
	int err = 0;

	/* It had them when its frames were found paged out. */
	if (req->nr_pages)
		return 0;
	if (req->move == XBB_MOVE_MAP)
		err = xbb_pages_get_mapped(req);
	else if (req->move == XBB_MOVE_COPY)
		err = xbb_pages_get_ram(req);
	if (err)
		xbb_pages_put(req);
	return err;
}

/**
 * xbb_pages_put() - give all pages back
 * @req: nothing of it is mapped but what stays so
 *
 * Context: The queue's thread.
 */
void xbb_pages_put(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;
	unsigned int i;

	if (req->move == XBB_MOVE_MAP)
		for (i = 0; i < req->nr_pages; i++)
			xbb_seg_put_page(queue, &req->segs[i]);
	else
		for (i = 0; i < req->nr_pages; i++)
			xgh_pool_put(&queue->ram_pool, req->vecs[i].bv_page);
	req->nr_pages = 0;
	req->nr_new = 0;
}
