// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the hash that a frontend has asked for: what it may set, the hash of a
 * packet, and the queue that follows from it. Pure. All limits are checked
 * here, before anything is changed (XSA-270).
 */
#include "hash.h"
#include "xnb_internal.h"

#define XNB_HASH_TYPES		(XEN_NETIF_CTRL_HASH_TYPE_IPV4 |	\
				 XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP |	\
				 XEN_NETIF_CTRL_HASH_TYPE_IPV6 |	\
				 XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP)

/* Two addresses, and two ports behind them. */
#define XNB_HASH_IPV4		8u
#define XNB_HASH_IPV6		32u
#define XNB_HASH_PORTS		4u

/* The hash is looked up by halves of bytes; the key covers all of the input. */
static_assert(XNB_HASH_IPV6 + XNB_HASH_PORTS == XNB_HASH_INPUT);
static_assert(XNB_HASH_INPUT + sizeof(u32) <= XNB_HASH_KEY);
static_assert(XNB_HASH_PARTS == 2 * XNB_HASH_INPUT);

/* The 32 bits of the key that begin at a bit. */
static u32 xnb_hash_key_at(const u8 *key, unsigned int bit)
{
	const u8 *at = key + bit / 8;
	u32 word = (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 |
		   at[3];

	bit %= 8;
	return bit ? word << bit | at[4] >> (8 - bit) : word;
}

/* The hash of a value of four bits that begin at a bit of the input. */
static u32 xnb_hash_part(const u8 *key, unsigned int bit, unsigned int value)
{
	u32 hash = 0;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (value & (8u >> i))
			hash ^= xnb_hash_key_at(key, bit + i);
	}
	return hash;
}

static void xnb_hash_fill_parts(struct xnb_hash *hash)
{
	unsigned int i, value;

	for (i = 0; i < ARRAY_SIZE(hash->parts); i++) {
		for (value = 0; value < 16; value++)
			hash->parts[i][value] = xnb_hash_part(hash->key, 4 * i,
							      value);
	}
}

/**
 * xnb_hash_init() - make the state before a frontend sets anything
 * @hash: filled in
 *
 * Context: Any.
 */
void xnb_hash_init(struct xnb_hash *hash)
{
	memset(hash, 0, sizeof(*hash));
}

/**
 * xnb_hash_set_algorithm() - choose the hash
 * @hash: changed
 * @algorithm: XEN_NETIF_CTRL_HASH_ALGORITHM_*
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*; nothing has changed unless it is SUCCESS.
 */
u32 xnb_hash_set_algorithm(struct xnb_hash *hash, u32 algorithm)
{
	if (algorithm != XEN_NETIF_CTRL_HASH_ALGORITHM_NONE &&
	    algorithm != XEN_NETIF_CTRL_HASH_ALGORITHM_TOEPLITZ)
		return XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER;
	hash->algorithm = algorithm;
	return XEN_NETIF_CTRL_STATUS_SUCCESS;
}

/**
 * xnb_hash_get_types() - tell the types of hash that a frontend may choose
 * @hash: the present state
 * @types: XEN_NETIF_CTRL_HASH_TYPE_*
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*.
 */
u32 xnb_hash_get_types(const struct xnb_hash *hash, u32 *types)
{
	if (hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE)
		return XEN_NETIF_CTRL_STATUS_NOT_SUPPORTED;
	*types = XNB_HASH_TYPES;
	return XEN_NETIF_CTRL_STATUS_SUCCESS;
}

/**
 * xnb_hash_set_types() - choose the types of hash
 * @hash: changed
 * @types: XEN_NETIF_CTRL_HASH_TYPE_*
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*; nothing has changed unless it is SUCCESS.
 */
u32 xnb_hash_set_types(struct xnb_hash *hash, u32 types)
{
	if (hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE ||
	    types & ~XNB_HASH_TYPES)
		return XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER;
	hash->types = types;
	return XEN_NETIF_CTRL_STATUS_SUCCESS;
}

/**
 * xnb_hash_check_key() - may a key have this size?
 * @size: bytes
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*.
 */
u32 xnb_hash_check_key(u32 size)
{
	return size > XNB_HASH_KEY ? XEN_NETIF_CTRL_STATUS_BUFFER_OVERFLOW :
				     XEN_NETIF_CTRL_STATUS_SUCCESS;
}

/**
 * xnb_hash_set_key() - set the key
 * @hash: changed
 * @key: private copy of it
 * @size: its bytes, checked; the rest is zero
 *
 * Context: Any.
 */
void xnb_hash_set_key(struct xnb_hash *hash, const u8 *key, u32 size)
{
	memset(hash->key, 0, sizeof(hash->key));
	memcpy(hash->key, key, size);
	xnb_hash_fill_parts(hash);
}

/**
 * xnb_hash_set_map_size() - start a new table
 * @hash: changed
 * @size: its entries, all 0; or 0 for none
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*; nothing has changed unless it is SUCCESS.
 */
u32 xnb_hash_set_map_size(struct xnb_hash *hash, u32 size)
{
	if (size > XNB_HASH_MAP)
		return XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER;
	hash->map_size = size;
	memset(hash->map, 0, sizeof(hash->map));
	return XEN_NETIF_CTRL_STATUS_SUCCESS;
}

/**
 * xnb_hash_check_map() - does a part of the table lie inside it?
 * @hash: the present state
 * @size: entries
 * @offset: of the first one
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*.
 */
u32 xnb_hash_check_map(const struct xnb_hash *hash, u32 size, u32 offset)
{
	if (offset > hash->map_size || size > hash->map_size - offset)
		return XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER;
	return XEN_NETIF_CTRL_STATUS_SUCCESS;
}

/**
 * xnb_hash_set_map() - set a part of the table
 * @hash: changed
 * @map: private copy of the entries
 * @size: how many; checked with xnb_hash_check_map()
 * @offset: of the first one; likewise
 * @nr_queues: queues that there are
 *
 * Context: Any.
 * Return: XEN_NETIF_CTRL_STATUS_*; nothing has changed unless it is SUCCESS.
 */
u32 xnb_hash_set_map(struct xnb_hash *hash, const u32 *map, u32 size,
		     u32 offset, unsigned int nr_queues)
{
	u32 i;

	for (i = 0; i < size; i++) {
		if (map[i] >= nr_queues)
			return XEN_NETIF_CTRL_STATUS_INVALID_PARAMETER;
	}
	memcpy(hash->map + offset, map, size * sizeof(*map));
	return XEN_NETIF_CTRL_STATUS_SUCCESS;
}

static u32 xnb_hash_input(const struct xnb_hash *hash, const u8 *input,
			  unsigned int bytes)
{
	u32 value = 0;
	unsigned int i;

	for (i = 0; i < bytes; i++)
		value ^= hash->parts[2 * i][input[i] >> 4] ^
			 hash->parts[2 * i + 1][input[i] & 15];
	return value;
}

/**
 * xnb_hash_flow() - hash a packet
 * @hash: the present state
 * @flow: what is known of the packet
 * @type: _XEN_NETIF_CTRL_HASH_TYPE_* number
 * @value: the hash
 *
 * Of all types that the frontend wants and the packet has input for, the one
 * with the most input is used.
 *
 * Context: Any.
 * Return: whether there is a hash; without one, nothing is filled in.
 */
bool xnb_hash_flow(const struct xnb_hash *hash, const struct xnb_flow *flow,
		   u8 *type, u32 *value)
{
	unsigned int bytes = flow->ipv4 ? XNB_HASH_IPV4 : XNB_HASH_IPV6;
	u8 l3 = flow->ipv4 ? _XEN_NETIF_CTRL_HASH_TYPE_IPV4 :
			     _XEN_NETIF_CTRL_HASH_TYPE_IPV6;
	u8 l4 = flow->ipv4 ? _XEN_NETIF_CTRL_HASH_TYPE_IPV4_TCP :
			     _XEN_NETIF_CTRL_HASH_TYPE_IPV6_TCP;

	if (hash->algorithm == XEN_NETIF_CTRL_HASH_ALGORITHM_NONE ||
	    (!flow->ipv4 && !flow->ipv6))
		return false;
	if (flow->tcp && hash->types & (1u << l4)) {
		bytes += XNB_HASH_PORTS;
		*type = l4;
	} else if (hash->types & (1u << l3)) {
		*type = l3;
	} else {
		return false;
	}
	*value = xnb_hash_input(hash, flow->input, bytes);
	return true;
}

/**
 * xnb_hash_queue() - the queue of a packet
 * @hash: the present state
 * @value: hash of the packet, 0 if it has none
 * @nr_queues: queues that there are, at least 1
 *
 * Context: Any.
 * Return: index of a queue.
 */
unsigned int xnb_hash_queue(const struct xnb_hash *hash, u32 value,
			    unsigned int nr_queues)
{
	if (!hash->map_size)
		return value % nr_queues;
	return hash->map[value % hash->map_size];
}
