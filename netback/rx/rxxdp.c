// SPDX-License-Identifier: GPL-2.0
/*
 * Owns packets to the guest that are no skbs: frames of XDP programs, from
 * other netdevs or from the guest itself. All that come at once are copied at
 * once and are the guest's when that is done. None waits for room, for the
 * rate, or for a frame that is paged out: it is dropped then. Softirqs are off.
 */
#include "rxxdp.h"
#include "gnttab-helpers/grants.h"
#include "link/link.h"
#include "rxcopy.h"
#include "rxplan.h"
#include "rxroom.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rcupdate.h>

/* What the stack has for the guest comes first. */
static bool xnb_rxxdp_is_open(struct xnb_rx *rx)
{
	return rx->open && !rx->poll->broken && xnb_rx_try_resume(rx);
}

static void xnb_rxxdp_count_grants(void *data, struct page *page,
				   unsigned int offset, unsigned int len)
{
	u32 *nr = data;

	*nr += xgh_grants_count(offset, len);
}

/*
 * Lays a frame out. Returns 0; -ENOSPC if the guest has no room for it now, or
 * -EMSGSIZE if it never will.
 */
static int xnb_rxxdp_plan(struct xnb_rx *rx, struct xdp_frame *frame,
			  struct xnb_rxplan *plan)
{
	u32 room = min(xnb_rxroom_get(rx), rx->max_slots);
	u32 grants = 0;

	memset(plan, 0, sizeof(*plan));
	plan->size = xdp_get_frame_len(frame);
	plan->headroom = rx->headroom;
	if (plan->size > READ_ONCE(rx->link->dev->mtu) + VLAN_ETH_HLEN ||
	    xnb_rxplan_max_slots(plan) > rx->max_slots)
		return -EMSGSIZE;
	if (xnb_rxplan_max_slots(plan) > room)
		return -ENOSPC;
	xnb_rxxdp_walk(frame, xnb_rxxdp_count_grants, &grants);
	if (likely(xnb_rxplan_is_short(plan, grants, room)))
		return 0;
	xnb_rxplan_begin(plan);
	xnb_rxxdp_walk(frame, xnb_rxskb_plan_piece, plan);
	xnb_rxplan_end(plan, room);
	return 0;
}

/* Returns whether the frame was taken; all that come after it are not, too. */
static bool xnb_rxxdp_add(struct xnb_rx *rx, struct xdp_frame *frame)
{
	const struct ethhdr *eth = frame->data;
	struct xnb_rxplan plan;
	int err;

	if (!xnb_mcast_passes(&rx->link->mcast, eth->h_dest)) {
		xnb_stat_inc(&rx->stats->sync, &rx->stats->filtered);
		return true;
	}
	err = xnb_rxxdp_plan(rx, frame, &plan);
	/* Those behind it may fit. */
	if (err == -EMSGSIZE) {
		xnb_stat_inc(&rx->stats->sync, &rx->stats->drops);
		return true;
	}
	if (err || xnb_rate_take(&rx->link->rx_rate, plan.size))
		return false;
	xnb_rxcopy_add_frame(rx, frame, &plan);
	return true;
}

static unsigned int xnb_rxxdp_add_all(struct xnb_rx *rx,
				      struct xdp_frame **frames,
				      unsigned int nr)
{
	unsigned int i;

	/* What was collected before comes first, too. */
	xnb_rxcopy_flush(rx);
	for (i = 0; i < nr; i++) {
		if (!xnb_rxxdp_add(rx, frames[i]))
			break;
		if (xnb_rxcopy_is_full(rx))
			xnb_rxcopy_flush_frames(rx);
	}
	if (!rx->poll->broken)
		xnb_rxcopy_flush_frames(rx);
	return i;
}

/* Nothing is copied from them any more. */
static void xnb_rxxdp_return(struct xdp_frame **frames, unsigned int nr)
{
	struct xdp_frame_bulk bulk;
	unsigned int i;

	xdp_frame_bulk_init(&bulk);
	rcu_read_lock();
	for (i = 0; i < nr; i++)
		xdp_return_frame_bulk(frames[i], &bulk);
	xdp_flush_frame_bulk(&bulk);
	rcu_read_unlock();
}

/**
 * xnb_rxxdp_xmit() - send frames to the guest
 * @rx: the queue's half
 * @frames: the frames
 * @nr: how many
 *
 * Context: Softirqs are off; the lock of the transmit queue is not held.
 * Return: how many were taken and are given back to where they came from; the
 * rest are the caller's.
 */
unsigned int xnb_rxxdp_xmit(struct xnb_rx *rx, struct xdp_frame **frames,
			    unsigned int nr)
{
	unsigned int taken = 0;

	__netif_tx_lock(rx->txq, smp_processor_id());
	if (likely(xnb_rxxdp_is_open(rx)))
		taken = xnb_rxxdp_add_all(rx, frames, nr);
	u64_stats_update_begin(&rx->stats->sync);
	u64_stats_add(&rx->stats->xdp_xmit, taken);
	u64_stats_add(&rx->stats->xdp_full, nr - taken);
	u64_stats_update_end(&rx->stats->sync);
	__netif_tx_unlock(rx->txq);
	xnb_rxxdp_return(frames, taken);
	return taken;
}
