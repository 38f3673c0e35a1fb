/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading nodes of xenstore. That a node is missing says something; that there
 * was no memory to read it, or that xenstored had a fault, says nothing, and is
 * waited for. Else a guest would be given up for gone, or a ring be read in
 * another layout, because of a bad moment.
 */
#ifndef XGH_READ_H
#define XGH_READ_H

#include <linux/errno.h>
#include <linux/types.h>

#include <xen/interface/io/xenbus.h>

/**
 * xgh_read_is_passing() - is a failure no fault of what was to be read?
 * @err: negative errno, or 0
 *
 * Context: Any.
 * Return: whether it may be over in a moment.
 */
static inline bool xgh_read_is_passing(int err)
{
	return err == -ENOMEM || err == -EAGAIN || err == -EINTR || err == -EIO;
}

bool xgh_read_may_pass(int err, unsigned int *tries);
char *xgh_read(const char *dir, const char *node);
__scanf(3, 4)
int xgh_read_scanf(const char *dir, const char *node, const char *fmt, ...);
int xgh_read_uint(const char *dir, const char *node, unsigned int *number);
int xgh_read_required(const char *dir, const char *node, unsigned int *number);
int xgh_read_optional(const char *dir, const char *node, unsigned int missing,
		      unsigned int *number);
unsigned int xgh_read_unsigned(const char *dir, const char *node,
			       unsigned int missing);
enum xenbus_state xgh_read_state(const char *dir);

#endif /* XGH_READ_H */
