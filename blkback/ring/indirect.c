// SPDX-License-Identifier: GPL-2.0
/* Owns the memory of indirect requests. */
#include "indirect.h"
#include "queue.h"

#include <linux/slab.h>

static struct kmem_cache *xbb_indirect_cache;

/**
 * xbb_indirect_init() - prepare what requests of all vbds share
 *
 * Context: Process; module init.
 * Return: 0 or -ENOMEM.
 */
int xbb_indirect_init(void)
{
	static_assert(sizeof_field(struct xbb_indirect, raw) <= XEN_PAGE_SIZE);

	xbb_indirect_cache =
		kmem_cache_create("xbb_indirect", sizeof(struct xbb_indirect),
				  sizeof_field(struct xbb_indirect, raw), 0,
				  NULL);
	return xbb_indirect_cache ? 0 : -ENOMEM;
}

/**
 * xbb_indirect_exit() - undo xbb_indirect_init()
 *
 * Context: Process; module exit, no vbd left.
 */
void xbb_indirect_exit(void)
{
	kmem_cache_destroy(xbb_indirect_cache);
}

/**
 * xbb_indirect_prepare() - give a new queue memory for one request
 * @queue: the queue, which counts it
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xbb_indirect_prepare(struct xbb_queue *queue)
{
	queue->spare = kmem_cache_alloc(xbb_indirect_cache, GFP_KERNEL);
	if (!queue->spare)
		return -ENOMEM;
	queue->spare->next = NULL;
	queue->nr_indirect = 1;
	return 0;
}

/*
 * Are all with requests that were left with a former seat? They may never come
 * back, and the present one would be of no use.
 */
static bool xbb_indirect_are_left(const struct xbb_queue *queue)
{
	unsigned int nr = 0;
	unsigned int i;

	if (!xbb_share_must_settle(&queue->share))
		return false;
	for (i = 0; i < queue->ring.nr_slots; i++)
		nr += queue->reqs[i].left && queue->reqs[i].indirect;
	return nr == queue->nr_indirect;
}

/* Whoever has no pages would only wait with it. */
static struct xbb_indirect *xbb_indirect_alloc(struct xbb_queue *queue)
{
	struct xbb_budget *disk = queue->share.disk;
	struct xbb_indirect *indirect;
	bool anyway;

	if (!queue->share.seat.taken)
		return NULL;
	anyway = xbb_indirect_are_left(queue);
	if (!anyway && xbb_share_must_yield(&queue->share))
		return NULL;
	if (!xbb_budget_charge(disk, XGH_POOL_RAM, XBB_INDIRECT_UNITS, anyway))
		return NULL;
	indirect = kmem_cache_alloc(xbb_indirect_cache, GFP_NOIO |
				    __GFP_NORETRY | __GFP_NOWARN);
	if (indirect)
		queue->nr_indirect++;
	else
		xbb_budget_uncharge(disk, XGH_POOL_RAM, XBB_INDIRECT_UNITS);
	return indirect;
}

/**
 * xbb_indirect_get() - get memory for the segments
 * @req: an indirect request, perhaps tried before
 *
 * The queue keeps what it has used. If it has none left and is to have no more,
 * one that is in use will come back, for it always has one beside those of
 * requests that it no longer waits for.
 *
 * Context: The queue's thread. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xbb_indirect_get(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	req->indirect = queue->spare;
	if (req->indirect)
		queue->spare = req->indirect->next;
	else
		req->indirect = xbb_indirect_alloc(queue);
	if (!req->indirect)
		return -ENOMEM;

	req->segs = req->indirect->segs;
	req->vecs = req->indirect->vecs;
	return 0;
}

/**
 * xbb_indirect_put() - give it back
 * @req: with or without such memory
 *
 * Context: The queue's thread.
 */
void xbb_indirect_put(struct xbb_req *req)
{
	if (!req->indirect)
		return;
	req->indirect->next = req->queue->spare;
	req->queue->spare = req->indirect;
	req->indirect = NULL;
}

/**
 * xbb_indirect_trim() - give memory for indirect requests back
 * @queue: the queue
 * @keep: how many may stay
 *
 * Context: The queue's thread, or whoever destroys the queue.
 */
void xbb_indirect_trim(struct xbb_queue *queue, unsigned int keep)
{
	struct xbb_indirect **end = &queue->spare;
	struct xbb_indirect *spare;
	unsigned int nr = 0;

	while (*end && keep--)
		end = &(*end)->next;
	for (; (spare = *end); nr++) {
		*end = spare->next;
		kmem_cache_free(xbb_indirect_cache, spare);
	}
	queue->nr_indirect -= nr;
	/* The first one was not charged. */
	if (nr && !queue->nr_indirect)
		nr--;
	if (nr)
		xbb_budget_uncharge(queue->share.disk, XGH_POOL_RAM,
				    nr * XBB_INDIRECT_UNITS);
}

/**
 * xbb_indirect_give() - give so much of what is not in use back
 * @queue: the queue, which keeps one in any case
 * @units: how much, in units of 4 KiB; UINT_MAX: all
 *
 * Context: The queue's thread.
 */
void xbb_indirect_give(struct xbb_queue *queue, unsigned int units)
{
	unsigned int less = DIV_ROUND_UP_ULL(units, XBB_INDIRECT_UNITS);
	const struct xbb_indirect *spare;
	unsigned int nr = 0;

	for (spare = queue->spare; units && spare; spare = spare->next)
		nr++;
	if (units && nr)
		xbb_indirect_trim(queue, max(nr - min(nr, less), 1u));
}
