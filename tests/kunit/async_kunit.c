// SPDX-License-Identifier: GPL-2.0
/*
 * gnttab-helpers/async_unmap.c on real pages and a real workqueue. No time is
 * judged: that a page was left alone is known from the looks at it.
 */
#include <linux/delay.h>

#include "gnttab-helpers/persist.h"
#include "loan.h"

#define PATIENCE	(120 * HZ)
#define LOOKS		4

static void tell(struct xgh_async_unmap *set)
{
	struct loan *loan = set->owner;

	complete(&loan->done);
}

/* A set with the first grants, all mapped; their pages stay in pages. */
static struct xgh_async_unmap *waiting_set(struct kunit *test, unsigned int nr,
					   struct page **pages)
{
	struct loan *loan = test->priv;
	struct xgh_async_unmap *set;
	unsigned int i;

	loan_map(test, nr);
	set = xgh_async_unmap_alloc(loan->domain, &loan->pool, nr, false);
	KUNIT_ASSERT_NOT_NULL(test, set);
	set->owner = loan;
	for (i = 0; i < nr; i++) {
		pages[i] = loan->map[i].page;
		xgh_async_unmap_add(set, &loan->map[i]);
	}
	return set;
}

static bool poll_until(bool (*is_so)(struct loan *loan, s64 value),
		       struct loan *loan, s64 value)
{
	unsigned long end = jiffies + PATIENCE;

	while (!is_so(loan, value)) {
		if (time_after(jiffies, end))
			return false;
		msleep(20);
	}
	return true;
}

static bool has_looked(struct loan *loan, s64 looks)
{
	return atomic64_read(&loan->domain->looks) >= looks;
}

static bool waits_for(struct loan *loan, s64 nr)
{
	return atomic_read(&loan->domain->waiting) == nr;
}

/* Somebody has come by some times, and has left everything as it is. */
static void expect_still_mapped(struct kunit *test, unsigned int nr)
{
	struct loan *loan = test->priv;
	s64 looks = atomic64_read(&loan->domain->looks);
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, poll_until(has_looked, loan, looks + LOOKS));
	KUNIT_EXPECT_FALSE(test, completion_done(&loan->done));
	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_FALSE(test, loan_end(loan, i));
}

static void expect_all_unmapped(struct kunit *test, unsigned int nr)
{
	struct loan *loan = test->priv;
	unsigned int i;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_TRUE(test, loan_end(loan, i));
}

static void pages_of_nobody_are_unmapped(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct page *pages[LOAN_GRANTS];
	struct xgh_async_unmap *set = waiting_set(test, LOAN_GRANTS, pages);

	xgh_async_unmap_start(set, tell);
	KUNIT_ASSERT_GT(test, wait_for_completion_timeout(&loan->done,
							  PATIENCE), 0);
	KUNIT_EXPECT_EQ(test, loan->pool.in_use, LOAN_GRANTS);
	xgh_async_unmap_finish(set);
	KUNIT_EXPECT_EQ(test, loan->pool.in_use, 0);
	expect_all_unmapped(test, LOAN_GRANTS);
}

/* What is held shows the guest's frame until it is let go. */
static void a_set_waits_for_its_last_page(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct page *pages[LOAN_GRANTS];
	unsigned int last = LOAN_GRANTS - 1;
	struct xgh_async_unmap *set;

	set = waiting_set(test, LOAN_GRANTS, pages);
	get_page(pages[0]);
	get_page(pages[last]);
	xgh_async_unmap_start(set, tell);
	expect_still_mapped(test, LOAN_GRANTS);
	put_page(pages[0]);
	expect_still_mapped(test, LOAN_GRANTS);
	KUNIT_EXPECT_TRUE(test, loan_is_filled(page_address(pages[last]),
					       last));
	put_page(pages[last]);
	KUNIT_ASSERT_GT(test, wait_for_completion_timeout(&loan->done,
							  PATIENCE), 0);
	xgh_async_unmap_finish(set);
	expect_all_unmapped(test, LOAN_GRANTS);
}

/* The owner's pool is gone before the pages are. */
static void an_abandoned_set_ends_by_itself(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct page *pages[LOAN_GRANTS];
	struct xgh_async_unmap *set;

	set = waiting_set(test, LOAN_GRANTS, pages);
	get_page(pages[1]);
	xgh_async_unmap_start(set, tell);
	KUNIT_EXPECT_TRUE(test, xgh_async_unmap_abandon(set));
	KUNIT_EXPECT_EQ(test, loan->pool.in_use, 0);
	xgh_pool_destroy(&loan->pool);

	expect_still_mapped(test, LOAN_GRANTS);
	KUNIT_EXPECT_TRUE(test, waits_for(loan, LOAN_GRANTS));
	put_page(pages[1]);
	KUNIT_EXPECT_TRUE(test, poll_until(waits_for, loan, 0));
	KUNIT_EXPECT_FALSE(test, completion_done(&loan->done));
	expect_all_unmapped(test, LOAN_GRANTS);
}

static void a_store_can_be_abandoned(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct xgh_pgrant *pgrant;
	struct xgh_persist store;
	struct page *page;

	KUNIT_ASSERT_EQ(test, xgh_persist_init(&store, LOAN_GRANTS), 0);
	loan_map(test, 1);
	page = loan->map[0].page;
	get_page(page);
	pgrant = xgh_persist_adopt(&store, loan->gref[0], &loan->map[0]);
	KUNIT_ASSERT_NOT_NULL(test, pgrant);
	xgh_persist_put(pgrant);
	xgh_persist_abandon(&store, loan->domain, &loan->pool);
	KUNIT_EXPECT_EQ(test, store.nr, 0);
	xgh_persist_free(&store);

	expect_still_mapped(test, 1);
	put_page(page);
	KUNIT_EXPECT_TRUE(test, poll_until(waits_for, loan, 0));
	expect_all_unmapped(test, 1);
}

/* There is room for so many pages of a domain, and again when they went. */
static void a_domain_has_only_so_many_waiting(struct kunit *test)
{
	struct loan *loan = test->priv;
	s64 refused = atomic64_read(&loan->domain->refused);
	struct xgh_async_unmap *set;

	loan_map(test, 1);
	set = xgh_async_unmap_alloc(loan->domain, &loan->pool,
				    XGH_DOMAIN_WAITING, false);
	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_EXPECT_NULL(test, xgh_async_unmap_alloc(loan->domain,
						      &loan->pool, 1, false));
	KUNIT_EXPECT_EQ(test, atomic64_read(&loan->domain->refused),
			refused + 1);
	set->owner = loan;
	xgh_async_unmap_add(set, &loan->map[0]);
	xgh_async_unmap_start(set, tell);
	KUNIT_ASSERT_GT(test, wait_for_completion_timeout(&loan->done,
							  PATIENCE), 0);
	xgh_async_unmap_finish(set);
	KUNIT_EXPECT_TRUE(test, waits_for(loan, 0));
}

static struct kunit_case async_cases[] = {
	KUNIT_CASE(pages_of_nobody_are_unmapped),
	KUNIT_CASE(a_set_waits_for_its_last_page),
	KUNIT_CASE(an_abandoned_set_ends_by_itself),
	KUNIT_CASE(a_store_can_be_abandoned),
	KUNIT_CASE(a_domain_has_only_so_many_waiting),
	{}
};

struct kunit_suite async_suite = {
	.name = "xen-gnttab-async",
	.init = loan_init,
	.exit = loan_exit,
	.test_cases = async_cases,
};
