// SPDX-License-Identifier: GPL-2.0
/* A netdev says what it can do for XDP. */
#include <linux/netdevice.h>

const size_t xb_offset = offsetof(struct net_device, xdp_features);
const u32 xb_features = NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			NETDEV_XDP_ACT_NDO_XMIT | NETDEV_XDP_ACT_RX_SG |
			NETDEV_XDP_ACT_NDO_XMIT_SG;
