// SPDX-License-Identifier: GPL-2.0
/* Owns what we write about a vif to our directory of xenstore. */
#include "publish.h"
#include "backend/xenstore.h"
#include "vif.h"

#include <linux/netdevice.h>

/**
 * xnb_publish_offer() - tell a frontend what it may ask for
 * @vif: the vif
 *
 * Context: Process; probe. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_publish_offer(struct xnb_vif *vif)
{
	const struct xgh_node nodes[] = {
		{ "feature-sg", 1 },
		{ "feature-gso-tcpv4", 1 },
		{ "feature-gso-tcpv6", 1 },
		{ "feature-ipv6-csum-offload", 1 },
		{ "feature-rx-copy", 1 },
		{ "feature-rx-flip", 0 },
		{ "feature-xdp-headroom", vif->offer.xdp_headroom },
		{ "feature-ctrl-ring", 1 },
		{ "feature-multicast-control", 1 },
		{ "feature-dynamic-multicast-control", 1 },
		{ "feature-split-event-channels", vif->offer.split_channels },
		{ "multi-queue-max-queues", vif->offer.max_queues },
		{ "carrier", 0 },
	};

	return xgh_xenstore_write(vif->xdev, nodes, ARRAY_SIZE(nodes));
}

/**
 * xnb_publish_carrier() - tell the frontend whether packets get through
 * @vif: the vif, still on the bus
 *
 * The "carrier" node (xen/interface/io/netif.h) has the frontend see the same
 * as Linux here, and also whether the interface is down in this domain.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_publish_carrier(struct xnb_vif *vif)
{
	bool on = xgh_life_is_linked(&vif->life) &&
		  netif_running(vif->link.dev) &&
		  netif_carrier_ok(vif->link.dev);
	const struct xgh_node carrier = { "carrier", on };

	if (on == vif->published)
		return;
	vif->published = on;
	xgh_xenstore_write(vif->xdev, &carrier, 1);
}
