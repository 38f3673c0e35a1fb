// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the way from a disk's name in xenstore to an open disk behind a vbd.
 * Runs in the vbd's work, under its lock, but for the opener.
 */
#include "disk.h"
#include "backing.h"
#include "ring/gate.h"
#include "device/vbd.h"
#include "device/xenbus.h"

#include <linux/err.h>

/* How long a disk may be somebody else's: udev, LVM and scripts of a toolstack
 * hold it for moments. The pause until the next try doubles from first to last.
 */
#define XBB_DISK_TRIES		(10 * HZ)
#define XBB_DISK_PAUSE_FIRST	(HZ / 20)
#define XBB_DISK_PAUSE_LAST	HZ

static struct workqueue_struct *xbb_disk_wq;

/* A running guest goes over to it at once, so dom0 must have done with it. */
static struct xbb_backing *xbb_disk_open(struct xbb_vbd *vbd)
{
	struct xbb_backing *opened = xbb_backing_open(&vbd->disk.wanted);
	int err;

	if (IS_ERR(opened) || !vbd->backing)
		return opened;
	err = xbb_backing_settle(opened);
	if (!err)
		return opened;
	xbb_backing_close(opened);
	return ERR_PTR(err);
}

/* This and the settler are all here that may have to wait for a disk. */
static void xbb_disk_opener(struct work_struct *work)
{
	struct xbb_vbd *vbd = container_of(work, struct xbb_vbd, disk.opener);
	struct xbb_disk *disk = &vbd->disk;
	struct xbb_backing *opened = NULL;

	if (disk->old)
		xbb_backing_close(disk->old);
	if (disk->named)
		opened = xbb_disk_open(vbd);

	mutex_lock(&vbd->lock);
	disk->old = NULL;
	disk->opened = opened;
	disk->busy = false;
	/* Under the lock: a vbd that is removed goes after its last kick. */
	xbb_vbd_kick(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
}

static void xbb_disk_settler(struct work_struct *work)
{
	struct xbb_vbd *vbd = container_of(work, struct xbb_vbd, disk.settler);
	struct xbb_disk *disk = &vbd->disk;
	int err = xbb_backing_settle(vbd->backing);

	mutex_lock(&vbd->lock);
	disk->settle_error = err;
	disk->settled = true;
	disk->busy = false;
	xbb_vbd_kick(vbd);
	mutex_unlock(&vbd->lock);
	xbb_vbd_put(vbd);
}

/**
 * xbb_disk_init() - prepare a vbd's disk
 * @vbd: the vbd
 * @wq: where disks may be waited for
 *
 * Context: Any.
 */
void xbb_disk_init(struct xbb_vbd *vbd, struct workqueue_struct *wq)
{
	xbb_disk_wq = wq;
	INIT_WORK(&vbd->disk.opener, xbb_disk_opener);
	INIT_WORK(&vbd->disk.settler, xbb_disk_settler);
}

static void xbb_disk_start(struct xbb_vbd *vbd, struct work_struct *work)
{
	vbd->disk.busy = true;
	xbb_vbd_get(vbd);
	queue_work(xbb_disk_wq, work);
}

/**
 * xbb_disk_settle() - is the disk as dom0 has left it, for a new connection?
 * @vbd: the vbd, with a disk and about to connect
 *
 * Answers yes once for each time that this was seen to. Else it is seen to
 * now, and the vbd kicked when it is.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: whether the guest may have the disk now.
 */
bool xbb_disk_settle(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;

	if (!disk->settled) {
		if (!disk->busy)
			xbb_disk_start(vbd, &disk->settler);
		return false;
	}
	disk->settled = false;
	if (disk->settle_error)
		xbb_vbd_fail(vbd, disk->settle_error,
			     "writing back what was cached of the disk");
	return !disk->settle_error;
}

/**
 * xbb_disk_is_busy() - is a disk being opened or closed?
 * @vbd: the vbd
 *
 * Context: Process; the vbd's lock is held.
 * Return: true while the vbd must not go.
 */
bool xbb_disk_is_busy(const struct xbb_vbd *vbd)
{
	return vbd->disk.busy;
}

/**
 * xbb_disk_is_readonly() - may the guest not change its disk now?
 * @vbd: a vbd with a disk
 *
 * Context: The vbd's lock is held, or a queue's thread.
 * Return: whether the toolstack or dom0 has said so.
 */
bool xbb_disk_is_readonly(const struct xbb_vbd *vbd)
{
	return vbd->disk.readonly || xbb_backing_is_readonly(vbd->backing);
}

/**
 * xbb_disk_follow_readonly() - go by what dom0 says of the disk now
 * @vbd: a vbd with a disk
 *
 * A frontend is told when it connects; later its writes fail.
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_disk_follow_readonly(struct xbb_vbd *vbd)
{
	bool readonly = xbb_disk_is_readonly(vbd);

	WRITE_ONCE(vbd->limits.readonly, readonly);
	if (readonly == vbd->disk.said_readonly)
		return;
	vbd->disk.said_readonly = readonly;
	dev_info(&vbd->xdev->dev, "disk %u:%u is %s\n", MAJOR(vbd->devnum),
		 MINOR(vbd->devnum), readonly ?
		 "read-only in this domain: the guest may not write" :
		 "no longer read-only");
}

/**
 * xbb_disk_has_changed() - is there anything to tell a connected guest?
 * @vbd: a vbd with a disk
 *
 * Context: The vbd's lock is held, or a queue's thread.
 * Return: whether xbb_disk_check() is due.
 */
bool xbb_disk_has_changed(const struct xbb_vbd *vbd)
{
	return xbb_backing_sectors(vbd->backing) !=
	       READ_ONCE(vbd->limits.capacity) ||
	       xbb_disk_is_readonly(vbd) != READ_ONCE(vbd->limits.readonly);
}

/**
 * xbb_disk_check() - tell a connected guest what has changed of its disk
 * @vbd: a vbd whose link is up
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_disk_check(struct xbb_vbd *vbd)
{
	u64 sectors = xbb_backing_sectors(vbd->backing);

	xbb_disk_follow_readonly(vbd);
	if (sectors == vbd->limits.capacity)
		return;
	WRITE_ONCE(vbd->limits.capacity, sectors);
	if (xbb_xenbus_publish_size(vbd, sectors))
		dev_warn_ratelimited(&vbd->xdev->dev,
				     "the frontend cannot be told its size\n");
	else
		dev_info(&vbd->xdev->dev, "resized to %llu sectors\n", sectors);
}

/* Takes the disk of the opener, or what it was opened instead of. */
static struct xbb_backing *xbb_disk_take_opened(struct xbb_disk *disk)
{
	struct xbb_backing *opened = disk->opened;

	disk->opened = NULL;
	return opened;
}

/* One is closed by the opener, and nothing new opened. */
static void xbb_disk_dispose(struct xbb_vbd *vbd, struct xbb_backing *backing)
{
	vbd->disk.old = backing;
	vbd->disk.named = false;
	xbb_disk_start(vbd, &vbd->disk.opener);
}

static void xbb_disk_install(struct xbb_vbd *vbd, struct xbb_backing *backing)
{
	vbd->backing = backing;
	vbd->disk.settled = false;
	vbd->disk.active = vbd->disk.wanted;
	WRITE_ONCE(vbd->devnum, vbd->disk.active.num);
	xbb_disk_follow_readonly(vbd);
	xbb_xenbus_publish_active(vbd, vbd->devnum,
				  xbb_backing_diskseq(backing));
}

/*
 * A new disk can take the place of one that a guest has in use if it keeps
 * what the guest was told.
 */
static const char *xbb_disk_misfit(const struct xbb_vbd *vbd,
				   const struct xbb_backing *next)
{
	struct xbb_geometry was, is;

	xbb_backing_geometry(vbd->backing, &was);
	xbb_backing_geometry(next, &is);
	if (is.sectors < was.sectors)
		return "it is smaller";
	if (is.block_size > was.block_size)
		return "its logical blocks are larger";
	if ((!vbd->disk.wanted.write || xbb_backing_is_readonly(next)) &&
	    !vbd->disk.readonly)
		return "it is to be read only";
	if (is.flush && !was.flush)
		return "it has a cache that the guest would not flush";
	return NULL;
}

/* Nothing is on its way to the old disk. */
static void xbb_disk_exchange(struct xbb_vbd *vbd)
{
	struct xbb_backing *old = vbd->backing;
	struct xbb_geometry geometry;

	xbb_disk_install(vbd, xbb_disk_take_opened(&vbd->disk));
	xbb_backing_geometry(vbd->backing, &geometry);
	vbd->limits.discard &= geometry.discard;
	vbd->limits.secure_erase &= geometry.secure_erase;
	xbb_gate_open(vbd, vbd);
	dev_info(&vbd->xdev->dev, "now on disk %u:%u\n", MAJOR(vbd->devnum),
		 MINOR(vbd->devnum));
	xbb_disk_dispose(vbd, old);
}

/* A running guest keeps the disk that it has. */
static void xbb_disk_refuse(struct xbb_vbd *vbd, int err, const char *why)
{
	vbd->disk.refused = true;
	xbb_xenbus_error(vbd, err, "changing the disk: %s", why);
}

static void xbb_disk_change(struct xbb_vbd *vbd)
{
	const char *misfit = xbb_disk_misfit(vbd, vbd->disk.opened);

	if (misfit) {
		xbb_gate_open(vbd, vbd);
		xbb_disk_refuse(vbd, -EINVAL, misfit);
		xbb_disk_dispose(vbd, xbb_disk_take_opened(&vbd->disk));
		return;
	}
	if (vbd->link == XBB_LINK_NONE || xbb_gate_close(vbd, vbd))
		xbb_disk_exchange(vbd);
}

static const char *xbb_disk_failure(long err)
{
	return err == -ESTALE ?
	       "opening the disk: its number now belongs to another one" :
	       "opening the disk";
}

/* It may be free in a moment. Returns whether to try again. */
static bool xbb_disk_waits(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;

	if (disk->pause && time_after(jiffies, disk->tries_end))
		return false;
	if (disk->pause) {
		disk->pause = min_t(unsigned long, 2 * disk->pause,
				    XBB_DISK_PAUSE_LAST);
	} else {
		disk->pause = XBB_DISK_PAUSE_FIRST;
		disk->tries_end = jiffies + XBB_DISK_TRIES;
		dev_info(&vbd->xdev->dev,
			 "disk %u:%u is in use in this domain, waiting for it\n",
			 MAJOR(disk->wanted.num), MINOR(disk->wanted.num));
	}
	disk->pause_end = jiffies + disk->pause;
	xbb_vbd_kick_in(vbd, disk->pause);
	return true;
}

/* Is it too early for the next try? */
static bool xbb_disk_pauses(struct xbb_vbd *vbd)
{
	/* Read once: later it may be over, and the rest of it without end. */
	long rest = vbd->disk.pause_end - jiffies;

	if (!vbd->disk.pause || rest <= 0)
		return false;
	xbb_vbd_kick_in(vbd, rest);
	return true;
}

/* What the opener has brought. */
static void xbb_disk_arrived(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;
	long err = PTR_ERR_OR_ZERO(disk->opened);

	if (err == -EBUSY && xbb_disk_waits(vbd)) {
		disk->opened = NULL;
		return;
	}
	disk->pause = 0;
	if (err) {
		disk->opened = NULL;
		if (vbd->backing)
			xbb_disk_refuse(vbd, err, "opening the new one");
		else
			xbb_vbd_fail(vbd, err, xbb_disk_failure(err));
	} else if (vbd->backing) {
		xbb_disk_change(vbd);
	} else {
		disk->readonly = !disk->wanted.write;
		disk->said_readonly = disk->readonly;
		xbb_disk_install(vbd, xbb_disk_take_opened(disk));
	}
}

static bool xbb_disk_is_other(const struct xbb_vbd *vbd,
			      const struct xbb_disk_conf *conf)
{
	if (!vbd->backing)
		return true;
	return conf->num != vbd->disk.active.num ||
	       (conf->diskseq && !conf->presumed &&
		conf->diskseq != vbd->disk.active.diskseq);
}

static bool xbb_disk_was_refused(const struct xbb_disk *disk,
				 const struct xbb_disk_conf *conf)
{
	return disk->refused && conf->num == disk->wanted.num &&
	       conf->diskseq == disk->wanted.diskseq;
}

/**
 * xbb_disk_follow() - make the disk the one that the toolstack wants
 * @vbd: the vbd, still on the bus
 *
 * To be called again whenever something has happened; does not wait.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 */
void xbb_disk_follow(struct xbb_vbd *vbd)
{
	struct xbb_disk *disk = &vbd->disk;
	struct xbb_disk_conf conf;

	if (disk->busy)
		return;
	if (disk->opened) {
		xbb_disk_arrived(vbd);
		return;
	}
	if (xbb_vbd_is_closing(vbd) || xbb_vbd_must_wait(vbd))
		return;
	/* Named anew, it is tried anew. */
	if (xchg(&disk->renamed, false)) {
		disk->refused = false;
		disk->pause = 0;
	}
	if (xbb_disk_pauses(vbd))
		return;
	if (xbb_conf_read_disk(vbd, &conf) || !xbb_disk_is_other(vbd, &conf) ||
	    xbb_disk_was_refused(disk, &conf))
		return;
	disk->wanted = conf;
	disk->named = true;
	disk->refused = false;
	xbb_disk_start(vbd, &vbd->disk.opener);
}

/**
 * xbb_disk_give_up() - have all closed that is open, without waiting for it
 * @vbd: a vbd that has left the bus and drained, but may stay for a while
 *
 * To be called again whenever something has happened.
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_disk_give_up(struct xbb_vbd *vbd)
{
	struct xbb_backing *unused = vbd->backing;

	if (vbd->disk.busy)
		return;
	vbd->backing = NULL;
	if (!unused && !IS_ERR_OR_NULL(vbd->disk.opened))
		unused = xbb_disk_take_opened(&vbd->disk);
	if (unused)
		xbb_disk_dispose(vbd, unused);
}

/**
 * xbb_disk_close() - close everything that is open
 * @vbd: a vbd that is over; the opener has nothing to do
 *
 * Context: Process; no lock is held. May take as long as the disk likes.
 */
void xbb_disk_close(struct xbb_vbd *vbd)
{
	if (!IS_ERR_OR_NULL(vbd->disk.opened))
		xbb_backing_close(vbd->disk.opened);
	if (vbd->backing)
		xbb_backing_close(vbd->backing);
}
