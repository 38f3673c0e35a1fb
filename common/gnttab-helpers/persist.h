/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grants that stay mapped between requests, because the frontend promised to
 * use the same ones again. Found by gref in constant time; forgotten when they
 * have not been used for long, or where the store is full and others ask for
 * room, those first that were used least recently.
 *
 * A store belongs to one thread of execution and never locks.
 */
#ifndef XGH_PERSIST_H
#define XGH_PERSIST_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>

#include "map.h"

struct xgh_domain;

/**
 * struct xgh_pgrant - a grant that stays mapped
 */
struct xgh_pgrant {
	/** @bucket: in the store's table */
	struct hlist_node bucket;
	/** @used_at: when it was used last, in jiffies */
	unsigned long used_at;
	/** @map: the mapping, writable */
	struct xgh_map map;
	/** @gref: the grant */
	grant_ref_t gref;
	/** @users: requests that use it now */
	unsigned int users;
};

/**
 * struct xgh_persist - all that stay mapped for a queue
 */
struct xgh_persist {
	/** @table: the grants by gref */
	struct hlist_head *table;
	/** @nr: how many there are */
	unsigned int nr;
	/** @limit: how many there may be */
	unsigned int limit;
	/** @full: one had to be turned away; until the next eviction */
	bool full;
};

int xgh_persist_init(struct xgh_persist *store, unsigned int limit);
void xgh_persist_free(struct xgh_persist *store);
struct xgh_pgrant *xgh_persist_adopt(struct xgh_persist *store,
				     grant_ref_t gref,
				     const struct xgh_map *map);
unsigned int xgh_persist_reap(struct xgh_persist *store,
			      struct xgh_unmap_batch *batch,
			      unsigned long before);
unsigned int xgh_persist_evict(struct xgh_persist *store,
			       struct xgh_unmap_batch *batch, unsigned int nr);
unsigned int xgh_persist_count_busy(const struct xgh_persist *store);
void xgh_persist_abandon(struct xgh_persist *store, struct xgh_domain *domain,
			 struct xgh_pool *pool);

/* log2 of the buckets; with neighbouring grefs there is one grant in each */
#define XGH_PERSIST_BITS	10

/**
 * xgh_persist_is_used() - may grants stay mapped at all?
 * @store: the store
 *
 * Context: Any; owner of the store.
 * Return: false for a store that is never asked; one whose limit is 0 for now
 * may have grants.
 */
static inline bool xgh_persist_is_used(const struct xgh_persist *store)
{
	return store->table;
}

/**
 * xgh_persist_bucket() - where a grant would be
 * @store: the store
 * @gref: the grant; frontends hand them out in runs
 *
 * Context: Any; owner of the store.
 * Return: the bucket.
 */
static inline struct hlist_head *
xgh_persist_bucket(const struct xgh_persist *store, grant_ref_t gref)
{
	return &store->table[gref & ((1u << XGH_PERSIST_BITS) - 1)];
}

/**
 * xgh_persist_find() - look a grant up
 * @store: the store
 * @gref: the grant
 *
 * Context: Any; owner of the store.
 * Return: the grant, or NULL if it is not mapped.
 */
static inline struct xgh_pgrant *
xgh_persist_find(const struct xgh_persist *store, grant_ref_t gref)
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
static inline struct xgh_pgrant *
xgh_persist_get(const struct xgh_persist *store, grant_ref_t gref)
{
	struct xgh_pgrant *pgrant = xgh_persist_find(store, gref);

	if (pgrant)
		pgrant->users++;
	return pgrant;
}

/**
 * xgh_persist_put() - a request has done with a grant
 * @pgrant: from xgh_persist_get() or xgh_persist_adopt()
 *
 * Context: Any; owner of the store.
 */
static inline void xgh_persist_put(struct xgh_pgrant *pgrant)
{
	pgrant->users--;
	pgrant->used_at = jiffies;
}

#endif /* XGH_PERSIST_H */
