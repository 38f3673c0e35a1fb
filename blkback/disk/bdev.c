// SPDX-License-Identifier: GPL-2.0
/* Owns the block device: the only file that opens one. */
#include "bdev.h"

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct xbb_bdev {
	struct file *file;
	struct block_device *bdev;
	struct work_struct closing;
	void (*closed)(void *owner);
	void *owner;
};

/* Its address claims devices for all vbds together. */
static const char xbb_bdev_holder[] = "xen-blkback";

/* A drive whose medium was changed is still the drive that was meant. */
static bool xbb_bdev_is_another(const struct xbb_bdev *backing,
				const struct xbb_disk_id *id)
{
	if (id->presumed &&
	    backing->bdev->bd_disk->flags & GENHD_FL_REMOVABLE)
		return false;
	return id->diskseq && id->diskseq != xbb_bdev_diskseq(backing);
}

static int xbb_bdev_check(const struct xbb_bdev *backing,
			  const struct xbb_disk_id *id)
{
	if (xbb_bdev_is_another(backing, id))
		return -ESTALE;
	/* Zones are written in order, and no frontend can be told of them. */
	if (id->write && xb_bdev_is_zoned_strictly(backing->bdev))
		return -EMEDIUMTYPE;
	return 0;
}

/**
 * xbb_bdev_open() - open a device
 * @id: which one, and what for
 *
 * A device that is to be written and not shared is claimed, so that nobody
 * in this domain mounts it or makes it part of something else meanwhile.
 * Two vbds may have the same device; that is the toolstack's business.
 *
 * Numbers are used again when a disk has gone; its sequence number never is.
 *
 * Context: Process. May sleep, for ever if the disk hangs.
 * Return: the open device, -ESTALE if it is not the disk that was meant,
 * -EMEDIUMTYPE if a guest cannot write to it, or another ERR_PTR.
 */
struct xbb_bdev *xbb_bdev_open(const struct xbb_disk_id *id)
{
	blk_mode_t mode = BLK_OPEN_READ | (id->write ? BLK_OPEN_WRITE : 0);
	void *holder = id->write && !id->shared ?
		       (void *)xbb_bdev_holder : NULL;
	struct xbb_bdev *backing = kzalloc(sizeof(*backing), GFP_KERNEL);
	int err;

	if (!backing)
		return ERR_PTR(-ENOMEM);

	backing->file = bdev_file_open_by_dev(id->num, mode, holder, NULL);
	if (IS_ERR(backing->file)) {
		err = PTR_ERR(backing->file);
		kfree(backing);
		return ERR_PTR(err);
	}
	backing->bdev = file_bdev(backing->file);
	err = xbb_bdev_check(backing, id);
	if (err) {
		xbb_bdev_close(backing);
		return ERR_PTR(err);
	}
	return backing;
}

/**
 * xbb_bdev_close() - close it
 * @backing: the device, without I/O in flight
 *
 * Nothing of it is open afterwards. Whoever has it open last writes back what
 * is cached of it.
 *
 * Context: Process. May sleep, for ever if the disk hangs.
 */
void xbb_bdev_close(struct xbb_bdev *backing)
{
	xb_bdev_fput_sync(backing->file);
	kfree(backing);
}

static void xbb_bdev_do_close(struct work_struct *work)
{
	struct xbb_bdev *backing = container_of(work, struct xbb_bdev, closing);
	void (*closed)(void *owner) = backing->closed;
	void *owner = backing->owner;

	xbb_bdev_close(backing);
	closed(owner);
}

/**
 * xbb_bdev_begin_close() - close it without waiting for that
 * @backing: the device, without I/O in flight; not the caller's any more
 * @wq: where disks may be waited for
 * @closed: called when it is closed, in process context and without a lock
 * @owner: for @closed
 *
 * A disk that hangs holds up nobody who does not wait for @closed.
 *
 * Context: Any.
 */
void xbb_bdev_begin_close(struct xbb_bdev *backing, struct workqueue_struct *wq,
			  void (*closed)(void *owner), void *owner)
{
	backing->closed = closed;
	backing->owner = owner;
	INIT_WORK(&backing->closing, xbb_bdev_do_close);
	queue_work(wq, &backing->closing);
}

/**
 * xbb_bdev_sync() - let nothing of the disk be left in dom0's page cache
 * @backing: the device
 *
 * A guest's I/O goes past that cache. What somebody in dom0 has written before,
 * and what stays dirty while others keep the device open, would hide from the
 * guest, and then overwrite what it has written itself.
 *
 * Context: Process. May sleep, for ever if the disk hangs.
 * Return: 0 or a negative errno: something could not be written back.
 */
int xbb_bdev_sync(const struct xbb_bdev *backing)
{
	int err = sync_blockdev(backing->bdev);

	invalidate_bdev(backing->bdev);
	return err;
}

/**
 * xbb_bdev_diskseq() - which of all disks since boot is it?
 * @backing: the device
 *
 * Context: Any.
 * Return: its sequence number, also of a partition's disk.
 */
u64 xbb_bdev_diskseq(const struct xbb_bdev *backing)
{
	return backing->bdev->bd_disk->diskseq;
}

/**
 * xbb_bdev_is_readonly() - has dom0 said that nobody may write to it?
 * @backing: the device
 *
 * It may say so at any time. The block layer lets writes pass none the less.
 *
 * Context: Any.
 * Return: whether it, or all of its disk, is read-only now.
 */
bool xbb_bdev_is_readonly(const struct xbb_bdev *backing)
{
	return bdev_read_only(backing->bdev);
}

/**
 * xbb_bdev_is_stable() - must data not change while it is written?
 * @backing: the device
 *
 * So it is where a checksum is sent with the data, or a second copy is made of
 * it. What it says may change when a storage network connects again.
 *
 * Context: Any.
 * Return: whether the device asks for pages that nobody changes.
 */
bool xbb_bdev_is_stable(const struct xbb_bdev *backing)
{
	return bdev_stable_writes(backing->bdev);
}

/**
 * xbb_bdev_sectors() - how large is it now?
 * @backing: the device
 *
 * Context: Any.
 * Return: its capacity in units of 512 bytes.
 */
u64 xbb_bdev_sectors(const struct xbb_bdev *backing)
{
	return bdev_nr_sectors(backing->bdev);
}

/**
 * xbb_bdev_flush() - flush the disk's volatile cache, if it has one
 * @backing: the device
 *
 * Context: Process. May take as long as the disk likes.
 * Return: 0 or a negative errno.
 */
int xbb_bdev_flush(const struct xbb_bdev *backing)
{
	return blkdev_issue_flush(backing->bdev);
}

/**
 * xbb_bdev_geometry() - what a frontend is to be told
 * @backing: the device
 * @geometry: filled in
 *
 * Context: Process.
 */
void xbb_bdev_geometry(const struct xbb_bdev *backing,
		       struct xbb_geometry *geometry)
{
	struct block_device *bdev = backing->bdev;

	geometry->sectors = xbb_bdev_sectors(backing);
	geometry->block_size = bdev_logical_block_size(bdev);
	geometry->physical_block_size = bdev_physical_block_size(bdev);
	geometry->memory_unit = max(geometry->block_size,
				    bdev_dma_alignment(bdev) + 1);
	geometry->flush = bdev_write_cache(bdev);
	geometry->cdrom = disk_to_cdi(bdev->bd_disk);
	geometry->removable = bdev->bd_disk->flags & GENHD_FL_REMOVABLE;
	geometry->discard = bdev_max_discard_sectors(bdev);
	geometry->secure_erase = bdev_max_secure_erase_sectors(bdev);
	geometry->discard_granularity = bdev_discard_granularity(bdev);
	geometry->discard_alignment = bdev_discard_alignment(bdev);
}

/**
 * xbb_bdev_block() - the block device itself, for bios
 * @backing: the device
 *
 * Context: Any.
 * Return: the device, open for as long as @backing is.
 */
struct block_device *xbb_bdev_block(const struct xbb_bdev *backing)
{
	return backing->bdev;
}
