/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What we write about a vif to our directory of xenstore. Everything here
 * sleeps. The protocol: xen/interface/io/netif.h.
 */
#ifndef XNB_PUBLISH_H
#define XNB_PUBLISH_H

#include <linux/types.h>

struct xnb_vif;

int xnb_publish_offer(struct xnb_vif *vif);
void xnb_publish_carrier(struct xnb_vif *vif);

#endif /* XNB_PUBLISH_H */
