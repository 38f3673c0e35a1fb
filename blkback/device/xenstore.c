// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what a backend writes to xenstore, and what both sides say about their
 * state there.
 */
#include "xenstore.h"
#include "disk/backing.h"
#include "vbd.h"

#include <linux/kdev_t.h>
#include <linux/string.h>

/* blkif.h, "info": what the frontend shall make of the disk */
#define XBB_INFO_CDROM		1u
#define XBB_INFO_REMOVABLE	2u
#define XBB_INFO_READONLY	4u

/**
 * xbb_xenstore_frontend_state() - what the frontend says it is doing
 * @vbd: the vbd, still on the bus
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: the state, XenbusStateUnknown if it has gone.
 */
enum xenbus_state xbb_xenstore_frontend_state(const struct xbb_vbd *vbd)
{
	return xenbus_read_driver_state(NULL, vbd->xdev->otherend);
}

/**
 * xbb_xenstore_is_online() - does the toolstack want the disk to stay?
 * @vbd: the vbd, still on the bus
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: false once the disk is being detached.
 */
bool xbb_xenstore_is_online(const struct xbb_vbd *vbd)
{
	return xenbus_dev_is_online(vbd->xdev);
}

/**
 * xbb_xenstore_is_detached() - does the toolstack take the disk away?
 * @vbd: the vbd, still on the bus
 *
 * Not the same as not being online, which is also true of a directory without
 * that node: not all toolstacks write it.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: whether "online" is there and 0.
 */
bool xbb_xenstore_is_detached(const struct xbb_vbd *vbd)
{
	unsigned int online;

	return xenbus_scanf(XBT_NIL, vbd->xdev->nodename, "online", "%u",
			    &online) == 1 && !online;
}

/**
 * xbb_xenstore_is_replaced() - has our directory become that of another device?
 * @vbd: the vbd, on the bus or just leaving it
 *
 * A toolstack that removes a device by force and makes it anew at once may be
 * faster than xenwatch: the bus has then seen one device all the time. Only a
 * toolstack writes Initialising there, and only into a new directory.
 *
 * Context: Process; the vbd's lock is held, or xenwatch. May sleep.
 * Return: whether what stands there is meant for a device that is yet to be
 * probed.
 */
bool xbb_xenstore_is_replaced(const struct xbb_vbd *vbd)
{
	struct xenbus_device *xdev = vbd->xdev;

	return xdev->state != XenbusStateInitialising &&
	       xenbus_read_driver_state(NULL, xdev->nodename) ==
	       XenbusStateInitialising;
}

/**
 * xbb_xenstore_switch() - say what we are doing
 * @vbd: the vbd, still on the bus
 * @state: our state
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_xenstore_switch(struct xbb_vbd *vbd, enum xenbus_state state)
{
	xenbus_switch_state(vbd->xdev, state);
}

/**
 * xbb_xenstore_close() - say that we have closed, for the last time
 * @vbd: the vbd, still on the bus
 *
 * A toolstack that detaches a disk has written Closing over our state, and
 * waits for this, even if we had closed before.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_xenstore_close(struct xbb_vbd *vbd)
{
	/* The state is written only if it is a new one. */
	if (vbd->xdev->state == XenbusStateClosed)
		vbd->xdev->state = XenbusStateClosing;
	xenbus_switch_state(vbd->xdev, XenbusStateClosed);
}

/**
 * xbb_xenstore_fail() - say that the device does not work, and why
 * @vbd: the vbd, still on the bus
 * @err: negative errno
 * @fmt: what was being done
 *
 * The text goes to the device's "error" node and to the log, and our state
 * to Closing.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_xenstore_fail(struct xbb_vbd *vbd, int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	xenbus_dev_fatal(vbd->xdev, err, "%pV", &vaf);
	va_end(args);
}

/**
 * xbb_xenstore_error() - say what went wrong with a device that works on
 * @vbd: the vbd, still on the bus
 * @err: negative errno
 * @fmt: what was being done
 *
 * The text goes to the device's "error" node and to the log.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_xenstore_error(struct xbb_vbd *vbd, int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	xenbus_dev_error(vbd->xdev, err, "%pV", &vaf);
	va_end(args);
}

/**
 * xbb_xenstore_publish_active() - tell the toolstack which disk is in use
 * @vbd: the vbd, still on the bus
 * @num: its number
 * @diskseq: and its sequence number
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_xenstore_publish_active(struct xbb_vbd *vbd, dev_t num, u64 diskseq)
{
	xenbus_printf(XBT_NIL, vbd->xdev->nodename, "active-physical-device",
		      "%x:%x@%llx", MAJOR(num), MINOR(num), diskseq);
}

/**
 * xbb_xenstore_publish_offer() - tell a frontend what it may ask for
 * @vbd: the vbd
 *
 * Context: Process; probe. May sleep.
 * Return: 0 or a negative errno.
 */
int xbb_xenstore_publish_offer(struct xbb_vbd *vbd)
{
	const char *dir = vbd->xdev->nodename;
	int err;

	err = xenbus_printf(XBT_NIL, dir, "max-ring-page-order", "%u",
			    vbd->max_order);
	if (!err)
		err = xenbus_printf(XBT_NIL, dir, "multi-queue-max-queues",
				    "%u", vbd->max_queues);
	if (!err)
		err = xenbus_printf(XBT_NIL, dir,
				    "feature-max-indirect-segments", "%u",
				    XBB_INDIRECT_SEGS);
	return err;
}

static bool xbb_xenstore_is_cdrom(const struct xbb_vbd *vbd)
{
	char type[8] = "";

	xenbus_scanf(XBT_NIL, vbd->xdev->otherend, "device-type", "%7s", type);
	return !strcmp(type, "cdrom");
}

static unsigned int xbb_xenstore_info(const struct xbb_vbd *vbd,
				      const struct xbb_geometry *geometry)
{
	unsigned int info = 0;

	if (geometry->cdrom || xbb_xenstore_is_cdrom(vbd))
		info |= XBB_INFO_CDROM;
	if (geometry->removable)
		info |= XBB_INFO_REMOVABLE;
	if (vbd->rings.limits.readonly)
		info |= XBB_INFO_READONLY;
	return info;
}

struct xbb_xenstore_node {
	const char *name;
	u64 value;
};

static int xbb_xenstore_write_nodes(struct xbb_vbd *vbd,
				    struct xenbus_transaction xbt,
				    const struct xbb_xenstore_node *nodes,
				    unsigned int nr)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr && !err; i++)
		err = xenbus_printf(xbt, vbd->xdev->nodename, nodes[i].name,
				    "%llu", nodes[i].value);
	return err;
}

static int xbb_xenstore_write_disk(struct xbb_vbd *vbd,
				   struct xenbus_transaction xbt,
				   const struct xbb_geometry *geometry,
				   unsigned int info)
{
	const struct xbb_xenstore_node nodes[] = {
		{ "feature-persistent", vbd->rings.policy.persistent },
		{ "feature-flush-cache", geometry->flush },
		{ "feature-barrier", geometry->flush },
		{ "sectors", geometry->sectors },
		{ "info", info },
		{ "sector-size", geometry->block_size },
		{ "physical-sector-size", geometry->physical_block_size },
	};
	const struct xbb_xenstore_node discard[] = {
		{ "feature-discard", geometry->discard },
		{ "discard-secure",
		  geometry->discard && geometry->secure_erase },
		{ "discard-granularity", geometry->discard_granularity },
		{ "discard-alignment", geometry->discard_alignment },
	};
	/* Without it the first two must say so: there may be older ones. */
	unsigned int nr = geometry->discard ? ARRAY_SIZE(discard) : 2;
	int err = xbb_xenstore_write_nodes(vbd, xbt, nodes, ARRAY_SIZE(nodes));

	return err ?: xbb_xenstore_write_nodes(vbd, xbt, discard, nr);
}

/* Ends a transaction: -EAGAIN means that all of it has to be done again. */
static int xbb_xenstore_end(struct xenbus_transaction xbt, int err)
{
	int end = xenbus_transaction_end(xbt, err);

	return err ?: end;
}

static int xbb_xenstore_try_disk(struct xbb_vbd *vbd,
				 const struct xbb_geometry *geometry,
				 unsigned int info)
{
	struct xenbus_transaction xbt;
	int err = xenbus_transaction_start(&xbt);

	if (err)
		return err;
	err = xbb_xenstore_write_disk(vbd, xbt, geometry, info);
	return xbb_xenstore_end(xbt, err);
}

/**
 * xbb_xenstore_publish_disk() - tell the frontend what the disk is like
 * @vbd: the vbd
 * @geometry: the disk's
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0 or a negative errno.
 */
int xbb_xenstore_publish_disk(struct xbb_vbd *vbd,
			      const struct xbb_geometry *geometry)
{
	unsigned int info = xbb_xenstore_info(vbd, geometry);
	int err;

	do {
		err = xbb_xenstore_try_disk(vbd, geometry, info);
	} while (err == -EAGAIN);
	return err;
}

static int xbb_xenstore_try_size(struct xbb_vbd *vbd, u64 sectors)
{
	const struct xbb_xenstore_node nodes[] = {
		{ "sectors", sectors },
		{ "state", XenbusStateConnected },
	};
	struct xenbus_transaction xbt;
	unsigned int state = 0;
	int err = xenbus_transaction_start(&xbt);

	if (err)
		return err;
	/* The toolstack may just have begun to detach the disk. */
	xenbus_scanf(xbt, vbd->xdev->nodename, "state", "%u", &state);
	if (state == XenbusStateConnected)
		err = xbb_xenstore_write_nodes(vbd, xbt, nodes,
					       ARRAY_SIZE(nodes));
	return xbb_xenstore_end(xbt, err);
}

/**
 * xbb_xenstore_publish_size() - tell the frontend that the size has changed
 * @vbd: a connected vbd, still on the bus
 * @sectors: its size in units of 512 bytes
 *
 * Frontends watch our state and read the size again when it is written.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0 or a negative errno.
 */
int xbb_xenstore_publish_size(struct xbb_vbd *vbd, u64 sectors)
{
	int err;

	do {
		err = xbb_xenstore_try_size(vbd, sectors);
	} while (err == -EAGAIN);
	return err;
}

static int xbb_xenstore_try_touch(const char *dir)
{
	struct xenbus_transaction xbt;
	unsigned int state = 0;
	int err = xenbus_transaction_start(&xbt);

	if (err)
		return err;
	xenbus_scanf(xbt, dir, "state", "%u", &state);
	err = state == XenbusStateInitialising ?
	      xenbus_printf(xbt, dir, "state", "%u", state) : -ENOENT;
	return xbb_xenstore_end(xbt, err);
}

/**
 * xbb_xenstore_touch() - have the bus look at a device that waits to be probed
 * @dir: its directory
 *
 * Context: Process. May sleep.
 */
void xbb_xenstore_touch(const char *dir)
{
	while (xbb_xenstore_try_touch(dir) == -EAGAIN)
		;
}
