// SPDX-License-Identifier: GPL-2.0
/*
 * common/gnttab-helpers/copy.c: operations are legal for the hypervisor, and
 * every status reaches the request that it belongs to. Built for Linux pages
 * of 4 and of 64 KiB.
 */
#include "framework.h"
#include "gnttab-helpers/copy.h"
#include "gnttab-helpers/status.h"
#include "xgh_internal.h"

#define OTHEREND	7
#define MAX_OPS		16

static struct xgh_copy_batch batch;
static struct page *page;

static int copy_init(struct kunit *test)
{
	custom_reset();
	page = custom_alloc_page();
	return xgh_copy_batch_init(&batch, OTHEREND, MAX_OPS);
}

static void copy_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	xgh_copy_batch_free(&batch);
	custom_free_page(page);
	custom_reset();
}

static struct xgh_copy_span span(u32 gref, u16 gref_offset, u32 offset, u16 len)
{
	return (struct xgh_copy_span){
		.gref = gref,
		.gref_offset = gref_offset,
		.len = len,
		.offset = offset,
		.page = page,
	};
}

static void from(u32 gref, int *err)
{
	struct xgh_copy_span s = span(gref, 0, 0, 4096);

	xgh_copy_from_gref(&batch, &s, err);
}

/* ---- building --------------------------------------------------------- */

static void init_fails_cleanly_without_memory(struct kunit *test)
{
	struct xgh_copy_batch b;
	int nth;

	for (nth = 1; nth <= 2; nth++) {
		custom_fail_alloc = nth;
		KUNIT_EXPECT_EQ(test, xgh_copy_batch_init(&b, OTHEREND, 4),
				-ENOMEM);
		KUNIT_EXPECT_NULL(test, b.ops);
		KUNIT_EXPECT_NULL(test, b.errs);
		xgh_copy_batch_free(&b);
	}
}

static void flush_of_nothing_calls_nobody(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
}

static void from_gref_fields(struct kunit *test)
{
	struct xgh_copy_span s = span(55, 512, 1024, 2048);
	struct gnttab_copy *op = &custom_xen.copies[0];
	int err = 0;

	xgh_copy_from_gref(&batch, &s, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 1);
	KUNIT_EXPECT_EQ(test, op->flags, GNTCOPY_source_gref);
	KUNIT_EXPECT_EQ(test, op->source.u.ref, 55);
	KUNIT_EXPECT_EQ(test, op->source.domid, OTHEREND);
	KUNIT_EXPECT_EQ(test, op->source.offset, 512);
	KUNIT_EXPECT_EQ(test, op->dest.domid, DOMID_SELF);
	KUNIT_EXPECT_EQ(test, op->dest.u.gmfn, xen_page_to_gfn(page));
	KUNIT_EXPECT_EQ(test, op->dest.offset, 1024);
	KUNIT_EXPECT_EQ(test, op->len, 2048);
	KUNIT_EXPECT_EQ(test, err, 0);
}

static void to_gref_fields(struct kunit *test)
{
	struct xgh_copy_span s = span(66, 0, 0, 4096);
	struct gnttab_copy *op = &custom_xen.copies[0];
	int err = 0;

	xgh_copy_to_gref(&batch, &s, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	KUNIT_EXPECT_EQ(test, op->flags, GNTCOPY_dest_gref);
	KUNIT_EXPECT_EQ(test, op->dest.u.ref, 66);
	KUNIT_EXPECT_EQ(test, op->dest.domid, OTHEREND);
	KUNIT_EXPECT_EQ(test, op->source.domid, DOMID_SELF);
	KUNIT_EXPECT_EQ(test, op->source.u.gmfn, xen_page_to_gfn(page));
	KUNIT_EXPECT_EQ(test, op->len, 4096);
}

/* Against a naive reference: a byte at a time, joined where they adjoin. */
static void check_split(struct kunit *test, u32 gref_offset, u32 offset,
			u32 len)
{
	struct xgh_copy_span s = span(1, gref_offset, offset, len);
	u32 done = 0, i;
	int err = 0;

	memset(&custom_xen, 0, sizeof(custom_xen));
	xgh_copy_from_gref(&batch, &s, &err);
	KUNIT_ASSERT_TRUE(test, batch.nr <= XGH_COPY_OPS_PER_SPAN);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	for (i = 0; i < custom_xen.ops; i++) {
		struct gnttab_copy *op = &custom_xen.copies[i];
		u32 at = offset + done;

		KUNIT_EXPECT_EQ(test, op->source.offset, gref_offset + done);
		KUNIT_EXPECT_EQ(test, op->dest.offset, at % 4096);
		KUNIT_EXPECT_EQ(test, op->dest.u.gmfn,
				xen_page_to_gfn(page) + at / 4096);
		done += op->len;
		KUNIT_EXPECT_TRUE(test, done == len ||
				  (offset + done) % 4096 == 0);
	}
	KUNIT_EXPECT_EQ(test, done, len);
}

static void splits_at_4k_boundaries(struct kunit *test)
{
	static const u32 offsets[] = { 0, 1, 511, 512, 4095 };
	static const u32 lens[] = { 1, 2, 511, 512, 513, 2048, 4095, 4096 };
	u32 frame, o, g, l;

	for (frame = 0; frame < XEN_PFN_PER_PAGE; frame++)
		for (o = 0; o < ARRAY_SIZE(offsets); o++)
			for (g = 0; g < ARRAY_SIZE(offsets); g++)
				for (l = 0; l < ARRAY_SIZE(lens); l++) {
					u32 at = frame * 4096 + offsets[o];

					if (at + lens[l] > PAGE_SIZE ||
					    offsets[g] + lens[l] > 4096)
						continue;
					check_split(test, offsets[g], at,
						    lens[l]);
				}
}

#if PAGE_SHIFT > XEN_PAGE_SHIFT
static void straddling_two_frames_is_two_operations(struct kunit *test)
{
	check_split(test, 0, 4096 - 512, 4096);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 2);
	KUNIT_EXPECT_EQ(test, custom_xen.copies[0].len, 512);
	KUNIT_EXPECT_EQ(test, custom_xen.copies[1].len, 4096 - 512);
}
#endif

static void empty_span_is_no_operation(struct kunit *test)
{
	struct xgh_copy_span s = span(1, 0, 0, 0);
	int err = 0;

	xgh_copy_from_gref(&batch, &s, &err);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
}

static void room_is_for_the_worst_split(struct kunit *test)
{
	int err = 0;

	while (xgh_copy_batch_has_room(&batch))
		from(1, &err);
	KUNIT_EXPECT_LE(test, batch.nr, MAX_OPS);
	KUNIT_EXPECT_GT(test, batch.nr + XGH_COPY_OPS_PER_SPAN, MAX_OPS);
	xgh_copy_batch_flush(&batch);
	KUNIT_EXPECT_TRUE(test, xgh_copy_batch_has_room(&batch));
}

static void many_spans_are_one_hypercall(struct kunit *test)
{
	int err = 0;
	int i;

	for (i = 0; i < 10; i++)
		from(i, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 10);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
}

/* ---- statuses --------------------------------------------------------- */

static s16 odd_grefs_fail(unsigned int call, unsigned int op, u32 gref)
{
	return gref % 2 ? GNTST_bad_gntref : GNTST_okay;
}

static void each_status_reaches_its_request(struct kunit *test)
{
	int errs[6] = { 0 };
	int i;

	custom_xen.status = odd_grefs_fail;
	for (i = 0; i < 6; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 3);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, errs[i], i % 2 ? -EACCES : 0);
}

static void success_does_not_clear_an_error(struct kunit *test)
{
	int err = 0;

	/* The same request: an error first, successes after it (XSA-365). */
	custom_xen.status = odd_grefs_fail;
	from(1, &err);
	from(2, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 1);
	KUNIT_EXPECT_EQ(test, err, -EACCES);
	from(4, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	KUNIT_EXPECT_EQ(test, err, -EACCES);
}

static void refused_hypercall_fails_them_all(struct kunit *test)
{
	int errs[3] = { 0 };
	int i;

	custom_xen.refuse = -38;
	for (i = 0; i < 3; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, errs[i], -EIO);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
}

/* ---- eagain ----------------------------------------------------------- */

static s16 gref_3_is_away_3_times(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 3 && call < 3 ? GNTST_eagain : GNTST_okay;
}

static void eagain_is_tried_again_alone(struct kunit *test)
{
	int errs[6] = { 0 };
	int i;

	custom_xen.status = gref_3_is_away_3_times;
	for (i = 0; i < 6; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 0);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, errs[i], 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 4);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 6 + 3);
	/* The pauses grow: 1 + 2 + 3 ms. */
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 3);
	KUNIT_EXPECT_EQ(test, custom_log.slept_ms, 6);
}

static s16 some_stay_away(unsigned int call, unsigned int op, u32 gref)
{
	switch (gref) {
	case 2:
	case 4:
		return GNTST_eagain;
	case 5:
		return call < 10 ? GNTST_eagain : GNTST_bad_gntref;
	default:
		return GNTST_okay;
	}
}

static void eagain_ends_in_a_definite_status(struct kunit *test)
{
	static const int want[] = { 0, 0, -ETIMEDOUT, 0, -ETIMEDOUT, -EACCES };
	int errs[6] = { 0 };
	int i;

	custom_xen.status = some_stay_away;
	for (i = 0; i < 6; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_flush(&batch), 3);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, errs[i], want[i]);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, XGH_EAGAIN_TRIES);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, XGH_EAGAIN_TRIES + 1);
	KUNIT_EXPECT_TRUE(test, custom_log.slept_ms >= 32000 &&
			  custom_log.slept_ms <= 34000);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
}

static struct kunit_case copy_cases[] = {
	KUNIT_CASE(init_fails_cleanly_without_memory),
	KUNIT_CASE(flush_of_nothing_calls_nobody),
	KUNIT_CASE(from_gref_fields),
	KUNIT_CASE(to_gref_fields),
	KUNIT_CASE(splits_at_4k_boundaries),
#if PAGE_SHIFT > XEN_PAGE_SHIFT
	KUNIT_CASE(straddling_two_frames_is_two_operations),
#endif
	KUNIT_CASE(empty_span_is_no_operation),
	KUNIT_CASE(room_is_for_the_worst_split),
	KUNIT_CASE(many_spans_are_one_hypercall),
	KUNIT_CASE(each_status_reaches_its_request),
	KUNIT_CASE(success_does_not_clear_an_error),
	KUNIT_CASE(refused_hypercall_fails_them_all),
	KUNIT_CASE(eagain_is_tried_again_alone),
	KUNIT_CASE(eagain_ends_in_a_definite_status),
	{}
};

static struct kunit_suite copy_suite = {
	.name = "gnttab_helpers_copy" XB_VARIANT,
	.init = copy_init,
	.exit = copy_exit,
	.test_cases = copy_cases,
};

kunit_test_suite(copy_suite);
