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

/* Copies in one hypercall. */
#define XNB_RX_OPS		256
/* Slots best made free at once, so that an event is worth it. */
#define XNB_RX_WAKE		64
/* Slots of an RX ring that are filled before they are shown to the guest. */
#define XNB_RX_SLOTS		256

/**
 * enum xnb_rx_state - does the guest take packets?
 * @XNB_RX_TAKING: it does, or has not been waited for long
 * @XNB_RX_DRAINING: it took none for the drain timeout; packets are dropped
 * @XNB_RX_STALLED: it took none for the stall timeout either; packets are
 *		    dropped, and the queue no longer counts for the carrier
 *
 * The timer moves a queue from one state to the next, and room in the ring, or
 * the end of the queue, back to the first. See xnb_rx_set_state().
 */
enum xnb_rx_state {
	XNB_RX_TAKING,
	XNB_RX_DRAINING,
	XNB_RX_STALLED,
};

/**
 * struct xnb_rx_slot - a slot of the RX ring that is being filled
 */
struct xnb_rx_slot {
	/** @is_extra: it carries @extra instead of data */
	bool is_extra;
	/** @nr: slots of the XDP frame that begins here */
	u8 nr;
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
	/** @chan: its events; may be the channel of TX */
	struct xnb_channel *chan;
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @txq: the transmit queue of the netdev */
	struct netdev_queue *txq;
	/** @open: packets may come */
	bool open;
	/** @state: of the guest, as far as packets know */
	enum xnb_rx_state state;
	/** @throttled: packets wait for the rate, not for the guest */
	bool throttled;
	/** @flush_pending: collected packets are left for the poll to flush */
	bool flush_pending;
	/** @stopped_at: when the transmit queue was stopped, in jiffies */
	unsigned long stopped_at;
	/** @headroom: bytes before packets */
	u16 headroom;
	/** @max_slots: slots of the largest packet */
	u32 max_slots;
	/**
	 * @max_posted: most slots that the frontend has posted at once, since
	 * it last had no room for the drain timeout
	 */
	u32 max_posted;
	/** @posted_lately: the same, since the timer found it waiting */
	u32 posted_lately;
	/** @head: slots of the packet that waits, 0 if none is known */
	u32 head;
	/** @last_posted: where the guest's requests ended at the last event */
	u32 last_posted;
	/** @copies: the next hypercall */
	struct xgh_copy_batch copies;
	/** @slots: filled and not yet shown to the guest */
	struct xnb_rx_slot *slots;
	/** @nr_slots: their number */
	unsigned int nr_slots;
	/** @skbs: the packets in them */
	struct sk_buff_head skbs;
	/** @deferred: packets that wait for frames that are paged out */
	struct sk_buff_head deferred;
	/** @accounted: packets that byte queue limits wait for … */
	unsigned int accounted;
	/** @bytes: … and their bytes */
	unsigned int bytes;
	/** @timer: looks after a ring without room, and after the rate */
	struct timer_list timer;
	/** @retry_timer: has deferred packets tried again */
	struct timer_list retry_timer;
};

/* Process context; rtnl is held but for _init() and _free() */
int xnb_rx_init(struct xnb_rx *rx, struct xnb_poll *poll,
		struct xnb_channel *chan);
void xnb_rx_free(struct xnb_rx *rx);
void xnb_rx_start(struct xnb_rx *rx);
void xnb_rx_stop(struct xnb_rx *rx);

/* Process context; the queue stays */
void xnb_rx_follow_headroom(struct xnb_rx *rx);

/* The poll */
void xnb_rx_poll(struct xnb_rx *rx);
void xnb_rx_release(struct xnb_rx *rx);

/* The lock of the transmit queue is held */
bool xnb_rx_try_resume(struct xnb_rx *rx);
netdev_tx_t xnb_rx_xmit(struct xnb_rx *rx, struct sk_buff *skb);

#endif /* XNB_RX_H */
