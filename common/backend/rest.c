// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the look at rings that another driver serves, see rest.h. Runs in
 * xenwatch, where the frontend's changes are handled, too.
 */
#include "rest.h"
#include "bus.h"
#include "copy.h"
#include "read.h"
#include "ring.h"
#include "xenstore.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/stddef.h>

#include <xen/xenbus.h>

/**
 * struct xgh_rest - what a look at a device needs
 */
struct xgh_rest {
	/** @xdev: the device */
	const struct xenbus_device *xdev;
	/** @batch: takes one copy */
	struct xgh_copy_batch batch;
	/** @page: where the head of a ring goes */
	struct page *page;
	/** @nr_queues: how many rings there are */
	unsigned int nr_queues;
	/** @numbered: the pages of a ring have numbers */
	bool numbered;
};

/* A copy: a map would have to be undone, and xenbus blames the device. */
static int xgh_rest_copy(struct xgh_rest *rest, grant_ref_t gref)
{
	const struct xgh_ring_page *head = page_address(rest->page);
	struct xgh_copy_span span = {
		.gref = gref,
		.len = offsetofend(struct xgh_ring_page, rsp_prod),
		.page = rest->page,
	};
	int err = 0;

	xgh_copy_from_gref(&rest->batch, &span, &err);
	xgh_copy_batch_once(&rest->batch);
	if (err)
		return err;
	return head->req_prod == head->rsp_prod ? 0 : -EBUSY;
}

/* As the kernel's own reads it: either name, and first the likelier one. */
static int xgh_rest_find(const struct xgh_rest *rest, const char *dir,
			 grant_ref_t *gref)
{
	const char *likely = rest->numbered ? "ring-ref0" : "ring-ref";
	const char *other = rest->numbered ? "ring-ref" : "ring-ref0";
	int err = xgh_read_uint(dir, likely, gref);

	return err == -ENOENT ? xgh_read_uint(dir, other, gref) : err;
}

static int xgh_rest_look_at(struct xgh_rest *rest, unsigned int index)
{
	char *dir = xgh_xenstore_queue_dir(rest->xdev, rest->nr_queues, index);
	grant_ref_t gref;
	int err;

	if (!dir)
		return -ENOMEM;
	err = xgh_rest_find(rest, dir, &gref) ?: xgh_rest_copy(rest, gref);
	kfree(dir);
	return err;
}

/* No frontend has connected with more queues than it was offered. */
static int xgh_rest_read(struct xgh_rest *rest)
{
	const char *dir = rest->xdev->otherend;
	unsigned int order, most;
	int err;

	most = xgh_read_unsigned(rest->xdev->nodename, "multi-queue-max-queues",
				 1);
	err = xgh_read_optional(dir, "multi-queue-num-queues", 1,
				&rest->nr_queues);
	if (err || !rest->nr_queues || rest->nr_queues > most)
		return err ?: -EINVAL;
	rest->numbered = !xgh_read_uint(dir, "ring-page-order", &order);
	return 0;
}

static int xgh_rest_look_at_all(struct xgh_rest *rest)
{
	int err = xgh_rest_read(rest);
	unsigned int i;

	for (i = 0; !err && i < rest->nr_queues; i++)
		err = xgh_rest_look_at(rest, i);
	return err;
}

static int xgh_rest_ask(const struct xenbus_device *xdev)
{
	struct xgh_rest rest = { .xdev = xdev };
	int err = xgh_copy_batch_init(&rest.batch, xdev->otherend_id,
				      XGH_COPY_OPS_PER_SPAN);

	if (err)
		return err;
	rest.page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	err = rest.page ? xgh_rest_look_at_all(&rest) : -ENOMEM;
	if (rest.page)
		__free_page(rest.page);
	xgh_copy_batch_free(&rest.batch);
	return err;
}

/*
 * By our own state: what the frontend says of its state can be anything. In
 * others the kernel's own has no rings yet, or none any more.
 */
static bool xgh_rest_has_rings(const struct xenbus_device *xdev)
{
	return xdev->otherend && (xdev->state == XenbusStateConnected ||
				  xdev->state == XenbusStateClosing);
}

/*
 * What cannot be found out is not at rest: the numbers are the guest's. But the
 * kernel's own is Closing, too, when its disk could not be opened, before
 * anybody had a ring.
 */
static int xgh_rest_check(struct device *dev)
{
	const struct xenbus_device *xdev = to_xenbus_device(dev);
	int err;

	if (!dev->driver || !xgh_rest_has_rings(xdev))
		return 0;
	err = xgh_rest_ask(xdev);
	if (err == -ENOENT && xdev->state == XenbusStateClosing)
		return 0;
	return err ? -EBUSY : 0;
}

/* Nobody unbinds it meanwhile, which frees what is looked at. */
static int xgh_rest_look_at_one(struct device *dev)
{
	int err;

	if (!device_trylock(dev))
		return -EBUSY;
	err = xgh_rest_check(dev);
	device_unlock(dev);
	return err;
}

static int xgh_rest_release_one(struct device *dev)
{
	int err = xgh_rest_look_at_one(dev);

	if (!err)
		device_release_driver(dev);
	return err;
}

/**
 * xgh_rest_look() - could xgh_rest_unbind() take devices from their drivers?
 * @what: name of a device as the bus has it, or the type of all that are meant
 *
 * One look. That they are at rest lasts only while their guests are paused.
 *
 * Context: Process, not xenwatch. Waits for xenwatch.
 * Return: 0; -EBUSY if there are requests without a response, or that cannot be
 * found out, or somebody has a device's lock; as xgh_bus_try() else.
 */
int xgh_rest_look(const char *what)
{
	return xgh_bus_try(what, xgh_rest_look_at_one);
}

/**
 * xgh_rest_unbind() - take devices that are at rest from their drivers
 * @what: as for xgh_rest_look()
 *
 * Context: Process, not xenwatch. Waits for xenwatch.
 * Return: as xgh_bus_unbind(), and -EBUSY if one has not been at rest for a
 * second.
 */
int xgh_rest_unbind(const char *what)
{
	return xgh_bus_do(what, xgh_rest_release_one);
}
