// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/persist.c: what stays mapped is found again, nothing
 * that somebody uses or looks at is unmapped, and all of it goes in the end.
 */
#include "framework.h"
#include "gnttab-helpers/async_unmap.h"
#include "gnttab-helpers/domain.h"
#include "gnttab-helpers/persist.h"
#include "xgh_internal.h"

#define OTHEREND	9
#define LIMIT		16
#define POOL		64
#define UNMAPS		4
#define BUCKETS		(1u << XGH_PERSIST_BITS)
#define NOW		1000

static struct xgh_pool pool;
static struct xgh_map_batch map_batch;
static struct xgh_unmap_batch unmap_batch;
static struct xgh_persist store;

static int persist_init(struct kunit *test)
{
	custom_reset();
	custom_jiffies = NOW;
	xgh_pool_init(&pool, XGH_POOL_MAP);
	pool.limit = POOL;
	if (xgh_map_batch_init(&map_batch, OTHEREND, 1) ||
	    xgh_unmap_batch_init(&unmap_batch, &pool, UNMAPS))
		return -ENOMEM;
	return xgh_persist_init(&store, LIMIT);
}

static void persist_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, store.nr, 0);
	KUNIT_EXPECT_EQ(test, unmap_batch.nr, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
	xgh_persist_free(&store);
	xgh_map_batch_free(&map_batch);
	xgh_unmap_batch_free(&unmap_batch);
	xgh_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	custom_reset();
}

static struct xgh_map mapped(struct kunit *test, u32 gref)
{
	struct xgh_map map;
	int err = 0;

	KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &map.page), 0);
	xgh_map_batch_add(&map_batch, &map, gref, false, &err);
	KUNIT_ASSERT_EQ(test, xgh_map_batch_flush(&map_batch), 0);
	return map;
}

static void unmap(struct kunit *test, struct xgh_map *map)
{
	xgh_unmap_batch_add(&unmap_batch, map);
	KUNIT_EXPECT_EQ(test, xgh_unmap_batch_flush(&unmap_batch), 0);
}

/* A grant that is in use once. */
static struct xgh_pgrant *adopt(struct kunit *test, u32 gref)
{
	struct xgh_map map = mapped(test, gref);
	struct xgh_pgrant *pgrant = xgh_persist_adopt(&store, gref, &map);

	KUNIT_ASSERT_NOT_NULL(test, pgrant);
	return pgrant;
}

/* A grant that was used last at that time. */
static struct xgh_pgrant *adopt_idle(struct kunit *test, u32 gref,
				     unsigned long used_at)
{
	struct xgh_pgrant *pgrant = adopt(test, gref);

	custom_jiffies = used_at;
	xgh_persist_put(pgrant);
	return pgrant;
}

/* From here on custom_xen counts what the reaping does. */
static void forget_calls(void)
{
	custom_xen.calls = 0;
	custom_xen.ops = 0;
}

/* For grants that were all used at NOW at the latest. */
static unsigned int reap_all(void)
{
	return xgh_persist_reap(&store, &unmap_batch, NOW);
}

static bool has(u32 gref)
{
	return xgh_persist_find(&store, gref);
}

/* ---- a full store ----------------------------------------------------- */

static void fill(struct kunit *test)
{
	u32 gref;

	/* Not in the order of their age. */
	for (gref = 0; gref < LIMIT; gref++)
		adopt_idle(test, gref, NOW - LIMIT + (gref * 5) % LIMIT);
	custom_jiffies = NOW;
}

static void one_more_is_turned_away_and_noted(struct kunit *test)
{
	struct xgh_map map;

	fill(test);
	KUNIT_EXPECT_FALSE(test, store.full);
	map = mapped(test, 0);
	KUNIT_EXPECT_NULL(test, xgh_persist_adopt(&store, 0, &map));
	/* It has that one. */
	KUNIT_EXPECT_FALSE(test, store.full);
	KUNIT_EXPECT_NULL(test, xgh_persist_adopt(&store, LIMIT, &map));
	KUNIT_EXPECT_TRUE(test, store.full);
	unmap(test, &map);
	KUNIT_EXPECT_EQ(test, xgh_persist_evict(&store, &unmap_batch, 1), 1);
	KUNIT_EXPECT_FALSE(test, store.full);
	KUNIT_EXPECT_EQ(test, reap_all(), LIMIT - 1);
}

static void least_recently_used_go_first(struct kunit *test)
{
	u32 gref;

	fill(test);
	KUNIT_EXPECT_EQ(test, xgh_persist_evict(&store, &unmap_batch, 6), 6);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, LIMIT - 6);
	for (gref = 0; gref < LIMIT; gref++)
		KUNIT_EXPECT_EQ(test, has(gref), (gref * 5) % LIMIT >= 6);
	/* The clock may wrap. */
	adopt_idle(test, 100, -1UL);
	adopt_idle(test, 101, 1);
	KUNIT_EXPECT_EQ(test, xgh_persist_evict(&store, &unmap_batch, 1), 1);
	KUNIT_EXPECT_FALSE(test, has(100));
	KUNIT_EXPECT_TRUE(test, has(101));
	custom_jiffies = NOW;
	KUNIT_EXPECT_EQ(test, reap_all(), LIMIT - 6 + 1);
}

static void who_is_used_is_not_evicted(struct kunit *test)
{
	struct xgh_pgrant *used;

	fill(test);
	used = xgh_persist_get(&store, 0);
	xgh_persist_find(&store, 13)->map.page->refs++;
	KUNIT_EXPECT_EQ(test, xgh_persist_evict(&store, &unmap_batch, LIMIT),
			LIMIT - 2);
	KUNIT_EXPECT_TRUE(test, has(0));
	KUNIT_EXPECT_TRUE(test, has(13));
	xgh_persist_find(&store, 13)->map.page->refs--;
	xgh_persist_put(used);
	KUNIT_EXPECT_EQ(test, reap_all(), 2);
}

static void nothing_is_evicted_without_memory(struct kunit *test)
{
	fill(test);
	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, xgh_persist_evict(&store, &unmap_batch, 6), 0);
	KUNIT_EXPECT_EQ(test, store.nr, LIMIT);
	KUNIT_EXPECT_EQ(test, reap_all(), LIMIT);
}

/* ---- an empty store --------------------------------------------------- */

static void init_fails_cleanly_without_memory(struct kunit *test)
{
	struct xgh_persist s;

	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, xgh_persist_init(&s, 1), -ENOMEM);
	KUNIT_EXPECT_NULL(test, s.table);
	xgh_persist_free(&s);
}

static void limit_0_takes_nothing_and_no_memory(struct kunit *test)
{
	struct xgh_map map = mapped(test, 1);
	struct xgh_persist s;

	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, xgh_persist_init(&s, 0), 0);
	KUNIT_EXPECT_NULL(test, s.table);
	KUNIT_EXPECT_NULL(test, xgh_persist_adopt(&s, 1, &map));
	/* Nobody has asked for memory: it would have failed. */
	KUNIT_EXPECT_EQ(test, custom_fail_alloc, 1);
	custom_fail_alloc = 0;

	forget_calls();
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&s, &unmap_batch, NOW), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
	xgh_persist_free(&s);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	unmap(test, &map);
}

static void free_of_one_never_initialised(struct kunit *test)
{
	struct xgh_persist s = {};

	xgh_persist_free(&s);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
}

static void empty_store_has_nothing(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test, xgh_persist_find(&store, 0));
	KUNIT_EXPECT_NULL(test, xgh_persist_get(&store, 0));
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
}

static void free_of_a_store_in_use_warns(struct kunit *test)
{
	struct xgh_pgrant *pgrant = adopt(test, 1);

	xgh_persist_free(&store);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 1);
	KUNIT_EXPECT_NULL(test, store.table);
	custom_log.warnings = 0;

	/* What it has lost is ours to clean up. */
	unmap(test, &pgrant->map);
	kfree(pgrant);
	store.nr = 0;
}

/* ---- adopt, get, put -------------------------------------------------- */

static void adopted_is_found_again(struct kunit *test)
{
	struct xgh_map map = mapped(test, 77);
	struct xgh_map copy = map;
	struct xgh_pgrant *pgrant = xgh_persist_adopt(&store, 77, &map);

	KUNIT_ASSERT_NOT_NULL(test, pgrant);
	KUNIT_EXPECT_EQ(test, store.nr, 1);
	KUNIT_EXPECT_EQ(test, pgrant->gref, 77);
	KUNIT_EXPECT_EQ(test, pgrant->users, 1);
	/* The caller's own is of no further interest. */
	memset(&map, 0xee, sizeof(map));
	KUNIT_EXPECT_PTR_EQ(test, pgrant->map.page, copy.page);
	KUNIT_EXPECT_EQ(test, pgrant->map.handle, copy.handle);

	KUNIT_EXPECT_PTR_EQ(test, xgh_persist_find(&store, 77), pgrant);
	KUNIT_EXPECT_EQ(test, pgrant->users, 1);
	KUNIT_EXPECT_NULL(test, xgh_persist_get(&store, 78));
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_PTR_EQ(test, xgh_persist_get(&store, 77), pgrant);
	KUNIT_EXPECT_EQ(test, pgrant->users, 1);
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
	KUNIT_EXPECT_NULL(test, xgh_persist_get(&store, 77));
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
}

static void limit_holds(struct kunit *test)
{
	struct xgh_pgrant *pgrant = NULL;
	struct xgh_map map;
	u32 i;

	for (i = 0; i < LIMIT; i++)
		pgrant = adopt_idle(test, i, NOW + 1);
	map = mapped(test, LIMIT);
	KUNIT_EXPECT_NULL(test, xgh_persist_adopt(&store, LIMIT, &map));
	KUNIT_EXPECT_EQ(test, store.nr, LIMIT);
	KUNIT_EXPECT_FALSE(test, has(LIMIT));

	/* One goes, one comes. */
	pgrant->used_at = NOW;
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
	KUNIT_EXPECT_NOT_NULL(test, xgh_persist_adopt(&store, LIMIT, &map));
	KUNIT_EXPECT_EQ(test, store.nr, LIMIT);
	custom_jiffies = NOW;
	xgh_persist_put(xgh_persist_find(&store, LIMIT));
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &unmap_batch, NOW + 1),
			LIMIT);
}

static void same_gref_is_refused(struct kunit *test)
{
	struct xgh_pgrant *first = adopt(test, 5);
	struct xgh_map second = mapped(test, 5);
	struct page *page = second.page;

	KUNIT_EXPECT_NULL(test, xgh_persist_adopt(&store, 5, &second));
	KUNIT_EXPECT_EQ(test, store.nr, 1);
	KUNIT_EXPECT_PTR_EQ(test, xgh_persist_find(&store, 5), first);
	KUNIT_EXPECT_EQ(test, first->users, 1);
	KUNIT_EXPECT_PTR_NE(test, first->map.page, page);
	/* Still the caller's, in full. */
	KUNIT_EXPECT_PTR_EQ(test, second.page, page);
	unmap(test, &second);
	xgh_persist_put(first);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
}

static void no_memory_leaves_the_map_to_the_caller(struct kunit *test)
{
	struct xgh_map map = mapped(test, 5);
	struct xgh_map copy = map;

	custom_fail_alloc = 1;
	KUNIT_EXPECT_NULL(test, xgh_persist_adopt(&store, 5, &map));
	KUNIT_EXPECT_EQ(test, custom_fail_alloc, 0);
	KUNIT_EXPECT_EQ(test, store.nr, 0);
	KUNIT_EXPECT_FALSE(test, has(5));
	KUNIT_EXPECT_PTR_EQ(test, map.page, copy.page);
	KUNIT_EXPECT_EQ(test, map.handle, copy.handle);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 1);
	unmap(test, &map);
}

/* ---- the table -------------------------------------------------------- */

static void neighbours_have_a_bucket_each(struct kunit *test)
{
	static bool taken[BUCKETS];
	u32 i;

	memset(taken, 0, sizeof(taken));
	for (i = 0; i < BUCKETS; i++) {
		size_t at = xgh_persist_bucket(&store, 70000 + i) - store.table;

		KUNIT_ASSERT_TRUE(test, at < BUCKETS && !taken[at]);
		taken[at] = true;
	}
}

static u32 colliding(u32 i)
{
	/* The last one has all bits above set. */
	return (i == LIMIT - 1 ? U32_MAX - BUCKETS + 1 : i * BUCKETS) + 5;
}

static void many_in_one_bucket(struct kunit *test)
{
	struct xgh_pgrant *pgrants[LIMIT];
	u32 i;

	for (i = 0; i < LIMIT; i++)
		pgrants[i] = adopt(test, colliding(i));
	for (i = 0; i < LIMIT; i++) {
		KUNIT_EXPECT_PTR_EQ(test, pgrants[i],
				    xgh_persist_get(&store, colliding(i)));
		xgh_persist_put(pgrants[i]);
	}
	KUNIT_EXPECT_FALSE(test, has(5 + LIMIT * BUCKETS));

	/* First, last and some between them go. */
	for (i = 0; i < LIMIT; i += 3)
		xgh_persist_put(pgrants[i]);
	KUNIT_EXPECT_EQ(test, reap_all(), DIV_ROUND_UP(LIMIT, 3));
	for (i = 0; i < LIMIT; i++)
		KUNIT_EXPECT_EQ(test, has(colliding(i)), i % 3 != 0);
	for (i = 0; i < LIMIT; i++)
		if (i % 3)
			xgh_persist_put(pgrants[i]);
	KUNIT_EXPECT_EQ(test, reap_all(), LIMIT - DIV_ROUND_UP(LIMIT, 3));
	KUNIT_EXPECT_TRUE(test, hlist_empty(xgh_persist_bucket(&store, 5)));
}

static void every_bucket_is_reaped(struct kunit *test)
{
	static const u32 grefs[] = { 0, 1, BUCKETS / 2, BUCKETS - 1 };
	int i;

	for (i = 0; i < ARRAY_SIZE(grefs); i++)
		adopt_idle(test, grefs[i], NOW);
	KUNIT_EXPECT_EQ(test, reap_all(), ARRAY_SIZE(grefs));
}

/* ---- what is reaped --------------------------------------------------- */

static void used_by_two_stays_until_both_are_done(struct kunit *test)
{
	struct xgh_pgrant *pgrant = adopt_idle(test, 3, NOW);

	KUNIT_EXPECT_PTR_EQ(test, xgh_persist_get(&store, 3), pgrant);
	KUNIT_EXPECT_PTR_EQ(test, xgh_persist_get(&store, 3), pgrant);
	KUNIT_EXPECT_EQ(test, pgrant->users, 2);
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
}

/* It has no time of last use before the first is over: memory is junk. */
static void never_put_is_never_reaped(struct kunit *test)
{
	struct xgh_pgrant *pgrant = adopt(test, 3);

	pgrant->used_at = NOW - 500;
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	pgrant->used_at = NOW + 500;
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_EQ(test, pgrant->used_at, NOW);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
}

static void only_those_old_enough(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 5; i++)
		adopt_idle(test, i, NOW - 2 + i);
	/* Before or at that time. */
	KUNIT_EXPECT_EQ(test, reap_all(), 3);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_EQ(test, has(i), i > 2);
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &unmap_batch, NOW + 1),
			1);
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &unmap_batch, NOW + 9),
			1);
}

static void use_makes_young_again(struct kunit *test)
{
	struct xgh_pgrant *pgrant = adopt_idle(test, 1, NOW);

	custom_jiffies = NOW + 7;
	KUNIT_EXPECT_NOT_NULL(test, xgh_persist_get(&store, 1));
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_EQ(test, pgrant->used_at, NOW + 7);
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &unmap_batch, NOW + 7),
			1);
}

static void time_wraps_around(struct kunit *test)
{
	const unsigned long first = -2UL;
	u32 i;

	/* ..., the last but one, the last, 0, 1, ... */
	for (i = 0; i < 6; i++)
		adopt_idle(test, i, first + i);
	for (i = 0; i < 6; i++) {
		KUNIT_EXPECT_EQ(test, 1, xgh_persist_reap(&store, &unmap_batch,
							  first + i));
		KUNIT_EXPECT_FALSE(test, has(i));
		KUNIT_EXPECT_EQ(test, store.nr, 5 - i);
	}
}

static void busy_page_stays(struct kunit *test)
{
	struct xgh_pgrant *pgrant = adopt_idle(test, 1, NOW);

	adopt_idle(test, 2, NOW);
	pgrant->map.page->refs++;
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
	KUNIT_EXPECT_PTR_EQ(test, xgh_persist_find(&store, 1), pgrant);
	KUNIT_EXPECT_FALSE(test, has(2));
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 1);
	pgrant->map.page->refs--;
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
}

/* ---- how it is unmapped ----------------------------------------------- */

static void nothing_due_calls_nobody(struct kunit *test)
{
	struct xgh_pgrant *pgrant = adopt(test, 1);

	forget_calls();
	KUNIT_EXPECT_EQ(test, reap_all(), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
	xgh_persist_put(pgrant);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
}

static void a_batch_full_is_one_call(struct kunit *test)
{
	u32 i;

	for (i = 0; i < UNMAPS; i++)
		adopt_idle(test, i, NOW);
	forget_calls();
	KUNIT_EXPECT_EQ(test, reap_all(), UNMAPS);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, unmap_batch.nr, 0);
}

static void more_than_a_batch_is_several_calls(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 2 * UNMAPS + 2; i++)
		adopt_idle(test, i, NOW);
	forget_calls();
	KUNIT_EXPECT_EQ(test, reap_all(), 2 * UNMAPS + 2);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 3);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 2 * UNMAPS + 2);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
	KUNIT_EXPECT_EQ(test, pool.in_use, 0);
	KUNIT_EXPECT_EQ(test, unmap_batch.nr, 0);
}

static void batch_may_hold_others_already(struct kunit *test)
{
	struct xgh_map map = mapped(test, 50);
	u32 i;

	for (i = 0; i < UNMAPS; i++)
		adopt_idle(test, i, NOW);
	xgh_unmap_batch_add(&unmap_batch, &map);
	forget_calls();
	KUNIT_EXPECT_EQ(test, reap_all(), UNMAPS);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 2);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, UNMAPS + 1);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 0);
}

static s16 gref_1_stays(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 1 ? GNTST_general_error : GNTST_okay;
}

static void what_cannot_be_unmapped_is_forgotten(struct kunit *test)
{
	struct page *stuck;
	u32 i;

	for (i = 0; i < 3; i++)
		adopt_idle(test, i, NOW);
	stuck = xgh_persist_find(&store, 1)->map.page;
	custom_xen.status = gref_1_stays;
	KUNIT_EXPECT_EQ(test, reap_all(), 3);
	KUNIT_EXPECT_FALSE(test, has(1));
	KUNIT_EXPECT_EQ(test, pool.lost, 1);
	KUNIT_EXPECT_EQ(test, pool.in_use, 1);
	KUNIT_EXPECT_EQ(test, custom_log.messages, 1);

	KUNIT_EXPECT_TRUE(test, stuck->mapped);
	stuck->mapped = false;
	custom_xen.mapped--;
	custom_free_page(stuck);
}

/* ---- what is left when the frontend has gone --------------------------- */

static void abandoned_goes_when_it_can(struct kunit *test)
{
	struct xgh_domain *domain = xgh_domain_get(OTHEREND);
	struct xgh_pgrant *used;
	struct page *busy;
	u32 i;

	KUNIT_ASSERT_EQ(test, xgh_async_unmap_init(), 0);
	for (i = 0; i < 2 * UNMAPS + 1; i++)
		adopt_idle(test, i * 7, NOW);
	used = adopt(test, 1000);
	busy = xgh_persist_find(&store, 7)->map.page;
	busy->refs++;
	forget_calls();
	xgh_persist_abandon(&store, domain, &pool);
	/* Not the one in use; no hypercall while one is busy. */
	KUNIT_EXPECT_EQ(test, store.nr, 1);
	KUNIT_EXPECT_TRUE(test, has(1000));
	KUNIT_EXPECT_EQ(test, pool.in_use, 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 2 * UNMAPS + 1);
	custom_run_until(2 * NOW);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
	busy->refs--;
	custom_run_until(4 * NOW);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_xen.mapped, 1);

	custom_jiffies = NOW;
	xgh_persist_put(used);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
	xgh_persist_abandon(&store, domain, &pool);
	KUNIT_EXPECT_EQ(test, custom_nr_works(), 0);
	xgh_async_unmap_exit();
	xgh_domain_put(domain);
}

static void nothing_to_abandon_asks_for_nothing(struct kunit *test)
{
	struct xgh_domain *domain = xgh_domain_get(OTHEREND);
	struct xgh_persist none;
	struct xgh_pgrant *used;

	/* One that is never asked has no table. */
	xgh_persist_init(&none, 0);
	custom_fail_alloc = 1;
	xgh_persist_abandon(&none, domain, &pool);
	xgh_persist_abandon(&store, domain, &pool);
	KUNIT_EXPECT_EQ(test, custom_fail_alloc, 1);
	custom_fail_alloc = 0;

	used = adopt(test, 1);
	custom_fail_alloc = 1;
	xgh_persist_abandon(&store, domain, &pool);
	KUNIT_EXPECT_EQ(test, custom_fail_alloc, 1);
	custom_fail_alloc = 0;
	xgh_persist_put(used);
	KUNIT_EXPECT_EQ(test, reap_all(), 1);
	xgh_domain_put(domain);
}

static void without_memory_it_stays_for_the_next_time(struct kunit *test)
{
	struct xgh_domain *domain = xgh_domain_get(OTHEREND);
	struct page *busy = adopt_idle(test, 1, NOW)->map.page;

	adopt_idle(test, 2, NOW);
	busy->refs++;
	custom_fail_alloc = 1;
	xgh_persist_abandon(&store, domain, &pool);
	KUNIT_EXPECT_EQ(test, store.nr, 2);
	KUNIT_EXPECT_EQ(test, pool.in_use, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&domain->waiting), 0);
	busy->refs--;
	KUNIT_EXPECT_EQ(test, reap_all(), 2);
	xgh_domain_put(domain);
}

/* Those that requests use are the requests'. */
static void what_others_look_at_is_counted(struct kunit *test)
{
	struct xgh_pgrant *idle = adopt_idle(test, 1, NOW);
	struct xgh_pgrant *busy = adopt_idle(test, 2, NOW);
	struct xgh_pgrant *used = adopt(test, 3);

	KUNIT_EXPECT_EQ(test, xgh_persist_count_busy(&store), 0);
	idle->map.page->refs++;
	busy->map.page->refs++;
	used->map.page->refs++;
	KUNIT_EXPECT_EQ(test, xgh_persist_count_busy(&store), 2);
	idle->map.page->refs--;
	KUNIT_EXPECT_EQ(test, xgh_persist_count_busy(&store), 1);
	busy->map.page->refs--;
	used->map.page->refs--;
	xgh_persist_put(used);
	KUNIT_EXPECT_EQ(test, reap_all(), 3);
	KUNIT_EXPECT_EQ(test, xgh_persist_count_busy(&store), 0);
}

static struct kunit_case persist_cases[] = {
	KUNIT_CASE(one_more_is_turned_away_and_noted),
	KUNIT_CASE(least_recently_used_go_first),
	KUNIT_CASE(who_is_used_is_not_evicted),
	KUNIT_CASE(nothing_is_evicted_without_memory),
	KUNIT_CASE(init_fails_cleanly_without_memory),
	KUNIT_CASE(limit_0_takes_nothing_and_no_memory),
	KUNIT_CASE(free_of_one_never_initialised),
	KUNIT_CASE(empty_store_has_nothing),
	KUNIT_CASE(free_of_a_store_in_use_warns),
	KUNIT_CASE(adopted_is_found_again),
	KUNIT_CASE(limit_holds),
	KUNIT_CASE(same_gref_is_refused),
	KUNIT_CASE(no_memory_leaves_the_map_to_the_caller),
	KUNIT_CASE(neighbours_have_a_bucket_each),
	KUNIT_CASE(many_in_one_bucket),
	KUNIT_CASE(every_bucket_is_reaped),
	KUNIT_CASE(used_by_two_stays_until_both_are_done),
	KUNIT_CASE(never_put_is_never_reaped),
	KUNIT_CASE(only_those_old_enough),
	KUNIT_CASE(use_makes_young_again),
	KUNIT_CASE(time_wraps_around),
	KUNIT_CASE(busy_page_stays),
	KUNIT_CASE(nothing_due_calls_nobody),
	KUNIT_CASE(a_batch_full_is_one_call),
	KUNIT_CASE(more_than_a_batch_is_several_calls),
	KUNIT_CASE(batch_may_hold_others_already),
	KUNIT_CASE(what_cannot_be_unmapped_is_forgotten),
	KUNIT_CASE(abandoned_goes_when_it_can),
	KUNIT_CASE(nothing_to_abandon_asks_for_nothing),
	KUNIT_CASE(without_memory_it_stays_for_the_next_time),
	KUNIT_CASE(what_others_look_at_is_counted),
	{}
};

static struct kunit_suite persist_suite = {
	.name = "gnttab_helpers_persist",
	.init = persist_init,
	.exit = persist_exit,
	.test_cases = persist_cases,
};

kunit_test_suite(persist_suite);
