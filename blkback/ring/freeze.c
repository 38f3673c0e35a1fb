// SPDX-License-Identifier: GPL-2.0
/* Owns who may keep the rings of a disk from taking requests, and when. */
#include "freeze.h"
#include "queue.h"
#include "rings.h"

/**
 * xbb_freeze_init() - begin without a holder
 * @freeze: the state
 *
 * Context: Any.
 */
void xbb_freeze_init(struct xbb_freeze *freeze)
{
	spin_lock_init(&freeze->lock);
	freeze->holder = NULL;
	freeze->nr_active = 0;
	freeze->awaited = false;
}

/**
 * xbb_freeze_enter() - begin to take requests, unless the disk is frozen
 * @queue: the queue
 *
 * Context: The queue's thread.
 * Return: whether it may take requests; if not, it is woken when it may.
 */
bool xbb_freeze_enter(struct xbb_queue *queue)
{
	struct xbb_freeze *freeze = &queue->rings->freeze;

	if (queue->active)
		return !READ_ONCE(freeze->holder);

	spin_lock(&freeze->lock);
	if (!freeze->holder) {
		queue->active = true;
		freeze->nr_active++;
	}
	spin_unlock(&freeze->lock);
	return queue->active;
}

static void xbb_freeze_wake(struct xbb_rings *rings, const void *holder)
{
	unsigned int i;

	if (holder == rings) {
		rings->schedule(rings);
		return;
	}
	for (i = 0; i < rings->nr; i++)
		if (holder == rings->queues[i])
			xbb_queue_wake(rings->queues[i], XBB_WAKE_LOOK);
}

/**
 * xbb_freeze_leave() - nothing of the queue is on its way
 * @queue: the queue, active or not
 *
 * The last one to leave wakes whoever has frozen the disk.
 *
 * Context: The queue's thread.
 */
void xbb_freeze_leave(struct xbb_queue *queue)
{
	struct xbb_freeze *freeze = &queue->rings->freeze;
	const void *holder;

	if (!queue->active)
		return;
	spin_lock(&freeze->lock);
	queue->active = false;
	holder = --freeze->nr_active ? NULL : freeze->holder;
	spin_unlock(&freeze->lock);
	if (holder)
		xbb_freeze_wake(queue->rings, holder);
}

/**
 * xbb_freeze_begin() - freeze the disk
 * @rings: the rings, which cannot go meanwhile
 * @holder: who asks: a queue that is not active, or @rings for their device
 *
 * To be called again when woken, until it succeeds, or xbb_freeze_end() is
 * called. The device goes before queues that have not begun yet.
 *
 * Context: Process; the queue's thread, or the device's lock is held.
 * Return: whether the disk is frozen for @holder and nothing is on its way.
 */
bool xbb_freeze_begin(struct xbb_rings *rings, const void *holder)
{
	struct xbb_freeze *freeze = &rings->freeze;
	bool begun = false;
	bool idle;

	spin_lock(&freeze->lock);
	freeze->awaited |= holder == rings;
	/* Queues could take turns, and their device would never have one. */
	if (!freeze->holder && (holder == rings || !freeze->awaited)) {
		freeze->holder = holder;
		begun = true;
	}
	idle = freeze->holder == holder && !freeze->nr_active;
	spin_unlock(&freeze->lock);
	if (begun && !idle)
		xbb_rings_wake(rings);
	return idle;
}

/**
 * xbb_freeze_end() - let all queues go on
 * @rings: the rings, which cannot go meanwhile
 * @holder: who asks; nothing happens if the disk is not frozen for @holder, nor
 *	    to be
 *
 * Context: Process; the queue's thread, or the device's lock is held.
 */
void xbb_freeze_end(struct xbb_rings *rings, const void *holder)
{
	struct xbb_freeze *freeze = &rings->freeze;
	bool awaited, ended;

	spin_lock(&freeze->lock);
	awaited = freeze->awaited;
	if (holder == rings)
		freeze->awaited = false;
	ended = freeze->holder == holder;
	if (ended)
		freeze->holder = NULL;
	spin_unlock(&freeze->lock);
	if (awaited && ended && holder != rings)
		rings->schedule(rings);
	/* Those that were to wait for the device may freeze it now. */
	if (ended || (awaited && holder == rings))
		xbb_rings_wake(rings);
}
