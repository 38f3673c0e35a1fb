// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the files in sysfs: numbers and settings. The files go before the vbd
 * does and never look at a queue (CVE-2026-100082).
 */
#include "stats.h"
#include "vbd.h"

#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

/**
 * xbb_stats_account() - count a request that goes to the disk
 * @stats: the queue's
 * @op: BLKIF_OP_READ, _WRITE, _FLUSH_DISKCACHE or _DISCARD
 * @nr_sectors: its length in units of 512 bytes
 *
 * Context: The queue's thread.
 */
void xbb_stats_account(struct xbb_stats *stats, u8 op, u32 nr_sectors)
{
	switch (op) {
	case BLKIF_OP_READ:
		stats->rd_req++;
		stats->rd_sect += nr_sectors;
		break;
	case BLKIF_OP_WRITE:
		stats->wr_req++;
		stats->wr_sect += nr_sectors;
		break;
	case BLKIF_OP_DISCARD:
		stats->ds_req++;
		break;
	default:
		stats->f_req++;
		stats->wr_sect += nr_sectors;
		break;
	}
}

static u64 xbb_stats_sum(const struct xbb_vbd *vbd, size_t offset)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < vbd->max_queues; i++) {
		const void *stats = &vbd->stats[i];

		sum += READ_ONCE(*(const u64 *)(stats + offset));
	}
	return sum;
}

struct xbb_stat_attribute {
	struct device_attribute attr;
	size_t offset;
};

static ssize_t xbb_stat_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	const struct xbb_stat_attribute *stat =
		container_of(attr, struct xbb_stat_attribute, attr);

	return sysfs_emit(buf, "%llu\n",
			  xbb_stats_sum(dev_get_drvdata(dev), stat->offset));
}

#define XBB_STAT(_name)							\
	static struct xbb_stat_attribute xbb_stat_##_name = {		\
		.attr = __ATTR(_name, 0444, xbb_stat_show, NULL),	\
		.offset = offsetof(struct xbb_stats, _name),		\
	}

XBB_STAT(oo_req);
XBB_STAT(rd_req);
XBB_STAT(wr_req);
XBB_STAT(f_req);
XBB_STAT(ds_req);
XBB_STAT(rd_sect);
XBB_STAT(wr_sect);
XBB_STAT(bad_req);
XBB_STAT(copy_req);
XBB_STAT(map_req);
XBB_STAT(sweeps);
XBB_STAT(notifies);
XBB_STAT(deferred);

static struct attribute *xbb_stat_attrs[] = {
	&xbb_stat_oo_req.attr.attr,
	&xbb_stat_rd_req.attr.attr,
	&xbb_stat_wr_req.attr.attr,
	&xbb_stat_f_req.attr.attr,
	&xbb_stat_ds_req.attr.attr,
	&xbb_stat_rd_sect.attr.attr,
	&xbb_stat_wr_sect.attr.attr,
	&xbb_stat_bad_req.attr.attr,
	&xbb_stat_copy_req.attr.attr,
	&xbb_stat_map_req.attr.attr,
	&xbb_stat_sweeps.attr.attr,
	&xbb_stat_notifies.attr.attr,
	&xbb_stat_deferred.attr.attr,
	NULL
};

static const struct attribute_group xbb_stat_group = {
	.name = "statistics",
	.attrs = xbb_stat_attrs,
};

static ssize_t physical_device_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);
	dev_t num = READ_ONCE(vbd->devnum);

	return sysfs_emit(buf, "%x:%x\n", MAJOR(num), MINOR(num));
}
static DEVICE_ATTR_RO(physical_device);

static ssize_t mode_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", vbd->limits.readonly ? "r" : "w");
}
static DEVICE_ATTR_RO(mode);

static ssize_t copy_segs_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(vbd->policy.copy_segs));
}

static ssize_t copy_segs_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	u16 segs;
	int err = kstrtou16(buf, 0, &segs);

	if (err)
		return err;
	if (segs > XBB_INDIRECT_SEGS)
		return -ERANGE;
	WRITE_ONCE(vbd->policy.copy_segs, segs);
	return len;
}
static DEVICE_ATTR_RW(copy_segs);

static struct attribute *xbb_device_attrs[] = {
	&dev_attr_copy_segs.attr,
	&dev_attr_physical_device.attr,
	&dev_attr_mode.attr,
	NULL
};

static const struct attribute_group xbb_device_group = {
	.attrs = xbb_device_attrs,
};

const struct attribute_group *xbb_stats_groups[] = {
	&xbb_stat_group,
	&xbb_device_group,
	NULL
};
