// SPDX-License-Identifier: GPL-2.0
/* A page pool can be given another NAPI. */
#include <net/page_pool/helpers.h>

void (*const xb_enable)(struct page_pool *pool, struct napi_struct *napi) =
	page_pool_enable_direct_recycling;
void (*const xb_disable)(struct page_pool *pool) =
	page_pool_disable_direct_recycling;
