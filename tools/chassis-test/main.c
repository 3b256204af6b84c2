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
	tests_grant, tests_timer,  tests_out,	 tests_reset, tests_cause,
	tests_board, tests_window, tests_memory, tests_alone, tests_random,
};

/* What each register of slot 1 reads when its module has just got power. */
static int print_registers(void)
{
	u32 off;

	rig_new(0);
	rig_insert(1);
	for (off = 0; off < 0x100; off += 4)
		printf("%#05x %#010x\n", off, rd(1, off));
	return 0;
}

/*
 * With an argument: only the tests whose name contains it; --registers prints
 * the reset values instead, for check-documents.
 */
int main(int argc, char **argv)
{
	unsigned int count = 0, bad = 0, i;
	const struct test *t;

	if (argc > 1 && !strcmp(argv[1], "--registers"))
		return print_registers();

	setvbuf(stdout, NULL, _IOLBF, 0);
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
