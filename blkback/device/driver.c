// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the driver on the bus. Callbacks run in xenwatch, which serves all
 * devices of the system, so they only pass things on to the vbd's own work.
 */
#include "driver.h"
#include "backend/xenstore.h"
#include "publish.h"
#include "roster.h"
#include "sysfs.h"
#include "vbd.h"

#include <linux/device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/* Most that changes in our directory is what we write ourselves. */
static bool xbb_driver_will_handle(struct xenbus_watch *watch, const char *path,
				   const char *token)
{
	static const char *const nodes[] = {
		"state", "online", "physical-device", "mode",
	};

	return !strcmp(path, watch->node) ||
	       xgh_keys_named(&xbb_knobs, watch, path) ||
	       match_string(nodes, ARRAY_SIZE(nodes), kbasename(path)) >= 0;
}

static void xbb_driver_backend_changed(struct xenbus_watch *watch,
				       const char *path, const char *token)
{
	struct xbb_vbd *vbd = container_of(watch, struct xbb_vbd, watch);

	if (!xgh_xenstore_changed(vbd->xdev, &vbd->life, watch, path))
		return;
	if (!strcmp(kbasename(path), "physical-device"))
		WRITE_ONCE(vbd->disk.renamed, true);
	xgh_keys_mark(&vbd->knobs, xgh_keys_named(&xbb_knobs, watch, path));
	xbb_vbd_schedule(vbd);
}

/* The bus watches a frontend from after probe until before remove. */
static void xbb_driver_frontend_changed(struct xenbus_device *xdev,
					enum xenbus_state state)
{
	struct xbb_vbd *vbd = dev_get_drvdata(&xdev->dev);

	/* One whose frontend has gone ends what it has begun first. */
	if (state == XenbusStateUnknown)
		xbb_roster_disown_io(vbd);
	xbb_vbd_schedule(vbd);
}

static void xbb_driver_remove(struct xenbus_device *xdev)
{
	struct xbb_vbd *vbd = dev_get_drvdata(&xdev->dev);

	if (!vbd)
		return;
	unregister_xenbus_watch(&vbd->watch);
	kfree(vbd->watch.node);
	dev_set_drvdata(&xdev->dev, NULL);
	xbb_vbd_remove(vbd);
}

/*
 * The bus watches a frontend after the probe. If it cannot, the probe has
 * failed, and nobody calls remove.
 */
static void xbb_driver_undo(void *data)
{
	struct xenbus_device *xdev = data;

	/* As the bus does it around a remove: memory may be reclaimed. */
	down(&xdev->reclaim_sem);
	xbb_driver_remove(xdev);
	up(&xdev->reclaim_sem);
}

static int xbb_driver_probe(struct xenbus_device *xdev,
			    const struct xenbus_device_id *id)
{
	int err = devm_add_action(&xdev->dev, xbb_driver_undo, xdev);
	struct xbb_vbd *vbd;

	if (err)
		return err;
	vbd = xbb_vbd_create(xdev);
	if (!vbd) {
		xgh_xenstore_fail(xdev, -ENOMEM, "allocating the vbd");
		return -ENOMEM;
	}
	dev_set_drvdata(&xdev->dev, vbd);

	err = xbb_publish_offer(vbd);
	if (err)
		goto err_remove;
	xgh_xenstore_say(xdev, XGH_LIFE_INIT_WAIT);
	err = xenbus_watch_pathfmt(xdev, &vbd->watch, xbb_driver_will_handle,
				   xbb_driver_backend_changed, "%s",
				   xdev->nodename);
	if (err)
		goto err_remove;
	xbb_vbd_start(vbd);
	return 0;

err_remove:
	xgh_xenstore_fail(xdev, err, "publishing what the backend offers");
	dev_set_drvdata(&xdev->dev, NULL);
	xbb_vbd_remove(vbd);
	return err;
}

static void xbb_driver_reclaim_memory(struct xenbus_device *xdev)
{
	struct xbb_vbd *vbd = dev_get_drvdata(&xdev->dev);

	if (vbd)
		xbb_vbd_shrink(vbd);
}

static const struct xenbus_device_id xbb_driver_ids[] = {
	{ "vbd" },
	{ "" }
};

static struct xenbus_driver xbb_driver = {
	.ids = xbb_driver_ids,
	.allow_rebind = true,
	.probe = xbb_driver_probe,
	.remove = xbb_driver_remove,
	.otherend_changed = xbb_driver_frontend_changed,
	.reclaim_memory = xbb_driver_reclaim_memory,
	.driver.dev_groups = xbb_sysfs_groups,
};

/**
 * xbb_driver_register() - begin to serve vbds
 *
 * Context: Process; module init. May sleep.
 * Return: 0 or a negative errno.
 */
int xbb_driver_register(void)
{
	return xenbus_register_backend(&xbb_driver);
}

/**
 * xbb_driver_unregister() - end it
 *
 * None is bound any more: the bus holds the module for each that is.
 *
 * Context: Process; module exit. May sleep.
 */
void xbb_driver_unregister(void)
{
	xenbus_unregister_driver(&xbb_driver);
}
