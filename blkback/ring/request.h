/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One request on its way from the ring to the disk and back. It belongs to
 * its queue's thread, but for the time between submission and
 * xbb_req_done(), when it belongs to the disk. What it holds on its way is in
 * pages.h, how its data moves in move.h.
 */
#ifndef XBB_REQUEST_H
#define XBB_REQUEST_H

#include <linux/bio.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/types.h>

#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/map.h"
#include "gnttab-helpers/persist.h"
#include "plan.h"
#include "validate.h"

struct xbb_indirect;
struct xbb_queue;
struct xgh_async_unmap;

/**
 * struct xbb_seg - a segment and the page that serves it
 */
struct xbb_seg {
	/** @extent: what the frontend asked for */
	struct xbb_extent extent;
	/** @map: the page of this segment if the request is mapped */
	struct xgh_map map;
	/** @pgrant: the grant stays mapped; @map is its */
	struct xgh_pgrant *pgrant;
	/** @error: of its copies in the present try, from the second one on */
	int error;
};

/**
 * enum xbb_req_state - how far a request has come
 * @XBB_REQ_FREE: it is not in use
 * @XBB_REQ_UNFETCHED: taken; its segments are still in the frontend's frame
 * @XBB_REQ_ACCEPTED: checked; it waits for pages, or for its data
 * @XBB_REQ_SUBMITTED: the disk has it
 * @XBB_REQ_ENDED: the disk is done with it, or it never got so far
 *
 * In this order; a direct request is never unfetched, and of a discard the disk
 * gets one piece after the other.
 */
enum xbb_req_state {
	XBB_REQ_FREE,
	XBB_REQ_UNFETCHED,
	XBB_REQ_ACCEPTED,
	XBB_REQ_SUBMITTED,
	XBB_REQ_ENDED,
};

/**
 * struct xbb_req - a request
 */
struct xbb_req {
	/** @next: in one of the queue's fifos, or the thread's */
	struct xbb_req *next;
	/** @node: on one of the queue's lists of those that wait */
	struct list_head node;
	/** @done: on the queue's list of completed requests */
	struct llist_node done;
	/** @queue: the queue it came from */
	struct xbb_queue *queue;
	/** @state: how far it has come */
	enum xbb_req_state state;
	/** @seq: its sequence number in the queue; wraps */
	u32 seq;
	/** @id: the frontend's */
	u64 id;
	/** @sector: first sector, in units of 512 bytes */
	u64 sector;
	/** @nr_sectors: length of the data, in units of 512 bytes */
	u32 nr_sectors;
	/** @secure: of a discard: nobody shall read the data again */
	bool secure;
	/** @discard_left: sectors not yet discarded, @sector is the next one */
	u64 discard_left;
	/** @error: what it is responded to with, 0 or negative errno */
	int error;
	/** @try_error: of its grant operations in the present try */
	int try_error;
	/** @retry_at: when to try again what it waits for, in jiffies */
	unsigned long retry_at;
	/**
	 * @paged_tries: how often its frames were found paged out; counted
	 * anew for its segments, its data and its response
	 */
	unsigned int paged_tries;
	/** @busy_tries: how often there was no room to wait for its unmap */
	unsigned int busy_tries;
	/** @unmap: its pages, if they could not be unmapped at once */
	struct xgh_async_unmap *unmap;
	/** @nr_segs: number of segments */
	u16 nr_segs;
	/** @nr_pages: pages that it holds */
	u16 nr_pages;
	/** @nr_new: those that were not mapped when it came */
	u16 nr_new;
	/** @left: the queue has left a seat while it held pages */
	bool left;
	/** @begun_at: when it was taken, in ns; 0 if nobody wants to know */
	u64 begun_at;
	/** @op: BLKIF_OP_*, but for indirect requests the inner one */
	u8 op;
	/** @move: how the data moves */
	enum xbb_move move;
	/** @alone: no other request of its sweep can be merged with it */
	bool alone;
	/** @segs: the segments */
	struct xbb_seg *segs;
	/** @vecs: its pages, for the disk: of each segment or all in a row */
	struct bio_vec *vecs;
	/** @indirect: memory of an indirect request */
	struct xbb_indirect *indirect;
	/** @frame: where its segments are, until they are fetched */
	struct xbb_seg frame;
	/** @bio: its I/O */
	struct bio bio;
	/** @few: the segments of a direct request */
	struct xbb_seg few[XBB_DIRECT_SEGS];
	/** @few_vecs: the data, for the disk */
	struct bio_vec few_vecs[XBB_DIRECT_SEGS];
};

/**
 * struct xbb_fifo - requests in the order in which they came
 *
 * Each request passes through several of them, so they are as simple as can
 * be. A request is in one at most.
 */
struct xbb_fifo {
	/** @first: the oldest request, NULL if there is none */
	struct xbb_req *first;
	/** @last: the youngest one, if there is one */
	struct xbb_req *last;
	/** @unfetched: some may be */
	bool unfetched;
};

/**
 * xbb_fifo_push() - put a request at the end
 * @fifo: where
 * @req: in no fifo
 *
 * Context: Owner of the fifo.
 */
static inline void xbb_fifo_push(struct xbb_fifo *fifo, struct xbb_req *req)
{
	req->next = NULL;
	if (fifo->first)
		fifo->last->next = req;
	else
		fifo->first = req;
	fifo->last = req;
	fifo->unfetched |= req->state == XBB_REQ_UNFETCHED;
}

/**
 * xbb_fifo_push_first() - put a request before all others
 * @fifo: where
 * @req: in no fifo
 *
 * Context: Owner of the fifo.
 */
static inline void xbb_fifo_push_first(struct xbb_fifo *fifo,
				       struct xbb_req *req)
{
	req->next = fifo->first;
	if (!fifo->first)
		fifo->last = req;
	fifo->first = req;
	fifo->unfetched |= req->state == XBB_REQ_UNFETCHED;
}

/**
 * xbb_fifo_pop() - take the oldest request
 * @fifo: where
 *
 * Context: Owner of the fifo.
 * Return: the request, or NULL if there is none.
 */
static inline struct xbb_req *xbb_fifo_pop(struct xbb_fifo *fifo)
{
	struct xbb_req *req = fifo->first;

	if (req)
		fifo->first = req->next;
	return req;
}

/**
 * xbb_fifo_take_all() - take all requests
 * @fifo: empty afterwards
 *
 * Context: Owner of the fifo.
 * Return: a fifo of all that were in it.
 */
static inline struct xbb_fifo xbb_fifo_take_all(struct xbb_fifo *fifo)
{
	struct xbb_fifo all = *fifo;

	fifo->first = NULL;
	fifo->unfetched = false;
	return all;
}

struct xbb_req *xbb_req_take(struct xbb_queue *queue);
void xbb_req_begin(struct xbb_req *req, const struct xbb_cmd *cmd);
int xbb_req_accept(struct xbb_req *req,
		   const struct blkif_request_segment *segs);
int xbb_req_recheck(struct xbb_req *req, bool anew);
void xbb_req_done(struct xbb_req *req);
void xbb_req_free(struct xbb_req *req);

#endif /* XBB_REQUEST_H */
