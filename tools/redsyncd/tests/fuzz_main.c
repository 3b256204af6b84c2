// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs the fuzz target without libFuzzer: every file of a directory, then
 * messages made from them by a fixed sequence of changes, the same in every run.
 * Prints TAP and the number of executions.
 *
 *	fuzz_frame DIRECTORY [EXECUTIONS [SEED]]
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define FILES_MAX 256
#define BYTES_MAX 8192

static struct {
	uint8_t data[BYTES_MAX];
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

static void load(const char *directory, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "re");
	if (!f || files == FILES_MAX) {
		perror(path);
		exit(2);
	}
	corpus[files].len = fread(corpus[files].data, 1, BYTES_MAX, f);
	files++;
	fclose(f);
}

static void change(uint8_t *data, size_t *len)
{
	size_t at = *len ? draw(*len) : 0, n = draw(*len - at + 1);

	switch (draw(5)) {
	case 0:
		if (*len)
			data[at] ^= 1 << draw(8);
		break;
	case 1:
		if (*len)
			data[at] = draw(2) ? 0xff : draw(256);
		break;
	case 2: /* without a part */
		memmove(data + at, data + at + n, *len - at - n);
		*len -= n;
		break;
	case 3: /* a part twice */
		if (*len + n <= BYTES_MAX) {
			memmove(data + at + n, data + at, *len - at);
			*len += n;
		}
		break;
	default: { /* followed by another */
		unsigned int other = draw(files);

		if (*len + corpus[other].len <= BYTES_MAX) {
			memcpy(data + *len, corpus[other].data, corpus[other].len);
			*len += corpus[other].len;
		}
	}
	}
}

static void mutate(unsigned long executions)
{
	static uint8_t data[BYTES_MAX];
	unsigned int from, changes;
	size_t len;

	for (; executions; executions--) {
		from = draw(files);
		len = corpus[from].len;
		memcpy(data, corpus[from].data, len);
		for (changes = 1 + draw(4); changes; changes--)
			change(data, &len);
		LLVMFuzzerTestOneInput(data, len);
	}
}

int main(int argc, char **argv)
{
	unsigned long executions = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000;
	struct dirent **list;
	int n, i;

	if (argc < 2)
		return 2;
	state = (argc > 3 ? strtoul(argv[3], NULL, 10) + 1 : 1) * 0x9e3779b97f4a7c15;
	printf("TAP version 13\n1..2\n");
	n = scandir(argv[1], &list, regular, alphasort);
	for (i = 0; i < n; i++) {
		load(argv[1], list[i]->d_name);
		free(list[i]);
	}
	if (n > 0)
		free(list);
	for (i = 0; i < (int)files; i++)
		LLVMFuzzerTestOneInput(corpus[i].data, corpus[i].len);
	printf("%sok 1 - messages of the internal link: the corpus: %u files\n",
	       files ? "" : "not ", files);
	fflush(stdout);
	if (files)
		mutate(executions);
	printf("%sok 2 - messages made from them: %lu executions\n", files ? "" : "not ",
	       files ? executions : 0);
	return !files;
}
