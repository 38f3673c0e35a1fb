// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the thread of a queue: what wakes it, what it does in a round, and what
 * it gives back when there is little to do.
 */
#include "thread.h"
#include "barrier.h"
#include "complete.h"
#include "freeze.h"
#include "indirect.h"
#include "left.h"
#include "params.h"
#include "poll.h"
#include "queue.h"
#include "request.h"
#include "rings.h"
#include "stats.h"
#include "sweep.h"
#include "unmap.h"
#include "window.h"

#include "gnttab-helpers/block.h"

#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include <xen/events.h>

/* How often to look whether the queue holds what it does not need. */
#define XBB_TIDY_INTERVAL	(10 * HZ)
/* How often to make room where no more grants can stay mapped, … */
#define XBB_EVICT_PAUSE		HZ
/* … and for which part of all. */
#define XBB_EVICT_SHARE		16
/* Unused memory for indirect requests, 16 KiB each, that a busy queue keeps. */
#define XBB_SPARE_INDIRECT	64
/* How long to wait for memory that no request of this queue will return. */
#define XBB_MEMORY_RETRY	(HZ / 10)

/* Nothing is on its way, and nothing is mapped. */
static bool xbb_thread_is_idle(const struct xbb_queue *queue)
{
	return !queue->nr_live && !queue->persist.nr;
}

static bool xbb_thread_may_take(const struct xbb_queue *queue)
{
	return !queue->broken && !queue->paused && !queue->starved.first;
}

static bool xbb_thread_has_work(const struct xbb_queue *queue)
{
	unsigned long why = READ_ONCE(queue->wake);

	if (queue->more || !llist_empty(&queue->done) ||
	    why & BIT(XBB_WAKE_LOOK))
		return true;
	if (queue->state == XBB_QUEUE_STOPPING)
		return xbb_thread_is_idle(queue);
	if (why & ~BIT(XBB_WAKE_EVENT))
		return true;
	return why && xbb_thread_may_take(queue);
}

static long xbb_thread_until_retry(const struct list_head *reqs, long first)
{
	const struct xbb_req *req;

	list_for_each_entry(req, reqs, node) {
		long left = req->retry_at - jiffies;

		first = min(first, max(left, 1L));
	}
	return first;
}

/* How long to sleep if nothing wakes us; an idle queue sleeps for ever. */
static long xbb_thread_timeout(const struct xbb_queue *queue)
{
	long wait = MAX_SCHEDULE_TIMEOUT;

	/*
	 * When stopping, grants are left for which there was no memory, or a
	 * guest goes that requests wait for. Pages that others have wanted may
	 * be kept by whoever sends them.
	 */
	if (queue->starved.first || xbb_share_must_yield(&queue->share) ||
	    (queue->state == XBB_QUEUE_STOPPING &&
	     (!queue->nr_live || !list_empty(&queue->unmapping))))
		wait = XBB_MEMORY_RETRY;
	if (queue->throttled)
		wait = min(wait, max((long)(queue->credit_at - jiffies), 1L));
	wait = xbb_thread_until_retry(&queue->later, wait);
	return xbb_thread_until_retry(&queue->paged_in, wait);
}

static bool xbb_thread_has_unused(const struct xbb_queue *queue)
{
	return queue->ram_pool.nr_idle ||
	       (queue->spare && queue->spare->next) ||
	       queue->map_pool.mappable.num_pages ||
	       (queue->share.seat.taken && !queue->persist.nr) ||
	       (queue->persist.nr && xbb_param_persist_unused()) ||
	       (xbb_param_log_stats() &&
		queue->tidy_sweeps != queue->stats->sweeps);
}

/* Forgets why the thread was woken, and only then looks. */
static unsigned long xbb_thread_take_wake(struct xbb_queue *queue)
{
	unsigned long why = 0;

	/* A full barrier; pairs with xbb_queue_wake(). */
	if (READ_ONCE(queue->wake))
		why = xchg(&queue->wake, 0);
	if (why & BIT(XBB_WAKE_EVENT))
		queue->eoi_due = true;
	if (why & BIT(XBB_WAKE_STOP))
		queue->state = XBB_QUEUE_STOPPING;
	if (why & BIT(XBB_WAKE_REFUSE))
		queue->state = XBB_QUEUE_REFUSING;
	queue->paused = false;
	queue->throttled = false;
	return why;
}

/* How many unused pages of either kind may stay. */
static unsigned int xbb_thread_keep(struct xbb_queue *queue, bool shrink,
				    bool idle)
{
	if (shrink) {
		queue->shrinking = true;
		queue->shrink_end = jiffies + xbb_param_squeeze();
	} else if (queue->shrinking &&
		   time_after_eq(jiffies, queue->shrink_end)) {
		queue->shrinking = false;
	}
	return idle || queue->shrinking ? 0 : xbb_param_buffer_pages();
}

static void xbb_thread_log(const struct xbb_queue *queue)
{
	const struct xbb_budget *disk = &queue->rings->budget;
	const struct xbb_stats *stats = queue->stats;

	dev_info(&queue->rings->xdev->dev,
		 "queue %u: oo %llu | rd %llu | wr %llu | f %llu | ds %llu | pg %u/%u\n",
		 queue->index, stats->oo_req, stats->rd_req, stats->wr_req,
		 stats->f_req, stats->ds_req,
		 READ_ONCE(disk->used[XGH_POOL_MAP]),
		 READ_ONCE(disk->used[XGH_POOL_RAM]));
}

/* Gives back what is not used. */
static void xbb_thread_tidy(struct xbb_queue *queue, unsigned long why)
{
	bool idle = queue->tidy_sweeps == queue->stats->sweeps;
	unsigned int unused = xbb_param_persist_unused();
	unsigned int keep;

	if (unused)
		xgh_persist_reap(&queue->persist, &queue->unmaps,
				 jiffies - unused * HZ);
	keep = xbb_thread_keep(queue, why & BIT(XBB_WAKE_SHRINK), idle);
	xgh_pool_trim(&queue->ram_pool, keep / XEN_PFN_PER_PAGE);
	xgh_pool_trim(&queue->map_pool, keep);
	xbb_indirect_trim(queue, keep ? XBB_SPARE_INDIRECT : 1);
	if (idle)
		xbb_share_shrink(&queue->share);
	else if (why & BIT(XBB_WAKE_TIDY))
		xbb_share_forget_peak(&queue->share);
	if (!idle && why & BIT(XBB_WAKE_TIDY) && xbb_param_log_stats())
		xbb_thread_log(queue);
	queue->tidy_sweeps = queue->stats->sweeps;
}

/* Without a seat nothing stays mapped. */
static void xbb_thread_settle(struct xbb_queue *queue)
{
	if (!queue->share.seat.taken)
		xgh_persist_reap(&queue->persist, &queue->unmaps, jiffies);
	xbb_share_settle(&queue->share);
}

/* Those first that were used least recently; all without memory to sort. */
static void xbb_thread_unkeep(struct xbb_queue *queue)
{
	unsigned int nr = xbb_share_unkept(&queue->share);

	if (!nr)
		return;
	if (nr >= queue->persist.nr ||
	    !xgh_persist_evict(&queue->persist, &queue->unmaps, nr))
		xgh_persist_reap(&queue->persist, &queue->unmaps, jiffies);
}

/*
 * Other queues of the disk have no pages at all, or a budget is smaller by now;
 * or this one needs none now.
 */
static void xbb_thread_yield(struct xbb_queue *queue)
{
	if (xbb_share_waits(&queue->share) && !queue->starved.first)
		xbb_share_forgo(&queue->share);
	if (unlikely(xbb_share_must_settle(&queue->share)))
		xbb_thread_settle(queue);
	if (!xbb_share_must_yield(&queue->share))
		return;
	xbb_thread_unkeep(queue);
	xbb_indirect_give(queue, xbb_share_unkept_spare(&queue->share));
	if (!xbb_share_yield(&queue->share, queue->starved.first))
		return;
	if (xbb_share_must_settle(&queue->share))
		xbb_left_note(queue);
	queue->more = true;
}

/* The frontend now uses other grants than those that stay mapped. */
static void xbb_thread_evict(struct xbb_queue *queue)
{
	if (time_before(jiffies, queue->evict_at))
		return;
	queue->evict_at = jiffies + XBB_EVICT_PAUSE;
	xgh_persist_evict(&queue->persist, &queue->unmaps,
			  queue->persist.limit / XBB_EVICT_SHARE + 1);
}

/*
 * Let the next event come. For one that brought nothing, Xen's code asks which
 * CPU it is on, in some versions under rcu_read_lock() alone: a preemptible
 * kernel with DEBUG_PREEMPT would then complain as often as a guest wants.
 */
static void xbb_thread_end_event(struct xbb_queue *queue)
{
	queue->eoi_due = false;
	if (queue->took) {
		xen_irq_lateeoi(queue->irq, 0);
	} else {
		migrate_disable();
		xen_irq_lateeoi(queue->irq, XEN_EOI_FLAG_SPURIOUS);
		migrate_enable();
	}
	queue->took = false;
}

/*
 * Done with the ring for now: let the next event come, or go on at once. If the
 * thread is to wait in the hypervisor the event that it has is not ended; then
 * what came since is forgotten before the look, not after.
 */
static void xbb_thread_rearm(struct xbb_queue *queue)
{
	bool polls = xbb_poll_may(queue);

	queue->more = false;
	if (polls)
		xen_clear_irq_pending(queue->irq);
	if (!xbb_thread_may_take(queue))
		return;
	if (xgh_ring_rearm(&queue->ring)) {
		queue->more = true;
		return;
	}
	if (queue->eoi_due && !polls)
		xbb_thread_end_event(queue);
}

/* Who waits for a time sleeps, as does who has and may take nothing. */
static bool xbb_thread_may_poll(const struct xbb_queue *queue)
{
	return xbb_poll_may(queue) &&
	       (queue->nr_live || xbb_thread_may_take(queue)) &&
	       xbb_thread_timeout(queue) == MAX_SCHEDULE_TIMEOUT &&
	       !xbb_thread_has_work(queue);
}

/* An event is not seen otherwise, for the channel is masked. */
static bool xbb_thread_look(struct xbb_queue *queue)
{
	/* Of no effect on the end-of-interrupt that is owed. */
	xen_clear_irq_pending(queue->irq);
	/* A barrier: who sends an event after that has pushed before. */
	if (xbb_thread_may_take(queue) && xgh_ring_rearm(&queue->ring))
		queue->more = true;
	return xbb_thread_has_work(queue);
}

/* Waits in the hypervisor; returns whether there is something to do. */
static bool xbb_thread_poll(struct xbb_queue *queue)
{
	struct xbb_poll poll;
	bool found;

	/* A barrier: who does not see us there has added what we look at. */
	if (!xbb_thread_may_poll(queue) ||
	    !xgh_block_begin(queue->evtchn.local))
		return false;
	xbb_poll_start(queue, &poll);
	do {
		if (!xbb_thread_has_work(queue))
			xgh_block_wait();
		xgh_block_leave();
		found = xbb_thread_look(queue);
	} while (!found && xbb_poll_goes_on(&poll) &&
		 xgh_block_begin(queue->evtchn.local));
	xbb_poll_end(queue, &poll, found);
	return found;
}

static void xbb_thread_sleep(struct xbb_queue *queue)
{
	/* It was kept for a wait in the hypervisor, which is over. */
	if (queue->eoi_due && queue->state == XBB_QUEUE_SERVING &&
	    !queue->more && xbb_thread_may_take(queue))
		xbb_thread_end_event(queue);

	/* A barrier: whoever saw us awake has added what we look at now. */
	set_current_state(TASK_IDLE | TASK_FREEZABLE);
	if (!xbb_thread_has_work(queue)) {
		xbb_window_pass(&queue->window);
		schedule_timeout(xbb_thread_timeout(queue));
		queue->slept_at = jiffies;
	}
	__set_current_state(TASK_RUNNING);
}

static void xbb_thread_wait(struct xbb_queue *queue)
{
	if (!timer_pending(&queue->tidy) && xbb_thread_has_unused(queue))
		mod_timer(&queue->tidy, jiffies + XBB_TIDY_INTERVAL);

	WRITE_ONCE(queue->awake, false);
	if (!xbb_thread_poll(queue))
		xbb_thread_sleep(queue);
	WRITE_ONCE(queue->awake, true);
	try_to_freeze();
	cond_resched();
}

/* What was taken is still done, unless nobody waits for it any more. */
static void xbb_thread_wind_up(struct xbb_queue *queue)
{
	bool abandoned = xbb_queue_is_abandoned(queue);

	queue->more = false;
	if (abandoned)
		xbb_sweep_abandon(queue);
	else
		xbb_sweep(queue);
	xgh_persist_reap(&queue->persist, &queue->unmaps, jiffies);
	if (abandoned || !queue->nr_live)
		xbb_unmap_abandon(queue);
	xbb_barrier_check(queue);
}

static void xbb_thread_round(struct xbb_queue *queue)
{
	unsigned long why = xbb_thread_take_wake(queue);

	if (unlikely(!xbb_owner_is(&queue->rings->owner, &queue->charged)))
		xbb_owner_assume(&queue->rings->owner, &queue->charged);
	xbb_complete(queue);
	xbb_thread_yield(queue);
	if (queue->state == XBB_QUEUE_STOPPING) {
		xbb_thread_wind_up(queue);
		return;
	}
	if (why & (BIT(XBB_WAKE_TIDY) | BIT(XBB_WAKE_SHRINK)) ||
	    queue->shrinking)
		xbb_thread_tidy(queue, why);
	if (!queue->broken)
		xbb_sweep(queue);
	/* What the disk has finished meanwhile needs no wake-up. */
	xbb_complete(queue);
	xbb_thread_rearm(queue);
	xbb_barrier_check(queue);
	if (queue->persist.full)
		xbb_thread_evict(queue);
	xbb_thread_yield(queue);
}

static void xbb_thread_serve(struct xbb_queue *queue)
{
	while (queue->state == XBB_QUEUE_SERVING ||
	       !xbb_thread_is_idle(queue)) {
		xbb_thread_wait(queue);
		xbb_thread_round(queue);
	}
}

/* The rings may stay for a while, but they need no pages. */
static void xbb_thread_drained(struct xbb_queue *queue)
{
	struct xbb_rings *rings = queue->rings;

	xbb_freeze_leave(queue);
	timer_delete_sync(&queue->tidy);
	xgh_pool_trim(&queue->ram_pool, 0);
	xgh_pool_trim(&queue->map_pool, 0);
	xbb_indirect_trim(queue, 0);
	xbb_share_close(&queue->share);
	xbb_owner_shed(&queue->charged);
	queue->state = XBB_QUEUE_DRAINED;
	if (atomic_dec_and_test(&rings->undrained))
		rings->schedule(rings);
}

static bool xbb_thread_must_refuse(const struct xbb_queue *queue)
{
	unsigned long why = READ_ONCE(queue->wake);

	if (why & BIT(XBB_WAKE_REFUSE))
		return true;
	return queue->state == XBB_QUEUE_REFUSING &&
	       (queue->more || why & BIT(XBB_WAKE_EVENT));
}

static void xbb_thread_rest(struct xbb_queue *queue)
{
	set_current_state(TASK_IDLE | TASK_FREEZABLE);
	if (!kthread_should_stop() && !xbb_thread_must_refuse(queue))
		schedule();
	__set_current_state(TASK_RUNNING);
	try_to_freeze();
	cond_resched();
}

/* There is no disk any more, but the guest may not have noticed. */
static void xbb_thread_refuse(struct xbb_queue *queue)
{
	xbb_thread_take_wake(queue);
	xbb_sweep_refuse(queue);
	xbb_complete(queue);
	xbb_thread_rearm(queue);
}

/**
 * xbb_thread() - serve a queue until it is destroyed
 * @data: the queue
 *
 * Context: A kernel thread of the queue's own.
 * Return: 0.
 */
int xbb_thread(void *data)
{
	struct xbb_queue *queue = data;

	/*
	 * Memory that is written back to a disk that we serve must not be
	 * waited for here. It is not undone: the thread ends with it.
	 */
	memalloc_noio_save();
	/* When dom0 is suspended the disks are, while guests may still run. */
	set_freezable();
	xbb_thread_serve(queue);
	xbb_thread_drained(queue);
	while (!kthread_should_stop()) {
		xbb_thread_rest(queue);
		if (xbb_thread_must_refuse(queue))
			xbb_thread_refuse(queue);
	}
	return 0;
}
