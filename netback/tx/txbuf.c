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

#include <linux/err.h>
#include <linux/mm.h>
#include <net/page_pool/helpers.h>

#include <xen/page.h>

/* Two of these fit in a page of 4 KiB; small packets take less. */
#define XNB_HEAD_BYTES		2048u
#define XNB_HEAD_ROOM		(NET_SKB_PAD + NET_IP_ALIGN)
#define XNB_HEAD_TAIL		SKB_DATA_ALIGN(sizeof(struct skb_shared_info))
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

/* Memory for one frag: a page, or a piece of one that it would not fill. */
static int xnb_txbuf_add_frag(struct xnb_tx *tx, struct sk_buff *skb,
			      unsigned int len)
{
	unsigned int truesize = PAGE_SIZE;
	unsigned int offset = 0;
	struct page *page;

	if (len > PAGE_SIZE / 2) {
		page = page_pool_dev_alloc_pages(tx->pages);
	} else {
		truesize = ALIGN(len, SMP_CACHE_BYTES);
		page = page_pool_dev_alloc_frag(tx->heads, &offset, truesize);
	}
	if (!page)
		return -ENOMEM;
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, offset, len,
			truesize);
	return 0;
}

/* Counts the pieces of slots from @cursor on. */
static unsigned int xnb_txbuf_count(const struct xnb_txpkt *pkt,
				    struct xnb_tx_cursor cursor)
{
	struct xnb_tx_slot piece;
	unsigned int nr = 0;

	while (xnb_txpkt_next(pkt, &cursor, XEN_PAGE_SIZE, &piece))
		nr++;
	return nr;
}

/*
 * Memory for what is not in the linear part. Each slot gets a frag of its own,
 * so that no copy has to be cut in two. If there are more slots than frags,
 * pages are filled to their ends instead.
 */
static int xnb_txbuf_add_frags(struct xnb_tx *tx, struct sk_buff *skb,
			       const struct xnb_txpkt *pkt)
{
	unsigned int left = pkt->size - skb_headlen(skb);
	struct xnb_tx_cursor cursor = { };
	struct xnb_tx_slot piece;
	unsigned int skip, len;
	bool dense;

	if (!left)
		return 0;
	for (skip = skb_headlen(skb); skip; skip -= piece.size)
		xnb_txpkt_next(pkt, &cursor, skip, &piece);
	dense = xnb_txbuf_count(pkt, cursor) > MAX_SKB_FRAGS;
	for (; left; left -= len) {
		len = min_t(unsigned int, left, PAGE_SIZE);
		if (!dense && xnb_txpkt_next(pkt, &cursor, len, &piece))
			len = piece.size;
		if (xnb_txbuf_add_frag(tx, skb, len))
			return -ENOMEM;
	}
	return 0;
}

/**
 * xnb_txbuf_is_linear() - does all of a packet lie in the linear part?
 * @pkt: the packet, complete and without fault
 *
 * Context: Any.
 * Return: whether it does.
 */
bool xnb_txbuf_is_linear(const struct xnb_txpkt *pkt)
{
	return pkt->size <= XNB_LINEAR_MAX;
}

/**
 * xnb_txbuf_alloc_head() - memory for the linear part of one packet
 * @tx: the queue's half
 * @pkt: the packet, complete and without fault
 *
 * There is room for XNB_LINEAR_MIN bytes even if the part is shorter, so that
 * more headers can be pulled into it.
 *
 * Context: NAPI poll.
 * Return: an skb of that length, its contents undefined, or NULL.
 */
struct sk_buff *xnb_txbuf_alloc_head(struct xnb_tx *tx,
				     const struct xnb_txpkt *pkt)
{
	bool whole = xnb_txbuf_is_linear(pkt);
	struct sk_buff *skb;

	skb = xnb_txbuf_head(tx, whole ? max_t(u32, pkt->size, ETH_ZLEN) :
					 XNB_LINEAR_MIN);
	if (!skb)
		return NULL;
	/* Frontends have the headers in the first slot. */
	skb_put(skb, whole ? pkt->size :
		clamp_t(unsigned int, pkt->slots[0].size, ETH_HLEN,
			XNB_LINEAR_MIN));
	return skb;
}

/**
 * xnb_txbuf_alloc() - memory for one packet
 * @tx: the queue's half
 * @pkt: the packet, complete and without fault
 *
 * Context: NAPI poll.
 * Return: an skb of that length as from xnb_txbuf_alloc_head(), the rest in
 * frags, its contents undefined, or NULL.
 */
struct sk_buff *xnb_txbuf_alloc(struct xnb_tx *tx, const struct xnb_txpkt *pkt)
{
	struct sk_buff *skb = xnb_txbuf_alloc_head(tx, pkt);

	if (!skb)
		return NULL;
	if (xnb_txbuf_add_frags(tx, skb, pkt)) {
		dev_kfree_skb_any(skb);
		return NULL;
	}
	return skb;
}

static void xnb_txbuf_fill_part(struct xnb_tx *tx,
				struct xnb_tx_work *work,
				struct xnb_tx_cursor *cursor, struct page *page,
				unsigned int offset, unsigned int len)
{
	struct xgh_copy_batch *copies = &tx->copies;
	struct xnb_tx_slot piece;

	while (xnb_txpkt_next(&work->pkt, cursor, len, &piece)) {
		struct xgh_copy_span span = {
			.gref = piece.gref,
			.gref_offset = piece.offset,
			.len = piece.size,
			.page = page,
			.offset = offset,
		};

		xgh_copy_from_gref(copies, &span, &work->err);
		offset += piece.size;
		len -= piece.size;
	}
}

/**
 * xnb_txbuf_fill() - collect the copies of a packet into its skb
 * @tx: the queue's half; the batch has room for XNB_TX_PKT_OPS
 * @work: the packet, with an skb of its size
 *
 * Context: NAPI poll.
 */
void xnb_txbuf_fill(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	struct skb_shared_info *info = skb_shinfo(work->skb);
	struct page *head = virt_to_head_page(work->skb->data);
	struct xnb_tx_cursor cursor = { };
	unsigned int i;

	xnb_txbuf_fill_part(tx, work, &cursor, head,
			    work->skb->data - (u8 *)page_address(head),
			    skb_headlen(work->skb));
	for (i = 0; i < info->nr_frags; i++)
		xnb_txbuf_fill_part(tx, work, &cursor,
				    skb_frag_page(&info->frags[i]),
				    skb_frag_off(&info->frags[i]),
				    skb_frag_size(&info->frags[i]));
}
