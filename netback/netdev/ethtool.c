// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what ethtool shows: the in-tree driver's statistics, then those of
 * each queue, channels, rings, hashes, and when the guest is to send events.
 */
#include "ethtool.h"
#include "link/link.h"
#include "link/pools.h"
#include "ctrl/hash.h"
#include "queue/queue.h"

#include <linux/ethtool.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/page_pool/helpers.h>

/* The names that tools know; packets from the guest are never mapped here. */
static const char xnb_vif_names[][ETH_GSTRING_LEN] = {
	"rx_gso_checksum_fixup",
	"tx_zerocopy_sent",
	"tx_zerocopy_success",
	"tx_zerocopy_fail",
	"tx_frag_overflow",
};

struct xnb_stat_name {
	const char *name;
	size_t offset;
};

#define XNB_STAT(_field)	offsetof(struct xnb_stats, _field)
#define XNB_TX_STAT(_name)	{ "tx_" #_name, XNB_STAT(tx._name) }
#define XNB_RX_STAT(_name)	{ "rx_" #_name, XNB_STAT(rx._name) }

static const struct xnb_stat_name xnb_queue_names[] = {
	XNB_TX_STAT(packets),
	XNB_TX_STAT(bytes),
	XNB_TX_STAT(errors),
	XNB_TX_STAT(drops),
	XNB_TX_STAT(copy_errors),
	XNB_TX_STAT(deferred),
	XNB_TX_STAT(csum_fixups),
	XNB_TX_STAT(too_long),
	XNB_TX_STAT(polls),
	XNB_TX_STAT(hypercalls),
	XNB_TX_STAT(copy_ops),
	XNB_TX_STAT(events),
	XNB_TX_STAT(throttled),
	XNB_TX_STAT(xdp_drop),
	XNB_TX_STAT(xdp_tx),
	XNB_TX_STAT(xdp_redirect),
	XNB_TX_STAT(xdp_errors),
	XNB_RX_STAT(packets),
	XNB_RX_STAT(bytes),
	XNB_RX_STAT(drops),
	XNB_RX_STAT(filtered),
	XNB_RX_STAT(copy_errors),
	XNB_RX_STAT(foreign),
	XNB_RX_STAT(hypercalls),
	XNB_RX_STAT(copy_ops),
	XNB_RX_STAT(events),
	XNB_RX_STAT(deferred),
	XNB_RX_STAT(throttled),
	XNB_RX_STAT(stops),
	XNB_RX_STAT(stalls),
	XNB_RX_STAT(xdp_xmit),
	XNB_RX_STAT(xdp_full),
};

static u64 xnb_ethtool_read(const struct xnb_stats *stats, size_t offset)
{
	const struct u64_stats_sync *sync;
	unsigned int start;
	u64 value;

	sync = offset < offsetof(struct xnb_stats, rx) ? &stats->tx.sync :
							 &stats->rx.sync;
	do {
		start = u64_stats_fetch_begin(sync);
		value = u64_stats_read((const void *)stats + offset);
	} while (u64_stats_fetch_retry(sync, start));
	return value;
}

static u64 xnb_ethtool_sum(const struct xnb_link *link, size_t offset)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < link->max_queues; i++)
		sum += xnb_ethtool_read(&link->stats[i], offset);
	return sum;
}

static int xnb_ethtool_get_sset_count(struct net_device *dev, int set)
{
	const struct xnb_link *link = netdev_priv(dev);

	if (set != ETH_SS_STATS)
		return -EOPNOTSUPP;
	return ARRAY_SIZE(xnb_vif_names) +
	       link->max_queues * ARRAY_SIZE(xnb_queue_names) +
	       page_pool_ethtool_stats_get_count();
}

static void xnb_ethtool_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	const struct xnb_link *link = netdev_priv(dev);
	unsigned int i, j;

	if (set != ETH_SS_STATS)
		return;
	memcpy(data, xnb_vif_names, sizeof(xnb_vif_names));
	data += sizeof(xnb_vif_names);
	for (i = 0; i < link->max_queues; i++) {
		for (j = 0; j < ARRAY_SIZE(xnb_queue_names); j++)
			ethtool_sprintf(&data, "queue_%u_%s", i,
					xnb_queue_names[j].name);
	}
	page_pool_ethtool_stats_get_strings(data);
}

static void xnb_ethtool_get_stats(struct net_device *dev,
				  struct ethtool_stats *stats, u64 *data)
{
	const struct xnb_link *link = netdev_priv(dev);
	unsigned int i, j;

	memset(data, 0, ARRAY_SIZE(xnb_vif_names) * sizeof(*data));
	data[0] = xnb_ethtool_sum(link, XNB_STAT(tx.csum_fixups));
	data[4] = xnb_ethtool_sum(link, XNB_STAT(tx.frag_overflows));
	data += ARRAY_SIZE(xnb_vif_names);
	for (i = 0; i < link->max_queues; i++) {
		for (j = 0; j < ARRAY_SIZE(xnb_queue_names); j++)
			*data++ = xnb_ethtool_read(&link->stats[i],
						   xnb_queue_names[j].offset);
	}
	xnb_pools_get_stats(link, data);
}

static void xnb_ethtool_get_channels(struct net_device *dev,
				     struct ethtool_channels *channels)
{
	const struct xnb_link *link = netdev_priv(dev);

	channels->max_combined = link->max_queues;
	channels->combined_count = READ_ONCE(link->nr_queues);
}

static void xnb_ethtool_get_ringparam(struct net_device *dev,
				      struct ethtool_ringparam *ring,
				      struct kernel_ethtool_ringparam *kernel,
				      struct netlink_ext_ack *extack)
{
	ring->rx_max_pending = XNB_RX_SLOTS;
	ring->tx_max_pending = XNB_RX_SLOTS;
	ring->rx_pending = XNB_RX_SLOTS;
	ring->tx_pending = XNB_RX_SLOTS;
}

/* Slots that are best free before the guest sends an event. */
static int xnb_ethtool_get_coalesce(struct net_device *dev,
				    struct ethtool_coalesce *coalesce,
				    struct kernel_ethtool_coalesce *kernel,
				    struct netlink_ext_ack *extack)
{
	const struct xnb_link *link = netdev_priv(dev);

	coalesce->tx_max_coalesced_frames = READ_ONCE(link->rx_wake);
	return 0;
}

static int xnb_ethtool_set_coalesce(struct net_device *dev,
				    struct ethtool_coalesce *coalesce,
				    struct kernel_ethtool_coalesce *kernel,
				    struct netlink_ext_ack *extack)
{
	struct xnb_link *link = netdev_priv(dev);

	if (!coalesce->tx_max_coalesced_frames ||
	    coalesce->tx_max_coalesced_frames > XNB_RX_SLOTS)
		return -EINVAL;
	WRITE_ONCE(link->rx_wake, coalesce->tx_max_coalesced_frames);
	return 0;
}

/* How packets are spread over queues, which only the guest can change. */
static u32 xnb_ethtool_get_rx_ring_count(struct net_device *dev)
{
	const struct xnb_link *link = netdev_priv(dev);

	return READ_ONCE(link->nr_queues);
}

static u32 xnb_ethtool_get_rxfh_key_size(struct net_device *dev)
{
	return XNB_HASH_KEY;
}

/* Constant: user space allocates for this size and then reads the table. */
static u32 xnb_ethtool_get_rxfh_indir_size(struct net_device *dev)
{
	return XNB_HASH_MAP;
}

static void xnb_ethtool_show_hash(const struct xnb_hash *hash,
				  unsigned int nr_queues,
				  struct ethtool_rxfh_param *rxfh)
{
	unsigned int i;

	for (i = 0; rxfh->indir && i < XNB_HASH_MAP; i++)
		rxfh->indir[i] = xnb_hash_queue(hash, i, nr_queues);
	if (rxfh->key)
		memcpy(rxfh->key, hash->key, XNB_HASH_KEY);
	if (hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ)
		rxfh->hfunc = ETH_RSS_HASH_TOP;
}

static int xnb_ethtool_get_rxfh(struct net_device *dev,
				struct ethtool_rxfh_param *rxfh)
{
	const struct xnb_link *link = netdev_priv(dev);
	unsigned int nr = READ_ONCE(link->nr_queues);
	const struct xnb_hash *hash;

	rxfh->hfunc = ETH_RSS_HASH_NO_CHANGE;
	if (rxfh->indir)
		memset(rxfh->indir, 0, XNB_HASH_MAP * sizeof(*rxfh->indir));
	if (rxfh->key)
		memset(rxfh->key, 0, XNB_HASH_KEY);
	rcu_read_lock_bh();
	hash = rcu_dereference_bh(link->hash);
	if (hash && nr)
		xnb_ethtool_show_hash(hash, nr, rxfh);
	rcu_read_unlock_bh();
	return 0;
}

#define XB_GET_RXFH	xnb_ethtool_get_rxfh
#include <xb/rxfh.h>
#define XB_GET_RX_RING_COUNT	xnb_ethtool_get_rx_ring_count
#include <xb/rings.h>

const struct ethtool_ops xnb_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_TX_MAX_FRAMES,
	.get_link = ethtool_op_get_link,
	.get_sset_count = xnb_ethtool_get_sset_count,
	.get_strings = xnb_ethtool_get_strings,
	.get_ethtool_stats = xnb_ethtool_get_stats,
	.get_channels = xnb_ethtool_get_channels,
	.get_ringparam = xnb_ethtool_get_ringparam,
	.get_coalesce = xnb_ethtool_get_coalesce,
	.set_coalesce = xnb_ethtool_set_coalesce,
	XB_RX_RING_COUNT,
	.get_rxfh_key_size = xnb_ethtool_get_rxfh_key_size,
	.get_rxfh_indir_size = xnb_ethtool_get_rxfh_indir_size,
	.get_rxfh = xb_get_rxfh,
	.get_ts_info = ethtool_op_get_ts_info,
};
