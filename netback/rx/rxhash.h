/* SPDX-License-Identifier: GPL-2.0 */
/* Hashes of packets to the guest, as it wants them; see rxhash.c. */
#ifndef XNB_RXHASH_H
#define XNB_RXHASH_H

#include <linux/types.h>

struct sk_buff;
struct xnb_link;

bool xnb_rxhash_get(const struct xnb_link *link, const struct sk_buff *skb,
		    u8 *type, u32 *value);
int xnb_rxhash_queue(const struct xnb_link *link, const struct sk_buff *skb);

#endif /* XNB_RXHASH_H */
