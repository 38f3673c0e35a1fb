// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/copy.c: whatever the spans, every operation is legal,
 * all bytes of a span are copied once, and each status reaches its owner.
 *
 * An input: for each span gref (4 bytes, little-endian), offset in the grant,
 * length, offset in the page (2 each) and what the hypervisor will answer (1).
 */
#include "fuzz.h"
#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/status.h"
#include "xgh_internal.h"

#define SPANS		24
#define OTHEREND	3

static const s16 answers[] = {
	GNTST_okay, GNTST_okay, GNTST_eagain, GNTST_bad_gntref,
	GNTST_no_device_space, GNTST_general_error, GNTST_bad_page,
	GNTST_permission_denied,
};

struct one {
	struct xgh_copy_span span;
	bool to_gref;
	s16 answer;
	int err;
	unsigned int nr_ops;
};

static struct one ones[SPANS];
static unsigned int owners[SPANS * XGH_COPY_OPS_PER_SPAN];

static s16 answer(unsigned int call, unsigned int op, u32 gref)
{
	return ones[owners[op]].answer;
}

static void take_one(struct fuzz_input *in, struct one *one, struct page *page)
{
	u8 flags;

	one->span.gref = fuzz_u32(in);
	one->span.gref_offset = fuzz_u16(in) % XEN_PAGE_SIZE;
	one->span.len = 1 + fuzz_u16(in) %
			(XEN_PAGE_SIZE - one->span.gref_offset);
	one->span.offset = fuzz_u16(in) % PAGE_SIZE;
	one->span.len = min_t(u32, one->span.len, PAGE_SIZE - one->span.offset);
	one->span.page = page;
	flags = fuzz_u8(in);
	one->answer = answers[flags % ARRAY_SIZE(answers)];
	one->to_gref = flags & 0x80;
	one->err = 0;
}

static void collect(struct xgh_copy_batch *batch, unsigned int i)
{
	struct one *one = &ones[i];
	unsigned int first = batch->nr;
	unsigned int op, bytes = 0;

	FUZZ_ASSERT(xgh_copy_batch_has_room(batch));
	if (one->to_gref)
		xgh_copy_to_gref(batch, &one->span, &one->err);
	else
		xgh_copy_from_gref(batch, &one->span, &one->err);
	one->nr_ops = batch->nr - first;
	FUZZ_ASSERT(one->nr_ops && one->nr_ops <= XGH_COPY_OPS_PER_SPAN);
	for (op = first; op < batch->nr; op++) {
		const struct gnttab_copy *copy = &batch->ops[op];
		const struct gnttab_copy_ptr *remote =
			one->to_gref ? &copy->dest : &copy->source;

		owners[op] = i;
		FUZZ_ASSERT(remote->u.ref == one->span.gref);
		FUZZ_ASSERT(remote->offset == one->span.gref_offset + bytes);
		bytes += copy->len;
	}
	FUZZ_ASSERT(bytes == one->span.len);
}

static void judge(const struct one *one)
{
	if (one->answer == GNTST_eagain)
		FUZZ_ASSERT(one->err == -EAGAIN);
	else
		FUZZ_ASSERT(one->err == xgh_status_to_errno(one->answer));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fuzz_input in = { .data = data, .left = size };
	struct page *page = custom_alloc_page();
	struct xgh_copy_batch batch;
	unsigned int nr = 0;
	unsigned int i;

	FUZZ_ASSERT(!xgh_copy_batch_init(&batch, OTHEREND,
					 SPANS * XGH_COPY_OPS_PER_SPAN));
	while (in.left && nr < SPANS) {
		take_one(&in, &ones[nr], page);
		collect(&batch, nr++);
	}
	custom_xen.status = answer;
	xgh_copy_batch_once(&batch);
	FUZZ_ASSERT(!batch.nr && !custom_xen.illegal);
	FUZZ_ASSERT(custom_xen.calls == (nr != 0));
	for (i = 0; i < nr; i++)
		judge(&ones[i]);
	xgh_copy_batch_free(&batch);
	custom_free_page(page);
	custom_reset();
	return 0;
}
