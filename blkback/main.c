// SPDX-License-Identifier: GPL-2.0
/* Module glue and parameters. */
#include "main.h"
#include "backing.h"
#include "request.h"
#include "vbd.h"
#include "xenbus.h"

#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include <xen/xen.h>

static unsigned int max_queues;
module_param(max_queues, uint, 0644);
MODULE_PARM_DESC(max_queues,
		 "Most queues of a disk, for new disks (0: one for each CPU)");

static unsigned int max_ring_page_order = XENBUS_MAX_RING_GRANT_ORDER;
module_param(max_ring_page_order, uint, 0444);
MODULE_PARM_DESC(max_ring_page_order,
		 "Largest ring that a frontend may use, as log2 of pages");

/* More rings than this only get in each other's way. */
#define XBB_QUEUES_LIMIT	64u

/**
 * xbb_param_max_queues() - most queues of a new disk
 *
 * Context: Any.
 * Return: a number from 1 to a limit of ours.
 */
unsigned int xbb_param_max_queues(void)
{
	unsigned int max = READ_ONCE(max_queues) ?: num_online_cpus();

	return min(max, XBB_QUEUES_LIMIT);
}

/**
 * xbb_param_max_order() - largest ring of a new disk
 *
 * Context: Any.
 * Return: log2 of the number of pages.
 */
unsigned int xbb_param_max_order(void)
{
	return min_t(unsigned int, max_ring_page_order,
		     XENBUS_MAX_RING_GRANT_ORDER);
}

static int __init xbb_init(void)
{
	int err;

	if (!xen_domain())
		return -ENODEV;

	err = xbb_backing_init();
	if (err)
		return err;
	err = xbb_req_memory_init();
	if (err)
		goto err_backing;
	err = xbb_vbd_init();
	if (err)
		goto err_memory;
	err = xbb_xenbus_register();
	if (err)
		goto err_vbd;
	return 0;

err_vbd:
	xbb_vbd_exit();
err_memory:
	xbb_req_memory_exit();
err_backing:
	xbb_backing_exit();
	return err;
}
module_init(xbb_init);

static void __exit xbb_exit(void)
{
	xbb_xenbus_unregister();
	xbb_vbd_exit();
	xbb_req_memory_exit();
	xbb_backing_exit();
}
module_exit(xbb_exit);

MODULE_DESCRIPTION("Xen virtual block device backend");
MODULE_AUTHOR("The xen-backends authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
MODULE_ALIAS("xen-backend:vbd");
