/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rate with something saved up: so many units in so much time. Pure; the
 * caller brings the time, in nanoseconds, and the lock.
 *
 * Kept as the time until which everything is paid for: what is used has its
 * price in time, and may be used as soon as nothing is owed. That makes the
 * rate exact for amounts of any size, and costs one division for each.
 */
#ifndef XGH_RATE_H
#define XGH_RATE_H

#include <linux/compiler.h>
#include <linux/types.h>

/* Highest rate, in units for each period: prices stay within 64 bits. */
#define XGH_RATE_MAX	1000000000000ull

/**
 * struct xgh_rate - a rate and what has been used of it
 */
struct xgh_rate {
	/** @units: units in @ns, 0 for no limit; read without the lock, too */
	u64 units;
	/** @ns: the period, in nanoseconds */
	u64 ns;
	/** @saved: how much time can be saved up, in nanoseconds */
	u64 saved;
	/** @paid_until: what was used is paid for up to then, in nanoseconds */
	u64 paid_until;
};

void xgh_rate_set(struct xgh_rate *rate, u64 units, u64 ns, u64 saved, u64 now);
void xgh_rate_set_bytes(struct xgh_rate *rate, u64 bytes, u64 usec, u64 now);
bool xgh_rate_is_bytes(const struct xgh_rate *rate, u64 bytes, u64 usec);
void xgh_rate_charge(struct xgh_rate *rate, u32 amount, u64 now);
u64 xgh_rate_take(struct xgh_rate *rate, u32 amount, u64 now);

/**
 * xgh_rate_is_limited() - is there a limit at all?
 * @rate: the rate
 *
 * Context: Any; no lock needed.
 * Return: whether anything else of it has to be asked.
 */
static inline bool xgh_rate_is_limited(const struct xgh_rate *rate)
{
	return READ_ONCE(rate->units);
}

/**
 * xgh_rate_wait() - may something be used now?
 * @rate: the rate
 * @now: the time in nanoseconds
 *
 * Context: Any; the rate's lock is held.
 * Return: 0 if so, otherwise after how many nanoseconds.
 */
static inline u64 xgh_rate_wait(const struct xgh_rate *rate, u64 now)
{
	if (!rate->units || rate->paid_until <= now)
		return 0;
	return rate->paid_until - now;
}

#endif /* XGH_RATE_H */
