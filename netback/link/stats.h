/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened on a vif, in numbers that outlive connections: they belong to
 * the vif, one set for each possible queue (CVE-2026-100080). TX and RX are
 * the guest's view.
 */
#ifndef XNB_STATS_H
#define XNB_STATS_H

#include <linux/cache.h>
#include <linux/types.h>
#include <linux/u64_stats_sync.h>

/**
 * struct xnb_tx_stats - what came from the guest; written by the NAPI poll
 */
struct xnb_tx_stats {
	/** @sync: for readers on 32-bit machines */
	struct u64_stats_sync sync;
	/** @packets: packets given to the stack */
	u64_stats_t packets;
	/** @bytes: their bytes */
	u64_stats_t bytes;
	/** @errors: packets that were refused because they were malformed */
	u64_stats_t errors;
	/** @drops: packets for which there was no memory */
	u64_stats_t drops;
	/** @copy_errors: packets that could not be copied */
	u64_stats_t copy_errors;
	/** @deferred: packets that waited for a frame paged out */
	u64_stats_t deferred;
	/** @csum_fixups: GSO packets that came without a blank checksum */
	u64_stats_t csum_fixups;
	/** @frag_overflows: packets of more pieces than an skb has frags */
	u64_stats_t frag_overflows;
	/** @too_long: packets of more than 18 slots */
	u64_stats_t too_long;
	/** @polls: rounds of the NAPI poll */
	u64_stats_t polls;
	/** @hypercalls: copy hypercalls */
	u64_stats_t hypercalls;
	/** @copy_ops: copies in them */
	u64_stats_t copy_ops;
	/** @events: events sent to the guest */
	u64_stats_t events;
	/** @throttled: times that the rate limit stopped the queue */
	u64_stats_t throttled;
	/** @xdp_drop: packets that an XDP program dropped */
	u64_stats_t xdp_drop;
	/** @xdp_tx: packets that it sent back to the guest */
	u64_stats_t xdp_tx;
	/** @xdp_redirect: packets that it sent elsewhere */
	u64_stats_t xdp_redirect;
	/** @xdp_errors: packets that it gave up, or that could not be sent */
	u64_stats_t xdp_errors;
};

/**
 * struct xnb_rx_stats - what went to the guest; written under the queue's lock
 */
struct xnb_rx_stats {
	/** @sync: for readers on 32-bit machines */
	struct u64_stats_sync sync;
	/** @packets: packets copied to the guest */
	u64_stats_t packets;
	/** @bytes: their bytes */
	u64_stats_t bytes;
	/** @drops: packets dropped because the guest took none */
	u64_stats_t drops;
	/** @filtered: multicast that the guest did not ask for */
	u64_stats_t filtered;
	/** @copy_errors: packets that could not be copied */
	u64_stats_t copy_errors;
	/** @foreign: packets with pages of another guest */
	u64_stats_t foreign;
	/** @hypercalls: copy hypercalls */
	u64_stats_t hypercalls;
	/** @copy_ops: copies in them */
	u64_stats_t copy_ops;
	/** @events: events sent to the guest */
	u64_stats_t events;
	/** @deferred: packets that had to wait for a frame paged out */
	u64_stats_t deferred;
	/** @throttled: times that the rate limit stopped the queue */
	u64_stats_t throttled;
	/** @stops: times that the ring had no room */
	u64_stats_t stops;
	/** @stalls: times that the guest took nothing for long */
	u64_stats_t stalls;
	/** @xdp_xmit: packets that came from an XDP program, not the stack */
	u64_stats_t xdp_xmit;
	/** @xdp_full: such for which there was no room, or no rate */
	u64_stats_t xdp_full;
};

/**
 * struct xnb_stats - counters of one queue since the vif exists
 */
struct xnb_stats {
	/** @tx: from the guest */
	struct xnb_tx_stats tx ____cacheline_aligned_in_smp;
	/** @rx: to the guest */
	struct xnb_rx_stats rx ____cacheline_aligned_in_smp;
};

/**
 * xnb_stat_inc() - count one
 * @sync: of the set that the counter belongs to
 * @counter: the counter
 *
 * Context: The one writer of that set.
 */
static inline void xnb_stat_inc(struct u64_stats_sync *sync,
				u64_stats_t *counter)
{
	u64_stats_update_begin(sync);
	u64_stats_inc(counter);
	u64_stats_update_end(sync);
}

#endif /* XNB_STATS_H */
