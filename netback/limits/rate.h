/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rate that several queues share and that may change at any time. See
 * backend/rate.h for the arithmetic.
 */
#ifndef XNB_RATE_H
#define XNB_RATE_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "backend/rate.h"

/**
 * struct xnb_rate - a rate limit
 */
struct xnb_rate {
	/** @lock: guards @rate; interrupts are off while it is held */
	spinlock_t lock;
	/** @rate: bytes, and what has been used of them */
	struct xgh_rate rate;
};

void xnb_rate_init(struct xnb_rate *rate);
void xnb_rate_set(struct xnb_rate *rate, u64 bytes, u64 usec);
unsigned long xnb_rate_take_limited(struct xnb_rate *rate, unsigned int size);
void xnb_rate_charge_limited(struct xnb_rate *rate, unsigned int size);

/**
 * xnb_rate_take() - may a packet be sent now?
 * @rate: the rate
 * @size: bytes of the packet
 *
 * Context: Any.
 * Return: 0 if it may, and the bytes are accounted for; otherwise in how many
 * jiffies to ask again.
 */
static inline unsigned long xnb_rate_take(struct xnb_rate *rate,
					  unsigned int size)
{
	if (!xgh_rate_is_limited(&rate->rate))
		return 0;
	return xnb_rate_take_limited(rate, size);
}

/**
 * xnb_rate_charge() - more is sent than was asked for
 * @rate: the rate
 * @size: bytes; whoever asks next waits until they are paid for, too
 *
 * Context: Any.
 */
static inline void xnb_rate_charge(struct xnb_rate *rate, unsigned int size)
{
	if (xgh_rate_is_limited(&rate->rate))
		xnb_rate_charge_limited(rate, size);
}

#endif /* XNB_RATE_H */
