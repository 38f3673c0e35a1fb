// SPDX-License-Identifier: GPL-2.0
/*
 * Owns when a queue's thread waits in the hypervisor, and for how long. That is
 * done only while the event channel is masked, since its end-of-interrupt is
 * owed: then Xen wakes whoever polls it and causes no interrupt. Runs in the
 * queue's thread.
 */
#include "poll.h"
#include "queue.h"
#include "rings.h"
#include "stats.h"
#include "window.h"

#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/sched/clock.h>
#include <linux/time64.h>

/*
 * Interrupts for others end a wait, and so does an event without a request. A
 * guest shall not keep a CPU busy with those: the kernel holds them back when
 * it is told at the end of an event that it brought nothing.
 */
#define XBB_POLL_EMPTY	16
/*
 * To the rest of the kernel it runs all the time, mostly with preemption off,
 * and others wait for a grace period of RCU. So it sleeps now and then.
 */
#define XBB_POLL_SLEEP_EVERY	(HZ / 20)

/**
 * xbb_poll_may() - may the thread wait like that, as far as the past says?
 * @queue: the queue
 *
 * If the answer changes from yes to no before the next wait, the
 * end-of-interrupt is given then.
 *
 * Context: The queue's thread.
 * Return: whether.
 */
bool xbb_poll_may(const struct xbb_queue *queue)
{
	return queue->eoi_due && queue->evtchn.local &&
	       queue->state == XBB_QUEUE_SERVING &&
	       READ_ONCE(queue->rings->poll_us) &&
	       time_before(jiffies, queue->slept_at + XBB_POLL_SLEEP_EVERY) &&
	       xbb_window_is_open(&queue->window) && !freezing(current);
}

/**
 * xbb_poll_start() - begin a wait
 * @queue: the queue
 * @poll: filled in
 *
 * Context: The queue's thread.
 */
void xbb_poll_start(struct xbb_queue *queue, struct xbb_poll *poll)
{
	poll->window = (u64)READ_ONCE(queue->rings->poll_us) * NSEC_PER_USEC;
	poll->begun = local_clock();
	poll->left = XBB_POLL_EMPTY;
	queue->stats->polls++;
}

/* Clocks of two CPUs may differ: then it is over, too. */
static bool xbb_poll_is_in_time(const struct xbb_poll *poll)
{
	return local_clock() - poll->begun < poll->window;
}

/**
 * xbb_poll_goes_on() - shall a wait that has found nothing go on?
 * @poll: the wait
 *
 * Context: The queue's thread.
 * Return: whether.
 */
bool xbb_poll_goes_on(struct xbb_poll *poll)
{
	return --poll->left && xbb_poll_is_in_time(poll);
}

/**
 * xbb_poll_end() - learn from a wait
 * @queue: the queue
 * @poll: the wait
 * @found: whether it has ended with something to do
 *
 * Context: The queue's thread.
 */
void xbb_poll_end(struct xbb_queue *queue, const struct xbb_poll *poll,
		  bool found)
{
	if (found)
		queue->stats->poll_hits++;
	xbb_window_ended(&queue->window, found && xbb_poll_is_in_time(poll));
}
