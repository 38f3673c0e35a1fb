/* SPDX-License-Identifier: GPL-2.0 */
/* Slots of an RX ring that are being filled; see rxcopy.c. */
#ifndef XNB_RXCOPY_H
#define XNB_RXCOPY_H

#include <linux/types.h>

#include "rx.h"

struct sk_buff;
struct xdp_frame;
struct xnb_rxplan;

/* The lock of the transmit queue is held. */
void xnb_rxcopy_add(struct xnb_rx *rx, struct sk_buff *skb,
		    const struct xnb_rxplan *plan);
void xnb_rxcopy_add_frame(struct xnb_rx *rx, struct xdp_frame *frame,
			  const struct xnb_rxplan *plan);
void xnb_rxcopy_flush(struct xnb_rx *rx);
void xnb_rxcopy_flush_frames(struct xnb_rx *rx);
void xnb_rxcopy_retry(struct xnb_rx *rx);
void xnb_rxcopy_purge(struct xnb_rx *rx);

/**
 * xnb_rxcopy_is_full() - must what was collected be flushed?
 * @rx: the queue's half
 *
 * Context: The lock of the transmit queue is held.
 * Return: whether the largest packet would not fit any more.
 */
static inline bool xnb_rxcopy_is_full(const struct xnb_rx *rx)
{
	return rx->nr_slots + rx->max_slots > XNB_RX_SLOTS;
}

#endif /* XNB_RXCOPY_H */
