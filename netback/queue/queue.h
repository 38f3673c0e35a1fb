/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One pair of rings of a vif: TX, from the guest, is served by NAPI; RX, to
 * the guest, by whoever transmits, under the lock of the transmit queue. No
 * thread, and no state shared with other queues.
 */
#ifndef XNB_QUEUE_H
#define XNB_QUEUE_H

#include <linux/cache.h>
#include <linux/types.h>

#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>

#include "link/channel.h"
#include "link/poll.h"
#include "rx/rx.h"
#include "tx/tx.h"

/**
 * struct xnb_queue_conf - what a frontend published for one queue
 */
struct xnb_queue_conf {
	/** @tx_ref: grant of the TX ring */
	grant_ref_t tx_ref;
	/** @rx_ref: grant of the RX ring */
	grant_ref_t rx_ref;
	/** @tx_evtchn: event channel for TX … */
	evtchn_port_t tx_evtchn;
	/** @rx_evtchn: … and RX, the same if they share one */
	evtchn_port_t rx_evtchn;
};

/**
 * struct xnb_queue - a queue being served
 */
struct xnb_queue {
	/** @poll: serves both rings */
	struct xnb_poll poll;
	/** @tx_chan: events for TX, and for RX if they share a channel */
	struct xnb_channel tx_chan;
	/** @rx_chan: events for RX, not bound if they do */
	struct xnb_channel rx_chan;
	/** @split: TX and RX have channels each */
	bool split;
	/** @running: it is served */
	bool running;
	/** @tx: from the guest */
	struct xnb_tx tx;
	/** @rx: to the guest; other CPUs have it than what is above */
	struct xnb_rx rx ____cacheline_aligned_in_smp;
};

/* Process context; may sleep */
struct xnb_queue *xnb_queue_create(struct xnb_link *link, unsigned int index,
				   const struct xnb_queue_conf *conf);
void xnb_queue_run(struct xnb_queue *queue);
void xnb_queue_pause(struct xnb_queue *queue);
void xnb_queue_shrink(struct xnb_queue *queue);
void xnb_queue_end(struct xnb_queue *queue, bool last);
void xnb_queue_unlist(struct xnb_queue *queue);
void xnb_queue_destroy(struct xnb_queue *queue);

#endif /* XNB_QUEUE_H */
