/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking devices from their driver and giving them to one, whichever driver it
 * is, while guests come and go.
 *
 * The bus removes a device that has gone in xenwatch, and waits for the lock
 * of the device there. Whoever unbinds a driver in sysfs, or unloads its
 * module, holds that lock and waits for xenwatch to be done with the driver's
 * watches. If both meet neither ever goes on, and all devices of the system
 * stand. So what is here is done in xenwatch, where the two cannot meet, and
 * where the lock is not free, nobody waits for it.
 */
#ifndef XGH_BUS_H
#define XGH_BUS_H

#include <linux/types.h>

struct device;
struct xenbus_device;

int xgh_bus_try(const char *what, int (*act)(struct device *dev));
int xgh_bus_do(const char *what, int (*act)(struct device *dev));
int xgh_bus_unbind(const char *what);
int xgh_bus_bind(const char *what);
bool xgh_bus_unregister(struct xenbus_device *xdev);
void xgh_bus_flush(void);

#endif /* XGH_BUS_H */
