// SPDX-License-Identifier: GPL-2.0
/*
 * netback/tx/txpkt.c: packets of every number of slots, and every way in which
 * a guest can lie about them.
 */
#include "framework.h"
#include "tx/txpkt.h"
#include "xnb_internal.h"

#include <stdlib.h>

#define FATAL	20

static struct xnb_txpkt pkt;

static int txpkt_init(struct kunit *test)
{
	/* Garbage of an earlier packet must not matter. */
	memset(&pkt, 0xa5, sizeof(pkt));
	xnb_txpkt_init(&pkt);
	return 0;
}

static bool feed(u16 offset, u16 size, u16 flags, u16 id)
{
	union xnb_tx_raw raw;

	memset(&raw, 0, sizeof(raw));
	raw.req.gref = 1000 + id;
	raw.req.offset = offset;
	raw.req.size = size;
	raw.req.flags = flags;
	raw.req.id = id;
	return xnb_txpkt_feed(&pkt, &raw, FATAL);
}

static bool feed_extra(u8 type, bool more)
{
	union xnb_tx_raw raw;

	memset(&raw, 0, sizeof(raw));
	raw.extra.type = type;
	raw.extra.flags = more ? XEN_NETIF_EXTRA_FLAG_MORE : 0;
	raw.extra.u.gso.type = XEN_NETIF_GSO_TYPE_TCPV4;
	raw.extra.u.gso.size = 1448;
	return xnb_txpkt_feed(&pkt, &raw, FATAL);
}

static bool feed_gso(u8 type, u16 size)
{
	union xnb_tx_raw raw;

	memset(&raw, 0, sizeof(raw));
	raw.extra.type = XEN_NETIF_EXTRA_TYPE_GSO;
	raw.extra.u.gso.type = type;
	raw.extra.u.gso.size = size;
	return xnb_txpkt_feed(&pkt, &raw, FATAL);
}

/* All pieces in turn; returns their bytes. */
static unsigned int walk(struct kunit *test, unsigned int room)
{
	struct xnb_tx_cursor cursor = { 0 };
	struct xnb_tx_slot piece;
	unsigned int sum = 0;

	while (xnb_txpkt_next(&pkt, &cursor, room, &piece)) {
		KUNIT_ASSERT_TRUE(test, piece.size > 0);
		KUNIT_ASSERT_TRUE(test, piece.size <= room);
		KUNIT_ASSERT_TRUE(test, piece.offset + piece.size <= 4096);
		sum += piece.size;
		KUNIT_ASSERT_TRUE(test, sum <= 65535);
	}
	return sum;
}

static void txpkt_1slot(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, feed(96, 1514, XEN_NETTXF_csum_blank |
				     XEN_NETTXF_data_validated, 7));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_EQ(test, pkt.size, 1514);
	KUNIT_EXPECT_TRUE(test, pkt.csum_blank);
	KUNIT_EXPECT_TRUE(test, pkt.data_validated);
	KUNIT_EXPECT_EQ(test, pkt.slots[0].gref, 1007);
	KUNIT_EXPECT_EQ(test, pkt.slots[0].offset, 96);
	KUNIT_EXPECT_EQ(test, pkt.slots[0].id, 7);
	KUNIT_EXPECT_EQ(test, walk(test, 4096), 1514);
	KUNIT_EXPECT_EQ(test, walk(test, 1), 1514);
}

/* Packets of 1 to 18 slots are passed on, the first slot has the rest. */
static void txpkt_slots(struct kunit *test)
{
	unsigned int nr, i;

	for (nr = 1; nr <= 18; nr++) {
		u16 more = nr > 1 ? XEN_NETTXF_more_data : 0;
		bool over;

		txpkt_init(test);
		over = feed(0, 100 + (nr - 1) * 1000, more, 0);
		for (i = 1; i < nr; i++) {
			KUNIT_ASSERT_FALSE(test, over);
			over = feed(5, 1000, i + 1 < nr ? more : 0, i);
		}
		KUNIT_EXPECT_TRUE(test, over);
		KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
		KUNIT_EXPECT_EQ(test, pkt.nr_slots, nr);
		KUNIT_EXPECT_EQ(test, pkt.slots[0].size, 100);
		KUNIT_EXPECT_EQ(test, walk(test, 700), 100 + (nr - 1) * 1000);
	}
}

static void txpkt_too_long(struct kunit *test)
{
	unsigned int i;

	feed(0, 2000, XEN_NETTXF_more_data, 0);
	for (i = 1; i < 18; i++)
		KUNIT_ASSERT_FALSE(test, feed(0, 10, XEN_NETTXF_more_data, i));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_TRUE(test, feed(0, 10, 0, 18));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_TOO_LONG);
	KUNIT_EXPECT_EQ(test, pkt.nr_slots, 19);
}

static void txpkt_far_too_long(struct kunit *test)
{
	unsigned int i;

	feed(0, 2000, XEN_NETTXF_more_data, 0);
	for (i = 1; i < FATAL; i++)
		KUNIT_ASSERT_FALSE(test, feed(0, 10, XEN_NETTXF_more_data, i));
	KUNIT_EXPECT_TRUE(test, feed(0, 10, XEN_NETTXF_more_data, FATAL));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_MANY_SLOTS);
}

/* Whatever the admin allows, a descriptor holds so many. */
static void txpkt_no_overrun(struct kunit *test)
{
	union xnb_tx_raw raw;
	unsigned int i;

	memset(&raw, 0, sizeof(raw));
	raw.req.flags = XEN_NETTXF_more_data;
	for (i = 0; i < XNB_TX_SLOTS_LIMIT; i++) {
		if (xnb_txpkt_feed(&pkt, &raw, 1000))
			break;
	}
	KUNIT_EXPECT_EQ(test, i, XNB_TX_SLOTS_LIMIT - 1);
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_MANY_SLOTS);
}

static void txpkt_slots_exceed_size(struct kunit *test)
{
	feed(0, 1000, XEN_NETTXF_more_data, 0);
	KUNIT_EXPECT_TRUE(test, feed(0, 1001, 0, 1));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_BAD_SIZE);
}

static void txpkt_slots_equal_size(struct kunit *test)
{
	feed(4095, 1000, XEN_NETTXF_more_data, 0);
	KUNIT_EXPECT_TRUE(test, feed(0, 1000, 0, 1));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_EQ(test, walk(test, 4096), 1000);
}

static void txpkt_zero_slot(struct kunit *test)
{
	feed(0, 1000, XEN_NETTXF_more_data, 0);
	feed(0, 0, XEN_NETTXF_more_data, 1);
	KUNIT_EXPECT_TRUE(test, feed(0, 500, 0, 2));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_EQ(test, walk(test, 4096), 1000);
}

static void txpkt_short(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, feed(0, 13, 0, 0));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_TOO_SHORT);
	txpkt_init(test);
	KUNIT_EXPECT_TRUE(test, feed(0, 14, 0, 0));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
}

static void txpkt_page_crossing(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, feed(4000, 97, 0, 0));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_CROSSES_PAGE);
	txpkt_init(test);
	KUNIT_EXPECT_TRUE(test, feed(4000, 96, 0, 0));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	txpkt_init(test);
	feed(0, 2000, XEN_NETTXF_more_data, 0);
	KUNIT_EXPECT_TRUE(test, feed(65535, 1, XEN_NETTXF_more_data, 1));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_CROSSES_PAGE);
}

static void txpkt_gso(struct kunit *test)
{
	u16 flags = XEN_NETTXF_extra_info | XEN_NETTXF_more_data;

	KUNIT_EXPECT_FALSE(test, feed(0, 3000, flags, 0));
	KUNIT_EXPECT_FALSE(test, feed_gso(XEN_NETIF_GSO_TYPE_TCPV6, 1428));
	KUNIT_EXPECT_TRUE(test, feed(0, 1000, 0, 1));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_EQ(test, pkt.gso_type, XEN_NETIF_GSO_TYPE_TCPV6);
	KUNIT_EXPECT_EQ(test, pkt.gso_size, 1428);
	KUNIT_EXPECT_EQ(test, pkt.nr_extras, 1);
	KUNIT_EXPECT_EQ(test, pkt.nr_slots, 2);
}

static void txpkt_gso_nonsense(struct kunit *test)
{
	static const struct {
		u8 type;
		u16 size;
	} bad[] = {
		{ 0, 1448 }, { 3, 1448 }, { 255, 1448 },
		{ XEN_NETIF_GSO_TYPE_TCPV4, 0 },
		{ XEN_NETIF_GSO_TYPE_TCPV6, 0xffff },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		txpkt_init(test);
		feed(0, 3000, XEN_NETTXF_extra_info, 0);
		KUNIT_EXPECT_TRUE(test, feed_gso(bad[i].type, bad[i].size));
		KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_BAD_GSO);
	}
}

static void txpkt_extras(struct kunit *test)
{
	feed(0, 100, XEN_NETTXF_extra_info, 0);
	KUNIT_EXPECT_FALSE(test, feed_extra(XEN_NETIF_EXTRA_TYPE_GSO, true));
	KUNIT_EXPECT_FALSE(test, feed_extra(XEN_NETIF_EXTRA_TYPE_XDP, true));
	KUNIT_EXPECT_TRUE(test, feed_extra(XEN_NETIF_EXTRA_TYPE_HASH, false));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_EQ(test, pkt.nr_extras, 3);
}

static void txpkt_extra_invalid(struct kunit *test)
{
	static const u8 bad[] = { 0, XEN_NETIF_EXTRA_TYPE_MAX, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		txpkt_init(test);
		feed(0, 100, XEN_NETTXF_extra_info, 0);
		KUNIT_EXPECT_TRUE(test, feed_extra(bad[i], true));
		KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_BAD_EXTRA);
	}
}

/* An endless chain must repeat itself. */
static void txpkt_extra_twice(struct kunit *test)
{
	feed(0, 100, XEN_NETTXF_extra_info, 0);
	KUNIT_EXPECT_FALSE(test, feed_extra(XEN_NETIF_EXTRA_TYPE_GSO, true));
	KUNIT_EXPECT_TRUE(test, feed_extra(XEN_NETIF_EXTRA_TYPE_GSO, true));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_BAD_EXTRA);
}

static void txpkt_mcast(struct kunit *test)
{
	feed(0, 0, XEN_NETTXF_extra_info, 0);
	KUNIT_EXPECT_TRUE(test, feed_extra(XEN_NETIF_EXTRA_TYPE_MCAST_ADD,
					   false));
	KUNIT_EXPECT_EQ(test, pkt.fault, XNB_TX_FINE);
	KUNIT_EXPECT_TRUE(test, xnb_txpkt_is_mcast(&pkt));
}

static void txpkt_partial(struct kunit *test)
{
	struct xnb_tx_cursor cursor = { 0 };
	struct xnb_tx_slot piece;

	feed(10, 3000, XEN_NETTXF_more_data, 0);
	feed(20, 1000, 0, 1);
	KUNIT_ASSERT_TRUE(test, xnb_txpkt_next(&pkt, &cursor, 256, &piece));
	KUNIT_EXPECT_EQ(test, piece.offset, 10);
	KUNIT_EXPECT_EQ(test, piece.size, 256);
	KUNIT_EXPECT_FALSE(test, xnb_txpkt_next(&pkt, &cursor, 0, &piece));
	KUNIT_ASSERT_TRUE(test, xnb_txpkt_next(&pkt, &cursor, 4096, &piece));
	KUNIT_EXPECT_EQ(test, piece.offset, 266);
	KUNIT_EXPECT_EQ(test, piece.size, 1744);
	KUNIT_ASSERT_TRUE(test, xnb_txpkt_next(&pkt, &cursor, 4096, &piece));
	KUNIT_EXPECT_EQ(test, piece.gref, 1001);
	KUNIT_EXPECT_EQ(test, piece.offset, 20);
	KUNIT_EXPECT_EQ(test, piece.size, 1000);
	KUNIT_EXPECT_FALSE(test, xnb_txpkt_next(&pkt, &cursor, 1, &piece));
}

/* Whatever comes, a packet ends, and what is fine stays within bounds. */
static void txpkt_random(struct kunit *test)
{
	union xnb_tx_raw raw;
	unsigned int round, nr, i;

	srand(1);
	for (round = 0; round < 20000; round++) {
		txpkt_init(test);
		for (nr = 1; ; nr++) {
			for (i = 0; i < sizeof(raw); i++)
				((u8 *)&raw)[i] = rand();
			if (rand() % 4)
				raw.req.offset &= 1023;
			if (rand() % 4)
				raw.req.size &= 2047;
			if (pkt.more_extras && rand() % 4)
				raw.extra.type = 1 + rand() % 5;
			if (xnb_txpkt_feed(&pkt, &raw, FATAL))
				break;
			KUNIT_ASSERT_TRUE(test, nr <= XNB_TX_SLOTS_LIMIT + 5);
		}
		KUNIT_EXPECT_NOT_NULL(test, xnb_txpkt_fault_name(pkt.fault));
		if (pkt.fault == XNB_TX_FINE && !xnb_txpkt_is_mcast(&pkt))
			KUNIT_ASSERT_EQ(test, walk(test, 999), pkt.size);
	}
}

static struct kunit_case txpkt_cases[] = {
	KUNIT_CASE(txpkt_1slot),
	KUNIT_CASE(txpkt_slots),
	KUNIT_CASE(txpkt_too_long),
	KUNIT_CASE(txpkt_far_too_long),
	KUNIT_CASE(txpkt_no_overrun),
	KUNIT_CASE(txpkt_slots_exceed_size),
	KUNIT_CASE(txpkt_slots_equal_size),
	KUNIT_CASE(txpkt_zero_slot),
	KUNIT_CASE(txpkt_short),
	KUNIT_CASE(txpkt_page_crossing),
	KUNIT_CASE(txpkt_gso),
	KUNIT_CASE(txpkt_gso_nonsense),
	KUNIT_CASE(txpkt_extras),
	KUNIT_CASE(txpkt_extra_invalid),
	KUNIT_CASE(txpkt_extra_twice),
	KUNIT_CASE(txpkt_mcast),
	KUNIT_CASE(txpkt_partial),
	KUNIT_CASE(txpkt_random),
	{}
};

static struct kunit_suite txpkt_suite = {
	.name = "txpkt",
	.init = txpkt_init,
	.test_cases = txpkt_cases,
};

kunit_test_suite(txpkt_suite);
