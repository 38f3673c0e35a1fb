/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a vif lends to its netdev, its queues and its control ring, which know
 * nothing else of it. The state machine of the vif fills it in when a frontend
 * connects. TX and RX are the guest's view everywhere.
 */
#ifndef XNB_LINK_H
#define XNB_LINK_H

#include <linux/netdevice.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <xen/xenbus.h>

#include "limits/rate.h"
#include "mcast.h"
#include "stats.h"

struct bpf_prog;
struct xnb_hash;
struct xnb_pools;
struct xnb_queue;

/**
 * struct xnb_link - a vif as seen from below; the private part of the netdev
 */
struct xnb_link {
	/** @xdev: the device on the bus, for rings and event channels */
	struct xenbus_device *xdev;
	/** @dev: the netdev */
	struct net_device *dev;
	/** @otherend: the frontend's domain */
	domid_t otherend;
	/** @leaving: the vif leaves the bus and waits for who attaches */
	bool leaving;
	/** @schedule: has the vif's state machine look again; any context */
	void (*schedule)(struct xnb_link *link);
	/** @max_queues: most queues that a frontend may ask for */
	unsigned int max_queues;
	/** @fatal_slots: slots of a packet that are taken for an attack */
	unsigned int fatal_slots;
	/** @stats: one for each possible queue; they outlive connections */
	struct xnb_stats *stats;

	/**
	 * @wanted_mtu: what the admin has set and the frontend cannot have, or
	 * 0; guarded by rtnl
	 */
	unsigned int wanted_mtu;
	/** @can_sg: packets may have many slots; constant while linked */
	bool can_sg;
	/** @rx_notify: the guest sends an event when it has made room */
	bool rx_notify;
	/** @gso_mask: NETIF_F_TSO and _TSO6 as the guest takes them */
	netdev_features_t gso_mask;
	/** @csum_mask: NETIF_F_IP_CSUM and _IPV6_CSUM likewise */
	netdev_features_t csum_mask;
	/**
	 * @csum_refused: the toolstack wants none of that, whatever the guest
	 * takes; guarded by rtnl
	 */
	bool csum_refused;
	/** @drain_timeout: how long packets wait for the guest, in jiffies */
	unsigned long drain_timeout;
	/** @stall_timeout: when it counts as stalled, 0 for never */
	unsigned long stall_timeout;
	/** @xdp_headroom: bytes before packets; the vif's lock guards it */
	u16 xdp_headroom;
	/** @has_ctrl: the frontend has a control ring */
	bool has_ctrl;

	/** @linked: there are queues; changes under rtnl and the vif's lock */
	bool linked;
	/** @nr_queues: number of queues; 0 before they are destroyed */
	unsigned int nr_queues;
	/** @most_queues: the most that there were; under rtnl */
	unsigned int most_queues;
	/** @queues: the queues; read under RCU while packets may come */
	struct xnb_queue **queues;
	/** @pools: pages for packets from the guest, for each possible queue */
	struct xnb_pools *pools;
	/** @xdp_prog: the program on packets from the guest; set under rtnl */
	struct bpf_prog __rcu *xdp_prog;
	/** @broken: how a frontend broke the rules, NULL if it did not */
	const char *broken;

	/** @rx_wake: slots that are best free before a stopped queue goes on */
	unsigned int rx_wake;
	/** @hash: how the frontend wants packets spread; the control ring's */
	const struct xnb_hash __rcu *hash;
	/** @mcast: the multicast filter */
	struct xnb_mcast mcast;
	/** @tx_rate: limit on what all queues together take from the guest */
	struct xnb_rate tx_rate;
	/** @rx_rate: limit on what they send to it */
	struct xnb_rate rx_rate;

	/** @carrier_lock: guards the carrier and what it depends on: */
	spinlock_t carrier_lock;
	/** @announced: we are Connected for the frontend; changes under rtnl */
	bool announced;
	/** @nr_stalled: queues from which the guest takes nothing */
	unsigned int nr_stalled;
};

/**
 * xnb_link_break() - a frontend broke the rules
 * @link: what it is connected to
 * @why: in words, constant
 *
 * The state machine takes the link down.
 *
 * Context: Any.
 */
static inline void xnb_link_break(struct xnb_link *link, const char *why)
{
	WRITE_ONCE(link->broken, why);
	link->schedule(link);
}

/* carrier.c */
void xnb_carrier_announce(struct xnb_link *link, bool on);
void xnb_carrier_stall(struct xnb_link *link, bool stalled);

#endif /* XNB_LINK_H */
