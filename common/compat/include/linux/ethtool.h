/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hash settings in one structure, for kernels that pass pointers to its
 * members; xb/rxfh.h goes from one to the other.
 *
 * {"since": "v6.8", "commit": "fb6e30a72539", "used-by": "netback/netdev"}
 */
#ifndef XB_COMPAT_LINUX_ETHTOOL_H
#define XB_COMPAT_LINUX_ETHTOOL_H

#include_next <linux/ethtool.h>
#include <xb/have.h>

#ifndef XB_HAVE_RXFH_PARAM

struct ethtool_rxfh_param {
	u8 hfunc;
	u32 *indir;
	u8 *key;
};

#endif

#endif /* XB_COMPAT_LINUX_ETHTOOL_H */
