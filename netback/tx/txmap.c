// SPDX-License-Identifier: GPL-2.0
/*
 * Owns packets from the guest that are mapped. Mapping may sleep for frames
 * that are paged out, so a work does it. The NAPI poll hands the work all
 * packets of a round, in their order. It takes nothing from the ring meanwhile,
 * and goes on with them when they are mapped. When the stack has released a
 * packet the work unmaps it, and then the poll responds to the guest.
 *
 * A packet may outlive its queue, in the transmit queue of another device. What
 * is needed for it then stays, and keeps the module from being unloaded.
 */
#include "txmap.h"
#include "gnttab-helpers/domain.h"
#include "gnttab-helpers/pool.h"
#include "tx.h"

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/*
 * Packets of a queue that may be mapped, and slots of its ring that they may
 * have. Others are copied, so that somebody who keeps packets for long never
 * stops the guest.
 */
#define XNB_TXMAP_PKTS		64
#define XNB_TXMAP_SLOTS		128
/* Maps or unmaps in one hypercall. */
#define XNB_TXMAP_OPS		XNB_TXMAP_SLOTS
/* Most jiffies until a page that is still in use is looked at again. */
#define XNB_TXMAP_RETRY_MAX	HZ

/**
 * struct xnb_txmap - what is mapped of one queue
 */
struct xnb_txmap {
	/** @ref: the queue, packets in flight, and a work that is scheduled */
	struct kref ref;
	/** @work: maps and unmaps */
	struct delayed_work work;
	/** @pkts: all descriptors */
	struct xnb_txmap_pkt *pkts;
	/** @free: those that are free; the poll's */
	struct list_head free;
	/** @slots: slots of the ring that packets have; the poll's */
	unsigned int slots;
	/** @in_flight: packets that are not free; the poll's */
	unsigned int in_flight;
	/** @busy: @staged is the work's and not the poll's */
	bool busy;
	/** @staged: packets of a round, mapped or to be mapped */
	struct list_head staged;
	/** @domain: whose frames they are */
	struct xgh_domain *domain;
	/** @maps: the next hypercall; the work's */
	struct xgh_map_batch maps;
	/** @unmaps: the next hypercall; the work's */
	struct xgh_unmap_batch unmaps;
	/** @pool: pages to map into; the work's */
	struct xgh_pool pool;
	/** @retries: how often in a row a page was in use; the work's */
	unsigned int retries;
	/** @lock: guards what follows */
	spinlock_t lock;
	/** @poll: of the queue; NULL when that has gone */
	struct xnb_poll *poll;
	/** @released: packets that the stack has released */
	struct list_head released;
	/** @unmapped: packets that are unmapped, too */
	struct list_head unmapped;
};

static struct workqueue_struct *xnb_txmap_wq;
static atomic_t xnb_txmap_count = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(xnb_txmap_all_freed);

/**
 * xnb_txmap_init() - prepare what all queues share
 *
 * Context: Process; module init.
 * Return: 0 or -ENOMEM.
 */
int xnb_txmap_init(void)
{
	xnb_txmap_wq = alloc_workqueue("xen-netback-map",
				       WQ_UNBOUND | WQ_HIGHPRI, 0);
	return xnb_txmap_wq ? 0 : -ENOMEM;
}

/**
 * xnb_txmap_exit() - wait until the stack has no packet of ours any more
 *
 * Context: Process; module exit, no queue is left. May sleep, for as long as
 * somebody keeps a packet.
 */
void xnb_txmap_exit(void)
{
	wait_event_idle(xnb_txmap_all_freed, !atomic_read(&xnb_txmap_count));
	/* Neither xnb_txmap_complete() nor the work may have returned yet. */
	synchronize_rcu();
	destroy_workqueue(xnb_txmap_wq);
}

static void xnb_txmap_free(struct kref *ref)
{
	struct xnb_txmap *map = container_of(ref, struct xnb_txmap, ref);

	xgh_map_batch_free(&map->maps);
	xgh_unmap_batch_free(&map->unmaps);
	xgh_pool_destroy(&map->pool);
	xgh_domain_put(map->domain);
	kvfree(map->pkts);
	kfree(map);
	if (atomic_dec_and_test(&xnb_txmap_count))
		wake_up(&xnb_txmap_all_freed);
}

/* A work that is scheduled has a reference. */
static void xnb_txmap_schedule(struct xnb_txmap *map)
{
	kref_get(&map->ref);
	if (mod_delayed_work(xnb_txmap_wq, &map->work, 0))
		kref_put(&map->ref, xnb_txmap_free);
}

static void xnb_txmap_map_one(struct xnb_txmap *map, struct xnb_tx_work *work)
{
	struct xnb_txmap_pkt *mapped = work->mapped;
	unsigned int i;

	for (i = 0; i < mapped->nr; i++) {
		struct xgh_map *to = &mapped->maps[i];

		if (xgh_pool_get(&map->pool, &to->page)) {
			work->err = -ENOMEM;
			return;
		}
		if (map->maps.nr == map->maps.max)
			xgh_map_batch_flush(&map->maps);
		xgh_map_batch_add(&map->maps, to, mapped->pieces[i].gref, true,
				  &work->err);
	}
}

/*
 * While the kernel waits for frames that are paged out, up to 33 s for each,
 * the queue takes nothing. Packets of the domain are copied for some time after
 * that, so that it happens rarely.
 */
static void xnb_txmap_note_paged_out(struct xnb_txmap *map)
{
	if (!map->maps.waited)
		return;
	map->maps.waited = false;
	xgh_domain_note_away(map->domain);
}

static void xnb_txmap_map_staged(struct xnb_txmap *map)
{
	struct xnb_tx_work *work;

	list_for_each_entry(work, &map->staged, node) {
		if (xnb_tx_work_is_mapped(work) && !work->err)
			xnb_txmap_map_one(map, work);
	}
	xgh_map_batch_flush(&map->maps);
	xnb_txmap_note_paged_out(map);
	/* Pairs with xnb_txmap_is_busy(). */
	smp_store_release(&map->busy, false);
}

/* Has the stack released the packet, but not yet all of its pages? */
static bool xnb_txmap_pkt_is_busy(const struct xnb_txmap_pkt *mapped)
{
	unsigned int i;

	for (i = 0; i < mapped->nr; i++) {
		if (mapped->maps[i].handle != INVALID_GRANT_HANDLE &&
		    xgh_map_is_busy(&mapped->maps[i]))
			return true;
	}
	return false;
}

static void xnb_txmap_unmap_one(struct xnb_txmap *map,
				struct xnb_txmap_pkt *mapped)
{
	unsigned int i;

	for (i = 0; i < mapped->nr; i++) {
		struct xgh_map *from = &mapped->maps[i];

		if (from->handle == INVALID_GRANT_HANDLE) {
			if (from->page)
				xgh_pool_put(&map->pool, from->page);
			from->page = NULL;
			continue;
		}
		if (map->unmaps.nr == map->unmaps.max)
			xgh_unmap_batch_flush(&map->unmaps);
		xgh_unmap_batch_add(&map->unmaps, from);
	}
}

/* Unmaps what the stack has released; returns the number of packets. */
static unsigned int xnb_txmap_unmap_released(struct xnb_txmap *map)
{
	struct xnb_txmap_pkt *mapped, *next;
	unsigned int frames = 0, nr = 0;
	LIST_HEAD(released);
	LIST_HEAD(busy);

	spin_lock_irq(&map->lock);
	list_splice_init(&map->released, &released);
	spin_unlock_irq(&map->lock);
	list_for_each_entry_safe(mapped, next, &released, node) {
		if (xnb_txmap_pkt_is_busy(mapped)) {
			list_move_tail(&mapped->node, &busy);
			continue;
		}
		xnb_txmap_unmap_one(map, mapped);
		frames += mapped->nr;
		nr++;
	}
	xgh_unmap_batch_flush(&map->unmaps);
	xgh_domain_uncharge_held(map->domain, frames);

	spin_lock_irq(&map->lock);
	list_splice_tail(&released, &map->unmapped);
	list_splice(&busy, &map->released);
	spin_unlock_irq(&map->lock);
	return nr;
}

/*
 * A page that is still in use is looked at again, after a longer time each
 * time. Whoever schedules the work meanwhile has it run at once.
 */
static void xnb_txmap_retry_busy(struct xnb_txmap *map)
{
	bool busy;

	spin_lock_irq(&map->lock);
	busy = !list_empty(&map->released);
	spin_unlock_irq(&map->lock);
	if (!busy) {
		map->retries = 0;
		return;
	}
	map->retries = min_t(unsigned int, map->retries + 1,
			     XNB_TXMAP_RETRY_MAX);
	kref_get(&map->ref);
	if (!queue_delayed_work(xnb_txmap_wq, &map->work, map->retries))
		kref_put(&map->ref, xnb_txmap_free);
}

/* Drops the references of packets; the caller has one of its own. */
static unsigned int xnb_txmap_reap(struct xnb_txmap *map)
{
	unsigned int nr = xnb_txmap_unmap_released(map);
	unsigned int i;

	for (i = 0; i < nr; i++)
		kref_put(&map->ref, xnb_txmap_free);
	return nr;
}

static void xnb_txmap_schedule_poll(struct xnb_txmap *map)
{
	local_bh_disable();
	spin_lock_irq(&map->lock);
	if (map->poll)
		napi_schedule(&map->poll->napi);
	spin_unlock_irq(&map->lock);
	local_bh_enable();
}

static void xnb_txmap_work(struct work_struct *work)
{
	struct xnb_txmap *map = container_of(to_delayed_work(work),
					     struct xnb_txmap, work);
	bool progress = xnb_txmap_reap(map);

	/* Pairs with xnb_txmap_begin(). */
	if (smp_load_acquire(&map->busy)) {
		xnb_txmap_map_staged(map);
		progress = true;
	}
	if (progress)
		xnb_txmap_schedule_poll(map);
	xnb_txmap_retry_busy(map);
	kref_put(&map->ref, xnb_txmap_free);
}

static void xnb_txmap_release_pkt(struct xnb_txmap_pkt *mapped)
{
	struct xnb_txmap *map = mapped->map;
	unsigned long flags;

	/* Under the lock, or the work might free the map before we are done. */
	spin_lock_irqsave(&map->lock, flags);
	list_add_tail(&mapped->node, &map->released);
	xnb_txmap_schedule(map);
	spin_unlock_irqrestore(&map->lock, flags);
}

static void xnb_txmap_complete(struct sk_buff *skb, struct ubuf_info *ubuf,
			       bool zerocopy_success)
{
	struct xnb_txmap_pkt *mapped = container_of(ubuf, struct xnb_txmap_pkt,
						    ubuf);

	/* Pairs with xnb_txmap_exit(): this code must not go away under us. */
	rcu_read_lock();
	if (!zerocopy_success)
		mapped->copied = true;
	if (refcount_dec_and_test(&ubuf->refcnt))
		xnb_txmap_release_pkt(mapped);
	rcu_read_unlock();
}

#define XB_UBUF_COMPLETE	xnb_txmap_complete
#include <xb/ubuf.h>

/**
 * xnb_txmap_is_busy() - are the packets of the last round still being mapped?
 * @map: what is mapped
 *
 * Context: NAPI poll, or it is disabled.
 * Return: whether the poll has to wait; the work then schedules it.
 */
bool xnb_txmap_is_busy(const struct xnb_txmap *map)
{
	/* Pairs with xnb_txmap_map_staged(). */
	return smp_load_acquire(&map->busy);
}

/**
 * xnb_txmap_get() - a descriptor for a packet that is to be mapped
 * @map: what is mapped
 * @pkt: the packet, complete and without fault
 * @skip: its first bytes, which are copied
 *
 * Context: NAPI poll.
 * Return: the descriptor, or NULL if the packet has to be copied.
 */
struct xnb_txmap_pkt *xnb_txmap_get(struct xnb_txmap *map,
				    const struct xnb_txpkt *pkt,
				    unsigned int skip)
{
	struct xnb_tx_cursor cursor = { };
	struct xnb_txmap_pkt *mapped;
	struct xnb_tx_slot piece;
	unsigned int nr = 0;

	if (xgh_domain_is_away(map->domain))
		return NULL;
	mapped = list_first_entry_or_null(&map->free, struct xnb_txmap_pkt,
					  node);
	if (!mapped || map->slots + pkt->nr_slots > XNB_TXMAP_SLOTS)
		return NULL;
	for (; skip; skip -= piece.size)
		xnb_txpkt_next(pkt, &cursor, skip, &piece);
	while (xnb_txpkt_next(pkt, &cursor, XEN_PAGE_SIZE, &piece)) {
		if (nr == min_t(unsigned int, XNB_TX_SLOTS, MAX_SKB_FRAGS))
			return NULL;
		mapped->pieces[nr] = piece;
		mapped->maps[nr].page = NULL;
		mapped->maps[nr++].handle = INVALID_GRANT_HANDLE;
	}
	if (!xgh_domain_charge_held(map->domain, nr))
		return NULL;
	mapped->nr = nr;
	mapped->nr_slots = pkt->nr_slots;
	mapped->nr_extras = pkt->nr_extras;
	mapped->copied = false;
	list_del(&mapped->node);
	map->slots += pkt->nr_slots;
	map->in_flight++;
	return mapped;
}

/**
 * xnb_txmap_begin() - have the packets of a round mapped
 * @map: what is mapped; not busy
 * @batch: packets, whose headers are copied or have failed; all are taken if
 *	   any of them is to be mapped, so that they stay in order
 *
 * Context: NAPI poll.
 * Return: whether they are taken, and the work busy.
 */
bool xnb_txmap_begin(struct xnb_txmap *map, struct list_head *batch)
{
	struct xnb_tx_work *work;
	bool any = false;

	list_for_each_entry(work, batch, node)
		any |= xnb_tx_work_is_mapped(work) && !work->err;
	if (!any)
		return false;
	list_splice_tail_init(batch, &map->staged);
	/* Pairs with xnb_txmap_work(). */
	smp_store_release(&map->busy, true);
	xnb_txmap_schedule(map);
	return true;
}

/**
 * xnb_txmap_collect() - take the packets of the last round back
 * @map: what is mapped; not busy
 * @batch: they are put at its end
 *
 * Context: NAPI poll.
 */
void xnb_txmap_collect(struct xnb_txmap *map, struct list_head *batch)
{
	list_splice_tail_init(&map->staged, batch);
}

/**
 * xnb_txmap_attach() - make what was mapped a part of the packet
 * @mapped: the descriptor, all of it mapped
 * @skb: the packet, its headers copied and without frags
 *
 * Others may read the frags but not write to them, and must copy them to keep
 * them for long.
 *
 * Context: NAPI poll.
 */
void xnb_txmap_attach(struct xnb_txmap_pkt *mapped, struct sk_buff *skb)
{
	unsigned int i;

	for (i = 0; i < mapped->nr; i++) {
		struct page *page = mapped->maps[i].page;

		get_page(page);
		skb_add_rx_frag(skb, i, page, mapped->pieces[i].offset,
				mapped->pieces[i].size, PAGE_SIZE);
	}
	xb_ubuf_init(&mapped->ubuf);
	skb_zcopy_init(skb, &mapped->ubuf);
}

/**
 * xnb_txmap_respond_later() - have a response sent when a packet is unmapped
 * @work: the packet; its descriptor is free afterwards
 * @status: of the response
 *
 * A packet that was not attached to an skb counts as released by the stack.
 *
 * Context: NAPI poll, or it is disabled.
 */
void xnb_txmap_respond_later(struct xnb_tx_work *work, s16 status)
{
	struct xnb_txmap_pkt *mapped = work->mapped;
	bool attached = skb_zcopy(work->skb);
	unsigned int i;

	for (i = 0; i < mapped->nr_slots; i++)
		mapped->ids[i] = work->pkt.slots[i].id;
	mapped->status = status;
	work->mapped = NULL;
	kref_get(&mapped->map->ref);
	if (!attached)
		xnb_txmap_release_pkt(mapped);
}

/**
 * xnb_txmap_next() - a packet that is unmapped
 * @map: what is mapped
 *
 * Context: NAPI poll, or it is disabled.
 * Return: a packet that wants a response and then xnb_txmap_put(), or NULL if
 * there is none.
 */
struct xnb_txmap_pkt *xnb_txmap_next(struct xnb_txmap *map)
{
	struct xnb_txmap_pkt *mapped;
	unsigned long flags;

	spin_lock_irqsave(&map->lock, flags);
	mapped = list_first_entry_or_null(&map->unmapped, struct xnb_txmap_pkt,
					  node);
	if (mapped)
		list_del(&mapped->node);
	spin_unlock_irqrestore(&map->lock, flags);
	return mapped;
}

/**
 * xnb_txmap_put() - free the descriptor of a packet that has its response
 * @mapped: from xnb_txmap_next()
 *
 * Context: NAPI poll, or it is disabled.
 */
void xnb_txmap_put(struct xnb_txmap_pkt *mapped)
{
	struct xnb_txmap *map = mapped->map;

	map->slots -= mapped->nr_slots;
	map->in_flight--;
	list_add(&mapped->node, &map->free);
}

static int xnb_txmap_alloc(struct xnb_txmap *map, domid_t otherend)
{
	unsigned int i;
	int err;

	map->domain = xgh_domain_get(otherend);
	map->pkts = kvcalloc(XNB_TXMAP_PKTS, sizeof(*map->pkts), GFP_KERNEL);
	if (!map->domain || !map->pkts)
		return -ENOMEM;
	for (i = 0; i < XNB_TXMAP_PKTS; i++) {
		map->pkts[i].map = map;
		list_add_tail(&map->pkts[i].node, &map->free);
	}
	err = xgh_map_batch_init(&map->maps, otherend, XNB_TXMAP_OPS);
	return err ?: xgh_unmap_batch_init(&map->unmaps, &map->pool,
					   XNB_TXMAP_OPS);
}

/**
 * xnb_txmap_create() - make what a queue needs to map packets
 * @tx: the queue's half
 *
 * Context: Process. May sleep.
 * Return: it, or NULL if there is no memory.
 */
struct xnb_txmap *xnb_txmap_create(struct xnb_tx *tx)
{
	struct xnb_txmap *map = kzalloc(sizeof(*map), GFP_KERNEL);

	if (!map)
		return NULL;
	atomic_inc(&xnb_txmap_count);
	kref_init(&map->ref);
	INIT_DELAYED_WORK(&map->work, xnb_txmap_work);
	INIT_LIST_HEAD(&map->free);
	INIT_LIST_HEAD(&map->staged);
	INIT_LIST_HEAD(&map->released);
	INIT_LIST_HEAD(&map->unmapped);
	spin_lock_init(&map->lock);
	map->poll = tx->poll;
	xgh_pool_init(&map->pool, XGH_POOL_MAP, XNB_TXMAP_SLOTS);
	if (!xnb_txmap_alloc(map, tx->link->otherend))
		return map;
	kref_put(&map->ref, xnb_txmap_free);
	return NULL;
}

/**
 * xnb_txmap_is_idle() - has the stack released all packets?
 * @map: what is mapped; its NAPI is disabled
 *
 * Context: Process.
 * Return: whether all that are left are those that xnb_txmap_next() returns.
 */
bool xnb_txmap_is_idle(struct xnb_txmap *map)
{
	const struct xnb_txmap_pkt *mapped;
	unsigned int unmapped = 0;

	spin_lock_irq(&map->lock);
	list_for_each_entry(mapped, &map->unmapped, node)
		unmapped++;
	spin_unlock_irq(&map->lock);
	return unmapped == map->in_flight;
}

/**
 * xnb_txmap_destroy() - the queue needs it no longer
 * @map: not busy; nothing of it is staged
 *
 * Context: Process. May sleep.
 */
void xnb_txmap_destroy(struct xnb_txmap *map)
{
	spin_lock_irq(&map->lock);
	map->poll = NULL;
	spin_unlock_irq(&map->lock);
	kref_put(&map->ref, xnb_txmap_free);
}
