// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way of packets from the guest to the stack. Each poll takes slots
 * from the ring and checks them, copies all packets with one hypercall,
 * responds with one push and at most one event, and hands the packets to the
 * stack. NAPI poll, unless said otherwise; nothing sleeps.
 */
#include "tx.h"
#include "txbuf.h"
#include "txcopy.h"
#include "txrespond.h"
#include "txretry.h"
#include "txskb.h"
#include "txxdp.h"

#include <linux/slab.h>

/* Segments of a packet that count as one packet. */
#define XNB_TX_SEGS_AT_ONCE	64

static struct xnb_tx_work *xnb_tx_get_work(struct xnb_tx *tx)
{
	struct xnb_tx_work *work;

	if (!tx->free.nr)
		return NULL;
	work = tx->free.work[--tx->free.nr];
	work->skb = NULL;
	work->err = 0;
	work->tries = 0;
	xnb_txpkt_init(&work->pkt);
	return work;
}

/**
 * xnb_tx_take() - take the next whole packet from the ring
 * @tx: the queue's half
 * @waiting: number of slots in the ring; less afterwards
 *
 * Context: NAPI poll, or it is disabled.
 * Return: the packet, which is also current_work, or NULL if there is none. In
 * that case current_work is the part of it that has come so far.
 */
struct xnb_tx_work *xnb_tx_take(struct xnb_tx *tx, int *waiting)
{
	struct xnb_tx_work *work = tx->current_work;
	union xnb_tx_raw raw;

	if (tx->throttled)
		return work;
	while (*waiting > 0) {
		if (!work)
			work = xnb_tx_get_work(tx);
		tx->current_work = work;
		if (!work)
			return NULL;
		xgh_ring_consume(&tx->ring, &raw, sizeof(raw.req));
		--*waiting;
		if (likely(!work->pkt.nr_slots &&
			   xnb_txpkt_take_single(&work->pkt, &raw)))
			return work;
		if (xnb_txpkt_feed(&work->pkt, &raw, tx->link->fatal_slots))
			return work;
	}
	return NULL;
}

/*
 * Takes credit for a packet; without any a timer has the poll run again. Polls
 * that run before it for something else need not ask.
 */
static bool xnb_tx_take_credit(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	bool held = tx->throttled;
	unsigned long wait;

	if (held && timer_pending(&tx->timer))
		return false;
	wait = xnb_rate_take(&tx->link->tx_rate, work->pkt.size);
	tx->throttled = wait;
	if (!wait)
		return true;
	if (!held)
		xnb_stat_inc(&tx->stats->sync, &tx->stats->throttled);
	mod_timer(&tx->timer, jiffies + wait);
	return false;
}

static void xnb_tx_refuse(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	if (work->pkt.fault == XNB_TX_TOO_LONG)
		xnb_stat_inc(&tx->stats->sync, &tx->stats->too_long);
	xnb_stat_inc(&tx->stats->sync, &tx->stats->errors);
	xnb_txrespond_packet(tx, work, XEN_NETIF_RSP_ERROR);
}

static void xnb_tx_change_filter(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	struct xnb_mcast *mcast = &tx->link->mcast;
	int err;

	if (xnb_txpkt_has(&work->pkt, XEN_NETIF_EXTRA_TYPE_MCAST_ADD))
		err = xnb_mcast_add(mcast, work->pkt.mcast_addr);
	else
		err = xnb_mcast_del(mcast, work->pkt.mcast_addr);
	xnb_txrespond_packet(tx, work, err ? XEN_NETIF_RSP_ERROR :
					     XEN_NETIF_RSP_OKAY);
}

/* Prepares the copies of a packet. */
static void xnb_tx_collect(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	int err = unlikely(tx->prog) ? xnb_txbuf_get_raw(tx, work) :
				       xnb_txbuf_get(tx, work);

	if (likely(!err)) {
		xnb_tx_works_add(&tx->batch, work);
		return;
	}
	xnb_stat_inc(&tx->stats->sync, &tx->stats->drops);
	xnb_txrespond_packet(tx, work, XEN_NETIF_RSP_DROPPED);
}

/* Returns whether the queue may go on with the next packet. */
static bool xnb_tx_handle(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	struct xnb_txpkt *pkt = &work->pkt;

	if (pkt->fault >= XNB_TX_FATAL) {
		xnb_poll_break(tx->poll, xnb_txpkt_fault_name(pkt->fault));
		return false;
	}
	if (pkt->fault == XNB_TX_FINE && !xnb_txpkt_is_mcast(pkt) &&
	    !xnb_tx_take_credit(tx, work))
		return false;

	tx->current_work = NULL;
	if (pkt->fault != XNB_TX_FINE)
		xnb_tx_refuse(tx, work);
	else if (xnb_txpkt_is_mcast(pkt))
		xnb_tx_change_filter(tx, work);
	else
		xnb_tx_collect(tx, work);
	return true;
}

/* Is there no room for one more packet that might have to be deferred? */
static bool xnb_tx_is_full(const struct xnb_tx *tx)
{
	return tx->nr_deferred >= XNB_TX_DEFERRED ||
	       tx->again.nr + XNB_TX_PKT_OPS > tx->again.max;
}

/* Makes room for one more packet, all copies of which may be deferred. */
static bool xnb_tx_make_room(struct xnb_tx *tx)
{
	if (tx->copies.nr + tx->again.nr + XNB_TX_PKT_OPS > tx->again.max)
		xnb_txcopy_run(tx);
	return !xnb_tx_is_full(tx);
}

/*
 * How much of the budget a packet takes. Where segments cannot be sent together
 * the stack cuts it here and now, which for very small ones is much work.
 */
static int xnb_tx_weight(const struct xnb_txpkt *pkt)
{
	if (likely(!pkt->gso_size ||
		   pkt->size / XNB_TX_SEGS_AT_ONCE <= pkt->gso_size))
		return 1;
	return pkt->size / pkt->gso_size / XNB_TX_SEGS_AT_ONCE;
}

/* Takes packets up to @budget from the ring; returns what they took of it. */
static int xnb_tx_consume(struct xnb_tx *tx, int budget)
{
	int waiting = xgh_ring_unconsumed(&tx->ring);
	u32 start = tx->ring.req_cons;
	struct xnb_tx_work *work;
	int done = 0;

	if (waiting < 0) {
		xnb_poll_break(tx->poll, "impossible TX producer index");
		return 0;
	}
	while (done < budget && xnb_tx_make_room(tx)) {
		int weight;

		work = xnb_tx_take(tx, &waiting);
		if (!work)
			break;
		weight = xnb_tx_weight(&work->pkt);
		if (!xnb_tx_handle(tx, work))
			break;
		done += weight;
	}
	/* An event for requests that stay in the ring counts as spurious. */
	if (tx->ring.req_cons != start)
		tx->chan->progress = true;
	return min(done, budget);
}

/* All copies of a packet are done; returns it, or NULL if it is dropped. */
static struct sk_buff *xnb_tx_complete(struct xnb_tx *tx,
				       struct xnb_tx_work *work)
{
	struct sk_buff *skb = work->skb;
	int err = work->err;

	/* It was taken for a program, which may have gone, or may be new. */
	if (unlikely(!skb))
		return xnb_txxdp_complete(tx, work);
	if (err) {
		xnb_stat_inc(&tx->stats->sync, &tx->stats->copy_errors);
	} else {
		err = xnb_txskb_prepare(tx, work);
		if (err)
			xnb_stat_inc(&tx->stats->sync, &tx->stats->errors);
	}
	xnb_txrespond_packet(tx, work, err ? XEN_NETIF_RSP_ERROR :
					     XEN_NETIF_RSP_OKAY);
	if (likely(!err))
		return skb;
	dev_kfree_skb_any(skb);
	return NULL;
}

/* Hardly anybody wants datagrams merged, unless the admin says so. */
static bool xnb_tx_merges_datagrams(const struct net_device *dev)
{
	return dev->features & (NETIF_F_GRO_UDP_FWD | NETIF_F_GRO_FRAGLIST);
}

/**
 * struct xnb_tx_ready - packets of a poll that the stack gets when the guest
 * has its responses
 */
struct xnb_tx_ready {
	/** @merge: those that may be merged … */
	struct list_head merge;
	/** @plain: … and those that are not to be */
	struct list_head plain;
	/** @packets: how many these are */
	unsigned int packets;
	/** @bytes: how much is in them */
	unsigned int bytes;
};

static void xnb_tx_add_ready(struct xnb_tx_ready *ready, struct sk_buff *skb,
			     bool datagrams)
{
	bool merge = datagrams || !xnb_txskb_is_datagram(skb);

	ready->packets++;
	ready->bytes += skb->len + ETH_HLEN;
	list_add_tail(&skb->list, merge ? &ready->merge : &ready->plain);
}

static void xnb_tx_complete_all(struct xnb_tx *tx, struct xnb_tx_ready *ready)
{
	bool datagrams = xnb_tx_merges_datagrams(tx->link->dev);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < tx->batch.nr; i++) {
		struct xnb_tx_work *work = tx->batch.work[i];

		if (unlikely(work->err == -EAGAIN)) {
			xnb_txretry_add(tx, work);
			continue;
		}
		skb = xnb_tx_complete(tx, work);
		if (likely(skb))
			xnb_tx_add_ready(ready, skb, datagrams);
	}
	tx->batch.nr = 0;
}

static void xnb_tx_count(struct xnb_tx_stats *stats, unsigned int packets,
			 unsigned int bytes)
{
	u64_stats_update_begin(&stats->sync);
	u64_stats_inc(&stats->polls);
	u64_stats_add(&stats->packets, packets);
	u64_stats_add(&stats->bytes, bytes);
	u64_stats_update_end(&stats->sync);
}

static void xnb_tx_deliver(struct xnb_tx *tx, struct xnb_tx_ready *ready)
{
	struct sk_buff *skb, *next;

	list_for_each_entry_safe(skb, next, &ready->merge, list) {
		skb_list_del_init(skb);
		napi_gro_receive(&tx->poll->napi, skb);
	}
	netif_receive_skb_list(&ready->plain);
	xnb_tx_count(tx->stats, ready->packets, ready->bytes);
}

/* What is rarely due, found by one look at a flag. */
static void xnb_tx_do_rare(struct xnb_tx *tx)
{
	WRITE_ONCE(tx->rare_due, false);
	xnb_txretry_run(tx);
	if (!READ_ONCE(tx->shrink))
		return;
	WRITE_ONCE(tx->shrink, false);
	xnb_txbuf_shrink(tx);
}

/**
 * xnb_tx_poll() - serve a TX ring
 * @tx: the queue's half
 * @budget: most packets to take; one of very many segments counts as several
 *
 * Context: NAPI poll.
 * Return: how much of the budget was taken.
 */
int xnb_tx_poll(struct xnb_tx *tx, int budget)
{
	struct xnb_tx_ready ready = {
		.merge = LIST_HEAD_INIT(ready.merge),
		.plain = LIST_HEAD_INIT(ready.plain),
	};
	int done;

	xnb_txxdp_begin(tx);
	if (READ_ONCE(tx->rare_due))
		xnb_tx_do_rare(tx);
	done = xnb_tx_consume(tx, min_t(int, budget, XNB_TX_BATCH));
	xnb_txcopy_run(tx);
	xnb_tx_complete_all(tx, &ready);
	xnb_txrespond_push(tx);
	xnb_tx_deliver(tx, &ready);
	if (unlikely(tx->prog))
		xnb_txxdp_end(tx);
	return done;
}

/**
 * xnb_tx_rearm() - ask for an event for the next request
 * @tx: the queue's half
 *
 * Context: NAPI poll.
 * Return: whether there is more to do at once.
 */
bool xnb_tx_rearm(struct xnb_tx *tx)
{
	int waiting;

	/* A timer will schedule the poll. */
	if (tx->throttled || xnb_tx_is_full(tx))
		return false;
	waiting = xgh_ring_rearm(&tx->ring);
	if (waiting < 0)
		xnb_poll_break(tx->poll, "impossible TX producer index");
	return waiting > 0;
}

static void xnb_tx_timer(struct timer_list *timer)
{
	struct xnb_tx *tx = container_of(timer, struct xnb_tx, timer);

	napi_schedule(&tx->poll->napi);
}

static int xnb_tx_add_works(struct xnb_tx *tx, struct xnb_tx_work **works,
			    unsigned int nr)
{
	unsigned int i;

	*works = kvcalloc(nr, sizeof(**works), GFP_KERNEL);
	if (!*works)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		xnb_tx_works_add(&tx->free, &(*works)[i]);
	return 0;
}

static int xnb_tx_alloc_works(struct xnb_tx *tx)
{
	int err;

	INIT_LIST_HEAD(&tx->deferred);
	err = xnb_tx_add_works(tx, &tx->works[0], XNB_TX_BATCH);
	return err ?: xnb_tx_add_works(tx, &tx->works[1],
				       XNB_TX_WORKS - XNB_TX_BATCH);
}

/**
 * xnb_tx_init() - prepare the half from the guest
 * @tx: half of a new queue
 * @poll: the poll of that queue
 * @chan: its events
 *
 * Context: Process. May sleep.
 * Return: 0 or a negative errno; xnb_tx_free() is due in any case.
 */
int xnb_tx_init(struct xnb_tx *tx, struct xnb_poll *poll,
		struct xnb_channel *chan)
{
	struct xnb_link *link = poll->link;
	int err;

	tx->poll = poll;
	tx->link = link;
	tx->stats = &link->stats[poll->index].tx;
	tx->chan = chan;
	timer_setup(&tx->timer, xnb_tx_timer, 0);
	timer_setup(&tx->retry_timer, xnb_txretry_timer, 0);
	err = xnb_tx_alloc_works(tx);
	if (!err)
		err = xgh_copy_batch_init(&tx->copies, link->otherend,
					  XNB_TX_OPS);
	if (!err)
		err = xgh_copy_batch_init(&tx->again, link->otherend,
					  XNB_TX_OPS);
	if (!err)
		err = xnb_txbuf_init(tx);
	return err;
}

/**
 * xnb_tx_free() - free the half from the guest
 * @tx: the queue's half, not running
 *
 * Context: Process. May sleep.
 */
void xnb_tx_free(struct xnb_tx *tx)
{
	xgh_copy_batch_free(&tx->copies);
	xgh_copy_batch_free(&tx->again);
	kvfree(tx->works[0]);
	kvfree(tx->works[1]);
}

/**
 * xnb_tx_start() - go on with packets that are under way
 * @tx: the queue's half; its NAPI will be enabled, and polled
 *
 * Context: Process; rtnl is held.
 */
void xnb_tx_start(struct xnb_tx *tx)
{
	/* Packets may have been waiting for frames when it was stopped. */
	tx->rare_due = true;
}

/**
 * xnb_tx_shrink() - have the next poll give memory back that no packet uses
 * @tx: the queue's half; its NAPI may be disabled, and is to be scheduled
 *
 * Context: Process.
 */
void xnb_tx_shrink(struct xnb_tx *tx)
{
	WRITE_ONCE(tx->shrink, true);
	/* The poll looks at this one first. */
	smp_store_release(&tx->rare_due, true);
}

/**
 * xnb_tx_stop() - leave packets that are under way as they are
 * @tx: the queue's half; its NAPI is disabled
 *
 * Packets that wait for frames or for credit stay. If the queue runs again it
 * goes on with them and responds; if not, xnb_txend_drop() is next.
 *
 * Context: Process; rtnl is held.
 */
void xnb_tx_stop(struct xnb_tx *tx)
{
	timer_delete_sync(&tx->timer);
	timer_delete_sync(&tx->retry_timer);
}
