// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the files below debugfs/xen-blkback. They see the vbd's numbers, which
 * live longer than the files, and never a queue.
 */
#include "debugfs.h"
#include "backend/hist.h"
#include "params.h"
#include "ring/stats.h"
#include "sysfs.h"
#include "vbd.h"

#include "gnttab-helpers/domain.h"

#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/seq_file.h>

static struct dentry *xbb_debugfs_dir;

static void xbb_debugfs_row(struct seq_file *m, const struct xgh_counters *set,
			    const struct xbb_counter *counter)
{
	unsigned int i;

	seq_printf(m, "%-12s", counter->attr.attr.name);
	for (i = 0; i < set->nr; i++)
		seq_printf(m, " %12llu",
			   xgh_counters_get(set, i, counter->offset));
	seq_putc(m, '\n');
}

static int queues_show(struct seq_file *m, void *unused)
{
	struct xgh_counters set = xbb_sysfs_counters(m->private);
	const struct xbb_counter *counter;

	for (counter = xbb_counters; counter->attr.attr.name; counter++)
		xbb_debugfs_row(m, &set, counter);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(queues);

/* A line for each slot: its smallest value, then a column for each. */
static void xbb_debugfs_hist(struct seq_file *m, const size_t *offsets,
			     unsigned int nr)
{
	struct xgh_counters set = xbb_sysfs_counters(m->private);
	unsigned int slot;
	unsigned int i;

	for (slot = 0; slot < XGH_HIST_SLOTS; slot++) {
		seq_printf(m, "%10llu", xgh_hist_floor(slot));
		for (i = 0; i < nr; i++)
			seq_printf(m, " %12llu",
				   xgh_hist_sum(&set, offsets[i], slot));
		seq_putc(m, '\n');
	}
}

static int latency_show(struct seq_file *m, void *unused)
{
	static const size_t offsets[] = {
		offsetof(struct xbb_stats, latency[XBB_KIND_READ]),
		offsetof(struct xbb_stats, latency[XBB_KIND_WRITE]),
		offsetof(struct xbb_stats, latency[XBB_KIND_FLUSH]),
		offsetof(struct xbb_stats, latency[XBB_KIND_DISCARD]),
	};

	seq_printf(m, "%10s %12s %12s %12s %12s\n", "usec", "read", "write",
		   "flush", "discard");
	xbb_debugfs_hist(m, offsets, ARRAY_SIZE(offsets));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(latency);

static int batches_show(struct seq_file *m, void *unused)
{
	static const size_t offsets[] = {
		offsetof(struct xbb_stats, taken),
		offsetof(struct xbb_stats, answered),
	};

	seq_printf(m, "%10s %12s %12s\n", "requests", "taken", "answered");
	xbb_debugfs_hist(m, offsets, ARRAY_SIZE(offsets));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(batches);

static int budget_show(struct seq_file *m, void *unused)
{
	const struct xbb_vbd *vbd = m->private;

	seq_puts(m, "           mapped       copied          max\n");
	seq_printf(m, "disk   %10u %12u %12u\n",
		   READ_ONCE(vbd->rings.budget.used[XGH_POOL_MAP]),
		   READ_ONCE(vbd->rings.budget.used[XGH_POOL_RAM]),
		   xbb_budget_max(&vbd->rings.budget));
	seq_printf(m, "domain %10u %12u %12u\n",
		   atomic_read(&vbd->rings.domain->pages[XGH_POOL_MAP]),
		   atomic_read(&vbd->rings.domain->pages[XGH_POOL_RAM]),
		   xbb_param_domain_pages());
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(budget);

/**
 * xbb_debugfs_init() - make the directory of all vbds
 *
 * Context: Process; module init. May sleep.
 */
void xbb_debugfs_init(void)
{
	xbb_debugfs_dir = debugfs_create_dir("xen-blkback", NULL);
}

/**
 * xbb_debugfs_exit() - remove it
 *
 * Context: Process; module exit. May sleep.
 */
void xbb_debugfs_exit(void)
{
	debugfs_remove_recursive(xbb_debugfs_dir);
}

/**
 * xbb_debugfs_add() - show a vbd
 * @vbd: the vbd
 *
 * Context: Process; probe. May sleep.
 */
void xbb_debugfs_add(struct xbb_vbd *vbd)
{
	struct dentry *dir = debugfs_create_dir(dev_name(&vbd->xdev->dev),
						xbb_debugfs_dir);

	vbd->debugfs = dir;
	debugfs_create_file("queues", 0400, dir, vbd, &queues_fops);
	debugfs_create_file("latency", 0400, dir, vbd, &latency_fops);
	debugfs_create_file("batches", 0400, dir, vbd, &batches_fops);
	debugfs_create_file("budget", 0400, dir, vbd, &budget_fops);
}

/**
 * xbb_debugfs_remove() - show it no more; nobody reads when it returns
 * @vbd: the vbd
 *
 * Context: Process; the device leaves the bus. May sleep.
 */
void xbb_debugfs_remove(struct xbb_vbd *vbd)
{
	debugfs_remove_recursive(vbd->debugfs);
}
