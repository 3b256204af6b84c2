/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of redctl: one call prints a value as text or puts it into the JSON
 * document, whichever the user asked for (-j). This file owns the escaping of
 * text that comes from outside (EEPROM data, requesters) and the line ends.
 */
#ifndef REDCTL_OUT_H
#define REDCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>
#include <compiler.h>

#define OUT_DEPTH 8

enum out_style {
	OUT_TEXT,  /* the texts given */
	OUT_JSON,  /* one document */
	OUT_FLAT,  /* " key:value" for every value with a key, on one line */
	OUT_LINES, /* "  key : value" lines */
};

struct out {
	enum out_style style;
	FILE *file;
	json_t *stack[OUT_DEPTH]; /* open objects and arrays; [0] is the document */
	int depth;
	char words[512];       /* FLAT, LINES: the list being collected */
	const char *words_key; /* its key, NULL: none open */
	char line[1024];       /* text of the line so far */
	size_t len;
};

/**
 * out_init() - start with an empty document
 * @o: output
 * @file: where to write
 * @style: text, or a document in place of it
 */
void out_init(struct out *o, FILE *file, enum out_style style);

/** out_reset() - forget what was collected; text already printed stays
 * @o: output
 */
void out_reset(struct out *o);

/** out_free() - give back what out_init() took
 * @o: output
 */
void out_free(struct out *o);

/** out_end() - JSON: print the document as one line; text: flush
 * @o: output
 *
 * Return: false when the output could not be written.
 */
bool out_end(struct out *o);

/*
 * An object or an array, below @key or, inside an array, without one. In FLAT
 * and LINES an array of strings becomes one value, and an object adds nothing.
 */
void out_open(struct out *o, const char *key);
void out_list(struct out *o, const char *key);
void out_close(struct out *o);

/** out_text() - text that no key belongs to; nothing in JSON
 * @o: output
 * @fmt: as printf; a line's trailing blanks are dropped
 */
__printf(2, 3) void out_text(struct out *o, const char *fmt, ...);

/*
 * One value. @fmt is the text form with one conversion (%s for strings and
 * flags, %llu for numbers) or NULL: not in TEXT. @key is its name or NULL: in
 * TEXT only.
 */
void out_str(struct out *o, const char *key, const char *fmt, const char *value);
void out_num(struct out *o, const char *key, const char *fmt, unsigned long long value);
void out_flag(struct out *o, const char *key, const char *fmt, bool value);

/** out_clean() - copy text from outside; what is not printable ASCII becomes ?
 * @to: destination, always terminated
 * @size: of @to
 * @from: source or NULL
 *
 * Return: @to
 */
char *out_clean(char *to, size_t size, const char *from);

#endif /* REDCTL_OUT_H */
