// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the responses to packets from the guest: one for each slot.
 */
#include "txrespond.h"
#include "tx.h"

#include <xen/events.h>

static void xnb_txrespond_one(struct xnb_tx *tx, u16 id, s16 status)
{
	struct xen_netif_tx_response rsp = { .id = id, .status = status };

	xgh_ring_respond(&tx->ring, &rsp, sizeof(rsp));
}

static void xnb_txrespond_extras(struct xnb_tx *tx, unsigned int nr)
{
	while (nr--)
		xnb_txrespond_one(tx, 0, XEN_NETIF_RSP_NULL);
}

/**
 * xnb_txrespond_packet() - respond to a packet
 * @tx: the queue's half
 * @work: the packet; its descriptor is free afterwards
 * @status: XEN_NETIF_RSP_*
 *
 * Context: NAPI poll, or it is disabled.
 */
void xnb_txrespond_packet(struct xnb_tx *tx, struct xnb_tx_work *work,
			  s16 status)
{
	const struct xnb_txpkt *pkt = &work->pkt;
	unsigned int i;

	xnb_tx_works_add(&tx->free, work);
	for (i = 0; i < pkt->nr_slots; i++)
		xnb_txrespond_one(tx, pkt->slots[i].id, status);
	xnb_txrespond_extras(tx, pkt->nr_extras);
}

/**
 * xnb_txrespond_push() - show responses to the guest
 * @tx: the queue's half; its frontend has not broken the rules
 *
 * Context: NAPI poll, or it is disabled.
 */
void xnb_txrespond_push(struct xnb_tx *tx)
{
	if (!xgh_ring_push(&tx->ring))
		return;
	notify_remote_via_irq(tx->chan->irq);
	xnb_stat_inc(&tx->stats->sync, &tx->stats->events);
}
