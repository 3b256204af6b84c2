// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See loss.h. The medium is as POSIX allows it: the bytes of a file are there once
 * it was flushed, a name once its directory was. Names are lost from the last one
 * backwards to some point, as a journal has them; bytes each by itself.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../engine.h"
#include "loss.h"

enum change { RENAMED, REMOVED, CREATED, MADE };

struct name {
	enum change change;
	dev_t dev;
	ino_t dir; /* whose flush makes it durable */
	char from[PATH_MAX], to[PATH_MAX], backup[64];
	bool was; /* there was something in its place: it is in @backup */
};

static bool armed;
static enum loss kind;
static long left;
static unsigned int names, files;
static struct name name[512];
static struct {
	dev_t dev;
	ino_t ino;
	int fd;
} file[512];

void loss_arm(enum loss new_kind, long effects, unsigned int seed)
{
	kind = new_kind;
	left = effects;
	armed = true;
	srand(seed);
	mkdir("backup", 0700);
}

/* ---- the crash -------------------------------------------------------------------- */

static void undo(const struct name *n)
{
	switch (n->change) {
	case RENAMED:
		__real_rename(n->to, n->from);
		break;
	case CREATED:
		__real_unlink(n->to);
		break;
	case MADE:
		rmdir(n->to);
		break;
	case REMOVED:
		break;
	}
	if (n->was)
		__real_rename(n->backup, n->to);
}

void loss_now(void)
{
	unsigned int keep, i;

	armed = false;
	if (kind == LOSS_POWER) {
		for (i = 0; i < files; i++)
			if (rand() % 4 && ftruncate(file[i].fd, rand() % 2 ? 0 : 7))
				_exit(98);
		/* mostly all of them, the others are lucky */
		keep = rand() % 2 && names ? rand() % (names + 1) : 0;
		for (i = names; i > keep; i--)
			undo(&name[i - 1]);
	}
	_exit(LOSS_EXIT);
}

static void effect(void)
{
	if (armed && left-- == 0)
		loss_now();
}

/* ---- what is not flushed yet ------------------------------------------------------ */

static void path_of(int dir, const char *rel, char to[PATH_MAX])
{
	char link[64], at[PATH_MAX] = "";
	ssize_t n;

	if (dir == AT_FDCWD || rel[0] == '/') {
		snprintf(to, PATH_MAX, "%s", rel);
		return;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, at, sizeof(at) - 1);
	at[n < 0 ? 0 : n] = '\0';
	if (snprintf(to, PATH_MAX, "%s/%s", at, rel) >= PATH_MAX)
		abort();
}

/* Notes a change of a name before it is made. */
static void note(enum change change, const char *from, const char *to)
{
	char dir[PATH_MAX], *slash;
	struct name *n = &name[names];
	struct stat st;

	if (!armed || kind != LOSS_POWER)
		return;
	if (names == ARRAY_SIZE(name))
		abort();
	memset(n, 0, sizeof(*n));
	n->change = change;
	snprintf(n->from, sizeof(n->from), "%s", from);
	snprintf(n->to, sizeof(n->to), "%s", to);
	snprintf(dir, sizeof(dir), "%s", to);
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	if (stat(slash ? dir : ".", &st))
		return;
	n->dev = st.st_dev;
	n->dir = st.st_ino;
	snprintf(n->backup, sizeof(n->backup), "backup/%u", names);
	__real_unlink(n->backup);
	n->was = change != MADE && change != CREATED && !link(to, n->backup);
	names++;
}

static void written(int fd)
{
	struct stat st;
	unsigned int i;

	if (!armed || kind != LOSS_POWER || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return;
	for (i = 0; i < files; i++)
		if (file[i].dev == st.st_dev && file[i].ino == st.st_ino)
			return;
	if (files == ARRAY_SIZE(file))
		abort();
	file[files].dev = st.st_dev;
	file[files].ino = st.st_ino;
	file[files++].fd = dup(fd);
}

static void flushed(int fd)
{
	struct stat st;
	unsigned int i, to;

	if (!armed || kind != LOSS_POWER || fstat(fd, &st))
		return;
	for (i = to = 0; i < files; i++) {
		if (file[i].dev == st.st_dev && file[i].ino == st.st_ino)
			close(file[i].fd);
		else
			file[to++] = file[i];
	}
	files = to;
	for (i = to = 0; i < names; i++)
		if (name[i].dev != st.st_dev || name[i].dir != st.st_ino)
			name[to++] = name[i];
	names = to;
}

/* ---- in the place of the library's ------------------------------------------------ */

ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	effect();
	written(fd);
	return __real_write(fd, data, len);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
	effect();
	written(fd);
	return __real_pwrite(fd, data, len, at);
}

int __wrap_ftruncate(int fd, off_t len)
{
	effect();
	written(fd);
	return __real_ftruncate(fd, len);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	effect();
	return __real_fchmod(fd, mode);
}

/* The machine's own medium is not waited for: what is lost is decided here. */
int __wrap_fsync(int fd)
{
	effect();
	flushed(fd);
	return 0;
}

int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];

	effect();
	path_of(from_dir, from, a);
	path_of(to_dir, to, b);
	if (!faccessat(from_dir, from, F_OK, AT_SYMLINK_NOFOLLOW))
		note(RENAMED, a, b);
	return __real_renameat(from_dir, from, to_dir, to);
}

int __wrap_rename(const char *from, const char *to)
{
	effect();
	note(RENAMED, from, to);
	return __real_rename(from, to);
}

int __wrap_unlinkat(int dir, const char *path, int flags)
{
	char a[PATH_MAX];

	effect();
	path_of(dir, path, a);
	if (!faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW))
		note(REMOVED, a, a);
	return __real_unlinkat(dir, path, flags);
}

int __wrap_unlink(const char *path)
{
	effect();
	if (!access(path, F_OK))
		note(REMOVED, path, path);
	return __real_unlink(path);
}

int __wrap_mkdirat(int dir, const char *path, mode_t mode)
{
	char a[PATH_MAX];

	effect();
	path_of(dir, path, a);
	if (faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW))
		note(MADE, a, a);
	return __real_mkdirat(dir, path, mode);
}

int __wrap_path_beneath(int dir, const char *path, int flags, mode_t mode)
{
	char a[PATH_MAX];

	if (flags & O_CREAT) {
		effect();
		path_of(dir, path, a);
		if (faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW))
			note(CREATED, a, a);
	}
	return __real_path_beneath(dir, path, flags, mode);
}
