// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/async_unmap.c: nothing is unmapped while somebody
 * looks at it, everything is in the end, and exactly one side cleans up.
 */
#include "framework.h"
#include "gnttab-helpers/async_unmap.h"
#include "gnttab-helpers/domain.h"
#include "xgh_internal.h"

#define OTHEREND	9
#define MAX		16
#define STEP		XGH_ASYNC_UNMAP_STEP_MS

static struct xgh_pool pool;
static struct xgh_map_batch map_batch;
static struct xgh_domain *domain;
static struct xgh_async_unmap *told;
static unsigned int nr_told;

static int async_init(struct kunit *test)
{
	custom_reset();
	told = NULL;
	nr_told = 0;
	xgh_pool_init(&pool, XGH_POOL_MAP);
	pool.limit = MAX;
	domain = xgh_domain_get(OTHEREND);
	if (!domain || xgh_map_batch_init(&map_batch, OTHEREND, MAX))
		return -ENOMEM;
	return xgh_async_unmap_init();
}

static void async_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 0);
	xgh_domain_put(domain);
	xgh_map_batch_free(&map_batch);
	xgh_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, custom_nr_works(), 0);
	xgh_async_unmap_exit();
	KUNIT_EXPECT_EQ(test, atomic_read(&custom_module_refs), 0);
	KUNIT_EXPECT_EQ(test, custom_noio, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	custom_reset();
}

static void tell(struct xgh_async_unmap *set)
{
	if (custom_rcu_depth != 1)
		__builtin_trap();
	told = set;
	nr_told++;
}

/* A set of n mapped pages, which also are in pages[]. */
static struct xgh_async_unmap *filled_set(struct kunit *test, int n,
					  struct page **pages, bool leaving)
{
	struct xgh_async_unmap *set;
	struct xgh_map maps[MAX];
	int i, err = 0;

	for (i = 0; i < n; i++) {
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &maps[i].page), 0);
		xgh_map_batch_add(&map_batch, &maps[i], i, false, &err);
	}
	KUNIT_ASSERT_EQ(test, xgh_map_batch_flush(&map_batch), 0);
	set = xgh_async_unmap_alloc(domain, &pool, n, leaving);
	KUNIT_ASSERT_NOT_NULL(test, set);
	for (i = 0; i < n; i++) {
		pages[i] = maps[i].page;
		xgh_async_unmap_add(set, &maps[i]);
		KUNIT_EXPECT_EQ(test, maps[i].handle, INVALID_GRANT_HANDLE);
	}
	custom_xen.calls = 0;
	return set;
}

static struct xgh_async_unmap *mapped_set(struct kunit *test, int n,
					  struct page **pages)
{
	return filled_set(test, n, pages, false);
}

static void idle_set_goes_at_the_first_look(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 3, pages);
	xgh_async_unmap_start(set, tell);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 3);
	custom_run_until(STEP - 1);
	KUNIT_EXPECT_EQ(test, nr_told, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 3);
	custom_run_until(STEP);
	KUNIT_EXPECT_EQ(test, nr_told, 1);
	KUNIT_EXPECT_PTR_EQ(test, told, set);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
	/* The pages are the owner's to give back. */
	KUNIT_EXPECT_EQ(test, pool.in_use, 3);
	xgh_async_unmap_finish(set);
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->deferred), 3);
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->looks), 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->abandoned), 0);
}

static void one_busy_page_holds_all(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 4, pages);
	pages[3]->refs++;
	xgh_async_unmap_start(set, tell);
	custom_run_until(20 * STEP);
	KUNIT_EXPECT_EQ(test, nr_told, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 4);
	pages[3]->refs--;
	custom_run_until(40 * STEP);
	KUNIT_EXPECT_EQ(test, nr_told, 1);
	xgh_async_unmap_finish(set);
}

/* After 5, 15, 30, 50, 75 … ms. */
static void each_look_takes_longer(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];
	unsigned long at = 0;
	int i;

	set = mapped_set(test, 1, pages);
	pages[0]->refs++;
	xgh_async_unmap_start(set, tell);
	for (i = 1; i <= 200; i++) {
		at += i * STEP;
		custom_run_until(at - 1);
		KUNIT_ASSERT_EQ(test, atomic64_read(&domain->looks), i - 1);
		custom_run_until(at);
		KUNIT_ASSERT_EQ(test, atomic64_read(&domain->looks), i);
	}
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
	pages[0]->refs--;
	custom_run_until(at + i * STEP);
	KUNIT_EXPECT_EQ(test, nr_told, 1);
	xgh_async_unmap_finish(set);
}

static void abandoned_set_cleans_up_itself(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 5, pages);
	pages[2]->refs++;
	xgh_async_unmap_start(set, tell);
	custom_run_until(STEP);
	KUNIT_EXPECT_TRUE(test, xgh_async_unmap_abandon(set));
	/* The pool has forgotten them, the module is held. */
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&custom_module_refs), 1);
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->abandoned), 5);
	xgh_pool_destroy(&pool);
	custom_run_until(50 * STEP);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 5);
	KUNIT_EXPECT_EQ(test, custom_pages, 5);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 5);
	pages[2]->refs--;
	custom_run_until(100 * STEP);
	KUNIT_EXPECT_EQ(test, nr_told, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&custom_module_refs), 0);
}

static void too_late_to_abandon(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 2, pages);
	xgh_async_unmap_start(set, tell);
	custom_run_until(STEP);
	KUNIT_EXPECT_EQ(test, nr_told, 1);
	KUNIT_EXPECT_FALSE(test, xgh_async_unmap_abandon(set));
	KUNIT_EXPECT_EQ(test, atomic_read(&custom_module_refs), 0);
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->abandoned), 0);
	KUNIT_EXPECT_EQ(test, pool.in_use, 2);
	xgh_async_unmap_finish(set);
}

static void nobody_to_tell_is_abandoned_at_once(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 2, pages);
	pages[0]->refs++;
	xgh_async_unmap_start(set, NULL);
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&custom_module_refs), 1);
	custom_run_until(10 * STEP);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 2);
	pages[0]->refs--;
	custom_run_until(30 * STEP);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
}

static void bound_of_pages_holds(struct kunit *test)
{
	const atomic_t *mapped = &domain->pages[XGH_POOL_MAP];

	KUNIT_EXPECT_TRUE(test, xgh_domain_charge_pages(domain, XGH_POOL_MAP,
							10, 10));
	KUNIT_EXPECT_FALSE(test, xgh_domain_charge_pages(domain, XGH_POOL_MAP,
							 1, 10));
	KUNIT_EXPECT_EQ(test, atomic_read(mapped), 10);
	KUNIT_EXPECT_TRUE(test, xgh_domain_charge_pages(domain, XGH_POOL_RAM,
							10, 10));
	KUNIT_EXPECT_TRUE(test, xgh_domain_charge_pages(domain, XGH_POOL_MAP,
							1, UINT_MAX));
	KUNIT_EXPECT_EQ(test, atomic_read(mapped), 11);
	xgh_domain_uncharge_pages(domain, XGH_POOL_MAP, 11);
	xgh_domain_uncharge_pages(domain, XGH_POOL_RAM, 10);
}

/* A domain is known here until its last page is unmapped. */
static void abandoned_set_keeps_the_domain(struct kunit *test)
{
	struct xgh_domain *again;
	struct page *pages[MAX];

	xgh_async_unmap_start(mapped_set(test, 1, pages), NULL);
	xgh_domain_put(domain);
	again = xgh_domain_get(OTHEREND);
	KUNIT_EXPECT_PTR_EQ(test, again, domain);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 1);
	custom_run_until(STEP);
}

static void bound_of_a_domain_holds(struct kunit *test)
{
	const unsigned int most = XGH_DOMAIN_WAITING;
	struct xgh_domain *other = xgh_domain_get(OTHEREND + 1);
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 1, pages);
	KUNIT_EXPECT_NULL(test, xgh_async_unmap_alloc(domain, &pool, most,
						      false));
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->refused), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 1);
	/* Up to the bound is fine, and others are not concerned. */
	KUNIT_EXPECT_TRUE(test, xgh_domain_charge_waiting(domain, most - 1,
							  false));
	KUNIT_EXPECT_FALSE(test, xgh_domain_charge_waiting(domain, 1, false));
	KUNIT_EXPECT_TRUE(test, xgh_domain_charge_waiting(other, most, false));
	xgh_domain_uncharge_waiting(other, most);
	xgh_domain_uncharge_waiting(domain, most - 1);
	xgh_domain_put(other);
	xgh_async_unmap_start(set, tell);
	custom_run_until(STEP);
	xgh_async_unmap_finish(set);
}

/* Where a device goes, its pages are handed over however many wait. */
static void bound_does_not_keep_who_leaves(struct kunit *test)
{
	const unsigned int most = XGH_DOMAIN_WAITING;
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	KUNIT_EXPECT_TRUE(test, xgh_domain_charge_waiting(domain, most,
							  false));
	KUNIT_EXPECT_NULL(test, xgh_async_unmap_alloc(domain, &pool, 2,
						      false));
	set = filled_set(test, 1, pages, true);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), most + 1);
	xgh_async_unmap_start(set, NULL);
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
	custom_run_until(STEP);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), most);
	xgh_domain_uncharge_waiting(domain, most);
}

static void alloc_fails_cleanly_without_memory(struct kunit *test)
{
	struct xgh_async_unmap *set;
	int nth;

	for (nth = 1; nth <= 3; nth++) {
		custom_fail_alloc = nth;
		set = xgh_async_unmap_alloc(domain, &pool, 4, false);
		KUNIT_EXPECT_NULL(test, set);
		KUNIT_EXPECT_EQ(test, custom_fail_alloc, 0);
		KUNIT_EXPECT_EQ(test, custom_noio, 0);
	}
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->refused), 0);
	custom_fail_alloc = 1;
	KUNIT_EXPECT_NULL(test, xgh_domain_get(OTHEREND + 1));
}

static s16 gref_1_stays(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 1 ? GNTST_general_error : GNTST_okay;
}

static void free_stuck(struct page *page)
{
	page->mapped = false;
	custom_xen.mapped--;
	custom_free_page(page);
}

static void page_that_stays_mapped_is_lost(struct kunit *test)
{
	struct xgh_async_unmap *set;
	struct page *pages[MAX];

	set = mapped_set(test, 3, pages);
	custom_xen.status = gref_1_stays;
	xgh_async_unmap_start(set, tell);
	custom_run_until(STEP);
	xgh_async_unmap_finish(set);
	KUNIT_EXPECT_EQ(test, pool.lost, 1);
	KUNIT_EXPECT_EQ(test, pool.in_use, 1);
	KUNIT_EXPECT_EQ(test, custom_log.messages, 1);
	free_stuck(pages[1]);
}

static void abandoned_page_that_stays_mapped_is_not_freed(struct kunit *test)
{
	struct page *pages[MAX];
	struct xgh_async_unmap *set = mapped_set(test, 3, pages);

	custom_xen.status = gref_1_stays;
	xgh_async_unmap_start(set, NULL);
	custom_run_until(STEP);
	KUNIT_EXPECT_EQ(test, custom_pages, 1);
	KUNIT_EXPECT_EQ(test, pool.lost, 0);
	KUNIT_EXPECT_EQ(test, custom_log.messages, 1);
	free_stuck(pages[1]);
}

static void count_domain(struct xgh_domain *one, void *data)
{
	unsigned int *ids = data;

	ids[ids[0]++] = one->domid;
}

static void every_domain_is_seen_once(struct kunit *test)
{
	struct xgh_domain *other = xgh_domain_get(OTHEREND + 1);
	unsigned int ids[8] = { 1 };

	KUNIT_EXPECT_PTR_EQ(test, xgh_domain_get(OTHEREND), domain);
	xgh_domain_put(domain);
	xgh_domain_for_each(count_domain, ids);
	KUNIT_EXPECT_EQ(test, ids[0], 3);
	KUNIT_EXPECT_EQ(test, ids[1], OTHEREND);
	KUNIT_EXPECT_EQ(test, ids[2], OTHEREND + 1);
	xgh_domain_put(other);
	xgh_domain_put(NULL);
	ids[0] = 1;
	xgh_domain_for_each(count_domain, ids);
	KUNIT_EXPECT_EQ(test, ids[0], 2);
}

static void paged_out_for_a_minute(struct kunit *test)
{
	custom_jiffies = 0;
	KUNIT_EXPECT_FALSE(test, xgh_domain_is_away(domain));
	/* Also when jiffies happen to be 0. */
	xgh_domain_note_away(domain);
	KUNIT_EXPECT_TRUE(test, xgh_domain_is_away(domain));
	custom_jiffies = 50 * HZ;
	xgh_domain_note_away(domain);
	custom_jiffies = 110 * HZ - 1;
	KUNIT_EXPECT_TRUE(test, xgh_domain_is_away(domain));
	custom_jiffies = 110 * HZ;
	KUNIT_EXPECT_FALSE(test, xgh_domain_is_away(domain));
	KUNIT_EXPECT_EQ(test, atomic64_read(&domain->away), 2);
}

static void no_workqueue_no_module(struct kunit *test)
{
	xgh_async_unmap_exit();
	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, xgh_async_unmap_init(), -ENOMEM);
	KUNIT_EXPECT_EQ(test, xgh_async_unmap_init(), 0);
}

static struct kunit_case async_cases[] = {
	KUNIT_CASE(idle_set_goes_at_the_first_look),
	KUNIT_CASE(one_busy_page_holds_all),
	KUNIT_CASE(each_look_takes_longer),
	KUNIT_CASE(abandoned_set_cleans_up_itself),
	KUNIT_CASE(too_late_to_abandon),
	KUNIT_CASE(nobody_to_tell_is_abandoned_at_once),
	KUNIT_CASE(abandoned_set_keeps_the_domain),
	KUNIT_CASE(bound_of_a_domain_holds),
	KUNIT_CASE(bound_of_pages_holds),
	KUNIT_CASE(bound_does_not_keep_who_leaves),
	KUNIT_CASE(alloc_fails_cleanly_without_memory),
	KUNIT_CASE(page_that_stays_mapped_is_lost),
	KUNIT_CASE(abandoned_page_that_stays_mapped_is_not_freed),
	KUNIT_CASE(every_domain_is_seen_once),
	KUNIT_CASE(paged_out_for_a_minute),
	KUNIT_CASE(no_workqueue_no_module),
	{}
};

static struct kunit_suite async_suite = {
	.name = "gnttab_helpers_async_unmap",
	.init = async_init,
	.exit = async_exit,
	.test_cases = async_cases,
};

kunit_test_suite(async_suite);
