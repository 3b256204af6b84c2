// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns DIR/mmN/ram, the memory that an image is unpacked to: `linux`, `root/`
 * and `digest`, which is written last and names the image that they are of.
 */
#include "rom.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIGEST_TEXT 64

static void in_ram(const struct rom *rom, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", rom->ram, name);
}

static bool is_there(const struct rom *rom, const char *digest)
{
	char path[PATH_MAX], found[DIGEST_TEXT + 2];

	in_ram(rom, "digest", path);
	return flash_read(path, found, sizeof(found)) == DIGEST_TEXT && !strcmp(found, digest);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

/* Return: 0, or -errno, with @why told. */
static int failed(const char *what, int err, char *why, size_t size)
{
	snprintf(why, size, "%s: %s", what, strerror(-err));
	return err;
}

static int unpack_kernel(const struct rom *rom, const struct fit *fit, char *why, size_t size)
{
	char path[PATH_MAX];
	int fd, err;

	in_ram(rom, "linux", path);
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd < 0)
		return failed("memory", -errno, why, size);
	err = fit_extract(fit, FIT_KERNEL, fd, why, size);
	close(fd);
	return err;
}

/* A tar that reads what is written to *to. */
static int start_tar(const char *root, int *to, pid_t *pid)
{
	const char *argv[] = {
		"tar", "-x", "-f", "-", "-C", root, "--no-same-owner", "--same-permissions", NULL
	};
	posix_spawn_file_actions_t actions;
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
	err = posix_spawnp(pid, argv[0], &actions, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	if (err) {
		close(ends[1]);
		return -err;
	}
	*to = ends[1];
	return 0;
}

static int unpack_root(const struct rom *rom, const struct fit *fit, char *why, size_t size)
{
	char path[PATH_MAX];
	int fd = -1, err, status = 0;
	pid_t pid;

	in_ram(rom, "root", path);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (mkdir(path, 0755))
		return failed("memory", -errno, why, size);
	err = start_tar(path, &fd, &pid);
	if (err)
		return failed("tar", err, why, size);
	signal(SIGPIPE, SIG_IGN);
	err = fit_extract(fit, FIT_ROOTFS, fd, why, size);
	signal(SIGPIPE, SIG_DFL);
	close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!err && status)
		err = failed("the root file system", -EBADMSG, why, size);
	return err;
}

int unpack(const struct rom *rom, const struct fit *fit, char *why, size_t size)
{
	char path[PATH_MAX], digest[DIGEST_TEXT + 1];
	struct fit_info info;
	int err;

	fit_info(fit, &info);
	for (size_t i = 0; i < sizeof(info.sha256); i++)
		snprintf(digest + 2 * i, 3, "%02x", info.sha256[i]);
	if (is_there(rom, digest))
		return 0;
	in_ram(rom, "digest", path);
	if (mkdir(rom->ram, 0755) && errno != EEXIST)
		return failed("memory", -errno, why, size);
	if (unlink(path) && errno != ENOENT)
		return failed("memory", -errno, why, size);
	err = unpack_kernel(rom, fit, why, size);
	if (!err)
		err = unpack_root(rom, fit, why, size);
	if (!err)
		err = flash_replace(path, digest, DIGEST_TEXT);
	return err;
}
