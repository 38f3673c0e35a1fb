/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened on a vbd, in numbers that outlive connections. One slot for
 * each queue, written by that queue's thread alone.
 */
#ifndef XBB_STATS_H
#define XBB_STATS_H

#include <linux/cache.h>
#include <linux/jump_label.h>
#include <linux/ktime.h>
#include <linux/types.h>

#include "backend/hist.h"
#include "gnttab-helpers/tally.h"

/**
 * enum xbb_kind - operations whose latency is looked at apart
 * @XBB_KIND_READ: reads
 * @XBB_KIND_WRITE: writes
 * @XBB_KIND_FLUSH: flushes and barriers, with or without data
 * @XBB_KIND_DISCARD: discards
 * @XBB_KINDS: their number
 */
enum xbb_kind {
	XBB_KIND_READ,
	XBB_KIND_WRITE,
	XBB_KIND_FLUSH,
	XBB_KIND_DISCARD,
	XBB_KINDS,
};

/**
 * struct xbb_stats - counters of one queue since the vbd exists
 */
struct xbb_stats {
	/** @oo_req: times that a request had to wait for memory */
	u64 oo_req;
	/** @rd_req: reads */
	u64 rd_req;
	/** @wr_req: writes */
	u64 wr_req;
	/** @f_req: flushes */
	u64 f_req;
	/** @ds_req: discards */
	u64 ds_req;
	/** @rd_sect: sectors read, of 512 bytes */
	u64 rd_sect;
	/** @wr_sect: sectors written, of 512 bytes */
	u64 wr_sect;
	/** @bad_req: requests that were refused without reaching the disk */
	u64 bad_req;
	/** @copy_req: requests whose data was copied */
	u64 copy_req;
	/** @map_req: requests whose data was mapped */
	u64 map_req;
	/** @away_req: requests whose frames were paged out */
	u64 away_req;
	/** @away_tries: times that one of them was put off */
	u64 away_tries;
	/** @away_passed: answers while others were waiting for frames */
	u64 away_passed;
	/** @sweeps: rounds in which requests were taken from the ring */
	u64 sweeps;
	/** @notifies: events sent to the frontend */
	u64 notifies;
	/** @deferred: requests whose unmap waited for a page's last user */
	u64 deferred;
	/** @persist_req: requests all of whose grants were mapped already */
	u64 persist_req;
	/** @map_full: requests copied as no grant could be mapped any more */
	u64 map_full;
	/** @map_waits: map hypercalls that slept for frames paged out */
	u64 map_waits;
	/** @throttled: times that the queue had to sleep for a limit */
	u64 throttled;
	/** @pressure: times that the budget had no pages for a request */
	u64 pressure;
	/** @polls: waits in the hypervisor */
	u64 polls;
	/** @poll_hits: those that ended with something to do */
	u64 poll_hits;
	/** @copies: copies of data and of indirect segments */
	struct xgh_tally copies;
	/** @maps: maps of both */
	struct xgh_tally maps;
	/** @unmaps: unmaps, but for those that waited for a page's last user */
	struct xgh_tally unmaps;
	/** @taken: requests taken in one round */
	struct xgh_hist taken;
	/** @answered: requests answered in one round */
	struct xgh_hist answered;
	/** @latency: from the ring to the answer, in units of 1024 ns */
	struct xgh_hist latency[XBB_KINDS];
} ____cacheline_aligned_in_smp;

void xbb_stats_account(struct xbb_stats *stats, u8 op, u32 nr_sectors);
void xbb_stats_latency(struct xbb_stats *stats, u8 op, u64 ns);

/*
 * On while somebody wants to know latencies: then it is one look at the clock
 * for each round, and nothing otherwise.
 */
DECLARE_STATIC_KEY_FALSE(xbb_latency_on);

/**
 * xbb_stats_now() - the time for latencies
 *
 * Context: Any.
 * Return: nanoseconds, 0 if nobody wants to know.
 */
static inline u64 xbb_stats_now(void)
{
	return static_branch_unlikely(&xbb_latency_on) ? ktime_get_ns() : 0;
}

#endif /* XBB_STATS_H */
