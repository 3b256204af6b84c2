/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of KUnit as kernel/kunit/ uses of it for pure parts, so that the
 * same tests run as a host program, also under the sanitizers.
 */
#ifndef ROLE_TEST_KUNIT_TEST_H
#define ROLE_TEST_KUNIT_TEST_H

#include <stdio.h>
#include <string.h>
#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct kunit {
	const char *name;
	unsigned int failed;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
	struct kunit_suite *next;
};

extern struct kunit_suite *kunit_suites;

#define KUNIT_CASE(fn)                      \
	{                                   \
		.run_case = fn, .name = #fn \
	}

#define KUNIT_FAIL(test, ...)                            \
	do {                                             \
		printf("# %s:%d: ", __FILE__, __LINE__); \
		printf(__VA_ARGS__);                     \
		printf("\n");                            \
		(test)->failed++;                        \
	} while (0)

#define KUNIT_EXPECT_(test, a, op, b)                                                           \
	do {                                                                                    \
		typeof(a) left_ = (a);                                                          \
		typeof(b) right_ = (b);                                                         \
		if (!(left_ op right_))                                                         \
			KUNIT_FAIL(test, "%s %s %s: %lld, %lld", #a, #op, #b, (long long)left_, \
				   (long long)right_);                                          \
	} while (0)

#define KUNIT_EXPECT_EQ(test, a, b) KUNIT_EXPECT_(test, a, ==, b)
#define KUNIT_EXPECT_NE(test, a, b) KUNIT_EXPECT_(test, a, !=, b)
#define KUNIT_EXPECT_GT(test, a, b) KUNIT_EXPECT_(test, a, >, b)
#define KUNIT_EXPECT_LT(test, a, b) KUNIT_EXPECT_(test, a, <, b)
#define KUNIT_EXPECT_LE(test, a, b) KUNIT_EXPECT_(test, a, <=, b)
#define KUNIT_EXPECT_TRUE(test, a)  KUNIT_EXPECT_(test, !!(a), ==, 1)
#define KUNIT_EXPECT_FALSE(test, a) KUNIT_EXPECT_(test, !!(a), ==, 0)
#define KUNIT_EXPECT_STREQ(test, a, b)                                            \
	do {                                                                      \
		const char *left_ = (a), *right_ = (b);                           \
		if (strcmp(left_, right_))                                        \
			KUNIT_FAIL(test, "\"%s\", wanted \"%s\"", left_, right_); \
	} while (0)

#define kunit_test_suites(suite)                                       \
	static void __attribute__((constructor)) kunit_register_(void) \
	{                                                              \
		struct kunit_suite *s = suite;                         \
		s->next = kunit_suites;                                \
		kunit_suites = s;                                      \
	}                                                              \
	struct kunit_suite

#endif /* ROLE_TEST_KUNIT_TEST_H */
