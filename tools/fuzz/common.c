// SPDX-License-Identifier: GPL-2.0-or-later
/* See fuzz.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "fuzz.h"

static char dir[96];
static pid_t owner;

void fuzz_must(bool good, const char *condition, const char *file, int line)
{
	if (good)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
	abort();
}

void *fuzz_copy(const uint8_t *data, size_t len, bool text)
{
	size_t size = len + text;
	char *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	if (text)
		copy[len] = '\0';
	return copy;
}

bool fuzz_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void leave(void)
{
	char command[128];

	if (getpid() != owner)
		return;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command))
		perror(dir);
}

const char *fuzz_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (dir[0])
		return dir;
	if (!tmp)
		tmp = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
	snprintf(dir, sizeof(dir), "%.60s/fuzz.XXXXXX", tmp);
	if (!mkdtemp(dir)) {
		perror(dir);
		exit(2);
	}
	owner = getpid();
	atexit(leave);
	return dir;
}

void fuzz_file(const char *name, const void *data, size_t len)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd)) {
		perror(path);
		exit(2);
	}
}
