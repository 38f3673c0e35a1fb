// SPDX-License-Identifier: GPL-2.0
/* netback/rx/rxplan.c: slots of a packet, and extra infos byte by byte. */
#include "framework.h"
#include "rx/rxplan.h"
#include "xnb_internal.h"

#include <stdlib.h>

static void rxplan_sizes(struct kunit *test)
{
	static const struct {
		u32 size;
		u16 headroom;
		u8 gso;
		unsigned int slots;
	} want[] = {
		{ 60, 0, 0, 1 }, { 4096, 0, 0, 1 }, { 4097, 0, 0, 2 },
		{ 4096, 0, 1, 2 }, { 65549, 0, 1, 18 },
		{ 3840, 256, 0, 2 }, { 3841, 256, 0, 3 },
		{ 65549, 256, 1, 19 }, { XNB_RX_SIZE_MAX, 0, 0, 17 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		struct xnb_rxplan plan = {
			.size = want[i].size,
			.headroom = want[i].headroom,
			.gso_type = want[i].gso,
		};

		KUNIT_EXPECT_EQ(test, xnb_rxplan_max_slots(&plan),
				want[i].slots);
	}
}

static void rxplan_no_extras(struct kunit *test)
{
	struct xnb_rxplan plan = { .size = 1514 };
	struct xen_netif_extra_info extras[3];

	KUNIT_EXPECT_EQ(test, xnb_rxplan_extras(&plan, extras), 0);
}

static void rxplan_all_extras(struct kunit *test)
{
	struct xnb_rxplan plan = {
		.size = 9000,
		.headroom = 256,
		.gso_type = XEN_NETIF_GSO_TYPE_TCPV4,
		.gso_size = 1448,
		.has_hash = true,
		.hash_type = _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP,
		.hash = 0x12345678,
	};
	struct xen_netif_extra_info extras[3], want[3];

	memset(extras, 0xa5, sizeof(extras));
	memset(want, 0, sizeof(want));
	want[0].type = XEN_NETIF_EXTRA_TYPE_GSO;
	want[0].flags = XEN_NETIF_EXTRA_FLAG_MORE;
	want[0].u.gso.type = XEN_NETIF_GSO_TYPE_TCPV4;
	want[0].u.gso.size = 1448;
	want[1].type = XEN_NETIF_EXTRA_TYPE_XDP;
	want[1].flags = XEN_NETIF_EXTRA_FLAG_MORE;
	want[1].u.xdp.headroom = 256;
	want[2].type = XEN_NETIF_EXTRA_TYPE_HASH;
	want[2].u.hash.type = _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP;
	want[2].u.hash.algorithm = XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ;
	memcpy(want[2].u.hash.value, &plan.hash, 4);

	KUNIT_EXPECT_EQ(test, xnb_rxplan_extras(&plan, extras), 3);
	/* Nothing of ours goes to the guest (XSA-216). */
	KUNIT_EXPECT_MEMEQ(test, extras, want, sizeof(want));
}

/* Lays out pieces of memory and returns the slots. */
static unsigned int lay_out(struct xnb_rxplan *plan, unsigned int most,
			    const unsigned int (*pieces)[2], unsigned int nr)
{
	unsigned int i;

	xnb_rxplan_begin(plan);
	for (i = 0; i < nr; i++)
		xnb_rxplan_add(plan, pieces[i][0], pieces[i][1]);
	xnb_rxplan_end(plan, most);
	return xnb_rxplan_slots(plan);
}

/* Headers and a page go to slots of their own: two copies, not three. */
static void rxplan_aligned(struct kunit *test)
{
	static const unsigned int pieces[][2] = {
		{ 100, 66 }, { 8192, 4096 }, { 0, 1000 }, { 5096, 3000 },
	};
	struct xnb_rxplan plan = { .size = 66 + 4096 + 1000 + 3000 };

	KUNIT_EXPECT_EQ(test, lay_out(&plan, 17, pieces, 4), 3);
	KUNIT_EXPECT_FALSE(test, plan.dense);
	KUNIT_EXPECT_EQ(test, plan.used, 4000);
	/* Within what it may take it is packed. */
	KUNIT_EXPECT_EQ(test, lay_out(&plan, 2, pieces, 4), 2);
	KUNIT_EXPECT_TRUE(test, plan.dense);
}

/* A guest that looks for headers in the first slot finds them there. */
static void rxplan_headers_first(struct kunit *test)
{
	static const unsigned int pieces[][2] = { { 0, 14 }, { 0, 4096 } };
	struct xnb_rxplan plan = { .size = 14 + 4096, .headroom = 256 };

	xnb_rxplan_begin(&plan);
	xnb_rxplan_add(&plan, 0, 14);
	KUNIT_EXPECT_EQ(test, xnb_rxplan_piece(&plan, 0, 4096),
			4096 - 256 - 14);
	KUNIT_EXPECT_EQ(test, lay_out(&plan, 19, pieces, 2), 3);
	plan.headroom = 0;
	xnb_rxplan_begin(&plan);
	xnb_rxplan_add(&plan, 0, 54);
	KUNIT_EXPECT_EQ(test, xnb_rxplan_piece(&plan, 0, 4096), 0);
}

/* Too many pieces for slots of their own are packed. */
static void rxplan_too_many(struct kunit *test)
{
	struct xnb_rxplan plan = { .size = 20 * 3000 };
	unsigned int i;

	xnb_rxplan_begin(&plan);
	for (i = 0; i < 20; i++)
		xnb_rxplan_add(&plan, 0, 3000);
	KUNIT_EXPECT_EQ(test, plan.slots, 20);
	xnb_rxplan_end(&plan, 100);
	KUNIT_EXPECT_TRUE(test, plan.dense);
	KUNIT_EXPECT_EQ(test, xnb_rxplan_slots(&plan), 15);
}

/* What is written obeys the plan, whatever the pieces. */
static void rxplan_check_write(struct kunit *test, struct xnb_rxplan plan,
			       const unsigned int (*pieces)[2], unsigned int nr)
{
	unsigned int slots = plan.slots;
	unsigned int i, sum = 0;

	xnb_rxplan_begin(&plan);
	for (i = 0; i < nr; i++) {
		unsigned int offset = pieces[i][0];
		unsigned int len = pieces[i][1];

		while (len) {
			unsigned int n = xnb_rxplan_piece(&plan, offset, len);

			if (!n) {
				KUNIT_ASSERT_TRUE(test, plan.used > 0);
				plan.slots++;
				plan.used = 0;
				continue;
			}
			KUNIT_ASSERT_TRUE(test, plan.used + n <= 4096);
			plan.used += n;
			offset += n;
			len -= n;
			sum += n;
		}
	}
	KUNIT_ASSERT_EQ(test, plan.slots, slots);
	KUNIT_ASSERT_EQ(test, sum, plan.size);
}

static void rxplan_random(struct kunit *test)
{
	unsigned int pieces[40][2];
	unsigned int round, nr;

	srand(1);
	for (round = 0; round < 20000; round++) {
		struct xnb_rxplan plan = {
			.headroom = rand() % 2 * (rand() % 2049),
		};
		unsigned int most, slots;

		for (nr = 0; nr < 40 && plan.size < 60000; nr++) {
			pieces[nr][0] = rand() % 65536;
			pieces[nr][1] = 1 + rand() % (rand() % 2 ? 100 : 5500);
			plan.size += pieces[nr][1];
		}
		most = xnb_rxplan_max_slots(&plan) + rand() % 3;
		slots = lay_out(&plan, most, pieces, nr);
		KUNIT_ASSERT_TRUE(test, slots <= most);
		rxplan_check_write(test, plan, pieces, nr);
	}
}

static struct kunit_case rxplan_cases[] = {
	KUNIT_CASE(rxplan_sizes),
	KUNIT_CASE(rxplan_aligned),
	KUNIT_CASE(rxplan_headers_first),
	KUNIT_CASE(rxplan_too_many),
	KUNIT_CASE(rxplan_random),
	KUNIT_CASE(rxplan_no_extras),
	KUNIT_CASE(rxplan_all_extras),
	{}
};

static struct kunit_suite rxplan_suite = {
	.name = "rxplan",
	.test_cases = rxplan_cases,
};

kunit_test_suite(rxplan_suite);
