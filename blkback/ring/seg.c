// SPDX-License-Identifier: GPL-2.0
/* Owns the pages that grants of segments are mapped to. */
#include "seg.h"

/**
 * xbb_seg_get_page() - get a page for a new mapping
 * @queue: the queue
 * @seg: its grant is set, and is not mapped already
 *
 * Context: The queue's thread. May sleep.
 * Return: 0, or as xgh_pool_get().
 */
int xbb_seg_get_page(struct xbb_queue *queue, struct xbb_seg *seg)
{
	seg->map.handle = INVALID_GRANT_HANDLE;
	return xgh_pool_get(&queue->map_pool, &seg->map.page);
}

/**
 * xbb_seg_keep() - let a new mapping stay
 * @queue: the queue, of a frontend with persistent grants
 * @seg: has been mapped, successfully or not
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_seg_keep(struct xbb_queue *queue, struct xbb_seg *seg)
{
	if (xbb_seg_is_mapped_once(seg))
		seg->pgrant = xgh_persist_adopt(&queue->persist,
						seg->extent.gref, &seg->map);
}

/**
 * xbb_seg_add_unmap() - collect the unmap of a mapping that shall not stay
 * @queue: the queue; the caller flushes its unmaps, unless there are too many
 * @seg: was to be mapped, successfully or not; or stays mapped
 *
 * Context: The queue's thread.
 */
void xbb_seg_add_unmap(struct xbb_queue *queue, struct xbb_seg *seg)
{
	if (!xbb_seg_is_mapped_once(seg))
		return;
	if (queue->unmaps.nr == queue->unmaps.max)
		xgh_unmap_batch_flush(&queue->unmaps);
	xgh_unmap_batch_add(&queue->unmaps, &seg->map);
}
