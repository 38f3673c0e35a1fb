// SPDX-License-Identifier: GPL-2.0
/*
 * Owns GNTTABOP_copy: builds the operations, splits them where the hypervisor
 * wants it, retries what is paged out and hands every status back.
 */
#include "copy.h"
#include "faults.h"
#include "status.h"
#include "xgh_internal.h"

/* Where probes put a byte that nobody reads, all of them the same. */
static struct page *xgh_copy_scratch;

/**
 * xgh_copy_init() - get ready for xgh_copy_probe()
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xgh_copy_init(void)
{
	xgh_copy_scratch = alloc_page(GFP_KERNEL);
	return xgh_copy_scratch ? 0 : -ENOMEM;
}

/**
 * xgh_copy_exit() - free what xgh_copy_init() took; no batch is left
 *
 * Context: Process.
 */
void xgh_copy_exit(void)
{
	__free_page(xgh_copy_scratch);
}

/**
 * xgh_copy_batch_init() - make an empty batch
 * @batch: the batch
 * @otherend: the domain that grants
 * @max: number of operations it can collect
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int xgh_copy_batch_init(struct xgh_copy_batch *batch, domid_t otherend,
			unsigned int max)
{
	batch->otherend = otherend;
	batch->nr = 0;
	batch->max = max;
	batch->failed = false;
	batch->tally = NULL;
	batch->ops = kvcalloc(max, sizeof(*batch->ops), GFP_KERNEL);
	batch->errs = kvcalloc(max, sizeof(*batch->errs), GFP_KERNEL);
	if (batch->ops && batch->errs)
		return 0;

	xgh_copy_batch_free(batch);
	return -ENOMEM;
}
EXPORT_SYMBOL_GPL(xgh_copy_batch_init);

/**
 * xgh_copy_batch_free() - free the memory of an empty batch
 * @batch: the batch; all zero is fine
 *
 * Context: Process. May sleep.
 */
void xgh_copy_batch_free(struct xgh_copy_batch *batch)
{
	kvfree(batch->ops);
	kvfree(batch->errs);
	memset(batch, 0, sizeof(*batch));
}
EXPORT_SYMBOL_GPL(xgh_copy_batch_free);

/**
 * xgh_copy_split() - collect a copy that may have to be cut
 * @batch: the batch; it has room
 * @span: what to copy; not used after the call
 * @to_gref: into the grant, not from it
 * @err: as for xgh_copy_from_gref()
 *
 * No operation may leave its local frame of 4 KiB.
 *
 * Context: Any; owner of the batch.
 */
void xgh_copy_split(struct xgh_copy_batch *batch,
		    const struct xgh_copy_span *span, bool to_gref, int *err)
{
	struct xgh_grants walk = {
		.page = span->page,
		.offset = span->offset,
		.left = span->len,
	};
	struct xgh_grant grant;
	u32 done = 0;

	while (xgh_grants_next(&walk, &grant)) {
		xgh_copy_add(batch, span, done, &grant, to_gref, err);
		done += grant.len;
	}
}
EXPORT_SYMBOL_GPL(xgh_copy_split);

/**
 * xgh_copy_gref_to_gref() - collect a copy from one domain's grant to another's
 * @batch: the batch; it has room
 * @from: what to copy from, granted to us by any domain
 * @gref: grant of the batch's otherend to copy to
 * @gref_offset: first byte in the frame of @gref
 * @len: bytes; each offset + @len is at most 4096
 * @err: as for xgh_copy_from_gref()
 *
 * That the frame of @from is mapped here does not matter, and does not mean
 * that the copy works: its domain may have changed the grant since then.
 *
 * Context: Any; owner of the batch.
 */
void xgh_copy_gref_to_gref(struct xgh_copy_batch *batch,
			   const struct xgh_copy_foreign *from,
			   grant_ref_t gref, u16 gref_offset, u16 len, int *err)
{
	unsigned int i = batch->nr++;

	batch->ops[i] = (struct gnttab_copy){
		.source.u.ref = from->gref,
		.source.domid = from->domid,
		.source.offset = from->offset,
		.dest.u.ref = gref,
		.dest.domid = batch->otherend,
		.dest.offset = gref_offset,
		.len = len,
		.flags = GNTCOPY_source_gref | GNTCOPY_dest_gref,
		/* What stands there if the hypercall never gets to it. */
		.status = GNTST_general_error,
	};
	batch->errs[i] = err;
}
EXPORT_SYMBOL_GPL(xgh_copy_gref_to_gref);

/**
 * xgh_copy_probe() - collect the question whether a grant could be read
 * @batch: the batch; it has room
 * @gref: the grant
 * @err: as for xgh_copy_from_gref()
 *
 * A copy of one byte that nobody looks at: the hypervisor has the grant's frame
 * fetched if it is paged out, but unlike a map nobody sleeps for it. A copy of
 * no bytes would not do: Xen 4.19 and later look at none of its frames.
 *
 * Context: Any; owner of the batch.
 */
void xgh_copy_probe(struct xgh_copy_batch *batch, grant_ref_t gref, int *err)
{
	const struct xgh_grant byte = {
		.gfn = xgh_grants_first(xgh_copy_scratch),
		.len = 1,
	};
	const struct xgh_copy_span span = { .gref = gref };

	xgh_copy_add(batch, &span, 0, &byte, false, err);
}
EXPORT_SYMBOL_GPL(xgh_copy_probe);

static void xgh_copy_issue(struct xgh_copy_batch *batch)
{
	if (HYPERVISOR_grant_table_op(GNTTABOP_copy, batch->ops, batch->nr))
		pr_err_ratelimited("xen-gnttab-helpers: grant copy refused\n");
	xgh_faults_copies(batch->ops, batch->nr);
	xgh_tally_add(batch->tally, batch->nr);
}

/**
 * xgh_copy_batch_once() - copy what was collected, without ever waiting
 * @batch: the batch; empty afterwards
 *
 * The error of an operation on a frame that is paged out is -EAGAIN, unless
 * another operation with the same error has failed for good. It is for its
 * owner to collect all that it wants again, see XGH_EAGAIN_TRIES. Whether
 * there is anything to look at it sees in @batch->failed. Nothing is called
 * for an empty batch.
 *
 * Context: Any but hard interrupt; owner of the batch.
 * Return: number of copies that failed for good.
 */
unsigned int xgh_copy_batch_once(struct xgh_copy_batch *batch)
{
	unsigned int nr = batch->nr;
	unsigned int failed = 0;
	unsigned int i;

	if (!nr)
		return 0;

	xgh_copy_issue(batch);
	batch->nr = 0;
	for (i = 0; i < nr; i++) {
		s16 status = batch->ops[i].status;
		int *err = batch->errs[i];

		if (status == GNTST_okay)
			continue;
		batch->failed = true;
		if (status == GNTST_eagain) {
			*err = *err ?: -EAGAIN;
			continue;
		}
		*err = xgh_status_to_errno(status);
		failed++;
	}
	return failed;
}
EXPORT_SYMBOL_GPL(xgh_copy_batch_once);

static void xgh_copy_defer(struct xgh_copy_batch *again,
			   const struct gnttab_copy *op, int *err)
{
	again->ops[again->nr] = *op;
	again->ops[again->nr].status = GNTST_general_error;
	again->errs[again->nr++] = err;
	if (!*err)
		*err = -EAGAIN;
}

/*
 * Operations that share their error with one that failed for good are not
 * tried again: their owner learns of the failure now and may free the page.
 */
static void xgh_copy_drop_failed(struct xgh_copy_batch *again)
{
	unsigned int kept = 0;
	unsigned int i;

	for (i = 0; i < again->nr; i++) {
		if (*again->errs[i] != -EAGAIN)
			continue;
		again->ops[kept] = again->ops[i];
		again->errs[kept++] = again->errs[i];
	}
	again->nr = kept;
}

/**
 * xgh_copy_batch_try() - copy what was collected, without ever waiting
 * @batch: the batch; empty afterwards
 * @again: takes operations on frames that are paged out, as many as it has
 *	   room for, to be tried again with xgh_copy_batch_retry()
 *
 * The error of an operation that is in @again is -EAGAIN; where another
 * operation with the same error has failed for good, that error stands and
 * none of them is in @again. Nothing is called for an empty batch.
 *
 * Context: Any but hard interrupt; owner of both batches.
 * Return: number of copies that failed for good.
 */
unsigned int xgh_copy_batch_try(struct xgh_copy_batch *batch,
				struct xgh_copy_batch *again)
{
	unsigned int nr = batch->nr;
	unsigned int failed = 0;
	unsigned int i;

	if (!nr)
		return 0;

	xgh_copy_issue(batch);
	batch->nr = 0;
	for (i = 0; i < nr; i++) {
		s16 status = batch->ops[i].status;

		if (status == GNTST_okay)
			continue;
		if (status == GNTST_eagain && again->nr < again->max) {
			xgh_copy_defer(again, &batch->ops[i], batch->errs[i]);
			continue;
		}
		*batch->errs[i] = xgh_status_to_errno(status);
		failed++;
	}
	if (failed)
		xgh_copy_drop_failed(again);
	return failed;
}
EXPORT_SYMBOL_GPL(xgh_copy_batch_try);

/**
 * xgh_copy_batch_retry() - try again what xgh_copy_batch_try() put aside
 * @again: what it put aside; keeps what has to be tried once more
 *
 * An operation whose error its owner has set to anything but -EAGAIN is given
 * up: it is dropped and not looked at again after the call. All others had
 * -EAGAIN, and have it again, 0 or what went wrong.
 *
 * Context: Any but hard interrupt; owner of the batch.
 * Return: number of copies that failed for good.
 */
unsigned int xgh_copy_batch_retry(struct xgh_copy_batch *again)
{
	unsigned int kept = 0;
	unsigned int i;

	for (i = 0; i < again->nr; i++) {
		if (*again->errs[i] && *again->errs[i] != -EAGAIN)
			continue;
		*again->errs[i] = 0;
		again->ops[kept] = again->ops[i];
		again->errs[kept++] = again->errs[i];
	}
	again->nr = kept;
	/* In place: what is deferred never overtakes what is looked at. */
	return xgh_copy_batch_try(again, again);
}
EXPORT_SYMBOL_GPL(xgh_copy_batch_retry);

/* Asks once; 0, -EAGAIN or what is wrong for good. */
static int xgh_copy_ask(struct xgh_copy_batch *batch, const grant_ref_t *grefs,
			unsigned int nr)
{
	int err = 0;

	while (nr--)
		xgh_copy_probe(batch, grefs[nr], &err);
	xgh_copy_batch_once(batch);
	return err;
}

/**
 * xgh_copy_await() - wait until grants can be mapped without a wait
 * @otherend: the domain that grants
 * @grefs: the grants
 * @nr: how many there are
 * @stop: set by whoever does not want to wait for this
 *
 * For rings, which xenbus maps: it would sleep for each frame that is paged
 * out, one after the other, and listen to nobody.
 *
 * Context: Process. May sleep, up to 33 s in all, and 256 ms when @stop is set.
 * Return: 0, also for a grant with which something else is wrong: that is for
 * the map to say; -ETIMEDOUT if a frame stays away; -ESHUTDOWN if @stop was
 * set; -ENOMEM.
 */
int xgh_copy_await(domid_t otherend, const grant_ref_t *grefs, unsigned int nr,
		   const bool *stop)
{
	struct xgh_copy_batch batch;
	unsigned int tries = 0;
	int err;

	err = xgh_copy_batch_init(&batch, otherend, nr);
	if (err)
		return err;
	while (!err && xgh_copy_ask(&batch, grefs, nr) == -EAGAIN) {
		if (READ_ONCE(*stop))
			err = -ESHUTDOWN;
		else if (++tries > XGH_EAGAIN_TRIES)
			err = -ETIMEDOUT;
		else
			msleep(tries);
	}
	xgh_copy_batch_free(&batch);
	return err;
}
EXPORT_SYMBOL_GPL(xgh_copy_await);
