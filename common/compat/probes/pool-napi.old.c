// SPDX-License-Identifier: GPL-2.0
/* A page pool has one NAPI, or none, for all of its life. */
#include <linux/netdevice.h>
#if __has_include("net/page_pool/helpers.h")
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

/* An error if there is a function of that name. */
extern const struct page_pool *page_pool_enable_direct_recycling;
