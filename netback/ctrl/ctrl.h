/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control ring of a vif: a frontend that has one sets through it how
 * packets are spread over its queues.
 */
#ifndef XNB_CTRL_H
#define XNB_CTRL_H

#include <linux/types.h>

#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>

struct sk_buff;
struct xnb_ctrl;
struct xnb_vif;

/* ctrl.c: life and requests; process, the vif's lock is held, may sleep */
struct xnb_ctrl *xnb_ctrl_create(struct xnb_vif *vif, grant_ref_t gref,
				 evtchn_port_t evtchn);
void xnb_ctrl_destroy(struct xnb_ctrl *ctrl);

/* rxhash.c: what comes of it; softirqs are off */
bool xnb_rxhash(const struct xnb_vif *vif, const struct sk_buff *skb, u8 *type,
		u32 *value);
int xnb_rxhash_queue(const struct xnb_vif *vif, const struct sk_buff *skb);

#endif /* XNB_CTRL_H */
