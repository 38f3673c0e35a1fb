/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One ring of a disk and the thread that serves it. No state is shared with
 * other rings, so nothing here is locked: all belongs to the thread, except
 * what says otherwise.
 */
#ifndef XBB_QUEUE_H
#define XBB_QUEUE_H

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <linux/types.h>

#include <xen/xenbus.h>

#include "gnttab-helpers/block.h"
#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/evtchn.h"
#include "gnttab-helpers/map.h"
#include "gnttab-helpers/persist.h"
#include "gnttab-helpers/pool.h"
#include "gnttab-helpers/ring.h"
#include "limits/owner.h"
#include "limits/share.h"
#include "validate.h"
#include "request.h"
#include "window.h"

struct xbb_indirect;
struct xbb_rings;
struct xbb_stats;
struct xgh_domain;

/* Grant operations in one hypercall; more would save next to nothing. */
#define XBB_BATCH_OPS		128u

/**
 * enum xbb_wake - why the thread of a queue shall have a look
 * @XBB_WAKE_EVENT: the frontend has sent an event
 * @XBB_WAKE_LOOK: what kept the queue from taking requests is over
 * @XBB_WAKE_TIDY: it is time to give back what is not used
 * @XBB_WAKE_SHRINK: the system is short of memory
 * @XBB_WAKE_STOP: no more requests shall be taken
 * @XBB_WAKE_REFUSE: after the stop: whatever comes is to be refused
 */
enum xbb_wake {
	XBB_WAKE_EVENT,
	XBB_WAKE_LOOK,
	XBB_WAKE_TIDY,
	XBB_WAKE_SHRINK,
	XBB_WAKE_STOP,
	XBB_WAKE_REFUSE,
};

/**
 * enum xbb_queue_state - what the thread of a queue does
 * @XBB_QUEUE_SERVING: it takes requests and responds to them
 * @XBB_QUEUE_STOPPING: it takes none any more, and ends those that it has
 * @XBB_QUEUE_DRAINED: it has none left, and its device has been told
 * @XBB_QUEUE_REFUSING: there is no disk; it takes requests and refuses them
 *
 * It begins with SERVING and goes on in this order.
 */
enum xbb_queue_state {
	XBB_QUEUE_SERVING,
	XBB_QUEUE_STOPPING,
	XBB_QUEUE_DRAINED,
	XBB_QUEUE_REFUSING,
};

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
	/** @rings: all rings of the disk, and what their device lends them */
	struct xbb_rings *rings;
	/** @index: number of the queue among them */
	unsigned int index;
	/** @layout: format of the requests */
	const struct xbb_layout *layout;
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @irq: of the event channel, 0 if not bound */
	int irq;
	/** @evtchn: the event channel */
	struct xgh_evtchn evtchn;
	/** @stats: its counters, which outlive it */
	struct xbb_stats *stats;

	/*
	 * What those who complete and wake need, on a cache line of its own:
	 * they have other CPUs than the thread.
	 */
	/** @wake: bits of enum xbb_wake; anyone sets, the thread clears */
	unsigned long wake ____cacheline_aligned_in_smp;
	/** @thread: serves the queue */
	struct task_struct *thread;
	/** @open: the thread has begun and may be woken */
	bool open;
	/** @abandoned: nobody waits for responses; set at the stop or later */
	bool abandoned;
	/** @untold: the guest waits none the less; set before @abandoned */
	bool untold;
	/** @untold_end: for so long, in jiffies; likewise */
	unsigned long untold_end;
	/** @done: completed requests; anyone adds, the thread takes all */
	struct llist_head done;
	/** @awake: the thread will look at @done before it sleeps or polls */
	bool awake;

	/** @state: what the thread does */
	enum xbb_queue_state state ____cacheline_aligned_in_smp;
	/** @broken: the frontend's indices are impossible; read by others */
	bool broken;
	/** @eoi_due: an event waits for its end-of-interrupt */
	bool eoi_due;
	/** @took: a request was taken since the last end-of-interrupt */
	bool took;
	/** @window: does it pay to wait in the hypervisor? */
	struct xbb_window window;
	/** @slept_at: when the thread slept last, in jiffies */
	unsigned long slept_at;
	/** @more: there is something left to do without being woken */
	bool more;
	/** @paused: no request may be taken for now; ends with a wake-up */
	bool paused;
	/** @throttled: as long as @credit_at is to come */
	bool throttled;
	/** @credit_at: when a limit lets the next request pass, in jiffies */
	unsigned long credit_at;
	/** @active: counted as such by the freeze; changed under its lock */
	bool active;
	/** @barrier: a barrier on its way; nothing is taken behind it */
	struct xbb_req *barrier;
	/**
	 * @barred: nothing may be taken until xbb_barrier_check() has seen
	 * that there is no barrier any more
	 */
	bool barred;
	/** @barrier_waits: @barrier has not been begun yet */
	bool barrier_waits;

	/** @charged: the cgroup and priority that the thread has taken on */
	struct xbb_charged charged;
	/** @tidy: wakes the thread when there may be something unused */
	struct timer_list tidy;
	/** @tidy_sweeps: number of sweeps when it last looked for that */
	u64 tidy_sweeps;
	/** @shrinking: nothing unused is kept until @shrink_end */
	bool shrinking;
	/** @shrink_end: in jiffies */
	unsigned long shrink_end;
	/** @evict_at: when room may be made for more grants, in jiffies */
	unsigned long evict_at;

	/** @nr_live: requests taken and not yet freed */
	unsigned int nr_live;
	/** @seq: sequence number of the next request */
	u32 seq;
	/** @reqs: as many requests as the ring has slots */
	struct xbb_req *reqs;
	/** @free: those not in use, the last one freed first */
	struct xbb_req *free;
	/** @starved: taken from the ring, waiting for memory, in order */
	struct xbb_fifo starved;
	/** @paged_in: on their way to the disk, waiting for paged-out frames */
	struct list_head paged_in;
	/** @later: completed, to be looked at again at their @retry_at */
	struct list_head later;
	/** @unmapping: completed, to be unmapped by gnttab-helpers */
	struct list_head unmapping;
	/** @raw: the request that is being taken */
	struct xbb_raw raw;
	/** @cmd: what it says */
	struct xbb_cmd cmd;
	/** @spare: for indirect requests, not in use */
	struct xbb_indirect *spare;
	/** @nr_indirect: how many there are, in use or not */
	unsigned int nr_indirect;
	/** @fixed: what the queue itself was charged with, in units of 4 KiB */
	unsigned int fixed[XGH_POOL_KINDS];
	/** @domain: the bounds and numbers of the guest's grants */
	struct xgh_domain *domain;
	/** @share: memory that its requests may hold */
	struct xbb_share share;
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

/**
 * xbb_queue_nudge() - have the thread go on, however it waits
 * @queue: a queue whose thread has begun
 *
 * Context: Any, hard interrupt included; the queue is kept alive. After a full
 * barrier that follows what the thread shall look at; pairs with those in
 * xbb_thread_sleep() and xgh_block_begin().
 */
static inline void xbb_queue_nudge(struct xbb_queue *queue)
{
	wake_up_process(queue->thread);
	/* Who waits in the hypervisor runs: nothing wakes it. */
	xgh_block_end(queue->thread);
}

/**
 * xbb_queue_wake() - have the thread look
 * @queue: a queue, running or not
 * @why: what for; seen by the thread's next round, also if it is in one now
 *
 * Context: Any, hard interrupt included; the queue is kept alive.
 */
static inline void xbb_queue_wake(struct xbb_queue *queue, enum xbb_wake why)
{
	set_bit(why, &queue->wake);
	/*
	 * Pairs with xbb_queue_run(): either it sees the bit, or we see that
	 * the thread has begun.
	 */
	smp_mb__after_atomic();
	if (READ_ONCE(queue->open))
		xbb_queue_nudge(queue);
}

/**
 * xbb_queue_is_abandoned() - does nobody wait for responses any more?
 * @queue: the queue
 *
 * Context: The queue's thread.
 * Return: whether the queue is stopped, or about to be, and requests may be
 * given up.
 */
static inline bool xbb_queue_is_abandoned(const struct xbb_queue *queue)
{
	return READ_ONCE(queue->abandoned);
}

/**
 * xbb_queue_is_left() - has the frontend, which had one, closed its end?
 * @queue: a queue that was run
 *
 * Context: Process; the device's work or the queue's thread.
 * Return: whether nobody waits for responses; false if that cannot be known.
 */
static inline bool xbb_queue_is_left(const struct xbb_queue *queue)
{
	return queue->evtchn.local && !xgh_evtchn_is_open(&queue->evtchn);
}

struct xbb_queue *xbb_queue_create(struct xbb_rings *rings, unsigned int index,
				   const struct xbb_queue_conf *conf);
void xbb_queue_run(struct xbb_queue *queue);
void xbb_queue_stop(struct xbb_queue *queue, bool abandon, bool untold);
void xbb_queue_abandon(struct xbb_queue *queue);
void xbb_queue_refuse(struct xbb_queue *queue);
bool xbb_queue_is_closed(const struct xbb_queue *queue);
void xbb_queue_destroy(struct xbb_queue *queue);

#endif /* XBB_QUEUE_H */
