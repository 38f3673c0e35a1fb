// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/map.c: after a flush a map has a handle or an error,
 * never both; what was mapped is unmapped once, and only then used again.
 */
#include "framework.h"
#include "gnttab-helpers/map.h"
#include "xgh_internal.h"

#define OTHEREND	9
#define MAX		16

static struct xgh_pool pool;
static struct xgh_map_batch map_batch;
static struct xgh_unmap_batch unmap_batch;
static struct xgh_map maps[MAX];
static int errs[MAX];

static int map_init(struct kunit *test)
{
	custom_reset();
	memset(errs, 0, sizeof(errs));
	memset(maps, 0xee, sizeof(maps));
	xgh_pool_init(&pool, XGH_POOL_MAP);
	pool.limit = MAX;
	if (xgh_map_batch_init(&map_batch, OTHEREND, MAX))
		return -ENOMEM;
	return xgh_unmap_batch_init(&unmap_batch, &pool, MAX);
}

static void map_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
	xgh_map_batch_free(&map_batch);
	xgh_unmap_batch_free(&unmap_batch);
	xgh_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	custom_reset();
}

static void add_n(struct kunit *test, int n, bool readonly)
{
	int i;

	for (i = 0; i < n; i++) {
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &maps[i].page), 0);
		xgh_map_batch_add(&map_batch, &maps[i], i, readonly, &errs[i]);
		KUNIT_EXPECT_EQ(test, maps[i].handle, INVALID_GRANT_HANDLE);
	}
}

/* As a driver does: unmap what has a handle, put the rest back. */
static void undo_n(struct kunit *test, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (maps[i].handle != INVALID_GRANT_HANDLE)
			xgh_unmap_batch_add(&unmap_batch, &maps[i]);
		else
			xgh_pool_put(&pool, maps[i].page);
	}
	KUNIT_EXPECT_EQ(test, xgh_unmap_batch_flush(&unmap_batch), 0);
}

static void init_fails_cleanly_without_memory(struct kunit *test)
{
	struct xgh_unmap_batch u;
	struct xgh_map_batch m;
	int nth;

	for (nth = 1; nth <= 4; nth++) {
		custom_fail_alloc = nth;
		KUNIT_EXPECT_EQ(test, xgh_map_batch_init(&m, OTHEREND, 4),
				-ENOMEM);
		KUNIT_EXPECT_NULL(test, m.ops);
		xgh_map_batch_free(&m);
	}
	for (nth = 1; nth <= 2; nth++) {
		custom_fail_alloc = nth;
		KUNIT_EXPECT_EQ(test, xgh_unmap_batch_init(&u, &pool, 4),
				-ENOMEM);
		KUNIT_EXPECT_NULL(test, u.ops);
		xgh_unmap_batch_free(&u);
	}
}

static void flush_of_nothing_calls_nobody(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 0);
	KUNIT_EXPECT_EQ(test, xgh_unmap_batch_flush(&unmap_batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
}

static void map_and_unmap_are_one_call_each(struct kunit *test)
{
	int i;

	add_n(test, 10, false);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 10);
	for (i = 0; i < 10; i++) {
		struct gnttab_map_grant_ref *op = &custom_xen.maps[i];

		KUNIT_EXPECT_EQ(test, op->ref, i);
		KUNIT_EXPECT_EQ(test, op->dom, OTHEREND);
		KUNIT_EXPECT_EQ(test, op->flags, GNTMAP_host_map);
		KUNIT_EXPECT_EQ(test, maps[i].handle, 1000 + i);
		KUNIT_EXPECT_EQ(test, errs[i], 0);
	}
	undo_n(test, 10);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 2);
	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, custom_xen.unmaps[i].handle, 1000 + i);
		KUNIT_EXPECT_EQ(test, maps[i].handle, INVALID_GRANT_HANDLE);
	}
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
}

static void tallies_count_calls_and_operations(struct kunit *test)
{
	struct xgh_tally mapped = {}, unmapped = {};

	map_batch.tally = &mapped;
	unmap_batch.tally = &unmapped;
	xgh_map_batch_flush(&map_batch);
	add_n(test, 10, false);
	xgh_map_batch_flush(&map_batch);
	undo_n(test, 10);
	add_n(test, 1, false);
	xgh_map_batch_flush(&map_batch);
	undo_n(test, 1);
	KUNIT_EXPECT_EQ(test, mapped.calls + unmapped.calls, custom_xen.calls);
	KUNIT_EXPECT_EQ(test, mapped.calls, 2);
	KUNIT_EXPECT_EQ(test, mapped.ops, 11);
	KUNIT_EXPECT_EQ(test, unmapped.calls, 2);
	KUNIT_EXPECT_EQ(test, unmapped.ops, 11);
}

static void readonly_is_asked_for(struct kunit *test)
{
	add_n(test, 1, true);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.maps[0].flags,
			GNTMAP_host_map | GNTMAP_readonly);
	undo_n(test, 1);
}

static s16 every_third_fails(unsigned int call, unsigned int op, u32 gref)
{
	return call == 0 && gref % 3 == 1 ? GNTST_bad_gntref : GNTST_okay;
}

static void partial_failure_is_undone_exactly(struct kunit *test)
{
	int i;

	custom_xen.status = every_third_fails;
	add_n(test, 10, false);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 3);
	for (i = 0; i < 10; i++) {
		bool bad = i % 3 == 1;

		KUNIT_EXPECT_EQ(test, errs[i], bad ? -EACCES : 0);
		KUNIT_EXPECT_EQ(test, maps[i].handle == INVALID_GRANT_HANDLE,
				bad);
	}
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 7);
	undo_n(test, 10);
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
}

static s16 no_room(unsigned int call, unsigned int op, u32 gref)
{
	return op < 4 ? GNTST_okay : GNTST_no_device_space;
}

static void no_maptrack_entry_left(struct kunit *test)
{
	custom_xen.status = no_room;
	add_n(test, 6, false);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 2);
	KUNIT_EXPECT_EQ(test, errs[4], -ENOSPC);
	KUNIT_EXPECT_EQ(test, errs[5], -ENOSPC);
	custom_xen.status = NULL;
	undo_n(test, 6);
}

static void refused_hypercall_maps_nothing(struct kunit *test)
{
	int i;

	custom_xen.refuse = -38;
	add_n(test, 5, false);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 5);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_NE(test, errs[i], 0);
		KUNIT_EXPECT_EQ(test, maps[i].handle, INVALID_GRANT_HANDLE);
	}
	custom_xen.refuse = 0;
	undo_n(test, 5);
}

static void success_does_not_clear_an_error(struct kunit *test)
{
	int i, err = 0;

	custom_xen.status = every_third_fails;
	for (i = 1; i <= 3; i++) {
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &maps[i].page), 0);
		xgh_map_batch_add(&map_batch, &maps[i], i, false, &err);
	}
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 1);
	KUNIT_EXPECT_EQ(test, err, -EACCES);
	maps[0] = maps[3];
	undo_n(test, 3);
}

static s16 second_unmap_fails(unsigned int call, unsigned int op, u32 gref)
{
	return call == 1 && op == 1 ? GNTST_general_error : GNTST_okay;
}

static void page_that_stays_mapped_is_lost(struct kunit *test)
{
	struct page *stuck;
	int i;

	custom_xen.status = second_unmap_fails;
	add_n(test, 3, false);
	xgh_map_batch_flush(&map_batch);
	stuck = maps[1].page;
	for (i = 0; i < 3; i++)
		xgh_unmap_batch_add(&unmap_batch, &maps[i]);
	KUNIT_EXPECT_EQ(test, xgh_unmap_batch_flush(&unmap_batch), 1);
	KUNIT_EXPECT_EQ(test, custom_log.messages, 1);
	KUNIT_EXPECT_EQ(test, pool.lost, 1);
	KUNIT_EXPECT_EQ(test, pool.in_use, 1);
	KUNIT_EXPECT_EQ(test, xgh_pool_room(&pool), MAX - 1);

	/* Nobody ever gets it. */
	for (i = 0; i < MAX - 1; i++) {
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &maps[i].page), 0);
		KUNIT_EXPECT_PTR_NE(test, maps[i].page, stuck);
	}
	for (i = 0; i < MAX - 1; i++)
		xgh_pool_put(&pool, maps[i].page);
	stuck->mapped = false;
	custom_xen.mapped = 0;
	custom_free_page(stuck);
}

static void busy_while_somebody_holds_the_page(struct kunit *test)
{
	add_n(test, 1, false);
	xgh_map_batch_flush(&map_batch);
	KUNIT_EXPECT_FALSE(test, xgh_map_is_busy(&maps[0]));
	maps[0].page->refs++;
	KUNIT_EXPECT_TRUE(test, xgh_map_is_busy(&maps[0]));
	maps[0].page->refs--;
	undo_n(test, 1);
}

static s16 second_is_away(unsigned int call, unsigned int op, u32 gref)
{
	return op == 1 ? GNTST_eagain : GNTST_okay;
}

/* The kernel has tried again inside; all that can be seen is that it slept. */
static void who_waited_is_told(struct kunit *test)
{
	add_n(test, 3, false);
	xgh_map_batch_flush(&map_batch);
	KUNIT_EXPECT_FALSE(test, map_batch.waited);
	undo_n(test, 3);

	memset(&custom_xen, 0, sizeof(custom_xen));
	custom_xen.status = second_is_away;
	add_n(test, 3, false);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&map_batch), 1);
	KUNIT_EXPECT_TRUE(test, map_batch.waited);
	KUNIT_EXPECT_EQ(test, errs[1], -EIO);
	custom_xen.status = NULL;
	undo_n(test, 3);

	/* Until its owner has taken notice. */
	errs[1] = 0;
	add_n(test, 1, false);
	xgh_map_batch_flush(&map_batch);
	KUNIT_EXPECT_TRUE(test, map_batch.waited);
	undo_n(test, 1);
}

/* With PREEMPT_RT whoever waits for a lock sleeps, too. */
static void who_waited_for_a_lock_is_not(struct kunit *test)
{
	custom_xen.contended = true;
	add_n(test, 3, false);
	xgh_map_batch_flush(&map_batch);
	KUNIT_EXPECT_FALSE(test, map_batch.waited);
	undo_n(test, 3);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(init_fails_cleanly_without_memory),
	KUNIT_CASE(flush_of_nothing_calls_nobody),
	KUNIT_CASE(map_and_unmap_are_one_call_each),
	KUNIT_CASE(tallies_count_calls_and_operations),
	KUNIT_CASE(readonly_is_asked_for),
	KUNIT_CASE(partial_failure_is_undone_exactly),
	KUNIT_CASE(no_maptrack_entry_left),
	KUNIT_CASE(refused_hypercall_maps_nothing),
	KUNIT_CASE(success_does_not_clear_an_error),
	KUNIT_CASE(page_that_stays_mapped_is_lost),
	KUNIT_CASE(busy_while_somebody_holds_the_page),
	KUNIT_CASE(who_waited_is_told),
	KUNIT_CASE(who_waited_for_a_lock_is_not),
	{}
};

static struct kunit_suite map_suite = {
	.name = "gnttab_helpers_map",
	.init = map_init,
	.exit = map_exit,
	.test_cases = map_cases,
};

kunit_test_suite(map_suite);
