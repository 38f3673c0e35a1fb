/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small dialect of KUnit for user space: the same names and the same KTAP
 * as the kernel's <kunit/test.h>, as far as the tests here use them.
 */
#ifndef XB_FRAMEWORK_H
#define XB_FRAMEWORK_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct kunit - one running test case
 */
struct kunit {
	/** @name: of the case */
	const char *name;
	/** @priv: for the suite's own use */
	void *priv;
	/** @param_value: parameter of this run, see KUNIT_CASE_PARAM() */
	const void *param_value;
	/** @failed: an expectation was not met */
	bool failed;
	/** @skip: why the case was skipped, or NULL */
	const char *skip;
	/** @abort: where a failed assertion goes */
	jmp_buf abort;
};

/**
 * struct kunit_case - a function and its name
 */
struct kunit_case {
	/** @run_case: the test */
	void (*run_case)(struct kunit *test);
	/** @name: printed */
	const char *name;
	/** @generate_params: next parameter after @prev, or NULL at the end */
	const void *(*generate_params)(const void *prev, char *desc);
};

/**
 * struct kunit_suite - cases with a common set-up
 */
struct kunit_suite {
	/** @name: printed */
	const char *name;
	/** @init: runs before each case; nonzero fails it */
	int (*init)(struct kunit *test);
	/** @exit: runs after each case, also after a failed one */
	void (*exit)(struct kunit *test);
	/** @test_cases: ends with an empty one */
	struct kunit_case *test_cases;
};

#define KUNIT_PARAM_DESC_SIZE	128

int kunit_run(struct kunit_suite *const *suites);
void kunit_note(struct kunit *test, const char *file, int line,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void kunit_abort(struct kunit *test) __attribute__((noreturn));
bool kunit_same_bytes(struct kunit *test, const void *a, const void *b,
		      size_t size, const char *file, int line);

#define KUNIT_CASE(fn)		{ .run_case = fn, .name = #fn }
#define KUNIT_CASE_PARAM(fn, gen) \
	{ .run_case = fn, .name = #fn, .generate_params = gen }

#define KUNIT_ARRAY_PARAM(id, array, get_desc) \
	static const void *id##_gen_params(const void *prev, char *desc) \
	{ \
		__typeof__(&(array)[0]) next = prev; \
		next = next ? next + 1 : (array); \
		if (next == (array) + sizeof(array) / sizeof((array)[0])) \
			return NULL; \
		get_desc(next, desc); \
		return next; \
	}

#define kunit_test_suite(suite) kunit_test_suites(&(suite))
#define kunit_test_suites(...) \
	int main(void) \
	{ \
		struct kunit_suite *const all[] = { __VA_ARGS__, NULL }; \
		return kunit_run(all); \
	}

#define kunit_skip(test, reason) \
	do { \
		(test)->skip = (reason); \
		kunit_abort(test); \
	} while (0)

#define KUNIT_FAIL(test, fmt, ...) \
	kunit_note(test, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

#define _KUNIT_END_EXPECT(test)	((void)(test))
#define _KUNIT_END_ASSERT(test)	kunit_abort(test)

#define _KUNIT_BINARY(end, test, left, op, right) \
	do { \
		__typeof__(left) _l = (left); \
		__typeof__(right) _r = (right); \
		if (!(_l op _r)) { \
			kunit_note(test, __FILE__, __LINE__, \
				   "%s %s %s, but %lld and %lld", #left, #op, \
				   #right, (long long)_l, (long long)_r); \
			end(test); \
		} \
	} while (0)

#define _KUNIT_PTR(end, test, left, op, right) \
	do { \
		const void *_l = (left); \
		const void *_r = (right); \
		if (!(_l op _r)) { \
			kunit_note(test, __FILE__, __LINE__, \
				   "%s %s %s, but %p and %p", #left, #op, \
				   #right, _l, _r); \
			end(test); \
		} \
	} while (0)

#define _KUNIT_BOOL(end, test, cond, want) \
	do { \
		if ((bool)(cond) != (want)) { \
			kunit_note(test, __FILE__, __LINE__, "%s is %s", \
				   #cond, (want) ? "false" : "true"); \
			end(test); \
		} \
	} while (0)

#define _KUNIT_MEM(end, test, left, right, size) \
	do { \
		if (!kunit_same_bytes(test, left, right, size, __FILE__, \
				      __LINE__)) \
			end(test); \
	} while (0)

#define KUNIT_EXPECT_TRUE(t, c)	 _KUNIT_BOOL(_KUNIT_END_EXPECT, t, c, true)
#define KUNIT_EXPECT_FALSE(t, c) _KUNIT_BOOL(_KUNIT_END_EXPECT, t, c, false)
#define KUNIT_EXPECT_EQ(t, l, r) _KUNIT_BINARY(_KUNIT_END_EXPECT, t, l, ==, r)
#define KUNIT_EXPECT_NE(t, l, r) _KUNIT_BINARY(_KUNIT_END_EXPECT, t, l, !=, r)
#define KUNIT_EXPECT_LT(t, l, r) _KUNIT_BINARY(_KUNIT_END_EXPECT, t, l, <, r)
#define KUNIT_EXPECT_LE(t, l, r) _KUNIT_BINARY(_KUNIT_END_EXPECT, t, l, <=, r)
#define KUNIT_EXPECT_GT(t, l, r) _KUNIT_BINARY(_KUNIT_END_EXPECT, t, l, >, r)
#define KUNIT_EXPECT_GE(t, l, r) _KUNIT_BINARY(_KUNIT_END_EXPECT, t, l, >=, r)
#define KUNIT_EXPECT_PTR_EQ(t, l, r) _KUNIT_PTR(_KUNIT_END_EXPECT, t, l, ==, r)
#define KUNIT_EXPECT_PTR_NE(t, l, r) _KUNIT_PTR(_KUNIT_END_EXPECT, t, l, !=, r)
#define KUNIT_EXPECT_NULL(t, p)	 _KUNIT_PTR(_KUNIT_END_EXPECT, t, p, ==, NULL)
#define KUNIT_EXPECT_NOT_NULL(t, p) \
	_KUNIT_PTR(_KUNIT_END_EXPECT, t, p, !=, NULL)
#define KUNIT_EXPECT_MEMEQ(t, l, r, n) \
	_KUNIT_MEM(_KUNIT_END_EXPECT, t, l, r, n)

#define KUNIT_ASSERT_TRUE(t, c)	 _KUNIT_BOOL(_KUNIT_END_ASSERT, t, c, true)
#define KUNIT_ASSERT_FALSE(t, c) _KUNIT_BOOL(_KUNIT_END_ASSERT, t, c, false)
#define KUNIT_ASSERT_EQ(t, l, r) _KUNIT_BINARY(_KUNIT_END_ASSERT, t, l, ==, r)
#define KUNIT_ASSERT_NE(t, l, r) _KUNIT_BINARY(_KUNIT_END_ASSERT, t, l, !=, r)
#define KUNIT_ASSERT_PTR_EQ(t, l, r) _KUNIT_PTR(_KUNIT_END_ASSERT, t, l, ==, r)
#define KUNIT_ASSERT_NOT_NULL(t, p) \
	_KUNIT_PTR(_KUNIT_END_ASSERT, t, p, !=, NULL)
#define KUNIT_ASSERT_MEMEQ(t, l, r, n) \
	_KUNIT_MEM(_KUNIT_END_ASSERT, t, l, r, n)

#endif /* XB_FRAMEWORK_H */
