/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the toolstack wants of a vif, as it stands in our directory of xenstore.
 * Everything here sleeps.
 */
#ifndef XNB_TOOLSTACK_H
#define XNB_TOOLSTACK_H

#include <linux/types.h>

#include "backend/keys.h"

struct xenbus_device;
struct xnb_offer;
struct xnb_vif;

/**
 * enum xnb_key - what it may set while the vif runs
 * @XNB_KEY_TX_RATE: most that the guest sends
 * @XNB_KEY_RX_RATE: most that it receives
 * @XNB_KEY_CSUM: whether it may get packets with a blank checksum
 */
enum xnb_key {
	XNB_KEY_TX_RATE,
	XNB_KEY_RX_RATE,
	XNB_KEY_CSUM,
};

extern const struct xgh_key_table xnb_toolstack_keys;

void xnb_toolstack_read_offer(const struct xenbus_device *xdev,
			      struct xnb_offer *offer);
int xnb_toolstack_read_handle(const struct xenbus_device *xdev,
			      unsigned int *handle);
char *xnb_toolstack_read_script(const struct xenbus_device *xdev);
bool xnb_toolstack_has_plugged(const struct xnb_vif *vif);

#endif /* XNB_TOOLSTACK_H */
