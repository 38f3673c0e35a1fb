/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an admin can set of a disk while a guest has it, in a file of the device
 * or in a key below "limits" in the backend's own directory of xenstore, which
 * a toolstack or its scripts write. Whichever was written last holds.
 */
#ifndef XBB_KNOBS_H
#define XBB_KNOBS_H

#include <linux/types.h>

#include "backend/keys.h"

struct xbb_vbd;

/**
 * enum xbb_knob - what can be set
 * @XBB_KNOB_IOPS: most requests a second
 * @XBB_KNOB_BANDWIDTH: most bytes a second
 * @XBB_KNOB_BURST: what can be saved up of both, in milliseconds
 * @XBB_KNOB_PAGES: the disk's budget, in units of 4 KiB
 * @XBB_KNOB_IOPRIO: priority of its I/O
 * @XBB_KNOB_CGROUP: what its I/O is charged to
 */
enum xbb_knob {
	XBB_KNOB_IOPS,
	XBB_KNOB_BANDWIDTH,
	XBB_KNOB_BURST,
	XBB_KNOB_PAGES,
	XBB_KNOB_IOPRIO,
	XBB_KNOB_CGROUP,
};

extern const struct xgh_key_table xbb_knobs;

int xbb_knobs_print(struct xbb_vbd *vbd, enum xbb_knob knob, char *buf,
		    size_t size);

#endif /* XBB_KNOBS_H */
