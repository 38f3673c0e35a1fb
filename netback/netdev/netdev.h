/* SPDX-License-Identifier: GPL-2.0 */
/* The netdev as the state machine of a vif moves it; see netdev.c. */
#ifndef XNB_NETDEV_H
#define XNB_NETDEV_H

#include <linux/types.h>

struct net_device;
struct xnb_link;

/* Process context; all but _setup() may sleep. */
int xnb_netdev_init(void);
void xnb_netdev_exit(void);
void xnb_netdev_setup(struct net_device *dev);
int xnb_netdev_link_up(struct xnb_link *link);
void xnb_netdev_link_down(struct xnb_link *link);
void xnb_netdev_refuse_csum(struct xnb_link *link, bool refuse);
void xnb_netdev_carrier_on(struct xnb_link *link);
void xnb_netdev_set_headroom(struct xnb_link *link, u16 headroom);

#endif /* XNB_NETDEV_H */
