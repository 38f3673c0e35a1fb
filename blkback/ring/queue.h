/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One ring of a vbd and the thread that serves it. No state is shared with
 * other rings, so nothing here is locked: all belongs to the thread, except
 * what says otherwise.
 */
#ifndef XBB_QUEUE_H
#define XBB_QUEUE_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/timer.h>
#include <linux/types.h>

#include <xen/xenbus.h>

#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/evtchn.h"
#include "gnttab-helpers/map.h"
#include "gnttab-helpers/persist.h"
#include "gnttab-helpers/pool.h"
#include "gnttab-helpers/ring.h"
#include "limits/share.h"
#include "proto.h"
#include "request.h"

struct task_struct;
struct xbb_indirect;
struct xbb_stats;
struct xbb_vbd;
struct xgh_domain;

/* Grant operations in one hypercall; more would save next to nothing. */
#define XBB_BATCH_OPS		128u

/**
 * struct xbb_queue_conf - what a frontend published for one ring
 */
struct xbb_queue_conf {
	/** @layout: format of its requests */
	const struct xbb_layout *layout;
	/** @nr_pages: pages of the ring */
	unsigned int nr_pages;
	/** @grefs: their grants */
	grant_ref_t grefs[XENBUS_MAX_RING_GRANTS];
	/** @evtchn: the frontend's event channel */
	evtchn_port_t evtchn;
	/** @persist: how many grants may stay mapped */
	unsigned int persist;
};

/**
 * struct xbb_queue - a ring being served
 */
struct xbb_queue {
	/** @vbd: the disk */
	struct xbb_vbd *vbd;
	/** @index: number of the queue in the vbd */
	unsigned int index;
	/** @layout: format of the requests */
	const struct xbb_layout *layout;
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @irq: of the event channel, 0 if not bound */
	int irq;
	/** @thread: serves the queue */
	struct task_struct *thread;
	/** @stats: its counters, owned by the vbd */
	struct xbb_stats *stats;

	/** @open: the thread may be woken; set by the vbd */
	bool open;
	/** @event: an event came in; set by the interrupt */
	bool event;
	/** @stop: no more requests shall be taken; set by the vbd */
	bool stop;
	/** @forsaken: nobody waits for answers; set by the vbd with @stop */
	bool forsaken;
	/** @orphaned: what comes is refused; set by the vbd after the drain */
	bool orphaned;
	/** @evtchn: the event channel; our end is known for orphans only */
	struct xgh_evtchn evtchn;
	/** @done: completed requests; anyone adds, the thread takes all */
	struct llist_head done;

	/** @chores: wakes the thread when it is time to tidy up */
	struct timer_list chores;
	/** @chores_due: it is; set by the timer */
	bool chores_due;
	/** @nudged: it shall look again; set by whoever held it back */
	bool nudged;
	/** @squeeze: the system is short of memory; set by reclaim */
	bool squeeze;
	/** @squeezing: nothing unused is kept until @squeeze_end */
	bool squeezing;
	/** @squeeze_end: in jiffies */
	unsigned long squeeze_end;
	/** @evict_at: when room may be made for more grants, in jiffies */
	unsigned long evict_at;
	/** @chores_sweeps: number of sweeps when it last was */
	u64 chores_sweeps;

	/** @awake: the thread will look at @done before it sleeps */
	bool awake;
	/** @stopping: the thread has seen @stop */
	bool stopping;
	/** @broken: the frontend's indices are impossible */
	bool broken;
	/** @eoi_due: an event waits for its end-of-interrupt */
	bool eoi_due;
	/** @fruitful: a request was taken since the last end-of-interrupt */
	bool fruitful;
	/** @more: there is something left to do without being woken */
	bool more;
	/** @throttled: as long as @credit_at is to come */
	bool throttled;
	/** @credit_at: when a limit lets the next request pass, in jiffies */
	unsigned long credit_at;
	/** @share: memory that its requests may hold */
	struct xbb_share share;
	/** @paused: no request may be taken for now; a nudge ends it */
	bool paused;
	/** @flowing: counted by the vbd's gate; changed under its lock */
	bool flowing;
	/** @parked: @barrier waits for what came before it */
	bool parked;
	/** @barrier: a barrier on its way; nothing is taken behind it */
	struct xbb_req *barrier;
	/** @nr_live: requests taken and not yet freed */
	unsigned int nr_live;
	/** @turn: number of the next request */
	u32 turn;
	/** @reqs: as many requests as the ring has slots */
	struct xbb_req *reqs;
	/** @free: those not in use, the last one freed first */
	struct xbb_req *free;
	/** @starved: taken from the ring, waiting for memory, in order */
	struct xbb_fifo starved;
	/** @busy: completed, to be tried again: no room to wait, no frames */
	struct list_head busy;
	/** @away: on their way to the disk, waiting for frames to be there */
	struct list_head away;
	/** @unmapping: completed, to be unmapped by gnttab-helpers */
	struct list_head unmapping;
	/** @raw: the request that is being taken */
	struct xbb_raw raw;
	/** @cmd: what it says */
	struct xbb_cmd cmd;
	/** @spare: for indirect requests, not in use */
	struct xbb_indirect *spare;
	/** @domain: the bounds and numbers of the guest's grants */
	struct xgh_domain *domain;
	/** @map_pool: pages to map grants into */
	struct xgh_pool map_pool;
	/** @ram_pool: pages to copy data to */
	struct xgh_pool ram_pool;
	/** @persist: grants that stay mapped; its limit is 0 without them */
	struct xgh_persist persist;
	/** @maps: the next map hypercall */
	struct xgh_map_batch maps;
	/** @unmaps: the next unmap hypercall */
	struct xgh_unmap_batch unmaps;
	/** @copies: the next copy hypercall */
	struct xgh_copy_batch copies;
};

/* queue.c: life; called by the vbd's work, may sleep */
struct xbb_queue *xbb_queue_create(struct xbb_vbd *vbd, unsigned int index,
				   const struct xbb_queue_conf *conf);
void xbb_queue_run(struct xbb_queue *queue);
void xbb_queue_stop(struct xbb_queue *queue, bool forsaken);
void xbb_queue_nudge(struct xbb_queue *queue);
void xbb_queue_destroy(struct xbb_queue *queue);
void xbb_queue_squeeze(struct xbb_queue *queue);

/* fetch.c, sweep.c, complete.c: the data path; the queue's thread, may sleep */
void xbb_fetch(struct xbb_queue *queue, struct xbb_fifo *todo);
void xbb_sweep(struct xbb_queue *queue);
void xbb_sweep_abandon(struct xbb_queue *queue);
void xbb_sweep_refuse_all(struct xbb_queue *queue);
void xbb_complete(struct xbb_queue *queue);

#endif /* XBB_QUEUE_H */
