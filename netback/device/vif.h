/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual network interface: the device on the bus, the netdev, its queues
 * and the state machine between frontend and toolstack.
 *
 * The state machine runs in a work of the vif's own. The netdev lives as long
 * as the device; the link, and the queues with it, comes and goes with the
 * frontend. TX and RX are the guest's view everywhere.
 */
#ifndef XNB_VIF_H
#define XNB_VIF_H

#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <xen/xenbus.h>

#include "limits/rate.h"
#include "link/mcast.h"
#include "link/stats.h"

struct dentry;
struct xnb_ctrl;
struct xnb_hash;
struct xnb_queue;

/**
 * struct xnb_vif - a virtual network interface
 */
struct xnb_vif {
	/** @xdev: the device; we hold a reference */
	struct xenbus_device *xdev;
	/** @dev: the netdev; this structure is its private part */
	struct net_device *dev;
	/** @otherend: the frontend's domain */
	domid_t otherend;
	/** @handle: number of the vif in that domain */
	unsigned int handle;
	/** @script: hotplug script, for the uevent; NULL if there is none */
	char *script;
	/** @work: runs the state machine */
	struct delayed_work work;
	/** @watch: on our own directory in xenstore */
	struct xenbus_watch watch;
	/** @mcast_watch: on the frontend's wish for a multicast filter */
	struct xenbus_watch mcast_watch;
	/** @headroom_watch: on the space that it wants before packets */
	struct xenbus_watch headroom_watch;
	/** @log: bounds what the frontend can make us say */
	struct ratelimit_state log;
	/** @retire: all is over; xenwatch shall unregister the device */
	bool retire;
	/** @broken: how a frontend broke the rules, NULL if it did not */
	const char *broken;
	/** @max_queues: most queues that a frontend may ask for */
	unsigned int max_queues;
	/** @fatal_slots: slots of a packet that are taken for an attack */
	unsigned int fatal_slots;
	/** @tx_map: large packets from the guest are mapped; set under rtnl */
	bool tx_map;
	/** @rx_most: most slots that a queue of this connection had at once */
	u32 rx_most;
	/** @rx_wake: slots that are best free before a stopped queue goes on */
	unsigned int rx_wake;
	/** @stats: one for each possible queue */
	struct xnb_stats *stats;
	/** @debugfs: directory */
	struct dentry *debugfs;

	/** @lock: guards what follows */
	struct mutex lock;
	/** @started: the offer is published */
	bool started;
	/** @removed: the device leaves the bus */
	bool removed;
	/** @replaced: what stands in its directory is about another one */
	bool replaced;
	/** @leaving: it is taken away, and the frontend was never there … */
	bool leaving;
	/** @leave_end: … and will be waited for until then, in jiffies */
	unsigned long leave_end;
	/** @failed: not to be tried again before the frontend begins anew */
	bool failed;
	/** @failures: how often something failed lately */
	unsigned int failures;
	/** @retry_at: not to be tried again before then, in jiffies */
	unsigned long retry_at;

	/** @linked: there are queues; also guarded by rtnl */
	bool linked;
	/** @published: what the "carrier" node says */
	bool published;
	/** @nr_queues: number of queues; 0 before they go */
	unsigned int nr_queues;
	/** @queues: the queues; read under RCU-bh while packets may come */
	struct xnb_queue **queues;

	/** @carrier_lock: guards the carrier and what it depends on: */
	spinlock_t carrier_lock;
	/** @announced: the frontend has been told; changes under rtnl */
	bool announced;
	/** @nr_stalled: queues whose guest takes nothing */
	unsigned int nr_stalled;

	/** @can_sg: packets may have many slots; constant while linked */
	bool can_sg;
	/** @rx_notify: the guest tells when it has made room */
	bool rx_notify;
	/** @gso_mask: NETIF_F_TSO and _TSO6 as the guest takes them */
	netdev_features_t gso_mask;
	/** @csum_mask: NETIF_F_IP_CSUM and _IPV6_CSUM likewise */
	netdev_features_t csum_mask;
	/** @xdp_headroom: bytes to leave free in front of packets */
	u16 xdp_headroom;
	/** @drain_timeout: how long packets wait for the guest, in jiffies */
	unsigned long drain_timeout;
	/** @stall_timeout: when it counts as stalled, 0 for never */
	unsigned long stall_timeout;

	/** @ctrl: the control ring, NULL if the frontend has none */
	struct xnb_ctrl *ctrl;
	/** @hash: how the frontend wants packets spread; the control ring's */
	const struct xnb_hash __rcu *hash;
	/** @mcast: the multicast filter */
	struct xnb_mcast mcast;
	/** @tx_rate: limit on what all queues together take from the guest */
	struct xnb_rate tx_rate;
	/** @rx_rate: limit on what they send to it */
	struct xnb_rate rx_rate;
};

int xnb_vif_init(void);
void xnb_vif_exit(void);

/* vif.c: life; may sleep */
struct xnb_vif *xnb_vif_create(struct xenbus_device *xdev, unsigned int handle);
void xnb_vif_start(struct xnb_vif *vif);
void xnb_vif_remove(struct xnb_vif *vif);
void xnb_vif_kick(struct xnb_vif *vif);

/* vif.c: what queues tell; any context but hard interrupt */
void xnb_vif_broken(struct xnb_vif *vif, const char *why);

/* carrier.c: do packets get through? */
void xnb_carrier_announce(struct xnb_vif *vif, bool on);
void xnb_carrier_stall(struct xnb_vif *vif, bool stalled);
void xnb_carrier_publish(struct xnb_vif *vif);

/* netdev.c; process, may sleep, but for _setup() */
void xnb_netdev_setup(struct net_device *dev);
int xnb_netdev_link_up(struct xnb_vif *vif);
void xnb_netdev_link_down(struct xnb_vif *vif);
void xnb_netdev_carrier_on(struct xnb_vif *vif);
int xnb_netdev_allow_mapping(struct xnb_vif *vif);
void xnb_netdev_set_headroom(struct xnb_vif *vif, u16 headroom);

/* ethtool.c */
extern const struct ethtool_ops xnb_ethtool_ops;

#endif /* XNB_VIF_H */
