// SPDX-License-Identifier: GPL-2.0-or-later
/* A flash as an image file, see medium.h. Owns how e2fsprogs are called. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <compiler.h>
#include "medium.h"

#define COMMAND_MAX (2 * PATH_MAX + 32)
#define UNSETTLED   4 /* exit status of e2fsck from which on something is left wrong */

/* Where Debian has these programs; a person's PATH may not. */
static char *const environment[] = {
	(char *)"PATH=/usr/sbin:/sbin:/usr/bin:/bin",
	(char *)"LC_ALL=C",
	(char *)"DEBUGFS_PAGER=cat",
	NULL,
};

/* Return: lines of what is said there until it ends. */
static int count_lines(int fd)
{
	char text[4096];
	int lines = 0;
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t i = 0; i < n; i++)
			lines += text[i] == '\n';
	return lines;
}

/*
 * Return: exit status of a program, or a negative errno. *@complaints: lines on
 * its standard error.
 */
static int run(const char *const *argv, int *complaints)
{
	posix_spawn_file_actions_t actions;
	int err, status, ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 2; fd++)
		posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
	/* env looks in the PATH above, not in this process's */
	err = posix_spawnp(&pid, "env", &actions, NULL, (char **)argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	*complaints = err ? 0 : count_lines(ends[0]);
	close(ends[0]);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EIO;
	return WEXITSTATUS(status) == 127 ? -ENOPKG : WEXITSTATUS(status);
}

/* A path or name that debugfs takes as one word. */
static bool plain(const char *word)
{
	return word[0] && word[0] != '-' && !word[strcspn(word, " \t\n\"'\\")];
}

/*
 * Its exit status says nothing about the command; it says its version on
 * standard error, and after that only what went wrong.
 *
 * Return: 0, 1 when the command failed, or a negative errno.
 */
static int debugfs(const char *path, bool change, const char *command)
{
	const char *argv[] = { "env", "debugfs", "-R", command, path, NULL, NULL };
	int status, complaints;

	if (change) {
		argv[4] = "-w";
		argv[5] = path;
	}
	status = run(argv, &complaints);
	if (status)
		return status < 0 ? status : -EUCLEAN;
	return complaints > 1;
}

/* Return: 1 it has a journal, 0 it has none, or a negative errno. */
static int has_journal(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), ret = -EUCLEAN;
	unsigned char super[128];

	if (fd < 0)
		return -errno;
	/* magic 0xef53 at 56, compatible features at 92, of them the journal bit 2 */
	if (pread(fd, super, sizeof(super), 1024) == sizeof(super) && super[56] == 0x53 &&
	    super[57] == 0xef)
		ret = super[92] >> 2 & 1;
	close(fd);
	return ret;
}

int medium_settle(const char *path)
{
	const char *replay[] = { "env", "e2fsck", "-p", "-E", "journal_only", path, NULL };
	const char *repair[] = { "env", "e2fsck", "-f", "-y", path, NULL };
	int complaints, status = has_journal(path);

	if (status >= 0)
		status = run(status ? replay : repair, &complaints);
	return status >= UNSETTLED ? -EUCLEAN : status > 0 ? 0 : status;
}

bool medium_has(const char *path, const char *name)
{
	char command[COMMAND_MAX];

	snprintf(command, sizeof(command), "stat /%s", name);
	return plain(name) && !debugfs(path, false, command);
}

int medium_get(const char *path, const char *name, const char *to)
{
	char command[COMMAND_MAX];
	int err;

	if (!plain(name) || !plain(to))
		return -EINVAL;
	if (unlink(to) && errno != ENOENT)
		return -errno;
	snprintf(command, sizeof(command), "dump /%s %s", name, to);
	err = debugfs(path, false, command);
	if (err <= 0)
		return err;
	return unlink(to) ? -ENOENT : -EIO;
}

int medium_put(const char *path, const char *name, const char *from)
{
	char command[COMMAND_MAX];
	int err;

	if (!plain(name) || (from && !plain(from)))
		return -EINVAL;
	if (from && access(from, R_OK))
		return -errno;
	snprintf(command, sizeof(command), "rm /%s", name);
	err = debugfs(path, true, command);
	if (err < 0 || !from)
		return err < 0 ? err : 0;
	snprintf(command, sizeof(command), "write %s %s", from, name);
	err = debugfs(path, true, command);
	if (err <= 0)
		return err;
	/* no half of it stays */
	snprintf(command, sizeof(command), "rm /%s", name);
	debugfs(path, true, command);
	return -ENOSPC;
}

int medium_make(const char *path, const struct medium_kind *kind, const char *from)
{
	static const char features[] = "lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0";
	char temp[PATH_MAX], size[24];
	const char *argv[] = { "env",
			       "mkfs.ext4",
			       "-q",
			       "-F",
			       "-b",
			       "4096",
			       "-N",
			       "1024",
			       "-m",
			       "0",
			       "-E",
			       features,
			       kind->no_journal ? "-O" : "-J",
			       kind->no_journal ? "^has_journal" : "size=4",
			       temp,
			       size,
			       "-d",
			       from,
			       NULL };
	int status, complaints;

	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		return -ENAMETOOLONG;
	snprintf(size, sizeof(size), "%uM", kind->mib);
	if (!from)
		argv[ARRAY_SIZE(argv) - 3] = NULL;
	unlink(temp);
	status = run(argv, &complaints);
	if (!status && rename(temp, path))
		status = -errno;
	if (status)
		unlink(temp);
	return status > 0 ? -EIO : status;
}
