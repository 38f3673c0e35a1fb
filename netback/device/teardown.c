// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how long packets that are still mapped are waited for before rings are
 * given up: it depends on whether another driver may serve them next.
 */
#include "teardown.h"
#include "backend/xenstore.h"
#include "queue/queue.h"
#include "vif.h"

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>

/* How long packets that are mapped are always waited for … */
#define XNB_MAPPED_WAIT		HZ
/* … and how often to look, in ms, within that time and after it. */
#define XNB_MAPPED_LOOK_MS	20
#define XNB_MAPPED_LOOK_LATER_MS	200

static bool xnb_teardown_has_mapped(const struct xnb_vif *vif)
{
	unsigned int i;

	for (i = 0; i < vif->nr_queues; i++) {
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
	    vif->life.end != XGH_END_HANDED_OVER)
		return false;
	switch (xgh_xenstore_frontend(vif->xdev)) {
	case XenbusStateInitialised:
	case XenbusStateConnected:
	case XenbusStateReconfiguring:
		return xgh_xenstore_online(vif->xdev) == XGH_ONLINE_ON;
	default:
		return false;
	}
}

/**
 * xnb_teardown_await() - wait for packets that are still mapped
 * @vif: the vif, its queues ended
 *
 * A driver that serves the rings after us cannot respond to packets that are
 * mapped here, and would take requests behind them for new, to which we have
 * responded. Nobody should keep a packet for long; only if such a driver may
 * come is it waited for without limit.
 *
 * Context: Process; the vif's lock is held, or it is removed. May sleep.
 */
void xnb_teardown_await(const struct xnb_vif *vif)
{
	unsigned long end = jiffies + XNB_MAPPED_WAIT;

	while (xnb_teardown_has_mapped(vif)) {
		if (time_before(jiffies, end))
			msleep(XNB_MAPPED_LOOK_MS);
		else if (xnb_teardown_frontend_goes_on(vif))
			msleep(XNB_MAPPED_LOOK_LATER_MS);
		else
			break;
	}
}
