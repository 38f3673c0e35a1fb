// SPDX-License-Identifier: GPL-2.0
/* netback/rxplan.c: slots of a packet, and extra infos byte by byte. */
#include "framework.h"
#include "rxplan.h"
#include "xnb_internal.h"

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
		struct xnb_rx_plan plan = {
			.size = want[i].size,
			.headroom = want[i].headroom,
			.gso_type = want[i].gso,
		};

		KUNIT_EXPECT_EQ(test, xnb_rx_plan_slots(&plan), want[i].slots);
	}
}

static void rxplan_no_extras(struct kunit *test)
{
	struct xnb_rx_plan plan = { .size = 1514 };
	struct xen_netif_extra_info extras[3];

	KUNIT_EXPECT_EQ(test, xnb_rx_plan_extras(&plan, extras), 0);
}

static void rxplan_all_extras(struct kunit *test)
{
	struct xnb_rx_plan plan = {
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

	KUNIT_EXPECT_EQ(test, xnb_rx_plan_extras(&plan, extras), 3);
	/* Nothing of ours goes to the guest (XSA-216). */
	KUNIT_EXPECT_MEMEQ(test, extras, want, sizeof(want));
}

static struct kunit_case rxplan_cases[] = {
	KUNIT_CASE(rxplan_sizes),
	KUNIT_CASE(rxplan_no_extras),
	KUNIT_CASE(rxplan_all_extras),
	{}
};

static struct kunit_suite rxplan_suite = {
	.name = "rxplan",
	.test_cases = rxplan_cases,
};

kunit_test_suite(rxplan_suite);
