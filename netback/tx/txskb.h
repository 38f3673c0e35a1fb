/* SPDX-License-Identifier: GPL-2.0 */
/* What the stack has to know about a packet from the guest; see txskb.c. */
#ifndef XNB_TXSKB_H
#define XNB_TXSKB_H

#include <linux/types.h>

struct sk_buff;
struct xnb_tx;
struct xnb_tx_work;

bool xnb_txskb_is_datagram(const struct sk_buff *skb);
int xnb_txskb_prepare(struct xnb_tx *tx, struct xnb_tx_work *work);

#endif /* XNB_TXSKB_H */
