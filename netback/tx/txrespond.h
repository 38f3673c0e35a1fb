/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest is told of its packets; see txrespond.c. */
#ifndef XNB_TXRESPOND_H
#define XNB_TXRESPOND_H

#include <linux/types.h>

struct xnb_tx;
struct xnb_tx_work;

void xnb_tx_answer(struct xnb_tx *tx, struct xnb_tx_work *work,
		   s16 status);
void xnb_tx_answer_mapped(struct xnb_tx *tx);
void xnb_tx_push(struct xnb_tx *tx);

#endif /* XNB_TXRESPOND_H */
