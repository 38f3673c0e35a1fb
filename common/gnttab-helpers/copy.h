/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grants copied in batches by the hypervisor, one hypercall a flush. A copy
 * needs no mapping and flushes no TLB, and what was copied is ours.
 *
 * A batch belongs to one thread of execution and never locks.
 */
#ifndef XGH_COPY_H
#define XGH_COPY_H

#include <linux/types.h>

#include <xen/interface/grant_table.h>

#include "grants.h"
#include "tally.h"

struct page;

/**
 * struct xgh_copy_batch - copies collected for the next hypercall
 */
struct xgh_copy_batch {
	/** @otherend: the domain that grants */
	domid_t otherend;
	/** @nr: operations collected */
	unsigned int nr;
	/** @max: most that fit */
	unsigned int max;
	/** @failed: xgh_copy_batch_once() could not do all; the owner clears */
	bool failed;
	/** @ops: the operations */
	struct gnttab_copy *ops;
	/** @errs: where each operation's error goes */
	int **errs;
	/** @tally: the owner's, which counts; NULL after init */
	struct xgh_tally *tally;
};

/**
 * struct xgh_copy_span - a piece of one grant and the local memory beside it
 */
struct xgh_copy_span {
	/** @gref: the grant */
	grant_ref_t gref;
	/** @gref_offset: first byte in the granted frame */
	u16 gref_offset;
	/** @len: bytes; @gref_offset + @len is at most 4096 */
	u16 len;
	/** @offset: first byte in @page */
	u32 offset;
	/** @page: local page of the kernel's size */
	struct page *page;
};

/**
 * struct xgh_copy_foreign - a piece of a grant of any domain
 */
struct xgh_copy_foreign {
	/** @gref: the grant */
	grant_ref_t gref;
	/** @domid: the domain that grants */
	domid_t domid;
	/** @offset: first byte in the granted frame */
	u16 offset;
};

/* A span of at most 4 KiB touches at most two local frames. */
#define XGH_COPY_OPS_PER_SPAN	2

int xgh_copy_init(void);
void xgh_copy_exit(void);
int xgh_copy_batch_init(struct xgh_copy_batch *batch, domid_t otherend,
			unsigned int max);
void xgh_copy_batch_free(struct xgh_copy_batch *batch);
void xgh_copy_split(struct xgh_copy_batch *batch,
		    const struct xgh_copy_span *span, bool to_gref, int *err);
void xgh_copy_gref_to_gref(struct xgh_copy_batch *batch,
			   const struct xgh_copy_foreign *from,
			   grant_ref_t gref, u16 gref_offset, u16 len,
			   int *err);
void xgh_copy_probe(struct xgh_copy_batch *batch, grant_ref_t gref, int *err);
int xgh_copy_await(domid_t otherend, const grant_ref_t *grefs, unsigned int nr,
		   const bool *stop);
unsigned int xgh_copy_batch_once(struct xgh_copy_batch *batch);
unsigned int xgh_copy_batch_try(struct xgh_copy_batch *batch,
				struct xgh_copy_batch *again);
unsigned int xgh_copy_batch_retry(struct xgh_copy_batch *again);

/**
 * xgh_copy_batch_has_room() - can one more span be collected?
 * @batch: the batch
 *
 * Context: Any; owner of the batch.
 * Return: whether any span fits, however it has to be split.
 */
static inline bool xgh_copy_batch_has_room(const struct xgh_copy_batch *batch)
{
	return batch->nr + XGH_COPY_OPS_PER_SPAN <= batch->max;
}

/**
 * xgh_copy_add() - collect one operation
 * @batch: the batch; it has room
 * @span: what it is a part of
 * @done: bytes of that before it
 * @grant: the local memory, in one frame
 * @to_gref: into the grant, not from it
 * @err: as for xgh_copy_from_gref()
 *
 * Context: Any; owner of the batch.
 */
static inline void xgh_copy_add(struct xgh_copy_batch *batch,
				const struct xgh_copy_span *span, u32 done,
				const struct xgh_grant *grant, bool to_gref,
				int *err)
{
	unsigned int i = batch->nr++;
	struct gnttab_copy *op = &batch->ops[i];
	struct gnttab_copy_ptr *local, *remote;

	local = to_gref ? &op->source : &op->dest;
	remote = to_gref ? &op->dest : &op->source;

	local->u.gmfn = grant->gfn;
	local->domid = DOMID_SELF;
	local->offset = grant->offset;
	remote->u.ref = span->gref;
	remote->domid = batch->otherend;
	remote->offset = span->gref_offset + done;
	op->len = grant->len;
	/* What stands there if the hypercall never gets to it. */
	op->status = GNTST_general_error;
	op->flags = to_gref ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	batch->errs[i] = err;
}

/**
 * xgh_copy_add_span() - collect a copy, which most often is one operation
 * @batch: the batch; it has room
 * @span: what to copy; not used after the call
 * @to_gref: into the grant, not from it
 * @err: as for xgh_copy_from_gref()
 *
 * Context: Any; owner of the batch.
 */
static inline void xgh_copy_add_span(struct xgh_copy_batch *batch,
				     const struct xgh_copy_span *span,
				     bool to_gref, int *err)
{
	struct xgh_grants walk = {
		.page = span->page,
		.offset = span->offset,
		.left = span->len,
	};
	struct xgh_grant grant;

	if (likely(xgh_grants_next(&walk, &grant) && !walk.left))
		xgh_copy_add(batch, span, 0, &grant, to_gref, err);
	else
		xgh_copy_split(batch, span, to_gref, err);
}

/**
 * xgh_copy_from_gref() - collect a copy from a grant into local memory
 * @batch: the batch; it has room
 * @span: what to copy; not used after the call
 * @err: gets a negative errno if the copy fails and is left alone otherwise;
 *	 several copies may share it; must stay where it is until the flush
 *
 * Context: Any; owner of the batch.
 */
static inline void xgh_copy_from_gref(struct xgh_copy_batch *batch,
				      const struct xgh_copy_span *span,
				      int *err)
{
	xgh_copy_add_span(batch, span, false, err);
}

/**
 * xgh_copy_to_gref() - collect a copy from local memory into a grant
 * @batch: the batch; it has room
 * @span: what to copy; not used after the call
 * @err: as for xgh_copy_from_gref()
 *
 * Context: Any; owner of the batch.
 */
static inline void xgh_copy_to_gref(struct xgh_copy_batch *batch,
				    const struct xgh_copy_span *span, int *err)
{
	xgh_copy_add_span(batch, span, true, err);
}

#endif /* XGH_COPY_H */
