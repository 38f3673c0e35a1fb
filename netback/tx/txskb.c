// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what the stack is told about a packet from the guest: protocol,
 * checksum, segmentation, hash. What the guest claims is checked against the
 * packet itself. NAPI poll.
 */
#include "txskb.h"
#include "tx.h"
#include "txbuf.h"
#include "txcsum.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

/*
 * TCP leaves room for so many bytes in the smallest segment that has all
 * options. Smaller segments would only make us cut a packet into very many.
 */
#define XNB_GSO_SIZE_MIN	8
/* What every host takes in one segment: less is cut for no network. */
#define XNB_GSO_SIZE_PLAIN	536

/* Bytes of the linear part that can lie behind the Ethernet header. */
#define XNB_HEADERS_MOST	(XNB_LINEAR_MIN - ETH_HLEN)

static bool xnb_txskb_is_tcp(const struct sk_buff *skb, u8 gso_type)
{
	/* Only a checksum that was found says where TCP begins. */
	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb->csum_offset != offsetof(struct tcphdr, check))
		return false;
	if (gso_type == XEN_NETIF_GSO_TYPE_TCPV4)
		return skb->protocol == htons(ETH_P_IP);
	return skb->protocol == htons(ETH_P_IPV6);
}

/* skb->data is at the network header, and the checksum has been set up. */
static int xnb_txskb_set_gso(struct sk_buff *skb, const struct xnb_txpkt *pkt)
{
	unsigned int headers;

	if (pkt->gso_size < XNB_GSO_SIZE_MIN ||
	    !xnb_txskb_is_tcp(skb, pkt->gso_type))
		return -EPROTO;
	if (!pskb_may_pull(skb, skb_transport_offset(skb) +
				sizeof(struct tcphdr)))
		return -EPROTO;
	headers = skb_transport_offset(skb) + tcp_hdrlen(skb);
	if (tcp_hdrlen(skb) < sizeof(struct tcphdr) ||
	    !pskb_may_pull(skb, headers))
		return -EPROTO;
	/* A packet of one segment is not cut. */
	if (skb->len - headers <= pkt->gso_size)
		return 0;

	skb_shinfo(skb)->gso_size = pkt->gso_size;
	skb_shinfo(skb)->gso_type = SKB_GSO_DODGY;
	skb_shinfo(skb)->gso_type |=
		pkt->gso_type == XEN_NETIF_GSO_TYPE_TCPV4 ? SKB_GSO_TCPV4 :
							    SKB_GSO_TCPV6;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->len - headers,
						 pkt->gso_size);
	return 0;
}

static int xnb_txskb_set_csum(struct xnb_tx *tx, struct sk_buff *skb,
			      const struct xnb_txpkt *pkt)
{
	bool recalculate = false;
	int err;

	if (pkt->csum_blank)
		skb->ip_summed = CHECKSUM_PARTIAL;
	else if (pkt->data_validated)
		skb->ip_summed = CHECKSUM_UNNECESSARY;

	/* Segmentation needs a blank checksum; some frontends fill it in. */
	if (pkt->gso_type && !pkt->csum_blank) {
		xnb_stat_inc(&tx->stats->sync, &tx->stats->csum_fixups);
		skb->ip_summed = CHECKSUM_PARTIAL;
		recalculate = true;
	}
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return 0;
	err = skb_checksum_setup(skb, recalculate);
	/* One that says it is shorter has its checksum inside of itself. */
	if (!err && skb->protocol == htons(ETH_P_IP) &&
	    skb_checksum_start_offset(skb) < (int)sizeof(struct iphdr))
		return -EPROTO;
	return err;
}

/*
 * Bytes of the VLAN tags in front of the network header, and what comes behind
 * them. With more tags than are looked at that is one of them.
 */
static int xnb_txskb_tags(const struct sk_buff *skb, __be16 *protocol)
{
	struct vlan_hdr buffer;
	int len = 0;

	*protocol = skb->protocol;
	while (eth_type_vlan(*protocol) && len < XNB_CSUM_TAGS * VLAN_HLEN) {
		const struct vlan_hdr *tag = skb_header_pointer(skb, len,
								VLAN_HLEN,
								&buffer);

		if (!tag)
			return -EPROTO;
		*protocol = tag->h_vlan_encapsulated_proto;
		len += VLAN_HLEN;
	}
	return len;
}

static int xnb_txskb_set_offloads(struct xnb_tx *tx, struct sk_buff *skb,
				  const struct xnb_txpkt *pkt)
{
	int err = xnb_txskb_set_csum(tx, skb, pkt);

	if (!err && pkt->gso_type)
		err = xnb_txskb_set_gso(skb, pkt);
	return err;
}

/* The kernel looks for a checksum behind no tag: they are taken away for it. */
static int xnb_txskb_set_tagged(struct xnb_tx *tx, struct sk_buff *skb,
				const struct xnb_txpkt *pkt)
{
	__be16 outer = skb->protocol;
	__be16 inner;
	int len = xnb_txskb_tags(skb, &inner);
	int err;

	if (len < 0)
		return len;
	if (!pskb_may_pull(skb, len))
		return -EPROTO;
	__skb_pull(skb, len);
	skb_reset_network_header(skb);
	skb->protocol = inner;
	err = xnb_txskb_set_offloads(tx, skb, pkt);
	__skb_push(skb, len);
	skb_reset_network_header(skb);
	skb->protocol = outer;
	return err;
}

static void xnb_txskb_set_hash(struct sk_buff *skb, const struct xnb_txpkt *pkt)
{
	bool l4 = pkt->hash_type == _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP ||
		  pkt->hash_type == _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP;

	if (xnb_txpkt_has(pkt, XEN_NETIF_EXTRA_TYPE_HASH))
		skb_set_hash(skb, pkt->hash,
			     l4 ? PKT_HASH_TYPE_L4 : PKT_HASH_TYPE_L3);
}

/*
 * Bytes of all headers from the network header on, for plain TCP. For anything
 * else, where finding out takes more, as many as the linear part can have.
 */
static unsigned int xnb_txskb_headers(const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	unsigned int l4 = skb_transport_offset(skb);
	bool tcp = false;

	if (skb_headlen(skb) < sizeof(struct ipv6hdr) ||
	    skb_headlen(skb) < l4 + sizeof(struct tcphdr))
		return XNB_HEADERS_MOST;
	if (skb->protocol == htons(ETH_P_IP))
		tcp = ip->protocol == IPPROTO_TCP &&
		      l4 == ip->ihl * 4;
	else if (skb->protocol == htons(ETH_P_IPV6))
		tcp = ipv6_hdr(skb)->nexthdr == IPPROTO_TCP &&
		      l4 == sizeof(struct ipv6hdr);
	return tcp ? l4 + tcp_hdrlen(skb) : XNB_HEADERS_MOST;
}

/*
 * All headers have to lie in the linear part (XSA-423). A packet that lies
 * there as a whole needs no look at its headers.
 */
static int xnb_txskb_pull_headers(struct sk_buff *skb)
{
	unsigned int len;

	if (!skb_is_nonlinear(skb) && !skb_is_gso(skb))
		return 0;
	skb_probe_transport_header(skb);
	len = skb_transport_header_was_set(skb) ? xnb_txskb_headers(skb) :
						  XNB_HEADERS_MOST;
	return pskb_may_pull(skb, min(len, skb->len)) ? 0 : -ENOMEM;
}

/*
 * Small segments are mostly headers, which the guest gives once and which leave
 * with each. What was not in the packet is charged now, and paid for before the
 * next one is taken.
 */
static void xnb_txskb_charge_headers(struct xnb_tx *tx,
				     const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int headers = skb_transport_header(skb) -
			       skb_mac_header(skb) + tcp_hdrlen(skb);

	if (unlikely(info->gso_size < XNB_GSO_SIZE_PLAIN))
		xnb_rate_charge(&tx->link->tx_rate,
				(info->gso_segs - 1) * headers);
}

/**
 * xnb_txskb_prepare() - tell the stack about a packet
 * @tx: the queue's half
 * @work: the packet, its skb filled
 *
 * Context: NAPI poll.
 * Return: 0, or a negative errno if the packet is not what the guest claims.
 */
int xnb_txskb_prepare(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	const struct xnb_txpkt *pkt = &work->pkt;
	struct sk_buff *skb = work->skb;
	int err;

	skb->protocol = eth_type_trans(skb, tx->link->dev);
	skb_reset_network_header(skb);
	/* With one there is nothing to say, and who sends it on spreads it. */
	if (tx->link->nr_queues > 1)
		skb_record_rx_queue(skb, tx->poll->index);
	if (unlikely(eth_type_vlan(skb->protocol)))
		err = xnb_txskb_set_tagged(tx, skb, pkt);
	else
		err = xnb_txskb_set_offloads(tx, skb, pkt);
	if (err)
		return err;
	xnb_txskb_set_hash(skb, pkt);
	if (pkt->gso_type && skb_is_gso(skb))
		xnb_txskb_charge_headers(tx, skb);
	return xnb_txskb_pull_headers(skb);
}

/**
 * xnb_txskb_is_datagram() - is it a packet of UDP?
 * @skb: as xnb_txskb_prepare() left it
 *
 * Context: NAPI poll.
 * Return: whether it is, as far as the first header after Ethernet's says.
 */
bool xnb_txskb_is_datagram(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return skb_headlen(skb) >= sizeof(struct iphdr) &&
		       ip_hdr(skb)->protocol == IPPROTO_UDP;
	if (skb->protocol == htons(ETH_P_IPV6))
		return skb_headlen(skb) >= sizeof(struct ipv6hdr) &&
		       ipv6_hdr(skb)->nexthdr == IPPROTO_UDP;
	return false;
}
