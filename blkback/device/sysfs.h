/* SPDX-License-Identifier: GPL-2.0 */
/* What an admin can set and see of a device in sysfs. */
#ifndef XBB_SYSFS_H
#define XBB_SYSFS_H

#include <linux/device.h>
#include <linux/types.h>

#include "backend/counters.h"

struct xbb_vbd;

/**
 * struct xbb_counter - a counter and its file in sysfs
 */
struct xbb_counter {
	/** @attr: the file, whose name is that of the counter */
	struct device_attribute attr;
	/** @offset: a u64 in struct xbb_stats */
	size_t offset;
};

/* All of them, and one without a name at the end. */
extern struct xbb_counter xbb_counters[];
/* All files of a device. */
extern const struct attribute_group *xbb_sysfs_groups[];

void xbb_sysfs_init(void);
struct xgh_counters xbb_sysfs_counters(const struct xbb_vbd *vbd);
void xbb_sysfs_set_latency(struct xbb_vbd *vbd, bool on);

#endif /* XBB_SYSFS_H */
