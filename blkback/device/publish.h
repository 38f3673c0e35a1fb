/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What we write about a disk to our directory of xenstore. Everything here
 * sleeps. The protocol: xen/interface/io/blkif.h.
 */
#ifndef XBB_PUBLISH_H
#define XBB_PUBLISH_H

#include <linux/types.h>

/* blkif.h, "info": what the frontend shall make of the disk */
#define XBB_INFO_CDROM		1u
#define XBB_INFO_REMOVABLE	2u
#define XBB_INFO_READONLY	4u

struct xbb_geometry;
struct xbb_vbd;

void xbb_publish_active(struct xbb_vbd *vbd, dev_t num, u64 diskseq);
int xbb_publish_offer(struct xbb_vbd *vbd);
int xbb_publish_disk(struct xbb_vbd *vbd, const struct xbb_geometry *geometry);
int xbb_publish_size(struct xbb_vbd *vbd, u64 sectors);

#endif /* XBB_PUBLISH_H */
