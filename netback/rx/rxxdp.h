/* SPDX-License-Identifier: GPL-2.0 */
/* Packets that XDP programs send to the guest; see rxxdp.c. */
#ifndef XNB_RXXDP_H
#define XNB_RXXDP_H

#include <linux/mm.h>
#include <linux/skbuff.h>
#include <net/xdp.h>

#include "rxskb.h"

struct xnb_rx;

unsigned int xnb_rxxdp_xmit(struct xnb_rx *rx, struct xdp_frame **frames,
			    unsigned int nr);

/**
 * xnb_rxxdp_walk() - call a function for each piece of a frame
 * @frame: the frame
 * @fn: as for xnb_rxskb_walk()
 * @data: for @fn
 *
 * Context: As the function needs it.
 */
static __always_inline void xnb_rxxdp_walk(struct xdp_frame *frame,
					   xnb_rxskb_fn fn, void *data)
{
	const struct skb_shared_info *info;
	unsigned int i;

	fn(data, virt_to_page(frame->data), offset_in_page(frame->data),
	   frame->len);
	if (likely(!xdp_frame_has_frags(frame)))
		return;
	info = xdp_get_shared_info_from_frame(frame);
	for (i = 0; i < info->nr_frags; i++)
		fn(data, skb_frag_page(&info->frags[i]),
		   skb_frag_off(&info->frags[i]),
		   skb_frag_size(&info->frags[i]));
}

#endif /* XNB_RXXDP_H */
