// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the event channels of queues. The end of an event is delayed until it
 * has been served (lateeoi), so that a guest cannot keep us busy with events.
 */
#include "channel.h"
#include "poll.h"

#include <linux/interrupt.h>

#include <xen/events.h>

static irqreturn_t xnb_channel_event(int irq, void *data)
{
	struct xnb_channel *chan = data;

	WRITE_ONCE(chan->eoi_due, true);
	napi_schedule(&chan->poll->napi);
	return IRQ_HANDLED;
}

/**
 * xnb_channel_bind() - let events come
 * @chan: the channel, zeroed
 * @poll: the poll that serves them
 * @evtchn: the frontend's event channel
 * @suffix: end of the name in /proc/interrupts
 *
 * Context: Process. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_channel_bind(struct xnb_channel *chan, struct xnb_poll *poll,
		     evtchn_port_t evtchn, const char *suffix)
{
	struct xnb_link *link = poll->link;
	int irq;

	snprintf(chan->name, sizeof(chan->name), "%s-q%u%s",
		 netdev_name(link->dev), poll->index, suffix);
	chan->poll = poll;
	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(link->xdev, evtchn,
							    xnb_channel_event,
							    0, chan->name,
							    chan);
	if (irq < 0)
		return irq;
	chan->irq = irq;
	return 0;
}

/**
 * xnb_channel_unbind() - let no more events come
 * @chan: the channel, bound or not
 *
 * Context: Process. May sleep.
 */
void xnb_channel_unbind(struct xnb_channel *chan)
{
	if (chan->irq)
		unbind_from_irqhandler(chan->irq, chan);
	chan->irq = 0;
}

/**
 * xnb_channel_begin() - the poll begins, and serves an event that has come
 * @chan: the channel
 *
 * Context: The poll.
 */
void xnb_channel_begin(struct xnb_channel *chan)
{
	chan->seen = READ_ONCE(chan->eoi_due);
}

/**
 * xnb_channel_end() - an event has been served: let the next one come
 * @chan: the channel
 *
 * An event that came after the poll began may not have been served by it, and
 * has scheduled the poll again, which then ends it.
 *
 * Context: The poll.
 */
void xnb_channel_end(struct xnb_channel *chan)
{
	bool progress = chan->progress;

	if (!chan->irq || !chan->seen)
		return;
	chan->seen = false;
	chan->progress = false;
	WRITE_ONCE(chan->eoi_due, false);
	xen_irq_lateeoi(chan->irq, progress ? 0 : XEN_EOI_FLAG_SPURIOUS);
}
