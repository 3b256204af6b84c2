// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the chassis model's unit tests and prints TAP. */
#include <stdio.h>
#include <string.h>

#include "../include/compiler.h"
#include "rig.h"

static bool failed;

void check_failed(const char *file, int line, const char *what)
{
	printf("# %s:%d: %s is not so\n", file, line, what);
	failed = true;
}

void check_equal(const char *file, int line, const char *what, u64 got, u64 want)
{
	if (got == want)
		return;
	printf("# %s:%d: %s is %#llx, not %#llx\n", file, line, what, got, want);
	failed = true;
}

static const struct test *const suites[] = {
	tests_grant,
	tests_timer,
	tests_out,
	tests_reset,
	tests_cause,
	tests_board,
	tests_window,
	tests_memory,
	tests_random,
};

/* With an argument: only the tests whose name contains it. */
int main(int argc, char **argv)
{
	unsigned int count = 0, bad = 0, i;
	const struct test *t;

	for (i = 0; i < ARRAY_SIZE(suites); i++) {
		for (t = suites[i]; t->name; t++) {
			if (argc > 1 && !strstr(t->name, argv[1]))
				continue;
			failed = false;
			t->run();
			printf("%sok %u - %s\n", failed ? "not " : "", ++count, t->name);
			bad += failed;
		}
	}
	printf("1..%u\n", count);
	return bad || !count;
}
