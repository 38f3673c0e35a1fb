/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a packet is laid out in the slots of an RX ring. Pure. RX is the
 * guest's view: packets that the guest receives.
 */
#ifndef XNB_RXPLAN_H
#define XNB_RXPLAN_H

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/netif.h>
#include <xen/page.h>

/* The largest packet: IP's 65535 bytes and an Ethernet header with a tag. */
#define XNB_RX_SIZE_MAX		(65535 + 18)

/* Data slots of a packet that every frontend takes. */
#define XNB_RX_DATA_SLOTS	DIV_ROUND_UP(XNB_RX_SIZE_MAX, XEN_PAGE_SIZE)
/* Frontends look for the headers in the first slot: bytes that it must have. */
#define XNB_RX_FIRST_MIN	54

/**
 * struct xnb_rxplan - what a packet needs
 *
 * A copy must not cross a frame on either side. So a piece that lies in one
 * frame of ours goes into one slot as a whole, and into the next slot if it
 * does not fit into the current one. Where that takes too many slots, all are
 * filled to their ends instead.
 */
struct xnb_rxplan {
	/** @size: bytes of data */
	u32 size;
	/** @headroom: bytes left free at the start of the first slot */
	u16 headroom;
	/** @flags: XEN_NETRXF_* of the first slot, without more_data */
	u16 flags;
	/** @gso_type: XEN_NETIF_GSO_TYPE_*, NONE without segmentation */
	u8 gso_type;
	/** @gso_size: bytes of a segment */
	u16 gso_size;
	/** @foreign: some of its pages are mapped from another domain */
	bool foreign;
	/** @dense: every slot but the last is filled to its end */
	bool dense;
	/** @slots: slots with data, or more, if it is short */
	unsigned int slots;
	/** @used: bytes of the last one that are taken */
	unsigned int used;
	/** @has_hash: the guest gets the hash of the flow */
	bool has_hash;
	/** @hash_type: number of its XEN_NETIF_CTRL_HASH_TYPE */
	u8 hash_type;
	/** @hash: the hash */
	u32 hash;
};

void xnb_rxplan_add(struct xnb_rxplan *plan, unsigned int offset,
		    unsigned int len);
void xnb_rxplan_end(struct xnb_rxplan *plan, unsigned int max_slots);
unsigned int xnb_rxplan_max_slots(const struct xnb_rxplan *plan);
unsigned int xnb_rxplan_slots(const struct xnb_rxplan *plan);
unsigned int xnb_rxplan_extras(const struct xnb_rxplan *plan,
			       struct xen_netif_extra_info extras[3]);

/**
 * xnb_rxplan_nr_extras() - how many extra infos does a packet have?
 * @plan: the packet
 *
 * Context: Any.
 * Return: 0 to 3.
 */
static inline unsigned int xnb_rxplan_nr_extras(const struct xnb_rxplan *plan)
{
	return (plan->gso_type != XEN_NETIF_GSO_TYPE_NONE) +
	       (plan->headroom != 0) + plan->has_hash;
}

/**
 * xnb_rxplan_begin() - start again at the first slot
 * @plan: the packet
 *
 * Context: Any.
 */
static inline void xnb_rxplan_begin(struct xnb_rxplan *plan)
{
	plan->slots = 1;
	plan->used = plan->headroom;
}

/**
 * xnb_rxplan_is_short() - is there no need to lay a packet out twice?
 * @plan: the packet; if so, it is to be laid out as it comes, in at most
 *	  @plan->slots slots with data
 * @frames: frames of ours that its pieces touch
 * @max_slots: slots that it may take in all
 *
 * What lies in a frame goes into one slot, but that the first one may have to
 * be filled to its end, which cuts one piece in two.
 *
 * Context: Any.
 * Return: whether it certainly takes few enough slots.
 */
static inline bool xnb_rxplan_is_short(struct xnb_rxplan *plan, u32 frames,
				       unsigned int max_slots)
{
	u32 most = frames + 1;

	if (most > XNB_RX_DATA_SLOTS ||
	    most + xnb_rxplan_nr_extras(plan) > max_slots)
		return false;
	plan->slots = most;
	return true;
}

/**
 * xnb_rxplan_piece() - how much goes into the current slot?
 * @plan: the packet
 * @offset: where the next bytes lie, counted from the start of any frame
 * @len: how many there are, at least 1
 *
 * Context: Any.
 * Return: a number of bytes, or 0 if they begin a new slot.
 */
static inline unsigned int xnb_rxplan_piece(const struct xnb_rxplan *plan,
					    unsigned int offset,
					    unsigned int len)
{
	unsigned int room = XEN_PAGE_SIZE - plan->used;
	u32 in_frame = XEN_PAGE_SIZE - (offset & (XEN_PAGE_SIZE - 1));

	if (plan->dense)
		return min_t(u32, len, room);
	in_frame = min_t(u32, in_frame, len);
	if (in_frame <= room)
		return in_frame;
	if (plan->slots == 1 &&
	    plan->used < plan->headroom + XNB_RX_FIRST_MIN)
		return room;
	return 0;
}

#endif /* XNB_RXPLAN_H */
