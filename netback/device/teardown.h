/* SPDX-License-Identifier: GPL-2.0 */
/* The end of rings, before they are given up; see teardown.c. */
#ifndef XNB_TEARDOWN_H
#define XNB_TEARDOWN_H

#include <linux/types.h>

struct xnb_vif;

bool xnb_teardown_advance(struct xnb_vif *vif);
unsigned int xnb_teardown_look_in(const struct xnb_vif *vif);

#endif /* XNB_TEARDOWN_H */
