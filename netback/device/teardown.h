/* SPDX-License-Identifier: GPL-2.0 */
/* How long to wait before rings are given up; see teardown.c. */
#ifndef XNB_TEARDOWN_H
#define XNB_TEARDOWN_H

struct xnb_vif;

void xnb_teardown_await(const struct xnb_vif *vif);

#endif /* XNB_TEARDOWN_H */
