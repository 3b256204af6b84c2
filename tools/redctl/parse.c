// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of a command. A syntax is a list of tokens:
 *
 *	show log|logging	fixed words; | separates spellings
 *	<standby|active>	one of these; the word given becomes an argument
 *	<MS>			any word, an argument
 *	[detail]		may be missing; only at the end; always an argument
 *
 * The same table answers help, completion and "expected ...". A word may be
 * abbreviated where no other word of the table begins like it; where any word
 * can stand, nothing is taken for an abbreviation.
 */
#include <stdio.h>
#include <string.h>
#include "parse.h"

struct token {
	char text[160]; /* without <> or [] */
	bool arg, choice, optional;
};

static bool (*only)(const struct command *c);

void parse_only(bool (*shown)(const struct command *c))
{
	only = shown;
}

bool parse_shown(const struct command *c)
{
	return only ? only(c) : !(c->flags & CMD_CONSOLE);
}

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
	unsigned int any;   /* of these: taken by a token that takes any word */
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
		m.any += !m.next.choice;
		m.words++;
	}
}

bool parse_begins(const char *syntax, const char *const words[], unsigned int n)
{
	const char *args[ARGS_MAX];

	return match_syntax(syntax, words, n, args).words == n;
}

/* The words that a word may stand for. */
struct pick {
	const char *typed;
	size_t len;
	bool exact, any, fixed;
	char first[SPELLING_MAX];  /* fixed: the token's first spelling, that of all */
	unsigned int found;	   /* different ones */
	char word[SPELLING_MAX];   /* the first of them */
	char list[PARSE_LIST_MAX]; /* all, ", " between */
};

static void list_word(char list[PARSE_LIST_MAX], const char *word)
{
	size_t len = strlen(word);
	char *at;

	for (at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (at[len] == ',' || !at[len]))
			return;
	at = list + strlen(list);
	snprintf(at, PARSE_LIST_MAX - (at - list), "%s%s", *list ? ", " : "", word);
}

static void pick_spelling(const char *word, void *data)
{
	struct pick *pick = data;

	if (!pick->fixed || !pick->first[0])
		snprintf(pick->first, sizeof(pick->first), "%s", word);
	if (strncmp(word, pick->typed, pick->len))
		return;
	pick->exact |= !word[pick->len];
	word = pick->first;
	list_word(pick->list, word);
	if (!pick->found)
		snprintf(pick->word, sizeof(pick->word), "%s", word);
	pick->found += !pick->found || strcmp(pick->word, word);
}

/* What @typed may mean after @n words in full. */
static void find_word(struct pick *pick, const char *const words[], unsigned int n,
		      const char *typed)
{
	const char *args[ARGS_MAX];
	const struct command *c;
	struct match m;

	memset(pick, 0, sizeof(*pick));
	pick->typed = typed;
	pick->len = strlen(typed);
	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++) {
		if (!parse_shown(c))
			continue;
		m = match_syntax(c->syntax, words, n, args);
		if (m.words != n || !m.next_valid)
			continue;
		pick->any |= !m.next.choice && *typed;
		pick->fixed = !m.next.arg;
		pick->first[0] = '\0';
		if (m.next.choice)
			spellings(&m.next, pick_spelling, pick);
	}
}

static void expected(const char *const words[], unsigned int n, char list[PARSE_LIST_MAX])
{
	struct next next[NEXT_MAX];
	const struct command *end;
	unsigned int i, found = parse_next(words, n, next, &end);

	list[0] = '\0';
	for (i = 0; i < found; i++)
		list_word(list, next[i].word);
}

static void not_known(struct parse *p, const char *word)
{
	char list[PARSE_LIST_MAX];

	expected(p->word, p->n, list);
	snprintf(p->problem, PARSE_TEXT_MAX, "unknown word `%.60s'; expected: %s", word,
		 *list ? list : "end of the command");
}

bool parse_expand(struct parse *p, const char *const words[], unsigned int n)
{
	struct pick pick;

	p->cmd = NULL;
	p->problem[0] = '\0';
	for (p->n = 0; p->n < n && p->n < LINE_WORDS; p->n++) {
		find_word(&pick, p->word, p->n, words[p->n]);
		p->word[p->n] = words[p->n];
		if (pick.exact || pick.any)
			continue;
		if (!pick.found || !pick.len) {
			not_known(p, words[p->n]);
			return false;
		}
		if (pick.found > 1) {
			snprintf(p->problem, PARSE_TEXT_MAX, "`%.60s' is ambiguous: %s",
				 words[p->n], pick.list);
			return false;
		}
		snprintf(p->store[p->n], SPELLING_MAX, "%s", pick.word);
		p->word[p->n] = p->store[p->n];
	}
	if (p->n == n)
		return true;
	snprintf(p->problem, PARSE_TEXT_MAX, "more than %d words", LINE_WORDS);
	return false;
}

bool parse_command(struct parse *p, const char *const words[], unsigned int n)
{
	const char *args[ARGS_MAX];
	unsigned int any = LINE_WORDS + 1;
	char list[PARSE_LIST_MAX];
	const struct command *c;
	struct match m;

	memset(p->args, 0, sizeof(p->args));
	if (!parse_expand(p, words, n))
		return false;
	/* of two the one that says more: a fixed word before one that takes any */
	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++) {
		m = match_syntax(c->syntax, p->word, n, args);
		if (!parse_shown(c) || m.words != n || !m.complete || m.any >= any)
			continue;
		any = m.any;
		p->cmd = c;
		memcpy(p->args, args, sizeof(args));
	}
	if (p->cmd)
		return true;
	expected(p->word, n, list);
	snprintf(p->problem, PARSE_TEXT_MAX, "the command is not complete; expected: %s", list);
	return false;
}

struct collect {
	struct next *next;
	const struct command *cmd;
	unsigned int n;
};

static void add_next(const char *word, void *data)
{
	struct collect *all = data;
	unsigned int i;

	for (i = 0; i < all->n; i++) {
		if (strcmp(all->next[i].word, word))
			continue;
		if (all->next[i].cmd != all->cmd)
			all->next[i].cmd = NULL;
		return;
	}
	if (all->n == NEXT_MAX)
		return;
	snprintf(all->next[all->n].word, SPELLING_MAX, "%s", word);
	all->next[all->n++].cmd = all->cmd;
}

unsigned int parse_next(const char *const words[], unsigned int n, struct next next[NEXT_MAX],
			const struct command **end)
{
	struct collect all = { .next = next };
	const char *args[ARGS_MAX];
	struct parse p;
	struct match m;

	*end = NULL;
	if (!parse_expand(&p, words, n))
		return 0;
	for (all.cmd = __start_redctl_cmds; all.cmd < __stop_redctl_cmds; all.cmd++) {
		if (!parse_shown(all.cmd))
			continue;
		m = match_syntax(all.cmd->syntax, p.word, n, args);
		if (m.words != n)
			continue;
		if (m.complete)
			*end = all.cmd;
		if (m.next_valid)
			spellings(&m.next, add_next, &all);
	}
	return all.n;
}
