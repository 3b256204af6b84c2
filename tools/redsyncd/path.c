// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns how a file of an item is reached: below the flash, or below / for a path
 * that begins there, component by component by the kernel itself, which follows
 * no link and does not leave that directory. Only regular files are opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/openat2.h>
#include "engine.h"

int path_beneath(int dir, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	do
		fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	if (fd >= 0)
		return (int)fd;
	return errno == ELOOP || errno == EXDEV ? -EPERM : -errno;
}

/* Of a directory that is made: keys are root's alone. */
static mode_t dir_mode(const struct store *s, const char *path)
{
	for (unsigned int i = 0; i < s->policy->count; i++)
		if (s->policy->item[i].class == SYNC_SECURITY &&
		    policy_covers(&s->policy->item[i], path))
			return 0700;
	return 0755;
}

/* Opens the directory @name in @up, which it closes; makes it with @mode unless that is 0. */
static int descend(int up, const char *name, mode_t mode)
{
	int fd = path_beneath(up, name, O_RDONLY | O_DIRECTORY, 0), err = 0;

	if (fd == -ENOENT && mode) {
		if (mkdirat(up, name, mode) && errno != EEXIST)
			err = -errno;
		if (!err)
			err = flash_sync_dir(up);
		fd = err ? err : path_beneath(up, name, O_RDONLY | O_DIRECTORY, 0);
	}
	close(up);
	return fd == -ENOTDIR ? -EPERM : fd;
}

/* Opens the directory that @path is in, @name is what follows: "" for DIRECTORY/ */
int path_dir(const struct store *s, const char *path, const char **name, bool make)
{
	int fd = path_beneath(path[0] == '/' ? s->root_fd : s->flash_fd, ".",
			      O_RDONLY | O_DIRECTORY, 0);
	mode_t mode = make ? dir_mode(s, path) : 0;
	char part[SYNC_PATH_MAX];
	size_t len;

	path += path[0] == '/';
	while (fd >= 0 && path[len = strcspn(path, "/")]) {
		if (len >= sizeof(part)) {
			close(fd);
			return -ENAMETOOLONG;
		}
		memcpy(part, path, len);
		part[len] = '\0';
		fd = descend(fd, part, mode);
		path += len + 1;
	}
	*name = path;
	return fd;
}

/* -EPERM: there is something else than a regular file */
int path_stat(const struct store *s, const char *path, struct stat *st)
{
	const char *name;
	int dir = path_dir(s, path, &name, false), err = 0;

	if (dir < 0)
		return dir;
	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW))
		err = -errno;
	else if (!S_ISREG(st->st_mode))
		err = -EPERM;
	close(dir);
	return err;
}

/* For reading. That it is a regular file is known before it is opened, and after. */
int path_open(const struct store *s, const char *path, struct stat *st)
{
	const char *name;
	int dir, fd, err = path_stat(s, path, st);

	if (err)
		return err;
	dir = path_dir(s, path, &name, false);
	if (dir < 0)
		return dir;
	fd = path_beneath(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0);
	close(dir);
	if (fd < 0)
		return fd;
	if (!fstat(fd, st) && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	return -EPERM;
}

void path_from(const char *path, unsigned int from, char to[SYNC_PATH_MAX])
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	if (from)
		snprintf(to, SYNC_PATH_MAX, "%.*smm%u/%s", (int)(name - path), path, from, name);
	else
		snprintf(to, SYNC_PATH_MAX, "%s", path);
}

int file_write(int fd, const uint8_t *data, size_t len, uint64_t *at)
{
	ssize_t n;

	while (len) {
		n = pwrite(fd, data, len, *at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
		*at += n;
	}
	return 0;
}

int file_copy(int from, int to, uint64_t len, uint64_t *at)
{
	uint8_t buf[16384];
	ssize_t n;
	int err = 0;

	while (!err && len) {
		n = read(from, buf, len < sizeof(buf) ? len : sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ESTALE;
		err = file_write(to, buf, n, at);
		len -= n;
	}
	return err;
}
