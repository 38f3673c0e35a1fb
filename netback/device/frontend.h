/* SPDX-License-Identifier: GPL-2.0 */
/* What a frontend says about itself in xenstore; see frontend.c. */
#ifndef XNB_FRONTEND_H
#define XNB_FRONTEND_H

#include <linux/types.h>

#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/io/xenbus.h>

#include "backend/xenstore.h"

struct xnb_queue_conf;
struct xnb_vif;

/**
 * struct xnb_frontend - what the frontend says about itself
 */
struct xnb_frontend {
	/** @sg: it takes packets of many slots */
	bool sg;
	/** @gso_tcpv4: it takes large TCP packets over IPv4 … */
	bool gso_tcpv4;
	/** @gso_tcpv6: … and IPv6 */
	bool gso_tcpv6;
	/** @csum_v4: it takes blank checksums over IPv4 … */
	bool csum_v4;
	/** @csum_v6: … and IPv6 */
	bool csum_v6;
	/** @rx_notify: it tells when it has made room */
	bool rx_notify;
	/** @mcast_control: it wants multicast filtered */
	bool mcast_control;
	/** @xdp_headroom: bytes that it wants free in front of packets */
	u16 xdp_headroom;
	/** @ctrl: it has a control ring */
	bool ctrl;
	/** @ctrl_ref: grant of that ring */
	grant_ref_t ctrl_ref;
	/** @ctrl_evtchn: its event channel */
	evtchn_port_t ctrl_evtchn;
	/** @nr_queues: number of queues */
	unsigned int nr_queues;
	/** @queues: one for each; freed with xnb_frontend_free() */
	struct xnb_queue_conf *queues;
	/** @wrong: node that was read last, if that has failed */
	char wrong[XGH_NODE_NAME];
};

/**
 * xnb_frontend_runs() - does a frontend rely on what it has been offered?
 * @state: what it says it does
 *
 * Context: Any.
 * Return: whether it has read the offer and will not do so again.
 */
static inline bool xnb_frontend_runs(enum xenbus_state state)
{
	return state == XenbusStateInitialised ||
	       state == XenbusStateConnected ||
	       state == XenbusStateReconfiguring;
}

/* Process context; the vif's lock is held. May sleep. */
int xnb_frontend_read(struct xnb_vif *vif, struct xnb_frontend *frontend);
void xnb_frontend_free(struct xnb_frontend *frontend);
u16 xnb_frontend_read_headroom(struct xnb_vif *vif);
bool xnb_frontend_wants_mcast(const struct xnb_vif *vif);

#endif /* XNB_FRONTEND_H */
