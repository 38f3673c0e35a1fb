// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: the in-tree driver's, meaning the same (max_queues has a
 * lower default), and some of ours.
 * They are values alone, so that anyone may ask for them.
 */
#include "params.h"

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>

#include <xen/xenbus.h>

static unsigned int max_queues;
module_param(max_queues, uint, 0644);
MODULE_PARM_DESC(max_queues,
		 "Most queues of a disk, for new disks (0: one for each CPU, up to 8)");

static unsigned int max_ring_page_order = XENBUS_MAX_RING_GRANT_ORDER;
module_param(max_ring_page_order, uint, 0444);
MODULE_PARM_DESC(max_ring_page_order,
		 "Largest ring that a frontend may use, as log2 of pages");

static bool feature_persistent = true;
module_param(feature_persistent, bool, 0644);
MODULE_PARM_DESC(feature_persistent,
		 "Let grants stay mapped, for new connections");

static unsigned int max_persistent_grants = 1056;
module_param(max_persistent_grants, uint, 0644);
MODULE_PARM_DESC(max_persistent_grants,
		 "Most grants of a queue that stay mapped, for new connections");

static unsigned int persistent_grant_unused_seconds = 60;
module_param(persistent_grant_unused_seconds, uint, 0644);
MODULE_PARM_DESC(persistent_grant_unused_seconds,
		 "Time in s until an unused grant is unmapped (0: never)");

static unsigned int max_domain_pages = 32768;
module_param(max_domain_pages, uint, 0644);
MODULE_PARM_DESC(max_domain_pages,
		 "Memory that all disks of a domain may hold, mapped and copied each, in units of 4 KiB");

static unsigned int max_buffer_pages = 1024;
module_param(max_buffer_pages, uint, 0644);
MODULE_PARM_DESC(max_buffer_pages,
		 "Most unused memory that a queue keeps, in units of 4 KiB");

static unsigned int buffer_squeeze_duration_ms = 10;
module_param(buffer_squeeze_duration_ms, uint, 0644);
MODULE_PARM_DESC(buffer_squeeze_duration_ms,
		 "Time in ms after memory pressure in which no unused page is kept");

static int poll_us = -1;
module_param(poll_us, int, 0644);
MODULE_PARM_DESC(poll_us,
		 "Time in us for which a queue keeps its virtual CPU, blocked in the hypervisor, when it waits and nobody else wants it, for new disks (0: never; default, -1: 400 if this domain has one virtual CPU, else never)");

static bool claim_disks = true;
module_param(claim_disks, bool, 0644);
MODULE_PARM_DESC(claim_disks,
		 "Keep others in this domain from claiming a disk that a guest may write, for disks opened from now on");

static unsigned int log_stats;
module_param(log_stats, uint, 0644);
MODULE_PARM_DESC(log_stats, "Log counters of busy queues every 10 s");

/* Half of what a queue may map: the rest is for what does not stay. */
#define XBB_PERSIST_LIMIT	(XBB_QUEUE_PAGES / 2)
/*
 * As many as an interface has. Each costs a thread, and a guest's queue has to
 * find its pages where all others do.
 */
#define XBB_QUEUES_DEFAULT	8u
#define XBB_UNUSED_LIMIT	86400u
#define XBB_SQUEEZE_LIMIT	60000u

/**
 * xbb_param_max_queues() - most queues of a new disk
 *
 * Context: Any.
 * Return: a number from 1 to a limit of ours.
 */
unsigned int xbb_param_max_queues(void)
{
	unsigned int max = READ_ONCE(max_queues) ?:
			   min(num_online_cpus(), XBB_QUEUES_DEFAULT);

	return min(max, XBB_QUEUES_LIMIT);
}

/**
 * xbb_param_max_order() - largest ring of a new disk
 *
 * Context: Any.
 * Return: log2 of the number of pages.
 */
unsigned int xbb_param_max_order(void)
{
	return min_t(unsigned int, max_ring_page_order,
		     XENBUS_MAX_RING_GRANT_ORDER);
}

/**
 * xbb_param_persistent() - may grants of new connections stay mapped?
 *
 * Context: Any.
 * Return: whether to offer it.
 */
bool xbb_param_persistent(void)
{
	return READ_ONCE(feature_persistent) && xbb_param_max_persist();
}

/**
 * xbb_param_max_persist() - most grants of a queue that stay mapped
 *
 * Context: Any.
 * Return: their number.
 */
unsigned int xbb_param_max_persist(void)
{
	return min(READ_ONCE(max_persistent_grants), XBB_PERSIST_LIMIT);
}

/**
 * xbb_param_persist_unused() - when to unmap a grant that is not used
 *
 * Context: Any.
 * Return: the time in seconds, 0 for never.
 */
unsigned int xbb_param_persist_unused(void)
{
	return min(READ_ONCE(persistent_grant_unused_seconds),
		   XBB_UNUSED_LIMIT);
}

/**
 * xbb_param_domain_pages() - memory that a domain's requests may hold
 *
 * Context: Any.
 * Return: units of 4 KiB, of either kind.
 */
unsigned int xbb_param_domain_pages(void)
{
	return READ_ONCE(max_domain_pages);
}

/**
 * xbb_param_buffer_pages() - most unused memory that a queue keeps
 *
 * Context: Any.
 * Return: units of 4 KiB, of either kind.
 */
unsigned int xbb_param_buffer_pages(void)
{
	return READ_ONCE(max_buffer_pages);
}

/**
 * xbb_param_squeeze() - how long to keep none when memory is short
 *
 * Context: Any.
 * Return: the time in jiffies.
 */
unsigned long xbb_param_squeeze(void)
{
	return msecs_to_jiffies(min(READ_ONCE(buffer_squeeze_duration_ms),
				    XBB_SQUEEZE_LIMIT));
}

/**
 * xbb_param_poll_us() - how long it pays to wait in the hypervisor
 *
 * Where there are several CPUs, others may wake a task on one that waits, which
 * then has to wait for the timer's tick: that is for the admin to choose.
 *
 * Context: Any.
 * Return: the time in microseconds, 0 for not at all.
 */
unsigned int xbb_param_poll_us(void)
{
	int us = READ_ONCE(poll_us);

	if (us < 0)
		return num_possible_cpus() > 1 ? 0 : XBB_POLL_DEFAULT;
	return min_t(unsigned int, us, XBB_POLL_LIMIT);
}

/**
 * xbb_param_claim() - are disks claimed exclusively?
 *
 * Context: Any.
 * Return: whether, for those that are opened from now on.
 */
bool xbb_param_claim(void)
{
	return READ_ONCE(claim_disks);
}

/**
 * xbb_param_log_stats() - shall counters be logged?
 *
 * Context: Any.
 * Return: whether.
 */
bool xbb_param_log_stats(void)
{
	return READ_ONCE(log_stats);
}
