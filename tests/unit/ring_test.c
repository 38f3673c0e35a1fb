// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/ring.c against a frontend made of the kernel's own
 * ring macros, honest and not.
 */
#include "framework.h"
#include "gnttab-helpers/ring.h"
#include "xgh_internal.h"

struct msg {
	u32 word[28];
};

DEFINE_RING_TYPES(peer, struct msg, struct msg);

#define SLOT		sizeof(struct msg)
#define SLOTS		32
#define HEADER		offsetof(struct peer_sring, ring)
#define PAGES		16

static u8 memory[PAGES * 4096] __aligned(4096);
static struct xgh_ring ring;

/* ---- the other end, working on the poisoned page ---------------------- */

static void poke_index(size_t offset, u32 value)
{
	custom_poke(memory + offset, &value, sizeof(value));
}

static u32 peek_index(size_t offset)
{
	u32 value;

	custom_peek(&value, memory + offset, sizeof(value));
	return value;
}

#define REQ_PROD	offsetof(struct peer_sring, req_prod)
#define REQ_EVENT	offsetof(struct peer_sring, req_event)
#define RSP_PROD	offsetof(struct peer_sring, rsp_prod)
#define RSP_EVENT	offsetof(struct peer_sring, rsp_event)

static size_t slot_at(u32 index)
{
	return HEADER + (index % ring.nr_slots) * SLOT;
}

static struct msg message(u32 seed)
{
	struct msg m;
	int i;

	for (i = 0; i < ARRAY_SIZE(m.word); i++)
		m.word[i] = seed * 1000 + i;
	return m;
}

static void request(u32 index)
{
	struct msg m = message(index);

	custom_poke(memory + slot_at(index), &m, sizeof(m));
	poke_index(REQ_PROD, index + 1);
}

static void start_at(u32 index, size_t bytes)
{
	custom_unshare();
	memset(memory, 0, sizeof(memory));
	custom_share(memory, bytes);
	poke_index(REQ_PROD, index);
	poke_index(RSP_PROD, index);
	poke_index(REQ_EVENT, index + 1);
	poke_index(RSP_EVENT, index + 1);
}

static int ring_init(struct kunit *test)
{
	custom_reset();
	start_at(0, 4096);
	return xgh_ring_attach(&ring, memory, 4096, SLOT);
}

static void ring_exit(struct kunit *test)
{
	/* An honest or dishonest peer gives no reason to warn. */
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	custom_reset();
}

/* ---- attach ----------------------------------------------------------- */

static void attach_has_the_slots_of_the_protocol(struct kunit *test)
{
	static const u32 slots[] = { 32, 64, 64, 128, 128, 128, 128, 256 };
	int pages;

	for (pages = 1; pages <= 8; pages++) {
		start_at(0, pages * 4096);
		KUNIT_ASSERT_EQ(test, xgh_ring_attach(&ring, memory,
						      pages * 4096, SLOT), 0);
		KUNIT_EXPECT_EQ(test, ring.nr_slots, slots[pages - 1]);
	}
	KUNIT_EXPECT_EQ(test, 32, __CONST_RING_SIZE(peer, 4096));
	start_at(0, sizeof(memory));
	KUNIT_ASSERT_EQ(test, xgh_ring_attach(&ring, memory, sizeof(memory),
					      SLOT), 0);
	KUNIT_EXPECT_EQ(test, ring.nr_slots, 512);
}

static void attach_needs_room_for_one_slot(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, 0, SLOT), -EINVAL);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, HEADER, SLOT),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, HEADER + SLOT - 1,
					      SLOT), -EINVAL);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, 4096, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, HEADER + SLOT,
					      SLOT), 0);
	KUNIT_EXPECT_EQ(test, ring.nr_slots, 1);
}

static void attach_sees_unanswered_requests_again(struct kunit *test)
{
	start_at(1000, 4096);
	poke_index(REQ_PROD, 1007);
	KUNIT_ASSERT_EQ(test, xgh_ring_attach(&ring, memory, 4096, SLOT), 0);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), 7);
	KUNIT_EXPECT_EQ(test, xgh_ring_unanswered(&ring), 0);
}

static void attach_takes_a_full_ring_and_no_more(struct kunit *test)
{
	start_at(5, 4096);
	poke_index(REQ_PROD, 5 + SLOTS);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, 4096, SLOT), 0);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), SLOTS);
	poke_index(REQ_PROD, 5 + SLOTS + 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, 4096, SLOT),
			-EPROTO);
	poke_index(REQ_PROD, 4);
	KUNIT_EXPECT_EQ(test, xgh_ring_attach(&ring, memory, 4096, SLOT),
			-EPROTO);
}

/* ---- the producer index ----------------------------------------------- */

static void unconsumed_empty_1req_full(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), 0);
	poke_index(REQ_PROD, 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), 1);
	poke_index(REQ_PROD, SLOTS);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), SLOTS);
}

static void unconsumed_producer_ahead(struct kunit *test)
{
	static const u32 lies[] = { SLOTS + 1, SLOTS + 2, 2 * SLOTS, 0x7fffffff,
				    0x80000000, 0xfffffffe, 0xffffffff };
	int i;

	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		poke_index(REQ_PROD, lies[i]);
		KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), -EPROTO);
		KUNIT_EXPECT_EQ(test, xgh_ring_rearm(&ring), -EPROTO);
	}
}

static void unconsumed_counts_slots_that_are_held(struct kunit *test)
{
	struct msg m;
	u32 i;

	for (i = 0; i < SLOTS; i++)
		request(i);
	for (i = 0; i < 10; i++)
		xgh_ring_consume(&ring, &m, SLOT);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), SLOTS - 10);
	KUNIT_EXPECT_EQ(test, xgh_ring_unanswered(&ring), 10);

	/* A 33rd request while ten are unanswered overwrites one of them. */
	poke_index(REQ_PROD, SLOTS + 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), -EPROTO);

	xgh_ring_respond(&ring, &m, SLOT);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), SLOTS - 10 + 1);
}

static void unconsumed_producer_goes_backwards(struct kunit *test)
{
	struct msg m;

	request(0);
	request(1);
	xgh_ring_consume(&ring, &m, SLOT);
	xgh_ring_consume(&ring, &m, SLOT);
	poke_index(REQ_PROD, 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), -EPROTO);
}

static void unconsumed_reads_the_index_once(struct kunit *test)
{
	poke_index(REQ_PROD, 3);
	custom_shared_reset();
	custom_shared_flip(REQ_PROD, 4);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), 3);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(0, 4096), 1);
}

/* ---- consume ---------------------------------------------------------- */

static void consume_copies_once(struct kunit *test)
{
	struct msg want = message(0), got;

	request(0);
	custom_shared_reset();
	custom_shared_flip(slot_at(0), SLOT);
	xgh_ring_consume(&ring, &got, SLOT);
	KUNIT_EXPECT_MEMEQ(test, &got, &want, SLOT);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(0, 4096), 1);
	KUNIT_EXPECT_EQ(test, ring.req_cons, 1);

	/* The slot has changed meanwhile; nobody looked. */
	custom_peek(&got, memory + slot_at(0), SLOT);
	KUNIT_EXPECT_EQ(test, got.word[3], ~want.word[3]);
}

static void consume_short_request_leaves_the_rest(struct kunit *test)
{
	u8 got[16];

	memset(got, 0xaa, sizeof(got));
	request(0);
	custom_shared_reset();
	xgh_ring_consume(&ring, got, 8);
	KUNIT_EXPECT_EQ(test, got[8], 0xaa);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(slot_at(0) + 8, 8), 0);
}

static void consume_and_respond_wrap(struct kunit *test)
{
	const u32 first = 0xffffffff - 40;
	struct msg want, got;
	u32 i;

	start_at(first, 4096);
	KUNIT_ASSERT_EQ(test, xgh_ring_attach(&ring, memory, 4096, SLOT), 0);
	for (i = first; i != first + 200; i++) {
		request(i);
		want = message(i);
		KUNIT_ASSERT_EQ(test, xgh_ring_unconsumed(&ring), 1);
		xgh_ring_consume(&ring, &got, SLOT);
		KUNIT_ASSERT_MEMEQ(test, &got, &want, SLOT);
		KUNIT_ASSERT_EQ(test, xgh_ring_unconsumed(&ring), 0);
		xgh_ring_respond(&ring, &want, SLOT);
		poke_index(RSP_EVENT, i + 1);
		KUNIT_ASSERT_TRUE(test, xgh_ring_push(&ring));
		KUNIT_ASSERT_EQ(test, peek_index(RSP_PROD), i + 1);
	}
}

static void full_ring_wraps_at_2_to_the_32(struct kunit *test)
{
	const u32 first = 0U - SLOTS / 2;
	struct msg m;
	u32 i;

	start_at(first, 4096);
	KUNIT_ASSERT_EQ(test, xgh_ring_attach(&ring, memory, 4096, SLOT), 0);
	for (i = 0; i < SLOTS; i++)
		request(first + i);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_PROD), SLOTS / 2);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), SLOTS);
	for (i = 0; i < SLOTS; i++) {
		xgh_ring_consume(&ring, &m, SLOT);
		KUNIT_EXPECT_EQ(test, m.word[0], (first + i) * 1000);
	}
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), 0);
	poke_index(REQ_PROD, SLOTS / 2 + 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_unconsumed(&ring), -EPROTO);
}

/* ---- responses and events --------------------------------------------- */

static void consume_n(int n)
{
	struct msg m;
	int i;

	for (i = 0; i < n; i++) {
		request(i);
		xgh_ring_consume(&ring, &m, SLOT);
	}
}

static void respond_n(int n)
{
	struct msg m = message(7);

	while (n--)
		xgh_ring_respond(&ring, &m, SLOT);
}

static void responses_are_hidden_until_the_push(struct kunit *test)
{
	consume_n(3);
	respond_n(2);
	KUNIT_EXPECT_EQ(test, peek_index(RSP_PROD), 0);
	KUNIT_EXPECT_TRUE(test, xgh_ring_push(&ring));
	KUNIT_EXPECT_EQ(test, peek_index(RSP_PROD), 2);
	KUNIT_EXPECT_EQ(test, xgh_ring_unanswered(&ring), 1);
}

static void respond_writes_only_its_bytes(struct kunit *test)
{
	struct msg before = message(0), after, rsp = message(9);

	consume_n(1);
	xgh_ring_respond(&ring, &rsp, 16);
	custom_peek(&after, memory + slot_at(0), SLOT);
	KUNIT_EXPECT_MEMEQ(test, &after, &rsp, 16);
	KUNIT_EXPECT_MEMEQ(test, (u8 *)&after + 16, (u8 *)&before + 16,
			   SLOT - 16);
}

static void respond_to_nothing_is_refused(struct kunit *test)
{
	respond_n(1);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_unanswered(&ring), 0);
	KUNIT_EXPECT_FALSE(test, xgh_ring_push(&ring));
	KUNIT_EXPECT_EQ(test, peek_index(RSP_PROD), 0);
	custom_log.warnings = 0;
}

static void push_of_nothing_is_silent(struct kunit *test)
{
	poke_index(RSP_EVENT, 0);
	KUNIT_EXPECT_FALSE(test, xgh_ring_push(&ring));
	poke_index(RSP_EVENT, 1);
	KUNIT_EXPECT_FALSE(test, xgh_ring_push(&ring));
}

/* What the kernel's RING_PUSH_RESPONSES_AND_CHECK_NOTIFY() would say. */
static bool naive_notify(u32 old, u32 new, u32 event)
{
	for (; old != new; old++)
		if (old + 1 == event)
			return true;
	return false;
}

static void push_notifies_when_asked(struct kunit *test)
{
	static const u32 starts[] = { 0, 100, 0xfffffffc, 0xffffffff };
	int s, n, e;

	for (s = 0; s < ARRAY_SIZE(starts); s++)
		for (n = 1; n <= 4; n++)
			for (e = -3; e <= 8; e++) {
				u32 at = starts[s];

				start_at(at, 4096);
				xgh_ring_attach(&ring, memory, 4096, SLOT);
				ring.req_cons += n;
				poke_index(RSP_EVENT, at + e);
				respond_n(n);
				KUNIT_EXPECT_EQ(test, xgh_ring_push(&ring),
						naive_notify(at, at + n,
							     at + e));
			}
}

static void push_asks_once_for_many(struct kunit *test)
{
	consume_n(5);
	respond_n(3);
	poke_index(RSP_EVENT, 1);
	KUNIT_EXPECT_TRUE(test, xgh_ring_push(&ring));
	/* The otherend has not asked again. */
	respond_n(2);
	KUNIT_EXPECT_FALSE(test, xgh_ring_push(&ring));
}

static void rearm_asks_for_the_next_request(struct kunit *test)
{
	consume_n(3);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm(&ring), 0);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 4);
}

static void rearm_with_work_left_does_not_ask(struct kunit *test)
{
	poke_index(REQ_EVENT, 77);
	request(0);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm(&ring), 1);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 77);
}

static void rearm_looks_again_after_asking(struct kunit *test)
{
	u32 next = 1;

	/* The producer moves right after the first look at it: 0 -> ~0. */
	custom_shared_reset();
	custom_shared_flip(REQ_PROD, 4);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm(&ring), -EPROTO);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), next);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(REQ_PROD, 4), 2);
}

static void rearm_for_asks_for_so_many(struct kunit *test)
{
	u32 wanted, there;

	for (wanted = 1; wanted <= SLOTS; wanted++)
		for (there = 0; there < wanted; there++) {
			u32 at = 0xfffffff0 + there;

			start_at(at, 4096);
			xgh_ring_attach(&ring, memory, 4096, SLOT);
			poke_index(REQ_PROD, at + there);
			KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, wanted),
					there);
			/* Just the request that makes it so many. */
			KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT),
					at + wanted);
			KUNIT_EXPECT_FALSE(test,
					   naive_notify(at + there,
							at + wanted - 1,
							peek_index(REQ_EVENT)));
			KUNIT_EXPECT_TRUE(test,
					  naive_notify(at + there, at + wanted,
						       peek_index(REQ_EVENT)));
		}
}

static void rearm_for_with_enough_does_not_ask(struct kunit *test)
{
	u32 wanted, there;

	for (there = 1; there <= SLOTS; there++)
		for (wanted = 1; wanted <= there; wanted++) {
			poke_index(REQ_EVENT, 77);
			poke_index(REQ_PROD, there);
			KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, wanted),
					there);
			KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 77);
		}
}

static void rearm_for_counts_from_what_is_consumed(struct kunit *test)
{
	consume_n(5);
	poke_index(REQ_PROD, 5 + 2);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, 3), 2);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 5 + 3);
}

static void rearm_for_of_a_broken_ring(struct kunit *test)
{
	poke_index(REQ_EVENT, 77);
	poke_index(REQ_PROD, SLOTS + 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, 1), -EPROTO);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, SLOTS), -EPROTO);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 77);
}

static void rearm_for_looks_again_after_asking(struct kunit *test)
{
	custom_shared_reset();
	custom_shared_flip(REQ_PROD, 4);
	/* As above: 0 -> ~0. */
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, 9), -EPROTO);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 9);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(REQ_PROD, 4), 2);

	/* 2 when we asked for 9, then 27: no event, but an answer. */
	start_at(113, 4096);
	xgh_ring_attach(&ring, memory, 4096, SLOT);
	poke_index(REQ_PROD, 113 + 2);
	custom_shared_flip(REQ_PROD, 1);
	KUNIT_EXPECT_EQ(test, xgh_ring_rearm_for(&ring, 9), 27);
	KUNIT_EXPECT_EQ(test, peek_index(REQ_EVENT), 113 + 9);
}

static void own_indices_are_not_read_back(struct kunit *test)
{
	consume_n(2);
	custom_shared_reset();
	/* The otherend writes nonsense over what is ours. */
	poke_index(RSP_PROD, 12345);
	poke_index(REQ_EVENT, 54321);
	respond_n(2);
	xgh_ring_push(&ring);
	KUNIT_EXPECT_EQ(test, peek_index(RSP_PROD), 2);
	xgh_ring_rearm(&ring);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(RSP_PROD, 4), 0);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(REQ_EVENT, 4), 0);
	KUNIT_EXPECT_EQ(test, custom_shared_max_reads(RSP_EVENT, 4), 1);
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(attach_has_the_slots_of_the_protocol),
	KUNIT_CASE(attach_needs_room_for_one_slot),
	KUNIT_CASE(attach_sees_unanswered_requests_again),
	KUNIT_CASE(attach_takes_a_full_ring_and_no_more),
	KUNIT_CASE(unconsumed_empty_1req_full),
	KUNIT_CASE(unconsumed_producer_ahead),
	KUNIT_CASE(unconsumed_counts_slots_that_are_held),
	KUNIT_CASE(unconsumed_producer_goes_backwards),
	KUNIT_CASE(unconsumed_reads_the_index_once),
	KUNIT_CASE(consume_copies_once),
	KUNIT_CASE(consume_short_request_leaves_the_rest),
	KUNIT_CASE(consume_and_respond_wrap),
	KUNIT_CASE(full_ring_wraps_at_2_to_the_32),
	KUNIT_CASE(responses_are_hidden_until_the_push),
	KUNIT_CASE(respond_writes_only_its_bytes),
	KUNIT_CASE(respond_to_nothing_is_refused),
	KUNIT_CASE(push_of_nothing_is_silent),
	KUNIT_CASE(push_notifies_when_asked),
	KUNIT_CASE(push_asks_once_for_many),
	KUNIT_CASE(rearm_asks_for_the_next_request),
	KUNIT_CASE(rearm_with_work_left_does_not_ask),
	KUNIT_CASE(rearm_looks_again_after_asking),
	KUNIT_CASE(rearm_for_asks_for_so_many),
	KUNIT_CASE(rearm_for_with_enough_does_not_ask),
	KUNIT_CASE(rearm_for_counts_from_what_is_consumed),
	KUNIT_CASE(rearm_for_of_a_broken_ring),
	KUNIT_CASE(rearm_for_looks_again_after_asking),
	KUNIT_CASE(own_indices_are_not_read_back),
	{}
};

static struct kunit_suite ring_suite = {
	.name = "gnttab_helpers_ring",
	.init = ring_init,
	.exit = ring_exit,
	.test_cases = ring_cases,
};

kunit_test_suite(ring_suite);
