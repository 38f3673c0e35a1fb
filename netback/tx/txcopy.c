// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the copying of packets from the guest: which bytes of which grant go
 * where, and the hypercall that does it for all packets of a poll. NAPI poll.
 */
#include "txcopy.h"

/**
 * xnb_txcopy_fill() - the next bytes of a packet go to one place
 * @tx: the queue's half
 * @work: the packet
 * @cursor: where in it; moved behind them
 * @page: where they go
 * @offset: from where on, in bytes
 * @len: how many bytes
 *
 * Context: NAPI poll.
 */
void xnb_txcopy_fill(struct xnb_tx *tx, struct xnb_tx_work *work,
		     struct xnb_tx_cursor *cursor, struct page *page,
		     unsigned int offset, unsigned int len)
{
	struct xnb_tx_slot piece;

	while (xnb_txpkt_next(&work->pkt, cursor, len, &piece)) {
		xnb_txcopy_add(tx, work, &piece, page, offset);
		offset += piece.size;
		len -= piece.size;
	}
}

/**
 * xnb_txcopy_run() - do the copies that were added
 * @tx: the queue's half
 *
 * Each packet then has its error. One whose frame is paged out is in the list
 * of those to be tried again.
 *
 * Context: NAPI poll.
 */
void xnb_txcopy_run(struct xnb_tx *tx)
{
	struct xnb_tx_stats *stats = tx->stats;

	if (!tx->copies.nr)
		return;
	u64_stats_update_begin(&stats->sync);
	u64_stats_inc(&stats->hypercalls);
	u64_stats_add(&stats->copy_ops, tx->copies.nr);
	u64_stats_update_end(&stats->sync);
	xgh_copy_batch_try(&tx->copies, &tx->again);
}
