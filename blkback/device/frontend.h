/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a frontend says about its rings. Everything here sleeps. The protocol:
 * xen/interface/io/blkif.h.
 */
#ifndef XBB_FRONTEND_H
#define XBB_FRONTEND_H

#include <linux/types.h>

#include "backend/xenstore.h"

struct xbb_queue_conf;
struct xbb_vbd;

/**
 * struct xbb_frontend - what the frontend says about its rings
 */
struct xbb_frontend {
	/** @nr_queues: number of rings */
	unsigned int nr_queues;
	/** @persistent: both sides want grants to stay mapped */
	bool persistent;
	/** @queues: one for each; freed with xbb_frontend_free() */
	struct xbb_queue_conf *queues;
	/** @wrong: node that was read last, if that has failed */
	char wrong[XGH_NODE_NAME];
};

bool xbb_frontend_has_cdrom(const struct xbb_vbd *vbd);
int xbb_frontend_read(struct xbb_vbd *vbd, struct xbb_frontend *frontend);
void xbb_frontend_free(struct xbb_frontend *frontend);

#endif /* XBB_FRONTEND_H */
