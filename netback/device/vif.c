// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a vif and its state machine. Whatever the frontend does,
 * in whatever order and however fast, each run of the work looks at how
 * things are now and makes one step towards how they should be.
 */
#include "vif.h"
#include "ctrl/ctrl.h"
#include "debugfs.h"
#include "frontend.h"
#include "link/pools.h"
#include "netdev/netdev.h"
#include "params.h"
#include "teardown.h"
#include "queue/queue.h"
#include "xenbus.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>

/* Lines in the log from a guest that connects again and again. */
#define XNB_LOG_INTERVAL	(60 * HZ)
#define XNB_LOG_BURST		10
/* From one second up to 64 until a frontend that failed may try again … */
#define XNB_RETRY_MAX_SHIFT	6
/* … and how long it has to behave to be treated as if it had not failed. */
#define XNB_RETRY_FORGOTTEN	(600 * HZ)

/* How long a frontend that has not connected may take to close. */
#define XNB_LEAVE_MAX		(2 * HZ)

static struct workqueue_struct *xnb_vif_wq;

/* netdev/ knows the private part of a netdev as a struct xnb_link. */
static_assert(offsetof(struct xnb_vif, link) == 0);

/**
 * xnb_vif_init() - prepare what all vifs share
 *
 * Context: Process; module init.
 * Return: 0 or -ENOMEM.
 */
int xnb_vif_init(void)
{
	xnb_vif_wq = alloc_workqueue("xen-netback", WQ_UNBOUND, 0);
	return xnb_vif_wq ? 0 : -ENOMEM;
}

/**
 * xnb_vif_exit() - free what all vifs shared
 *
 * Context: Process; module exit, the driver is unregistered. May sleep.
 */
void xnb_vif_exit(void)
{
	destroy_workqueue(xnb_vif_wq);
}

/**
 * xnb_vif_wake() - have the state machine run again
 * @vif: the vif
 *
 * Context: Any.
 */
void xnb_vif_wake(struct xnb_vif *vif)
{
	mod_delayed_work(xnb_vif_wq, &vif->work, 0);
}

static void xnb_vif_wake_link(struct xnb_link *link)
{
	xnb_vif_wake(container_of(link, struct xnb_vif, link));
}

/*
 * The "carrier" node (xen/interface/io/netif.h) has the frontend see the same
 * as Linux here, and also whether the interface is down in this domain.
 */
static void xnb_vif_publish_carrier(struct xnb_vif *vif)
{
	bool on = vif->link.linked && netif_running(vif->link.dev) &&
		  netif_carrier_ok(vif->link.dev);

	if (on == vif->published)
		return;
	vif->published = on;
	xnb_xenbus_publish_carrier(vif, on);
}

/*
 * A guest that fails on purpose waits longer each time until it may try
 * again, so that it cannot keep us, or the log, busy.
 */
static void xnb_vif_fail(struct xnb_vif *vif, int err, const char *what)
{
	if (time_after(jiffies, vif->retry_at + XNB_RETRY_FORGOTTEN))
		vif->failures = 0;
	vif->retry_at = jiffies + (HZ << vif->failures);
	if (vif->failures < XNB_RETRY_MAX_SHIFT)
		vif->failures++;
	vif->failed = true;
	xnb_xenbus_fail(vif->xdev, err, "%s", what);
}

/* Is it too early to try again? If so the work runs again in time. */
static bool xnb_vif_must_wait(struct xnb_vif *vif)
{
	/* Read once: a rest that became negative would be a wait for ever. */
	long rest = vif->retry_at - jiffies;

	if (!vif->failures || rest <= 0)
		return false;
	queue_delayed_work(xnb_vif_wq, &vif->work, rest);
	return true;
}

/* Also undoes a xnb_vif_link_up() that failed. */
static void xnb_vif_link_down(struct xnb_vif *vif)
{
	struct xnb_link *link = &vif->link;
	unsigned int nr = link->nr_queues;
	unsigned int i;
	bool last;

	if (!link->queues)
		return;
	last = xnb_teardown_is_last(vif);
	if (vif->ctrl)
		xnb_ctrl_destroy(vif->ctrl);
	vif->ctrl = NULL;
	link->has_ctrl = false;
	xnb_netdev_link_down(link);
	if (!vif->removed)
		xnb_vif_publish_carrier(vif);
	for (i = 0; i < nr; i++)
		xnb_queue_end(link->queues[i], last);
	xnb_teardown_await(vif, nr);
	for (i = 0; i < nr; i++)
		xnb_queue_destroy(link->queues[i]);
	kfree(link->queues);
	link->queues = NULL;
	xnb_mcast_init(&link->mcast);
	WRITE_ONCE(link->broken, NULL);
}

static int xnb_vif_create_queues(struct xnb_link *link,
				 const struct xnb_link_conf *conf)
{
	struct xnb_queue *queue;

	link->queues = kcalloc(conf->nr_queues, sizeof(*link->queues),
			       GFP_KERNEL);
	if (!link->queues)
		return -ENOMEM;

	while (link->nr_queues < conf->nr_queues) {
		queue = xnb_queue_create(link, link->nr_queues,
					 &conf->queues[link->nr_queues]);
		if (IS_ERR(queue))
			return PTR_ERR(queue);
		link->queues[link->nr_queues] = queue;
		/* Pairs with xnb_ndo_start_xmit(). */
		smp_store_release(&link->nr_queues, link->nr_queues + 1);
	}
	return 0;
}

static int xnb_vif_create_ctrl(struct xnb_vif *vif,
			       const struct xnb_link_conf *conf)
{
	struct xnb_ctrl *ctrl = xnb_ctrl_create(&vif->link, conf->ctrl_ref,
						conf->ctrl_evtchn);

	if (IS_ERR(ctrl))
		return PTR_ERR(ctrl);
	vif->ctrl = ctrl;
	vif->link.has_ctrl = true;
	return 0;
}

static void xnb_vif_take_features(struct xnb_link *link,
				  const struct xnb_link_conf *conf)
{
	link->can_sg = conf->sg;
	link->rx_notify = conf->rx_notify;
	link->gso_mask = (conf->gso_tcpv4 ? NETIF_F_TSO : 0) |
			 (conf->gso_tcpv6 ? NETIF_F_TSO6 : 0);
	link->csum_mask = (conf->csum_v4 ? NETIF_F_IP_CSUM : 0) |
			  (conf->csum_v6 ? NETIF_F_IPV6_CSUM : 0);
	link->xdp_headroom = conf->xdp_headroom;
	link->rx_max_posted = 0;
	link->drain_timeout = xnb_param_drain_timeout();
	link->stall_timeout = conf->rx_notify ? xnb_param_stall_timeout() : 0;
	link->mcast.on = conf->mcast_control;
}

static void xnb_vif_log_connected(struct xnb_vif *vif)
{
	const struct xnb_link *link = &vif->link;

	if (!__ratelimit(&vif->log))
		return;
	netdev_info(link->dev, "connected: %u queue(s)%s%s%s\n",
		    link->nr_queues,
		    link->queues[0]->split ? ", split channels" : "",
		    link->gso_mask ? ", GSO" : "", link->can_sg ? ", SG" : "");
}

static void xnb_vif_link_up(struct xnb_vif *vif)
{
	struct xnb_link *link = &vif->link;
	struct xnb_link_conf conf;
	int err;

	err = xnb_frontend_read(vif, &conf);
	if (err)
		return xnb_vif_fail(vif, err, "reading the frontend's rings");

	xnb_mcast_init(&link->mcast);
	xnb_vif_take_features(link, &conf);
	err = xnb_vif_create_queues(link, &conf);
	if (!err && conf.ctrl)
		err = xnb_vif_create_ctrl(vif, &conf);
	xnb_frontend_free_conf(&conf);
	if (!err)
		err = xnb_netdev_link_up(link);
	if (err) {
		xnb_vif_fail(vif, err, "attaching to the frontend's rings");
		xnb_vif_link_down(vif);
		return;
	}
	xnb_vif_log_connected(vif);
}

/* Rings are served. The frontend is told when the hotplug script is done. */
static void xnb_vif_announce(struct xnb_vif *vif)
{
	if (vif->link.announced || !xnb_xenbus_is_plugged(vif))
		return;
	xnb_netdev_carrier_on(&vif->link);
	xnb_vif_publish_carrier(vif);
	xnb_xenbus_switch(vif, XenbusStateConnected);
}

static void xnb_vif_frontend_ready(struct xnb_vif *vif)
{
	if (!vif->link.linked && !vif->failed && !vif->leaving &&
	    !xnb_vif_must_wait(vif))
		xnb_vif_link_up(vif);
	if (!vif->link.linked)
		return;
	xnb_vif_announce(vif);
	WRITE_ONCE(vif->link.mcast.on, xnb_frontend_wants_mcast(vif));
	/* A frontend may write this after it has become Connected. */
	xnb_netdev_set_headroom(&vif->link, xnb_frontend_read_headroom(vif));
	if (vif->link.announced && vif->xdev->state == XenbusStateReconfigured)
		xnb_xenbus_switch(vif, XenbusStateConnected);
}

/* The frontend begins anew and no longer knows what was there before. */
static void xnb_vif_frontend_starts(struct xnb_vif *vif)
{
	xnb_vif_link_down(vif);
	if (vif->xdev->state != XenbusStateInitWait)
		xnb_xenbus_switch(vif, XenbusStateInitWait);
}

static void xnb_vif_frontend_closing(struct xnb_vif *vif)
{
	xnb_vif_link_down(vif);
	xnb_xenbus_switch(vif, XenbusStateClosing);
}

/* The frontend has closed. It may come back, unless the vif is detached. */
static void xnb_vif_frontend_closed(struct xnb_vif *vif)
{
	xnb_vif_link_down(vif);
	if (xnb_xenbus_is_online(vif))
		xnb_xenbus_switch(vif, XenbusStateClosed);
	else
		xnb_xenbus_retire(vif);
}

/* Linux's frontend waits for our state without limit, and holds rtnl. */
static void xnb_vif_frontend_reconfigures(struct xnb_vif *vif)
{
	struct xnb_link *link = &vif->link;

	if (link->linked)
		xnb_netdev_set_headroom(link, xnb_frontend_read_headroom(vif));
	xnb_xenbus_switch(vif, XenbusStateReconfigured);
}

/* After a failure the frontend has to begin anew before we try again. */
static void xnb_vif_forgive(struct xnb_vif *vif, enum xenbus_state frontend)
{
	if (frontend == XenbusStateInitialising ||
	    frontend == XenbusStateClosing || frontend == XenbusStateClosed)
		vif->failed = false;
}

/*
 * Is the vif taken away from a frontend that has not connected? A live frontend
 * then closes within a moment, which has to be waited for: it would write into
 * the directory of the next device otherwise. A guest that has no driver, or is
 * in its boot loader, never does, so that this wait has a limit.
 */
static bool xnb_vif_is_left(struct xnb_vif *vif)
{
	long rest;

	if (!xnb_xenbus_is_detached(vif)) {
		vif->leaving = false;
		return false;
	}
	if (!vif->leaving) {
		vif->leaving = true;
		vif->leave_end = jiffies + XNB_LEAVE_MAX;
	}
	rest = vif->leave_end - jiffies;
	if (rest > 0)
		queue_delayed_work(xnb_vif_wq, &vif->work, rest);
	return rest <= 0;
}

static void xnb_vif_follow(struct xnb_vif *vif)
{
	enum xenbus_state frontend = xnb_xenbus_frontend_state(vif);

	/* Xenstore tells about another device now; xenwatch will remove us. */
	if (xnb_xenbus_is_replaced(vif))
		return;
	if (!vif->link.linked && xnb_vif_is_left(vif)) {
		xnb_xenbus_retire(vif);
		return;
	}
	xnb_vif_forgive(vif, frontend);
	xnb_xenbus_read_rates(vif);

	switch (frontend) {
	case XenbusStateInitialising:
		xnb_vif_frontend_starts(vif);
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		xnb_vif_frontend_ready(vif);
		break;
	case XenbusStateReconfiguring:
		xnb_vif_frontend_reconfigures(vif);
		break;
	case XenbusStateClosing:
		xnb_vif_frontend_closing(vif);
		break;
	case XenbusStateClosed:
		xnb_vif_frontend_closed(vif);
		break;
	default:
		break;
	}
}

static void xnb_vif_step(struct xnb_vif *vif)
{
	const char *broken = READ_ONCE(vif->link.broken);

	if (!vif->started || vif->removed)
		return;
	if (vif->link.linked && broken) {
		xnb_vif_link_down(vif);
		if (!xnb_xenbus_is_replaced(vif))
			xnb_vif_fail(vif, -EPROTO, broken);
	}
	xnb_vif_follow(vif);
	xnb_vif_publish_carrier(vif);
}

static void xnb_vif_work(struct work_struct *work)
{
	struct xnb_vif *vif = container_of(to_delayed_work(work),
					   struct xnb_vif, work);

	mutex_lock(&vif->lock);
	xnb_vif_step(vif);
	mutex_unlock(&vif->lock);
}

static void xnb_vif_free(struct xnb_vif *vif)
{
	put_device(&vif->xdev->dev);
	kfree(vif->script);
	kfree(vif->link.stats);
	xnb_pools_free(&vif->link);
	free_netdev(vif->link.dev);
}

static int xnb_vif_alloc_stats(struct xnb_link *link)
{
	unsigned int max = link->max_queues;
	unsigned int i;

	link->stats = kcalloc(max, sizeof(*link->stats), GFP_KERNEL);
	if (!link->stats)
		return -ENOMEM;
	for (i = 0; i < max; i++) {
		u64_stats_init(&link->stats[i].tx.sync);
		u64_stats_init(&link->stats[i].rx.sync);
	}
	return 0;
}

static void xnb_vif_prepare_link(struct xnb_link *link,
				 struct xenbus_device *xdev)
{
	link->xdev = xdev;
	link->otherend = xdev->otherend_id;
	link->wake = xnb_vif_wake_link;
	link->fatal_slots = xnb_param_fatal_slots();
	link->rx_wake = XNB_RX_WAKE;
	spin_lock_init(&link->carrier_lock);
	xnb_rate_init(&link->tx_rate);
	xnb_rate_init(&link->rx_rate);
	xnb_mcast_init(&link->mcast);
}

static void xnb_vif_prepare(struct xnb_vif *vif, struct xenbus_device *xdev)
{
	vif->xdev = xdev;
	get_device(&xdev->dev);
	xnb_vif_prepare_link(&vif->link, xdev);
	mutex_init(&vif->lock);
	ratelimit_state_init(&vif->log, XNB_LOG_INTERVAL, XNB_LOG_BURST);
	ratelimit_set_flags(&vif->log, RATELIMIT_MSG_ON_RELEASE);
	INIT_DELAYED_WORK(&vif->work, xnb_vif_work);
}

/**
 * xnb_vif_create() - make a vif and its netdev for a new device
 * @xdev: the device
 * @handle: number of the vif
 *
 * Context: Process; probe. May sleep.
 * Return: the vif or an ERR_PTR.
 */
struct xnb_vif *xnb_vif_create(struct xenbus_device *xdev, unsigned int handle)
{
	unsigned int max = xnb_param_max_queues();
	struct net_device *dev;
	char name[IFNAMSIZ];
	struct xnb_vif *vif;
	int err;

	/* The name that toolstacks expect. */
	snprintf(name, sizeof(name), "vif%u.%u", xdev->otherend_id, handle);
	dev = alloc_netdev_mq(sizeof(*vif), name, NET_NAME_UNKNOWN,
			      xnb_netdev_setup, max);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	SET_NETDEV_DEV(dev, &xdev->dev);
	vif = netdev_priv(dev);
	vif->link.dev = dev;
	vif->handle = handle;
	vif->link.max_queues = max;
	xnb_vif_prepare(vif, xdev);
	err = xnb_vif_alloc_stats(&vif->link);
	if (!err)
		err = register_netdev(dev);
	if (err) {
		xnb_vif_free(vif);
		return ERR_PTR(err);
	}
	xnb_debugfs_add(vif);
	return vif;
}

/**
 * xnb_vif_start() - the offer is published: look at the frontend
 * @vif: the vif; its state machine has done nothing yet
 *
 * The interface was there before, so the work may have run, without effect.
 *
 * Context: Process; probe. May sleep.
 */
void xnb_vif_start(struct xnb_vif *vif)
{
	mutex_lock(&vif->lock);
	vif->started = true;
	mutex_unlock(&vif->lock);
	xnb_vif_wake(vif);
}

/* Has the frontend gone? One that writes nonsense as its state has, too. */
static bool xnb_vif_is_abandoned(const struct xnb_vif *vif)
{
	return !vif->xdev->otherend ||
	       xnb_xenbus_frontend_state(vif) == XenbusStateUnknown;
}

/**
 * xnb_vif_remove() - the device leaves the bus
 * @vif: the vif; nobody on the bus will wake it any more; free afterwards
 *
 * Context: Process; xenwatch or whoever unbinds the driver. May sleep.
 */
void xnb_vif_remove(struct xnb_vif *vif)
{
	xnb_debugfs_del(vif);
	mutex_lock(&vif->lock);
	vif->removed = true;
	mutex_unlock(&vif->lock);
	/*
	 * From here on the state machine does nothing, so that no lock is
	 * needed. What follows may take long, and nobody is to wait for that.
	 */

	vif->replaced = xnb_xenbus_is_replaced(vif);
	/* The bus makes this Closed, which a toolstack may wait for. */
	if (!vif->replaced && xnb_vif_is_abandoned(vif))
		xnb_xenbus_switch(vif, XenbusStateClosing);
	xnb_vif_link_down(vif);
	/* Unregistering the interface may wake the state machine once more. */
	unregister_netdev(vif->link.dev);
	cancel_delayed_work_sync(&vif->work);
	xnb_vif_free(vif);
}
