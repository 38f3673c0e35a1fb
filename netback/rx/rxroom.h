/* SPDX-License-Identifier: GPL-2.0 */
/* Slots that a guest has posted in its RX ring; see rxroom.c. */
#ifndef XNB_RXROOM_H
#define XNB_RXROOM_H

#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "rx.h"
#include "rxskb.h"

/* The lock of the transmit queue is held. */
u32 xnb_rxroom_note(struct xnb_rx *rx, int posted);
void xnb_rxroom_forget(struct xnb_rx *rx);
bool xnb_rxroom_await(struct xnb_rx *rx, u32 slots);

/**
 * xnb_rxroom_get() - slots that are free
 * @rx: the queue's half
 *
 * A frontend that posts an impossible number has broken the rules.
 *
 * Context: The lock of the transmit queue is held.
 * Return: their number; 0 for a frontend that broke the rules.
 */
static inline u32 xnb_rxroom_get(struct xnb_rx *rx)
{
	int posted;

	if (rx->poll->broken)
		return 0;
	posted = xgh_ring_unconsumed(&rx->ring);
	if (likely((u32)posted <= rx->posted_lately))
		return posted;
	return xnb_rxroom_note(rx, posted);
}

/**
 * xnb_rxroom_get_for() - slots that a packet may have
 * @rx: the queue's half
 * @skb: the packet
 *
 * Context: The lock of the transmit queue is held.
 * Return: how many slots are free if they are enough wherever the packet's
 * pieces lie, else 0; always 0 for a frontend that broke the rules.
 */
static inline u32 xnb_rxroom_get_for(struct xnb_rx *rx,
				     const struct sk_buff *skb)
{
	u32 room = xnb_rxroom_get(rx);

	if (likely(room >= rx->max_slots))
		return room;
	return room >= xnb_rxskb_slots(rx->link, rx->headroom, skb) ? room : 0;
}

/**
 * xnb_rxroom_enough() - with how many free slots need the queue not stop?
 * @rx: the queue's half
 *
 * Either any packet fits, or the frontend has half of its few buffers back and
 * the other half is on its way, so that it never runs dry.
 *
 * Context: The lock of the transmit queue is held.
 * Return: at least 1.
 */
static inline u32 xnb_rxroom_enough(const struct xnb_rx *rx)
{
	return min(rx->max_slots, max(rx->posted_lately / 2, 1u));
}

/**
 * xnb_rxroom_wanted() - free slots without which the queue stays stopped
 * @rx: the queue's half
 *
 * What the packet that waits needs, but never more than the frontend has.
 *
 * Context: The lock of the transmit queue is held.
 * Return: at least 1.
 */
static inline u32 xnb_rxroom_wanted(const struct xnb_rx *rx)
{
	return min(rx->head ?: xnb_rxroom_enough(rx), max(rx->max_posted, 1u));
}

#endif /* XNB_RXROOM_H */
