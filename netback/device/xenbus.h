/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is read from and written to xenstore. Everything here sleeps. The
 * protocol: xen/interface/io/netif.h and xen/interface/io/xenbus.h.
 */
#ifndef XNB_XENBUS_H
#define XNB_XENBUS_H

#include <linux/types.h>

#include <xen/xenbus.h>

struct xnb_vif;

enum xenbus_state xnb_xenbus_frontend_state(const struct xnb_vif *vif);
bool xnb_xenbus_is_online(const struct xnb_vif *vif);
bool xnb_xenbus_is_detached(const struct xnb_vif *vif);
bool xnb_xenbus_is_replaced(const struct xnb_vif *vif);
bool xnb_xenbus_is_plugged(const struct xnb_vif *vif);
void xnb_xenbus_switch(struct xnb_vif *vif, enum xenbus_state state);
void xnb_xenbus_retire(struct xnb_vif *vif);
__printf(3, 4)
void xnb_xenbus_fail(struct xenbus_device *xdev, int err, const char *fmt, ...);

int xnb_xenbus_publish_offer(struct xnb_vif *vif);
void xnb_xenbus_publish_carrier(struct xnb_vif *vif, bool on);
void xnb_xenbus_read_rates(struct xnb_vif *vif);
void xnb_xenbus_touch_new(const char *dir);

#endif /* XNB_XENBUS_H */
