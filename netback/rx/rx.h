/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The half of a queue that sends packets to the guest; served by whoever
 * transmits, under the lock of the transmit queue. Each file here owns a step
 * of their way; see rx.c.
 */
#ifndef XNB_RX_H
#define XNB_RX_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/netif.h>

#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/ring.h"
#include "link/channel.h"
#include "link/poll.h"

struct xnb_rxplan;

/* Copies in one hypercall. */
#define XNB_RX_OPS		256
/* Slots best made free at once, so that an event is worth it. */
#define XNB_RX_WAKE		64
/* Slots of an RX ring that are filled before they are shown to the guest. */
#define XNB_RX_SLOTS		256

/**
 * struct xnb_rx_slot - a slot of the RX ring that is being filled
 */
struct xnb_rx_slot {
	/** @is_extra: it carries @extra instead of data */
	bool is_extra;
	/** @err: what went wrong with the copies into it */
	int err;
	union {
		/** @rsp: the response, once the copies are done */
		struct xen_netif_rx_response rsp;
		/** @extra: an extra info */
		struct xen_netif_extra_info extra;
	};
};

/**
 * struct xnb_rx - to the guest; all belongs to the holder of the lock of the
 * transmit queue
 */
struct xnb_rx {
	/** @poll: the poll of the queue */
	struct xnb_poll *poll;
	/** @link: the link that the queue belongs to */
	struct xnb_link *link;
	/** @stats: counters of this half */
	struct xnb_rx_stats *stats;
	/** @chan: its events, maybe shared with TX */
	struct xnb_channel *chan;
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @txq: the transmit queue of the netdev */
	struct netdev_queue *txq;
	/** @open: packets may come */
	bool open;
	/** @draining: the guest takes nothing; packets are dropped */
	bool draining;
	/** @stalled: it has not for long */
	bool stalled;
	/** @throttled: packets wait for the rate, not for the guest */
	bool throttled;
	/** @flush_pending: packets wait for more of them; the poll flushes them */
	bool flush_pending;
	/** @stopped_at: since when there is no room, in jiffies */
	unsigned long stopped_at;
	/** @max_slots: slots of the largest packet */
	u32 max_slots;
	/** @max_posted: slots that the frontend had posted at once, at the most */
	u32 max_posted;
	/** @wanted: slots without which the queue stays stopped */
	u32 wanted;
	/** @last_posted: requests that the guest had posted at the last event */
	u32 last_posted;
	/** @copies: the next hypercall */
	struct xgh_copy_batch copies;
	/** @slots: filled and not yet shown */
	struct xnb_rx_slot *slots;
	/** @nr_slots: their number */
	unsigned int nr_slots;
	/** @skbs: the packets in them */
	struct sk_buff_head skbs;
	/** @deferred: packets whose frames were paged out */
	struct sk_buff_head deferred;
	/** @accounted: packets that byte queue limits know of … */
	unsigned int accounted;
	/** @bytes: … and their bytes */
	unsigned int bytes;
	/** @timer: looks after a ring without room, and after the rate */
	struct timer_list timer;
	/** @retry_timer: looks after late packets */
	struct timer_list retry_timer;
};

/* rx.c: the way of packets */
int xnb_rx_init(struct xnb_rx *rx, struct xnb_poll *poll,
		struct xnb_channel *chan);
void xnb_rx_free(struct xnb_rx *rx);
void xnb_rx_start(struct xnb_rx *rx);
void xnb_rx_stop(struct xnb_rx *rx);
void xnb_rx_poll(struct xnb_rx *rx);
void xnb_rx_release(struct xnb_rx *rx);
netdev_tx_t xnb_rx_xmit(struct xnb_rx *rx, struct sk_buff *skb);

/* rxcopy.c: slots being filled */
void xnb_rxcopy_add(struct xnb_rx *rx, struct sk_buff *skb,
		    const struct xnb_rxplan *plan);
void xnb_rxcopy_flush(struct xnb_rx *rx);
void xnb_rxcopy_retry(struct xnb_rx *rx);
void xnb_rxcopy_purge(struct xnb_rx *rx);

/**
 * xnb_rxcopy_is_full() - must what was collected be flushed?
 * @rx: the queue's half
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether the largest packet would not fit any more.
 */
static inline bool xnb_rxcopy_is_full(const struct xnb_rx *rx)
{
	return rx->nr_slots + rx->max_slots > XNB_RX_SLOTS;
}

#endif /* XNB_RX_H */
