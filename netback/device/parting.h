/* SPDX-License-Identifier: GPL-2.0 */
/* How the rings of a frontend are left. */
#ifndef XNB_PARTING_H
#define XNB_PARTING_H

#include <linux/types.h>

struct xnb_vif;

bool xnb_parting_is_last(const struct xnb_vif *vif);
void xnb_parting_await(const struct xnb_vif *vif, unsigned int nr_queues);

#endif /* XNB_PARTING_H */
