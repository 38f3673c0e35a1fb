/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which NAPI serves a queue, and which interrupt that has, for kernels that do
 * not show it.
 *
 * {"since": "v6.8", "commit": "2a502ff0c4e4", "used-by": "netback/queue"}
 */
#ifndef XB_COMPAT_LINUX_NETDEVICE_H
#define XB_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>
#include <xb/have.h>

#ifndef XB_HAVE_QUEUE_NAPI

enum netdev_queue_type {
	NETDEV_QUEUE_TYPE_RX,
	NETDEV_QUEUE_TYPE_TX,
};

static inline void netif_queue_set_napi(struct net_device *dev,
					unsigned int queue,
					enum netdev_queue_type type,
					struct napi_struct *napi)
{
}

static inline void netif_napi_set_irq(struct napi_struct *napi, int irq)
{
}

#endif

#endif /* XB_COMPAT_LINUX_NETDEVICE_H */
