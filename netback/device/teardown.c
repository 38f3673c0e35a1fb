// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the conditions under which rings are given up: whether the frontend is
 * done with them or another driver may serve them next, and how long to wait
 * for packets that are still mapped.
 */
#include "teardown.h"
#include "queue/queue.h"
#include "vif.h"
#include "xenbus.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

/* How long packets that are mapped are always waited for … */
#define XNB_MAPPED_WAIT		HZ
/* … and how often to look, in ms, within that time and after it. */
#define XNB_MAPPED_LOOK_MS	20
#define XNB_MAPPED_LOOK_LATER_MS	200

static bool xnb_teardown_has_mapped(const struct xnb_vif *vif,
				    unsigned int nr_queues)
{
	unsigned int i;

	for (i = 0; i < nr_queues; i++) {
		if (xnb_queue_has_mapped(vif->link.queues[i]))
			return true;
	}
	return false;
}

/*
 * Will the frontend go on with these rings when another driver serves them?
 * Only a process that unbinds our driver can wait long for that, unless it is
 * killed; the kernel's own threads have other devices to serve.
 */
static bool xnb_teardown_frontend_goes_on(const struct xnb_vif *vif)
{
	if (current->flags & PF_KTHREAD || fatal_signal_pending(current) ||
	    READ_ONCE(vif->link.broken))
		return false;
	switch (xnb_xenbus_frontend_state(vif)) {
	case XenbusStateInitialised:
	case XenbusStateConnected:
	case XenbusStateReconfiguring:
		return xnb_xenbus_is_online(vif);
	default:
		return false;
	}
}

/**
 * xnb_teardown_await() - wait for packets that are still mapped
 * @vif: the vif, its queues ended
 * @nr_queues: how many there are
 *
 * A driver that serves the rings after us cannot respond to packets that are
 * mapped here, and would take requests behind them for new, to which we have
 * responded. Nobody should keep a packet for long; only if such a driver may
 * come is it waited for without limit.
 *
 * Context: Process; the vif's lock is held, or it is removed. May sleep.
 */
void xnb_teardown_await(const struct xnb_vif *vif, unsigned int nr_queues)
{
	unsigned long end = jiffies + XNB_MAPPED_WAIT;

	while (xnb_teardown_has_mapped(vif, nr_queues)) {
		if (time_before(jiffies, end))
			msleep(XNB_MAPPED_LOOK_MS);
		else if (xnb_teardown_frontend_goes_on(vif))
			msleep(XNB_MAPPED_LOOK_LATER_MS);
		else
			break;
	}
}

/**
 * xnb_teardown_is_last() - is the frontend done with these rings?
 * @vif: the vif, its link about to go down
 *
 * If it is, nobody will serve them after us. But a frontend that has begun anew
 * may already use their memory for something else: nothing is written then.
 *
 * Context: Process; the vif's lock is held, or it is removed. May sleep.
 * Return: whether to respond to all requests that are left in the rings.
 */
bool xnb_teardown_is_last(const struct xnb_vif *vif)
{
	if (READ_ONCE(vif->link.broken))
		return false;
	if (!vif->xdev->otherend || vif->replaced)
		return true;
	switch (xnb_xenbus_frontend_state(vif)) {
	case XenbusStateClosing:
	case XenbusStateClosed:
	case XenbusStateUnknown:
		return true;
	default:
		return false;
	}
}
