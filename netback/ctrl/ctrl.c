// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the control ring of a vif. Its work handles at most one ring of requests
 * in a run. A change is made in a draft, which is published when it is done.
 * Each change waits for a grace period, which also limits how busy a frontend
 * can keep us.
 */
#include "ctrl.h"
#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/ring.h"
#include "gnttab-helpers/status.h"
#include "hash.h"
#include "link/link.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/page.h>

/* One grant is read at a time; it may have to be cut in two. */
#define XNB_CTRL_OPS		XGH_COPY_OPS_PER_SPAN

/**
 * struct xnb_ctrl - a control ring being served; all belongs to its work
 */
struct xnb_ctrl {
	/** @link: the link */
	struct xnb_link *link;
	/** @ring: the ring */
	struct xgh_ring ring;
	/** @ring_addr: where it is mapped */
	void *ring_addr;
	/** @irq: 0 if not bound */
	int irq;
	/** @eoi_due: an event came; its end-of-interrupt has to be sent */
	bool eoi_due;
	/** @progress: there was something to do, so it was not spurious */
	bool progress;
	/** @name: as it is seen in /proc/interrupts */
	char name[IFNAMSIZ + 16];
	/** @closing: the ring is being destroyed; do not wait for frames */
	bool closing;
	/** @work: handles requests */
	struct work_struct work;
	/** @copies: the next hypercall */
	struct xgh_copy_batch copies;
	/** @buffer: takes keys and tables */
	struct page *buffer;
	/** @hashes: what is published, and a draft of what will be next */
	struct xnb_hash hashes[2];
	/** @draft: index of the draft */
	unsigned int draft;
};

static struct xnb_hash *xnb_ctrl_draft(struct xnb_ctrl *ctrl)
{
	return &ctrl->hashes[ctrl->draft];
}

/* Copies the start of a granted frame to the buffer. */
static u32 xnb_ctrl_read(struct xnb_ctrl *ctrl, grant_ref_t gref, u32 bytes)
{
	struct xgh_copy_span span = {
		.gref = gref,
		.len = bytes,
		.page = ctrl->buffer,
	};
	unsigned int tries = 0;
	int err;

	if (!bytes)
		return XEN_NETIF_CTRL_STATUS_SUCCESS;
	do {
		/* Give a frame that is paged out time to come back. */
		if (tries)
			msleep(tries);
		err = 0;
		xgh_copy_from_gref(&ctrl->copies, &span, &err);
		xgh_copy_batch_once(&ctrl->copies);
	} while (err == -EAGAIN && tries++ < XGH_EAGAIN_TRIES &&
		 !READ_ONCE(ctrl->closing));
	return err ? XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER :
		     XEN_NETIF_CTRL_STATUS_SUCCESS;
}

static u32 xnb_ctrl_set_key(struct xnb_ctrl *ctrl, const u32 data[3])
{
	u32 status = xnb_hash_check_key(data[1]);

	if (!status)
		status = xnb_ctrl_read(ctrl, data[0], data[1]);
	if (!status)
		xnb_hash_set_key(xnb_ctrl_draft(ctrl),
				 page_address(ctrl->buffer), data[1]);
	return status;
}

static u32 xnb_ctrl_set_map(struct xnb_ctrl *ctrl, const u32 data[3])
{
	struct xnb_hash *draft = xnb_ctrl_draft(ctrl);
	u32 status = xnb_hash_check_map(draft, data[1], data[2]);

	if (!status)
		status = xnb_ctrl_read(ctrl, data[0], data[1] * sizeof(u32));
	if (!status)
		status = xnb_hash_set_map(draft, page_address(ctrl->buffer),
					  data[1], data[2],
					  ctrl->link->nr_queues);
	return status;
}

/* Makes a change in the draft. */
static u32 xnb_ctrl_change(struct xnb_ctrl *ctrl,
			   const struct xen_netif_ctrl_request *req)
{
	struct xnb_hash *draft = xnb_ctrl_draft(ctrl);

	switch (req->type) {
	case XEN_NETIF_CTRL_TYPE_SET_HASH_ALGORITHM:
		return xnb_hash_set_algorithm(draft, req->data[0]);
	case XEN_NETIF_CTRL_TYPE_SET_HASH_FLAGS:
		return xnb_hash_set_types(draft, req->data[0]);
	case XEN_NETIF_CTRL_TYPE_SET_HASH_KEY:
		return xnb_ctrl_set_key(ctrl, req->data);
	case XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING_SIZE:
		return xnb_hash_set_map_size(draft, req->data[0]);
	case XEN_NETIF_CTRL_TYPE_SET_HASH_MAPPING:
		return xnb_ctrl_set_map(ctrl, req->data);
	default:
		return XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED;
	}
}

/* Has packets use the draft from now on, and makes a new draft of it. */
static void xnb_ctrl_publish(struct xnb_ctrl *ctrl)
{
	const struct xnb_hash *hash = xnb_ctrl_draft(ctrl);

	rcu_assign_pointer(ctrl->link->hash, hash);
	synchronize_net();
	ctrl->draft ^= 1;
	*xnb_ctrl_draft(ctrl) = *hash;
}

static void xnb_ctrl_handle(struct xnb_ctrl *ctrl,
			    const struct xen_netif_ctrl_request *req)
{
	struct xen_netif_ctrl_response rsp = {
		.id = req->id,
		.type = req->type,
	};

	switch (req->type) {
	case XEN_NETIF_CTRL_TYPE_GET_HASH_FLAGS:
		rsp.status = xnb_hash_get_types(xnb_ctrl_draft(ctrl),
						&rsp.data);
		break;
	case XEN_NETIF_CTRL_TYPE_GET_HASH_MAPPING_SIZE:
		rsp.data = XNB_HASH_MAP;
		break;
	default:
		rsp.status = xnb_ctrl_change(ctrl, req);
		if (!rsp.status)
			xnb_ctrl_publish(ctrl);
	}
	xgh_ring_respond(&ctrl->ring, &rsp, sizeof(rsp));
	if (xgh_ring_push(&ctrl->ring))
		notify_remote_via_irq(ctrl->irq);
}

/* The event has been served: let the next one come. */
static void xnb_ctrl_end(struct xnb_ctrl *ctrl)
{
	bool progress = ctrl->progress;

	if (!READ_ONCE(ctrl->eoi_due))
		return;
	ctrl->progress = false;
	WRITE_ONCE(ctrl->eoi_due, false);
	xen_irq_lateeoi(ctrl->irq, progress ? 0 : XEN_EOI_FLAG_SPURIOUS);
}

static void xnb_ctrl_work(struct work_struct *work)
{
	struct xnb_ctrl *ctrl = container_of(work, struct xnb_ctrl, work);
	int waiting = xgh_ring_unconsumed(&ctrl->ring);
	struct xen_netif_ctrl_request req;

	for (; waiting > 0 && !READ_ONCE(ctrl->closing); waiting--) {
		xgh_ring_consume(&ctrl->ring, &req, sizeof(req));
		xnb_ctrl_handle(ctrl, &req);
		ctrl->progress = true;
	}
	if (READ_ONCE(ctrl->closing))
		return;
	if (!waiting)
		waiting = xgh_ring_rearm(&ctrl->ring);
	/* The interrupt of a frontend that broke the rules stays masked. */
	if (waiting < 0)
		xnb_link_break(ctrl->link, "impossible control producer index");
	else if (waiting)
		schedule_work(&ctrl->work);
	else
		xnb_ctrl_end(ctrl);
}

static irqreturn_t xnb_ctrl_interrupt(int irq, void *data)
{
	struct xnb_ctrl *ctrl = data;

	/* It may come before xnb_ctrl_attach() has the number. */
	WRITE_ONCE(ctrl->irq, irq);
	WRITE_ONCE(ctrl->eoi_due, true);
	schedule_work(&ctrl->work);
	return IRQ_HANDLED;
}

static int xnb_ctrl_alloc(struct xnb_ctrl *ctrl)
{
	ctrl->buffer = alloc_page(GFP_KERNEL);
	if (!ctrl->buffer)
		return -ENOMEM;
	return xgh_copy_batch_init(&ctrl->copies, ctrl->link->otherend,
				   XNB_CTRL_OPS);
}

static int xnb_ctrl_attach(struct xnb_ctrl *ctrl, grant_ref_t gref,
			   evtchn_port_t evtchn)
{
	struct xenbus_device *xdev = ctrl->link->xdev;
	int irq, err;

	err = xgh_copy_await(ctrl->link->otherend, &gref, 1,
			     &ctrl->link->leaving) ?:
	      xenbus_map_ring_valloc(xdev, &gref, 1, &ctrl->ring_addr);
	if (err)
		return err;
	err = xgh_ring_attach(&ctrl->ring, ctrl->ring_addr, XEN_PAGE_SIZE,
			      sizeof(struct xen_netif_ctrl_request));
	if (err)
		return err;
	snprintf(ctrl->name, sizeof(ctrl->name), "%.*s-ctrl", IFNAMSIZ,
		 netdev_name(ctrl->link->dev));
	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(xdev, evtchn,
							    xnb_ctrl_interrupt,
							    0, ctrl->name,
							    ctrl);
	if (irq < 0)
		return irq;
	WRITE_ONCE(ctrl->irq, irq);
	return 0;
}

/**
 * xnb_ctrl_create() - serve a control ring
 * @link: the link; it has its queues
 * @gref: the ring
 * @evtchn: its event channel
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: the ring or an ERR_PTR.
 */
struct xnb_ctrl *xnb_ctrl_create(struct xnb_link *link, grant_ref_t gref,
				 evtchn_port_t evtchn)
{
	struct xnb_ctrl *ctrl = kvzalloc(sizeof(*ctrl), GFP_KERNEL);
	int err;

	if (!ctrl)
		return ERR_PTR(-ENOMEM);
	ctrl->link = link;
	INIT_WORK(&ctrl->work, xnb_ctrl_work);
	xnb_hash_init(&ctrl->hashes[0]);
	xnb_hash_init(&ctrl->hashes[1]);
	err = xnb_ctrl_alloc(ctrl);
	if (!err)
		err = xnb_ctrl_attach(ctrl, gref, evtchn);
	if (err) {
		xnb_ctrl_destroy(ctrl);
		return ERR_PTR(err);
	}
	/* Requests that are in the ring already need no event. */
	schedule_work(&ctrl->work);
	return ctrl;
}

/**
 * xnb_ctrl_destroy() - free everything; packets are spread by default again
 * @ctrl: the ring, which may be incomplete
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_ctrl_destroy(struct xnb_ctrl *ctrl)
{
	WRITE_ONCE(ctrl->closing, true);
	/* The work may use the event channel; after this it does not. */
	cancel_work_sync(&ctrl->work);
	if (ctrl->irq)
		unbind_from_irqhandler(ctrl->irq, ctrl);
	/* An interrupt may have scheduled it meanwhile. */
	cancel_work_sync(&ctrl->work);
	RCU_INIT_POINTER(ctrl->link->hash, NULL);
	synchronize_net();
	if (ctrl->ring_addr)
		xenbus_unmap_ring_vfree(ctrl->link->xdev, ctrl->ring_addr);
	xgh_copy_batch_free(&ctrl->copies);
	if (ctrl->buffer)
		__free_page(ctrl->buffer);
	kvfree(ctrl);
}
