// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the end of rings: packets that are still being mapped are waited for,
 * then all get their response, and those that the stack still has mapped are
 * given some time, depending on whether another driver may serve the rings
 * next. Nothing here waits itself: it says whether it is over.
 */
#include "teardown.h"
#include "backend/xenstore.h"
#include "frontend.h"
#include "queue/queue.h"
#include "vif.h"

#include <linux/jiffies.h>
#include <linux/sched/signal.h>

/* How long packets that are mapped are always waited for … */
#define XNB_MAPPED_WAIT		HZ
/* … and how often to look, in ms, within that time and after it. */
#define XNB_MAPPED_LOOK_MS	20
#define XNB_MAPPED_LOOK_LATER_MS	200

static bool xnb_teardown_is_mapping(const struct xnb_vif *vif)
{
	unsigned int i;

	for (i = 0; i < vif->nr_queues; i++) {
		if (xnb_queue_is_mapping(vif->link.queues[i]))
			return true;
	}
	return false;
}

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
 * killed.
 */
static bool xnb_teardown_frontend_goes_on(const struct xnb_vif *vif)
{
	return vif->life.end == XGH_END_HANDED_OVER &&
	       !fatal_signal_pending(current) &&
	       xnb_frontend_runs(xgh_xenstore_frontend(vif->xdev)) &&
	       xgh_xenstore_online(vif->xdev) == XGH_ONLINE_ON;
}

/*
 * A driver that serves the rings after us cannot respond to packets that are
 * mapped here, and would take requests behind them for new, to which we have
 * responded. Nobody should keep a packet for long; only if such a driver may
 * come is it waited for without limit. Xenwatch serves all devices of the
 * system: it waits for a moment, and only if it was told to change drivers.
 */
static bool xnb_teardown_has_time(const struct xnb_vif *vif)
{
	if (xgh_life_is_removed(&vif->life) && current->flags & PF_KTHREAD)
		return vif->life.end == XGH_END_HANDED_OVER &&
		       time_before(jiffies, vif->mapped_end);
	return time_before(jiffies, vif->mapped_end) ||
	       xnb_teardown_frontend_goes_on(vif);
}

/*
 * A frontend that closes looks for what it is owed. One that has begun anew may
 * use the memory of its rings for something else, and one that goes on may be
 * served by another driver: what we have not taken stays there then.
 */
static void xnb_teardown_end(struct xnb_vif *vif)
{
	enum xgh_end end = vif->life.end;
	unsigned int i;

	for (i = 0; i < vif->nr_queues; i++)
		xnb_queue_end(vif->link.queues[i],
			      end == XGH_END_CLOSING || end == XGH_END_CLOSED);
	vif->mapped_end = jiffies + XNB_MAPPED_WAIT;
	vif->ended = true;
}

/**
 * xnb_teardown_advance() - go on with the end of all queues
 * @vif: the vif, its queues stopped for good
 *
 * Context: Process; the vif's lock is held, or it is removed. May sleep, but
 * not for long.
 * Return: whether it is over: the queues may be destroyed.
 */
bool xnb_teardown_advance(struct xnb_vif *vif)
{
	if (!vif->ended) {
		if (xnb_teardown_is_mapping(vif))
			return false;
		xnb_teardown_end(vif);
	}
	return !xnb_teardown_has_mapped(vif) || !xnb_teardown_has_time(vif);
}

/**
 * xnb_teardown_look_in() - when to go on with it
 * @vif: the vif, its end not over
 *
 * Context: Process; the vif's lock is held, or it is removed.
 * Return: milliseconds.
 */
unsigned int xnb_teardown_look_in(const struct xnb_vif *vif)
{
	return !vif->ended || time_before(jiffies, vif->mapped_end) ?
	       XNB_MAPPED_LOOK_MS : XNB_MAPPED_LOOK_LATER_MS;
}
