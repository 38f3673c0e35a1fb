// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/grants.h and the splitting of copy.c, built for pages
 * of 4, 16 and 64 KiB: no piece leaves its frame, and each byte is in one.
 */
#include "prove.h"
#include "xgh_internal.h"

#include "common/gnttab-helpers/grants.h"
#include "common/gnttab-helpers/copy.c"

#define FRAMES		(PAGE_SIZE / XEN_PAGE_SIZE)

static struct page page;

/* Of a page that others follow in memory. */
static struct xgh_grants any_walk(void)
{
	struct xgh_grants walk = ANY(struct xgh_grants);

	page.pfn = ANY(u32);
	walk.page = &page;
	ASSUME(walk.offset <= U32_MAX - walk.left);
	return walk;
}

/* Where a byte lies that is so many behind the start of the page. */
static xen_pfn_t frame_of(u32 offset)
{
	return CUSTOM_GFN + page.pfn * FRAMES + offset / XEN_PAGE_SIZE;
}

/* One step of any walk: the bytes that come next, as many as the frame has. */
void proof_next(void)
{
	struct xgh_grants walk = any_walk(), old = walk;
	struct xgh_grant grant = ANY(struct xgh_grant), before = grant;

	if (!xgh_grants_next(&walk, &grant)) {
		PROVE(!old.left && !walk.left && walk.offset == old.offset);
		PROVE(grant.len == before.len && grant.gfn == before.gfn);
		return;
	}
	PROVE(grant.len && grant.offset + grant.len <= XEN_PAGE_SIZE);
	PROVE(grant.gfn == frame_of(old.offset));
	PROVE(grant.offset == old.offset % XEN_PAGE_SIZE);
	PROVE(walk.offset == old.offset + grant.len);
	PROVE(walk.left == old.left - grant.len && walk.left < old.left);
	PROVE(!walk.left || grant.offset + grant.len == XEN_PAGE_SIZE);
	PROVE(walk.page == old.page);
}

/* As many frames as lie between that of the first byte and that of the last. */
void proof_count(void)
{
	u32 offset = ANY(u32), len = ANY(u32);
	unsigned int frames;

	ASSUME(len <= U32_MAX - 2 * XEN_PAGE_SIZE);
	frames = xgh_grants_count(offset, len);
	if (!len) {
		PROVE(!frames);
		return;
	}
	PROVE(frames == ((u64)offset + len - 1) / XEN_PAGE_SIZE -
			offset / XEN_PAGE_SIZE + 1);
}

/* An operation of a span, which has so many bytes before it. */
static void prove_op(const struct xgh_copy_span *span, u16 otherend,
		     const struct gnttab_copy *op, unsigned int done,
		     bool to_gref)
{
	const struct gnttab_copy_ptr *local = to_gref ? &op->source : &op->dest;
	const struct gnttab_copy_ptr *remote = to_gref ? &op->dest :
							 &op->source;

	PROVE(op->len);
	PROVE(local->offset + op->len <= XEN_PAGE_SIZE);
	PROVE(remote->offset + op->len <= XEN_PAGE_SIZE);
	PROVE(local->domid == DOMID_SELF && remote->domid == otherend);
	PROVE(remote->u.ref == span->gref);
	PROVE(remote->offset == span->gref_offset + done);
	PROVE(local->u.gmfn == frame_of(span->offset + done));
	PROVE(local->offset == (span->offset + done) % XEN_PAGE_SIZE);
	PROVE(op->flags == (to_gref ? GNTCOPY_dest_gref : GNTCOPY_source_gref));
	PROVE(op->status != GNTST_okay);
}

/* Any span: at most two operations, behind each other, none beside it. */
void proof_split(void)
{
	struct xgh_copy_span span = ANY(struct xgh_copy_span);
	struct gnttab_copy ops[XGH_COPY_OPS_PER_SPAN];
	int *errs[XGH_COPY_OPS_PER_SPAN], err;
	struct xgh_copy_batch batch = {
		.otherend = ANY(u16),
		.max = ARRAY_SIZE(ops),
		.ops = ops,
		.errs = errs,
	};
	bool to_gref = ANY_BOOL();
	unsigned int done = 0, i;

	page.pfn = ANY(u32);
	span.page = &page;
	ASSUME(span.gref_offset + span.len <= XEN_PAGE_SIZE);
	ASSUME(span.offset <= U32_MAX - span.len);
	if (to_gref)
		xgh_copy_to_gref(&batch, &span, &err);
	else
		xgh_copy_from_gref(&batch, &span, &err);
	PROVE(batch.nr <= XGH_COPY_OPS_PER_SPAN);
	for (i = 0; i < XGH_COPY_OPS_PER_SPAN; i++) {
		if (i == batch.nr)
			break;
		prove_op(&span, batch.otherend, &ops[i], done, to_gref);
		PROVE(errs[i] == &err);
		done += ops[i].len;
	}
	PROVE(done == span.len);
}
