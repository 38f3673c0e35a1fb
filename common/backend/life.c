// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the decisions in the life of a backend device. Pure.
 *
 * The first line that applies decides. "link" is UP or CONNECTED, "none" DOWN,
 * "followed" serving or leaving, and not replaced; (c) serves_closing, (r)
 * reconfigures, (a) forgives_anew, (e) ends_first are traits. What leads to
 * DRAIN is told by its reason.
 *
 *  phase, link          what is seen                       action
 *  -------------------  ---------------------------------  -------------------
 *  followed         (e) frontend Unknown                   becomes ending
 *  removed, link                                           DRAIN, see _remove()
 *  ending, link                                            DRAIN, CLOSED
 *  any, link            broken, frontend Initialising      DRAIN, ANEW
 *  any, link            broken, not replaced, not failed   FAIL
 *  any, link            broken, or failed                  DRAIN, BROKEN
 *  any, DRAINING        drained, guest not told            ORPHAN
 *  any, DRAINING        drained                            FREE
 *  ending, DRAINING     8 s over                           RETIRE
 *  any, ORPHAN          noticed, or 30 s over              FREE
 *  ending, ORPHAN       released, or 8 s over              RETIRE
 *  any, ORPHAN          not released                       RELEASE
 *  removed, none                                           GONE
 *  ending, none         released, no predecessor; 8 s over RETIRE
 *  ending, none                                            RELEASE
 *  new, retired                                            -
 *  any                  replaced                           -
 *  serving, none        online 0, no predecessor           becomes leaving
 *  leaving, none        not so                             becomes serving
 *  leaving, none        2 s over; frontend Closing: 8 s    end
 *
 * Nothing is said for a device that was replaced: an ending one does not
 * retire. To end is to RETIRE at once, or (e) to become ending, until released.
 *
 * Then a failure is forgiven to a frontend that is Closing or Closed, and to
 * one that is Initialising, which without (a) must not have been so when
 * something failed. The frontend is followed:
 *
 *  frontend             link, and what is seen             action
 *  -------------------  ---------------------------------  -------------------
 *  Initialising         link                               DRAIN, ANEW
 *                       none, not failed, own not InitWait INIT_WAIT
 *                       none, failed, own not Closing      CLOSING
 *  Initialised or       UP, plugged                        CONNECT
 *  Connected            CONNECTED, own Closing             DRAIN, ANEW
 *                       CONNECTED, Initialised once more   DRAIN, ANEW
 *                       CONNECTED, own not Connected       RESUME
 *                       none, failed, own not Closing      CLOSING
 *                       none, failed or leaving            -
 *                       none, resource NONE, predecessor   -
 *                       none, too early                    -, look when not
 *                       none, resource FOUND               PREPARE
 *                       none, resource READY               LINK_UP
 *  Reconfiguring        own not Reconfigured          (r)  RECONFIGURED
 *  Closing              link                      (not c)  DRAIN, CLOSING
 *                       own not Closing                    CLOSING
 *  Closed               link                               DRAIN, CLOSED
 *                       predecessor                        as Closing
 *                       online 1, own not Closed           CLOSED
 *                       online 0 or absent                 end
 *  any other                                               -
 *
 * A device that retired or is replaced, with nothing to do or RELEASE, xenwatch
 * should unregister. Each second until it has the one RETIREs again, the other
 * is RECALLed.
 *
 * What we say may be dropped, and own stays what it was. So a second later it
 * is looked at, and the same said again.
 */
#include "life.h"
#include "xgh_internal.h"

/* How long a frontend without rings has until it begins to close … */
#define XGH_LIFE_LEAVE_MAX		(2 * HZ)
/* … and until it has closed, if it does; a toolstack waits for 10 s. */
#define XGH_LIFE_CLOSING_MAX		(8 * HZ)
/* How long I/O and resource may take to end; a toolstack waits for 10 s. */
#define XGH_LIFE_ENDING_MAX		(8 * HZ)
/* How long a guest has to notice that its device has gone … */
#define XGH_LIFE_ORPHAN_MAX		(30 * HZ)
/* … and how often to look whether it has. */
#define XGH_LIFE_ORPHAN_LOOK		(HZ / 20)
/* How long xenwatch may be busy, or somebody have the device's lock. */
#define XGH_LIFE_RECALL_AFTER		HZ
/* How soon to look whether the bus has what we said. */
#define XGH_LIFE_SAY_AGAIN		HZ

/**
 * xgh_life_init() - begin the life of a device
 * @life: the life
 * @traits: the driver's
 *
 * Context: Any.
 */
void xgh_life_init(struct xgh_life *life, const struct xgh_life_traits *traits)
{
	*life = (struct xgh_life) { .traits = traits };
}
EXPORT_SYMBOL_GPL(xgh_life_init);

/**
 * xgh_life_fail() - something failed, and is to be left alone for a while
 * @life: the life
 * @frontend: what the frontend was doing
 * @now: the time, in jiffies
 *
 * Context: The device's lock is held.
 */
void xgh_life_fail(struct xgh_life *life, enum xenbus_state frontend,
		   unsigned long now)
{
	xgh_backoff_fail(&life->backoff, now);
	life->failed = true;
	life->failed_at = frontend;
	if (life->offered)
		life->failed_at = life->offered;
}

static enum xgh_life_action xgh_life_drain(struct xgh_life *life,
					   enum xgh_end end)
{
	life->end = end;
	life->link = XGH_LINK_DRAINING;
	life->met = false;
	return XGH_LIFE_DRAIN;
}

static enum xgh_life_action xgh_life_free(struct xgh_life *life)
{
	life->link = XGH_LINK_DOWN;
	return XGH_LIFE_FREE;
}

static enum xgh_life_action xgh_life_retire(struct xgh_life *life)
{
	/* Seen by xenwatch before what is then written to the directory. */
	WRITE_ONCE(life->phase, XGH_PHASE_RETIRED);
	return XGH_LIFE_RETIRE;
}

/* All is over; what is still open has a while to be closed. */
static enum xgh_life_action xgh_life_end(struct xgh_life *life,
					 const struct xgh_life_view *view)
{
	if (!life->traits->ends_first || view->released)
		return xgh_life_retire(life);
	WRITE_ONCE(life->phase, XGH_PHASE_ENDING);
	life->ending_end = view->now + XGH_LIFE_ENDING_MAX;
	return XGH_LIFE_RELEASE;
}

static bool xgh_life_has_ended(const struct xgh_life *life,
			       const struct xgh_life_view *view)
{
	return life->phase == XGH_PHASE_ENDING && !view->replaced &&
	       time_after_eq(view->now, life->ending_end);
}

static enum xgh_life_action xgh_life_cut(struct xgh_life *life,
					 const struct xgh_life_view *view)
{
	/* That is not about the rings that it begins with. */
	if (view->frontend == XenbusStateInitialising)
		return xgh_life_drain(life, XGH_END_ANEW);
	if (view->replaced || life->failed)
		return xgh_life_drain(life, XGH_END_BROKEN);
	xgh_life_fail(life, view->frontend, view->now);
	return XGH_LIFE_FAIL;
}

static enum xgh_life_action
xgh_life_follow_drain(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (!view->drained)
		return xgh_life_has_ended(life, view) ?
		       xgh_life_retire(life) : XGH_LIFE_NOTHING;
	if (!life->untold)
		return xgh_life_free(life);
	life->link = XGH_LINK_ORPHAN;
	life->orphan_end = view->now + XGH_LIFE_ORPHAN_MAX;
	return XGH_LIFE_ORPHAN;
}

/* Closes what is open, then retires if that is all that was waited for. */
static enum xgh_life_action
xgh_life_follow_release(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (xgh_life_has_ended(life, view))
		return xgh_life_retire(life);
	if (!view->released)
		return XGH_LIFE_RELEASE;
	if (life->phase == XGH_PHASE_ENDING && !view->replaced &&
	    !view->predecessor)
		return xgh_life_retire(life);
	return XGH_LIFE_NOTHING;
}

static enum xgh_life_action
xgh_life_follow_orphan(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (view->noticed || time_after_eq(view->now, life->orphan_end))
		return xgh_life_free(life);
	return xgh_life_follow_release(life, view);
}

/*
 * A device without rings is detached. A frontend that lives begins to close
 * within a moment, and must be let: it would write into the directory of the
 * next device. Without a driver, or in its boot loader, a guest never does.
 * What a former driver still has on its way is waited for first.
 */
static void xgh_life_follow_online(struct xgh_life *life,
				   const struct xgh_life_view *view)
{
	if (view->online != XGH_ONLINE_OFF || view->predecessor) {
		WRITE_ONCE(life->phase, XGH_PHASE_SERVING);
	} else if (life->phase == XGH_PHASE_SERVING) {
		WRITE_ONCE(life->phase, XGH_PHASE_LEAVING);
		life->leaving_since = view->now;
	}
}

/*
 * One that is closing is there, and only has to come to an end. Both times are
 * counted from the same moment, so that it cannot make them longer.
 */
static unsigned long xgh_life_leave_end(const struct xgh_life *life,
					const struct xgh_life_view *view)
{
	if (view->frontend == XenbusStateClosing)
		return life->leaving_since + XGH_LIFE_CLOSING_MAX;
	return life->leaving_since + XGH_LIFE_LEAVE_MAX;
}

static bool xgh_life_is_left(const struct xgh_life *life,
			     const struct xgh_life_view *view)
{
	return life->phase == XGH_PHASE_LEAVING &&
	       time_after_eq(view->now, xgh_life_leave_end(life, view));
}

/* After a failure the frontend has to begin anew before we try again. */
static void xgh_life_forgive(struct xgh_life *life, enum xenbus_state frontend)
{
	if (frontend == XenbusStateClosing || frontend == XenbusStateClosed)
		life->failed = false;
	else if (frontend == XenbusStateInitialising &&
		 (life->traits->forgives_anew ||
		  life->failed_at != XenbusStateInitialising))
		life->failed = false;
}

/* The frontend has to know that it failed. */
static enum xgh_life_action
xgh_life_follow_failed(const struct xgh_life_view *view)
{
	return view->own != XenbusStateClosing ? XGH_LIFE_CLOSING :
						 XGH_LIFE_NOTHING;
}

/* It begins anew: what was before is over, if we have seen it closed or not. */
static enum xgh_life_action
xgh_life_follow_start(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (xgh_life_is_linked(life))
		return xgh_life_drain(life, XGH_END_ANEW);
	if (life->failed)
		return xgh_life_follow_failed(view);
	if (view->own != XenbusStateInitWait)
		return XGH_LIFE_INIT_WAIT;
	return XGH_LIFE_NOTHING;
}

static enum xgh_life_action xgh_life_connect(const struct xgh_life *life,
					     const struct xgh_life_view *view)
{
	if (life->failed)
		return xgh_life_follow_failed(view);
	if (life->phase == XGH_PHASE_LEAVING ||
	    view->resource == XGH_RESOURCE_NONE || view->predecessor ||
	    xgh_backoff_must_wait(&life->backoff, view->now))
		return XGH_LIFE_NOTHING;
	return view->resource == XGH_RESOURCE_READY ? XGH_LIFE_LINK_UP :
						      XGH_LIFE_PREPARE;
}

static enum xgh_life_action xgh_life_announce(struct xgh_life *life,
					      const struct xgh_life_view *view)
{
	if (!view->plugged)
		return XGH_LIFE_NOTHING;
	life->link = XGH_LINK_CONNECTED;
	life->met = view->frontend == XenbusStateConnected;
	return XGH_LIFE_CONNECT;
}

/* Has the frontend left the rings that it had for others? */
static bool xgh_life_begins_anew(const struct xgh_life *life,
				 const struct xgh_life_view *view)
{
	if (view->frontend == XenbusStateInitialising)
		return true;
	if (life->link != XGH_LINK_CONNECTED)
		return false;
	/* A guest that was suspended here and goes on has new rings. */
	if (life->met && view->frontend == XenbusStateInitialised)
		return true;
	/*
	 * It was closing, and has begun anew without an end. Or something
	 * failed, saying so to a frontend that goes on none the less.
	 */
	return view->own == XenbusStateClosing;
}

static enum xgh_life_action xgh_life_keep(struct xgh_life *life,
					  const struct xgh_life_view *view)
{
	if (xgh_life_begins_anew(life, view))
		return xgh_life_drain(life, XGH_END_ANEW);
	life->met |= view->frontend == XenbusStateConnected;
	/* It may be Reconfigured, or what we said before was dropped. */
	return view->own != XenbusStateConnected ? XGH_LIFE_RESUME :
						   XGH_LIFE_NOTHING;
}

static enum xgh_life_action
xgh_life_follow_ready(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (life->link == XGH_LINK_UP)
		return xgh_life_announce(life, view);
	if (life->link == XGH_LINK_CONNECTED)
		return xgh_life_keep(life, view);
	return xgh_life_connect(life, view);
}

static enum xgh_life_action
xgh_life_follow_wish(const struct xgh_life *life,
		     const struct xgh_life_view *view)
{
	if (life->traits->reconfigures && view->own != XenbusStateReconfigured)
		return XGH_LIFE_RECONFIGURED;
	return XGH_LIFE_NOTHING;
}

static enum xgh_life_action
xgh_life_follow_closing(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (!life->traits->serves_closing && xgh_life_is_linked(life))
		return xgh_life_drain(life, XGH_END_CLOSING);
	if (view->own != XenbusStateClosing)
		return XGH_LIFE_CLOSING;
	return XGH_LIFE_NOTHING;
}

/* The frontend has closed. It may come back, unless the device is detached. */
static enum xgh_life_action
xgh_life_follow_closed(struct xgh_life *life, const struct xgh_life_view *view)
{
	if (xgh_life_is_linked(life))
		return xgh_life_drain(life, XGH_END_CLOSED);
	/* Closed means that nothing is on its way, whoever has begun it. */
	if (view->predecessor)
		return xgh_life_follow_closing(life, view);
	if (view->online != XGH_ONLINE_ON)
		return xgh_life_end(life, view);
	if (view->own != XenbusStateClosed)
		return XGH_LIFE_CLOSED;
	return XGH_LIFE_NOTHING;
}

static enum xgh_life_action xgh_life_follow(struct xgh_life *life,
					    const struct xgh_life_view *view)
{
	if (life->link == XGH_LINK_DOWN)
		xgh_life_follow_online(life, view);
	if (xgh_life_is_left(life, view))
		return xgh_life_end(life, view);
	xgh_life_forgive(life, view->frontend);
	switch (view->frontend) {
	case XenbusStateInitialising:
		return xgh_life_follow_start(life, view);
	case XenbusStateInitialised:
	case XenbusStateConnected:
		return xgh_life_follow_ready(life, view);
	case XenbusStateReconfiguring:
		return xgh_life_follow_wish(life, view);
	case XenbusStateClosing:
		return xgh_life_follow_closing(life, view);
	case XenbusStateClosed:
		return xgh_life_follow_closed(life, view);
	default:
		return XGH_LIFE_NOTHING;
	}
}

/* Does it follow its frontend, and is the frontend about it? */
static bool xgh_life_follows(const struct xgh_life *life,
			     const struct xgh_life_view *view)
{
	return !view->replaced && (life->phase == XGH_PHASE_SERVING ||
				   life->phase == XGH_PHASE_LEAVING);
}

/* Its directory has gone without its doing, or it wrote nonsense there. */
static void xgh_life_notice_loss(struct xgh_life *life,
				 const struct xgh_life_view *view)
{
	if (!life->traits->ends_first || !xgh_life_follows(life, view) ||
	    view->frontend != XenbusStateUnknown)
		return;
	WRITE_ONCE(life->phase, XGH_PHASE_ENDING);
	life->ending_end = view->now + XGH_LIFE_ENDING_MAX;
	life->untold = life->traits->orphans;
}

static bool xgh_life_awaits_xenwatch(const struct xgh_life *life,
				     const struct xgh_life_view *view)
{
	return !xgh_life_is_removed(life) &&
	       (xgh_life_is_retired(life) || view->replaced);
}

/* Xenwatch removes us. Returns whether it is to be called again. */
static bool xgh_life_await(struct xgh_life *life,
			   const struct xgh_life_view *view)
{
	bool first = !life->awaited;

	life->awaited = xgh_life_awaits_xenwatch(life, view);
	if (!life->awaited ||
	    (!first && time_before(view->now, life->recall_at)))
		return false;
	life->recall_at = view->now + XGH_LIFE_RECALL_AFTER;
	return !first;
}

static unsigned long xgh_life_recall_in(const struct xgh_life *life,
					unsigned long now)
{
	if (!life->awaited)
		return XGH_LIFE_RECALL_AFTER;
	return time_before(now, life->recall_at) ? life->recall_at - now : 1;
}

static enum xgh_life_action xgh_life_unlink(struct xgh_life *life,
					    const struct xgh_life_view *view)
{
	if (xgh_life_is_removed(life))
		return xgh_life_drain(life, life->end);
	if (life->phase == XGH_PHASE_ENDING)
		return xgh_life_drain(life, XGH_END_CLOSED);
	return xgh_life_cut(life, view);
}

static bool xgh_life_must_unlink(const struct xgh_life *life,
				 const struct xgh_life_view *view)
{
	return xgh_life_is_linked(life) &&
	       (xgh_life_is_removed(life) || view->broken || life->failed ||
		life->phase == XGH_PHASE_ENDING);
}

static enum xgh_life_action xgh_life_next(struct xgh_life *life,
					  const struct xgh_life_view *view)
{
	xgh_life_notice_loss(life, view);
	if (xgh_life_must_unlink(life, view))
		return xgh_life_unlink(life, view);
	if (life->link == XGH_LINK_DRAINING)
		return xgh_life_follow_drain(life, view);
	if (life->link == XGH_LINK_ORPHAN)
		return xgh_life_follow_orphan(life, view);
	if (xgh_life_is_removed(life))
		return XGH_LIFE_GONE;
	if (life->phase == XGH_PHASE_ENDING)
		return xgh_life_follow_release(life, view);
	if (xgh_life_follows(life, view))
		return xgh_life_follow(life, view);
	return XGH_LIFE_NOTHING;
}

/* Is it of those that are said until own is what was said? */
static bool xgh_life_is_word(enum xgh_life_action action)
{
	return action == XGH_LIFE_INIT_WAIT || action == XGH_LIFE_CONNECT ||
	       action == XGH_LIFE_RECONFIGURED || action == XGH_LIFE_RESUME ||
	       action == XGH_LIFE_CLOSING || action == XGH_LIFE_CLOSED;
}

/**
 * xgh_life_step() - what is to be done next?
 * @life: the life; moved to where it is when that is done
 * @view: what was seen
 *
 * Context: The device's lock is held.
 * Return: the action; after it, see xgh_life_goes_on().
 */
enum xgh_life_action xgh_life_step(struct xgh_life *life,
				   const struct xgh_life_view *view)
{
	enum xgh_life_action action = xgh_life_next(life, view);

	/* Closing the resource may take long, and is asked for again. */
	if ((action == XGH_LIFE_NOTHING || action == XGH_LIFE_RELEASE) &&
	    xgh_life_await(life, view))
		action = view->replaced ? XGH_LIFE_RECALL : XGH_LIFE_RETIRE;
	life->spoke = xgh_life_is_word(action);
	life->offered = action == XGH_LIFE_LINK_UP ? view->frontend : 0;
	return action;
}
EXPORT_SYMBOL_GPL(xgh_life_step);

/* Without rings, when does time bring it an end, or a new trial? */
static unsigned long xgh_life_try_in(const struct xgh_life *life,
				     const struct xgh_life_view *view)
{
	unsigned long now = view->now;

	if (life->phase == XGH_PHASE_LEAVING)
		return xgh_life_leave_end(life, view) - now;
	if (!life->failed && xgh_backoff_must_wait(&life->backoff, now))
		return life->backoff.retry_at - now;
	return XGH_LIFE_NEVER;
}

/**
 * xgh_life_wake_in() - when must it be run again if nobody kicks?
 * @life: the life
 * @view: that of the last step
 *
 * Context: The device's lock is held.
 * Return: jiffies, more than 0; XGH_LIFE_NEVER if time brings nothing.
 */
unsigned long xgh_life_wake_in(const struct xgh_life *life,
			       const struct xgh_life_view *view)
{
	unsigned long delay = life->spoke ? XGH_LIFE_SAY_AGAIN : XGH_LIFE_NEVER;
	unsigned long now = view->now;

	if (life->link == XGH_LINK_ORPHAN)
		delay = min(life->orphan_end - now,
			    (unsigned long)XGH_LIFE_ORPHAN_LOOK);
	if (life->phase == XGH_PHASE_ENDING && !view->replaced)
		delay = min(delay, life->ending_end - now);
	if (xgh_life_awaits_xenwatch(life, view))
		delay = min(delay, xgh_life_recall_in(life, now));
	if (life->link == XGH_LINK_DOWN && xgh_life_follows(life, view))
		delay = min(delay, xgh_life_try_in(life, view));
	return delay;
}
EXPORT_SYMBOL_GPL(xgh_life_wake_in);

/* Whoever serves the rings after us, if anybody does. */
static enum xgh_end xgh_life_last_end(const struct xgh_life *life,
				      const struct xgh_life_view *view)
{
	if (view->broken)
		return XGH_END_BROKEN;
	if (view->replaced)
		return XGH_END_CLOSED;
	switch (view->frontend) {
	case XenbusStateClosing:
		return XGH_END_CLOSING;
	case XenbusStateClosed:
	case XenbusStateUnknown:
		return XGH_END_CLOSED;
	default:
		return xgh_life_begins_anew(life, view) ? XGH_END_ANEW :
							  XGH_END_HANDED_OVER;
	}
}

/**
 * xgh_life_remove() - the device leaves the bus
 * @life: the life
 * @view: what was seen
 *
 * Rings that are served are then drained, with the reason that is found now. A
 * frontend that is still there may be served on by the next driver.
 *
 * Context: The device's lock is held; xenwatch or whoever unbinds the driver.
 * Return: XGH_LIFE_CLOSING, so that the bus then says Closed, which a toolstack
 * waits for, or XGH_LIFE_NOTHING; xgh_life_step() follows in either case.
 */
enum xgh_life_action xgh_life_remove(struct xgh_life *life,
				     const struct xgh_life_view *view)
{
	bool gone = view->frontend == XenbusStateUnknown;
	bool retired = life->phase == XGH_PHASE_RETIRED;

	if (xgh_life_is_linked(life))
		life->end = xgh_life_last_end(life, view);
	if (life->traits->orphans && (gone || view->replaced))
		life->untold = true;
	WRITE_ONCE(life->phase, XGH_PHASE_REMOVED);
	return gone && !view->replaced && !retired ? XGH_LIFE_CLOSING :
						     XGH_LIFE_NOTHING;
}
EXPORT_SYMBOL_GPL(xgh_life_remove);
