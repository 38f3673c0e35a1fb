// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the end of the way of packets from the guest, for a while or for good.
 * Process context; the NAPI is disabled.
 */
#include "queue/queue.h"
#include "txrespond.h"
#include "txmap.h"

static void xnb_tx_drop_all(struct xnb_queue *queue, struct list_head *batch)
{
	struct xnb_tx_work *work, *next;

	list_for_each_entry_safe(work, next, batch, node) {
		struct sk_buff *skb = work->skb;

		list_del(&work->node);
		xnb_tx_answer(queue, work, XEN_NETIF_RSP_DROPPED);
		kfree_skb(skb);
	}
}

/**
 * xnb_tx_start() - go on with what is under way
 * @queue: the queue; its NAPI will be enabled, and polled
 *
 * Context: Process; rtnl is held.
 */
void xnb_tx_start(struct xnb_queue *queue)
{
	/* Packets may have been waiting for frames when it was stopped. */
	queue->tx.retry = true;
}

/**
 * xnb_tx_stop() - leave what is under way as it is
 * @queue: the queue; its NAPI is disabled
 *
 * Packets that wait for frames or for credit stay, and so do those that are
 * mapped: somebody may keep them for long. If the queue goes on it goes on
 * with them, and answers; if not, xnb_tx_end() is next.
 *
 * Context: Process; rtnl is held.
 */
void xnb_tx_stop(struct xnb_queue *queue)
{
	timer_delete_sync(&queue->tx.timer);
	timer_delete_sync(&queue->tx.retry_timer);
}

/**
 * xnb_tx_end() - end what can be ended at once
 * @queue: the queue; stopped, and not to go on
 *
 * Packets that have not gone to the stack are dropped. One that waits for
 * credit stays: the next owner of the ring finds it.
 *
 * Context: Process. May sleep, up to 33 s for each frame that is being mapped
 * and paged out.
 */
void xnb_tx_end(struct xnb_queue *queue)
{
	struct xnb_tx *tx = &queue->tx;
	LIST_HEAD(batch);

	if (tx->map) {
		xnb_txmap_wait(tx->map);
		xnb_txmap_collect(tx->map, &batch);
	}
	list_splice_tail_init(&tx->deferred, &batch);
	tx->nr_deferred = 0;
	tx->again.nr = 0;
	xnb_tx_drop_all(queue, &batch);
}

static void xnb_tx_drop(struct xnb_queue *queue, struct xnb_tx_work *work)
{
	queue->tx.current_work = NULL;
	queue->tx.held = false;
	xnb_tx_answer(queue, work, XEN_NETIF_RSP_DROPPED);
}

/**
 * xnb_tx_refuse_rest() - drop all that is left in the ring
 * @queue: the queue, ended; nobody will serve its rings again
 *
 * A frontend must clean up after each request that has no answer, and that of
 * Linux 7.3 cannot do that right: it takes references to slab memory.
 *
 * Context: Process.
 */
void xnb_tx_refuse_rest(struct xnb_queue *queue)
{
	struct xnb_tx *tx = &queue->tx;
	int waiting = xgh_ring_unconsumed(&tx->ring);
	struct xnb_tx_work *work;

	if (READ_ONCE(queue->broken) || waiting < 0)
		return;
	while ((work = xnb_tx_take(queue, &waiting))) {
		if (work->pkt.fault >= XNB_TX_FATAL)
			return;
		xnb_tx_drop(queue, work);
	}
	/* The guest will not complete it. */
	if (tx->current_work)
		xnb_tx_drop(queue, tx->current_work);
}

/**
 * xnb_tx_is_out() - does the stack have packets that wait for an answer?
 * @queue: the queue, ended
 *
 * Context: Process. May sleep.
 * Return: whether it has; only if they are mapped.
 */
bool xnb_tx_is_out(const struct xnb_queue *queue)
{
	return queue->tx.map && !xnb_txmap_is_idle(queue->tx.map);
}

/**
 * xnb_tx_close() - give the guest its last answers
 * @queue: the queue, ended
 *
 * Context: Process.
 */
void xnb_tx_close(struct xnb_queue *queue)
{
	if (queue->tx.map)
		xnb_tx_answer_mapped(queue);
	if (!queue->broken)
		xnb_tx_push(queue);
}
