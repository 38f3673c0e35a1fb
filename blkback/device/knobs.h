/* SPDX-License-Identifier: GPL-2.0 */
/* What an admin can set and see of a device in sysfs. */
#ifndef XBB_KNOBS_H
#define XBB_KNOBS_H

#include <linux/types.h>

struct attribute_group;
struct xbb_vbd;

extern const struct attribute_group xbb_knobs_group;

void xbb_knobs_set_latency(struct xbb_vbd *vbd, bool on);

#endif /* XBB_KNOBS_H */
