// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of xen-gnttab-helpers: what a real kernel and a real hypervisor
 * make of its calls. To be loaded in dom0; results are in
 * /sys/kernel/debug/kunit/.
 */
#include <linux/module.h>

#include "loan.h"

kunit_test_suites(&map_suite, &copy_suite, &async_suite);

MODULE_DESCRIPTION("KUnit tests of xen-gnttab-helpers");
MODULE_LICENSE("GPL");
