/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of packets from the guest when their queue ends; see txend.c. */
#ifndef XNB_TXEND_H
#define XNB_TXEND_H

#include <linux/types.h>

struct xnb_tx;

/* Process context; the poll is disabled for good. */
void xnb_txend_drop(struct xnb_tx *tx);
void xnb_txend_refuse_rest(struct xnb_tx *tx);
void xnb_txend_close(struct xnb_tx *tx);

#endif /* XNB_TXEND_H */
