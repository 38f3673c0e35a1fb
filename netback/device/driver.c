// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the driver on the bus, and the watches of a vif. Callbacks run in
 * xenwatch, which serves all devices of the system, so most only schedule the
 * vif's own work.
 */
#include "driver.h"
#include "backend/bus.h"
#include "backend/xenstore.h"
#include "publish.h"
#include "toolstack.h"
#include "vif.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/* A uevent may be made at any time, also while a driver is being unbound. */
static DEFINE_MUTEX(xnb_driver_drvdata_lock);

/* A guest may write as often as it likes; one event at a time is enough. */
static bool xnb_driver_will_handle(struct xenbus_watch *watch, const char *path,
				   const char *token)
{
	return watch->nr_pending == 0;
}

static void xnb_driver_mcast_changed(struct xenbus_watch *watch,
				     const char *path, const char *token)
{
	xnb_vif_schedule(container_of(watch, struct xnb_vif, mcast_watch));
}

static void xnb_driver_headroom_changed(struct xenbus_watch *watch,
					const char *path, const char *token)
{
	xnb_vif_schedule(container_of(watch, struct xnb_vif, headroom_watch));
}

static void xnb_driver_backend_changed(struct xenbus_watch *watch,
				       const char *path, const char *token)
{
	struct xnb_vif *vif = container_of(watch, struct xnb_vif, watch);

	if (!xgh_xenstore_changed(vif->xdev, &vif->life, watch, path))
		return;
	xgh_keys_mark(&vif->keys,
		      xgh_keys_named(&xnb_toolstack_keys, watch, path));
	xnb_vif_schedule(vif);
}

/* The bus watches a frontend from after probe until before remove. */
static void xnb_driver_frontend_changed(struct xenbus_device *xdev,
					enum xenbus_state state)
{
	/* One whose frontend has gone comes to an end by itself first. */
	xnb_vif_schedule(dev_get_drvdata(&xdev->dev));
}

static void xnb_driver_set_drvdata(struct xenbus_device *xdev,
				   struct xnb_vif *vif)
{
	mutex_lock(&xnb_driver_drvdata_lock);
	dev_set_drvdata(&xdev->dev, vif);
	mutex_unlock(&xnb_driver_drvdata_lock);
}

static int xnb_driver_uevent(XB_UEVENT_CONST struct xenbus_device *xdev,
			     struct kobj_uevent_env *env)
{
	const struct xnb_vif *vif;
	int err = 0;

	mutex_lock(&xnb_driver_drvdata_lock);
	vif = dev_get_drvdata(&xdev->dev);
	if (vif && vif->script)
		err = add_uevent_var(env, "script=%s", vif->script);
	if (vif && !err)
		err = add_uevent_var(env, "vif=%s", netdev_name(vif->link.dev));
	mutex_unlock(&xnb_driver_drvdata_lock);
	return err;
}

/*
 * Not from the vif's work: this waits for xenwatch, which may wait for the
 * vif's lock.
 */
static void xnb_driver_unwatch(struct xenbus_watch *watch)
{
	if (!watch->node)
		return;
	unregister_xenbus_watch(watch);
	kfree(watch->node);
	watch->node = NULL;
}

static void xnb_driver_stop(struct xnb_vif *vif)
{
	xnb_driver_unwatch(&vif->watch);
	xnb_driver_unwatch(&vif->mcast_watch);
	xnb_driver_unwatch(&vif->headroom_watch);
	xnb_driver_set_drvdata(vif->xdev, NULL);
	xnb_vif_remove(vif);
}

/* Watches what the frontend may change while it is connected. */
static int xnb_driver_watch_frontend(struct xnb_vif *vif)
{
	struct xenbus_device *xdev = vif->xdev;
	int err;

	err = xenbus_watch_pathfmt(xdev, &vif->mcast_watch,
				   xnb_driver_will_handle,
				   xnb_driver_mcast_changed,
				   "%s/request-multicast-control",
				   xdev->otherend);
	if (err)
		return err;
	return xenbus_watch_pathfmt(xdev, &vif->headroom_watch,
				    xnb_driver_will_handle,
				    xnb_driver_headroom_changed,
				    "%s/xdp-headroom", xdev->otherend);
}

static int xnb_driver_start(struct xnb_vif *vif)
{
	struct xenbus_device *xdev = vif->xdev;
	char *script = xnb_toolstack_read_script(xdev);
	int err;

	mutex_lock(&xnb_driver_drvdata_lock);
	vif->script = script;
	mutex_unlock(&xnb_driver_drvdata_lock);
	err = xnb_publish_offer(vif);
	if (err)
		return err;
	xgh_xenstore_say(xdev, XGH_LIFE_INIT_WAIT);
	err = xenbus_watch_pathfmt(xdev, &vif->watch, NULL,
				   xnb_driver_backend_changed, "%s",
				   xdev->nodename);
	return err ?: xnb_driver_watch_frontend(vif);
}

static void xnb_driver_remove(struct xenbus_device *xdev)
{
	struct xnb_vif *vif = dev_get_drvdata(&xdev->dev);

	if (!vif)
		return;
	kobject_uevent(&xdev->dev.kobj, KOBJ_OFFLINE);
	xnb_driver_stop(vif);
}

/*
 * The bus watches a frontend after the probe. If it cannot, the probe has
 * failed, and nobody calls remove.
 */
static void xnb_driver_undo(void *xdev)
{
	xnb_driver_remove(xdev);
}

static int xnb_driver_probe(struct xenbus_device *xdev,
			    const struct xenbus_device_id *id)
{
	struct xnb_vif *vif;
	unsigned int handle;
	int err;

	err = devm_add_action(&xdev->dev, xnb_driver_undo, xdev);
	if (err)
		return err;
	err = xnb_toolstack_read_handle(xdev, &handle);
	if (err) {
		xgh_xenstore_fail(xdev, err, "reading handle");
		return err;
	}
	vif = xnb_vif_create(xdev, handle);
	if (IS_ERR(vif)) {
		xgh_xenstore_fail(xdev, PTR_ERR(vif), "creating the interface");
		return PTR_ERR(vif);
	}
	xnb_driver_set_drvdata(xdev, vif);
	err = xnb_driver_start(vif);
	if (err) {
		xgh_xenstore_fail(xdev, err, "publishing the offer");
		xnb_driver_stop(vif);
		return err;
	}
	xnb_vif_start(vif);
	kobject_uevent(&xdev->dev.kobj, KOBJ_ONLINE);
	return 0;
}

static const struct xenbus_device_id xnb_driver_ids[] = {
	{ "vif" },
	{ "" }
};

static struct xenbus_driver xnb_driver = {
	.ids = xnb_driver_ids,
	.allow_rebind = true,
	.probe = xnb_driver_probe,
	.remove = xnb_driver_remove,
	.uevent = xnb_driver_uevent,
	.otherend_changed = xnb_driver_frontend_changed,
};

/**
 * xnb_driver_register() - begin to serve vifs
 *
 * Context: Process; module init. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_driver_register(void)
{
	return xenbus_register_backend(&xnb_driver);
}

/**
 * xnb_driver_unregister() - end it
 *
 * None is bound any more: the bus holds the module for each that is.
 *
 * Context: Process; module exit. May sleep.
 */
void xnb_driver_unregister(void)
{
	xenbus_unregister_driver(&xnb_driver);
}
