/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the toolstack says about a disk. Everything here sleeps. The protocol:
 * xen/interface/io/blkif.h.
 */
#ifndef XBB_TOOLSTACK_H
#define XBB_TOOLSTACK_H

#include <linux/types.h>

struct xbb_disk_id;
struct xbb_vbd;

int xbb_toolstack_read_disk(struct xbb_vbd *vbd, struct xbb_disk_id *conf);
void xbb_toolstack_read_former(struct xbb_vbd *vbd);
void xbb_toolstack_read_name(struct xbb_vbd *vbd);
bool xbb_toolstack_wants_discard(const struct xbb_vbd *vbd);

#endif /* XBB_TOOLSTACK_H */
