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

struct xnb_ctrl;
struct xnb_link;

/* ctrl.c: life and requests; process, the vif's lock is held, may sleep */
struct xnb_ctrl *xnb_ctrl_create(struct xnb_link *link, grant_ref_t gref,
				 evtchn_port_t evtchn);
void xnb_ctrl_destroy(struct xnb_ctrl *ctrl);

#endif /* XNB_CTRL_H */
