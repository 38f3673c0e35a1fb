// SPDX-License-Identifier: GPL-2.0
/* Owns the counting of requests and of the time that they take. */
#include "stats.h"

#include <xen/interface/io/blkif.h>

DEFINE_STATIC_KEY_FALSE(xbb_latency_on);

/**
 * xbb_stats_account() - count a request that goes to the disk
 * @stats: the queue's
 * @op: BLKIF_OP_READ, _WRITE, _WRITE_BARRIER, _FLUSH_DISKCACHE or _DISCARD
 * @nr_sectors: its length in units of 512 bytes
 *
 * Context: The queue's thread.
 */
void xbb_stats_account(struct xbb_stats *stats, u8 op, u32 nr_sectors)
{
	switch (op) {
	case BLKIF_OP_READ:
		stats->rd_req++;
		stats->rd_sect += nr_sectors;
		break;
	case BLKIF_OP_WRITE:
		stats->wr_req++;
		stats->wr_sect += nr_sectors;
		break;
	case BLKIF_OP_DISCARD:
		stats->ds_req++;
		break;
	default:
		stats->f_req++;
		stats->wr_sect += nr_sectors;
		break;
	}
}

/**
 * xbb_stats_latency() - count how long a request took
 * @stats: the queue's
 * @op: as for xbb_stats_account()
 * @ns: nanoseconds from the ring to the answer
 *
 * Context: The queue's thread.
 */
void xbb_stats_latency(struct xbb_stats *stats, u8 op, u64 ns)
{
	enum xbb_kind kind = op == BLKIF_OP_READ ? XBB_KIND_READ :
			     op == BLKIF_OP_WRITE ? XBB_KIND_WRITE :
			     op == BLKIF_OP_DISCARD ? XBB_KIND_DISCARD :
						      XBB_KIND_FLUSH;

	xgh_hist_add(&stats->latency[kind], ns >> 10);
}
