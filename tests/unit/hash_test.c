// SPDX-License-Identifier: GPL-2.0
/*
 * netback/ctrl/hash.c: the vectors that Microsoft published for receive side
 * scaling, and the limits of what a frontend may set.
 */
#include "framework.h"
#include "ctrl/hash.h"
#include "xnb_internal.h"

#include <stdlib.h>

#define OK		XEN_NETIF_CTRL_STATUS_SUCCESS
#define INVALID		XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER
#define OVERFLOW	XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW
#define NONE		XEN_NETIF_CTRL_HASH_ALGORITHM_NONE
#define TOEPLITZ	XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ
#define ALL_TYPES	15

static const u8 key[XNB_HASH_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0,
	0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4,
	0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c,
	0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static struct xnb_hash hash;

static int hash_init(struct kunit *test)
{
	memset(&hash, 0xa5, sizeof(hash));
	xnb_hash_init(&hash);
	xnb_hash_set_algorithm(&hash, TOEPLITZ);
	xnb_hash_set_types(&hash, ALL_TYPES);
	xnb_hash_set_key(&hash, key, sizeof(key));
	return 0;
}

/* Addresses, source first, and ports, as they are on the wire. */
static const struct {
	u8 input[12];
	u32 l3, l4;
} v4[] = {
	{ { 66, 9, 149, 187, 161, 142, 100, 80, 0x0a, 0xea, 0x06, 0xe6 },
	  0x323e8fc2, 0x51ccc178 },
	{ { 199, 92, 111, 2, 65, 69, 140, 83, 0x37, 0x96, 0x12, 0x83 },
	  0xd718262a, 0xc626b0ea },
	{ { 24, 19, 198, 95, 12, 22, 207, 184, 0x32, 0x62, 0x94, 0x88 },
	  0xd2d0a5de, 0x5c2b394a },
	{ { 38, 27, 205, 30, 209, 142, 163, 6, 0xbc, 0x64, 0x08, 0xa9 },
	  0x82989176, 0xafc7327f },
	{ { 153, 39, 163, 191, 202, 188, 127, 2, 0xac, 0xdb, 0x05, 0x17 },
	  0x5d1809c5, 0x10e828a2 },
};

static const struct {
	u8 input[36];
	u32 l3, l4;
} v6[] = {
	{ { 0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x1f, 0xff,
	    0, 0, 0, 0, 0, 0, 0, 7,
	    0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x00, 0x03,
	    0, 0, 0, 0, 0, 0, 0, 1, 0x0a, 0xea, 0x06, 0xe6 },
	  0x2cc18cd5, 0x40207d3d },
	{ { 0x3f, 0xfe, 0x05, 0x01, 0x00, 0x08, 0x00, 0x00,
	    0x02, 0x60, 0x97, 0xff, 0xfe, 0x40, 0xef, 0xab,
	    0xff, 0x02, 0, 0, 0, 0, 0, 0,
	    0, 0, 0, 0, 0, 0, 0, 1, 0x37, 0x96, 0x12, 0x83 },
	  0x0f0c461c, 0xdde51bbf },
	{ { 0x3f, 0xfe, 0x19, 0x00, 0x45, 0x45, 0x00, 0x03,
	    0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf,
	    0xfe, 0x80, 0, 0, 0, 0, 0, 0,
	    0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf,
	    0xac, 0xdb, 0x94, 0x88 },
	  0x4b61e985, 0x02d1feef },
};

static void expect(struct kunit *test, const struct xnb_flow *flow, u8 type,
		   u32 want)
{
	u32 value = 0;
	u8 got = 0xff;

	KUNIT_EXPECT_TRUE(test, xnb_hash_flow(&hash, flow, &got, &value));
	KUNIT_EXPECT_EQ(test, got, type);
	KUNIT_EXPECT_EQ(test, value, want);
}

static void hash_vectors_v4(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(v4); i++) {
		struct xnb_flow flow = { .ipv4 = true };

		memcpy(flow.input, v4[i].input, sizeof(v4[i].input));
		expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV4, v4[i].l3);
		flow.tcp = true;
		expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP,
		       v4[i].l4);
	}
}

static void hash_vectors_v6(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(v6); i++) {
		struct xnb_flow flow = { .ipv6 = true };

		memcpy(flow.input, v6[i].input, sizeof(v6[i].input));
		expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV6, v6[i].l3);
		flow.tcp = true;
		expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP,
		       v6[i].l4);
	}
}

static void hash_types_wanted(struct kunit *test)
{
	struct xnb_flow flow = { .ipv4 = true, .tcp = true };
	struct xnb_flow other = { };
	u32 value;
	u8 type;

	memcpy(flow.input, v4[0].input, sizeof(v4[0].input));
	KUNIT_EXPECT_FALSE(test, xnb_hash_flow(&hash, &other, &type, &value));
	/* TCP is hashed as what it is over, if that alone is wanted. */
	xnb_hash_set_types(&hash, XEN_NETIF_CTRL_HASH_TYPE_IPV4);
	expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV4, v4[0].l3);
	xnb_hash_set_types(&hash, XEN_NETIF_CTRL_HASH_TYPE_IPV6);
	KUNIT_EXPECT_FALSE(test, xnb_hash_flow(&hash, &flow, &type, &value));
	xnb_hash_set_types(&hash, ALL_TYPES);
	xnb_hash_set_algorithm(&hash, NONE);
	KUNIT_EXPECT_FALSE(test, xnb_hash_flow(&hash, &flow, &type, &value));
}

static void hash_short_key(struct kunit *test)
{
	struct xnb_flow flow = { .ipv4 = true };

	memcpy(flow.input, v4[0].input, sizeof(v4[0].input));
	xnb_hash_set_key(&hash, key, 0);
	expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV4, 0);
	/* So many bytes are enough for eight bytes of input. */
	xnb_hash_set_key(&hash, key, 12);
	expect(test, &flow, _XEN_NETIF_CTRL_HASH_TYPE_IPV4, v4[0].l3);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_key(0), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_key(40), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_key(41), OVERFLOW);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_key(~0U), OVERFLOW);
}

static void hash_algorithm(struct kunit *test)
{
	u32 types = 0;

	KUNIT_EXPECT_EQ(test, xnb_hash_set_algorithm(&hash, 2), INVALID);
	KUNIT_EXPECT_EQ(test, hash.algorithm, TOEPLITZ);
	KUNIT_EXPECT_EQ(test, xnb_hash_get_types(&hash, &types), OK);
	KUNIT_EXPECT_EQ(test, types, ALL_TYPES);
	KUNIT_EXPECT_EQ(test, xnb_hash_set_types(&hash, 16), INVALID);
	KUNIT_EXPECT_EQ(test, hash.types, ALL_TYPES);
	KUNIT_EXPECT_EQ(test, xnb_hash_set_algorithm(&hash, NONE), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_set_types(&hash, 1), INVALID);
	KUNIT_EXPECT_EQ(test, xnb_hash_get_types(&hash, &types),
			XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED);
}

static void hash_map_limits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xnb_hash_set_map_size(&hash, 129), INVALID);
	KUNIT_EXPECT_EQ(test, hash.map_size, 0);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 1, 0), INVALID);
	KUNIT_EXPECT_EQ(test, xnb_hash_set_map_size(&hash, 128), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 128, 0), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 0, 128), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 129, 0), INVALID);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 1, 128), INVALID);
	/* Sums that wrap around (XSA-270). */
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, ~0U, 1), INVALID);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 1, ~0U), INVALID);
	KUNIT_EXPECT_EQ(test, xnb_hash_check_map(&hash, 100, -50), INVALID);
}

static void hash_map_contents(struct kunit *test)
{
	static const u32 good[] = { 3, 0, 2 };
	static const u32 bad[] = { 1, 4, 1 };

	xnb_hash_set_map_size(&hash, 4);
	KUNIT_EXPECT_EQ(test, xnb_hash_set_map(&hash, good, 3, 1, 4), OK);
	KUNIT_EXPECT_EQ(test, xnb_hash_set_map(&hash, bad, 3, 0, 4), INVALID);
	KUNIT_EXPECT_EQ(test, xnb_hash_queue(&hash, 0, 4), 0);
	KUNIT_EXPECT_EQ(test, xnb_hash_queue(&hash, 1, 4), 3);
	KUNIT_EXPECT_EQ(test, xnb_hash_queue(&hash, 0xffffffff, 4), 2);
	/* A new table is empty, and without one it is modulo. */
	xnb_hash_set_map_size(&hash, 4);
	KUNIT_EXPECT_EQ(test, xnb_hash_queue(&hash, 1, 4), 0);
	xnb_hash_set_map_size(&hash, 0);
	KUNIT_EXPECT_EQ(test, xnb_hash_queue(&hash, 7, 4), 3);
}

static struct kunit_case hash_cases[] = {
	KUNIT_CASE(hash_vectors_v4),
	KUNIT_CASE(hash_vectors_v6),
	KUNIT_CASE(hash_types_wanted),
	KUNIT_CASE(hash_short_key),
	KUNIT_CASE(hash_algorithm),
	KUNIT_CASE(hash_map_limits),
	KUNIT_CASE(hash_map_contents),
	{}
};

static struct kunit_suite hash_suite = {
	.name = "hash",
	.init = hash_init,
	.test_cases = hash_cases,
};

kunit_test_suite(hash_suite);
