// SPDX-License-Identifier: GPL-2.0
/* Module glue: what all vifs share begins and ends here. */
#include "device/debugfs.h"
#include "device/driver.h"
#include "device/vif.h"
#include "netdev/netdev.h"

#include "backend/bus.h"

#include <linux/module.h>

#include <xen/xen.h>

static int __init xnb_init(void)
{
	int err;

	if (!xen_domain())
		return -ENODEV;

	err = xnb_netdev_init();
	if (err)
		return err;
	err = xnb_vif_init();
	if (err)
		goto err_netdev;
	xnb_debugfs_init();
	err = xnb_driver_register();
	if (err)
		goto err_vif;
	return 0;

err_vif:
	xnb_debugfs_exit();
	xnb_vif_exit();
err_netdev:
	xnb_netdev_exit();
	return err;
}
module_init(xnb_init);

static void __exit xnb_exit(void)
{
	xnb_driver_unregister();
	xgh_bus_flush();
	xnb_debugfs_exit();
	xnb_vif_exit();
	xnb_netdev_exit();
}
module_exit(xnb_exit);

MODULE_DESCRIPTION("Xen virtual network interface backend");
MODULE_AUTHOR("The xen-backends authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_ALIAS("xen-backend:vif");
