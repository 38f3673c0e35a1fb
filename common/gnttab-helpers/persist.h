/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grants that stay mapped between requests, because the frontend promised to
 * use the same ones again. Found by gref in constant time, forgotten when they
 * have not been used for long.
 *
 * A store belongs to one thread of execution and never locks.
 */
#ifndef XGH_PERSIST_H
#define XGH_PERSIST_H

#include <linux/list.h>
#include <linux/types.h>

#include "map.h"

/**
 * struct xgh_pgrant - a grant that stays mapped
 */
struct xgh_pgrant {
	/** @bucket: in the store's table */
	struct hlist_node bucket;
	/** @idle: on the store's list while nobody uses it, longest first */
	struct list_head idle;
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
	/** @idle: those that nobody uses, longest first */
	struct list_head idle;
	/** @nr: how many there are */
	unsigned int nr;
	/** @limit: how many there may be */
	unsigned int limit;
};

int xgh_persist_init(struct xgh_persist *store, unsigned int limit);
void xgh_persist_free(struct xgh_persist *store);
struct xgh_pgrant *xgh_persist_get(struct xgh_persist *store, grant_ref_t gref);
struct xgh_pgrant *xgh_persist_adopt(struct xgh_persist *store,
				     grant_ref_t gref,
				     const struct xgh_map *map);
void xgh_persist_put(struct xgh_persist *store, struct xgh_pgrant *pgrant);
unsigned int xgh_persist_reap(struct xgh_persist *store,
			      struct xgh_unmap_batch *batch,
			      unsigned long before);

/**
 * xgh_persist_has_idle() - is there anything that may be forgotten?
 * @store: the store
 *
 * Context: Any; owner of the store.
 * Return: whether a grant is mapped that no request uses.
 */
static inline bool xgh_persist_has_idle(const struct xgh_persist *store)
{
	return !list_empty(&store->idle);
}

#endif /* XGH_PERSIST_H */
