/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device that a driver's uevent callback is given, for kernels where it
 * is not constant.
 *
 * {"since": "v6.3", "commit": "2a81ada32f0e", "used-by": "netback/device"}
 *
 * The device that a state is read for, for kernels that do not ask for it.
 *
 * {"since": "v7.2 or before", "used-by": "common/backend"}
 */
#ifndef XB_COMPAT_XEN_XENBUS_H
#define XB_COMPAT_XEN_XENBUS_H

#include_next <xen/xenbus.h>
#include <xb/have.h>

#ifdef XB_HAVE_CONST_UEVENT
#define XB_UEVENT_CONST	const
#else
#define XB_UEVENT_CONST
#endif

#ifndef XB_HAVE_DRIVER_STATE_DEV

static inline enum xenbus_state
xb_read_driver_state(const struct xenbus_device *xdev, const char *path)
{
	return xenbus_read_driver_state(path);
}

#define xenbus_read_driver_state	xb_read_driver_state

#endif

#endif /* XB_COMPAT_XEN_XENBUS_H */
