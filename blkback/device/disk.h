/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The disk behind a vbd as the toolstack names it: opened, checked, and
 * exchanged for another one under a running guest. Whatever may have to wait
 * for a disk is the waiter's, so nothing here does.
 */
#ifndef XBB_DISK_H
#define XBB_DISK_H

#include <linux/types.h>

#include "backend/life.h"
#include "disk/bdev.h"
#include "disk/waiter.h"
#include "retry.h"

struct xbb_vbd;

/**
 * enum xbb_disk_state - what is going on with a vbd's disk
 * @XBB_DISK_IDLE: nothing
 * @XBB_DISK_OPENING: the disk that the toolstack wants is being opened
 * @XBB_DISK_OPENED: it was, or could not be; to be installed, or refused
 * @XBB_DISK_FLUSHING: the cache of the disk in use is flushed, for another one
 *	is to take its place
 * @XBB_DISK_SYNCING: what dom0 has cached of the vbd's disk is written back
 *
 * From IDLE to OPENING, OPENED and back; from OPENED to FLUSHING and back; from
 * IDLE to SYNCING and back. Disks that are being closed are only counted.
 */
enum xbb_disk_state {
	XBB_DISK_IDLE,
	XBB_DISK_OPENING,
	XBB_DISK_OPENED,
	XBB_DISK_FLUSHING,
	XBB_DISK_SYNCING,
};

/**
 * struct xbb_disk - what goes on with a vbd's disk; guarded by the vbd's lock
 */
struct xbb_disk {
	/** @state: what is going on */
	enum xbb_disk_state state;
	/** @waiter: waits for disks; not ours while it has something to do */
	struct xbb_waiter waiter;
	/** @closed: called with the vbd when a disk was closed */
	void (*closed)(void *vbd);
	/** @nr_closing: disks that it had, and that are being closed */
	unsigned int nr_closing;
	/** @synced: the disk was written back, for the next connection … */
	bool synced;
	/** @sync_error: … with what result */
	int sync_error;
	/** @flushed: what the guest wrote to the disk is not in its cache */
	bool flushed;
	/** @passed: the guest may have written since the flush began */
	bool passed;
	/** @renamed: the toolstack has written the name; set by the watch */
	bool renamed;
	/**
	 * @refused: @wanted cannot be had, or what stands there names none; not
	 * to be tried, or said, again
	 */
	bool refused;
	/** @wanted: the disk that the toolstack wants */
	struct xbb_disk_id wanted;
	/** @active: the one that the vbd has */
	struct xbb_disk_id active;
	/** @retry: somebody has the disk: when to try once more */
	struct xbb_retry retry;
	/** @said_readonly: the log says so, of it or of the disk */
	bool said_readonly;
	/** @untold: the guest was not told its size */
	bool untold;
};

void xbb_disk_init(struct xbb_vbd *vbd, struct workqueue_struct *wq,
		   void (*done)(struct xbb_waiter *waiter),
		   void (*closed)(void *vbd));
void xbb_disk_opened(struct xbb_vbd *vbd);
unsigned long xbb_disk_follow(struct xbb_vbd *vbd);
void xbb_disk_prepare(struct xbb_vbd *vbd);
enum xgh_resource xbb_disk_resource(const struct xbb_vbd *vbd);
int xbb_disk_use(struct xbb_vbd *vbd);
void xbb_disk_begin_io(struct xbb_vbd *vbd);
void xbb_disk_forget_sync(struct xbb_vbd *vbd);
void xbb_disk_forget_flush(struct xbb_vbd *vbd);
bool xbb_disk_is_closed(const struct xbb_vbd *vbd);
void xbb_disk_follow_readonly(struct xbb_vbd *vbd);
unsigned long xbb_disk_check(struct xbb_vbd *vbd);
void xbb_disk_give_up(struct xbb_vbd *vbd);
bool xbb_disk_is_over(struct xbb_vbd *vbd);
void xbb_disk_close(struct xbb_vbd *vbd);

#endif /* XBB_DISK_H */
