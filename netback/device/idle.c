// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what becomes of memory when a vif has nothing to do: queues recycle the
 * pages of packets, and would keep as many as their last burst needed. One work
 * looks after all vifs, and wakes no CPU for it.
 */
#include "idle.h"
#include "link/pools.h"
#include "queue/queue.h"
#include "vif.h"

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

/* How often to look … */
#define XNB_IDLE_LOOK		(2 * HZ)
/* … and with how many packets since then a queue counts as idle. */
#define XNB_IDLE_PACKETS	64

static void xnb_idle_look(struct work_struct *work);

static DEFINE_MUTEX(xnb_idle_lock);
static LIST_HEAD(xnb_idle_vifs);
static DECLARE_DEFERRABLE_WORK(xnb_idle_work, xnb_idle_look);

static u64 xnb_idle_packets(const struct xnb_tx_stats *stats)
{
	unsigned int start;
	u64 packets;

	do {
		start = u64_stats_fetch_begin(&stats->sync);
		packets = u64_stats_read(&stats->packets);
	} while (u64_stats_fetch_retry(&stats->sync, start));
	return packets;
}

/* Without a queue nobody else uses its pools. */
static void xnb_idle_shrink(struct xnb_vif *vif, unsigned int index)
{
	if (index < vif->nr_queues) {
		xnb_queue_shrink(vif->link.queues[index]);
		return;
	}
	local_bh_disable();
	xnb_pools_shrink(&vif->link.pools[index]);
	local_bh_enable();
}

static void xnb_idle_look_at(struct xnb_vif *vif)
{
	struct xnb_link *link = &vif->link;
	unsigned int i;

	for (i = 0; link->pools && i < link->max_queues; i++) {
		u64 packets = xnb_idle_packets(&link->stats[i].tx);
		struct xnb_pools *pools = &link->pools[i];
		u64 since = packets - pools->seen;

		pools->seen = packets;
		if (since < XNB_IDLE_PACKETS && xnb_pools_have_spare(pools))
			xnb_idle_shrink(vif, i);
	}
}

static void xnb_idle_look(struct work_struct *work)
{
	struct xnb_vif *vif;

	mutex_lock(&xnb_idle_lock);
	list_for_each_entry(vif, &xnb_idle_vifs, idle_node) {
		/* One that is busy with its state is not idle. */
		if (!mutex_trylock(&vif->lock))
			continue;
		xnb_idle_look_at(vif);
		mutex_unlock(&vif->lock);
	}
	if (!list_empty(&xnb_idle_vifs))
		schedule_delayed_work(&xnb_idle_work, XNB_IDLE_LOOK);
	mutex_unlock(&xnb_idle_lock);
}

/**
 * xnb_idle_add() - look after the memory of a vif
 * @vif: the vif
 *
 * Context: Process; the vif's lock is not held. May sleep.
 */
void xnb_idle_add(struct xnb_vif *vif)
{
	mutex_lock(&xnb_idle_lock);
	list_add_tail(&vif->idle_node, &xnb_idle_vifs);
	schedule_delayed_work(&xnb_idle_work, XNB_IDLE_LOOK);
	mutex_unlock(&xnb_idle_lock);
}

/**
 * xnb_idle_remove() - do so no longer
 * @vif: the vif
 *
 * Context: Process; the vif's lock is not held. May sleep.
 */
void xnb_idle_remove(struct xnb_vif *vif)
{
	mutex_lock(&xnb_idle_lock);
	list_del(&vif->idle_node);
	mutex_unlock(&xnb_idle_lock);
}

/**
 * xnb_idle_exit() - look after nothing any more
 *
 * Context: Process; module exit, there are no vifs. May sleep.
 */
void xnb_idle_exit(void)
{
	cancel_delayed_work_sync(&xnb_idle_work);
}
