/* SPDX-License-Identifier: GPL-2.0 */
/* How long a device that failed is left alone. Pure. */
#ifndef XGH_BACKOFF_H
#define XGH_BACKOFF_H

#include <linux/types.h>

/**
 * struct xgh_backoff - what failed lately; guarded by its owner's lock
 */
struct xgh_backoff {
	/** @failures: how often, as a shift of HZ; 0 if it did not */
	unsigned int failures;
	/** @retry_at: not to be tried again before then, in jiffies */
	unsigned long retry_at;
};

void xgh_backoff_fail(struct xgh_backoff *backoff, unsigned long now);
bool xgh_backoff_must_wait(const struct xgh_backoff *backoff,
			   unsigned long now);

#endif /* XGH_BACKOFF_H */
