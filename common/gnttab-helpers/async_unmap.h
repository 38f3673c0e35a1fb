/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmaps that have to wait. A network stack may hold on to a page of a write
 * that the disk has long acknowledged, to send it again. If it were unmapped,
 * dom0 would fault, or send what is not the guest's any more. Such pages are
 * unmapped together when the last of them is nobody else's any more, however
 * long that takes.
 *
 * Whoever cannot wait hands the pages over: they are then unmapped and freed
 * here, and this module cannot be unloaded before. A domain that is destroyed
 * meanwhile stays behind without a name until its last page is unmapped.
 */
#ifndef XGH_ASYNC_UNMAP_H
#define XGH_ASYNC_UNMAP_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "map.h"

struct xgh_domain;

/* The first look is after 5 ms, each further one takes 5 ms longer. */
#define XGH_ASYNC_UNMAP_STEP_MS	5

/**
 * struct xgh_async_unmap - mapped grants that go together, later
 */
struct xgh_async_unmap {
	/** @work: the next look */
	struct delayed_work work;
	/** @domain: granted the pages */
	struct xgh_domain *domain;
	/** @unmaps: the pages */
	struct xgh_unmap_batch unmaps;
	/** @charged: pages that count as waiting */
	unsigned int charged;
	/** @looks: looks taken or due */
	unsigned int looks;
	/** @state: who has to clean up; see async_unmap.c */
	atomic_t state;
	/** @done: tells the owner */
	void (*done)(struct xgh_async_unmap *set);
	/** @owner: the owner's own */
	void *owner;
};

int xgh_async_unmap_init(void);
void xgh_async_unmap_exit(void);

struct xgh_async_unmap *xgh_async_unmap_alloc(struct xgh_domain *domain,
					      struct xgh_pool *pool,
					      unsigned int max, bool leaving);
void xgh_async_unmap_start(struct xgh_async_unmap *set,
			   void (*done)(struct xgh_async_unmap *set));
void xgh_async_unmap_finish(struct xgh_async_unmap *set);
bool xgh_async_unmap_abandon(struct xgh_async_unmap *set);

/**
 * xgh_async_unmap_add() - add a mapped grant
 * @set: a set with room that has not been started
 * @map: busy or not; not mapped and without a page afterwards
 *
 * Context: Any; owner of the set.
 */
static inline void xgh_async_unmap_add(struct xgh_async_unmap *set,
				       struct xgh_map *map)
{
	xgh_unmap_batch_add(&set->unmaps, map);
}

#endif /* XGH_ASYNC_UNMAP_H */
