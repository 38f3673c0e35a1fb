// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the netdev as the stack sees it: operations, features, carrier. Queues
 * run while the frontend is connected and the interface is up; rtnl serialises
 * that.
 */
#include "netdev.h"
#include "ethtool.h"
#include "link/link.h"
#include "qstats.h"
#include "queue/queue.h"
#include "rx/rxhash.h"
#include "rx/rxskb.h"
#include "xdp.h"

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <net/sch_generic.h>
#include <net/xdp.h>

#define XNB_HW_FEATURES		(NETIF_F_SG | NETIF_F_IP_CSUM |		\
				 NETIF_F_IPV6_CSUM | NETIF_F_TSO |	\
				 NETIF_F_TSO6 | NETIF_F_FRAGLIST)

static void xnb_netdev_pause(struct xnb_link *link)
{
	unsigned int i;

	for (i = 0; i < link->nr_queues; i++)
		xnb_queue_pause(link->queues[i]);
}

/*
 * Does the rest of the stack know what the carrier is? What is pending is told
 * with NETDEV_CHANGE as soon as it is known, and may come to nothing: a carrier
 * that was off for less than a moment.
 */
static bool xnb_netdev_is_noted(const struct net_device *dev)
{
	return !test_bit(__LINK_STATE_LINKWATCH_PENDING, &dev->state) ||
	       (netif_oper_up(dev) && !qdisc_tx_changing(dev));
}

/*
 * The stack sends packets that were left in its queues while these were
 * stopped. Nothing else would have it do so: they may use up their sender's
 * socket buffer, so that not even another packet comes.
 */
static void xnb_netdev_run(struct xnb_link *link)
{
	unsigned int i;

	if (!link->announced || !netif_running(link->dev) ||
	    !xnb_netdev_is_noted(link->dev))
		return;
	for (i = 0; i < link->nr_queues; i++)
		if (!link->queues[i]->running)
			xnb_queue_run(link->queues[i]);
	netif_tx_schedule_all(link->dev);
}

/* Whoever sends before a queue has run for the first time waits, too. */
static int xnb_ndo_init(struct net_device *dev)
{
	netif_tx_stop_all_queues(dev);
	return 0;
}

/* The queues run after NETDEV_UP. */
static int xnb_ndo_open(struct net_device *dev)
{
	struct xnb_link *link = netdev_priv(dev);

	link->schedule(link);
	return 0;
}

static int xnb_ndo_stop(struct net_device *dev)
{
	struct xnb_link *link = netdev_priv(dev);

	netif_tx_stop_all_queues(dev);
	if (link->announced)
		xnb_netdev_pause(link);
	link->schedule(link);
	return 0;
}

static netdev_tx_t xnb_ndo_start_xmit(struct sk_buff *skb,
				      struct net_device *dev)
{
	struct xnb_link *link = netdev_priv(dev);
	unsigned int index = skb_get_queue_mapping(skb);

	/*
	 * The number is read before the queue; pairs with the state machine,
	 * which creates queues. The queue stays until after the grace period in
	 * xnb_netdev_link_down().
	 */
	if (index >= smp_load_acquire(&link->nr_queues)) {
		dev_core_stats_tx_dropped_inc(dev);
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	return xnb_rx_xmit(&link->queues[index]->rx, skb);
}

static u16 xnb_ndo_select_queue(struct net_device *dev, struct sk_buff *skb,
				struct net_device *sb_dev)
{
	int index = xnb_rxhash_queue(netdev_priv(dev), skb);

	return index >= 0 ? index : netdev_pick_tx(dev, skb, sb_dev);
}

static int xnb_ndo_change_mtu(struct net_device *dev, int mtu)
{
	struct xnb_link *link = netdev_priv(dev);

	/* Scripts set it before the frontend has said what it can take. */
	if (link->linked && !link->can_sg && mtu > ETH_DATA_LEN)
		return -EINVAL;
	link->wanted_mtu = 0;
	WRITE_ONCE(dev->mtu, mtu);
	return 0;
}

static netdev_features_t xnb_ndo_fix_features(struct net_device *dev,
					      netdev_features_t features)
{
	const struct xnb_link *link = netdev_priv(dev);
	netdev_features_t no = 0;

	if (!link->can_sg)
		no |= NETIF_F_SG;
	no |= (NETIF_F_TSO | NETIF_F_TSO6) & ~link->gso_mask;
	no |= (NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM) &
	      ~(link->csum_refused ? 0 : link->csum_mask);
	return features & ~no;
}

/*
 * The most buffers that the frontend has had posted for a packet, 0 if that is
 * not known. A packet socket that passes the queueing discipline by asks with
 * softirqs on: nothing but what is held here keeps the queue.
 */
static u32 xnb_netdev_most_posted(const struct xnb_link *link,
				  const struct sk_buff *skb)
{
	unsigned int index = skb_get_queue_mapping(skb);
	u32 most = 0;

	rcu_read_lock();
	/* As in xnb_ndo_start_xmit(). */
	if (index < smp_load_acquire(&link->nr_queues))
		most = READ_ONCE(link->queues[index]->rx.max_posted);
	rcu_read_unlock();
	return most;
}

/*
 * A packet that would not fit into the buffers of a frontend, all of them
 * together, is cut into segments first.
 */
static netdev_features_t xnb_ndo_features_check(struct sk_buff *skb,
						struct net_device *dev,
						netdev_features_t features)
{
	const struct xnb_link *link = netdev_priv(dev);
	u32 max;

	if (skb_is_gso(skb)) {
		max = xnb_netdev_most_posted(link, skb);
		if (max && xnb_rxskb_slots(link, READ_ONCE(link->xdp_headroom),
					   skb) > max)
			features &= ~NETIF_F_GSO_MASK;
	}
	return vlan_features_check(skb, features);
}

static const struct net_device_ops xnb_netdev_ops = {
	.ndo_init = xnb_ndo_init,
	.ndo_open = xnb_ndo_open,
	.ndo_stop = xnb_ndo_stop,
	.ndo_start_xmit = xnb_ndo_start_xmit,
	.ndo_select_queue = xnb_ndo_select_queue,
	.ndo_change_mtu = xnb_ndo_change_mtu,
	.ndo_fix_features = xnb_ndo_fix_features,
	.ndo_features_check = xnb_ndo_features_check,
	.ndo_get_stats64 = xnb_qstats_get,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_bpf = xnb_xdp_setup,
	.ndo_xdp_xmit = xnb_xdp_xmit,
};

/**
 * xnb_netdev_setup() - fill in a new netdev
 * @dev: the netdev
 *
 * Its address is the one that bridge scripts give to all vifs: a bridge takes
 * the lowest address of its ports for its own, and this is the highest.
 *
 * Context: Process.
 */
void xnb_netdev_setup(struct net_device *dev)
{
	static const u8 dummy[ETH_ALEN] = {
		0xfe, 0xff, 0xff, 0xff, 0xff, 0xff
	};

	ether_setup(dev);
	/* Packets are queued here, and skb->cb is used. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->netdev_ops = &xnb_netdev_ops;
	dev->ethtool_ops = &xnb_ethtool_ops;
	xnb_qstats_setup(dev);
	xb_set_xdp_features(dev);
	dev->hw_features = XNB_HW_FEATURES;
	dev->features = XNB_HW_FEATURES | NETIF_F_RXCSUM;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU - VLAN_ETH_HLEN;
	eth_hw_addr_set(dev, dummy);
	netif_carrier_off(dev);
}

/*
 * Before the stack has taken note that the carrier is on, or the interface up,
 * it drops what it sends to the guest, and a bridge what comes from it. That
 * takes a moment, in which a guest may send its first packets: the one with
 * which it tells its neighbours where it is now may be among them, and nothing
 * sends that again.
 */
static int xnb_netdev_notice(struct notifier_block *nb, unsigned long event,
			     void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);

	if (dev->netdev_ops == &xnb_netdev_ops &&
	    (event == NETDEV_UP || event == NETDEV_CHANGE))
		xnb_netdev_run(netdev_priv(dev));
	return NOTIFY_DONE;
}

/* A bridge has heard of it first. */
static struct notifier_block xnb_netdev_nb = {
	.notifier_call = xnb_netdev_notice,
	.priority = INT_MIN,
};

/**
 * xnb_netdev_init() - prepare what all netdevs share
 *
 * Context: Process; module init. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_netdev_init(void)
{
	return register_netdevice_notifier(&xnb_netdev_nb);
}

/**
 * xnb_netdev_exit() - give it up
 *
 * Context: Process; module exit, there are no netdevs. May sleep.
 */
void xnb_netdev_exit(void)
{
	unregister_netdevice_notifier(&xnb_netdev_nb);
}

/*
 * A frontend that cannot have packets of several slots, as boot loaders, takes
 * no large ones. What the admin wants comes back with the next one that can,
 * and with it that of the bridge.
 */
static void xnb_netdev_fit_mtu(struct xnb_link *link)
{
	unsigned int mtu = link->dev->mtu;

	/*
	 * What is above it may not want that. It works without, too: packets
	 * that are too large are lost.
	 */
	if (link->can_sg && link->wanted_mtu)
		dev_set_mtu(link->dev, link->wanted_mtu);
	if (link->can_sg)
		link->wanted_mtu = 0;
	if (link->can_sg || mtu <= ETH_DATA_LEN)
		return;
	if (!dev_set_mtu(link->dev, ETH_DATA_LEN))
		link->wanted_mtu = mtu;
	else if (net_ratelimit())
		netdev_warn(link->dev,
			    "the frontend takes packets up to %u bytes, the MTU stays %u\n",
			    ETH_DATA_LEN, mtu);
}

/*
 * Packets that came by a queue may still be on their way when a frontend has
 * connected again with fewer, and the stack complains of a queue that it does
 * not know. So it goes on knowing all that there were.
 */
static int xnb_netdev_set_queues(struct xnb_link *link)
{
	unsigned int most = max(link->most_queues, link->nr_queues);
	int err = netif_set_real_num_queues(link->dev, link->nr_queues, most);

	if (!err)
		link->most_queues = most;
	return err;
}

/**
 * xnb_netdev_link_up() - follow what a frontend has and can
 * @link: the link; its queues were created
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_netdev_link_up(struct xnb_link *link)
{
	struct net_device *dev = link->dev;
	int err;

	rtnl_lock();
	err = xnb_netdev_set_queues(link);
	if (!err) {
		xnb_netdev_fit_mtu(link);
		netdev_update_features(dev);
		link->linked = true;
	}
	rtnl_unlock();
	return err;
}

/**
 * xnb_netdev_refuse_csum() - are all packets to the guest to have a checksum?
 * @link: the link, linked or not
 * @refuse: whether they are, and none a blank one that is the guest's to know
 *
 * Segments of TCP are not left to the guest then, either.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_netdev_refuse_csum(struct xnb_link *link, bool refuse)
{
	rtnl_lock();
	link->csum_refused = refuse;
	netdev_update_features(link->dev);
	rtnl_unlock();
}

/**
 * xnb_netdev_carrier_on() - let packets through, from the guest and to it
 * @link: the link, linked
 *
 * They pass as soon as the rest of the stack knows, if the interface is up.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_netdev_carrier_on(struct xnb_link *link)
{
	rtnl_lock();
	xnb_carrier_announce(link, true);
	xnb_netdev_run(link);
	rtnl_unlock();
}

/**
 * xnb_netdev_link_down() - stop queues before they are destroyed
 * @link: the link
 *
 * When it returns nobody uses the queues, and nobody finds them any more.
 *
 * Context: Process; the vif's lock is held. May sleep.
 */
void xnb_netdev_link_down(struct xnb_link *link)
{
	unsigned int i;

	rtnl_lock();
	xnb_carrier_announce(link, false);
	xnb_netdev_pause(link);
	for (i = 0; i < link->nr_queues; i++)
		xnb_queue_unlist(link->queues[i]);
	link->linked = false;
	WRITE_ONCE(link->nr_queues, 0);
	rtnl_unlock();
	synchronize_net();
}

/**
 * xnb_netdev_set_headroom() - change the free space in front of packets
 * @link: the link, linked
 * @headroom: bytes
 *
 * No queue stops for it. One that starts meanwhile finds the new value.
 *
 * Context: Process; the vif's lock is held, which keeps the queues.
 */
void xnb_netdev_set_headroom(struct xnb_link *link, u16 headroom)
{
	unsigned int i;

	WRITE_ONCE(link->xdp_headroom, headroom);
	for (i = 0; i < link->nr_queues; i++)
		xnb_rx_follow_headroom(&link->queues[i]->rx);
}
