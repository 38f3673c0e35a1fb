// SPDX-License-Identifier: GPL-2.0
/* What a netdev can do for XDP, it is only asked to do. */
#include <linux/netdevice.h>

/* All of its members and one more: an error if it has that one. */
struct xb_device {
	struct net_device;
	int xdp_features;
} xb_dev;
