// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the pages of a queue. Mappable pages rest in the kernel's own grant
 * page cache, ordinary ones on a list. All in process context.
 */
#include "pool.h"
#include "xgh_internal.h"

#include <linux/minmax.h>
#include <linux/mm.h>

/**
 * xgh_pool_init() - make an empty pool
 * @pool: the pool
 * @kind: what its pages are for
 *
 * None may be in use until its owner raises the limit.
 *
 * Context: Any.
 */
void xgh_pool_init(struct xgh_pool *pool, enum xgh_pool_kind kind)
{
	pool->kind = kind;
	pool->limit = 0;
	pool->in_use = 0;
	pool->peak = 0;
	pool->lost = 0;
	pool->idle = NULL;
	pool->nr_idle = 0;
	gnttab_page_cache_init(&pool->mappable);
}
EXPORT_SYMBOL_GPL(xgh_pool_init);

static struct page *xgh_pool_take_idle(struct xgh_pool *pool)
{
	struct page *page = pool->idle;

	if (page) {
		pool->idle = (struct page *)page_private(page);
		pool->nr_idle--;
		/* It may be somebody else who frees it. */
		set_page_private(page, 0);
	}
	return page;
}

static int xgh_pool_get_ram(struct xgh_pool *pool, struct page **page)
{
	*page = xgh_pool_take_idle(pool);
	if (!*page)
		*page = alloc_page(GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN);
	return *page ? 0 : -ENOMEM;
}

/**
 * xgh_pool_get() - take one page
 * @pool: the pool
 * @page: set to the page on success
 *
 * What an ordinary page holds is not defined; it may be another request's
 * data.
 *
 * Context: Process; owner of the pool. May sleep.
 * Return: 0, -EAGAIN if the limit is reached (a page that is put back helps)
 * or -ENOMEM if the system has no page (only time helps).
 */
int xgh_pool_get(struct xgh_pool *pool, struct page **page)
{
	int err;

	if (!xgh_pool_room(pool))
		return -EAGAIN;

	if (pool->kind == XGH_POOL_MAP)
		err = gnttab_page_cache_get(&pool->mappable, page);
	else
		err = xgh_pool_get_ram(pool, page);
	if (err)
		return -ENOMEM;

	pool->in_use++;
	pool->peak = max(pool->peak, pool->in_use);
	return 0;
}
EXPORT_SYMBOL_GPL(xgh_pool_get);

/**
 * xgh_pool_put() - give one page back
 * @pool: the pool
 * @page: a page of this pool, with no grant mapped
 *
 * Context: Any but hard interrupt; owner of the pool.
 */
void xgh_pool_put(struct xgh_pool *pool, struct page *page)
{
	pool->in_use--;
	if (pool->kind == XGH_POOL_MAP) {
		gnttab_page_cache_put(&pool->mappable, &page, 1);
		return;
	}
	/*
	 * A socket may send it once more, though what was to be written got
	 * there by another way: not with another request's data.
	 */
	if (unlikely(page_count(page) > 1)) {
		put_page(page);
		return;
	}
	set_page_private(page, (unsigned long)pool->idle);
	pool->idle = page;
	pool->nr_idle++;
}
EXPORT_SYMBOL_GPL(xgh_pool_put);

/**
 * xgh_pool_part() - let pages go that will not come back
 * @pool: the pool
 * @nr: number of pages, handed out; freed by whoever has them
 *
 * Context: Any; owner of the pool.
 */
void xgh_pool_part(struct xgh_pool *pool, unsigned int nr)
{
	pool->in_use -= nr;
}

/**
 * xgh_pool_lose() - forget a page that can never be used again
 * @pool: the pool
 *
 * For a page whose grant could not be unmapped. It counts as in use for ever.
 *
 * Context: Any; owner of the pool.
 */
void xgh_pool_lose(struct xgh_pool *pool)
{
	pool->lost++;
}
EXPORT_SYMBOL_GPL(xgh_pool_lose);

/**
 * xgh_pool_trim() - give idle pages back to the system
 * @pool: the pool
 * @keep: number of idle pages that may stay
 *
 * Context: Process; owner of the pool. May sleep.
 */
void xgh_pool_trim(struct xgh_pool *pool, unsigned int keep)
{
	if (pool->kind == XGH_POOL_MAP) {
		gnttab_page_cache_shrink(&pool->mappable, keep);
		return;
	}
	while (pool->nr_idle > keep)
		__free_page(xgh_pool_take_idle(pool));
}
EXPORT_SYMBOL_GPL(xgh_pool_trim);

/**
 * xgh_pool_destroy() - give everything back
 * @pool: the pool; all its pages are at rest, but for lost ones
 *
 * Context: Process. May sleep.
 */
void xgh_pool_destroy(struct xgh_pool *pool)
{
	WARN_ON_ONCE(pool->in_use != pool->lost);
	xgh_pool_trim(pool, 0);
}
EXPORT_SYMBOL_GPL(xgh_pool_destroy);
