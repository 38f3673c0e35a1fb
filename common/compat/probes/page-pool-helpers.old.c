// SPDX-License-Identifier: GPL-2.0
/* Page pools are in one header, and have to be told of pieces of pages. */
#include <net/page_pool.h>

struct page *(*const xb_alloc)(struct page_pool *pool, unsigned int *offset,
			       unsigned int size) = page_pool_dev_alloc_frag;
const unsigned int xb_flag = PP_FLAG_PAGE_FRAG;
