// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the rings of a guest whose disk was taken away by force. The guest's
 * driver waits for all that it has put there, and for what it writes back
 * before it believes that the disk has gone, and would do so for ever, with
 * its xenwatch. All of it is refused until the guest has closed its end.
 */
#include "orphan.h"
#include "ring/queue.h"
#include "vbd.h"

#include <linux/jiffies.h>
#include <linux/sched.h>

/* How long a guest has to notice. */
#define XBB_ORPHAN_MAX	(30 * HZ)

static void xbb_orphan_refuse(struct xbb_queue *queue)
{
	if (!xgh_evtchn_find(&queue->evtchn, queue->irq))
		return;
	WRITE_ONCE(queue->event, true);
	/* Pairs with the thread, which then looks at the ring. */
	smp_store_release(&queue->orphaned, true);
	wake_up_process(queue->thread);
}

/**
 * xbb_orphan_begin() - refuse whatever a guest asks for from now on
 * @vbd: a vbd that has left the bus and drained
 *
 * Context: Process; the vbd's work, its lock is held. May sleep.
 */
void xbb_orphan_begin(struct xbb_vbd *vbd)
{
	unsigned int i;

	vbd->link = XBB_LINK_ORPHAN;
	vbd->orphan_end = jiffies + XBB_ORPHAN_MAX;
	for (i = 0; i < vbd->nr_queues; i++)
		xbb_orphan_refuse(vbd->queues[i]);
}

static bool xbb_orphan_is_open(const struct xbb_queue *queue)
{
	return !READ_ONCE(queue->broken) && xgh_evtchn_is_open(&queue->evtchn);
}

/**
 * xbb_orphan_is_over() - has the guest noticed?
 * @vbd: after xbb_orphan_begin()
 *
 * Context: Process; the vbd's work, its lock is held.
 * Return: whether nobody will ask for anything any more, or has had time
 * enough.
 */
bool xbb_orphan_is_over(const struct xbb_vbd *vbd)
{
	unsigned int i;

	if (time_after_eq(jiffies, vbd->orphan_end))
		return true;
	for (i = 0; i < vbd->nr_queues; i++) {
		if (xbb_orphan_is_open(vbd->queues[i]))
			return false;
	}
	return true;
}
