// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the decision how long a device is left alone after a failure, so that a
 * guest that fails on purpose keeps neither us nor the log busy. Pure.
 */
#include "backoff.h"
#include "xgh_internal.h"

/* Pauses are from one second up to 64 … */
#define XGH_BACKOFF_MAX_SHIFT	6
/* … and how long it has to behave to be treated as if it had not failed. */
#define XGH_BACKOFF_FORGOTTEN	(600 * HZ)

/**
 * xgh_backoff_fail() - it failed: a pause begins, twice as long as the last
 * @backoff: of the device
 * @now: the time, in jiffies
 *
 * Context: The owner's lock is held.
 */
void xgh_backoff_fail(struct xgh_backoff *backoff, unsigned long now)
{
	if (time_after(now, backoff->retry_at + XGH_BACKOFF_FORGOTTEN))
		backoff->failures = 0;
	backoff->retry_at = now + ((unsigned long)HZ << backoff->failures);
	if (backoff->failures < XGH_BACKOFF_MAX_SHIFT)
		backoff->failures++;
}

/**
 * xgh_backoff_must_wait() - is it too early to try again?
 * @backoff: of the device
 * @now: the time, in jiffies
 *
 * Context: The owner's lock is held.
 * Return: whether the pause after the last failure is not over.
 */
bool xgh_backoff_must_wait(const struct xgh_backoff *backoff,
			   unsigned long now)
{
	return backoff->failures && time_before(now, backoff->retry_at);
}
EXPORT_SYMBOL_GPL(xgh_backoff_must_wait);
