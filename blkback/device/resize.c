// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what changes of a disk while a guest has it: its size, and whether it
 * may be written. Runs in the vbd's work, under its lock.
 */
#include "disk.h"
#include "publish.h"
#include "vbd.h"

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
	bool readonly = xbb_rings_is_readonly(&vbd->rings);

	WRITE_ONCE(vbd->rings.limits.readonly, readonly);
	if (readonly == vbd->disk.said_readonly)
		return;
	vbd->disk.said_readonly = readonly;
	dev_info(&vbd->xdev->dev, "disk %u:%u is %s\n", MAJOR(vbd->devnum),
		 MINOR(vbd->devnum), readonly ?
		 "read-only in this domain: the guest may not write" :
		 "no longer read-only");
}

/**
 * xbb_disk_check() - tell a connected guest what has changed of its disk
 * @vbd: a vbd whose link is up
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: in how many jiffies to call it again even if nothing happens;
 * XGH_LIFE_NEVER if the guest knows everything.
 */
unsigned long xbb_disk_check(struct xbb_vbd *vbd)
{
	u64 sectors = xbb_bdev_sectors(vbd->rings.backing);
	struct xbb_disk *disk = &vbd->disk;
	int err;

	xbb_disk_follow_readonly(vbd);
	if (sectors != vbd->rings.limits.capacity) {
		WRITE_ONCE(vbd->rings.limits.capacity, sectors);
		disk->untold = true;
	}
	/* Nobody would be told before that was written, or while it closes. */
	if (!disk->untold || vbd->xdev->state != XenbusStateConnected)
		return XGH_LIFE_NEVER;
	err = xbb_publish_size(vbd, sectors);
	/* The disk is being detached: there is no need. */
	disk->untold = err && err != -ENOENT;
	if (disk->untold) {
		dev_warn_ratelimited(&vbd->xdev->dev,
				     "the frontend cannot be told its size yet\n");
		return HZ;
	}
	if (!err)
		dev_info(&vbd->xdev->dev, "resized to %llu sectors\n", sectors);
	return XGH_LIFE_NEVER;
}
