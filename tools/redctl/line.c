// SPDX-License-Identifier: GPL-2.0-or-later
/* A line of text taken apart into words; see parse.h. */
#include <stdio.h>
#include <string.h>
#include "parse.h"

static bool printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static bool too_long(char problem[PARSE_TEXT_MAX])
{
	snprintf(problem, PARSE_TEXT_MAX, "a line has at most %d characters", LINE_BYTES - 1);
	return false;
}

static bool too_many(char problem[PARSE_TEXT_MAX])
{
	snprintf(problem, PARSE_TEXT_MAX, "a line has at most %d words", LINE_WORDS);
	return false;
}

static bool not_printable(char c, size_t at, char problem[PARSE_TEXT_MAX])
{
	snprintf(problem, PARSE_TEXT_MAX, "character %zu is not printable ASCII (0x%02x)", at + 1,
		 (unsigned char)c);
	return false;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* One word from text[*at] on, without quotes, to @to. Return: its end. */
static char *take_word(struct line *line, const char *text, size_t len, size_t *at, char *to)
{
	while (*at < len && (line->open || !blank(text[*at]))) {
		char c = text[(*at)++];

		if (c == '"') {
			line->open = !line->open;
			continue;
		}
		if (line->open && c == '\\' && *at < len && (text[*at] == '"' || text[*at] == '\\'))
			c = text[(*at)++];
		*to++ = c;
	}
	*to++ = '\0';
	return to;
}

bool line_split(struct line *line, const char *text, size_t len, char problem[PARSE_TEXT_MAX])
{
	char *to = line->text;
	size_t at;

	line->n = 0;
	line->word[0] = NULL;
	line->open = false;
	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	line->blank = !len || blank(text[len - 1]);
	if (len >= LINE_BYTES)
		return too_long(problem);
	for (at = 0; at < len; at++)
		if (!printable(text[at]) && !blank(text[at]))
			return not_printable(text[at], at, problem);
	for (at = 0;;) {
		while (at < len && blank(text[at]))
			at++;
		if (at == len || (!line->n && (text[at] == ';' || text[at] == '#')))
			return true;
		if (line->n == LINE_WORDS)
			return too_many(problem);
		line->word[line->n++] = to;
		line->word[line->n] = NULL;
		to = take_word(line, text, len, &at, to);
	}
}

bool line_check(int argc, char *const argv[], char problem[PARSE_TEXT_MAX])
{
	size_t all = 0, at;
	int i;

	if (argc > LINE_WORDS)
		return too_many(problem);
	for (i = 0; i < argc; i++) {
		for (at = 0; argv[i][at]; at++)
			if (!printable(argv[i][at]))
				return not_printable(argv[i][at], at, problem);
		all += at + 1;
	}
	return all <= LINE_BYTES || too_long(problem);
}
