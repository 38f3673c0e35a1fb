/* SPDX-License-Identifier: GPL-2.0 */
/* What the guest is told of its packets; see txanswer.c. */
#ifndef XNB_TXANSWER_H
#define XNB_TXANSWER_H

#include <linux/types.h>

struct xnb_queue;
struct xnb_tx_work;

void xnb_tx_answer(struct xnb_queue *queue, struct xnb_tx_work *work,
		   s16 status);
void xnb_tx_answer_mapped(struct xnb_queue *queue);
void xnb_tx_push(struct xnb_queue *queue);

#endif /* XNB_TXANSWER_H */
