// SPDX-License-Identifier: GPL-2.0
/* Owns the arithmetic of rate limits. Pure. */
#include "bucket.h"
#include "xbb_internal.h"

#define XBB_NSEC	1000000000ull

/**
 * xbb_bucket_set() - set a rate, and start with all of what can be saved
 * @bucket: the bucket
 * @rate: units in a second, 0 for no limit
 * @saved: how much time can be saved up, in nanoseconds
 * @now: the time in nanoseconds
 *
 * Context: Any; the bucket's lock is held.
 */
void xbb_bucket_set(struct xbb_bucket *bucket, u64 rate, u64 saved, u64 now)
{
	WRITE_ONCE(bucket->rate, min(rate, XBB_BUCKET_RATE_MAX));
	bucket->saved = saved;
	bucket->paid_until = now - min(saved, now);
}

/**
 * xbb_bucket_wait() - may something be used now?
 * @bucket: the bucket
 * @now: the time in nanoseconds
 *
 * Context: Any; the bucket's lock is held.
 * Return: 0 if so, otherwise after how many nanoseconds.
 */
u64 xbb_bucket_wait(const struct xbb_bucket *bucket, u64 now)
{
	if (!bucket->rate || bucket->paid_until <= now)
		return 0;
	return bucket->paid_until - now;
}

/**
 * xbb_bucket_charge() - something is being used
 * @bucket: the bucket
 * @amount: how many units, at most XBB_BUCKET_AMOUNT_MAX
 * @now: the time in nanoseconds
 *
 * Context: Any; the bucket's lock is held.
 */
void xbb_bucket_charge(struct xbb_bucket *bucket, u32 amount, u64 now)
{
	u64 earliest = now - min(bucket->saved, now);

	if (!bucket->rate)
		return;
	bucket->paid_until = max(bucket->paid_until, earliest) +
			     div64_u64(amount * XBB_NSEC + bucket->rate - 1,
				       bucket->rate);
}
