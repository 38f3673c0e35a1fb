/* SPDX-License-Identifier: GPL-2.0 */
/* XDP as the stack asks for it; see xdp.c. */
#ifndef XNB_XDP_H
#define XNB_XDP_H

#include <linux/types.h>

struct net_device;
struct netdev_bpf;
struct xdp_frame;

int xnb_xdp_setup(struct net_device *dev, struct netdev_bpf *bpf);
int xnb_xdp_xmit(struct net_device *dev, int nr, struct xdp_frame **frames,
		 u32 flags);

#endif /* XNB_XDP_H */
