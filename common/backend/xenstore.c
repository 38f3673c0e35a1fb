// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what backends have in common in xenstore: how they look at frontend and
 * toolstack, how they say what they do, and how they leave the bus.
 */
#include "xenstore.h"
#include "bus.h"
#include "log.h"
#include "read.h"
#include "write.h"

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/string.h>

/**
 * xgh_xenstore_frontend() - what the frontend says it is doing
 * @xdev: the device
 *
 * Context: Process; the device's lock is held. May sleep.
 * Return: the state, XenbusStateUnknown if it has gone or says nonsense.
 */
enum xenbus_state xgh_xenstore_frontend(const struct xenbus_device *xdev)
{
	if (!xdev->otherend)
		return XenbusStateUnknown;
	return xgh_read_state(xdev->otherend);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_frontend);

/**
 * xgh_xenstore_queue_dir() - where a frontend says what a queue is like
 * @xdev: the device
 * @nr: number of queues that the frontend has, not 0
 * @index: which of them
 *
 * A subdirectory for each, and none if there is one queue: "Multi-queue" in the
 * protocol of either kind of device.
 *
 * Context: Process. May sleep.
 * Return: the path, to be freed, or NULL without memory.
 */
char *xgh_xenstore_queue_dir(const struct xenbus_device *xdev, unsigned int nr,
			     unsigned int index)
{
	if (nr == 1)
		return kstrdup(xdev->otherend, GFP_KERNEL);
	return kasprintf(GFP_KERNEL, "%s/queue-%u", xdev->otherend, index);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_queue_dir);

/**
 * xgh_xenstore_queue_node() - what a node of a queue is called in messages
 * @name: where that goes
 * @nr: number of queues that the frontend has
 * @index: which of them
 * @node: the node in its directory
 *
 * Context: Any.
 */
void xgh_xenstore_queue_node(char name[XGH_NODE_NAME], unsigned int nr,
			     unsigned int index, const char *node)
{
	if (nr == 1)
		strscpy(name, node, XGH_NODE_NAME);
	else
		snprintf(name, XGH_NODE_NAME, "queue-%u/%s", index, node);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_queue_node);

/* Does the toolstack want it to stay, or to go? */
static enum xgh_online xgh_xenstore_online(const struct xenbus_device *xdev)
{
	unsigned int online;

	if (xgh_read_uint(xdev->nodename, "online", &online))
		return XGH_ONLINE_ABSENT;
	return online ? XGH_ONLINE_ON : XGH_ONLINE_OFF;
}

/*
 * Is what stands in our directory meant for a device that is yet to be probed?
 * A toolstack that removes a device by force and makes it anew at once may be
 * faster than xenwatch: the bus has then seen one device all the time. Only a
 * toolstack writes Initialising there, and only into a new directory.
 */
static bool xgh_xenstore_is_replaced(const struct xenbus_device *xdev)
{
	return xdev->state != XenbusStateInitialising &&
	       xgh_read_state(xdev->nodename) ==
	       XenbusStateInitialising;
}

/**
 * xgh_xenstore_look() - look at frontend, toolstack and bus
 * @xdev: the device
 * @life: its life
 * @view: what was seen; the rest of it is the driver's
 *
 * Each is read at most once, and what cannot count is not read at all. Nothing
 * is read for a device that has left the bus.
 *
 * Context: Process; the device's lock is held. May sleep.
 */
void xgh_xenstore_look(const struct xenbus_device *xdev,
		       const struct xgh_life *life, struct xgh_life_view *view)
{
	view->now = jiffies;
	view->own = xdev->state;
	view->online = XGH_ONLINE_ABSENT;
	view->replaced = false;
	view->frontend = XenbusStateUnknown;
	if (xgh_life_is_removed(life))
		return;
	view->frontend = xgh_xenstore_frontend(xdev);
	view->replaced = xgh_xenstore_is_replaced(xdev);
	if (!xgh_life_is_linked(life) || view->frontend == XenbusStateClosed)
		view->online = xgh_xenstore_online(xdev);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_look);

/**
 * xgh_xenstore_write() - write numbers, all at once
 * @xdev: the device
 * @nodes: the numbers
 * @nr: how many there are
 *
 * Never into a directory that has been removed: it would come back, and nobody
 * would remove it again.
 *
 * Context: Process. May sleep.
 * Return: 0, -ENOENT if the directory has gone, or another negative errno.
 */
int xgh_xenstore_write(const struct xenbus_device *xdev,
		       const struct xgh_node *nodes, unsigned int nr)
{
	return xgh_xenstore_write_while(xdev, XenbusStateUnknown, nodes, nr);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_write);

/**
 * xgh_xenstore_write_while() - the same, only while our state stands there
 * @xdev: the device
 * @own: the state; a toolstack that detaches the device has written another
 * @nodes: the numbers
 * @nr: how many there are
 *
 * Context: Process. May sleep.
 * Return: 0, -ENOENT if it does not, or another negative errno.
 */
int xgh_xenstore_write_while(const struct xenbus_device *xdev,
			     enum xenbus_state own,
			     const struct xgh_node *nodes, unsigned int nr)
{
	const struct xgh_write write = {
		.dir = xdev->nodename,
		.own = own,
		.nodes = nodes,
		.nr = nr,
	};

	return xgh_write(&write);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_write_while);

/**
 * xgh_xenstore_printf() - write a text, unless our directory has gone
 * @xdev: the device
 * @name: of the node
 * @fmt: what it shall hold
 *
 * Context: Process. May sleep.
 * Return: 0, -ENOENT if the directory has gone, or another negative errno.
 */
int xgh_xenstore_printf(const struct xenbus_device *xdev, const char *name,
			const char *fmt, ...)
{
	struct xgh_node node = { .name = name };
	va_list args;
	char *text;
	int err;

	va_start(args, fmt);
	text = kvasprintf(GFP_NOIO, fmt, args);
	va_end(args);
	if (!text)
		return -ENOMEM;
	node.text = text;
	err = xgh_xenstore_write(xdev, &node, 1);
	kfree(text);
	return err;
}
EXPORT_SYMBOL_GPL(xgh_xenstore_printf);

/**
 * xgh_xenstore_remove() - remove a node, if it is there
 * @xdev: the device
 * @name: of the node, in the backend's directory
 *
 * Context: Process. May sleep.
 */
void xgh_xenstore_remove(const struct xenbus_device *xdev, const char *name)
{
	if (xenbus_exists(XBT_NIL, xdev->nodename, name))
		xenbus_rm(XBT_NIL, xdev->nodename, name);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_remove);

/* xenstored refuses us for more than a second. Said now and then. */
static void xgh_xenstore_not_said(struct xenbus_device *xdev, int err)
{
	static DEFINE_RATELIMIT_STATE(log, XGH_LOG_INTERVAL, XGH_LOG_BURST);

	if (__ratelimit(&log))
		xenbus_dev_error(xdev, err, "writing our state");
}

/*
 * The bus can do that, too, but beside what other devices write then; and where
 * it cannot, it says Closing to a guest whose device works. A directory that is
 * gone has been told.
 */
static void xgh_xenstore_write_state(struct xenbus_device *xdev,
				     enum xenbus_state state)
{
	const struct xgh_node node = { "state", state };
	const struct xgh_write write = {
		.dir = xdev->nodename,
		/* There is another device then, see _is_replaced(). */
		.spare = xdev->state == XenbusStateInitialising ?
			 XenbusStateUnknown : XenbusStateInitialising,
		.nodes = &node,
		.nr = 1,
	};
	int err = xgh_write(&write);

	if (!err || err == -ENOENT)
		xdev->state = state;
	else if (err != -ESTALE)
		xgh_xenstore_not_said(xdev, err);
}

static void xgh_xenstore_switch(struct xenbus_device *xdev,
				enum xenbus_state state)
{
	if (xdev->state != state)
		xgh_xenstore_write_state(xdev, state);
}

/* Writes what stands there: our own watch fires, and nothing else is told. */
static void xgh_xenstore_recall(const struct xenbus_device *xdev)
{
	int state = xgh_read_state(xdev->nodename);
	struct xgh_node same = { "state", state };

	if (state != XenbusStateUnknown)
		xgh_xenstore_write_while(xdev, state, &same, 1);
}

/**
 * xgh_xenstore_say() - say what we are doing, if an action says so
 * @xdev: the device
 * @action: the action; those that say nothing do nothing
 *
 * If xenstored refuses that for a second it is not said, and the bus's state
 * stays what it was.
 *
 * Context: Process; probe, or the device's lock is held. May sleep.
 */
void xgh_xenstore_say(struct xenbus_device *xdev, enum xgh_life_action action)
{
	switch (action) {
	case XGH_LIFE_INIT_WAIT:
		xgh_xenstore_switch(xdev, XenbusStateInitWait);
		break;
	case XGH_LIFE_CONNECT:
	case XGH_LIFE_RESUME:
		xgh_xenstore_switch(xdev, XenbusStateConnected);
		break;
	case XGH_LIFE_RECONFIGURED:
		xgh_xenstore_switch(xdev, XenbusStateReconfigured);
		break;
	case XGH_LIFE_CLOSING:
		xgh_xenstore_switch(xdev, XenbusStateClosing);
		break;
	case XGH_LIFE_CLOSED:
		xgh_xenstore_switch(xdev, XenbusStateClosed);
		break;
	case XGH_LIFE_RETIRE:
		/* The toolstack may have written another over it. */
		xgh_xenstore_write_state(xdev, XenbusStateClosed);
		break;
	case XGH_LIFE_RECALL:
		xgh_xenstore_recall(xdev);
		break;
	default:
		break;
	}
}
EXPORT_SYMBOL_GPL(xgh_xenstore_say);

/**
 * xgh_xenstore_error() - say what went wrong with a device that works on
 * @xdev: the device
 * @err: negative errno
 * @what: what was being done
 *
 * The text goes to the device's "error" node and to the log.
 *
 * Context: Process; the device's lock is held. May sleep.
 */
void xgh_xenstore_error(struct xenbus_device *xdev, int err, const char *what)
{
	xenbus_dev_error(xdev, err, "%s", what);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_error);

/**
 * xgh_xenstore_fail() - say that the device does not work, and why
 * @xdev: the device
 * @err: negative errno
 * @what: what was being done
 *
 * The text goes to the device's "error" node and to the log, and our state
 * to Closing.
 *
 * Context: Process; probe, or the device's lock is held. May sleep.
 */
void xgh_xenstore_fail(struct xenbus_device *xdev, int err, const char *what)
{
	xgh_xenstore_error(xdev, err, what);
	xgh_xenstore_switch(xdev, XenbusStateClosing);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_fail);

/**
 * xgh_xenstore_fail_for_now() - the same, and leave it alone for a while
 * @xdev: the device, still on the bus
 * @life: its life
 * @err: negative errno
 * @what: what was being done
 *
 * Context: Process; the device's lock is held. May sleep.
 */
void xgh_xenstore_fail_for_now(struct xenbus_device *xdev,
			       struct xgh_life *life, int err, const char *what)
{
	xgh_life_fail(life, xgh_xenstore_frontend(xdev), jiffies);
	xgh_xenstore_fail(xdev, err, what);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_fail_for_now);

/**
 * xgh_xenstore_fail_reading() - the same, of what a frontend says of its rings
 * @xdev: the device, still on the bus
 * @life: its life
 * @err: negative errno
 * @node: what was read last, as we call it and not in the guest's words; ""
 *	  if it was nothing
 *
 * A node is named unless it was xenstored, or we, that failed.
 *
 * Context: Process; the device's lock is held. May sleep.
 */
void xgh_xenstore_fail_reading(struct xenbus_device *xdev,
			       struct xgh_life *life, int err, const char *node)
{
	char what[sizeof("reading the frontend's rings: ") + XGH_NODE_NAME];

	if (*node && !xgh_read_is_passing(err))
		snprintf(what, sizeof(what),
			 "reading the frontend's rings: %s", node);
	else
		strscpy(what, "reading the frontend's rings", sizeof(what));
	xgh_xenstore_fail_for_now(xdev, life, err, what);
}
EXPORT_SYMBOL_GPL(xgh_xenstore_fail_reading);

/*
 * The device goes first. Then the bus looks again at one that waits in its
 * place to be probed, for its state was written anew.
 */
static bool xgh_xenstore_give_way(struct xenbus_device *xdev)
{
	const struct xgh_node same = { "state", XenbusStateInitialising };
	bool gone;

	get_device(&xdev->dev);
	gone = xgh_bus_unregister(xdev);
	if (gone && !xgh_xenstore_write_while(xdev, XenbusStateInitialising,
					      &same, 1))
		dev_info(&xdev->dev, "has left, and there is another one\n");
	put_device(&xdev->dev);
	return gone;
}

/* The first event of a watch stands for all that was before it. */
static bool xgh_xenstore_may_be_replaced(const struct xenbus_watch *watch,
					 const char *path)
{
	return !strcmp(path, watch->node) || !strcmp(kbasename(path), "state");
}

/**
 * xgh_xenstore_changed() - something in our own directory has changed
 * @xdev: the device
 * @life: its life
 * @watch: the watch on its directory
 * @path: what has changed
 *
 * A device that has retired or was replaced leaves the bus. It may only be
 * unregistered from xenwatch: that is where the bus does it when the directory
 * goes away, and nothing else serialises the two. If somebody has its lock, its
 * life has xenwatch come back.
 *
 * Context: Process; xenwatch. May sleep, for a second if xenstore cannot be
 * read.
 * Return: whether the device is still there, and to be kicked; if not, nothing
 * of it may be used any more.
 */
bool xgh_xenstore_changed(struct xenbus_device *xdev,
			  const struct xgh_life *life,
			  const struct xenbus_watch *watch, const char *path)
{
	if (xgh_life_is_retired(life) ||
	    (xgh_xenstore_may_be_replaced(watch, path) &&
	     xgh_xenstore_is_replaced(xdev)))
		return !xgh_xenstore_give_way(xdev);
	return true;
}
EXPORT_SYMBOL_GPL(xgh_xenstore_changed);
