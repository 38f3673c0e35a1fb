/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual disk: the device on the bus, its queues and the state machine
 * between frontend, toolstack and disk. What happens next is decided by its
 * life (backend/life.h), how it is done is here.
 *
 * The state machine runs in a work of the vbd's own, never in the thread that
 * delivers xenstore watches: one disk that hangs holds up nobody else. It
 * never waits for I/O either, nor for a disk to open; it is scheduled again
 * when something happens.
 */
#ifndef XBB_VBD_H
#define XBB_VBD_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <xen/xenbus.h>

#include "backend/life.h"
#include "disk.h"
#include "knobs.h"
#include "ring/rings.h"
#include "toolstack.h"

struct dentry;

/**
 * struct xbb_vbd - a virtual disk
 */
struct xbb_vbd {
	/** @rings: its rings, and what they are lent of it */
	struct xbb_rings rings;
	/** @refs: the vbd's work, and whoever else still needs the memory */
	refcount_t refs;
	/** @entry: in the roster, guarded by its lock */
	struct list_head entry;
	/** @schedulable: other vbds may schedule it; guarded likewise */
	bool schedulable;
	/** @io_diskseq: the disk that it has I/O on, 0 if none; likewise */
	u64 io_diskseq;
	/**
	 * @io_disowned: how often it was seen that its guest, or its device,
	 * has gone, since the guest was there; likewise
	 */
	unsigned int io_disowned;
	/** @waits_for: a disk that such a one has I/O on, or 0; likewise */
	u64 waits_for;
	/** @former: what a frontend goes by that is or was served */
	struct xbb_former former;
	/** @latency_stats: somebody wants to know latencies */
	bool latency_stats;
	/** @debugfs: its directory there */
	struct dentry *debugfs;
	/** @xdev: the device; we hold a reference */
	struct xenbus_device *xdev;
	/** @wq: where @work runs */
	struct workqueue_struct *wq;
	/** @work: runs the state machine */
	struct delayed_work work;
	/** @end: after its last run, where disks may be waited for */
	struct work_struct end;
	/** @watch: on our own directory in xenstore */
	struct xenbus_watch watch;
	/** @log: bounds what the frontend can make us say */
	struct ratelimit_state log;
	/** @knobs: keys of xenstore that set something */
	struct xgh_keys knobs;
	/** @knobs_turned: queues are to look at @knobs again; anyone sets */
	bool knobs_turned;
	/** @max_queues: most queues that a frontend may ask for */
	unsigned int max_queues;
	/** @max_order: log2 of the most pages of a ring */
	unsigned int max_order;

	/** @lock: guards what follows */
	struct mutex lock;
	/** @life: what the vbd makes of frontend and toolstack */
	struct xgh_life life;
	/** @said_wait: the log says that it waits for a former guest's I/O */
	bool said_wait;
	/** @holds_module: it keeps the module loaded until it has gone */
	bool holds_module;
	/** @disk: how its disk got, or gets, there */
	struct xbb_disk disk;
	/** @devnum: the disk's number */
	dev_t devnum;
};

int xbb_vbd_init(void);
void xbb_vbd_exit(void);

struct xbb_vbd *xbb_vbd_create(struct xenbus_device *xdev);
void xbb_vbd_start(struct xbb_vbd *vbd);
void xbb_vbd_remove(struct xbb_vbd *vbd);
void xbb_vbd_shrink(struct xbb_vbd *vbd);

/**
 * xbb_vbd_hold() - keep a vbd's memory
 * @vbd: the vbd
 *
 * Context: Any.
 */
static inline void xbb_vbd_hold(struct xbb_vbd *vbd)
{
	refcount_inc(&vbd->refs);
}

/**
 * xbb_vbd_schedule() - have the state machine look again
 * @vbd: the vbd
 *
 * Context: Any.
 */
static inline void xbb_vbd_schedule(struct xbb_vbd *vbd)
{
	mod_delayed_work(vbd->wq, &vbd->work, 0);
}

/**
 * xbb_vbd_schedule_in() - have it look again later, if not before
 * @vbd: the vbd, whose lock is held
 * @delay: jiffies
 *
 * Context: Any.
 */
static inline void xbb_vbd_schedule_in(struct xbb_vbd *vbd,
				       unsigned long delay)
{
	queue_delayed_work(vbd->wq, &vbd->work, delay);
}

/**
 * xbb_vbd_is_closing() - is this no time to look for a disk?
 * @vbd: the vbd
 *
 * Context: Process; the vbd's lock is held.
 * Return: whether we have closed, or failed.
 */
static inline bool xbb_vbd_is_closing(const struct xbb_vbd *vbd)
{
	return vbd->xdev->state == XenbusStateClosing ||
	       vbd->xdev->state == XenbusStateClosed;
}

#endif /* XBB_VBD_H */
