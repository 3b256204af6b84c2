// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs the KUnit suites of the role machine as a host program, as TAP. */
#include <kunit/test.h>

struct kunit_suite *kunit_suites;

int main(void)
{
	struct kunit_suite *s;
	struct kunit_case *c;
	unsigned int n = 0, bad = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n");
	for (s = kunit_suites; s; s = s->next) {
		for (c = s->test_cases; c->run_case; c++) {
			struct kunit t = { .name = c->name };

			c->run_case(&t);
			bad += !!t.failed;
			printf("%sok %u - %s: %s\n", t.failed ? "not " : "", ++n, s->name, c->name);
		}
	}
	printf("1..%u\n", n);
	return bad ? 1 : 0;
}
