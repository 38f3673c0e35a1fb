// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the hashes of packets to the guest, as the guest wants them: the queue
 * that a packet takes, and the hash that the guest gets with it.
 */
#include "rxhash.h"
#include "ctrl/hash.h"
#include "link/link.h"

#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <net/flow_dissector.h>

static void xnb_rxhash_addresses(const struct flow_keys *keys,
				 struct xnb_flow *flow)
{
	if (keys->control.addr_type == FLOW_DISSECTOR_KEY_IPV4_ADDRS) {
		flow->ipv4 = true;
		memcpy(flow->input, &keys->addrs.v4addrs, 8);
	} else if (keys->control.addr_type == FLOW_DISSECTOR_KEY_IPV6_ADDRS) {
		flow->ipv6 = true;
		memcpy(flow->input, &keys->addrs.v6addrs, 32);
	}
}

static void xnb_rxhash_dissect(const struct sk_buff *skb, struct xnb_flow *flow)
{
	struct flow_keys keys;

	memset(flow, 0, sizeof(*flow));
	if (!skb_flow_dissect_flow_keys(skb, &keys,
					FLOW_DISSECTOR_F_STOP_AT_ENCAP))
		return;
	xnb_rxhash_addresses(&keys, flow);
	if (keys.basic.ip_proto != IPPROTO_TCP ||
	    keys.control.flags & FLOW_DIS_IS_FRAGMENT)
		return;
	flow->tcp = true;
	memcpy(flow->input + (flow->ipv4 ? 8 : 32), &keys.ports.ports, 4);
}

/**
 * xnb_rxhash_get() - the hash that goes to the guest with a packet
 * @link: the link
 * @skb: the packet
 * @type: _XEN_NETIF_CTRL_HASH_TYPE_* number
 * @value: the hash
 *
 * Context: Softirqs are off.
 * Return: whether there is one.
 */
bool xnb_rxhash_get(const struct xnb_link *link, const struct sk_buff *skb,
		    u8 *type, u32 *value)
{
	const struct xnb_hash *hash = rcu_dereference_bh(link->hash);
	struct xnb_flow flow;

	if (!hash || !hash->types)
		return false;
	xnb_rxhash_dissect(skb, &flow);
	return xnb_hash_flow(hash, &flow, type, value);
}

static int xnb_rxhash_pick(const struct xnb_hash *hash, unsigned int nr,
			   const struct sk_buff *skb)
{
	struct xnb_flow flow;
	u32 value = 0;
	u8 type;

	if (!hash || !hash->types || !nr ||
	    hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE)
		return -ENOENT;
	xnb_rxhash_dissect(skb, &flow);
	if (!xnb_hash_flow(hash, &flow, &type, &value))
		value = 0;
	return xnb_hash_queue(hash, value, nr);
}

/**
 * xnb_rxhash_queue() - the queue that the guest wants for a packet
 * @link: the link
 * @skb: the packet
 *
 * Context: Any. A packet socket that passes the queueing discipline by asks
 * with softirqs on.
 * Return: index of the queue, or -ENOENT if it is ours to choose.
 */
int xnb_rxhash_queue(const struct xnb_link *link, const struct sk_buff *skb)
{
	int index;

	rcu_read_lock();
	index = xnb_rxhash_pick(rcu_dereference(link->hash),
				READ_ONCE(link->nr_queues), skb);
	rcu_read_unlock();
	return index;
}
