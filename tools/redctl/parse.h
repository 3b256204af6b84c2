/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a line of text to a command: the words of a line, the command they name,
 * and what may follow them. Takes any bytes of any length; refuses what is not
 * printable ASCII. Words may be abbreviated as long as they stay unique.
 */
#ifndef REDCTL_PARSE_H
#define REDCTL_PARSE_H

#include "redctl.h"

#define PARSE_TEXT_MAX 640  /* of a problem */
#define PARSE_LIST_MAX 480  /* of the words it lists */
#define SPELLING_MAX   48   /* one word of a syntax */
#define LINE_BYTES     4096 /* a whole command line, with its end */
#define LINE_WORDS     40
#define NEXT_MAX       64

/**
 * struct line - a line of text, taken apart
 * @word: its words; NULL after the last
 * @n: their number
 * @open: it ends within quotes
 * @blank: it ends with a blank: the last word is complete
 * @text: storage of the words
 */
struct line {
	char *word[LINE_WORDS + 1];
	unsigned int n;
	bool open, blank;
	char text[LINE_BYTES + LINE_WORDS];
};

/**
 * line_split() - the words of a line
 * @line: filled
 * @text: bytes, not terminated
 * @len: their number
 * @problem: on failure: a sentence, may hold what was typed
 *
 * Blanks separate words. "..." keeps blanks in one, \" and \\ in it stand for "
 * and \. A line whose first character is ; or # has no words.
 *
 * Return: false when it is too long, has too many words, or a character that is
 * not printable ASCII.
 */
bool line_split(struct line *line, const char *text, size_t len, char problem[PARSE_TEXT_MAX]);

/**
 * line_check() - the same limits for words that a shell has split
 * @argc: their number
 * @argv: words
 * @problem: on failure
 *
 * Return: false when they are not kept.
 */
bool line_check(int argc, char *const argv[], char problem[PARSE_TEXT_MAX]);

/**
 * struct parse - a parsed command
 * @cmd: the command
 * @args: the words of its <...> in order
 * @word: all words in full
 * @n: how many of them could be understood
 * @problem: without a command: which word is wrong and what is expected there
 * @store: of the words that were completed
 */
struct parse {
	const struct command *cmd;
	const char *args[ARGS_MAX];
	const char *word[LINE_WORDS];
	unsigned int n;
	char problem[PARSE_TEXT_MAX];
	char store[LINE_WORDS][SPELLING_MAX];
};

/**
 * parse_only() - restrict everything here to some commands
 * @shown: whether a command can be named; NULL: all but those of the console
 */
void parse_only(bool (*shown)(const struct command *c));

/** parse_shown() - whether a command can be named now
 * @c: command
 */
bool parse_shown(const struct command *c);

/**
 * parse_expand() - complete the words that are abbreviated
 * @p: filled but for the command; p->n is @n when every word is understood
 * @words: words without options
 * @n: their number
 *
 * Return: whether they are the beginning of a command; else p->problem.
 */
bool parse_expand(struct parse *p, const char *const words[], unsigned int n);

/**
 * parse_command() - find the command that the words name
 * @p: filled
 * @words: words without options
 * @n: their number
 *
 * Return: whether p->cmd is one; else p->problem.
 */
bool parse_command(struct parse *p, const char *const words[], unsigned int n);

/**
 * parse_begins() - whether full words are the beginning of a syntax
 * @syntax: of a command
 * @words: words
 * @n: their number
 */
bool parse_begins(const char *syntax, const char *const words[], unsigned int n);

/**
 * struct next - what may follow some words
 * @word: a fixed word, or the name of a free argument as <NAME>
 * @cmd: the command it leads to; NULL: several
 */
struct next {
	char word[SPELLING_MAX];
	const struct command *cmd;
};

/**
 * parse_next() - the words that may follow, each once
 * @words: abbreviated or not
 * @n: their number
 * @next: filled
 * @end: the command that the words already are, or NULL
 *
 * Return: how many; 0 also when the words are no beginning of a command.
 */
unsigned int parse_next(const char *const words[], unsigned int n, struct next next[NEXT_MAX],
			const struct command **end);

#endif /* REDCTL_PARSE_H */
