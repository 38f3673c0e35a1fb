/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How much memory the requests of a disk may hold, and which of its queues may
 * have some. All of it counts for the guest, too, whatever disks it has.
 *
 * A queue has a seat, with enough for the largest request, or none and then no
 * pages at all. There are as many seats as the budgets allow, and one at least,
 * so that a disk is always served, however many queues its frontend has.
 */
#ifndef XBB_BUDGET_H
#define XBB_BUDGET_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "gnttab-helpers/pool.h"

struct xgh_domain;

/* All is counted in units of 4 KiB. A seat is more than any request takes. */
#define XBB_BUDGET_SEAT		288u

/* So many queues of a disk may leave their seats with pages in use. */
#define XBB_BUDGET_STRANDED	8u

/**
 * struct xbb_seat - a queue's right to hold pages
 */
struct xbb_seat {
	/** @node: in the disk's list while it waits */
	struct list_head node;
	/** @taken: the queue has it; changed by the queue's thread alone */
	bool taken;
	/** @again: it may be there now: called with the disk's lock held */
	void (*again)(struct xbb_seat *seat);
};

/**
 * struct xbb_budget - of a disk
 */
struct xbb_budget {
	/** @lock: guards all but @max */
	spinlock_t lock;
	/** @domain: the guest */
	struct xgh_domain *domain;
	/** @used: what queues may hold now, in units of 4 KiB */
	unsigned int used[XGH_POOL_KINDS];
	/** @max: most of either kind, as set; 0: not set */
	unsigned int max;
	/** @nr_seats: how many are taken */
	unsigned int nr_seats;
	/** @nr_stranded: queues that have left one with pages in use */
	unsigned int nr_stranded;
	/** @waiting: seats of queues that wait for one, in order */
	struct list_head waiting;
	/**
	 * @stuck_since: when one was given last, or first waited for, or
	 * somebody was told to leave
	 */
	unsigned long stuck_since;
};

void xbb_budget_init(struct xbb_budget *budget, struct xgh_domain *domain);
unsigned int xbb_budget_max(const struct xbb_budget *budget);
unsigned int xbb_budget_excess(const struct xbb_budget *budget,
			       enum xgh_pool_kind kind);
bool xbb_budget_charge(struct xbb_budget *budget, enum xgh_pool_kind kind,
		       unsigned int pages, bool anyway);
void xbb_budget_uncharge(struct xbb_budget *budget, enum xgh_pool_kind kind,
			 unsigned int pages);
bool xbb_budget_sit(struct xbb_budget *budget, struct xbb_seat *seat);
void xbb_budget_leave(struct xbb_budget *budget, struct xbb_seat *seat);
bool xbb_budget_end_turn(struct xbb_budget *budget);
bool xbb_budget_strand(struct xbb_budget *budget);
void xbb_budget_unstrand(struct xbb_budget *budget);

/**
 * xbb_budget_is_wanted() - do queues wait for a seat?
 * @budget: of their disk
 *
 * Context: Any.
 * Return: whether; then all others are to have as little as they can.
 */
static inline bool xbb_budget_is_wanted(const struct xbb_budget *budget)
{
	return !list_empty(&budget->waiting);
}

#endif /* XBB_BUDGET_H */
