// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns FLASH/sync/kept: of each item the last set of files that a module had
 * changed as the active, lost its power before anybody was told of, and gave up
 * for the next active's. A file is named by its path, with + in place of /.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "engine.h"

/* Opens the directory of an item's copy, which is root's alone. */
static int open_kept(const struct store *s, const char *item)
{
	char path[SYNC_PATH_MAX];
	const char *name;
	int fd, err;

	snprintf(path, sizeof(path), "sync/kept/%s/", item);
	fd = path_dir(s, path, &name, true);
	if (fd < 0 || !fchmod(fd, 0700))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static void empty(int dir)
{
	int fd = path_beneath(dir, ".", O_RDONLY | O_DIRECTORY, 0);
	struct dirent *e;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			unlinkat(fd, e->d_name, 0);
	closedir(d);
}

static int copy_file(const struct store *s, const char *path, int dir)
{
	char name[SYNC_PATH_MAX];
	uint64_t at = 0;
	struct stat st;
	int from = path_open(s, path, &st), to, err;

	if (from < 0)
		return from;
	snprintf(name, sizeof(name), "%s", path);
	for (char *c = name; *c; c++)
		if (*c == '/')
			*c = '+';
	to = path_beneath(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	err = to < 0 ? to : file_copy(from, to, st.st_size, &at);
	if (!err)
		err = flash_sync_file(to);
	if (to >= 0)
		close(to);
	close(from);
	return err;
}

static int copy_all(const struct store *s, const struct item_files *v)
{
	int dir = open_kept(s, v->item->name), err = 0;

	if (dir < 0)
		return dir;
	empty(dir);
	for (unsigned int i = 0; i < v->now.count && !err; i++)
		err = copy_file(s, v->now.file[i].path, dir);
	if (!err)
		err = flash_sync_dir(dir);
	close(dir);
	return err;
}

int store_yield(const struct store *s, unsigned int item, bool copy)
{
	const struct item_files *v = store_files(s, item, 0);
	int err;

	if (!v->complete || !v->mark.generation || !store_is_ours(s, v->mark.chassis) ||
	    !memcmp(v->mark.digest, v->now.digest, SYNC_DIGEST))
		return 0;
	err = copy ? copy_all(s, v) : 0;
	return err ? err : 1;
}
