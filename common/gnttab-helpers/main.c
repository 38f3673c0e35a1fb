// SPDX-License-Identifier: GPL-2.0
/* Module glue; the functions are exported where they are defined. */
#include <linux/module.h>

MODULE_DESCRIPTION("Grants and rings for Xen backend drivers");
MODULE_AUTHOR("The xen-backends authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
