// SPDX-License-Identifier: GPL-2.0
/*
 * Owns what an XDP program makes of packets from the guest. With a program they
 * are copied to memory that has room in front, and become skbs only if they
 * pass. A packet that waits since before there was a program passes it by.
 * NAPI poll.
 */
#include "txxdp.h"
#include "link/pools.h"
#include "txbuf.h"
#include "txcsum.h"
#include "txrespond.h"
#include "txskb.h"

#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/filter.h>
#include <linux/mm.h>
#include <net/page_pool/helpers.h>
#include <net/xdp.h>

static void xnb_txxdp_open(struct xnb_tx *tx, struct xnb_tx_work *work,
			   struct xdp_buff *xdp)
{
	struct xnb_pools *pools = &tx->link->pools[tx->poll->index];

	xdp_init_buff(xdp, PAGE_SIZE, &pools->rxq);
	xdp_prepare_buff(xdp, work->raw, XDP_PACKET_HEADROOM,
			 min_t(u32, work->pkt.size, XNB_RAW_MAX), true);
	if (work->pkt.size > XNB_RAW_MAX)
		xdp_buff_set_frags_flag(xdp);
}

static void xnb_txxdp_drop(struct xnb_tx *tx, struct xdp_buff *xdp)
{
	if (unlikely(xdp_buff_has_frags(xdp)))
		xdp_return_buff(xdp);
	else
		page_pool_put_full_page(tx->pages, virt_to_head_page(xdp->data),
					true);
}

/* ---- what a program decides -------------------------------------------- */

static void xnb_txxdp_count(struct xnb_tx *tx, u64_stats_t *counter)
{
	xnb_stat_inc(&tx->stats->sync, counter);
}

/*
 * A packet that leaves without an skb has to be complete: nobody is told that
 * its checksum is blank, or that it is many segments.
 */
static bool xnb_txxdp_may_leave(const struct xnb_txpkt *pkt,
				struct xdp_buff *xdp, const __sum16 *blank)
{
	if (pkt->gso_type)
		return false;
	return !pkt->csum_blank || xnb_txcsum_fill(xdp, blank);
}

/*
 * The stack looks for a blank checksum where the outermost headers have theirs,
 * and would take another one for it.
 */
static bool xnb_txxdp_may_pass(const struct xnb_txpkt *pkt,
			       const struct xdp_buff *xdp, const __sum16 *blank)
{
	return !pkt->csum_blank || xnb_txcsum_find(xdp) == blank;
}

/* It goes to the guest's own RX ring when the poll has come to its end. */
static bool xnb_txxdp_bounce(struct xnb_tx *tx, struct xdp_buff *xdp)
{
	struct xdp_frame *frame = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!frame))
		return false;
	tx->bounced[tx->nr_bounced++] = frame;
	xnb_txxdp_count(tx, &tx->stats->xdp_tx);
	return true;
}

static bool xnb_txxdp_redirect(struct xnb_tx *tx, struct xdp_buff *xdp)
{
	/* Even one that fails may have left copies to be flushed. */
	tx->redirected = true;
	if (xdp_do_redirect(tx->link->dev, xdp, tx->prog))
		return false;
	xnb_txxdp_count(tx, &tx->stats->xdp_redirect);
	return true;
}

static bool xnb_txxdp_send(struct xnb_tx *tx, const struct xnb_txpkt *pkt,
			   struct xdp_buff *xdp, const __sum16 *blank,
			   u32 verdict)
{
	if (!xnb_txxdp_may_leave(pkt, xdp, blank))
		return false;
	return verdict == XDP_TX ? xnb_txxdp_bounce(tx, xdp) :
				   xnb_txxdp_redirect(tx, xdp);
}

/* Runs the program; returns whether the packet goes to the stack. */
static bool xnb_txxdp_run(struct xnb_tx *tx, const struct xnb_txpkt *pkt,
			  struct xdp_buff *xdp)
{
	/* Which field is blank is known only before it adds headers. */
	const __sum16 *blank = pkt->csum_blank ? xnb_txcsum_find(xdp) : NULL;
	u32 verdict = bpf_prog_run_xdp(tx->prog, xdp);

	switch (verdict) {
	case XDP_PASS:
		if (likely(xnb_txxdp_may_pass(pkt, xdp, blank)))
			return true;
		break;
	case XDP_DROP:
		xnb_txxdp_count(tx, &tx->stats->xdp_drop);
		xnb_txxdp_drop(tx, xdp);
		return false;
	case XDP_TX:
	case XDP_REDIRECT:
		if (xnb_txxdp_send(tx, pkt, xdp, blank, verdict))
			return false;
		break;
	case XDP_ABORTED:
		break;
	default:
		bpf_warn_invalid_xdp_action(tx->link->dev, tx->prog, verdict);
	}
	trace_xdp_exception(tx->link->dev, tx->prog, verdict);
	xnb_txxdp_count(tx, &tx->stats->xdp_errors);
	xnb_txxdp_drop(tx, xdp);
	return false;
}

/* ---- and what becomes of the packet ------------------------------------ */

/* They lie where an skb has them, a page each; they are taken as they are. */
static void xnb_txxdp_add_frags(struct sk_buff *skb, unsigned int nr)
{
	struct skb_shared_info *info = skb_shinfo(skb);
	unsigned int i;

	info->nr_frags = nr;
	/* What was noted for XDP may lie in its place. */
	info->destructor_arg = NULL;
	for (i = 0; i < nr; i++) {
		const skb_frag_t *frag = &info->frags[i];

		skb->pfmemalloc |= page_is_pfmemalloc(skb_frag_page(frag));
		skb->len += skb_frag_size(frag);
		skb->data_len += skb_frag_size(frag);
		skb->truesize += PAGE_SIZE;
	}
}

static struct sk_buff *xnb_txxdp_build(struct xnb_tx *tx, struct xdp_buff *xdp)
{
	unsigned int meta = xdp->data - xdp->data_meta;
	struct sk_buff *skb;
	unsigned int nr = 0;

	if (xdp_buff_has_frags(xdp))
		nr = xdp_get_shared_info_from_buff(xdp)->nr_frags;
	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb)) {
		xnb_txxdp_drop(tx, xdp);
		return NULL;
	}
	skb_mark_for_recycle(skb);
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	if (nr)
		xnb_txxdp_add_frags(skb, nr);
	return skb;
}

/* A packet that went to nobody else was taken all the same. */
static void xnb_txxdp_count_taken(struct xnb_tx *tx, unsigned int bytes)
{
	struct xnb_tx_stats *stats = tx->stats;

	u64_stats_update_begin(&stats->sync);
	u64_stats_inc(&stats->packets);
	u64_stats_add(&stats->bytes, bytes);
	u64_stats_update_end(&stats->sync);
}

/* Makes an skb of a packet unless the program has it; returns an errno. */
static int xnb_txxdp_complete_raw(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	struct xdp_buff xdp;

	if (work->err) {
		xnb_txbuf_put_raw(tx, work, true);
		return work->err;
	}
	xnb_txxdp_open(tx, work, &xdp);
	if (tx->prog && !xnb_txxdp_run(tx, &work->pkt, &xdp)) {
		xnb_txxdp_count_taken(tx, work->pkt.size);
		return 0;
	}
	work->skb = xnb_txxdp_build(tx, &xdp);
	return work->skb ? 0 : -ENOMEM;
}

/* The program may have changed the packet: claims are checked only now. */
static int xnb_txxdp_prepare(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	int err = xnb_txskb_prepare(tx, work);

	if (err)
		xnb_stat_inc(&tx->stats->sync, &tx->stats->errors);
	return err;
}

static s16 xnb_txxdp_status(int err)
{
	if (err == -ENOMEM)
		return XEN_NETIF_RSP_DROPPED;
	return err ? XEN_NETIF_RSP_ERROR : XEN_NETIF_RSP_OKAY;
}

/**
 * xnb_txxdp_complete() - a packet without skb has been copied, or has failed
 * @tx: the queue's half, with a program or without
 * @work: the packet; its descriptor is free afterwards
 *
 * Context: NAPI poll.
 * Return: the packet if it is to go to the stack, else NULL.
 */
struct sk_buff *xnb_txxdp_complete(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	int err = xnb_txxdp_complete_raw(tx, work);
	struct sk_buff *skb;

	if (err)
		xnb_stat_inc(&tx->stats->sync, err == -ENOMEM ?
			     &tx->stats->drops : &tx->stats->copy_errors);
	else if (work->skb)
		err = xnb_txxdp_prepare(tx, work);
	skb = work->skb;
	xnb_txrespond_packet(tx, work, xnb_txxdp_status(err));
	if (!err)
		return skb;
	dev_kfree_skb_any(skb);
	return NULL;
}

/**
 * xnb_txxdp_end() - a poll ends
 * @tx: the queue's half
 *
 * Context: NAPI poll.
 */
void xnb_txxdp_end(struct xnb_tx *tx)
{
	tx->prog = NULL;
	if (!tx->redirected)
		return;
	tx->redirected = false;
	xdp_do_flush();
}
