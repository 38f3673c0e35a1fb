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
#define MAX_AGAIN	4

static struct xgh_copy_batch batch;
static struct xgh_copy_batch again;
static struct page *page;

static int copy_init(struct kunit *test)
{
	custom_reset();
	page = custom_alloc_page();
	if (xgh_copy_init())
		return -ENOMEM;
	if (xgh_copy_batch_init(&again, OTHEREND, MAX_AGAIN))
		return -ENOMEM;
	return xgh_copy_batch_init(&batch, OTHEREND, MAX_OPS);
}

static void copy_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, custom_xen.illegal, 0);
	xgh_copy_batch_free(&batch);
	xgh_copy_batch_free(&again);
	xgh_copy_exit();
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

static void tally_counts_calls_and_operations(struct kunit *test)
{
	struct xgh_tally tally = {};
	int err = 0;

	batch.tally = &tally;
	xgh_copy_batch_once(&batch);
	from(1, &err);
	from(2, &err);
	xgh_copy_batch_once(&batch);
	from(3, &err);
	xgh_copy_batch_once(&batch);
	KUNIT_EXPECT_EQ(test, tally.calls, custom_xen.calls);
	KUNIT_EXPECT_EQ(test, tally.calls, 2);
	KUNIT_EXPECT_EQ(test, tally.ops, 3);
}

static void from_gref_fields(struct kunit *test)
{
	struct xgh_copy_span s = span(55, 512, 1024, 2048);
	struct gnttab_copy *op = &custom_xen.copies[0];
	int err = 0;

	xgh_copy_from_gref(&batch, &s, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
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
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
	KUNIT_EXPECT_EQ(test, op->flags, GNTCOPY_dest_gref);
	KUNIT_EXPECT_EQ(test, op->dest.u.ref, 66);
	KUNIT_EXPECT_EQ(test, op->dest.domid, OTHEREND);
	KUNIT_EXPECT_EQ(test, op->source.domid, DOMID_SELF);
	KUNIT_EXPECT_EQ(test, op->source.u.gmfn, xen_page_to_gfn(page));
	KUNIT_EXPECT_EQ(test, op->len, 4096);
}

static void gref_to_gref_fields(struct kunit *test)
{
	struct xgh_copy_foreign f = { .gref = 77, .domid = 3, .offset = 1096 };
	struct gnttab_copy *op = &custom_xen.copies[0];
	int err = 0;

	xgh_copy_gref_to_gref(&batch, &f, 66, 96, 3000, &err);
	KUNIT_EXPECT_EQ(test, batch.ops[0].status, GNTST_general_error);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 1);
	KUNIT_EXPECT_EQ(test, op->flags,
			GNTCOPY_source_gref | GNTCOPY_dest_gref);
	KUNIT_EXPECT_EQ(test, op->source.u.ref, 77);
	KUNIT_EXPECT_EQ(test, op->source.domid, 3);
	KUNIT_EXPECT_EQ(test, op->source.offset, 1096);
	KUNIT_EXPECT_EQ(test, op->dest.u.ref, 66);
	KUNIT_EXPECT_EQ(test, op->dest.domid, OTHEREND);
	KUNIT_EXPECT_EQ(test, op->dest.offset, 96);
	KUNIT_EXPECT_EQ(test, op->len, 3000);
	KUNIT_EXPECT_EQ(test, err, 0);
}

static s16 revoked(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 77 ? GNTST_bad_gntref : GNTST_okay;
}

static void gref_to_gref_may_fail_alone(struct kunit *test)
{
	struct xgh_copy_foreign f = { .gref = 77, .domid = 3 };
	struct xgh_copy_span s = span(66, 0, 0, 4096);
	int foreign = 0, local = 0;

	custom_xen.status = revoked;
	xgh_copy_gref_to_gref(&batch, &f, 65, 0, 4096, &foreign);
	xgh_copy_to_gref(&batch, &s, &local);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 1);
	KUNIT_EXPECT_NE(test, foreign, 0);
	KUNIT_EXPECT_EQ(test, local, 0);
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
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
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
	xgh_copy_batch_once(&batch);
	KUNIT_EXPECT_TRUE(test, xgh_copy_batch_has_room(&batch));
}

static void many_spans_are_one_hypercall(struct kunit *test)
{
	int err = 0;
	int i;

	for (i = 0; i < 10; i++)
		from(i, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
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
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 3);
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
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 1);
	KUNIT_EXPECT_EQ(test, err, -EACCES);
	from(4, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
	KUNIT_EXPECT_EQ(test, err, -EACCES);
}

static void refused_hypercall_fails_them_all(struct kunit *test)
{
	int errs[3] = { 0 };
	int i;

	custom_xen.refuse = -38;
	for (i = 0; i < 3; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, errs[i], -EIO);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
}

/* ---- probes ----------------------------------------------------------- */

static s16 third_is_away(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 3 ? GNTST_eagain : GNTST_okay;
}

/* By a copy that the hypervisor does look at, to where it hurts nobody. */
static void probe_sees_what_is_away(struct kunit *test)
{
	int err[5] = {};
	u32 gref;

	custom_xen.status = third_is_away;
	for (gref = 1; gref < 5; gref++)
		xgh_copy_probe(&batch, gref, &err[gref]);
	xgh_copy_batch_once(&batch);
	for (gref = 1; gref < 5; gref++) {
		const struct gnttab_copy *op = &custom_xen.copies[gref - 1];

		KUNIT_EXPECT_EQ(test, err[gref], gref == 3 ? -EAGAIN : 0);
		KUNIT_EXPECT_EQ(test, op->len, 1);
		KUNIT_EXPECT_EQ(test, op->source.u.ref, gref);
		KUNIT_EXPECT_NE(test, op->dest.u.gmfn, xen_page_to_gfn(page));
	}
}

/* ---- rings that are about to be mapped --------------------------------- */

static const u32 ring_grefs[] = { 11, 12, 13 };
static bool ring_stop;

static s16 third_is_away_for_four(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 13 && call < 4 ? GNTST_eagain : GNTST_okay;
}

static s16 one_is_wrong_one_is_away(unsigned int call, unsigned int op,
				    u32 gref)
{
	return gref == 12 ? GNTST_bad_gntref : GNTST_eagain;
}

static s16 stopped_in_the_second_call(unsigned int call, unsigned int op,
				      u32 gref)
{
	ring_stop = call >= 1;
	return GNTST_eagain;
}

static s16 all_stay_away(unsigned int call, unsigned int op, u32 gref)
{
	return GNTST_eagain;
}

static int await(s16 (*status)(unsigned int call, unsigned int op, u32 gref))
{
	memset(&custom_xen, 0, sizeof(custom_xen));
	custom_log.slept_ms = 0;
	custom_xen.status = status;
	return xgh_copy_await(OTHEREND, ring_grefs, 3, &ring_stop);
}

static void await_is_one_call_each(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, await(NULL), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 3);
	KUNIT_EXPECT_EQ(test, custom_log.slept_ms, 0);
	KUNIT_EXPECT_EQ(test, await(third_is_away_for_four), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 5);
	KUNIT_EXPECT_EQ(test, custom_log.slept_ms, 1 + 2 + 3 + 4);
	/* What is wrong for good the map will find. */
	KUNIT_EXPECT_EQ(test, await(one_is_wrong_one_is_away), 0);
	KUNIT_EXPECT_EQ(test, custom_log.slept_ms, 0);
}

static void await_comes_to_an_end(struct kunit *test)
{
	/* All frames together take what one may take. */
	KUNIT_EXPECT_EQ(test, await(all_stay_away), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, custom_log.slept_ms,
			XGH_EAGAIN_TRIES * (XGH_EAGAIN_TRIES + 1) / 2);
	KUNIT_EXPECT_EQ(test, await(stopped_in_the_second_call), -ESHUTDOWN);
	KUNIT_EXPECT_EQ(test, custom_log.slept_ms, 1);
	ring_stop = false;
	custom_fail_alloc = 1;
	KUNIT_EXPECT_EQ(test, await(NULL), -ENOMEM);
}

/* ---- without sleeping ------------------------------------------------- */

static void try_of_nothing_calls_nobody(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 0);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
}

static const struct {
	s16 status;
	int err;
} outcomes[] = {
	{ GNTST_okay, 0 },
	{ GNTST_general_error, -EIO },
	{ GNTST_eagain, -EAGAIN },
	{ GNTST_bad_domain, -EACCES },
	{ GNTST_bad_gntref, -EACCES },
	{ GNTST_permission_denied, -EACCES },
	{ GNTST_no_device_space, -ENOSPC },
	{ GNTST_bad_page, -EIO },
	{ GNTST_bad_copy_arg, -EIO },
	{ GNTST_address_too_big, -EIO },
};

static s16 nth_outcome(unsigned int call, unsigned int op, u32 gref)
{
	return outcomes[gref].status;
}

static void each_status_has_its_outcome(struct kunit *test)
{
	int errs[ARRAY_SIZE(outcomes)] = { 0 };
	int i;

	custom_xen.status = nth_outcome;
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again),
			ARRAY_SIZE(outcomes) - 2);
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		KUNIT_EXPECT_EQ(test, errs[i], outcomes[i].err);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, ARRAY_SIZE(outcomes));
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
	KUNIT_ASSERT_EQ(test, again.nr, 1);
	KUNIT_EXPECT_EQ(test, again.ops[0].source.u.ref, 2);
	KUNIT_EXPECT_PTR_EQ(test, again.errs[0], &errs[2]);
}

static s16 all_away(unsigned int call, unsigned int op, u32 gref)
{
	return GNTST_eagain;
}

static void more_are_away_than_can_wait(struct kunit *test)
{
	int errs[MAX_AGAIN + 2] = { 0 };
	int i;

	custom_xen.status = all_away;
	for (i = 0; i < ARRAY_SIZE(errs); i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 2);
	KUNIT_EXPECT_EQ(test, again.nr, MAX_AGAIN);
	for (i = 0; i < ARRAY_SIZE(errs); i++)
		KUNIT_EXPECT_EQ(test, errs[i],
				i < MAX_AGAIN ? -EAGAIN : -ETIMEDOUT);

	/* There is no room for more either. */
	errs[4] = 0;
	from(4, &errs[4]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 1);
	KUNIT_EXPECT_EQ(test, errs[4], -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, again.nr, MAX_AGAIN);
}

static s16 odd_grefs_away_twice(unsigned int call, unsigned int op, u32 gref)
{
	return gref % 2 && call < 2 ? GNTST_eagain : GNTST_okay;
}

/* The grefs of the last call, as decimal digits. */
static u32 digits(unsigned int nr)
{
	unsigned int i;
	u32 all = 0;

	for (i = 0; i < nr; i++)
		all = all * 10 + custom_xen.copies[i].source.u.ref;
	return all;
}

static void those_put_aside_keep_their_order(struct kunit *test)
{
	int errs[10] = { 0 };
	int i;

	custom_xen.status = odd_grefs_away_twice;
	for (i = 1; i <= 4; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 0);
	KUNIT_EXPECT_EQ(test, digits(4), 1234);
	for (i = 5; i <= 8; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 0);
	KUNIT_EXPECT_EQ(test, digits(4), 5678);
	for (i = 1; i <= 8; i++)
		KUNIT_EXPECT_EQ(test, errs[i], i % 2 ? -EAGAIN : 0);

	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, digits(4), 1357);
	for (i = 1; i <= 8; i++)
		KUNIT_EXPECT_EQ(test, errs[i], 0);
	KUNIT_EXPECT_EQ(test, again.nr, 0);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
}

/* Others come back one by one, 3 last; 2 turns out to be bad. */
static s16 away_for_a_while(unsigned int call, unsigned int op, u32 gref)
{
	switch (gref) {
	case 2:
		return call < 2 ? GNTST_eagain : GNTST_bad_gntref;
	case 3:
		return call < 4 ? GNTST_eagain : GNTST_okay;
	default:
		return call < 1 ? GNTST_eagain : GNTST_okay;
	}
}

static void retry_keeps_what_is_still_away(struct kunit *test)
{
	int errs[5] = { 0 };
	int i;

	custom_xen.status = away_for_a_while;
	for (i = 1; i <= 4; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 0);

	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, digits(4), 1234);
	KUNIT_EXPECT_EQ(test, again.nr, 2);
	KUNIT_EXPECT_EQ(test, errs[1], 0);
	KUNIT_EXPECT_EQ(test, errs[2], -EAGAIN);
	KUNIT_EXPECT_EQ(test, errs[3], -EAGAIN);
	KUNIT_EXPECT_EQ(test, errs[4], 0);

	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 1);
	KUNIT_EXPECT_EQ(test, digits(2), 23);
	KUNIT_EXPECT_EQ(test, errs[2], -EACCES);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, errs[3], -EAGAIN);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, errs[3], 0);
	KUNIT_EXPECT_EQ(test, again.nr, 0);
	/* One hypercall each, and no pause: that is the owner's. */
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 5);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
}

/* As netback bounds it: after so many tries the owner has enough. */
static void owner_ends_the_tries(struct kunit *test)
{
	int away = 0, other = 0;
	unsigned int tries = 0;

	custom_xen.status = all_away;
	from(1, &away);
	from(2, &other);
	xgh_copy_batch_try(&batch, &again);
	while (again.nr) {
		if (++tries > 3)
			away = -ETIMEDOUT;
		if (tries > 5)
			other = -ECANCELED;
		KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
		KUNIT_EXPECT_EQ(test, again.nr, (tries <= 3) + (tries <= 5));
		/* Who was given up is out of it, and nobody else is. */
		if (again.nr)
			KUNIT_EXPECT_EQ(test, digits(again.nr),
					tries > 3 ? 2 : 12);
		KUNIT_EXPECT_EQ(test, away, tries > 3 ? -ETIMEDOUT : -EAGAIN);
	}
	KUNIT_EXPECT_EQ(test, other, -ECANCELED);
	KUNIT_EXPECT_EQ(test, tries, 6);
	/* The last round had nothing left to ask for. */
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1 + 5);
	KUNIT_EXPECT_EQ(test, custom_xen.ops, 2 + 3 * 2 + 2);
}

static s16 even_away_odd_bad(unsigned int call, unsigned int op, u32 gref)
{
	return gref % 2 ? GNTST_bad_gntref : GNTST_eagain;
}

static void failed_for_good_is_not_away(struct kunit *test)
{
	int before = 0, after = 0;

	custom_xen.status = even_away_odd_bad;
	from(1, &before);
	from(2, &before);
	from(4, &after);
	from(3, &after);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 2);
	KUNIT_EXPECT_EQ(test, before, -EACCES);
	KUNIT_EXPECT_EQ(test, after, -EACCES);
	/* Their owners may free the pages now: nothing is kept. */
	KUNIT_EXPECT_EQ(test, again.nr, 0);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, again.nr, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, before, -EACCES);
	KUNIT_EXPECT_EQ(test, after, -EACCES);
}

static s16 gref_4_away_once(unsigned int call, unsigned int op, u32 gref)
{
	return gref == 4 && call < 2 ? GNTST_eagain : GNTST_okay;
}

static void several_copies_share_an_error(struct kunit *test)
{
	int err = 0;

	custom_xen.status = all_away;
	from(2, &err);
	from(4, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 0);
	KUNIT_EXPECT_EQ(test, again.nr, 2);
	/* The first is done, but not all of them are. */
	custom_xen.status = gref_4_away_once;
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_EQ(test, again.nr, 1);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 0);
	KUNIT_EXPECT_EQ(test, digits(1), 4);
	KUNIT_EXPECT_EQ(test, err, 0);
}

static void refused_try_puts_nothing_aside(struct kunit *test)
{
	int errs[3] = { 0 };
	int i;

	/* What an earlier call has left in an operation counts for nothing. */
	custom_xen.status = all_away;
	from(0, &errs[0]);
	xgh_copy_batch_try(&batch, &again);
	KUNIT_EXPECT_EQ(test, again.nr, 1);

	custom_xen.refuse = -38;
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_retry(&again), 1);
	KUNIT_EXPECT_EQ(test, errs[0], -EIO);
	KUNIT_EXPECT_EQ(test, again.nr, 0);
	for (i = 0; i < 3; i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_try(&batch, &again), 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, errs[i], -EIO);
	KUNIT_EXPECT_EQ(test, again.nr, 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 3);
	KUNIT_EXPECT_EQ(test, custom_log.messages, 2);
}

/* ---- tried once, by requests that come again by themselves ------------- */

static void once_of_nothing_calls_nobody(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 0);
}

static void once_has_every_outcome(struct kunit *test)
{
	int errs[ARRAY_SIZE(outcomes)] = { 0 };
	int i;

	custom_xen.status = nth_outcome;
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		from(i, &errs[i]);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch),
			ARRAY_SIZE(outcomes) - 2);
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		KUNIT_EXPECT_EQ(test, errs[i], outcomes[i].err);
	KUNIT_EXPECT_EQ(test, custom_xen.calls, 1);
	KUNIT_EXPECT_EQ(test, custom_log.sleeps, 0);
	KUNIT_EXPECT_EQ(test, batch.nr, 0);
}

/* Whoever has collected many need not look at each. */
static void once_tells_that_something_failed(struct kunit *test)
{
	int err = 0;

	KUNIT_EXPECT_FALSE(test, batch.failed);
	from(1, &err);
	xgh_copy_batch_once(&batch);
	KUNIT_EXPECT_FALSE(test, batch.failed);

	custom_xen.status = all_away;
	from(1, &err);
	xgh_copy_batch_once(&batch);
	KUNIT_EXPECT_TRUE(test, batch.failed);
	/* It stays so until somebody has looked. */
	custom_xen.status = NULL;
	from(1, &err);
	xgh_copy_batch_once(&batch);
	KUNIT_EXPECT_TRUE(test, batch.failed);

	batch.failed = false;
	custom_xen.refuse = -38;
	from(1, &err);
	xgh_copy_batch_once(&batch);
	KUNIT_EXPECT_TRUE(test, batch.failed);
}

static s16 by_gref(unsigned int call, unsigned int op, u32 gref)
{
	static const s16 all[] = { GNTST_okay, GNTST_eagain, GNTST_bad_page };

	return all[gref];
}

/* To come again is of no use to a request of which something has failed. */
static void once_final_error_wins(struct kunit *test)
{
	static const u32 orders[][3] = {
		{ 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 1 },
	};
	int i, j;

	custom_xen.status = by_gref;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		int err = 0;

		for (j = 0; j < 3; j++)
			from(orders[i][j], &err);
		KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 1);
		KUNIT_EXPECT_EQ(test, err, -EIO);
	}
}

static void once_refused_is_final(struct kunit *test)
{
	int err = 0;

	custom_xen.refuse = -38;
	from(1, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 1);
	KUNIT_EXPECT_EQ(test, err, -EIO);
}

static struct kunit_case copy_cases[] = {
	KUNIT_CASE(init_fails_cleanly_without_memory),
	KUNIT_CASE(tally_counts_calls_and_operations),
	KUNIT_CASE(from_gref_fields),
	KUNIT_CASE(to_gref_fields),
	KUNIT_CASE(gref_to_gref_fields),
	KUNIT_CASE(gref_to_gref_may_fail_alone),
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
	KUNIT_CASE(probe_sees_what_is_away),
	KUNIT_CASE(await_is_one_call_each),
	KUNIT_CASE(await_comes_to_an_end),
	KUNIT_CASE(try_of_nothing_calls_nobody),
	KUNIT_CASE(each_status_has_its_outcome),
	KUNIT_CASE(more_are_away_than_can_wait),
	KUNIT_CASE(those_put_aside_keep_their_order),
	KUNIT_CASE(retry_keeps_what_is_still_away),
	KUNIT_CASE(owner_ends_the_tries),
	KUNIT_CASE(failed_for_good_is_not_away),
	KUNIT_CASE(several_copies_share_an_error),
	KUNIT_CASE(refused_try_puts_nothing_aside),
	KUNIT_CASE(once_of_nothing_calls_nobody),
	KUNIT_CASE(once_has_every_outcome),
	KUNIT_CASE(once_tells_that_something_failed),
	KUNIT_CASE(once_final_error_wins),
	KUNIT_CASE(once_refused_is_final),
	{}
};

static struct kunit_suite copy_suite = {
	.name = "gnttab_helpers_copy" XB_VARIANT,
	.init = copy_init,
	.exit = copy_exit,
	.test_cases = copy_cases,
};

kunit_test_suite(copy_suite);
