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

/* Index of an address, or the number of addresses. */
static unsigned int xnb_mcast_find(const struct xnb_mcast *mcast,
				   const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < mcast->nr; i++) {
		if (!memcmp(mcast->addrs[i], addr, ETH_ALEN))
			break;
	}
	return i;
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
	unsigned int i;
	int err = 0;

	if (!(addr[0] & 1))
		return -EINVAL;

	spin_lock_bh(&mcast->lock);
	i = xnb_mcast_find(mcast, addr);
	if (i == XNB_MCAST_MAX) {
		err = -ENOSPC;
	} else if (i == mcast->nr) {
		memcpy(mcast->addrs[i], addr, ETH_ALEN);
		mcast->nr++;
	}
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
	unsigned int i;

	spin_lock_bh(&mcast->lock);
	i = xnb_mcast_find(mcast, addr);
	if (i < mcast->nr)
		memcpy(mcast->addrs[i], mcast->addrs[--mcast->nr], ETH_ALEN);
	spin_unlock_bh(&mcast->lock);
	return 0;
}

/**
 * xnb_mcast_passes() - may the guest hear a packet?
 * @mcast: the filter
 * @addr: where the packet goes
 *
 * Context: Any but hard interrupt.
 * Return: whether it may.
 */
bool xnb_mcast_passes(struct xnb_mcast *mcast, const u8 *addr)
{
	bool found;

	if (!READ_ONCE(mcast->on) || !is_multicast_ether_addr(addr) ||
	    is_broadcast_ether_addr(addr))
		return true;

	spin_lock_bh(&mcast->lock);
	found = xnb_mcast_find(mcast, addr) < mcast->nr;
	spin_unlock_bh(&mcast->lock);
	return found;
}
