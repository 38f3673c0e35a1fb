/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a netdev can do for XDP, for kernels that do not want to be told.
 *
 * {"since": "v6.3", "commit": "d3d854fd6a1d", "used-by": "netback/netdev"}
 *
 * The sizes of all buffers of a packet but the first, in the form that the
 * kernel notes them.
 *
 * {"since": "v7.2 or before", "used-by": "netback/tx"}
 */
#ifndef XB_COMPAT_NET_XDP_H
#define XB_COMPAT_NET_XDP_H

#include <linux/skbuff.h>
#include_next <net/xdp.h>
#include <xb/have.h>

/*
 * Says that a new netdev can do all of XDP that needs no sockets. A macro,
 * since older kernels have this header in that of netdevs.
 */
#ifdef XB_HAVE_XDP_FEATURES
#define xb_set_xdp_features(dev)					\
	((dev)->xdp_features =						\
	 NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |		\
	 NETDEV_XDP_ACT_NDO_XMIT | NETDEV_XDP_ACT_RX_SG |		\
	 NETDEV_XDP_ACT_NDO_XMIT_SG)
#else
#define xb_set_xdp_features(dev)	((void)(dev))
#endif

static inline void xb_xdp_clear_frag_size(struct skb_shared_info *info)
{
	info->xdp_frags_size = 0;
#ifdef XB_HAVE_XDP_TRUESIZE
	info->xdp_frags_truesize = 0;
#endif
}

static inline void xb_xdp_add_frag_size(struct skb_shared_info *info, u32 size,
					u32 truesize)
{
	info->xdp_frags_size += size;
#ifdef XB_HAVE_XDP_TRUESIZE
	info->xdp_frags_truesize += truesize;
#endif
}

#endif /* XB_COMPAT_NET_XDP_H */
