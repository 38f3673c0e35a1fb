/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The disk behind a vbd as the toolstack names it: opened, checked, and
 * exchanged for another one under a running guest. Opening and closing may
 * hang with the disk, so they have a work of their own and hold no lock.
 */
#ifndef XBB_DISK_H
#define XBB_DISK_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "device/conf.h"

struct xbb_backing;
struct xbb_vbd;

/**
 * struct xbb_disk - what goes on with a vbd's disk; guarded by the vbd's lock
 */
struct xbb_disk {
	/** @opener: closes @old, then opens @wanted */
	struct work_struct opener;
	/** @settler: writes back what dom0 has cached of the disk */
	struct work_struct settler;
	/** @busy: one of them is at it; what it uses is its own */
	bool busy;
	/** @settled: it was, for the next connection */
	bool settled;
	/** @settle_error: with what result */
	int settle_error;
	/** @refused: @wanted cannot be had; not to be tried again */
	bool refused;
	/** @renamed: the toolstack has written the name; set by the watch */
	bool renamed;
	/** @named: @wanted holds what the toolstack said last */
	bool named;
	/** @active: the one that the vbd has */
	struct xbb_disk_conf active;
	/** @wanted: the disk that the toolstack wants */
	struct xbb_disk_conf wanted;
	/** @opened: outcome of the opener, NULL if there is none */
	struct xbb_backing *opened;
	/** @pause: somebody has the disk; jiffies until the next try */
	unsigned long pause;
	/** @pause_end: when that is */
	unsigned long pause_end;
	/** @tries_end: when it is no longer tried */
	unsigned long tries_end;
	/** @readonly: the toolstack wants it to be that for the guest */
	bool readonly;
	/** @said_readonly: the log says so, of it or of the disk */
	bool said_readonly;
	/** @old: a disk to be closed */
	struct xbb_backing *old;
};

void xbb_disk_init(struct xbb_vbd *vbd, struct workqueue_struct *wq);
void xbb_disk_follow(struct xbb_vbd *vbd);
bool xbb_disk_settle(struct xbb_vbd *vbd);
bool xbb_disk_is_busy(const struct xbb_vbd *vbd);
bool xbb_disk_is_readonly(const struct xbb_vbd *vbd);
void xbb_disk_follow_readonly(struct xbb_vbd *vbd);
bool xbb_disk_has_changed(const struct xbb_vbd *vbd);
void xbb_disk_check(struct xbb_vbd *vbd);
void xbb_disk_give_up(struct xbb_vbd *vbd);
void xbb_disk_close(struct xbb_vbd *vbd);

#endif /* XBB_DISK_H */
