// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the files below xen-gnttab-helpers/ in debugfs. What the columns mean
 * is documented in Documentation/gnttab-helpers.md.
 */
#include "debugfs.h"
#include "domain.h"
#include "faults.h"

#include <linux/debugfs.h>
#include <linux/seq_file.h>

static struct dentry *xgh_debugfs_dir;

static void xgh_debugfs_show_domain(struct xgh_domain *domain, void *data)
{
	struct seq_file *file = data;

	seq_printf(file, "%u %d %lld %lld %lld %lld %lld %d %d\n",
		   domain->domid, atomic_read(&domain->waiting),
		   (long long)atomic64_read(&domain->deferred),
		   (long long)atomic64_read(&domain->looks),
		   (long long)atomic64_read(&domain->abandoned),
		   (long long)atomic64_read(&domain->refused),
		   (long long)atomic64_read(&domain->away),
		   atomic_read(&domain->pages[XGH_POOL_MAP]),
		   atomic_read(&domain->pages[XGH_POOL_RAM]));
}

static int xgh_domains_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "domid waiting deferred looks abandoned refused away disk_mapped disk_ram\n");
	xgh_domain_for_each(xgh_debugfs_show_domain, file);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(xgh_domains);

/**
 * xgh_debugfs_init() - create the files
 *
 * Without debugfs nothing is lost but the view.
 *
 * Context: Process; module init.
 */
void xgh_debugfs_init(void)
{
	xgh_debugfs_dir = debugfs_create_dir("xen-gnttab-helpers", NULL);
	debugfs_create_file("domains", 0400, xgh_debugfs_dir, NULL,
			    &xgh_domains_fops);
	xgh_faults_init(xgh_debugfs_dir);
}

/**
 * xgh_debugfs_exit() - remove the files
 *
 * Context: Process; module exit. May sleep.
 */
void xgh_debugfs_exit(void)
{
	debugfs_remove_recursive(xgh_debugfs_dir);
}
