/* SPDX-License-Identifier: GPL-2.0 */
/*
 * dom0 grants memory to itself: all that a backend does with a guest's grants
 * can then be done, and looked at from the other side, within one function.
 *
 * The memory is one compound page of two pages, each of its 4 KiB frames a
 * grant of its own.
 */
#ifndef XB_KUNIT_LOAN_H
#define XB_KUNIT_LOAN_H

#include <kunit/test.h>
#include <linux/completion.h>

#include <xen/page.h>

#include "gnttab-helpers/async_unmap.h"
#include "gnttab-helpers/domain.h"

#define LOAN_ORDER	1
#define LOAN_BYTES	(PAGE_SIZE << LOAN_ORDER)
#define LOAN_GRANTS	(LOAN_BYTES / XEN_PAGE_SIZE)
#define LOAN_DOMID	0

/**
 * struct loan - what is granted, and what maps it
 */
struct loan {
	/** @pages: the granted memory, LOAN_BYTES of it */
	struct page *pages;
	/** @gref: the grants, 0 for one that has ended */
	grant_ref_t gref[LOAN_GRANTS];
	/** @domain: ourselves, as one that grants */
	struct xgh_domain *domain;
	/** @pool: pages to map into */
	struct xgh_pool pool;
	/** @maps: for as many grants as there are */
	struct xgh_map_batch maps;
	/** @unmaps: for as many grants as there are */
	struct xgh_unmap_batch unmaps;
	/** @map: one for each grant, if it is mapped */
	struct xgh_map map[LOAN_GRANTS];
	/** @done: an asynchronous unmap has ended */
	struct completion done;
};

int loan_init(struct kunit *test);
void loan_exit(struct kunit *test);
void *loan_frame(struct loan *loan, unsigned int i);
void loan_fill(struct loan *loan);
bool loan_is_filled(const void *frame, unsigned int i);
void loan_map(struct kunit *test, unsigned int nr);
void loan_unmap(struct kunit *test, unsigned int i);
bool loan_end(struct loan *loan, unsigned int i);

extern struct kunit_suite map_suite;
extern struct kunit_suite copy_suite;
extern struct kunit_suite async_suite;

#endif /* XB_KUNIT_LOAN_H */
