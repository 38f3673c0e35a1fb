// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a vif and its state machine. Whatever the frontend does,
 * in whatever order and however fast, each run of the work looks at how
 * things are now and makes one step towards how they should be.
 */
#include "vif.h"
#include "backend/log.h"
#include "backend/xenstore.h"
#include "ctrl/ctrl.h"
#include "debugfs.h"
#include "frontend.h"
#include "idle.h"
#include "link/pools.h"
#include "netdev/netdev.h"
#include "params.h"
#include "publish.h"
#include "queue/queue.h"
#include "toolstack.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/slab.h>

/*
 * A frontend may change the headroom that it wants while it is connected. A
 * failure concerns the rings of one connection, so that each new beginning is
 * worth an attempt. Rings are given up as soon as the frontend begins to close,
 * and nothing of a vif is of use to the next one. When a frontend has gone, its
 * rings are given up before xenwatch unregisters the vif.
 */
static const struct xgh_life_traits xnb_vif_traits = {
	.reconfigures = true,
	.forgives_anew = true,
	.ends_first = true,
};

/* The headroom of a vif changes at most once in so many jiffies. */
#define XNB_HEADROOM_EVERY	(HZ / 10)

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
	xnb_idle_exit();
	destroy_workqueue(xnb_vif_wq);
}

/**
 * xnb_vif_schedule() - have the state machine look again
 * @vif: the vif
 *
 * Context: Any.
 */
void xnb_vif_schedule(struct xnb_vif *vif)
{
	mod_delayed_work(xnb_vif_wq, &vif->work, 0);
}

static void xnb_vif_schedule_link(struct xnb_link *link)
{
	xnb_vif_schedule(container_of(link, struct xnb_vif, link));
}

/* Nobody finds the queues any more, and they take nothing. */
static void xnb_vif_stop_queues(struct xnb_vif *vif)
{
	if (vif->ctrl)
		xnb_ctrl_destroy(vif->ctrl);
	vif->ctrl = NULL;
	vif->link.has_ctrl = false;
	xnb_netdev_link_down(&vif->link);
	if (!xgh_life_is_removed(&vif->life))
		xnb_publish_carrier(vif);
}

/*
 * A frontend that closes looks for what it is owed. One that has begun anew may
 * use the memory of its rings for something else, and one that goes on may be
 * served by another driver: what we have not taken stays there then.
 */
static void xnb_vif_end_queues(struct xnb_vif *vif)
{
	enum xgh_end end = vif->life.end;
	unsigned int i;

	for (i = 0; i < vif->nr_queues; i++)
		xnb_queue_end(vif->link.queues[i],
			      end == XGH_END_CLOSING || end == XGH_END_CLOSED);
}

/* Whoever connects next finds everything as it was before. */
static void xnb_vif_free_queues(struct xnb_vif *vif)
{
	struct xnb_link *link = &vif->link;

	while (vif->nr_queues)
		xnb_queue_destroy(link->queues[--vif->nr_queues]);
	kfree(link->queues);
	link->queues = NULL;
	xnb_mcast_init(&link->mcast);
	WRITE_ONCE(link->broken, NULL);
}

static int xnb_vif_create_queues(struct xnb_vif *vif,
				 const struct xnb_frontend *frontend)
{
	struct xnb_link *link = &vif->link;
	struct xnb_queue *queue;

	link->queues = kcalloc(frontend->nr_queues, sizeof(*link->queues),
			       GFP_KERNEL);
	if (!link->queues)
		return -ENOMEM;

	while (vif->nr_queues < frontend->nr_queues) {
		queue = xnb_queue_create(link, vif->nr_queues,
					 &frontend->queues[vif->nr_queues]);
		if (IS_ERR(queue))
			return PTR_ERR(queue);
		link->queues[vif->nr_queues++] = queue;
		/* Pairs with xnb_ndo_start_xmit(). */
		smp_store_release(&link->nr_queues, vif->nr_queues);
	}
	return 0;
}

static int xnb_vif_create_ctrl(struct xnb_vif *vif,
			       const struct xnb_frontend *frontend)
{
	struct xnb_ctrl *ctrl = xnb_ctrl_create(&vif->link, frontend->ctrl_ref,
						frontend->ctrl_evtchn);

	if (IS_ERR(ctrl))
		return PTR_ERR(ctrl);
	vif->ctrl = ctrl;
	vif->link.has_ctrl = true;
	return 0;
}

static void xnb_vif_take_features(struct xnb_link *link,
				  const struct xnb_frontend *frontend)
{
	link->can_sg = frontend->sg;
	link->rx_notify = frontend->rx_notify;
	link->gso_mask = (frontend->gso_tcpv4 ? NETIF_F_TSO : 0) |
			 (frontend->gso_tcpv6 ? NETIF_F_TSO6 : 0);
	link->csum_mask = (frontend->csum_v4 ? NETIF_F_IP_CSUM : 0) |
			  (frontend->csum_v6 ? NETIF_F_IPV6_CSUM : 0);
	link->xdp_headroom = frontend->xdp_headroom;
	link->drain_timeout = xnb_param_drain_timeout();
	link->stall_timeout = link->rx_notify ? xnb_param_stall_timeout() : 0;
	link->mcast.on = frontend->mcast_control;
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

static int xnb_vif_attach(struct xnb_vif *vif,
			  const struct xnb_frontend *frontend)
{
	int err;

	xnb_mcast_init(&vif->link.mcast);
	xnb_vif_take_features(&vif->link, frontend);
	err = xnb_vif_create_queues(vif, frontend);
	if (!err && frontend->ctrl)
		err = xnb_vif_create_ctrl(vif, frontend);
	return err ?: xnb_netdev_link_up(&vif->link);
}

static void xnb_vif_link_up(struct xnb_vif *vif)
{
	struct xnb_frontend frontend;
	int err;

	err = xnb_frontend_read(vif, &frontend);
	if (err) {
		xgh_xenstore_fail_reading(vif->xdev, &vif->life, err,
					  frontend.wrong);
		return;
	}
	err = xnb_vif_attach(vif, &frontend);
	xnb_frontend_free(&frontend);
	if (err) {
		/* The next driver may have better luck. */
		if (err != -ESHUTDOWN)
			xgh_xenstore_fail_for_now(vif->xdev, &vif->life, err,
						  "attaching to the frontend's rings");
		xnb_vif_stop_queues(vif);
		xnb_vif_free_queues(vif);
		return;
	}
	xnb_vif_log_connected(vif);
	xgh_life_up(&vif->life);
}

/*
 * Takes over the headroom that the frontend wants, which flushes its queues.
 * One that changes its mind all the time has to wait. Returns whether it is
 * done.
 */
static bool xnb_vif_set_headroom(struct xnb_vif *vif)
{
	u16 headroom;

	vif->headroom_waits = false;
	if (!xgh_life_is_linked(&vif->life))
		return true;
	headroom = xnb_frontend_read_headroom(vif);
	if (headroom == vif->link.xdp_headroom)
		return true;
	if (time_in_range_open(jiffies, vif->headroom_at,
			       vif->headroom_at + XNB_HEADROOM_EVERY)) {
		vif->headroom_waits = true;
		return false;
	}
	vif->headroom_at = jiffies;
	xnb_netdev_set_headroom(&vif->link, headroom);
	return true;
}

/* Everything that counts, each looked at once. */
static void xnb_vif_look(struct xnb_vif *vif, struct xgh_life_view *view)
{
	const struct xgh_life *life = &vif->life;

	*view = (struct xgh_life_view) {
		/* Who makes it leave waits for the lock. */
		.resource = READ_ONCE(vif->link.leaving) ?
			    XGH_RESOURCE_NONE : XGH_RESOURCE_READY,
		.broken = READ_ONCE(vif->link.broken),
		/* Packets on their way have ended with their queues. */
		.drained = true,
		.released = true,
		.plugged = life->link == XGH_LINK_UP &&
			   xnb_toolstack_has_plugged(vif),
	};
	xgh_xenstore_look(vif->xdev, life, view);
}

static void xnb_vif_act(struct xnb_vif *vif, enum xgh_life_action action)
{
	switch (action) {
	case XGH_LIFE_FAIL:
		xgh_xenstore_fail(vif->xdev, -EPROTO,
				  READ_ONCE(vif->link.broken));
		break;
	case XGH_LIFE_LINK_UP:
		xnb_vif_link_up(vif);
		break;
	case XGH_LIFE_CONNECT:
		xnb_netdev_carrier_on(&vif->link);
		xnb_publish_carrier(vif);
		break;
	case XGH_LIFE_RECONFIGURED:
		/* Linux's frontend waits for our state, and holds rtnl. */
		if (!xnb_vif_set_headroom(vif))
			return;
		break;
	case XGH_LIFE_DRAIN:
		xnb_vif_stop_queues(vif);
		xnb_vif_end_queues(vif);
		break;
	case XGH_LIFE_FREE:
		xnb_vif_free_queues(vif);
		break;
	default:
		break;
	}
	xgh_xenstore_say(vif->xdev, action);
}

/*
 * Before it connects, so that no packet goes without the limits. Returns in how
 * many jiffies to come back for them.
 */
static unsigned long xnb_vif_follow_keys(struct xnb_vif *vif,
					 const struct xgh_life_view *view)
{
	if (vif->life.phase != XGH_PHASE_SERVING || view->replaced)
		return XGH_LIFE_NEVER;
	return xgh_keys_follow(&vif->keys, vif->xdev);
}

/* Returns in how many jiffies to come back even if nothing happens. */
static unsigned long xnb_vif_run(struct xnb_vif *vif,
				 struct xgh_life_view *view)
{
	enum xgh_life_action action;
	unsigned long delay;

	do {
		xnb_vif_look(vif, view);
		/* One that begins anew says everything again. */
		if (!xnb_frontend_runs(view->frontend))
			vif->inherited = false;
		delay = xnb_vif_follow_keys(vif, view);
		action = xgh_life_step(&vif->life, view);
		xnb_vif_act(vif, action);
	} while (xgh_life_goes_on(action));
	return min(delay, xgh_life_wake_in(&vif->life, view));
}

/* Takes over what may change at any time while a frontend is connected. */
static void xnb_vif_refresh(struct xnb_vif *vif,
			    const struct xgh_life_view *view)
{
	if (!xgh_life_is_linked(&vif->life) || view->replaced)
		return;
	WRITE_ONCE(vif->link.mcast.on, xnb_frontend_wants_mcast(vif));
	/*
	 * A frontend may write this after it has become Connected. One that
	 * waits for an answer is given it with what it asked for.
	 */
	if (view->frontend != XenbusStateReconfiguring)
		xnb_vif_set_headroom(vif);
	xnb_publish_carrier(vif);
}

static void xnb_vif_follow(struct xnb_vif *vif)
{
	struct xgh_life_view view;
	unsigned long delay;

	if (xgh_life_is_removed(&vif->life))
		return;
	delay = xnb_vif_run(vif, &view);
	xnb_vif_refresh(vif, &view);
	if (vif->headroom_waits && xgh_life_is_linked(&vif->life))
		delay = min_t(unsigned long, delay, XNB_HEADROOM_EVERY);
	/* Does not put off a run that is due already. */
	if (delay != XGH_LIFE_NEVER)
		queue_delayed_work(xnb_vif_wq, &vif->work, delay);
}

static void xnb_vif_work(struct work_struct *work)
{
	struct xnb_vif *vif = container_of(to_delayed_work(work),
					   struct xnb_vif, work);

	mutex_lock(&vif->lock);
	xnb_vif_follow(vif);
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
	link->schedule = xnb_vif_schedule_link;
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
	vif->headroom_at = jiffies - XNB_HEADROOM_EVERY;
	xgh_log_init(&vif->log);
	xgh_keys_init(&vif->keys, &xnb_toolstack_keys);
	xgh_life_init(&vif->life, &xnb_vif_traits);
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
	struct net_device *dev;
	struct xnb_offer offer;
	char name[IFNAMSIZ];
	struct xnb_vif *vif;
	int err;

	xnb_toolstack_read_offer(xdev, &offer);
	/* The name that toolstacks expect. */
	snprintf(name, sizeof(name), "vif%u.%u", xdev->otherend_id, handle);
	dev = alloc_netdev_mq(sizeof(*vif), name, NET_NAME_UNKNOWN,
			      xnb_netdev_setup, offer.max_queues);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	SET_NETDEV_DEV(dev, &xdev->dev);
	vif = netdev_priv(dev);
	vif->link.dev = dev;
	vif->offer = offer;
	vif->inherited = offer.inherited;
	vif->link.max_queues = offer.max_queues;
	xnb_vif_prepare(vif, xdev);
	err = xnb_vif_alloc_stats(&vif->link);
	if (!err)
		err = register_netdev(dev);
	if (err) {
		xnb_vif_free(vif);
		return ERR_PTR(err);
	}
	xnb_debugfs_add(vif);
	xnb_idle_add(vif);
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
	xgh_life_start(&vif->life);
	mutex_unlock(&vif->lock);
	xnb_vif_schedule(vif);
}

/**
 * xnb_vif_remove() - the device leaves the bus
 * @vif: the vif; nobody on the bus will schedule it any more; freed afterwards
 *
 * Context: Process; xenwatch or whoever unbinds the driver. May sleep.
 */
void xnb_vif_remove(struct xnb_vif *vif)
{
	enum xgh_life_action action;
	struct xgh_life_view view;

	WRITE_ONCE(vif->link.leaving, true);
	xnb_idle_remove(vif);
	xnb_debugfs_remove(vif);
	mutex_lock(&vif->lock);
	xnb_vif_look(vif, &view);
	action = xgh_life_remove(&vif->life, &view);
	xgh_xenstore_say(vif->xdev, action);
	xnb_vif_run(vif, &view);
	mutex_unlock(&vif->lock);

	/* Unregistering the interface may schedule the work once more. */
	unregister_netdev(vif->link.dev);
	cancel_delayed_work_sync(&vif->work);
	xnb_vif_free(vif);
}
