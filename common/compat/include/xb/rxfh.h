/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operation get_rxfh in the form that the kernel has: xb_get_rxfh(). To be
 * included once, after XB_GET_RXFH was defined as the name of the function in
 * the newer form.
 *
 * {"since": "v6.8", "commit": "fb6e30a72539", "used-by": "netback/netdev"}
 */
#ifndef XB_COMPAT_XB_RXFH_H
#define XB_COMPAT_XB_RXFH_H

#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <xb/have.h>

#ifdef XB_HAVE_RXFH_PARAM

static int xb_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh)
{
	return XB_GET_RXFH(dev, rxfh);
}

#else

static int xb_get_rxfh(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc)
{
	struct ethtool_rxfh_param rxfh = { .indir = indir, .key = key };
	int err = XB_GET_RXFH(dev, &rxfh);

	if (!err && hfunc)
		*hfunc = rxfh.hfunc;
	return err;
}

#endif

#endif /* XB_COMPAT_XB_RXFH_H */
