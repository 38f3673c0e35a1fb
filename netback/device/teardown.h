/* SPDX-License-Identifier: GPL-2.0 */
/* When the rings of a frontend can be given up; see teardown.c. */
#ifndef XNB_TEARDOWN_H
#define XNB_TEARDOWN_H

#include <linux/types.h>

struct xnb_vif;

bool xnb_teardown_is_last(const struct xnb_vif *vif);
void xnb_teardown_await(const struct xnb_vif *vif, unsigned int nr_queues);

#endif /* XNB_TEARDOWN_H */
