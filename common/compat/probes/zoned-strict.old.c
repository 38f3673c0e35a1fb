// SPDX-License-Identifier: GPL-2.0
/* A disk says whether its zones must be written in order, or should be. */
#include <linux/blkdev.h>

enum blk_zoned_model (*const xb_model)(struct block_device *bdev) =
	bdev_zoned_model;
const int xb_strict = BLK_ZONED_HM;
