// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the XDP program of a netdev, which runs on what the guest sends, and
 * lets programs of other netdevs send to the guest. A program belongs to the
 * netdev: it is there before a frontend connects and stays when that has gone.
 */
#include "xdp.h"
#include "link/link.h"
#include "queue/queue.h"
#include "rx/rxxdp.h"

#include <linux/bpf.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/xdp.h>

/**
 * xnb_xdp_setup() - ndo_bpf: take a program, or none, in place of another
 * @dev: the netdev
 * @bpf: what is wanted; a program's reference becomes ours
 *
 * No queue stops: a poll that has begun goes on with the old program, which is
 * freed after a grace period. It must know frags: a guest may always send more
 * than one buffer holds, and nothing is to pass by the program. There is the
 * stack's own XDP for one that does not.
 *
 * Context: Process; rtnl is held.
 * Return: 0, -EOPNOTSUPP for a program that knows no frags, or -EINVAL if
 * something else is wanted.
 */
int xnb_xdp_setup(struct net_device *dev, struct netdev_bpf *bpf)
{
	struct xnb_link *link = netdev_priv(dev);
	struct bpf_prog *old;

	if (bpf->command != XDP_SETUP_PROG)
		return -EINVAL;
	if (bpf->prog && !bpf->prog->aux->xdp_has_frags) {
		NL_SET_ERR_MSG(bpf->extack,
			       "guests send packets of many buffers: the program must be xdp.frags, or generic");
		return -EOPNOTSUPP;
	}
	old = rtnl_dereference(link->xdp_prog);
	rcu_assign_pointer(link->xdp_prog, bpf->prog);
	if (old)
		bpf_prog_put(old);
	return 0;
}

/**
 * xnb_xdp_xmit() - ndo_xdp_xmit: send frames to the guest
 * @dev: the netdev
 * @nr: how many frames
 * @frames: the frames
 * @flags: XDP_XMIT_*; they are always sent at once
 *
 * Context: Softirqs are off.
 * Return: how many were taken; or a negative errno, and none was. The caller
 * frees the rest.
 */
int xnb_xdp_xmit(struct net_device *dev, int nr, struct xdp_frame **frames,
		 u32 flags)
{
	struct xnb_link *link = netdev_priv(dev);
	/* As in xnb_ndo_start_xmit(). */
	unsigned int nr_queues = smp_load_acquire(&link->nr_queues);
	struct xnb_queue *queue;

	if (flags & ~XDP_XMIT_FLAGS_MASK)
		return -EINVAL;
	if (!nr_queues)
		return -ENETDOWN;
	queue = link->queues[smp_processor_id() % nr_queues];
	return xnb_rxxdp_xmit(&queue->rx, frames, nr);
}
