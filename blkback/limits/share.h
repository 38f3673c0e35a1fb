/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one queue may hold of the budgets of its disk and of its guest: a seat,
 * which is enough for the largest request, and what it borrows beyond that when
 * a request finds no pages. It gives back when it is idle, when others of its
 * disk wait for a seat, or as much as is held beyond a budget. Whoever gets no
 * more waits for its own requests to end, so a greedy guest slows itself down
 * and nobody else.
 */
#ifndef XBB_SHARE_H
#define XBB_SHARE_H

#include <linux/types.h>

#include "budget.h"

struct xgh_persist;
struct xgh_pool;

/* The step in which a share grows, in units of 4 KiB. */
#define XBB_SHARE_STEP		256u

/**
 * struct xbb_share - the share of a queue
 */
struct xbb_share {
	/** @disk: the budget of its disk, NULL while the share is closed */
	struct xbb_budget *disk;
	/** @seat: its right to hold pages */
	struct xbb_seat seat;
	/** @leaving: it is another's turn: takes no requests, ends its own */
	bool leaving;
	/** @leave_by: when it leaves without their end, in jiffies */
	unsigned long leave_by;
	/** @stranded: it has done so, and they have not ended */
	bool stranded;
	/**
	 * @left: of each kind, pages of requests whose end it no longer waits
	 * for; not those that are lost
	 */
	unsigned int left[XGH_POOL_KINDS];
	/** @held: how many of these there still are at most */
	unsigned int (*held)(const struct xbb_share *share,
			     enum xgh_pool_kind kind);
	/** @pools: of each kind: the pool whose limit is the share */
	struct xgh_pool *pools[XGH_POOL_KINDS];
	/** @persist: grants that stay mapped, which are part of it */
	struct xgh_persist *persist;
	/** @max_persist: most grants that stay mapped, if there is room */
	unsigned int max_persist;
};

void xbb_share_init(struct xbb_share *share,
		    void (*again)(struct xbb_seat *seat),
		    unsigned int (*held)(const struct xbb_share *share,
					 enum xgh_pool_kind kind));
void xbb_share_open(struct xbb_share *share, struct xbb_budget *disk);
bool xbb_share_is_beyond(const struct xbb_share *share);
bool xbb_share_grow(struct xbb_share *share);
void xbb_share_keep(struct xbb_share *share, unsigned int nr);
unsigned int xbb_share_unkept(const struct xbb_share *share);
unsigned int xbb_share_unkept_spare(const struct xbb_share *share);
bool xbb_share_yield(struct xbb_share *share, bool starved);
void xbb_share_forgo(struct xbb_share *share);
void xbb_share_shrink(struct xbb_share *share);
void xbb_share_settle(struct xbb_share *share);
void xbb_share_forget_peak(struct xbb_share *share);
void xbb_share_close(struct xbb_share *share);

/**
 * xbb_share_waits() - does the queue wait for a seat?
 * @share: the share
 *
 * Context: The queue's thread.
 * Return: whether.
 */
static inline bool xbb_share_waits(const struct xbb_share *share)
{
	return !list_empty(&share->seat.node);
}

/**
 * xbb_share_must_settle() - is xbb_share_settle() due?
 * @share: the share
 *
 * Context: The queue's thread.
 * Return: whether it has left a seat with pages in use.
 */
static inline bool xbb_share_must_settle(const struct xbb_share *share)
{
	return share->stranded;
}

/**
 * xbb_share_is_first() - is the queue the next to have a seat?
 * @share: the share
 *
 * Context: The queue's thread.
 * Return: whether it waits, and nobody has waited for longer.
 */
static inline bool xbb_share_is_first(const struct xbb_share *share)
{
	return READ_ONCE(share->disk->waiting.next) == &share->seat.node;
}

/**
 * xbb_share_must_yield() - is xbb_share_yield() due?
 * @share: the share
 *
 * Context: The queue's thread.
 * Return: whether others wait while this one has a seat, or it has borrowed
 * more than it may by now.
 */
static inline bool xbb_share_must_yield(const struct xbb_share *share)
{
	return share->seat.taken &&
	       (share->leaving || xbb_budget_is_wanted(share->disk) ||
		xbb_share_is_beyond(share));
}

#endif /* XBB_SHARE_H */
