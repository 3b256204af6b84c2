// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What may follow a part of a line: the list for ?, and the rest of a word for
 * TAB. From the table of commands, so it is what the commands take.
 */
#include <string.h>
#include "console.h"
#include "parse.h"

#define CHOICES_MAX 96
#define COLUMNS	    72

struct choice {
	char word[SPELLING_MAX];
	const struct command *cmd; /* it leads to this one only */
	const char *text;	   /* NULL: of the command */
};

struct point {
	struct line line;
	const char *partial; /* the word at the cursor, "" none */
	unsigned int before; /* words in front of it */
	struct choice choice[CHOICES_MAX];
	unsigned int n;
	const struct command *end; /* the line may end here */
	char problem[PARSE_TEXT_MAX];
};

static void add(struct point *p, const char *word, const struct command *cmd, const char *text)
{
	struct choice *c = &p->choice[p->n];

	if (p->n == CHOICES_MAX ||
	    (word[0] != '<' && strncmp(word, p->partial, strlen(p->partial))))
		return;
	snprintf(c->word, sizeof(c->word), "%s", word);
	c->cmd = cmd;
	c->text = text;
	p->n++;
}

/* -x: the options of the commands that begin with these words */
static void find_options(struct point *p, const char *const words[], unsigned int n)
{
	const char *name, *value, *text;
	unsigned int i, bit, taken = 0;
	const struct command *c;
	struct parse parse;

	if (!parse_expand(&parse, words, n))
		return;
	for (c = __start_redctl_cmds; c < __stop_redctl_cmds; c++)
		if (parse_shown(c) && parse_begins(c->syntax, parse.word, n))
			taken |= command_options(c);
	for (i = 0; option_of(i, &bit, &name, &value, &text); i++)
		if (!bit || taken & bit)
			add(p, p->partial[1] ? strstr(name, "--") : name, NULL, text);
}

/* The words typed so far that are no options. */
static unsigned int plain_words(const struct point *p, const char *words[LINE_WORDS])
{
	unsigned int i, n = 0;

	for (i = 0; i < p->before; i++)
		if (p->line.word[i][0] != '-')
			words[n++] = p->line.word[i];
	/* `help show' may be followed by what follows `show' */
	if (n && !strcmp(words[0], "help")) {
		n--;
		memmove(words, words + 1, n * sizeof(words[0]));
	}
	return n;
}

static bool find(struct point *p, const char *text, size_t len)
{
	const char *words[LINE_WORDS];
	struct next next[NEXT_MAX];
	struct parse parse;
	unsigned int n, i, found;

	p->n = 0;
	p->end = NULL;
	if (!line_split(&p->line, text, len, p->problem))
		return false;
	p->before = p->line.n;
	p->partial = "";
	if (p->line.open || (p->line.n && !p->line.blank))
		p->partial = p->line.word[--p->before];
	n = plain_words(p, words);
	if (p->partial[0] == '-') {
		find_options(p, words, n);
		return true;
	}
	if (!parse_expand(&parse, words, n)) {
		snprintf(p->problem, sizeof(p->problem), "%s", parse.problem);
		return false;
	}
	found = parse_next(words, n, next, &p->end);
	if (*p->partial)
		p->end = NULL;
	for (i = 0; i < found; i++)
		add(p, next[i].word, next[i].cmd, NULL);
	return true;
}

static void row(FILE *out, const char *word, const char *text)
{
	fprintf(out, "  %-26s %.100s\r\n", word, text);
}

/* The words that follow one that begins several commands. */
static void following(FILE *out, const struct point *p, const struct choice *choice)
{
	const char *words[LINE_WORDS + 1];
	struct next next[NEXT_MAX];
	const struct command *end;
	char list[COLUMNS] = "";
	unsigned int n = plain_words(p, words), i, found;
	size_t len = 0;

	words[n++] = choice->word;
	found = parse_next(words, n, next, &end);
	for (i = 0; i < found; i++) {
		if (len + strlen(next[i].word) + 6 > sizeof(list)) {
			snprintf(list + len, sizeof(list) - len, ", ...");
			break;
		}
		len += snprintf(list + len, sizeof(list) - len, "%s%s", len ? ", " : "",
				next[i].word);
	}
	row(out, choice->word, list);
}

void console_help(FILE *out, const char *text, size_t len)
{
	char clean[PARSE_TEXT_MAX];
	static struct point p;
	unsigned int i;

	if (!find(&p, text, len)) {
		fprintf(out, "  %s\r\n", out_clean(clean, sizeof(clean), p.problem));
		return;
	}
	for (i = 0; i < p.n; i++) {
		if (p.choice[i].text)
			row(out, p.choice[i].word, p.choice[i].text);
		else if (p.choice[i].cmd)
			row(out, p.choice[i].word, p.choice[i].cmd->summary);
		else
			following(out, &p, &p.choice[i]);
	}
	if (p.end)
		row(out, "<cr>", p.end->summary);
	if (!p.n && !p.end)
		fprintf(out, "  (nothing)\r\n");
}

static void list_choices(FILE *out, const struct point *p)
{
	unsigned int i, column = 0;

	for (i = 0; i < p->n; i++) {
		if (column && column + strlen(p->choice[i].word) + 2 > COLUMNS)
			column = 0;
		fprintf(out, "%s%s", column ? "  " : "\r\n", p->choice[i].word);
		column += strlen(p->choice[i].word) + 2;
	}
	fputs("\r\n", out);
}

/* How many letters the words share. */
static size_t common(const struct point *p)
{
	size_t len = strlen(p->choice[0].word), at;
	unsigned int i;

	for (i = 1; i < p->n; i++) {
		for (at = 0; at < len && p->choice[i].word[at] == p->choice[0].word[at]; at++)
			;
		len = at;
	}
	return len;
}

unsigned int console_complete(FILE *out, const char *text, size_t len, char *insert, size_t size)
{
	static struct point p;
	size_t typed, shared;
	unsigned int i;

	insert[0] = '\0';
	if (!find(&p, text, len) || p.line.open)
		return 0;
	for (i = 0; i < p.n; i++)
		if (p.choice[i].word[0] == '<')
			break;
	if (!p.n || i < p.n) { /* any word can stand here: only tell */
		if (p.n)
			list_choices(out, &p);
		return p.n;
	}
	typed = strlen(p.partial);
	shared = common(&p);
	if (p.n > 1 && shared <= typed)
		list_choices(out, &p);
	else
		snprintf(insert, size, "%.*s%s", (int)(shared - typed), p.choice[0].word + typed,
			 p.n == 1 ? " " : "");
	return p.n;
}
