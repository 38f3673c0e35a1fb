/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The half of a queue that takes packets from the guest; served by NAPI. Each
 * file here owns a step of their way; see tx.c.
 */
#ifndef XNB_TX_H
#define XNB_TX_H

#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/sizes.h>
#include <linux/timer.h>
#include <linux/types.h>

#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/ring.h"
#include "link/channel.h"
#include "link/poll.h"
#include "txpkt.h"

struct bpf_prog;
struct page_pool;
struct sk_buff;
struct xdp_frame;

/* Packets taken from a TX ring in one poll. */
#define XNB_TX_BATCH		NAPI_POLL_WEIGHT
/*
 * While so many packets of a queue wait for frames that are paged out, none is
 * taken. A poll that began with less may add all that it took.
 */
#define XNB_TX_DEFERRED		32
/* A full batch, all that waited before it, and one that is not complete yet. */
#define XNB_TX_WORKS		(XNB_TX_BATCH + XNB_TX_DEFERRED + 1)
/* Copies of one packet: each slot, cut where a page of ours ends. */
#define XNB_TX_PKT_OPS		(2 * (XNB_TX_SLOTS + MAX_SKB_FRAGS + 1))
/* Copies in one hypercall: as many as fit into 16 KiB, or four packets take. */
#define XNB_TX_OPS_16K		(SZ_16K / sizeof(struct gnttab_copy))
#define XNB_TX_OPS		(XNB_TX_OPS_16K > 4 * XNB_TX_PKT_OPS ? \
				 XNB_TX_OPS_16K : 4 * XNB_TX_PKT_OPS)

/**
 * struct xnb_tx_work - a packet on its way from the guest
 */
struct xnb_tx_work {
	/** @node: on the list of those that are deferred */
	struct list_head node;
	/** @skb: where it is copied to, NULL if it has none */
	struct sk_buff *skb;
	/** @raw: without one, the memory in its place, for a program */
	void *raw;
	/** @err: what went wrong, -EAGAIN while it waits for a frame */
	int err;
	/** @tries: how often it has waited */
	unsigned int tries;
	/** @retry_at: when its next try counts, in jiffies */
	unsigned long retry_at;
	/** @pkt: what the guest said */
	struct xnb_txpkt pkt;
};

/**
 * struct xnb_tx_works - some of the packets of a queue
 */
struct xnb_tx_works {
	/** @nr: how many these are */
	unsigned int nr;
	/** @work: they */
	struct xnb_tx_work *work[XNB_TX_WORKS];
};

/**
 * struct xnb_tx - from the guest; all belongs to the NAPI poll
 */
struct xnb_tx {
	/** @poll: the poll of the queue */
	struct xnb_poll *poll;
	/** @link: the link that the queue belongs to */
	struct xnb_link *link;
	/** @stats: counters of this half */
	struct xnb_tx_stats *stats;
	/** @chan: its events */
	struct xnb_channel *chan;
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @works: all descriptors, in two pieces that waste little memory */
	struct xnb_tx_work *works[2];
	/** @free: those that are free */
	struct xnb_tx_works free;
	/** @batch: those of a poll that will be complete with its end */
	struct xnb_tx_works batch;
	/** @deferred: those that wait for frames that are paged out */
	struct list_head deferred;
	/** @nr_deferred: how many these are */
	unsigned int nr_deferred;
	/** @current_work: a packet that is not complete, or waits for credit */
	struct xnb_tx_work *current_work;
	/** @throttled: the current packet is complete and waits for credit */
	bool throttled;
	/** @rare_due: deferred packets are to be tried, or there is @shrink */
	bool rare_due;
	/** @shrink: pages that no packet uses shall be given back */
	bool shrink;
	/** @prog: XDP program while a poll runs, NULL without one */
	struct bpf_prog *prog;
	/** @redirected: some packets of the poll went elsewhere by it */
	bool redirected;
	/** @nr_bounced: how many go back to the guest by it … */
	unsigned int nr_bounced;
	/** @bounced: … and these; whoever has the poll run takes them */
	struct xdp_frame *bounced[XNB_TX_WORKS];
	/** @copies: the next hypercall */
	struct xgh_copy_batch copies;
	/** @again: copies of deferred packets, to be tried again */
	struct xgh_copy_batch again;
	/** @heads: pieces of pages for headers and small packets */
	struct page_pool *heads;
	/** @pages: pages for the rest of large packets, and for XDP */
	struct page_pool *pages;
	/** @timer: runs the poll again, for credit */
	struct timer_list timer;
	/** @retry_timer: runs the poll again, for deferred packets */
	struct timer_list retry_timer;
};

/* Process context */
int xnb_tx_init(struct xnb_tx *tx, struct xnb_poll *poll,
		struct xnb_channel *chan);
void xnb_tx_free(struct xnb_tx *tx);
void xnb_tx_start(struct xnb_tx *tx);
void xnb_tx_stop(struct xnb_tx *tx);
void xnb_tx_shrink(struct xnb_tx *tx);

/* The poll */
int xnb_tx_poll(struct xnb_tx *tx, int budget);
bool xnb_tx_rearm(struct xnb_tx *tx);

/* The poll, or it is disabled */
struct xnb_tx_work *xnb_tx_take(struct xnb_tx *tx, int *waiting);

/**
 * xnb_tx_works_add() - add a packet
 * @works: to these
 * @work: the packet; it is nowhere else
 *
 * There is always room, since no two of them are the same.
 *
 * Context: NAPI poll, or it is disabled.
 */
static inline void xnb_tx_works_add(struct xnb_tx_works *works,
				    struct xnb_tx_work *work)
{
	works->work[works->nr++] = work;
}

#endif /* XNB_TX_H */
