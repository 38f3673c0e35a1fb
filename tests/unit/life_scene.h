/* SPDX-License-Identifier: GPL-2.0 */
/* A device's life, what is seen around it, and running it. */
#ifndef XB_LIFE_SCENE_H
#define XB_LIFE_SCENE_H

#include "framework.h"
#include "backend/life.h"

/* Deadlines lie on both sides of the wrap. */
#define BEGIN		(-3UL * HZ)
/* No run takes more, whatever is seen. */
#define STEPS		8

/* A device, and what is to be seen around it. */
struct scene {
	struct xgh_life life;
	struct xgh_life_view view;
};

/* ---- runs ------------------------------------------------------------- */

/* What the bus has as our state once it is said. */
static inline enum xenbus_state own_after(enum xgh_life_action action,
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

static inline void act(struct scene *s, enum xgh_life_action action)
{
	if (action == XGH_LIFE_FREE)
		s->view.broken = false;
	if (action == XGH_LIFE_LINK_UP)
		xgh_life_up(&s->life);
	s->view.own = own_after(action, s->view.own);
}

static inline enum xgh_life_action step(struct scene *s)
{
	return xgh_life_step(&s->life, &s->view);
}

/* The bus takes it from its driver. */
static inline enum xgh_life_action leave(struct scene *s)
{
	return xgh_life_remove(&s->life, &s->view);
}

static inline unsigned long wake(const struct scene *s)
{
	return xgh_life_wake_in(&s->life, &s->view);
}

/* Returns what was done last. */
static inline enum xgh_life_action run(struct kunit *test, struct scene *s)
{
	enum xgh_life_action action;
	unsigned int steps = 0;

	do {
		action = step(s);
		act(s, action);
		KUNIT_EXPECT_LT(test, ++steps, STEPS);
	} while (xgh_life_goes_on(action) && !test->failed);
	return action;
}

#endif /* XB_LIFE_SCENE_H */
