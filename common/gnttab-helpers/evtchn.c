// SPDX-License-Identifier: GPL-2.0
/* Owns the questions to the hypervisor about event channels. */
#include "evtchn.h"

#include <linux/export.h>
#include <linux/sched.h>

#include <asm/xen/hypercall.h>

/* No version of Xen's event channels has more ports (event_channel.h). */
#define XGH_EVTCHN_PORTS	EVTCHN_FIFO_NR_CHANNELS

static bool xgh_evtchn_ask(evtchn_port_t port, struct evtchn_status *status)
{
	*status = (struct evtchn_status){ .dom = DOMID_SELF, .port = port };
	return !HYPERVISOR_event_channel_op(EVTCHNOP_status, status);
}

static bool xgh_evtchn_matches(const struct xgh_evtchn *chan,
			       const struct evtchn_status *status)
{
	return status->status == EVTCHNSTAT_interdomain &&
	       status->u.interdomain.dom == chan->otherend &&
	       status->u.interdomain.port == chan->remote;
}

/**
 * xgh_evtchn_find() - find our end of a channel that is bound
 * @chan: both of the other end are known; the local one is filled in
 *
 * The kernel tells drivers the interrupt only, so all ports are asked.
 *
 * Context: Process. May sleep.
 * Return: false if there is no such channel any more.
 */
bool xgh_evtchn_find(struct xgh_evtchn *chan)
{
	struct evtchn_status status;
	evtchn_port_t port;

	for (port = 1; port < XGH_EVTCHN_PORTS; port++) {
		/* Beyond those that were ever used there is an error. */
		if (!xgh_evtchn_ask(port, &status))
			break;
		if (xgh_evtchn_matches(chan, &status)) {
			chan->local = port;
			return true;
		}
		cond_resched();
	}
	chan->local = 0;
	return false;
}
EXPORT_SYMBOL_GPL(xgh_evtchn_find);

/**
 * xgh_evtchn_is_open() - has the other domain still its end?
 * @chan: after xgh_evtchn_find()
 *
 * Xen turns ours into one that waits for somebody else when the other end is
 * closed, be it by the domain's kernel or because the domain is destroyed.
 *
 * Context: Process.
 * Return: whether it has; false, too, if there never was a channel.
 */
bool xgh_evtchn_is_open(const struct xgh_evtchn *chan)
{
	struct evtchn_status status;

	return chan->local && xgh_evtchn_ask(chan->local, &status) &&
	       xgh_evtchn_matches(chan, &status);
}
EXPORT_SYMBOL_GPL(xgh_evtchn_is_open);
