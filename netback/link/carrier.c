// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the question whether packets get through to the guest. They do while
 * the frontend is connected and takes them from at least one queue: one queue
 * that stalls never takes the others' carrier.
 */
#include "link.h"

static void xnb_carrier_update(struct xnb_link *link)
{
	unsigned int nr = READ_ONCE(link->nr_queues);

	if (link->announced && link->nr_stalled < nr)
		netif_carrier_on(link->dev);
	else
		netif_carrier_off(link->dev);
}

/**
 * xnb_carrier_announce() - the frontend has been told that it is connected
 * @link: the link
 * @on: or that it no longer is; no queue counts as stalled then
 *
 * Context: Process; rtnl is held.
 */
void xnb_carrier_announce(struct xnb_link *link, bool on)
{
	unsigned long flags;

	spin_lock_irqsave(&link->carrier_lock, flags);
	link->announced = on;
	xnb_carrier_update(link);
	spin_unlock_irqrestore(&link->carrier_lock, flags);
}

/**
 * xnb_carrier_stall() - a queue's guest takes nothing for long, or does again
 * @link: the link
 * @stalled: which of the two; a queue's calls alternate
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_carrier_stall(struct xnb_link *link, bool stalled)
{
	unsigned long flags;

	spin_lock_irqsave(&link->carrier_lock, flags);
	link->nr_stalled += stalled ? 1 : -1;
	xnb_carrier_update(link);
	spin_unlock_irqrestore(&link->carrier_lock, flags);
	link->wake(link);
}
