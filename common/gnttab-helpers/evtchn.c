// SPDX-License-Identifier: GPL-2.0
/* Owns the questions to the hypervisor about event channels. */
#include "evtchn.h"

#include <linux/export.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include <asm/xen/hypercall.h>
#include <xen/events.h>

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
 * xgh_evtchn_find() - find our end of a channel
 * @chan: the other end is known; the local one is filled in
 * @irq: that the channel is bound to
 *
 * The kernel tells drivers the interrupt of a port, but not the reverse.
 *
 * Context: Process. May sleep.
 * Return: whether it was found.
 */
bool xgh_evtchn_find(struct xgh_evtchn *chan, int irq)
{
	evtchn_port_t port;
	bool found;

	for (port = 1; port < XGH_EVTCHN_PORTS; port++) {
		rcu_read_lock();
		found = irq_from_evtchn(port) == irq;
		rcu_read_unlock();
		if (found) {
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
