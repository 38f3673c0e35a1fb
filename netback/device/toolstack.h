/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the toolstack wants of a vif, as it stands in our directory of xenstore.
 * Everything here sleeps.
 */
#ifndef XNB_TOOLSTACK_H
#define XNB_TOOLSTACK_H

#include <linux/types.h>

struct xenbus_device;
struct xnb_offer;
struct xnb_vif;

void xnb_toolstack_read_offer(const struct xenbus_device *xdev,
			      struct xnb_offer *offer);
char *xnb_toolstack_read_script(const struct xenbus_device *xdev);
bool xnb_toolstack_has_plugged(const struct xnb_vif *vif);
void xnb_toolstack_read_rates(struct xnb_vif *vif);

#endif /* XNB_TOOLSTACK_H */
