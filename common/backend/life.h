/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a backend device between frontend, toolstack and bus, one state
 * machine for all backends. Pure: it is told what was seen, and says what is to
 * be done; its caller reads, writes and waits.
 *
 * It is level-triggered. Whatever the frontend does, in whatever order and
 * however fast, each step looks at how things are now and goes one step towards
 * how they should be. A run of the device's work, under the device's lock:
 *
 *	do {
 *		look(&view);
 *		action = xgh_life_step(&life, &view);
 *		act(action);
 *	} while (xgh_life_goes_on(action));
 *	run again in xgh_life_wake_in(&life, &view) jiffies, or when kicked
 *
 * The device is kicked whenever something that a view holds may have changed.
 */
#ifndef XGH_LIFE_H
#define XGH_LIFE_H

#include <linux/compiler.h>
#include <linux/types.h>

#include <xen/interface/io/xenbus.h>

#include "backoff.h"

/* Returned by xgh_life_wake_in() if no time will bring anything. */
#define XGH_LIFE_NEVER	(~0ul)

/**
 * enum xgh_life_phase - where a device is between probe and removal
 * @XGH_PHASE_NEW: probed; what it offers is not published yet
 * @XGH_PHASE_SERVING: it follows its frontend
 * @XGH_PHASE_LEAVING: detached, without rings; the frontend may still close
 * @XGH_PHASE_ENDING: it will retire when its I/O is over and its resource is
 *	closed, or has had time enough for that
 * @XGH_PHASE_RETIRED: said Closed for the last time; xenwatch unregisters it
 * @XGH_PHASE_REMOVED: it has left the bus
 */
enum xgh_life_phase {
	XGH_PHASE_NEW,
	XGH_PHASE_SERVING,
	XGH_PHASE_LEAVING,
	XGH_PHASE_ENDING,
	XGH_PHASE_RETIRED,
	XGH_PHASE_REMOVED,
};

/**
 * enum xgh_link - what there is between us and the frontend
 * @XGH_LINK_DOWN: nothing
 * @XGH_LINK_UP: rings are mapped and served
 * @XGH_LINK_CONNECTED: and the frontend has been told so
 * @XGH_LINK_DRAINING: rings are mapped, the last I/O is on its way
 * @XGH_LINK_ORPHAN: rings are mapped, all that comes is refused
 */
enum xgh_link {
	XGH_LINK_DOWN,
	XGH_LINK_UP,
	XGH_LINK_CONNECTED,
	XGH_LINK_DRAINING,
	XGH_LINK_ORPHAN,
};

/**
 * enum xgh_end - why rings are drained, and with that what becomes of requests
 * @XGH_END_BROKEN: the frontend broke them; nothing in them can be trusted
 * @XGH_END_ANEW: the frontend begins anew; their memory may be another's
 * @XGH_END_CLOSING: the frontend is closing, and may look for what it is owed
 * @XGH_END_CLOSED: the frontend has closed or gone; nobody serves them after us
 * @XGH_END_HANDED_OVER: the frontend goes on; the next driver may serve them
 */
enum xgh_end {
	XGH_END_BROKEN,
	XGH_END_ANEW,
	XGH_END_CLOSING,
	XGH_END_CLOSED,
	XGH_END_HANDED_OVER,
};

/**
 * enum xgh_life_action - what is to be done next
 * @XGH_LIFE_NOTHING: wait
 * @XGH_LIFE_FAIL: say that the frontend broke its rings
 * @XGH_LIFE_DRAIN: stop all queues as &xgh_life.end says, take no more requests
 * @XGH_LIFE_ORPHAN: refuse whatever the guest asks for from now on
 * @XGH_LIFE_FREE: unmap the rings, free the queues; nothing of them is running
 * @XGH_LIFE_RELEASE: begin to close the resource, then kick; may be asked for
 *	again while it is being closed
 * @XGH_LIFE_PREPARE: have the resource made ready, then kick
 * @XGH_LIFE_LINK_UP: map the rings and serve them, then report with
 *	xgh_life_up() or xgh_life_fail()
 * @XGH_LIFE_CONNECT: say Connected
 * @XGH_LIFE_RECONFIGURED: take over what the frontend asks for, say so
 * @XGH_LIFE_RESUME: say Connected again, for the bus has another state
 * @XGH_LIFE_INIT_WAIT: say InitWait
 * @XGH_LIFE_CLOSING: say Closing
 * @XGH_LIFE_CLOSED: say Closed
 * @XGH_LIFE_RETIRE: write Closed whatever stood there, but for the state of a
 *	device yet to be probed; our own watch on the directory then has the
 *	device unregistered. Again if xenwatch has not: somebody had its lock,
 *	or nothing was written
 * @XGH_LIFE_RECALL: the same for one that was replaced: have our own watch fire
 *	again, with what stands there
 * @XGH_LIFE_GONE: it is removed, and has no rings: free it when nothing else of
 *	it is running
 */
enum xgh_life_action {
	XGH_LIFE_NOTHING,
	XGH_LIFE_FAIL,
	XGH_LIFE_DRAIN,
	XGH_LIFE_ORPHAN,
	XGH_LIFE_FREE,
	XGH_LIFE_RELEASE,
	XGH_LIFE_PREPARE,
	XGH_LIFE_LINK_UP,
	XGH_LIFE_CONNECT,
	XGH_LIFE_RECONFIGURED,
	XGH_LIFE_RESUME,
	XGH_LIFE_INIT_WAIT,
	XGH_LIFE_CLOSING,
	XGH_LIFE_CLOSED,
	XGH_LIFE_RETIRE,
	XGH_LIFE_RECALL,
	XGH_LIFE_GONE,
};

/**
 * enum xgh_online - what the toolstack says in our "online" node
 * @XGH_ONLINE_ABSENT: nothing; not all toolstacks write it
 * @XGH_ONLINE_OFF: the device is being detached
 * @XGH_ONLINE_ON: it is to stay when its frontend closes
 */
enum xgh_online {
	XGH_ONLINE_ABSENT,
	XGH_ONLINE_OFF,
	XGH_ONLINE_ON,
};

/**
 * enum xgh_resource - what the device gives access to
 * @XGH_RESOURCE_NONE: it is not known yet, or being looked for
 * @XGH_RESOURCE_FOUND: it is there, but must be made ready for a connection
 * @XGH_RESOURCE_READY: it was made ready, for the next connection
 */
enum xgh_resource {
	XGH_RESOURCE_NONE,
	XGH_RESOURCE_FOUND,
	XGH_RESOURCE_READY,
};

/**
 * struct xgh_life_traits - in what drivers differ; constant
 */
struct xgh_life_traits {
	/** @serves_closing: a frontend may use its rings until it has closed */
	bool serves_closing;
	/** @reconfigures: a frontend may change its mind while connected */
	bool reconfigures;
	/**
	 * @forgives_anew: whatever fails concerns one connection only, so each
	 * Initialising is a new beginning; else one that stood there when
	 * something failed is none
	 */
	bool forgives_anew;
	/** @orphans: a guest not told of its removal must be refused */
	bool orphans;
	/**
	 * @ends_first: I/O and resource have an end before Closed is said for
	 * the last time: a toolstack then gives the resource to somebody else
	 */
	bool ends_first;
};

/**
 * struct xgh_life_view - what was seen at one moment; each read once
 */
struct xgh_life_view {
	/** @now: the time, in jiffies */
	unsigned long now;
	/** @frontend: what it says it does; Unknown if it is gone or lies */
	enum xenbus_state frontend;
	/** @own: what we say, as the bus has it */
	enum xenbus_state own;
	/** @online: looked at if there is no link or @frontend is Closed */
	enum xgh_online online;
	/** @resource: what the frontend is to get at */
	enum xgh_resource resource;
	/** @replaced: our directory is that of a device yet to be probed */
	bool replaced;
	/** @broken: the frontend broke the rules of a ring */
	bool broken;
	/** @drained: stopped queues have no I/O left */
	bool drained;
	/** @noticed: an orphan's guest will ask for nothing more */
	bool noticed;
	/**
	 * @predecessor: a former life of the same device is not yet over;
	 * looked at while there is no link
	 */
	bool predecessor;
	/** @released: nothing of the resource is open, or being opened */
	bool released;
	/** @plugged: the frontend may be told that it is connected */
	bool plugged;
};

/**
 * struct xgh_life - the life of a device; guarded by the device's lock
 */
struct xgh_life {
	/** @traits: the driver's */
	const struct xgh_life_traits *traits;
	/** @phase: how far it is; read without the lock, too */
	enum xgh_life_phase phase;
	/** @link: what there is between us and the frontend */
	enum xgh_link link;
	/** @end: why the link is DRAINING, or will be when it is removed */
	enum xgh_end end;
	/** @met: both sides were Connected */
	bool met;
	/** @failed: not to be tried again before the frontend begins anew */
	bool failed;
	/** @failed_at: what the frontend was doing when that happened */
	enum xenbus_state failed_at;
	/**
	 * @offered: its state when it offered rings, while they are mapped; it
	 * may have left them by now, and begin anew already
	 */
	enum xenbus_state offered;
	/** @backoff: how long it is left alone after a failure */
	struct xgh_backoff backoff;
	/** @leaving_since: when it became LEAVING, in jiffies */
	unsigned long leaving_since;
	/** @ending_end: ENDING ends then, in jiffies */
	unsigned long ending_end;
	/** @spoke: the last step had something said, and the bus may drop it */
	bool spoke;
	/** @awaited: xenwatch is to unregister the device */
	bool awaited;
	/** @recall_at: if it has not by then, it is called again; in jiffies */
	unsigned long recall_at;
	/** @untold: the guest has not been told that its device goes */
	bool untold;
	/** @orphan_end: how long such a guest has to notice, in jiffies */
	unsigned long orphan_end;
};

void xgh_life_init(struct xgh_life *life, const struct xgh_life_traits *traits);
enum xgh_life_action xgh_life_step(struct xgh_life *life,
				   const struct xgh_life_view *view);
unsigned long xgh_life_wake_in(const struct xgh_life *life,
			       const struct xgh_life_view *view);
void xgh_life_fail(struct xgh_life *life, enum xenbus_state frontend,
		   unsigned long now);
enum xgh_life_action xgh_life_remove(struct xgh_life *life,
				     const struct xgh_life_view *view);

/**
 * xgh_life_start() - the offer is published: follow the frontend
 * @life: a new life
 *
 * Context: The device's lock is held.
 */
static inline void xgh_life_start(struct xgh_life *life)
{
	WRITE_ONCE(life->phase, XGH_PHASE_SERVING);
}

/**
 * xgh_life_up() - rings are mapped and served
 * @life: the life, after XGH_LIFE_LINK_UP
 *
 * Context: The device's lock is held.
 */
static inline void xgh_life_up(struct xgh_life *life)
{
	life->link = XGH_LINK_UP;
	life->offered = XenbusStateUnknown;
}

/**
 * xgh_life_goes_on() - is there more to do right after an action?
 * @action: what was done
 *
 * What is said to the frontend ends a run. A bus that lets a word of ours fall
 * must not keep us saying it: that is done again a second later.
 *
 * Context: Any.
 * Return: whether to look and step again at once.
 */
static inline bool xgh_life_goes_on(enum xgh_life_action action)
{
	return action == XGH_LIFE_FAIL || action == XGH_LIFE_DRAIN ||
	       action == XGH_LIFE_ORPHAN || action == XGH_LIFE_FREE ||
	       action == XGH_LIFE_LINK_UP;
}

/**
 * xgh_life_is_linked() - are rings served?
 * @life: the life
 *
 * Context: The device's lock is held.
 * Return: whether the link is UP or CONNECTED.
 */
static inline bool xgh_life_is_linked(const struct xgh_life *life)
{
	return life->link == XGH_LINK_UP || life->link == XGH_LINK_CONNECTED;
}

/**
 * xgh_life_is_removed() - has the device left the bus?
 * @life: the life
 *
 * Context: The device's lock is held.
 * Return: whether nothing may be read or written for it any more.
 */
static inline bool xgh_life_is_removed(const struct xgh_life *life)
{
	return life->phase == XGH_PHASE_REMOVED;
}

/**
 * xgh_life_is_retired() - shall xenwatch unregister the device?
 * @life: the life
 *
 * Context: Any; no lock needed.
 * Return: whether its last word was said.
 */
static inline bool xgh_life_is_retired(const struct xgh_life *life)
{
	return READ_ONCE(life->phase) == XGH_PHASE_RETIRED;
}

#endif /* XGH_LIFE_H */
