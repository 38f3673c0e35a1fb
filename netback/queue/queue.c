// SPDX-License-Identifier: GPL-2.0
/* Owns the life of a queue, and the NAPI poll that serves both of its rings. */
#include "queue.h"
#include "link/pools.h"
#include "rx/rxxdp.h"
#include "tx/txend.h"

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include <xen/page.h>
#include <xen/xenbus.h>

/* The two directions, and two queues, have no cache line in common. */
static_assert(offsetof(struct xnb_queue, rx) % SMP_CACHE_BYTES == 0);
static_assert(offsetof(struct xnb_stats, rx) % SMP_CACHE_BYTES == 0);
static_assert(sizeof(struct xnb_stats) % SMP_CACHE_BYTES == 0);

/* Packets that an XDP program sends back; without room they are lost. */
static void xnb_queue_bounce(struct xnb_queue *queue)
{
	struct xnb_tx *tx = &queue->tx;
	unsigned int i;

	i = xnb_rxxdp_xmit(&queue->rx, tx->bounced, tx->nr_bounced);
	while (i < tx->nr_bounced)
		xdp_return_frame_rx_napi(tx->bounced[i++]);
	tx->nr_bounced = 0;
}

static int xnb_queue_poll(struct napi_struct *napi, int budget)
{
	struct xnb_queue *queue = container_of(napi, struct xnb_queue,
					       poll.napi);
	struct xnb_poll *poll = &queue->poll;
	int done = 0;

	/* netpoll has no packets taken, and may be called with locks held. */
	if (!budget)
		return 0;
	WRITE_ONCE(poll->cpu, smp_processor_id());
	xnb_channel_begin(&queue->tx_chan);
	xnb_channel_begin(&queue->rx_chan);
	if (!READ_ONCE(poll->broken))
		xnb_rx_poll(&queue->rx);
	if (!READ_ONCE(poll->broken))
		done = xnb_tx_poll(&queue->tx, budget);
	if (unlikely(queue->tx.nr_bounced))
		xnb_queue_bounce(queue);
	WRITE_ONCE(poll->cpu, -1);
	xnb_rx_release(&queue->rx);
	if (done == budget)
		return done;
	if (!READ_ONCE(poll->broken) && xnb_tx_rearm(&queue->tx))
		return budget;
	/*
	 * Events have to be ended before the poll is: one that comes from now
	 * on schedules it again. The interrupts of a broken frontend stay
	 * masked.
	 */
	if (!READ_ONCE(poll->broken)) {
		xnb_channel_end(&queue->tx_chan);
		xnb_channel_end(&queue->rx_chan);
	}
	napi_complete_done(napi, done);
	return done;
}

static int xnb_queue_map(struct xnb_queue *queue, grant_ref_t gref, void **addr,
			 struct xgh_ring *ring, u32 slot_size)
{
	struct xnb_link *link = queue->poll.link;
	int err;

	err = xgh_copy_await(link->otherend, &gref, 1, &link->leaving) ?:
	      xenbus_map_ring_valloc(link->xdev, &gref, 1, addr);
	if (err)
		return err;
	return xgh_ring_attach(ring, *addr, XEN_PAGE_SIZE, slot_size);
}

static int xnb_queue_map_rings(struct xnb_queue *queue,
			       const struct xnb_queue_conf *conf)
{
	int err;

	err = xnb_queue_map(queue, conf->tx_ref, &queue->tx.ring_addr,
			    &queue->tx.ring,
			    sizeof(struct xen_netif_tx_request));
	if (err)
		return err;
	return xnb_queue_map(queue, conf->rx_ref, &queue->rx.ring_addr,
			     &queue->rx.ring,
			     sizeof(struct xen_netif_rx_response));
}

static int xnb_queue_bind(struct xnb_queue *queue,
			  const struct xnb_queue_conf *conf)
{
	int err;

	queue->split = conf->tx_evtchn != conf->rx_evtchn;
	err = xnb_channel_bind(&queue->tx_chan, &queue->poll, conf->tx_evtchn,
			       queue->split ? "-tx" : "");
	if (err)
		return err;
	/* The one whose events have most to be done. */
	netif_napi_set_irq(&queue->poll.napi, queue->tx_chan.irq);
	if (!queue->split)
		return 0;
	queue->rx.chan = &queue->rx_chan;
	return xnb_channel_bind(&queue->rx_chan, &queue->poll, conf->rx_evtchn,
				"-rx");
}

/**
 * xnb_queue_create() - attach to a pair of rings
 * @link: the link
 * @index: number of the queue
 * @conf: what the frontend published; only syntax has been checked
 *
 * Nothing is served until xnb_queue_run().
 *
 * Context: Process; the vif's work. May sleep.
 * Return: the queue or an ERR_PTR.
 */
struct xnb_queue *xnb_queue_create(struct xnb_link *link, unsigned int index,
				   const struct xnb_queue_conf *conf)
{
	struct xnb_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	int err;

	if (!queue)
		return ERR_PTR(-ENOMEM);

	queue->poll.link = link;
	queue->poll.index = index;
	queue->poll.cpu = -1;
	rtnl_lock();
	netif_napi_add(link->dev, &queue->poll.napi, xnb_queue_poll);
	rtnl_unlock();

	err = xnb_tx_init(&queue->tx, &queue->poll, &queue->tx_chan);
	if (!err)
		err = xnb_rx_init(&queue->rx, &queue->poll, &queue->tx_chan);
	if (!err)
		err = xnb_queue_map_rings(queue, conf);
	if (!err)
		err = xnb_queue_bind(queue, conf);
	if (err) {
		rtnl_lock();
		netif_napi_del(&queue->poll.napi);
		rtnl_unlock();
		xnb_queue_destroy(queue);
		return ERR_PTR(err);
	}
	return queue;
}

static const struct xnb_pools *xnb_queue_pools(const struct xnb_queue *queue)
{
	return &queue->poll.link->pools[queue->poll.index];
}

/* Says which NAPI the queue has, for both directions; NULL for none. */
static void xnb_queue_show_napi(struct xnb_queue *queue,
				struct napi_struct *napi)
{
	struct net_device *dev = queue->poll.link->dev;
	unsigned int index = queue->poll.index;

	netif_queue_set_napi(dev, index, NETDEV_QUEUE_TYPE_RX, napi);
	netif_queue_set_napi(dev, index, NETDEV_QUEUE_TYPE_TX, napi);
}

/**
 * xnb_queue_run() - start to serve
 * @queue: not running
 *
 * It is polled once without an event, for requests that are there already.
 *
 * Context: Process; rtnl is held. May sleep.
 */
void xnb_queue_run(struct xnb_queue *queue)
{
	queue->running = true;
	xnb_tx_start(&queue->tx);
	napi_enable(&queue->poll.napi);
	xnb_queue_show_napi(queue, &queue->poll.napi);
	xnb_pools_tie(xnb_queue_pools(queue), &queue->poll.napi);
	xnb_rx_start(&queue->rx);
	xnb_poll_schedule(&queue->poll);
}

/**
 * xnb_queue_pause() - stop to serve
 * @queue: running or not; not afterwards
 *
 * When it returns no packet is on its way to the guest, none comes from it, and
 * no memory is kept for those to come.
 * Packets from it that have no response yet wait for xnb_queue_run() or
 * xnb_queue_end().
 *
 * Context: Process; rtnl is held. May sleep, but not for long.
 */
void xnb_queue_pause(struct xnb_queue *queue)
{
	if (!queue->running)
		return;
	queue->running = false;
	xnb_rx_stop(&queue->rx);
	napi_disable(&queue->poll.napi);
	xnb_pools_untie(xnb_queue_pools(queue));
	local_bh_disable();
	xnb_pools_shrink(xnb_queue_pools(queue));
	local_bh_enable();
	xnb_queue_show_napi(queue, NULL);
	xnb_tx_stop(&queue->tx);
}

/**
 * xnb_queue_shrink() - have it give memory back that no packet uses
 * @queue: running or not; in that case it is done when it runs
 *
 * Context: Process; the vif's lock is held.
 */
void xnb_queue_shrink(struct xnb_queue *queue)
{
	xnb_tx_shrink(&queue->tx);
	xnb_poll_schedule(&queue->poll);
}

/**
 * xnb_queue_end() - respond to requests that were taken from the TX ring
 * @queue: a queue that does not run, and never will again
 * @last: nobody will serve the rings after us
 *
 * When it returns all of them have a response. A packet that is incomplete or
 * waits for credit, and requests that have not been taken, are left for whoever
 * serves the rings next; if @last they get a response, too.
 *
 * Context: Process.
 */
void xnb_queue_end(struct xnb_queue *queue, bool last)
{
	xnb_txend_drop(&queue->tx);
	if (last)
		xnb_txend_refuse_rest(&queue->tx);
}

/**
 * xnb_queue_unlist() - remove the queue's NAPI from the stack
 * @queue: a queue that does not run, and never will again
 *
 * Context: Process; rtnl is held. A grace period has to pass before
 * xnb_queue_destroy().
 */
void xnb_queue_unlist(struct xnb_queue *queue)
{
	__netif_napi_del(&queue->poll.napi);
}

/**
 * xnb_queue_destroy() - free everything
 * @queue: a queue that is ended and unlisted, or one that never ran and may be
 *	   incomplete
 *
 * Context: Process; nobody transmits to it. May sleep.
 */
void xnb_queue_destroy(struct xnb_queue *queue)
{
	struct xenbus_device *xdev = queue->poll.link->xdev;

	xnb_txend_close(&queue->tx);
	xnb_channel_unbind(&queue->tx_chan);
	xnb_channel_unbind(&queue->rx_chan);
	if (queue->tx.ring_addr)
		xenbus_unmap_ring_vfree(xdev, queue->tx.ring_addr);
	if (queue->rx.ring_addr)
		xenbus_unmap_ring_vfree(xdev, queue->rx.ring_addr);
	xnb_tx_free(&queue->tx);
	xnb_rx_free(&queue->rx);
	kfree(queue);
}
