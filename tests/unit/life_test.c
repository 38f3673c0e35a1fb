// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/life.c: what each of the rules of life_rules.h is for. That
 * they are kept everywhere is life_walk_test.c's.
 */
#include "framework.h"
#include "life_rules.h"
#include "life_scene.h"

/* So many jiffies later it is time for something, and not one sooner. */
static void waits(struct kunit *test, struct scene *s, unsigned long jiffies)
{
	s->view.now += jiffies - 1;
	KUNIT_EXPECT_EQ(test, step(s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(s), 1);
	s->view.now++;
}

static struct xgh_life life_new(const struct xgh_life_traits *traits)
{
	struct xgh_life life;

	xgh_life_init(&life, traits);
	xgh_life_start(&life);
	return life;
}

/* ---- cases ------------------------------------------------------------ */

/* 1, 2, 4 … 64 s, and from the start after ten minutes without a failure. */
static void life_backs_off(struct kunit *test)
{
	unsigned long now = BEGIN;
	struct xgh_life life;
	const struct xgh_backoff *backoff = &life.backoff;
	unsigned int i;

	xgh_life_init(&life, &life_blk);
	KUNIT_EXPECT_FALSE(test, xgh_backoff_must_wait(backoff, now));
	for (i = 0; i < 10; i++) {
		unsigned long pause = HZ << min(i, 6U);

		xgh_life_fail(&life, XenbusStateConnected, now);
		KUNIT_EXPECT_TRUE(test, xgh_backoff_must_wait(backoff, now));
		now += pause;
		KUNIT_EXPECT_TRUE(test,
				  xgh_backoff_must_wait(backoff, now - 1));
		KUNIT_EXPECT_FALSE(test, xgh_backoff_must_wait(backoff, now));
	}
	now = backoff->retry_at + 600 * HZ;
	xgh_life_fail(&life, XenbusStateConnected, now);
	KUNIT_EXPECT_EQ(test, backoff->retry_at - now, 64 * HZ);
	now = backoff->retry_at + 600 * HZ + 1;
	xgh_life_fail(&life, XenbusStateConnected, now);
	KUNIT_EXPECT_EQ(test, backoff->retry_at - now, HZ);
}

/* Its disk fails while the guest is not even started: that is not forgiven. */
static void life_forgives_who_begins_anew(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialising,
		.view.own = XenbusStateClosing,
	};

	xgh_life_fail(&s.life, s.view.frontend, s.view.now);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), XGH_LIFE_NEVER);
	s.life.failed_at = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_INIT_WAIT);
	KUNIT_EXPECT_EQ(test, wake(&s), HZ);

	s.life = life_new(&life_net);
	xgh_life_fail(&s.life, s.view.frontend, s.view.now);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_INIT_WAIT);
}

/* It was done with its rings, and had begun anew, before they were mapped. */
static void life_forgives_rings_that_were_left(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialised,
		.view.own = XenbusStateInitWait,
		.view.resource = XGH_RESOURCE_READY,
		.view.drained = true,
	};

	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_LINK_UP);
	s.view.frontend = XenbusStateInitialising;
	xgh_life_fail(&s.life, s.view.frontend, s.view.now);
	s.view.own = XenbusStateClosing;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_INIT_WAIT);
}

/* Detached before it has connected: two seconds, and not sooner. */
static void life_leaves_after_a_while(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialising,
		.view.own = XenbusStateInitWait,
		.view.online = XGH_ONLINE_OFF,
		.view.predecessor = true,
		.view.released = true,
	};

	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), XGH_LIFE_NEVER);
	s.view.predecessor = false;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), 2 * HZ);
	waits(test, &s, 2 * HZ);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_TRUE(test, xgh_life_is_retired(&s.life));
}

/* A driver that was bound while the I/O of the one before hangs. */
static void life_waits_for_what_is_not_its_own(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateClosed,
		.view.own = XenbusStateInitWait,
		.view.online = XGH_ONLINE_ON,
		.view.predecessor = true,
		.view.released = true,
	};

	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_CLOSING);
	s.view.own = XenbusStateClosing;
	s.view.online = XGH_ONLINE_OFF;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), XGH_LIFE_NEVER);
	s.view.predecessor = false;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);

	/* Not for ever if there is no frontend any more. */
	s.life = life_new(&life_blk);
	s.view.predecessor = true;
	s.view.frontend = XenbusStateUnknown;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), 8 * HZ);
	s.view.now += 8 * HZ;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
}

/* One that is closing has more time, but not for ever. */
static void life_lets_a_frontend_close(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_net),
		.view.now = BEGIN,
		.view.frontend = XenbusStateClosing,
		.view.own = XenbusStateConnected,
		.view.drained = true,
		.view.released = true,
		.view.online = XGH_ONLINE_OFF,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, run(test, &s), XGH_LIFE_CLOSING);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), 8 * HZ);
	waits(test, &s, 8 * HZ);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
	/* It may close at last, or begin anew: nothing is said over Closed. */
	s.view.frontend = XenbusStateClosed;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.frontend = XenbusStateInitialising;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
}

/* It cannot get more of it by closing again and again. */
static void life_does_not_let_it_close_for_ever(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_net),
		.view.now = BEGIN,
		.view.frontend = XenbusStateClosing,
		.view.own = XenbusStateClosing,
		.view.released = true,
		.view.online = XGH_ONLINE_OFF,
	};

	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.now += 2 * HZ - 1;
	s.view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), 1);
	s.view.frontend = XenbusStateClosing;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.now += 6 * HZ;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), 1);
	s.view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
}

/* We said Closing, for something failed; the frontend does not care. */
static void life_connects_again_after_closing(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_net),
		.view.now = BEGIN,
		.view.frontend = XenbusStateConnected,
		.view.own = XenbusStateClosing,
		.view.drained = true,
		.view.plugged = true,
		.view.resource = XGH_RESOURCE_READY,
	};

	xgh_life_up(&s.life);
	s.life.link = XGH_LINK_CONNECTED;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, s.life.end, XGH_END_ANEW);
	KUNIT_EXPECT_EQ(test, run(test, &s), XGH_LIFE_CONNECT);
	KUNIT_EXPECT_EQ(test, s.view.own, XenbusStateConnected);
}

/* It was Connected, and has rings anew without having begun anew. */
static void life_sees_new_rings(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialised,
		.view.own = XenbusStateInitWait,
		.view.drained = true,
		.view.plugged = true,
		.view.resource = XGH_RESOURCE_READY,
	};

	KUNIT_EXPECT_EQ(test, run(test, &s), XGH_LIFE_CONNECT);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.frontend = XenbusStateConnected;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, s.life.end, XGH_END_ANEW);
	/* It sees our state, which is as it was, before we are there again. */
	s.view.frontend = XenbusStateConnected;
	KUNIT_EXPECT_EQ(test, run(test, &s), XGH_LIFE_CONNECT);
	s.view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
}

/* A guest that was not told gets half a minute, looked at now and then. */
static void life_orphans_end(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.drained = true,
		.view.released = true,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, leave(&s), XGH_LIFE_CLOSING);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, s.life.end, XGH_END_CLOSED);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_ORPHAN);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), HZ / 20);
	waits(test, &s, 30 * HZ);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_FREE);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_GONE);
}

/* Closed is said when the I/O is over and the disk closed, and not before. */
static void life_closed_means_closed(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateClosed,
		.view.own = XenbusStateConnected,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.drained = true;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_FREE);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RELEASE);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RELEASE);
	KUNIT_EXPECT_EQ(test, wake(&s), 8 * HZ);
	s.view.released = true;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
}

/* Its guest was destroyed under I/O: the same, and what comes is refused. */
static void life_ends_without_its_frontend(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.own = XenbusStateConnected,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, s.life.end, XGH_END_CLOSED);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, wake(&s), 8 * HZ);
	s.view.drained = true;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_ORPHAN);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RELEASE);
	s.view.released = true;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
	/* It is Closed already, and must not be anything else again. */
	KUNIT_EXPECT_EQ(test, leave(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.noticed = true;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_FREE);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_GONE);
}

/* A disk that hangs must not keep a guest from being destroyed. */
static void life_does_not_wait_for_a_hung_disk(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.own = XenbusStateConnected,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	waits(test, &s, 8 * HZ);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	leave(&s);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	s.view.drained = true;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_ORPHAN);
}

/* What stands there then is about the next device. */
static void life_says_nothing_when_replaced(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.own = XenbusStateConnected,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	s.view.replaced = true;
	s.view.drained = true;
	s.view.released = true;
	s.view.now += 10 * HZ;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_ORPHAN);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, leave(&s), XGH_LIFE_NOTHING);
}

/* A frontend that is punished is waited for, one that is gone is not. */
static void life_waits_for_nobody_when_replaced(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialised,
		.view.own = XenbusStateInitWait,
		.view.resource = XGH_RESOURCE_READY,
		.view.drained = true,
		.view.released = true,
	};

	xgh_life_fail(&s.life, s.view.frontend, s.view.now);
	s.view.frontend = XenbusStateInitialising;
	run(test, &s);
	s.view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_NE(test, wake(&s), XGH_LIFE_NEVER);
	s.view.replaced = true;
	run(test, &s);
	leave(&s);
	KUNIT_EXPECT_EQ(test, wake(&s), XGH_LIFE_NEVER);
}

/* Rings that it broke and left are not held against the next ones. */
static void life_begins_anew_after_broken_rings(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialising,
		.view.own = XenbusStateConnected,
		.view.broken = true,
		.view.drained = true,
	};

	xgh_life_up(&s.life);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_FREE);
	s.view.broken = false;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_INIT_WAIT);
}

/* Somebody has the device's lock: xenwatch comes back, once a second. */
static void life_recalls_xenwatch(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateClosed,
		.view.own = XenbusStateConnected,
		.view.released = true,
	};
	unsigned int i;

	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_EQ(test, wake(&s), HZ);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
		waits(test, &s, HZ);
		KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
		KUNIT_EXPECT_EQ(test, wake(&s), HZ);
	}
	/* What stands there is another's by now. */
	s.view.replaced = true;
	waits(test, &s, HZ);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RECALL);
	leave(&s);
	s.view.now += HZ;
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_GONE);
}

/* Each is dropped: once a second the same is said, until it is heard. */
static void says_it_again(struct kunit *test, struct scene *s,
			  enum xgh_life_action first,
			  enum xgh_life_action again)
{
	enum xenbus_state own = s->view.own;
	enum xgh_life_action want = first;
	unsigned int i;

	for (i = 0; i < 3; i++, want = again) {
		KUNIT_EXPECT_EQ(test, run(test, s), want);
		s->view.own = own;
		KUNIT_EXPECT_EQ(test, wake(s), HZ);
		s->view.now += wake(s);
	}
	KUNIT_EXPECT_EQ(test, run(test, s), want);
	KUNIT_EXPECT_EQ(test, step(s), XGH_LIFE_NOTHING);
}

static void life_says_again_what_was_dropped(struct kunit *test)
{
	const struct scene ready = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateInitialised,
		.view.own = XenbusStateInitWait,
		.view.online = XGH_ONLINE_ON,
		.view.drained = true,
		.view.released = true,
		.view.plugged = true,
		.view.resource = XGH_RESOURCE_READY,
	};
	struct scene s = ready;

	says_it_again(test, &s, XGH_LIFE_CONNECT, XGH_LIFE_RESUME);
	KUNIT_EXPECT_EQ(test, wake(&s), XGH_LIFE_NEVER);
	s.view.frontend = XenbusStateClosing;
	says_it_again(test, &s, XGH_LIFE_CLOSING, XGH_LIFE_CLOSING);
	s.view.frontend = XenbusStateClosed;
	says_it_again(test, &s, XGH_LIFE_CLOSED, XGH_LIFE_CLOSED);
	s.view.frontend = XenbusStateInitialising;
	says_it_again(test, &s, XGH_LIFE_INIT_WAIT, XGH_LIFE_INIT_WAIT);
	KUNIT_EXPECT_EQ(test, wake(&s), XGH_LIFE_NEVER);
}

/* A frontend that is not told waits for ever. */
static void life_says_again_that_it_failed(struct kunit *test)
{
	static const enum xenbus_state frontends[] = {
		XenbusStateInitialising, XenbusStateInitialised,
		XenbusStateConnected,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(frontends); i++) {
		struct scene s = {
			.life = life_new(&life_blk),
			.view.now = BEGIN,
			.view.frontend = frontends[i],
			.view.own = XenbusStateInitWait,
		};

		xgh_life_fail(&s.life, frontends[i], s.view.now);
		says_it_again(test, &s, XGH_LIFE_CLOSING, XGH_LIFE_CLOSING);
	}
}

/* A toolstack waits for it. */
static void life_says_again_that_it_has_ended(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateClosed,
		.view.own = XenbusStateConnected,
		.view.released = true,
	};

	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_EQ(test, step(&s), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_LE(test, wake(&s), HZ);
	s.view.now += wake(&s);
	KUNIT_EXPECT_EQ(test, run(test, &s), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_EQ(test, s.view.own, XenbusStateClosed);
}

/* What a driver serves until when, and with which end. */
static void life_follows_its_traits(struct kunit *test)
{
	const struct xgh_life_view running = {
		.frontend = XenbusStateConnected,
		.own = XenbusStateConnected,
		.online = XGH_ONLINE_ON,
		.resource = XGH_RESOURCE_READY,
		.plugged = true,
		.now = BEGIN,
	};
	struct xgh_life_view view = running;
	struct xgh_life blk, net;

	xgh_life_init(&blk, &life_blk);
	xgh_life_init(&net, &life_net);
	xgh_life_start(&blk);
	xgh_life_start(&net);
	xgh_life_up(&blk);
	xgh_life_up(&net);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&blk, &view), XGH_LIFE_CONNECT);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&net, &view), XGH_LIFE_CONNECT);

	view.frontend = XenbusStateClosing;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&blk, &view), XGH_LIFE_CLOSING);
	KUNIT_EXPECT_TRUE(test, xgh_life_is_linked(&blk));
	KUNIT_EXPECT_EQ(test, xgh_life_step(&net, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, net.end, XGH_END_CLOSING);

	view = running;
	xgh_life_remove(&blk, &view);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&blk, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, blk.end, XGH_END_HANDED_OVER);
}

static void life_forgives_who_closes(struct kunit *test)
{
	struct xgh_life_view view = {
		.frontend = XenbusStateClosing,
		.own = XenbusStateClosing,
		.online = XGH_ONLINE_ON,
		.now = BEGIN,
	};
	struct xgh_life life;

	xgh_life_init(&life, &life_blk);
	xgh_life_start(&life);
	xgh_life_fail(&life, XenbusStateConnected, view.now);
	xgh_life_step(&life, &view);
	KUNIT_EXPECT_FALSE(test, life.failed);
}

/* Who may serve the rings next, and who is told. */
static void life_removal_says_why(struct kunit *test)
{
	static const struct {
		enum xenbus_state frontend, own;
		bool broken, replaced, met;
		enum xgh_end end;
		enum xgh_life_action said;
		bool untold;
	} cases[] = {
		{ .frontend = XenbusStateConnected, .met = true,
		  .end = XGH_END_HANDED_OVER },
		{ .frontend = XenbusStateConnected, .broken = true,
		  .end = XGH_END_BROKEN },
		{ .frontend = XenbusStateConnected, .replaced = true,
		  .end = XGH_END_CLOSED, .untold = true },
		{ .frontend = XenbusStateClosing, .end = XGH_END_CLOSING },
		{ .frontend = XenbusStateClosed, .end = XGH_END_CLOSED },
		{ .frontend = XenbusStateUnknown, .end = XGH_END_CLOSED,
		  .said = XGH_LIFE_CLOSING, .untold = true },
		{ .frontend = XenbusStateUnknown, .replaced = true,
		  .end = XGH_END_CLOSED, .untold = true },
		/* Its rings are others now, or it has yet to say Connected. */
		{ .frontend = XenbusStateInitialised,
		  .end = XGH_END_HANDED_OVER },
		{ .frontend = XenbusStateInitialised, .met = true,
		  .end = XGH_END_ANEW },
		{ .frontend = XenbusStateInitialising, .end = XGH_END_ANEW },
		{ .frontend = XenbusStateConnected, .met = true,
		  .own = XenbusStateClosing, .end = XGH_END_ANEW },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct xgh_life_view view = {
			.now = BEGIN,
			.frontend = cases[i].frontend,
			.broken = cases[i].broken,
			.replaced = cases[i].replaced,
			.own = cases[i].own ?: XenbusStateConnected,
		};
		struct xgh_life life = life_new(&life_blk);

		life.link = XGH_LINK_CONNECTED;
		life.met = cases[i].met;
		KUNIT_EXPECT_EQ(test, xgh_life_remove(&life, &view),
				cases[i].said);
		KUNIT_EXPECT_EQ(test, life.end, cases[i].end);
		KUNIT_EXPECT_EQ(test, life.untold, cases[i].untold);
	}
}

/* What has gone is the directory of another one. */
static void life_loss_is_not_the_next_ones(struct kunit *test)
{
	struct scene s = {
		.life = life_new(&life_blk),
		.view.now = BEGIN,
		.view.frontend = XenbusStateUnknown,
		.view.replaced = true,
	};

	step(&s);
	KUNIT_EXPECT_EQ(test, s.life.phase, XGH_PHASE_SERVING);
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(life_backs_off),
	KUNIT_CASE(life_forgives_who_begins_anew),
	KUNIT_CASE(life_forgives_rings_that_were_left),
	KUNIT_CASE(life_leaves_after_a_while),
	KUNIT_CASE(life_waits_for_what_is_not_its_own),
	KUNIT_CASE(life_lets_a_frontend_close),
	KUNIT_CASE(life_does_not_let_it_close_for_ever),
	KUNIT_CASE(life_connects_again_after_closing),
	KUNIT_CASE(life_orphans_end),
	KUNIT_CASE(life_closed_means_closed),
	KUNIT_CASE(life_ends_without_its_frontend),
	KUNIT_CASE(life_does_not_wait_for_a_hung_disk),
	KUNIT_CASE(life_says_nothing_when_replaced),
	KUNIT_CASE(life_waits_for_nobody_when_replaced),
	KUNIT_CASE(life_begins_anew_after_broken_rings),
	KUNIT_CASE(life_recalls_xenwatch),
	KUNIT_CASE(life_says_again_what_was_dropped),
	KUNIT_CASE(life_says_again_that_it_failed),
	KUNIT_CASE(life_says_again_that_it_has_ended),
	KUNIT_CASE(life_sees_new_rings),
	KUNIT_CASE(life_follows_its_traits),
	KUNIT_CASE(life_forgives_who_closes),
	KUNIT_CASE(life_removal_says_why),
	KUNIT_CASE(life_loss_is_not_the_next_ones),
	{}
};

static struct kunit_suite life_suite = {
	.name = "backend_life",
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);
