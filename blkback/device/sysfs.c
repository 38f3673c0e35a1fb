// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what an admin can set and see of a device in sysfs. The files go before
 * the vbd does and never look at a queue (CVE-2026-100082). Nor do they take
 * the vbd's lock: xenwatch waits for whoever is in a file before the vbd is
 * told that it leaves, and until then the lock may be held for as long as a
 * guest's rings are paged out.
 */
#include "sysfs.h"
#include "knobs.h"
#include "params.h"
#include "ring/stats.h"
#include "vbd.h"

#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

/* Of all vbds: who measures latencies is counted. */
static DEFINE_MUTEX(xbb_sysfs_latency_lock);

/**
 * xbb_sysfs_set_latency() - measure latencies, or do not
 * @vbd: the vbd
 * @on: whether
 *
 * Context: Process. May sleep.
 */
void xbb_sysfs_set_latency(struct xbb_vbd *vbd, bool on)
{
	mutex_lock(&xbb_sysfs_latency_lock);
	if (on && !vbd->latency_stats)
		static_branch_inc(&xbb_latency_on);
	else if (!on && vbd->latency_stats)
		static_branch_dec(&xbb_latency_on);
	WRITE_ONCE(vbd->latency_stats, on);
	mutex_unlock(&xbb_sysfs_latency_lock);
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

	return sysfs_emit(buf, "%s\n", vbd->rings.limits.readonly ? "r" : "w");
}
static DEVICE_ATTR_RO(mode);

static ssize_t copy_segs_show(struct device *dev,
			      struct device_attribute *attr, char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(vbd->rings.policy.copy_segs));
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
	WRITE_ONCE(vbd->rings.policy.copy_segs, segs);
	return len;
}
static DEVICE_ATTR_RW(copy_segs);

static ssize_t poll_us_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	const struct xbb_vbd *vbd = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(vbd->rings.poll_us));
}

static ssize_t poll_us_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	unsigned int us;
	int err = kstrtouint(buf, 0, &us);

	if (err)
		return err;
	if (us > XBB_POLL_LIMIT)
		return -ERANGE;
	WRITE_ONCE(vbd->rings.poll_us, us);
	return len;
}
static DEVICE_ATTR_RW(poll_us);

static enum xbb_knob xbb_sysfs_knob(struct device_attribute *attr)
{
	return (uintptr_t)container_of(attr, struct dev_ext_attribute,
				       attr)->var;
}

static ssize_t knob_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	int len = xbb_knobs_print(dev_get_drvdata(dev), xbb_sysfs_knob(attr),
				  buf, PAGE_SIZE - 1);

	return len < 0 ? len : len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t knob_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	struct xbb_vbd *vbd = dev_get_drvdata(dev);
	int err = xgh_keys_set(&vbd->knobs, xbb_sysfs_knob(attr), buf);

	return err ?: len;
}

#define XBB_SYSFS_KNOB(_name, _knob)					\
static struct dev_ext_attribute xbb_sysfs_##_name = {			\
	__ATTR(_name, 0644, knob_show, knob_store),			\
	(void *)(_knob)							\
}

XBB_SYSFS_KNOB(iops_limit, XBB_KNOB_IOPS);
XBB_SYSFS_KNOB(bandwidth_limit, XBB_KNOB_BANDWIDTH);
XBB_SYSFS_KNOB(limit_burst_ms, XBB_KNOB_BURST);
XBB_SYSFS_KNOB(max_pages, XBB_KNOB_PAGES);
XBB_SYSFS_KNOB(ioprio, XBB_KNOB_IOPRIO);
XBB_SYSFS_KNOB(cgroup, XBB_KNOB_CGROUP);

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
	xbb_sysfs_set_latency(vbd, on);
	return len;
}
static DEVICE_ATTR_RW(latency_stats);

static struct attribute *xbb_sysfs_knobs[] = {
	&dev_attr_copy_segs.attr,
	&dev_attr_poll_us.attr,
	&xbb_sysfs_iops_limit.attr.attr,
	&xbb_sysfs_bandwidth_limit.attr.attr,
	&xbb_sysfs_limit_burst_ms.attr.attr,
	&xbb_sysfs_max_pages.attr.attr,
	&xbb_sysfs_ioprio.attr.attr,
	&xbb_sysfs_cgroup.attr.attr,
	&dev_attr_latency_stats.attr,
	&dev_attr_physical_device.attr,
	&dev_attr_mode.attr,
	NULL
};

static const struct attribute_group xbb_sysfs_knobs_group = {
	.attrs = xbb_sysfs_knobs,
};

/**
 * xbb_sysfs_counters() - the counters of all possible queues of a vbd
 * @vbd: the vbd
 *
 * Context: Any.
 * Return: them, for common/backend/counters.h.
 */
struct xgh_counters xbb_sysfs_counters(const struct xbb_vbd *vbd)
{
	return (struct xgh_counters) {
		.first = vbd->rings.stats,
		.bytes = sizeof(*vbd->rings.stats),
		.nr = vbd->max_queues,
	};
}

static ssize_t xbb_sysfs_show_counter(struct device *dev,
				      struct device_attribute *attr, char *buf)
{
	const struct xbb_counter *counter =
		container_of(attr, struct xbb_counter, attr);

	struct xgh_counters set = xbb_sysfs_counters(dev_get_drvdata(dev));

	return sysfs_emit(buf, "%llu\n",
			  xgh_counters_sum(&set, counter->offset));
}

#define XBB_COUNTER(_name, _field) {					\
	.attr = __ATTR(_name, 0444, xbb_sysfs_show_counter, NULL),	\
	.offset = offsetof(struct xbb_stats, _field),			\
}

struct xbb_counter xbb_counters[] = {
	XBB_COUNTER(oo_req, oo_req),
	XBB_COUNTER(rd_req, rd_req),
	XBB_COUNTER(wr_req, wr_req),
	XBB_COUNTER(f_req, f_req),
	XBB_COUNTER(ds_req, ds_req),
	XBB_COUNTER(rd_sect, rd_sect),
	XBB_COUNTER(wr_sect, wr_sect),
	XBB_COUNTER(bad_req, bad_req),
	XBB_COUNTER(copy_req, copy_req),
	XBB_COUNTER(map_req, map_req),
	XBB_COUNTER(persist_req, persist_req),
	XBB_COUNTER(away_req, away_req),
	XBB_COUNTER(away_tries, away_tries),
	XBB_COUNTER(away_passed, away_passed),
	XBB_COUNTER(sweeps, sweeps),
	XBB_COUNTER(notifies, notifies),
	XBB_COUNTER(deferred, deferred),
	XBB_COUNTER(map_full, map_full),
	XBB_COUNTER(map_waits, map_waits),
	XBB_COUNTER(throttled, throttled),
	XBB_COUNTER(pressure, pressure),
	XBB_COUNTER(polls, polls),
	XBB_COUNTER(poll_hits, poll_hits),
	XBB_COUNTER(copy_calls, copies.calls),
	XBB_COUNTER(copy_ops, copies.ops),
	XBB_COUNTER(map_calls, maps.calls),
	XBB_COUNTER(map_ops, maps.ops),
	XBB_COUNTER(unmap_calls, unmaps.calls),
	XBB_COUNTER(unmap_ops, unmaps.ops),
	{ }
};

static struct attribute *xbb_sysfs_counter_attrs[ARRAY_SIZE(xbb_counters)];

/**
 * xbb_sysfs_init() - make the files of all counters known
 *
 * Context: Process; module init.
 */
void xbb_sysfs_init(void)
{
	unsigned int i;

	for (i = 0; xbb_counters[i].attr.attr.name; i++)
		xbb_sysfs_counter_attrs[i] = &xbb_counters[i].attr.attr;
}

static const struct attribute_group xbb_sysfs_counters_group = {
	.name = "statistics",
	.attrs = xbb_sysfs_counter_attrs,
};

const struct attribute_group *xbb_sysfs_groups[] = {
	&xbb_sysfs_counters_group,
	&xbb_sysfs_knobs_group,
	NULL
};
