// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what the stack is told of our counters, in its own terms and from its
 * point of view: what the guest sends is received. All of a netdev's together,
 * and those of each queue, which add up to them.
 */
#include "qstats.h"
#include "link/link.h"

#include <linux/if_link.h>
#include <linux/netdevice.h>
#include <net/netdev_queues.h>

static void xnb_qstats_add_tx(const struct xnb_tx_stats *stats,
			      struct rtnl_link_stats64 *to)
{
	u64 packets, bytes, errors, drops;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&stats->sync);
		packets = u64_stats_read(&stats->packets);
		bytes = u64_stats_read(&stats->bytes);
		errors = u64_stats_read(&stats->errors) +
			 u64_stats_read(&stats->copy_errors);
		drops = u64_stats_read(&stats->drops);
	} while (u64_stats_fetch_retry(&stats->sync, start));
	to->rx_packets += packets;
	to->rx_bytes += bytes;
	to->rx_errors += errors;
	to->rx_dropped += drops;
}

static void xnb_qstats_add_rx(const struct xnb_rx_stats *stats,
			      struct rtnl_link_stats64 *to)
{
	u64 packets, bytes, errors, drops;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&stats->sync);
		packets = u64_stats_read(&stats->packets);
		bytes = u64_stats_read(&stats->bytes);
		errors = u64_stats_read(&stats->copy_errors);
		drops = u64_stats_read(&stats->drops) +
			u64_stats_read(&stats->filtered);
	} while (u64_stats_fetch_retry(&stats->sync, start));
	to->tx_packets += packets;
	to->tx_bytes += bytes;
	to->tx_errors += errors;
	to->tx_dropped += drops;
}

/**
 * xnb_qstats_get() - what a netdev has counted in all
 * @dev: the netdev
 * @to: gets it added
 *
 * Context: Any.
 */
void xnb_qstats_get(struct net_device *dev, struct rtnl_link_stats64 *to)
{
	const struct xnb_link *link = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < link->max_queues; i++) {
		xnb_qstats_add_tx(&link->stats[i].tx, to);
		xnb_qstats_add_rx(&link->stats[i].rx, to);
	}
}

static void xnb_qstats_show_rx(const struct rtnl_link_stats64 *from,
			       struct netdev_queue_stats_rx *to)
{
	to->packets = from->rx_packets;
	to->bytes = from->rx_bytes;
	to->alloc_fail = from->rx_dropped;
	to->hw_drops = from->rx_dropped + from->rx_errors;
}

static void xnb_qstats_show_tx(const struct rtnl_link_stats64 *from,
			       struct netdev_queue_stats_tx *to)
{
	to->packets = from->tx_packets;
	to->bytes = from->tx_bytes;
	to->hw_drops = from->tx_dropped + from->tx_errors;
}

static void xnb_qstats_queue_rx(struct net_device *dev, int idx,
				struct netdev_queue_stats_rx *stats)
{
	const struct xnb_link *link = netdev_priv(dev);
	struct rtnl_link_stats64 sum = { };

	xnb_qstats_add_tx(&link->stats[idx].tx, &sum);
	xnb_qstats_show_rx(&sum, stats);
}

static void xnb_qstats_queue_tx(struct net_device *dev, int idx,
				struct netdev_queue_stats_tx *stats)
{
	const struct xnb_link *link = netdev_priv(dev);
	struct rtnl_link_stats64 sum = { };

	xnb_qstats_add_rx(&link->stats[idx].rx, &sum);
	xnb_qstats_show_tx(&sum, stats);
}

/* What queues have counted that are not there any more. */
static void xnb_qstats_base(struct net_device *dev,
			    struct netdev_queue_stats_rx *rx,
			    struct netdev_queue_stats_tx *tx)
{
	const struct xnb_link *link = netdev_priv(dev);
	struct rtnl_link_stats64 sum = { };
	unsigned int i;

	for (i = dev->real_num_rx_queues; i < link->max_queues; i++)
		xnb_qstats_add_tx(&link->stats[i].tx, &sum);
	for (i = dev->real_num_tx_queues; i < link->max_queues; i++)
		xnb_qstats_add_rx(&link->stats[i].rx, &sum);
	xnb_qstats_show_rx(&sum, rx);
	xnb_qstats_show_tx(&sum, tx);
}

static const struct netdev_stat_ops xnb_stat_ops = {
	.get_queue_stats_rx = xnb_qstats_queue_rx,
	.get_queue_stats_tx = xnb_qstats_queue_tx,
	.get_base_stats = xnb_qstats_base,
};

/**
 * xnb_qstats_setup() - let the stack ask for the counters of queues
 * @dev: a new netdev
 *
 * Context: Process.
 */
void xnb_qstats_setup(struct net_device *dev)
{
	xb_set_stat_ops(dev, &xnb_stat_ops);
}
