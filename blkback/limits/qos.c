// SPDX-License-Identifier: GPL-2.0
/* Owns the limits of a disk's requests and bytes a second. */
#include "qos.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/time64.h>

/* A queue sleeps for whole ticks: what it then finds must be saved up. */
#define XBB_QOS_BURST_MIN	20u
#define XBB_QOS_BURST_MAX	10000u

/**
 * xbb_qos_init() - start without limits
 * @qos: the limits, all zero
 *
 * Context: Any.
 */
void xbb_qos_init(struct xbb_qos *qos)
{
	spin_lock_init(&qos->lock);
	xbb_qos_set_burst(qos, XBB_QOS_BURST_DEFAULT);
}

static void xbb_qos_refill(struct xbb_qos *qos, enum xbb_limit limit, u64 rate)
{
	xgh_rate_set(&qos->limits[limit], rate, NSEC_PER_SEC,
		     (u64)qos->burst * NSEC_PER_MSEC, ktime_get_ns());
}

/**
 * xbb_qos_set_rate() - set a limit, with all of what can be saved up
 * @qos: the limits
 * @limit: which
 * @rate: units of it in a second, 0 for no limit
 *
 * Context: Process. The caller wakes queues that wait for the old one.
 */
void xbb_qos_set_rate(struct xbb_qos *qos, enum xbb_limit limit, u64 rate)
{
	bool on = false;
	int i;

	spin_lock(&qos->lock);
	xbb_qos_refill(qos, limit, rate);
	for (i = 0; i < XBB_NR_LIMITS; i++)
		on = on || xgh_rate_is_limited(&qos->limits[i]);
	WRITE_ONCE(qos->on, on);
	spin_unlock(&qos->lock);
}

/**
 * xbb_qos_set_burst() - set what can be saved up, and save it
 * @qos: the limits
 * @burst: in milliseconds at the full rate; what is beyond bounds is cut off
 *
 * Context: Process. The caller wakes queues that wait.
 */
void xbb_qos_set_burst(struct xbb_qos *qos, unsigned int burst)
{
	int i;

	spin_lock(&qos->lock);
	WRITE_ONCE(qos->burst,
		   clamp(burst, XBB_QOS_BURST_MIN, XBB_QOS_BURST_MAX));
	for (i = 0; i < XBB_NR_LIMITS; i++)
		xbb_qos_refill(qos, i, qos->limits[i].units);
	spin_unlock(&qos->lock);
}

/**
 * xbb_qos_wait() - may one more request be taken?
 * @qos: the limits
 *
 * Context: The thread of a queue.
 * Return: 0 if it may, else in how many jiffies to ask again.
 */
unsigned long xbb_qos_wait(struct xbb_qos *qos)
{
	u64 now = ktime_get_ns();
	u64 wait = 0;
	int i;

	spin_lock(&qos->lock);
	for (i = 0; i < XBB_NR_LIMITS; i++)
		wait = max(wait, xgh_rate_wait(&qos->limits[i], now));
	spin_unlock(&qos->lock);
	return wait ? nsecs_to_jiffies(wait) + 1 : 0;
}

/**
 * xbb_qos_charge() - a request was taken
 * @qos: the limits
 * @bytes: what it moves
 *
 * Context: The thread of a queue.
 */
void xbb_qos_charge(struct xbb_qos *qos, u32 bytes)
{
	u64 now = ktime_get_ns();

	spin_lock(&qos->lock);
	xgh_rate_charge(&qos->limits[XBB_LIMIT_IOPS], 1, now);
	xgh_rate_charge(&qos->limits[XBB_LIMIT_BYTES], bytes, now);
	spin_unlock(&qos->lock);
}
