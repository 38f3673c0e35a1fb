/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bounded pool of pages: either pages into which grants can be mapped, or
 * ordinary memory that grants are copied from and to.
 *
 * Owned by one thread of execution; nothing here locks.
 */
#ifndef XGH_POOL_H
#define XGH_POOL_H

#include <linux/types.h>

#include <xen/grant_table.h>

struct page;

/**
 * enum xgh_pool_kind - what the pages are for
 * @XGH_POOL_MAP: grants are mapped into them
 * @XGH_POOL_RAM: ordinary memory
 * @XGH_POOL_KINDS: their number
 */
enum xgh_pool_kind {
	XGH_POOL_MAP,
	XGH_POOL_RAM,
	XGH_POOL_KINDS,
};

/**
 * struct xgh_pool - pages in use and at rest
 */
struct xgh_pool {
	/** @kind: what the pages are for */
	enum xgh_pool_kind kind;
	/** @limit: most pages that may be in use at once; the owner's */
	unsigned int limit;
	/** @in_use: pages handed out; the owner's */
	unsigned int in_use;
	/** @peak: the most that were so; the owner lowers it when it likes */
	unsigned int peak;
	/** @lost: pages that could not be unmapped and stay out for ever */
	unsigned int lost;
	/** @idle: page put last, each leads to the next (XGH_POOL_RAM) */
	struct page *idle;
	/** @nr_idle: their number (XGH_POOL_RAM) */
	unsigned int nr_idle;
	/** @mappable: pages at rest (XGH_POOL_MAP) */
	struct gnttab_page_cache mappable;
};

void xgh_pool_init(struct xgh_pool *pool, enum xgh_pool_kind kind);
int xgh_pool_get(struct xgh_pool *pool, struct page **page);
void xgh_pool_put(struct xgh_pool *pool, struct page *page);
void xgh_pool_part(struct xgh_pool *pool, unsigned int nr);
void xgh_pool_lose(struct xgh_pool *pool);
void xgh_pool_trim(struct xgh_pool *pool, unsigned int keep);
void xgh_pool_destroy(struct xgh_pool *pool);

/**
 * xgh_pool_room() - how many more pages the limit allows
 * @pool: the pool
 *
 * Context: Any; owner of the pool.
 * Return: number of pages that xgh_pool_get() will not refuse with -EAGAIN.
 */
static inline unsigned int xgh_pool_room(const struct xgh_pool *pool)
{
	return pool->limit - pool->in_use;
}

#endif /* XGH_POOL_H */
