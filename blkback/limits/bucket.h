/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rate with something saved up: so many units in a second. Pure; the caller
 * brings the time, in nanoseconds, and the lock. Kept as the time until which
 * everything is paid for, which makes it exact for amounts of any size.
 */
#ifndef XBB_BUCKET_H
#define XBB_BUCKET_H

#include <linux/types.h>

/* Highest rate, in units a second: prices stay within 64 bits. */
#define XBB_BUCKET_RATE_MAX	1000000000000ull
/* Largest amount to be charged at once, in units. */
#define XBB_BUCKET_AMOUNT_MAX	1000000000u

/**
 * struct xbb_bucket - a rate and what has been used of it
 */
struct xbb_bucket {
	/** @rate: units in a second, 0 for no limit */
	u64 rate;
	/** @saved: how much time can be saved up, in nanoseconds */
	u64 saved;
	/** @paid_until: what was used is paid for up to then, in nanoseconds */
	u64 paid_until;
};

void xbb_bucket_set(struct xbb_bucket *bucket, u64 rate, u64 saved, u64 now);
u64 xbb_bucket_wait(const struct xbb_bucket *bucket, u64 now);
void xbb_bucket_charge(struct xbb_bucket *bucket, u32 amount, u64 now);

#endif /* XBB_BUCKET_H */
