// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what a packet for the guest looks like as an skb: where its pieces lie,
 * its offloads, and how many slots it takes. Under the lock of the transmit
 * queue.
 */
#include "rxskb.h"
#include "rxhash.h"
#include "gnttab-helpers/grants.h"
#include "link/link.h"
#include "rx.h"
#include "rxplan.h"

#include <linux/if_vlan.h>
#include <linux/mm.h>

#include <xen/page.h>

/**
 * xnb_rxskb_max_slots() - slots of the largest packet for this guest
 * @link: the link, its link set up
 * @headroom: bytes before each
 *
 * Context: Any.
 * Return: at least 1.
 */
unsigned int xnb_rxskb_max_slots(const struct xnb_link *link, u16 headroom)
{
	struct xnb_rxplan plan = {
		.size = link->can_sg ? XNB_RX_SIZE_MAX : 1,
		.headroom = headroom,
		.gso_type = link->gso_mask ? XEN_NETIF_GSO_TYPE_TCPV4 : 0,
		.has_hash = link->has_ctrl,
	};

	if (!link->gso_mask)
		plan.size = min_t(u32, plan.size,
				  link->dev->max_mtu + VLAN_ETH_HLEN);
	return xnb_rxplan_max_slots(&plan);
}

/**
 * struct xnb_rxskb_extent - where the pieces of a packet lie
 */
struct xnb_rxskb_extent {
	/** @frames: frames that they touch */
	u32 frames;
	/** @foreign: some of their pages are mapped from another domain */
	bool foreign;
};

static void xnb_rxskb_measure_piece(void *data, struct page *page,
				    unsigned int offset, unsigned int len)
{
	struct xnb_rxskb_extent *extent = data;

	extent->frames += xgh_grants_count(offset, len);
	extent->foreign |= xnb_rxskb_page_is_granted(page);
}

static struct xnb_rxskb_extent xnb_rxskb_measure(struct sk_buff *skb)
{
	struct xnb_rxskb_extent extent = { };

	xnb_rxskb_walk(skb, xnb_rxskb_measure_piece, &extent);
	return extent;
}

/* Packets whose parts have parts again are rare; they are copied first. */
static bool xnb_rxskb_is_nested(struct sk_buff *skb)
{
	struct sk_buff *part;

	skb_walk_frags(skb, part) {
		if (skb_has_frag_list(part))
			return true;
	}
	return false;
}

static int xnb_rxskb_copy(struct sk_buff **skb)
{
	struct sk_buff *copy = skb_copy(*skb, GFP_ATOMIC);

	if (!copy)
		return -ENOMEM;
	dev_consume_skb_any(*skb);
	*skb = copy;
	return 0;
}

/**
 * xnb_rxskb_make_local() - copy a packet that has pages of another domain
 * @skb: the packet; replaced by another one with the same contents
 *
 * The hypervisor cannot copy from such a page if the domain that granted it has
 * changed the grant meanwhile. It can still be read here, where it is mapped.
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether it had such pages and was copied.
 */
bool xnb_rxskb_make_local(struct sk_buff **skb)
{
	return xnb_rxskb_measure(*skb).foreign && !xnb_rxskb_copy(skb);
}

static void xnb_rxskb_plan_gso(const struct sk_buff *skb,
			       struct xnb_rxplan *plan)
{
	unsigned int type = skb_shinfo(skb)->gso_type;

	if (!skb_is_gso(skb))
		return;
	if (type & SKB_GSO_TCPV4)
		plan->gso_type = XEN_NETIF_GSO_TYPE_TCPV4;
	else if (type & SKB_GSO_TCPV6)
		plan->gso_type = XEN_NETIF_GSO_TYPE_TCPV6;
	plan->gso_size = skb_shinfo(skb)->gso_size;
}

/**
 * xnb_rxskb_slots() - most slots of a packet
 * @link: the link
 * @headroom: bytes before it
 * @skb: the packet
 *
 * Context: Any.
 * Return: at least 1; enough wherever its pieces lie.
 */
unsigned int xnb_rxskb_slots(const struct xnb_link *link, u16 headroom,
			     const struct sk_buff *skb)
{
	struct xnb_rxplan plan = {
		.size = skb->len,
		.headroom = headroom,
		.has_hash = link->has_ctrl,
	};

	xnb_rxskb_plan_gso(skb, &plan);
	return xnb_rxplan_max_slots(&plan);
}

/**
 * xnb_rxskb_plan_piece() - a piece of a packet has its place
 * @data: the plan
 * @page: where the piece is
 * @offset: from where on in it, in bytes
 * @len: bytes
 *
 * Context: Any.
 */
void xnb_rxskb_plan_piece(void *data, struct page *page, unsigned int offset,
			  unsigned int len)
{
	xnb_rxplan_add(data, offset, len);
}

/**
 * xnb_rxskb_prepare() - plan how a packet goes to the guest
 * @rx: the queue's half
 * @skb: the packet; may be replaced by another one with the same contents
 * @max_slots: slots that it may take, at least xnb_rxskb_slots()
 * @plan: filled in
 *
 * Context: The lock of the transmit queue is held.
 * Return: 0, or a negative errno if it cannot be sent.
 */
int xnb_rxskb_prepare(const struct xnb_rx *rx, struct sk_buff **skb,
		      unsigned int max_slots, struct xnb_rxplan *plan)
{
	struct xnb_rxskb_extent extent;
	int err = 0;

	if (unlikely(xnb_rxskb_is_nested(*skb)))
		err = xnb_rxskb_copy(skb);
	if (err)
		return err;
	extent = xnb_rxskb_measure(*skb);
	memset(plan, 0, sizeof(*plan));
	plan->foreign = extent.foreign;
	plan->size = (*skb)->len;
	plan->headroom = rx->headroom;
	if ((*skb)->ip_summed == CHECKSUM_PARTIAL)
		plan->flags = XEN_NETRXF_csum_blank | XEN_NETRXF_data_validated;
	else if ((*skb)->ip_summed == CHECKSUM_UNNECESSARY)
		plan->flags = XEN_NETRXF_data_validated;
	xnb_rxskb_plan_gso(*skb, plan);
	plan->has_hash = xnb_rxhash_get(rx->link, *skb, &plan->hash_type,
					&plan->hash);
	if (xnb_rxplan_max_slots(plan) > max_slots)
		return -EMSGSIZE;
	if (likely(xnb_rxplan_is_short(plan, extent.frames, max_slots)))
		return 0;
	xnb_rxplan_begin(plan);
	xnb_rxskb_walk(*skb, xnb_rxskb_plan_piece, plan);
	xnb_rxplan_end(plan, max_slots);
	return 0;
}
