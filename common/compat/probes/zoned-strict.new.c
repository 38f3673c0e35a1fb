// SPDX-License-Identifier: GPL-2.0
/* A disk has zones only if they must be written in order. */
#include <linux/blkdev.h>

bool (*const xb_is_zoned)(struct block_device *bdev) = bdev_is_zoned;
/* An error if there is a function of that name. */
const int bdev_zoned_model = 1;
