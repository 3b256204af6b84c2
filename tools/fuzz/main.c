// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target without libFuzzer: every file of a directory, then inputs
 * made from them by a fixed sequence of changes, the same in every run. Prints
 * TAP and the number of executions. An input that ends the program is written to
 * FUZZ_CRASH (else fuzz-crash in the present directory), which is then said.
 *
 *	fuzz_NAME DIRECTORY|FILE [EXECUTIONS [SEED]]
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fuzz.h"

#define FILES_MAX 256
#define BYTES_MAX 8192

static struct input {
	uint8_t *data;
	size_t len;
} corpus[FILES_MAX];

static unsigned int files, words;
static uint64_t state;
static const uint8_t *running; /* the input under test */
static size_t running_len;
static const char *crash_path;

/* A report of a sanitizer ends with SIGABRT. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}

const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:print_stacktrace=1";
}

/* ---- what ended the program -------------------------------------------------- */

static void keep(void)
{
	int fd;

	if (!running)
		return;
	fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd >= 0 && write(fd, running, running_len) == (ssize_t)running_len)
		fprintf(stderr, "the input is in %s; again: PROGRAM %s\n", crash_path, crash_path);
	running = NULL;
}

static void on_signal(int number)
{
	keep();
	signal(number, SIG_DFL);
	raise(number);
}

static void watch(void)
{
	crash_path = getenv("FUZZ_CRASH");
	if (!crash_path)
		crash_path = "fuzz-crash";
	signal(SIGABRT, on_signal);
}

static void run(const uint8_t *data, size_t len)
{
	running = data;
	running_len = len;
	LLVMFuzzerTestOneInput(data, len);
	running = NULL;
}

/* ---- the corpus ---------------------------------------------------------------- */

static void load(const char *path)
{
	struct input *in = &corpus[files];
	FILE *f = fopen(path, "re");

	if (!f || files == FILES_MAX) {
		perror(path);
		exit(2);
	}
	in->data = malloc(BYTES_MAX);
	if (!in->data)
		abort();
	in->len = fread(in->data, 1, BYTES_MAX, f);
	files++;
	fclose(f);
}

static int regular(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void load_all(const char *path)
{
	struct dirent **list;
	char name[512];
	int n = scandir(path, &list, regular, alphasort), i;

	if (n < 0 && errno == ENOTDIR) {
		load(path);
		return;
	}
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s/%s", path, list[i]->d_name);
		load(name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/* ---- changes --------------------------------------------------------------------- */

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (state >> 16) % below : 0;
}

static size_t insert(uint8_t *data, size_t len, size_t at, const void *what, size_t n)
{
	if (len + n > BYTES_MAX)
		return len;
	memmove(data + at + n, data + at, len - at);
	memcpy(data + at, what, n);
	return len + n;
}

static uint8_t odd_byte(void)
{
	static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, '\n', ' ', '/', '.', '-', '9', '0' };

	return draw(2) ? odd[draw(sizeof(odd))] : draw(256);
}

/* A run of bytes of this input or of another one, put anywhere. */
static size_t mix(uint8_t *data, size_t len, size_t at)
{
	const struct input *other = &corpus[draw(files)];
	size_t from = draw(other->len), n = draw(other->len - from + 1);
	uint8_t copy[BYTES_MAX];

	memcpy(copy, other->data + from, n);
	return insert(data, len, at, copy, n);
}

static size_t change(uint8_t *data, size_t len)
{
	size_t at = draw(len + 1), n = draw(len - at + 1);
	uint8_t byte = odd_byte();
	const char *word;

	switch (draw(8)) {
	case 0:
		if (at < len)
			data[at] ^= 1 << draw(8);
		return len;
	case 1:
		if (at < len)
			data[at] = byte;
		return len;
	case 2:
		return insert(data, len, at, &byte, 1);
	case 3: /* without a part */
		n = draw(2) ? n : n & 7;
		memmove(data + at, data + at + n, len - at - n);
		return len - n;
	case 4:
		return draw(4) ? len : at;
	case 5:
		word = fuzz_words[draw(words)];
		return words ? insert(data, len, at, word, strlen(word)) : len;
	case 6:
		return mix(data, len, at);
	default: /* more of the same, to the limits */
		for (n = draw(draw(4) ? 8 : 600); n; n--)
			len = insert(data, len, at, &byte, 1);
		return len;
	}
}

static void mutate(unsigned long executions)
{
	static uint8_t data[BYTES_MAX];
	const struct input *from;
	unsigned int changes;
	size_t len;

	for (; executions; executions--) {
		from = &corpus[draw(files)];
		len = from->len;
		memcpy(data, from->data, len);
		for (changes = 1 + draw(5); changes; changes--)
			len = change(data, len);
		run(data, len);
	}
}

int main(int argc, char **argv)
{
	unsigned long executions = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	unsigned int i;

	if (argc < 2)
		return 2;
	watch();
	state = (argc > 3 ? strtoul(argv[3], NULL, 10) + 1 : 1) * 0x9e3779b97f4a7c15;
	while (fuzz_words[words])
		words++;
	printf("TAP version 13\n1..2\n");
	fflush(stdout);
	load_all(argv[1]);
	for (i = 0; i < files; i++)
		run(corpus[i].data, corpus[i].len);
	printf("%sok 1 - %s: the corpus: %u inputs\n", files ? "" : "not ", name, files);
	fflush(stdout);
	if (files)
		mutate(executions);
	printf("%sok 2 - %s: inputs made from them: %lu executions\n", files ? "" : "not ", name,
	       files ? executions : 0);
	for (i = 0; i < files; i++)
		free(corpus[i].data);
	return !files;
}
