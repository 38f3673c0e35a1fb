// SPDX-License-Identifier: GPL-2.0
/* ethtool asks for the number of queues as one of several questions. */
#include <linux/ethtool.h>

static int xb_get(struct net_device *dev, struct ethtool_rxnfc *info,
		  u32 *rules)
{
	info->data = info->cmd == ETHTOOL_GRXRINGS;
	return 0;
}

/* All of its members and one more: an error if it has that one, of any type. */
const struct {
	const struct ethtool_ops;
	int get_rx_ring_count;
} xb_ops = {
	.get_rxnfc = xb_get,
};
