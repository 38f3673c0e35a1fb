// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the counters, and their files in sysfs. The files go before the vbd
 * does and never look at a queue (CVE-2026-100082).
 */
#include "stats.h"
#include "knobs.h"
#include "vbd.h"

#include <linux/device.h>
#include <linux/sysfs.h>

DEFINE_STATIC_KEY_FALSE(xbb_latency_on);

/**
 * xbb_stats_account() - count a request that goes to the disk
 * @stats: the queue's
 * @op: BLKIF_OP_READ, _WRITE, _WRITE_BARRIER, _FLUSH_DISKCACHE or _DISCARD
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

/**
 * xbb_stats_latency() - count how long a request took
 * @stats: the queue's
 * @op: as for xbb_stats_account()
 * @ns: nanoseconds from the ring to the answer
 *
 * Context: The queue's thread.
 */
void xbb_stats_latency(struct xbb_stats *stats, u8 op, u64 ns)
{
	enum xbb_kind kind = op == BLKIF_OP_READ ? XBB_KIND_READ :
			     op == BLKIF_OP_WRITE ? XBB_KIND_WRITE :
			     op == BLKIF_OP_DISCARD ? XBB_KIND_DISCARD :
						      XBB_KIND_FLUSH;

	xbb_hist_add(&stats->latency[kind], ns >> 10);
}

/**
 * xbb_stats_log() - write a queue's counters to the log
 * @vbd: the vbd
 * @queue: number of the queue
 *
 * Context: Process.
 */
void xbb_stats_log(const struct xbb_vbd *vbd, unsigned int queue)
{
	const struct xbb_stats *stats = &vbd->stats[queue];

	dev_info(&vbd->xdev->dev,
		 "queue %u: oo %llu | rd %llu | wr %llu | f %llu | ds %llu | pg %u/%u\n",
		 queue, stats->oo_req, stats->rd_req, stats->wr_req,
		 stats->f_req, stats->ds_req,
		 READ_ONCE(vbd->budget.used[XBB_BUDGET_MAP]),
		 READ_ONCE(vbd->budget.used[XBB_BUDGET_RAM]));
}

#define XBB_COUNTER(_name)	{ #_name, offsetof(struct xbb_stats, _name) }

const struct xbb_counter xbb_counters[] = {
	XBB_COUNTER(oo_req),
	XBB_COUNTER(rd_req),
	XBB_COUNTER(wr_req),
	XBB_COUNTER(f_req),
	XBB_COUNTER(ds_req),
	XBB_COUNTER(rd_sect),
	XBB_COUNTER(wr_sect),
	XBB_COUNTER(bad_req),
	XBB_COUNTER(copy_req),
	XBB_COUNTER(map_req),
	XBB_COUNTER(persist_req),
	XBB_COUNTER(sweeps),
	XBB_COUNTER(notifies),
	XBB_COUNTER(deferred),
	XBB_COUNTER(throttled),
	XBB_COUNTER(pressure),
	{}
};

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
XBB_STAT(persist_req);
XBB_STAT(away_req);
XBB_STAT(away_tries);
XBB_STAT(away_passed);
XBB_STAT(sweeps);
XBB_STAT(notifies);
XBB_STAT(deferred);
XBB_STAT(throttled);
XBB_STAT(pressure);

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
	&xbb_stat_persist_req.attr.attr,
	&xbb_stat_away_req.attr.attr,
	&xbb_stat_away_tries.attr.attr,
	&xbb_stat_away_passed.attr.attr,
	&xbb_stat_sweeps.attr.attr,
	&xbb_stat_notifies.attr.attr,
	&xbb_stat_deferred.attr.attr,
	&xbb_stat_throttled.attr.attr,
	&xbb_stat_pressure.attr.attr,
	NULL
};

static const struct attribute_group xbb_stat_group = {
	.name = "statistics",
	.attrs = xbb_stat_attrs,
};

const struct attribute_group *xbb_stats_groups[] = {
	&xbb_stat_group,
	&xbb_knobs_group,
	NULL
};
