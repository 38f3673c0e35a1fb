/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page pools, for kernels that have them in one header and want to be told
 * that pages will be handed out in pieces.
 *
 * {"since": "v6.6", "commit": "a9ca9f9ceff3", "used-by": "netback/tx/txbuf.c"}
 *
 * The netdev that a pool serves, and the NAPI that it is served by for a time,
 * for kernels whose pools know neither.
 *
 * {"since": "v6.8", "commit": "083772c9f972", "used-by": "netback/link"}
 * {"since": "v7.2 or before", "used-by": "netback/link"}
 */
#ifndef XB_COMPAT_NET_PAGE_POOL_HELPERS_H
#define XB_COMPAT_NET_PAGE_POOL_HELPERS_H

#include <xb/have.h>

#ifdef XB_HAVE_PAGE_POOL_HELPERS
#include_next <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

#ifndef PP_FLAG_PAGE_FRAG
#define PP_FLAG_PAGE_FRAG	0
#endif

static inline void xb_pool_set_netdev(struct page_pool_params *params,
				      struct net_device *dev)
{
#ifdef XB_HAVE_POOL_NETDEV
	params->netdev = dev;
#endif
}

/* Macros, since a kernel may have one of the two functions. */
#ifndef XB_HAVE_POOL_NAPI
#define page_pool_enable_direct_recycling(pool, napi)	\
	((void)(pool), (void)(napi))
#define page_pool_disable_direct_recycling(pool)	((void)(pool))
#endif

#endif /* XB_COMPAT_NET_PAGE_POOL_HELPERS_H */
