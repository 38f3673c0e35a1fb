/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One pair of rings of a vif: TX, from the guest, is served by NAPI; RX, to
 * the guest, by whoever transmits, under the lock of the transmit queue. No
 * thread, and no state shared with other queues.
 */
#ifndef XNB_QUEUE_H
#define XNB_QUEUE_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/types.h>

#include <xen/xenbus.h>

#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/ring.h"
#include "link/stats.h"
#include "tx/txpkt.h"

struct page_pool;
struct xnb_rx_plan;
struct xnb_txmap;
struct xnb_txmap_pkt;
struct xnb_link;

/* Packets taken from a TX ring in one poll. */
#define XNB_TX_BATCH		NAPI_POLL_WEIGHT
/* Packets of one queue that may wait for frames that are paged out. */
#define XNB_TX_DEFERRED		32
/* Copies in one hypercall. */
#define XNB_TX_OPS		512
#define XNB_RX_OPS		256
/* Slots best made free at once, so that an event is worth it. */
#define XNB_RX_WAKE		64
/* Slots of an RX ring that are filled before they are shown to the guest. */
#define XNB_RX_SLOTS		256

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
 * struct xnb_channel - an event channel
 *
 * No event comes while one is due to be ended, so nothing here is locked.
 */
struct xnb_channel {
	/** @queue: whose it is */
	struct xnb_queue *queue;
	/** @irq: 0 if not bound */
	int irq;
	/** @due: an event came and its end-of-interrupt is owed */
	bool due;
	/** @taken: it came before the poll began, which serves it */
	bool taken;
	/** @fruitful: something was found to do since then */
	bool fruitful;
	/** @name: as it is seen in /proc/interrupts */
	char name[IFNAMSIZ + 16];
};

/**
 * struct xnb_tx_work - a packet on its way from the guest
 */
struct xnb_tx_work {
	/** @node: on one of the queue's lists */
	struct list_head node;
	/** @skb: where it is copied to, NULL if it has none */
	struct sk_buff *skb;
	/** @mapped: if it is mapped, but for its headers */
	struct xnb_txmap_pkt *mapped;
	/** @err: what went wrong, -EAGAIN while it waits for a frame */
	int err;
	/** @tries: how often it has waited */
	unsigned int tries;
	/** @retry_at: when it counts as having waited once more, in jiffies */
	unsigned long retry_at;
	/** @pkt: what the guest said */
	struct xnb_tx_pkt pkt;
};

/**
 * struct xnb_tx - from the guest; all belongs to the NAPI poll
 */
struct xnb_tx {
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @chan: its events */
	struct xnb_channel chan;
	/** @works: all descriptors */
	struct xnb_tx_work *works;
	/** @free: those that are free */
	struct list_head free;
	/** @deferred: those that wait for frames, and how many they are */
	struct list_head deferred;
	/** @nr_deferred: their number */
	unsigned int nr_deferred;
	/** @current_work: a packet not yet complete, or held by the limit */
	struct xnb_tx_work *current_work;
	/** @held: the current packet is complete and waits for credit */
	bool held;
	/** @retry: deferred packets shall be tried again now */
	bool retry;
	/** @copies: the next hypercall */
	struct xgh_copy_batch copies;
	/** @again: copies to be tried again */
	struct xgh_copy_batch again;
	/** @map: what is mapped; NULL if nothing ever was */
	struct xnb_txmap *map;
	/** @heads: pieces of pages for headers and small packets */
	struct page_pool *heads;
	/** @pages: pages for the rest of large packets */
	struct page_pool *pages;
	/** @timer: runs the poll again, for credit */
	struct timer_list timer;
	/** @retry_timer: runs the poll again, for deferred packets */
	struct timer_list retry_timer;
};

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
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @chan: its events, not bound if TX and RX share a channel */
	struct xnb_channel chan;
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
	/** @held: packets wait for more of them; the poll flushes them */
	bool held;
	/** @stopped_at: since when there is no room, in jiffies */
	unsigned long stopped_at;
	/** @need: slots of the largest packet */
	u32 need;
	/** @most: slots that the frontend had posted at once, at the most */
	u32 most;
	/** @wanted: slots without which the queue stays stopped */
	u32 wanted;
	/** @seen: requests that the guest had posted at the last event */
	u32 seen;
	/** @copies: the next hypercall */
	struct xgh_copy_batch copies;
	/** @slots: filled and not yet shown */
	struct xnb_rx_slot *slots;
	/** @nr_slots: their number */
	unsigned int nr_slots;
	/** @skbs: the packets in them */
	struct sk_buff_head skbs;
	/** @late: packets whose frames were paged out */
	struct sk_buff_head late;
	/** @accounted: packets that byte queue limits know of … */
	unsigned int accounted;
	/** @bytes: … and their bytes */
	unsigned int bytes;
	/** @timer: looks after a ring without room, and after the rate */
	struct timer_list timer;
	/** @late_timer: looks after late packets */
	struct timer_list late_timer;
};

/**
 * struct xnb_queue - a queue being served
 */
struct xnb_queue {
	/** @link: the link */
	struct xnb_link *link;
	/** @index: number of the queue in the vif */
	unsigned int index;
	/** @split: TX and RX have channels each */
	bool split;
	/** @broken: the frontend broke the rules; nothing is touched */
	bool broken;
	/** @running: it is served; the vif's */
	bool running;
	/** @napi: serves TX, and RX events */
	struct napi_struct napi;
	/** @poll_cpu: where it is being polled, -1 if it is not */
	int poll_cpu;
	/** @stats: its counters, owned by the vif */
	struct xnb_stats *stats;
	/** @tx: from the guest */
	struct xnb_tx tx;
	/** @rx: to the guest */
	struct xnb_rx rx;
};

/* queue.c: life; called by the vif, may sleep */
struct xnb_queue *xnb_queue_create(struct xnb_link *link, unsigned int index,
				   const struct xnb_queue_conf *conf);
void xnb_queue_run(struct xnb_queue *queue);
void xnb_queue_pause(struct xnb_queue *queue);
void xnb_queue_end(struct xnb_queue *queue, bool last);
bool xnb_queue_is_out(const struct xnb_queue *queue);
void xnb_queue_unlist(struct xnb_queue *queue);
void xnb_queue_destroy(struct xnb_queue *queue);
void xnb_queue_break(struct xnb_queue *queue, const char *why);
void xnb_queue_kick(struct xnb_queue *queue);

/* tx.c: from the guest */
int xnb_tx_init(struct xnb_queue *queue);
void xnb_tx_free(struct xnb_queue *queue);
int xnb_tx_poll(struct xnb_queue *queue, int budget);
bool xnb_tx_is_mapping(const struct xnb_tx *tx);
int xnb_tx_allow_mapping(struct xnb_queue *queue);
bool xnb_tx_rearm(struct xnb_queue *queue);
struct xnb_tx_work *xnb_tx_take(struct xnb_queue *queue, int *waiting);

/* txend.c: its end, for a while or for good */
void xnb_tx_start(struct xnb_queue *queue);
void xnb_tx_stop(struct xnb_queue *queue);
void xnb_tx_end(struct xnb_queue *queue);
void xnb_tx_refuse_rest(struct xnb_queue *queue);
bool xnb_tx_is_out(const struct xnb_queue *queue);
void xnb_tx_close(struct xnb_queue *queue);

/* rx.c: to the guest */
int xnb_rx_init(struct xnb_queue *queue);
void xnb_rx_free(struct xnb_queue *queue);
void xnb_rx_start(struct xnb_queue *queue);
void xnb_rx_stop(struct xnb_queue *queue);
void xnb_rx_poll(struct xnb_queue *queue);
void xnb_rx_release(struct xnb_queue *queue);
u32 xnb_rx_room_for(struct xnb_queue *queue, const struct sk_buff *skb);
netdev_tx_t xnb_rx_xmit(struct xnb_queue *queue, struct sk_buff *skb);

/* rxcopy.c: slots being filled */
void xnb_rx_put(struct xnb_queue *queue, struct sk_buff *skb,
		const struct xnb_rx_plan *plan);
void xnb_rx_flush(struct xnb_queue *queue);
void xnb_rx_retry_late(struct xnb_queue *queue);
void xnb_rx_purge(struct xnb_queue *queue);

/**
 * xnb_rx_is_full() - must what was collected be flushed?
 * @rx: the queue's half
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether the largest packet would not fit any more.
 */
static inline bool xnb_rx_is_full(const struct xnb_rx *rx)
{
	return rx->nr_slots + rx->need > XNB_RX_SLOTS;
}

#endif /* XNB_QUEUE_H */
