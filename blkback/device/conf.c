// SPDX-License-Identifier: GPL-2.0
/*
 * Reads what toolstack and frontend say in xenstore. Everything that comes
 * out of the frontend's directory is a guest's string.
 */
#include "conf.h"
#include "params.h"
#include "ring/proto.h"
#include "ring/queue.h"
#include "vbd.h"

#include <linux/err.h>
#include <linux/kdev_t.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <xen/xenbus.h>

/**
 * xbb_conf_wants_discard() - may the guest discard?
 * @vbd: the vbd, still on the bus
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: false for a read-only disk, or if the admin said no-discard.
 */
bool xbb_conf_wants_discard(const struct xbb_vbd *vbd)
{
	return !vbd->limits.readonly &&
	       xenbus_read_unsigned(vbd->xdev->nodename, "discard-enable", 1);
}

static u64 xbb_conf_former_diskseq(const struct xbb_vbd *vbd, dev_t num)
{
	unsigned int major, minor;
	u64 diskseq;

	if (xenbus_scanf(XBT_NIL, vbd->xdev->nodename,
			 "active-physical-device", "%x:%x@%llx", &major,
			 &minor, &diskseq) != 3 ||
	    MKDEV(major, minor) != num)
		return 0;
	return diskseq;
}

/**
 * xbb_conf_read_disk() - which block device is it?
 * @vbd: the vbd
 * @conf: filled in
 *
 * The hotplug script writes "physical-device" when it has found the device:
 * its number, perhaps with "@" and the disk's sequence number, all in
 * hexadecimal. "mode" is r or w, with a ! if the admin allows others to write
 * too. A guest that was served before gets the disk that it had.
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0, or -ENOENT if the device is not known yet.
 */
int xbb_conf_read_disk(struct xbb_vbd *vbd, struct xbb_disk_conf *conf)
{
	const char *dir = vbd->xdev->nodename;
	unsigned int major, minor;
	char mode[8];

	conf->diskseq = 0;
	if (xenbus_scanf(XBT_NIL, dir, "physical-device", "%x:%x@%llx", &major,
			 &minor, &conf->diskseq) < 2)
		return -ENOENT;
	if (xenbus_scanf(XBT_NIL, dir, "mode", "%7s", mode) != 1)
		return -ENOENT;

	conf->num = MKDEV(major, minor);
	conf->write = strchr(mode, 'w');
	conf->shared = strchr(mode, '!') || !xbb_param_claim();
	conf->presumed = !conf->diskseq && vbd->rebound;
	if (conf->presumed)
		conf->diskseq = xbb_conf_former_diskseq(vbd, conf->num);
	return 0;
}

/**
 * xbb_conf_read_former() - what the driver before us had offered
 * @vbd: the vbd; its limits are raised to what a frontend may rely on
 *
 * A driver that is unbound leaves our state as it was, so that the frontend
 * goes on. Nothing may then be taken away from it, nor added: it does not
 * look again.
 *
 * Context: Process; probe. May sleep.
 */
void xbb_conf_read_former(struct xbb_vbd *vbd)
{
	const char *dir = vbd->xdev->nodename;
	unsigned int nr;

	vbd->rebound = xenbus_read_driver_state(vbd->xdev, dir) ==
		       XenbusStateConnected;
	if (!vbd->rebound)
		return;
	vbd->former_persistent =
		xenbus_read_unsigned(dir, "feature-persistent", 0);
	nr = xenbus_read_unsigned(dir, "multi-queue-max-queues", 1);
	vbd->max_queues = clamp(nr, vbd->max_queues, XBB_QUEUES_LIMIT);
	nr = xenbus_read_unsigned(dir, "max-ring-page-order", 0);
	vbd->max_order = clamp(nr, vbd->max_order,
			       (unsigned int)XENBUS_MAX_RING_GRANT_ORDER);
}

/**
 * xbb_conf_read_name() - name the vbd after its domain and device
 * @vbd: the vbd
 *
 * Context: Process; probe. May sleep.
 */
void xbb_conf_read_name(struct xbb_vbd *vbd)
{
	char *path = xenbus_read(XBT_NIL, vbd->xdev->nodename, "dev", NULL);

	snprintf(vbd->name, sizeof(vbd->name), "%u.%s", vbd->otherend,
		 IS_ERR(path) ? "?" : kbasename(path));
	if (!IS_ERR(path))
		kfree(path);
}

static int xbb_conf_read_layout(struct xbb_vbd *vbd,
				const struct xbb_layout **layout)
{
	char protocol[64] = "";

	xenbus_scanf(XBT_NIL, vbd->xdev->otherend, "protocol", "%63s",
		     protocol);
	*layout = xbb_layout_find(protocol);
	return *layout ? 0 : -EINVAL;
}

/*
 * A ring of one page is "ring-ref" with old frontends, "ring-ref0" with some
 * that know of larger ones, whether they write the order or not.
 */
static int xbb_conf_read_ring_refs(const char *dir, struct xbb_queue_conf *conf)
{
	char node[sizeof("ring-ref4294967295")];
	unsigned int i;

	if (conf->nr_pages == 1 &&
	    xenbus_scanf(XBT_NIL, dir, "ring-ref", "%u", &conf->grefs[0]) == 1)
		return 0;

	for (i = 0; i < conf->nr_pages; i++) {
		snprintf(node, sizeof(node), "ring-ref%u", i);
		if (xenbus_scanf(XBT_NIL, dir, node, "%u",
				 &conf->grefs[i]) != 1)
			return -EINVAL;
	}
	return 0;
}

static int xbb_conf_read_queue(const char *dir, struct xbb_queue_conf *conf)
{
	if (xenbus_scanf(XBT_NIL, dir, "event-channel", "%u",
			 &conf->evtchn) != 1)
		return -EINVAL;
	return xbb_conf_read_ring_refs(dir, conf);
}

static int xbb_conf_read_queue_at(struct xbb_vbd *vbd,
				  struct xbb_link_conf *link,
				  unsigned int index)
{
	struct xbb_queue_conf *conf = &link->queues[index];
	char *dir;
	int err;

	if (link->nr_queues == 1)
		return xbb_conf_read_queue(vbd->xdev->otherend, conf);

	dir = kasprintf(GFP_KERNEL, "%s/queue-%u", vbd->xdev->otherend, index);
	if (!dir)
		return -ENOMEM;
	err = xbb_conf_read_queue(dir, conf);
	kfree(dir);
	return err;
}

/**
 * xbb_conf_read_link() - read what the frontend says about its rings
 * @vbd: the vbd, still on the bus
 * @conf: filled in; free with xbb_conf_free_link()
 *
 * Context: Process; the vbd's lock is held. May sleep.
 * Return: 0, -EINVAL for anything missing or out of bounds, or -ENOMEM.
 */
int xbb_conf_read_link(struct xbb_vbd *vbd, struct xbb_link_conf *conf)
{
	const char *dir = vbd->xdev->otherend;
	const struct xbb_layout *layout;
	unsigned int order;
	unsigned int i;
	int err;

	conf->nr_queues = xenbus_read_unsigned(dir, "multi-queue-num-queues",
					       1);
	order = xenbus_read_unsigned(dir, "ring-page-order", 0);
	conf->persistent = xbb_param_persistent() &&
			   (!vbd->rebound || vbd->former_persistent) &&
			   xenbus_read_unsigned(dir, "feature-persistent", 0);
	err = xbb_conf_read_layout(vbd, &layout);
	if (err || !conf->nr_queues || conf->nr_queues > vbd->max_queues ||
	    order > vbd->max_order)
		return -EINVAL;

	conf->queues = kcalloc(conf->nr_queues, sizeof(*conf->queues),
			       GFP_KERNEL);
	if (!conf->queues)
		return -ENOMEM;
	for (i = 0; i < conf->nr_queues && !err; i++) {
		conf->queues[i].layout = layout;
		conf->queues[i].nr_pages = 1u << order;
		conf->queues[i].persist =
			conf->persistent ? xbb_param_max_persist() : 0;
		err = xbb_conf_read_queue_at(vbd, conf, i);
	}
	if (err)
		xbb_conf_free_link(conf);
	return err;
}

/**
 * xbb_conf_free_link() - free what xbb_conf_read_link() allocated
 * @conf: filled in successfully
 *
 * Context: Any.
 */
void xbb_conf_free_link(struct xbb_link_conf *conf)
{
	kfree(conf->queues);
}
