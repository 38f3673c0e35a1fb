// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a vbd and its state machine. Whatever the frontend does,
 * in whatever order and however fast, each run of the work looks at how
 * things are now and makes one step towards how they should be.
 */
#include "vbd.h"
#include "debugfs.h"
#include "disk/backing.h"
#include "frontend.h"
#include "life.h"
#include "params.h"
#include "ring/queue.h"
#include "ring/stats.h"
#include "ring/xbb_trace.h"
#include "roster.h"
#include "sysfs.h"
#include "toolstack.h"
#include "xenstore.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

/* A guest that connects again and again gets a line now and then. */
#define XBB_LOG_INTERVAL	(60 * HZ)
#define XBB_LOG_BURST		10
/* How long a guest has to notice that its disk was taken away by force … */
#define XBB_ORPHAN_MAX		(30 * HZ)
/* … and how often to look whether it has. */
#define XBB_ORPHAN_LOOK		(HZ / 20)

static struct workqueue_struct *xbb_vbd_wq;
static DECLARE_WAIT_QUEUE_HEAD(xbb_vbd_gone);
static atomic_t xbb_vbd_count = ATOMIC_INIT(0);

static void xbb_vbd_put(struct xbb_vbd *vbd)
{
	bool holds_module;

	if (!refcount_dec_and_test(&vbd->refs))
		return;
	put_device(&vbd->xdev->dev);
	xbb_budget_put_domain(vbd->rings.domain);
	holds_module = vbd->holds_module;
	kfree(vbd->rings.stats);
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

static struct xbb_vbd *xbb_vbd_of(struct xbb_rings *rings)
{
	return container_of(rings, struct xbb_vbd, rings);
}

/* Whatever it is that rings tell, the state machine looks for itself. */
static void xbb_vbd_look(struct xbb_rings *rings)
{
	xbb_vbd_schedule(xbb_vbd_of(rings));
}

static const struct xbb_rings_ops xbb_vbd_rings_ops = {
	.drained = xbb_vbd_look,
	.broken = xbb_vbd_look,
	.look = xbb_vbd_look,
};

/* What the opener was asked to do is done. */
static void xbb_vbd_opened(struct xbb_opener *opener)
{
	struct xbb_vbd *vbd = container_of(opener, struct xbb_vbd, disk.opener);

	mutex_lock(&vbd->lock);
	xbb_disk_opened(vbd);
	/* Under the lock: a vbd that is removed goes after its last run. */
	xbb_vbd_schedule(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
}

/* Also undoes half of a xbb_vbd_link_up(). Nothing of it is running. */
static void xbb_vbd_free_rings(struct xbb_vbd *vbd)
{
	xbb_rings_destroy(&vbd->rings);
	vbd->link = XBB_LINK_NONE;
}

static void xbb_vbd_start_drain(struct xbb_vbd *vbd, bool abandon)
{
	if (vbd->link != XBB_LINK_UP)
		return;
	vbd->link = XBB_LINK_DRAINING;
	xbb_rings_stop(&vbd->rings, abandon);
}

/* Returns whether the rings of a guest whose disk has gone are free. */
static bool xbb_vbd_finish_orphan(struct xbb_vbd *vbd)
{
	/* Rings may stay mapped; whoever has the disk next need not wait. */
	xbb_disk_give_up(vbd);
	if (!xbb_rings_are_closed(&vbd->rings) &&
	    time_before(jiffies, vbd->orphan_end)) {
		xbb_vbd_schedule_in(vbd, XBB_ORPHAN_LOOK);
		return false;
	}
	xbb_vbd_free_rings(vbd);
	return true;
}

/* Returns whether all I/O is over. */
static bool xbb_vbd_finish_drain(struct xbb_vbd *vbd)
{
	if (!xbb_rings_finish_stop(&vbd->rings))
		return false;
	if (vbd->orphaned) {
		vbd->link = XBB_LINK_ORPHAN;
		vbd->orphan_end = jiffies + XBB_ORPHAN_MAX;
		xbb_rings_refuse(&vbd->rings);
		return true;
	}
	xbb_vbd_free_rings(vbd);
	WRITE_ONCE(vbd->rings.broken, false);
	/* Whoever connects next reads everything anew. */
	vbd->rebound = false;
	return true;
}

static void xbb_vbd_set_geometry(struct xbb_vbd *vbd,
				 const struct xbb_geometry *geometry)
{
	u32 block_sectors = geometry->block_size / XBB_SECTOR_SIZE;
	struct xbb_limits *limits = &vbd->rings.limits;

	limits->capacity = geometry->sectors;
	limits->block_sectors = block_sectors;
	limits->discard = geometry->discard;
	limits->secure_erase = geometry->discard && geometry->secure_erase;
	vbd->rings.policy.block_sectors = block_sectors;
}

static void xbb_vbd_log_link(struct xbb_vbd *vbd,
			     const struct xbb_frontend *frontend)
{
	const struct xbb_queue_conf *first = &frontend->queues[0];

	if (__ratelimit(&vbd->log))
		dev_info(&vbd->xdev->dev,
			 "connected: %u queue(s) of %u page(s), %s%s\n",
			 frontend->nr_queues, first->nr_pages,
			 first->layout->name,
			 frontend->persistent ? ", persistent grants" : "");
}

/* Attaches to the rings and tells the frontend what the disk is like. */
static int xbb_vbd_attach(struct xbb_vbd *vbd,
			  const struct xbb_frontend *frontend,
			  const struct xbb_geometry *geometry)
{
	int err;

	xbb_vbd_set_geometry(vbd, geometry);
	vbd->rings.policy.persistent = frontend->persistent;
	err = xbb_rings_create(&vbd->rings, frontend->nr_queues,
			       frontend->queues);
	if (err) {
		xbb_life_fail(vbd, err, "attaching to the frontend's rings");
		return err;
	}
	err = xbb_xenstore_publish_disk(vbd, geometry);
	if (err)
		xbb_life_fail(vbd, err, "publishing the disk");
	return err;
}

static void xbb_vbd_link_up(struct xbb_vbd *vbd)
{
	struct xbb_geometry geometry;
	struct xbb_frontend frontend;
	int err;

	err = xbb_frontend_read(vbd, &frontend);
	if (err)
		return xbb_life_fail(vbd, err, "reading the frontend's rings");

	xbb_disk_follow_readonly(vbd);
	xbb_backing_geometry(vbd->rings.backing, &geometry);
	geometry.discard &= xbb_toolstack_wants_discard(vbd);
	if (xbb_vbd_attach(vbd, &frontend, &geometry)) {
		xbb_vbd_free_rings(vbd);
	} else {
		vbd->link = XBB_LINK_UP;
		xbb_rings_run(&vbd->rings);
		xbb_vbd_log_link(vbd, &frontend);
		xbb_xenstore_switch(vbd, XenbusStateConnected);
	}
	xbb_frontend_free(&frontend);
}

static void xbb_vbd_frontend_ready(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP) {
		/* It was closing, and has begun anew without an end. */
		if (vbd->xdev->state == XenbusStateClosing)
			xbb_vbd_start_drain(vbd, true);
		return;
	}
	if (vbd->rings.backing && !vbd->failed && !vbd->leaving &&
	    xbb_life_may_try(vbd) && !xbb_roster_has_predecessor(vbd) &&
	    xbb_disk_sync(vbd))
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
		xbb_xenstore_switch(vbd, XenbusStateInitWait);
}

static void xbb_vbd_retire(struct xbb_vbd *vbd)
{
	WRITE_ONCE(vbd->retire, true);
	xbb_xenstore_close(vbd);
}

/* The frontend has closed. It may come back, unless the disk is detached. */
static void xbb_vbd_frontend_closed(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP) {
		xbb_vbd_start_drain(vbd, true);
		return;
	}
	if (xbb_xenstore_is_online(vbd))
		xbb_xenstore_switch(vbd, XenbusStateClosed);
	else
		xbb_vbd_retire(vbd);
}

static void xbb_vbd_follow_frontend(struct xbb_vbd *vbd,
				    enum xenbus_state frontend)
{
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
		xbb_xenstore_switch(vbd, XenbusStateClosing);
		break;
	case XenbusStateClosed:
		xbb_vbd_frontend_closed(vbd);
		break;
	default:
		break;
	}
}

static void xbb_vbd_follow(struct xbb_vbd *vbd)
{
	enum xenbus_state frontend = xbb_xenstore_frontend_state(vbd);

	/* What stands in xenstore is not about us; xenwatch will remove us. */
	if (xbb_xenstore_is_replaced(vbd))
		return;
	trace_xbb_state(vbd->rings.name, frontend, vbd->xdev->state,
			vbd->link);
	if (vbd->link == XBB_LINK_NONE && xbb_life_leave(vbd)) {
		xbb_vbd_retire(vbd);
		return;
	}
	xbb_life_forgive(vbd, frontend);
	xbb_disk_follow(vbd);
	if (vbd->link == XBB_LINK_UP)
		xbb_disk_check(vbd);
	/* dom0 may write to the disk until the frontend is ready again. */
	if (frontend != XenbusStateInitialised &&
	    frontend != XenbusStateConnected)
		xbb_disk_forget_sync(vbd);
	xbb_vbd_follow_frontend(vbd, frontend);
}

/* Returns whether the vbd is to be freed. */
static bool xbb_vbd_step(struct xbb_vbd *vbd)
{
	if (vbd->link == XBB_LINK_UP && READ_ONCE(vbd->rings.broken)) {
		if (!xbb_xenstore_is_replaced(vbd))
			xbb_life_fail(vbd, -EPROTO, "frontend broke its ring");
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
	/* Everyone who schedules it has gone; a run may be left. */
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

/* Everything that rings are lent, but for the disk. */
static int xbb_vbd_init_rings(struct xbb_vbd *vbd)
{
	struct xbb_rings *rings = &vbd->rings;

	rings->ops = &xbb_vbd_rings_ops;
	rings->xdev = vbd->xdev;
	rings->otherend = vbd->xdev->otherend_id;
	xbb_toolstack_read_name(vbd);
	rings->stats = kcalloc(vbd->max_queues, sizeof(*rings->stats),
			       GFP_KERNEL);
	if (!rings->stats)
		return -ENOMEM;
	rings->domain = xbb_budget_get_domain(rings->otherend);
	if (!rings->domain) {
		kfree(rings->stats);
		return -ENOMEM;
	}
	xbb_freeze_init(&rings->freeze);
	xbb_qos_init(&rings->qos);
	xbb_budget_init(&rings->budget);
	rings->policy.copy_segs = XBB_COPY_SEGS_DEFAULT;
	return 0;
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
	vbd->wq = xbb_vbd_wq;
	vbd->max_queues = xbb_param_max_queues();
	vbd->max_order = xbb_param_max_order();
	xbb_toolstack_read_former(vbd);
	if (xbb_vbd_init_rings(vbd)) {
		kfree(vbd);
		return NULL;
	}
	get_device(&xdev->dev);
	refcount_set(&vbd->refs, 1);
	xbb_disk_init(vbd, xbb_vbd_wq, xbb_vbd_opened);
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
	return xbb_xenstore_frontend_state(vbd);
}

static bool xbb_vbd_is_over(enum xenbus_state frontend)
{
	return frontend == XenbusStateUnknown || frontend == XenbusStateClosed;
}

/**
 * xbb_vbd_remove() - the device leaves the bus
 * @vbd: the vbd; nobody will schedule it any more, and it frees itself
 *
 * Returns without waiting for I/O. A frontend that is still there may be
 * served on by the next driver, so all that was taken is responded to.
 * One whose directory has gone without its doing is refused everything until
 * its guest has noticed.
 *
 * Context: Process; xenwatch or whoever unbinds the driver. May sleep.
 */
void xbb_vbd_remove(struct xbb_vbd *vbd)
{
	enum xenbus_state frontend = xbb_vbd_last_state(vbd);

	xbb_roster_withdraw(vbd);
	xbb_debugfs_remove(vbd);
	xbb_sysfs_set_latency(vbd, false);
	xbb_vbd_hold(vbd);
	mutex_lock(&vbd->lock);
	vbd->removed = true;
	vbd->holds_module = try_module_get(THIS_MODULE);
	if (xbb_xenstore_is_replaced(vbd)) {
		vbd->orphaned = true;
	} else if (frontend == XenbusStateUnknown) {
		vbd->orphaned = true;
		/* The bus then says Closed, which a toolstack waits for. */
		xbb_xenstore_switch(vbd, XenbusStateClosing);
	}
	xbb_vbd_start_drain(vbd, vbd->orphaned || xbb_vbd_is_over(frontend));
	xbb_vbd_schedule(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
}

/**
 * xbb_vbd_shrink() - the system is short of memory
 * @vbd: the vbd
 *
 * Context: Process, perhaps in reclaim; does not wait for the lock.
 */
void xbb_vbd_shrink(struct xbb_vbd *vbd)
{
	if (!mutex_trylock(&vbd->lock))
		return;
	if (vbd->link == XBB_LINK_UP)
		xbb_rings_shrink(&vbd->rings);
	mutex_unlock(&vbd->lock);
}
