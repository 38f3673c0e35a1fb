// SPDX-License-Identifier: GPL-2.0
/*
 * gnttab-helpers/copy.c between grants and a compound page, of which a page
 * has one frame of 4 KiB or many.
 */
#include "gnttab-helpers/copy.h"
#include "loan.h"

/* Copy a grant from or to any offset of a compound page. */
static void copy_one(struct kunit *test, struct xgh_copy_batch *batch,
		     struct page *local, unsigned int offset, unsigned int i,
		     bool to_gref)
{
	struct loan *loan = test->priv;
	unsigned int done = 0;
	int err = 0;

	while (done < XEN_PAGE_SIZE) {
		unsigned int at = offset + done;
		struct xgh_copy_span span = {
			.gref = loan->gref[i],
			.gref_offset = done,
			.len = min_t(u32, XEN_PAGE_SIZE - done,
				     PAGE_SIZE - offset_in_page(at)),
			.offset = offset_in_page(at),
			.page = local + (at >> PAGE_SHIFT),
		};

		if (to_gref)
			xgh_copy_to_gref(batch, &span, &err);
		else
			xgh_copy_from_gref(batch, &span, &err);
		done += span.len;
	}
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(batch), 0);
	KUNIT_EXPECT_EQ(test, err, 0);
}

/* Every grant, one after the other, at an offset that fits no frame. */
static void copy_all(struct kunit *test, struct page *local,
		     unsigned int shift, bool to_gref)
{
	struct xgh_copy_batch batch;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, xgh_copy_batch_init(&batch, LOAN_DOMID, 8), 0);
	for (i = 0; i < LOAN_GRANTS; i++)
		copy_one(test, &batch, local, shift + i * XEN_PAGE_SIZE, i,
			 to_gref);
	xgh_copy_batch_free(&batch);
}

static struct page *copy_local(struct kunit *test)
{
	struct page *local = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_ZERO,
					 LOAN_ORDER + 1);

	KUNIT_ASSERT_NOT_NULL(test, local);
	return local;
}

static void copy_in(struct kunit *test, unsigned int shift)
{
	struct page *local = copy_local(test);
	char *seen = page_address(local);
	unsigned int i;

	copy_all(test, local, shift, false);
	for (i = 0; i < LOAN_GRANTS; i++)
		KUNIT_EXPECT_TRUE(test,
				  loan_is_filled(seen + shift +
						 i * XEN_PAGE_SIZE, i));
	KUNIT_EXPECT_NULL(test, memchr_inv(seen, 0, shift));
	KUNIT_EXPECT_NULL(test, memchr_inv(seen + shift + LOAN_BYTES, 0,
					   LOAN_BYTES - shift));
	__free_pages(local, LOAN_ORDER + 1);
}

static void copy_out(struct kunit *test, unsigned int shift)
{
	struct loan *loan = test->priv;
	struct page *local = copy_local(test);
	char *from = page_address(local);
	unsigned int i;

	for (i = 0; i < LOAN_GRANTS; i++)
		memset(from + shift + i * XEN_PAGE_SIZE, 0x80 + i,
		       XEN_PAGE_SIZE);
	copy_all(test, local, shift, true);
	for (i = 0; i < LOAN_GRANTS; i++)
		KUNIT_EXPECT_TRUE(test, loan_is_filled(loan_frame(loan, i),
						       0x80 + i - 1));
	__free_pages(local, LOAN_ORDER + 1);
}

static void frames_to_frames(struct kunit *test)
{
	copy_in(test, 0);
	copy_out(test, 0);
}

static void frames_to_any_offset(struct kunit *test)
{
	copy_in(test, 1000);
	copy_out(test, 1000);
	loan_fill(test->priv);
	copy_in(test, PAGE_SIZE - 1);
	copy_out(test, PAGE_SIZE - 1);
}

/* What lies beside the bytes that were asked for stays as it was. */
static void a_few_bytes_of_a_frame(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct page *local = copy_local(test);
	char *from = page_address(local);
	struct xgh_copy_batch batch;
	struct xgh_copy_span span = {
		.gref = loan->gref[LOAN_GRANTS - 1],
		.gref_offset = XEN_PAGE_SIZE - 10,
		.len = 10,
		.offset = PAGE_SIZE - 10,
		.page = local + 1,
	};
	char *to = loan_frame(loan, LOAN_GRANTS - 1);
	int err = 0;

	memset(from + 2 * PAGE_SIZE - 10, 0xee, 10);
	KUNIT_ASSERT_EQ(test, xgh_copy_batch_init(&batch, LOAN_DOMID, 2), 0);
	xgh_copy_to_gref(&batch, &span, &err);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 0);
	xgh_copy_batch_free(&batch);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(to, LOAN_GRANTS,
					   XEN_PAGE_SIZE - 10));
	KUNIT_EXPECT_NULL(test, memchr_inv(to + XEN_PAGE_SIZE - 10, 0xee, 10));
	__free_pages(local, LOAN_ORDER + 1);
}

static void a_grant_that_has_ended(struct kunit *test)
{
	struct loan *loan = test->priv;
	struct page *local = copy_local(test);
	struct xgh_copy_span span = {
		.gref = loan->gref[0],
		.len = XEN_PAGE_SIZE,
		.page = local,
	};
	struct xgh_copy_batch batch;
	int err = 0, good = 0;

	KUNIT_ASSERT_TRUE(test, loan_end(loan, 0));
	KUNIT_ASSERT_EQ(test, xgh_copy_batch_init(&batch, LOAN_DOMID, 8), 0);
	xgh_copy_from_gref(&batch, &span, &err);
	span.gref = loan->gref[1];
	xgh_copy_from_gref(&batch, &span, &good);
	KUNIT_EXPECT_EQ(test, xgh_copy_batch_once(&batch), 1);
	xgh_copy_batch_free(&batch);
	KUNIT_EXPECT_LT(test, err, 0);
	KUNIT_EXPECT_EQ(test, good, 0);
	KUNIT_EXPECT_TRUE(test, loan_is_filled(page_address(local), 1));
	__free_pages(local, LOAN_ORDER + 1);
}

static struct kunit_case copy_cases[] = {
	KUNIT_CASE(frames_to_frames),
	KUNIT_CASE(frames_to_any_offset),
	KUNIT_CASE(a_few_bytes_of_a_frame),
	KUNIT_CASE(a_grant_that_has_ended),
	{}
};

struct kunit_suite copy_suite = {
	.name = "xen-gnttab-copy",
	.init = loan_init,
	.exit = loan_exit,
	.test_cases = copy_cases,
};
