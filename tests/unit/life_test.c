// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/life.c: every state that can be reached, with everything that
 * can be seen, keeps the rules of life_rules.h and does what both drivers did
 * before it, as life_models.h has it.
 */
#include "framework.h"
#include "life_models.h"
#include "life_rules.h"

#define KEYS		65536
/* No run takes more, whatever is seen. */
#define STEPS		8
/* Nor is there more to do in as many runs. */
#define RUNS		6
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
#define VIEWS		(FRONTENDS * ARRAY_SIZE(owns) * 3 * 3 * 64)

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
	return view;
}

/* ---- all states ------------------------------------------------------- */

static bool is_before(unsigned long now, unsigned long end)
{
	return time_before(now, end);
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
	key = key * 3 + min(life->failures, 2U);
	key = key * 2 + xgh_life_must_wait(life, place->now);
	key = key * 2 + (life->phase == XGH_PHASE_LEAVING &&
			 is_before(place->now, life->leave_end));
	key = key * 2 + (life->link == XGH_LINK_ORPHAN &&
			 is_before(place->now, life->orphan_end));
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
	return life->failures || life->phase == XGH_PHASE_LEAVING ||
	       life->link == XGH_LINK_ORPHAN;
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

/* How each driver stops its queues. */
static int how_to_drain(const struct xgh_life *life)
{
	if (life->traits->serves_closing)
		return life->end != XGH_END_HANDED_OVER &&
		       life->end != XGH_END_CLOSING;
	return life->end == XGH_END_CLOSING || life->end == XGH_END_CLOSED;
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

/* Returns whether the run was bounded. */
static bool run(struct xgh_life *life, struct xgh_life_view *view, bool links,
		struct life_log *log)
{
	enum xgh_life_action action;
	unsigned int steps = 0;

	do {
		action = xgh_life_step(life, view);
		if (action != XGH_LIFE_NOTHING)
			life_log(log, action, action == XGH_LIFE_DRAIN ?
				 how_to_drain(life) : 0);
		act(life, view, action, links);
	} while (xgh_life_goes_on(action) && ++steps < STEPS);
	return steps < STEPS;
}

/* Are these words among those that are said again as long as one looks? */
static bool is_over(const struct life_log *log)
{
	int last = log->nr ? log->what[log->nr - 1] : XGH_LIFE_NOTHING;

	return last == XGH_LIFE_GONE || last == XGH_LIFE_PREPARE ||
	       last == XGH_LIFE_RETIRE;
}

/* ---- the drivers before it -------------------------------------------- */

static struct life_model model_of(const struct xgh_life *life,
				  const struct xgh_life_view *view,
				  struct life_log *log)
{
	return (struct life_model) {
		.link = life->link == XGH_LINK_DRAINING ? DRAINING :
			life->link == XGH_LINK_ORPHAN ? ORPHAN :
			life->link == XGH_LINK_DOWN ? NONE : UP,
		.announced = life->link == XGH_LINK_CONNECTED,
		.retire = life->phase == XGH_PHASE_RETIRED,
		.removed = xgh_life_is_removed(life),
		.orphaned = life->phase == XGH_PHASE_ORPHANED,
		.leaving = life->phase == XGH_PHASE_LEAVING,
		.failed = life->failed,
		.failed_at = life->failed_at,
		.failures = life->failures,
		.retry_at = life->retry_at,
		.leave_end = life->leave_end,
		.orphan_end = life->orphan_end,
		.view = *view,
		.log = log,
	};
}

/* Views and states that a driver never had. */
static bool is_foreign(const struct xgh_life *life,
		       const struct xgh_life_view *view)
{
	if (life->phase == XGH_PHASE_NEW)
		return true;
	/* Removal and the end of its rings were one. */
	if (xgh_life_is_linked(life) && xgh_life_is_removed(life))
		return true;
	/* It goes with the rings, and they with it, within one run. */
	if (life->link == XGH_LINK_DOWN ? view->broken : life->failed)
		return true;
	if (life->traits->serves_closing)
		return life->link == XGH_LINK_UP || !view->plugged;
	return view->resource != XGH_RESOURCE_READY || view->predecessor ||
	       !view->drained || life->link == XGH_LINK_DRAINING ||
	       xgh_life_is_removed(life);
}

static void compare(struct kunit *test, const struct xgh_life *from,
		    const struct xgh_life_view *view, bool links, bool remove)
{
	bool blk = from->traits->serves_closing;
	struct life_log ours = {}, theirs = {};
	struct life_model model = model_of(from, view, &theirs);
	struct xgh_life_view seen = *view;
	struct xgh_life life = *from;
	unsigned int i, nr;

	model.links = links;
	if (remove) {
		if (xgh_life_remove(&life, &seen) == XGH_LIFE_CLOSING)
			life_log(&ours, XGH_LIFE_CLOSING, 0);
		(blk ? vbd_remove : vif_remove)(&model);
	}
	for (i = 0, nr = ~0U; i < RUNS && nr != ours.nr && !is_over(&ours);
	     i++) {
		nr = ours.nr;
		KUNIT_EXPECT_TRUE(test, run(&life, &seen, links, &ours));
	}
	KUNIT_EXPECT_LT(test, i, RUNS);
	for (i = 0; i < RUNS && !is_over(&theirs); i++)
		(blk ? vbd_step : vif_step)(&model);

	KUNIT_EXPECT_EQ(test, ours.nr, theirs.nr);
	for (i = 0; i < min(ours.nr, theirs.nr); i++) {
		KUNIT_EXPECT_EQ(test, ours.what[i], theirs.what[i]);
		KUNIT_EXPECT_EQ(test, ours.how[i], theirs.how[i]);
	}
	KUNIT_EXPECT_EQ(test, life.failed, model.failed);
	KUNIT_EXPECT_EQ(test, life.failures, model.failures);
	KUNIT_EXPECT_EQ(test, life.retry_at, model.retry_at);
	if (life.phase < XGH_PHASE_RETIRED) {
		KUNIT_EXPECT_EQ(test, life.phase == XGH_PHASE_LEAVING,
				model.leaving);
		if (model.leaving)
			KUNIT_EXPECT_EQ(test, life.leave_end, model.leave_end);
	}
	if (!test->failed)
		return;
	KUNIT_FAIL(test, "phase %d link %d failed %d remove %d", from->phase,
		   from->link, from->failed, remove);
	KUNIT_FAIL(test, "frontend %d own %d online %d resource %d",
		   view->frontend, view->own, view->online, view->resource);
	KUNIT_FAIL(test, "replaced %d broken %d drained %d predecessor %d",
		   view->replaced, view->broken, view->drained,
		   view->predecessor);
}

static void compare_all(struct kunit *test, struct walk *walk)
{
	unsigned int i, nr, how;

	for (i = 0; i < walk->nr; i++) {
		const struct place *place = &walk->places[i];

		for (nr = 0; nr < VIEWS && !test->failed; nr++) {
			struct xgh_life_view view = view_nr(nr, place->now);

			if (is_foreign(&place->life, &view))
				continue;
			for (how = 0; how < 2; how++)
				compare(test, &place->life, &view, how, false);
			if (!xgh_life_is_removed(&place->life))
				compare(test, &place->life, &view, 0, true);
		}
	}
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

static void life_is_that_of_vbds(struct kunit *test)
{
	walk_all(test, &walks[0], &life_blk);
	compare_all(test, &walks[0]);
}

static void life_is_that_of_vifs(struct kunit *test)
{
	walk_all(test, &walks[1], &life_net);
	compare_all(test, &walks[1]);
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
			};
			struct life_log log = {};
			bool removed = xgh_life_is_removed(&life);

			if (life.phase == XGH_PHASE_NEW ||
			    life.phase == XGH_PHASE_RETIRED)
				continue;
			KUNIT_EXPECT_TRUE(test, run(&life, &view, true, &log));
			KUNIT_EXPECT_EQ(test, log.what[log.nr - 1],
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
	unsigned int i;

	xgh_life_init(&life, &life_blk);
	KUNIT_EXPECT_FALSE(test, xgh_life_must_wait(&life, now));
	for (i = 0; i < 10; i++) {
		unsigned long pause = HZ << min(i, 6U);

		xgh_life_fail(&life, XenbusStateConnected, now);
		KUNIT_EXPECT_TRUE(test, xgh_life_must_wait(&life, now));
		KUNIT_EXPECT_TRUE(test,
				  xgh_life_must_wait(&life, now + pause - 1));
		KUNIT_EXPECT_FALSE(test,
				   xgh_life_must_wait(&life, now + pause));
		now += pause;
	}
	now = life.retry_at + 600 * HZ;
	xgh_life_fail(&life, XenbusStateConnected, now);
	KUNIT_EXPECT_EQ(test, life.retry_at - now, 64 * HZ);
	now = life.retry_at + 600 * HZ + 1;
	xgh_life_fail(&life, XenbusStateConnected, now);
	KUNIT_EXPECT_EQ(test, life.retry_at - now, HZ);
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

/* A guest that was not told gets half a minute, looked at now and then. */
static void life_orphans_end(struct kunit *test)
{
	struct xgh_life_view view = { .now = BEGIN, .drained = true };
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

static struct kunit_case life_cases[] = {
	KUNIT_CASE(life_backs_off),
	KUNIT_CASE(life_forgives_who_begins_anew),
	KUNIT_CASE(life_leaves_after_a_while),
	KUNIT_CASE(life_orphans_end),
	KUNIT_CASE(life_keeps_the_rules_blk),
	KUNIT_CASE(life_keeps_the_rules_net),
	KUNIT_CASE(life_is_that_of_vbds),
	KUNIT_CASE(life_is_that_of_vifs),
	KUNIT_CASE(life_ends_when_closed_and_offline),
	{}
};

static struct kunit_suite life_suite = {
	.name = "backend_life",
	.test_cases = life_cases,
};

kunit_test_suite(life_suite);
