// SPDX-License-Identifier: GPL-2.0
/*
 * Owns how a thread blocks its virtual CPU in the hypervisor (SCHEDOP_poll).
 *
 * Interrupts must be on: with interrupts off Xen does not look for what came
 * before the hypercall. So one may come between the thread's last look and the
 * hypercall, or somebody on another CPU may just then leave work, and Xen has
 * to see that. What it reads last, after the virtual CPU counts as blocked, is
 * the port to wait for: xgh_block_end() spoils it, and then sends an interrupt.
 * Xen finds no such port and returns, or the interrupt finds the virtual CPU
 * blocked. That is the kernel's own xen_poll_irq_timeout(), but for that word,
 * which must be where others find it. tests/model/poll.pml shows that nothing
 * is lost, and that it would be without any of the barriers here.
 *
 * No time is given to Xen: it would be one of Xen's own clock, which a module
 * does not know. While a thread runs its CPU has a timer tick, an interrupt, so
 * that it lasts no longer than that; on a CPU that may have none (nohz_full)
 * nothing of this is done. The tick is also what another task waits for at most
 * that an interrupt has woken between the last look and the hypercall, or
 * another CPU without sending one. With PREEMPT_RT interrupts are such tasks:
 * nothing of this is done there, either; nor by a thread with a policy of its
 * own, which would be taken to run all the time.
 */
#include "block.h"

#include <linux/export.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/sched/stat.h>
#include <linux/smp.h>

#include <asm/xen/hypercall.h>
#include <xen/interface/sched.h>

/* No domain has that many. */
#define XGH_BLOCK_NO_PORT	((evtchn_port_t)~0)

/**
 * struct xgh_block - the thread that blocks a CPU
 */
struct xgh_block {
	/** @thread: it, or NULL */
	struct task_struct *thread;
	/** @port: what it waits for; anyone may spoil it, Xen reads it */
	evtchn_port_t port;
};

static DEFINE_PER_CPU_ALIGNED(struct xgh_block, xgh_blocks);

/**
 * xgh_block_begin() - be about to block this CPU
 * @port: to wait for; masked, and what was pending is cleared and known
 *
 * The caller now has its last look, and calls xgh_block_wait() if there is
 * nothing; xgh_block_leave() in either case. It is not preempted in between, so
 * that what was found to allow it is true of the CPU that is blocked.
 *
 * Context: A thread's own; returns with preemption disabled if it may go on.
 * Return: whether it may; false if somebody else wants this CPU, or it has no
 * timer tick.
 */
bool xgh_block_begin(evtchn_port_t port)
{
	struct xgh_block *block;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || current->policy != SCHED_NORMAL)
		return false;
	preempt_disable();
	if (need_resched() || !single_task_running() ||
	    !housekeeping_cpu(smp_processor_id(), HK_TYPE_TICK)) {
		preempt_enable();
		return false;
	}
	block = this_cpu_ptr(&xgh_blocks);
	WRITE_ONCE(block->port, port);
	/*
	 * Be seen, then look: pairs with xgh_block_end().
	 * Who has spoilt the port already, for the one before us or in between,
	 * has left before that what the look finds.
	 */
	smp_store_mb(block->thread, current);
	return true;
}
EXPORT_SYMBOL_GPL(xgh_block_begin);

/**
 * xgh_block_wait() - block this CPU until there is an event or an interrupt
 *
 * It may be over at once.
 *
 * Context: After xgh_block_begin().
 */
void xgh_block_wait(void)
{
	struct sched_poll poll = { .nr_ports = 1 };

	set_xen_guest_handle(poll.ports, &this_cpu_ptr(&xgh_blocks)->port);
	/* Looked at again, as xgh_block_end() was not heard before. */
	if (!need_resched() && single_task_running())
		HYPERVISOR_sched_op(SCHEDOP_poll, &poll);
}
EXPORT_SYMBOL_GPL(xgh_block_wait);

/**
 * xgh_block_leave() - block no more
 *
 * Context: After xgh_block_begin(); enables preemption.
 */
void xgh_block_leave(void)
{
	WRITE_ONCE(this_cpu_ptr(&xgh_blocks)->thread, NULL);
	preempt_enable();
}
EXPORT_SYMBOL_GPL(xgh_block_leave);

/**
 * xgh_block_end() - have the CPU of a thread not blocked any more
 * @thread: which has been left something to do and woken; it is kept alive
 *
 * It may block the CPU itself, and so not sleep at all; or another thread does,
 * where the scheduler has put this one, perhaps without an interrupt, since it
 * is not to preempt the other.
 *
 * Context: Any, hard interrupt included.
 */
void xgh_block_end(struct task_struct *thread)
{
	struct task_struct *blocker;
	struct xgh_block *block;

	/* Leave it, then see who is there: pairs with xgh_block_begin(). */
	smp_mb();
	block = per_cpu_ptr(&xgh_blocks, task_cpu(thread));
	/* The other one's end waits for a grace period. */
	rcu_read_lock();
	blocker = READ_ONCE(block->thread);
	if (blocker) {
		WRITE_ONCE(block->port, XGH_BLOCK_NO_PORT);
		/* Spoil it, then interrupt: Xen blocks, then reads. */
		smp_mb();
		kick_process(blocker);
	}
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(xgh_block_end);
