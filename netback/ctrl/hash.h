/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a frontend wants packets spread over its queues: a Toeplitz hash of
 * addresses and ports, and a table from hashes to queues, as it sets them
 * through the control ring (xen/interface/io/netif.h). Pure.
 */
#ifndef XNB_HASH_H
#define XNB_HASH_H

#include <linux/types.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/io/netif.h>

/* Bytes of a key: enough for two IPv6 addresses and two ports. */
#define XNB_HASH_KEY		40u
/* Entries of the largest table. */
#define XNB_HASH_MAP		128u
/* Bytes that are hashed, at most. */
#define XNB_HASH_INPUT		36u
/* Halves of these bytes. */
#define XNB_HASH_PARTS		72

/**
 * struct xnb_flow - what of a packet is hashed
 */
struct xnb_flow {
	/** @ipv4: it has IPv4 addresses … */
	bool ipv4;
	/** @ipv6: … or IPv6 addresses … */
	bool ipv6;
	/** @tcp: … and behind them ports of TCP */
	bool tcp;
	/** @input: addresses, source first, then ports, as on the wire */
	u8 input[XNB_HASH_INPUT];
};

/**
 * struct xnb_hash - how packets are spread
 */
struct xnb_hash {
	/** @algorithm: XEN_NETIF_CTRL_HASH_ALGORITHM_* */
	u32 algorithm;
	/** @types: XEN_NETIF_CTRL_HASH_TYPE_* that are wanted */
	u32 types;
	/** @key: the key, zero where it was not given */
	u8 key[XNB_HASH_KEY];
	/** @parts: hash of each value of each half of a byte of the input */
	u32 parts[XNB_HASH_PARTS][16];
	/** @map_size: entries of @map; 0 to take the hash modulo the queues */
	u32 map_size;
	/** @map: queue for each hash, modulo its size */
	u32 map[XNB_HASH_MAP];
};

void xnb_hash_init(struct xnb_hash *hash);
u32 xnb_hash_set_algorithm(struct xnb_hash *hash, u32 algorithm);
u32 xnb_hash_get_types(const struct xnb_hash *hash, u32 *types);
u32 xnb_hash_set_types(struct xnb_hash *hash, u32 types);
u32 xnb_hash_check_key(u32 size);
void xnb_hash_set_key(struct xnb_hash *hash, const u8 *key, u32 size);
u32 xnb_hash_set_map_size(struct xnb_hash *hash, u32 size);
u32 xnb_hash_check_map(const struct xnb_hash *hash, u32 size, u32 offset);
u32 xnb_hash_set_map(struct xnb_hash *hash, const u32 *map, u32 size,
		     u32 offset, unsigned int nr_queues);

bool xnb_hash_flow(const struct xnb_hash *hash, const struct xnb_flow *flow,
		   u8 *type, u32 *value);
unsigned int xnb_hash_queue(const struct xnb_hash *hash, u32 value,
			    unsigned int nr_queues);

#endif /* XNB_HASH_H */
