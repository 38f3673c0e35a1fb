/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What toolstack and frontend say in xenstore. Everything here sleeps. The
 * protocol: xen/interface/io/blkif.h.
 */
#ifndef XBB_CONF_H
#define XBB_CONF_H

#include <linux/types.h>

struct xbb_queue_conf;
struct xbb_vbd;

/**
 * struct xbb_disk_conf - what the toolstack says about the disk
 */
struct xbb_disk_conf {
	/** @num: number of the block device */
	dev_t num;
	/** @diskseq: which disk of that number is meant, 0 if any */
	u64 diskseq;
	/** @presumed: nobody has said so, but it was that one before */
	bool presumed;
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
	/** @queues: one for each; freed with xbb_conf_free_link() */
	struct xbb_queue_conf *queues;
};

int xbb_conf_read_disk(struct xbb_vbd *vbd, struct xbb_disk_conf *conf);
void xbb_conf_read_former(struct xbb_vbd *vbd);
int xbb_conf_read_link(struct xbb_vbd *vbd, struct xbb_link_conf *conf);
void xbb_conf_free_link(struct xbb_link_conf *conf);
bool xbb_conf_wants_discard(const struct xbb_vbd *vbd);
void xbb_conf_read_name(struct xbb_vbd *vbd);

#endif /* XBB_CONF_H */
