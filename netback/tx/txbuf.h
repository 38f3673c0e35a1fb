/* SPDX-License-Identifier: GPL-2.0 */
/* Memory for packets from the guest, recycled; see txbuf.c. */
#ifndef XNB_TXBUF_H
#define XNB_TXBUF_H

#include <linux/bpf.h>
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/types.h>

struct xnb_tx;
struct xnb_tx_work;

/* Room in the linear part: all headers, whatever options they have. */
#define XNB_LINEAR_MIN		256u

/* Behind the bytes of a piece of memory: what an skb of it has there. */
#define XNB_HEAD_TAIL		SKB_DATA_ALIGN(sizeof(struct skb_shared_info))
/* Bytes that a program may add at the end, besides. */
#define XNB_RAW_TAIL		128u
/* What lies in one piece where there is a program; more is in frags. */
#define XNB_RAW_MAX		((unsigned int)(PAGE_SIZE - XNB_HEAD_TAIL) - \
				 XNB_RAW_TAIL - XDP_PACKET_HEADROOM)

int xnb_txbuf_init(struct xnb_tx *tx);
void xnb_txbuf_shrink(struct xnb_tx *tx);
int xnb_txbuf_get(struct xnb_tx *tx, struct xnb_tx_work *work);
int xnb_txbuf_get_raw(struct xnb_tx *tx, struct xnb_tx_work *work);
void xnb_txbuf_put_raw(struct xnb_tx *tx, struct xnb_tx_work *work,
		       bool in_poll);

#endif /* XNB_TXBUF_H */
