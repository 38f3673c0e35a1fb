// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what becomes of packets from the guest when their queue ends. Process
 * context; the NAPI is disabled for good.
 */
#include "txend.h"
#include "tx.h"
#include "txbuf.h"
#include "txrespond.h"

/**
 * xnb_txend_drop() - drop packets that have not gone to the stack
 * @tx: the queue's half; stopped, and not to run again
 *
 * One that waits for credit stays: the next owner of the ring finds it there.
 *
 * Context: Process.
 */
void xnb_txend_drop(struct xnb_tx *tx)
{
	struct xnb_tx_work *work, *next;

	list_for_each_entry_safe(work, next, &tx->deferred, node) {
		list_del(&work->node);
		if (work->skb)
			kfree_skb(work->skb);
		else
			xnb_txbuf_put_raw(tx, work, false);
		xnb_txrespond_packet(tx, work, XEN_NETIF_RSP_DROPPED);
	}
	tx->nr_deferred = 0;
	tx->again.nr = 0;
}

static void xnb_txend_drop_current(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	tx->current_work = NULL;
	tx->throttled = false;
	xnb_txrespond_packet(tx, work, XEN_NETIF_RSP_DROPPED);
}

/**
 * xnb_txend_refuse_rest() - drop all packets that are still in the ring
 * @tx: the queue's half, its packets dropped; nobody will serve its rings again
 *
 * A frontend must clean up after each request without response, and that of
 * Linux 7.3 cannot do that right: it takes references to slab memory.
 *
 * Context: Process.
 */
void xnb_txend_refuse_rest(struct xnb_tx *tx)
{
	int waiting = xgh_ring_unconsumed(&tx->ring);
	struct xnb_tx_work *work;

	if (READ_ONCE(tx->poll->broken) || waiting < 0)
		return;
	while ((work = xnb_tx_take(tx, &waiting))) {
		if (work->pkt.fault >= XNB_TX_FATAL)
			return;
		xnb_txend_drop_current(tx, work);
	}
	/* The guest will not send the rest of this one. */
	if (tx->current_work)
		xnb_txend_drop_current(tx, tx->current_work);
}

/**
 * xnb_txend_close() - give the guest its last responses
 * @tx: the queue's half, its packets dropped
 *
 * Context: Process.
 */
void xnb_txend_close(struct xnb_tx *tx)
{
	if (tx->poll->broken)
		return;
	/* Counters are read in softirqs, and may not be half written then. */
	local_bh_disable();
	xnb_txrespond_push(tx);
	local_bh_enable();
}
