// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/grants.h: every byte of a range lies in the grant
 * that is said to hold it, and in no other. Built for Linux pages of 4, 16 and
 * 64 KiB.
 */
#include "framework.h"
#include "gnttab-helpers/grants.h"
#include "xgh_internal.h"

#define PAGES		3

static struct page *pages[PAGES];

static int grants_init(struct kunit *test)
{
	unsigned int i;

	custom_reset();
	for (i = 0; i < PAGES; i++) {
		pages[i] = custom_alloc_page();
		/* Apart from each other, in no order. */
		pages[i]->pfn = 1000 - 100 * i;
	}
	return 0;
}

static void grants_exit(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		custom_free_page(pages[i]);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	custom_reset();
}

/* Where a byte of a page is, told without any of the above. */
static xen_pfn_t gfn_of(const struct page *page, u32 offset)
{
	return CUSTOM_GFN + (page->pfn * PAGE_SIZE + offset) / 4096;
}

static void walk_one(struct kunit *test, u32 offset, u32 len)
{
	struct xgh_grants walk = { pages[0], offset, len };
	struct xgh_grant grant;
	u32 at = offset;

	while (xgh_grants_next(&walk, &grant)) {
		KUNIT_ASSERT_NE(test, grant.len, 0);
		KUNIT_EXPECT_EQ(test, grant.gfn, gfn_of(pages[0], at));
		KUNIT_EXPECT_EQ(test, grant.offset, at % 4096);
		KUNIT_EXPECT_TRUE(test, grant.offset + grant.len <= 4096);
		at += grant.len;
	}
	KUNIT_EXPECT_EQ(test, at, offset + len);
}

static void every_byte_is_in_its_grant(struct kunit *test)
{
	static const u32 edges[] = {
		0, 1, 511, 512, 2048, 4095, 4096, 4097, 8191, 8192, 12289,
		65535, 65536, 70000,
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		for (j = 0; j < ARRAY_SIZE(edges); j++)
			walk_one(test, edges[i], edges[j]);
}

static void an_empty_range_touches_nothing(struct kunit *test)
{
	struct xgh_grants walk = { pages[0], 4095, 0 };
	struct xgh_grant grant = { .len = 77 };

	KUNIT_EXPECT_FALSE(test, xgh_grants_next(&walk, &grant));
	KUNIT_EXPECT_EQ(test, grant.len, 77);
}

static void frames_are_counted(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_grants_count(0, 1), 1);
	KUNIT_EXPECT_EQ(test, xgh_grants_count(4095, 1), 1);
	KUNIT_EXPECT_EQ(test, xgh_grants_count(4095, 2), 2);
	KUNIT_EXPECT_EQ(test, xgh_grants_count(0, 4096), 1);
	KUNIT_EXPECT_EQ(test, xgh_grants_count(1, 4096), 2);
	KUNIT_EXPECT_EQ(test, xgh_grants_count(0, 65536), 16);
	KUNIT_EXPECT_EQ(test, xgh_grants_count(65536 + 4095, 4098), 3);
}

static void first_is_where_the_page_begins(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_grants_first(pages[1]), gfn_of(pages[1], 0));
}

static struct kunit_case grants_cases[] = {
	KUNIT_CASE(every_byte_is_in_its_grant),
	KUNIT_CASE(an_empty_range_touches_nothing),
	KUNIT_CASE(frames_are_counted),
	KUNIT_CASE(first_is_where_the_page_begins),
	{}
};

static struct kunit_suite grants_suite = {
	.name = "gnttab-grants" XB_VARIANT,
	.init = grants_init,
	.exit = grants_exit,
	.test_cases = grants_cases,
};

kunit_test_suite(grants_suite);
