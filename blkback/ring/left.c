// SPDX-License-Identifier: GPL-2.0
/*
 * Owns which requests a queue has left behind with its seat, so that their
 * pages are told from those of others. Runs in the queue's thread.
 */
#include "left.h"
#include "queue.h"
#include "request.h"

/**
 * xbb_left_note() - the seat has gone, with all pages that are in use
 * @queue: the queue
 *
 * Context: The queue's thread.
 */
void xbb_left_note(struct xbb_queue *queue)
{
	unsigned int i;

	for (i = 0; i < queue->ring.nr_slots; i++)
		queue->reqs[i].left = queue->reqs[i].nr_pages;
}

/**
 * xbb_left_held() - what is still in use of that
 * @share: the queue's
 * @kind: of which kind
 *
 * A grant that stays mapped for being busy alone is in use, too, and no
 * request's.
 *
 * Context: The queue's thread.
 * Return: number of pages at most: two requests may use the same one.
 */
unsigned int xbb_left_held(const struct xbb_share *share,
			   enum xgh_pool_kind kind)
{
	const struct xbb_queue *queue = container_of(share, struct xbb_queue,
						     share);
	enum xbb_move move = kind == XGH_POOL_MAP ? XBB_MOVE_MAP :
						    XBB_MOVE_COPY;
	unsigned int nr = 0;
	unsigned int i;

	if (move == XBB_MOVE_MAP)
		nr = xgh_persist_count_busy(&queue->persist);
	for (i = 0; i < queue->ring.nr_slots; i++) {
		const struct xbb_req *req = &queue->reqs[i];

		if (req->left && req->move == move)
			nr += req->nr_pages;
	}
	return nr;
}
