// SPDX-License-Identifier: GPL-2.0
/*
 * netback/ctrl/hash.c: whatever a frontend sets, its table is never left, and a
 * packet always gets a queue that there is.
 */
#include "prove.h"
#include "xnb_internal.h"

#include "netback/ctrl/hash.c"

/* Of the tables that queues are looked up in. */
#define ENTRIES		4

static struct xnb_hash hash;
static unsigned int nr_queues;
/* Any entry: what is proven for it is so for each. */
static unsigned int some;

static bool is_sound(void)
{
	return nr_queues && hash.map_size <= XNB_HASH_MAP &&
	       (some >= XNB_HASH_MAP || hash.map[some] < nr_queues);
}

static void any_hash(void)
{
	hash = ANY(struct xnb_hash);
	nr_queues = ANY(unsigned int);
	some = ANY(unsigned int);
	ASSUME(is_sound());
}

void proof_map_size(void)
{
	u32 size = ANY(u32);

	any_hash();
	if (xnb_hash_set_map_size(&hash, size) ==
	    XEN_NETIF_CTRL_STATUS_SUCCESS)
		PROVE(hash.map_size == size);
	PROVE(is_sound());
}

/* What is set of the table lies in it. */
void proof_check_map(void)
{
	u32 size = ANY(u32), offset = ANY(u32);

	any_hash();
	PROVE((xnb_hash_check_map(&hash, size, offset) ==
	       XEN_NETIF_CTRL_STATUS_SUCCESS) ==
	      ((u64)offset + size <= hash.map_size));
}

void proof_queue(void)
{
	u32 value = ANY(u32);
	unsigned int queue;

	any_hash();
	ASSUME(hash.map_size <= ENTRIES);
	ASSUME(!hash.map_size || some == value % hash.map_size);
	queue = xnb_hash_queue(&hash, value, nr_queues);
	PROVE(queue < nr_queues);
}

/* For each half of a byte of the input, what is wanted of the key is there. */
void proof_key(void)
{
	u8 key[XNB_HASH_KEY];
	u32 size = ANY(u32), part = ANY(u32), value = ANY(u32);

	PROVE((xnb_hash_check_key(size) == XEN_NETIF_CTRL_STATUS_SUCCESS) ==
	      (size <= sizeof(key)));
	ASSUME(part < XNB_HASH_PARTS && value < 16);
	xnb_hash_part(key, 4 * part, value);
}

void proof_flow(void)
{
	struct xnb_flow flow = ANY(struct xnb_flow);
	u8 type = ANY(u8);
	u32 value;

	any_hash();
	flow.ipv4 = ANY_BOOL();
	flow.ipv6 = ANY_BOOL();
	flow.tcp = ANY_BOOL();
	if (!xnb_hash_flow(&hash, &flow, &type, &value))
		return;
	PROVE(hash.algorithm != XEN_NETIF_CTRL_HASH_ALGORITHM_NONE);
	PROVE(type < 32 && hash.types & 1u << type);
}
