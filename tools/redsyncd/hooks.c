// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns programs that run with a time limit: after a commit, and those of the
 * promotion's directory. Each has a process group of its own, which ends with it,
 * and an empty standard input; what it says is kept, as far as there is room.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../lib/config.h"
#include "sync.h"

#define GRACE_MS 1000 /* a killed one has ended after this, or is left to itself */

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* In the child. */
static void __noreturn run(const char *const words[], int n, const char *env, int out)
{
	char *argv[CONFIG_WORDS_MAX + 1] = {};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), i;
	sigset_t none;

	for (i = 0; i < n; i++)
		argv[i] = (char *)words[i];
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() == 1 || null < 0 || dup2(null, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	if (env)
		putenv((char *)env);
	execv(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* One descriptor for both: that it says something, and that it ended. */
static int both(int out, int pidfd)
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (epoll_ctl(fd, EPOLL_CTL_ADD, out, &e) || epoll_ctl(fd, EPOLL_CTL_ADD, pidfd, &e))
		err = -errno;
	if (err)
		close(fd);
	return err ? err : fd;
}

static int follow(struct hook *h)
{
	int pidfd = syscall(SYS_pidfd_open, h->pid, 0);

	if (pidfd < 0)
		return -errno;
	h->pidfd = pidfd;
	h->fd = both(h->out, pidfd);
	return h->fd < 0 ? h->fd : 0;
}

static void close_all(struct hook *h)
{
	if (h->fd >= 0)
		close(h->fd);
	if (h->out >= 0)
		close(h->out);
	if (h->pidfd >= 0)
		close(h->pidfd);
	h->fd = -1;
	h->out = -1;
	h->pidfd = -1;
}

/* Before it is in its group it is killed by itself. */
static void kill_all(const struct hook *h)
{
	kill(-h->pid, SIGKILL);
	kill(h->pid, SIGKILL);
}

int hook_start(struct hook *h, const char *command, const char *env, int64_t deadline_ms)
{
	char line[SYNC_PATH_MAX], why[CONFIG_WHY_MAX];
	const char *words[CONFIG_WORDS_MAX];
	int fds[2], n, err;

	*h = (struct hook){ .fd = -1, .out = -1, .pidfd = -1, .deadline_ms = deadline_ms };
	if (snprintf(line, sizeof(line), "%s", command) >= (int)sizeof(line))
		return -ENAMETOOLONG;
	n = config_words(line, words, why);
	if (n < 1)
		return -EINVAL;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	fcntl(fds[1], F_SETFL, 0); /* the program's own end blocks as usual */
	h->out = fds[0];
	h->pid = fork();
	if (!h->pid)
		run(words, n, env, fds[1]);
	err = h->pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!err) {
		setpgid(h->pid, h->pid);
		err = follow(h);
	}
	if (!err)
		return 0;
	if (h->pid > 0) {
		kill_all(h);
		waitpid(h->pid, NULL, 0);
	}
	close_all(h);
	return err;
}

/* Keeps the beginning, lets the rest go. */
static void drain(struct hook *h)
{
	char skip[512];
	ssize_t n;

	while (h->out >= 0) {
		if (h->used + 1 < sizeof(h->text))
			n = read(h->out, h->text + h->used, sizeof(h->text) - 1 - h->used);
		else
			n = read(h->out, skip, sizeof(skip));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		if (!n) { /* closed: no more of it for poll() */
			close(h->out);
			h->out = -1;
			return;
		}
		if (h->used + 1 < sizeof(h->text))
			h->used += n;
	}
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool hook_reap(struct hook *h, int64_t now_ms)
{
	int status = 0, n;

	if (h->ended || h->pid <= 0)
		return true;
	drain(h);
	n = waitpid(h->pid, &status, WNOHANG);
	if (!n && now_ms >= h->deadline_ms) {
		kill_all(h);
		h->status = -1;
		if (now_ms < h->deadline_ms + GRACE_MS)
			return false;
	} else if (!n) {
		return false;
	} else if (h->status != -1) {
		h->status = n > 0 ? status_of(status) : -1;
	}
	drain(h);
	kill(-h->pid, SIGKILL); /* what it left behind */
	close_all(h);
	h->ended = true;
	return true;
}

/* ---- a directory of them ---------------------------------------------------------- */

const char *hooks_dir(void)
{
	const char *dir = getenv("REDUND_HOOKS");

	return dir && *dir ? dir : "/etc/redund/promote.d";
}

static int is_hook(const struct dirent *e)
{
	static const char set[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	return strspn(e->d_name, set) == strlen(e->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void wait_for(struct hook *h)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN };
	int64_t left;

	while (!hook_reap(h, now())) {
		left = h->deadline_ms - now();
		poll(&p, 1, left > 0 ? (int)left + 1 : 10);
	}
}

/* Return: its status as hooks_run() tells it; 1 with @skip: it is no hook. */
static int run_one(const char *dir, const char *name, const char *env, int limit_ms,
		   int64_t deadline_ms, struct hook *h, bool *skip)
{
	char path[SYNC_PATH_MAX], command[SYNC_PATH_MAX + 2];
	int64_t start = now();
	struct stat st;

	*skip = snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path) - 2 ||
		lstat(path, &st) || !S_ISREG(st.st_mode) || access(path, X_OK);
	memset(h, 0, sizeof(*h));
	if (*skip)
		return 1;
	if (start >= deadline_ms)
		return -3;
	snprintf(command, sizeof(command), "\"%s\"", path);
	if (hook_start(h, command, env,
		       start + limit_ms < deadline_ms ? start + limit_ms : deadline_ms))
		return -2;
	wait_for(h);
	return h->status;
}

int hooks_run(const char *dir, const char *env, int limit_ms, int64_t deadline_ms,
	      void (*result)(void *data, const char *name, int status, const char *text),
	      void *data)
{
	struct dirent **list = NULL;
	int n = scandir(dir, &list, is_hook, by_name), i, status, failed = 0;
	struct hook h;
	bool skip;

	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	for (i = 0; i < n; i++) {
		status = run_one(dir, list[i]->d_name, env, limit_ms, deadline_ms, &h, &skip);
		h.text[strcspn(h.text, "\n")] = '\0';
		if (!skip && result)
			result(data, list[i]->d_name, status, h.text);
		failed += !skip && status;
		free(list[i]);
	}
	free(list);
	return failed;
}
