/* SPDX-License-Identifier: GPL-2.0 */
/* What the two rings of a queue have in common: the poll that serves them. */
#ifndef XNB_POLL_H
#define XNB_POLL_H

#include <linux/netdevice.h>
#include <linux/types.h>

#include "link.h"

/**
 * struct xnb_poll - the NAPI poll of a queue
 */
struct xnb_poll {
	/** @link: the link that the queue belongs to */
	struct xnb_link *link;
	/** @index: number of the queue in the vif */
	unsigned int index;
	/** @napi: serves TX, and RX events */
	struct napi_struct napi;
	/** @cpu: where it is running, -1 if it is not */
	int cpu;
	/** @broken: the frontend broke the rules; no ring is touched */
	bool broken;
};

/**
 * xnb_poll_schedule() - have the rings looked at
 * @poll: the poll; nothing happens unless it is enabled
 *
 * Context: Any but hard interrupt.
 */
static inline void xnb_poll_schedule(struct xnb_poll *poll)
{
	local_bh_disable();
	napi_schedule(&poll->napi);
	local_bh_enable();
}

/**
 * xnb_poll_break() - a frontend broke the rules
 * @poll: the poll of one of its queues
 * @why: in words, constant
 *
 * Nothing of the rings is touched any more, and the link is taken down.
 *
 * Context: The poll, or the lock of the transmit queue is held.
 */
static inline void xnb_poll_break(struct xnb_poll *poll, const char *why)
{
	WRITE_ONCE(poll->broken, true);
	xnb_link_break(poll->link, why);
}

#endif /* XNB_POLL_H */
