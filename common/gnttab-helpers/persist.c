// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the grants that stay mapped. Runs in the thread of the queue that owns
 * the store.
 */
#include "persist.h"
#include "async_unmap.h"
#include "xgh_internal.h"

/**
 * xgh_persist_init() - make an empty store
 * @store: the store
 * @limit: how many grants it may keep; 0 for a store that is never asked
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xgh_persist_init(struct xgh_persist *store, unsigned int limit)
{
	store->nr = 0;
	store->limit = limit;
	store->full = false;
	store->table = NULL;
	if (!limit)
		return 0;
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

	if (store->nr >= store->limit) {
		store->full |= store->nr && !xgh_persist_find(store, gref);
		return NULL;
	}
	if (xgh_persist_find(store, gref))
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

static bool xgh_persist_is_due(const struct xgh_pgrant *pgrant,
			       unsigned long before)
{
	return !pgrant->users && !time_after(pgrant->used_at, before) &&
	       !xgh_map_is_busy(&pgrant->map);
}

static void xgh_persist_forget(struct xgh_persist *store,
			       struct xgh_unmap_batch *batch,
			       struct xgh_pgrant *pgrant)
{
	if (batch->nr == batch->max)
		xgh_unmap_batch_flush(batch);
	xgh_unmap_batch_add(batch, &pgrant->map);
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
 * Looks at every grant, so that using one costs nothing but a time stamp. A
 * page that somebody else still looks at stays.
 *
 * Context: Process; owner of the store. May sleep.
 * Return: how many have left the store.
 */
unsigned int xgh_persist_reap(struct xgh_persist *store,
			      struct xgh_unmap_batch *batch,
			      unsigned long before)
{
	struct xgh_pgrant *pgrant;
	struct hlist_node *next;
	unsigned int had = store->nr;
	unsigned int i;

	for (i = 0; had && i < 1u << XGH_PERSIST_BITS; i++)
		hlist_for_each_entry_safe(pgrant, next, &store->table[i],
					  bucket)
			if (xgh_persist_is_due(pgrant, before))
				xgh_persist_forget(store, batch, pgrant);
	xgh_unmap_batch_flush(batch);
	return had - store->nr;
}
EXPORT_SYMBOL_GPL(xgh_persist_reap);

static int xgh_persist_compare(const void *a, const void *b)
{
	const struct xgh_pgrant *const *x = a;
	const struct xgh_pgrant *const *y = b;

	if ((*x)->used_at == (*y)->used_at)
		return 0;
	return time_before((*x)->used_at, (*y)->used_at) ? -1 : 1;
}

/* All that could go, those that were used least recently first. */
static unsigned int xgh_persist_rank(const struct xgh_persist *store,
				     struct xgh_pgrant **ranked)
{
	struct xgh_pgrant *pgrant;
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < 1u << XGH_PERSIST_BITS; i++)
		hlist_for_each_entry(pgrant, &store->table[i], bucket)
			if (xgh_persist_is_due(pgrant, jiffies))
				ranked[nr++] = pgrant;
	sort(ranked, nr, sizeof(*ranked), xgh_persist_compare, NULL);
	return nr;
}

/**
 * xgh_persist_evict() - make room in a store that is full
 * @store: the store
 * @batch: unmaps them; flushed when it returns
 * @nr: how many shall go, those first that were used least recently
 *
 * Sorts them for it, so that using one costs nothing but a time stamp: to be
 * called now and then, not for each request that finds no room. Fewer go if
 * others are in use, none if there is no memory.
 *
 * Context: Process; owner of the store. May sleep.
 * Return: how many have left the store.
 */
unsigned int xgh_persist_evict(struct xgh_persist *store,
			       struct xgh_unmap_batch *batch, unsigned int nr)
{
	unsigned int idle = 0;
	struct xgh_pgrant **ranked;
	unsigned int i;

	store->full = false;
	ranked = kmalloc_array(store->nr, sizeof(*ranked),
			       GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN);
	if (ranked)
		idle = xgh_persist_rank(store, ranked);
	nr = min(nr, idle);
	for (i = 0; i < nr; i++)
		xgh_persist_forget(store, batch, ranked[i]);
	xgh_unmap_batch_flush(batch);
	kfree(ranked);
	return nr;
}
EXPORT_SYMBOL_GPL(xgh_persist_evict);

static unsigned int xgh_persist_count_idle(const struct xgh_persist *store)
{
	const struct xgh_pgrant *pgrant;
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; i < 1u << XGH_PERSIST_BITS; i++)
		hlist_for_each_entry(pgrant, &store->table[i], bucket)
			nr += !pgrant->users;
	return nr;
}

/**
 * xgh_persist_count_busy() - how many cannot go though no request uses them?
 * @store: the store
 *
 * Context: Process; owner of the store.
 * Return: grants whose pages somebody else looks at.
 */
unsigned int xgh_persist_count_busy(const struct xgh_persist *store)
{
	const struct xgh_pgrant *pgrant;
	unsigned int nr = 0;
	unsigned int i;

	for (i = 0; store->nr && i < 1u << XGH_PERSIST_BITS; i++)
		hlist_for_each_entry(pgrant, &store->table[i], bucket)
			nr += !pgrant->users && xgh_map_is_busy(&pgrant->map);
	return nr;
}
EXPORT_SYMBOL_GPL(xgh_persist_count_busy);

/**
 * xgh_persist_abandon() - have what is left unmapped without waiting for it
 * @store: the store; what could go was reaped
 * @domain: granted the pages
 * @pool: their pool
 *
 * Grants in use stay, and all of them if there is no memory; to be called
 * again later.
 *
 * Context: Process; owner of the store. May sleep.
 */
void xgh_persist_abandon(struct xgh_persist *store, struct xgh_domain *domain,
			 struct xgh_pool *pool)
{
	unsigned int nr = store->nr ? xgh_persist_count_idle(store) : 0;
	struct xgh_async_unmap *set;
	struct xgh_pgrant *pgrant;
	struct hlist_node *next;
	unsigned int i;

	set = nr ? xgh_async_unmap_alloc(domain, pool, nr, true) : NULL;
	if (!set)
		return;
	for (i = 0; i < 1u << XGH_PERSIST_BITS; i++)
		hlist_for_each_entry_safe(pgrant, next, &store->table[i],
					  bucket)
			if (!pgrant->users)
				xgh_persist_forget(store, &set->unmaps, pgrant);
	xgh_async_unmap_start(set, NULL);
}
EXPORT_SYMBOL_GPL(xgh_persist_abandon);
