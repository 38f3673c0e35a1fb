// SPDX-License-Identifier: GPL-2.0
/* blkback/limits/ioprio.c: priorities as words. */
#include "framework.h"
#include "limits/ioprio.h"
#include "xbb_internal.h"

static void ioprio_has_these_words(struct kunit *test)
{
	static const struct {
		const char *text;
		u16 ioprio;
	} words[] = {
		{ "none", 0 },
		{ "rt/0", 1 << 13 },
		{ "rt/7", 1 << 13 | 7 },
		{ "be/0", 2 << 13 },
		{ "be/4", 2 << 13 | 4 },
		{ "be/7", 2 << 13 | 7 },
		{ "idle", 3 << 13 },
	};
	char text[16];
	u16 ioprio;
	int i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		const char *want = words[i].text;

		ioprio = 0xffff;
		KUNIT_EXPECT_EQ(test, xbb_ioprio_parse(want, &ioprio), 0);
		KUNIT_EXPECT_EQ(test, ioprio, words[i].ioprio);
		KUNIT_EXPECT_EQ(test, 4, xbb_ioprio_print(text, sizeof(text),
							  ioprio));
		KUNIT_EXPECT_EQ(test, strcmp(text, want), 0);
	}
}

static void ioprio_has_no_others(struct kunit *test)
{
	static const char *const words[] = {
		"", "n", "non", "none ", "nonet", "rt", "rt/", "rt/8", "rt/-1",
		"rt//", "rt/ 1", "rt/10", "be", "be/8", "be/4x", "be/:", "be4",
		"idle/0", "idlest", "RT/1", " rt/1", "0", "8192",
	};
	u16 ioprio = 0xffff;
	int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				xbb_ioprio_parse(words[i], &ioprio));
	KUNIT_EXPECT_EQ(test, ioprio, 0xffff);
}

static struct kunit_case ioprio_cases[] = {
	KUNIT_CASE(ioprio_has_these_words),
	KUNIT_CASE(ioprio_has_no_others),
	{}
};

static struct kunit_suite ioprio_suite = {
	.name = "blkback_ioprio",
	.test_cases = ioprio_cases,
};

kunit_test_suite(ioprio_suite);
