/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ubuf_info that tells its owner by a function: xb_ubuf_init(). To be
 * included once, after XB_UBUF_COMPLETE was defined as the name of the
 * function.
 *
 * {"since": "v6.10", "commit": "7ab4f16f9e24", "used-by": "netback/tx/txmap.c"}
 */
#ifndef XB_COMPAT_XB_UBUF_H
#define XB_COMPAT_XB_UBUF_H

#include <linux/skbuff.h>
#include <xb/have.h>

#ifdef XB_HAVE_UBUF_OPS
static const struct ubuf_info_ops xb_ubuf_ops = {
	.complete = XB_UBUF_COMPLETE,
};
#endif

/* One reference, for an skb whose frags others may not write to or keep. */
static void xb_ubuf_init(struct ubuf_info *ubuf)
{
#ifdef XB_HAVE_UBUF_OPS
	ubuf->ops = &xb_ubuf_ops;
#else
	ubuf->callback = XB_UBUF_COMPLETE;
#endif
	ubuf->flags = SKBFL_ZEROCOPY_FRAG;
	refcount_set(&ubuf->refcnt, 1);
}

#endif /* XB_COMPAT_XB_UBUF_H */
