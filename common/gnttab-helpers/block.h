/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread that waits with its virtual CPU blocked in the hypervisor, until an
 * event channel that is masked has an event, or the virtual CPU an interrupt.
 * To the scheduler the thread runs, so that neither it nor the idle loop has
 * anything to do; the physical CPU is free.
 *
 * Whoever has something for a thread that may wait like that, and each one who
 * wakes another thread of ours, calls xgh_block_end().
 */
#ifndef XGH_BLOCK_H
#define XGH_BLOCK_H

#include <linux/types.h>

#include <xen/interface/event_channel.h>

struct task_struct;

bool xgh_block_begin(evtchn_port_t port);
void xgh_block_wait(void);
void xgh_block_leave(void);
void xgh_block_end(struct task_struct *thread);

#endif /* XGH_BLOCK_H */
