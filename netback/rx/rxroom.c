// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the room in an RX ring: how many slots the guest has posted, how many
 * are enough, and when it is to send an event for more. Under the lock of the
 * transmit queue.
 */
#include "rxroom.h"

/**
 * xnb_rxroom_note() - note how many slots a frontend has posted at once
 * @rx: the queue's half
 * @posted: the number; negative for a frontend that broke the rules
 *
 * It may never have many, and is not to be waited for more than it ever had.
 *
 * Context: The lock of the transmit queue is held.
 * Return: their number; 0 for a frontend that broke the rules.
 */
u32 xnb_rxroom_note(struct xnb_rx *rx, int posted)
{
	if (posted < 0) {
		xnb_poll_break(rx->poll, "impossible RX producer index");
		return 0;
	}
	if (posted > rx->max_posted)
		WRITE_ONCE(rx->max_posted, posted);
	return posted;
}

/**
 * xnb_rxroom_await() - are the slots free that the queue waits for?
 * @rx: the queue's half; it waits for rx->wanted slots
 * @slots: how many are best free before the guest sends an event
 *
 * If they are not free the guest will send an event. It is never asked to wait
 * for more slots than it posts, or it would send none.
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether rx->wanted slots are free.
 */
bool xnb_rxroom_await(struct xnb_rx *rx, u32 slots)
{
	if (rx->poll->broken)
		return false;
	slots = min(max(slots, rx->wanted), max(rx->max_posted, 1u));
	return xnb_rxroom_note(rx, xgh_ring_rearm_for(&rx->ring, slots)) >=
	       min(rx->wanted, slots);
}
