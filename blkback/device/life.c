// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the patience with frontends: those that fail, and those that never come.
 */
#include "life.h"
#include "roster.h"
#include "vbd.h"
#include "xenstore.h"

#include <linux/jiffies.h>

/* From one second up to 64 until a device that failed may be tried again … */
#define XBB_RETRY_MAX_SHIFT	6
/* … and how long it has to behave to be treated as if it had not failed. */
#define XBB_RETRY_FORGOTTEN	(600 * HZ)
/* How long a frontend may take to close that has nothing to end. */
#define XBB_LEAVE_MAX		(2 * HZ)

/**
 * xbb_life_fail() - give up, and say why
 * @vbd: the vbd, still on the bus
 * @err: negative errno
 * @what: what was being done
 *
 * A guest that fails on purpose waits longer each time until it may try
 * again, so that it cannot keep us, or the log, busy.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_life_fail(struct xbb_vbd *vbd, int err, const char *what)
{
	if (time_after(jiffies, vbd->retry_at + XBB_RETRY_FORGOTTEN))
		vbd->failures = 0;
	vbd->retry_at = jiffies + (HZ << vbd->failures);
	if (vbd->failures < XBB_RETRY_MAX_SHIFT)
		vbd->failures++;
	vbd->failed = true;
	vbd->failed_at = xbb_xenstore_frontend_state(vbd);
	xbb_xenstore_fail(vbd, err, "%s", what);
}

/**
 * xbb_life_forgive() - see whether a frontend that failed begins anew
 * @vbd: the vbd
 * @frontend: what it does now
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_life_forgive(struct xbb_vbd *vbd, enum xenbus_state frontend)
{
	if (frontend == XenbusStateClosing || frontend == XenbusStateClosed ||
	    (frontend == XenbusStateInitialising &&
	     vbd->failed_at != XenbusStateInitialising))
		vbd->failed = false;
}

/**
 * xbb_life_may_try() - has it been long enough since something failed?
 * @vbd: the vbd; if not its work is run again in time
 *
 * Context: Process; the vbd's lock is held.
 * Return: whether it may be tried again.
 */
bool xbb_life_may_try(struct xbb_vbd *vbd)
{
	/* Read once: later it may be over, and the rest of it without end. */
	long rest = vbd->retry_at - jiffies;

	if (!vbd->failures || rest <= 0)
		return true;
	xbb_vbd_schedule_in(vbd, rest);
	return false;
}

/**
 * xbb_life_leave() - take a disk away from a frontend that has not connected
 * @vbd: a vbd without a link; if it is not yet time its work is run again
 *
 * A frontend that lives closes within a moment, and must be let: it would write
 * into the directory of the next device. Without a driver, or in its boot
 * loader, a guest never does.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: whether the vbd is to be taken away, and has been waited for.
 */
bool xbb_life_leave(struct xbb_vbd *vbd)
{
	long rest;

	/* A former driver may still have writes on their way to the disk. */
	if (!xbb_xenstore_is_detached(vbd) || xbb_roster_has_predecessor(vbd)) {
		vbd->leaving = false;
		return false;
	}
	if (!vbd->leaving) {
		vbd->leaving = true;
		vbd->leave_end = jiffies + XBB_LEAVE_MAX;
	}
	rest = vbd->leave_end - jiffies;
	if (rest > 0)
		xbb_vbd_schedule_in(vbd, rest);
	return rest <= 0;
}
