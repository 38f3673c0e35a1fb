// SPDX-License-Identifier: GPL-2.0
/* A state is read from a directory. */
#include <xen/xenbus.h>

enum xenbus_state (*const xb_read)(const char *path) = xenbus_read_driver_state;
