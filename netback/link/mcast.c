// SPDX-License-Identifier: GPL-2.0
/* Owns the multicast filter of a vif. */
#include "mcast.h"

#include <linux/errno.h>
#include <linux/etherdevice.h>
#include <linux/string.h>

/**
 * xnb_mcast_init() - make a filter without addresses, switched off
 * @mcast: the filter
 *
 * Context: Any.
 */
void xnb_mcast_init(struct xnb_mcast *mcast)
{
	memset(mcast, 0, sizeof(*mcast));
	spin_lock_init(&mcast->lock);
}

/*
 * Index of an address, or -ENOENT. An address never moves: whoever looks
 * without the lock finds those that stay.
 */
static int xnb_mcast_find(const struct xnb_mcast *mcast, u64 addr)
{
	unsigned int nr = READ_ONCE(mcast->nr);
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (READ_ONCE(mcast->addrs[i]) == addr)
			return i;
	}
	return -ENOENT;
}

static int xnb_mcast_put(struct xnb_mcast *mcast, u64 addr)
{
	int i = xnb_mcast_find(mcast, 0);

	if (i < 0 && mcast->nr == XNB_MCAST_MAX)
		return -ENOSPC;
	WRITE_ONCE(mcast->addrs[i < 0 ? mcast->nr : i], addr);
	if (i < 0)
		WRITE_ONCE(mcast->nr, mcast->nr + 1);
	return 0;
}

/**
 * xnb_mcast_add() - let an address pass
 * @mcast: the filter
 * @addr: the address
 *
 * Context: Any but hard interrupt.
 * Return: 0, -EINVAL if it is no multicast address or -ENOSPC.
 */
int xnb_mcast_add(struct xnb_mcast *mcast, const u8 *addr)
{
	u64 key = ether_addr_to_u64(addr);
	int err = 0;

	if (!(addr[0] & 1))
		return -EINVAL;

	spin_lock_bh(&mcast->lock);
	if (xnb_mcast_find(mcast, key) < 0)
		err = xnb_mcast_put(mcast, key);
	spin_unlock_bh(&mcast->lock);
	return err;
}

/**
 * xnb_mcast_del() - let an address pass no longer
 * @mcast: the filter
 * @addr: the address
 *
 * Context: Any but hard interrupt.
 * Return: 0; an address that was not there is none the less gone.
 */
int xnb_mcast_del(struct xnb_mcast *mcast, const u8 *addr)
{
	int i;

	spin_lock_bh(&mcast->lock);
	i = xnb_mcast_find(mcast, ether_addr_to_u64(addr));
	if (i >= 0)
		WRITE_ONCE(mcast->addrs[i], 0);
	while (mcast->nr && !mcast->addrs[mcast->nr - 1])
		WRITE_ONCE(mcast->nr, mcast->nr - 1);
	spin_unlock_bh(&mcast->lock);
	return 0;
}

/**
 * xnb_mcast_passes() - may the guest hear a packet?
 * @mcast: the filter
 * @addr: where the packet goes
 *
 * Context: Any; no lock is taken.
 * Return: whether it may.
 */
bool xnb_mcast_passes(const struct xnb_mcast *mcast, const u8 *addr)
{
	return !READ_ONCE(mcast->on) || !is_multicast_ether_addr(addr) ||
	       is_broadcast_ether_addr(addr) ||
	       xnb_mcast_find(mcast, ether_addr_to_u64(addr)) >= 0;
}
