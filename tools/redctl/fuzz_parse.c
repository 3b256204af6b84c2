// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line of hostile bytes through everything that reads one: words, options,
 * command, help and completion. Nothing is run. What must hold of the answers is
 * checked here. Run by libFuzzer (make fuzz) and, in make test, by
 * tests/fuzz_main.c.
 */
#include <stdlib.h>
#include <string.h>
#include "console.h"
#include "parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(condition) must(condition, #condition, __LINE__)

static FILE *nowhere;

static void must(bool good, const char *condition, int number)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_parse.c:%d: does not hold: %s\n", number, condition);
	abort();
}

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

/* Words in full name the same command with the same arguments. */
static void check_same(const struct parse *p, unsigned int n)
{
	static struct parse again;
	unsigned int i;

	MUST(parse_command(&again, p->word, n));
	MUST(again.cmd == p->cmd);
	for (i = 0; i < ARGS_MAX; i++)
		MUST(p->args[i] ? again.args[i] && !strcmp(p->args[i], again.args[i]) :
				  !again.args[i]);
}

/* What may follow can be typed. */
static void check_next(const char *const words[], unsigned int n)
{
	const char *more[LINE_WORDS + 1];
	struct next next[NEXT_MAX];
	const struct command *end;
	static struct parse p;
	unsigned int i, found;

	found = parse_next(words, n, next, &end);
	MUST(!end || parse_shown(end));
	memcpy(more, words, n * sizeof(more[0]));
	for (i = 0; i < found && n < LINE_WORDS; i++) {
		MUST(next[i].word[0] && printable(next[i].word));
		if (next[i].word[0] == '<')
			continue;
		more[n] = next[i].word;
		MUST(parse_expand(&p, more, n + 1));
	}
}

static void check_words(const char *const words[], unsigned int n)
{
	static struct parse p;
	unsigned int i;

	if (parse_command(&p, words, n)) {
		MUST(p.cmd && parse_shown(p.cmd) && p.n == n);
		check_same(&p, n);
	} else {
		MUST(!p.cmd && p.problem[0]);
	}
	for (i = 0; i <= n; i++)
		check_next(words, i);
}

static void check_line(struct line *line)
{
	char bad[OPTIONS_BAD_MAX], problem[PARSE_TEXT_MAX];
	char *argv[LINE_WORDS + 2] = { (char *)"redctl" };
	struct options opt = { 0 };
	unsigned int i;
	int first;

	MUST(line->n <= LINE_WORDS && !line->word[line->n]);
	for (i = 0; i < line->n; i++)
		MUST(strlen(line->word[i]) < LINE_BYTES);
	memcpy(argv + 1, line->word, (line->n + 1) * sizeof(argv[0]));
	first = options_read(&opt, line->n + 1, argv, bad);
	MUST(first >= 1 && first <= (int)line->n + 1);
	check_words((const char *const *)argv + first, line->n + 1 - first);
	line_check(line->n, line->word, problem);
}

static void check_keys(const char *text, size_t len)
{
	char insert[SPELLING_MAX + 2];

	console_help(nowhere, text, len);
	if (!console_complete(nowhere, text, len, insert, sizeof(insert)))
		MUST(!insert[0]);
	MUST(printable(insert));
}

static bool standby(const struct command *c)
{
	return c->flags & CMD_STANDBY;
}

static bool all(const struct command *c)
{
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	bool (*const filters[])(const struct command *c) = { NULL, standby, all };
	char problem[PARSE_TEXT_MAX];
	static struct line line;
	unsigned int i;
	char *text;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	/* a block of its own: reading behind the line is noticed */
	text = malloc(len ? len : 1);
	if (!text || !nowhere)
		abort();
	if (len)
		memcpy(text, data, len);
	for (i = 0; i < ARRAY_SIZE(filters); i++) {
		parse_only(filters[i]);
		problem[0] = '\0';
		if (line_split(&line, text, len, problem))
			check_line(&line);
		else
			MUST(problem[0]);
		check_keys(text, len);
	}
	free(text);
	return 0;
}
