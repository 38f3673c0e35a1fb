// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a request and all that it holds: segments, pages, grant
 * operations. Runs in the queue's thread except where it says otherwise.
 */
#include "request.h"
#include "barrier.h"
#include "queue.h"
#include "device/vbd.h"

#include "gnttab-helpers/domain.h"

#include <linux/sched.h>
#include <linux/slab.h>

static struct kmem_cache *xbb_indirect_cache;

/**
 * xbb_req_memory_init() - prepare what requests of all vbds share
 *
 * Context: Process; module init.
 * Return: 0 or -ENOMEM.
 */
int xbb_req_memory_init(void)
{
	static_assert(sizeof_field(struct xbb_indirect, raw) <= XEN_PAGE_SIZE);

	xbb_indirect_cache =
		kmem_cache_create("xbb_indirect", sizeof(struct xbb_indirect),
				  sizeof_field(struct xbb_indirect, raw), 0,
				  NULL);
	return xbb_indirect_cache ? 0 : -ENOMEM;
}

/**
 * xbb_req_memory_exit() - undo xbb_req_memory_init()
 *
 * Context: Process; module exit, no vbd left.
 */
void xbb_req_memory_exit(void)
{
	kmem_cache_destroy(xbb_indirect_cache);
}

/**
 * xbb_indirect_alloc() - memory for the segments of an indirect request
 * @gfp: how
 *
 * Context: As @gfp allows.
 * Return: the memory or NULL.
 */
struct xbb_indirect *xbb_indirect_alloc(gfp_t gfp)
{
	struct xbb_indirect *indirect;

	indirect = kmem_cache_alloc(xbb_indirect_cache, gfp);
	if (indirect)
		indirect->next = NULL;
	return indirect;
}

/**
 * xbb_indirect_free() - give it back
 * @indirect: from xbb_indirect_alloc()
 *
 * Context: Process.
 */
void xbb_indirect_free(struct xbb_indirect *indirect)
{
	kmem_cache_free(xbb_indirect_cache, indirect);
}

/**
 * xbb_req_take() - get an unused request
 * @queue: the queue
 *
 * Context: The queue's thread.
 * Return: the request, or NULL if all are in use. A ring never has more
 * unanswered requests than slots, and there is a request for each slot.
 */
struct xbb_req *xbb_req_take(struct xbb_queue *queue)
{
	struct xbb_req *req = queue->free;

	if (!req)
		return NULL;
	queue->free = req->next;
	queue->nr_live++;
	req->turn = queue->turn++;
	return req;
}

/**
 * xbb_req_begin() - start the life of a request
 * @req: from xbb_req_take()
 * @cmd: what the frontend asked for; acceptable or not
 *
 * Context: The queue's thread.
 */
void xbb_req_begin(struct xbb_req *req, const struct xbb_cmd *cmd)
{
	req->id = cmd->id;
	req->op = cmd->op;
	req->sector = cmd->sector;
	req->nr_segs = cmd->nr_segs;
	req->unfetched = cmd->indirect;
	req->frame.extent.gref = cmd->indirect_gref;
	req->nr_sectors = 0;
	req->secure = cmd->secure;
	req->discard_left = cmd->nr_sectors;
	req->error = 0;
	req->retries = 0;
	req->unmap = NULL;
	req->nr_pages = 0;
	req->nr_new = 0;
	req->move = XBB_MOVE_NONE;
	req->alone = true;
	req->segs = req->few;
	req->vecs = req->few_vecs;
	req->indirect = NULL;
}

/**
 * xbb_req_accept() - check the segments and plan how the data moves
 * @req: the request; as many segments as it says
 * @segs: private copy of the segments
 *
 * Context: The queue's thread.
 * Return: 0 or why the request is refused.
 */
int xbb_req_accept(struct xbb_req *req,
		   const struct blkif_request_segment *segs)
{
	const struct xbb_vbd *vbd = req->queue->vbd;
	struct xbb_seg *seg = req->segs;
	struct xbb_seg *end = seg + req->nr_segs;
	unsigned int nr_sectors = 0;
	unsigned int edges = 0;

	for (; seg < end; seg++) {
		int sectors = xbb_proto_check_seg(segs++, &seg->extent);

		if (sectors < 0)
			return sectors;
		nr_sectors += sectors;
		edges |= seg->extent.first | sectors;
	}
	req->nr_sectors = nr_sectors;
	if (!nr_sectors)
		req->sector = 0;
	req->unfetched = false;
	req->move = xbb_plan_move(&vbd->policy, req->op, req->nr_segs,
				  xbb_plan_is_aligned(&vbd->policy, edges));
	/* Mapping would sleep for frames that are paged out. */
	if (req->move == XBB_MOVE_MAP && xgh_domain_is_away(req->queue->domain))
		req->move = XBB_MOVE_COPY;
	return xbb_proto_check_range(&vbd->limits, req->op, req->sector,
				     req->nr_sectors);
}

/**
 * xbb_req_get_indirect() - get memory for the segments
 * @req: an indirect request, perhaps tried before
 *
 * The queue keeps what it has used. If it has none left and neither has the
 * system, one that is in use will come back, for it always has one.
 *
 * Context: The queue's thread. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xbb_req_get_indirect(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	req->indirect = queue->spare;
	if (req->indirect)
		queue->spare = req->indirect->next;
	else
		req->indirect = xbb_indirect_alloc(GFP_NOIO | __GFP_NORETRY |
						   __GFP_NOWARN);
	if (!req->indirect)
		return -ENOMEM;

	req->segs = req->indirect->segs;
	req->vecs = req->indirect->vecs;
	return 0;
}

/**
 * xbb_req_put_indirect() - give it back
 * @req: with or without such memory
 *
 * Context: The queue's thread.
 */
void xbb_req_put_indirect(struct xbb_req *req)
{
	if (!req->indirect)
		return;
	req->indirect->next = req->queue->spare;
	req->queue->spare = req->indirect;
	req->indirect = NULL;
}

/**
 * xbb_req_trim_indirect() - give memory for indirect requests back
 * @queue: the queue
 * @keep: how many may stay
 *
 * Context: The queue's thread, or whoever destroys the queue.
 */
void xbb_req_trim_indirect(struct xbb_queue *queue, unsigned int keep)
{
	struct xbb_indirect **end = &queue->spare;
	struct xbb_indirect *spare;

	while (*end && keep--)
		end = &(*end)->next;
	while ((spare = *end)) {
		*end = spare->next;
		xbb_indirect_free(spare);
	}
}

/* Sets the page if the grant is mapped already. */
static bool xbb_seg_find_mapped(struct xbb_queue *queue, struct xbb_seg *seg)
{
	seg->pgrant = NULL;
	if (!queue->persist.limit)
		return false;
	seg->pgrant = xgh_persist_get(&queue->persist, seg->extent.gref);
	if (!seg->pgrant)
		return false;
	seg->map.page = seg->pgrant->map.page;
	return true;
}

/**
 * xbb_seg_get_mapped() - find the mapping of a grant, or a page for a new one
 * @queue: the queue
 * @seg: its grant is set
 *
 * Context: The queue's thread. May sleep.
 * Return: 0, or as xgh_pool_get().
 */
int xbb_seg_get_mapped(struct xbb_queue *queue, struct xbb_seg *seg)
{
	if (xbb_seg_find_mapped(queue, seg))
		return 0;
	seg->map.handle = INVALID_GRANT_HANDLE;
	return xgh_pool_get(&queue->map_pool, &seg->map.page);
}

/**
 * xbb_seg_adopt() - let a new mapping stay
 * @queue: the queue, of a frontend with persistent grants
 * @seg: has been mapped, successfully or not
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_seg_adopt(struct xbb_queue *queue, struct xbb_seg *seg)
{
	if (xbb_seg_is_mapped_once(seg))
		seg->pgrant = xgh_persist_adopt(&queue->persist,
						seg->extent.gref, &seg->map);
}

static void xbb_seg_add_unmap(struct xbb_queue *queue, struct xbb_seg *seg)
{
	if (!xbb_seg_is_mapped_once(seg))
		return;
	if (queue->unmaps.nr == queue->unmaps.max)
		xgh_unmap_batch_flush(&queue->unmaps);
	xgh_unmap_batch_add(&queue->unmaps, &seg->map);
}

static void xbb_seg_put_page(struct xbb_queue *queue, struct xbb_seg *seg)
{
	if (seg->pgrant)
		xgh_persist_put(seg->pgrant);
	else if (seg->map.page)
		xgh_pool_put(&queue->map_pool, seg->map.page);
}

/**
 * xbb_seg_release_mapped() - have done with a mapping
 * @queue: the queue; the caller flushes its unmaps
 * @seg: from xbb_seg_get_mapped(), mapped, staying or neither
 *
 * Context: The queue's thread.
 */
void xbb_seg_release_mapped(struct xbb_queue *queue, struct xbb_seg *seg)
{
	xbb_seg_add_unmap(queue, seg);
	xbb_seg_put_page(queue, seg);
}

/**
 * xbb_req_put_pages() - give all pages back
 * @req: nothing of it is mapped but what stays so
 *
 * Context: The queue's thread.
 */
void xbb_req_put_pages(struct xbb_req *req)
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

/* A vector for each segment. */
static int xbb_req_get_mapped(struct xbb_req *req)
{
	struct bio_vec *vec = req->vecs;
	struct xbb_seg *seg = req->segs;
	struct xbb_seg *end = seg + req->nr_segs;

	for (; seg < end; seg++, vec++) {
		if (!xbb_seg_find_mapped(req->queue, seg)) {
			int err = xbb_seg_get_mapped(req->queue, seg);

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
static int xbb_req_get_ram(struct xbb_req *req)
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
 * xbb_req_get_pages() - get all pages that the data needs
 * @req: an accepted request, perhaps with all of them already
 *
 * Fills in its vectors.
 *
 * Context: The queue's thread. May sleep.
 * Return: 0, -EAGAIN until other requests of the queue give theirs back, or
 * -ENOMEM. None is held after an error.
 */
int xbb_req_get_pages(struct xbb_req *req)
{
	int err = 0;

	/* It had them when its frames were found paged out. */
	if (req->nr_pages)
		return 0;
	if (req->move == XBB_MOVE_MAP)
		err = xbb_req_get_mapped(req);
	else if (req->move == XBB_MOVE_COPY)
		err = xbb_req_get_ram(req);
	if (err)
		xbb_req_put_pages(req);
	return err;
}

/**
 * xbb_req_add_maps() - collect the maps of all segments
 * @req: to be mapped; its pages are there
 *
 * Flushes the batch when it is full.
 *
 * What the guest lets us only read, because the disk is to be written, is
 * mapped read-only; what is to stay mapped will be used for both.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_req_add_maps(struct xbb_req *req)
{
	struct xgh_map_batch *batch = &req->queue->maps;
	bool readonly = req->op != BLKIF_OP_READ && !req->queue->persist.limit;
	unsigned int i;

	for (i = 0; i < req->nr_segs && req->nr_new; i++) {
		struct xbb_seg *seg = &req->segs[i];

		if (seg->pgrant)
			continue;
		if (batch->nr == batch->max)
			xgh_map_batch_flush(batch);
		xgh_map_batch_add(batch, &seg->map, seg->extent.gref, readonly,
				  &req->error);
	}
}

/**
 * xbb_req_adopt_maps() - let new mappings stay, if the frontend wants that
 * @req: has been mapped, successfully or not
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_req_adopt_maps(struct xbb_req *req)
{
	unsigned int i;

	if (!req->nr_new || !req->queue->persist.limit)
		return;
	xbb_share_keep(&req->queue->share, req->nr_new);
	for (i = 0; i < req->nr_segs; i++)
		xbb_seg_adopt(req->queue, &req->segs[i]);
}

/**
 * xbb_req_add_unmaps() - collect the unmaps of all that shall not stay mapped
 * @req: was to be mapped, successfully or not; not busy
 *
 * Flushes the batch when it is full.
 *
 * Context: The queue's thread.
 */
void xbb_req_add_unmaps(struct xbb_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_pages && req->nr_new; i++)
		xbb_seg_add_unmap(req->queue, &req->segs[i]);
}

/**
 * xbb_req_add_copies() - collect the copies of all data
 * @req: to be copied; its pages are there
 * @to_guest: the direction
 *
 * The second try copies everything once more; any further one only what has
 * not been copied yet, and each segment has an error of its own then.
 *
 * The data lies in the request's pages without gaps. Flushes the batch when
 * it is full.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_req_add_copies(struct xbb_req *req, bool to_guest)
{
	struct xgh_copy_batch *batch = &req->queue->copies;
	u32 pos = 0;
	u32 end = 0;
	unsigned int i;

	for (i = 0; i < req->nr_segs; i++) {
		const struct xbb_extent *extent = &req->segs[i].extent;
		u32 begin = end;
		int *err = &req->error;

		end += extent->count * XBB_SECTOR_SIZE;
		if (req->retries) {
			err = &req->segs[i].error;
			if (req->retries > 1 && *err != -EAGAIN)
				pos = end;
			else
				*err = 0;
		}
		while (pos < end) {
			struct xgh_copy_span span = {
				.gref = extent->gref,
				.gref_offset = extent->first * XBB_SECTOR_SIZE +
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
}

/**
 * xbb_req_sum_errors() - what has become of the copies of all segments?
 * @req: was moved, not for the first time; its error is 0, or was final
 *	 before
 *
 * Context: The queue's thread.
 */
void xbb_req_sum_errors(struct xbb_req *req)
{
	unsigned int i;

	if (req->move != XBB_MOVE_COPY)
		return;
	for (i = 0; i < req->nr_segs; i++) {
		int err = req->segs[i].error;

		if (err && (!req->error || req->error == -EAGAIN))
			req->error = err;
	}
}

/**
 * xbb_req_is_busy() - does anybody still look at the mapped pages?
 * @req: a completed request
 *
 * Context: The queue's thread.
 * Return: true while it must not be unmapped.
 */
bool xbb_req_is_busy(const struct xbb_req *req)
{
	unsigned int i;

	for (i = 0; i < req->nr_pages && req->nr_new; i++)
		if (xbb_seg_is_mapped_once(&req->segs[i]) &&
		    xgh_map_is_busy(&req->segs[i].map))
			return true;
	return false;
}

/**
 * xbb_req_done() - hand a request back to its queue
 * @req: all I/O of it is over, or it never got so far
 *
 * Context: Any, hard interrupt included. The queue stays until an RCU grace
 * period after its last request.
 */
void xbb_req_done(struct xbb_req *req)
{
	struct xbb_queue *queue = req->queue;

	/* A thread that is awake looks at the list once more. */
	rcu_read_lock();
	if (llist_add(&req->done, &queue->done) && !READ_ONCE(queue->awake))
		wake_up_process(queue->thread);
	rcu_read_unlock();
}

/**
 * xbb_req_free() - end the life of a request
 * @req: nothing of it is mapped any more
 *
 * Context: The queue's thread.
 */
void xbb_req_free(struct xbb_req *req)
{
	xbb_barrier_over(req);
	xbb_req_put_pages(req);
	xbb_req_put_indirect(req);
	req->next = req->queue->free;
	req->queue->free = req;
	req->queue->nr_live--;
}
