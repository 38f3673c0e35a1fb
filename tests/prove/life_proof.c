// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/life.c: the rules of tests/unit/life_rules.h. A life that can
 * come about is described by is_sound(); from each of them, with whatever is
 * seen then, of whatever traits a driver has, a step keeps the rules and leads
 * to one again. So this holds for lives of any length.
 */
#include "prove.h"
#include "life_rules.h"

#include "common/backend/backoff.c"
#include "common/backend/life.c"

/* Times are less than half the range of jiffies apart, and wrap anywhere. */
#define ERA		(~0ul / 8)

/* Is it a value of its enum? */
#define IS_OF(value, last)	((unsigned int)(value) <= (last))

static struct xgh_life_traits traits;
static struct xgh_life life;
static unsigned long now;

/* Is this time over, or not further away than that? */
static bool is_near(unsigned long end, unsigned long most)
{
	return now + most - end <= ERA;
}

static bool is_sound(void)
{
	if (life.traits != &traits || !IS_OF(life.phase, XGH_PHASE_REMOVED) ||
	    !IS_OF(life.link, XGH_LINK_ORPHAN) ||
	    !IS_OF(life.end, XGH_END_HANDED_OVER) ||
	    life.backoff.failures > XGH_BACKOFF_MAX_SHIFT)
		return false;
	if (life.failed && !life.backoff.failures)
		return false;
	if (life.backoff.failures && !is_near(life.backoff.retry_at, 64 * HZ))
		return false;
	if (life.phase == XGH_PHASE_NEW && life.link != XGH_LINK_DOWN)
		return false;
	if (life.phase == XGH_PHASE_LEAVING &&
	    (life.link != XGH_LINK_DOWN || !is_near(life.leaving_since, 0)))
		return false;
	if (life.phase == XGH_PHASE_ENDING &&
	    (!traits.ends_first || xgh_life_is_linked(&life) ||
	     !is_near(life.ending_end, 8 * HZ)))
		return false;
	if (life.phase == XGH_PHASE_RETIRED && xgh_life_is_linked(&life))
		return false;
	if (life.untold &&
	    (!traits.orphans || life.phase < XGH_PHASE_ENDING))
		return false;
	if (life.link == XGH_LINK_ORPHAN &&
	    (!life.untold || !is_near(life.orphan_end, 30 * HZ)))
		return false;
	return !life.awaited || is_near(life.recall_at, HZ);
}

static void any_life(void)
{
	traits.serves_closing = ANY_BOOL();
	traits.reconfigures = ANY_BOOL();
	traits.forgives_anew = ANY_BOOL();
	traits.orphans = ANY_BOOL();
	traits.ends_first = ANY_BOOL();
	life = ANY(struct xgh_life);
	life.traits = &traits;
	life.failed = ANY_BOOL();
	life.awaited = ANY_BOOL();
	life.spoke = ANY_BOOL();
	life.untold = ANY_BOOL();
	now = ANY(unsigned long);
	ASSUME(is_sound());
}

static struct xgh_life_view any_view(void)
{
	struct xgh_life_view view = {
		.frontend = ANY(enum xenbus_state),
		.own = ANY(enum xenbus_state),
		.online = ANY(enum xgh_online),
		.resource = ANY(enum xgh_resource),
		.replaced = ANY_BOOL(),
		.broken = ANY_BOOL(),
		.drained = ANY_BOOL(),
		.noticed = ANY_BOOL(),
		.predecessor = ANY_BOOL(),
		.released = ANY_BOOL(),
		.plugged = ANY_BOOL(),
	};

	ASSUME(IS_OF(view.frontend, XenbusStateReconfigured));
	ASSUME(IS_OF(view.own, XenbusStateReconfigured));
	ASSUME(IS_OF(view.online, XGH_ONLINE_ON));
	ASSUME(IS_OF(view.resource, XGH_RESOURCE_READY));
	view.now = now;
	return view;
}

void proof_step(void)
{
	struct life_step step;
	const char *broken;

	any_life();
	step.view = any_view();
	step.before = life;
	step.action = xgh_life_step(&life, &step.view);
	step.after = life;
	PROVE(is_sound());
	PROVE(IS_OF(step.action, XGH_LIFE_GONE));
	broken = life_rules(&step);
	PROVE(!broken);
}

void proof_start(void)
{
	any_life();
	xgh_life_init(&life, &traits);
	PROVE(is_sound());
	any_life();
	ASSUME(life.phase == XGH_PHASE_NEW);
	xgh_life_start(&life);
	PROVE(is_sound());
}

void proof_up(void)
{
	struct xgh_life_view view;

	any_life();
	view = any_view();
	ASSUME(xgh_life_step(&life, &view) == XGH_LIFE_LINK_UP);
	if (ANY_BOOL())
		xgh_life_up(&life);
	else
		xgh_life_fail(&life, view.frontend, now);
	PROVE(is_sound());
}

void proof_fail(void)
{
	any_life();
	xgh_life_fail(&life, ANY(enum xenbus_state), now);
	PROVE(is_sound());
	PROVE(life.backoff.retry_at - now >= HZ &&
	      life.backoff.retry_at - now <= 64 * HZ);
}

void proof_remove(void)
{
	enum xgh_life_action action;
	struct xgh_life_view view;

	any_life();
	view = any_view();
	action = xgh_life_remove(&life, &view);
	PROVE(is_sound());
	PROVE(xgh_life_is_removed(&life));
	PROVE(action == XGH_LIFE_NOTHING ||
	      (action == XGH_LIFE_CLOSING && !view.replaced));
}

/* A run comes to an end, whatever is seen, if it is the same all the time. */
void proof_run(void)
{
	enum xgh_life_action action;
	struct xgh_life_view view;
	unsigned int steps = 0;

	any_life();
	view = any_view();
	do {
		action = xgh_life_step(&life, &view);
		if (action == XGH_LIFE_LINK_UP) {
			if (ANY_BOOL())
				xgh_life_up(&life);
			else
				xgh_life_fail(&life, view.frontend, now);
		}
		steps++;
	} while (steps < 8 && xgh_life_goes_on(action));
	PROVE(!xgh_life_goes_on(action));
}
