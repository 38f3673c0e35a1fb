/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is written to xenstore, and the driver on the bus.
 * Everything here sleeps. The protocol: xen/interface/io/blkif.h and
 * xen/interface/io/xenbus.h.
 */
#ifndef XBB_XENBUS_H
#define XBB_XENBUS_H

#include <linux/types.h>

#include <xen/xenbus.h>

struct xbb_geometry;
struct xbb_vbd;

int xbb_xenbus_register(void);
void xbb_xenbus_unregister(void);

enum xenbus_state xbb_xenbus_frontend_state(const struct xbb_vbd *vbd);
bool xbb_xenbus_is_online(const struct xbb_vbd *vbd);
bool xbb_xenbus_is_detached(const struct xbb_vbd *vbd);
bool xbb_xenbus_is_replaced(const struct xbb_vbd *vbd);
void xbb_xenbus_switch(struct xbb_vbd *vbd, enum xenbus_state state);
void xbb_xenbus_close(struct xbb_vbd *vbd);
__printf(3, 4)
void xbb_xenbus_fail(struct xbb_vbd *vbd, int err, const char *fmt, ...);

__printf(3, 4)
void xbb_xenbus_error(struct xbb_vbd *vbd, int err, const char *fmt, ...);

void xbb_xenbus_publish_active(struct xbb_vbd *vbd, dev_t num, u64 diskseq);
int xbb_xenbus_publish_offer(struct xbb_vbd *vbd);
int xbb_xenbus_publish_disk(struct xbb_vbd *vbd,
			    const struct xbb_geometry *geometry);
int xbb_xenbus_publish_size(struct xbb_vbd *vbd, u64 sectors);

#endif /* XBB_XENBUS_H */
