/* SPDX-License-Identifier: GPL-2.0 */
/* A packet for the guest as an skb; see rxskb.c. */
#ifndef XNB_RXSKB_H
#define XNB_RXSKB_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>
#include <linux/types.h>

struct sk_buff;
struct xnb_rxplan;
struct xnb_link;
struct xnb_rx;

typedef void (*xnb_rxskb_fn)(void *data, struct page *page, unsigned int offset,
			     unsigned int len);

unsigned int xnb_rxskb_max_slots(const struct xnb_link *link, u16 headroom);
unsigned int xnb_rxskb_slots(const struct xnb_link *link, u16 headroom,
			     const struct sk_buff *skb);
int xnb_rxskb_prepare(const struct xnb_rx *rx, struct sk_buff **skb,
		      unsigned int max_slots, struct xnb_rxplan *plan);
bool xnb_rxskb_make_local(struct sk_buff **skb);
void xnb_rxskb_walk(struct sk_buff *skb, xnb_rxskb_fn fn, void *data);

/**
 * xnb_rxskb_page_is_granted() - is a page mapped from another domain?
 * @page: of a packet
 *
 * The bit of PG_foreign is also that of PG_checked and PG_swapcache, which
 * pages of files and processes may have. These have no grant: taking what they
 * have in its place for one would send the guest somebody else's memory. A page
 * that a grant is mapped to never belongs to a file or a process, and always
 * has PG_private.
 *
 * Context: Any.
 * Return: whether xen_page_foreign() says which grant it is.
 */
static inline bool xnb_rxskb_page_is_granted(struct page *page)
{
	return PageForeign(page) && PagePrivate(page) && !page->mapping;
}

#endif /* XNB_RXSKB_H */
