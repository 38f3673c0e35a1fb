// SPDX-License-Identifier: GPL-2.0
/*
 * Owns xenstore and the driver on the bus. Callbacks run in xenwatch, which
 * serves all devices of the system, so they only pass things on to the vif's
 * own work. What a frontend says about itself is for frontend.c.
 */
#include "xenbus.h"
#include "params.h"
#include "vif.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

/* A uevent may be asked for at any time, also while a driver is unbound. */
static DEFINE_MUTEX(xnb_drvdata_lock);

/**
 * xnb_xenbus_frontend_state() - what the frontend says it is doing
 * @vif: the vif, still on the bus
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: the state, XenbusStateUnknown if it has gone.
 */
enum xenbus_state xnb_xenbus_frontend_state(const struct xnb_vif *vif)
{
	return xenbus_read_driver_state(NULL, vif->xdev->otherend);
}

/**
 * xnb_xenbus_is_online() - does the toolstack want the vif to stay?
 * @vif: the vif, still on the bus
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: false once the vif is being detached.
 */
bool xnb_xenbus_is_online(const struct xnb_vif *vif)
{
	return xenbus_dev_is_online(vif->xdev);
}

/**
 * xnb_xenbus_is_detached() - does the toolstack take the vif away?
 * @vif: the vif, still on the bus
 *
 * Not the same as not being online, which is also true of a directory without
 * that node: not all toolstacks write it.
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: whether "online" is there and 0.
 */
bool xnb_xenbus_is_detached(const struct xnb_vif *vif)
{
	unsigned int online;

	return xenbus_scanf(XBT_NIL, vif->xdev->nodename, "online", "%u",
			    &online) == 1 && !online;
}

/**
 * xnb_xenbus_is_replaced() - has our directory become that of another device?
 * @vif: the vif, on the bus or just leaving it
 *
 * A toolstack that removes a device by force and makes it anew at once may be
 * faster than xenwatch: the bus has then seen one device all the time. Only a
 * toolstack writes Initialising there, and only into a new directory.
 *
 * Context: Process; the vif's lock is held, or xenwatch. May sleep.
 * Return: whether what stands there is meant for a device that is yet to be
 * probed.
 */
bool xnb_xenbus_is_replaced(const struct xnb_vif *vif)
{
	struct xenbus_device *xdev = vif->xdev;

	return xdev->state != XenbusStateInitialising &&
	       xenbus_read_driver_state(NULL, xdev->nodename) ==
	       XenbusStateInitialising;
}

/* Otherwise nobody will ever say that it is plugged in. */
static bool xnb_has_script(const struct xnb_vif *vif)
{
	return vif->script && *vif->script;
}

/**
 * xnb_xenbus_is_plugged() - has the hotplug script done its work?
 * @vif: the vif, still on the bus
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: whether it has, or there is no script to wait for.
 */
bool xnb_xenbus_is_plugged(const struct xnb_vif *vif)
{
	char *status;
	bool plugged;

	status = xenbus_read(XBT_NIL, vif->xdev->nodename, "hotplug-status",
			     NULL);
	if (IS_ERR(status))
		return PTR_ERR(status) == -ENOENT && !xnb_has_script(vif);
	plugged = !strcmp(status, "connected");
	kfree(status);
	return plugged;
}

/**
 * xnb_xenbus_switch() - say what we are doing
 * @vif: the vif, still on the bus
 * @state: our state
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_xenbus_switch(struct xnb_vif *vif, enum xenbus_state state)
{
	xenbus_switch_state(vif->xdev, state);
}

/* Writes a number, but never into a directory that has been removed. */
static void xnb_write_if_there(const struct xnb_vif *vif, const char *node,
			       unsigned int value)
{
	const char *dir = vif->xdev->nodename;
	struct xenbus_transaction xbt;
	bool there;
	int state;
	int err;

	do {
		if (xenbus_transaction_start(&xbt))
			return;
		there = xenbus_scanf(xbt, dir, "state", "%d", &state) == 1;
		err = there ? xenbus_printf(xbt, dir, node, "%u", value) : 0;
		if (err || !there) {
			xenbus_transaction_end(xbt, 1);
			return;
		}
		err = xenbus_transaction_end(xbt, 0);
	} while (err == -EAGAIN);
}

/**
 * xnb_xenbus_retire() - closed for good: have the device unregistered
 * @vif: the vif, still on the bus
 *
 * If the state was the same before it is written none the less: the toolstack
 * may have written another one there, and our watch must fire.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_xenbus_retire(struct xnb_vif *vif)
{
	bool closed = vif->xdev->state == XenbusStateClosed;

	if (vif->retire)
		return;
	WRITE_ONCE(vif->retire, true);
	if (closed)
		xnb_write_if_there(vif, "state", XenbusStateClosed);
	else
		xenbus_switch_state(vif->xdev, XenbusStateClosed);
}

/**
 * xnb_xenbus_fail() - say that the device does not work, and why
 * @vif: the vif, still on the bus
 * @err: negative errno
 * @fmt: what was being done
 *
 * The text goes to the device's "error" node and to the log, and our state
 * to Closing.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_xenbus_fail(struct xnb_vif *vif, int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	xenbus_dev_fatal(vif->xdev, err, "%pV", &vaf);
	va_end(args);
}

struct xnb_offer {
	const char *node;
	unsigned int value;
};

static int xnb_write_offers(const struct xnb_vif *vif,
			    struct xenbus_transaction xbt,
			    const struct xnb_offer *offers, unsigned int nr)
{
	unsigned int i;
	int err;

	for (i = 0; i < nr; i++) {
		err = xenbus_printf(xbt, vif->xdev->nodename, offers[i].node,
				    "%u", offers[i].value);
		if (err)
			return err;
	}
	return 0;
}

static int xnb_publish_offer(const struct xnb_vif *vif)
{
	const struct xnb_offer offers[] = {
		{ "feature-sg", 1 },
		{ "feature-gso-tcpv4", 1 },
		{ "feature-gso-tcpv6", 1 },
		{ "feature-ipv6-csum-offload", 1 },
		{ "feature-rx-copy", 1 },
		{ "feature-rx-flip", 0 },
		{ "feature-xdp-headroom", xnb_param_xdp_headroom() },
		{ "feature-ctrl-ring", 1 },
		{ "feature-multicast-control", 1 },
		{ "feature-dynamic-multicast-control", 1 },
		{ "feature-split-event-channels", xnb_param_split_channels() },
		{ "multi-queue-max-queues", vif->link.max_queues },
		{ "carrier", 0 },
	};
	struct xenbus_transaction xbt;
	int err;

	do {
		err = xenbus_transaction_start(&xbt);
		if (err)
			return err;
		err = xnb_write_offers(vif, xbt, offers, ARRAY_SIZE(offers));
		if (err) {
			xenbus_transaction_end(xbt, 1);
			return err;
		}
		err = xenbus_transaction_end(xbt, 0);
	} while (err == -EAGAIN);
	return err;
}

/**
 * xnb_xenbus_publish_carrier() - tell the frontend whether packets get through
 * @vif: the vif, still on the bus
 * @on: they do
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_xenbus_publish_carrier(struct xnb_vif *vif, bool on)
{
	xnb_write_if_there(vif, "carrier", on);
}

static void xnb_read_rate(struct xnb_vif *vif, const char *node,
			  struct xnb_rate *rate)
{
	unsigned long long bytes, usec;

	if (xenbus_scanf(XBT_NIL, vif->xdev->nodename, node, "%llu,%llu",
			 &bytes, &usec) == 2)
		xnb_rate_set(rate, bytes, usec);
	else
		xnb_rate_set(rate, 0, 0);
}

/**
 * xnb_xenbus_read_rates() - take over the rates that the toolstack has set
 * @vif: the vif, still on the bus
 *
 * "<bytes>,<microseconds>"; without it there is no limit. What the guest
 * sends is limited by "rate", as xl writes it, what it receives by "rx-rate".
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_xenbus_read_rates(struct xnb_vif *vif)
{
	xnb_read_rate(vif, "rate", &vif->link.tx_rate);
	xnb_read_rate(vif, "rx-rate", &vif->link.rx_rate);
}

/* A guest may write as often as it likes; one event at a time is enough. */
static bool xnb_wish_will_handle(struct xenbus_watch *watch, const char *path,
				 const char *token)
{
	return watch->nr_pending == 0;
}

static void xnb_mcast_changed(struct xenbus_watch *watch, const char *path,
			      const char *token)
{
	xnb_vif_kick(container_of(watch, struct xnb_vif, mcast_watch));
}

static void xnb_headroom_changed(struct xenbus_watch *watch, const char *path,
				 const char *token)
{
	xnb_vif_kick(container_of(watch, struct xnb_vif, headroom_watch));
}

/* Have the bus look at a device that waits to be probed. */
static void xnb_touch_new(const char *dir)
{
	struct xenbus_transaction xbt;
	unsigned int state = 0;
	int err;

	do {
		if (xenbus_transaction_start(&xbt))
			return;
		xenbus_scanf(xbt, dir, "state", "%u", &state);
		if (state != XenbusStateInitialising ||
		    xenbus_printf(xbt, dir, "state", "%u", state)) {
			xenbus_transaction_end(xbt, 1);
			return;
		}
		err = xenbus_transaction_end(xbt, 0);
	} while (err == -EAGAIN);
}

/* The device that was there before us goes first, then the bus looks again. */
static void xnb_give_way(struct xenbus_device *xdev)
{
	char *dir = kstrdup(xdev->nodename, GFP_KERNEL);

	dev_info(&xdev->dev, "removed by force, and there is another one\n");
	device_unregister(&xdev->dev);
	if (dir)
		xnb_touch_new(dir);
	kfree(dir);
}

/* The first event of a watch stands for all that was before it. */
static bool xnb_may_be_replaced(const struct xenbus_watch *watch,
				const char *path)
{
	return !strcmp(path, watch->node) || !strcmp(kbasename(path), "state");
}

/*
 * The device may only be unregistered from xenwatch: that is where the bus
 * does it when the directory goes away, and nothing else serialises the two.
 */
static void xnb_backend_changed(struct xenbus_watch *watch, const char *path,
				const char *token)
{
	struct xnb_vif *vif = container_of(watch, struct xnb_vif, watch);

	if (READ_ONCE(vif->retire))
		device_unregister(&vif->xdev->dev);
	else if (xnb_may_be_replaced(watch, path) &&
		 xnb_xenbus_is_replaced(vif))
		xnb_give_way(vif->xdev);
	else
		xnb_vif_kick(vif);
}

static void xnb_frontend_changed(struct xenbus_device *xdev,
				 enum xenbus_state state)
{
	struct xnb_vif *vif = dev_get_drvdata(&xdev->dev);

	if (state == XenbusStateUnknown)
		device_unregister(&xdev->dev);
	else if (vif)
		xnb_vif_kick(vif);
}

static void xnb_set_drvdata(struct xenbus_device *xdev, struct xnb_vif *vif)
{
	mutex_lock(&xnb_drvdata_lock);
	dev_set_drvdata(&xdev->dev, vif);
	mutex_unlock(&xnb_drvdata_lock);
}

static int xnb_uevent(XB_UEVENT_CONST struct xenbus_device *xdev,
		      struct kobj_uevent_env *env)
{
	const struct xnb_vif *vif;
	int err = 0;

	mutex_lock(&xnb_drvdata_lock);
	vif = dev_get_drvdata(&xdev->dev);
	if (vif && vif->script)
		err = add_uevent_var(env, "script=%s", vif->script);
	if (vif && !err)
		err = add_uevent_var(env, "vif=%s", netdev_name(vif->link.dev));
	mutex_unlock(&xnb_drvdata_lock);
	return err;
}

/*
 * Not from the vif's work: this waits for xenwatch, which may wait for the
 * vif's lock.
 */
static void xnb_unwatch(struct xenbus_watch *watch)
{
	if (!watch->node)
		return;
	unregister_xenbus_watch(watch);
	kfree(watch->node);
	watch->node = NULL;
}

static void xnb_stop(struct xnb_vif *vif)
{
	xnb_unwatch(&vif->watch);
	xnb_unwatch(&vif->mcast_watch);
	xnb_unwatch(&vif->headroom_watch);
	xnb_set_drvdata(vif->xdev, NULL);
	xnb_vif_remove(vif);
}

/* What the frontend may change its mind about. */
static int xnb_watch_wishes(struct xnb_vif *vif)
{
	struct xenbus_device *xdev = vif->xdev;
	int err;

	err = xenbus_watch_pathfmt(xdev, &vif->mcast_watch,
				   xnb_wish_will_handle, xnb_mcast_changed,
				   "%s/request-multicast-control",
				   xdev->otherend);
	if (err)
		return err;
	return xenbus_watch_pathfmt(xdev, &vif->headroom_watch,
				    xnb_wish_will_handle, xnb_headroom_changed,
				    "%s/xdp-headroom", xdev->otherend);
}

static int xnb_start(struct xnb_vif *vif)
{
	struct xenbus_device *xdev = vif->xdev;
	char *script;
	int err;

	script = xenbus_read(XBT_NIL, xdev->nodename, "script", NULL);
	/* A uevent may look at any time. */
	mutex_lock(&xnb_drvdata_lock);
	vif->script = IS_ERR(script) ? NULL : script;
	mutex_unlock(&xnb_drvdata_lock);
	err = xnb_publish_offer(vif);
	if (!err)
		err = xenbus_switch_state(xdev, XenbusStateInitWait);
	if (!err)
		err = xenbus_watch_pathfmt(xdev, &vif->watch, NULL,
					   xnb_backend_changed, "%s",
					   xdev->nodename);
	if (!err)
		err = xnb_watch_wishes(vif);
	return err;
}

static int xnb_probe(struct xenbus_device *xdev,
		     const struct xenbus_device_id *id)
{
	struct xnb_vif *vif;
	unsigned int handle;
	int err;

	if (xenbus_scanf(XBT_NIL, xdev->nodename, "handle", "%u",
			 &handle) != 1) {
		xenbus_dev_fatal(xdev, -EINVAL, "reading handle");
		return -EINVAL;
	}
	vif = xnb_vif_create(xdev, handle);
	if (IS_ERR(vif)) {
		xenbus_dev_fatal(xdev, PTR_ERR(vif), "creating the interface");
		return PTR_ERR(vif);
	}
	xnb_set_drvdata(xdev, vif);
	err = xnb_start(vif);
	if (err) {
		xenbus_dev_fatal(xdev, err, "publishing the offer");
		xnb_stop(vif);
		return err;
	}
	xnb_vif_start(vif);
	kobject_uevent(&xdev->dev.kobj, KOBJ_ONLINE);
	return 0;
}

static void xnb_remove(struct xenbus_device *xdev)
{
	struct xnb_vif *vif = dev_get_drvdata(&xdev->dev);

	if (!vif)
		return;
	kobject_uevent(&xdev->dev.kobj, KOBJ_OFFLINE);
	xnb_stop(vif);
}

static const struct xenbus_device_id xnb_ids[] = {
	{ "vif" },
	{ "" }
};

static struct xenbus_driver xnb_driver = {
	.ids = xnb_ids,
	.probe = xnb_probe,
	.remove = xnb_remove,
	.uevent = xnb_uevent,
	.otherend_changed = xnb_frontend_changed,
	.allow_rebind = true,
};

/**
 * xnb_xenbus_register() - begin to serve vifs
 *
 * Context: Process; module init. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_xenbus_register(void)
{
	return xenbus_register_backend(&xnb_driver);
}

/**
 * xnb_xenbus_unregister() - end it; all devices are removed
 *
 * Context: Process; module exit. May sleep.
 */
void xnb_xenbus_unregister(void)
{
	xenbus_unregister_driver(&xnb_driver);
}
