// SPDX-License-Identifier: GPL-2.0
/* common/gnttab-helpers/status.c: every status has one meaning. */
#include "framework.h"
#include "gnttab-helpers/status.h"
#include "xgh_internal.h"

static void okay_alone_is_success(struct kunit *test)
{
	int status;

	for (status = -32768; status <= 32767; status++) {
		int err = xgh_status_to_errno(status);

		if (status == GNTST_okay)
			KUNIT_EXPECT_EQ(test, err, 0);
		else
			KUNIT_EXPECT_TRUE(test, err < 0 && err >= -4095);
		/* Nothing stays undecided. */
		KUNIT_EXPECT_NE(test, err, -EAGAIN);
	}
}

static void known_statuses(struct kunit *test)
{
	static const struct {
		s16 status;
		int err;
	} rows[] = {
		{ GNTST_eagain, -ETIMEDOUT },
		{ GNTST_no_device_space, -ENOSPC },
		{ GNTST_bad_gntref, -EACCES },
		{ GNTST_bad_domain, -EACCES },
		{ GNTST_permission_denied, -EACCES },
		{ GNTST_general_error, -EIO },
		{ GNTST_bad_page, -EIO },
		{ GNTST_bad_copy_arg, -EIO },
		{ GNTST_address_too_big, -EIO },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		KUNIT_EXPECT_EQ(test, xgh_status_to_errno(rows[i].status),
				rows[i].err);
}

static struct kunit_case status_cases[] = {
	KUNIT_CASE(okay_alone_is_success),
	KUNIT_CASE(known_statuses),
	{}
};

static struct kunit_suite status_suite = {
	.name = "gnttab_helpers_status",
	.test_cases = status_cases,
};

kunit_test_suite(status_suite);
