// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs redctl as a child: what it says is read, and it ends in time. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "redsyncd.h"

/* In the child. It must not outlive the daemon: the next one starts its own. */
static void __noreturn run(int instance, const char *file, int err_fd)
{
	char device[32];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	snprintf(device, sizeof(device), "redund%d", instance);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() == 1 || null < 0 || dup2(null, 0) < 0 ||
	    dup2(null, 1) < 0 || dup2(err_fd, 2) < 0)
		_exit(126);
	execlp("redctl", "redctl", "-d", device, "-f", file, (char *)NULL);
	dprintf(2, "redctl: %s\n", strerror(errno));
	_exit(126);
}

/* Reads until the child closes its end or the deadline. Return: false: the deadline. */
static bool listen_to(int fd, int64_t deadline_ms, char *text, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t used = 0;
	char skip[128];
	int64_t left;
	ssize_t n;

	text[0] = '\0';
	for (;;) {
		left = deadline_ms - clock_ms();
		if (left <= 0)
			return false;
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		if (used + 1 < size)
			n = read(fd, text + used, size - 1 - used);
		else
			n = read(fd, skip, sizeof(skip));
		if (n <= 0)
			return n == 0;
		if (used + 1 < size)
			text[used += n] = '\0';
	}
}

/* redctl: line 3 was refused; ... */
static unsigned int refused_line(const char *text)
{
	const char *at = strstr(text, "redctl: line ");
	unsigned int line;

	return at && sscanf(at, "redctl: line %u was refused", &line) == 1 ? line : 0;
}

/* The first line, without "redctl: ". */
static void first_line(const char *text, char *to, size_t size)
{
	if (!strncmp(text, "redctl: ", 8))
		text += 8;
	snprintf(to, size, "%.*s", (int)strcspn(text, "\n"), text);
}

/* It may have closed its end and go on. Return: false: the deadline. */
static bool ends(pid_t pid, int64_t deadline_ms)
{
	struct pollfd p = { .fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int64_t left = deadline_ms - clock_ms();
	bool ended = false;

	while (p.fd >= 0 && !ended && left > 0) {
		ended = poll(&p, 1, (int)left) > 0;
		left = deadline_ms - clock_ms();
	}
	if (p.fd >= 0)
		close(p.fd);
	return ended;
}

static void collect(pid_t pid, int fd, int64_t deadline_ms, struct child_end *end)
{
	char text[1024];
	int status = 0;

	if (!listen_to(fd, deadline_ms, text, sizeof(text)) || !ends(pid, deadline_ms)) {
		kill(pid, SIGKILL);
		end->status = -1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (end->status)
		return;
	end->status = WIFEXITED(status) ? WEXITSTATUS(status) : -2;
	end->line = refused_line(text);
	first_line(text, end->text, sizeof(end->text));
}

void child_redctl(int instance, const char *file, int64_t deadline_ms, struct child_end *end)
{
	int fds[2];
	pid_t pid;

	memset(end, 0, sizeof(*end));
	if (pipe2(fds, O_CLOEXEC)) {
		end->status = -2;
		snprintf(end->text, sizeof(end->text), "pipe: %s", strerror(errno));
		return;
	}
	pid = fork();
	if (!pid)
		run(instance, file, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		end->status = -2;
		snprintf(end->text, sizeof(end->text), "fork: %s", strerror(errno));
	} else {
		collect(pid, fds[0], deadline_ms, end);
	}
	close(fds[0]);
}
