// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of FLASH/security, see security.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/flash.h"
#include "security.h"

const char *security_path(const char *name, char *buf)
{
	snprintf(buf, FLASH_PATH_MAX, "%s/security%s%s", flash_dir(), *name ? "/" : "", name);
	return buf;
}

int security_write(const char *name, const void *data, size_t len)
{
	char path[FLASH_PATH_MAX];
	mode_t before;
	int err;

	before = umask(077);
	err = mkdir(security_path("", path), 0700) && errno != EEXIST ? -errno : 0;
	if (!err)
		err = flash_replace(security_path(name, path), data, len);
	umask(before);
	return err;
}

int security_read(const char *name, char *buf)
{
	char path[FLASH_PATH_MAX];

	return flash_read(security_path(name, path), buf, SECURITY_TEXT_MAX);
}

static bool ends(const char *name, const char *end)
{
	size_t len = strlen(name), n = strlen(end);

	return *end == '*' ? len >= n - 1 && !strcmp(name + len - (n - 1), end + 1) :
			     !strcmp(name, end);
}

int security_remove(const char *end)
{
	char path[FLASH_PATH_MAX];
	DIR *dir = opendir(security_path("", path));
	struct dirent *d;
	int n = 0, err = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (d = readdir(dir))) {
		if (!ends(d->d_name, end))
			continue;
		err = flash_remove(security_path(d->d_name, path));
		n += !err;
	}
	closedir(dir);
	return err ? err : n;
}

int security_fail(struct ctx *ctx, int err)
{
	return fail(ctx, STATUS_REFUSED, err == -EACCES || err == -EROFS ? "permission" : "flash",
		    "%.60s/security: %s", flash_dir(), key_error(err));
}
