/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of a disk's requests and bytes a second, for all its queues
 * together. What is beyond them stays in the ring, and the queue sleeps.
 */
#ifndef XBB_QOS_H
#define XBB_QOS_H

#include <linux/compiler.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "backend/rate.h"

/* What can be saved up unless set, in milliseconds at the full rate. */
#define XBB_QOS_BURST_DEFAULT	100

/**
 * enum xbb_limit - what a disk can have a limit of
 */
enum xbb_limit {
	/** @XBB_LIMIT_IOPS: requests a second */
	XBB_LIMIT_IOPS,
	/** @XBB_LIMIT_BYTES: bytes a second */
	XBB_LIMIT_BYTES,
	/** @XBB_NR_LIMITS: how many there are */
	XBB_NR_LIMITS
};

/**
 * struct xbb_qos - the limits of a disk
 */
struct xbb_qos {
	/** @on: there is a limit; read without the lock */
	bool on;
	/** @lock: guards what follows */
	spinlock_t lock;
	/** @burst: what can be saved up, in milliseconds at the full rate */
	unsigned int burst;
	/** @limits: what has been used of each */
	struct xgh_rate limits[XBB_NR_LIMITS];
};

void xbb_qos_init(struct xbb_qos *qos);
void xbb_qos_set_rate(struct xbb_qos *qos, enum xbb_limit limit, u64 rate);
void xbb_qos_set_burst(struct xbb_qos *qos, unsigned int burst);
unsigned long xbb_qos_wait(struct xbb_qos *qos);
void xbb_qos_charge(struct xbb_qos *qos, u32 bytes);

#endif /* XBB_QOS_H */
