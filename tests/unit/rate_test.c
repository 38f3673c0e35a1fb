// SPDX-License-Identifier: GPL-2.0
/* common/backend/rate.c: rate limits of disks and of interfaces. */
#include "framework.h"
#include "backend/rate.h"
#include "xgh_internal.h"

#define SEC	1000000000ull
#define MSEC	1000000ull

/* ---- units in a second, as disks have them ----------------------------- */

static void rate_without_limit(struct kunit *test)
{
	struct xgh_rate rate;
	int i;

	xgh_rate_set(&rate, 0, SEC, 100 * MSEC, 5);
	KUNIT_EXPECT_FALSE(test, xgh_rate_is_limited(&rate));
	for (i = 0; i < 1000; i++) {
		KUNIT_EXPECT_EQ(test, 0, xgh_rate_wait(&rate, 5));
		xgh_rate_charge(&rate, U32_MAX, 5);
	}
}

/* Right after a change, and after any pause, so much and no more. */
static void rate_bursts_as_much_as_was_saved(struct kunit *test)
{
	struct xgh_rate rate;
	u64 now = 77 * SEC;
	int round, n;

	xgh_rate_set(&rate, 1000, SEC, 100 * MSEC, now);
	for (round = 0; round < 3; round++, now += 3600 * SEC) {
		for (n = 0; !xgh_rate_wait(&rate, now); n++)
			xgh_rate_charge(&rate, 1, now);
		KUNIT_EXPECT_GE(test, n, 100);
		KUNIT_EXPECT_LE(test, n, 101);
	}
}

/* Whoever comes when he is told to gets the rate, whatever he takes. */
static void rate_is_exact(struct kunit *test)
{
	static const u64 rates[] = { 1, 7, 1000, 123457, 10000000,
				     10ull << 30 };
	static const u32 amounts[] = { 1, 512, 4096, 1 << 20 };
	int r, a;

	for (r = 0; r < ARRAY_SIZE(rates); r++)
		for (a = 0; a < ARRAY_SIZE(amounts); a++) {
			struct xgh_rate rate;
			u64 begin = 3 * SEC;
			u64 now = begin;
			u64 used = 0;
			u64 ideal;
			int i;

			xgh_rate_set(&rate, rates[r], SEC, 0, now);
			for (i = 0; i < 2000; i++) {
				now += xgh_rate_wait(&rate, now);
				KUNIT_ASSERT_EQ(test, 0,
						xgh_rate_wait(&rate, now));
				xgh_rate_charge(&rate, amounts[a], now);
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
static void rate_late_sleepers_lose_nothing(struct kunit *test)
{
	struct xgh_rate rate;
	u64 begin = SEC;
	u64 now = begin;
	int i;

	xgh_rate_set(&rate, 1000, SEC, 20 * MSEC, now);
	while (!xgh_rate_wait(&rate, now))
		xgh_rate_charge(&rate, 1, now);
	for (i = 0; i < 5000;) {
		now += xgh_rate_wait(&rate, now) + 7 * MSEC;
		for (; !xgh_rate_wait(&rate, now); i++)
			xgh_rate_charge(&rate, 1, now);
	}
	KUNIT_EXPECT_GE(test, now - begin, 4990 * MSEC);
	KUNIT_EXPECT_LE(test, now - begin, 5010 * MSEC);
}

/* A large amount goes at once, and all that follow wait for it. */
static void rate_owes_what_was_missing(struct kunit *test)
{
	struct xgh_rate rate;

	xgh_rate_set(&rate, 1 << 20, SEC, 0, SEC);
	KUNIT_EXPECT_EQ(test, 0, xgh_rate_wait(&rate, SEC));
	xgh_rate_charge(&rate, 10 << 20, SEC);
	KUNIT_EXPECT_EQ(test, 10 * SEC, xgh_rate_wait(&rate, SEC));
	KUNIT_EXPECT_EQ(test, SEC, xgh_rate_wait(&rate, 10 * SEC));
	KUNIT_EXPECT_EQ(test, 0, xgh_rate_wait(&rate, 11 * SEC));
}

static void rate_early_times(struct kunit *test)
{
	struct xgh_rate rate;

	xgh_rate_set(&rate, 10, SEC, 100 * MSEC, 1);
	KUNIT_EXPECT_EQ(test, 0, xgh_rate_wait(&rate, 1));
	xgh_rate_charge(&rate, 1, 1);
	KUNIT_EXPECT_EQ(test, 100 * MSEC - 1, xgh_rate_wait(&rate, 1));
	xgh_rate_set(&rate, ~0ull, SEC, 0, SEC);
	KUNIT_EXPECT_EQ(test, XGH_RATE_MAX, rate.units);
}

/* ---- bytes in microseconds, as toolstacks write them ------------------- */

/* Bytes that get through in @time when every pause is kept. */
static u64 send(struct xgh_rate *rate, unsigned int size, u64 now, u64 time)
{
	u64 end = now + time;
	u64 sent = 0;

	while (now < end) {
		u64 wait = xgh_rate_take(rate, size, now);

		if (!wait)
			sent += size;
		now += wait;
	}
	return sent;
}

static void rate_of_bytes(struct kunit *test)
{
	static const unsigned int sizes[] = { 60, 1514, 65535 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct xgh_rate rate;
		u64 sent;

		/* 10 MB/s as xl writes it, over 20 s. */
		xgh_rate_set_bytes(&rate, 500000, 50000, 7);
		send(&rate, sizes[i], 7, SEC);
		sent = send(&rate, sizes[i], 7 + SEC + SEC / 10, 20 * SEC);
		KUNIT_EXPECT_GE(test, sent, 199000000);
		KUNIT_EXPECT_LE(test, sent, 203000000);
	}
}

static void rate_of_bytes_unlimited(struct kunit *test)
{
	struct xgh_rate rate;

	xgh_rate_set_bytes(&rate, 0, 50000, 0);
	KUNIT_EXPECT_FALSE(test, xgh_rate_is_limited(&rate));
	KUNIT_EXPECT_TRUE(test, xgh_rate_is_bytes(&rate, 0, 0));
	xgh_rate_set_bytes(&rate, 1000, 0, 0);
	KUNIT_EXPECT_FALSE(test, xgh_rate_is_limited(&rate));
	KUNIT_EXPECT_EQ(test, xgh_rate_take(&rate, 65535, 0), 0);
}

/* However slow it is, a packet of any size goes through in the end. */
static void rate_of_bytes_slow(struct kunit *test)
{
	struct xgh_rate rate;
	u64 now = 0;
	u64 wait;
	int i;

	xgh_rate_set_bytes(&rate, 1, 1000000, 0);
	KUNIT_EXPECT_EQ(test, xgh_rate_take(&rate, 65535, now), 0);
	for (i = 0; i < 3; i++)
		xgh_rate_take(&rate, 65535, now);
	wait = xgh_rate_take(&rate, 65535, now);
	KUNIT_EXPECT_GT(test, wait, 65000 * SEC);
	KUNIT_EXPECT_EQ(test, xgh_rate_take(&rate, 65535, now + wait), 0);
}

static void rate_of_bytes_does_not_overflow(struct kunit *test)
{
	struct xgh_rate rate;

	xgh_rate_set_bytes(&rate, ~0ULL, ~0ULL, 0);
	KUNIT_EXPECT_EQ(test, xgh_rate_take(&rate, 65535, 1), 0);
	KUNIT_EXPECT_EQ(test, xgh_rate_take(&rate, 65535, ~0ULL), 0);
	KUNIT_EXPECT_EQ(test, xgh_rate_wait(&rate, ~0ULL), 0);
	/* A period that would be short if it wrapped around. */
	xgh_rate_set_bytes(&rate, 1, ~0ULL / 1000 + 2, 0);
	KUNIT_EXPECT_EQ(test, rate.ns, ~0ULL / 1000 * 1000);
	xgh_rate_set_bytes(&rate, ~0ULL, 1, 0);
	KUNIT_EXPECT_EQ(test, xgh_rate_take(&rate, 65535, ~0ULL), 0);
	KUNIT_EXPECT_EQ(test, xgh_rate_wait(&rate, ~0ULL), 0);
}

/* What is saved up: the period's bytes, 64 KiB or 20 ms, whichever is most. */
static void rate_of_bytes_bursts(struct kunit *test)
{
	static const struct {
		u64 bytes, usec, burst;
	} rates[] = {
		{ 500000, 50000, 500000 },
		{ 1000, 1000, 65536 },
		{ 1000, 1, 20000000 },
		{ 1, 1000000, 65536 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		u64 now = 1000000 * SEC;
		struct xgh_rate rate;
		u64 n = 0;

		xgh_rate_set_bytes(&rate, rates[i].bytes, rates[i].usec, now);
		while (!xgh_rate_take(&rate, 100, now))
			n += 100;
		KUNIT_EXPECT_GE(test, n, rates[i].burst);
		KUNIT_EXPECT_LE(test, n, rates[i].burst + 100);
	}
}

/* Looked at again and again while it stays the same. */
static void rate_of_bytes_is_known(struct kunit *test)
{
	static const u64 values[] = { 1, 2, 1000, 50000, ~0ULL };
	struct xgh_rate r;
	int i, k;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		for (k = 0; k < ARRAY_SIZE(values); k++) {
			u64 bytes = values[i], usec = values[k];

			xgh_rate_set_bytes(&r, bytes, usec, 9);
			KUNIT_EXPECT_TRUE(test,
					  xgh_rate_is_bytes(&r, bytes, usec));
			KUNIT_EXPECT_FALSE(test,
					   xgh_rate_is_bytes(&r, 77, usec));
			KUNIT_EXPECT_FALSE(test,
					   xgh_rate_is_bytes(&r, bytes, 77));
			KUNIT_EXPECT_FALSE(test, xgh_rate_is_bytes(&r, 0, 1));
		}
}

/* ---- prices ------------------------------------------------------------ */

/* What an amount costs is what it should, rounded up, whatever overflows. */
static void rate_prices_are_exact(struct kunit *test)
{
	static const u64 units[] = { 1, 3, 1000, S32_MAX, U32_MAX,
				     XGH_RATE_MAX };
	static const u64 periods[] = { 1, 1000, SEC, 50 * MSEC, 1ull << 32,
				       4294967295000ull, ~0ull };
	static const u32 amounts[] = { 0, 1, 3, 65535, 1000000000, U32_MAX };
	int u, p, a;

	for (u = 0; u < ARRAY_SIZE(units); u++)
		for (p = 0; p < ARRAY_SIZE(periods); p++)
			for (a = 0; a < ARRAY_SIZE(amounts); a++) {
				unsigned __int128 want = periods[p];
				struct xgh_rate rate;

				xgh_rate_set(&rate, units[u], periods[p], 0, 0);
				want = want * amounts[a] + rate.units - 1;
				want /= rate.units;
				want = min_t(unsigned __int128, want, U64_MAX);
				xgh_rate_charge(&rate, amounts[a], 0);
				KUNIT_EXPECT_TRUE(test,
						  rate.paid_until == want);
				/* Debts add up, and end somewhere. */
				xgh_rate_charge(&rate, amounts[a], 0);
				want = min_t(unsigned __int128, 2 * want,
					     U64_MAX);
				KUNIT_EXPECT_TRUE(test,
						  rate.paid_until == want);
			}
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(rate_without_limit),
	KUNIT_CASE(rate_bursts_as_much_as_was_saved),
	KUNIT_CASE(rate_is_exact),
	KUNIT_CASE(rate_late_sleepers_lose_nothing),
	KUNIT_CASE(rate_owes_what_was_missing),
	KUNIT_CASE(rate_early_times),
	KUNIT_CASE(rate_of_bytes),
	KUNIT_CASE(rate_of_bytes_unlimited),
	KUNIT_CASE(rate_of_bytes_slow),
	KUNIT_CASE(rate_of_bytes_does_not_overflow),
	KUNIT_CASE(rate_of_bytes_bursts),
	KUNIT_CASE(rate_of_bytes_is_known),
	KUNIT_CASE(rate_prices_are_exact),
	{}
};

static struct kunit_suite rate_suite = {
	.name = "backend_rate",
	.test_cases = rate_cases,
};

kunit_test_suite(rate_suite);
