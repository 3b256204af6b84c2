// SPDX-License-Identifier: GPL-2.0-or-later
/* Items that are not sent to the other module, see hold.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "flash.h"
#include "hold.h"

#define HOLD_MAX 1024

static int read_hold(const char *flash, char path[FLASH_PATH_MAX], char text[HOLD_MAX])
{
	int n;

	if (snprintf(path, FLASH_PATH_MAX, "%s/sync/hold", flash) >= FLASH_PATH_MAX)
		return -ENAMETOOLONG;
	n = flash_read(path, text, HOLD_MAX);
	return n == -ENOENT ? 0 : n;
}

/* The text without the lines that name @item. Return: whether there was one. */
static bool strip(char *text, const char *item)
{
	size_t len = strlen(item), line;
	bool found = false;
	char *from = text, *to = text;

	while (*from) {
		line = strcspn(from, "\n");
		if (line == len && !strncmp(from, item, len)) {
			found = true;
		} else if (line) {
			memmove(to, from, line);
			to += line;
			*to++ = '\n';
		}
		from += line + (from[line] == '\n');
	}
	*to = '\0';
	return found;
}

static int set_locked(const char *flash, const char *item, bool on)
{
	char path[FLASH_PATH_MAX], text[HOLD_MAX + 64];
	int err = read_hold(flash, path, text);
	bool was;

	if (err < 0)
		return err;
	was = strip(text, item);
	if (was == on)
		return 0;
	if (on && strlen(text) + strlen(item) + 2 > HOLD_MAX)
		return -ENOSPC;
	if (on)
		sprintf(text + strlen(text), "%s\n", item);
	return flash_replace(path, text, strlen(text));
}

int hold_set(const char *flash, const char *item, bool on)
{
	char dir[FLASH_PATH_MAX];
	int fd, err;

	if (snprintf(dir, sizeof(dir), "%s/sync", flash) >= (int)sizeof(dir))
		return -ENAMETOOLONG;
	if (mkdir(dir, 0755) && errno != EEXIST)
		return -errno;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = flock(fd, LOCK_EX) ? -errno : set_locked(flash, item, on);
	close(fd);
	return err;
}

bool hold_read(const char *flash, const char *item)
{
	char path[FLASH_PATH_MAX], text[HOLD_MAX + 64];

	return read_hold(flash, path, text) > 0 && strip(text, item);
}
