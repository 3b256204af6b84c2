// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target without libFuzzer: every file of a directory, then lines
 * made from them by a fixed sequence of changes, the same in every run. Prints
 * TAP and the number of executions.
 *
 *	fuzz_parse DIRECTORY [EXECUTIONS [SEED]]
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../redctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FILES_MAX 256
#define BYTES_MAX 8192

static struct text {
	uint8_t *data;
	size_t len;
} corpus[FILES_MAX];

static unsigned int files;
static uint64_t state;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (state >> 16) % below : 0;
}

static int regular(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool load(const char *directory, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "re");
	if (!f || files == FILES_MAX)
		return false;
	corpus[files].data = malloc(BYTES_MAX);
	if (!corpus[files].data)
		abort();
	corpus[files].len = fread(corpus[files].data, 1, BYTES_MAX, f);
	files++;
	return !fclose(f);
}

static bool load_all(const char *directory)
{
	struct dirent **list;
	int n = scandir(directory, &list, regular, alphasort), i;
	bool good = n > 0;

	for (i = 0; i < n; i++) {
		good = load(directory, list[i]->d_name) && good;
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return good;
}

/* A piece of a syntax, where a command has one. */
static size_t piece(uint8_t to[64])
{
	const struct command *c = __start_redctl_cmds;
	const char *at;
	size_t len;

	c += draw(__stop_redctl_cmds - __start_redctl_cmds);
	at = c->syntax + draw(strlen(c->syntax));
	len = strcspn(at, "|> ") + draw(2);
	len = strnlen(at, len < 64 ? len : 64);
	memcpy(to, at, len);
	return len;
}

static size_t insert(uint8_t *line, size_t len, size_t at, const uint8_t *what, size_t n)
{
	if (len + n > BYTES_MAX)
		return len;
	memmove(line + at + n, line + at, len - at);
	memcpy(line + at, what, n);
	return len + n;
}

static size_t change(uint8_t *line, size_t len)
{
	static const char bytes[] = " \t\"\\-<>[]|;#?\n\r\x1b\x7f";
	size_t at = draw(len + 1), n = draw(len - at + 1);
	const struct text *other = &corpus[draw(files)];
	uint8_t word[64], byte;

	switch (draw(8)) {
	case 0:
		byte = draw(256);
		return insert(line, len, at, &byte, 1);
	case 1:
		byte = bytes[draw(sizeof(bytes))];
		return insert(line, len, at, &byte, 1);
	case 2:
		if (at < len)
			line[at] ^= 1 << draw(8);
		return len;
	case 3: /* without a part */
		memmove(line + at, line + at + n, len - at - n);
		return len - n;
	case 4:
		return at;
	case 5:
		return insert(line, len, at, word, piece(word));
	case 6:
		return insert(line, len, at, other->data, draw(other->len + 1));
	default: /* more of the same, to the limits */
		byte = at < len ? line[at] : ' ';
		for (n = draw(600); n; n--)
			len = insert(line, len, at, &byte, 1);
		return len;
	}
}

static void mutate(unsigned long executions)
{
	static uint8_t line[BYTES_MAX];
	const struct text *from;
	unsigned int changes;
	size_t len;

	for (; executions; executions--) {
		from = &corpus[draw(files)];
		len = from->len;
		memcpy(line, from->data, len);
		for (changes = 1 + draw(6); changes; changes--)
			len = change(line, len);
		LLVMFuzzerTestOneInput(line, len);
	}
}

int main(int argc, char **argv)
{
	unsigned long executions = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000;
	unsigned int i;
	bool good;

	if (argc < 2)
		return 2;
	state = argc > 3 ? strtoul(argv[3], NULL, 10) + 1 : 1;
	state *= 0x9e3779b97f4a7c15;
	printf("TAP version 13\n1..2\n");
	fflush(stdout);
	good = load_all(argv[1]);
	for (i = 0; i < files; i++)
		LLVMFuzzerTestOneInput(corpus[i].data, corpus[i].len);
	printf("%sok 1 - parser: the corpus: %u lines\n", good ? "" : "not ", files);
	fflush(stdout);
	if (files)
		mutate(executions);
	printf("%sok 2 - parser: lines made from them: %lu executions\n", files ? "" : "not ",
	       files ? executions : 0);
	for (i = 0; i < files; i++)
		free(corpus[i].data);
	return !good;
}
