/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page pools, for kernels that have them in one header and want to be told
 * that pages will be handed out in pieces.
 *
 * {"since": "v6.6", "commit": "a9ca9f9ceff3", "used-by": "netback/tx/txbuf.c"}
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

#endif /* XB_COMPAT_NET_PAGE_POOL_HELPERS_H */
