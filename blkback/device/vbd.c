// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a vbd and its state machine. Whatever the frontend does,
 * in whatever order and however fast, each run of the work looks at how
 * things are now and makes one step towards how they should be.
 */
#include "vbd.h"
#include "backend/log.h"
#include "backend/xenstore.h"
#include "debugfs.h"
#include "disk/bdev.h"
#include "frontend.h"
#include "params.h"
#include "publish.h"
#include "ring/queue.h"
#include "ring/stats.h"
#include "ring/xbb_trace.h"
#include "roster.h"
#include "sysfs.h"
#include "toolstack.h"

#include "gnttab-helpers/domain.h"

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/wait.h>

/*
 * A frontend may write until it has closed, so rings are served until then. A
 * disk that cannot be opened is no better for a frontend that begins anew. A
 * guest that is not told of the removal waits for its requests. When we have
 * closed, scripts take the disk apart, or another guest gets it.
 */
static const struct xgh_life_traits xbb_vbd_traits = {
	.serves_closing = true,
	.orphans = true,
	.ends_first = true,
};

static struct workqueue_struct *xbb_vbd_wq;
/* Where disks are waited for: many that hang hold up no state machine. */
static struct workqueue_struct *xbb_vbd_disk_wq;
static DECLARE_WAIT_QUEUE_HEAD(xbb_vbd_gone);
static atomic_t xbb_vbd_count = ATOMIC_INIT(0);

static void xbb_vbd_put(struct xbb_vbd *vbd)
{
	bool holds_module;

	if (!refcount_dec_and_test(&vbd->refs))
		return;
	put_device(&vbd->xdev->dev);
	xgh_domain_put(vbd->rings.domain);
	xbb_owner_release(&vbd->rings.owner);
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
	if (!xbb_vbd_wq)
		return -ENOMEM;
	xbb_vbd_disk_wq = alloc_workqueue("xen-blkback-disk", WQ_UNBOUND,
					  WQ_MAX_ACTIVE);
	if (xbb_vbd_disk_wq)
		return 0;
	destroy_workqueue(xbb_vbd_wq);
	return -ENOMEM;
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
	destroy_workqueue(xbb_vbd_disk_wq);
	destroy_workqueue(xbb_vbd_wq);
}

static void xbb_vbd_schedule_rings(struct xbb_rings *rings)
{
	xbb_vbd_schedule(container_of(rings, struct xbb_vbd, rings));
}

/* What the waiter was asked to do is done. */
static void xbb_vbd_opened(struct xbb_waiter *waiter)
{
	struct xbb_vbd *vbd = container_of(waiter, struct xbb_vbd, disk.waiter);

	mutex_lock(&vbd->lock);
	xbb_disk_opened(vbd);
	/* Under the lock: a vbd that is removed goes after its last run. */
	xbb_vbd_schedule(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
}

/* A disk that it had is closed. */
static void xbb_vbd_closed(void *owner)
{
	struct xbb_vbd *vbd = owner;

	mutex_lock(&vbd->lock);
	vbd->disk.nr_closing--;
	/* One that has left the bus with its disk may be over. */
	if (!xgh_life_is_removed(&vbd->life) || !vbd->rings.backing)
		xbb_vbd_schedule(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
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
	vbd->rings.policy.block_sectors =
		geometry->memory_unit / XBB_SECTOR_SIZE;
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
	/* Who makes it leave waits; the next driver may have better luck. */
	if (err && err != -ESHUTDOWN)
		xgh_xenstore_fail_for_now(vbd->xdev, &vbd->life, err,
					  "attaching to the frontend's rings");
	if (err)
		return err;
	err = xbb_publish_disk(vbd, geometry);
	if (err)
		xgh_xenstore_fail_for_now(vbd->xdev, &vbd->life, err,
					  "publishing the disk");
	return err;
}

static int xbb_vbd_connect(struct xbb_vbd *vbd,
			   const struct xbb_frontend *frontend)
{
	struct xbb_geometry geometry;

	xbb_disk_follow_readonly(vbd);
	xbb_bdev_geometry(vbd->rings.backing, &geometry);
	xbb_toolstack_note_told(vbd, &geometry);
	geometry.discard &= xbb_toolstack_wants_discard(vbd);
	return xbb_vbd_attach(vbd, frontend, &geometry);
}

static void xbb_vbd_link_up(struct xbb_vbd *vbd)
{
	struct xbb_frontend frontend;
	int err;

	err = xbb_disk_use(vbd);
	if (err) {
		xgh_xenstore_fail_for_now(vbd->xdev, &vbd->life, err,
					  "writing back what was cached of the disk");
		return;
	}
	err = xbb_frontend_read(vbd, &frontend);
	if (err) {
		xgh_xenstore_fail_reading(vbd->xdev, &vbd->life, err,
					  frontend.wrong);
		return;
	}
	if (xbb_vbd_connect(vbd, &frontend)) {
		xbb_rings_destroy(&vbd->rings);
	} else {
		xbb_disk_begin_io(vbd);
		xbb_rings_run(&vbd->rings);
		xbb_vbd_log_link(vbd, &frontend);
		xgh_life_up(&vbd->life);
	}
	xbb_frontend_free(&frontend);
}

/* How often to look whether a guest still waits for responses. */
#define XBB_VBD_OWED_LOOK	HZ

/* Responses are owed to whoever may serve the rings after us, if anybody. */
static bool xbb_vbd_owes(const struct xbb_vbd *vbd)
{
	enum xgh_end end = vbd->life.end;

	return end == XGH_END_HANDED_OVER || end == XGH_END_CLOSING;
}

static void xbb_vbd_drain(struct xbb_vbd *vbd)
{
	xbb_rings_stop(&vbd->rings, !xbb_vbd_owes(vbd), vbd->life.untold);
	/* A thread may take what is there before it sees that it is to stop. */
	xbb_disk_forget_flush(vbd);
}

/*
 * A guest may go before it has them, or go on with other rings, and nobody
 * tells a vbd that has left the bus. Returns in how many jiffies to look again.
 */
static unsigned long xbb_vbd_follow_owed(struct xbb_vbd *vbd)
{
	if (vbd->life.link != XGH_LINK_DRAINING || !xbb_vbd_owes(vbd))
		return XGH_LIFE_NEVER;
	return xbb_rings_abandon_left(&vbd->rings) ? XGH_LIFE_NEVER :
						     XBB_VBD_OWED_LOOK;
}

/* Whoever connects next reads everything anew. */
static void xbb_vbd_free_rings(struct xbb_vbd *vbd)
{
	xbb_roster_end_io(vbd);
	xbb_rings_destroy(&vbd->rings);
	WRITE_ONCE(vbd->rings.broken, false);
	vbd->rings.readonly = !vbd->disk.active.write;
	vbd->former.connected = false;
}

/* Says once that a vbd waits, and why. */
static void xbb_vbd_say_wait(struct xbb_vbd *vbd, bool waits)
{
	if (waits && !vbd->said_wait)
		xgh_xenstore_error(vbd->xdev, -EBUSY,
				   "waiting for I/O of a guest that is gone");
	vbd->said_wait = waits;
}

/*
 * The disk, unless what a former guest has begun may still change it; then it
 * is said that the vbd waits.
 */
static enum xgh_resource xbb_vbd_resource(struct xbb_vbd *vbd)
{
	enum xgh_resource resource = xbb_disk_resource(vbd);
	bool waits;

	if (vbd->life.link != XGH_LINK_DOWN || resource == XGH_RESOURCE_NONE ||
	    xgh_life_is_removed(&vbd->life))
		return resource;
	if (READ_ONCE(vbd->rings.leaving))
		return XGH_RESOURCE_NONE;
	waits = xbb_roster_must_wait(vbd,
				     xbb_bdev_diskseq(vbd->rings.backing));
	xbb_vbd_say_wait(vbd, waits);
	return waits ? XGH_RESOURCE_NONE : resource;
}

/*
 * Everything that counts but the disk, each looked at once. Rings that have
 * drained are waited for, for a moment.
 */
static void xbb_vbd_look(struct xbb_vbd *vbd, struct xgh_life_view *view)
{
	const struct xgh_life *life = &vbd->life;
	struct xbb_rings *rings = &vbd->rings;

	xgh_xenstore_look(vbd->xdev, life, view);
	view->broken = READ_ONCE(rings->broken);
	view->drained = life->link == XGH_LINK_DRAINING &&
			xbb_rings_finish_stop(rings);
	view->noticed = life->link == XGH_LINK_ORPHAN &&
			xbb_rings_are_closed(rings);
	view->predecessor = life->link == XGH_LINK_DOWN &&
			    xbb_roster_has_predecessor(vbd);
	view->plugged = true;
	trace_xbb_state(rings->name, view->frontend, view->own, life->link);
}

/* Who turns a knob has the work run; queues that start see it anyway. */
static void xbb_vbd_pass_on_knobs(struct xbb_vbd *vbd)
{
	if (xchg(&vbd->knobs_turned, false) && xgh_life_is_linked(&vbd->life))
		xbb_rings_wake(&vbd->rings);
}

/*
 * Before it connects, so that no request goes without the limits. Returns in
 * how many jiffies to come back for them.
 */
static unsigned long xbb_vbd_follow_knobs(struct xbb_vbd *vbd,
					  const struct xgh_life_view *view)
{
	if (vbd->life.phase != XGH_PHASE_SERVING || view->replaced)
		return XGH_LIFE_NEVER;
	return xgh_keys_follow(&vbd->knobs, vbd->xdev);
}

/* The disk is the toolstack's business as long as we are on the bus. */
static bool xbb_vbd_may_follow_disk(const struct xgh_life *life,
				    const struct xgh_life_view *view)
{
	return life->link != XGH_LINK_DRAINING && !view->replaced &&
	       view->frontend != XenbusStateUnknown &&
	       (life->phase == XGH_PHASE_SERVING ||
		life->phase == XGH_PHASE_LEAVING);
}

/* Returns in how many jiffies to come back for it. */
static unsigned long xbb_vbd_follow_disk(struct xbb_vbd *vbd,
					 const struct xgh_life_view *view)
{
	unsigned long delay;

	if (!xbb_vbd_may_follow_disk(&vbd->life, view))
		return XGH_LIFE_NEVER;
	/* One that begins anew looks again at what we say. */
	if (view->frontend != XenbusStateConnected)
		vbd->former.connected = false;
	delay = xbb_disk_follow(vbd);
	if (vbd->life.link == XGH_LINK_CONNECTED)
		delay = min(delay, xbb_disk_check(vbd));
	/* dom0 may write to the disk until the frontend is ready again. */
	if (view->frontend != XenbusStateInitialised &&
	    view->frontend != XenbusStateConnected)
		xbb_disk_forget_sync(vbd);
	return delay;
}

/* What has come of the disk. */
static void xbb_vbd_look_at_disk(struct xbb_vbd *vbd,
				 struct xgh_life_view *view)
{
	view->resource = xbb_vbd_resource(vbd);
	view->released = xbb_disk_is_closed(vbd);
}

static void xbb_vbd_act(struct xbb_vbd *vbd, enum xgh_life_action action)
{
	switch (action) {
	case XGH_LIFE_FAIL:
		xgh_xenstore_fail(vbd->xdev, -EPROTO,
				  "frontend broke its ring");
		break;
	case XGH_LIFE_PREPARE:
		xbb_disk_prepare(vbd);
		break;
	case XGH_LIFE_LINK_UP:
		xbb_vbd_link_up(vbd);
		break;
	case XGH_LIFE_DRAIN:
		xbb_vbd_drain(vbd);
		break;
	case XGH_LIFE_ORPHAN:
		xbb_roster_end_io(vbd);
		xbb_rings_refuse(&vbd->rings);
		break;
	case XGH_LIFE_FREE:
		xbb_vbd_free_rings(vbd);
		break;
	case XGH_LIFE_RELEASE:
		xbb_disk_give_up(vbd);
		break;
	default:
		xgh_xenstore_say(vbd->xdev, action);
		break;
	}
}

/* Xenwatch may have seen a state that is corrected, or less than the work. */
static void xbb_vbd_follow_owner(struct xbb_vbd *vbd, unsigned int disowned,
				 const struct xgh_life_view *view)
{
	bool lost = vbd->life.phase >= XGH_PHASE_ENDING || view->replaced ||
		    view->frontend == XenbusStateUnknown;

	if (disowned && !lost)
		xbb_roster_own_io(vbd, disowned);
	else if (!disowned && lost)
		xbb_roster_disown_io(vbd);
}

/* Returns whether the vbd is to be freed. */
static bool xbb_vbd_run(struct xbb_vbd *vbd)
{
	unsigned int disowned = READ_ONCE(vbd->io_disowned);
	enum xgh_life_action action;
	struct xgh_life_view view;
	unsigned long delay;

	do {
		xbb_vbd_look(vbd, &view);
		delay = xbb_vbd_follow_knobs(vbd, &view);
		delay = min(delay, xbb_vbd_follow_disk(vbd, &view));
		delay = min(delay, xbb_vbd_follow_owed(vbd));
		xbb_vbd_look_at_disk(vbd, &view);
		action = xgh_life_step(&vbd->life, &view);
		xbb_vbd_act(vbd, action);
	} while (xgh_life_goes_on(action));

	xbb_vbd_pass_on_knobs(vbd);
	xbb_vbd_follow_owner(vbd, disowned, &view);
	/* Everyone who schedules it has gone; a run may be left. */
	if (action == XGH_LIFE_GONE)
		return xbb_disk_is_over(vbd) &&
		       !delayed_work_pending(&vbd->work);
	delay = min(delay, xgh_life_wake_in(&vbd->life, &view));
	if (delay != XGH_LIFE_NEVER)
		xbb_vbd_schedule_in(vbd, delay);
	return false;
}

static void xbb_vbd_work(struct work_struct *work)
{
	struct xbb_vbd *vbd = container_of(to_delayed_work(work),
					   struct xbb_vbd, work);
	bool over;

	mutex_lock(&vbd->lock);
	over = xbb_vbd_run(vbd);
	mutex_unlock(&vbd->lock);
	if (over)
		queue_work(xbb_vbd_disk_wq, &vbd->end);
}

/* Nobody knows the vbd any more but its successor, which waits for its disk. */
static void xbb_vbd_end(struct work_struct *work)
{
	struct xbb_vbd *vbd = container_of(work, struct xbb_vbd, end);

	xbb_disk_close(vbd);
	xbb_roster_remove(vbd);
	xbb_vbd_put(vbd);
}

/* Everything that rings are lent, but for the disk. */
static int xbb_vbd_init_rings(struct xbb_vbd *vbd)
{
	struct xbb_rings *rings = &vbd->rings;

	rings->schedule = xbb_vbd_schedule_rings;
	rings->xdev = vbd->xdev;
	rings->otherend = vbd->xdev->otherend_id;
	xbb_toolstack_read_name(vbd);
	rings->stats = kcalloc(vbd->max_queues, sizeof(*rings->stats),
			       GFP_KERNEL);
	if (!rings->stats)
		return -ENOMEM;
	rings->domain = xgh_domain_get(rings->otherend);
	if (!rings->domain) {
		kfree(rings->stats);
		return -ENOMEM;
	}
	xbb_discard_init(&rings->discards, xbb_vbd_disk_wq);
	xbb_freeze_init(&rings->freeze);
	xbb_owner_init(&rings->owner);
	xbb_qos_init(&rings->qos);
	xbb_budget_init(&rings->budget, rings->domain);
	rings->policy.copy_segs = XBB_COPY_SEGS_DEFAULT;
	rings->poll_us = xbb_param_poll_us();
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
	xbb_disk_init(vbd, xbb_vbd_disk_wq, xbb_vbd_opened, xbb_vbd_closed);
	mutex_init(&vbd->lock);
	xgh_log_init(&vbd->log);
	xgh_keys_init(&vbd->knobs, &xbb_knobs);
	xgh_life_init(&vbd->life, &xbb_vbd_traits);
	INIT_DELAYED_WORK(&vbd->work, xbb_vbd_work);
	INIT_WORK(&vbd->end, xbb_vbd_end);
	atomic_inc(&xbb_vbd_count);
	xbb_roster_add(vbd);
	xbb_debugfs_add(vbd);
	return vbd;
}

/**
 * xbb_vbd_start() - what we offer is published: follow the frontend
 * @vbd: the vbd; so far its state machine has not run
 *
 * Context: Process; probe. May sleep.
 */
void xbb_vbd_start(struct xbb_vbd *vbd)
{
	mutex_lock(&vbd->lock);
	if (xbb_roster_has_predecessor(vbd))
		dev_info(&vbd->xdev->dev,
			 "waiting for I/O of the driver before\n");
	xgh_life_start(&vbd->life);
	mutex_unlock(&vbd->lock);
	xbb_vbd_schedule(vbd);
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
	struct xgh_life_view view;

	WRITE_ONCE(vbd->rings.leaving, true);
	xbb_roster_withdraw(vbd);
	xbb_roster_disown_io(vbd);
	xbb_debugfs_remove(vbd);
	/* Most never had: what is counted of all is no reason to wait here. */
	if (vbd->latency_stats)
		xbb_sysfs_set_latency(vbd, false);
	xbb_vbd_hold(vbd);
	mutex_lock(&vbd->lock);
	vbd->holds_module = try_module_get(THIS_MODULE);
	xbb_vbd_look(vbd, &view);
	xgh_xenstore_say(vbd->xdev, xgh_life_remove(&vbd->life, &view));
	/* Once more: the work may just have seen a frontend that is there. */
	xbb_roster_disown_io(vbd);
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
	if (xgh_life_is_linked(&vbd->life))
		xbb_rings_shrink(&vbd->rings);
	mutex_unlock(&vbd->lock);
}
