// SPDX-License-Identifier: GPL-2.0
/* A queue is told its NAPI, and that its interrupt. */
#include <linux/netdevice.h>

void (*const xb_set_napi)(struct net_device *dev, unsigned int queue,
			  enum netdev_queue_type type,
			  struct napi_struct *napi) = netif_queue_set_napi;
void (*const xb_set_irq)(struct napi_struct *napi, int irq) =
	netif_napi_set_irq;
