// SPDX-License-Identifier: GPL-2.0
/* Owns the layout of packets in RX slots: how many, with which extra infos. */
#include "rxplan.h"
#include "xnb_internal.h"

static unsigned int xnb_rx_plan_nr_extras(const struct xnb_rx_plan *plan)
{
	return (plan->gso_type != XEN_NETIF_GSO_TYPE_NONE) +
	       (plan->headroom != 0) + plan->has_hash;
}

/**
 * xnb_rx_plan_slots() - how many slots a packet takes
 * @plan: the packet
 *
 * Every slot but the last is filled to its end; the headroom is lost in the
 * first one, and each extra info takes a slot.
 *
 * Context: Any.
 * Return: number of slots, at least 1.
 */
unsigned int xnb_rx_plan_slots(const struct xnb_rx_plan *plan)
{
	u32 bytes = max_t(u32, plan->headroom + plan->size, 1);

	return DIV_ROUND_UP(bytes, XEN_PAGE_SIZE) +
	       xnb_rx_plan_nr_extras(plan);
}

static void xnb_rx_gso_extra(const struct xnb_rx_plan *plan,
			     struct xen_netif_extra_info *extra)
{
	extra->type = XEN_NETIF_EXTRA_TYPE_GSO;
	extra->u.gso.type = plan->gso_type;
	extra->u.gso.size = plan->gso_size;
}

static void xnb_rx_hash_extra(const struct xnb_rx_plan *plan,
			      struct xen_netif_extra_info *extra)
{
	extra->type = XEN_NETIF_EXTRA_TYPE_HASH;
	extra->u.hash.type = plan->hash_type;
	extra->u.hash.algorithm = XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ;
	memcpy(extra->u.hash.value, &plan->hash, sizeof(plan->hash));
}

/**
 * xnb_rx_plan_extras() - the extra infos of a packet
 * @plan: the packet
 * @extras: filled in, every byte of those used
 *
 * Context: Any.
 * Return: how many there are, 0 to 3.
 */
unsigned int xnb_rx_plan_extras(const struct xnb_rx_plan *plan,
				struct xen_netif_extra_info extras[3])
{
	unsigned int nr = 0;
	unsigned int i;

	memset(extras, 0, 3 * sizeof(*extras));
	if (plan->gso_type != XEN_NETIF_GSO_TYPE_NONE)
		xnb_rx_gso_extra(plan, &extras[nr++]);
	if (plan->headroom) {
		extras[nr].type = XEN_NETIF_EXTRA_TYPE_XDP;
		extras[nr++].u.xdp.headroom = plan->headroom;
	}
	if (plan->has_hash)
		xnb_rx_hash_extra(plan, &extras[nr++]);

	for (i = 0; i + 1 < nr; i++)
		extras[i].flags = XEN_NETIF_EXTRA_FLAG_MORE;
	return nr;
}
