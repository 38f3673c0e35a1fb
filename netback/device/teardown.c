// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how rings are left: whether the frontend has done with them, or another
 * driver may serve them, and how long packets of theirs are waited for.
 */
#include "teardown.h"
#include "queue/queue.h"
#include "vif.h"
#include "xenbus.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

/* How long packets that are mapped are waited for at the end … */
#define XNB_MAPPED_WAIT_MAX		HZ
/* … and how often to look, in ms, until then … */
#define XNB_MAPPED_POLL_MS		20
/* … and later. */
#define XNB_MAPPED_POLL_LATER_MS		200

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
 * Only whoever unbinds ours can wait for that, and may be killed; the kernel's
 * threads have other devices to serve.
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
 * xnb_teardown_await() - let packets come back that are mapped
 * @vif: the vif, its queues ended
 * @nr_queues: how many there are
 *
 * Whoever serves the rings after us cannot answer packets that somebody here
 * has mapped, and would take requests for new that we have answered behind
 * them. Nobody should keep one for long; who does is waited for only then.
 *
 * Context: Process; the vif's lock is held, or it is removed. May sleep.
 */
void xnb_teardown_await(const struct xnb_vif *vif, unsigned int nr_queues)
{
	unsigned long end = jiffies + XNB_MAPPED_WAIT_MAX;

	while (xnb_teardown_has_mapped(vif, nr_queues)) {
		if (time_before(jiffies, end))
			msleep(XNB_MAPPED_POLL_MS);
		else if (xnb_teardown_frontend_goes_on(vif))
			msleep(XNB_MAPPED_POLL_LATER_MS);
		else
			break;
	}
}

/**
 * xnb_teardown_is_last() - has the frontend done with these rings?
 * @vif: the vif, its link about to go down
 *
 * Whoever may come after us. A frontend that has begun anew may use their
 * memory for something else.
 *
 * Context: Process; the vif's lock is held, or it is removed. May sleep.
 * Return: whether what is in the rings can be answered, for nobody else will.
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
