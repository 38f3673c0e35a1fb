/* SPDX-License-Identifier: GPL-2.0 */
/* What a netdev has counted, of a queue and of all; see qstats.c. */
#ifndef XNB_QSTATS_H
#define XNB_QSTATS_H

struct net_device;
struct rtnl_link_stats64;

void xnb_qstats_setup(struct net_device *dev);
void xnb_qstats_get(struct net_device *dev, struct rtnl_link_stats64 *to);

#endif /* XNB_QSTATS_H */
