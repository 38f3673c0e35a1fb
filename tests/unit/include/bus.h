/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for <xen/xenbus.h>; a test of xenstore has functions of its own. */
#ifndef XB_BUS_H
#define XB_BUS_H

#include <stdarg.h>
#include <stdio.h>

#include <xen/interface/io/xenbus.h>

#define __scanf(fmt, args)	__attribute__((format(scanf, fmt, args)))

struct xenbus_transaction {
	u32 id;
};

#define XBT_NIL		((struct xenbus_transaction) { 0 })

int xenbus_transaction_start(struct xenbus_transaction *xbt);
int xenbus_transaction_end(struct xenbus_transaction xbt, int abort);
void *xenbus_read(struct xenbus_transaction xbt, const char *dir,
		  const char *node, unsigned int *len);
__scanf(4, 5)
int xenbus_scanf(struct xenbus_transaction xbt, const char *dir,
		 const char *node, const char *fmt, ...);
int xenbus_printf(struct xenbus_transaction xbt, const char *dir,
		  const char *node, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif /* XB_BUS_H */
