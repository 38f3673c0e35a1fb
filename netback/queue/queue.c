// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the life of a queue: its rings, event channels and NAPI, and when an
 * event is at an end.
 */
#include "queue.h"
#include "link/link.h"

#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include <xen/events.h>
#include <xen/page.h>

static irqreturn_t xnb_queue_interrupt(int irq, void *data)
{
	struct xnb_channel *chan = data;

	WRITE_ONCE(chan->due, true);
	napi_schedule(&chan->queue->napi);
	return IRQ_HANDLED;
}

/* Has an event come that the poll, which begins, will serve? */
static void xnb_channel_begin(struct xnb_channel *chan)
{
	chan->taken = READ_ONCE(chan->due);
}

/*
 * All that the event was for is done: let the next one come. Only the poll
 * calls this, so that an event cannot be ended twice. One that came since the
 * poll began may not have been served: it has the poll run again.
 */
static void xnb_channel_end(struct xnb_channel *chan)
{
	bool fruitful = chan->fruitful;

	if (!chan->irq || !chan->taken)
		return;
	chan->taken = false;
	chan->fruitful = false;
	WRITE_ONCE(chan->due, false);
	xen_irq_lateeoi(chan->irq, fruitful ? 0 : XEN_EOI_FLAG_SPURIOUS);
}

static int xnb_queue_poll(struct napi_struct *napi, int budget)
{
	struct xnb_queue *queue = container_of(napi, struct xnb_queue, napi);
	int done = 0;

	WRITE_ONCE(queue->poll_cpu, smp_processor_id());
	xnb_channel_begin(&queue->tx.chan);
	xnb_channel_begin(&queue->rx.chan);
	if (!READ_ONCE(queue->broken))
		xnb_rx_poll(queue);
	if (!READ_ONCE(queue->broken))
		done = xnb_tx_poll(queue, budget);
	WRITE_ONCE(queue->poll_cpu, -1);
	xnb_rx_release(queue);
	if (budget && done == budget)
		return done;
	if (!READ_ONCE(queue->broken) && xnb_tx_rearm(queue))
		return budget;
	/*
	 * Events end while the poll is still ours; one that comes from now on
	 * has it run again. A broken frontend's interrupts stay masked, and so
	 * do those that nothing was taken for yet.
	 */
	if (!READ_ONCE(queue->broken) && !xnb_tx_is_mapping(&queue->tx)) {
		xnb_channel_end(&queue->tx.chan);
		xnb_channel_end(&queue->rx.chan);
	}
	napi_complete_done(napi, done);
	return done;
}

/**
 * xnb_queue_kick() - have the queue polled
 * @queue: the queue; nothing happens unless it runs
 *
 * Context: Any.
 */
void xnb_queue_kick(struct xnb_queue *queue)
{
	local_bh_disable();
	napi_schedule(&queue->napi);
	local_bh_enable();
}

/**
 * xnb_queue_break() - a frontend broke the rules
 * @queue: the queue
 * @why: in words
 *
 * Nothing of the ring is touched any more, and the vif is taken down.
 *
 * Context: The queue's poll, or the lock of the transmit queue is held.
 */
void xnb_queue_break(struct xnb_queue *queue, const char *why)
{
	WRITE_ONCE(queue->broken, true);
	xnb_link_break(queue->link, why);
}

static int xnb_queue_map(struct xnb_queue *queue, grant_ref_t gref, void **addr,
			 struct xgh_ring *ring, u32 slot_size)
{
	int err;

	err = xenbus_map_ring_valloc(queue->link->xdev, &gref, 1, addr);
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

static int xnb_channel_bind(struct xnb_queue *queue, struct xnb_channel *chan,
			    evtchn_port_t evtchn, const char *suffix)
{
	int irq;

	snprintf(chan->name, sizeof(chan->name), "%s-q%u%s",
		 netdev_name(queue->link->dev), queue->index, suffix);
	chan->queue = queue;
	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(queue->link->xdev,
							    evtchn,
							    xnb_queue_interrupt,
							    0, chan->name,
							    chan);
	if (irq < 0)
		return irq;
	chan->irq = irq;
	return 0;
}

static int xnb_queue_bind(struct xnb_queue *queue,
			  const struct xnb_queue_conf *conf)
{
	int err;

	queue->split = conf->tx_evtchn != conf->rx_evtchn;
	err = xnb_channel_bind(queue, &queue->tx.chan, conf->tx_evtchn,
			       queue->split ? "-tx" : "");
	if (err || !queue->split)
		return err;
	return xnb_channel_bind(queue, &queue->rx.chan, conf->rx_evtchn, "-rx");
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

	queue->link = link;
	queue->index = index;
	queue->poll_cpu = -1;
	queue->stats = &link->stats[index];
	rtnl_lock();
	netif_napi_add(link->dev, &queue->napi, xnb_queue_poll);
	rtnl_unlock();

	err = xnb_tx_init(queue);
	if (!err)
		err = xnb_rx_init(queue);
	if (!err)
		err = xnb_queue_map_rings(queue, conf);
	if (!err)
		err = xnb_queue_bind(queue, conf);
	if (err) {
		rtnl_lock();
		netif_napi_del(&queue->napi);
		rtnl_unlock();
		xnb_queue_destroy(queue);
		return ERR_PTR(err);
	}
	return queue;
}

/**
 * xnb_queue_run() - start to serve
 * @queue: not running
 *
 * Requests that are in the rings already need no event.
 *
 * Context: Process; rtnl is held.
 */
void xnb_queue_run(struct xnb_queue *queue)
{
	queue->running = true;
	xnb_tx_start(queue);
	napi_enable(&queue->napi);
	xnb_rx_start(queue);
	xnb_queue_kick(queue);
}

/**
 * xnb_queue_pause() - stop to serve
 * @queue: running or not; not afterwards
 *
 * When it returns no packet is on its way to the guest, and none comes from it.
 * What has come from it and is not answered waits for xnb_queue_run(), or for
 * xnb_queue_end().
 *
 * Context: Process; rtnl is held. May sleep, but not for long.
 */
void xnb_queue_pause(struct xnb_queue *queue)
{
	if (!queue->running)
		return;
	queue->running = false;
	xnb_rx_stop(queue);
	napi_disable(&queue->napi);
	xnb_tx_stop(queue);
}

/**
 * xnb_queue_end() - have done with requests that were taken
 * @queue: a queue that does not run, and never will again
 * @last: nobody will serve the rings after us
 *
 * When it returns they are answered, but for packets that somebody still has
 * mapped. One that the guest has not completed or that waits for credit, and
 * what has not been taken, is left for whoever is next, if there is one.
 *
 * Context: Process. May sleep, up to 33 s for each frame that is being mapped
 * and paged out.
 */
void xnb_queue_end(struct xnb_queue *queue, bool last)
{
	xnb_tx_end(queue);
	if (last)
		xnb_tx_refuse_rest(queue);
}

/**
 * xnb_queue_is_out() - has somebody packets of the guest mapped?
 * @queue: ended
 *
 * Context: Process.
 * Return: whether requests have no answer for that.
 */
bool xnb_queue_is_out(const struct xnb_queue *queue)
{
	return xnb_tx_is_out(queue);
}

static void xnb_channel_unbind(struct xnb_channel *chan)
{
	if (chan->irq)
		unbind_from_irqhandler(chan->irq, chan);
	chan->irq = 0;
}

/**
 * xnb_queue_unlist() - have the stack forget the queue's NAPI
 * @queue: a queue that does not run, and never will again
 *
 * Context: Process; rtnl is held. A grace period is due before
 * xnb_queue_destroy().
 */
void xnb_queue_unlist(struct xnb_queue *queue)
{
	__netif_napi_del(&queue->napi);
}

/**
 * xnb_queue_destroy() - free everything
 * @queue: a queue that is ended and not listed, or never ran, however complete
 *
 * Packets that are back are answered. Others stay mapped, without an answer,
 * until they are let go.
 *
 * Context: Process; nobody transmits to it. May sleep.
 */
void xnb_queue_destroy(struct xnb_queue *queue)
{
	struct xenbus_device *xdev = queue->link->xdev;

	xnb_tx_close(queue);
	xnb_channel_unbind(&queue->tx.chan);
	xnb_channel_unbind(&queue->rx.chan);
	if (queue->tx.ring_addr)
		xenbus_unmap_ring_vfree(xdev, queue->tx.ring_addr);
	if (queue->rx.ring_addr)
		xenbus_unmap_ring_vfree(xdev, queue->rx.ring_addr);
	xnb_tx_free(queue);
	xnb_rx_free(queue);
	kfree(queue);
}
