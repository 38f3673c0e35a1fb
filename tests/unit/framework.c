// SPDX-License-Identifier: GPL-2.0
/* Runs suites and prints KTAP version 1. */
#include "framework.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/*
 * A case that hangs is killed; the rest of its program is lost with it. Seconds
 * of the CPU, so that nothing depends on what else the machine does.
 */
#define CASE_SECONDS	60

static void limit_seconds(unsigned int seconds)
{
	const struct itimerval limit = { .it_value.tv_sec = seconds };

	setitimer(ITIMER_PROF, &limit, NULL);
}

void kunit_note(struct kunit *test, const char *file, int line,
		const char *fmt, ...)
{
	const char *base = strrchr(file, '/');
	va_list ap;

	test->failed = true;
	printf("    # %s: EXPECTATION FAILED at %s:%d: ", test->name,
	       base ? base + 1 : file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

void kunit_abort(struct kunit *test)
{
	longjmp(test->abort, 1);
}

bool kunit_same_bytes(struct kunit *test, const void *a, const void *b,
		      size_t size, const char *file, int line)
{
	const unsigned char *l = a;
	const unsigned char *r = b;
	size_t i;

	for (i = 0; i < size; i++) {
		if (l[i] == r[i])
			continue;
		kunit_note(test, file, line,
			   "byte %zu of %zu differs: %#x and %#x", i, size,
			   l[i], r[i]);
		return false;
	}
	return true;
}

static void run_once(struct kunit_suite *suite, struct kunit_case *c,
		     struct kunit *test)
{
	limit_seconds(CASE_SECONDS);
	if (suite->init && suite->init(test))
		test->failed = true;
	else if (!setjmp(test->abort))
		c->run_case(test);
	if (suite->exit)
		suite->exit(test);
	limit_seconds(0);
}

static void run_params(struct kunit_suite *suite, struct kunit_case *c,
		       struct kunit *test)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = NULL;

	while ((param = c->generate_params(param, desc))) {
		bool before = test->failed;

		test->failed = false;
		test->param_value = param;
		run_once(suite, c, test);
		if (test->failed)
			printf("    # %s: not ok with: %s\n", c->name, desc);
		test->failed |= before;
	}
}

static bool run_case(struct kunit_suite *suite, struct kunit_case *c, int nr)
{
	struct kunit test = { .name = c->name };

	if (c->generate_params)
		run_params(suite, c, &test);
	else
		run_once(suite, c, &test);

	printf("    %sok %d %s", test.failed ? "not " : "", nr, c->name);
	if (test.skip)
		printf(" # SKIP %s", test.skip);
	printf("\n");
	return !test.failed;
}

static int run_suite(struct kunit_suite *suite, int nr)
{
	struct kunit_case *c;
	int failed = 0;
	int cases = 0;

	for (c = suite->test_cases; c->run_case; c++)
		cases++;
	printf("    KTAP version 1\n    # Subtest: %s\n    1..%d\n",
	       suite->name, cases);

	cases = 0;
	for (c = suite->test_cases; c->run_case; c++)
		failed += !run_case(suite, c, ++cases);

	printf("%sok %d %s\n", failed ? "not " : "", nr, suite->name);
	return failed;
}

int kunit_run(struct kunit_suite *const *suites)
{
	int failed = 0;
	int nr = 0;

	/* What a sanitizer or the limit cuts off has been seen up to there. */
	setvbuf(stdout, NULL, _IONBF, 0);
	while (suites[nr])
		nr++;
	printf("KTAP version 1\n1..%d\n", nr);
	for (nr = 0; suites[nr]; nr++)
		failed += run_suite(suites[nr], nr + 1);
	return failed != 0;
}
