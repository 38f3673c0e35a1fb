// SPDX-License-Identifier: GPL-2.0
/* blkback/ring/plan.c: how the data of a request moves. */
#include "framework.h"
#include "ring/plan.h"
#include "xbb_internal.h"

static enum xbb_move read_moves(const struct xbb_policy *policy, u16 nr_segs,
				bool aligned)
{
	return xbb_plan_move(policy, BLKIF_OP_READ, nr_segs, aligned);
}

static void move_by_number_of_segments(struct kunit *test)
{
	struct xbb_policy policy = { .copy_segs = 4, .block_sectors = 1 };

	KUNIT_EXPECT_EQ(test, read_moves(&policy, 0, true), XBB_MOVE_NONE);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 0, false), XBB_MOVE_NONE);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 1, true), XBB_MOVE_COPY);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 4, true), XBB_MOVE_COPY);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 5, true), XBB_MOVE_MAP);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 256, true), XBB_MOVE_MAP);
}

static void move_never_copies_if_told_so(struct kunit *test)
{
	struct xbb_policy policy = { .copy_segs = 0, .block_sectors = 1 };

	KUNIT_EXPECT_EQ(test, read_moves(&policy, 1, true), XBB_MOVE_MAP);
}

/* It is mapped once, and never unmapped. */
static void move_maps_what_stays_mapped(struct kunit *test)
{
	struct xbb_policy policy = {
		.copy_segs = 4,
		.block_sectors = 1,
		.persistent = true,
	};

	KUNIT_EXPECT_EQ(test, read_moves(&policy, 0, true), XBB_MOVE_NONE);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 1, true), XBB_MOVE_MAP);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 1, false), XBB_MOVE_COPY);
}

static void move_copies_what_is_not_aligned(struct kunit *test)
{
	struct xbb_policy policy = { .copy_segs = 0, .block_sectors = 8 };

	KUNIT_EXPECT_EQ(test, read_moves(&policy, 1, false), XBB_MOVE_COPY);
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 256, false), XBB_MOVE_COPY);
}

/* Neither persistent grants nor a small copy_segs may undo it. */
static void move_copies_writes_that_must_be_stable(struct kunit *test)
{
	const u8 writes[] = { BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER,
			      BLKIF_OP_FLUSH_DISKCACHE };
	struct xbb_policy policy = {
		.copy_segs = 0,
		.block_sectors = 1,
		.persistent = true,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		u8 op = writes[i];

		policy.stable = true;
		KUNIT_EXPECT_EQ(test, xbb_plan_move(&policy, op, 1, true),
				XBB_MOVE_COPY);
		KUNIT_EXPECT_EQ(test, xbb_plan_move(&policy, op, 0, true),
				XBB_MOVE_NONE);
		policy.stable = false;
		KUNIT_EXPECT_EQ(test, xbb_plan_move(&policy, op, 1, true),
				XBB_MOVE_MAP);
	}
	policy.stable = true;
	KUNIT_EXPECT_EQ(test, read_moves(&policy, 1, true), XBB_MOVE_MAP);
}

/* A disk may begin to ask for it while a request waits. */
static void may_map_is_asked_again(struct kunit *test)
{
	struct xbb_policy policy = { .persistent = true, .block_sectors = 1 };

	KUNIT_EXPECT_TRUE(test, xbb_plan_may_map(&policy, BLKIF_OP_WRITE));
	policy.stable = true;
	KUNIT_EXPECT_FALSE(test, xbb_plan_may_map(&policy, BLKIF_OP_WRITE));
	KUNIT_EXPECT_TRUE(test, xbb_plan_may_map(&policy, BLKIF_OP_READ));
}

static void aligned_like_a_naive_reference(struct kunit *test)
{
	u32 block, first, count;

	for (block = 1; block <= 16; block *= 2) {
		struct xbb_policy policy = { .block_sectors = block };

		for (first = 0; first < 8; first++)
			for (count = 1; count <= 8 - first; count++) {
				bool ok = xbb_plan_is_aligned(&policy,
							      first | count);

				KUNIT_EXPECT_EQ(test, ok, first % block == 0 &&
						count % block == 0);
			}
	}
}

static struct kunit_case plan_cases[] = {
	KUNIT_CASE(move_by_number_of_segments),
	KUNIT_CASE(move_never_copies_if_told_so),
	KUNIT_CASE(move_maps_what_stays_mapped),
	KUNIT_CASE(move_copies_what_is_not_aligned),
	KUNIT_CASE(move_copies_writes_that_must_be_stable),
	KUNIT_CASE(may_map_is_asked_again),
	KUNIT_CASE(aligned_like_a_naive_reference),
	{}
};

static struct kunit_suite plan_suite = {
	.name = "blkback_plan",
	.test_cases = plan_cases,
};

kunit_test_suite(plan_suite);
