// SPDX-License-Identifier: GPL-2.0
/* Owns the page pools of a link. */
#include "pools.h"
#include "link.h"

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <net/page_pool/helpers.h>

/* Pages that a queue keeps for itself, in each of its pools. */
#define XNB_POOL_PAGES		max_t(unsigned int, SZ_1M / PAGE_SIZE, 64)

static int xnb_pools_create(struct page_pool **pool, unsigned int flags)
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
	made = page_pool_create(&params);
	if (IS_ERR(made))
		return PTR_ERR(made);
	*pool = made;
	return 0;
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
	struct xnb_pools *pools;
	int err;

	if (!link->pools)
		link->pools = kcalloc(link->max_queues, sizeof(*link->pools),
				      GFP_KERNEL);
	if (!link->pools)
		return ERR_PTR(-ENOMEM);
	pools = &link->pools[queue];
	err = xnb_pools_create(&pools->heads, PP_FLAG_PAGE_FRAG);
	if (!err)
		err = xnb_pools_create(&pools->pages, 0);
	return err ? ERR_PTR(err) : pools;
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
		if (link->pools[i].heads)
			page_pool_destroy(link->pools[i].heads);
		if (link->pools[i].pages)
			page_pool_destroy(link->pools[i].pages);
	}
	kfree(link->pools);
	link->pools = NULL;
}
