// SPDX-License-Identifier: GPL-2.0
/* Owns the life of a queue: its ring, event channel, memory and thread. */
#include "queue.h"
#include "indirect.h"
#include "left.h"
#include "request.h"
#include "rings.h"
#include "stats.h"
#include "thread.h"

#include "gnttab-helpers/domain.h"

#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <xen/events.h>

/* How long a guest that knows nothing waits for what cannot be unmapped. */
#define XBB_QUEUE_UNTOLD_MAX	(30 * HZ)
/* What a queue takes besides what it counts: its thread, batches, table. */
#define XBB_QUEUE_BYTES		SZ_64K

/* What others write, and what a queue counts, has cache lines of its own. */
#define XBB_LINE_OF(_field) \
	(offsetof(struct xbb_queue, _field) / SMP_CACHE_BYTES)
static_assert(XBB_LINE_OF(wake) == XBB_LINE_OF(awake));
static_assert(XBB_LINE_OF(stats) < XBB_LINE_OF(wake));
static_assert(XBB_LINE_OF(awake) < XBB_LINE_OF(state));
static_assert(sizeof(struct xbb_stats) % SMP_CACHE_BYTES == 0);

static irqreturn_t xbb_queue_interrupt(int irq, void *data)
{
	xbb_queue_wake(data, XBB_WAKE_EVENT);
	return IRQ_HANDLED;
}

static void xbb_queue_tidy_timer(struct timer_list *timer)
{
	xbb_queue_wake(container_of(timer, struct xbb_queue, tidy),
		       XBB_WAKE_TIDY);
}

static void xbb_queue_seat_again(struct xbb_seat *seat)
{
	xbb_queue_wake(container_of(seat, struct xbb_queue, share.seat),
		       XBB_WAKE_LOOK);
}

static int xbb_queue_map_ring(struct xbb_queue *queue,
			      const struct xbb_queue_conf *conf)
{
	grant_ref_t grefs[XENBUS_MAX_RING_GRANTS];
	int err;

	err = xgh_copy_await(queue->rings->otherend, conf->grefs,
			     conf->nr_pages, &queue->rings->leaving);
	if (err)
		return err;
	memcpy(grefs, conf->grefs, sizeof(grefs));
	err = xenbus_map_ring_valloc(queue->rings->xdev, grefs, conf->nr_pages,
				     &queue->ring_addr);
	if (err)
		return err;

	return xgh_ring_attach(&queue->ring, queue->ring_addr,
			       (size_t)conf->nr_pages * XEN_PAGE_SIZE,
			       queue->layout->request);
}

/* There is a request for each slot of the ring. */
static int xbb_queue_alloc_requests(struct xbb_queue *queue)
{
	unsigned int i;

	queue->reqs = kvcalloc(queue->ring.nr_slots, sizeof(*queue->reqs),
			       GFP_KERNEL);
	if (!queue->reqs)
		return -ENOMEM;
	if (xbb_indirect_prepare(queue))
		return -ENOMEM;
	for (i = 0; i < queue->ring.nr_slots; i++) {
		queue->reqs[i].queue = queue;
		queue->reqs[i].next = queue->free;
		queue->free = &queue->reqs[i];
	}
	return 0;
}

/* What the queue takes as long as it is there; the guest chose how much. */
static void xbb_queue_charge(struct xbb_queue *queue, unsigned int ring_pages)
{
	size_t bytes = XBB_QUEUE_BYTES + sizeof(struct xbb_indirect) +
		       queue->ring.nr_slots * sizeof(*queue->reqs);

	queue->fixed[XGH_POOL_MAP] = ring_pages;
	queue->fixed[XGH_POOL_RAM] = DIV_ROUND_UP(bytes, XEN_PAGE_SIZE);
	xgh_domain_charge_pages(queue->domain, XGH_POOL_MAP,
				queue->fixed[XGH_POOL_MAP], UINT_MAX);
	xgh_domain_charge_pages(queue->domain, XGH_POOL_RAM,
				queue->fixed[XGH_POOL_RAM], UINT_MAX);
}

static void xbb_queue_uncharge(struct xbb_queue *queue)
{
	xgh_domain_uncharge_pages(queue->domain, XGH_POOL_MAP,
				  queue->fixed[XGH_POOL_MAP]);
	xgh_domain_uncharge_pages(queue->domain, XGH_POOL_RAM,
				  queue->fixed[XGH_POOL_RAM]);
}

static int xbb_queue_alloc_grants(struct xbb_queue *queue, unsigned int persist)
{
	struct xbb_rings *rings = queue->rings;
	int err;

	err = xgh_persist_init(&queue->persist, persist);
	queue->share.max_persist = persist;
	xbb_share_open(&queue->share, &rings->budget);
	if (!err)
		err = xgh_map_batch_init(&queue->maps, rings->otherend,
					 XBB_BATCH_OPS);
	if (!err)
		err = xgh_unmap_batch_init(&queue->unmaps, &queue->map_pool,
					   XBB_BATCH_OPS);
	if (!err)
		err = xgh_copy_batch_init(&queue->copies, rings->otherend,
					  XBB_BATCH_OPS);
	queue->maps.tally = &queue->stats->maps;
	queue->unmaps.tally = &queue->stats->unmaps;
	queue->copies.tally = &queue->stats->copies;
	return err;
}

static int xbb_queue_connect(struct xbb_queue *queue,
			     const struct xbb_queue_conf *conf)
{
	struct xbb_rings *rings = queue->rings;
	struct task_struct *thread;
	int irq;

	thread = kthread_create(xbb_thread, queue, "%s-%u", rings->name,
				queue->index);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	queue->thread = thread;
	get_task_struct(thread);

	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(rings->xdev,
							    conf->evtchn,
							    xbb_queue_interrupt,
							    0, "blkif-backend",
							    queue);
	if (irq < 0)
		return irq;
	queue->irq = irq;
	/* If it is not found nothing waits in the hypervisor. */
	xgh_evtchn_find(&queue->evtchn, irq);
	return 0;
}

static void xbb_queue_init(struct xbb_queue *queue, struct xbb_rings *rings,
			   unsigned int index,
			   const struct xbb_queue_conf *conf)
{
	queue->rings = rings;
	queue->domain = rings->domain;
	queue->index = index;
	queue->layout = conf->layout;
	queue->evtchn.otherend = rings->otherend;
	queue->evtchn.remote = conf->evtchn;
	queue->stats = &rings->stats[index];
	init_llist_head(&queue->done);
	INIT_LIST_HEAD(&queue->paged_in);
	INIT_LIST_HEAD(&queue->later);
	INIT_LIST_HEAD(&queue->unmapping);
	timer_setup(&queue->tidy, xbb_queue_tidy_timer, 0);
	xgh_pool_init(&queue->map_pool, XGH_POOL_MAP);
	xgh_pool_init(&queue->ram_pool, XGH_POOL_RAM);
	xbb_share_init(&queue->share, xbb_queue_seat_again, xbb_left_held);
	queue->share.pools[XGH_POOL_MAP] = &queue->map_pool;
	queue->share.pools[XGH_POOL_RAM] = &queue->ram_pool;
	queue->share.persist = &queue->persist;
}

/**
 * xbb_queue_create() - attach to a ring
 * @rings: the rings that it belongs to
 * @index: number of the queue
 * @conf: what the frontend published; only syntax has been checked
 *
 * Requests are served from xbb_queue_run() on.
 *
 * Context: Process; the device's work. May sleep.
 * Return: the queue or an ERR_PTR.
 */
struct xbb_queue *xbb_queue_create(struct xbb_rings *rings, unsigned int index,
				   const struct xbb_queue_conf *conf)
{
	struct xbb_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	int err;

	if (!queue)
		return ERR_PTR(-ENOMEM);

	xbb_queue_init(queue, rings, index, conf);
	err = xbb_queue_map_ring(queue, conf);
	if (!err) {
		xbb_queue_charge(queue, conf->nr_pages);
		err = xbb_queue_alloc_requests(queue);
	}
	if (!err)
		err = xbb_queue_alloc_grants(queue, conf->persist);
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
 * Context: Process; the device's work.
 */
void xbb_queue_run(struct xbb_queue *queue)
{
	queue->more = true;
	/* A full barrier; pairs with xbb_queue_wake(). */
	smp_store_mb(queue->open, true);
	xbb_queue_nudge(queue);
}

/**
 * xbb_queue_stop() - take no more requests
 * @queue: a running queue
 * @abandon: nobody waits for those that were taken; else they are responded to,
 *	     and whoever attaches to the ring next finds it complete
 * @untold: the guest's driver does not know that its disk goes, and waits for a
 *	    response to each request nevertheless
 *
 * Returns at once. The device is told when all I/O is over.
 *
 * Context: Process; the device's work or its removal.
 */
void xbb_queue_stop(struct xbb_queue *queue, bool abandon, bool untold)
{
	queue->untold = untold;
	queue->untold_end = jiffies + XBB_QUEUE_UNTOLD_MAX;
	/* Pairs with xbb_unmap_may_forget(). */
	smp_store_release(&queue->abandoned, abandon);
	/* The bit is set with a full barrier in between. */
	smp_mb__before_atomic();
	xbb_queue_wake(queue, XBB_WAKE_STOP);
}

/**
 * xbb_queue_abandon() - nobody waits for responses any more
 * @queue: after xbb_queue_stop()
 *
 * Context: Process; the device's work.
 */
void xbb_queue_abandon(struct xbb_queue *queue)
{
	/* Pairs with xbb_unmap_may_forget(). */
	smp_store_release(&queue->abandoned, true);
	/* The bit is set with a full barrier in between. */
	smp_mb__before_atomic();
	xbb_queue_wake(queue, XBB_WAKE_LOOK);
}

/**
 * xbb_queue_refuse() - refuse whatever the frontend asks for from now on
 * @queue: a queue that has drained
 *
 * Context: Process; the device's work.
 */
void xbb_queue_refuse(struct xbb_queue *queue)
{
	if (queue->evtchn.local)
		xbb_queue_wake(queue, XBB_WAKE_REFUSE);
}

/**
 * xbb_queue_is_closed() - has the frontend closed its end?
 * @queue: after xbb_queue_refuse()
 *
 * Context: Process; the device's work.
 * Return: whether nobody will ask for anything any more.
 */
bool xbb_queue_is_closed(const struct xbb_queue *queue)
{
	return READ_ONCE(queue->broken) || !xgh_evtchn_is_open(&queue->evtchn);
}

/**
 * xbb_queue_destroy() - free everything
 * @queue: a queue that has drained, or was never run; however complete
 *
 * Context: Process; the device's work, a grace period after the drain. May
 * sleep.
 */
void xbb_queue_destroy(struct xbb_queue *queue)
{
	/* A thread that refuses uses the channel, which wakes the thread. */
	if (queue->thread)
		kthread_stop(queue->thread);
	if (queue->irq)
		unbind_from_irqhandler(queue->irq, queue);
	if (queue->thread)
		put_task_struct(queue->thread);
	if (queue->ring_addr)
		xenbus_unmap_ring_vfree(queue->rings->xdev, queue->ring_addr);
	xgh_persist_free(&queue->persist);
	xgh_copy_batch_free(&queue->copies);
	xgh_unmap_batch_free(&queue->unmaps);
	xgh_map_batch_free(&queue->maps);
	xbb_indirect_trim(queue, 0);
	xbb_share_close(&queue->share);
	xgh_pool_destroy(&queue->ram_pool);
	xgh_pool_destroy(&queue->map_pool);
	xbb_queue_uncharge(queue);
	kvfree(queue->reqs);
	kfree(queue);
}
