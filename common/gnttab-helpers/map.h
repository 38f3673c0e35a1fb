/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grants mapped and unmapped in batches: any number of segments of any number
 * of requests, one hypercall a flush.
 *
 * A batch belongs to one thread of execution and never locks.
 */
#ifndef XGH_MAP_H
#define XGH_MAP_H

#include <linux/mm.h>
#include <linux/types.h>

#include <xen/grant_table.h>
#include <xen/interface/grant_table.h>

#include "faults.h"
#include "pool.h"
#include "tally.h"

/**
 * struct xgh_map - one grant of 4 KiB, mapped at the start of a page
 */
struct xgh_map {
	/** @page: from an XGH_POOL_MAP pool */
	struct page *page;
	/** @handle: the hypervisor's, INVALID_GRANT_HANDLE if not mapped */
	grant_handle_t handle;
};

/**
 * struct xgh_map_batch - maps collected for the next hypercall
 */
struct xgh_map_batch {
	/** @otherend: the domain that grants */
	domid_t otherend;
	/** @nr: operations collected */
	unsigned int nr;
	/** @max: most that fit */
	unsigned int max;
	/** @ops: the operations */
	struct gnttab_map_grant_ref *ops;
	/** @pages: page of each operation */
	struct page **pages;
	/** @maps: where each operation's handle goes */
	struct xgh_map **maps;
	/** @errs: where each operation's error goes */
	int **errs;
	/**
	 * @waited: a frame was paged out, and waited for; set by the flush. A
	 * guess by time with PREEMPT_RT: a lock may have been waited for
	 */
	bool waited;
	/** @tally: the owner's, which counts; NULL after init */
	struct xgh_tally *tally;
};

/**
 * struct xgh_unmap_batch - unmaps collected for the next hypercall
 */
struct xgh_unmap_batch {
	/** @pool: takes the pages when they are unmapped; NULL frees them */
	struct xgh_pool *pool;
	/** @nr: operations collected */
	unsigned int nr;
	/** @max: most that fit */
	unsigned int max;
	/** @ops: the operations */
	struct gnttab_unmap_grant_ref *ops;
	/** @pages: page of each operation */
	struct page **pages;
	/** @tally: the owner's, which counts; NULL after init */
	struct xgh_tally *tally;
};

int xgh_map_batch_init(struct xgh_map_batch *batch, domid_t otherend,
		       unsigned int max);
void xgh_map_batch_free(struct xgh_map_batch *batch);
void xgh_map_batch_add(struct xgh_map_batch *batch, struct xgh_map *map,
		       grant_ref_t gref, bool readonly, int *err);
unsigned int xgh_map_batch_flush(struct xgh_map_batch *batch);

int xgh_unmap_batch_init(struct xgh_unmap_batch *batch, struct xgh_pool *pool,
			 unsigned int max);
void xgh_unmap_batch_free(struct xgh_unmap_batch *batch);
void xgh_unmap_batch_add(struct xgh_unmap_batch *batch, struct xgh_map *map);
bool xgh_unmap_batch_is_busy(const struct xgh_unmap_batch *batch);
void xgh_unmap_batch_issue(struct xgh_unmap_batch *batch);
unsigned int xgh_unmap_batch_settle(struct xgh_unmap_batch *batch);
unsigned int xgh_unmap_batch_flush(struct xgh_unmap_batch *batch);

/**
 * xgh_map_page_is_busy() - does anybody else still look at the page?
 * @page: from an XGH_POOL_MAP pool
 *
 * Context: Any.
 * Return: true while unmapping is not safe.
 */
static inline bool xgh_map_page_is_busy(struct page *page)
{
	return xgh_faults_busy(page_count(page) > 1);
}

/**
 * xgh_map_is_busy() - does anybody else still look at the page?
 * @map: a mapped grant
 *
 * A network stack may hold on to a page of a write that the disk has long
 * acknowledged, to send it again. Such a page must stay mapped.
 *
 * Context: Any.
 * Return: true while unmapping is not safe.
 */
static inline bool xgh_map_is_busy(const struct xgh_map *map)
{
	return xgh_map_page_is_busy(map->page);
}

#endif /* XGH_MAP_H */
