/* SPDX-License-Identifier: GPL-2.0 */
/* The driver on the bus. */
#ifndef XBB_DRIVER_H
#define XBB_DRIVER_H

int xbb_driver_register(void);
void xbb_driver_unregister(void);

#endif /* XBB_DRIVER_H */
