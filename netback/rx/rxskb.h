/* SPDX-License-Identifier: GPL-2.0 */
/* A packet for the guest as an skb; see rxskb.c. */
#ifndef XNB_RXSKB_H
#define XNB_RXSKB_H

#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/skbuff.h>
#include <linux/types.h>

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
void xnb_rxskb_plan_piece(void *data, struct page *page, unsigned int offset,
			  unsigned int len);
bool xnb_rxskb_make_local(struct sk_buff **skb);

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

/**
 * xnb_rxskb_walk_part() - call a function for each piece of a part of a packet
 * @skb: the packet, or one of the list of its parts
 * @fn: as for xnb_rxskb_walk()
 * @data: for @fn
 *
 * Context: As the function needs it.
 */
static __always_inline void xnb_rxskb_walk_part(const struct sk_buff *skb,
						xnb_rxskb_fn fn, void *data)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int i;

	if (skb_headlen(skb))
		fn(data, virt_to_page(skb->data), offset_in_page(skb->data),
		   skb_headlen(skb));
	for (i = 0; i < info->nr_frags; i++)
		fn(data, skb_frag_page(&info->frags[i]),
		   skb_frag_off(&info->frags[i]),
		   skb_frag_size(&info->frags[i]));
}

/**
 * xnb_rxskb_walk() - call a function for each piece of a packet
 * @skb: the packet; its parts have no parts
 * @fn: called with a page and a piece that may go on into the pages after it;
 *	a constant, so that the call is a direct one
 * @data: for @fn
 *
 * Context: As the function needs it.
 */
static __always_inline void xnb_rxskb_walk(struct sk_buff *skb, xnb_rxskb_fn fn,
					   void *data)
{
	struct sk_buff *part;

	xnb_rxskb_walk_part(skb, fn, data);
	skb_walk_frags(skb, part)
		xnb_rxskb_walk_part(part, fn, data);
}

#endif /* XNB_RXSKB_H */
