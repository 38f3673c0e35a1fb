// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the slots of an RX ring that are being filled: copies are collected
 * packet by packet, issued with one hypercall, and shown to the guest with one
 * push and at most one event. The guest takes packets in the order of its
 * slots. So when a frame is paged out, the slots of its packet are given back
 * as failed, and the packet is deferred: it gets new slots later, while others
 * go on. A bounded number may wait (XSA-392). All under the lock of the
 * transmit queue; nothing sleeps.
 */
#include "rxcopy.h"
#include "gnttab-helpers/status.h"
#include "rxplan.h"
#include "rxroom.h"
#include "rxskb.h"
#include "rxxdp.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/grant_table.h>
#include <xen/page.h>

/* Packets that may be deferred; more are dropped. */
#define XNB_RX_DEFERRED		64

/**
 * struct xnb_rx_cb - what we note on a packet
 */
struct xnb_rx_cb {
	/** @slots: how many it takes in the ring */
	u16 slots;
	/** @tries: how often a frame was paged out */
	u16 tries;
};

static struct xnb_rx_cb *xnb_rx_cb(struct sk_buff *skb)
{
	static_assert(sizeof(struct xnb_rx_cb) <= sizeof(skb->cb));
	return (struct xnb_rx_cb *)skb->cb;
}

static struct xnb_rx_slot *xnb_rxcopy_add_slot(struct xnb_rx *rx)
{
	struct xnb_rx_slot *slot = &rx->slots[rx->nr_slots++];

	memset(slot, 0, sizeof(*slot));
	return slot;
}

static void xnb_rxcopy_issue(struct xnb_rx *rx)
{
	struct xnb_rx_stats *stats = rx->stats;

	if (!rx->copies.nr)
		return;
	u64_stats_update_begin(&stats->sync);
	u64_stats_inc(&stats->hypercalls);
	u64_stats_add(&stats->copy_ops, rx->copies.nr);
	u64_stats_update_end(&stats->sync);
	/*
	 * Copies from frames that are paged out are not kept for later: other
	 * packets must not wait behind their slots.
	 */
	xgh_copy_batch_once(&rx->copies);
}

/* ---- laying a packet out ---------------------------------------------- */

/**
 * struct xnb_rxcopy_writer - a packet being laid out in slots
 */
struct xnb_rxcopy_writer {
	/** @rx: where to */
	struct xnb_rx *rx;
	/** @slot: the slot being filled */
	struct xnb_rx_slot *slot;
	/** @gref: its grant */
	grant_ref_t gref;
	/** @plan: a copy of the plan, which tells where the next byte goes */
	struct xnb_rxplan plan;
	/** @left: slots of the plan that are still to come */
	unsigned int left;
};

static void xnb_rxcopy_next_slot(struct xnb_rxcopy_writer *writer, u16 headroom,
				 u16 flags)
{
	struct xnb_rx *rx = writer->rx;
	struct xen_netif_rx_request req;
	struct xnb_rx_slot *slot;

	xgh_ring_consume(&rx->ring, &req, sizeof(req));
	slot = xnb_rxcopy_add_slot(rx);
	slot->rsp.id = req.id;
	slot->rsp.offset = headroom;
	slot->rsp.flags = flags;
	writer->slot = slot;
	writer->gref = req.gref;
	writer->left--;
}

static void xnb_rxcopy_add_extra(struct xnb_rx *rx,
				 const struct xen_netif_extra_info *extra)
{
	struct xen_netif_rx_request unused;
	struct xnb_rx_slot *slot;

	xgh_ring_consume(&rx->ring, &unused, sizeof(unused));
	slot = xnb_rxcopy_add_slot(rx);
	slot->is_extra = true;
	slot->extra = *extra;
}

static void xnb_rxcopy_add_extras(struct xnb_rxcopy_writer *writer)
{
	struct xen_netif_extra_info extras[3];
	unsigned int nr, i;

	writer->slot->rsp.flags |= XEN_NETRXF_extra_info;
	nr = xnb_rxplan_extras(&writer->plan, extras);
	for (i = 0; i < nr; i++)
		xnb_rxcopy_add_extra(writer->rx, &extras[i]);
}

static void xnb_rxcopy_begin(struct xnb_rxcopy_writer *writer)
{
	struct xnb_rxplan *plan = &writer->plan;

	writer->left = plan->slots;
	xnb_rxplan_begin(plan);
	xnb_rxcopy_next_slot(writer, plan->headroom, plan->flags);
	if (xnb_rxplan_nr_extras(plan))
		xnb_rxcopy_add_extras(writer);
}

/* Copies directly from the domain that granted the page. */
static void xnb_rxcopy_add_foreign(struct xnb_rxcopy_writer *writer,
				   struct page *page, unsigned int offset,
				   unsigned int len)
{
	const struct xen_page_foreign *foreign = xen_page_foreign(page);
	struct xgh_copy_foreign from = {
		.gref = foreign->gref,
		.domid = foreign->domid,
		.offset = offset,
	};

	xgh_copy_gref_to_gref(&writer->rx->copies, &from, writer->gref,
			      writer->plan.used, len, &writer->slot->err);
}

static void xnb_rxcopy_add_local(struct xnb_rxcopy_writer *writer,
				 struct page *page, unsigned int offset,
				 unsigned int len)
{
	struct xgh_copy_span span = {
		.gref = writer->gref,
		.gref_offset = writer->plan.used,
		.len = len,
		.page = page,
		.offset = offset,
	};

	xgh_copy_to_gref(&writer->rx->copies, &span, &writer->slot->err);
}

static void xnb_rxcopy_write_piece(struct xnb_rxcopy_writer *writer,
				   struct page *page, unsigned int offset,
				   unsigned int len)
{
	if (!xgh_copy_batch_has_room(&writer->rx->copies))
		xnb_rxcopy_issue(writer->rx);
	/* A grant is one frame; what lies behind it is no part of it. */
	if (unlikely(writer->plan.foreign) && offset + len <= XEN_PAGE_SIZE &&
	    xnb_rxskb_page_is_granted(page))
		xnb_rxcopy_add_foreign(writer, page, offset, len);
	else
		xnb_rxcopy_add_local(writer, page, offset, len);
	writer->slot->rsp.status += len;
	writer->plan.used += len;
}

static void xnb_rxcopy_write(void *data, struct page *page, unsigned int offset,
			     unsigned int len)
{
	struct xnb_rxcopy_writer *writer = data;
	struct xnb_rxplan *plan = &writer->plan;

	while (len) {
		unsigned int piece = xnb_rxplan_piece(plan, offset, len);

		if (!piece) {
			/* There are no slots for what is not in the plan. */
			if (!writer->left)
				return;
			writer->slot->rsp.flags |= XEN_NETRXF_more_data;
			xnb_rxcopy_next_slot(writer, 0, 0);
			plan->slots++;
			plan->used = 0;
			continue;
		}
		xnb_rxcopy_write_piece(writer, page, offset, piece);
		offset += piece;
		len -= piece;
	}
}

static void xnb_rxcopy_lay_out(struct xnb_rx *rx, struct sk_buff *skb,
			       const struct xnb_rxplan *plan)
{
	struct xnb_rxcopy_writer writer = { .rx = rx, .plan = *plan };
	unsigned int before = rx->nr_slots;

	xnb_rxcopy_begin(&writer);
	xnb_rxskb_walk(skb, xnb_rxcopy_write, &writer);
	xnb_rx_cb(skb)->slots = rx->nr_slots - before;
	__skb_queue_tail(&rx->skbs, skb);
}

/**
 * xnb_rxcopy_add() - collect the copies of a packet
 * @rx: the queue's half; ring and batch have room for the largest packet
 * @skb: the packet as xnb_rxskb_prepare() left it; taken
 * @plan: how it is to be laid out
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxcopy_add(struct xnb_rx *rx, struct sk_buff *skb,
		    const struct xnb_rxplan *plan)
{
	memset(skb->cb, 0, sizeof(struct xnb_rx_cb));
	skb_tx_timestamp(skb);
	if (unlikely(plan->foreign))
		xnb_stat_inc(&rx->stats->sync, &rx->stats->foreign);
	rx->bytes += plan->size;
	rx->accounted++;
	xnb_rxcopy_lay_out(rx, skb, plan);
}

/**
 * xnb_rxcopy_add_frame() - collect the copies of an XDP frame
 * @rx: the queue's half; it has room for the frame, and nothing but frames was
 *	collected
 * @frame: the frame; it stays the caller's, until xnb_rxcopy_flush_frames()
 * @plan: how it is to be laid out
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxcopy_add_frame(struct xnb_rx *rx, struct xdp_frame *frame,
			  const struct xnb_rxplan *plan)
{
	struct xnb_rxcopy_writer writer = { .rx = rx, .plan = *plan };
	unsigned int before = rx->nr_slots;

	xnb_rxcopy_begin(&writer);
	xnb_rxxdp_walk(frame, xnb_rxcopy_write, &writer);
	rx->slots[before].nr = rx->nr_slots - before;
}

/* ---- showing them to the guest ---------------------------------------- */

/* Responds to the slots of one packet; returns the error of its copies. */
static int xnb_rxcopy_respond(struct xnb_rx *rx, unsigned int first,
			      unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = first; i < first + nr; i++) {
		struct xnb_rx_slot *slot = &rx->slots[i];

		if (slot->is_extra) {
			xgh_ring_respond(&rx->ring, &slot->extra,
					 sizeof(slot->extra));
			continue;
		}
		if (slot->err) {
			slot->rsp.status = XEN_NETIF_RSP_ERROR;
			/* An error that may pass must not hide another. */
			if (!err || err == -EAGAIN)
				err = slot->err;
		}
		xgh_ring_respond(&rx->ring, &slot->rsp, sizeof(slot->rsp));
	}
	return err;
}

/*
 * Defers a packet, if it is worth another try: its frame was paged out, or the
 * grant of another domain has changed meanwhile, so that the packet has to be
 * copied here first. Returns whether the packet was taken.
 */
static bool xnb_rxcopy_defer(struct xnb_rx *rx, struct sk_buff **skb, int err)
{
	unsigned int tries = xnb_rx_cb(*skb)->tries;

	if (tries == XGH_EAGAIN_TRIES ||
	    skb_queue_len(&rx->deferred) >= XNB_RX_DEFERRED)
		return false;
	if (err != -EAGAIN && !xnb_rxskb_make_local(skb))
		return false;
	xnb_rx_cb(*skb)->tries = ++tries;
	__skb_queue_tail(&rx->deferred, *skb);
	xnb_stat_inc(&rx->stats->sync, &rx->stats->deferred);
	if (!timer_pending(&rx->retry_timer))
		mod_timer(&rx->retry_timer, jiffies + msecs_to_jiffies(tries));
	return true;
}

/*
 * Softirqs are off, so that the memory of many packets can be freed at once.
 * Netpoll may have interrupts off as well. Pages are given back at once: from
 * Linux 6.19 on they would wait for the CPU that has made the packet, and where
 * they are mapped for a disk so would a guest.
 */
static void xnb_rxcopy_consume(struct sk_buff *skb)
{
	napi_consume_skb(skb, !irqs_disabled() && !skb_is_nonlinear(skb));
}

/* What could not be copied waits, or is lost. */
static void xnb_rxcopy_fail(struct xnb_rx *rx, struct sk_buff *skb, int err)
{
	if (xnb_rxcopy_defer(rx, &skb, err))
		return;
	xnb_stat_inc(&rx->stats->sync, &rx->stats->copy_errors);
	dev_kfree_skb_any(skb);
}

static void xnb_rxcopy_count(struct xnb_rx_stats *stats, unsigned int packets,
			     unsigned int bytes)
{
	u64_stats_update_begin(&stats->sync);
	u64_stats_add(&stats->packets, packets);
	u64_stats_add(&stats->bytes, bytes);
	u64_stats_update_end(&stats->sync);
}

/* Responds to all packets in the order of their slots. */
static void xnb_rxcopy_finish(struct xnb_rx *rx)
{
	unsigned int packets = 0;
	unsigned int bytes = 0;
	unsigned int slot = 0;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&rx->skbs))) {
		unsigned int nr = xnb_rx_cb(skb)->slots;
		int err = xnb_rxcopy_respond(rx, slot, nr);

		slot += nr;
		if (unlikely(err)) {
			xnb_rxcopy_fail(rx, skb, err);
			continue;
		}
		packets++;
		bytes += skb->len;
		xnb_rxcopy_consume(skb);
	}
	xnb_rxcopy_count(rx->stats, packets, bytes);
}

static void xnb_rxcopy_push(struct xnb_rx *rx)
{
	if (!xgh_ring_push(&rx->ring))
		return;
	notify_remote_via_irq(rx->chan->irq);
	xnb_stat_inc(&rx->stats->sync, &rx->stats->events);
}

/* Byte queue limits count packets as sent when the guest has them. */
static void xnb_rxcopy_report_bytes(struct xnb_rx *rx)
{
	if (rx->accounted)
		netdev_tx_completed_queue(rx->txq, rx->accounted, rx->bytes);
	rx->accounted = 0;
	rx->bytes = 0;
}

/**
 * xnb_rxcopy_flush() - copy all that was collected and show it to the guest
 * @rx: the queue's half; its frontend has not broken the rules
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxcopy_flush(struct xnb_rx *rx)
{
	WRITE_ONCE(rx->flush_pending, false);
	if (skb_queue_empty(&rx->skbs))
		return;
	xnb_rxcopy_issue(rx);
	xnb_rxcopy_finish(rx);
	rx->nr_slots = 0;
	xnb_rxcopy_push(rx);
	xnb_rxcopy_report_bytes(rx);
}

/* Bytes of the frame that has these slots. */
static unsigned int xnb_rxcopy_frame_size(const struct xnb_rx *rx,
					  unsigned int first, unsigned int nr)
{
	unsigned int bytes = 0;
	unsigned int i;

	for (i = first; i < first + nr; i++) {
		if (!rx->slots[i].is_extra)
			bytes += rx->slots[i].rsp.status;
	}
	return bytes;
}

/* Responds to a frame; returns its bytes, 0 if they could not be copied. */
static unsigned int xnb_rxcopy_finish_frame(struct xnb_rx *rx,
					    unsigned int first, unsigned int nr)
{
	unsigned int bytes = xnb_rxcopy_frame_size(rx, first, nr);

	if (!xnb_rxcopy_respond(rx, first, nr))
		return bytes;
	xnb_stat_inc(&rx->stats->sync, &rx->stats->copy_errors);
	return 0;
}

static void xnb_rxcopy_finish_frames(struct xnb_rx *rx)
{
	unsigned int packets = 0;
	unsigned int bytes = 0;
	unsigned int slot, nr;

	for (slot = 0; slot < rx->nr_slots; slot += nr) {
		unsigned int size;

		nr = rx->slots[slot].nr;
		size = xnb_rxcopy_finish_frame(rx, slot, nr);
		packets += size != 0;
		bytes += size;
	}
	xnb_rxcopy_count(rx->stats, packets, bytes);
}

/**
 * xnb_rxcopy_flush_frames() - copy frames that were collected and show them
 * @rx: the queue's half; its frontend has not broken the rules, and nothing but
 *	frames was collected
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxcopy_flush_frames(struct xnb_rx *rx)
{
	if (!rx->nr_slots)
		return;
	xnb_rxcopy_issue(rx);
	xnb_rxcopy_finish_frames(rx);
	rx->nr_slots = 0;
	xnb_rxcopy_push(rx);
}

/**
 * xnb_rxcopy_purge() - forget all packets
 * @rx: the queue's half; nothing more goes to its guest
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxcopy_purge(struct xnb_rx *rx)
{
	__skb_queue_purge(&rx->skbs);
	__skb_queue_purge(&rx->deferred);
	WRITE_ONCE(rx->flush_pending, false);
	rx->copies.nr = 0;
	rx->nr_slots = 0;
	rx->accounted = 0;
	rx->bytes = 0;
}

/* ---- deferred packets -------------------------------------------------- */

static void xnb_rxcopy_retry_one(struct xnb_rx *rx, struct sk_buff *skb)
{
	u32 room = min(xnb_rxroom_get_for(rx, skb), rx->max_slots);
	struct xnb_rxplan plan;

	if (room && !xnb_rxskb_prepare(rx, &skb, room, &plan)) {
		xnb_rxcopy_lay_out(rx, skb, &plan);
		if (xnb_rxcopy_is_full(rx))
			xnb_rxcopy_flush(rx);
		return;
	}
	/* Without room it goes on waiting, which counts as a try. */
	xnb_rxcopy_fail(rx, skb, -EAGAIN);
}

/**
 * xnb_rxcopy_retry() - try deferred packets again
 * @rx: the queue's half; it is open and its frontend has not broken the rules
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxcopy_retry(struct xnb_rx *rx)
{
	struct sk_buff_head todo;
	struct sk_buff *skb;

	/* What was collected before comes first. */
	xnb_rxcopy_flush(rx);
	__skb_queue_head_init(&todo);
	skb_queue_splice_init(&rx->deferred, &todo);
	while ((skb = __skb_dequeue(&todo)))
		xnb_rxcopy_retry_one(rx, skb);
	if (!rx->poll->broken)
		xnb_rxcopy_flush(rx);
}
