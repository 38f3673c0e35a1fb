// SPDX-License-Identifier: GPL-2.0
/*
 * common/backend/life.c with any sequence of views.
 *
 * An input: the traits (1 byte, a bit each), then runs: what else happens
 * before it (1 byte, modulo 8), how much later it is (2 bytes, in ticks of 16),
 * frontend and own state (1 byte, four bits each), online and resource (1 byte,
 * four bits each), the booleans of the view (1 byte, a bit each).
 */
#include "fuzz.h"
#include "life_rules.h"

#define RUNS	64
/* No run takes more, whatever is seen. */
#define STEPS	8

struct state {
	struct xgh_life_traits traits;
	struct xgh_life life;
	unsigned long now;
	/* What the driver does is told from what it was asked to do. */
	bool up;
};

static void look(struct state *s, struct xgh_life_view *view,
		 struct fuzz_input *in)
{
	u8 states, what, bits;

	s->now += fuzz_u16(in) * 16;
	states = fuzz_u8(in);
	what = fuzz_u8(in);
	bits = fuzz_u8(in);
	*view = (struct xgh_life_view) {
		.now = s->now,
		.frontend = states % 16 % 9,
		.own = states / 16 % 9,
		.online = what % 16 % 3,
		.resource = what / 16 % 3,
		.replaced = bits & 1,
		.broken = bits & 2,
		.drained = bits & 4,
		.noticed = bits & 8,
		.predecessor = bits & 16,
		.plugged = bits & 32,
		.released = bits & 64,
	};
}

static void act(struct state *s, const struct life_step *step, bool works)
{
	switch (step->action) {
	case XGH_LIFE_LINK_UP:
		FUZZ_ASSERT(!s->up);
		if (works)
			xgh_life_up(&s->life);
		else
			xgh_life_fail(&s->life, step->view.frontend, s->now);
		s->up = works;
		break;
	case XGH_LIFE_FREE:
		FUZZ_ASSERT(s->up);
		s->up = false;
		break;
	case XGH_LIFE_DRAIN:
	case XGH_LIFE_ORPHAN:
	case XGH_LIFE_CONNECT:
	case XGH_LIFE_RESUME:
		FUZZ_ASSERT(s->up);
		break;
	case XGH_LIFE_CLOSED:
	case XGH_LIFE_GONE:
		FUZZ_ASSERT(!s->up);
		break;
	default:
		break;
	}
}

static void run(struct state *s, const struct xgh_life_view *view, bool works)
{
	struct life_step step = { .view = *view };
	unsigned int steps = 0;
	const char *broken;

	do {
		step.before = s->life;
		step.action = xgh_life_step(&s->life, view);
		step.after = s->life;
		broken = life_rules(&step);
		if (broken)
			fprintf(stderr, "rule: %s\n", broken);
		FUZZ_ASSERT(!broken);
		act(s, &step, works);
		FUZZ_ASSERT(++steps <= STEPS);
	} while (xgh_life_goes_on(step.action));
}

static void happen(struct state *s, u8 what, const struct xgh_life_view *view)
{
	enum xgh_life_action action;

	switch (what) {
	case 0:
		if (s->life.phase == XGH_PHASE_NEW)
			xgh_life_start(&s->life);
		break;
	case 1:
		/* Of the resource; without it there is no link. */
		if (s->life.link == XGH_LINK_DOWN)
			xgh_life_fail(&s->life, view->frontend, s->now);
		break;
	case 2:
		if (xgh_life_is_removed(&s->life))
			break;
		action = xgh_life_remove(&s->life, view);
		FUZZ_ASSERT(xgh_life_is_removed(&s->life));
		FUZZ_ASSERT(action == XGH_LIFE_NOTHING ||
			    (action == XGH_LIFE_CLOSING && !view->replaced));
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { .data = data, .left = size };
	struct state s = { .now = -HZ };
	unsigned int runs = 0;
	u8 traits = fuzz_u8(&in);

	s.traits.serves_closing = traits & 1;
	s.traits.reconfigures = traits & 2;
	s.traits.forgives_anew = traits & 4;
	s.traits.orphans = traits & 8;
	s.traits.ends_first = traits & 16;
	xgh_life_init(&s.life, &s.traits);
	while (in.left && runs++ < RUNS) {
		u8 what = fuzz_u8(&in) % 8;
		struct xgh_life_view view;

		look(&s, &view, &in);
		happen(&s, what, &view);
		run(&s, &view, what != 3);
	}
	return 0;
}
