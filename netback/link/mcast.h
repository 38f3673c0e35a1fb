/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The multicast addresses that a guest wants to hear. Any context but hard
 * interrupt.
 */
#ifndef XNB_MCAST_H
#define XNB_MCAST_H

#include <linux/if_ether.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/* Most addresses that are kept for a guest. */
#define XNB_MCAST_MAX		64

/**
 * struct xnb_mcast - a filter
 */
struct xnb_mcast {
	/** @on: without it everything passes */
	bool on;
	/** @lock: held to change what follows; it is read without */
	spinlock_t lock;
	/** @nr: number of @addrs that are looked at */
	unsigned int nr;
	/** @addrs: the addresses, 0 where there is none */
	u64 addrs[XNB_MCAST_MAX];
};

void xnb_mcast_init(struct xnb_mcast *mcast);
int xnb_mcast_add(struct xnb_mcast *mcast, const u8 *addr);
int xnb_mcast_del(struct xnb_mcast *mcast, const u8 *addr);
bool xnb_mcast_passes(const struct xnb_mcast *mcast, const u8 *addr);

#endif /* XNB_MCAST_H */
