// SPDX-License-Identifier: GPL-2.0
/* A netdev has no statistics of its queues. */
#include <linux/netdevice.h>

/* All of its members and one more: an error if it has that one. */
struct xb_device {
	struct net_device;
	int stat_ops;
} xb_dev;
