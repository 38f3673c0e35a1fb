// SPDX-License-Identifier: GPL-2.0
/* A state is read for a device, which may have vanished. */
#include <xen/xenbus.h>

enum xenbus_state (*const xb_read)(const struct xenbus_device *xdev,
				   const char *path) = xenbus_read_driver_state;
