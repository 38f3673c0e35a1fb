// SPDX-License-Identifier: GPL-2.0
/* Owns the gate between the rings of a disk and the disk. */
#include "gate.h"
#include "queue.h"
#include "device/vbd.h"

/**
 * xbb_gate_init() - make an open gate
 * @gate: the gate
 *
 * Context: Any.
 */
void xbb_gate_init(struct xbb_gate *gate)
{
	spin_lock_init(&gate->lock);
	gate->holder = NULL;
	gate->nr_flowing = 0;
	gate->awaited = false;
}

/**
 * xbb_gate_enter() - may the queue take requests?
 * @queue: the queue
 *
 * Context: The queue's thread.
 * Return: false while somebody holds the gate closed; the queue is nudged
 * when it is open again.
 */
bool xbb_gate_enter(struct xbb_queue *queue)
{
	struct xbb_gate *gate = &queue->vbd->gate;

	if (queue->flowing)
		return !READ_ONCE(gate->holder);

	spin_lock(&gate->lock);
	if (!gate->holder) {
		queue->flowing = true;
		gate->nr_flowing++;
	}
	spin_unlock(&gate->lock);
	return queue->flowing;
}

static void xbb_gate_wake(struct xbb_vbd *vbd, const void *holder)
{
	unsigned int i;

	if (holder == vbd) {
		xbb_vbd_kick(vbd);
		return;
	}
	for (i = 0; i < vbd->nr_queues; i++)
		if (holder == vbd->queues[i])
			xbb_queue_nudge(vbd->queues[i]);
}

/**
 * xbb_gate_leave() - nothing of the queue is on its way
 * @queue: the queue, flowing or not
 *
 * The last one to leave a closed gate wakes whoever has closed it.
 *
 * Context: The queue's thread.
 */
void xbb_gate_leave(struct xbb_queue *queue)
{
	struct xbb_gate *gate = &queue->vbd->gate;
	const void *holder;

	if (!queue->flowing)
		return;
	spin_lock(&gate->lock);
	queue->flowing = false;
	holder = --gate->nr_flowing ? NULL : gate->holder;
	spin_unlock(&gate->lock);
	if (holder)
		xbb_gate_wake(queue->vbd, holder);
}

static void xbb_gate_nudge_all(struct xbb_vbd *vbd)
{
	unsigned int i;

	for (i = 0; i < vbd->nr_queues; i++)
		xbb_queue_nudge(vbd->queues[i]);
}

/**
 * xbb_gate_close() - hold all queues back
 * @vbd: the disk; its queues cannot go meanwhile
 * @holder: who asks, a queue that does not flow or the vbd
 *
 * To be asked again when woken, until it says yes.
 *
 * Context: Process; the queue's thread, or the vbd's lock is held.
 * Return: whether the gate is @holder's and nothing is on its way.
 */
bool xbb_gate_close(struct xbb_vbd *vbd, const void *holder)
{
	struct xbb_gate *gate = &vbd->gate;
	bool closed = false;
	bool empty;

	spin_lock(&gate->lock);
	if (!gate->holder) {
		gate->holder = holder;
		closed = true;
	}
	gate->awaited |= holder == vbd;
	empty = gate->holder == holder && !gate->nr_flowing;
	spin_unlock(&gate->lock);
	if (closed && !empty)
		xbb_gate_nudge_all(vbd);
	return empty;
}

/**
 * xbb_gate_open() - let all queues go on
 * @vbd: the disk; its queues cannot go meanwhile
 * @holder: who asks; nothing happens if the gate is not @holder's
 *
 * Context: Process; the queue's thread, or the vbd's lock is held.
 */
void xbb_gate_open(struct xbb_vbd *vbd, const void *holder)
{
	struct xbb_gate *gate = &vbd->gate;
	bool opened;
	bool awaited;

	spin_lock(&gate->lock);
	if (holder == vbd)
		gate->awaited = false;
	opened = gate->holder == holder;
	awaited = gate->awaited;
	if (opened)
		gate->holder = NULL;
	spin_unlock(&gate->lock);
	if (!opened)
		return;
	if (awaited)
		xbb_vbd_kick(vbd);
	xbb_gate_nudge_all(vbd);
}
