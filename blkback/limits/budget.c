// SPDX-License-Identifier: GPL-2.0
/* Owns the pages that disks and domains may use. */
#include "budget.h"
#include "params.h"
#include "ring/queue.h"
#include "device/vbd.h"

#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static LIST_HEAD(xbb_budget_domains);
static DEFINE_MUTEX(xbb_budget_domains_lock);

/**
 * xbb_budget_init() - make a budget of which nothing is used
 * @budget: the budget; all zero
 *
 * Context: Any.
 */
void xbb_budget_init(struct xbb_budget *budget)
{
	spin_lock_init(&budget->lock);
}

static struct xbb_budget *xbb_budget_find(domid_t domid)
{
	struct xbb_budget *budget;

	list_for_each_entry(budget, &xbb_budget_domains, entry)
		if (budget->domid == domid)
			return budget;
	budget = kzalloc(sizeof(*budget), GFP_KERNEL);
	if (!budget)
		return NULL;
	xbb_budget_init(budget);
	budget->domid = domid;
	list_add(&budget->entry, &xbb_budget_domains);
	return budget;
}

/**
 * xbb_budget_get_domain() - the budget that all disks of a domain share
 * @domid: the domain
 *
 * Context: Process. May sleep.
 * Return: the budget or NULL; give it back with xbb_budget_put_domain().
 */
struct xbb_budget *xbb_budget_get_domain(domid_t domid)
{
	struct xbb_budget *budget;

	mutex_lock(&xbb_budget_domains_lock);
	budget = xbb_budget_find(domid);
	if (budget)
		budget->refs++;
	mutex_unlock(&xbb_budget_domains_lock);
	return budget;
}

/**
 * xbb_budget_put_domain() - a disk of the domain has gone
 * @budget: from xbb_budget_get_domain()
 *
 * Context: Process. May sleep.
 */
void xbb_budget_put_domain(struct xbb_budget *budget)
{
	mutex_lock(&xbb_budget_domains_lock);
	if (!--budget->refs) {
		list_del(&budget->entry);
		kfree(budget);
	}
	mutex_unlock(&xbb_budget_domains_lock);
}

/**
 * xbb_budget_max() - most memory of either kind
 * @budget: the budget
 *
 * Context: Any.
 * Return: units of 4 KiB, as set; else a domain has what the module parameter
 * says, and a disk what its domain has.
 */
unsigned int xbb_budget_max(const struct xbb_budget *budget)
{
	unsigned int max = READ_ONCE(budget->max);

	if (max)
		return max;
	return budget->refs ? xbb_param_domain_pages() : UINT_MAX;
}

/* Signed, so that it can be given back with the same function. */
static void xbb_budget_use(struct xbb_budget *budget,
			   enum xbb_budget_kind kind, int pages)
{
	spin_lock(&budget->lock);
	budget->used[kind] += pages;
	spin_unlock(&budget->lock);
}

static bool xbb_budget_try(struct xbb_budget *budget,
			   enum xbb_budget_kind kind, unsigned int pages)
{
	bool enough;

	spin_lock(&budget->lock);
	enough = budget->used[kind] + pages <= xbb_budget_max(budget);
	if (enough)
		budget->used[kind] += pages;
	spin_unlock(&budget->lock);
	return enough;
}

static struct xgh_pool *xbb_budget_pool(struct xbb_queue *queue,
					enum xbb_budget_kind kind)
{
	return kind == XBB_BUDGET_MAP ? &queue->map_pool : &queue->ram_pool;
}

/* The largest request always finds room beside what stays mapped. */
static void xbb_budget_set_limit(struct xbb_queue *queue,
				 enum xbb_budget_kind kind, unsigned int limit)
{
	xbb_budget_pool(queue, kind)->limit = limit;
	if (kind == XBB_BUDGET_MAP)
		queue->persist.limit = min(queue->max_persist,
					   limit - min(limit, XBB_BUDGET_REQ));
}

/*
 * What a page counts for: each grant that is mapped takes a page of its own but
 * is of 4 KiB, ordinary pages may be larger.
 */
static unsigned int xbb_budget_unit(enum xbb_budget_kind kind)
{
	return kind == XBB_BUDGET_MAP ? 1 : XEN_PFN_PER_PAGE;
}

static void xbb_budget_resize(struct xbb_queue *queue,
			      enum xbb_budget_kind kind, unsigned int limit)
{
	int more = limit - xbb_budget_pool(queue, kind)->limit;

	more *= (int)xbb_budget_unit(kind);

	xbb_budget_use(&queue->vbd->budget, kind, more);
	xbb_budget_use(queue->vbd->domain, kind, more);
	xbb_budget_set_limit(queue, kind, limit);
}

/**
 * xbb_budget_open() - give a new queue what it has for its own
 * @queue: the queue; its pools are empty and their limit is 0
 * @persist: how many grants may stay mapped
 *
 * Context: Process; the vbd's work.
 */
void xbb_budget_open(struct xbb_queue *queue, unsigned int persist)
{
	queue->max_persist = persist;
	xbb_budget_resize(queue, XBB_BUDGET_MAP, XBB_BUDGET_FLOOR);
	xbb_budget_resize(queue, XBB_BUDGET_RAM,
			  XBB_BUDGET_FLOOR / XEN_PFN_PER_PAGE);
}

static bool xbb_budget_raise(struct xbb_queue *queue, enum xbb_budget_kind kind)
{
	struct xgh_pool *pool = xbb_budget_pool(queue, kind);
	unsigned int unit = xbb_budget_unit(kind);
	unsigned int step = min(XBB_BUDGET_STEP,
				XBB_QUEUE_PAGES - pool->limit * unit);

	if (!step)
		return false;
	if (!xbb_budget_try(&queue->vbd->budget, kind, step))
		return false;
	if (!xbb_budget_try(queue->vbd->domain, kind, step)) {
		xbb_budget_use(&queue->vbd->budget, kind, -step);
		return false;
	}
	xbb_budget_set_limit(queue, kind, pool->limit + step / unit);
	return true;
}

static bool xbb_budget_borrow_kind(struct xbb_queue *queue,
				   enum xbb_budget_kind kind)
{
	unsigned int room = xgh_pool_room(xbb_budget_pool(queue, kind));

	return room * xbb_budget_unit(kind) < XBB_BUDGET_STEP &&
	       xbb_budget_raise(queue, kind);
}

/**
 * xbb_budget_borrow() - a request found no pages
 * @queue: the queue; it looks again at once if it got more
 *
 * Context: The queue's thread.
 */
void xbb_budget_borrow(struct xbb_queue *queue)
{
	bool map = xbb_budget_borrow_kind(queue, XBB_BUDGET_MAP);
	bool ram = xbb_budget_borrow_kind(queue, XBB_BUDGET_RAM);

	if (map || ram)
		xbb_queue_nudge(queue);
	else
		queue->stats->pressure++;
}

/**
 * xbb_budget_keep() - more grants shall stay mapped
 * @queue: the queue
 * @nr: how many
 *
 * If there is no room for them, and none to be had, some will not.
 *
 * Context: The queue's thread.
 */
void xbb_budget_keep(struct xbb_queue *queue, unsigned int nr)
{
	const struct xgh_persist *store = &queue->persist;

	if (store->nr + nr > store->limit && store->limit < queue->max_persist)
		xbb_budget_raise(queue, XBB_BUDGET_MAP);
}

static void xbb_budget_return_kind(struct xbb_queue *queue,
				   enum xbb_budget_kind kind)
{
	struct xgh_pool *pool = xbb_budget_pool(queue, kind);
	unsigned int limit = max(2 * pool->in_use,
				 XBB_BUDGET_FLOOR / xbb_budget_unit(kind));

	if (limit < pool->limit)
		xbb_budget_resize(queue, kind, limit);
}

/**
 * xbb_budget_return() - give back what an idle queue has borrowed
 * @queue: the queue
 *
 * Context: The queue's thread.
 */
void xbb_budget_return(struct xbb_queue *queue)
{
	xbb_budget_return_kind(queue, XBB_BUDGET_MAP);
	xbb_budget_return_kind(queue, XBB_BUDGET_RAM);
}

/**
 * xbb_budget_close() - give everything back
 * @queue: a queue that is over
 *
 * Context: Process; the vbd's work.
 */
void xbb_budget_close(struct xbb_queue *queue)
{
	xbb_budget_resize(queue, XBB_BUDGET_MAP, 0);
	xbb_budget_resize(queue, XBB_BUDGET_RAM, 0);
}
