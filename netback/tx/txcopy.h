/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copying packets from the guest. Copies are collected in the batch of the
 * queue's half, which has room for those of a packet, and done together.
 */
#ifndef XNB_TXCOPY_H
#define XNB_TXCOPY_H

#include "gnttab-helpers/copy.h"
#include "tx.h"
#include "txpkt.h"

void xnb_txcopy_fill(struct xnb_tx *tx, struct xnb_tx_work *work,
		     struct xnb_tx_cursor *cursor, struct page *page,
		     unsigned int offset, unsigned int len);
void xnb_txcopy_run(struct xnb_tx *tx);

/**
 * xnb_txcopy_add() - one more copy
 * @tx: the queue's half
 * @work: the packet, which takes the error of the copy
 * @piece: bytes of it within one grant
 * @page: where they go
 * @offset: from where on, in bytes
 *
 * Context: NAPI poll.
 */
static inline void xnb_txcopy_add(struct xnb_tx *tx, struct xnb_tx_work *work,
				  const struct xnb_tx_slot *piece,
				  struct page *page, unsigned int offset)
{
	struct xgh_copy_span span = {
		.gref = piece->gref,
		.gref_offset = piece->offset,
		.len = piece->size,
		.page = page,
		.offset = offset,
	};

	xgh_copy_from_gref(&tx->copies, &span, &work->err);
}

#endif /* XNB_TXCOPY_H */
