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
	rx->posted_lately = max_t(u32, rx->posted_lately, posted);
	if (posted > rx->max_posted)
		WRITE_ONCE(rx->max_posted, posted);
	return posted;
}

/**
 * xnb_rxroom_forget() - forget how many slots a frontend has posted at once
 * @rx: the queue's half; it has waited in vain for an event
 *
 * A frontend may come to have fewer buffers than it had. Who goes on waiting
 * for as many waits for ever. That of one that only was slow is noted again.
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_rxroom_forget(struct xnb_rx *rx)
{
	rx->posted_lately = max(xgh_ring_unconsumed(&rx->ring), 1);
}

/**
 * xnb_rxroom_await() - are the slots free that the queue waits for?
 * @rx: the queue's half; it waits for xnb_rxroom_wanted() slots
 * @slots: how many are best free before the guest sends an event
 *
 * If they are not free the guest will send an event. It is never asked to wait
 * for more slots than it posts, or it would send none.
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether as many as it waits for are free.
 */
bool xnb_rxroom_await(struct xnb_rx *rx, u32 slots)
{
	u32 wanted = xnb_rxroom_wanted(rx);

	if (rx->poll->broken)
		return false;
	slots = max(min(slots, rx->max_posted), wanted);
	return xnb_rxroom_note(rx, xgh_ring_rearm_for(&rx->ring, slots)) >=
	       wanted;
}
