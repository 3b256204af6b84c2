// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns `vchassis run`: a scenario is a list of commands, waits and
 * expectations, one a line, carried out until one is not met. The language is
 * described in Documentation/redund/vchassis-scenarios.rst.
 */
#include "client.h"
#include "clock.h"
#include "words.h"

#include <errno.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 128
#define MARKS_MAX 64
#define POLL_US	  20000
#define WITHIN_S  30.0
#define SLOW	  5.0 /* debug kernel */

struct mark {
	char name[32];
	size_t at; /* events before it */
};

static struct {
	json_t *events; /* of the trace, as far as read */
	long offset;
	struct mark mark[MARKS_MAX];
	int marks;
	char why[600];
} run;

/* ---- time ---------------------------------------------------------------- */

/* Simulated time has to be let pass; it is counted here as it is asked for. */
static bool simulated;
static u64 passed;

static void look_at_time(void)
{
	json_t *status = client_status();
	const char *kind = json_string_value(json_object_get(status, "time"));

	simulated = kind && !strcmp(kind, "virtual");
	json_decref(status);
}

static void begin_wait(void)
{
	look_at_time();
	passed = 0;
	clock_start();
}

static bool waited(double seconds)
{
	return (simulated ? passed : clock_us()) > seconds * 1e6;
}

static void let_pass(u64 us)
{
	char seconds[32], why[64], *args[] = { (char *)"pass", seconds };
	int patience = client_patience_ms;
	struct buffer out = { 0 };

	passed += us;
	if (!simulated) {
		clock_sleep(us);
		return;
	}
	snprintf(seconds, sizeof(seconds), "%llu.%06llu", us / 1000000, us % 1000000);
	client_patience_ms = -1;
	client_capture(2, args, &out, why, sizeof(why));
	client_patience_ms = patience;
	buffer_free(&out);
}

static __printf(1, 2) int fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(run.why, sizeof(run.why), fmt, ap);
	va_end(ap);
	return 1;
}

/* ---- words --------------------------------------------------------------- */

/* Takes "WORD VALUE" off the end of the words; NULL when it is not there. */
static const char *take_last(char **words, int *n, const char *word)
{
	if (*n < 2 || strcmp(words[*n - 2], word))
		return NULL;
	*n -= 2;
	return words[*n + 1];
}

static double take_within(char **words, int *n)
{
	const char *kernel = getenv("REDUND_KERNEL");
	const char *text = take_last(words, n, "within");

	return (text ? atof(text) : WITHIN_S) * (kernel && !strcmp(kernel, "debug") ? SLOW : 1);
}

/* ---- the trace ----------------------------------------------------------- */

static void read_trace(void)
{
	char path[PATH_MAX + 16], *line = NULL;
	size_t size = 0;
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/trace.jsonl", client_dir);
	f = fopen(path, "re");
	if (!f)
		return;
	fseek(f, run.offset, SEEK_SET);
	while ((n = getline(&line, &size, f)) > 0 && line[n - 1] == '\n') {
		json_array_append_new(run.events, json_loads(line, 0, NULL));
		run.offset += n;
	}
	free(line);
	fclose(f);
}

/* Takes "since MARK"; Return: events before it, or -1 for no such mark. */
static long take_since(char **words, int *n)
{
	const char *name = take_last(words, n, "since");

	if (!name)
		return 0;
	for (int i = run.marks - 1; i >= 0; i--)
		if (!strcmp(run.mark[i].name, name))
			return run.mark[i].at;
	fail("no mark %s", name);
	return -1;
}

static int check_terms(char **terms, int n)
{
	for (int i = 0; i < n; i++)
		if (!strchr(terms[i], '=') || terms[i][0] == '=')
			return fail("not a term KEY=VALUE: %s", terms[i]);
	return n ? 0 : fail("no term KEY=VALUE");
}

static size_t count_events(size_t since, char **terms, int n, size_t *first)
{
	size_t found = 0;

	for (size_t i = since; i < json_array_size(run.events); i++) {
		if (!expect_match(json_array_get(run.events, i), terms, n))
			continue;
		if (!found++ && first)
			*first = i;
	}
	return found;
}

static const char *join(char **words, int n)
{
	static char text[400];
	size_t len = 0;

	text[0] = 0;
	for (int i = 0; i < n && len < sizeof(text); i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%s", i ? " " : "", words[i]);
	return text;
}

static int wait_trace(int n, char **words)
{
	double within = take_within(words, &n);
	long since = take_since(words, &n);

	if (since < 0 || check_terms(words, n))
		return 1;
	begin_wait();
	for (;;) {
		read_trace();
		if (count_events(since, words, n, NULL))
			return 0;
		if (waited(within))
			return fail("no %s in the trace within %g s", join(words, n), within);
		let_pass(POLL_US);
	}
}

static int expect_order(int n, char **words)
{
	long since = take_since(words, &n);
	int start = 0;

	if (since < 0)
		return 1;
	read_trace();
	for (int i = 0; i <= n; i++) {
		size_t first;

		if (i < n && strcmp(words[i], "then"))
			continue;
		if (check_terms(words + start, i - start))
			return 1;
		if (!count_events(since, words + start, i - start, &first))
			return fail("no %s in the trace after what comes before it",
				    join(words + start, i - start));
		since = first + 1;
		start = i + 1;
	}
	return 0;
}

static int expect_trace(int n, char **words)
{
	long since, want;
	size_t found;
	bool met;

	if (n > 1 && !strcmp(words[0], "order"))
		return expect_order(n - 1, words + 1);
	if (n < 3)
		return fail("expect trace exactly|at-least|at-most N KEY=VALUE...");
	since = take_since(words, &n);
	want = atol(words[1]);
	if (since < 0 || check_terms(words + 2, n - 2))
		return 1;
	read_trace();
	found = count_events(since, words + 2, n - 2, NULL);
	if (!strcmp(words[0], "exactly"))
		met = (long)found == want;
	else if (!strcmp(words[0], "at-least"))
		met = (long)found >= want;
	else if (!strcmp(words[0], "at-most"))
		met = (long)found <= want;
	else
		return fail("expect trace exactly|at-least|at-most, not %s", words[0]);
	return met ? 0 :
		     fail("%zu times %s in the trace, not %s %ld", found, join(words + 2, n - 2),
			  words[0], want);
}

/* ---- status -------------------------------------------------------------- */

static int compare_status(int n, char **words)
{
	json_t *status;
	int met;

	if (n != 3)
		return fail("PATH OPERATOR VALUE");
	status = client_status();
	if (!status)
		return fail("no chassis is powered on");
	met = expect_compare(expect_path(status, words[0]), words[1], words[2]);
	if (met < 0)
		fail("no comparison %s %s", words[1], words[2]);
	else if (!met)
		fail("%s is not %s %s", words[0], words[1], words[2]);
	json_decref(status);
	return met == 1 ? 0 : 1;
}

static int wait_status(int n, char **words)
{
	double within = take_within(words, &n);
	size_t len;

	begin_wait();
	while (compare_status(n, words)) {
		if (n != 3)
			return 1;
		if (waited(within)) {
			len = strlen(run.why);
			snprintf(run.why + len, sizeof(run.why) - len, " within %g s", within);
			return 1;
		}
		let_pass(POLL_US);
	}
	return 0;
}

static int wait_role(int n, char **words)
{
	double within = take_within(words, &n);
	char path[64], pattern[128], within_text[32];
	char *args[] = { path, (char *)"~", pattern, (char *)"within", within_text };

	if (n != 2)
		return fail("wait role SLOT ROLE [within S]");
	snprintf(path, sizeof(path), ".slots[slot=%s].role", words[0]);
	snprintf(pattern, sizeof(pattern), "^(%s)$", words[1]);
	snprintf(within_text, sizeof(within_text), "%g", within);
	/* the scale of the debug kernel is in it already */
	begin_wait();
	while (compare_status(3, args)) {
		if (waited(within))
			return fail("slot %s is not %s within %g s", words[0], words[1], within);
		let_pass(POLL_US);
	}
	return 0;
}

/* ---- commands ------------------------------------------------------------ */

/* exec SLOT [-t S] [exit N] [match RE] -- CMD... */
static int scenario_exec(int n, char **words)
{
	char *args[WORDS_MAX + 4], *slot = NULL, *seconds = (char *)"60";
	const char *match = NULL;
	struct buffer out = { 0 };
	int want = 0, argc = 0, i, status;
	char why[256];
	regex_t re;

	for (i = 1; i < n && strcmp(words[i], "--"); i++) {
		if (!strcmp(words[i], "-t") && i + 1 < n)
			seconds = words[++i];
		else if (!strcmp(words[i], "exit") && i + 1 < n)
			want = atoi(words[++i]);
		else if (!strcmp(words[i], "match") && i + 1 < n)
			match = words[++i];
		else if (!slot)
			slot = words[i];
		else
			return fail("exec SLOT [-t S] [exit N] [match RE] -- CMD...");
	}
	if (!slot || i + 1 >= n)
		return fail("exec SLOT [-t S] [exit N] [match RE] -- CMD...");
	args[argc++] = words[0];
	args[argc++] = slot;
	args[argc++] = seconds;
	for (i++; i < n; i++)
		args[argc++] = words[i];
	status = client_exec_capture(argc, args, &out, why, sizeof(why));
	buffer_add(&out, "", 1);
	printf("%s", buffer_at(&out));
	if (status != want) {
		fail("%s: exit %d, not %d%s%s", join(args + 3, argc - 3), status, want,
		     why[0] ? ": " : "", why);
	} else if (match && regcomp(&re, match, REG_EXTENDED | REG_NOSUB | REG_NEWLINE)) {
		status = fail("not a regular expression: %s", match);
		want = 0;
	} else if (match) {
		if (regexec(&re, buffer_at(&out), 0, NULL, 0)) {
			fail("%s: its output does not match %s", join(args + 3, argc - 3), match);
			want = status + 1;
		}
		regfree(&re);
	}
	buffer_free(&out);
	return status != want;
}

static int set_mark(int n, char **words)
{
	if (n != 2 || run.marks == MARKS_MAX)
		return fail("mark NAME (at most %d)", MARKS_MAX);
	read_trace();
	snprintf(run.mark[run.marks].name, sizeof(run.mark[0].name), "%s", words[1]);
	run.mark[run.marks++].at = json_array_size(run.events);
	return 0;
}

static int expect_refused(int n, char **words)
{
	struct buffer out = { 0 };
	char why[256];
	int status = n ? client_capture(n, words, &out, why, sizeof(why)) : 0;

	buffer_free(&out);
	return status == 1 ? 0 : fail("%s: exit %d, not refused", join(words, n), status);
}

static int other_command(int n, char **words)
{
	int status;

	if (!strcmp(words[0], "up")) {
		/* a new trace begins */
		json_array_clear(run.events);
		run.offset = 0;
		run.marks = 0;
	}
	fflush(stdout);
	status = client_command(n, words);
	return status ? fail("%s: exit %d", join(words, n), status) : 0;
}

static int step(int n, char **words)
{
	const char *second = n > 1 ? words[1] : "";

	if (!strcmp(words[0], "mark"))
		return set_mark(n, words);
	if (!strcmp(words[0], "sleep") && n == 2) {
		begin_wait();
		let_pass(atof(words[1]) * 1e6);
		return 0;
	}
	if (!strcmp(words[0], "exec"))
		return scenario_exec(n, words);
	if (!strcmp(words[0], "wait") && !strcmp(second, "role"))
		return wait_role(n - 2, words + 2);
	if (!strcmp(words[0], "wait") && !strcmp(second, "status"))
		return wait_status(n - 2, words + 2);
	if (!strcmp(words[0], "wait") && !strcmp(second, "trace"))
		return wait_trace(n - 2, words + 2);
	if (!strcmp(words[0], "expect") && !strcmp(second, "status"))
		return compare_status(n - 2, words + 2);
	if (!strcmp(words[0], "expect") && !strcmp(second, "trace"))
		return expect_trace(n - 2, words + 2);
	if (!strcmp(words[0], "expect") && !strcmp(second, "refused"))
		return expect_refused(n - 2, words + 2);
	if (!strcmp(words[0], "run") || !strcmp(words[0], "wait") || !strcmp(words[0], "expect"))
		return fail("no such line");
	return other_command(n, words);
}

int run_command(int argc, char **argv)
{
	char *line = NULL, *words[WORDS_MAX];
	int number = 0, status = 0, n;
	size_t size = 0;
	FILE *f;

	if (argc != 2)
		return EXIT_USAGE;
	f = fopen(argv[1], "re");
	if (!f) {
		fprintf(stderr, "vchassis: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	run.events = json_array();
	while (!status && getline(&line, &size, f) > 0) {
		number++;
		n = words_split(line, words, WORDS_MAX);
		if (n < 0)
			status = fail("a quote is not closed");
		else if (n > 0)
			status = step(n, words);
		fflush(stdout);
	}
	if (status)
		fprintf(stderr, "vchassis: %s:%d: %s\n", argv[1], number, run.why);
	json_decref(run.events);
	free(line);
	fclose(f);
	return status;
}
