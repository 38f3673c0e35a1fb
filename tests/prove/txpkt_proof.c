// SPDX-License-Identifier: GPL-2.0
/*
 * netback/tx/txpkt.c: whatever slots a guest sends, and however many. A packet
 * that can come about is described by is_sound(); from each of them any slot
 * leads to one again, so it holds for packets of any length.
 */
#include "prove.h"
#include "xnb_internal.h"

#include "netback/tx/txpkt.c"

static struct xnb_txpkt pkt;
/* Bytes of all slots but the first. */
static u32 later;
/* Any slot: what is proven for it is so for each. */
static unsigned int some;

static bool is_in_frame(const struct xnb_tx_slot *slot)
{
	return (u32)slot->offset + slot->size <= XEN_PAGE_SIZE;
}

/* The first slot has what the others have not, and they lie in their frames. */
static bool is_sound(void)
{
	u8 known = (1u << XEN_NETIF_EXTRA_TYPE_MAX) - 2;

	if (pkt.fault >= XNB_TX_FATAL || pkt.nr_slots >= XNB_TX_SLOTS_LIMIT ||
	    pkt.extras & ~known ||
	    pkt.nr_extras != __builtin_popcount(pkt.extras) ||
	    pkt.fault == XNB_TX_TOO_SHORT)
		return false;
	if (!pkt.nr_slots)
		return !pkt.more_extras && !pkt.nr_extras && !pkt.more_data &&
		       !later && pkt.fault == XNB_TX_FINE && !pkt.gso_type;
	if (pkt.nr_slots > XNB_TX_SLOTS && pkt.fault == XNB_TX_FINE)
		return false;
	if (pkt.gso_type && (!pkt.gso_size || pkt.gso_size == U16_MAX))
		return false;
	if (some && some < pkt.nr_slots && !is_in_frame(&pkt.slots[some]))
		return false;
	return pkt.fault == XNB_TX_BAD_SIZE ||
	       pkt.slots[0].size + later == pkt.size;
}

/* Can be fed: it waits for another slot. */
static bool is_open(void)
{
	return is_sound() && (!pkt.nr_slots || pkt.more_extras ||
			      (pkt.more_data && !xnb_txpkt_is_mcast(&pkt)));
}

static void prove_complete(void)
{
	if (pkt.fault != XNB_TX_FINE)
		return;
	PROVE(pkt.nr_slots >= 1 && pkt.nr_slots <= XNB_TX_SLOTS);
	PROVE(pkt.nr_extras <= XNB_TX_EXTRAS);
	PROVE(!pkt.more_extras);
	PROVE(xnb_txpkt_is_mcast(&pkt) || !pkt.more_data);
	PROVE(!pkt.gso_type || (pkt.gso_size && pkt.gso_size != U16_MAX));
	if (xnb_txpkt_is_mcast(&pkt))
		return;
	PROVE(pkt.size >= ETH_HLEN);
	PROVE(pkt.slots[0].size + later == pkt.size);
	if (some < pkt.nr_slots)
		PROVE(is_in_frame(&pkt.slots[some]));
}

void proof_init(void)
{
	pkt = ANY(struct xnb_txpkt);
	some = ANY(unsigned int);
	xnb_txpkt_init(&pkt);
	PROVE(is_open());
}

void proof_feed(void)
{
	union xnb_tx_raw raw = ANY(union xnb_tx_raw);
	unsigned int fatal_slots = ANY(unsigned int);
	struct xnb_txpkt old;
	bool complete;

	pkt = ANY(struct xnb_txpkt);
	later = ANY(u32);
	some = ANY(unsigned int);
	ASSUME(is_open());
	old = pkt;
	if (pkt.nr_slots && !pkt.more_extras)
		later += raw.req.size;
	complete = xnb_txpkt_feed(&pkt, &raw, fatal_slots);

	/* Each slot is counted once, and is to be answered as what it was. */
	PROVE(pkt.nr_slots == old.nr_slots + (old.more_extras ? 0 : 1));
	PROVE(pkt.nr_extras == old.nr_extras + (old.more_extras ? 1 : 0));
	PROVE(pkt.nr_slots <= XNB_TX_SLOTS_LIMIT);
	if (!old.more_extras) {
		PROVE(pkt.slots[old.nr_slots].id == raw.req.id);
		PROVE(pkt.slots[old.nr_slots].gref == raw.req.gref);
	}
	PROVE(pkt.fault < XNB_TX_FAULTS);
	if (pkt.fault >= XNB_TX_FATAL) {
		PROVE(complete);
	} else if (complete) {
		PROVE(pkt.nr_slots <= fatal_slots || old.more_extras);
		prove_complete();
	} else {
		PROVE(is_open());
	}
}

/*
 * A piece begins where the last one ended, but for slots without bytes: each
 * byte of each slot is in one piece, and in its place.
 */
void proof_next(void)
{
	struct xnb_tx_cursor cursor = ANY(struct xnb_tx_cursor), old = cursor;
	struct xnb_tx_slot piece = ANY(struct xnb_tx_slot);
	unsigned int room = ANY(unsigned int);
	const struct xnb_tx_slot *slot;
	bool more;

	pkt = ANY(struct xnb_txpkt);
	some = ANY(unsigned int);
	ASSUME(pkt.nr_slots && pkt.nr_slots <= XNB_TX_SLOTS);
	ASSUME(cursor.slot < pkt.nr_slots &&
	       cursor.done <= pkt.slots[cursor.slot].size);
	more = xnb_txpkt_next(&pkt, &cursor, room, &piece);

	PROVE(cursor.slot >= old.slot);
	/* What is passed over has no bytes left. */
	if (some >= old.slot && some < cursor.slot && some < pkt.nr_slots)
		PROVE(pkt.slots[some].size ==
		      (some == old.slot ? old.done : 0));
	if (!more) {
		PROVE(!room || cursor.slot == pkt.nr_slots);
		PROVE(cursor.slot <= pkt.nr_slots);
		return;
	}
	PROVE(cursor.slot < pkt.nr_slots);
	slot = &pkt.slots[cursor.slot];
	PROVE(piece.size && piece.size <= room);
	PROVE(cursor.done <= slot->size);
	PROVE(cursor.done - piece.size ==
	      (cursor.slot == old.slot ? old.done : 0));
	PROVE(piece.gref == slot->gref && piece.id == slot->id);
	if (!is_in_frame(slot))
		return;
	PROVE(piece.offset == slot->offset + cursor.done - piece.size);
	PROVE(is_in_frame(&piece));
}

void proof_fault_name(void)
{
	enum xnb_tx_fault fault = ANY(enum xnb_tx_fault);

	ASSUME(fault >= 0);
	PROVE(xnb_txpkt_fault_name(fault));
}

/* The short way makes of a slot what the long one makes of it. */
void proof_single(void)
{
	union xnb_tx_raw raw = ANY(union xnb_tx_raw);
	unsigned int fatal_slots = ANY(unsigned int);
	struct xnb_txpkt single = ANY(struct xnb_txpkt);

	ASSUME(fatal_slots);
	pkt = single;
	xnb_txpkt_init(&pkt);
	xnb_txpkt_init(&single);
	if (!xnb_txpkt_take_single(&single, &raw)) {
		PROVE(!memcmp(&single, &pkt,
			      offsetof(struct xnb_txpkt, slots)));
		return;
	}
	PROVE(xnb_txpkt_feed(&pkt, &raw, fatal_slots));
	PROVE(!memcmp(&single, &pkt, offsetof(struct xnb_txpkt, slots)));
	PROVE(!memcmp(&single.slots[0], &pkt.slots[0], sizeof(pkt.slots[0])));
	PROVE(single.fault == XNB_TX_FINE);
}
