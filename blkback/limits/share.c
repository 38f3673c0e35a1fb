// SPDX-License-Identifier: GPL-2.0
/* Owns what a queue holds of the budgets of its disk and of its domain. */
#include "share.h"
#include "params.h"

#include "gnttab-helpers/persist.h"
#include "gnttab-helpers/pool.h"

#include <linux/minmax.h>

#include <xen/page.h>

/*
 * What a page counts for: each grant that is mapped takes a page of its own but
 * is of 4 KiB, ordinary pages may be larger.
 */
static unsigned int xbb_share_unit(enum xbb_budget_kind kind)
{
	return kind == XBB_BUDGET_MAP ? 1 : XEN_PFN_PER_PAGE;
}

/* The largest request always finds room beside what stays mapped. */
static void xbb_share_set_limit(struct xbb_share *share,
				enum xbb_budget_kind kind, unsigned int limit)
{
	share->pools[kind]->limit = limit;
	if (kind == XBB_BUDGET_MAP)
		share->persist->limit = min(share->max_persist, limit -
					    min(limit, XBB_SHARE_REQ));
}

static void xbb_share_resize(struct xbb_share *share,
			     enum xbb_budget_kind kind, unsigned int limit)
{
	int more = limit - share->pools[kind]->limit;

	more *= (int)xbb_share_unit(kind);

	xbb_budget_charge(share->disk, kind, more);
	xbb_budget_charge(share->domain, kind, more);
	xbb_share_set_limit(share, kind, limit);
}

/**
 * xbb_share_open() - give a new queue what it always has
 * @share: the share; its pools, which are empty and have the limit 0, its
 *	   grants that stay mapped, and how many these may be are set
 * @disk: the budget of the disk
 * @domain: the budget of the guest
 *
 * Context: Process.
 */
void xbb_share_open(struct xbb_share *share, struct xbb_budget *disk,
		    struct xbb_budget *domain)
{
	share->disk = disk;
	share->domain = domain;
	xbb_share_resize(share, XBB_BUDGET_MAP, XBB_SHARE_FLOOR);
	xbb_share_resize(share, XBB_BUDGET_RAM,
			 XBB_SHARE_FLOOR / XEN_PFN_PER_PAGE);
}

static bool xbb_share_raise(struct xbb_share *share, enum xbb_budget_kind kind)
{
	struct xgh_pool *pool = share->pools[kind];
	unsigned int unit = xbb_share_unit(kind);
	unsigned int step = min(XBB_SHARE_STEP,
				XBB_QUEUE_PAGES - pool->limit * unit);

	if (!step)
		return false;
	if (!xbb_budget_try_charge(share->disk, kind, step))
		return false;
	if (!xbb_budget_try_charge(share->domain, kind, step)) {
		xbb_budget_charge(share->disk, kind, -step);
		return false;
	}
	xbb_share_set_limit(share, kind, pool->limit + step / unit);
	return true;
}

static bool xbb_share_grow_kind(struct xbb_share *share,
				enum xbb_budget_kind kind)
{
	unsigned int room = xgh_pool_room(share->pools[kind]);

	return room * xbb_share_unit(kind) < XBB_SHARE_STEP &&
	       xbb_share_raise(share, kind);
}

/**
 * xbb_share_grow() - a request found no pages: ask for more
 * @share: the share
 *
 * Context: The queue's thread.
 * Return: whether there are more now, of either kind.
 */
bool xbb_share_grow(struct xbb_share *share)
{
	bool map = xbb_share_grow_kind(share, XBB_BUDGET_MAP);
	bool ram = xbb_share_grow_kind(share, XBB_BUDGET_RAM);

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
		xbb_share_raise(share, XBB_BUDGET_MAP);
}

static void xbb_share_shrink_kind(struct xbb_share *share,
				  enum xbb_budget_kind kind)
{
	struct xgh_pool *pool = share->pools[kind];
	unsigned int limit = max(2 * pool->in_use,
				 XBB_SHARE_FLOOR / xbb_share_unit(kind));

	if (limit < pool->limit)
		xbb_share_resize(share, kind, limit);
}

/**
 * xbb_share_shrink() - give back what an idle queue does not need
 * @share: the share
 *
 * Context: The queue's thread.
 */
void xbb_share_shrink(struct xbb_share *share)
{
	xbb_share_shrink_kind(share, XBB_BUDGET_MAP);
	xbb_share_shrink_kind(share, XBB_BUDGET_RAM);
}

/**
 * xbb_share_close() - give everything back
 * @share: the share of a queue that is over; open or not
 *
 * Context: Process.
 */
void xbb_share_close(struct xbb_share *share)
{
	if (!share->disk)
		return;
	xbb_share_resize(share, XBB_BUDGET_MAP, 0);
	xbb_share_resize(share, XBB_BUDGET_RAM, 0);
	share->disk = NULL;
}
