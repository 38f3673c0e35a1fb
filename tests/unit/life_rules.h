/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What holds for each step in the life of a device, whatever was seen. For
 * life_test.c and tests/fuzz/fuzz_life.c.
 */
#ifndef XB_LIFE_RULES_H
#define XB_LIFE_RULES_H

#include "backend/life.h"
#include "xgh_internal.h"

#include <stdlib.h>

static const struct xgh_life_traits life_blk = {
	.serves_closing = true,
	.orphans = true,
	.ends_first = true,
};

static const struct xgh_life_traits life_net = {
	.reconfigures = true,
	.forgives_anew = true,
	.ends_first = true,
};

/* A step: what was before, what was seen, what came of it. */
struct life_step {
	struct xgh_life before;
	struct xgh_life_view view;
	enum xgh_life_action action;
	struct xgh_life after;
};

#define LIFE_RULE(cond) \
	do { \
		if (!(cond)) \
			return #cond; \
	} while (0)

static inline bool life_frontend_is_ready(const struct life_step *s)
{
	return s->view.frontend == XenbusStateInitialised ||
	       s->view.frontend == XenbusStateConnected;
}

static inline bool life_writes(enum xgh_life_action action)
{
	return action != XGH_LIFE_NOTHING && action != XGH_LIFE_DRAIN &&
	       action != XGH_LIFE_FREE && action != XGH_LIFE_ORPHAN &&
	       action != XGH_LIFE_RELEASE && action != XGH_LIFE_GONE &&
	       action != XGH_LIFE_RECALL;
}

/* Who may connect, and when. */
static inline const char *life_rules_connect(const struct life_step *s)
{
	LIFE_RULE(life_frontend_is_ready(s));
	LIFE_RULE(s->before.link == XGH_LINK_DOWN);
	LIFE_RULE(s->after.phase == XGH_PHASE_SERVING);
	LIFE_RULE(!s->after.failed && !s->before.failed);
	LIFE_RULE(!s->before.backoff.failures ||
		  time_after_eq(s->view.now, s->before.backoff.retry_at));
	LIFE_RULE(!s->view.predecessor);
	LIFE_RULE(s->view.resource == (s->action == XGH_LIFE_LINK_UP ?
				       XGH_RESOURCE_READY :
				       XGH_RESOURCE_FOUND));
	return NULL;
}

static inline const char *life_rules_fail(const struct life_step *s)
{
	unsigned long pause = s->after.backoff.retry_at - s->view.now;

	LIFE_RULE(s->view.broken && xgh_life_is_linked(&s->before));
	LIFE_RULE(!s->before.failed && s->after.failed);
	LIFE_RULE(s->after.failed_at == s->view.frontend);
	LIFE_RULE(pause >= HZ && pause <= 64 * HZ);
	LIFE_RULE(s->after.backoff.failures > 0);
	LIFE_RULE(s->after.backoff.failures <= 6);
	return NULL;
}

/* Closed means closed, or that there was time enough. */
static inline const char *life_rules_end(const struct life_step *s)
{
	LIFE_RULE(s->before.link == XGH_LINK_DOWN ||
		  s->before.link == XGH_LINK_DRAINING ||
		  s->before.link == XGH_LINK_ORPHAN);
	if (time_after_eq(s->view.now, s->before.ending_end))
		return NULL;
	LIFE_RULE(s->view.released && !s->view.predecessor);
	LIFE_RULE(s->before.link != XGH_LINK_DRAINING);
	return NULL;
}

/* Not before xenwatch had a second, and then that again. */
static inline const char *life_rules_call(const struct life_step *s)
{
	LIFE_RULE(s->before.phase != XGH_PHASE_REMOVED);
	LIFE_RULE(s->before.awaited);
	LIFE_RULE(time_after_eq(s->view.now, s->before.recall_at));
	LIFE_RULE(s->after.recall_at - s->view.now == HZ);
	return NULL;
}

static inline const char *life_rules_retire(const struct life_step *s)
{
	LIFE_RULE(s->after.phase == XGH_PHASE_RETIRED);
	if (s->before.phase == XGH_PHASE_RETIRED)
		return life_rules_call(s);
	if (s->before.phase == XGH_PHASE_ENDING)
		return life_rules_end(s);
	LIFE_RULE(s->view.released || !s->before.traits->ends_first);
	LIFE_RULE(!s->view.predecessor);
	LIFE_RULE(s->before.link == XGH_LINK_DOWN);
	if (s->view.frontend == XenbusStateUnknown &&
	    s->before.traits->ends_first)
		return NULL;
	LIFE_RULE(s->view.online != XGH_ONLINE_ON);
	if (s->view.frontend == XenbusStateClosed)
		return NULL;
	/* Else it was detached, and its frontend had its time. */
	LIFE_RULE(s->view.online == XGH_ONLINE_OFF);
	LIFE_RULE(s->before.phase == XGH_PHASE_LEAVING);
	LIFE_RULE(s->view.now - s->before.leaving_since >=
		  (s->view.frontend == XenbusStateClosing ? 8 : 2) * HZ);
	return NULL;
}

/* What stands there then is the next device's, and stays. */
static inline const char *life_rules_recall(const struct life_step *s)
{
	LIFE_RULE(s->view.replaced);
	return life_rules_call(s);
}

static inline const char *life_rules_links(const struct life_step *s)
{
	enum xgh_link was = s->before.link;

	switch (s->action) {
	case XGH_LIFE_DRAIN:
		LIFE_RULE(was == XGH_LINK_UP || was == XGH_LINK_CONNECTED);
		LIFE_RULE(s->after.link == XGH_LINK_DRAINING);
		break;
	case XGH_LIFE_ORPHAN:
		LIFE_RULE(was == XGH_LINK_DRAINING && s->view.drained);
		LIFE_RULE(s->after.link == XGH_LINK_ORPHAN);
		LIFE_RULE(s->before.traits->orphans);
		LIFE_RULE(s->after.untold);
		break;
	case XGH_LIFE_FREE:
		LIFE_RULE(was == XGH_LINK_ORPHAN ||
			  (was == XGH_LINK_DRAINING && s->view.drained));
		LIFE_RULE(s->after.link == XGH_LINK_DOWN);
		break;
	case XGH_LIFE_CONNECT:
		LIFE_RULE(was == XGH_LINK_UP && s->view.plugged);
		LIFE_RULE(s->after.link == XGH_LINK_CONNECTED);
		LIFE_RULE(life_frontend_is_ready(s));
		break;
	default:
		LIFE_RULE(s->after.link == was);
	}
	return NULL;
}

/* What is said is news. */
static inline const char *life_rules_say(const struct life_step *s)
{
	switch (s->action) {
	case XGH_LIFE_INIT_WAIT:
		LIFE_RULE(s->view.own != XenbusStateInitWait);
		LIFE_RULE(s->view.frontend == XenbusStateInitialising);
		LIFE_RULE(s->before.link == XGH_LINK_DOWN && !s->after.failed);
		break;
	case XGH_LIFE_CLOSING:
		LIFE_RULE(s->view.own != XenbusStateClosing);
		break;
	case XGH_LIFE_CLOSED:
		LIFE_RULE(s->view.own != XenbusStateClosed);
		LIFE_RULE(s->before.link == XGH_LINK_DOWN);
		LIFE_RULE(s->view.online == XGH_ONLINE_ON);
		LIFE_RULE(!s->view.predecessor);
		break;
	case XGH_LIFE_RESUME:
		LIFE_RULE(s->before.link == XGH_LINK_CONNECTED);
		LIFE_RULE(s->view.own != XenbusStateConnected &&
			  s->view.own != XenbusStateClosing);
		LIFE_RULE(life_frontend_is_ready(s));
		break;
	case XGH_LIFE_RECONFIGURED:
		LIFE_RULE(s->view.own != XenbusStateReconfigured);
		LIFE_RULE(s->view.frontend == XenbusStateReconfiguring);
		break;
	default:
		break;
	}
	return NULL;
}

/* Only a device that fits what the bus has of us says nothing. */
static inline const char *life_rules_silence(const struct life_step *s)
{
	enum xenbus_state own = s->view.own;
	bool linked = xgh_life_is_linked(&s->after);

	if (s->action != XGH_LIFE_NOTHING || s->view.replaced ||
	    (s->after.phase != XGH_PHASE_SERVING &&
	     s->after.phase != XGH_PHASE_LEAVING) ||
	    (!linked && s->after.link != XGH_LINK_DOWN))
		return NULL;
	switch (s->view.frontend) {
	case XenbusStateInitialising:
		LIFE_RULE(own == (s->after.failed ? XenbusStateClosing :
						    XenbusStateInitWait));
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		LIFE_RULE(own == XenbusStateConnected ||
			  s->after.link != XGH_LINK_CONNECTED);
		LIFE_RULE(own == XenbusStateClosing || !s->after.failed);
		break;
	case XenbusStateClosing:
		LIFE_RULE(own == XenbusStateClosing);
		break;
	case XenbusStateClosed:
		LIFE_RULE(own == (s->view.predecessor ? XenbusStateClosing :
							XenbusStateClosed));
		break;
	default:
		break;
	}
	return NULL;
}

/* The bus may drop what is said: it is looked at soon. */
static inline const char *life_rules_again(const struct life_step *s)
{
	unsigned long wake = xgh_life_wake_in(&s->after, &s->view);

	if (life_writes(s->action) && s->action != XGH_LIFE_PREPARE)
		LIFE_RULE(xgh_life_goes_on(s->action) || wake <= HZ);
	return NULL;
}

/* What a phase allows. */
static inline const char *life_rules_phase(const struct life_step *s)
{
	enum xgh_life_phase was = s->before.phase, is = s->after.phase;

	LIFE_RULE(was == is || s->action == XGH_LIFE_RETIRE ||
		  was == XGH_PHASE_SERVING || was == XGH_PHASE_LEAVING);
	LIFE_RULE(is != XGH_PHASE_RETIRED || was == is ||
		  s->action == XGH_LIFE_RETIRE);
	LIFE_RULE(is < XGH_PHASE_REMOVED || was == is);
	if (was == XGH_PHASE_NEW ||
	    (was == XGH_PHASE_RETIRED && s->before.link == XGH_LINK_DOWN))
		LIFE_RULE(s->action == XGH_LIFE_NOTHING ||
			  s->action == XGH_LIFE_RECALL ||
			  (s->action == XGH_LIFE_RETIRE && was == is));
	if (was == XGH_PHASE_RETIRED)
		LIFE_RULE(s->action == XGH_LIFE_RETIRE ||
			  !life_writes(s->action));
	if (is == XGH_PHASE_ENDING)
		LIFE_RULE(s->before.traits->ends_first &&
			  !xgh_life_is_linked(&s->after));
	if (was >= XGH_PHASE_REMOVED || s->view.replaced)
		LIFE_RULE(!life_writes(s->action));
	LIFE_RULE((s->action == XGH_LIFE_GONE) ==
		  (was >= XGH_PHASE_REMOVED &&
		   s->before.link == XGH_LINK_DOWN));
	if (is == XGH_PHASE_LEAVING)
		LIFE_RULE(s->after.link == XGH_LINK_DOWN);
	return NULL;
}

static inline bool life_same(const struct xgh_life *a, const struct xgh_life *b)
{
	return a->phase == b->phase && a->link == b->link &&
	       a->end == b->end && a->failed == b->failed &&
	       a->failed_at == b->failed_at &&
	       a->backoff.failures == b->backoff.failures &&
	       a->backoff.retry_at == b->backoff.retry_at &&
	       a->leaving_since == b->leaving_since &&
	       a->orphan_end == b->orphan_end && a->untold == b->untold &&
	       a->ending_end == b->ending_end && a->awaited == b->awaited &&
	       a->recall_at == b->recall_at && a->met == b->met;
}

/* Nothing to be done is nothing to be done, until the time is there. */
static inline const char *life_rules_wait(const struct life_step *s)
{
	unsigned long wake = xgh_life_wake_in(&s->after, &s->view);
	struct xgh_life_view later = s->view;
	struct xgh_life life = s->after;

	if (s->action != XGH_LIFE_NOTHING)
		return NULL;
	LIFE_RULE(xgh_life_step(&life, &s->view) == XGH_LIFE_NOTHING);
	LIFE_RULE(life_same(&life, &s->after));
	LIFE_RULE(wake > 0);
	LIFE_RULE(wake == XGH_LIFE_NEVER || wake <= 64 * HZ);
	later.now += wake == XGH_LIFE_NEVER ? 3600 * HZ : wake - 1;
	LIFE_RULE(xgh_life_step(&life, &later) == XGH_LIFE_NOTHING);
	return NULL;
}

/* Returns the rule that a step breaks, NULL if it breaks none. */
static inline const char *life_rules(const struct life_step *s)
{
	const char *broken = life_rules_phase(s);

	if (!broken)
		broken = life_rules_links(s);
	if (!broken)
		broken = life_rules_say(s);
	if (!broken)
		broken = life_rules_wait(s);
	if (!broken)
		broken = life_rules_silence(s);
	if (!broken)
		broken = life_rules_again(s);
	if (!broken && (s->action == XGH_LIFE_LINK_UP ||
			s->action == XGH_LIFE_PREPARE))
		broken = life_rules_connect(s);
	if (!broken && s->action == XGH_LIFE_FAIL)
		broken = life_rules_fail(s);
	if (!broken && s->action == XGH_LIFE_RETIRE)
		broken = life_rules_retire(s);
	if (!broken && s->action == XGH_LIFE_RECALL)
		broken = life_rules_recall(s);
	return broken;
}

#endif /* XB_LIFE_RULES_H */
