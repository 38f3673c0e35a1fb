// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the list of all vbds: which of them have the same device, and what is
 * looked at of all of them now and then.
 */
#include "roster.h"
#include "vbd.h"

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

/* How soon a guest that does nothing learns that its disk has changed. */
#define XBB_ROSTER_LOOK		HZ

static LIST_HEAD(xbb_roster);
/* A vbd's own lock may be held when this is taken, not the other way round. */
static DEFINE_MUTEX(xbb_roster_lock);

static void xbb_roster_look(struct work_struct *work);
/* One for all disks, and no CPU is woken for it. */
static DECLARE_DEFERRABLE_WORK(xbb_roster_work, xbb_roster_look);

/* A vbd that is busy has something happen to it, and looks for itself. */
static bool xbb_roster_has_changed(struct xbb_vbd *vbd)
{
	bool changed;

	if (!mutex_trylock(&vbd->lock))
		return false;
	changed = xgh_life_is_linked(&vbd->life) &&
		  xbb_rings_disk_has_changed(&vbd->rings);
	mutex_unlock(&vbd->lock);
	return changed;
}

/*
 * The block layer tells nobody in the kernel that a disk has another size. A
 * guest whose disk was empty would never ask.
 */
static void xbb_roster_look(struct work_struct *work)
{
	struct xbb_vbd *vbd;

	mutex_lock(&xbb_roster_lock);
	list_for_each_entry(vbd, &xbb_roster, entry)
		if (vbd->schedulable && xbb_roster_has_changed(vbd))
			xbb_vbd_schedule(vbd);
	if (!list_empty(&xbb_roster))
		schedule_delayed_work(&xbb_roster_work, XBB_ROSTER_LOOK);
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_add() - put a new vbd on the list
 * @vbd: the vbd; from now on others may schedule it
 *
 * Context: Process. May sleep.
 */
void xbb_roster_add(struct xbb_vbd *vbd)
{
	mutex_lock(&xbb_roster_lock);
	vbd->schedulable = true;
	list_add_tail(&vbd->entry, &xbb_roster);
	schedule_delayed_work(&xbb_roster_work, XBB_ROSTER_LOOK);
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_withdraw() - have nobody schedule a vbd any more
 * @vbd: the vbd, leaving the bus
 *
 * Context: Process. May sleep.
 */
void xbb_roster_withdraw(struct xbb_vbd *vbd)
{
	mutex_lock(&xbb_roster_lock);
	vbd->schedulable = false;
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_remove() - a vbd is over: take it off the list
 * @vbd: the vbd
 *
 * Whoever waits for it as the former of the same device is scheduled.
 *
 * Context: Process. May sleep.
 */
void xbb_roster_remove(struct xbb_vbd *vbd)
{
	struct xbb_vbd *other;

	mutex_lock(&xbb_roster_lock);
	list_del(&vbd->entry);
	list_for_each_entry(other, &xbb_roster, entry)
		if (other->xdev == vbd->xdev && other->schedulable)
			xbb_vbd_schedule(other);
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_has_predecessor() - is a former vbd of the device not yet over?
 * @vbd: the vbd
 *
 * That is when the driver was bound anew.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: whether there is one; when it is over, @vbd is scheduled.
 */
bool xbb_roster_has_predecessor(const struct xbb_vbd *vbd)
{
	const struct xbb_vbd *other;
	bool found = false;

	mutex_lock(&xbb_roster_lock);
	list_for_each_entry(other, &xbb_roster, entry) {
		if (other == vbd)
			break;
		found |= other->xdev == vbd->xdev;
	}
	mutex_unlock(&xbb_roster_lock);
	return found;
}

/* Those that wait for the I/O of a vbd look again. The lock is held. */
static void xbb_roster_wake_waiting(const struct xbb_vbd *vbd)
{
	struct xbb_vbd *other;

	if (!vbd->io_diskseq)
		return;
	list_for_each_entry(other, &xbb_roster, entry)
		if (other->schedulable && other->waits_for == vbd->io_diskseq)
			xbb_vbd_schedule(other);
}

/**
 * xbb_roster_begin_io() - a guest has I/O on a disk from now on
 * @vbd: its vbd
 * @diskseq: sequence number of the disk, also of a partition's; 0 if nobody has
 *	     to wait for its end
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_roster_begin_io(struct xbb_vbd *vbd, u64 diskseq)
{
	mutex_lock(&xbb_roster_lock);
	if (vbd->io_diskseq != diskseq)
		xbb_roster_wake_waiting(vbd);
	vbd->io_diskseq = diskseq;
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_disown_io() - the guest, or the device, has gone
 * @vbd: the vbd
 *
 * What of its I/O is still on its way must not land under the next guest.
 *
 * Context: Process. May sleep.
 */
void xbb_roster_disown_io(struct xbb_vbd *vbd)
{
	mutex_lock(&xbb_roster_lock);
	WRITE_ONCE(vbd->io_disowned, vbd->io_disowned + 1 ?: 1);
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_own_io() - the guest is there after all
 * @vbd: the vbd, whose frontend had written nonsense for a moment
 * @disowned: how often that had been seen before the guest was looked for
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_roster_own_io(struct xbb_vbd *vbd, unsigned int disowned)
{
	mutex_lock(&xbb_roster_lock);
	if (vbd->io_disowned == disowned) {
		WRITE_ONCE(vbd->io_disowned, 0);
		xbb_roster_wake_waiting(vbd);
	}
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_end_io() - all I/O of a guest is over
 * @vbd: the vbd; those that wait for it are scheduled
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_roster_end_io(struct xbb_vbd *vbd)
{
	mutex_lock(&xbb_roster_lock);
	xbb_roster_wake_waiting(vbd);
	vbd->io_diskseq = 0;
	mutex_unlock(&xbb_roster_lock);
}

/**
 * xbb_roster_must_wait() - does I/O of somebody who has gone go on?
 * @vbd: the vbd
 * @diskseq: sequence number of the disk that it is about to have I/O on
 *
 * Guests that are there may share a disk; that is the toolstack's business. A
 * former vbd of the same device is waited for as its predecessor.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: whether there is some on the same disk, or any partition of it; when
 * it is over, @vbd is scheduled.
 */
bool xbb_roster_must_wait(struct xbb_vbd *vbd, u64 diskseq)
{
	const struct xbb_vbd *other;
	bool found = false;

	mutex_lock(&xbb_roster_lock);
	list_for_each_entry(other, &xbb_roster, entry)
		found |= other->xdev != vbd->xdev && other->io_disowned &&
			 other->io_diskseq == diskseq;
	vbd->waits_for = found ? diskseq : 0;
	mutex_unlock(&xbb_roster_lock);
	return found;
}

/**
 * xbb_roster_exit() - look at nothing any more
 *
 * Context: Process; module exit, all vbds have gone. May sleep.
 */
void xbb_roster_exit(void)
{
	cancel_delayed_work_sync(&xbb_roster_work);
}
