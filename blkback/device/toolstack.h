/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the toolstack says about a disk. Everything here sleeps. The protocol:
 * xen/interface/io/blkif.h.
 */
#ifndef XBB_TOOLSTACK_H
#define XBB_TOOLSTACK_H

#include <linux/types.h>

struct xbb_disk_id;
struct xbb_geometry;
struct xbb_vbd;

/**
 * struct xbb_former - what a running frontend was told, and does not ask again
 *
 * By drivers that left, or by us. It goes by that, whatever disks it has had
 * since.
 */
struct xbb_former {
	/** @connected: by drivers that left: it is connected already */
	bool connected;
	/** @persistent: grants may stay mapped */
	bool persistent;
	/** @readonly: it must not write */
	bool readonly;
	/** @flush: it is to flush a volatile cache */
	bool flush;
	/** @block_size: logical block size in bytes, 0 if unknown */
	u32 block_size;
	/**
	 * @sectors: size of the disk in units of 512 bytes, by drivers that
	 * left; with rings, the limits say it
	 */
	u64 sectors;
};

int xbb_toolstack_read_disk(struct xbb_vbd *vbd, struct xbb_disk_id *id);
void xbb_toolstack_read_former(struct xbb_vbd *vbd);
void xbb_toolstack_note_told(struct xbb_vbd *vbd,
			     const struct xbb_geometry *geometry);
void xbb_toolstack_read_name(struct xbb_vbd *vbd);
bool xbb_toolstack_wants_discard(const struct xbb_vbd *vbd);

#endif /* XBB_TOOLSTACK_H */
