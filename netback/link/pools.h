/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recycled pages for packets from the guest. They belong to the link, not to a
 * connection: a pool lives as long as any packet of its pages, and a guest that
 * connects again and again would leave one behind each time.
 */
#ifndef XNB_POOLS_H
#define XNB_POOLS_H

#include <linux/types.h>
#include <net/xdp.h>

struct napi_struct;
struct page_pool;
struct xnb_link;

/**
 * struct xnb_pools - those of one queue
 */
struct xnb_pools {
	/** @heads: pieces of pages, for headers and small packets */
	struct page_pool *heads;
	/** @pages: pages for the rest of large packets, and for XDP */
	struct page_pool *pages;
	/** @rxq: what XDP programs know of the queue; its memory is @pages */
	struct xdp_rxq_info rxq;
	/** @seen: packets of the queue when it was last looked at */
	u64 seen;
};

const struct xnb_pools *xnb_pools_get(struct xnb_link *link,
				      unsigned int queue);
bool xnb_pools_have_spare(const struct xnb_pools *pools);
void xnb_pools_shrink(const struct xnb_pools *pools);
unsigned int xnb_pools_held(const struct xnb_pools *pools);
void xnb_pools_tie(const struct xnb_pools *pools, struct napi_struct *napi);
void xnb_pools_untie(const struct xnb_pools *pools);
u64 *xnb_pools_get_stats(const struct xnb_link *link, u64 *data);
void xnb_pools_free(struct xnb_link *link);

#endif /* XNB_POOLS_H */
