// SPDX-License-Identifier: GPL-2.0
/* Owns the page pools of a link. */
#include "pools.h"
#include "link.h"

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/ptr_ring.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/page_pool/helpers.h>

/* Pages that a queue keeps for itself, in each of its pools. */
#define XNB_POOL_PAGES		max_t(unsigned int, SZ_1M / PAGE_SIZE, 64)

/* And those that the pool's allocator may have beside them, twice over. */
#define XNB_POOL_MOST		(XNB_POOL_PAGES + 2 * PP_ALLOC_CACHE_SIZE)

/* Whoever shows statistics may look for it at any time. */
static int xnb_pools_create(struct xnb_link *link, struct page_pool **pool,
			    unsigned int flags)
{
	struct page_pool_params params = {
		.flags = flags,
		.pool_size = XNB_POOL_PAGES,
		.nid = NUMA_NO_NODE,
	};
	struct page_pool *made;

	/* That of the last connection. */
	if (*pool)
		return 0;
	xb_pool_set_netdev(&params, link->dev);
	made = page_pool_create(&params);
	if (IS_ERR(made))
		return PTR_ERR(made);
	/* Pairs with xnb_pools_add_stats(). */
	smp_store_release(pool, made);
	return 0;
}

/*
 * Once for all connections: what is registered stays known until the pool goes,
 * however often that would be done.
 */
static int xnb_pools_register(struct xnb_link *link, unsigned int queue)
{
	struct xnb_pools *pools = &link->pools[queue];
	int err;

	if (xdp_rxq_info_is_reg(&pools->rxq))
		return 0;
	err = xdp_rxq_info_reg(&pools->rxq, link->dev, queue, 0);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(&pools->rxq, MEM_TYPE_PAGE_POOL,
					 pools->pages);
	if (err)
		xdp_rxq_info_unreg(&pools->rxq);
	return err;
}

/**
 * xnb_pools_get() - the pools of a queue
 * @link: the link
 * @queue: number of the queue, less than the most that there may be
 *
 * They stay when the queue goes. Whoever serves the queue is their only user.
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: the pools or an ERR_PTR.
 */
const struct xnb_pools *xnb_pools_get(struct xnb_link *link,
				      unsigned int queue)
{
	struct xnb_pools *pools = link->pools;
	int err;

	if (!pools) {
		pools = kcalloc(link->max_queues, sizeof(*pools), GFP_KERNEL);
		if (!pools)
			return ERR_PTR(-ENOMEM);
		/* Pairs with xnb_pools_get_stats(). */
		smp_store_release(&link->pools, pools);
	}
	pools = &pools[queue];
	err = xnb_pools_create(link, &pools->heads, PP_FLAG_PAGE_FRAG);
	if (!err)
		err = xnb_pools_create(link, &pools->pages, 0);
	if (!err)
		err = xnb_pools_register(link, queue);
	return err ? ERR_PTR(err) : pools;
}

static bool xnb_pools_is_spare(const struct page_pool *pool)
{
	return pool && (READ_ONCE(pool->alloc.count) ||
			!__ptr_ring_empty((struct ptr_ring *)&pool->ring));
}

/**
 * xnb_pools_have_spare() - are pages kept that no packet uses?
 * @pools: those of a queue
 *
 * Context: Any; what it says may have changed.
 * Return: whether xnb_pools_shrink() has something to give back.
 */
bool xnb_pools_have_spare(const struct xnb_pools *pools)
{
	return xnb_pools_is_spare(pools->heads) ||
	       xnb_pools_is_spare(pools->pages);
}

/* A page of which somebody else has a reference is not kept by its pool. */
static void xnb_pools_shrink_pages(struct page_pool *pool)
{
	unsigned int most = XNB_POOL_MOST;
	struct page *page;

	while (most-- && xnb_pools_is_spare(pool)) {
		page = page_pool_dev_alloc_pages(pool);
		if (!page)
			return;
		get_page(page);
		page_pool_put_full_page(pool, page, true);
		put_page(page);
	}
}

/*
 * The same where pages are given out in pieces: the pool has a reference of its
 * own until a piece of the next page is asked for. It keeps the last one.
 */
static void xnb_pools_shrink_heads(struct page_pool *pool)
{
	unsigned int most = XNB_POOL_MOST;
	struct page *page, *last = NULL;
	unsigned int offset;

	while (most-- && xnb_pools_is_spare(pool)) {
		page = page_pool_dev_alloc_frag(pool, &offset, PAGE_SIZE);
		if (!page)
			break;
		get_page(page);
		page_pool_put_full_page(pool, page, true);
		if (last)
			put_page(last);
		last = page;
	}
	if (last)
		put_page(last);
}

/**
 * xnb_pools_shrink() - give pages back that no packet uses
 * @pools: those of a queue
 *
 * Page pools have no function for that.
 *
 * Context: NAPI poll of the queue, or there is none and softirqs are off.
 */
void xnb_pools_shrink(const struct xnb_pools *pools)
{
	xnb_pools_shrink_pages(pools->pages);
	xnb_pools_shrink_heads(pools->heads);
}

static unsigned int xnb_pools_count(const struct page_pool *pool)
{
	return pool ? READ_ONCE(pool->pages_state_hold_cnt) -
		      atomic_read(&pool->pages_state_release_cnt) : 0;
}

/**
 * xnb_pools_held() - how many pages are kept or in packets
 * @pools: those of a queue
 *
 * Context: Any; what it says may have changed.
 * Return: their number.
 */
unsigned int xnb_pools_held(const struct xnb_pools *pools)
{
	return xnb_pools_count(pools->heads) + xnb_pools_count(pools->pages);
}

/**
 * xnb_pools_tie() - say which NAPI alone takes pages from now on
 * @pools: those of a queue
 * @napi: enabled
 *
 * What is freed on the CPU that has it then goes back without a lock.
 *
 * Context: Process. May sleep.
 */
void xnb_pools_tie(const struct xnb_pools *pools, struct napi_struct *napi)
{
	page_pool_enable_direct_recycling(pools->heads, napi);
	page_pool_enable_direct_recycling(pools->pages, napi);
}

/**
 * xnb_pools_untie() - that NAPI does so no longer
 * @pools: those of a queue; its NAPI is disabled, and stays for a grace period
 *
 * Context: Process. May sleep.
 */
void xnb_pools_untie(const struct xnb_pools *pools)
{
	page_pool_disable_direct_recycling(pools->heads);
	page_pool_disable_direct_recycling(pools->pages);
}

#ifdef CONFIG_PAGE_POOL_STATS
static void xnb_pools_add_stats(struct page_pool *const *from,
				struct page_pool_stats *stats)
{
	/* Pairs with xnb_pools_create(). */
	struct page_pool *pool = smp_load_acquire(from);

	if (pool)
		page_pool_get_stats(pool, stats);
}
#endif

/**
 * xnb_pools_get_stats() - what all pools of a link have counted
 * @link: the link
 * @data: gets page_pool_ethtool_stats_get_count() numbers
 *
 * Context: Process; the netdev is registered, which keeps the pools.
 * Return: what follows them.
 */
u64 *xnb_pools_get_stats(const struct xnb_link *link, u64 *data)
{
#ifdef CONFIG_PAGE_POOL_STATS
	/* Pairs with xnb_pools_get(), which may make them just now. */
	const struct xnb_pools *pools = smp_load_acquire(&link->pools);
	struct page_pool_stats stats = { };
	unsigned int i;

	for (i = 0; pools && i < link->max_queues; i++) {
		xnb_pools_add_stats(&pools[i].heads, &stats);
		xnb_pools_add_stats(&pools[i].pages, &stats);
	}
	return page_pool_ethtool_stats_get(data, &stats);
#else
	return data;
#endif
}

/**
 * xnb_pools_free() - let go of all pools
 * @link: a link that is over
 *
 * Pages that packets still hold are given back when those are freed.
 *
 * Context: Process. May sleep.
 */
void xnb_pools_free(struct xnb_link *link)
{
	unsigned int i;

	for (i = 0; link->pools && i < link->max_queues; i++) {
		if (xdp_rxq_info_is_reg(&link->pools[i].rxq))
			xdp_rxq_info_unreg(&link->pools[i].rxq);
		if (link->pools[i].heads)
			page_pool_destroy(link->pools[i].heads);
		if (link->pools[i].pages)
			page_pool_destroy(link->pools[i].pages);
	}
	kfree(link->pools);
	link->pools = NULL;
}
