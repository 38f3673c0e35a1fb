// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what is done to devices on the bus of backends: only ever in xenwatch,
 * see bus.h.
 */
#include "bus.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/* A node below the domain's own directory that nobody writes. */
#define XGH_BUS_NODE	"xen-backends-bus"
/* How often a lock that is taken is tried, and the pause between, in ms. */
#define XGH_BUS_TRIES		20
#define XGH_BUS_PAUSE_MS	50

/**
 * struct xgh_bus_job - what is to be done in xenwatch
 */
struct xgh_bus_job {
	/** @watch: brings us there: each watch fires when it is registered */
	struct xenbus_watch watch;
	/** @what: name of a device, or type of all that are meant */
	const char *what;
	/** @act: what is done to each */
	int (*act)(struct device *dev);
	/** @done: it is */
	struct completion done;
	/** @nr: how many devices there were */
	unsigned int nr;
	/** @err: the first that failed */
	int err;
};

/* Matches no device; it is how a module gets hold of the bus. */
static const struct xenbus_device_id xgh_bus_ids[] = {
	{ "" }
};

static struct xenbus_driver xgh_bus_driver = {
	.name = "xen-backends-bus",
	.ids = xgh_bus_ids,
};

/* One job at a time has the driver registered. */
static DEFINE_MUTEX(xgh_bus_lock);

/*
 * Whoever holds the lock now may wait for xenwatch. That somebody takes it
 * between this and its use is possible, but not that it was held all the time
 * in which xenwatch was busy with something else.
 */
static bool xgh_bus_is_free(struct device *dev)
{
	if (!device_trylock(dev))
		return false;
	device_unlock(dev);
	return true;
}

/**
 * xgh_bus_unregister() - have a device leave the bus
 * @xdev: the device
 *
 * Its driver goes first, at once after the look at the lock: without one nobody
 * who has the lock waits for xenwatch, however long the rest may take.
 *
 * Context: Process; xenwatch. May sleep.
 * Return: false if somebody has its lock: to be tried again later. If true,
 * nothing of the device may be used any more.
 */
bool xgh_bus_unregister(struct xenbus_device *xdev)
{
	if (!xgh_bus_is_free(&xdev->dev))
		return false;
	device_release_driver(&xdev->dev);
	device_unregister(&xdev->dev);
	return true;
}
EXPORT_SYMBOL_GPL(xgh_bus_unregister);

static int xgh_bus_release_one(struct device *dev)
{
	device_release_driver(dev);
	return 0;
}

static int xgh_bus_attach_one(struct device *dev)
{
	int ret = dev->driver ? 1 : device_attach(dev);

	if (ret < 0)
		return ret;
	return ret ? 0 : -ENXIO;
}

static int xgh_bus_visit(struct device *dev, void *data)
{
	struct xgh_bus_job *job = data;
	int err;

	if (strcmp(dev_name(dev), job->what) &&
	    strcmp(to_xenbus_device(dev)->devicetype, job->what))
		return 0;
	job->nr++;
	err = xgh_bus_is_free(dev) ? job->act(dev) : -EBUSY;
	if (!job->err)
		job->err = err;
	return 0;
}

static void xgh_bus_in_xenwatch(struct xenbus_watch *watch, const char *path,
				const char *token)
{
	struct xgh_bus_job *job = container_of(watch, struct xgh_bus_job,
					       watch);

	/* A watch may fire again. */
	if (completion_done(&job->done))
		return;
	bus_for_each_dev(xgh_bus_driver.driver.bus, NULL, job, xgh_bus_visit);
	complete_all(&job->done);
}

/* Xenwatch may be busy for long; a signal takes the job back. */
static int xgh_bus_wait(struct xgh_bus_job *job)
{
	int err = register_xenbus_watch(&job->watch);

	if (err)
		return err;
	err = wait_for_completion_killable(&job->done);
	unregister_xenbus_watch(&job->watch);
	if (err)
		return err;
	return job->err;
}

/**
 * xgh_bus_try() - do something to devices, once
 * @what: as for xgh_bus_unbind()
 * @act: is called in xenwatch for each, if nobody has its lock; 0 or a negative
 * errno
 *
 * Context: Process, not xenwatch. Waits for xenwatch.
 * Return: as xgh_bus_unbind(), but that a lock that is taken is -EBUSY at once;
 * the first failure of @act, all others had their turn.
 */
int xgh_bus_try(const char *what, int (*act)(struct device *dev))
{
	struct xgh_bus_job job = {
		.watch = {
			.node = XGH_BUS_NODE,
			.callback = xgh_bus_in_xenwatch,
		},
		.what = what,
		.act = act,
		.done = COMPLETION_INITIALIZER_ONSTACK(job.done),
	};
	int err;

	mutex_lock(&xgh_bus_lock);
	err = xenbus_register_backend(&xgh_bus_driver);
	if (!err) {
		err = xgh_bus_wait(&job);
		xenbus_unregister_driver(&xgh_bus_driver);
	}
	mutex_unlock(&xgh_bus_lock);
	if (!err && !job.nr && strchr(what, '-'))
		return -ENODEV;
	return err;
}

/**
 * xgh_bus_do() - the same, tried for a second while it is -EBUSY
 * @what: as for xgh_bus_unbind()
 * @act: as for xgh_bus_try()
 *
 * Whoever has a lock waits for xenwatch, and then lets go of it.
 *
 * Context: Process, not xenwatch. Waits for xenwatch, and sleeps.
 * Return: as xgh_bus_try().
 */
int xgh_bus_do(const char *what, int (*act)(struct device *dev))
{
	unsigned int tries = XGH_BUS_TRIES;
	int err = xgh_bus_try(what, act);

	while (err == -EBUSY && --tries) {
		msleep(XGH_BUS_PAUSE_MS);
		err = xgh_bus_try(what, act);
	}
	return err;
}

/**
 * xgh_bus_unbind() - take devices from their drivers
 * @what: name of a device as the bus has it, or the type of all that are meant
 *
 * Context: Process, not xenwatch. Waits for xenwatch.
 * Return: 0; -ENODEV if there is no device of that name; -EBUSY if somebody has
 * a device's lock for longer than a second, all others were unbound;
 * -ERESTARTSYS if it is killed;
 * another negative errno.
 */
int xgh_bus_unbind(const char *what)
{
	return xgh_bus_do(what, xgh_bus_release_one);
}

/**
 * xgh_bus_bind() - give devices that have none a driver
 * @what: as for xgh_bus_unbind()
 *
 * Context: Process, not xenwatch. Waits for xenwatch.
 * Return: as xgh_bus_unbind(), and -ENXIO if no driver wants a device.
 */
int xgh_bus_bind(const char *what)
{
	return xgh_bus_do(what, xgh_bus_attach_one);
}

static void xgh_bus_nothing(struct xenbus_watch *watch, const char *path,
			    const char *token)
{
}

/**
 * xgh_bus_flush() - wait for the function that xenwatch is in
 *
 * A device that leaves the bus gives up its driver's module, and the function
 * that had it leave goes on. For a module's exit, when its driver is
 * unregistered: a watch does not go before xenwatch is done with what it does,
 * whoever's that is.
 *
 * Context: Process, not xenwatch. May sleep, for a second if there can be no
 * watch, which is as good.
 */
void xgh_bus_flush(void)
{
	struct xenbus_watch watch = {
		.node = XGH_BUS_NODE,
		.callback = xgh_bus_nothing,
	};
	unsigned int tries = XGH_BUS_TRIES;
	int err = register_xenbus_watch(&watch);

	while (err && --tries) {
		msleep(XGH_BUS_PAUSE_MS);
		err = register_xenbus_watch(&watch);
	}
	if (!err)
		unregister_xenbus_watch(&watch);
}
EXPORT_SYMBOL_GPL(xgh_bus_flush);
