// SPDX-License-Identifier: GPL-2.0
/* Module glue; functions are exported where they are defined. */
#include "async_unmap.h"
#include "copy.h"
#include "debugfs.h"

#include <linux/module.h>

static int __init xgh_init(void)
{
	int err = xgh_copy_init();

	if (err)
		return err;
	err = xgh_async_unmap_init();
	if (err) {
		xgh_copy_exit();
		return err;
	}
	xgh_debugfs_init();
	return 0;
}
module_init(xgh_init);

static void __exit xgh_exit(void)
{
	xgh_debugfs_exit();
	xgh_async_unmap_exit();
	xgh_copy_exit();
}
module_exit(xgh_exit);

MODULE_DESCRIPTION("Grants and rings for Xen backend drivers");
MODULE_AUTHOR("The xen-backends authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
