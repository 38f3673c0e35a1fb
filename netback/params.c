// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters: the in-tree driver's, meaning the same. They are values
 * alone, so that anyone may ask for them.
 */
#include "params.h"
#include "tx/txpkt.h"

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sysfs.h>

/* Queues of a vif for which memory is set aside unless the admin says so. */
#define XNB_QUEUES_DEFAULT	8u

static bool separate_tx_rx_irq = true;
module_param(separate_tx_rx_irq, bool, 0644);
MODULE_PARM_DESC(separate_tx_rx_irq,
		 "Offer separate event channels for TX and RX, for new vifs (default: Y)");

static unsigned int rx_drain_timeout_msecs = 10000;
module_param(rx_drain_timeout_msecs, uint, 0444);
MODULE_PARM_DESC(rx_drain_timeout_msecs,
		 "Milliseconds for which packets wait for a guest that takes none (default: 10000)");

static unsigned int rx_stall_timeout_msecs = 60000;
module_param(rx_stall_timeout_msecs, uint, 0444);
MODULE_PARM_DESC(rx_stall_timeout_msecs,
		 "Milliseconds after which such a guest counts as stalled, 0: never (default: 60000)");

static unsigned int max_queues;

/* Shows the number that holds, not that none was given. */
static int xnb_param_show_queues(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%u\n", xnb_param_max_queues());
}

static const struct kernel_param_ops xnb_param_queues_ops = {
	.set = param_set_uint,
	.get = xnb_param_show_queues,
};

module_param_cb(max_queues, &xnb_param_queues_ops, &max_queues, 0644);
__MODULE_PARM_TYPE(max_queues, "uint");
MODULE_PARM_DESC(max_queues,
		 "Most queues of a vif, for new vifs (0: one for each CPU, up to 8)");

static unsigned int fatal_skb_slots = 20;
module_param(fatal_skb_slots, uint, 0444);
MODULE_PARM_DESC(fatal_skb_slots,
		 "Slots of a packet above which a guest is disabled, 18 to 31 (default: 20)");

static unsigned int hash_cache_size = 64;
module_param(hash_cache_size, uint, 0644);
MODULE_PARM_DESC(hash_cache_size,
		 "Without effect: hashes are computed, not cached");

static bool provides_xdp_headroom = true;
module_param(provides_xdp_headroom, bool, 0644);
MODULE_PARM_DESC(provides_xdp_headroom,
		 "Leave room in front of packets for XDP in the guest if it asks for it, for new vifs (default: Y)");

/**
 * xnb_param_max_queues() - most queues of a new vif
 *
 * Context: Any.
 * Return: a number from 1 to a limit of ours.
 */
unsigned int xnb_param_max_queues(void)
{
	unsigned int max = READ_ONCE(max_queues);

	if (!max)
		max = min(num_online_cpus(), XNB_QUEUES_DEFAULT);
	return min(max, XNB_QUEUES_LIMIT);
}

/**
 * xnb_param_fatal_slots() - slots of a packet above which a guest is disabled
 *
 * Context: Any.
 * Return: at least what every backend has to accept.
 */
unsigned int xnb_param_fatal_slots(void)
{
	return max_t(unsigned int, fatal_skb_slots, XNB_TX_SLOTS);
}

/**
 * xnb_param_drain_timeout() - how long packets wait for a guest
 *
 * Context: Any.
 * Return: jiffies.
 */
unsigned long xnb_param_drain_timeout(void)
{
	return msecs_to_jiffies(rx_drain_timeout_msecs);
}

/**
 * xnb_param_stall_timeout() - after what time a guest counts as stalled
 *
 * Context: Any.
 * Return: jiffies, 0 for never.
 */
unsigned long xnb_param_stall_timeout(void)
{
	return msecs_to_jiffies(rx_stall_timeout_msecs);
}

/**
 * xnb_param_split_channels() - shall TX and RX have event channels each?
 *
 * Context: Any.
 * Return: whether that is offered.
 */
bool xnb_param_split_channels(void)
{
	return READ_ONCE(separate_tx_rx_irq);
}

/**
 * xnb_param_xdp_headroom() - may a guest ask for headroom?
 *
 * Context: Any.
 * Return: whether that is offered.
 */
bool xnb_param_xdp_headroom(void)
{
	return READ_ONCE(provides_xdp_headroom);
}
