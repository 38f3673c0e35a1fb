/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All rings of a disk, and what their device lends them. This is all that the
 * data path knows of a device; where it has something to say it has the device
 * look for itself.
 */
#ifndef XBB_RINGS_H
#define XBB_RINGS_H

#include <linux/atomic.h>
#include <linux/types.h>

#include <xen/interface/xen.h>

#include "discard.h"
#include "disk/bdev.h"
#include "freeze.h"
#include "limits/budget.h"
#include "limits/owner.h"
#include "limits/qos.h"
#include "plan.h"
#include "validate.h"
#include "queue.h"

struct xbb_stats;
struct xenbus_device;
struct xgh_domain;

/**
 * struct xbb_rings - all rings of a disk
 */
struct xbb_rings {
	/**
	 * @schedule: has the device's state machine look again: all rings have
	 * drained, one is @broken, the disk has changed or is frozen as it was
	 * asked to be; any context
	 */
	void (*schedule)(struct xbb_rings *rings);
	/** @xdev: the device, for its rings, event channels and log */
	struct xenbus_device *xdev;
	/** @otherend: the frontend's domain */
	domid_t otherend;
	/** @leaving: the device leaves the bus and waits for who attaches */
	bool leaving;
	/** @name: for threads and traces, "<domid>.<dev>" */
	char name[32];
	/**
	 * @backing: the disk; changes only while there are no rings or all
	 * are frozen
	 */
	struct xbb_bdev *backing;
	/** @readonly: the guest may not write, whatever the disk says */
	bool readonly;
	/**
	 * @limits: what requests may do; with rings, only its size and
	 * whether it is read-only change
	 */
	struct xbb_limits limits;
	/**
	 * @policy: how data moves; with rings, only @copy_segs and @stable
	 * change, and when all are frozen @block_sectors
	 */
	struct xbb_policy policy;
	/**
	 * @poll_us: how long it pays to wait in the hypervisor, in
	 * microseconds, 0 for not at all; may change at any time
	 */
	unsigned int poll_us;
	/** @owner: whom their I/O is for; may change at any time */
	struct xbb_owner owner;
	/** @qos: limits of requests and bytes a second */
	struct xbb_qos qos;
	/** @budget: pages that requests may hold */
	struct xbb_budget budget;
	/** @domain: the guest, with what all its disks hold */
	struct xgh_domain *domain;
	/** @stats: one for each possible queue */
	struct xbb_stats *stats;

	/** @discards: those that are yet to be sent */
	struct xbb_discards discards;
	/** @freeze: keeps requests back */
	struct xbb_freeze freeze;
	/** @broken: a frontend has broken the rules of a ring */
	bool broken;
	/** @undrained: stopped queues that have I/O left */
	atomic_t undrained;
	/** @nr: number of queues */
	unsigned int nr;
	/** @queues: the queues */
	struct xbb_queue **queues;
};

int xbb_rings_create(struct xbb_rings *rings, unsigned int nr,
		     const struct xbb_queue_conf *confs);
void xbb_rings_run(struct xbb_rings *rings);
void xbb_rings_shrink(struct xbb_rings *rings);
void xbb_rings_stop(struct xbb_rings *rings, bool abandon, bool untold);
bool xbb_rings_abandon_left(struct xbb_rings *rings);
bool xbb_rings_finish_stop(struct xbb_rings *rings);
void xbb_rings_refuse(struct xbb_rings *rings);
bool xbb_rings_are_closed(const struct xbb_rings *rings);
void xbb_rings_destroy(struct xbb_rings *rings);

/**
 * xbb_rings_wake() - have all queues look again: what kept them has changed
 * @rings: running rings
 *
 * Context: Process; the device's lock is held, or a queue's thread.
 */
static inline void xbb_rings_wake(struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		xbb_queue_wake(rings->queues[i], XBB_WAKE_LOOK);
}

/**
 * xbb_rings_is_readonly() - may the guest not change its disk now?
 * @rings: rings with a disk, running or not
 *
 * Context: The device's lock is held, or a queue's thread.
 * Return: whether the toolstack or dom0 has said so.
 */
static inline bool xbb_rings_is_readonly(const struct xbb_rings *rings)
{
	return rings->readonly || xbb_bdev_is_readonly(rings->backing);
}

/**
 * xbb_rings_disk_has_changed() - is there anything to tell a connected guest?
 * @rings: rings with a disk
 *
 * Context: The device's lock is held, or a queue's thread.
 * Return: whether the disk is no longer what @limits says.
 */
static inline bool xbb_rings_disk_has_changed(const struct xbb_rings *rings)
{
	return xbb_bdev_sectors(rings->backing) !=
	       READ_ONCE(rings->limits.capacity) ||
	       xbb_rings_is_readonly(rings) !=
	       READ_ONCE(rings->limits.readonly);
}

#endif /* XBB_RINGS_H */
