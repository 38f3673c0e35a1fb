/* SPDX-License-Identifier: GPL-2.0 */
/* The driver on the bus. */
#ifndef XBB_XENBUS_H
#define XBB_XENBUS_H

int xbb_xenbus_register(void);
void xbb_xenbus_unregister(void);

#endif /* XBB_XENBUS_H */
