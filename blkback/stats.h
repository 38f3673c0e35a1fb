/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened on a vbd, in numbers that outlive connections. One slot for
 * each queue, written by that queue's thread alone.
 */
#ifndef XBB_STATS_H
#define XBB_STATS_H

#include <linux/types.h>

struct attribute_group;

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
	/** @sweeps: rounds in which requests were taken from the ring */
	u64 sweeps;
	/** @notifies: events sent to the frontend */
	u64 notifies;
	/** @deferred: requests whose unmap waited for a page's last user */
	u64 deferred;
};

void xbb_stats_account(struct xbb_stats *stats, u8 op, u32 nr_sectors);

extern const struct attribute_group *xbb_stats_groups[];

#endif /* XBB_STATS_H */
