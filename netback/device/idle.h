/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that vifs give back when they are idle; see idle.c. */
#ifndef XNB_IDLE_H
#define XNB_IDLE_H

struct xnb_vif;

void xnb_idle_exit(void);

/* Process context; the vif's lock is not held. May sleep. */
void xnb_idle_add(struct xnb_vif *vif);
void xnb_idle_remove(struct xnb_vif *vif);

#endif /* XNB_IDLE_H */
