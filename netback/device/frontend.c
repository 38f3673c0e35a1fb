// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what a frontend says about itself in xenstore: rings, features, and what
 * it wants changed while it is connected. None of it can be trusted. Process
 * context; the vif's lock is held.
 */
#include "frontend.h"
#include "backend/read.h"
#include "backend/xenstore.h"
#include "queue/queue.h"
#include "vif.h"

#include <linux/slab.h>
#include <linux/string.h>

#include <xen/page.h>

/**
 * xnb_frontend_read_headroom() - free space that it wants before packets
 * @vif: the vif, still on the bus
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: bytes, at most half of a frame of Xen.
 */
u16 xnb_frontend_read_headroom(struct xnb_vif *vif)
{
	unsigned int headroom;

	if (!vif->offer.xdp_headroom)
		return 0;
	headroom = xgh_read_unsigned(vif->xdev->otherend, "xdp-headroom", 0);
	/* The first slot also has to hold the headers of a packet. */
	return headroom <= XEN_PAGE_SIZE / 2 ? headroom : 0;
}

static bool xnb_frontend_wants(const struct xnb_vif *vif, const char *node)
{
	return xgh_read_unsigned(vif->xdev->otherend, node, 0);
}

/**
 * xnb_frontend_wants_mcast() - shall multicast be filtered?
 * @vif: the vif, still on the bus
 *
 * The addresses of a filter are told once. With those that another driver was
 * told, and we were not, the frontend would hear nothing: it hears everything,
 * until it begins anew.
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: whether the frontend wants that; it may change its mind.
 */
bool xnb_frontend_wants_mcast(const struct xnb_vif *vif)
{
	return !vif->inherited &&
	       xnb_frontend_wants(vif, "request-multicast-control");
}

static void xnb_frontend_read_features(struct xnb_vif *vif,
				       struct xnb_frontend *frontend)
{
	bool sg = xnb_frontend_wants(vif, "feature-sg");

	frontend->sg = sg;
	frontend->gso_tcpv4 = sg &&
			      xnb_frontend_wants(vif, "feature-gso-tcpv4");
	frontend->gso_tcpv6 = sg &&
			      xnb_frontend_wants(vif, "feature-gso-tcpv6");
	frontend->csum_v4 = !xnb_frontend_wants(vif, "feature-no-csum-offload");
	frontend->csum_v6 = xnb_frontend_wants(vif,
					       "feature-ipv6-csum-offload");
	frontend->rx_notify = xnb_frontend_wants(vif, "feature-rx-notify");
	frontend->mcast_control = xnb_frontend_wants_mcast(vif);
	frontend->xdp_headroom = xnb_frontend_read_headroom(vif);
}

/* After an error @last is the node that was read last; so below. */
static int xnb_frontend_read_uint(const char *dir, const char *node,
				  unsigned int *number, const char **last)
{
	*last = node;
	return xgh_read_required(dir, node, number);
}

static int xnb_frontend_read_channels(const char *dir,
				      struct xnb_queue_conf *conf,
				      const char **last)
{
	int err = xgh_read_uint(dir, "event-channel-tx", &conf->tx_evtchn);

	if (err == -ENOENT) {
		err = xnb_frontend_read_uint(dir, "event-channel",
					     &conf->tx_evtchn, last);
		conf->rx_evtchn = conf->tx_evtchn;
		return err;
	}
	*last = "event-channel-tx";
	if (err)
		return err == -ERANGE ? -EINVAL : err;
	return xnb_frontend_read_uint(dir, "event-channel-rx",
				      &conf->rx_evtchn, last);
}

static int xnb_frontend_read_queue(const char *dir, struct xnb_queue_conf *conf,
				   const char **last)
{
	return xnb_frontend_read_uint(dir, "tx-ring-ref", &conf->tx_ref,
				      last) ?:
	       xnb_frontend_read_uint(dir, "rx-ring-ref", &conf->rx_ref,
				      last) ?:
	       xnb_frontend_read_channels(dir, conf, last);
}

static int xnb_frontend_read_queue_at(struct xnb_vif *vif,
				      struct xnb_frontend *frontend,
				      unsigned int index)
{
	char *dir = xgh_xenstore_queue_dir(vif->xdev, frontend->nr_queues,
					   index);
	const char *last;
	int err;

	if (!dir)
		return -ENOMEM;
	err = xnb_frontend_read_queue(dir, &frontend->queues[index], &last);
	kfree(dir);
	if (err)
		xgh_xenstore_queue_node(frontend->wrong, frontend->nr_queues,
					index, last);
	return err;
}

/* Says what is wrong, if anything is, with what is no queue's. */
static int xnb_frontend_blame(struct xnb_frontend *frontend, const char *node,
			      int err)
{
	if (err)
		strscpy(frontend->wrong, node, sizeof(frontend->wrong));
	return err == -ERANGE ? -EINVAL : err;
}

/* A control ring is optional, but one that is there has to be complete. */
static int xnb_frontend_read_ctrl(struct xnb_vif *vif,
				  struct xnb_frontend *frontend)
{
	const char *dir = vif->xdev->otherend;
	int err = xgh_read_uint(dir, "ctrl-ring-ref", &frontend->ctrl_ref);

	if (err == -ENOENT)
		return 0;
	if (err)
		return xnb_frontend_blame(frontend, "ctrl-ring-ref", err);
	frontend->ctrl = true;
	err = xgh_read_required(dir, "event-channel-ctrl",
				&frontend->ctrl_evtchn);
	return xnb_frontend_blame(frontend, "event-channel-ctrl", err);
}

static int xnb_frontend_read_number(struct xnb_vif *vif,
				    struct xnb_frontend *frontend)
{
	unsigned int *nr = &frontend->nr_queues;
	int err = xgh_read_optional(vif->xdev->otherend,
				    "multi-queue-num-queues", 1, nr);

	if (!err && (!*nr || *nr > vif->link.max_queues))
		err = -EINVAL;
	return xnb_frontend_blame(frontend, "multi-queue-num-queues", err);
}

/**
 * xnb_frontend_read() - read what the frontend says about itself
 * @vif: the vif, still on the bus
 * @frontend: filled in; free with xnb_frontend_free()
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: 0, -EINVAL for anything missing or out of bounds, -EOPNOTSUPP for a
 * frontend that cannot be copied to, or another negative errno.
 */
int xnb_frontend_read(struct xnb_vif *vif, struct xnb_frontend *frontend)
{
	unsigned int i;
	int err;

	memset(frontend, 0, sizeof(*frontend));
	if (!xnb_frontend_wants(vif, "request-rx-copy"))
		return xnb_frontend_blame(frontend, "request-rx-copy",
					  -EOPNOTSUPP);
	xnb_frontend_read_features(vif, frontend);
	err = xnb_frontend_read_number(vif, frontend);
	if (err)
		return err;

	frontend->queues = kcalloc(frontend->nr_queues,
				   sizeof(*frontend->queues), GFP_KERNEL);
	if (!frontend->queues)
		return -ENOMEM;
	err = xnb_frontend_read_ctrl(vif, frontend);
	for (i = 0; i < frontend->nr_queues && !err; i++)
		err = xnb_frontend_read_queue_at(vif, frontend, i);
	if (err)
		xnb_frontend_free(frontend);
	return err;
}

/**
 * xnb_frontend_free() - free what xnb_frontend_read() allocated
 * @frontend: filled in successfully
 *
 * Context: Any.
 */
void xnb_frontend_free(struct xnb_frontend *frontend)
{
	kfree(frontend->queues);
	frontend->queues = NULL;
}
