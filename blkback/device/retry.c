// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how long a disk may be somebody else's: udev, LVM and scripts of a
 * toolstack hold it for moments. Under the vbd's lock.
 */
#include "retry.h"

#include <linux/jiffies.h>
#include <linux/minmax.h>

#define XBB_RETRY_MAX		(10 * HZ)
/* The pause until the next try doubles from first to last. */
#define XBB_RETRY_PAUSE_FIRST	(HZ / 20)
#define XBB_RETRY_PAUSE_LAST	HZ

/**
 * xbb_retry_later() - it is somebody else's: try again?
 * @retry: of the vbd
 *
 * Context: Process; the vbd's lock is held.
 * Return: whether it may be free in a moment, and will be tried again.
 */
bool xbb_retry_later(struct xbb_retry *retry)
{
	if (retry->pause && time_after(jiffies, retry->tries_end))
		return false;
	if (retry->pause) {
		retry->pause = min_t(unsigned long, 2 * retry->pause,
				     XBB_RETRY_PAUSE_LAST);
	} else {
		retry->pause = XBB_RETRY_PAUSE_FIRST;
		retry->tries_end = jiffies + XBB_RETRY_MAX;
	}
	retry->pause_end = jiffies + retry->pause;
	return true;
}

/**
 * xbb_retry_in() - when is the next try due?
 * @retry: of the vbd
 *
 * Context: Process; the vbd's lock is held.
 * Return: in how many jiffies, 0 if it is or there is none.
 */
unsigned long xbb_retry_in(const struct xbb_retry *retry)
{
	/* Read once: later it may be over, and the rest of it without end. */
	long rest = retry->pause_end - jiffies;

	return retry->pause && rest > 0 ? rest : 0;
}
