/* SPDX-License-Identifier: GPL-2.0 */
/* Memory for packets from the guest, recycled; see txbuf.c. */
#ifndef XNB_TXBUF_H
#define XNB_TXBUF_H

#include <linux/types.h>

struct xnb_tx;
struct xnb_tx_work;

/* Room in the linear part: all headers, whatever options they have. */
#define XNB_LINEAR_MIN		256u

int xnb_txbuf_init(struct xnb_tx *tx);
void xnb_txbuf_shrink(struct xnb_tx *tx);
int xnb_txbuf_get(struct xnb_tx *tx, struct xnb_tx_work *work);

#endif /* XNB_TXBUF_H */
