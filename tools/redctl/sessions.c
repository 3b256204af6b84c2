// SPDX-License-Identifier: GPL-2.0-or-later
/* The record of interactive sessions, see sessions.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "sessions.h"

static int own_fd = -1;

static void path_of(char buf[512], const char *name)
{
	const char *run = getenv("REDUND_RUN");

	snprintf(buf, 512, "%.400s/sessions%s%.64s", run && run[0] ? run : "/run/redund",
		 name[0] ? "/" : "", name);
}

static void pid_name(char buf[12], pid_t pid)
{
	snprintf(buf, 12, "%d", (int)pid);
}

/* The directory and the one it is in. */
static void make_dirs(void)
{
	char path[512];

	path_of(path, "");
	*strrchr(path, '/') = '\0';
	mkdir(path, 0755);
	path_of(path, "");
	mkdir(path, 0755);
}

int sessions_enter(void)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *tty = ttyname(STDIN_FILENO);
	char path[512], hidden[512], name[16];

	if (own_fd >= 0)
		return own_fd;
	make_dirs();
	name[0] = '.';
	pid_name(name + 1, getpid());
	path_of(hidden, name);
	path_of(path, name + 1);
	unlink(hidden); /* of a process that had this number before */
	own_fd = open(hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (own_fd < 0)
		return -1;
	flock(own_fd, LOCK_EX);
	dprintf(own_fd, "tty=%.31s\nuser=%.31s\nsince=%lld\n", tty ? tty : "none",
		pw ? pw->pw_name : "unknown", (long long)time(NULL));
	if (rename(hidden, path)) { /* seen by others from now on, and locked */
		unlink(hidden);
		close(own_fd);
		own_fd = -1;
	}
	return own_fd;
}

void sessions_leave(void)
{
	char path[512], name[16];

	if (own_fd < 0)
		return;
	pid_name(name, getpid());
	path_of(path, name);
	unlink(path);
	close(own_fd);
	own_fd = -1;
}

/* This process or one of those that started it. */
static bool is_own(pid_t pid)
{
	char path[64], text[512], *end;
	pid_t at = getpid();
	ssize_t n;
	int fd, depth;

	for (depth = 0; depth < 16 && at > 1; depth++) {
		if (at == pid)
			return true;
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)at);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		if (fd >= 0)
			close(fd);
		text[n > 0 ? n : 0] = '\0';
		end = strrchr(text, ')'); /* a name may hold anything */
		if (!end || sscanf(end + 1, " %*c %d", &at) != 1)
			return false;
	}
	return false;
}

static void read_entry(int fd, struct session_entry *e)
{
	char text[256], *line, *save;
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (!strncmp(line, "tty=", 4))
			snprintf(e->tty, sizeof(e->tty), "%s", line + 4);
		else if (!strncmp(line, "user=", 5))
			snprintf(e->user, sizeof(e->user), "%s", line + 5);
		else if (!strncmp(line, "since=", 6))
			e->since_s = strtoull(line + 6, NULL, 10);
	}
}

/* Return: whether the session of this file is alive. */
static bool take(const char *name, struct session_entry *e)
{
	unsigned long pid;
	char path[512], *end;
	bool alive;
	int fd;

	pid = strtoul(name, &end, 10);
	if (*end || name[0] < '1' || name[0] > '9' || pid > INT32_MAX)
		return false;
	path_of(path, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	*e = (struct session_entry){ .pid = pid };
	read_entry(fd, e);
	alive = (own_fd >= 0 && (pid_t)pid == getpid()) ||
		(flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK);
	if (!alive)
		unlink(path);
	close(fd);
	e->own = is_own(e->pid);
	return alive;
}

static int by_age(const void *pa, const void *pb)
{
	const struct session_entry *a = pa, *b = pb;

	if (a->since_s != b->since_s)
		return a->since_s < b->since_s ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

unsigned int sessions_list(struct session_entry out[SESSIONS_MAX])
{
	const struct dirent *e;
	unsigned int n = 0;
	char path[512];
	DIR *dir;

	path_of(path, "");
	dir = opendir(path);
	while (dir && n < SESSIONS_MAX && (e = readdir(dir)))
		if (take(e->d_name, &out[n]))
			n++;
	if (dir)
		closedir(dir);
	qsort(out, n, sizeof(*out), by_age);
	return n;
}
