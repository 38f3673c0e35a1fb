// SPDX-License-Identifier: GPL-2.0
/* Owns rate limits in use: their locks and the clock. */
#include "rate.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>

/* A rate may be raised while somebody waits: ask again now and then. */
#define XNB_RATE_WAIT_MAX	HZ

/**
 * xnb_rate_init() - make a rate without limit
 * @rate: the rate, zeroed
 *
 * Context: Any.
 */
void xnb_rate_init(struct xnb_rate *rate)
{
	spin_lock_init(&rate->lock);
}

/**
 * xnb_rate_set() - set or remove the limit
 * @rate: the rate
 * @bytes: bytes in @usec, 0 for no limit
 * @usec: microseconds
 *
 * Nothing happens if the limit is the same as before.
 *
 * Context: Process.
 */
void xnb_rate_set(struct xnb_rate *rate, u64 bytes, u64 usec)
{
	unsigned long flags;

	spin_lock_irqsave(&rate->lock, flags);
	/* Setting it would give back what was used. */
	if (!xgh_rate_is_bytes(&rate->rate, bytes, usec))
		xgh_rate_set_bytes(&rate->rate, bytes, usec, ktime_get_ns());
	spin_unlock_irqrestore(&rate->lock, flags);
}

/**
 * xnb_rate_take_limited() - xnb_rate_take() where there may be a limit
 * @rate: the rate
 * @size: bytes of the packet
 *
 * Context: Any; a console on the network sends from interrupts.
 * Return: 0 if the packet may be sent now, and the bytes are accounted for;
 * otherwise in how many jiffies to ask again.
 */
unsigned long xnb_rate_take_limited(struct xnb_rate *rate, unsigned int size)
{
	unsigned long flags;
	u64 wait;

	spin_lock_irqsave(&rate->lock, flags);
	wait = xgh_rate_take(&rate->rate, size, ktime_get_ns());
	spin_unlock_irqrestore(&rate->lock, flags);
	if (!wait)
		return 0;
	return min_t(u64, nsecs_to_jiffies64(wait), XNB_RATE_WAIT_MAX) + 1;
}

/**
 * xnb_rate_charge_limited() - xnb_rate_charge() where there may be a limit
 * @rate: the rate
 * @size: bytes
 *
 * Context: Any.
 */
void xnb_rate_charge_limited(struct xnb_rate *rate, unsigned int size)
{
	unsigned long flags;

	spin_lock_irqsave(&rate->lock, flags);
	xgh_rate_charge(&rate->rate, size, ktime_get_ns());
	spin_unlock_irqrestore(&rate->lock, flags);
}
