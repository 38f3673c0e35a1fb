// SPDX-License-Identifier: GPL-2.0
/* blkback/limits/bucket.c: rate limits. */
#include "framework.h"
#include "limits/bucket.h"
#include "xbb_internal.h"

#define SEC	1000000000ull
#define MSEC	1000000ull

static void bucket_without_limit(struct kunit *test)
{
	struct xbb_bucket bucket;
	int i;

	xbb_bucket_set(&bucket, 0, 100 * MSEC, 5);
	for (i = 0; i < 1000; i++) {
		KUNIT_EXPECT_EQ(test, 0, xbb_bucket_wait(&bucket, 5));
		xbb_bucket_charge(&bucket, XBB_BUCKET_AMOUNT_MAX, 5);
	}
}

/* Right after a change, and after any pause, so much and no more. */
static void bucket_bursts_as_much_as_was_saved(struct kunit *test)
{
	struct xbb_bucket bucket;
	u64 now = 77 * SEC;
	int round, n;

	xbb_bucket_set(&bucket, 1000, 100 * MSEC, now);
	for (round = 0; round < 3; round++, now += 3600 * SEC) {
		for (n = 0; !xbb_bucket_wait(&bucket, now); n++)
			xbb_bucket_charge(&bucket, 1, now);
		KUNIT_EXPECT_GE(test, n, 100);
		KUNIT_EXPECT_LE(test, n, 101);
	}
}

/* Whoever comes when he is told to gets the rate, whatever he takes. */
static void bucket_rate_is_exact(struct kunit *test)
{
	static const u64 rates[] = { 1, 7, 1000, 123457, 10000000,
				     10ull << 30 };
	static const u32 amounts[] = { 1, 512, 4096, 1 << 20 };
	int r, a;

	for (r = 0; r < ARRAY_SIZE(rates); r++)
		for (a = 0; a < ARRAY_SIZE(amounts); a++) {
			struct xbb_bucket bucket;
			u64 begin = 3 * SEC;
			u64 now = begin;
			u64 used = 0;
			u64 ideal;
			int i;

			xbb_bucket_set(&bucket, rates[r], 0, now);
			for (i = 0; i < 2000; i++) {
				now += xbb_bucket_wait(&bucket, now);
				KUNIT_ASSERT_EQ(test, 0,
						xbb_bucket_wait(&bucket, now));
				xbb_bucket_charge(&bucket, amounts[a], now);
				used += amounts[a];
			}
			/* The last amount has yet to be paid. */
			used -= amounts[a];
			ideal = div64_u64(used, rates[r]) * SEC +
				div64_u64(used % rates[r] * SEC, rates[r]);
			KUNIT_EXPECT_GE(test, now - begin, ideal);
			KUNIT_EXPECT_LE(test, now - begin, ideal + 2000);
		}
}

/* Late by less than what can be saved costs no rate. */
static void bucket_late_sleepers_lose_nothing(struct kunit *test)
{
	struct xbb_bucket bucket;
	u64 begin = SEC;
	u64 now = begin;
	int i;

	xbb_bucket_set(&bucket, 1000, 20 * MSEC, now);
	while (!xbb_bucket_wait(&bucket, now))
		xbb_bucket_charge(&bucket, 1, now);
	for (i = 0; i < 5000;) {
		now += xbb_bucket_wait(&bucket, now) + 7 * MSEC;
		for (; !xbb_bucket_wait(&bucket, now); i++)
			xbb_bucket_charge(&bucket, 1, now);
	}
	KUNIT_EXPECT_GE(test, now - begin, 4990 * MSEC);
	KUNIT_EXPECT_LE(test, now - begin, 5010 * MSEC);
}

/* A large amount goes at once, and all that follow wait for it. */
static void bucket_owes_what_was_missing(struct kunit *test)
{
	struct xbb_bucket bucket;

	xbb_bucket_set(&bucket, 1 << 20, 0, SEC);
	KUNIT_EXPECT_EQ(test, 0, xbb_bucket_wait(&bucket, SEC));
	xbb_bucket_charge(&bucket, 10 << 20, SEC);
	KUNIT_EXPECT_EQ(test, 10 * SEC, xbb_bucket_wait(&bucket, SEC));
	KUNIT_EXPECT_EQ(test, SEC, xbb_bucket_wait(&bucket, 10 * SEC));
	KUNIT_EXPECT_EQ(test, 0, xbb_bucket_wait(&bucket, 11 * SEC));
}

static void bucket_early_times(struct kunit *test)
{
	struct xbb_bucket bucket;

	xbb_bucket_set(&bucket, 10, 100 * MSEC, 1);
	KUNIT_EXPECT_EQ(test, 0, xbb_bucket_wait(&bucket, 1));
	xbb_bucket_charge(&bucket, 1, 1);
	KUNIT_EXPECT_EQ(test, 100 * MSEC - 1, xbb_bucket_wait(&bucket, 1));
	xbb_bucket_set(&bucket, ~0ull, 0, SEC);
	KUNIT_EXPECT_EQ(test, XBB_BUCKET_RATE_MAX, bucket.rate);
}

static struct kunit_case bucket_cases[] = {
	KUNIT_CASE(bucket_without_limit),
	KUNIT_CASE(bucket_bursts_as_much_as_was_saved),
	KUNIT_CASE(bucket_rate_is_exact),
	KUNIT_CASE(bucket_late_sleepers_lose_nothing),
	KUNIT_CASE(bucket_owes_what_was_missing),
	KUNIT_CASE(bucket_early_times),
	{}
};

static struct kunit_suite bucket_suite = {
	.name = "blkback_bucket",
	.test_cases = bucket_cases,
};

kunit_test_suite(bucket_suite);
