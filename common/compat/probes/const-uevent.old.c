// SPDX-License-Identifier: GPL-2.0
/* The device of a uevent may be changed. */
#include <xen/xenbus.h>

static int xb_uevent(struct xenbus_device *xdev, struct kobj_uevent_env *env)
{
	return 0;
}

struct xenbus_driver xb_driver = {
	.uevent = xb_uevent,
};
