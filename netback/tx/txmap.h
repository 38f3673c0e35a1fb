/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets from the guest that are mapped instead of copied, but for their
 * headers; see txmap.c. A mode of a vif, off by default.
 *
 * The NAPI poll owns all that is not said to belong to somebody else.
 */
#ifndef XNB_TXMAP_H
#define XNB_TXMAP_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "gnttab-helpers/map.h"
#include "txpkt.h"

struct xnb_tx;
struct xnb_tx_work;
struct xnb_txmap;

/**
 * struct xnb_txmap_pkt - a packet whose slots are mapped
 */
struct xnb_txmap_pkt {
	/** @ubuf: how the stack tells that it is done with the frags */
	struct ubuf_info ubuf;
	/** @map: whose it is */
	struct xnb_txmap *map;
	/** @node: on one list or another */
	struct list_head node;
	/** @copied: somebody wanted to keep it for long and copied it */
	bool copied;
	/** @status: what the guest will be told */
	s16 status;
	/** @nr_slots: slots that want a response */
	u8 nr_slots;
	/** @nr_extras: extra infos that want a response */
	u8 nr_extras;
	/** @nr: pieces that are mapped */
	u8 nr;
	/** @ids: of the slots */
	u16 ids[XNB_TX_SLOTS];
	/** @pieces: where they are in the guest's memory */
	struct xnb_tx_slot pieces[XNB_TX_SLOTS];
	/** @maps: where they are here */
	struct xgh_map maps[XNB_TX_SLOTS];
};

int xnb_txmap_init(void);
void xnb_txmap_exit(void);

/* Process context */
struct xnb_txmap *xnb_txmap_create(struct xnb_tx *tx);
void xnb_txmap_destroy(struct xnb_txmap *map);
bool xnb_txmap_is_idle(struct xnb_txmap *map);

/* NAPI poll, or the NAPI is disabled */
bool xnb_txmap_is_busy(const struct xnb_txmap *map);
struct xnb_txmap_pkt *xnb_txmap_get(struct xnb_txmap *map,
				    const struct xnb_txpkt *pkt,
				    unsigned int skip);
bool xnb_txmap_begin(struct xnb_txmap *map, struct list_head *batch);
void xnb_txmap_collect(struct xnb_txmap *map, struct list_head *batch);
void xnb_txmap_attach(struct xnb_txmap_pkt *mapped, struct sk_buff *skb);
void xnb_txmap_respond_later(struct xnb_tx_work *work, s16 status);
struct xnb_txmap_pkt *xnb_txmap_next(struct xnb_txmap *map);
void xnb_txmap_put(struct xnb_txmap_pkt *mapped);

#endif /* XNB_TXMAP_H */
