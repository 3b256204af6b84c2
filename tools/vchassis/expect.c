// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns how expectations of a scenario look into JSON: paths, comparisons and
 * the terms that pick events of a trace.
 */
#include "client.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scalar as it is written in a scenario. */
static const char *text_of(const json_t *value, char *buf, size_t size)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		snprintf(buf, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		snprintf(buf, size, "%s", json_is_true(value) ? "true" : "false");
	else
		snprintf(buf, size, "null");
	return buf;
}

/* [N], or [KEY=VALUE]: the first element that has it. */
static const json_t *element(const json_t *array, const char *in, size_t len)
{
	const char *eq = memchr(in, '=', len);
	char key[32], want[64], buf[32];
	const json_t *item;
	size_t i;

	if (!eq)
		return json_array_get(array, strtoul(in, NULL, 10));
	snprintf(key, sizeof(key), "%.*s", (int)(eq - in), in);
	snprintf(want, sizeof(want), "%.*s", (int)(len - (eq - in) - 1), eq + 1);
	json_array_foreach(array, i, item) {
		const json_t *value = json_object_get(item, key);

		if (value && !strcmp(text_of(value, buf, sizeof(buf)), want))
			return item;
	}
	return NULL;
}

const json_t *expect_path(const json_t *root, const char *path)
{
	while (root && *path) {
		size_t len;
		char key[32];

		if (*path == '[') {
			len = strcspn(++path, "]");
			root = element(root, path, len);
			path += len + (path[len] == ']');
			continue;
		}
		path += *path == '.';
		len = strcspn(path, ".[");
		if (!len)
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		root = json_object_get(root, key);
		path += len;
	}
	return root;
}

static int matches(const char *text, const char *pattern)
{
	regex_t re;
	int found;

	if (regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB))
		return -1;
	found = regexec(&re, text, 0, NULL, 0) == 0;
	regfree(&re);
	return found;
}

/* Return: 1 true, 0 false, -1 no such comparison or a broken pattern. */
int expect_compare(const json_t *value, const char *op, const char *want)
{
	char buf[32];
	const char *have = text_of(value, buf, sizeof(buf));
	long long a, b;

	if (!strcmp(op, "==") || !strcmp(op, "="))
		return !strcmp(have, want);
	if (!strcmp(op, "!="))
		return strcmp(have, want) != 0;
	if (!strcmp(op, "~"))
		return matches(have, want);
	a = strtoll(have, NULL, 10);
	b = strtoll(want, NULL, 10);
	if (!strcmp(op, ">="))
		return a >= b;
	if (!strcmp(op, "<="))
		return a <= b;
	if (!strcmp(op, ">"))
		return a > b;
	return !strcmp(op, "<") ? a < b : -1;
}

/* A term: KEY=VALUE, KEY!=VALUE, or KEY=A|B for any of several. */
static bool term_matches(const json_t *event, const char *term)
{
	const char *eq = strchr(term, '='), *p;
	bool negative = eq > term && eq[-1] == '!', found = false;
	char key[32], buf[32];
	const json_t *value;
	const char *have;

	snprintf(key, sizeof(key), "%.*s", (int)(eq - term - negative), term);
	value = json_object_get(event, key);
	if (!value)
		return negative;
	have = text_of(value, buf, sizeof(buf));
	for (p = eq + 1; !found; p++) {
		size_t len = strcspn(p, "|");

		found = strlen(have) == len && !strncmp(have, p, len);
		p += len;
		if (!*p)
			break;
	}
	return found != negative;
}

bool expect_match(const json_t *event, char *const *terms, int count)
{
	for (int i = 0; i < count; i++)
		if (!term_matches(event, terms[i]))
			return false;
	return true;
}
