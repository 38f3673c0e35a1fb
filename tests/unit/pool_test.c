// SPDX-License-Identifier: GPL-2.0
/* common/gnttab-helpers/pool.c: a limit that holds and nothing that leaks. */
#include "framework.h"
#include "gnttab-helpers/pool.h"
#include "xgh_internal.h"

#include <stdio.h>

#define LIMIT	8

static struct xgh_pool pool;

static int pool_init(struct kunit *test)
{
	custom_reset();
	return 0;
}

static void pool_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	custom_reset();
}

static const enum xgh_pool_kind kinds[] = { XGH_POOL_MAP, XGH_POOL_RAM };

static void kind_desc(const enum xgh_pool_kind *kind, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s",
		 *kind == XGH_POOL_MAP ? "map" : "ram");
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_desc)

static void start(struct kunit *test)
{
	const enum xgh_pool_kind *kind = test->param_value;

	xgh_pool_init(&pool, *kind);
	pool.limit = LIMIT;
}

static void limit_holds(struct kunit *test)
{
	struct page *pages[LIMIT], *one;
	int i;

	start(test);
	for (i = 0; i < LIMIT; i++) {
		KUNIT_EXPECT_EQ(test, xgh_pool_room(&pool), LIMIT - i);
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &pages[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, xgh_pool_get(&pool, &one), -EAGAIN);
	KUNIT_EXPECT_EQ(test, custom_pages, LIMIT);

	xgh_pool_put(&pool, pages[3]);
	KUNIT_EXPECT_EQ(test, xgh_pool_get(&pool, &one), 0);
	/* The page at rest was taken, none was allocated. */
	KUNIT_EXPECT_PTR_EQ(test, one, pages[3]);
	for (i = 0; i < LIMIT; i++)
		xgh_pool_put(&pool, pages[i]);
	xgh_pool_destroy(&pool);
}

/* A socket may send the page of a write again that has ended another way. */
static void a_page_of_others_is_not_used_again(struct kunit *test)
{
	struct page *page, *next;

	xgh_pool_init(&pool, XGH_POOL_RAM);
	pool.limit = LIMIT;
	KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &page), 0);
	page->refs++;
	xgh_pool_put(&pool, page);
	KUNIT_EXPECT_EQ(test, pool.nr_idle, 0);
	KUNIT_EXPECT_EQ(test, xgh_pool_room(&pool), LIMIT);
	KUNIT_EXPECT_EQ(test, xgh_pool_get(&pool, &next), 0);
	KUNIT_EXPECT_PTR_NE(test, next, page);
	xgh_pool_put(&pool, next);
	xgh_pool_destroy(&pool);
	__free_page(page);
}

/* Whoever frees it then looks whether all of it is as it was handed out. */
static void a_page_of_others_is_as_it_came(struct kunit *test)
{
	struct page *pages[2];
	int i;

	xgh_pool_init(&pool, XGH_POOL_RAM);
	pool.limit = LIMIT;
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &pages[i]), 0);
	for (i = 0; i < 2; i++)
		xgh_pool_put(&pool, pages[i]);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &pages[i]), 0);
		pages[i]->refs++;
	}
	for (i = 0; i < 2; i++) {
		xgh_pool_put(&pool, pages[i]);
		KUNIT_EXPECT_EQ(test, page_private(pages[i]), 0);
		__free_page(pages[i]);
	}
	xgh_pool_destroy(&pool);
}

static void out_of_memory_is_not_the_limit(struct kunit *test)
{
	struct page *page;

	start(test);
	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, xgh_pool_get(&pool, &page), -ENOMEM);
	KUNIT_EXPECT_EQ(test, xgh_pool_room(&pool), LIMIT);
	KUNIT_EXPECT_EQ(test, xgh_pool_get(&pool, &page), 0);
	xgh_pool_put(&pool, page);
	xgh_pool_destroy(&pool);
}

static void no_allocation_while_pages_rest(struct kunit *test)
{
	struct page *page;
	int i;

	start(test);
	KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &page), 0);
	xgh_pool_put(&pool, page);
	for (i = 0; i < 100; i++) {
		custom_fail_alloc = 1;
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &page), 0);
		xgh_pool_put(&pool, page);
	}
	custom_fail_alloc = 0;
	xgh_pool_destroy(&pool);
}

static void trim_keeps_as_many_as_told(struct kunit *test)
{
	struct page *pages[LIMIT];
	int i;

	start(test);
	for (i = 0; i < LIMIT; i++)
		KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &pages[i]), 0);
	xgh_pool_trim(&pool, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, LIMIT);
	for (i = 0; i < LIMIT; i++)
		xgh_pool_put(&pool, pages[i]);
	xgh_pool_trim(&pool, LIMIT + 1);
	KUNIT_EXPECT_EQ(test, custom_pages, LIMIT);
	xgh_pool_trim(&pool, 3);
	KUNIT_EXPECT_EQ(test, custom_pages, 3);
	xgh_pool_trim(&pool, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	xgh_pool_destroy(&pool);
}

static void lost_pages_count_for_ever(struct kunit *test)
{
	struct page *page;

	start(test);
	KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &page), 0);
	xgh_pool_lose(&pool);
	KUNIT_EXPECT_EQ(test, xgh_pool_room(&pool), LIMIT - 1);
	xgh_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 1);
	custom_free_page(page);
}

static void destroy_notices_a_page_in_use(struct kunit *test)
{
	struct page *page;

	start(test);
	KUNIT_ASSERT_EQ(test, xgh_pool_get(&pool, &page), 0);
	xgh_pool_destroy(&pool);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 1);
	custom_log.warnings = 0;
	custom_free_page(page);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE_PARAM(limit_holds, kind_gen_params),
	KUNIT_CASE(a_page_of_others_is_not_used_again),
	KUNIT_CASE(a_page_of_others_is_as_it_came),
	KUNIT_CASE_PARAM(out_of_memory_is_not_the_limit, kind_gen_params),
	KUNIT_CASE_PARAM(no_allocation_while_pages_rest, kind_gen_params),
	KUNIT_CASE_PARAM(trim_keeps_as_many_as_told, kind_gen_params),
	KUNIT_CASE_PARAM(lost_pages_count_for_ever, kind_gen_params),
	KUNIT_CASE_PARAM(destroy_notices_a_page_in_use, kind_gen_params),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "gnttab_helpers_pool",
	.init = pool_init,
	.exit = pool_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
