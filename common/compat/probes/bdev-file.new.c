// SPDX-License-Identifier: GPL-2.0
/* A block device is opened as a file. */
#include <linux/blkdev.h>

struct file *(*const xb_open)(dev_t dev, blk_mode_t mode, void *holder,
			      const struct blk_holder_ops *hops) =
	bdev_file_open_by_dev;
struct block_device *(*const xb_bdev)(struct file *file) = file_bdev;
void (*const xb_close)(struct file *file) = bdev_fput;
