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

static int xbb_frontend_read_numbered(const char *dir,
				      struct xbb_queue_conf *conf)
{
	char node[sizeof("ring-ref4294967295")];
	unsigned int i;

	for (i = 0; i < conf->nr_pages; i++) {
		snprintf(node, sizeof(node), "ring-ref%u", i);
		if (xgh_read_uint(dir, node, &conf->grefs[i]))
			return -EINVAL;
	}
	return 0;
}

/*
 * A ring of one page is "ring-ref" with old frontends, "ring-ref0" with some
 * that know of larger ones, whether they write the order or not. Both may be
 * there, one left by an earlier boot stage: who says the order numbers pages.
 */
static int xbb_frontend_read_grefs(const char *dir, bool ordered,
				   struct xbb_queue_conf *conf)
{
	int err;

	if (ordered && !xbb_frontend_read_numbered(dir, conf))
		return 0;
	if (conf->nr_pages == 1) {
		err = xgh_read_uint(dir, "ring-ref", &conf->grefs[0]);
		if (err != -ENOENT)
			return err ? -EINVAL : 0;
	}
	return xbb_frontend_read_numbered(dir, conf);
}

static int xbb_frontend_read_queue(const char *dir, bool ordered,
				   struct xbb_queue_conf *conf)
{
	if (xgh_read_uint(dir, "event-channel", &conf->evtchn))
		return -EINVAL;
	return xbb_frontend_read_grefs(dir, ordered, conf);
}

static int xbb_frontend_read_queue_at(struct xbb_vbd *vbd,
				      struct xbb_frontend *frontend,
				      bool ordered, unsigned int index)
{
	char *dir = xgh_xenstore_queue_dir(vbd->xdev, frontend->nr_queues,
					   index);
	int err;

	if (!dir)
		return -ENOMEM;
	err = xbb_frontend_read_queue(dir, ordered, &frontend->queues[index]);
	kfree(dir);
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
	const char *dir = vbd->xdev->otherend;
	const struct xbb_layout *layout;
	unsigned int order;
	unsigned int nr, i;
	int ordered, err;

	ordered = xbb_frontend_read_order(dir, &order);
	err = ordered < 0 ? ordered :
	      xgh_read_optional(dir, "multi-queue-num-queues", 1, &nr) ?:
	      xbb_frontend_read_layout(vbd, &layout);
	if (err)
		return err;
	if (!nr || nr > vbd->max_queues || order > vbd->max_order)
		return -EINVAL;

	frontend->nr_queues = nr;
	frontend->persistent = xbb_frontend_is_persistent(vbd);
	frontend->queues = kcalloc(nr, sizeof(*frontend->queues), GFP_KERNEL);
	if (!frontend->queues)
		return -ENOMEM;
	for (i = 0; i < nr && !err; i++) {
		struct xbb_queue_conf *conf = &frontend->queues[i];

		conf->layout = layout;
		conf->nr_pages = 1u << order;
		conf->persist =
			frontend->persistent ? xbb_param_max_persist() : 0;
		err = xbb_frontend_read_queue_at(vbd, frontend, ordered, i);
	}
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
