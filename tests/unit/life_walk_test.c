// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/life.c: walks through every state that a device can come to,
 * with everything that can be seen there, and looks whether each step keeps the
 * rules of life_rules.h. Hundreds of millions of steps, so that it goes without
 * AddressSanitizer and without the lines being counted; life_test.c has both.
 */
#include "life_rules.h"
#include "life_scene.h"

#define KEYS		786432

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
			struct scene s = {
				.life = walk->places[i].life,
				.view.now = walk->places[i].now,
				.view.frontend = XenbusStateClosed,
				.view.own = XenbusStateClosed,
				.view.broken = broken,
				.view.drained = true,
				.view.noticed = true,
				.view.released = true,
			};
			bool removed = xgh_life_is_removed(&s.life);

			if (s.life.phase == XGH_PHASE_NEW ||
			    s.life.phase == XGH_PHASE_RETIRED)
				continue;
			KUNIT_EXPECT_EQ(test, run(test, &s),
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

static struct kunit_case life_walk_cases[] = {
	KUNIT_CASE(life_keeps_the_rules_blk),
	KUNIT_CASE(life_keeps_the_rules_net),
	KUNIT_CASE(life_ends_when_closed_and_offline),
	{}
};

static struct kunit_suite life_walk_suite = {
	.name = "backend_life_walk",
	.test_cases = life_walk_cases,
};

kunit_test_suite(life_walk_suite);
