/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is read from and written to xenstore. Everything here sleeps. The
 * protocol: xen/interface/io/netif.h and xen/interface/io/xenbus.h.
 */
#ifndef XNB_XENBUS_H
#define XNB_XENBUS_H

#include <linux/types.h>

#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>
#include <xen/xenbus.h>

struct xnb_queue_conf;
struct xnb_vif;

/**
 * struct xnb_link_conf - what the frontend says about itself
 */
struct xnb_link_conf {
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
	/** @queues: one for each; freed with xnb_frontend_free_conf() */
	struct xnb_queue_conf *queues;
};

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

/* frontend.c */
int xnb_frontend_read(struct xnb_vif *vif, struct xnb_link_conf *conf);
void xnb_frontend_free_conf(struct xnb_link_conf *conf);
u16 xnb_frontend_read_headroom(struct xnb_vif *vif);
bool xnb_frontend_wants_mcast(const struct xnb_vif *vif);

#endif /* XNB_XENBUS_H */
