// SPDX-License-Identifier: GPL-2.0
/* gnttab-helpers/map.c and persist.c on real grants. */
#include "gnttab-helpers/persist.h"
#include "loan.h"

static void a_map_shows_what_was_granted(struct kunit *test)
{
	struct loan *loan = test->priv;
	unsigned int i;

	loan_map(test, LOAN_GRANTS);
	for (i = 0; i < LOAN_GRANTS; i++) {
		void *seen = page_address(loan->map[i].page);

		KUNIT_EXPECT_TRUE(test, loan_is_filled(seen, i));
		memset(seen, 0xa0 + i, XEN_PAGE_SIZE);
		KUNIT_EXPECT_TRUE(test, loan_is_filled(loan_frame(loan, i),
						       0xa0 + i - 1));
	}
	for (i = 0; i < LOAN_GRANTS; i++)
		loan_unmap(test, i);
}

static void a_mapped_grant_cannot_end(struct kunit *test)
{
	struct loan *loan = test->priv;

	loan_map(test, 2);
	KUNIT_EXPECT_FALSE(test, loan_end(loan, 0));
	loan_unmap(test, 0);
	KUNIT_EXPECT_TRUE(test, loan_end(loan, 0));
	KUNIT_EXPECT_FALSE(test, loan_end(loan, 1));
	loan_unmap(test, 1);
}

/* One of several that are mapped by the same hypercall was taken back. */
static void each_map_has_its_own_result(struct kunit *test)
{
	struct loan *loan = test->priv;
	grant_ref_t ended = loan->gref[1];
	struct xgh_map map[2];
	int err[2] = {};

	KUNIT_ASSERT_TRUE(test, loan_end(loan, 1));
	KUNIT_ASSERT_EQ(test, xgh_pool_get(&loan->pool, &map[0].page), 0);
	KUNIT_ASSERT_EQ(test, xgh_pool_get(&loan->pool, &map[1].page), 0);
	xgh_map_batch_add(&loan->maps, &map[0], ended, false, &err[0]);
	xgh_map_batch_add(&loan->maps, &map[1], loan->gref[0], false, &err[1]);
	KUNIT_EXPECT_EQ(test, xgh_map_batch_flush(&loan->maps), 1);

	KUNIT_EXPECT_LT(test, err[0], 0);
	KUNIT_EXPECT_EQ(test, map[0].handle, INVALID_GRANT_HANDLE);
	xgh_pool_put(&loan->pool, map[0].page);
	KUNIT_EXPECT_EQ(test, err[1], 0);
	KUNIT_EXPECT_TRUE(test, loan_is_filled(page_address(map[1].page), 0));
	loan->map[0] = map[1];
	loan_unmap(test, 0);
}

static void a_page_is_mapped_into_again(struct kunit *test)
{
	struct loan *loan = test->priv;
	unsigned int round;
	void *seen;

	for (round = 0; round < 100; round++) {
		loan_map(test, 1);
		seen = page_address(loan->map[0].page);
		KUNIT_EXPECT_TRUE(test, loan_is_filled(seen, 0));
		loan_unmap(test, 0);
	}
}

/* It stays in the store until nobody looks at it. */
static void a_busy_grant_is_not_reaped(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct xgh_pgrant *pgrant;
	struct xgh_persist store;
	struct page *page;

	KUNIT_ASSERT_EQ(test, xgh_persist_init(&store, LOAN_GRANTS), 0);
	loan_map(test, 1);
	page = loan->map[0].page;
	pgrant = xgh_persist_adopt(&store, loan->gref[0], &loan->map[0]);
	KUNIT_ASSERT_NOT_NULL(test, pgrant);
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &loan->unmaps, jiffies),
			0);
	xgh_persist_put(pgrant);

	get_page(page);
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &loan->unmaps, jiffies),
			0);
	KUNIT_EXPECT_FALSE(test, loan_end(loan, 0));
	put_page(page);
	KUNIT_EXPECT_EQ(test, xgh_persist_reap(&store, &loan->unmaps, jiffies),
			1);
	KUNIT_EXPECT_TRUE(test, loan_end(loan, 0));
	xgh_persist_free(&store);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(a_map_shows_what_was_granted),
	KUNIT_CASE(a_mapped_grant_cannot_end),
	KUNIT_CASE(each_map_has_its_own_result),
	KUNIT_CASE(a_page_is_mapped_into_again),
	KUNIT_CASE(a_busy_grant_is_not_reaped),
	{}
};

struct kunit_suite map_suite = {
	.name = "xen-gnttab-map",
	.init = loan_init,
	.exit = loan_exit,
	.test_cases = map_cases,
};
