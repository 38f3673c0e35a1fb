// SPDX-License-Identifier: GPL-2.0
/* A page pool belongs to no netdev. */
#include <linux/netdevice.h>
#if __has_include("net/page_pool/helpers.h")
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

/* All of its members and one more: an error if it has that one. */
const struct {
	const struct page_pool_params;
	int netdev;
} xb_params;
