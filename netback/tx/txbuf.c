// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the memory that packets from the guest are copied to: recycled pages,
 * laid out so that a packet takes few copies. A packet of up to a full
 * Ethernet frame lies in one piece; a larger one has its headers in a piece of
 * their own and then a piece for each slot. NAPI poll.
 */
#include "txbuf.h"
#include "link/pools.h"
#include "tx.h"
#include "txcopy.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <net/page_pool/helpers.h>

#include <xen/page.h>

/* Two of these fit in a page of 4 KiB; small packets take less. */
#define XNB_HEAD_BYTES		2048u
#define XNB_HEAD_ROOM		(NET_SKB_PAD + NET_IP_ALIGN)
/* The largest packet that is kept in one piece. */
#define XNB_LINEAR_MAX		(XNB_HEAD_BYTES - XNB_HEAD_ROOM - XNB_HEAD_TAIL)

static_assert(DIV_ROUND_UP(XEN_NETIF_MAX_TX_SIZE - ETH_HLEN, PAGE_SIZE) <=
	      MAX_SKB_FRAGS);

/**
 * xnb_txbuf_init() - get the pools of the queue
 * @tx: the queue's half
 *
 * They are the link's, and there is nothing to be undone.
 *
 * Context: Process; the vif's lock is held. May sleep.
 * Return: 0 or a negative errno.
 */
int xnb_txbuf_init(struct xnb_tx *tx)
{
	const struct xnb_pools *pools = xnb_pools_get(tx->link,
						      tx->poll->index);

	if (IS_ERR(pools))
		return PTR_ERR(pools);
	tx->heads = pools->heads;
	tx->pages = pools->pages;
	return 0;
}

/**
 * xnb_txbuf_shrink() - give memory back that no packet uses
 * @tx: the queue's half
 *
 * Context: NAPI poll.
 */
void xnb_txbuf_shrink(struct xnb_tx *tx)
{
	xnb_pools_shrink(&tx->link->pools[tx->poll->index]);
}

/*
 * An skb with room for @room bytes. Pieces are no larger than they need to be:
 * the hypervisor looks a frame up once for all successive copies to it.
 */
static struct sk_buff *xnb_txbuf_head(struct xnb_tx *tx, unsigned int room)
{
	unsigned int bytes = SKB_DATA_ALIGN(XNB_HEAD_ROOM + room) +
			     XNB_HEAD_TAIL;
	unsigned int offset;
	struct sk_buff *skb;
	struct page *page;

	page = page_pool_dev_alloc_frag(tx->heads, &offset, bytes);
	if (!page)
		return NULL;
	skb = napi_build_skb(page_address(page) + offset, bytes);
	if (!skb) {
		page_pool_put_full_page(tx->heads, page, true);
		return NULL;
	}
	skb_mark_for_recycle(skb);
	skb_reserve(skb, XNB_HEAD_ROOM);
	return skb;
}

static struct skb_shared_info *
xnb_txbuf_raw_info(const struct xnb_tx_work *work)
{
	return work->raw + PAGE_SIZE - XNB_HEAD_TAIL;
}

/*
 * All memory of a packet for a program is of one pool, and nothing else is in
 * its pages: before 6.4 a frame that becomes an skb takes the whole page from
 * its pool, whoever has another piece of it.
 */
static const skb_frag_t *xnb_txbuf_add_raw_frag(struct xnb_tx *tx,
						struct xnb_tx_work *work,
						unsigned int len)
{
	struct skb_shared_info *info = xnb_txbuf_raw_info(work);
	struct page *page = page_pool_dev_alloc_pages(tx->pages);

	if (!page)
		return NULL;
	__skb_fill_page_desc_noacc(info, info->nr_frags, page, 0, len);
	xb_xdp_add_frag_size(info, len, PAGE_SIZE);
	return &info->frags[info->nr_frags++];
}

/* Memory for one frag: a page, or a piece of one that it would not fill. */
static const skb_frag_t *xnb_txbuf_add_frag(struct xnb_tx *tx,
					    struct xnb_tx_work *work,
					    unsigned int len)
{
	struct sk_buff *skb = work->skb;
	unsigned int nr;
	unsigned int truesize = PAGE_SIZE;
	unsigned int offset = 0;
	struct page *page;

	if (unlikely(!skb))
		return xnb_txbuf_add_raw_frag(tx, work, len);
	nr = skb_shinfo(skb)->nr_frags;
	if (len > PAGE_SIZE / 2) {
		page = page_pool_dev_alloc_pages(tx->pages);
	} else {
		truesize = ALIGN(len, SMP_CACHE_BYTES);
		page = page_pool_dev_alloc_frag(tx->heads, &offset, truesize);
	}
	if (!page)
		return NULL;
	skb_add_rx_frag(skb, nr, page, offset, len, truesize);
	return &skb_shinfo(skb)->frags[nr];
}

/* A frag for each slot, so that no copy has to be cut in two. */
static int xnb_txbuf_add_slots(struct xnb_tx *tx, struct xnb_tx_work *work,
			       struct xnb_tx_cursor *cursor)
{
	const skb_frag_t *frag;
	struct xnb_tx_slot piece;

	while (xnb_txpkt_next(&work->pkt, cursor, PAGE_SIZE, &piece)) {
		frag = xnb_txbuf_add_frag(tx, work, piece.size);
		if (!frag)
			return -ENOMEM;
		xnb_txcopy_add(tx, work, &piece, skb_frag_page(frag),
			       skb_frag_off(frag));
	}
	return 0;
}

/*
 * Pages that are filled to their ends, for more slots than there are frags,
 * with the @left bytes behind @cursor.
 */
static int xnb_txbuf_add_pages(struct xnb_tx *tx, struct xnb_tx_work *work,
			       struct xnb_tx_cursor *cursor, unsigned int left)
{
	const skb_frag_t *frag;
	unsigned int len;

	for (; left; left -= len) {
		len = min_t(unsigned int, left, PAGE_SIZE);
		frag = xnb_txbuf_add_frag(tx, work, len);
		if (!frag)
			return -ENOMEM;
		xnb_txcopy_fill(tx, work, cursor, skb_frag_page(frag),
				skb_frag_off(frag), len);
	}
	return 0;
}

/* Are there more slots from @cursor on than an skb has frags? */
static bool xnb_txbuf_exceeds_frags(const struct xnb_txpkt *pkt,
				    struct xnb_tx_cursor cursor)
{
	struct xnb_tx_slot piece;
	unsigned int nr = 0;

	if (likely(pkt->nr_slots <= MAX_SKB_FRAGS))
		return false;
	while (xnb_txpkt_next(pkt, &cursor, XEN_PAGE_SIZE, &piece))
		nr++;
	return nr > MAX_SKB_FRAGS;
}

/* Frontends have the headers in the first slot. */
static unsigned int xnb_txbuf_headlen(const struct xnb_txpkt *pkt)
{
	if (likely(pkt->size <= XNB_LINEAR_MAX))
		return pkt->size;
	return clamp_t(unsigned int, pkt->slots[0].size, ETH_HLEN,
		       XNB_LINEAR_MIN);
}

/*
 * There is room for XNB_LINEAR_MIN bytes even if the part of a large packet is
 * shorter, so that more headers can be pulled into it.
 */
static int xnb_txbuf_get_head(struct xnb_tx *tx, struct xnb_tx_work *work,
			      struct xnb_tx_cursor *cursor)
{
	unsigned int len = xnb_txbuf_headlen(&work->pkt);
	struct sk_buff *skb;
	struct page *page;
	unsigned int at;

	skb = xnb_txbuf_head(tx, len < work->pkt.size ? XNB_LINEAR_MIN :
				 max_t(unsigned int, len, ETH_ZLEN));
	if (unlikely(!skb))
		return -ENOMEM;
	work->skb = skb;
	page = virt_to_head_page(skb->data);
	at = skb->data - (u8 *)page_address(page);
	skb_put(skb, len);
	if (likely(work->pkt.nr_slots == 1 && len == work->pkt.size))
		xnb_txcopy_add(tx, work, &work->pkt.slots[0], page, at);
	else
		xnb_txcopy_fill(tx, work, cursor, page, at, len);
	return 0;
}

static int xnb_txbuf_get_rest(struct xnb_tx *tx, struct xnb_tx_work *work,
			      struct xnb_tx_cursor *cursor, unsigned int left)
{
	if (!xnb_txbuf_exceeds_frags(&work->pkt, *cursor))
		return xnb_txbuf_add_slots(tx, work, cursor);
	xnb_stat_inc(&tx->stats->sync, &tx->stats->frag_overflows);
	return xnb_txbuf_add_pages(tx, work, cursor, left);
}

/**
 * xnb_txbuf_get() - memory for a packet, and the copies into it
 * @tx: the queue's half; its batch has room for XNB_TX_PKT_OPS
 * @work: the packet, complete and without fault; gets an skb of its size, the
 *	  contents undefined until the copies are done
 *
 * Context: NAPI poll.
 * Return: 0; or -ENOMEM, and there is neither skb nor copy.
 */
int xnb_txbuf_get(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	struct xnb_tx_cursor cursor = { };
	unsigned int nr = tx->copies.nr;

	if (unlikely(xnb_txbuf_get_head(tx, work, &cursor)))
		return -ENOMEM;
	if (likely(skb_headlen(work->skb) == work->pkt.size) ||
	    !xnb_txbuf_get_rest(tx, work, &cursor,
				work->pkt.size - skb_headlen(work->skb)))
		return 0;
	tx->copies.nr = nr;
	dev_kfree_skb_any(work->skb);
	work->skb = NULL;
	return -ENOMEM;
}

/* Memory with room in front and behind, and no frags yet. */
static int xnb_txbuf_get_raw_head(struct xnb_tx *tx, struct xnb_tx_work *work,
				  struct xnb_tx_cursor *cursor,
				  unsigned int len)
{
	struct page *page = page_pool_dev_alloc_pages(tx->pages);

	if (unlikely(!page))
		return -ENOMEM;
	work->raw = page_address(page);
	xnb_txcopy_fill(tx, work, cursor, page, XDP_PACKET_HEADROOM, len);
	return 0;
}

/**
 * xnb_txbuf_get_raw() - memory for a packet that a program is to see
 * @tx: the queue's half; its batch has room for XNB_TX_PKT_OPS
 * @work: the packet, complete and without fault; gets memory in place of an
 *	  skb, laid out as struct xdp_buff wants it, the contents undefined
 *	  until the copies are done
 *
 * As much as a page holds is in one piece, so that no guest can hide headers
 * from a program by the sizes of its slots.
 *
 * Context: NAPI poll.
 * Return: 0; or -ENOMEM, and there is neither memory nor copy.
 */
int xnb_txbuf_get_raw(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	unsigned int len = min_t(u32, work->pkt.size, XNB_RAW_MAX);
	struct xnb_tx_cursor cursor = { };
	unsigned int nr = tx->copies.nr;
	struct skb_shared_info *info;

	if (unlikely(xnb_txbuf_get_raw_head(tx, work, &cursor, len)))
		return -ENOMEM;
	if (likely(len == work->pkt.size))
		return 0;
	info = xnb_txbuf_raw_info(work);
	info->nr_frags = 0;
	xb_xdp_clear_frag_size(info);
	if (!xnb_txbuf_get_rest(tx, work, &cursor, work->pkt.size - len))
		return 0;
	tx->copies.nr = nr;
	xnb_txbuf_put_raw(tx, work, true);
	return -ENOMEM;
}

/**
 * xnb_txbuf_put_raw() - give the memory of a packet back
 * @tx: the queue's half
 * @work: a packet with memory, and no skb; no program has seen it
 * @in_poll: that is where we are
 *
 * Context: NAPI poll, or it is disabled.
 */
void xnb_txbuf_put_raw(struct xnb_tx *tx, struct xnb_tx_work *work,
		       bool in_poll)
{
	const struct skb_shared_info *info = xnb_txbuf_raw_info(work);
	unsigned int nr = 0;

	if (work->pkt.size > XNB_RAW_MAX)
		nr = info->nr_frags;
	while (nr--)
		page_pool_put_full_page(tx->pages,
					skb_frag_page(&info->frags[nr]),
					in_poll);
	page_pool_put_full_page(tx->pages, virt_to_head_page(work->raw),
				in_poll);
}
