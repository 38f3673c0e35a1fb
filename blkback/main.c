// SPDX-License-Identifier: GPL-2.0
/* Module glue: what all vbds share begins and ends here. */
#include "device/debugfs.h"
#include "device/driver.h"
#include "device/sysfs.h"
#include "device/vbd.h"
#include "ring/indirect.h"

#include "backend/bus.h"

#include <linux/module.h>

#include <xen/xen.h>

static int __init xbb_init(void)
{
	int err;

	if (!xen_domain())
		return -ENODEV;

	err = xbb_indirect_init();
	if (err)
		return err;
	err = xbb_vbd_init();
	if (err)
		goto err_memory;
	xbb_sysfs_init();
	xbb_debugfs_init();
	err = xbb_driver_register();
	if (err)
		goto err_debugfs;
	return 0;

err_debugfs:
	xbb_debugfs_exit();
	xbb_vbd_exit();
err_memory:
	xbb_indirect_exit();
	return err;
}
module_init(xbb_init);

static void __exit xbb_exit(void)
{
	xbb_driver_unregister();
	xgh_bus_flush();
	xbb_vbd_exit();
	xbb_debugfs_exit();
	xbb_indirect_exit();
}
module_exit(xbb_exit);

MODULE_DESCRIPTION("Xen virtual block device backend");
MODULE_AUTHOR("The xen-backends authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_ALIAS("xen-backend:vbd");
