// SPDX-License-Identifier: GPL-2.0
/* A page pool is told the netdev that it serves. */
#include <net/page_pool/helpers.h>

const struct page_pool_params xb_params = {
	.netdev = (struct net_device *)NULL,
};
