/* SPDX-License-Identifier: GPL-2.0 */
/* Event channels of a queue; see channel.c. */
#ifndef XNB_CHANNEL_H
#define XNB_CHANNEL_H

#include <linux/if.h>
#include <linux/types.h>

#include <xen/interface/event_channel.h>

struct xnb_poll;

/**
 * struct xnb_channel - an event channel
 *
 * The interrupt stays masked from an event to its end-of-interrupt, so nothing
 * here is locked.
 */
struct xnb_channel {
	/** @poll: serves its events */
	struct xnb_poll *poll;
	/** @irq: 0 if not bound */
	int irq;
	/** @eoi_due: an event came; its end-of-interrupt has to be sent */
	bool eoi_due;
	/** @seen: the event came before the poll began, which serves it */
	bool seen;
	/** @progress: there was something to do, so it was not spurious */
	bool progress;
	/** @name: as it is seen in /proc/interrupts */
	char name[IFNAMSIZ + 16];
};

/* Process context; may sleep */
int xnb_channel_bind(struct xnb_channel *chan, struct xnb_poll *poll,
		     evtchn_port_t evtchn, const char *suffix);
void xnb_channel_unbind(struct xnb_channel *chan);

/* The poll */
void xnb_channel_begin(struct xnb_channel *chan);
void xnb_channel_end(struct xnb_channel *chan);

#endif /* XNB_CHANNEL_H */
