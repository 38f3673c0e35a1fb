// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a queue: its ring, event channel, memory and thread, and
 * what the thread sleeps for.
 */
#include "queue.h"
#include "barrier.h"
#include "gate.h"
#include "params.h"
#include "request.h"
#include "stats.h"
#include "unmap.h"
#include "device/vbd.h"

#include "gnttab-helpers/domain.h"

#include <linux/err.h>
#include <linux/freezer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include <xen/events.h>

/* How often to look whether the queue holds what it does not need. */
#define XBB_CHORES		(10 * HZ)
/* How often to make room where no more grants can stay mapped, … */
#define XBB_EVICT_PAUSE		HZ
/* … and for which part of all. */
#define XBB_EVICT_SHARE		16
/* Unused memory for indirect requests, 16 KiB each, that a busy queue keeps. */
#define XBB_SPARE_INDIRECT	64
/* How long to wait for memory that no request of this queue will return. */
#define XBB_MEMORY_RETRY	(HZ / 10)

static irqreturn_t xbb_queue_interrupt(int irq, void *data)
{
	struct xbb_queue *queue = data;

	WRITE_ONCE(queue->event, true);
	/* Before it is opened the thread must not begin to run. */
	if (smp_load_acquire(&queue->open))
		wake_up_process(queue->thread);
	return IRQ_HANDLED;
}

static void xbb_queue_chores_timer(struct timer_list *timer)
{
	struct xbb_queue *queue = container_of(timer, struct xbb_queue, chores);

	WRITE_ONCE(queue->chores_due, true);
	wake_up_process(queue->thread);
}

/* Nothing is on its way, and nothing is mapped. */
static bool xbb_queue_is_empty(const struct xbb_queue *queue)
{
	return !queue->nr_live && !queue->persist.nr;
}

static bool xbb_queue_has_work(const struct xbb_queue *queue)
{
	if (queue->more || !llist_empty(&queue->done) ||
	    READ_ONCE(queue->nudged))
		return true;
	if (queue->stopping)
		return xbb_queue_is_empty(queue);
	if (READ_ONCE(queue->stop) || READ_ONCE(queue->chores_due))
		return true;
	return READ_ONCE(queue->event) && !queue->broken && !queue->paused &&
	       !queue->starved.first;
}

static long xbb_queue_until_retry(const struct list_head *reqs, long first)
{
	const struct xbb_req *req;

	list_for_each_entry(req, reqs, node) {
		long left = req->retry_at - jiffies;

		first = min(first, max(left, 1L));
	}
	return first;
}

/* How long to sleep if nothing wakes us; an idle queue sleeps for ever. */
static long xbb_queue_patience(const struct xbb_queue *queue)
{
	long wait = MAX_SCHEDULE_TIMEOUT;

	/* When stopping, grants are left for which there was no memory. */
	if (queue->starved.first || (queue->stopping && !queue->nr_live))
		wait = XBB_MEMORY_RETRY;
	if (queue->throttled)
		wait = min(wait, max((long)(queue->credit_at - jiffies), 1L));
	wait = xbb_queue_until_retry(&queue->busy, wait);
	return xbb_queue_until_retry(&queue->away, wait);
}

static bool xbb_queue_has_chores(const struct xbb_queue *queue)
{
	return queue->ram_pool.nr_idle ||
	       (queue->spare && queue->spare->next) ||
	       queue->map_pool.mappable.num_pages ||
	       (queue->persist.nr && xbb_param_persist_unused()) ||
	       (xbb_param_log_stats() &&
		queue->chores_sweeps != queue->stats->sweeps);
}

/* How many unused pages of either kind may stay. */
static unsigned int xbb_queue_keep(struct xbb_queue *queue, bool idle)
{
	if (READ_ONCE(queue->squeeze)) {
		WRITE_ONCE(queue->squeeze, false);
		queue->squeezing = true;
		queue->squeeze_end = jiffies + xbb_param_squeeze();
	} else if (queue->squeezing &&
		   time_after_eq(jiffies, queue->squeeze_end)) {
		queue->squeezing = false;
	}
	return idle || queue->squeezing ? 0 : xbb_param_buffer_pages();
}

static void xbb_queue_do_chores(struct xbb_queue *queue)
{
	bool idle = queue->chores_sweeps == queue->stats->sweeps;
	unsigned int unused = xbb_param_persist_unused();
	bool due = READ_ONCE(queue->chores_due);
	unsigned int keep;

	WRITE_ONCE(queue->chores_due, false);
	if (unused)
		xgh_persist_reap(&queue->persist, &queue->unmaps,
				 jiffies - unused * HZ);
	keep = xbb_queue_keep(queue, idle);
	xgh_pool_trim(&queue->ram_pool, keep / XEN_PFN_PER_PAGE);
	xgh_pool_trim(&queue->map_pool, keep);
	xbb_req_trim_indirect(queue, keep ? XBB_SPARE_INDIRECT : 1);
	if (idle)
		xbb_share_shrink(&queue->share);
	else if (due && xbb_param_log_stats())
		xbb_stats_log(queue->vbd, queue->index);
	queue->chores_sweeps = queue->stats->sweeps;
}

/* The frontend now uses other grants than those that stay mapped. */
static void xbb_queue_evict(struct xbb_queue *queue)
{
	if (time_before(jiffies, queue->evict_at))
		return;
	queue->evict_at = jiffies + XBB_EVICT_PAUSE;
	xgh_persist_evict(&queue->persist, &queue->unmaps,
			  queue->persist.limit / XBB_EVICT_SHARE + 1);
}

static void xbb_queue_sleep(struct xbb_queue *queue)
{
	if (!timer_pending(&queue->chores) && xbb_queue_has_chores(queue))
		mod_timer(&queue->chores, jiffies + XBB_CHORES);

	WRITE_ONCE(queue->awake, false);
	/* A barrier: whoever saw us awake has added what we look at now. */
	set_current_state(TASK_IDLE | TASK_FREEZABLE);
	if (!xbb_queue_has_work(queue))
		schedule_timeout(xbb_queue_patience(queue));
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(queue->awake, true);
	try_to_freeze();
	cond_resched();
}

/*
 * Let the next event come. For one that brought nothing, Xen's code asks which
 * CPU it is on, in some versions under rcu_read_lock() alone: a preemptible
 * kernel with DEBUG_PREEMPT would then complain as often as a guest wants.
 */
static void xbb_queue_end_event(struct xbb_queue *queue)
{
	queue->eoi_due = false;
	if (queue->fruitful) {
		xen_irq_lateeoi(queue->irq, 0);
	} else {
		migrate_disable();
		xen_irq_lateeoi(queue->irq, XEN_EOI_FLAG_SPURIOUS);
		migrate_enable();
	}
	queue->fruitful = false;
}

/* Done with the ring for now: let the next event come, or go on at once. */
static void xbb_queue_rearm(struct xbb_queue *queue)
{
	int waiting;

	queue->more = false;
	if (queue->broken || queue->paused || queue->starved.first)
		return;

	waiting = xgh_ring_rearm(&queue->ring);
	if (waiting) {
		queue->more = true;
		return;
	}
	if (queue->eoi_due)
		xbb_queue_end_event(queue);
}

/* What was taken is still done, unless nobody waits for it any more. */
static void xbb_queue_wind_up(struct xbb_queue *queue)
{
	/* Pairs with xbb_queue_stop(): @forsaken is known. */
	smp_rmb();
	queue->stopping = true;
	queue->more = false;
	if (queue->forsaken)
		xbb_sweep_abandon(queue);
	else
		xbb_sweep(queue);
	xgh_persist_reap(&queue->persist, &queue->unmaps, jiffies);
	if (queue->forsaken || !queue->nr_live)
		xbb_unmap_abandon(queue);
	xbb_barrier_turn(queue);
}

static void xbb_queue_turn(struct xbb_queue *queue)
{
	if (READ_ONCE(queue->nudged))
		/* Forget it, then look; pairs with the wake-up. */
		smp_store_mb(queue->nudged, false);
	queue->paused = false;
	queue->throttled = false;
	if (READ_ONCE(queue->event)) {
		WRITE_ONCE(queue->event, false);
		queue->eoi_due = true;
	}

	xbb_complete(queue);
	if (READ_ONCE(queue->stop)) {
		xbb_queue_wind_up(queue);
		return;
	}
	if (READ_ONCE(queue->chores_due) || queue->squeezing)
		xbb_queue_do_chores(queue);
	if (!queue->broken)
		xbb_sweep(queue);
	/* What the disk has finished meanwhile needs no wake-up. */
	xbb_complete(queue);
	xbb_queue_rearm(queue);
	xbb_barrier_turn(queue);
	if (queue->persist.full)
		xbb_queue_evict(queue);
}

/* Drained: its rings may stay for a while, but it needs no pages. */
static void xbb_queue_give_back(struct xbb_queue *queue)
{
	xgh_pool_trim(&queue->ram_pool, 0);
	xgh_pool_trim(&queue->map_pool, 0);
	xbb_req_trim_indirect(queue, 0);
	xbb_share_shrink(&queue->share);
}

/* There is no disk any more, but the guest has not yet noticed. */
static void xbb_queue_refuse(struct xbb_queue *queue)
{
	if (READ_ONCE(queue->event)) {
		WRITE_ONCE(queue->event, false);
		queue->eoi_due = true;
	}
	queue->paused = false;
	xbb_sweep_refuse_all(queue);
	xbb_complete(queue);
	xbb_queue_rearm(queue);
}

static bool xbb_queue_is_asked(const struct xbb_queue *queue)
{
	return READ_ONCE(queue->orphaned) &&
	       (queue->more || READ_ONCE(queue->event));
}

static void xbb_queue_rest(struct xbb_queue *queue)
{
	set_current_state(TASK_IDLE | TASK_FREEZABLE);
	if (!kthread_should_stop() && !xbb_queue_is_asked(queue))
		schedule();
	__set_current_state(TASK_RUNNING);
	try_to_freeze();
	cond_resched();
}

static int xbb_queue_thread(void *data)
{
	struct xbb_queue *queue = data;

	/* When dom0 is suspended the disks are, while guests may still run. */
	set_freezable();
	while (!queue->stopping || !xbb_queue_is_empty(queue)) {
		xbb_queue_sleep(queue);
		xbb_queue_turn(queue);
	}
	xbb_gate_leave(queue);
	timer_delete_sync(&queue->chores);
	xbb_queue_give_back(queue);
	xbb_vbd_queue_drained(queue->vbd);

	for (;;) {
		xbb_queue_rest(queue);
		if (kthread_should_stop())
			return 0;
		/* Pairs with orphan.c. */
		if (smp_load_acquire(&queue->orphaned))
			xbb_queue_refuse(queue);
	}
}

static int xbb_queue_map_ring(struct xbb_queue *queue,
			      const struct xbb_queue_conf *conf)
{
	grant_ref_t grefs[XENBUS_MAX_RING_GRANTS];
	int err;

	memcpy(grefs, conf->grefs, sizeof(grefs));
	err = xenbus_map_ring_valloc(queue->vbd->xdev, grefs, conf->nr_pages,
				     &queue->ring_addr);
	if (err)
		return err;

	return xgh_ring_attach(&queue->ring, queue->ring_addr,
			       (size_t)conf->nr_pages * XEN_PAGE_SIZE,
			       queue->layout->request);
}

static int xbb_queue_alloc(struct xbb_queue *queue, unsigned int persist)
{
	domid_t otherend = queue->vbd->otherend;
	unsigned int i;
	int err;

	queue->reqs = kvcalloc(queue->ring.nr_slots, sizeof(*queue->reqs),
			       GFP_KERNEL);
	queue->spare = xbb_indirect_alloc(GFP_KERNEL);
	queue->domain = xgh_domain_get(otherend);
	if (!queue->reqs || !queue->spare || !queue->domain)
		return -ENOMEM;
	for (i = 0; i < queue->ring.nr_slots; i++) {
		queue->reqs[i].queue = queue;
		queue->reqs[i].next = queue->free;
		queue->free = &queue->reqs[i];
	}

	err = xgh_persist_init(&queue->persist, persist);
	queue->share.max_persist = persist;
	xbb_share_open(&queue->share, &queue->vbd->budget, queue->vbd->domain);
	if (!err)
		err = xgh_map_batch_init(&queue->maps, otherend, XBB_BATCH_OPS);
	if (!err)
		err = xgh_unmap_batch_init(&queue->unmaps, &queue->map_pool,
					   XBB_BATCH_OPS);
	if (!err)
		err = xgh_copy_batch_init(&queue->copies, otherend,
					  XBB_BATCH_OPS);
	queue->maps.tally = &queue->stats->maps;
	queue->unmaps.tally = &queue->stats->unmaps;
	queue->copies.tally = &queue->stats->copies;
	return err;
}

static int xbb_queue_connect(struct xbb_queue *queue,
			     const struct xbb_queue_conf *conf)
{
	struct task_struct *thread;
	int irq;

	thread = kthread_create(xbb_queue_thread, queue, "%s-%u",
				queue->vbd->name, queue->index);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	queue->thread = thread;
	get_task_struct(thread);

	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(queue->vbd->xdev,
							    conf->evtchn,
							    xbb_queue_interrupt,
							    0, "blkif-backend",
							    queue);
	if (irq < 0)
		return irq;
	queue->irq = irq;
	return 0;
}

/**
 * xbb_queue_create() - attach to a ring
 * @vbd: the disk
 * @index: number of the queue
 * @conf: what the frontend published; only syntax has been checked
 *
 * Requests are served from xbb_queue_run() on.
 *
 * Context: Process; the vbd's work. May sleep.
 * Return: the queue or an ERR_PTR.
 */
struct xbb_queue *xbb_queue_create(struct xbb_vbd *vbd, unsigned int index,
				   const struct xbb_queue_conf *conf)
{
	struct xbb_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	int err;

	if (!queue)
		return ERR_PTR(-ENOMEM);

	queue->vbd = vbd;
	queue->index = index;
	queue->layout = conf->layout;
	queue->evtchn.otherend = vbd->otherend;
	queue->evtchn.remote = conf->evtchn;
	queue->stats = &vbd->stats[index];
	init_llist_head(&queue->done);
	INIT_LIST_HEAD(&queue->busy);
	INIT_LIST_HEAD(&queue->away);
	INIT_LIST_HEAD(&queue->unmapping);
	timer_setup(&queue->chores, xbb_queue_chores_timer, 0);
	xgh_pool_init(&queue->map_pool, XGH_POOL_MAP, 0);
	xgh_pool_init(&queue->ram_pool, XGH_POOL_RAM, 0);
	queue->share.pools[XBB_BUDGET_MAP] = &queue->map_pool;
	queue->share.pools[XBB_BUDGET_RAM] = &queue->ram_pool;
	queue->share.persist = &queue->persist;

	err = xbb_queue_map_ring(queue, conf);
	if (!err)
		err = xbb_queue_alloc(queue, conf->persist);
	if (!err)
		err = xbb_queue_connect(queue, conf);
	if (err) {
		xbb_queue_destroy(queue);
		return ERR_PTR(err);
	}
	return queue;
}

/**
 * xbb_queue_run() - start to serve requests
 * @queue: from xbb_queue_create()
 *
 * Those that are in the ring already need no event.
 *
 * Context: Process; the vbd's work.
 */
void xbb_queue_run(struct xbb_queue *queue)
{
	queue->more = true;
	/* Pairs with the interrupt. */
	smp_store_release(&queue->open, true);
	wake_up_process(queue->thread);
}

/**
 * xbb_queue_nudge() - have a queue that was held back look again
 * @queue: a queue, running or not
 *
 * Context: Any; the queue is kept alive.
 */
void xbb_queue_nudge(struct xbb_queue *queue)
{
	WRITE_ONCE(queue->nudged, true);
	/* As in xbb_queue_interrupt(). */
	if (smp_load_acquire(&queue->open))
		wake_up_process(queue->thread);
}

/**
 * xbb_queue_stop() - take no more requests
 * @queue: a running queue
 * @forsaken: nobody waits for those that were taken; else they are answered,
 *	      and whoever attaches to the ring next finds it complete
 *
 * Returns at once. When all I/O is over, xbb_vbd_queue_drained() is called.
 *
 * Context: Process; the vbd's work or its removal.
 */
void xbb_queue_stop(struct xbb_queue *queue, bool forsaken)
{
	queue->forsaken = forsaken;
	/* Pairs with xbb_queue_wind_up(). */
	smp_store_release(&queue->stop, true);
	wake_up_process(queue->thread);
}

/**
 * xbb_queue_destroy() - free everything
 * @queue: a queue that has drained, or was never run; however complete
 *
 * Context: Process; the vbd's work, a grace period after the drain. May
 * sleep.
 */
void xbb_queue_destroy(struct xbb_queue *queue)
{
	/* The thread of an orphan uses the channel, which wakes the thread. */
	if (queue->thread)
		kthread_stop(queue->thread);
	if (queue->irq)
		unbind_from_irqhandler(queue->irq, queue);
	if (queue->thread)
		put_task_struct(queue->thread);
	if (queue->ring_addr)
		xenbus_unmap_ring_vfree(queue->vbd->xdev, queue->ring_addr);
	xgh_persist_free(&queue->persist);
	xgh_copy_batch_free(&queue->copies);
	xgh_unmap_batch_free(&queue->unmaps);
	xgh_map_batch_free(&queue->maps);
	xbb_share_close(&queue->share);
	xgh_pool_destroy(&queue->ram_pool);
	xgh_pool_destroy(&queue->map_pool);
	xbb_req_trim_indirect(queue, 0);
	xgh_domain_put(queue->domain);
	kvfree(queue->reqs);
	kfree(queue);
}

/**
 * xbb_queue_squeeze() - have the queue give unused pages back
 * @queue: a queue that has been run
 *
 * The system is short of memory. The thread does it, because giving mappable
 * pages back takes locks that the caller may hold.
 *
 * Context: Any; the queue is kept alive.
 */
void xbb_queue_squeeze(struct xbb_queue *queue)
{
	WRITE_ONCE(queue->squeeze, true);
	WRITE_ONCE(queue->chores_due, true);
	wake_up_process(queue->thread);
}
