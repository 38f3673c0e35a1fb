/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one queue may hold of the budgets of its disk and of its domain. Every
 * queue has enough for the largest request. It grows when a request finds no
 * pages, and shrinks when it is idle. Whoever gets no more waits for its own
 * requests to end, so a greedy guest slows itself down and nobody else.
 */
#ifndef XBB_SHARE_H
#define XBB_SHARE_H

#include <linux/types.h>

#include "budget.h"

struct xgh_persist;
struct xgh_pool;

/* All is counted in units of 4 KiB. More than the largest request takes: */
#define XBB_SHARE_REQ		288u
/* What a queue always has … */
#define XBB_SHARE_FLOOR		(2 * XBB_SHARE_REQ)
/* … and the step in which it grows. */
#define XBB_SHARE_STEP		256u

/**
 * struct xbb_share - the share of a queue
 */
struct xbb_share {
	/** @disk: the budget of its disk, NULL while the share is closed */
	struct xbb_budget *disk;
	/** @domain: the budget of its guest */
	struct xbb_budget *domain;
	/** @pools: of each kind: the pool whose limit is the share */
	struct xgh_pool *pools[XBB_BUDGET_KINDS];
	/** @persist: grants that stay mapped, which are part of it */
	struct xgh_persist *persist;
	/** @max_persist: most grants that stay mapped, if there is room */
	unsigned int max_persist;
};

void xbb_share_open(struct xbb_share *share, struct xbb_budget *disk,
		    struct xbb_budget *domain);
bool xbb_share_grow(struct xbb_share *share);
void xbb_share_keep(struct xbb_share *share, unsigned int nr);
void xbb_share_shrink(struct xbb_share *share);
void xbb_share_close(struct xbb_share *share);

#endif /* XBB_SHARE_H */
