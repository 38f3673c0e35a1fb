// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the end of the way of packets from the guest, for a while or for good.
 * Process context; the NAPI is disabled.
 */
#include "tx.h"
#include "txrespond.h"
#include "txmap.h"

static void xnb_txend_drop_all(struct xnb_tx *tx, struct list_head *batch)
{
	struct xnb_tx_work *work, *next;

	list_for_each_entry_safe(work, next, batch, node) {
		struct sk_buff *skb = work->skb;

		list_del(&work->node);
		xnb_txrespond_packet(tx, work, XEN_NETIF_RSP_DROPPED);
		kfree_skb(skb);
	}
}

/**
 * xnb_tx_start() - go on with what is under way
 * @tx: the queue's half; its NAPI will be enabled, and polled
 *
 * Context: Process; rtnl is held.
 */
void xnb_tx_start(struct xnb_tx *tx)
{
	/* Packets may have been waiting for frames when it was stopped. */
	tx->retry = true;
}

/**
 * xnb_tx_stop() - leave what is under way as it is
 * @tx: the queue's half; its NAPI is disabled
 *
 * Packets that wait for frames or for credit stay, and so do those that are
 * mapped: somebody may keep them for long. If the queue goes on it goes on
 * with them, and answers; if not, xnb_txend_drop() is next.
 *
 * Context: Process; rtnl is held.
 */
void xnb_tx_stop(struct xnb_tx *tx)
{
	timer_delete_sync(&tx->timer);
	timer_delete_sync(&tx->retry_timer);
}

/**
 * xnb_txend_drop() - end what can be ended at once
 * @tx: the queue's half; stopped, and not to go on
 *
 * Packets that have not gone to the stack are dropped. One that waits for
 * credit stays: the next owner of the ring finds it.
 *
 * Context: Process. May sleep, up to 33 s for each frame that is being mapped
 * and paged out.
 */
void xnb_txend_drop(struct xnb_tx *tx)
{
	LIST_HEAD(batch);

	if (tx->map) {
		xnb_txmap_wait(tx->map);
		xnb_txmap_collect(tx->map, &batch);
	}
	list_splice_tail_init(&tx->deferred, &batch);
	tx->nr_deferred = 0;
	tx->again.nr = 0;
	xnb_txend_drop_all(tx, &batch);
}

static void xnb_txend_drop_current(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	tx->current_work = NULL;
	tx->throttled = false;
	xnb_txrespond_packet(tx, work, XEN_NETIF_RSP_DROPPED);
}

/**
 * xnb_txend_refuse_rest() - drop all that is left in the ring
 * @tx: the queue's half, ended; nobody will serve its rings again
 *
 * A frontend must clean up after each request that has no answer, and that of
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
	/* The guest will not complete it. */
	if (tx->current_work)
		xnb_txend_drop_current(tx, tx->current_work);
}

/**
 * xnb_txend_has_mapped() - does the stack have packets that wait for an answer?
 * @tx: the queue's half, ended
 *
 * Context: Process. May sleep.
 * Return: whether it has; only if they are mapped.
 */
bool xnb_txend_has_mapped(const struct xnb_tx *tx)
{
	return tx->map && !xnb_txmap_is_idle(tx->map);
}

/**
 * xnb_txend_close() - give the guest its last answers
 * @tx: the queue's half, ended
 *
 * Context: Process.
 */
void xnb_txend_close(struct xnb_tx *tx)
{
	if (tx->map)
		xnb_txrespond_unmapped(tx);
	if (!tx->poll->broken)
		xnb_txrespond_push(tx);
}
