// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way of packets to the guest. Whoever transmits fills slots of the
 * RX ring and collects copies; the last of a burst issues the hypercall, shows
 * the slots to the guest and frees the packets. All under the lock of the
 * transmit queue; nothing sleeps.
 */
#include "queue.h"
#include "rxplan.h"
#include "rxskb.h"
#include "vif.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/page.h>

/* How often to look at the ring of a guest that sends no events. */
#define XNB_RX_LOOK		1
/* Slots that are best made free at once, so that an event is worth it … */
#define XNB_RX_WAKE		64u
/* … and how long to wait for more than are needed. */
#define XNB_RX_GATHER		2
/* How long packets wait for such a guest. */
#define XNB_RX_SHORT_PATIENCE	(HZ / 32)

static struct xnb_rx_slot *xnb_rx_add_slot(struct xnb_rx *rx)
{
	struct xnb_rx_slot *slot = &rx->slots[rx->nr_slots++];

	memset(slot, 0, sizeof(*slot));
	return slot;
}

static bool xnb_rx_judge(struct xnb_queue *queue, int waiting)
{
	if (waiting < 0)
		xnb_queue_break(queue, "impossible RX producer index");
	return waiting >= (int)queue->rx.need;
}

/* Is there room for the largest packet? */
static bool xnb_rx_has_room(struct xnb_queue *queue)
{
	if (queue->broken)
		return false;
	return xnb_rx_judge(queue, xgh_ring_unconsumed(&queue->rx.ring));
}

/*
 * Is there room now? If not, an event will tell when there is room for as
 * many slots as @wanted, at least those of the largest packet.
 */
static bool xnb_rx_await_room(struct xnb_queue *queue, u32 wanted)
{
	if (queue->broken)
		return false;
	return xnb_rx_judge(queue, xgh_ring_rearm_for(&queue->rx.ring,
						      wanted));
}

static bool xnb_rx_respond(struct xnb_rx *rx)
{
	bool failed = false;
	unsigned int i;

	for (i = 0; i < rx->nr_slots; i++) {
		struct xnb_rx_slot *slot = &rx->slots[i];

		if (slot->is_extra) {
			xgh_ring_respond(&rx->ring, &slot->extra,
					 sizeof(slot->extra));
			continue;
		}
		if (slot->err) {
			slot->rsp.status = XEN_NETIF_RSP_ERROR;
			failed = true;
		}
		xgh_ring_respond(&rx->ring, &slot->rsp, sizeof(slot->rsp));
	}
	rx->nr_slots = 0;
	return failed;
}

static void xnb_rx_copy(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;
	struct xnb_rx_stats *stats = &queue->stats->rx;

	if (!rx->copies.nr)
		return;
	u64_stats_update_begin(&stats->sync);
	u64_stats_inc(&stats->hypercalls);
	u64_stats_add(&stats->copy_ops, rx->copies.nr);
	u64_stats_update_end(&stats->sync);
	/* The guest takes packets in order: none can wait for its frame. */
	xgh_copy_batch_try(&rx->copies, NULL);
}

static void xnb_rx_notify(struct xnb_queue *queue)
{
	struct xnb_channel *chan = queue->split ? &queue->rx.chan :
						  &queue->tx.chan;

	if (!xgh_ring_push(&queue->rx.ring))
		return;
	notify_remote_via_irq(chan->irq);
	xnb_stat_inc(&queue->stats->rx.sync, &queue->stats->rx.events);
}

/* Copies all that was collected and shows it to the guest. */
static void xnb_rx_flush(struct xnb_queue *queue)
{
	struct xnb_rx_stats *stats = &queue->stats->rx;
	struct xnb_rx *rx = &queue->rx;
	unsigned int packets = skb_queue_len(&rx->skbs);

	if (!packets)
		return;
	xnb_rx_copy(queue);
	if (xnb_rx_respond(rx))
		xnb_stat_inc(&stats->sync, &stats->copy_errors);
	xnb_rx_notify(queue);

	u64_stats_update_begin(&stats->sync);
	u64_stats_add(&stats->packets, packets);
	u64_stats_add(&stats->bytes, rx->bytes);
	u64_stats_update_end(&stats->sync);
	netdev_tx_completed_queue(rx->txq, packets, rx->bytes);
	rx->bytes = 0;
	while (packets--)
		dev_consume_skb_any(__skb_dequeue(&rx->skbs));
}

/**
 * struct xnb_rx_writer - a packet being laid out in slots
 */
struct xnb_rx_writer {
	/** @queue: where to */
	struct xnb_queue *queue;
	/** @slot: the slot being filled, NULL at the end of one */
	struct xnb_rx_slot *slot;
	/** @gref: its grant */
	grant_ref_t gref;
	/** @offset: where its next byte goes */
	unsigned int offset;
	/** @left: bytes of the packet that are still to come */
	unsigned int left;
};

static void xnb_rx_next_slot(struct xnb_rx_writer *writer, u16 headroom,
			     u16 flags)
{
	struct xnb_rx *rx = &writer->queue->rx;
	struct xen_netif_rx_request req;
	struct xnb_rx_slot *slot;

	xgh_ring_consume(&rx->ring, &req, sizeof(req));
	slot = xnb_rx_add_slot(rx);
	slot->rsp.id = req.id;
	slot->rsp.offset = headroom;
	slot->rsp.flags = flags;
	writer->slot = slot;
	writer->gref = req.gref;
	writer->offset = headroom;
}

static void xnb_rx_add_extra(struct xnb_rx *rx,
			     const struct xen_netif_extra_info *extra)
{
	struct xen_netif_rx_request unused;
	struct xnb_rx_slot *slot;

	xgh_ring_consume(&rx->ring, &unused, sizeof(unused));
	slot = xnb_rx_add_slot(rx);
	slot->is_extra = true;
	slot->extra = *extra;
}

static void xnb_rx_begin(struct xnb_rx_writer *writer,
			 const struct xnb_rx_plan *plan)
{
	struct xnb_rx *rx = &writer->queue->rx;
	struct xen_netif_extra_info extras[3];
	unsigned int nr, i;

	writer->left = plan->size;
	xnb_rx_next_slot(writer, plan->headroom, plan->flags);
	nr = xnb_rx_plan_extras(plan, extras);
	if (nr)
		writer->slot->rsp.flags |= XEN_NETRXF_extra_info;
	for (i = 0; i < nr; i++)
		xnb_rx_add_extra(rx, &extras[i]);
}

static void xnb_rx_write_piece(struct xnb_rx_writer *writer, struct page *page,
			       unsigned int offset, unsigned int len)
{
	struct xgh_copy_batch *copies = &writer->queue->rx.copies;
	struct xgh_copy_span span = {
		.gref = writer->gref,
		.gref_offset = writer->offset,
		.len = len,
		.page = page,
		.offset = offset,
	};

	if (!xgh_copy_batch_has_room(copies))
		xnb_rx_copy(writer->queue);
	xgh_copy_to_gref(copies, &span, &writer->slot->err);
	writer->slot->rsp.status += len;
	writer->offset += len;
	writer->left -= len;
}

static void xnb_rx_write(void *data, struct page *page, unsigned int offset,
			 unsigned int len)
{
	struct xnb_rx_writer *writer = data;

	/* What the plan does not know of has no slots. */
	len = min(len, writer->left);
	while (len) {
		unsigned int piece = min_t(unsigned int, len,
					   XEN_PAGE_SIZE - writer->offset);

		if (!piece) {
			writer->slot->rsp.flags |= XEN_NETRXF_more_data;
			xnb_rx_next_slot(writer, 0, 0);
			continue;
		}
		xnb_rx_write_piece(writer, page, offset, piece);
		offset += piece;
		len -= piece;
	}
}

static void xnb_rx_queue_skb(struct xnb_queue *queue, struct sk_buff *skb,
			     const struct xnb_rx_plan *plan)
{
	struct xnb_rx_writer writer = { .queue = queue };

	xnb_rx_begin(&writer, plan);
	xnb_rxskb_walk(skb, xnb_rx_write, &writer);
	skb_tx_timestamp(skb);
	__skb_queue_tail(&queue->rx.skbs, skb);
	queue->rx.bytes += plan->size;
}

/* Without room the queue stops, unless some has come meanwhile. */
static void xnb_rx_halt(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;

	if (xnb_rx_await_room(queue, max(rx->need, XNB_RX_WAKE)))
		return;
	netif_tx_stop_queue(rx->txq);
	rx->stopped_at = jiffies;
	xnb_stat_inc(&queue->stats->rx.sync, &queue->stats->rx.stops);
	mod_timer(&rx->timer, jiffies + XNB_RX_GATHER);
}

/* Room again: as if nothing had happened. */
static void xnb_rx_resume(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;

	rx->draining = false;
	if (rx->stalled) {
		rx->stalled = false;
		xnb_vif_queue_recovers(queue->vif);
	}
	if (netif_tx_queue_stopped(rx->txq))
		netif_tx_wake_queue(rx->txq);
}

static netdev_tx_t xnb_rx_drop(struct xnb_queue *queue, struct sk_buff *skb)
{
	xnb_stat_inc(&queue->stats->rx.sync, &queue->stats->rx.drops);
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static bool xnb_rx_must_flush(struct xnb_queue *queue, unsigned int len)
{
	struct xnb_rx *rx = &queue->rx;
	bool more = netdev_xmit_more();

	if (__netdev_tx_sent_queue(rx->txq, len, more))
		return true;
	return rx->nr_slots + rx->need > XNB_RX_SLOTS;
}

/**
 * xnb_rx_xmit() - send a packet to the guest
 * @queue: the queue
 * @skb: the packet; taken
 *
 * Context: Softirqs are off and the lock of the transmit queue is held.
 * Return: NETDEV_TX_OK, or NETDEV_TX_BUSY if there is no room.
 */
netdev_tx_t xnb_rx_xmit(struct xnb_queue *queue, struct sk_buff *skb)
{
	struct xnb_rx *rx = &queue->rx;
	struct xnb_rx_plan plan;
	bool room;

	if (!rx->open)
		return xnb_rx_drop(queue, skb);
	room = xnb_rx_has_room(queue);
	if (!room && !rx->draining) {
		xnb_rx_flush(queue);
		xnb_rx_halt(queue);
		return NETDEV_TX_BUSY;
	}
	/* From here on the packet is ours, and may be replaced by a copy. */
	if (!room || xnb_rxskb_prepare(queue, &skb, &plan) ||
	    xnb_rx_plan_slots(&plan) > rx->need) {
		xnb_rx_flush(queue);
		return xnb_rx_drop(queue, skb);
	}

	if (rx->draining)
		xnb_rx_resume(queue);
	xnb_rx_queue_skb(queue, skb, &plan);
	if (xnb_rx_must_flush(queue, plan.size))
		xnb_rx_flush(queue);
	if (!xnb_rx_has_room(queue)) {
		xnb_rx_flush(queue);
		xnb_rx_halt(queue);
	}
	return NETDEV_TX_OK;
}

/* Requests that the guest has posted since the last event make it fruitful. */
static bool xnb_rx_has_new(struct xnb_rx *rx)
{
	int waiting = xgh_ring_unconsumed(&rx->ring);
	u32 posted = rx->ring.req_cons + max(waiting, 0);

	if (posted == rx->seen)
		return false;
	rx->seen = posted;
	return true;
}

/**
 * xnb_rx_poll() - look whether a guest has made room
 * @queue: the queue
 *
 * Context: NAPI poll.
 */
void xnb_rx_poll(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;
	struct xnb_channel *chan = queue->split ? &rx->chan : &queue->tx.chan;

	/* Nobody waits, and no event of this ring is at its end. */
	if (!READ_ONCE(chan->due))
		return;

	__netif_tx_lock(rx->txq, smp_processor_id());
	if (rx->open && xnb_rx_has_new(rx)) {
		chan->fruitful = true;
		if ((rx->draining || netif_tx_queue_stopped(rx->txq)) &&
		    xnb_rx_has_room(queue))
			xnb_rx_resume(queue);
	}
	__netif_tx_unlock(rx->txq);
}

static void xnb_rx_stall(struct xnb_queue *queue)
{
	if (queue->rx.stalled)
		return;
	queue->rx.stalled = true;
	xnb_stat_inc(&queue->stats->rx.sync, &queue->stats->rx.stalls);
	xnb_vif_queue_stalls(queue->vif);
}

/*
 * The guest has taken nothing for a while. First packets no longer wait for
 * it, then it counts as stalled. Returns when to look again, 0 for never.
 */
static unsigned long xnb_rx_impatience(struct xnb_queue *queue)
{
	const struct xnb_vif *vif = queue->vif;
	struct xnb_rx *rx = &queue->rx;
	unsigned long waited = jiffies - rx->stopped_at;
	unsigned long drain = vif->rx_notify ? vif->drain_timeout :
					       XNB_RX_SHORT_PATIENCE;

	if (!rx->draining && waited >= drain) {
		rx->draining = true;
		netif_tx_wake_queue(rx->txq);
	}
	if (!vif->rx_notify)
		return XNB_RX_LOOK;
	if (waited < drain)
		return drain - waited;
	if (!vif->stall_timeout)
		return 0;
	if (waited < vif->stall_timeout)
		return vif->stall_timeout - waited;
	xnb_rx_stall(queue);
	return 0;
}

static void xnb_rx_timer(struct timer_list *timer)
{
	struct xnb_queue *queue = container_of(timer, struct xnb_queue,
					       rx.timer);
	struct xnb_rx *rx = &queue->rx;
	unsigned long next = 0;

	__netif_tx_lock(rx->txq, smp_processor_id());
	if (!rx->open || (!rx->draining && !netif_tx_queue_stopped(rx->txq)))
		goto out;
	if (xnb_rx_await_room(queue, rx->need))
		xnb_rx_resume(queue);
	else
		next = xnb_rx_impatience(queue);
	if (next)
		mod_timer(&rx->timer, jiffies + next);
out:
	__netif_tx_unlock(rx->txq);
}

/**
 * xnb_rx_init() - prepare the half to the guest
 * @queue: a new queue
 *
 * Context: Process. May sleep.
 * Return: 0 or a negative errno; xnb_rx_free() is due in any case.
 */
int xnb_rx_init(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;

	rx->txq = netdev_get_tx_queue(queue->vif->dev, queue->index);
	__skb_queue_head_init(&rx->skbs);
	timer_setup(&rx->timer, xnb_rx_timer, 0);
	rx->slots = kvcalloc(XNB_RX_SLOTS, sizeof(*rx->slots), GFP_KERNEL);
	if (!rx->slots)
		return -ENOMEM;
	return xgh_copy_batch_init(&rx->copies, queue->vif->otherend,
				   XNB_RX_OPS);
}

/**
 * xnb_rx_free() - free the half to the guest
 * @queue: the queue, not running
 *
 * Context: Process. May sleep.
 */
void xnb_rx_free(struct xnb_queue *queue)
{
	xgh_copy_batch_free(&queue->rx.copies);
	kvfree(queue->rx.slots);
	queue->rx.slots = NULL;
}

/**
 * xnb_rx_start() - let packets come
 * @queue: the queue
 *
 * Context: Process; rtnl is held.
 */
void xnb_rx_start(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;

	__netif_tx_lock_bh(rx->txq);
	rx->need = xnb_rxskb_need(queue->vif);
	rx->open = true;
	netdev_tx_reset_queue(rx->txq);
	netif_tx_start_queue(rx->txq);
	if (!xnb_rx_has_room(queue))
		xnb_rx_halt(queue);
	__netif_tx_unlock_bh(rx->txq);
}

/**
 * xnb_rx_stop() - let no more packets come
 * @queue: the queue
 *
 * Context: Process; rtnl is held. May sleep.
 */
void xnb_rx_stop(struct xnb_queue *queue)
{
	struct xnb_rx *rx = &queue->rx;

	__netif_tx_lock_bh(rx->txq);
	netif_tx_stop_queue(rx->txq);
	if (!queue->broken)
		xnb_rx_flush(queue);
	while (!skb_queue_empty(&rx->skbs))
		dev_kfree_skb_any(__skb_dequeue(&rx->skbs));
	rx->open = false;
	rx->draining = false;
	if (rx->stalled) {
		rx->stalled = false;
		xnb_vif_queue_recovers(queue->vif);
	}
	__netif_tx_unlock_bh(rx->txq);
	timer_delete_sync(&rx->timer);
}
