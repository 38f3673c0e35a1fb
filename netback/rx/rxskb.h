/* SPDX-License-Identifier: GPL-2.0 */
/* What of a packet for the guest matters to the ring; see rxskb.c. */
#ifndef XNB_RXSKB_H
#define XNB_RXSKB_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>
#include <linux/types.h>

struct sk_buff;
struct xnb_rx;
struct xnb_rxplan;
struct xnb_link;

typedef void (*xnb_rxskb_fn)(void *data, struct page *page, unsigned int offset,
			     unsigned int len);

unsigned int xnb_rxskb_max_slots(const struct xnb_link *link);
unsigned int xnb_rxskb_slots(const struct xnb_link *link,
			     const struct sk_buff *skb);
int xnb_rxskb_prepare(struct xnb_rx *rx, struct sk_buff **skb,
		      unsigned int most, struct xnb_rxplan *plan);
bool xnb_rxskb_make_local(struct sk_buff **skb);
void xnb_rxskb_walk(struct sk_buff *skb, xnb_rxskb_fn fn, void *data);

/**
 * xnb_rxskb_page_is_granted() - is a page mapped from another domain?
 * @page: of a packet
 *
 * PG_foreign is also PG_checked of a file's page and PG_swapcache: what a page
 * like that has in its place is no grant, and would have the guest sent
 * somebody else's memory. Pages that grants are mapped to never belong to a
 * file or a process, and all have PG_private.
 *
 * Context: Any.
 * Return: whether xen_page_foreign() says which grant it is.
 */
static inline bool xnb_rxskb_page_is_granted(struct page *page)
{
	return PageForeign(page) && PagePrivate(page) && !page->mapping;
}

#endif /* XNB_RXSKB_H */
