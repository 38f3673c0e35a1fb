// SPDX-License-Identifier: GPL-2.0
/*
 * Owns checksums that are filled in because a packet leaves without an skb, and
 * nobody could be told that they are blank. Where they belong is read from the
 * packet as it is now: guest or program may have written anything. NAPI poll.
 */
#include "txcsum.h"

#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/xdp.h>

/* Extension headers of IPv6, too. */
#define XNB_CSUM_EXTENSIONS	8

/**
 * struct xnb_csum_walk - how far the headers of a packet have been read
 */
struct xnb_csum_walk {
	/** @data: the packet */
	u8 *data;
	/** @linear: bytes of it that lie there */
	unsigned int linear;
	/** @at: bytes that have been read */
	unsigned int at;
	/** @end: where the bytes end that are summed up */
	unsigned int end;
	/** @protocol: of the header that comes next */
	u8 protocol;
	/** @pseudo: sum of the pseudo header without length and protocol */
	__wsum pseudo;
};

/* The next header, of which @len bytes are wanted; NULL if it is shorter. */
static void *xnb_txcsum_header(const struct xnb_csum_walk *walk,
			       unsigned int len)
{
	if (walk->at + len > walk->linear)
		return NULL;
	return walk->data + walk->at;
}

static __be16 xnb_txcsum_read_eth(struct xnb_csum_walk *walk)
{
	const struct ethhdr *eth = xnb_txcsum_header(walk, ETH_HLEN);
	const struct vlan_hdr *tag;
	unsigned int tags = 0;
	__be16 protocol;

	if (!eth)
		return 0;
	protocol = eth->h_proto;
	walk->at += ETH_HLEN;
	while (eth_type_vlan(protocol) && tags++ < XNB_CSUM_TAGS) {
		tag = xnb_txcsum_header(walk, VLAN_HLEN);
		if (!tag)
			return 0;
		protocol = tag->h_vlan_encapsulated_proto;
		walk->at += VLAN_HLEN;
	}
	return protocol;
}

static bool xnb_txcsum_read_ipv4(struct xnb_csum_walk *walk)
{
	const struct iphdr *ip = xnb_txcsum_header(walk, sizeof(*ip));

	/* An option may name another destination, which is in the sum. */
	if (!ip || ip->ihl * 4 != sizeof(*ip) || ip_is_fragment(ip))
		return false;
	walk->protocol = ip->protocol;
	walk->pseudo = csum_add((__force __wsum)ip->saddr,
				(__force __wsum)ip->daddr);
	walk->end = walk->at + ntohs(ip->tot_len);
	walk->at += ip->ihl * 4;
	return true;
}

/* Are there no options but such as fill the header up? */
static bool xnb_txcsum_is_padding(const struct xnb_csum_walk *walk,
				  unsigned int len)
{
	const u8 *opts = xnb_txcsum_header(walk, len);
	unsigned int at = sizeof(struct ipv6_opt_hdr);

	if (!opts)
		return false;
	while (at < len) {
		if (opts[at] == IPV6_TLV_PAD1)
			at++;
		else if (opts[at] == IPV6_TLV_PADN && at + 1 < len)
			at += 2 + opts[at + 1];
		else
			return false;
	}
	return true;
}

/*
 * A routing header may do so, too, and an option for the destination may name
 * another source (RFC 6275).
 */
static bool xnb_txcsum_skip_extensions(struct xnb_csum_walk *walk)
{
	unsigned int i;

	for (i = 0; i < XNB_CSUM_EXTENSIONS; i++) {
		const struct ipv6_opt_hdr *opt;

		if (walk->protocol != NEXTHDR_HOP &&
		    walk->protocol != NEXTHDR_DEST)
			return true;
		opt = xnb_txcsum_header(walk, sizeof(*opt));
		if (!opt)
			return false;
		if (walk->protocol == NEXTHDR_DEST &&
		    !xnb_txcsum_is_padding(walk, ipv6_optlen(opt)))
			return false;
		walk->protocol = opt->nexthdr;
		walk->at += ipv6_optlen(opt);
	}
	return false;
}

static bool xnb_txcsum_read_ipv6(struct xnb_csum_walk *walk)
{
	const struct ipv6hdr *ip = xnb_txcsum_header(walk, sizeof(*ip));

	if (!ip)
		return false;
	walk->protocol = ip->nexthdr;
	walk->pseudo = csum_partial(&ip->saddr, 2 * sizeof(ip->saddr), 0);
	walk->at += sizeof(*ip);
	walk->end = walk->at + ntohs(ip->payload_len);
	return xnb_txcsum_skip_extensions(walk);
}

static bool xnb_txcsum_read_ip(struct xnb_csum_walk *walk)
{
	switch (xnb_txcsum_read_eth(walk)) {
	case htons(ETH_P_IP):
		return xnb_txcsum_read_ipv4(walk);
	case htons(ETH_P_IPV6):
		return xnb_txcsum_read_ipv6(walk);
	default:
		return false;
	}
}

static __sum16 *xnb_txcsum_of_tcp(struct xnb_csum_walk *walk)
{
	struct tcphdr *tcp = xnb_txcsum_header(walk, sizeof(*tcp));

	return tcp && walk->at + sizeof(*tcp) <= walk->end ? &tcp->check : NULL;
}

/* It has a length of its own, which may be less. */
static __sum16 *xnb_txcsum_of_udp(struct xnb_csum_walk *walk)
{
	struct udphdr *udp = xnb_txcsum_header(walk, sizeof(*udp));
	unsigned int len;

	if (!udp)
		return NULL;
	len = ntohs(udp->len);
	if (len < sizeof(*udp) || walk->at + len > walk->end)
		return NULL;
	walk->end = walk->at + len;
	return &udp->check;
}

/* The field itself; NULL if there is none, or it is not where it can be. */
static __sum16 *xnb_txcsum_walk(const struct xdp_buff *xdp,
				struct xnb_csum_walk *walk)
{
	memset(walk, 0, sizeof(*walk));
	walk->data = xdp->data;
	walk->linear = xdp->data_end - xdp->data;
	if (!xnb_txcsum_read_ip(walk))
		return NULL;
	switch (walk->protocol) {
	case IPPROTO_TCP:
		return xnb_txcsum_of_tcp(walk);
	case IPPROTO_UDP:
		return xnb_txcsum_of_udp(walk);
	default:
		return NULL;
	}
}

/* Adds the bytes of all other buffers, up to @left of them. */
static __wsum xnb_txcsum_add_frags(struct xdp_buff *xdp, unsigned int at,
				   unsigned int left, __wsum sum)
{
	const struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	unsigned int i;

	for (i = 0; left && i < info->nr_frags; i++) {
		const skb_frag_t *frag = &info->frags[i];
		unsigned int len = min(left, skb_frag_size(frag));

		sum = csum_block_add(sum, csum_partial(skb_frag_address(frag),
						       len, 0), at);
		at += len;
		left -= len;
	}
	return sum;
}

static __wsum xnb_txcsum_sum(struct xdp_buff *xdp,
			     const struct xnb_csum_walk *walk)
{
	unsigned int left = walk->end - walk->at;
	unsigned int len = min(left, walk->linear - walk->at);
	__wsum sum = csum_partial(walk->data + walk->at, len, 0);

	if (len < left)
		sum = xnb_txcsum_add_frags(xdp, len, left - len, sum);
	return sum;
}

/**
 * xnb_txcsum_find() - where is the checksum of a packet?
 * @xdp: the packet
 *
 * Context: NAPI poll.
 * Return: that of TCP or UDP over IP, behind up to two VLAN tags; NULL if there
 * is none.
 */
__sum16 *xnb_txcsum_find(const struct xdp_buff *xdp)
{
	struct xnb_csum_walk walk;

	return xnb_txcsum_walk(xdp, &walk);
}

/**
 * xnb_txcsum_fill() - fill in the checksum of a packet
 * @xdp: the packet
 * @blank: the field, as xnb_txcsum_find() found it when the packet came
 *
 * The sum is made anew, pseudo header and all: whatever stood there is lost. A
 * program may have put headers in front of it since, with sums of their own;
 * then it is not what would be found, and is not filled in.
 *
 * Context: NAPI poll.
 * Return: whether it was; nothing has changed if not.
 */
bool xnb_txcsum_fill(struct xdp_buff *xdp, const __sum16 *blank)
{
	struct xnb_csum_walk walk;
	__sum16 *check = xnb_txcsum_walk(xdp, &walk);
	__wsum pseudo;

	if (!check || check != blank || walk.end > xdp_get_buff_len(xdp))
		return false;
	pseudo = csum_add(walk.pseudo,
			  (__force __wsum)htonl(walk.end - walk.at));
	pseudo = csum_add(pseudo, (__force __wsum)htonl(walk.protocol));
	*check = 0;
	*check = csum_fold(csum_add(pseudo, xnb_txcsum_sum(xdp, &walk)));
	/* Zero means that there is none. */
	if (!*check)
		*check = CSUM_MANGLED_0;
	return true;
}
