// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the carrier of the netdev: whether packets get through to the guest.
 * They do while the frontend is connected and takes them from at least one
 * queue. A queue that stalls does not take the carrier from the others.
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
 * xnb_carrier_announce() - note what the frontend has been told
 * @link: the link
 * @on: that it is connected, or that it no longer is; no queue is stalled then
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
 * xnb_carrier_stall() - note that a queue has stalled, or goes on
 * @link: the link
 * @stalled: which of the two; the calls of each queue alternate
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
	link->schedule(link);
}
