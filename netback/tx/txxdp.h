/* SPDX-License-Identifier: GPL-2.0 */
/* Packets from the guest as XDP programs see them; see txxdp.c. */
#ifndef XNB_TXXDP_H
#define XNB_TXXDP_H

#include <linux/rcupdate.h>

#include "tx.h"

struct sk_buff;

struct sk_buff *xnb_txxdp_complete(struct xnb_tx *tx, struct xnb_tx_work *work);
void xnb_txxdp_end(struct xnb_tx *tx);

/**
 * xnb_txxdp_begin() - a poll begins
 * @tx: the queue's half; its program is that of the netdev for this poll
 *
 * Context: NAPI poll.
 */
static inline void xnb_txxdp_begin(struct xnb_tx *tx)
{
	tx->prog = rcu_dereference_bh(tx->link->xdp_prog);
}

#endif /* XNB_TXXDP_H */
