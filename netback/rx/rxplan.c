// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the layout of packets in RX slots: which bytes go where, how many slots
 * that takes, and which extra infos go with them. Pure.
 */
#include "rxplan.h"
#include "xnb_internal.h"

/* Data slots if each but the last is filled to its end. */
static unsigned int xnb_rxplan_nr_dense(const struct xnb_rxplan *plan)
{
	u32 bytes = max_t(u32, plan->headroom + plan->size, 1);

	return DIV_ROUND_UP(bytes, XEN_PAGE_SIZE);
}

/**
 * xnb_rxplan_max_slots() - most slots of a packet, wherever its pieces lie
 * @plan: the packet; its pieces need not be known
 *
 * The headroom is lost in the first slot, and each extra info takes a slot.
 *
 * Context: Any.
 * Return: number of slots, at least 1.
 */
unsigned int xnb_rxplan_max_slots(const struct xnb_rxplan *plan)
{
	return xnb_rxplan_nr_dense(plan) + xnb_rxplan_nr_extras(plan);
}

/**
 * xnb_rxplan_add() - lay out the next bytes
 * @plan: the packet
 * @offset: as for xnb_rxplan_piece()
 * @len: how many there are
 *
 * Context: Any.
 */
void xnb_rxplan_add(struct xnb_rxplan *plan, unsigned int offset,
		    unsigned int len)
{
	while (len) {
		unsigned int piece = xnb_rxplan_piece(plan, offset, len);

		if (!piece) {
			plan->slots++;
			plan->used = 0;
			continue;
		}
		plan->used += piece;
		offset += piece;
		len -= piece;
	}
}

/**
 * xnb_rxplan_end() - all bytes were laid out
 * @plan: the packet; to be laid out densely if it took too many slots
 * @max_slots: slots that it may take in all, at least xnb_rxplan_max_slots()
 *
 * Context: Any.
 */
void xnb_rxplan_end(struct xnb_rxplan *plan, unsigned int max_slots)
{
	plan->dense = plan->slots > XNB_RX_DATA_SLOTS ||
		      xnb_rxplan_slots(plan) > max_slots;
	if (plan->dense)
		plan->slots = xnb_rxplan_nr_dense(plan);
}

/**
 * xnb_rxplan_slots() - how many slots a packet takes
 * @plan: the packet, all of its bytes laid out
 *
 * Context: Any.
 * Return: number of slots, at least 1.
 */
unsigned int xnb_rxplan_slots(const struct xnb_rxplan *plan)
{
	return plan->slots + xnb_rxplan_nr_extras(plan);
}

static void xnb_rxplan_gso_extra(const struct xnb_rxplan *plan,
				 struct xen_netif_extra_info *extra)
{
	extra->type = XEN_NETIF_EXTRA_TYPE_GSO;
	extra->u.gso.type = plan->gso_type;
	extra->u.gso.size = plan->gso_size;
}

static void xnb_rxplan_hash_extra(const struct xnb_rxplan *plan,
				  struct xen_netif_extra_info *extra)
{
	extra->type = XEN_NETIF_EXTRA_TYPE_HASH;
	extra->u.hash.type = plan->hash_type;
	extra->u.hash.algorithm = XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ;
	memcpy(extra->u.hash.value, &plan->hash, sizeof(plan->hash));
}

/**
 * xnb_rxplan_extras() - the extra infos of a packet
 * @plan: the packet
 * @extras: filled in, every byte of those used
 *
 * Context: Any.
 * Return: how many there are, 0 to 3.
 */
unsigned int xnb_rxplan_extras(const struct xnb_rxplan *plan,
			       struct xen_netif_extra_info extras[3])
{
	unsigned int nr = 0;
	unsigned int i;

	memset(extras, 0, 3 * sizeof(*extras));
	if (plan->gso_type != XEN_NETIF_GSO_TYPE_NONE)
		xnb_rxplan_gso_extra(plan, &extras[nr++]);
	if (plan->headroom) {
		extras[nr].type = XEN_NETIF_EXTRA_TYPE_XDP;
		extras[nr++].u.xdp.headroom = plan->headroom;
	}
	if (plan->has_hash)
		xnb_rxplan_hash_extra(plan, &extras[nr++]);

	for (i = 0; i + 1 < nr; i++)
		extras[i].flags = XEN_NETIF_EXTRA_FLAG_MORE;
	return nr;
}
