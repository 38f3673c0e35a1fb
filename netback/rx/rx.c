// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way of packets to the guest: whether they may go, when they are
 * copied, and what happens while the ring has no room or the rate is used up.
 * All under the lock of the transmit queue; nothing sleeps.
 */
#include "rx.h"
#include "rxcopy.h"
#include "rxplan.h"
#include "rxroom.h"
#include "rxskb.h"

#include <linux/etherdevice.h>
#include <linux/sched.h>
#include <linux/slab.h>

/*
 * A guest that sends no events: how often to look at its ring, and how long
 * packets wait for it.
 */
#define XNB_RX_LOOK_INTERVAL	1
#define XNB_RX_DRAIN_SHORT	(HZ / 32)
/*
 * A guest that does is asked for an event when many slots are free; the slots
 * that are wanted may be there much earlier.
 */
#define XNB_RX_FIRST_LOOK	2
/*
 * A guest that is only slow goes on within that time, which a queueing
 * discipline still allows. After it, what the guest once had posted is not
 * waited for any more.
 */
#define XNB_RX_FORGET		(HZ / 25)

/*
 * Nothing but a look finds the room that a guest has made that sends no events.
 * What waits in the queueing discipline meanwhile is dropped when that takes
 * long: fq_codel allows 100 ms.
 */
static unsigned long xnb_rx_first_look(const struct xnb_rx *rx)
{
	return rx->link->rx_notify ? XNB_RX_FIRST_LOOK : XNB_RX_LOOK_INTERVAL;
}

/*
 * Stops the queue until there is room for a packet of so many slots, 0 for the
 * next one whatever it is; unless there already is.
 */
static void xnb_rx_halt(struct xnb_rx *rx, u32 head)
{
	u32 wake = max(rx->max_slots, READ_ONCE(rx->link->rx_wake));

	rx->head = head;
	if (xnb_rxroom_await(rx, min(wake, rx->posted_lately / 2)))
		return;
	netif_tx_stop_queue(rx->txq);
	rx->stopped_at = jiffies;
	xnb_stat_inc(&rx->stats->sync, &rx->stats->stops);
	mod_timer(&rx->timer, jiffies + xnb_rx_first_look(rx));
}

static void xnb_rx_set_state(struct xnb_rx *rx, enum xnb_rx_state state)
{
	bool was_stalled = rx->state == XNB_RX_STALLED;
	bool is_stalled = state == XNB_RX_STALLED;

	rx->state = state;
	if (is_stalled && !was_stalled)
		xnb_stat_inc(&rx->stats->sync, &rx->stats->stalls);
	if (is_stalled != was_stalled)
		xnb_carrier_stall(rx->link, is_stalled);
}

/* There is room again. */
static void xnb_rx_resume(struct xnb_rx *rx)
{
	rx->head = 0;
	xnb_rx_set_state(rx, XNB_RX_TAKING);
	if (netif_tx_queue_stopped(rx->txq))
		netif_tx_wake_queue(rx->txq);
}

/**
 * xnb_rx_try_resume() - may packets go to the guest, that do not wait?
 * @rx: the queue's half, open
 *
 * Whoever has stopped because there was no room, and has seen none since, may
 * be waiting for a packet of the stack.
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether they may; those of the stack come first.
 */
bool xnb_rx_try_resume(struct xnb_rx *rx)
{
	if (rx->state != XNB_RX_TAKING && !rx->throttled &&
	    xnb_rxroom_await(rx, 0))
		xnb_rx_resume(rx);
	return rx->state == XNB_RX_TAKING && !netif_tx_queue_stopped(rx->txq);
}

/*
 * Softirqs bring many packets one by one, and so do the threads that polls may
 * have in their place: with softirqs off until all are there. A console on the
 * network has interrupts off, and no poll may ever run after it.
 */
static bool xnb_rx_may_bring_more(void)
{
	return !irqs_disabled() &&
	       (in_serving_softirq() || current->flags & PF_KTHREAD);
}

/*
 * Who brings one packet and is likely to bring more, one by one, has them
 * collected; the queue's poll, which runs after it, flushes them together.
 * Returns whether that will happen.
 */
static bool xnb_rx_leave_to_poll(struct xnb_rx *rx)
{
	if (!xnb_rx_may_bring_more())
		return false;
	if (rx->flush_pending)
		return true;
	WRITE_ONCE(rx->flush_pending, true);
	/* A poll that runs on this CPU flushes them before it ends. */
	if (READ_ONCE(rx->poll->cpu) != smp_processor_id())
		napi_schedule(&rx->poll->napi);
	return true;
}

/* Accounts for a packet that was collected; returns whether to flush now. */
static bool xnb_rx_account(struct xnb_rx *rx, unsigned int len)
{
	bool more = netdev_xmit_more() || xnb_rx_leave_to_poll(rx);

	return __netdev_tx_sent_queue(rx->txq, len, more) ||
	       xnb_rxcopy_is_full(rx);
}

/*
 * Packets may have been collected in the hope of this one: they are flushed,
 * though it is dropped itself, unless more come or the poll will do it.
 */
static netdev_tx_t xnb_rx_drop(struct xnb_rx *rx, struct sk_buff *skb,
			       u64_stats_t *counter)
{
	xnb_stat_inc(&rx->stats->sync, counter);
	dev_kfree_skb_any(skb);
	if (!rx->poll->broken && !netdev_xmit_more() && !rx->flush_pending)
		xnb_rxcopy_flush(rx);
	return NETDEV_TX_OK;
}

/* Does the guest want to hear it? */
static bool xnb_rx_is_wanted(struct xnb_rx *rx, const struct sk_buff *skb)
{
	const struct ethhdr *eth = (const void *)skb->data;

	return skb_headlen(skb) >= ETH_HLEN &&
	       xnb_mcast_passes(&rx->link->mcast, eth->h_dest);
}

/* Takes credit for a packet; without any the queue stops until there is. */
static bool xnb_rx_take_credit(struct xnb_rx *rx, unsigned int len)
{
	unsigned long wait = xnb_rate_take(&rx->link->rx_rate, len);

	if (!wait)
		return true;
	xnb_rxcopy_flush(rx);
	netif_tx_stop_queue(rx->txq);
	rx->stopped_at = jiffies;
	rx->throttled = true;
	rx->head = 0;
	xnb_stat_inc(&rx->stats->sync, &rx->stats->throttled);
	mod_timer(&rx->timer, jiffies + wait);
	return false;
}

/* @room slots were free at least: with enough left nobody has to look again. */
static void xnb_rx_send(struct xnb_rx *rx, struct sk_buff *skb, u32 room)
{
	u32 enough = xnb_rxroom_enough(rx);
	u32 start = rx->ring.req_cons;
	struct xnb_rxplan plan;

	/* The packet may be replaced by a copy of it. */
	if (xnb_rxskb_prepare(rx, &skb, min(room, rx->max_slots), &plan)) {
		xnb_rx_drop(rx, skb, &rx->stats->drops);
		return;
	}
	xnb_rxcopy_add(rx, skb, &plan);
	if (xnb_rx_account(rx, plan.size))
		xnb_rxcopy_flush(rx);
	if (room - (rx->ring.req_cons - start) < enough &&
	    xnb_rxroom_get(rx) < enough) {
		if (!rx->poll->broken)
			xnb_rxcopy_flush(rx);
		xnb_rx_halt(rx, 0);
	}
}

/*
 * Would a packet not fit even if the frontend posted all of its buffers? It is
 * taken to have posted all of them when it has as many as ever before.
 */
static bool xnb_rx_never_fits(struct xnb_rx *rx, u32 slots)
{
	u32 max = rx->max_posted;

	return max && slots > max && xnb_rxroom_get(rx) >= max;
}

/*
 * A guest that has taken nothing for long may have some slots left. Small
 * packets do not use these up: it first has to make the room that is wanted.
 */
static bool xnb_rx_is_too_low(const struct xnb_rx *rx, u32 room)
{
	return rx->state != XNB_RX_TAKING && room < xnb_rxroom_wanted(rx);
}

/* The ring has no room: drops the packet, or stops the queue and keeps it. */
static netdev_tx_t xnb_rx_refuse(struct xnb_rx *rx, struct sk_buff *skb)
{
	u32 slots = xnb_rxskb_slots(rx->link, rx->headroom, skb);

	if (rx->state != XNB_RX_TAKING || xnb_rx_never_fits(rx, slots))
		return xnb_rx_drop(rx, skb, &rx->stats->drops);
	if (!rx->poll->broken)
		xnb_rxcopy_flush(rx);
	xnb_rx_halt(rx, slots);
	return NETDEV_TX_BUSY;
}

/**
 * xnb_rx_xmit() - send a packet to the guest
 * @rx: the queue's half
 * @skb: the packet; taken
 *
 * Context: Softirqs are off and the lock of the transmit queue is held.
 * Return: NETDEV_TX_OK, or NETDEV_TX_BUSY if it cannot go now.
 */
netdev_tx_t xnb_rx_xmit(struct xnb_rx *rx, struct sk_buff *skb)
{
	u32 room;

	if (!rx->open)
		return xnb_rx_drop(rx, skb, &rx->stats->drops);
	if (!xnb_rx_is_wanted(rx, skb))
		return xnb_rx_drop(rx, skb, &rx->stats->filtered);
	room = xnb_rxroom_get_for(rx, skb);
	if (!room || xnb_rx_is_too_low(rx, room))
		return xnb_rx_refuse(rx, skb);
	if (!xnb_rx_take_credit(rx, skb->len))
		return NETDEV_TX_BUSY;

	if (rx->state != XNB_RX_TAKING)
		xnb_rx_resume(rx);
	xnb_rx_send(rx, skb, room);
	return NETDEV_TX_OK;
}

/* Does room in the ring change anything for the queue? */
static bool xnb_rx_waits(const struct xnb_rx *rx)
{
	return rx->state != XNB_RX_TAKING ||
	       netif_tx_queue_stopped(rx->txq);
}

/*
 * Notes what the guest has posted; returns whether that is more than at the
 * last event. An event without new requests counts as spurious.
 */
static bool xnb_rx_note_posted(struct xnb_rx *rx)
{
	int waiting = xgh_ring_unconsumed(&rx->ring);
	u32 posted = rx->ring.req_cons + max(waiting, 0);

	if (posted == rx->last_posted)
		return false;
	rx->last_posted = posted;
	return true;
}

/**
 * xnb_rx_poll() - look whether a guest has made room
 * @rx: the queue's half
 *
 * Context: NAPI poll.
 */
void xnb_rx_poll(struct xnb_rx *rx)
{
	struct xnb_channel *chan = rx->chan;

	/* No event has come that may be for this ring. */
	if (!chan->seen)
		return;

	__netif_tx_lock(rx->txq, smp_processor_id());
	if (rx->open && xnb_rx_note_posted(rx)) {
		chan->progress = true;
		/* A deferred packet may have taken the room meanwhile. */
		if (xnb_rx_waits(rx) && !rx->throttled &&
		    xnb_rxroom_await(rx, 0))
			xnb_rx_resume(rx);
	}
	__netif_tx_unlock(rx->txq);
}

/**
 * xnb_rx_release() - flush packets that were left to the poll
 * @rx: the queue's half
 *
 * Context: NAPI poll.
 */
void xnb_rx_release(struct xnb_rx *rx)
{
	if (!READ_ONCE(rx->flush_pending))
		return;
	__netif_tx_lock(rx->txq, smp_processor_id());
	if (rx->open && !rx->poll->broken)
		xnb_rxcopy_flush(rx);
	__netif_tx_unlock(rx->txq);
}

static unsigned long xnb_rx_drain_time(const struct xnb_link *link)
{
	return link->rx_notify ? link->drain_timeout : XNB_RX_DRAIN_SHORT;
}

/* A guest that sends no events is looked at all the time. */
static unsigned long xnb_rx_forget_time(const struct xnb_link *link)
{
	if (!link->rx_notify)
		return 0;
	return min_t(unsigned long, link->drain_timeout, XNB_RX_FORGET);
}

/*
 * Packets no longer wait for the guest. It may well have room for smaller ones,
 * but never again as much as it once had.
 */
static void xnb_rx_drain(struct xnb_rx *rx)
{
	rx->head = 0;
	WRITE_ONCE(rx->max_posted, rx->posted_lately);
	xnb_rx_set_state(rx, XNB_RX_DRAINING);
	netif_tx_wake_queue(rx->txq);
}

/*
 * The guest has taken nothing for a while. After one timeout packets no longer
 * wait for it, after another it counts as stalled. Returns in how many jiffies
 * to look again, 0 for never.
 */
static unsigned long xnb_rx_check_timeouts(struct xnb_rx *rx,
					   unsigned long waited)
{
	const struct xnb_link *link = rx->link;
	unsigned long drain = xnb_rx_drain_time(link);

	if (rx->state == XNB_RX_TAKING && waited >= drain)
		xnb_rx_drain(rx);
	if (waited < drain && !link->rx_notify)
		return XNB_RX_LOOK_INTERVAL;
	if (waited < xnb_rx_forget_time(link))
		return xnb_rx_forget_time(link) - waited;
	if (waited < drain)
		return drain - waited;
	/* From here on the next packet finds the room that has been made. */
	if (!link->stall_timeout)
		return 0;
	if (waited < link->stall_timeout)
		return link->stall_timeout - waited;
	xnb_rx_set_state(rx, XNB_RX_STALLED);
	return 0;
}

/* Looks for room in the ring; returns in how many jiffies to look again. */
static unsigned long xnb_rx_look(struct xnb_rx *rx)
{
	unsigned long waited = jiffies - rx->stopped_at;

	if (waited >= xnb_rx_forget_time(rx->link))
		xnb_rxroom_forget(rx);
	if (!xnb_rxroom_await(rx, 0))
		return xnb_rx_check_timeouts(rx, waited);
	xnb_rx_resume(rx);
	return 0;
}

static void xnb_rx_timer(struct timer_list *timer)
{
	struct xnb_rx *rx = container_of(timer, struct xnb_rx, timer);
	unsigned long next = 0;
	bool throttled;

	__netif_tx_lock(rx->txq, smp_processor_id());
	throttled = rx->throttled;
	rx->throttled = false;
	/* With credit again, room is the next packet's matter. */
	if (rx->open && xnb_rx_waits(rx) && throttled)
		xnb_rx_resume(rx);
	else if (rx->open && xnb_rx_waits(rx))
		next = xnb_rx_look(rx);
	if (next)
		mod_timer(&rx->timer, jiffies + next);
	__netif_tx_unlock(rx->txq);
}

static void xnb_rx_retry_timer(struct timer_list *timer)
{
	struct xnb_rx *rx = container_of(timer, struct xnb_rx, retry_timer);

	__netif_tx_lock(rx->txq, smp_processor_id());
	if (rx->open && !rx->poll->broken)
		xnb_rxcopy_retry(rx);
	__netif_tx_unlock(rx->txq);
}

/**
 * xnb_rx_init() - prepare the half to the guest
 * @rx: half of a new queue
 * @poll: the poll of that queue
 * @chan: its events
 *
 * Context: Process. May sleep.
 * Return: 0 or a negative errno; xnb_rx_free() is due in any case.
 */
int xnb_rx_init(struct xnb_rx *rx, struct xnb_poll *poll,
		struct xnb_channel *chan)
{
	struct xnb_link *link = poll->link;

	rx->poll = poll;
	rx->link = link;
	rx->stats = &link->stats[poll->index].rx;
	rx->chan = chan;
	rx->txq = netdev_get_tx_queue(link->dev, poll->index);
	__skb_queue_head_init(&rx->skbs);
	__skb_queue_head_init(&rx->deferred);
	timer_setup(&rx->timer, xnb_rx_timer, 0);
	timer_setup(&rx->retry_timer, xnb_rx_retry_timer, 0);
	rx->slots = kvcalloc(XNB_RX_SLOTS, sizeof(*rx->slots), GFP_KERNEL);
	if (!rx->slots)
		return -ENOMEM;
	return xgh_copy_batch_init(&rx->copies, link->otherend, XNB_RX_OPS);
}

/**
 * xnb_rx_free() - free the half to the guest
 * @rx: the queue's half, not running
 *
 * Context: Process. May sleep.
 */
void xnb_rx_free(struct xnb_rx *rx)
{
	xgh_copy_batch_free(&rx->copies);
	kvfree(rx->slots);
	rx->slots = NULL;
}

/* Nothing is collected: what is has been found to fit for another headroom. */
static void xnb_rx_set_headroom(struct xnb_rx *rx)
{
	rx->headroom = READ_ONCE(rx->link->xdp_headroom);
	rx->max_slots = xnb_rxskb_max_slots(rx->link, rx->headroom);
}

/**
 * xnb_rx_follow_headroom() - take over the headroom that the frontend wants
 * @rx: the queue's half, running or not
 *
 * It holds for packets that come from the stack when this has returned.
 *
 * Context: Process.
 */
void xnb_rx_follow_headroom(struct xnb_rx *rx)
{
	__netif_tx_lock_bh(rx->txq);
	if (rx->open && !rx->poll->broken)
		xnb_rxcopy_flush(rx);
	xnb_rx_set_headroom(rx);
	__netif_tx_unlock_bh(rx->txq);
}

/**
 * xnb_rx_start() - let packets come from the stack
 * @rx: the queue's half
 *
 * Context: Process; rtnl is held.
 */
void xnb_rx_start(struct xnb_rx *rx)
{
	u32 room;

	__netif_tx_lock_bh(rx->txq);
	xnb_rx_set_headroom(rx);
	rx->open = true;
	netdev_tx_reset_queue(rx->txq);
	netif_tx_start_queue(rx->txq);
	room = xnb_rxroom_get(rx);
	if (room < xnb_rxroom_enough(rx))
		xnb_rx_halt(rx, 0);
	__netif_tx_unlock_bh(rx->txq);
}

/**
 * xnb_rx_stop() - let no more packets come
 * @rx: the queue's half
 *
 * Context: Process; rtnl is held. May sleep.
 */
void xnb_rx_stop(struct xnb_rx *rx)
{
	__netif_tx_lock_bh(rx->txq);
	netif_tx_stop_queue(rx->txq);
	if (!rx->poll->broken)
		xnb_rxcopy_flush(rx);
	xnb_rxcopy_purge(rx);
	rx->open = false;
	rx->throttled = false;
	xnb_rx_set_state(rx, XNB_RX_TAKING);
	__netif_tx_unlock_bh(rx->txq);
	timer_delete_sync(&rx->timer);
	timer_delete_sync(&rx->retry_timer);
}
