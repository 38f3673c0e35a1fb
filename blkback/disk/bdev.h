/* SPDX-License-Identifier: GPL-2.0 */
/* The block device behind a vbd: opening it, and what it is like. */
#ifndef XBB_BDEV_H
#define XBB_BDEV_H

#include <linux/types.h>

struct block_device;
struct workqueue_struct;
struct xbb_bdev;

/**
 * struct xbb_disk_id - which device the toolstack means, and what for
 */
struct xbb_disk_id {
	/** @num: number of the block device */
	dev_t num;
	/** @diskseq: which disk of that number is meant, 0 if any */
	u64 diskseq;
	/** @presumed: nobody has said so, but it was that one before */
	bool presumed;
	/** @write: the guest may write */
	bool write;
	/** @shared: others may write as well */
	bool shared;
};

/**
 * struct xbb_geometry - what a frontend is told about the device
 */
struct xbb_geometry {
	/** @sectors: capacity in units of 512 bytes */
	u64 sectors;
	/** @block_size: logical block size in bytes */
	u32 block_size;
	/** @physical_block_size: physical block size in bytes */
	u32 physical_block_size;
	/** @memory_unit: what is mapped must begin and end at its multiples */
	u32 memory_unit;
	/** @flush: there is a volatile cache that can be flushed */
	bool flush;
	/** @cdrom: the device is a CD-ROM drive */
	bool cdrom;
	/** @removable: the medium can be removed */
	bool removable;
	/** @discard: ranges can be discarded */
	bool discard;
	/** @secure_erase: and such that nobody reads them again */
	bool secure_erase;
	/** @discard_granularity: in bytes */
	u32 discard_granularity;
	/** @discard_alignment: offset of the first such unit, in bytes */
	u32 discard_alignment;
};

struct xbb_bdev *xbb_bdev_open(const struct xbb_disk_id *id);
int xbb_bdev_sync(const struct xbb_bdev *backing);
int xbb_bdev_flush(const struct xbb_bdev *backing);
void xbb_bdev_close(struct xbb_bdev *backing);
void xbb_bdev_begin_close(struct xbb_bdev *backing, struct workqueue_struct *wq,
			  void (*closed)(void *owner), void *owner);
void xbb_bdev_geometry(const struct xbb_bdev *backing,
		       struct xbb_geometry *geometry);
u64 xbb_bdev_diskseq(const struct xbb_bdev *backing);
bool xbb_bdev_is_readonly(const struct xbb_bdev *backing);
bool xbb_bdev_is_stable(const struct xbb_bdev *backing);
u64 xbb_bdev_sectors(const struct xbb_bdev *backing);
struct block_device *xbb_bdev_block(const struct xbb_bdev *backing);

#endif /* XBB_BDEV_H */
