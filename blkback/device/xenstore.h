/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is written to xenstore. Everything here sleeps. The protocol:
 * xen/interface/io/blkif.h and xen/interface/io/xenbus.h.
 */
#ifndef XBB_XENSTORE_H
#define XBB_XENSTORE_H

#include <linux/types.h>

#include <xen/xenbus.h>

struct xbb_geometry;
struct xbb_vbd;

enum xenbus_state xbb_xenstore_frontend_state(const struct xbb_vbd *vbd);
bool xbb_xenstore_is_online(const struct xbb_vbd *vbd);
bool xbb_xenstore_is_detached(const struct xbb_vbd *vbd);
bool xbb_xenstore_is_replaced(const struct xbb_vbd *vbd);
void xbb_xenstore_switch(struct xbb_vbd *vbd, enum xenbus_state state);
void xbb_xenstore_close(struct xbb_vbd *vbd);
__printf(3, 4)
void xbb_xenstore_fail(struct xbb_vbd *vbd, int err, const char *fmt, ...);

__printf(3, 4)
void xbb_xenstore_error(struct xbb_vbd *vbd, int err, const char *fmt, ...);

void xbb_xenstore_publish_active(struct xbb_vbd *vbd, dev_t num, u64 diskseq);
int xbb_xenstore_publish_offer(struct xbb_vbd *vbd);
int xbb_xenstore_publish_disk(struct xbb_vbd *vbd,
			      const struct xbb_geometry *geometry);
int xbb_xenstore_publish_size(struct xbb_vbd *vbd, u64 sectors);
void xbb_xenstore_touch(const char *dir);

#endif /* XBB_XENSTORE_H */
