// SPDX-License-Identifier: GPL-2.0
/* Of the buffers of an XDP packet their real sizes are noted. */
#include <linux/skbuff.h>

const size_t xb_offset = offsetof(struct skb_shared_info, xdp_frags_truesize);
const size_t xb_size = sizeof(((struct skb_shared_info *)0)->xdp_frags_size);
