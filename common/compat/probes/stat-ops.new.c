// SPDX-License-Identifier: GPL-2.0
/* A netdev has operations for the statistics of its queues. */
#include <net/netdev_queues.h>

static void xb_get_rx(struct net_device *dev, int index,
		      struct netdev_queue_stats_rx *stats)
{
	stats->packets = 0;
	stats->bytes = 0;
	stats->alloc_fail = 0;
	stats->hw_drops = 0;
}

static void xb_get_tx(struct net_device *dev, int index,
		      struct netdev_queue_stats_tx *stats)
{
	stats->packets = 0;
	stats->bytes = 0;
	stats->hw_drops = 0;
	stats->stop = 0;
}

static void xb_get_base(struct net_device *dev,
			struct netdev_queue_stats_rx *rx,
			struct netdev_queue_stats_tx *tx)
{
}

static const struct netdev_stat_ops xb_ops = {
	.get_queue_stats_rx = xb_get_rx,
	.get_queue_stats_tx = xb_get_tx,
	.get_base_stats = xb_get_base,
};

const size_t xb_offset = offsetof(struct net_device, stat_ops);
const struct netdev_stat_ops *const xb_all = &xb_ops;
