// SPDX-License-Identifier: GPL-2.0
/* Owns what a queue holds of the budgets of its disk and of its guest. */
#include "share.h"
#include "params.h"

#include "gnttab-helpers/persist.h"

#include <linux/minmax.h>

#include <xen/page.h>

/*
 * What a page counts for: each grant that is mapped takes a page of its own but
 * is of 4 KiB, ordinary pages may be larger.
 */
static unsigned int xbb_share_unit(enum xgh_pool_kind kind)
{
	return kind == XGH_POOL_MAP ? 1 : XEN_PFN_PER_PAGE;
}

/* In pages of a pool; what is lost is in use for ever, and takes no seat. */
static unsigned int xbb_share_seat(const struct xbb_share *share,
				   enum xgh_pool_kind kind)
{
	return share->pools[kind]->lost +
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

static void xbb_share_yield_kind(struct xbb_share *share,
				 enum xgh_pool_kind kind)
{
	xbb_share_lower(share, kind,
			share->leaving ? 0 : xbb_share_seat(share, kind));
}

static bool xbb_share_is_unused(const struct xbb_share *share)
{
	const struct xgh_pool *map = share->pools[XGH_POOL_MAP];
	const struct xgh_pool *ram = share->pools[XGH_POOL_RAM];

	return map->in_use == map->lost && ram->in_use == ram->lost;
}

static void xbb_share_leave(struct xbb_share *share)
{
	xbb_share_lower(share, XGH_POOL_MAP, 0);
	xbb_share_lower(share, XGH_POOL_RAM, 0);
	share->leaving = false;
	xbb_budget_leave(share->disk, &share->seat);
}

/**
 * xbb_share_init() - prepare a share that is closed
 * @share: the share; all zero
 * @again: told when a request that found no pages may find some
 *
 * Context: Any.
 */
void xbb_share_init(struct xbb_share *share,
		    void (*again)(struct xbb_seat *seat))
{
	INIT_LIST_HEAD(&share->seat.node);
	share->seat.again = again;
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

static bool xbb_share_sit(struct xbb_share *share)
{
	if (!xbb_budget_sit(share->disk, &share->seat))
		return false;
	xbb_share_set_limit(share, XGH_POOL_MAP,
			    xbb_share_seat(share, XGH_POOL_MAP));
	xbb_share_set_limit(share, XGH_POOL_RAM,
			    xbb_share_seat(share, XGH_POOL_RAM));
	return true;
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
	if (!step || !xbb_budget_charge(share->disk, kind, step))
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
 * xbb_share_yield() - others wait: give back what is not in use
 * @share: the share, no grant stays mapped that could go
 * @starved: a request has found no pages, and may do so soon
 *
 * The seat, too, if nothing is in use, or it is another's turn: then no room is
 * left, and the seat goes when all requests have ended. One that is needed is
 * kept for its turn: if it is the system that has no memory, passing seats on
 * only keeps everybody busy.
 *
 * Context: The queue's thread. May sleep.
 * Return: whether the seat is another's now.
 */
bool xbb_share_yield(struct xbb_share *share, bool starved)
{
	bool unused = xbb_share_is_unused(share);

	if (!share->leaving && (starved || !unused))
		share->leaving = xbb_budget_end_turn(share->disk);
	if (unused && (share->leaving || !starved)) {
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
	if (xbb_share_is_unused(share)) {
		xbb_share_leave(share);
		return;
	}
	xbb_share_shrink_kind(share, XGH_POOL_MAP);
	xbb_share_shrink_kind(share, XGH_POOL_RAM);
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
	share->disk = NULL;
}
