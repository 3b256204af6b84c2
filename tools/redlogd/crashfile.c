// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The crash files of a module: FLASH/crash/mmN-log and mmN-data are the most
 * recent, mmN-log.1 and so on those before. A log has a head of lines about the
 * crash, ended by CRASH_END; data is the crash area as it was.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "redlogd.h"

#define CRASH_MAX 131072 /* of a crash log, its head included */

static void path_of(char buf[FLASH_PATH_MAX], unsigned int slot, const char *kind, unsigned int age)
{
	if (age)
		snprintf(buf, FLASH_PATH_MAX, "%s/crash/mm%u-%s.%u", flash_dir(), slot, kind, age);
	else
		snprintf(buf, FLASH_PATH_MAX, "%s/crash/mm%u-%s", flash_dir(), slot, kind);
}

/* The newest log holds exactly this text. */
static bool known(unsigned int slot, const char *log, size_t len)
{
	char path[FLASH_PATH_MAX], *buf = malloc(CRASH_MAX), *body;
	bool same = false;
	int n;

	path_of(path, slot, "log", 0);
	n = buf ? flash_read(path, buf, CRASH_MAX) : -ENOMEM;
	body = n > 0 ? strstr(buf, "\n" CRASH_END) : NULL;
	if (body) {
		body += strlen("\n" CRASH_END);
		same = (size_t)(buf + n - body) == len && !memcmp(body, log, len);
	}
	free(buf);
	return same;
}

/* Makes room for a new file; the oldest goes. */
static void shift(unsigned int slot, const char *kind)
{
	char from[FLASH_PATH_MAX], to[FLASH_PATH_MAX];
	unsigned int age;

	for (age = CRASH_FILES - 1; age; age--) {
		path_of(from, slot, kind, age - 1);
		path_of(to, slot, kind, age);
		if (rename(from, to) && errno == ENOENT)
			flash_remove(to); /* a log and its data have the same age */
	}
}

int crash_store(unsigned int slot, const char *head, const char *log, size_t len, const char *data,
		size_t data_len)
{
	char path[FLASH_PATH_MAX], *text = NULL;
	size_t size;
	FILE *f;
	int err;

	if (known(slot, log, len))
		return 0;
	snprintf(path, sizeof(path), "%s/crash", flash_dir());
	if (mkdir(path, 0755) && errno != EEXIST)
		return -errno;
	f = open_memstream(&text, &size);
	if (!f)
		return -ENOMEM;
	fprintf(f, "%s%s", head, CRASH_END);
	fwrite(log, 1, len, f);
	if (fclose(f)) {
		free(text);
		return -ENOMEM;
	}
	path_of(path, slot, "log", 0);
	if (access(path, F_OK)) { /* data alone: its log was not written in time */
		path_of(path, slot, "data", 0);
		flash_remove(path);
	}
	shift(slot, "log");
	shift(slot, "data");
	path_of(path, slot, "data", 0);
	err = data_len ? flash_replace(path, data, data_len) : 0;
	path_of(path, slot, "log", 0); /* last: it says that both are there */
	if (!err)
		err = flash_replace(path, text, size);
	free(text);
	return err ? err : 1;
}
