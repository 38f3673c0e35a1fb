// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the question whether packets get through to the guest. They do while
 * the frontend is connected and takes them from at least one queue: one queue
 * that stalls never takes the others' carrier.
 */
#include "device/vif.h"
#include "device/xenbus.h"

static void xnb_carrier_update(struct xnb_vif *vif)
{
	unsigned int nr = READ_ONCE(vif->nr_queues);

	if (vif->announced && vif->nr_stalled < nr)
		netif_carrier_on(vif->dev);
	else
		netif_carrier_off(vif->dev);
}

/**
 * xnb_carrier_announce() - the frontend has been told that it is connected
 * @vif: the vif
 * @on: or that it no longer is; no queue counts as stalled then
 *
 * Context: Process; rtnl is held.
 */
void xnb_carrier_announce(struct xnb_vif *vif, bool on)
{
	unsigned long flags;

	spin_lock_irqsave(&vif->carrier_lock, flags);
	vif->announced = on;
	xnb_carrier_update(vif);
	spin_unlock_irqrestore(&vif->carrier_lock, flags);
}

/**
 * xnb_carrier_stall() - a queue's guest takes nothing for long, or does again
 * @vif: the vif
 * @stalled: which of the two; a queue's calls alternate
 *
 * Context: The lock of the transmit queue is held.
 */
void xnb_carrier_stall(struct xnb_vif *vif, bool stalled)
{
	unsigned long flags;

	spin_lock_irqsave(&vif->carrier_lock, flags);
	vif->nr_stalled += stalled ? 1 : -1;
	xnb_carrier_update(vif);
	spin_unlock_irqrestore(&vif->carrier_lock, flags);
	xnb_vif_kick(vif);
}

/**
 * xnb_carrier_publish() - have the frontend see the same
 * @vif: the vif, still on the bus
 *
 * The "carrier" node (xen/interface/io/netif.h) also tells that the interface
 * is down in the backend's domain.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_carrier_publish(struct xnb_vif *vif)
{
	bool on = vif->linked && netif_running(vif->dev) &&
		  netif_carrier_ok(vif->dev);

	if (on == vif->published)
		return;
	vif->published = on;
	xnb_xenbus_publish_carrier(vif, on);
}
