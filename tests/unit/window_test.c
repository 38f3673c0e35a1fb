// SPDX-License-Identifier: GPL-2.0
/* blkback/ring/window.c: does it pay to keep the CPU in the next wait? */
#include "framework.h"
#include "ring/window.h"
#include "xbb_internal.h"

/* Waits that are not tried until the next one that is. */
static unsigned int passed(struct xbb_window *window)
{
	unsigned int nr = 0;

	while (!xbb_window_is_open(window)) {
		xbb_window_pass(window);
		nr++;
	}
	return nr;
}

static void window_is_open_at_first(struct kunit *test)
{
	struct xbb_window window = {};

	KUNIT_EXPECT_TRUE(test, xbb_window_is_open(&window));
	/* One that could not be tried for other reasons changes nothing. */
	xbb_window_pass(&window);
	KUNIT_EXPECT_TRUE(test, xbb_window_is_open(&window));
}

static void window_stays_open_while_it_pays(struct kunit *test)
{
	struct xbb_window window = {};
	int i;

	for (i = 0; i < 1000; i++) {
		xbb_window_ended(&window, true);
		KUNIT_EXPECT_TRUE(test, xbb_window_is_open(&window));
	}
	xbb_window_ended(&window, false);
	KUNIT_EXPECT_EQ(test, passed(&window), 1);
}

static void window_closes_for_longer_each_time(struct kunit *test)
{
	const unsigned int nr[] = { 1, 3, 7, 15, 31, 63, 127, 255, 255, 255 };
	struct xbb_window window = {};
	int i;

	for (i = 0; i < ARRAY_SIZE(nr); i++) {
		xbb_window_ended(&window, false);
		KUNIT_EXPECT_FALSE(test, xbb_window_is_open(&window));
		KUNIT_EXPECT_EQ(test, passed(&window), nr[i]);
	}
	KUNIT_EXPECT_EQ(test, nr[ARRAY_SIZE(nr) - 1], XBB_WINDOW_SKIP_MAX);
}

/* A disk that becomes fast is waited for again, and at once for long. */
static void window_opens_when_it_pays_again(struct kunit *test)
{
	struct xbb_window window = {};
	int i;

	for (i = 0; i < 10; i++) {
		xbb_window_ended(&window, false);
		passed(&window);
	}
	for (i = 0; i < 8; i++) {
		KUNIT_EXPECT_TRUE(test, xbb_window_is_open(&window));
		xbb_window_ended(&window, true);
	}
	xbb_window_ended(&window, false);
	KUNIT_EXPECT_EQ(test, passed(&window), 1);
}

/* Where every second one is in vain, one is left out for each of those. */
static void window_follows_what_is_mixed(struct kunit *test)
{
	struct xbb_window window = {};
	unsigned int nr = 0;
	int i;

	for (i = 0; i < 100; i++) {
		xbb_window_ended(&window, i & 1);
		nr += passed(&window);
	}
	KUNIT_EXPECT_EQ(test, nr, 50);
}

static struct kunit_case window_cases[] = {
	KUNIT_CASE(window_is_open_at_first),
	KUNIT_CASE(window_stays_open_while_it_pays),
	KUNIT_CASE(window_closes_for_longer_each_time),
	KUNIT_CASE(window_opens_when_it_pays_again),
	KUNIT_CASE(window_follows_what_is_mixed),
	{}
};

static struct kunit_suite window_suite = {
	.name = "blkback_window",
	.test_cases = window_cases,
};

kunit_test_suite(window_suite);
