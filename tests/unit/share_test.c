// SPDX-License-Identifier: GPL-2.0
/*
 * blkback/limits/share.c and budget.c: queues of a disk never have more than
 * the budgets allow, each of them is served in the end, and all is given back.
 */
#include "framework.h"
#include "gnttab-helpers/domain.h"
#include "gnttab-helpers/persist.h"
#include "limits/share.h"
#include "params.h"
#include "xbb_internal.h"

#include <stdio.h>

#define QUEUES	10
#define SEAT	XBB_BUDGET_SEAT
#define TURN	msecs_to_jiffies(20)

static struct queue {
	struct xbb_share share;
	struct xgh_pool pools[XGH_POOL_KINDS];
	struct xgh_persist persist;
	unsigned int told;
	/* Pages of requests that were left, as far as the queue knows. */
	unsigned int held;
} queues[QUEUES];

static struct xgh_domain *domain;
static struct xbb_budget disk;
static unsigned int most;

unsigned int xbb_param_domain_pages(void)
{
	return most;
}

static void again(struct xbb_seat *seat)
{
	container_of(seat, struct queue, share.seat)->told++;
}

static unsigned int held(const struct xbb_share *share, enum xgh_pool_kind kind)
{
	return container_of(share, struct queue, share)->held;
}

static int share_init(struct kunit *test)
{
	unsigned int i;

	custom_reset();
	memset(queues, 0, sizeof(queues));
	memset(&disk, 0, sizeof(disk));
	most = UINT_MAX;
	domain = xgh_domain_get(9);
	if (!domain)
		return -ENOMEM;
	xbb_budget_init(&disk, domain);
	for (i = 0; i < QUEUES; i++) {
		struct queue *queue = &queues[i];

		xgh_pool_init(&queue->pools[0], XGH_POOL_MAP);
		xgh_pool_init(&queue->pools[1], XGH_POOL_RAM);
		queue->held = UINT_MAX;
		xbb_share_init(&queue->share, again, held);
		queue->share.pools[0] = &queue->pools[0];
		queue->share.pools[1] = &queue->pools[1];
		queue->share.persist = &queue->persist;
		queue->share.max_persist = 1000;
		xbb_share_open(&queue->share, &disk);
	}
	return 0;
}

static int used(enum xgh_pool_kind kind)
{
	return atomic_read(&domain->pages[kind]);
}

static void share_exit(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < QUEUES; i++)
		xbb_share_close(&queues[i].share);
	for (i = 0; i < XGH_POOL_KINDS; i++) {
		KUNIT_EXPECT_EQ(test, used(i), 0);
		KUNIT_EXPECT_EQ(test, disk.used[i], 0);
	}
	KUNIT_EXPECT_EQ(test, disk.nr_seats, 0);
	KUNIT_EXPECT_FALSE(test, xbb_budget_is_wanted(&disk));
	xgh_domain_put(domain);
	KUNIT_EXPECT_EQ(test, custom_log.warnings, 0);
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	custom_reset();
}

static struct xbb_share *share(unsigned int i)
{
	return &queues[i].share;
}

static unsigned int room(unsigned int i, enum xgh_pool_kind kind)
{
	return xgh_pool_room(&queues[i].pools[kind]);
}

static void nothing_is_held_without_need(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), 0);
	KUNIT_EXPECT_EQ(test, room(0, XGH_POOL_RAM), 0);
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), SEAT);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
	KUNIT_EXPECT_EQ(test, room(0, XGH_POOL_MAP), SEAT);
	KUNIT_EXPECT_EQ(test, room(0, XGH_POOL_RAM), SEAT);
	/* A seat is for requests: nothing stays mapped on it. */
	KUNIT_EXPECT_EQ(test, queues[0].persist.limit, 0);
	xbb_share_shrink(share(0));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), 0);
	KUNIT_EXPECT_FALSE(test, share(0)->seat.taken);
}

static void shares_grow_within_the_budget(struct kunit *test)
{
	unsigned int i, n = 0;

	most = 2000;
	for (i = 0; i < QUEUES; i++)
		while (xbb_share_grow(share(i)))
			queues[i].pools[XGH_POOL_RAM].in_use =
				queues[i].pools[XGH_POOL_RAM].limit;
	for (i = 0; i < QUEUES; i++)
		n += share(i)->seat.taken;
	KUNIT_EXPECT_TRUE(test, n >= 1 && n < QUEUES);
	KUNIT_EXPECT_TRUE(test, used(XGH_POOL_RAM) <= 2000);
	KUNIT_EXPECT_TRUE(test, used(XGH_POOL_MAP) <= 2000);
	for (i = 0; i < QUEUES; i++)
		queues[i].pools[XGH_POOL_RAM].in_use = 0;
}

static void a_disk_has_limits_of_its_own(struct kunit *test)
{
	disk.max = SEAT + XBB_SHARE_STEP;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_TRUE(test, xbb_share_waits(share(1)));
	/* Nobody grows while others have nothing. */
	xbb_share_keep(share(0), 1);
	KUNIT_EXPECT_EQ(test, disk.used[XGH_POOL_MAP], SEAT);
	xbb_share_forgo(share(1));
	xbb_share_keep(share(0), 1);
	KUNIT_EXPECT_EQ(test, disk.used[XGH_POOL_MAP], disk.max);
	KUNIT_EXPECT_EQ(test, queues[0].persist.limit, XBB_SHARE_STEP);
}

/* Whatever the budgets say, one queue after the other is served, in order. */
static void one_seat_goes_round(struct kunit *test)
{
	unsigned int round, i;

	most = 0;
	for (i = 0; i < QUEUES; i++)
		KUNIT_EXPECT_EQ(test, xbb_share_grow(share(i)), !i);
	KUNIT_EXPECT_TRUE(test, xbb_share_is_first(share(1)));
	for (round = 0; round < 3 * QUEUES; round++) {
		struct queue *now = &queues[round % QUEUES];
		struct queue *next = &queues[(round + 1) % QUEUES];
		struct xgh_pool *pool = &now->pools[XGH_POOL_RAM];

		pool->in_use = 200;
		KUNIT_EXPECT_TRUE(test, xbb_share_must_yield(&now->share));
		KUNIT_EXPECT_FALSE(test, xbb_share_yield(&now->share, true));
		KUNIT_EXPECT_FALSE(test, now->share.leaving);
		custom_jiffies += TURN;
		KUNIT_EXPECT_FALSE(test, xbb_share_yield(&now->share, true));
		KUNIT_EXPECT_TRUE(test, now->share.leaving);
		KUNIT_EXPECT_EQ(test, xgh_pool_room(pool), 0);
		KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), 200);
		KUNIT_EXPECT_FALSE(test, xbb_share_grow(&next->share));
		pool->in_use = 0;
		next->told = 0;
		KUNIT_EXPECT_TRUE(test, xbb_share_yield(&now->share, true));
		KUNIT_EXPECT_TRUE(test, next->told > 0);
		/* It may come again, behind all others. */
		KUNIT_EXPECT_FALSE(test, xbb_share_grow(&now->share));
		KUNIT_EXPECT_TRUE(test, xbb_share_grow(&next->share));
		KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
	}
}

static void what_others_borrowed_comes_first(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];

	most = 2 * SEAT + XBB_SHARE_STEP - 1;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = pool->limit;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	pool->in_use = 100;
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_FALSE(test, share(0)->leaving);
	KUNIT_EXPECT_EQ(test, pool->limit, SEAT);
	KUNIT_EXPECT_TRUE(test, queues[1].told > 0);
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
	pool->in_use = 0;
}

/* A budget that is lowered holds for a queue that is never idle, too. */
static void what_is_too_much_by_now_is_given_back(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];
	unsigned int *const budgets[] = { &disk.max, &most };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(budgets); i++) {
		for (n = 0; n < 3; n++) {
			KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
			pool->in_use = pool->limit;
		}
		KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
		*budgets[i] = SEAT;
		KUNIT_EXPECT_TRUE(test, xbb_share_must_yield(share(0)));
		KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(0)));
		pool->in_use = 100;
		KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), true));
		KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
		/* It goes on with what it has. */
		KUNIT_EXPECT_FALSE(test, share(0)->leaving);
		KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
		*budgets[i] = UINT_MAX;
	}
	/* There is nothing to be had from a seat. */
	disk.max = 1;
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
	pool->in_use = 0;
}

/* What is borrowed of one kind is not too much because of the other. */
static void each_kind_is_asked_for_itself(struct kunit *test)
{
	struct xgh_pool *ram = &queues[1].pools[XGH_POOL_RAM];
	unsigned int n;

	for (n = 0; n < 3; n++) {
		KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
		ram->in_use = ram->limit;
	}
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	queues[0].pools[XGH_POOL_MAP].in_use = 200;
	most = used(XGH_POOL_MAP) + XBB_SHARE_STEP;
	KUNIT_EXPECT_TRUE(test, used(XGH_POOL_RAM) > most);
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), most);
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
	KUNIT_EXPECT_TRUE(test, xbb_share_must_yield(share(1)));
	queues[0].pools[XGH_POOL_MAP].in_use = 0;
	ram->in_use = 0;
}

/* A second disk of the guest, with one queue, wakes up. */
static struct xbb_budget second;
static struct queue waking;

static void wake_second(struct kunit *test)
{
	unsigned int i;

	memset(&second, 0, sizeof(second));
	memset(&waking, 0, sizeof(waking));
	xbb_budget_init(&second, domain);
	xbb_share_init(&waking.share, again, held);
	for (i = 0; i < XGH_POOL_KINDS; i++) {
		xgh_pool_init(&waking.pools[i], i);
		waking.share.pools[i] = &waking.pools[i];
	}
	waking.share.persist = &waking.persist;
	xbb_share_open(&waking.share, &second);
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(&waking.share));
}

/* The first queue borrows three steps of either kind, in use for now. */
static void borrow_three_steps(struct kunit *test)
{
	struct xgh_pool *pools = queues[0].pools;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
		pools[XGH_POOL_MAP].in_use = pools[XGH_POOL_MAP].limit;
		pools[XGH_POOL_RAM].in_use = pools[XGH_POOL_RAM].limit;
	}
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), SEAT + 3 * XBB_SHARE_STEP);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT + 3 * XBB_SHARE_STEP);
}

/* So many grants stay mapped, and no request has anything. */
static void keep_idle(unsigned int nr)
{
	queues[0].persist.nr = nr;
	queues[0].pools[XGH_POOL_MAP].in_use = nr;
	queues[0].pools[XGH_POOL_RAM].in_use = 0;
}

/* The guest is at its budget, and the first seat of a disk goes beyond it. */
static void a_waking_disk_costs_the_excess_alone(struct kunit *test)
{
	const struct xgh_pool *pools = queues[0].pools;
	const unsigned int left = 3 * XBB_SHARE_STEP - SEAT;

	borrow_three_steps(test);
	keep_idle(700);
	most = used(XGH_POOL_MAP);
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
	wake_second(test);
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(&waking.share));
	KUNIT_EXPECT_TRUE(test, xbb_share_must_yield(share(0)));
	KUNIT_EXPECT_EQ(test, xbb_share_unkept(share(0)), 700 - left);
	KUNIT_EXPECT_EQ(test, xbb_share_unkept_spare(share(0)), SEAT);
	keep_idle(left);
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_EQ(test, pools[XGH_POOL_MAP].limit, SEAT + left);
	KUNIT_EXPECT_EQ(test, pools[XGH_POOL_RAM].limit, SEAT + left);
	KUNIT_EXPECT_EQ(test, queues[0].persist.limit, left);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), most);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), most);
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
	KUNIT_EXPECT_EQ(test, xbb_share_unkept(share(0)), 0);
	keep_idle(0);
	xbb_share_close(&waking.share);
}

/* What disk or guest has too much, whichever is more; nothing of the other. */
static void only_the_kind_that_is_too_much_is_given(struct kunit *test)
{
	const struct xgh_pool *pools = queues[0].pools;
	const unsigned int all = SEAT + 3 * XBB_SHARE_STEP;

	borrow_three_steps(test);
	keep_idle(768);
	KUNIT_EXPECT_TRUE(test, xbb_budget_charge(&disk, XGH_POOL_MAP, 40,
						  true));
	most = all + 10;
	disk.max = all + 33;
	KUNIT_EXPECT_EQ(test, xbb_share_unkept(share(0)), 30);
	disk.max = all + 3;
	KUNIT_EXPECT_EQ(test, xbb_share_unkept(share(0)), 37);
	KUNIT_EXPECT_EQ(test, xbb_share_unkept_spare(share(0)), 0);
	keep_idle(768 - 37);
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_EQ(test, pools[XGH_POOL_MAP].limit, all - 37);
	KUNIT_EXPECT_EQ(test, pools[XGH_POOL_RAM].limit, all);
	xbb_budget_uncharge(&disk, XGH_POOL_MAP, 40);
	/* Of memory alone: what stays mapped does. */
	KUNIT_EXPECT_TRUE(test, xbb_budget_charge(&disk, XGH_POOL_RAM, 8,
						  true));
	KUNIT_EXPECT_EQ(test, xbb_share_unkept(share(0)), 0);
	KUNIT_EXPECT_EQ(test, xbb_share_unkept_spare(share(0)), 5);
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_EQ(test, pools[XGH_POOL_MAP].limit, all - 37);
	KUNIT_EXPECT_EQ(test, pools[XGH_POOL_RAM].limit, all - 5);
	xbb_budget_uncharge(&disk, XGH_POOL_RAM, 8);
	keep_idle(0);
}

/* What requests use comes back as they end, and no more of it than is owed. */
static void what_is_in_use_is_owed(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];
	const unsigned int all = SEAT + 3 * XBB_SHARE_STEP;

	borrow_three_steps(test);
	most = all - 200;
	pool->in_use = all - 50;
	xbb_share_yield(share(0), false);
	KUNIT_EXPECT_EQ(test, pool->limit, all - 50);
	KUNIT_EXPECT_TRUE(test, xbb_share_must_yield(share(0)));
	pool->in_use = 0;
	xbb_share_yield(share(0), false);
	KUNIT_EXPECT_EQ(test, pool->limit, all - 200);
	keep_idle(0);
}

/* Others have no seat at all: then nothing is kept that could go. */
static void who_waits_has_all_that_can_go(struct kunit *test)
{
	borrow_three_steps(test);
	keep_idle(500);
	most = used(XGH_POOL_MAP) + SEAT - 1;
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_EQ(test, xbb_share_unkept(share(0)), UINT_MAX);
	KUNIT_EXPECT_EQ(test, xbb_share_unkept_spare(share(0)), UINT_MAX);
	keep_idle(1);
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), SEAT);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
	keep_idle(0);
}

static void an_idle_seat_is_left_at_once(struct kunit *test)
{
	most = SEAT;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_FALSE(test, xbb_share_waits(share(1)));
}

/* Nobody wants it: only what was borrowed is too much. */
static void a_seat_that_nobody_wants_is_kept(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];

	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = pool->limit;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = 0;
	most = SEAT;
	KUNIT_EXPECT_TRUE(test, xbb_share_must_yield(share(0)));
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_TRUE(test, share(0)->seat.taken);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
	KUNIT_EXPECT_FALSE(test, xbb_share_must_yield(share(0)));
}

/* Who has a seat goes on while another makes room; unless that takes long. */
static void one_seat_a_turn(struct kunit *test)
{
	unsigned int i;

	most = 2 * SEAT;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(2)));
	for (i = 0; i < 2; i++)
		queues[i].pools[XGH_POOL_RAM].in_use = 10;
	custom_jiffies += TURN;
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(i), true));
	KUNIT_EXPECT_TRUE(test, share(0)->leaving);
	KUNIT_EXPECT_FALSE(test, share(1)->leaving);
	custom_jiffies += TURN;
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(1), true));
	KUNIT_EXPECT_TRUE(test, share(1)->leaving);
	for (i = 0; i < 2; i++)
		queues[i].pools[XGH_POOL_RAM].in_use = 0;
	KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(0), true));
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(2)));
}

/* The system has no memory: others would have no more luck. */
static void a_seat_that_is_needed_is_kept(struct kunit *test)
{
	most = SEAT;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_FALSE(test, xbb_share_yield(share(0), true));
	custom_jiffies += TURN;
	KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(0), true));
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
}

static void pages_at_rest_are_freed_first(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];
	struct page *pages[4];
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, xgh_pool_get(pool, &pages[i]), 0);
	for (i = 0; i < 4; i++)
		xgh_pool_put(pool, pages[i]);
	KUNIT_EXPECT_EQ(test, custom_pages, 4);
	xbb_share_shrink(share(0));
	KUNIT_EXPECT_EQ(test, custom_pages, 0);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), 0);
}

/* What can never be used again counts, and takes nothing from the seat. */
static void lost_pages_count(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_MAP];

	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = 5;
	xgh_pool_lose(pool);
	pool->in_use = 1;
	xbb_share_shrink(share(0));
	KUNIT_EXPECT_FALSE(test, share(0)->seat.taken);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), 1);
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_EQ(test, room(0, XGH_POOL_MAP), SEAT);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), SEAT + 1);
}

static void an_idle_queue_keeps_what_stays_mapped(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_MAP];

	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = 100;
	xbb_share_keep(share(0), 100);
	xbb_share_keep(share(0), 300);
	KUNIT_EXPECT_EQ(test, queues[0].persist.limit, 2 * XBB_SHARE_STEP);
	xbb_share_shrink(share(0));
	KUNIT_EXPECT_EQ(test, pool->limit, 100 + SEAT);
	KUNIT_EXPECT_EQ(test, queues[0].persist.limit, 100);
	pool->in_use = 0;
}

/* Ends the turn of a queue that has pages in use, and its patience. */
static bool is_stranded(unsigned int i)
{
	bool early;

	custom_jiffies += TURN;
	xbb_share_yield(share(i), false);
	early = xbb_share_yield(share(i), false);
	custom_jiffies += HZ;
	return !early && xbb_share_yield(share(i), false);
}

/* A request that the disk does not end keeps no other queue from the disk. */
static void a_stuck_request_takes_no_seat(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];
	unsigned int turn;

	most = 0;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = 5;
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_TRUE(test, is_stranded(0));
	KUNIT_EXPECT_FALSE(test, share(0)->leaving);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), 5);
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT + 5);
	/* Both go on in turn; what was left is in nobody's way. */
	for (turn = 0; turn < 4; turn++) {
		unsigned int now = turn % 2, next = !now;

		KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(now)));
		custom_jiffies += TURN;
		KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(next), true));
		KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(now)));
		KUNIT_EXPECT_EQ(test, room(now, XGH_POOL_RAM), SEAT);
		KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT + 5);
	}
	KUNIT_EXPECT_TRUE(test, share(1)->seat.taken);
	KUNIT_EXPECT_TRUE(test, xbb_share_must_settle(share(0)));
	pool->in_use = 2;
	xbb_share_settle(share(0));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT + 2);
	KUNIT_EXPECT_EQ(test, disk.nr_stranded, 1);
	pool->in_use = 0;
	xbb_share_settle(share(0));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
	KUNIT_EXPECT_FALSE(test, xbb_share_must_settle(share(0)));
	KUNIT_EXPECT_EQ(test, disk.nr_stranded, 0);
}

/* The first queue has left a seat with five pages, and has one again. */
static void strand_and_return(struct kunit *test, struct xgh_pool *pool)
{
	most = 0;
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	pool->in_use = 5;
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_TRUE(test, is_stranded(0));
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(0)));
	KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(1), false));
	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
}

/* What more gets stuck is waited for until the first has ended. */
static void a_queue_strands_once(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_MAP];

	strand_and_return(test, pool);
	pool->in_use = 8;
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_FALSE(test, is_stranded(0));
	KUNIT_EXPECT_TRUE(test, share(0)->leaving);
	pool->in_use = 5;
	KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(0), false));
	pool->in_use = 0;
	xbb_share_settle(share(0));
}

/* They have ended, though others are in use by now: it may strand again. */
static void what_has_ended_is_left_no_longer(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];

	strand_and_return(test, pool);
	pool->in_use = 8;
	queues[0].held = 2;
	xbb_share_settle(share(0));
	KUNIT_EXPECT_TRUE(test, xbb_share_must_settle(share(0)));
	queues[0].held = 0;
	xbb_share_settle(share(0));
	KUNIT_EXPECT_FALSE(test, xbb_share_must_settle(share(0)));
	KUNIT_EXPECT_EQ(test, disk.nr_stranded, 0);
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_TRUE(test, is_stranded(0));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), 8);
	pool->in_use = 0;
}

/* What is lost takes no seat, whatever else does not, either. */
static void a_lost_page_is_none_that_was_left(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_MAP];

	strand_and_return(test, pool);
	pool->in_use = 6;
	xgh_pool_lose(pool);
	KUNIT_EXPECT_EQ(test, room(0, XGH_POOL_MAP), SEAT - 1);
	KUNIT_EXPECT_FALSE(test, xbb_share_grow(share(1)));
	KUNIT_EXPECT_TRUE(test, xbb_share_yield(share(0), false));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), 6);
	/* Only what is lost is in use. */
	pool->in_use = 1;
	queues[0].held = 0;
	xbb_share_settle(share(0));
	KUNIT_EXPECT_FALSE(test, xbb_share_must_settle(share(0)));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_MAP), 1);
	pool->lost = 0;
	pool->in_use = 0;
}

/* A disk that ends nothing: what is beyond its budget has a bound. */
static void only_so_many_strand(struct kunit *test)
{
	unsigned int i;

	most = 0;
	for (i = 0; i < QUEUES; i++)
		xbb_share_grow(share(i));
	for (i = 0; i < QUEUES - 1; i++) {
		queues[i].pools[XGH_POOL_RAM].in_use = SEAT;
		KUNIT_EXPECT_EQ(test, is_stranded(i), i < XBB_BUDGET_STRANDED);
		KUNIT_EXPECT_EQ(test, xbb_share_grow(share(i + 1)),
				i < XBB_BUDGET_STRANDED);
	}
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM),
			(XBB_BUDGET_STRANDED + 1) * SEAT);
	for (i = 0; i < QUEUES; i++)
		queues[i].pools[XGH_POOL_RAM].in_use = 0;
}

/* What has no budget, and must be there, counts nevertheless. */
static void what_must_be_there_is_counted(struct kunit *test)
{
	most = 0;
	disk.max = 1;
	KUNIT_EXPECT_FALSE(test, xbb_budget_charge(&disk, XGH_POOL_RAM, 5,
						   false));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), 0);
	KUNIT_EXPECT_TRUE(test, xbb_budget_charge(&disk, XGH_POOL_RAM, 5,
						  true));
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), 5);
	xbb_budget_uncharge(&disk, XGH_POOL_RAM, 5);
}

/* A queue that is never idle gives back what only a burst has needed. */
static void a_burst_is_forgotten(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_RAM];
	struct page *pages[SEAT + 1];
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (!xgh_pool_room(pool))
			KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
		KUNIT_EXPECT_EQ(test, xgh_pool_get(pool, &pages[i]), 0);
	}
	for (i = 0; i < 3; i++) {
		xbb_share_grow(share(0));
		pool->in_use = pool->limit;
	}
	pool->in_use = ARRAY_SIZE(pages);
	xbb_share_forget_peak(share(0));
	KUNIT_EXPECT_EQ(test, pool->limit, ARRAY_SIZE(pages) + SEAT);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), pool->limit);
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		xgh_pool_put(pool, pages[i]);
	xbb_share_forget_peak(share(0));
	KUNIT_EXPECT_EQ(test, pool->limit, ARRAY_SIZE(pages) + SEAT);
	xbb_share_forget_peak(share(0));
	KUNIT_EXPECT_EQ(test, pool->limit, SEAT);
	KUNIT_EXPECT_EQ(test, used(XGH_POOL_RAM), SEAT);
}

/* What stays mapped is needed, though nothing else is. */
static void what_stays_mapped_is_no_burst(struct kunit *test)
{
	struct xgh_pool *pool = &queues[0].pools[XGH_POOL_MAP];
	struct xgh_persist *store = &queues[0].persist;
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, xbb_share_grow(share(0)));
	for (i = 0; i < 3; i++)
		xbb_share_keep(share(0), store->limit + 1);
	KUNIT_EXPECT_TRUE(test, store->limit > 400);
	store->nr = 400;
	pool->in_use = 400;
	pool->peak = 400;
	for (i = 0; i < 3; i++)
		xbb_share_forget_peak(share(0));
	KUNIT_EXPECT_EQ(test, store->limit, 400);
	KUNIT_EXPECT_EQ(test, room(0, XGH_POOL_MAP), SEAT);
	store->nr = 0;
	pool->in_use = 0;
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE(nothing_is_held_without_need),
	KUNIT_CASE(shares_grow_within_the_budget),
	KUNIT_CASE(a_disk_has_limits_of_its_own),
	KUNIT_CASE(one_seat_goes_round),
	KUNIT_CASE(what_others_borrowed_comes_first),
	KUNIT_CASE(what_is_too_much_by_now_is_given_back),
	KUNIT_CASE(each_kind_is_asked_for_itself),
	KUNIT_CASE(a_waking_disk_costs_the_excess_alone),
	KUNIT_CASE(only_the_kind_that_is_too_much_is_given),
	KUNIT_CASE(what_is_in_use_is_owed),
	KUNIT_CASE(who_waits_has_all_that_can_go),
	KUNIT_CASE(an_idle_seat_is_left_at_once),
	KUNIT_CASE(a_seat_that_nobody_wants_is_kept),
	KUNIT_CASE(one_seat_a_turn),
	KUNIT_CASE(a_seat_that_is_needed_is_kept),
	KUNIT_CASE(pages_at_rest_are_freed_first),
	KUNIT_CASE(lost_pages_count),
	KUNIT_CASE(an_idle_queue_keeps_what_stays_mapped),
	KUNIT_CASE(a_stuck_request_takes_no_seat),
	KUNIT_CASE(a_queue_strands_once),
	KUNIT_CASE(what_has_ended_is_left_no_longer),
	KUNIT_CASE(a_lost_page_is_none_that_was_left),
	KUNIT_CASE(only_so_many_strand),
	KUNIT_CASE(what_must_be_there_is_counted),
	KUNIT_CASE(a_burst_is_forgotten),
	KUNIT_CASE(what_stays_mapped_is_no_burst),
	{}
};

static struct kunit_suite share_suite = {
	.name = "blkback_share",
	.init = share_init,
	.exit = share_exit,
	.test_cases = share_cases,
};

kunit_test_suite(share_suite);
