/* SPDX-License-Identifier: GPL-2.0 */
/* Responses to packets from the guest; see txrespond.c. */
#ifndef XNB_TXRESPOND_H
#define XNB_TXRESPOND_H

#include <linux/types.h>

struct xnb_tx;
struct xnb_tx_work;

void xnb_txrespond_packet(struct xnb_tx *tx, struct xnb_tx_work *work,
			  s16 status);
void xnb_txrespond_push(struct xnb_tx *tx);

#endif /* XNB_TXRESPOND_H */
