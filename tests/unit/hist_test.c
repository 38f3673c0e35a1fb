// SPDX-License-Identifier: GPL-2.0
/* common/backend/hist.h and counters.h: what is counted is read out. */
#include "framework.h"
#include "backend/hist.h"
#include "xgh_internal.h"

struct stats {
	u32 other;
	u64 first;
	u64 second;
	struct xgh_hist hist;
};

static void hist_slots_have_bits(struct kunit *test)
{
	struct xgh_hist hist = {};
	unsigned int slot;
	u64 total = 0;

	for (slot = 0; slot < XGH_HIST_SLOTS; slot++) {
		u64 floor = xgh_hist_floor(slot);

		xgh_hist_add(&hist, floor);
		KUNIT_EXPECT_EQ(test, hist.n[slot], 1);
		if (floor)
			xgh_hist_add(&hist, floor - 1);
		if (slot)
			KUNIT_EXPECT_EQ(test, hist.n[slot - 1], 2);
	}
	/* The last one has all that is larger. */
	xgh_hist_add(&hist, 1ull << 40);
	xgh_hist_add(&hist, ~0ull);
	KUNIT_EXPECT_EQ(test, hist.n[XGH_HIST_SLOTS - 1], 3);
	for (slot = 0; slot < XGH_HIST_SLOTS; slot++)
		total += hist.n[slot];
	KUNIT_EXPECT_EQ(test, total, 2 * XGH_HIST_SLOTS + 1);
}

static void hist_sums_of_queues(struct kunit *test)
{
	struct stats stats[3] = {};
	struct xgh_counters set = {
		.first = stats,
		.bytes = sizeof(*stats),
		.nr = ARRAY_SIZE(stats),
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(stats); i++) {
		stats[i].other = 77;
		stats[i].first = 1ull << (20 * i);
		stats[i].second = i;
		xgh_hist_add(&stats[i].hist, 5);
	}
	KUNIT_EXPECT_EQ(test, xgh_counters_get(&set, 2,
					       offsetof(struct stats, second)),
			2);
	KUNIT_EXPECT_EQ(test,
			xgh_counters_sum(&set, offsetof(struct stats, first)),
			1 + (1ull << 20) + (1ull << 40));
	KUNIT_EXPECT_EQ(test,
			xgh_hist_sum(&set, offsetof(struct stats, hist), 3), 3);
	KUNIT_EXPECT_EQ(test,
			xgh_hist_sum(&set, offsetof(struct stats, hist), 2), 0);
	set.nr = 0;
	KUNIT_EXPECT_EQ(test,
			xgh_counters_sum(&set, offsetof(struct stats, first)),
			0);
}

static struct kunit_case hist_cases[] = {
	KUNIT_CASE(hist_slots_have_bits),
	KUNIT_CASE(hist_sums_of_queues),
	{}
};

static struct kunit_suite hist_suite = {
	.name = "backend_hist",
	.test_cases = hist_cases,
};

kunit_test_suite(hist_suite);
