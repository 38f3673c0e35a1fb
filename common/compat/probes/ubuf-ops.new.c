// SPDX-License-Identifier: GPL-2.0
/* Whoever lends pages to an skb is told through a table of functions. */
#include <linux/skbuff.h>

static void xb_complete(struct sk_buff *skb, struct ubuf_info *ubuf, bool done)
{
}

static const struct ubuf_info_ops xb_ops = {
	.complete = xb_complete,
};

struct ubuf_info xb_ubuf = {
	.ops = &xb_ops,
};
