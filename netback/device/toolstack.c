// SPDX-License-Identifier: GPL-2.0
/* Owns what the toolstack has written into our own directory of xenstore. */
#include "toolstack.h"
#include "backend/read.h"
#include "backend/xenstore.h"
#include "frontend.h"
#include "netdev/netdev.h"
#include "params.h"
#include "vif.h"

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/**
 * xnb_toolstack_read_offer() - what a frontend may ask for
 * @xdev: the device
 * @offer: filled in
 *
 * Parameters say so, but a frontend that runs has read what a driver before us
 * had offered, and does not look again: nothing may be taken away from it, and
 * nothing be switched. That it runs only itself can say: our own state is
 * anything if drivers come and go before one has connected. What was offered
 * stands where no guest can write.
 *
 * Context: Process; probe, before anything is written. May sleep.
 */
void xnb_toolstack_read_offer(const struct xenbus_device *xdev,
			      struct xnb_offer *offer)
{
	const char *dir = xdev->nodename;
	unsigned int nr;

	*offer = (struct xnb_offer) {
		.max_queues = xnb_param_max_queues(),
		.split_channels = xnb_param_split_channels(),
		.xdp_headroom = xnb_param_xdp_headroom(),
		.inherited = xnb_frontend_runs(xgh_xenstore_frontend(xdev)),
	};
	if (!offer->inherited)
		return;
	nr = xgh_read_unsigned(dir, "multi-queue-max-queues", 1);
	offer->max_queues = clamp(nr, offer->max_queues, XNB_QUEUES_LIMIT);
	offer->split_channels =
		xgh_read_unsigned(dir, "feature-split-event-channels", 0);
	offer->xdp_headroom =
		xgh_read_unsigned(dir, "feature-xdp-headroom", 0);
}

/**
 * xnb_toolstack_read_handle() - the number of a vif
 * @xdev: its device
 * @handle: filled in
 *
 * Context: Process; probe. May sleep.
 * Return: 0, or -EINVAL if there is none.
 */
int xnb_toolstack_read_handle(const struct xenbus_device *xdev,
			      unsigned int *handle)
{
	return xgh_read_uint(xdev->nodename, "handle", handle) ? -EINVAL : 0;
}

/**
 * xnb_toolstack_read_script() - the hotplug script of a vif
 * @xdev: its device
 *
 * Context: Process; probe. May sleep.
 * Return: its path, to be freed, or NULL if there is none.
 */
char *xnb_toolstack_read_script(const struct xenbus_device *xdev)
{
	char *script = xgh_read(xdev->nodename, "script");

	return IS_ERR(script) ? NULL : script;
}

/* Without a script nobody will ever say that it is plugged in. */
static bool xnb_toolstack_has_script(const struct xnb_vif *vif)
{
	return vif->script && *vif->script;
}

/**
 * xnb_toolstack_has_plugged() - has the hotplug script done its work?
 * @vif: the vif, still on the bus
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: whether it has, or there is no script to wait for.
 */
bool xnb_toolstack_has_plugged(const struct xnb_vif *vif)
{
	char *status;
	bool plugged;

	status = xgh_read(vif->xdev->nodename, "hotplug-status");
	if (IS_ERR(status))
		return PTR_ERR(status) == -ENOENT &&
		       !xnb_toolstack_has_script(vif);
	plugged = !strcmp(status, "connected");
	kfree(status);
	return plugged;
}

static int xnb_toolstack_set_csum(struct xnb_link *link, const char *value)
{
	bool refuse = !strcmp(value, "0");

	if (!refuse && strcmp(value, "1"))
		return -EINVAL;
	xnb_netdev_refuse_csum(link, refuse);
	return 0;
}

static int xnb_toolstack_set_rate(struct xnb_rate *rate, const char *value)
{
	unsigned long long bytes, usec;
	char rest;

	/* So many digits always fit. */
	if (sscanf(value, "%19llu,%19llu%c", &bytes, &usec, &rest) != 2)
		return -EINVAL;
	xnb_rate_set(rate, bytes, usec);
	return 0;
}

static int xnb_toolstack_set(struct xgh_keys *keys, unsigned int key,
			     const char *value)
{
	struct xnb_vif *vif = container_of(keys, struct xnb_vif, keys);

	if (key == XNB_KEY_CSUM)
		return xnb_toolstack_set_csum(&vif->link, value);
	return xnb_toolstack_set_rate(key == XNB_KEY_TX_RATE ?
				      &vif->link.tx_rate : &vif->link.rx_rate,
				      value);
}

static const struct xgh_key xnb_toolstack_limits[] = {
	[XNB_KEY_TX_RATE] = { "rate", "0,0" },
	[XNB_KEY_RX_RATE] = { "rx-rate", "0,0" },
	[XNB_KEY_CSUM] = { "csum-offload", "1" },
};

/*
 * "<bytes>,<microseconds>": what the guest sends, as xl writes it, and what it
 * receives. Without a key there is no limit. And "0" for a guest that is to get
 * whole checksums, as a firewall that sends on what it gets.
 */
const struct xgh_key_table xnb_toolstack_keys = {
	.keys = xnb_toolstack_limits,
	.nr = ARRAY_SIZE(xnb_toolstack_limits),
	.set = xnb_toolstack_set,
};
