/* SPDX-License-Identifier: GPL-2.0 */
/* What of a packet for the guest matters to the ring; see rxskb.c. */
#ifndef XNB_RXSKB_H
#define XNB_RXSKB_H

#include <linux/types.h>

struct page;
struct sk_buff;
struct xnb_queue;
struct xnb_rx_plan;
struct xnb_vif;

typedef void (*xnb_rxskb_fn)(void *data, struct page *page, unsigned int offset,
			     unsigned int len);

unsigned int xnb_rxskb_need(const struct xnb_vif *vif);
int xnb_rxskb_prepare(struct xnb_queue *queue, struct sk_buff **skb,
		      struct xnb_rx_plan *plan);
bool xnb_rxskb_make_local(struct sk_buff **skb);
void xnb_rxskb_walk(struct sk_buff *skb, xnb_rxskb_fn fn, void *data);

#endif /* XNB_RXSKB_H */
