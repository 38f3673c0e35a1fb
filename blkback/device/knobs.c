// SPDX-License-Identifier: GPL-2.0
/* Owns what an admin can set and see of a device in sysfs, but for numbers. */
#include "knobs.h"
#include "ring/queue.h"
#include "ring/stats.h"
#include "vbd.h"

#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

/**
 * xbb_knobs_set_latency() - measure latencies, or do not
 * @vbd: the vbd
 * @on: whether
 *
 * Context: Process. May sleep.
 */
void xbb_knobs_set_latency(struct xbb_vbd *vbd, bool on)
{
	mutex_lock(&vbd->lock);
	if (on && !vbd->latency_stats)
		static_branch_inc(&xbb_latency_on);
	else if (!on && vbd->latency_stats)
		static_branch_dec(&xbb_latency_on);
	WRITE_ONCE(vbd->latency_stats, on);
	mutex_unlock(&vbd->lock);
}

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

static void xbb_knobs_nudge(struct xbb_vbd *vbd)
{
	unsigned int i;

	mutex_lock(&vbd->lock);
	if (vbd->link == XBB_LINK_UP)
		for (i = 0; i < vbd->nr_queues; i++)
			xbb_queue_nudge(vbd->queues[i]);
	mutex_unlock(&vbd->lock);
}

static enum xbb_limit xbb_knobs_limit(struct device_attribute *attr)
{
	return (uintptr_t)container_of(attr, struct dev_ext_attribute,
				       attr)->var;
}

static ssize_t limit_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);
	enum xbb_limit limit = xbb_knobs_limit(attr);

	return sysfs_emit(buf, "%llu\n",
			  READ_ONCE(vbd->qos.limits[limit].rate));
}

static ssize_t limit_store(struct device *dev, struct device_attribute *attr,
			   const char *buf, size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	u64 rate;
	int err = kstrtou64(buf, 0, &rate);

	if (err)
		return err;
	if (rate > XBB_BUCKET_RATE_MAX)
		return -ERANGE;
	xbb_qos_set_rate(&vbd->qos, xbb_knobs_limit(attr), rate);
	xbb_knobs_nudge(vbd);
	return len;
}

static struct dev_ext_attribute xbb_knobs_iops = {
	__ATTR(iops_limit, 0644, limit_show, limit_store),
	(void *)XBB_LIMIT_IOPS
};

static struct dev_ext_attribute xbb_knobs_bandwidth = {
	__ATTR(bandwidth_limit, 0644, limit_show, limit_store),
	(void *)XBB_LIMIT_BYTES
};

static ssize_t limit_burst_ms_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(vbd->qos.burst));
}

static ssize_t limit_burst_ms_store(struct device *dev,
				    struct device_attribute *attr,
				    const char *buf, size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	unsigned int burst;
	int err = kstrtouint(buf, 0, &burst);

	if (err)
		return err;
	xbb_qos_set_burst(&vbd->qos, burst);
	xbb_knobs_nudge(vbd);
	return len;
}
static DEVICE_ATTR_RW(limit_burst_ms);

static ssize_t max_pages_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(vbd->budget.max));
}

static ssize_t max_pages_store(struct device *dev,
			       struct device_attribute *attr, const char *buf,
			       size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	unsigned int max;
	int err = kstrtouint(buf, 0, &max);

	if (err)
		return err;
	WRITE_ONCE(vbd->budget.max, max);
	return len;
}
static DEVICE_ATTR_RW(max_pages);

static ssize_t latency_stats_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", READ_ONCE(vbd->latency_stats));
}

static ssize_t latency_stats_store(struct device *dev,
				   struct device_attribute *attr,
				   const char *buf, size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	bool on;
	int err = kstrtobool(buf, &on);

	if (err)
		return err;
	xbb_knobs_set_latency(vbd, on);
	return len;
}
static DEVICE_ATTR_RW(latency_stats);

static struct attribute *xbb_knobs_attrs[] = {
	&dev_attr_copy_segs.attr,
	&xbb_knobs_iops.attr.attr,
	&xbb_knobs_bandwidth.attr.attr,
	&dev_attr_limit_burst_ms.attr,
	&dev_attr_max_pages.attr,
	&dev_attr_latency_stats.attr,
	&dev_attr_physical_device.attr,
	&dev_attr_mode.attr,
	NULL
};

const struct attribute_group xbb_knobs_group = {
	.attrs = xbb_knobs_attrs,
};
