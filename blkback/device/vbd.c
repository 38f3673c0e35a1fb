// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a vbd and its state machine. Whatever the frontend does,
 * in whatever order and however fast, each run of the work looks at how
 * things are now and makes one step towards how they should be.
 */
#include "vbd.h"
#include "disk/backing.h"
#include "conf.h"
#include "debugfs.h"
#include "ring/gate.h"
#include "knobs.h"
#include "params.h"
#include "orphan.h"
#include "ring/queue.h"
#include "roster.h"
#include "ring/xbb_trace.h"
#include "xenbus.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>

/* A guest that connects again and again gets a line now and then. */
#define XBB_LOG_INTERVAL	(60 * HZ)
#define XBB_LOG_BURST		10
/* From one second up to 64 until a device that failed may be tried again … */
#define XBB_RETRY_MAX_SHIFT	6
/* … and how long it has to behave to be treated as if it had not failed. */
#define XBB_RETRY_FORGOTTEN	(600 * HZ)
/* How long a frontend may take to close that has nothing to end. */
#define XBB_LEAVE_MAX		(2 * HZ)
/* How often to look whether a guest has noticed that its disk has gone. */
#define XBB_ORPHAN_LOOK		(HZ / 20)

static struct workqueue_struct *xbb_vbd_wq;
static DECLARE_WAIT_QUEUE_HEAD(xbb_vbd_gone);
static atomic_t xbb_vbd_count = ATOMIC_INIT(0);

/**
 * xbb_vbd_get() - keep a vbd's memory
 * @vbd: the vbd
 *
 * Context: Any.
 */
void xbb_vbd_get(struct xbb_vbd *vbd)
{
	refcount_inc(&vbd->refs);
}

/**
 * xbb_vbd_put() - let it go
 * @vbd: the vbd
 *
 * Context: Process.
 */
void xbb_vbd_put(struct xbb_vbd *vbd)
{
	bool holds_module;

	if (!refcount_dec_and_test(&vbd->refs))
		return;
	put_device(&vbd->xdev->dev);
	xbb_budget_put_domain(vbd->domain);
	holds_module = vbd->holds_module;
	kfree(vbd->stats);
	kfree(vbd);
	if (atomic_dec_and_test(&xbb_vbd_count))
		wake_up(&xbb_vbd_gone);
	if (holds_module)
		module_put(THIS_MODULE);
}

/**
 * xbb_vbd_init() - prepare what all vbds share
 *
 * Context: Process; module init.
 * Return: 0 or -ENOMEM.
 */
int xbb_vbd_init(void)
{
	xbb_vbd_wq = alloc_workqueue("xen-blkback", WQ_UNBOUND, 0);
	return xbb_vbd_wq ? 0 : -ENOMEM;
}

/**
 * xbb_vbd_exit() - wait for the last I/O of the last vbd
 *
 * A vbd that was unbound before keeps the module, so that unloading is refused
 * while a disk hangs; only those that are unbound by it are waited for.
 *
 * Context: Process; module exit, the driver is unregistered. May sleep.
 */
void xbb_vbd_exit(void)
{
	wait_event(xbb_vbd_gone, !atomic_read(&xbb_vbd_count));
	xbb_roster_exit();
	destroy_workqueue(xbb_vbd_wq);
}

/**
 * xbb_vbd_kick() - have the state machine look again
 * @vbd: the vbd
 *
 * Context: Any.
 */
void xbb_vbd_kick(struct xbb_vbd *vbd)
{
	mod_delayed_work(xbb_vbd_wq, &vbd->work, 0);
}

/**
 * xbb_vbd_kick_in() - have it look again later, if not before
 * @vbd: the vbd, whose lock is held
 * @delay: jiffies
 *
 * Context: Any.
 */
void xbb_vbd_kick_in(struct xbb_vbd *vbd, unsigned long delay)
{
	queue_delayed_work(xbb_vbd_wq, &vbd->work, delay);
}

/**
 * xbb_vbd_queue_drained() - a stopped queue has no I/O left
 * @vbd: its vbd
 *
 * Context: The queue's thread.
 */
void xbb_vbd_queue_drained(struct xbb_vbd *vbd)
{
	if (atomic_dec_and_test(&vbd->undrained))
		xbb_vbd_kick(vbd);
}

/**
 * xbb_vbd_queue_broken() - a queue was given impossible indices
 * @vbd: its vbd
 *
 * Context: The queue's thread.
 */
void xbb_vbd_queue_broken(struct xbb_vbd *vbd)
{
	WRITE_ONCE(vbd->queue_broken, true);
	xbb_vbd_kick(vbd);
}

/**
 * xbb_vbd_fail() - give up, and say why
 * @vbd: the vbd, still on the bus
 * @err: negative errno
 * @what: what was being done
 *
 * A guest that fails on purpose waits longer each time until it may try
 * again, so that it cannot keep us, or the log, busy.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_vbd_fail(struct xbb_vbd *vbd, int err, const char *what)
{
	if (time_after(jiffies, vbd->retry_at + XBB_RETRY_FORGOTTEN))
		vbd->failures = 0;
	vbd->retry_at = jiffies + (HZ << vbd->failures);
	if (vbd->failures < XBB_RETRY_MAX_SHIFT)
		vbd->failures++;
	vbd->failed = true;
	vbd->failed_at = xbb_xenbus_frontend_state(vbd);
	xbb_xenbus_fail(vbd, err, "%s", what);
}

/* After a failure the frontend has to begin anew before we try again. */
static void xbb_vbd_forgive(struct xbb_vbd *vbd, enum xenbus_state frontend)
{
	if (frontend == XenbusStateClosing || frontend == XenbusStateClosed ||
	    (frontend == XenbusStateInitialising &&
	     vbd->failed_at != XenbusStateInitialising))
		vbd->failed = false;
}

/**
 * xbb_vbd_must_wait() - is it too early to try again?
 * @vbd: the vbd; if so its work is run again in time
 *
 * Context: Process; the vbd's lock is held.
 * Return: whether something has failed a short time ago.
 */
bool xbb_vbd_must_wait(struct xbb_vbd *vbd)
{
	/* Read once: later it may be over, and the rest of it without end. */
	long rest = vbd->retry_at - jiffies;

	if (!vbd->failures || rest <= 0)
		return false;
	xbb_vbd_kick_in(vbd, rest);
	return true;
}

/* Also undoes half of a xbb_vbd_link_up(). Nothing of it is running. */
static void xbb_vbd_free_queues(struct xbb_vbd *vbd)
{
	unsigned int i;

	for (i = 0; i < vbd->nr_queues; i++)
		xbb_queue_destroy(vbd->queues[i]);
	kfree(vbd->queues);
	vbd->queues = NULL;
	vbd->nr_queues = 0;
	vbd->link = XBB_LINK_NONE;
}

static void xbb_vbd_start_drain(struct xbb_vbd *vbd, bool forsaken)
{
	unsigned int i;

	if (vbd->link != XBB_LINK_UP)
		return;

	/* An exchange of the disk can wait; a barrier must not. */
	xbb_gate_open(vbd, vbd);

	vbd->link = XBB_LINK_DRAINING;
	atomic_set(&vbd->undrained, vbd->nr_queues);
	for (i = 0; i < vbd->nr_queues; i++)
		xbb_queue_stop(vbd->queues[i], forsaken);
}

static bool xbb_vbd_finish_orphan(struct xbb_vbd *vbd)
{
	/* Rings may stay mapped; whoever has the disk next need not wait. */
	xbb_disk_give_up(vbd);
	if (!xbb_orphan_is_over(vbd)) {
		xbb_vbd_kick_in(vbd, XBB_ORPHAN_LOOK);
		return false;
	}
	xbb_vbd_free_queues(vbd);
	return true;
}

static bool xbb_vbd_finish_drain(struct xbb_vbd *vbd)
{
	if (atomic_read(&vbd->undrained))
		return false;

	/* The last xbb_req_done() may still be about to wake its thread. */
	synchronize_rcu();
	if (vbd->orphaned) {
		xbb_orphan_begin(vbd);
		return true;
	}
	xbb_vbd_free_queues(vbd);
	WRITE_ONCE(vbd->queue_broken, false);
	/* Whoever connects next reads everything anew. */
	vbd->rebound = false;
	return true;
}

static int xbb_vbd_create_queues(struct xbb_vbd *vbd,
				 const struct xbb_link_conf *conf)
{
	struct xbb_queue *queue;

	vbd->queues = kcalloc(conf->nr_queues, sizeof(*vbd->queues),
			      GFP_KERNEL);
	if (!vbd->queues)
		return -ENOMEM;

	while (vbd->nr_queues < conf->nr_queues) {
		queue = xbb_queue_create(vbd, vbd->nr_queues,
					 &conf->queues[vbd->nr_queues]);
		if (IS_ERR(queue))
			return PTR_ERR(queue);
		vbd->queues[vbd->nr_queues++] = queue;
	}
	return 0;
}

static void xbb_vbd_set_geometry(struct xbb_vbd *vbd,
				 const struct xbb_geometry *geometry)
{
	u32 block_sectors = geometry->block_size / XBB_SECTOR_SIZE;

	vbd->limits.capacity = geometry->sectors;
	vbd->limits.block_sectors = block_sectors;
	vbd->limits.discard = geometry->discard;
	vbd->limits.secure_erase = geometry->discard && geometry->secure_erase;
	vbd->policy.block_sectors = block_sectors;
}

static void xbb_vbd_link_up(struct xbb_vbd *vbd)
{
	struct xbb_geometry geometry;
	struct xbb_link_conf conf;
	unsigned int i;
	int err;

	err = xbb_conf_read_link(vbd, &conf);
	if (err)
		return xbb_vbd_fail(vbd, err, "reading the frontend's rings");

	xbb_disk_follow_readonly(vbd);
	xbb_backing_geometry(vbd->backing, &geometry);
	geometry.discard &= xbb_conf_wants_discard(vbd);
	xbb_vbd_set_geometry(vbd, &geometry);
	vbd->policy.persistent = conf.persistent;
	err = xbb_vbd_create_queues(vbd, &conf);
	if (err) {
		xbb_vbd_fail(vbd, err, "attaching to the frontend's rings");
		goto out_free;
	}
	err = xbb_xenbus_publish_disk(vbd, &geometry);
	if (err) {
		xbb_vbd_fail(vbd, err, "publishing the disk");
		goto out_free;
	}

	vbd->link = XBB_LINK_UP;
	for (i = 0; i < vbd->nr_queues; i++)
		xbb_queue_run(vbd->queues[i]);
	if (__ratelimit(&vbd->log))
		dev_info(&vbd->xdev->dev,
			 "connected: %u queue(s) of %u page(s), %s%s\n",
			 vbd->nr_queues, conf.queues[0].nr_pages,
			 conf.queues[0].layout->name,
			 conf.persistent ? ", persistent grants" : "");
	xbb_xenbus_switch(vbd, XenbusStateConnected);
out_free:
	if (vbd->link != XBB_LINK_UP)
		xbb_vbd_free_queues(vbd);
	xbb_conf_free_link(&conf);
}

static void xbb_vbd_frontend_ready(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP) {
		/* It was closing, and has begun anew without an end. */
		if (vbd->xdev->state == XenbusStateClosing)
			xbb_vbd_start_drain(vbd, true);
		return;
	}
	if (vbd->backing && !vbd->failed && !vbd->leaving &&
	    !xbb_vbd_must_wait(vbd) &&
	    !xbb_roster_has_predecessor(vbd) && xbb_disk_settle(vbd))
		xbb_vbd_link_up(vbd);
}

/*
 * The frontend begins anew; whatever was there before is over. It may have
 * been too fast for us to see it closed.
 */
static void xbb_vbd_frontend_starts(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP)
		xbb_vbd_start_drain(vbd, true);
	else if (!vbd->failed && vbd->xdev->state != XenbusStateInitWait)
		xbb_xenbus_switch(vbd, XenbusStateInitWait);
}

/*
 * The disk is taken away from a frontend that has not connected. One that lives
 * closes within a moment, and must be let: it would write into the directory of
 * the next device. Without a driver, or in its boot loader, a guest never does.
 */
static bool xbb_vbd_is_left(struct xbb_vbd *vbd)
{
	long rest;

	/* A former driver may still have writes on their way to the disk. */
	if (!xbb_xenbus_is_detached(vbd) || xbb_roster_has_predecessor(vbd)) {
		vbd->leaving = false;
		return false;
	}
	if (!vbd->leaving) {
		vbd->leaving = true;
		vbd->leave_end = jiffies + XBB_LEAVE_MAX;
	}
	rest = vbd->leave_end - jiffies;
	if (rest > 0)
		xbb_vbd_kick_in(vbd, rest);
	return rest <= 0;
}

static void xbb_vbd_retire(struct xbb_vbd *vbd)
{
	WRITE_ONCE(vbd->retire, true);
	xbb_xenbus_close(vbd);
}

/* The frontend has closed. It may come back, unless the disk is detached. */
static void xbb_vbd_frontend_closed(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP) {
		xbb_vbd_start_drain(vbd, true);
		return;
	}
	if (xbb_xenbus_is_online(vbd))
		xbb_xenbus_switch(vbd, XenbusStateClosed);
	else
		xbb_vbd_retire(vbd);
}

static void xbb_vbd_follow(struct xbb_vbd *vbd)
{
	enum xenbus_state frontend = xbb_xenbus_frontend_state(vbd);

	/* What stands in xenstore is not about us; xenwatch will remove us. */
	if (xbb_xenbus_is_replaced(vbd))
		return;
	trace_xbb_state(vbd, frontend);
	if (vbd->link == XBB_LINK_NONE && xbb_vbd_is_left(vbd)) {
		xbb_vbd_retire(vbd);
		return;
	}
	xbb_vbd_forgive(vbd, frontend);
	xbb_disk_follow(vbd);
	if (vbd->link == XBB_LINK_UP)
		xbb_disk_check(vbd);
	/* dom0 may write to the disk until the frontend is ready again. */
	if (frontend != XenbusStateInitialised &&
	    frontend != XenbusStateConnected)
		vbd->disk.settled = false;

	switch (frontend) {
	case XenbusStateInitialising:
		xbb_vbd_frontend_starts(vbd);
		break;
	case XenbusStateInitialised:
	case XenbusStateConnected:
		xbb_vbd_frontend_ready(vbd);
		break;
	case XenbusStateClosing:
		/* It may still write; we serve on. */
		xbb_xenbus_switch(vbd, XenbusStateClosing);
		break;
	case XenbusStateClosed:
		xbb_vbd_frontend_closed(vbd);
		break;
	default:
		break;
	}
}

/* Returns whether the vbd is to be freed. */
static bool xbb_vbd_step(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP && READ_ONCE(vbd->queue_broken)) {
		if (!xbb_xenbus_is_replaced(vbd))
			xbb_vbd_fail(vbd, -EPROTO, "frontend broke its ring");
		xbb_vbd_start_drain(vbd, true);
	}
	if (vbd->link == XBB_LINK_DRAINING && !xbb_vbd_finish_drain(vbd))
		return false;
	if (vbd->link == XBB_LINK_ORPHAN && !xbb_vbd_finish_orphan(vbd))
		return false;
	if (!vbd->removed) {
		xbb_vbd_follow(vbd);
		return false;
	}
	/* Everyone who kicks has gone; a kick of theirs may be left. */
	return !xbb_disk_is_busy(vbd) && !delayed_work_pending(&vbd->work);
}

static void xbb_vbd_work(struct work_struct *work)
{
	struct xbb_vbd *vbd = container_of(to_delayed_work(work),
					   struct xbb_vbd, work);
	bool over;

	mutex_lock(&vbd->lock);
	over = xbb_vbd_step(vbd);
	mutex_unlock(&vbd->lock);
	if (!over)
		return;
	xbb_disk_close(vbd);
	xbb_roster_remove(vbd);
	xbb_vbd_put(vbd);
}

/**
 * xbb_vbd_create() - make a vbd for a new device
 * @xdev: the device
 *
 * Context: Process; xenwatch. May sleep.
 * Return: the vbd or NULL.
 */
struct xbb_vbd *xbb_vbd_create(struct xenbus_device *xdev)
{
	struct xbb_vbd *vbd = kzalloc(sizeof(*vbd), GFP_KERNEL);

	if (!vbd)
		return NULL;

	vbd->xdev = xdev;
	vbd->otherend = xdev->otherend_id;
	vbd->max_queues = xbb_param_max_queues();
	vbd->max_order = xbb_param_max_order();
	xbb_conf_read_former(vbd);
	xbb_conf_read_name(vbd);
	vbd->stats = kcalloc(vbd->max_queues, sizeof(*vbd->stats), GFP_KERNEL);
	vbd->domain = xbb_budget_get_domain(vbd->otherend);
	if (!vbd->stats || !vbd->domain) {
		if (vbd->domain)
			xbb_budget_put_domain(vbd->domain);
		kfree(vbd->stats);
		kfree(vbd);
		return NULL;
	}
	get_device(&xdev->dev);
	refcount_set(&vbd->refs, 1);
	xbb_gate_init(&vbd->gate);
	xbb_qos_init(&vbd->qos);
	xbb_budget_init(&vbd->budget);
	xbb_disk_init(vbd, xbb_vbd_wq);
	vbd->policy.copy_segs = XBB_COPY_SEGS_DEFAULT;
	mutex_init(&vbd->lock);
	ratelimit_state_init(&vbd->log, XBB_LOG_INTERVAL, XBB_LOG_BURST);
	ratelimit_set_flags(&vbd->log, RATELIMIT_MSG_ON_RELEASE);
	INIT_DELAYED_WORK(&vbd->work, xbb_vbd_work);
	atomic_inc(&xbb_vbd_count);
	xbb_roster_add(vbd);
	xbb_debugfs_add(vbd);
	return vbd;
}

static enum xenbus_state xbb_vbd_last_state(const struct xbb_vbd *vbd)
{
	if (!vbd->xdev->otherend)
		return XenbusStateUnknown;
	return xbb_xenbus_frontend_state(vbd);
}

static bool xbb_vbd_is_over(enum xenbus_state frontend)
{
	return frontend == XenbusStateUnknown || frontend == XenbusStateClosed;
}

/**
 * xbb_vbd_remove() - the device leaves the bus
 * @vbd: the vbd; nobody will kick it any more, and it frees itself
 *
 * Returns without waiting for I/O. A frontend that is still there may be
 * served on by the next driver, so all that was taken from it is answered.
 * One whose directory has gone without its doing is refused everything until
 * its guest has noticed.
 *
 * Context: Process; xenwatch or whoever unbinds the driver. May sleep.
 */
void xbb_vbd_remove(struct xbb_vbd *vbd)
{
	enum xenbus_state frontend = xbb_vbd_last_state(vbd);

	xbb_roster_set_unkickable(vbd);
	xbb_debugfs_remove(vbd);
	xbb_knobs_set_latency(vbd, false);
	xbb_vbd_get(vbd);
	mutex_lock(&vbd->lock);
	vbd->removed = true;
	vbd->holds_module = try_module_get(THIS_MODULE);
	if (xbb_xenbus_is_replaced(vbd)) {
		vbd->orphaned = true;
	} else if (frontend == XenbusStateUnknown) {
		vbd->orphaned = true;
		/* The bus then says Closed, which a toolstack waits for. */
		xbb_xenbus_switch(vbd, XenbusStateClosing);
	}
	xbb_vbd_start_drain(vbd, vbd->orphaned || xbb_vbd_is_over(frontend));
	xbb_vbd_kick(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
}

/**
 * xbb_vbd_squeeze() - the system is short of memory
 * @vbd: the vbd
 *
 * Context: Process, perhaps in reclaim; does not wait for the lock.
 */
void xbb_vbd_squeeze(struct xbb_vbd *vbd)
{
	unsigned int i;

	if (!mutex_trylock(&vbd->lock))
		return;
	if (vbd->link == XBB_LINK_UP)
		for (i = 0; i < vbd->nr_queues; i++)
			xbb_queue_squeeze(vbd->queues[i]);
	mutex_unlock(&vbd->lock);
}
