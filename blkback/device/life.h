/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When a vbd may be tried again that has failed, and when one is over that
 * never began.
 */
#ifndef XBB_LIFE_H
#define XBB_LIFE_H

#include <linux/types.h>

#include <xen/xenbus.h>

struct xbb_vbd;

void xbb_life_fail(struct xbb_vbd *vbd, int err, const char *what);
void xbb_life_forgive(struct xbb_vbd *vbd, enum xenbus_state frontend);
bool xbb_life_may_try(struct xbb_vbd *vbd);
bool xbb_life_leave(struct xbb_vbd *vbd);

#endif /* XBB_LIFE_H */
