// SPDX-License-Identifier: GPL-2.0
/*
 * Owns packets from the guest that are deferred because a frame of theirs is
 * paged out. Others overtake them; a bounded number may wait, each for a
 * bounded time. NAPI poll.
 */
#include "txretry.h"
#include "gnttab-helpers/status.h"
#include "tx.h"

/**
 * xnb_txretry_timer() - have the poll try deferred packets again
 * @timer: the retry_timer of a half
 *
 * Context: Timer.
 */
void xnb_txretry_timer(struct timer_list *timer)
{
	struct xnb_tx *tx = container_of(timer, struct xnb_tx, retry_timer);

	WRITE_ONCE(tx->rare_due, true);
	napi_schedule(&tx->poll->napi);
}

/**
 * xnb_txretry_add() - defer a packet
 * @tx: the queue's half; not full
 * @work: the packet; some of its copies are in the batch of those to be tried
 *	  again
 *
 * Context: NAPI poll.
 */
void xnb_txretry_add(struct xnb_tx *tx, struct xnb_tx_work *work)
{
	xnb_stat_inc(&tx->stats->sync, &tx->stats->deferred);
	work->retry_at = jiffies + 1;
	list_add_tail(&work->node, &tx->deferred);
	tx->nr_deferred++;
	timer_reduce(&tx->retry_timer, work->retry_at);
}

/*
 * Tries are counted by each packet's own time: new packets have the batch tried
 * more often, which must not make an old one give up early.
 */
static void xnb_txretry_count(struct xnb_tx_work *work)
{
	if (time_before(jiffies, work->retry_at))
		return;
	if (++work->tries > XGH_EAGAIN_TRIES)
		work->err = -ETIMEDOUT;
	else
		work->retry_at = jiffies + msecs_to_jiffies(work->tries);
}

/**
 * xnb_txretry_run() - try deferred packets again
 * @tx: the queue's half; those that need not wait any longer are put at the end
 *	of its batch, whether they were copied or given up
 *
 * Context: NAPI poll.
 */
void xnb_txretry_run(struct xnb_tx *tx)
{
	struct xnb_tx_work *work, *next;

	list_for_each_entry(work, &tx->deferred, node)
		xnb_txretry_count(work);
	xgh_copy_batch_retry(&tx->again);
	list_for_each_entry_safe(work, next, &tx->deferred, node) {
		if (work->err == -EAGAIN) {
			timer_reduce(&tx->retry_timer, work->retry_at);
			continue;
		}
		list_del(&work->node);
		xnb_tx_works_add(&tx->batch, work);
		tx->nr_deferred--;
	}
}
