// SPDX-License-Identifier: GPL-2.0
/* A block device is opened by its number, with the mode of a file. */
#include <linux/blkdev.h>

struct block_device *(*const xb_open)(dev_t dev, fmode_t mode, void *holder) =
	blkdev_get_by_dev;
void (*const xb_close)(struct block_device *bdev, fmode_t mode) = blkdev_put;
