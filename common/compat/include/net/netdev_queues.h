/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Statistics of the queues of a netdev, for kernels that do not ask for them:
 * xb_set_stat_ops() has no effect there.
 *
 * {"since": "v6.9", "commit": "ab63a2387cb9", "used-by": "netback/netdev"}
 */
#ifndef XB_COMPAT_NET_NETDEV_QUEUES_H
#define XB_COMPAT_NET_NETDEV_QUEUES_H

#include <linux/netdevice.h>
#include <xb/have.h>

#ifdef XB_HAVE_STAT_OPS

#include_next <net/netdev_queues.h>

static inline void xb_set_stat_ops(struct net_device *dev,
				   const struct netdev_stat_ops *ops)
{
	dev->stat_ops = ops;
}

#else

struct netdev_queue_stats_rx {
	u64 bytes;
	u64 packets;
	u64 alloc_fail;
	u64 hw_drops;
};

struct netdev_queue_stats_tx {
	u64 bytes;
	u64 packets;
	u64 hw_drops;
	u64 stop;
};

struct netdev_stat_ops {
	void (*get_queue_stats_rx)(struct net_device *dev, int idx,
				   struct netdev_queue_stats_rx *stats);
	void (*get_queue_stats_tx)(struct net_device *dev, int idx,
				   struct netdev_queue_stats_tx *stats);
	void (*get_base_stats)(struct net_device *dev,
			       struct netdev_queue_stats_rx *rx,
			       struct netdev_queue_stats_tx *tx);
};

static inline void xb_set_stat_ops(struct net_device *dev,
				   const struct netdev_stat_ops *ops)
{
}

#endif

#endif /* XB_COMPAT_NET_NETDEV_QUEUES_H */
