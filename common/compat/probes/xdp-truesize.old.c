// SPDX-License-Identifier: GPL-2.0
/* Of the buffers of an XDP packet their bytes are noted. */
#include <linux/skbuff.h>

const size_t xb_size = sizeof(((struct skb_shared_info *)0)->xdp_frags_size);

/* All of its members and one more: an error if it has that one. */
struct xb_info {
	struct skb_shared_info;
	int xdp_frags_truesize;
} xb_info;
