// SPDX-License-Identifier: GPL-2.0
/* Owns what a queue holds of the budgets of its disk and of its guest. */
#include "share.h"
#include "params.h"

#include "gnttab-helpers/persist.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>

#include <xen/page.h>

/* How long a queue that is to leave its seat waits for its requests. */
#define XBB_SHARE_PATIENCE	HZ

/*
 * What a page counts for: each grant that is mapped takes a page of its own but
 * is of 4 KiB, ordinary pages may be larger.
 */
static unsigned int xbb_share_unit(enum xgh_pool_kind kind)
{
	return kind == XGH_POOL_MAP ? 1 : XEN_PFN_PER_PAGE;
}

/*
 * Pages of a pool that take no seat: lost ones are in use for ever, others
 * perhaps for long.
 */
static unsigned int xbb_share_left(const struct xbb_share *share,
				   enum xgh_pool_kind kind)
{
	return share->left[kind] + share->pools[kind]->lost;
}

/* Pages that may come back. */
static unsigned int xbb_share_out(const struct xbb_share *share,
				  enum xgh_pool_kind kind)
{
	return share->pools[kind]->in_use - share->pools[kind]->lost;
}

static unsigned int xbb_share_seat(const struct xbb_share *share,
				   enum xgh_pool_kind kind)
{
	return xbb_share_left(share, kind) +
	       XBB_BUDGET_SEAT / xbb_share_unit(kind);
}

/* The largest request always finds room beside what stays mapped. */
static void xbb_share_set_limit(struct xbb_share *share,
				enum xgh_pool_kind kind, unsigned int limit)
{
	share->pools[kind]->limit = limit;
	if (kind == XGH_POOL_MAP)
		share->persist->limit = min(share->max_persist, limit -
					    min(limit, xbb_share_seat(share,
								      kind)));
}

/* What rests in a pool counts as long as it does. */
static void xbb_share_lower(struct xbb_share *share, enum xgh_pool_kind kind,
			    unsigned int limit)
{
	struct xgh_pool *pool = share->pools[kind];
	unsigned int less;

	limit = max(limit, pool->in_use);
	if (limit >= pool->limit)
		return;
	less = pool->limit - limit;
	xgh_pool_trim(pool, limit - pool->in_use);
	xbb_share_set_limit(share, kind, limit);
	xbb_budget_uncharge(share->disk, kind, less * xbb_share_unit(kind));
}

static unsigned int xbb_share_borrowed(const struct xbb_share *share,
				       enum xgh_pool_kind kind)
{
	unsigned int limit = share->pools[kind]->limit;

	return limit - min(limit, xbb_share_seat(share, kind));
}

static bool xbb_share_gives_all(const struct xbb_share *share)
{
	return share->leaving || xbb_budget_is_wanted(share->disk);
}

/*
 * Who waits for a seat has all that was borrowed. Where it is only that more is
 * held than may be by now, that much of this kind is given back: the queue
 * would have to ask for the rest again, and map anew what had stayed mapped.
 */
static unsigned int xbb_share_surplus(const struct xbb_share *share,
				      enum xgh_pool_kind kind)
{
	unsigned int most = xbb_share_borrowed(share, kind);
	unsigned int excess;

	if (xbb_share_gives_all(share))
		return most;
	excess = xbb_budget_excess(share->disk, kind);
	return min(most, DIV_ROUND_UP(excess, xbb_share_unit(kind)));
}

static void xbb_share_yield_kind(struct xbb_share *share,
				 enum xgh_pool_kind kind)
{
	xbb_share_lower(share, kind, share->leaving ? 0 :
			share->pools[kind]->limit -
			xbb_share_surplus(share, kind));
}

static bool xbb_share_uses(const struct xbb_share *share,
			   enum xgh_pool_kind kind)
{
	return share->pools[kind]->in_use > xbb_share_left(share, kind);
}

static bool xbb_share_is_unused(const struct xbb_share *share)
{
	return !xbb_share_uses(share, XGH_POOL_MAP) &&
	       !xbb_share_uses(share, XGH_POOL_RAM);
}

static void xbb_share_drop(struct xbb_share *share)
{
	xbb_share_lower(share, XGH_POOL_MAP, 0);
	xbb_share_lower(share, XGH_POOL_RAM, 0);
}

static void xbb_share_leave(struct xbb_share *share)
{
	xbb_share_drop(share);
	share->leaving = false;
	xbb_budget_leave(share->disk, &share->seat);
}

/* Have all requests ended that were left? */
static bool xbb_share_is_over(const struct xbb_share *share)
{
	return !share->left[XGH_POOL_MAP] && !share->left[XGH_POOL_RAM];
}

/*
 * What has ended since is left no longer, whatever else is in use by now. Of a
 * grant that two requests use the queue says more than there is.
 */
static void xbb_share_count_left(struct xbb_share *share)
{
	unsigned int kind;

	if (!share->stranded)
		return;
	for (kind = 0; kind < XGH_POOL_KINDS; kind++)
		share->left[kind] = min3(share->left[kind],
					 xbb_share_out(share, kind),
					 share->held(share, kind));
	if (!xbb_share_is_over(share))
		return;
	share->stranded = false;
	xbb_budget_unstrand(share->disk);
}

/*
 * A request that the disk does not end, or a page that a socket keeps, must not
 * take the seat from all other queues. Only so many, and once until they have
 * ended: what is left is beyond the budgets.
 */
static bool xbb_share_strand(struct xbb_share *share)
{
	unsigned int kind;

	if (share->stranded || time_before(jiffies, share->leave_by) ||
	    !xbb_budget_strand(share->disk))
		return false;
	share->stranded = true;
	for (kind = 0; kind < XGH_POOL_KINDS; kind++)
		share->left[kind] = xbb_share_out(share, kind);
	return true;
}

/**
 * xbb_share_settle() - see which of the requests that were left have ended
 * @share: the share, no grant stays mapped that could go
 *
 * What they had is given back by one without a seat; one with a seat has it.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_share_settle(struct xbb_share *share)
{
	xbb_share_count_left(share);
	if (!share->seat.taken)
		xbb_share_drop(share);
}

/**
 * xbb_share_init() - prepare a share that is closed
 * @share: the share; all zero
 * @again: told when a request that found no pages may find some
 * @held: how many pages those requests still hold that it was told were left
 *
 * Context: Any.
 */
void xbb_share_init(struct xbb_share *share,
		    void (*again)(struct xbb_seat *seat),
		    unsigned int (*held)(const struct xbb_share *share,
					 enum xgh_pool_kind kind))
{
	INIT_LIST_HEAD(&share->seat.node);
	share->seat.again = again;
	share->held = held;
}

/**
 * xbb_share_open() - begin with nothing
 * @share: the share; its pools, which are empty and have the limit 0, its
 *	   grants that stay mapped, and how many these may be are set
 * @disk: the budget of the disk
 *
 * Context: Process.
 */
void xbb_share_open(struct xbb_share *share, struct xbb_budget *disk)
{
	share->disk = disk;
	xbb_share_set_limit(share, XGH_POOL_MAP, 0);
}

/* What is in use without a seat is charged beside it. */
static void xbb_share_sit_on(struct xbb_share *share, enum xgh_pool_kind kind)
{
	xbb_share_set_limit(share, kind, share->pools[kind]->limit +
			    XBB_BUDGET_SEAT / xbb_share_unit(kind));
}

static bool xbb_share_sit(struct xbb_share *share)
{
	if (!xbb_budget_sit(share->disk, &share->seat))
		return false;
	xbb_share_count_left(share);
	xbb_share_drop(share);
	xbb_share_sit_on(share, XGH_POOL_MAP);
	xbb_share_sit_on(share, XGH_POOL_RAM);
	return true;
}

static bool xbb_share_is_beyond_in(const struct xbb_share *share,
				   enum xgh_pool_kind kind)
{
	return xbb_share_borrowed(share, kind) &&
	       xbb_budget_excess(share->disk, kind);
}

/**
 * xbb_share_is_beyond() - is what was borrowed more than there is by now?
 * @share: the share, with a seat
 *
 * A seat is never too much: without one nothing is served. What was borrowed of
 * one kind is not asked for where the other is too much: it would be had again
 * at once.
 *
 * Context: The queue's thread.
 * Return: whether there is something to give back.
 */
bool xbb_share_is_beyond(const struct xbb_share *share)
{
	return xbb_share_is_beyond_in(share, XGH_POOL_MAP) ||
	       xbb_share_is_beyond_in(share, XGH_POOL_RAM);
}

static bool xbb_share_raise(struct xbb_share *share, enum xgh_pool_kind kind)
{
	struct xgh_pool *pool = share->pools[kind];
	unsigned int unit = xbb_share_unit(kind);
	unsigned int step;

	if (!share->seat.taken || xbb_share_must_yield(share))
		return false;
	step = min(XBB_SHARE_STEP, XBB_QUEUE_PAGES -
				   min(XBB_QUEUE_PAGES, pool->limit * unit));
	if (!step || !xbb_budget_charge(share->disk, kind, step, false))
		return false;
	xbb_share_set_limit(share, kind, pool->limit + step / unit);
	return true;
}

static bool xbb_share_grow_kind(struct xbb_share *share,
				enum xgh_pool_kind kind)
{
	unsigned int room = xgh_pool_room(share->pools[kind]);

	return room * xbb_share_unit(kind) < XBB_SHARE_STEP &&
	       xbb_share_raise(share, kind);
}

/**
 * xbb_share_grow() - a request finds no pages: ask for more
 * @share: the share
 *
 * Context: The queue's thread.
 * Return: whether there are more now, of either kind.
 */
bool xbb_share_grow(struct xbb_share *share)
{
	bool map, ram;

	if (!share->seat.taken)
		return xbb_share_sit(share);
	/* Pages that were lost since take room from grants that stay. */
	xbb_share_set_limit(share, XGH_POOL_MAP,
			    share->pools[XGH_POOL_MAP]->limit);
	map = xbb_share_grow_kind(share, XGH_POOL_MAP);
	ram = xbb_share_grow_kind(share, XGH_POOL_RAM);
	return map || ram;
}

/**
 * xbb_share_keep() - more grants are to stay mapped
 * @share: the share
 * @nr: how many
 *
 * If there is no room for them, and none to be had, some will not.
 *
 * Context: The queue's thread.
 */
void xbb_share_keep(struct xbb_share *share, unsigned int nr)
{
	const struct xgh_persist *store = share->persist;

	if (store->nr + nr > store->limit && store->limit < share->max_persist)
		xbb_share_raise(share, XGH_POOL_MAP);
}

/**
 * xbb_share_unkept() - how many grants are to stay mapped no longer?
 * @share: the share, for which xbb_share_yield() is due
 *
 * Context: The queue's thread.
 * Return: how many have to go first, the idlest of them; UINT_MAX for all that
 * can.
 */
unsigned int xbb_share_unkept(const struct xbb_share *share)
{
	const struct xgh_persist *store = share->persist;
	unsigned int keep;

	if (xbb_share_gives_all(share))
		return UINT_MAX;
	keep = xbb_share_borrowed(share, XGH_POOL_MAP) -
	       xbb_share_surplus(share, XGH_POOL_MAP);
	return store->nr - min(store->nr, keep);
}

/**
 * xbb_share_unkept_spare() - how much of what rests beside the pools must go?
 * @share: likewise
 *
 * Context: The queue's thread.
 * Return: units of 4 KiB of memory; UINT_MAX for all of it.
 */
unsigned int xbb_share_unkept_spare(const struct xbb_share *share)
{
	if (xbb_share_gives_all(share))
		return UINT_MAX;
	return xbb_budget_excess(share->disk, XGH_POOL_RAM);
}

/* Is the queue to leave its seat as soon as it can? */
static void xbb_share_end_turn(struct xbb_share *share)
{
	if (share->leaving)
		return;
	share->leaving = xbb_budget_end_turn(share->disk);
	share->leave_by = jiffies + XBB_SHARE_PATIENCE;
}

/**
 * xbb_share_yield() - give back what is not in use
 * @share: the share; as many grants as xbb_share_unkept() said have gone, or
 *	   all that could
 * @starved: a request has found no pages, and may do so soon
 *
 * If nobody waits, that is no more than is too much by now.
 *
 * The seat, too, if others wait and nothing is in use, or it is another's turn:
 * then no room is left, and the seat goes when all requests have ended, or some
 * do not end. One that is needed is kept for its turn: if it is the system that
 * has no memory, passing seats on only keeps everybody busy.
 *
 * Context: The queue's thread. May sleep.
 * Return: whether the seat is another's now. If xbb_share_must_settle() then,
 * all that is in use was left.
 */
bool xbb_share_yield(struct xbb_share *share, bool starved)
{
	bool unused, wanted;

	xbb_share_count_left(share);
	wanted = xbb_budget_is_wanted(share->disk);
	unused = xbb_share_is_unused(share);
	if (starved || !unused)
		xbb_share_end_turn(share);
	if (!unused && share->leaving)
		unused = xbb_share_strand(share);
	if (unused && (share->leaving || (wanted && !starved))) {
		xbb_share_leave(share);
		return true;
	}
	xbb_share_yield_kind(share, XGH_POOL_MAP);
	xbb_share_yield_kind(share, XGH_POOL_RAM);
	return false;
}

/**
 * xbb_share_forgo() - wait for a seat no longer
 * @share: the share, without a seat
 *
 * Context: The queue's thread.
 */
void xbb_share_forgo(struct xbb_share *share)
{
	xbb_budget_leave(share->disk, &share->seat);
}

static void xbb_share_shrink_kind(struct xbb_share *share,
				  enum xgh_pool_kind kind)
{
	unsigned int in_use = share->pools[kind]->in_use;

	xbb_share_lower(share, kind,
			in_use + max(in_use, xbb_share_seat(share, kind)));
}

/**
 * xbb_share_shrink() - give back what an idle queue does not need
 * @share: the share
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_share_shrink(struct xbb_share *share)
{
	if (!share->seat.taken)
		return;
	xbb_share_count_left(share);
	if (xbb_share_is_unused(share)) {
		xbb_share_leave(share);
		return;
	}
	xbb_share_shrink_kind(share, XGH_POOL_MAP);
	xbb_share_shrink_kind(share, XGH_POOL_RAM);
}

static void xbb_share_forget_peak_of(struct xbb_share *share,
				     enum xgh_pool_kind kind)
{
	struct xgh_pool *pool = share->pools[kind];

	/* With a seat beside it, what stays mapped may go on to do so. */
	xbb_share_lower(share, kind, pool->peak + xbb_share_seat(share, kind));
	pool->peak = pool->in_use;
}

/**
 * xbb_share_forget_peak() - give back what was not needed since the last time
 * @share: the share
 *
 * A burst that is over would keep it from the other disks of the guest for as
 * long as the queue is not idle.
 *
 * Context: The queue's thread. May sleep.
 */
void xbb_share_forget_peak(struct xbb_share *share)
{
	if (!share->seat.taken || share->leaving)
		return;
	xbb_share_forget_peak_of(share, XGH_POOL_MAP);
	xbb_share_forget_peak_of(share, XGH_POOL_RAM);
}

static void xbb_share_close_kind(struct xbb_share *share,
				 enum xgh_pool_kind kind)
{
	struct xgh_pool *pool = share->pools[kind];

	xbb_budget_uncharge(share->disk, kind,
			    pool->limit * xbb_share_unit(kind));
	xbb_share_set_limit(share, kind, 0);
}

/**
 * xbb_share_close() - give everything back
 * @share: the share of a queue that has drained; open or not
 *
 * Context: Process. May sleep.
 */
void xbb_share_close(struct xbb_share *share)
{
	if (!share->disk)
		return;
	xbb_share_leave(share);
	xbb_share_close_kind(share, XGH_POOL_MAP);
	xbb_share_close_kind(share, XGH_POOL_RAM);
	if (share->stranded)
		xbb_budget_unstrand(share->disk);
	share->stranded = false;
	share->disk = NULL;
}
