// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the counters, and their files in sysfs. The files go before the vbd
 * does and never look at a queue (CVE-2026-100082).
 */
#include "stats.h"
#include "device/knobs.h"
#include "device/vbd.h"

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

static ssize_t xbb_stats_show(struct device *dev, struct device_attribute *attr,
			      char *buf)
{
	const struct xbb_counter *counter =
		container_of(attr, struct xbb_counter, attr);

	return sysfs_emit(buf, "%llu\n",
			  xbb_stats_sum(dev_get_drvdata(dev), counter->offset));
}

#define XBB_COUNTER(_name, _field) {				\
	.attr = __ATTR(_name, 0444, xbb_stats_show, NULL),	\
	.offset = offsetof(struct xbb_stats, _field),		\
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
	XBB_COUNTER(copy_calls, copies.calls),
	XBB_COUNTER(copy_ops, copies.ops),
	XBB_COUNTER(map_calls, maps.calls),
	XBB_COUNTER(map_ops, maps.ops),
	XBB_COUNTER(unmap_calls, unmaps.calls),
	XBB_COUNTER(unmap_ops, unmaps.ops),
	{ }
};

static struct attribute *xbb_stats_attrs[ARRAY_SIZE(xbb_counters)];

/**
 * xbb_stats_init() - make the files of all counters known
 *
 * Context: Process; module init.
 */
void xbb_stats_init(void)
{
	unsigned int i;

	for (i = 0; xbb_counters[i].attr.attr.name; i++)
		xbb_stats_attrs[i] = &xbb_counters[i].attr.attr;
}

static const struct attribute_group xbb_stats_group = {
	.name = "statistics",
	.attrs = xbb_stats_attrs,
};

const struct attribute_group *xbb_stats_groups[] = {
	&xbb_stats_group,
	&xbb_knobs_group,
	NULL
};
