// SPDX-License-Identifier: GPL-2.0
/* Page pools have a header for their users. */
#include <net/page_pool/helpers.h>

struct page *(*const xb_alloc)(struct page_pool *pool, unsigned int *offset,
			       unsigned int size) = page_pool_dev_alloc_frag;
