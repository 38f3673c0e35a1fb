/* SPDX-License-Identifier: GPL-2.0 */
/* When to try once more to open a disk that somebody else has. */
#ifndef XBB_RETRY_H
#define XBB_RETRY_H

#include <linux/types.h>

/**
 * struct xbb_retry - when to try once more; all zero if nothing is to be
 */
struct xbb_retry {
	/** @pause: from one try to the next, in jiffies; 0 before the first */
	unsigned long pause;
	/** @pause_end: when the next one is due */
	unsigned long pause_end;
	/** @tries_end: when it is no longer tried */
	unsigned long tries_end;
};

bool xbb_retry_later(struct xbb_retry *retry);
unsigned long xbb_retry_in(const struct xbb_retry *retry);

#endif /* XBB_RETRY_H */
