// SPDX-License-Identifier: GPL-2.0
/* Owns the rings of a disk as a whole: their life, from connection to end. */
#include "rings.h"
#include "queue.h"

#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

/**
 * xbb_rings_create() - attach to all rings of a frontend
 * @rings: without queues; what the device lends is there
 * @nr: number of queues
 * @confs: what the frontend published of each
 *
 * Requests are served from xbb_rings_run() on.
 *
 * Context: Process; the device's work. May sleep.
 * Return: 0 or a negative errno; then xbb_rings_destroy() is due as well.
 */
int xbb_rings_create(struct xbb_rings *rings, unsigned int nr,
		     const struct xbb_queue_conf *confs)
{
	struct xbb_queue *queue;

	rings->queues = kcalloc(nr, sizeof(*rings->queues), GFP_KERNEL);
	if (!rings->queues)
		return -ENOMEM;

	while (rings->nr < nr) {
		queue = xbb_queue_create(rings, rings->nr, &confs[rings->nr]);
		if (IS_ERR(queue))
			return PTR_ERR(queue);
		rings->queues[rings->nr++] = queue;
	}
	return 0;
}

/**
 * xbb_rings_run() - serve requests from now on
 * @rings: from xbb_rings_create()
 *
 * Context: Process; the device's work.
 */
void xbb_rings_run(struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		xbb_queue_run(rings->queues[i]);
}

/**
 * xbb_rings_shrink() - have all queues give unused pages back
 * @rings: running rings
 *
 * Their threads do it, because giving mappable pages back takes locks that the
 * caller may hold.
 *
 * Context: Process, perhaps in reclaim; the device's lock is held.
 */
void xbb_rings_shrink(struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		xbb_queue_wake(rings->queues[i], XBB_WAKE_SHRINK);
}

/**
 * xbb_rings_stop() - take no more requests
 * @rings: running rings
 * @abandon: as for xbb_queue_stop()
 * @untold: likewise
 *
 * Returns at once. The device is told when they have drained.
 *
 * Context: Process; the device's lock is held.
 */
void xbb_rings_stop(struct xbb_rings *rings, bool abandon, bool untold)
{
	unsigned int i;

	atomic_set(&rings->undrained, rings->nr);
	for (i = 0; i < rings->nr; i++)
		xbb_queue_stop(rings->queues[i], abandon, untold);
	/*
	 * A change of the disk can wait; a barrier must not. Nothing is taken
	 * any more: it would pass the flush of the old disk.
	 */
	xbb_freeze_end(rings, rings);
}

/**
 * xbb_rings_abandon_left() - forget what is owed to a guest that has left
 * @rings: after xbb_rings_stop(), not yet drained
 *
 * A ring whose event channel was not found is taken for one that is in use.
 *
 * Context: Process; the device's lock is held.
 * Return: whether the guest has closed its end of all rings, and nothing more
 * is done for it.
 */
bool xbb_rings_abandon_left(struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		if (!xbb_queue_is_left(rings->queues[i]))
			return false;
	for (i = 0; i < rings->nr; i++)
		xbb_queue_abandon(rings->queues[i]);
	return true;
}

/**
 * xbb_rings_finish_stop() - see whether all have drained
 * @rings: after xbb_rings_stop()
 *
 * Context: Process; the device's work. May sleep.
 * Return: whether they have, and may be destroyed.
 */
bool xbb_rings_finish_stop(struct xbb_rings *rings)
{
	if (atomic_read(&rings->undrained))
		return false;
	xbb_discard_settle(&rings->discards);
	/* The last xbb_req_done() may still be about to wake its thread. */
	synchronize_rcu();
	return true;
}

/**
 * xbb_rings_refuse() - refuse whatever the frontend asks for from now on
 * @rings: drained rings, whose disk was taken away by force
 *
 * The guest's driver waits for all that it has put there, and for what it
 * writes back before it believes that the disk has gone, and would do so for
 * ever, with its xenwatch.
 *
 * Context: Process; the device's work. May sleep.
 */
void xbb_rings_refuse(struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		xbb_queue_refuse(rings->queues[i]);
}

/**
 * xbb_rings_are_closed() - has the guest closed its end of all rings?
 * @rings: after xbb_rings_refuse()
 *
 * Context: Process; the device's work.
 * Return: whether nobody will ask for anything any more.
 */
bool xbb_rings_are_closed(const struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		if (!xbb_queue_is_closed(rings->queues[i]))
			return false;
	return true;
}

/**
 * xbb_rings_destroy() - detach from all rings
 * @rings: drained, never run, or half created
 *
 * Context: Process; the device's work. May sleep.
 */
void xbb_rings_destroy(struct xbb_rings *rings)
{
	unsigned int i;

	for (i = 0; i < rings->nr; i++)
		xbb_queue_destroy(rings->queues[i]);
	kfree(rings->queues);
	rings->queues = NULL;
	rings->nr = 0;
}
