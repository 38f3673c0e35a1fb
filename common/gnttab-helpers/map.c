// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the mapping and unmapping of grants. The kernel's gnttab_map_refs()
 * does the work, since only it can enter a foreign frame in the p2m of a PV
 * domain. Process context.
 */
#include "map.h"
#include "faults.h"
#include "status.h"
#include "xgh_internal.h"

/**
 * xgh_map_batch_init() - make an empty batch
 * @batch: the batch
 * @otherend: the domain that grants
 * @max: number of operations it can collect
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xgh_map_batch_init(struct xgh_map_batch *batch, domid_t otherend,
		       unsigned int max)
{
	batch->otherend = otherend;
	batch->waited = false;
	batch->tally = NULL;
	batch->nr = 0;
	batch->max = max;
	batch->ops = kvcalloc(max, sizeof(*batch->ops), GFP_KERNEL);
	batch->pages = kvcalloc(max, sizeof(*batch->pages), GFP_KERNEL);
	batch->maps = kvcalloc(max, sizeof(*batch->maps), GFP_KERNEL);
	batch->errs = kvcalloc(max, sizeof(*batch->errs), GFP_KERNEL);
	if (batch->ops && batch->pages && batch->maps && batch->errs)
		return 0;

	xgh_map_batch_free(batch);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(xgh_map_batch_init);

/**
 * xgh_map_batch_free() - free the memory of an empty batch
 * @batch: the batch; all zero is fine
 *
 * Context: Process. May sleep.
 */
void xgh_map_batch_free(struct xgh_map_batch *batch)
{
	kvfree(batch->ops);
	kvfree(batch->pages);
	kvfree(batch->maps);
	kvfree(batch->errs);
	memset(batch, 0, sizeof(*batch));
}
EXPORT_SYMBOL_GPL(xgh_map_batch_free);

static void *xgh_map_page_addr(struct page *page)
{
	return pfn_to_kaddr(page_to_pfn(page));
}

/**
 * xgh_map_batch_add() - collect one map
 * @batch: the batch; it has room
 * @map: its page is set; the handle is set at the flush
 * @gref: the grant
 * @readonly: map it for reading only
 * @err: gets a negative errno if the map fails and is left alone otherwise;
 *	 several maps may share it
 *
 * @map and @err must stay where they are until the flush.
 *
 * Context: Any; owner of the batch.
 */
void xgh_map_batch_add(struct xgh_map_batch *batch, struct xgh_map *map,
		       grant_ref_t gref, bool readonly, int *err)
{
	unsigned int i = batch->nr++;
	u32 flags = GNTMAP_host_map | (readonly ? GNTMAP_readonly : 0);

	map->handle = INVALID_GRANT_HANDLE;
	gnttab_set_map_op(&batch->ops[i],
			  (unsigned long)xgh_map_page_addr(map->page), flags,
			  gref, batch->otherend);
	/* What stands here if the hypercall never gets to this operation. */
	batch->ops[i].status = GNTST_general_error;
	batch->ops[i].handle = INVALID_GRANT_HANDLE;
	batch->pages[i] = map->page;
	batch->maps[i] = map;
	batch->errs[i] = err;
}
EXPORT_SYMBOL_GPL(xgh_map_batch_add);

/*
 * The kernel does not tell that it has slept for a frame, but it sleeps for
 * nothing else, and for a tick at least. With PREEMPT_RT it also does for a
 * lock that somebody else has, which hardly ever takes so long.
 */
static bool xgh_map_has_waited(unsigned long slept, unsigned long since)
{
	return current->nvcsw != slept && time_after(jiffies, since);
}

/**
 * xgh_map_batch_flush() - map what was collected
 * @batch: the batch; empty afterwards
 *
 * Every operation is judged by its own status (XSA-361, XSA-365): afterwards
 * a map has a valid handle or its error is set, never both. Nothing is called
 * for an empty batch.
 *
 * Context: Process; owner of the batch. May sleep, up to 33 s for each frame
 * of the otherend that is paged out, one after the other; xgh_copy_probe()
 * tells beforehand. One that stays away ends in -EIO.
 * Return: number of maps that failed.
 */
unsigned int xgh_map_batch_flush(struct xgh_map_batch *batch)
{
	unsigned long slept = current->nvcsw;
	unsigned long since = jiffies;
	unsigned int failed = 0;
	unsigned int i;

	if (!batch->nr)
		return 0;

	/* Its summary value says nothing that the statuses do not. */
	gnttab_map_refs(batch->ops, NULL, batch->pages, batch->nr);
	batch->waited |= xgh_map_has_waited(slept, since);
	xgh_faults_maps(batch->ops, batch->pages, batch->nr);
	xgh_tally_add(batch->tally, batch->nr);

	for (i = 0; i < batch->nr; i++) {
		int err = xgh_status_to_errno(batch->ops[i].status);

		if (err) {
			*batch->errs[i] = err;
			failed++;
			continue;
		}
		batch->maps[i]->handle = batch->ops[i].handle;
	}
	batch->nr = 0;
	return failed;
}
EXPORT_SYMBOL_GPL(xgh_map_batch_flush);

/**
 * xgh_unmap_batch_init() - make an empty batch
 * @batch: the batch
 * @pool: where unmapped pages go
 * @max: number of operations it can collect
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xgh_unmap_batch_init(struct xgh_unmap_batch *batch, struct xgh_pool *pool,
			 unsigned int max)
{
	batch->pool = pool;
	batch->tally = NULL;
	batch->nr = 0;
	batch->max = max;
	batch->ops = kvcalloc(max, sizeof(*batch->ops), GFP_KERNEL);
	batch->pages = kvcalloc(max, sizeof(*batch->pages), GFP_KERNEL);
	if (batch->ops && batch->pages)
		return 0;

	xgh_unmap_batch_free(batch);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(xgh_unmap_batch_init);

/**
 * xgh_unmap_batch_free() - free the memory of an empty batch
 * @batch: the batch; all zero is fine
 *
 * Context: Process. May sleep.
 */
void xgh_unmap_batch_free(struct xgh_unmap_batch *batch)
{
	kvfree(batch->ops);
	kvfree(batch->pages);
	memset(batch, 0, sizeof(*batch));
}
EXPORT_SYMBOL_GPL(xgh_unmap_batch_free);

/**
 * xgh_unmap_batch_add() - collect one unmap
 * @batch: the batch; it has room
 * @map: a map with a valid handle that is not busy; not mapped and without a
 *	 page afterwards
 *
 * Context: Any; owner of the batch.
 */
void xgh_unmap_batch_add(struct xgh_unmap_batch *batch, struct xgh_map *map)
{
	unsigned int i = batch->nr++;

	gnttab_set_unmap_op(&batch->ops[i],
			    (unsigned long)xgh_map_page_addr(map->page),
			    GNTMAP_host_map, map->handle);
	batch->ops[i].status = GNTST_general_error;
	batch->pages[i] = map->page;
	map->handle = INVALID_GRANT_HANDLE;
	map->page = NULL;
}
EXPORT_SYMBOL_GPL(xgh_unmap_batch_add);

/**
 * xgh_unmap_batch_is_busy() - does anybody else still look at a page?
 * @batch: the batch
 *
 * Context: Any; owner of the batch.
 * Return: true while unmapping is not safe, see xgh_map_is_busy().
 */
bool xgh_unmap_batch_is_busy(const struct xgh_unmap_batch *batch)
{
	unsigned int i;

	for (i = 0; i < batch->nr; i++)
		if (xgh_map_page_is_busy(batch->pages[i]))
			return true;
	return false;
}

/**
 * xgh_unmap_batch_issue() - unmap what was collected, leave the pages alone
 * @batch: the batch, not empty; to be settled before anything is added
 *
 * Context: Process; owner of the batch.
 */
void xgh_unmap_batch_issue(struct xgh_unmap_batch *batch)
{
	gnttab_unmap_refs(batch->ops, NULL, batch->pages, batch->nr);
	xgh_faults_unmaps(batch->ops, batch->nr);
	xgh_tally_add(batch->tally, batch->nr);
}

static void xgh_unmap_put_page(struct xgh_pool *pool, struct page *page)
{
	if (pool)
		xgh_pool_put(pool, page);
	else
		gnttab_free_pages(1, &page);
}

/**
 * xgh_unmap_batch_settle() - give the pages back
 * @batch: issued; empty afterwards
 *
 * A page that cannot be unmapped is never used again: whoever wrote to it
 * would write to the guest. Pages of a batch without a pool are freed.
 *
 * Context: Process; owner of the batch and its pool.
 * Return: number of unmaps that failed. No guest can make one fail.
 */
unsigned int xgh_unmap_batch_settle(struct xgh_unmap_batch *batch)
{
	unsigned int failed = 0;
	unsigned int i;

	for (i = 0; i < batch->nr; i++) {
		if (batch->ops[i].status == GNTST_okay) {
			xgh_unmap_put_page(batch->pool, batch->pages[i]);
			continue;
		}
		if (batch->pool)
			xgh_pool_lose(batch->pool);
		failed++;
	}
	if (failed)
		pr_err_ratelimited("xen-gnttab-helpers: %u of %u grants could not be unmapped\n",
				   failed, batch->nr);
	batch->nr = 0;
	return failed;
}

/**
 * xgh_unmap_batch_flush() - unmap what was collected and give the pages back
 * @batch: the batch; empty afterwards
 *
 * Nothing is called for an empty batch.
 *
 * Context: Process; owner of the batch.
 * Return: as xgh_unmap_batch_settle().
 */
unsigned int xgh_unmap_batch_flush(struct xgh_unmap_batch *batch)
{
	if (!batch->nr)
		return 0;
	xgh_unmap_batch_issue(batch);
	return xgh_unmap_batch_settle(batch);
}
EXPORT_SYMBOL_GPL(xgh_unmap_batch_flush);
