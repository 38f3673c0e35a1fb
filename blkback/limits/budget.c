// SPDX-License-Identifier: GPL-2.0
/* Owns the pages that a disk may use, and the seats of its queues. */
#include "budget.h"
#include "params.h"

#include "gnttab-helpers/domain.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>

/* How long seats stay as they are while others wait for one. */
#define XBB_SEAT_TURN		msecs_to_jiffies(20)

/**
 * xbb_budget_init() - make a budget of which nothing is used
 * @budget: the budget; all zero
 * @domain: the guest, which stays longer
 *
 * Context: Any.
 */
void xbb_budget_init(struct xbb_budget *budget, struct xgh_domain *domain)
{
	spin_lock_init(&budget->lock);
	INIT_LIST_HEAD(&budget->waiting);
	budget->domain = domain;
}

/**
 * xbb_budget_max() - most memory of either kind
 * @budget: the budget
 *
 * Context: Any.
 * Return: units of 4 KiB, as set; else it is the guest's budget that counts.
 */
unsigned int xbb_budget_max(const struct xbb_budget *budget)
{
	return READ_ONCE(budget->max) ?: UINT_MAX;
}

static unsigned int xbb_budget_beyond(unsigned int used, unsigned int most)
{
	return used - min(used, most);
}

/**
 * xbb_budget_excess() - how much more is used than may be by now?
 * @budget: the budget
 * @kind: of which kind
 *
 * It may have been lowered, or a disk have had its first seat.
 *
 * Context: Any; without the lock it is a moment's answer.
 * Return: units of 4 KiB that disk or guest, whichever has more of them, holds
 * beyond what it may.
 */
unsigned int xbb_budget_excess(const struct xbb_budget *budget,
			       enum xgh_pool_kind kind)
{
	unsigned int all = atomic_read(&budget->domain->pages[kind]);

	return max(xbb_budget_beyond(READ_ONCE(budget->used[kind]),
				     xbb_budget_max(budget)),
		   xbb_budget_beyond(all, xbb_param_domain_pages()));
}

static bool xbb_budget_add(struct xbb_budget *budget, enum xgh_pool_kind kind,
			   unsigned int pages, bool anyway)
{
	unsigned int most = anyway ? UINT_MAX : xbb_param_domain_pages();

	if (!anyway && budget->used[kind] + pages > xbb_budget_max(budget))
		return false;
	if (!xgh_domain_charge_pages(budget->domain, kind, pages, most))
		return false;
	budget->used[kind] += pages;
	return true;
}

static void xbb_budget_sub(struct xbb_budget *budget, enum xgh_pool_kind kind,
			   unsigned int pages)
{
	xgh_domain_uncharge_pages(budget->domain, kind, pages);
	budget->used[kind] -= pages;
}

/* The first of those that wait may have more luck now. */
static void xbb_budget_call(struct xbb_budget *budget)
{
	struct xbb_seat *seat = list_first_entry_or_null(&budget->waiting,
							 struct xbb_seat, node);

	if (seat)
		seat->again(seat);
}

/**
 * xbb_budget_charge() - count pages if disk and guest may have them
 * @budget: the budget
 * @kind: of which kind
 * @pages: units of 4 KiB
 * @anyway: count them if they may not, too
 *
 * Context: Process.
 * Return: whether they were counted.
 */
bool xbb_budget_charge(struct xbb_budget *budget, enum xgh_pool_kind kind,
		       unsigned int pages, bool anyway)
{
	bool enough;

	spin_lock(&budget->lock);
	enough = xbb_budget_add(budget, kind, pages, anyway);
	spin_unlock(&budget->lock);
	return enough;
}

/**
 * xbb_budget_uncharge() - give pages back
 * @budget: the budget
 * @kind: as they were charged
 * @pages: units of 4 KiB
 *
 * Context: Process.
 */
void xbb_budget_uncharge(struct xbb_budget *budget, enum xgh_pool_kind kind,
			 unsigned int pages)
{
	spin_lock(&budget->lock);
	xbb_budget_sub(budget, kind, pages);
	xbb_budget_call(budget);
	spin_unlock(&budget->lock);
}

/* Those who came first are served first; a disk always has one seat. */
static bool xbb_budget_add_seat(struct xbb_budget *budget,
				const struct xbb_seat *seat)
{
	bool anyway = !budget->nr_seats;

	if (!list_empty(&budget->waiting) &&
	    !list_is_first(&seat->node, &budget->waiting))
		return false;
	if (!xbb_budget_add(budget, XGH_POOL_MAP, XBB_BUDGET_SEAT, anyway))
		return false;
	if (xbb_budget_add(budget, XGH_POOL_RAM, XBB_BUDGET_SEAT, anyway))
		return true;
	xbb_budget_sub(budget, XGH_POOL_MAP, XBB_BUDGET_SEAT);
	return false;
}

static void xbb_budget_wait(struct xbb_budget *budget, struct xbb_seat *seat)
{
	if (!list_empty(&seat->node))
		return;
	if (list_empty(&budget->waiting))
		budget->stuck_since = jiffies;
	list_add_tail(&seat->node, &budget->waiting);
}

/**
 * xbb_budget_sit() - have a seat, or wait for one
 * @budget: of the disk
 * @seat: not taken
 *
 * A seat is charged with XBB_BUDGET_SEAT of either kind, beyond all limits if
 * nobody else has one. Whoever waits is told when to ask again.
 *
 * Context: Process; the queue's thread.
 * Return: whether it is taken now.
 */
bool xbb_budget_sit(struct xbb_budget *budget, struct xbb_seat *seat)
{
	spin_lock(&budget->lock);
	if (xbb_budget_add_seat(budget, seat)) {
		list_del_init(&seat->node);
		budget->nr_seats++;
		budget->stuck_since = jiffies;
		seat->taken = true;
		xbb_budget_call(budget);
	} else {
		xbb_budget_wait(budget, seat);
	}
	spin_unlock(&budget->lock);
	return seat->taken;
}

/**
 * xbb_budget_leave() - let others have the seat, or wait no longer
 * @budget: of the disk
 * @seat: taken, with all that it was charged with given back; or not
 *
 * Context: Process; the queue's thread, or whoever destroys the queue.
 */
void xbb_budget_leave(struct xbb_budget *budget, struct xbb_seat *seat)
{
	spin_lock(&budget->lock);
	budget->nr_seats -= seat->taken;
	seat->taken = false;
	list_del_init(&seat->node);
	xbb_budget_call(budget);
	spin_unlock(&budget->lock);
}

/**
 * xbb_budget_end_turn() - is it somebody else's turn?
 * @budget: of the disk
 *
 * One seat is enough for who waits. If nothing has come of it when another turn
 * is over, the next who asks leaves, too.
 *
 * Context: Process; the thread of a queue that has a seat, and has not been
 * told to leave it.
 * Return: whether queues wait, it does not help that all others have as little
 * as they can, and the caller is the one that shall leave its seat.
 */
bool xbb_budget_end_turn(struct xbb_budget *budget)
{
	bool over;

	spin_lock(&budget->lock);
	over = !list_empty(&budget->waiting) &&
	       time_after_eq(jiffies, budget->stuck_since + XBB_SEAT_TURN);
	if (over)
		budget->stuck_since = jiffies;
	spin_unlock(&budget->lock);
	return over;
}

/**
 * xbb_budget_strand() - may a queue leave its seat with pages in use?
 * @budget: of the disk
 *
 * They stay charged, but as a disk always has one seat they may be beyond the
 * budgets: by XBB_BUDGET_STRANDED seats at most.
 *
 * Context: Process; the queue's thread.
 * Return: whether; then xbb_budget_unstrand() is owed.
 */
bool xbb_budget_strand(struct xbb_budget *budget)
{
	bool may;

	spin_lock(&budget->lock);
	may = budget->nr_stranded < XBB_BUDGET_STRANDED;
	budget->nr_stranded += may;
	spin_unlock(&budget->lock);
	return may;
}

/**
 * xbb_budget_unstrand() - they have come back
 * @budget: of the disk
 *
 * Context: Process; the queue's thread, or whoever destroys the queue.
 */
void xbb_budget_unstrand(struct xbb_budget *budget)
{
	spin_lock(&budget->lock);
	budget->nr_stranded--;
	spin_unlock(&budget->lock);
}
