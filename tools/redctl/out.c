// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text and JSON output: the document under construction and the line being
 * written. See out.h.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "out.h"

static void *no_memory(void *p)
{
	if (!p) {
		fputs("redctl: internal: out of memory\n", stderr);
		abort();
	}
	return p;
}

void out_init(struct out *o, FILE *file, enum out_style style)
{
	memset(o, 0, sizeof(*o));
	o->file = file;
	o->style = style;
	if (style == OUT_JSON)
		o->stack[0] = no_memory(json_object());
}

void out_free(struct out *o)
{
	json_decref(o->stack[0]);
	o->stack[0] = NULL;
}

void out_reset(struct out *o)
{
	out_free(o);
	out_init(o, o->file, o->style);
}

static void put_line(struct out *o)
{
	while (o->len && o->line[o->len - 1] == ' ')
		o->len--;
	fwrite(o->line, 1, o->len, o->file);
	o->len = 0;
}

bool out_end(struct out *o)
{
	if (o->style == OUT_JSON) {
		json_dumpf(o->stack[0], o->file, JSON_COMPACT | JSON_PRESERVE_ORDER);
		fputc('\n', o->file);
	} else {
		put_line(o);
	}
	out_reset(o);
	return fflush(o->file) == 0 && !ferror(o->file);
}

static void add(struct out *o, const char *key, json_t *value)
{
	json_t *top = o->stack[o->depth];

	no_memory(value);
	if (json_is_array(top))
		json_array_append_new(top, value);
	else if (key)
		json_object_set_new(top, key, value);
	else
		json_decref(value);
}

static void push(struct out *o, const char *key, json_t *value)
{
	if (o->depth + 1 >= OUT_DEPTH)
		abort();
	add(o, key, value);
	o->stack[++o->depth] = value;
}

static void put_char(struct out *o, char c)
{
	if (c == '\n')
		put_line(o);
	if (o->len == sizeof(o->line)) {
		fwrite(o->line, 1, o->len, o->file);
		o->len = 0;
	}
	if (c == '\n')
		fputc(c, o->file);
	else
		o->line[o->len++] = c;
}

__printf(2, 0) static void vtext(struct out *o, const char *fmt, va_list ap)
{
	char buf[2048];
	const char *c;

	vsnprintf(buf, sizeof(buf), fmt, ap);
	for (c = buf; *c; c++)
		put_char(o, *c);
}

void out_text(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (o->style == OUT_JSON)
		return;
	va_start(ap, fmt);
	vtext(o, fmt, ap);
	va_end(ap);
}

/* The text form of one value; @fmt has exactly one conversion of its type. */
static void value_text(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vtext(o, fmt, ap);
	va_end(ap);
}

/* FLAT and LINES: one value under its key, or one more word of a list. */
static void keyed_text(struct out *o, const char *key, const char *value)
{
	size_t len = strlen(o->words);

	if (o->words_key)
		snprintf(o->words + len, sizeof(o->words) - len, "%s%s", len ? "," : "", value);
	else if (!key)
		return;
	else if (o->style == OUT_LINES)
		value_text(o, "  %-18s : %s\n", key, value);
	else if (!*value || strchr(value, ' '))
		value_text(o, " %s:\"%s\"", key, value);
	else
		value_text(o, " %s:%s", key, value);
}

static bool keyed(const struct out *o)
{
	return o->style == OUT_FLAT || o->style == OUT_LINES;
}

void out_open(struct out *o, const char *key)
{
	if (o->style == OUT_JSON)
		push(o, key, json_object());
}

void out_list(struct out *o, const char *key)
{
	if (o->style == OUT_JSON) {
		push(o, key, json_array());
	} else if (keyed(o)) {
		o->words_key = key;
		o->words[0] = '\0';
	}
}

void out_close(struct out *o)
{
	const char *key = o->words_key;

	if (o->depth)
		o->depth--;
	if (!key)
		return;
	o->words_key = NULL;
	keyed_text(o, key, o->words[0] ? o->words : "none");
}

void out_str(struct out *o, const char *key, const char *fmt, const char *value)
{
	char clean[1088]; /* a line of a configuration has room */

	out_clean(clean, sizeof(clean), value);
	if (o->style == OUT_JSON)
		add(o, key, value ? json_string(clean) : json_null());
	else if (keyed(o))
		keyed_text(o, key, clean);
	else if (fmt)
		value_text(o, fmt, clean);
}

void out_num(struct out *o, const char *key, const char *fmt, unsigned long long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", value);
	if (o->style == OUT_JSON)
		add(o, key, json_integer((json_int_t)value));
	else if (keyed(o))
		keyed_text(o, key, digits);
	else if (fmt)
		value_text(o, fmt, value);
}

void out_flag(struct out *o, const char *key, const char *fmt, bool value)
{
	const char *word = value ? "yes" : "no";

	if (o->style == OUT_JSON)
		add(o, key, json_boolean(value));
	else if (keyed(o))
		keyed_text(o, key, word);
	else if (fmt)
		value_text(o, fmt, word);
}

char *out_clean(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; from && from[i] && i + 1 < size; i++)
		to[i] = from[i] >= 0x20 && from[i] < 0x7f ? from[i] : '?';
	to[i] = '\0';
	return to;
}
