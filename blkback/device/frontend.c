// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what a frontend says about its rings in xenstore. All of it is a guest's
 * string.
 */
#include "frontend.h"
#include "backend/read.h"
#include "backend/xenstore.h"
#include "params.h"
#include "ring/layout.h"
#include "ring/queue.h"
#include "vbd.h"

#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/* Room for the name of a node in the directory of a queue. */
#define XBB_FRONTEND_NODE	sizeof("ring-ref4294967295")

static int xbb_frontend_read_layout(struct xbb_vbd *vbd,
				    const struct xbb_layout **layout)
{
	char protocol[64] = "";
	int err;

	err = xgh_read_scanf(vbd->xdev->otherend, "protocol", "%63s", protocol);
	/* Requests in another layout would go to other sectors. */
	if (err < 0 && err != -ENOENT && err != -ERANGE)
		return err;
	*layout = xbb_layout_find(protocol);
	return *layout ? 0 : -EINVAL;
}

/*
 * A part of a larger ring has old requests where new ones belong. Returns
 * whether the frontend says how large it is, or a negative errno.
 */
static int xbb_frontend_read_order(const char *dir, unsigned int *order)
{
	int err = xgh_read_uint(dir, "ring-page-order", order);

	if (err == -ENOENT) {
		*order = 0;
		return false;
	}
	if (err)
		return err == -ERANGE ? -EINVAL : err;
	return true;
}

/**
 * xbb_frontend_has_cdrom() - is the disk a CD-ROM for the guest?
 * @vbd: the vbd, still on the bus
 *
 * The toolstack writes that into the directory of the frontend, which may, too.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: whether it is.
 */
bool xbb_frontend_has_cdrom(const struct xbb_vbd *vbd)
{
	char type[8] = "";

	xgh_read_scanf(vbd->xdev->otherend, "device-type", "%7s", type);
	return !strcmp(type, "cdrom");
}

/* Not if a driver before us has said otherwise: it is not asked again. */
static bool xbb_frontend_is_persistent(const struct xbb_vbd *vbd)
{
	return xbb_param_persistent() &&
	       (!vbd->former.connected || vbd->former.persistent) &&
	       xgh_read_unsigned(vbd->xdev->otherend, "feature-persistent", 0);
}

/* Says what is wrong, if anything is, with what all rings have in common. */
static int xbb_frontend_blame(struct xbb_frontend *frontend, const char *node,
			      int err)
{
	if (err < 0)
		strscpy(frontend->wrong, node, sizeof(frontend->wrong));
	return err;
}

/* Returns as xbb_frontend_read_order(). */
static int xbb_frontend_read_sizes(struct xbb_vbd *vbd,
				   struct xbb_frontend *frontend,
				   unsigned int *order)
{
	const char *dir = vbd->xdev->otherend;
	int ordered = xbb_frontend_read_order(dir, order);
	unsigned int *nr = &frontend->nr_queues;
	int err;

	if (ordered >= 0 && *order > vbd->max_order)
		ordered = -EINVAL;
	if (ordered < 0)
		return xbb_frontend_blame(frontend, "ring-page-order", ordered);
	err = xgh_read_optional(dir, "multi-queue-num-queues", 1, nr);
	if (!err && (!*nr || *nr > vbd->max_queues))
		err = -EINVAL;
	return xbb_frontend_blame(frontend, "multi-queue-num-queues", err) ?:
	       ordered;
}

static int xbb_frontend_read_numbered(const char *dir,
				      struct xbb_queue_conf *conf, char *node)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < conf->nr_pages && !err; i++) {
		snprintf(node, XBB_FRONTEND_NODE, "ring-ref%u", i);
		err = xgh_read_required(dir, node, &conf->grefs[i]);
	}
	return err;
}

/*
 * A ring of one page is "ring-ref" with old frontends, "ring-ref0" with some
 * that know of larger ones, whether they write the order or not. Both may be
 * there, one left by an earlier boot stage: who says the order numbers pages.
 */
static int xbb_frontend_read_grefs(const char *dir, bool ordered,
				   struct xbb_queue_conf *conf, char *node)
{
	int err = -EINVAL;

	if (ordered)
		err = xbb_frontend_read_numbered(dir, conf, node);
	if (err != -EINVAL)
		return err;
	if (conf->nr_pages == 1) {
		strscpy(node, "ring-ref", XBB_FRONTEND_NODE);
		err = xgh_read_uint(dir, node, &conf->grefs[0]);
		if (err != -ENOENT)
			return err == -ERANGE ? -EINVAL : err;
	}
	return xbb_frontend_read_numbered(dir, conf, node);
}

/* After an error @node is the one that was read last. */
static int xbb_frontend_read_queue(const char *dir, bool ordered,
				   struct xbb_queue_conf *conf, char *node)
{
	int err;

	strscpy(node, "event-channel", XBB_FRONTEND_NODE);
	err = xgh_read_required(dir, node, &conf->evtchn);
	return err ?: xbb_frontend_read_grefs(dir, ordered, conf, node);
}

static int xbb_frontend_read_queue_at(struct xbb_vbd *vbd,
				      struct xbb_frontend *frontend,
				      bool ordered, unsigned int index)
{
	char *dir = xgh_xenstore_queue_dir(vbd->xdev, frontend->nr_queues,
					   index);
	char node[XBB_FRONTEND_NODE];
	int err;

	if (!dir)
		return -ENOMEM;
	err = xbb_frontend_read_queue(dir, ordered, &frontend->queues[index],
				      node);
	kfree(dir);
	if (err)
		xgh_xenstore_queue_node(frontend->wrong, frontend->nr_queues,
					index, node);
	return err;
}

static int xbb_frontend_read_queues(struct xbb_vbd *vbd,
				    struct xbb_frontend *frontend, bool ordered,
				    const struct xbb_queue_conf *common)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < frontend->nr_queues && !err; i++) {
		frontend->queues[i] = *common;
		err = xbb_frontend_read_queue_at(vbd, frontend, ordered, i);
	}
	return err;
}

/**
 * xbb_frontend_read() - read what the frontend says about its rings
 * @vbd: the vbd, still on the bus
 * @frontend: filled in; free with xbb_frontend_free()
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0, -EINVAL for anything missing or out of bounds, or another negative
 * errno.
 */
int xbb_frontend_read(struct xbb_vbd *vbd, struct xbb_frontend *frontend)
{
	struct xbb_queue_conf common = {};
	unsigned int order;
	int ordered, err;

	memset(frontend, 0, sizeof(*frontend));
	ordered = xbb_frontend_read_sizes(vbd, frontend, &order);
	if (ordered < 0)
		return ordered;
	err = xbb_frontend_blame(frontend, "protocol",
				 xbb_frontend_read_layout(vbd, &common.layout));
	if (err)
		return err;
	frontend->persistent = xbb_frontend_is_persistent(vbd);
	common.nr_pages = 1u << order;
	common.persist = frontend->persistent ? xbb_param_max_persist() : 0;
	frontend->queues = kcalloc(frontend->nr_queues,
				   sizeof(*frontend->queues), GFP_KERNEL);
	if (!frontend->queues)
		return -ENOMEM;
	err = xbb_frontend_read_queues(vbd, frontend, ordered, &common);
	if (err)
		xbb_frontend_free(frontend);
	return err;
}

/**
 * xbb_frontend_free() - free what xbb_frontend_read() allocated
 * @frontend: filled in successfully
 *
 * Context: Any.
 */
void xbb_frontend_free(struct xbb_frontend *frontend)
{
	kfree(frontend->queues);
}
