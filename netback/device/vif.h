/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual network interface: the device on the bus, the netdev, its queues
 * and the state machine between frontend and toolstack. What happens next is
 * decided by its life (backend/life.h), how it is done is here.
 *
 * The state machine runs in a work of the vif's own. The netdev lives as long
 * as the device; the link, and the queues with it, comes and goes with the
 * frontend. TX and RX are the guest's view everywhere.
 */
#ifndef XNB_VIF_H
#define XNB_VIF_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <xen/xenbus.h>

#include "backend/keys.h"
#include "backend/life.h"
#include "link/link.h"

struct dentry;
struct xnb_ctrl;

/**
 * struct xnb_offer - what a frontend may ask for; constant
 */
struct xnb_offer {
	/** @max_queues: most queues */
	unsigned int max_queues;
	/** @split_channels: an event channel each for TX and RX */
	bool split_channels;
	/** @xdp_headroom: free space before packets */
	bool xdp_headroom;
	/** @inherited: a running frontend was offered it by another driver */
	bool inherited;
};

/**
 * struct xnb_vif - a virtual network interface
 */
struct xnb_vif {
	/** @link: what the netdev and the queues know of it; comes first */
	struct xnb_link link;
	/** @xdev: the device; we hold a reference */
	struct xenbus_device *xdev;
	/** @offer: what the frontend may ask for */
	struct xnb_offer offer;
	/** @script: hotplug script, for the uevent; NULL if there is none */
	char *script;
	/** @work: runs the state machine */
	struct delayed_work work;
	/** @watch: on our own directory in xenstore */
	struct xenbus_watch watch;
	/** @mcast_watch: on whether the frontend wants a multicast filter */
	struct xenbus_watch mcast_watch;
	/** @headroom_watch: on the free space that it wants before packets */
	struct xenbus_watch headroom_watch;
	/** @log: bounds what the frontend can make us say */
	struct ratelimit_state log;
	/** @idle_node: on the list of those that may be idle */
	struct list_head idle_node;
	/** @debugfs: directory */
	struct dentry *debugfs;

	/** @lock: guards what follows */
	struct mutex lock;
	/** @life: what the vif makes of frontend and toolstack */
	struct xgh_life life;
	/** @keys: keys of xenstore that set something */
	struct xgh_keys keys;
	/**
	 * @inherited: the frontend is the one that another driver has served;
	 * it does not say again what it has said to that one
	 */
	bool inherited;
	/** @nr_queues: queues that there are, also when none is served */
	unsigned int nr_queues;
	/** @headroom_waits: the frontend wants another headroom too early */
	bool headroom_waits;
	/** @headroom_at: when it changed last, in jiffies */
	unsigned long headroom_at;
	/** @published: what the "carrier" node says */
	bool published;
	/** @ctrl: the control ring, NULL if the frontend has none */
	struct xnb_ctrl *ctrl;
};

int xnb_vif_init(void);
void xnb_vif_exit(void);

/* vif.c: life; may sleep */
struct xnb_vif *xnb_vif_create(struct xenbus_device *xdev, unsigned int handle);
void xnb_vif_start(struct xnb_vif *vif);
void xnb_vif_remove(struct xnb_vif *vif);
void xnb_vif_schedule(struct xnb_vif *vif);

#endif /* XNB_VIF_H */
