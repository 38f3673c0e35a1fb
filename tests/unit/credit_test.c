// SPDX-License-Identifier: GPL-2.0
/* netback/limits/credit.c: the rate is exact for packets of any size. */
#include "framework.h"
#include "limits/credit.h"
#include "xnb_internal.h"

#define SEC	1000000000ULL

/* Bytes that get through in @time when every pause is kept. */
static u64 send(struct xnb_credit *credit, unsigned int size, u64 now, u64 time)
{
	u64 end = now + time;
	u64 sent = 0;

	while (now < end) {
		u64 wait = xnb_credit_take(credit, size, now);

		if (!wait)
			sent += size;
		now += wait;
	}
	return sent;
}

static void credit_rate(struct kunit *test)
{
	static const unsigned int sizes[] = { 60, 1514, 65535 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct xnb_credit credit;
		u64 sent;

		/* 10 MB/s as xl writes it, over 20 s. */
		xnb_credit_set(&credit, 500000, 50000, 7);
		send(&credit, sizes[i], 7, SEC);
		sent = send(&credit, sizes[i], 7 + SEC + SEC / 10, 20 * SEC);
		KUNIT_EXPECT_GE(test, sent, 199000000);
		KUNIT_EXPECT_LE(test, sent, 203000000);
	}
}

static void credit_unlimited(struct kunit *test)
{
	struct xnb_credit credit;

	xnb_credit_set(&credit, 0, 50000, 0);
	KUNIT_EXPECT_FALSE(test, xnb_credit_is_limited(&credit));
	xnb_credit_set(&credit, 1000, 0, 0);
	KUNIT_EXPECT_FALSE(test, xnb_credit_is_limited(&credit));
}

/* However slow it is, a packet of any size goes through in the end. */
static void credit_slow(struct kunit *test)
{
	struct xnb_credit credit;
	u64 now = 0;
	u64 wait;
	int i;

	xnb_credit_set(&credit, 1, 1000000, 0);
	KUNIT_EXPECT_EQ(test, xnb_credit_take(&credit, 65535, now), 0);
	for (i = 0; i < 3; i++)
		xnb_credit_take(&credit, 65535, now);
	wait = xnb_credit_take(&credit, 65535, now);
	KUNIT_EXPECT_GT(test, wait, 65000 * SEC);
	KUNIT_EXPECT_EQ(test, xnb_credit_take(&credit, 65535, now + wait), 0);
}

static void credit_does_not_overflow(struct kunit *test)
{
	struct xnb_credit credit;

	xnb_credit_set(&credit, ~0ULL, ~0ULL, 0);
	KUNIT_EXPECT_EQ(test, xnb_credit_take(&credit, 65535, 1), 0);
	KUNIT_EXPECT_EQ(test, xnb_credit_take(&credit, 65535, ~0ULL), 0);
	KUNIT_EXPECT_GT(test, credit.left, 0);
	xnb_credit_set(&credit, ~0ULL, 1, 0);
	KUNIT_EXPECT_EQ(test, xnb_credit_take(&credit, 65535, ~0ULL), 0);
	KUNIT_EXPECT_GT(test, credit.left, 0);
}

static struct kunit_case credit_cases[] = {
	KUNIT_CASE(credit_rate),
	KUNIT_CASE(credit_unlimited),
	KUNIT_CASE(credit_slow),
	KUNIT_CASE(credit_does_not_overflow),
	{}
};

static struct kunit_suite credit_suite = {
	.name = "credit",
	.test_cases = credit_cases,
};

kunit_test_suite(credit_suite);
