/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device that a driver's uevent callback is given, for kernels where it
 * is not constant.
 *
 * {"since": "v6.3", "commit": "2a81ada32f0e", "used-by": "netback/device"}
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

#endif /* XB_COMPAT_XEN_XENBUS_H */
