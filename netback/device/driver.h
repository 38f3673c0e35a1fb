/* SPDX-License-Identifier: GPL-2.0 */
/* The driver on the bus; see driver.c. */
#ifndef XNB_DRIVER_H
#define XNB_DRIVER_H

int xnb_driver_register(void);
void xnb_driver_unregister(void);

#endif /* XNB_DRIVER_H */
