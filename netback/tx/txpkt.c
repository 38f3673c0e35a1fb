// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the validation of packets that a guest sends: it is fed with slots, one
 * by one, and makes a descriptor of them that can be trusted. Pure.
 */
#include "txpkt.h"
#include "xnb_internal.h"

static_assert(XNB_TX_SLOTS <= XNB_TX_SLOTS_LIMIT);
static_assert(XEN_NETIF_EXTRA_TYPE_MAX <= 8);

/* Notes a fault, unless there is one that is as bad or worse. */
static void xnb_txpkt_blame(struct xnb_txpkt *pkt, enum xnb_tx_fault fault)
{
	if (pkt->fault < fault && pkt->fault < XNB_TX_FATAL)
		pkt->fault = fault;
}

static void xnb_txpkt_check_slot(struct xnb_txpkt *pkt,
				 const struct xnb_tx_slot *slot)
{
	if ((u32)slot->offset + slot->size > XEN_PAGE_SIZE)
		xnb_txpkt_blame(pkt, XNB_TX_CROSSES_PAGE);
}

/*
 * The first slot has the size of the whole packet, each other one that of its
 * own piece. The first piece has what is left (netif.h).
 */
static void xnb_txpkt_take_size(struct xnb_txpkt *pkt,
				const struct xnb_tx_slot *slot)
{
	struct xnb_tx_slot *first = &pkt->slots[0];

	xnb_txpkt_check_slot(pkt, slot);
	if (slot->size > first->size)
		xnb_txpkt_blame(pkt, XNB_TX_BAD_SIZE);
	else
		first->size -= slot->size;
}

static void xnb_txpkt_feed_first(struct xnb_txpkt *pkt,
				 const struct xen_netif_tx_request *req)
{
	pkt->size = req->size;
	pkt->csum_blank = req->flags & XEN_NETTXF_csum_blank;
	pkt->data_validated = req->flags & XEN_NETTXF_data_validated;
	pkt->more_extras = req->flags & XEN_NETTXF_extra_info;
}

static void xnb_txpkt_feed_data(struct xnb_txpkt *pkt,
				const struct xen_netif_tx_request *req,
				unsigned int fatal_slots)
{
	struct xnb_tx_slot *slot = &pkt->slots[pkt->nr_slots];

	slot->gref = req->gref;
	slot->offset = req->offset;
	slot->size = req->size;
	slot->id = req->id;
	pkt->more_data = req->flags & XEN_NETTXF_more_data;

	if (pkt->nr_slots)
		xnb_txpkt_take_size(pkt, slot);
	else
		xnb_txpkt_feed_first(pkt, req);
	pkt->nr_slots++;

	if (pkt->nr_slots > XNB_TX_SLOTS)
		xnb_txpkt_blame(pkt, XNB_TX_TOO_LONG);
	if (pkt->nr_slots > min_t(u32, fatal_slots, XNB_TX_SLOTS_LIMIT - 1))
		xnb_txpkt_blame(pkt, XNB_TX_MANY_SLOTS);
}

static void xnb_txpkt_take_gso(struct xnb_txpkt *pkt, u8 type, u16 size)
{
	pkt->gso_type = type;
	pkt->gso_size = size;
	/* 0xffff has a special meaning for the kernel (GSO_BY_FRAGS). */
	if (!size || size == U16_MAX ||
	    (type != XEN_NETIF_GSO_TYPE_TCPV4 &&
	     type != XEN_NETIF_GSO_TYPE_TCPV6))
		xnb_txpkt_blame(pkt, XNB_TX_BAD_GSO);
}

static void xnb_txpkt_take_extra(struct xnb_txpkt *pkt,
				 const struct xen_netif_extra_info *extra)
{
	switch (extra->type) {
	case XEN_NETIF_EXTRA_TYPE_GSO:
		xnb_txpkt_take_gso(pkt, extra->u.gso.type, extra->u.gso.size);
		break;
	case XEN_NETIF_EXTRA_TYPE_MCAST_ADD:
	case XEN_NETIF_EXTRA_TYPE_MCAST_DEL:
		memcpy(pkt->mcast_addr, extra->u.mcast.addr, ETH_ALEN);
		break;
	case XEN_NETIF_EXTRA_TYPE_HASH:
		pkt->hash_type = extra->u.hash.type;
		memcpy(&pkt->hash, extra->u.hash.value, sizeof(pkt->hash));
		break;
	default:
		break;
	}
}

static void xnb_txpkt_feed_extra(struct xnb_txpkt *pkt,
				 const struct xen_netif_extra_info *extra)
{
	pkt->nr_extras++;
	pkt->more_extras = extra->flags & XEN_NETIF_EXTRA_FLAG_MORE;
	if (!extra->type || extra->type >= XEN_NETIF_EXTRA_TYPE_MAX ||
	    xnb_txpkt_has(pkt, extra->type)) {
		xnb_txpkt_blame(pkt, XNB_TX_BAD_EXTRA);
		return;
	}
	pkt->extras |= 1u << extra->type;
	xnb_txpkt_take_extra(pkt, extra);
}

/* Checks what can only be checked when all slots are there. */
static void xnb_txpkt_finish(struct xnb_txpkt *pkt)
{
	if (xnb_txpkt_is_mcast(pkt))
		return;
	if (pkt->fault != XNB_TX_BAD_SIZE)
		xnb_txpkt_check_slot(pkt, &pkt->slots[0]);
	if (pkt->size < ETH_HLEN)
		xnb_txpkt_blame(pkt, XNB_TX_TOO_SHORT);
}

/**
 * xnb_txpkt_feed() - add the next slot to a packet
 * @pkt: the packet, which is not complete
 * @raw: private copy of the slot
 * @fatal_slots: more data slots than this are taken for an attack
 *
 * Context: Any.
 * Return: whether the packet is complete. With a fatal fault it is complete at
 * once, and the slots that follow must not be looked at.
 */
bool xnb_txpkt_feed(struct xnb_txpkt *pkt, const union xnb_tx_raw *raw,
		    unsigned int fatal_slots)
{
	if (pkt->more_extras)
		xnb_txpkt_feed_extra(pkt, &raw->extra);
	else
		xnb_txpkt_feed_data(pkt, &raw->req, fatal_slots);

	if (pkt->fault >= XNB_TX_FATAL)
		return true;
	if (pkt->more_extras ||
	    (pkt->more_data && !xnb_txpkt_is_mcast(pkt)))
		return false;
	xnb_txpkt_finish(pkt);
	return true;
}

/**
 * xnb_txpkt_next() - the next piece of a packet's data
 * @pkt: a complete packet without fault
 * @cursor: all zero for the first piece; advanced
 * @room: most bytes wanted
 * @piece: filled in
 *
 * Context: Any.
 * Return: false if @room is 0 or no data is left, otherwise @piece has at
 * least one byte.
 */
bool xnb_txpkt_next(const struct xnb_txpkt *pkt,
		    struct xnb_tx_cursor *cursor, unsigned int room,
		    struct xnb_tx_slot *piece)
{
	const struct xnb_tx_slot *slot;

	while (cursor->slot < pkt->nr_slots &&
	       cursor->done == pkt->slots[cursor->slot].size) {
		cursor->slot++;
		cursor->done = 0;
	}
	if (!room || cursor->slot == pkt->nr_slots)
		return false;

	slot = &pkt->slots[cursor->slot];
	*piece = *slot;
	piece->offset += cursor->done;
	piece->size = min_t(u32, slot->size - cursor->done, room);
	cursor->done += piece->size;
	return true;
}

/**
 * xnb_txpkt_fault_name() - a fault in words
 * @fault: the fault
 *
 * Context: Any.
 * Return: a text without a full stop.
 */
const char *xnb_txpkt_fault_name(enum xnb_tx_fault fault)
{
	static const char * const names[XNB_TX_FAULTS] = {
		[XNB_TX_FINE] = "fine",
		[XNB_TX_TOO_LONG] = "packet of too many slots",
		[XNB_TX_BAD_SIZE] = "slots larger than their packet",
		[XNB_TX_TOO_SHORT] = "packet without Ethernet header",
		[XNB_TX_MANY_SLOTS] = "packet of far too many slots",
		[XNB_TX_CROSSES_PAGE] = "slot crosses its page",
		[XNB_TX_BAD_EXTRA] = "unknown or repeated extra info",
		[XNB_TX_BAD_GSO] = "impossible segmentation",
	};

	return fault < XNB_TX_FAULTS ? names[fault] : "unknown";
}
