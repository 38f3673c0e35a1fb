// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the grants that stay mapped. Runs in the thread of the queue that owns
 * the store.
 */
#include "persist.h"
#include "xgh_internal.h"

/* Frontends hand out grefs in runs, so neighbours go to different buckets. */
#define XGH_PERSIST_BITS	9

static struct hlist_head *xgh_persist_bucket(struct xgh_persist *store,
					     grant_ref_t gref)
{
	return &store->table[gref & ((1u << XGH_PERSIST_BITS) - 1)];
}

/**
 * xgh_persist_init() - make an empty store
 * @store: the store
 * @limit: how many grants it may keep
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xgh_persist_init(struct xgh_persist *store, unsigned int limit)
{
	INIT_LIST_HEAD(&store->idle);
	store->nr = 0;
	store->limit = limit;
	store->table = kvcalloc(1u << XGH_PERSIST_BITS, sizeof(*store->table),
				GFP_KERNEL);
	return store->table ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(xgh_persist_init);

/**
 * xgh_persist_free() - free the memory of an empty store
 * @store: the store; reaped to the last grant, or never initialised
 *
 * Context: Process. May sleep.
 */
void xgh_persist_free(struct xgh_persist *store)
{
	WARN_ON_ONCE(store->nr);
	kvfree(store->table);
	store->table = NULL;
}
EXPORT_SYMBOL_GPL(xgh_persist_free);

static struct xgh_pgrant *xgh_persist_find(struct xgh_persist *store,
					   grant_ref_t gref)
{
	struct xgh_pgrant *pgrant;

	hlist_for_each_entry(pgrant, xgh_persist_bucket(store, gref), bucket)
		if (pgrant->gref == gref)
			return pgrant;
	return NULL;
}

/**
 * xgh_persist_get() - use a grant that is mapped already
 * @store: the store
 * @gref: the grant
 *
 * Two requests may use the same grant at once; what the guest makes of it is
 * its own affair.
 *
 * Context: Any; owner of the store.
 * Return: the grant, until xgh_persist_put(), or NULL if it is not mapped.
 */
struct xgh_pgrant *xgh_persist_get(struct xgh_persist *store, grant_ref_t gref)
{
	struct xgh_pgrant *pgrant = xgh_persist_find(store, gref);

	if (pgrant && !pgrant->users++)
		list_del(&pgrant->idle);
	return pgrant;
}
EXPORT_SYMBOL_GPL(xgh_persist_get);

/**
 * xgh_persist_adopt() - keep a grant that has just been mapped
 * @store: the store
 * @gref: the grant
 * @map: its mapping, writable; the store's own from now on, if it takes it
 *
 * Context: Process; owner of the store. May sleep.
 * Return: the grant, in use until xgh_persist_put(), or NULL if the store is
 * full, has that grant already, or there is no memory.
 */
struct xgh_pgrant *xgh_persist_adopt(struct xgh_persist *store,
				     grant_ref_t gref,
				     const struct xgh_map *map)
{
	struct xgh_pgrant *pgrant;

	if (store->nr >= store->limit || xgh_persist_find(store, gref))
		return NULL;

	pgrant = kmalloc(sizeof(*pgrant),
			 GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN);
	if (!pgrant)
		return NULL;

	pgrant->map = *map;
	pgrant->gref = gref;
	pgrant->users = 1;
	hlist_add_head(&pgrant->bucket, xgh_persist_bucket(store, gref));
	store->nr++;
	return pgrant;
}
EXPORT_SYMBOL_GPL(xgh_persist_adopt);

/**
 * xgh_persist_put() - a request has done with a grant
 * @store: the store
 * @pgrant: from xgh_persist_get() or xgh_persist_adopt()
 *
 * Context: Any; owner of the store.
 */
void xgh_persist_put(struct xgh_persist *store, struct xgh_pgrant *pgrant)
{
	if (--pgrant->users)
		return;
	pgrant->used_at = jiffies;
	list_add_tail(&pgrant->idle, &store->idle);
}
EXPORT_SYMBOL_GPL(xgh_persist_put);

static void xgh_persist_forget(struct xgh_persist *store,
			       struct xgh_unmap_batch *batch,
			       struct xgh_pgrant *pgrant)
{
	if (batch->nr == batch->max)
		xgh_unmap_batch_flush(batch);
	xgh_unmap_batch_add(batch, &pgrant->map);
	list_del(&pgrant->idle);
	hlist_del(&pgrant->bucket);
	kfree(pgrant);
	store->nr--;
}

/**
 * xgh_persist_reap() - unmap what has not been used for long
 * @store: the store
 * @batch: unmaps it; flushed when it returns
 * @before: unmap what was used last before or at that time, in jiffies
 *
 * A page that somebody else still looks at stays.
 *
 * Context: Process; owner of the store. May sleep.
 * Return: how many were unmapped.
 */
unsigned int xgh_persist_reap(struct xgh_persist *store,
			      struct xgh_unmap_batch *batch,
			      unsigned long before)
{
	struct xgh_pgrant *pgrant, *next;
	unsigned int reaped = 0;

	list_for_each_entry_safe(pgrant, next, &store->idle, idle) {
		if (time_after(pgrant->used_at, before))
			break;
		if (xgh_map_is_busy(&pgrant->map))
			continue;
		xgh_persist_forget(store, batch, pgrant);
		reaped++;
	}
	xgh_unmap_batch_flush(batch);
	return reaped;
}
EXPORT_SYMBOL_GPL(xgh_persist_reap);
