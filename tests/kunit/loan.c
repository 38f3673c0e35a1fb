// SPDX-License-Identifier: GPL-2.0
/* Owns the memory that dom0 grants to itself, see loan.h. */
#include "loan.h"
#include "gnttab-helpers/grants.h"

static void loan_grant(struct kunit *test, struct loan *loan)
{
	struct xgh_grants walk = { .page = loan->pages, .left = LOAN_BYTES };
	struct xgh_grant grant;
	unsigned int i = 0;

	while (xgh_grants_next(&walk, &grant)) {
		int gref = gnttab_grant_foreign_access(LOAN_DOMID, grant.gfn,
						       0);

		KUNIT_ASSERT_GT(test, gref, 0);
		loan->gref[i++] = gref;
	}
}

/**
 * loan_init() - make a loan, the private data of the test
 * @test: the test
 *
 * Context: Process. May sleep.
 * Return: 0 or -ENOMEM.
 */
int loan_init(struct kunit *test)
{
	struct loan *loan = kzalloc(sizeof(*loan), GFP_KERNEL);

	if (!loan)
		return -ENOMEM;
	test->priv = loan;
	init_completion(&loan->done);
	xgh_pool_init(&loan->pool, XGH_POOL_MAP);
	loan->pool.limit = LOAN_GRANTS;
	loan->pages = alloc_pages(GFP_KERNEL | __GFP_COMP, LOAN_ORDER);
	loan->domain = xgh_domain_get(LOAN_DOMID);
	if (!loan->pages || !loan->domain ||
	    xgh_map_batch_init(&loan->maps, LOAN_DOMID, LOAN_GRANTS) ||
	    xgh_unmap_batch_init(&loan->unmaps, &loan->pool, LOAN_GRANTS))
		return -ENOMEM;
	loan_grant(test, loan);
	loan_fill(loan);
	return 0;
}

/**
 * loan_exit() - end the loan
 * @test: the test; none of its maps is left
 *
 * Xen refuses to end a grant that is mapped: its memory is then not freed.
 *
 * Context: Process. May sleep.
 */
void loan_exit(struct kunit *test)
{
	struct loan *loan = test->priv;
	unsigned int i, mapped = 0;

	if (!loan)
		return;
	for (i = 0; i < LOAN_GRANTS; i++)
		mapped += loan->gref[i] && !loan_end(loan, i);
	KUNIT_EXPECT_EQ(test, mapped, 0);
	if (loan->pages && !mapped)
		__free_pages(loan->pages, LOAN_ORDER);
	KUNIT_EXPECT_EQ(test, loan->pool.in_use, 0);
	xgh_pool_destroy(&loan->pool);
	xgh_map_batch_free(&loan->maps);
	xgh_unmap_batch_free(&loan->unmaps);
	if (loan->domain) {
		KUNIT_EXPECT_EQ(test, atomic_read(&loan->domain->waiting), 0);
		xgh_domain_put(loan->domain);
	}
	kfree(loan);
}

/**
 * loan_frame() - the memory behind a grant
 * @loan: the loan
 * @i: number of the grant
 *
 * Context: Any.
 * Return: the first of its 4096 bytes.
 */
void *loan_frame(struct loan *loan, unsigned int i)
{
	return page_address(loan->pages) + i * XEN_PAGE_SIZE;
}

/**
 * loan_fill() - write something else to each frame
 * @loan: the loan
 *
 * Context: Any.
 */
void loan_fill(struct loan *loan)
{
	unsigned int i;

	for (i = 0; i < LOAN_GRANTS; i++)
		memset(loan_frame(loan, i), i + 1, XEN_PAGE_SIZE);
}

/**
 * loan_is_filled() - does a frame hold what was written to one?
 * @frame: 4096 bytes
 * @i: number of the grant
 *
 * Context: Any.
 * Return: whether each byte is as loan_fill() has left it.
 */
bool loan_is_filled(const void *frame, unsigned int i)
{
	return !memchr_inv(frame, i + 1, XEN_PAGE_SIZE);
}

/**
 * loan_map() - map the first grants
 * @test: the test
 * @nr: how many
 *
 * Context: Process. May sleep.
 */
void loan_map(struct kunit *test, unsigned int nr)
{
	struct loan *loan = test->priv;
	unsigned int i;
	int err = 0;

	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_EQ(test, 0, xgh_pool_get(&loan->pool,
						      &loan->map[i].page));
		xgh_map_batch_add(&loan->maps, &loan->map[i], loan->gref[i],
				  false, &err);
	}
	KUNIT_ASSERT_EQ(test, xgh_map_batch_flush(&loan->maps), 0);
	KUNIT_ASSERT_EQ(test, err, 0);
}

/**
 * loan_unmap() - unmap a grant at once
 * @test: the test
 * @i: number of the grant, mapped
 *
 * Context: Process.
 */
void loan_unmap(struct kunit *test, unsigned int i)
{
	struct loan *loan = test->priv;

	xgh_unmap_batch_add(&loan->unmaps, &loan->map[i]);
	KUNIT_EXPECT_EQ(test, xgh_unmap_batch_flush(&loan->unmaps), 0);
}

/**
 * loan_end() - take a grant back
 * @loan: the loan
 * @i: number of the grant, not ended yet
 *
 * Context: Process.
 * Return: whether it was mapped no more; it has not ended otherwise.
 */
bool loan_end(struct loan *loan, unsigned int i)
{
	if (!gnttab_try_end_foreign_access(loan->gref[i]))
		return false;
	loan->gref[i] = 0;
	return true;
}
