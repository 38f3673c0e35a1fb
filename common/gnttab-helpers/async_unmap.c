// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the unmaps that wait. Each set has a work of its own, which looks at
 * the pages and comes back later if one of them is busy.
 *
 * A set is WAITING until either the work has unmapped it (DONE: the owner is
 * told and frees it) or the owner has gone (ABANDONED: the work frees it).
 */
#include "async_unmap.h"
#include "domain.h"
#include "xgh_internal.h"

enum {
	XGH_ASYNC_WAITING,
	XGH_ASYNC_DONE,
	XGH_ASYNC_ABANDONED,
};

static struct workqueue_struct *xgh_async_wq;

static void xgh_async_unmap_free(struct xgh_async_unmap *set)
{
	xgh_domain_uncharge_waiting(set->domain, set->charged);
	xgh_domain_put(set->domain);
	xgh_unmap_batch_free(&set->unmaps);
	kfree(set);
}

static void xgh_async_unmap_wait(struct xgh_async_unmap *set)
{
	unsigned int ms = ++set->looks * XGH_ASYNC_UNMAP_STEP_MS;

	queue_delayed_work(xgh_async_wq, &set->work, msecs_to_jiffies(ms));
}

/* The owner has gone: nobody will ask for these pages again. */
static void xgh_async_unmap_bury(struct xgh_async_unmap *set)
{
	set->unmaps.pool = NULL;
	xgh_unmap_batch_settle(&set->unmaps);
	xgh_async_unmap_free(set);
	/* Unloading waits until this work has returned, see the exit. */
	module_put(THIS_MODULE);
}

static void xgh_async_unmap_work(struct work_struct *work)
{
	struct xgh_async_unmap *set = container_of(to_delayed_work(work),
						   struct xgh_async_unmap,
						   work);

	atomic64_inc(&set->domain->looks);
	if (xgh_unmap_batch_is_busy(&set->unmaps)) {
		xgh_async_unmap_wait(set);
		return;
	}
	xgh_unmap_batch_issue(&set->unmaps);

	/* So that a grace period is enough for the owner to be gone. */
	rcu_read_lock();
	if (atomic_cmpxchg(&set->state, XGH_ASYNC_WAITING,
			   XGH_ASYNC_DONE) == XGH_ASYNC_WAITING) {
		set->done(set);
		set = NULL;
	}
	rcu_read_unlock();
	if (set)
		xgh_async_unmap_bury(set);
}

/**
 * xgh_async_unmap_alloc() - make an empty set
 * @domain: granted the pages
 * @pool: where they come from and go back to
 * @max: how many there will be, at least 1
 * @leaving: the owner goes, and will abandon the set at once: that too much is
 *	     waiting already does not matter then, for the pages are mapped
 *	     either way and nobody would be left to unmap them
 *
 * Context: Process; may be on the way of I/O. May sleep.
 * Return: the set, or NULL if there is no memory or too much of the domain is
 * waiting already; only time helps.
 */
struct xgh_async_unmap *xgh_async_unmap_alloc(struct xgh_domain *domain,
					      struct xgh_pool *pool,
					      unsigned int max, bool leaving)
{
	unsigned int noio = memalloc_noio_save();
	struct xgh_async_unmap *set;

	set = kzalloc(sizeof(*set), GFP_KERNEL);
	if (!set || xgh_unmap_batch_init(&set->unmaps, pool, max))
		goto err_set;
	if (!xgh_domain_charge_waiting(domain, max, leaving))
		goto err_batch;
	memalloc_noio_restore(noio);

	set->charged = max;
	set->domain = xgh_domain_again(domain);
	atomic_set(&set->state, XGH_ASYNC_WAITING);
	INIT_DELAYED_WORK(&set->work, xgh_async_unmap_work);
	return set;

err_batch:
	xgh_unmap_batch_free(&set->unmaps);
err_set:
	kfree(set);
	memalloc_noio_restore(noio);
	return NULL;
}
EXPORT_SYMBOL_GPL(xgh_async_unmap_alloc);

/**
 * xgh_async_unmap_abandon() - go away without waiting
 * @set: a set that was started with somebody to tell
 *
 * Context: Process; owner of the set and of the pool.
 * Return: true if nobody will be told and the set is the owner's no more: its
 * pages have left the pool. False if it is too late for that, done() has been
 * called or is about to.
 */
bool xgh_async_unmap_abandon(struct xgh_async_unmap *set)
{
	struct xgh_pool *pool = set->unmaps.pool;
	unsigned int nr = set->unmaps.nr;

	/* Our caller depends on this module, so it is alive. */
	__module_get(THIS_MODULE);
	atomic64_add(nr, &set->domain->abandoned);
	if (atomic_cmpxchg(&set->state, XGH_ASYNC_WAITING,
			   XGH_ASYNC_ABANDONED) == XGH_ASYNC_WAITING) {
		xgh_pool_part(pool, nr);
		return true;
	}
	atomic64_sub(nr, &set->domain->abandoned);
	module_put(THIS_MODULE);
	return false;
}
EXPORT_SYMBOL_GPL(xgh_async_unmap_abandon);

/**
 * xgh_async_unmap_start() - unmap the set when nobody looks at it any more
 * @set: the set, not empty
 * @done: called when all of it is unmapped, within an RCU read section: it
 *	  must not sleep. It, or whoever it tells, calls
 *	  xgh_async_unmap_finish() in process context. NULL to abandon the
 *	  set at once
 *
 * Context: Process; owner of the set and of the pool.
 */
void xgh_async_unmap_start(struct xgh_async_unmap *set,
			   void (*done)(struct xgh_async_unmap *set))
{
	set->done = done;
	atomic64_add(set->unmaps.nr, &set->domain->deferred);
	if (!done)
		xgh_async_unmap_abandon(set);
	xgh_async_unmap_wait(set);
}
EXPORT_SYMBOL_GPL(xgh_async_unmap_start);

/**
 * xgh_async_unmap_finish() - give the pages back to their pool, free the set
 * @set: the set; its done() has been called
 *
 * Context: Process; owner of the pool. May sleep.
 */
void xgh_async_unmap_finish(struct xgh_async_unmap *set)
{
	xgh_unmap_batch_settle(&set->unmaps);
	xgh_async_unmap_free(set);
}
EXPORT_SYMBOL_GPL(xgh_async_unmap_finish);

/**
 * xgh_async_unmap_init() - prepare what all sets share
 *
 * Context: Process; module init.
 * Return: 0 or -ENOMEM.
 */
int xgh_async_unmap_init(void)
{
	xgh_async_wq = alloc_workqueue("xen-async-unmap",
				       WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return xgh_async_wq ? 0 : -ENOMEM;
}

/**
 * xgh_async_unmap_exit() - undo xgh_async_unmap_init()
 *
 * No set is left, since each holds the module or has an owner that does; the
 * last work may still be about to return.
 *
 * Context: Process; module exit. May sleep.
 */
void xgh_async_unmap_exit(void)
{
	destroy_workqueue(xgh_async_wq);
}
