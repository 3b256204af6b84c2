// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of a command. A syntax is a list of tokens:
 *
 *	show log|logging	fixed words; | separates spellings
 *	<standby|active>	one of these; the word given becomes an argument
 *	<MS>			any word, an argument
 *	[detail]		may be missing; only at the end; always an argument
 *
 * The same table answers help, completion and "expected ...".
 */
#include <stdio.h>
#include <string.h>
#include "redctl.h"

struct token {
	char text[160]; /* without <> or [] */
	bool arg, choice, optional;
};

/* The next token of @syntax, or NULL at its end; returns what follows it. */
static const char *next_token(const char *syntax, struct token *t)
{
	size_t n;

	syntax += strspn(syntax, " ");
	n = strcspn(syntax, " ");
	if (!n)
		return NULL;
	snprintf(t->text, sizeof(t->text), "%.*s", (int)n, syntax);
	t->optional = t->text[0] == '[';
	t->arg = t->optional || t->text[0] == '<';
	if (t->arg) {
		t->text[strlen(t->text) - 1] = '\0';
		memmove(t->text, t->text + 1, strlen(t->text));
	}
	/* an upper-case name stands for any word */
	t->choice = !t->arg || t->text[0] < 'A' || t->text[0] > 'Z' || strchr(t->text, '|');
	return syntax + n;
}

/* Calls @each for the spellings of a token. */
static void spellings(const struct token *t, void (*each)(const char *word, void *data), void *data)
{
	char buf[sizeof(t->text) + 2], *save, *word;

	if (!t->choice) {
		snprintf(buf, sizeof(buf), "<%s>", t->text);
		each(buf, data);
		return;
	}
	snprintf(buf, sizeof(buf), "%s", t->text);
	for (word = strtok_r(buf, "|", &save); word; word = strtok_r(NULL, "|", &save))
		each(word, data);
}

struct want {
	const char *word;
	bool found;
};

static void compare(const char *word, void *data)
{
	struct want *want = data;

	want->found |= !strcmp(word, want->word);
}

static bool token_is(const struct token *t, const char *word)
{
	struct want want = { .word = word };

	if (!t->choice)
		return word[0] != '\0';
	spellings(t, compare, &want);
	return want.found;
}

struct match {
	unsigned int words; /* of the user's that fit */
	bool complete;	    /* the syntax may end here */
	struct token next;  /* what may follow, if next_valid */
	bool next_valid;
};

static struct match match_syntax(const char *syntax, const char *const words[], unsigned int n,
				 const char *args[ARGS_MAX])
{
	struct match m = { 0 };
	unsigned int arg = 0;

	memset(args, 0, ARGS_MAX * sizeof(*args));
	for (;;) {
		syntax = next_token(syntax, &m.next);
		m.next_valid = syntax;
		m.complete = !syntax || m.next.optional;
		if (!syntax || m.words == n || !token_is(&m.next, words[m.words]))
			return m;
		if (m.next.arg && arg < ARGS_MAX)
			args[arg++] = words[m.words];
		m.words++;
	}
}

bool parse_begins(const char *syntax, const char *const words[], unsigned int n)
{
	const char *args[ARGS_MAX];

	return match_syntax(syntax, words, n, args).words == n;
}

static void list_word(const char *word, void *data)
{
	size_t len = strlen(word);
	char *list = data, *at;

	for (at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (at[len] == ',' || !at[len]))
			return;
	at = list + strlen(list);
	snprintf(at, PARSE_TEXT_MAX - (at - list), "%s%s", *list ? ", " : "", word);
}

void parse_expected(const char *const words[], unsigned int n, char list[PARSE_TEXT_MAX])
{
	const char *args[ARGS_MAX];
	const struct command *c;
	struct match m;

	list[0] = '\0';
	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++) {
		m = match_syntax(c->syntax, words, n, args);
		if (m.words == n && m.next_valid)
			spellings(&m.next, list_word, list);
	}
}

const struct command *parse_command(const char *const words[], unsigned int n,
				    const char *args[ARGS_MAX], char problem[PARSE_TEXT_MAX])
{
	char list[PARSE_TEXT_MAX];
	unsigned int deepest = 0;
	const struct command *c;
	struct match m;

	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++) {
		m = match_syntax(c->syntax, words, n, args);
		if (m.words == n && m.complete)
			return c;
		if (m.words > deepest)
			deepest = m.words;
	}
	parse_expected(words, deepest, list);
	if (deepest == n)
		snprintf(problem, PARSE_TEXT_MAX, "the command is not complete; expected: %.400s",
			 list);
	else
		snprintf(problem, PARSE_TEXT_MAX, "unknown word `%.60s'; expected: %.400s",
			 words[deepest], *list ? list : "end of the command");
	return NULL;
}
