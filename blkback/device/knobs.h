/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an admin can set of a disk while a guest has it, in a file of the device
 * or in a key below "limits" in the backend's own directory of xenstore, which
 * a toolstack or its scripts write. Whichever was written last holds.
 */
#ifndef XBB_KNOBS_H
#define XBB_KNOBS_H

#include <linux/ratelimit.h>
#include <linux/types.h>

struct xbb_vbd;

/**
 * enum xbb_knob - what can be set
 * @XBB_KNOB_IOPS: most requests a second
 * @XBB_KNOB_BANDWIDTH: most bytes a second
 * @XBB_KNOB_BURST: what can be saved up of both, in milliseconds
 * @XBB_KNOB_PAGES: the disk's budget, in units of 4 KiB
 * @XBB_KNOB_IOPRIO: priority of its I/O
 * @XBB_KNOB_CGROUP: what its I/O is charged to
 * @XBB_NR_KNOBS: how many there are
 */
enum xbb_knob {
	XBB_KNOB_IOPS,
	XBB_KNOB_BANDWIDTH,
	XBB_KNOB_BURST,
	XBB_KNOB_PAGES,
	XBB_KNOB_IOPRIO,
	XBB_KNOB_CGROUP,
	XBB_NR_KNOBS
};

/**
 * struct xbb_knobs - what is known of the keys in xenstore
 */
struct xbb_knobs {
	/** @written: bits of keys to be read; anyone sets */
	unsigned long written;
	/** @log: bounds the lines about bad values */
	struct ratelimit_state log;
	/** @present: bits of those that are there; under the vbd's lock */
	unsigned long present;
	/** @errors: why a key was not taken, or 0; likewise */
	int errors[XBB_NR_KNOBS];
};

void xbb_knobs_init(struct xbb_knobs *knobs);
int xbb_knobs_set(struct xbb_vbd *vbd, enum xbb_knob knob, const char *text);
unsigned long xbb_knobs_named(const char *below);
void xbb_knobs_mark(struct xbb_knobs *knobs, unsigned long written);
unsigned long xbb_knobs_follow(struct xbb_vbd *vbd);

#endif /* XBB_KNOBS_H */
