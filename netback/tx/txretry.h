/* SPDX-License-Identifier: GPL-2.0 */
/* Packets from the guest that wait for paged-out frames; see txretry.c. */
#ifndef XNB_TXRETRY_H
#define XNB_TXRETRY_H

struct timer_list;
struct xnb_tx;
struct xnb_tx_work;

void xnb_txretry_timer(struct timer_list *timer);

/* The poll */
void xnb_txretry_add(struct xnb_tx *tx, struct xnb_tx_work *work);
void xnb_txretry_run(struct xnb_tx *tx);

#endif /* XNB_TXRETRY_H */
