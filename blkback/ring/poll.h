/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread of a queue that waits in the hypervisor, with its event channel
 * masked, instead of the scheduler: the next request or the disk's answer is
 * then met without a switch of tasks, and an event without an interrupt.
 */
#ifndef XBB_POLL_H
#define XBB_POLL_H

#include <linux/types.h>

struct xbb_queue;

/**
 * struct xbb_poll - one wait
 */
struct xbb_poll {
	/** @begun: in ns of the CPU's clock */
	u64 begun;
	/** @window: how long it pays, in ns */
	u64 window;
	/** @left: times that it may still be over for nothing */
	unsigned int left;
};

bool xbb_poll_may(const struct xbb_queue *queue);
void xbb_poll_start(struct xbb_queue *queue, struct xbb_poll *poll);
bool xbb_poll_goes_on(struct xbb_poll *poll);
void xbb_poll_end(struct xbb_queue *queue, const struct xbb_poll *poll,
		  bool found);

#endif /* XBB_POLL_H */
