/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How ethtool asks for the number of receive queues, in the form that the
 * kernel has: XB_RX_RING_COUNT is the member to set in struct ethtool_ops. To
 * be included once, after XB_GET_RX_RING_COUNT was defined as the name of the
 * function in the newer form.
 *
 * {"since": "v7.2 or before", "used-by": "netback/netdev"}
 */
#ifndef XB_COMPAT_XB_RINGS_H
#define XB_COMPAT_XB_RINGS_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <xb/have.h>

#ifdef XB_HAVE_RX_RING_COUNT

#define XB_RX_RING_COUNT	.get_rx_ring_count = XB_GET_RX_RING_COUNT

#else

static int xb_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info,
			u32 *rules)
{
	if (info->cmd != ETHTOOL_GRXRINGS)
		return -EOPNOTSUPP;
	info->data = XB_GET_RX_RING_COUNT(dev);
	return 0;
}

#define XB_RX_RING_COUNT	.get_rxnfc = xb_get_rxnfc

#endif

#endif /* XB_COMPAT_XB_RINGS_H */
