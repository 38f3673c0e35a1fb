/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opening a block device as a file, for kernels that open it by number only,
 * and what is a zoned one.
 *
 * {"since": "v6.9", "commit": "f3a608827d1f", "used-by": "blkback/disk"}
 */
#ifndef XB_COMPAT_LINUX_BLKDEV_H
#define XB_COMPAT_LINUX_BLKDEV_H

#include_next <linux/blkdev.h>
#include <xb/have.h>

#ifndef XB_HAVE_BDEV_FILE

#include <linux/err.h>
#include <linux/slab.h>

#define BLK_OPEN_READ	((__force blk_mode_t)FMODE_READ)
#define BLK_OPEN_WRITE	((__force blk_mode_t)FMODE_WRITE)

typedef unsigned int __bitwise blk_mode_t;

struct blk_holder_ops;

/* What the pointer to a file is in truth; only file_bdev() & co. look. */
struct xb_bdev_file {
	struct block_device *bdev;
	fmode_t mode;
};

static inline struct file *
bdev_file_open_by_dev(dev_t dev, blk_mode_t mode, void *holder,
		      const struct blk_holder_ops *hops)
{
	struct xb_bdev_file *open = kzalloc(sizeof(*open), GFP_KERNEL);

	if (!open)
		return ERR_PTR(-ENOMEM);

	open->mode = (__force fmode_t)mode;
	if (holder)
		open->mode |= FMODE_EXCL;
	open->bdev = blkdev_get_by_dev(dev, open->mode, holder);
	if (IS_ERR(open->bdev)) {
		struct file *err = ERR_CAST(open->bdev);

		kfree(open);
		return err;
	}
	return (struct file *)open;
}

static inline struct block_device *file_bdev(struct file *bdev_file)
{
	return ((struct xb_bdev_file *)bdev_file)->bdev;
}

static inline void bdev_fput(struct file *bdev_file)
{
	struct xb_bdev_file *open = (struct xb_bdev_file *)bdev_file;

	blkdev_put(open->bdev, open->mode);
	kfree(open);
}

/* Was never left to somebody else there. */
static inline void xb_bdev_fput_sync(struct file *bdev_file)
{
	bdev_fput(bdev_file);
}

#else

#include <linux/file.h>
#include <linux/fs.h>

/* A file that a kernel thread puts is closed later, by one work for all. */
static inline void xb_bdev_fput_sync(struct file *bdev_file)
{
	get_file(bdev_file);
	bdev_fput(bdev_file);
	__fput_sync(bdev_file);
}

#endif /* XB_HAVE_BDEV_FILE */

/* Host-aware drives are written anywhere; some kernels call them zoned, too. */
static inline bool xb_bdev_is_zoned_strictly(struct block_device *bdev)
{
#ifdef XB_HAVE_ZONED_STRICT
	return bdev_is_zoned(bdev);
#else
	return bdev_zoned_model(bdev) == BLK_ZONED_HM;
#endif
}

#endif /* XB_COMPAT_LINUX_BLKDEV_H */
