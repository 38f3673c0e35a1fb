/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is read from and written to xenstore, and the driver on the bus.
 * Everything here sleeps. The protocol: xen/interface/io/blkif.h and
 * xen/interface/io/xenbus.h.
 */
#ifndef XBB_XENBUS_H
#define XBB_XENBUS_H

#include <linux/types.h>

#include <xen/xenbus.h>

struct xbb_geometry;
struct xbb_queue_conf;
struct xbb_vbd;

/**
 * struct xbb_disk_conf - what the toolstack says about the disk
 */
struct xbb_disk_conf {
	/** @num: number of the block device */
	dev_t num;
	/** @write: the guest may write */
	bool write;
	/** @shared: others may write as well */
	bool shared;
};

/**
 * struct xbb_link_conf - what the frontend says about its rings
 */
struct xbb_link_conf {
	/** @nr_queues: number of rings */
	unsigned int nr_queues;
	/** @persistent: both sides want grants to stay mapped */
	bool persistent;
	/** @queues: one for each; freed with xbb_xenbus_free_link_conf() */
	struct xbb_queue_conf *queues;
};

int xbb_xenbus_register(void);
void xbb_xenbus_unregister(void);

enum xenbus_state xbb_xenbus_frontend_state(const struct xbb_vbd *vbd);
bool xbb_xenbus_is_online(const struct xbb_vbd *vbd);
void xbb_xenbus_switch(struct xbb_vbd *vbd, enum xenbus_state state);
__printf(3, 4)
void xbb_xenbus_fail(struct xbb_vbd *vbd, int err, const char *fmt, ...);

int xbb_xenbus_publish_offer(struct xbb_vbd *vbd);
int xbb_xenbus_publish_disk(struct xbb_vbd *vbd,
			    const struct xbb_geometry *geometry);
int xbb_xenbus_publish_size(struct xbb_vbd *vbd, u64 sectors);
int xbb_xenbus_read_disk(struct xbb_vbd *vbd, struct xbb_disk_conf *conf);
int xbb_xenbus_read_link(struct xbb_vbd *vbd, struct xbb_link_conf *conf);
void xbb_xenbus_free_link_conf(struct xbb_link_conf *conf);
bool xbb_xenbus_wants_discard(const struct xbb_vbd *vbd);
void xbb_xenbus_read_name(struct xbb_vbd *vbd);

#endif /* XBB_XENBUS_H */
