/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is somebody still there at the other end of an event channel? Xenstore may
 * say nothing of a frontend any more when its guest has not even noticed.
 */
#ifndef XGH_EVTCHN_H
#define XGH_EVTCHN_H

#include <linux/types.h>

#include <xen/interface/event_channel.h>

/**
 * struct xgh_evtchn - an event channel between us and another domain
 */
struct xgh_evtchn {
	/** @otherend: the other domain */
	domid_t otherend;
	/** @remote: its end */
	evtchn_port_t remote;
	/** @local: our end, 0 if it is not known */
	evtchn_port_t local;
};

bool xgh_evtchn_find(struct xgh_evtchn *chan, int irq);
bool xgh_evtchn_is_open(const struct xgh_evtchn *chan);

#endif /* XGH_EVTCHN_H */
