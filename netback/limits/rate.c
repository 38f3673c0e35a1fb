// SPDX-License-Identifier: GPL-2.0
/* Owns rate limits in use: their locks and the clock. */
#include "rate.h"

#include <linux/ktime.h>

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
	spin_lock_bh(&rate->lock);
	if (!xnb_credit_is(&rate->credit, bytes, usec))
		xnb_credit_set(&rate->credit, bytes, usec, ktime_get_ns());
	spin_unlock_bh(&rate->lock);
}

/**
 * xnb_rate_take_limited() - xnb_rate_take() where there may be a limit
 * @rate: the rate
 * @size: bytes of the packet
 *
 * Context: Softirqs are off.
 * Return: 0 if the packet may be sent now, and the bytes are accounted for;
 * otherwise nanoseconds after which to ask again.
 */
u64 xnb_rate_take_limited(struct xnb_rate *rate, unsigned int size)
{
	u64 wait = 0;

	spin_lock(&rate->lock);
	/* The limit may just have been removed. */
	if (xnb_credit_is_limited(&rate->credit))
		wait = xnb_credit_take(&rate->credit, size, ktime_get_ns());
	spin_unlock(&rate->lock);
	return wait;
}
