/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grant of one segment, and the page that it is mapped to. All of it runs
 * in the queue's thread.
 */
#ifndef XBB_SEG_H
#define XBB_SEG_H

#include "queue.h"
#include "request.h"

/**
 * xbb_seg_is_mapped_once() - will it be unmapped when the request is over?
 * @seg: the segment; its mapping was tried, or it is copied
 *
 * Context: The queue's thread.
 * Return: whether it is mapped and shall not stay so.
 */
static inline bool xbb_seg_is_mapped_once(const struct xbb_seg *seg)
{
	return !seg->pgrant && seg->map.handle != INVALID_GRANT_HANDLE;
}

/**
 * xbb_seg_find() - find the mapping of a grant that has stayed mapped
 * @queue: the queue
 * @seg: its grant is set; the page is set if there is one
 *
 * Context: The queue's thread.
 * Return: whether the grant is mapped already.
 */
static inline bool xbb_seg_find(struct xbb_queue *queue, struct xbb_seg *seg)
{
	seg->pgrant = NULL;
	if (!xgh_persist_is_used(&queue->persist))
		return false;
	seg->pgrant = xgh_persist_get(&queue->persist, seg->extent.gref);
	if (!seg->pgrant)
		return false;
	seg->map.page = seg->pgrant->map.page;
	return true;
}

/**
 * xbb_seg_put_page() - have done with the page of a mapping
 * @queue: the queue
 * @seg: its grant stays mapped or is not mapped any more
 *
 * Context: The queue's thread.
 */
static inline void xbb_seg_put_page(struct xbb_queue *queue,
				    struct xbb_seg *seg)
{
	if (seg->pgrant)
		xgh_persist_put(seg->pgrant);
	else if (seg->map.page)
		xgh_pool_put(&queue->map_pool, seg->map.page);
}

int xbb_seg_get_page(struct xbb_queue *queue, struct xbb_seg *seg);
void xbb_seg_keep(struct xbb_queue *queue, struct xbb_seg *seg);
void xbb_seg_add_unmap(struct xbb_queue *queue, struct xbb_seg *seg);

#endif /* XBB_SEG_H */
