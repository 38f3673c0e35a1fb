// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way from a disk's name in xenstore to an open disk behind a vbd.
 * Runs in the vbd's work, under its lock.
 */
#include "disk.h"
#include "backend/xenstore.h"
#include "publish.h"
#include "roster.h"
#include "toolstack.h"
#include "vbd.h"

/**
 * xbb_disk_init() - prepare a vbd's disk
 * @vbd: the vbd
 * @wq: where disks may be waited for
 * @done: called without a lock when the waiter is done; it takes the vbd's
 *	  lock, calls xbb_disk_opened() and puts the vbd
 * @closed: called likewise with the vbd when a disk was closed; it counts one
 *	    less that is being closed
 *
 * Context: Any.
 */
void xbb_disk_init(struct xbb_vbd *vbd, struct workqueue_struct *wq,
		   void (*done)(struct xbb_waiter *waiter),
		   void (*closed)(void *vbd))
{
	vbd->disk.closed = closed;
	xbb_waiter_init(&vbd->disk.waiter, wq, done);
}

/* The caller then gives the waiter something to do. */
static struct xbb_waiter *xbb_disk_start(struct xbb_vbd *vbd,
					 enum xbb_disk_state state)
{
	vbd->disk.state = state;
	xbb_vbd_hold(vbd);
	return &vbd->disk.waiter;
}

/* A running guest goes over to it at once, so dom0 must have done with it. */
static void xbb_disk_open(struct xbb_vbd *vbd)
{
	xbb_waiter_open(xbb_disk_start(vbd, XBB_DISK_OPENING),
			&vbd->disk.wanted, vbd->rings.backing);
}

/* It may hang in its end: whatever else the vbd has goes on meanwhile. */
static void xbb_disk_dispose(struct xbb_vbd *vbd, struct xbb_bdev *backing)
{
	vbd->disk.nr_closing++;
	xbb_vbd_hold(vbd);
	xbb_bdev_begin_close(backing, vbd->disk.waiter.wq, vbd->disk.closed,
			     vbd);
}

/* A disk that cannot be flushed is perhaps why there is another one. */
static void xbb_disk_flushed(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;

	if (disk->waiter.err && !xgh_life_is_removed(&vbd->life))
		xgh_xenstore_error(vbd->xdev, disk->waiter.err,
				   "flushing the cache of the old disk");
	/* What opening the new one has come to is known. */
	disk->waiter.err = 0;
	disk->flushed = !disk->passed;
	disk->state = XBB_DISK_OPENED;
}

/**
 * xbb_disk_opened() - the waiter is done
 * @vbd: its vbd
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_disk_opened(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;

	switch (disk->state) {
	case XBB_DISK_OPENING:
		disk->state = XBB_DISK_OPENED;
		return;
	case XBB_DISK_FLUSHING:
		xbb_disk_flushed(vbd);
		return;
	case XBB_DISK_SYNCING:
		disk->sync_error = disk->waiter.err;
		disk->synced = true;
		break;
	default:
		break;
	}
	disk->state = XBB_DISK_IDLE;
}

/**
 * xbb_disk_prepare() - have the disk be as dom0 has left it, for a connection
 * @vbd: the vbd, with a disk and about to connect
 *
 * What dom0 has cached of it is written back, and the vbd scheduled then.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_disk_prepare(struct xbb_vbd *vbd)
{
	if (vbd->disk.state == XBB_DISK_IDLE)
		xbb_waiter_sync(xbb_disk_start(vbd, XBB_DISK_SYNCING),
				vbd->rings.backing);
}

/**
 * xbb_disk_resource() - is there a disk to connect to?
 * @vbd: the vbd
 *
 * Context: Process; the vbd's lock is held.
 * Return: that it is ready after xbb_disk_prepare(), also if that has failed.
 */
enum xgh_resource xbb_disk_resource(const struct xbb_vbd *vbd)
{
	if (!vbd->rings.backing)
		return XGH_RESOURCE_NONE;
	return vbd->disk.synced ? XGH_RESOURCE_READY : XGH_RESOURCE_FOUND;
}

/**
 * xbb_disk_use() - a frontend connects to the disk
 * @vbd: the vbd; its disk is ready
 *
 * Context: Process; the vbd's lock is held.
 * Return: 0, or a negative errno if what dom0 has cached could not be written.
 */
int xbb_disk_use(struct xbb_vbd *vbd)
{
	vbd->disk.synced = false;
	vbd->disk.untold = false;
	return vbd->disk.sync_error;
}

/**
 * xbb_disk_begin_io() - the guest has I/O on its disk from now on
 * @vbd: the vbd
 *
 * What is read by a guest that is gone changes nothing for others.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_disk_begin_io(struct xbb_vbd *vbd)
{
	xbb_roster_begin_io(vbd, vbd->rings.readonly ? 0 :
			    xbb_bdev_diskseq(vbd->rings.backing));
}

/**
 * xbb_disk_forget_sync() - dom0 may write to the disk again
 * @vbd: the vbd
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_disk_forget_sync(struct xbb_vbd *vbd)
{
	vbd->disk.synced = false;
}

/* Does the waiter have something to do? */
static bool xbb_disk_is_busy(const struct xbb_vbd *vbd)
{
	return vbd->disk.state != XBB_DISK_IDLE &&
	       vbd->disk.state != XBB_DISK_OPENED;
}

/**
 * xbb_disk_is_closed() - is nothing open, nor being opened or closed?
 * @vbd: the vbd
 *
 * Context: Process; the vbd's lock is held.
 * Return: whether somebody else may have the disk.
 */
bool xbb_disk_is_closed(const struct xbb_vbd *vbd)
{
	return !vbd->rings.backing && vbd->disk.state == XBB_DISK_IDLE &&
	       !vbd->disk.nr_closing;
}

/* Takes the disk that was opened, NULL if it could not be. */
static struct xbb_bdev *xbb_disk_take_opened(struct xbb_disk *disk)
{
	struct xbb_bdev *opened = disk->waiter.backing;

	disk->waiter.backing = NULL;
	disk->flushed = false;
	disk->state = XBB_DISK_IDLE;
	return opened;
}

static void xbb_disk_drop_opened(struct xbb_vbd *vbd)
{
	struct xbb_bdev *opened = xbb_disk_take_opened(&vbd->disk);

	if (opened)
		xbb_disk_dispose(vbd, opened);
}

static void xbb_disk_install(struct xbb_vbd *vbd, struct xbb_bdev *backing)
{
	vbd->rings.backing = backing;
	vbd->disk.synced = false;
	vbd->disk.active = vbd->disk.wanted;
	WRITE_ONCE(vbd->devnum, vbd->disk.active.num);
	xbb_disk_follow_readonly(vbd);
	xbb_publish_active(vbd, vbd->devnum, xbb_bdev_diskseq(backing));
}

/*
 * A disk can take the place of one that a guest has in use if it keeps what the
 * guest was told.
 */
static const char *xbb_disk_misfit(const struct xbb_former *told,
				   const struct xbb_disk_id *id,
				   const struct xbb_bdev *next)
{
	struct xbb_geometry is;

	xbb_bdev_geometry(next, &is);
	if (is.sectors < told->sectors)
		return "it is smaller";
	if (told->block_size && is.block_size > told->block_size)
		return "its logical blocks are larger";
	if ((!id->write || xbb_bdev_is_readonly(next)) && !told->readonly)
		return "it is to be read only";
	if (is.flush && !told->flush)
		return "it has a cache that the guest would not flush";
	return NULL;
}

/*
 * What stands in the way of going over to the disk that was opened, if that
 * matters to anybody.
 */
static const char *xbb_disk_obstacle(const struct xbb_vbd *vbd)
{
	const struct xbb_bdev *next = vbd->disk.waiter.backing;
	struct xbb_former told = vbd->former;

	/* Not what the disk at hand is: that may be another one by now, too. */
	if (vbd->life.link != XGH_LINK_DOWN)
		told.sectors = vbd->rings.limits.capacity;
	else if (!told.connected)
		return NULL;
	return xbb_disk_misfit(&told, &vbd->disk.wanted, next);
}

/* Nothing is on its way to the old disk. */
static void xbb_disk_exchange(struct xbb_vbd *vbd)
{
	struct xbb_bdev *old = vbd->rings.backing;
	struct xbb_geometry geometry;

	xbb_discard_settle(&vbd->rings.discards);
	/* Nobody has been told what the old one was, or was told to read. */
	if (vbd->life.link == XGH_LINK_DOWN || !vbd->disk.wanted.write)
		vbd->rings.readonly = !vbd->disk.wanted.write;
	xbb_disk_install(vbd, xbb_disk_take_opened(&vbd->disk));
	xbb_bdev_geometry(vbd->rings.backing, &geometry);
	vbd->rings.policy.block_sectors =
		max_t(u32, vbd->rings.policy.block_sectors,
		      geometry.memory_unit / XBB_SECTOR_SIZE);
	vbd->rings.limits.discard &= geometry.discard;
	vbd->rings.limits.secure_erase &= geometry.secure_erase;
	if (xgh_life_is_linked(&vbd->life))
		xbb_disk_begin_io(vbd);
	xbb_freeze_end(&vbd->rings, &vbd->rings);
	dev_info(&vbd->xdev->dev, "now on disk %u:%u\n", MAJOR(vbd->devnum),
		 MINOR(vbd->devnum));
	xbb_disk_dispose(vbd, old);
}

/* A running guest keeps the disk that it has. */
static void xbb_disk_refuse(struct xbb_vbd *vbd, int err, const char *why)
{
	char what[96];

	snprintf(what, sizeof(what), "changing the disk: %s", why);
	vbd->disk.refused = true;
	xgh_xenstore_error(vbd->xdev, err, what);
}

/*
 * What the guest flushes from now on only reaches the new disk. One without
 * rings may be about to go on, and does so when it has that.
 */
static void xbb_disk_flush(struct xbb_vbd *vbd)
{
	vbd->disk.synced = false;
	vbd->disk.passed = false;
	xbb_waiter_flush(xbb_disk_start(vbd, XBB_DISK_FLUSHING),
			 vbd->rings.backing);
}

/* The guest goes on with the disk that it has. */
static void xbb_disk_let_go(struct xbb_vbd *vbd)
{
	vbd->disk.flushed = false;
	xbb_freeze_end(&vbd->rings, &vbd->rings);
}

/**
 * xbb_disk_forget_flush() - the guest's I/O may have passed the last flush
 * @vbd: the vbd
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_disk_forget_flush(struct xbb_vbd *vbd)
{
	vbd->disk.flushed = false;
	vbd->disk.passed = true;
}

/* Is nothing on its way to the disk, and nothing to the next one? */
static bool xbb_disk_is_held(struct xbb_vbd *vbd,
			     const struct xbb_bdev *next)
{
	if (vbd->life.link == XGH_LINK_DOWN)
		return true;
	/* One that is gone may still write to the new one. */
	if (xbb_roster_must_wait(vbd, xbb_bdev_diskseq(next))) {
		xbb_disk_let_go(vbd);
		return false;
	}
	return xbb_freeze_begin(&vbd->rings, &vbd->rings);
}

static void xbb_disk_change(struct xbb_vbd *vbd)
{
	const struct xbb_bdev *next = vbd->disk.waiter.backing;
	const char *obstacle = xbb_disk_obstacle(vbd);

	if (obstacle) {
		xbb_disk_let_go(vbd);
		xbb_disk_refuse(vbd, -EINVAL, obstacle);
		xbb_disk_drop_opened(vbd);
		return;
	}
	if (!xbb_disk_is_held(vbd, next))
		return;
	if (vbd->disk.flushed)
		xbb_disk_exchange(vbd);
	else
		xbb_disk_flush(vbd);
}

static const char *xbb_disk_failure(long err)
{
	return err == -ESTALE ?
	       "opening the disk: its number now belongs to another one" :
	       err == -EMEDIUMTYPE ?
	       "opening the disk: it has zones, a guest can only read it" :
	       "opening the disk";
}

/* It may be free in a moment. Returns whether it will be tried again. */
static bool xbb_disk_try_later(struct xbb_vbd *vbd)
{
	dev_t num = vbd->disk.wanted.num;

	if (!vbd->disk.retry.pause)
		dev_info(&vbd->xdev->dev,
			 "disk %u:%u is in use in this domain, waiting for it\n",
			 MAJOR(num), MINOR(num));
	return xbb_retry_later(&vbd->disk.retry);
}

static void xbb_disk_fail(struct xbb_vbd *vbd, int err, const char *why)
{
	if (vbd->rings.backing)
		xbb_disk_refuse(vbd, err, why);
	else
		xgh_xenstore_fail_for_now(vbd->xdev, &vbd->life, err, why);
}

static void xbb_disk_not_opened(struct xbb_vbd *vbd, int err)
{
	vbd->disk.state = XBB_DISK_IDLE;
	if (err == -EBUSY && xbb_disk_try_later(vbd))
		return;
	vbd->disk.retry.pause = 0;
	xbb_disk_fail(vbd, err, xbb_disk_failure(err));
}

/*
 * It can be no script's that is still on its way. Said once. A guest that runs
 * without us goes on waiting for a better name.
 */
static void xbb_disk_misnamed(struct xbb_vbd *vbd)
{
	static const char why[] =
		"opening the disk: physical-device is not MAJOR:MINOR";

	if (vbd->disk.refused)
		return;
	vbd->disk.refused = true;
	if (vbd->former.connected && !vbd->rings.backing)
		xgh_xenstore_error(vbd->xdev, -EINVAL, why);
	else
		xbb_disk_fail(vbd, -EINVAL, why);
}

/* A running guest, whose disk was another driver's, would get another one. */
static void xbb_disk_not_that(struct xbb_vbd *vbd, const char *why)
{
	char what[96];

	snprintf(what, sizeof(what), "giving a running guest its disk: %s",
		 why);
	xgh_xenstore_fail_for_now(vbd->xdev, &vbd->life, -EINVAL, what);
	xbb_disk_drop_opened(vbd);
}

/* Does the toolstack want another one by now than the one that was opened? */
static bool xbb_disk_is_outdated(struct xbb_vbd *vbd)
{
	const struct xbb_disk_id *wanted = &vbd->disk.wanted;
	struct xbb_disk_id id;

	return READ_ONCE(vbd->disk.renamed) &&
	       !xbb_toolstack_read_disk(vbd, &id) &&
	       (id.num != wanted->num || id.diskseq != wanted->diskseq);
}

/* What the waiter has brought. */
static void xbb_disk_arrived(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;
	const char *obstacle;

	if (!disk->waiter.err && xbb_disk_is_outdated(vbd)) {
		xbb_disk_let_go(vbd);
		xbb_disk_drop_opened(vbd);
		return;
	}
	if (disk->waiter.err) {
		xbb_disk_not_opened(vbd, disk->waiter.err);
		return;
	}
	disk->retry.pause = 0;
	if (vbd->rings.backing) {
		xbb_disk_change(vbd);
		return;
	}
	obstacle = xbb_disk_obstacle(vbd);
	if (obstacle) {
		xbb_disk_not_that(vbd, obstacle);
		return;
	}
	vbd->rings.readonly = !disk->wanted.write;
	disk->said_readonly = vbd->rings.readonly;
	xbb_disk_install(vbd, xbb_disk_take_opened(disk));
}

static bool xbb_disk_is_other(const struct xbb_vbd *vbd,
			      const struct xbb_disk_id *id)
{
	if (!vbd->rings.backing)
		return true;
	return id->num != vbd->disk.active.num ||
	       (id->diskseq && !id->presumed &&
		id->diskseq != vbd->disk.active.diskseq);
}

static bool xbb_disk_was_refused(const struct xbb_disk *disk,
				 const struct xbb_disk_id *id)
{
	return disk->refused && id->num == disk->wanted.num &&
	       id->diskseq == disk->wanted.diskseq;
}

/* Opens the disk that the toolstack has named, if that is not there yet. */
static unsigned long xbb_disk_look(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;
	struct xbb_disk_id id;
	unsigned long delay;
	int err;

	/* The life knows when it is time to try again. */
	if (xbb_vbd_is_closing(vbd) ||
	    xgh_backoff_must_wait(&vbd->life.backoff, jiffies))
		return XGH_LIFE_NEVER;
	/* Named anew, it is tried anew. */
	if (xchg(&disk->renamed, false)) {
		disk->refused = false;
		disk->retry.pause = 0;
	}
	delay = xbb_retry_in(&disk->retry);
	if (delay)
		return delay;
	err = xbb_toolstack_read_disk(vbd, &id);
	if (err == -EINVAL)
		xbb_disk_misnamed(vbd);
	if (err)
		return err == -ENOENT || err == -EINVAL ? XGH_LIFE_NEVER : HZ;
	if (!xbb_disk_is_other(vbd, &id) || xbb_disk_was_refused(disk, &id))
		return XGH_LIFE_NEVER;
	disk->wanted = id;
	disk->refused = false;
	xbb_disk_open(vbd);
	return XGH_LIFE_NEVER;
}

/**
 * xbb_disk_follow() - make the disk the one that the toolstack wants
 * @vbd: the vbd, still on the bus
 *
 * To be called again whenever something has happened; does not wait.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: in how many jiffies to call it again even if nothing happens;
 * XGH_LIFE_NEVER if time brings nothing.
 */
unsigned long xbb_disk_follow(struct xbb_vbd *vbd)
{
	if (vbd->disk.state == XBB_DISK_OPENED)
		xbb_disk_arrived(vbd);
	if (vbd->disk.state == XBB_DISK_IDLE)
		return xbb_disk_look(vbd);
	return XGH_LIFE_NEVER;
}

/**
 * xbb_disk_give_up() - have all closed that is open, without waiting for it
 * @vbd: a vbd that is about to retire, or has left the bus, and has drained
 *
 * To be called again whenever something has happened, until all is closed.
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_disk_give_up(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;

	if (disk->state == XBB_DISK_OPENED)
		xbb_disk_drop_opened(vbd);
	/* The waiter has it. */
	if (disk->state == XBB_DISK_FLUSHING ||
	    disk->state == XBB_DISK_SYNCING)
		return;
	if (vbd->rings.backing)
		xbb_disk_dispose(vbd, vbd->rings.backing);
	vbd->rings.backing = NULL;
}

/**
 * xbb_disk_is_over() - does a vbd have nothing but its guest's disk any more?
 * @vbd: a vbd that has left the bus, and has drained
 *
 * One that was given up before is waited for, one that was exchanged is not.
 *
 * Context: Process; the vbd's lock is held.
 * Return: whether xbb_disk_close() is due, and nobody schedules the vbd.
 */
bool xbb_disk_is_over(struct xbb_vbd *vbd)
{
	if (xbb_disk_is_busy(vbd))
		return false;
	xbb_disk_drop_opened(vbd);
	return vbd->rings.backing || !vbd->disk.nr_closing;
}

/**
 * xbb_disk_close() - close the guest's disk
 * @vbd: a vbd that is over
 *
 * Context: Process; no lock is held. May take as long as the disk likes.
 */
void xbb_disk_close(struct xbb_vbd *vbd)
{
	struct xbb_bdev *backing = vbd->rings.backing;

	if (!backing)
		return;
	/*
	 * A guest that goes on may get, and then flushes, another one. So may
	 * one whose old rings were given up: it may have begun with new ones.
	 */
	if (vbd->life.end == XGH_END_HANDED_OVER && xbb_bdev_flush(backing))
		dev_warn(&vbd->xdev->dev, "the disk cannot be flushed\n");
	xbb_bdev_close(backing);
}
