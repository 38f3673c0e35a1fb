// SPDX-License-Identifier: GPL-2.0
/*
 * Can a test fail? Tests of the framework and of custom.c themselves. Cases
 * named fails_ must fail: the Makefile runs them and expects "not ok".
 */
#include "framework.h"
#include "custom.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>

static u32 page[1024];
/* Through these, so that the compiler cannot tell what will happen. */
static u32 *volatile somewhere = page;
static volatile int most = 0x7fffffff;
static u32 *volatile kept;

static void passes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 1);
	KUNIT_EXPECT_TRUE(test, true);
	KUNIT_EXPECT_MEMEQ(test, "abc", "abc", 3);
	KUNIT_EXPECT_PTR_EQ(test, test, test);
}

static void shared_memory_changes_after_a_read(struct kunit *test)
{
	u32 first, second;

	custom_share(page, sizeof(page));
	custom_shared_flip(0, sizeof(page));
	first = READ_ONCE(page[7]);
	second = READ_ONCE(page[7]);
	KUNIT_EXPECT_EQ(test, first, ~second);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(28, 4), 2);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(32, 4), 0);
	memcpy(&first, &page[8], sizeof(first));
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(32, 4), 1);
	custom_reset();
}

static void shared_memory_is_poisoned(struct kunit *test)
{
	custom_share(page, sizeof(page));
	KUNIT_EXPECT_TRUE(test, __asan_address_is_poisoned(&page[3]));
	custom_reset();
	KUNIT_EXPECT_FALSE(test, __asan_address_is_poisoned(&page[3]));
}

static void allocations_fail_on_demand(struct kunit *test)
{
	void *p;

	custom_fail_alloc = 2;
	p = kmalloc(1, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	kfree(p);
	KUNIT_EXPECT_NULL(test, kmalloc(1, GFP_KERNEL));
	p = kmalloc(1, GFP_KERNEL);
	KUNIT_EXPECT_NOT_NULL(test, p);
	kfree(p);
}

static void fails_eq(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 1, 2);
}

static void fails_bool(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, false);
}

static void fails_memory(struct kunit *test)
{
	KUNIT_EXPECT_MEMEQ(test, "abc", "abx", 3);
}

static void fails_assert(struct kunit *test)
{
	KUNIT_ASSERT_TRUE(test, false);
	exit(0);
}

static struct kunit_case good_cases[] = {
	KUNIT_CASE(passes),
	KUNIT_CASE(shared_memory_changes_after_a_read),
	KUNIT_CASE(shared_memory_is_poisoned),
	KUNIT_CASE(allocations_fail_on_demand),
	{}
};

static struct kunit_case bad_cases[] = {
	KUNIT_CASE(fails_eq),
	KUNIT_CASE(fails_bool),
	KUNIT_CASE(fails_memory),
	KUNIT_CASE(fails_assert),
	{}
};

static struct kunit_suite good = {
	.name = "harness",
	.test_cases = good_cases,
};

static struct kunit_suite bad = {
	.name = "harness_bad",
	.test_cases = bad_cases,
};

static noinline void keep_a_local(void)
{
	u32 local[4] = { 1 };

	kept = local;
}

/* What the sanitizers must cut off; nothing, if there is no such mistake. */
static void make_mistake(const char *name)
{
	if (!strcmp(name, "poison")) {
		custom_share(page, sizeof(page));
		exit(somewhere[5] == 1);
	}
	if (!strcmp(name, "overflow"))
		exit(++most == 3);
	if (!strcmp(name, "return")) {
		keep_a_local();
		exit(kept[0] == 1);
	}
}

/* argv[1]: "bad" for what must fail, or the name of a mistake. */
int main(int argc, char **argv)
{
	struct kunit_suite *const good_only[] = { &good, NULL };
	struct kunit_suite *const bad_only[] = { &bad, NULL };

	if (argc > 1)
		make_mistake(argv[1]);
	return kunit_run(argc > 1 ? bad_only : good_only);
}
