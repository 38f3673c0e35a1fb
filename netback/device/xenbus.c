// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what is written to xenstore, and what is read there of the states of
 * both ends and of what the toolstack wants. What else a frontend says about
 * itself is for frontend.c.
 */
#include "xenbus.h"
#include "params.h"
#include "vif.h"

#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

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
 * xnb_xenbus_is_replaced() - does our directory belong to another device now?
 * @vif: the vif, on the bus or just leaving it
 *
 * A toolstack that removes a device by force and at once makes a new one may be
 * faster than xenwatch, so that the bus never sees the first one go. Only a
 * toolstack writes Initialising there, and only into a new directory.
 *
 * Context: Process; the vif's lock is held, or xenwatch. May sleep.
 * Return: whether it describes a device that has not been probed yet.
 */
bool xnb_xenbus_is_replaced(const struct xnb_vif *vif)
{
	struct xenbus_device *xdev = vif->xdev;

	return xdev->state != XenbusStateInitialising &&
	       xenbus_read_driver_state(NULL, xdev->nodename) ==
	       XenbusStateInitialising;
}

/* Without a script nobody will ever say that it is plugged in. */
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
 * xnb_xenbus_switch() - change our state
 * @vif: the vif, still on the bus
 * @state: the new one
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
 * xnb_xenbus_retire() - close for good, and have the device unregistered
 * @vif: the vif, still on the bus
 *
 * The state is written even if it was Closed before: our watch has to fire, and
 * the toolstack may have written something else there.
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
 * @xdev: the device, still on the bus
 * @err: negative errno
 * @fmt: what was being done
 *
 * The text goes to the device's "error" node and to the log, and our state
 * to Closing.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_xenbus_fail(struct xenbus_device *xdev, int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	xenbus_dev_fatal(xdev, err, "%pV", &vaf);
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

static int xnb_write_offer(const struct xnb_vif *vif)
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
 * xnb_xenbus_publish_offer() - publish our features and wait for the frontend
 * @vif: the vif, just probed
 *
 * Our state becomes InitWait.
 *
 * Context: Process; probe. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_xenbus_publish_offer(struct xnb_vif *vif)
{
	int err = xnb_write_offer(vif);

	return err ?: xenbus_switch_state(vif->xdev, XenbusStateInitWait);
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
 * xnb_xenbus_read_rates() - read the rate limits that the toolstack has set
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

/**
 * xnb_xenbus_touch_new() - have the bus look at a device that is to be probed
 * @dir: its directory
 *
 * Nothing is written if there is no such device.
 *
 * Context: Process. May sleep.
 */
void xnb_xenbus_touch_new(const char *dir)
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
