/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet descriptors made of slots of a TX ring, and what may be wrong with
 * them. Pure: all functions work on private copies of slots. TX is the guest's
 * view: packets that the guest sends.
 */
#ifndef XNB_TXPKT_H
#define XNB_TXPKT_H

#include <linux/if_ether.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/netif.h>
#include <xen/page.h>

/* Slots of the largest packet that is accepted. */
#define XNB_TX_SLOTS		XEN_NETIF_NR_SLOTS_MIN
/* Most slots for which a packet is only dropped: what a descriptor can hold. */
#define XNB_TX_SLOTS_LIMIT	32
/* Extra infos of one packet: each type once. */
#define XNB_TX_EXTRAS		(XEN_NETIF_EXTRA_TYPE_MAX - 1)

/**
 * union xnb_tx_raw - private copy of one slot
 */
union xnb_tx_raw {
	/** @req: a request … */
	struct xen_netif_tx_request req;
	/** @extra: … or an extra info that follows one */
	struct xen_netif_extra_info extra;
};

/**
 * enum xnb_tx_fault - what is wrong with a packet
 * @XNB_TX_FINE: nothing
 * @XNB_TX_TOO_LONG: more slots than are accepted; dropped
 * @XNB_TX_BAD_SIZE: its slots hold more than it claims; dropped
 * @XNB_TX_TOO_SHORT: not even an Ethernet header; dropped
 * @XNB_TX_FATAL: from here on: faults that disable the frontend
 * @XNB_TX_MANY_SLOTS: more slots than any frontend would use
 * @XNB_TX_CROSSES_PAGE: a slot leaves its granted frame
 * @XNB_TX_BAD_EXTRA: extra info of an unknown type, or twice of one type
 * @XNB_TX_BAD_GSO: segmentation into segments of no or an impossible size
 * @XNB_TX_FAULTS: how many there are
 */
enum xnb_tx_fault {
	XNB_TX_FINE,
	XNB_TX_TOO_LONG,
	XNB_TX_BAD_SIZE,
	XNB_TX_TOO_SHORT,
	XNB_TX_FATAL,
	XNB_TX_MANY_SLOTS = XNB_TX_FATAL,
	XNB_TX_CROSSES_PAGE,
	XNB_TX_BAD_EXTRA,
	XNB_TX_BAD_GSO,
	XNB_TX_FAULTS,
};

/**
 * struct xnb_tx_slot - a piece of a packet in the guest's memory
 */
struct xnb_tx_slot {
	/** @gref: its grant */
	grant_ref_t gref;
	/** @offset: first byte in the granted frame */
	u16 offset;
	/** @size: bytes */
	u16 size;
	/** @id: for the response */
	u16 id;
};

/**
 * struct xnb_txpkt - a packet as it is described by its slots
 */
struct xnb_txpkt {
	/** @fault: what is wrong with it */
	enum xnb_tx_fault fault;
	/** @nr_slots: slots with data so far; each wants a response */
	u8 nr_slots;
	/** @nr_extras: slots with extra infos; each wants an empty response */
	u8 nr_extras;
	/** @extras: bit for each type of extra info that was seen */
	u8 extras;
	/** @more_extras: the next slot is an extra info */
	bool more_extras;
	/** @more_data: a slot with data follows */
	bool more_data;
	/** @csum_blank: the checksum is left for us to fill in */
	bool csum_blank;
	/** @data_validated: the guest vouches for the checksum */
	bool data_validated;
	/** @gso_type: XEN_NETIF_GSO_TYPE_*, or NONE */
	u8 gso_type;
	/** @gso_size: bytes of a segment */
	u16 gso_size;
	/** @hash_type: XEN_NETIF_CTRL_HASH_TYPE number, if a hash was given */
	u8 hash_type;
	/** @hash: the guest's hash of the flow */
	u32 hash;
	/** @mcast_addr: for a filter that is to be added or removed */
	u8 mcast_addr[ETH_ALEN];
	/** @size: bytes of the packet */
	u16 size;
	/** @slots: where it is */
	struct xnb_tx_slot slots[XNB_TX_SLOTS_LIMIT];
};

/**
 * struct xnb_tx_cursor - how far a packet has been walked
 */
struct xnb_tx_cursor {
	/** @slot: index of the current slot */
	unsigned int slot;
	/** @done: bytes of it that have been walked */
	unsigned int done;
};

bool xnb_txpkt_feed(struct xnb_txpkt *pkt, const union xnb_tx_raw *raw,
		    unsigned int fatal_slots);
bool xnb_txpkt_next(const struct xnb_txpkt *pkt,
		    struct xnb_tx_cursor *cursor, unsigned int room,
		    struct xnb_tx_slot *piece);
const char *xnb_txpkt_fault_name(enum xnb_tx_fault fault);

/**
 * xnb_txpkt_init() - begin a new packet
 * @pkt: a descriptor; its old contents are lost
 *
 * Context: Any.
 */
static inline void xnb_txpkt_init(struct xnb_txpkt *pkt)
{
	memset(pkt, 0, offsetof(struct xnb_txpkt, slots));
}

/**
 * xnb_txpkt_take_single() - make a packet of one slot, as most of them are
 * @pkt: a new packet; complete and without fault if so, as it was if not
 * @raw: private copy of its first slot
 *
 * All other packets go through xnb_txpkt_feed(), which would make the same of
 * this one.
 *
 * Context: Any.
 * Return: whether it is one that nothing is wrong with.
 */
static inline bool xnb_txpkt_take_single(struct xnb_txpkt *pkt,
					 const union xnb_tx_raw *raw)
{
	const struct xen_netif_tx_request *req = &raw->req;

	if (req->flags & (XEN_NETTXF_more_data | XEN_NETTXF_extra_info) ||
	    req->size < ETH_HLEN ||
	    (u32)req->offset + req->size > XEN_PAGE_SIZE)
		return false;
	pkt->size = req->size;
	pkt->csum_blank = req->flags & XEN_NETTXF_csum_blank;
	pkt->data_validated = req->flags & XEN_NETTXF_data_validated;
	pkt->slots[0].gref = req->gref;
	pkt->slots[0].offset = req->offset;
	pkt->slots[0].size = req->size;
	pkt->slots[0].id = req->id;
	pkt->nr_slots = 1;
	return true;
}

/**
 * xnb_txpkt_has() - did an extra info come with the packet?
 * @pkt: the packet
 * @type: XEN_NETIF_EXTRA_TYPE_*
 *
 * Context: Any.
 * Return: whether one of that type came.
 */
static inline bool xnb_txpkt_has(const struct xnb_txpkt *pkt, unsigned int type)
{
	return pkt->extras & (1u << type);
}

/**
 * xnb_txpkt_is_mcast() - is it a request to change the multicast filter?
 * @pkt: the packet
 *
 * Context: Any.
 * Return: whether it is; such a packet has no data.
 */
static inline bool xnb_txpkt_is_mcast(const struct xnb_txpkt *pkt)
{
	return xnb_txpkt_has(pkt, XEN_NETIF_EXTRA_TYPE_MCAST_ADD) ||
	       xnb_txpkt_has(pkt, XEN_NETIF_EXTRA_TYPE_MCAST_DEL);
}

#endif /* XNB_TXPKT_H */
