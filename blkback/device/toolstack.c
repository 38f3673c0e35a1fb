// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what the toolstack, and a driver that was there before us, have written
 * into our own directory of xenstore.
 */
#include "toolstack.h"
#include "backend/read.h"
#include "backend/xenstore.h"
#include "disk/bdev.h"
#include "publish.h"
#include "params.h"
#include "vbd.h"

#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/**
 * xbb_toolstack_wants_discard() - may the guest discard?
 * @vbd: the vbd, still on the bus
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: false for a read-only disk, or if the admin said no-discard.
 */
bool xbb_toolstack_wants_discard(const struct xbb_vbd *vbd)
{
	return !vbd->rings.limits.readonly &&
	       xgh_read_unsigned(vbd->xdev->nodename, "discard-enable", 1);
}

/* Whatever does not fit would be the number of another device. */
#define XBB_TOOLSTACK_MAJORS	(1u << (32 - MINORBITS))

/*
 * MAJOR:MINOR, perhaps with "@" and a disk's sequence number, which is 0 else.
 * All in hexadecimal, and nothing behind it.
 */
static int xbb_toolstack_parse(const char *text, dev_t *num, u64 *diskseq)
{
	u64 major, minor;
	int end = 0;

	*diskseq = 0;
	if (sscanf(text, "%16llx:%16llx%n@%16llx%n", &major, &minor, &end,
		   diskseq, &end) < 2 || text[end] ||
	    major >= XBB_TOOLSTACK_MAJORS || minor > MINORMASK)
		return -EINVAL;
	*num = MKDEV(major, minor);
	return 0;
}

static int xbb_toolstack_read_number(const struct xbb_vbd *vbd,
				     const char *node, dev_t *num, u64 *diskseq)
{
	char *text = xgh_read(vbd->xdev->nodename, node);
	const char *number;
	int err;

	if (IS_ERR(text))
		return PTR_ERR(text);
	number = strim(text);
	/* Some toolstacks make the node before anybody knows the disk. */
	err = *number ? xbb_toolstack_parse(number, num, diskseq) : -ENOENT;
	kfree(text);
	return err;
}

static u64 xbb_toolstack_former_diskseq(const struct xbb_vbd *vbd, dev_t num)
{
	dev_t active;
	u64 diskseq;

	if (xbb_toolstack_read_number(vbd, "active-physical-device", &active,
				      &diskseq) || active != num)
		return 0;
	return diskseq;
}

/**
 * xbb_toolstack_read_disk() - which block device is it?
 * @vbd: the vbd
 * @id: filled in
 *
 * The hotplug script writes "physical-device" when it has found the device:
 * its number, perhaps with "@" and the disk's sequence number, all in
 * hexadecimal. "mode" is r or w, with a ! if the admin allows others to write
 * too. A guest that was served before gets the disk that it had.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0, -ENOENT if the device is not known yet, -EINVAL if that is no
 * number of one, or another negative errno if xenstore cannot be read.
 */
int xbb_toolstack_read_disk(struct xbb_vbd *vbd, struct xbb_disk_id *id)
{
	char mode[8];
	int err;

	err = xbb_toolstack_read_number(vbd, "physical-device", &id->num,
					&id->diskseq);
	if (err)
		return err;
	err = xgh_read_scanf(vbd->xdev->nodename, "mode", "%7s", mode);
	if (err < 0)
		return err == -ERANGE ? -ENOENT : err;

	id->write = strchr(mode, 'w');
	id->shared = strchr(mode, '!') || !xbb_param_claim();
	id->presumed = !id->diskseq && vbd->former.connected;
	if (id->presumed)
		id->diskseq = xbb_toolstack_former_diskseq(vbd, id->num);
	return 0;
}

static void xbb_toolstack_read_promise(struct xbb_vbd *vbd)
{
	struct xbb_former *former = &vbd->former;
	const char *dir = vbd->xdev->nodename;
	unsigned long long sectors = 0;

	xgh_read_scanf(dir, "sectors", "%llu", &sectors);
	former->sectors = sectors;
	former->block_size = xgh_read_unsigned(dir, "sector-size", 0);
	former->readonly = xgh_read_unsigned(dir, "info", 0) &
			   XBB_INFO_READONLY;
	former->flush = xgh_read_unsigned(dir, "feature-flush-cache", 0);
	former->persistent = xgh_read_unsigned(dir, "feature-persistent", 0);
}

/**
 * xbb_toolstack_read_former() - what the drivers before us had offered
 * @vbd: the vbd; its limits are raised to what a frontend may rely on
 *
 * A driver that is unbound leaves our state as it was, so that the frontend
 * goes on. Nothing may then be taken away from it, nor added: it does not
 * look again. That there is such a frontend only itself can say: our own state
 * is anything if drivers come and go before one has connected.
 *
 * Context: Process; probe. May sleep.
 */
void xbb_toolstack_read_former(struct xbb_vbd *vbd)
{
	const char *dir = vbd->xdev->nodename;
	unsigned int nr;

	vbd->former.connected = xgh_xenstore_frontend(vbd->xdev) ==
				XenbusStateConnected;
	if (!vbd->former.connected)
		return;
	xbb_toolstack_read_promise(vbd);
	nr = xgh_read_unsigned(dir, "multi-queue-max-queues", 1);
	vbd->max_queues = clamp(nr, vbd->max_queues, XBB_QUEUES_LIMIT);
	nr = xgh_read_unsigned(dir, "max-ring-page-order", 0);
	vbd->max_order = clamp(nr, vbd->max_order,
			       (unsigned int)XENBUS_MAX_RING_GRANT_ORDER);
}

/**
 * xbb_toolstack_note_told() - note what the frontend is told of its disk
 * @vbd: the vbd, with a disk and about to attach to rings
 * @geometry: of the disk
 *
 * One that goes on does not look again.
 *
 * Context: Process; the vbd's lock is held.
 */
void xbb_toolstack_note_told(struct xbb_vbd *vbd,
			     const struct xbb_geometry *geometry)
{
	if (vbd->former.connected)
		return;
	vbd->former.readonly = vbd->rings.limits.readonly;
	vbd->former.block_size = geometry->block_size;
	vbd->former.flush = geometry->flush;
}

/**
 * xbb_toolstack_read_name() - name the vbd after its domain and device
 * @vbd: the vbd
 *
 * Context: Process; probe. May sleep.
 */
void xbb_toolstack_read_name(struct xbb_vbd *vbd)
{
	char *path = xgh_read(vbd->xdev->nodename, "dev");

	snprintf(vbd->rings.name, sizeof(vbd->rings.name), "%u.%s",
		 vbd->rings.otherend, IS_ERR(path) ? "?" : kbasename(path));
	if (!IS_ERR(path))
		kfree(path);
}
