/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every backend reads from and writes to xenstore, whatever its device.
 * Everything here sleeps. The protocol: xen/interface/io/xenbus.h.
 */
#ifndef XGH_XENSTORE_H
#define XGH_XENSTORE_H

#include <linux/types.h>

#include <xen/xenbus.h>

#include "life.h"
#include "write.h"

/* Room for the name of a frontend's node in messages. */
#define XGH_NODE_NAME	48

/* Looking; the device is on the bus, or just leaving it. */
enum xenbus_state xgh_xenstore_frontend(const struct xenbus_device *xdev);
char *xgh_xenstore_queue_dir(const struct xenbus_device *xdev, unsigned int nr,
			     unsigned int index);
void xgh_xenstore_queue_node(char name[XGH_NODE_NAME], unsigned int nr,
			     unsigned int index, const char *node);
void xgh_xenstore_look(const struct xenbus_device *xdev,
		       const struct xgh_life *life, struct xgh_life_view *view);

/* Saying what we do; the device is on the bus. */
void xgh_xenstore_say(struct xenbus_device *xdev, enum xgh_life_action action);
void xgh_xenstore_fail(struct xenbus_device *xdev, int err, const char *what);
void xgh_xenstore_fail_for_now(struct xenbus_device *xdev,
			       struct xgh_life *life, int err,
			       const char *what);
void xgh_xenstore_fail_reading(struct xenbus_device *xdev,
			       struct xgh_life *life, int err,
			       const char *node);
void xgh_xenstore_error(struct xenbus_device *xdev, int err, const char *what);

/* Nodes, unless our directory has gone. */
int xgh_xenstore_write(const struct xenbus_device *xdev,
		       const struct xgh_node *nodes, unsigned int nr);
int xgh_xenstore_write_while(const struct xenbus_device *xdev,
			     enum xenbus_state own,
			     const struct xgh_node *nodes, unsigned int nr);
__printf(3, 4)
int xgh_xenstore_printf(const struct xenbus_device *xdev, const char *name,
			const char *fmt, ...);
void xgh_xenstore_remove(const struct xenbus_device *xdev, const char *name);

/* For the watch on our own directory, in xenwatch. */
bool xgh_xenstore_changed(struct xenbus_device *xdev,
			  const struct xgh_life *life,
			  const struct xenbus_watch *watch, const char *path);

#endif /* XGH_XENSTORE_H */
