// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/life.c: every state that can be reached, with everything that
 * can be seen, keeps the rules of life_rules.h; and what each of them is for.
 */
#include "framework.h"
#include "life_rules.h"

#define KEYS		786432
/* No run takes more, whatever is seen. */
#define STEPS		8
/* Deadlines lie on both sides of the wrap. */
#define BEGIN		(-3UL * HZ)

/* A state, when it is looked at. */
struct place {
	struct xgh_life life;
	unsigned long now;
};

/* All states of a driver that differ in what they may decide. */
struct walk {
	const struct xgh_life_traits *traits;
	struct place *places;
	unsigned int nr;
	u8 *seen;
};

static const enum xenbus_state owns[] = {
	XenbusStateInitWait, XenbusStateConnected, XenbusStateClosing,
	XenbusStateClosed, XenbusStateReconfigured,
};

/* ---- all that can be seen --------------------------------------------- */

#define FRONTENDS	(XenbusStateReconfigured + 1)
#define VIEWS		(FRONTENDS * ARRAY_SIZE(owns) * 3 * 3 * 128)

/* The nth of all views. */
static struct xgh_life_view view_nr(unsigned int nr, unsigned long now)
{
	struct xgh_life_view view = { .now = now };

	view.frontend = nr % FRONTENDS;
	nr /= FRONTENDS;
	view.own = owns[nr % ARRAY_SIZE(owns)];
	nr /= ARRAY_SIZE(owns);
	view.online = nr % 3;
	nr /= 3;
	view.resource = nr % 3;
	nr /= 3;
	view.replaced = nr & 1;
	view.broken = nr & 2;
	view.drained = nr & 4;
	view.noticed = nr & 8;
	view.predecessor = nr & 16;
	view.plugged = nr & 32;
	view.released = nr & 64;
	return view;
}

/* ---- all states ------------------------------------------------------- */

static bool is_before(unsigned long now, unsigned long end)
{
	return time_before(now, end);
}

/* One that is replaced is, too, but that is seen anew each time. */
static bool is_recalled(const struct xgh_life *life)
{
	return life->awaited && life->phase == XGH_PHASE_RETIRED;
}

/* States with the same key decide alike, but for the length of pauses. */
static unsigned int place_key(const struct place *place)
{
	const struct xgh_life *life = &place->life;
	unsigned int key = life->phase;

	key = key * 5 + life->link;
	key = key * 5 + (life->link == XGH_LINK_DOWN ? 0 : life->end);
	key = key * 2 + life->failed;
	key = key * 2 + (life->failed &&
			 life->failed_at == XenbusStateInitialising);
	key = key * 3 + min(life->backoff.failures, 2U);
	key = key * 2 + xgh_backoff_must_wait(&life->backoff, place->now);
	key = key * 3 + (life->phase != XGH_PHASE_LEAVING ? 0 :
			 is_before(place->now, life->leaving_since + 2 * HZ) +
			 is_before(place->now, life->leaving_since + 8 * HZ));
	key = key * 2 + (life->link == XGH_LINK_ORPHAN &&
			 is_before(place->now, life->orphan_end));
	key = key * 2 + (life->phase == XGH_PHASE_ENDING &&
			 is_before(place->now, life->ending_end));
	key = key * 2 + life->untold;
	key = key * 2 + life->met;
	key = key * 3 + (is_recalled(life) ?
			 1 + is_before(place->now, life->recall_at) : 0);
	return key;
}

static void walk_add(struct kunit *test, struct walk *walk,
		     const struct xgh_life *life, unsigned long now)
{
	struct place place = { .life = *life, .now = now };
	unsigned int key = place_key(&place);

	KUNIT_ASSERT_TRUE(test, key < KEYS);
	if (walk->seen[key])
		return;
	walk->seen[key] = 1;
	walk->places[walk->nr++] = place;
}

/* Where a step leads, with what the driver reports after it. */
static void walk_step(struct kunit *test, struct walk *walk,
		      const struct xgh_life *life,
		      const struct xgh_life_view *view)
{
	struct life_step step = { .before = *life, .view = *view };
	const char *broken;

	step.after = step.before;
	step.action = xgh_life_step(&step.after, view);
	broken = life_rules(&step);
	if (broken)
		KUNIT_FAIL(test, "phase %d link %d action %d frontend %d: %s",
			   life->phase, life->link, step.action,
			   view->frontend, broken);
	walk_add(test, walk, &step.after, view->now);
	if (step.action != XGH_LIFE_LINK_UP)
		return;
	xgh_life_up(&step.after);
	walk_add(test, walk, &step.after, view->now);
	xgh_life_fail(&step.before, view->frontend, view->now);
	walk_add(test, walk, &step.before, view->now);
}

/* What happens between steps. */
static void walk_happen(struct kunit *test, struct walk *walk,
			const struct place *place,
			const struct xgh_life_view *view)
{
	struct xgh_life life = place->life;

	if (life.phase == XGH_PHASE_NEW) {
		xgh_life_start(&life);
		walk_add(test, walk, &life, view->now);
		life = place->life;
	}
	if (!xgh_life_is_removed(&life)) {
		xgh_life_remove(&life, view);
		walk_add(test, walk, &life, view->now);
		life = place->life;
	}
	if (life.link == XGH_LINK_DOWN && life.phase != XGH_PHASE_NEW) {
		xgh_life_fail(&life, view->frontend, view->now);
		walk_add(test, walk, &life, view->now);
	}
}

/* Does anything of it end with time? */
static bool has_deadlines(const struct xgh_life *life)
{
	return life->backoff.failures || life->phase == XGH_PHASE_LEAVING ||
	       life->phase == XGH_PHASE_ENDING ||
	       life->link == XGH_LINK_ORPHAN || is_recalled(life);
}

static void walk_from(struct kunit *test, struct walk *walk, struct place place)
{
	static const unsigned long later[] = { 0, 2 * HZ, 700 * HZ };
	unsigned int times = has_deadlines(&place.life) ? 3 : 1;
	unsigned int nr, t;

	for (t = 0; t < times; t++) {
		for (nr = 0; nr < VIEWS; nr++) {
			struct xgh_life_view view =
				view_nr(nr, place.now + later[t]);

			walk_step(test, walk, &place.life, &view);
			walk_happen(test, walk, &place, &view);
			if (test->failed)
				return;
		}
	}
}

static void walk_init(struct kunit *test, struct walk *walk,
		      const struct xgh_life_traits *traits)
{
	struct xgh_life life;

	*walk = (struct walk) { .traits = traits };
	walk->places = calloc(KEYS, sizeof(*walk->places));
	walk->seen = calloc(KEYS, 1);
	xgh_life_init(&life, traits);
	walk_add(test, walk, &life, BEGIN);
}

static void walk_exit(struct walk *walk)
{
	free(walk->places);
	free(walk->seen);
}

static struct walk walks[2];

static void walk_all(struct kunit *test, struct walk *walk,
		     const struct xgh_life_traits *traits)
{
	unsigned int i;

	if (walk->nr)
		return;
	walk_init(test, walk, traits);
	for (i = 0; i < walk->nr && !test->failed; i++)
		walk_from(test, walk, walk->places[i]);
}

/* ---- runs ------------------------------------------------------------- */

/* What the bus has as our state once it is said. */
static enum xenbus_state own_after(enum xgh_life_action action,
				   enum xenbus_state own)
{
	switch (action) {
	case XGH_LIFE_FAIL:
	case XGH_LIFE_CLOSING:
		return XenbusStateClosing;
	case XGH_LIFE_CONNECT:
	case XGH_LIFE_RESUME:
		return XenbusStateConnected;
	case XGH_LIFE_RECONFIGURED:
		return XenbusStateReconfigured;
	case XGH_LIFE_INIT_WAIT:
		return XenbusStateInitWait;
	case XGH_LIFE_CLOSED:
	case XGH_LIFE_RETIRE:
		return XenbusStateClosed;
	default:
		return own;
	}
}

static void act(struct xgh_life *life, struct xgh_life_view *view,
		enum xgh_life_action action, bool links)
{
	if (action == XGH_LIFE_FREE)
		view->broken = false;
	if (action == XGH_LIFE_LINK_UP && links)
		xgh_life_up(life);
	if (action == XGH_LIFE_LINK_UP && !links) {
		xgh_life_fail(life, view->frontend, view->now);
		view->own = XenbusStateClosing;
	}
	view->own = own_after(action, view->own);
}

/* Returns what was done last. */
static enum xgh_life_action run(struct kunit *test, struct xgh_life *life,
				struct xgh_life_view *view)
{
	enum xgh_life_action action;
	unsigned int steps = 0;

	do {
		action = xgh_life_step(life, view);
		act(life, view, action, true);
		KUNIT_EXPECT_LT(test, ++steps, STEPS);
	} while (xgh_life_goes_on(action) && !test->failed);
	return action;
}

/* ---- cases ------------------------------------------------------------ */

static void life_keeps_the_rules_blk(struct kunit *test)
{
	walk_all(test, &walks[0], &life_blk);
	KUNIT_EXPECT_GT(test, walks[0].nr, 100);
}

static void life_keeps_the_rules_net(struct kunit *test)
{
	walk_all(test, &walks[1], &life_net);
	KUNIT_EXPECT_GT(test, walks[1].nr, 100);
}

/* From everywhere, when its I/O is over. */
static void closed_and_offline_retires(struct kunit *test, struct walk *walk)
{
	unsigned int i, broken;

	for (i = 0; i < walk->nr; i++) {
		for (broken = 0; broken < 2; broken++) {
			struct xgh_life life = walk->places[i].life;
			struct xgh_life_view view = {
				.now = walk->places[i].now,
				.frontend = XenbusStateClosed,
				.own = XenbusStateClosed,
				.broken = broken,
				.drained = true,
				.noticed = true,
				.released = true,
			};
			bool removed = xgh_life_is_removed(&life);

			if (life.phase == XGH_PHASE_NEW ||
			    life.phase == XGH_PHASE_RETIRED)
				continue;
			KUNIT_EXPECT_EQ(test, run(test, &life, &view),
					removed ? XGH_LIFE_GONE :
						  XGH_LIFE_RETIRE);
		}
	}
}

static void life_ends_when_closed_and_offline(struct kunit *test)
{
	walk_all(test, &walks[0], &life_blk);
	walk_all(test, &walks[1], &life_net);
	closed_and_offline_retires(test, &walks[0]);
	closed_and_offline_retires(test, &walks[1]);
	walk_exit(&walks[0]);
	walk_exit(&walks[1]);
}

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

static struct xgh_life life_new(const struct xgh_life_traits *traits)
{
	struct xgh_life life;

	xgh_life_init(&life, traits);
	xgh_life_start(&life);
	return life;
}

/* Its disk fails while the guest is not even started: that is not forgiven. */
static void life_forgives_who_begins_anew(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateInitialising,
		.own = XenbusStateClosing,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_fail(&life, view.frontend, view.now);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), XGH_LIFE_NEVER);
	life.failed_at = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_INIT_WAIT);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), HZ);

	life = life_new(&life_net);
	xgh_life_fail(&life, view.frontend, view.now);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_INIT_WAIT);
}

/* Detached before it has connected: two seconds, and not sooner. */
static void life_leaves_after_a_while(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateInitialising,
		.own = XenbusStateInitWait,
		.online = XGH_ONLINE_OFF,
		.predecessor = true,
		.released = true,
	};
	struct xgh_life life = life_new(&life_blk);

	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), XGH_LIFE_NEVER);
	view.predecessor = false;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 2 * HZ);
	view.now += 2 * HZ - 1;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
	view.now++;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_TRUE(test, xgh_life_is_retired(&life));
}

/* A driver that was bound while the I/O of the one before hangs. */
static void life_waits_for_what_is_not_its_own(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateClosed,
		.own = XenbusStateInitWait,
		.online = XGH_ONLINE_ON,
		.predecessor = true,
		.released = true,
	};
	struct xgh_life life = life_new(&life_blk);

	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_CLOSING);
	view.own = XenbusStateClosing;
	view.online = XGH_ONLINE_OFF;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), XGH_LIFE_NEVER);
	view.predecessor = false;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);

	/* Not for ever if there is no frontend any more. */
	life = life_new(&life_blk);
	view.predecessor = true;
	view.frontend = XenbusStateUnknown;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 8 * HZ);
	view.now += 8 * HZ;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
}

/* One that is closing has more time, but not for ever. */
static void life_lets_a_frontend_close(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateClosing,
		.own = XenbusStateConnected,
		.drained = true,
		.released = true,
		.online = XGH_ONLINE_OFF,
	};
	struct xgh_life life = life_new(&life_net);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, run(test, &life, &view), XGH_LIFE_CLOSING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 8 * HZ);
	view.now += 8 * HZ - 1;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
	view.now++;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
	/* It may close at last, or begin anew: nothing is said over Closed. */
	view.frontend = XenbusStateClosed;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.frontend = XenbusStateInitialising;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
}

/* It cannot get more of it by closing again and again. */
static void life_does_not_let_it_close_for_ever(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateClosing,
		.own = XenbusStateClosing,
		.released = true,
		.online = XGH_ONLINE_OFF,
	};
	struct xgh_life life = life_new(&life_net);

	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.now += 2 * HZ - 1;
	view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
	view.frontend = XenbusStateClosing;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.now += 6 * HZ;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
	view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
}

/* We said Closing, for something failed; the frontend does not care. */
static void life_connects_again_after_closing(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateConnected,
		.own = XenbusStateClosing,
		.drained = true,
		.plugged = true,
		.resource = XGH_RESOURCE_READY,
	};
	struct xgh_life life = life_new(&life_net);

	xgh_life_up(&life);
	life.link = XGH_LINK_CONNECTED;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, life.end, XGH_END_ANEW);
	KUNIT_EXPECT_EQ(test, run(test, &life, &view), XGH_LIFE_CONNECT);
	KUNIT_EXPECT_EQ(test, view.own, XenbusStateConnected);
}

/* It was Connected, and has rings anew without having begun anew. */
static void life_sees_new_rings(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateInitialised,
		.own = XenbusStateInitWait,
		.drained = true,
		.plugged = true,
		.resource = XGH_RESOURCE_READY,
	};
	struct xgh_life life = life_new(&life_blk);

	KUNIT_EXPECT_EQ(test, run(test, &life, &view), XGH_LIFE_CONNECT);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.frontend = XenbusStateConnected;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, life.end, XGH_END_ANEW);
	/* It sees our state, which is as it was, before we are there again. */
	view.frontend = XenbusStateConnected;
	KUNIT_EXPECT_EQ(test, run(test, &life, &view), XGH_LIFE_CONNECT);
	view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
}

/* A guest that was not told gets half a minute, looked at now and then. */
static void life_orphans_end(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.drained = true,
		.released = true,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, xgh_life_remove(&life, &view), XGH_LIFE_CLOSING);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, life.end, XGH_END_CLOSED);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_ORPHAN);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), HZ / 20);
	view.now += 30 * HZ - 1;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
	view.now++;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_FREE);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_GONE);
}

/* Closed is said when the I/O is over and the disk closed, and not before. */
static void life_closed_means_closed(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateClosed,
		.own = XenbusStateConnected,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.drained = true;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_FREE);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RELEASE);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RELEASE);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 8 * HZ);
	view.released = true;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
}

/* Its guest was destroyed under I/O: the same, and what comes is refused. */
static void life_ends_without_its_frontend(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.own = XenbusStateConnected,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, life.end, XGH_END_CLOSED);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 8 * HZ);
	view.drained = true;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_ORPHAN);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RELEASE);
	view.released = true;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
	/* It is Closed already, and must not be anything else again. */
	KUNIT_EXPECT_EQ(test, xgh_life_remove(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.noticed = true;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_FREE);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_GONE);
}

/* A disk that hangs must not keep a guest from being destroyed. */
static void life_does_not_wait_for_a_hung_disk(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.own = XenbusStateConnected,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	view.now += 8 * HZ - 1;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
	view.now++;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	xgh_life_remove(&life, &view);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	view.drained = true;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_ORPHAN);
}

/* What stands there then is about the next device. */
static void life_says_nothing_when_replaced(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.own = XenbusStateConnected,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	view.replaced = true;
	view.drained = true;
	view.released = true;
	view.now += 10 * HZ;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_ORPHAN);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_EQ(test, xgh_life_remove(&life, &view), XGH_LIFE_NOTHING);
}

/* A frontend that is punished is waited for, one that is gone is not. */
static void life_waits_for_nobody_when_replaced(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateInitialised,
		.own = XenbusStateInitWait,
		.resource = XGH_RESOURCE_READY,
		.drained = true,
		.released = true,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_fail(&life, view.frontend, view.now);
	view.frontend = XenbusStateInitialising;
	run(test, &life, &view);
	view.frontend = XenbusStateInitialised;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_NOTHING);
	KUNIT_EXPECT_NE(test, xgh_life_wake_in(&life, &view), XGH_LIFE_NEVER);
	view.replaced = true;
	run(test, &life, &view);
	xgh_life_remove(&life, &view);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), XGH_LIFE_NEVER);
}

/* Rings that it broke and left are not held against the next ones. */
static void life_begins_anew_after_broken_rings(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateInitialising,
		.own = XenbusStateConnected,
		.broken = true,
		.drained = true,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_up(&life);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_DRAIN);
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_FREE);
	view.broken = false;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_INIT_WAIT);
}

/* Somebody has the device's lock: xenwatch comes back, once a second. */
static void life_recalls_xenwatch(struct kunit *test)
{
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateClosed,
		.own = XenbusStateConnected,
		.released = true,
	};
	struct xgh_life life = life_new(&life_blk);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_RETIRE);
	KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), HZ);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view),
				XGH_LIFE_NOTHING);
		view.now += HZ - 1;
		KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view),
				XGH_LIFE_NOTHING);
		KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), 1);
		view.now++;
		KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view),
				XGH_LIFE_RECALL);
		KUNIT_EXPECT_EQ(test, xgh_life_wake_in(&life, &view), HZ);
	}
	xgh_life_remove(&life, &view);
	view.now += HZ;
	KUNIT_EXPECT_EQ(test, xgh_life_step(&life, &view), XGH_LIFE_GONE);
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
	struct xgh_life_view view = {
		.now = BEGIN,
		.frontend = XenbusStateUnknown,
		.replaced = true,
	};
	struct xgh_life life = life_new(&life_blk);

	xgh_life_step(&life, &view);
	KUNIT_EXPECT_EQ(test, life.phase, XGH_PHASE_SERVING);
}

static struct kunit_case life_cases[] = {
	KUNIT_CASE(life_backs_off),
	KUNIT_CASE(life_forgives_who_begins_anew),
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
	KUNIT_CASE(life_sees_new_rings),
	KUNIT_CASE(life_follows_its_traits),
	KUNIT_CASE(life_forgives_who_closes),
	KUNIT_CASE(life_removal_says_why),
	KUNIT_CASE(life_loss_is_not_the_next_ones),
	KUNIT_CASE(life_keeps_the_rules_blk),
	KUNIT_CASE(life_keeps_the_rules_net),
	KUNIT_CASE(life_ends_when_closed_and_offline),
	{}
};

static struct kunit_suite life_suite = {
	.name = "backend_life",
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);
