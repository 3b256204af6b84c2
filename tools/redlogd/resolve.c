// SPDX-License-Identifier: GPL-2.0-or-later
/* The child process that asks for the address of a name; see resolve.h. */
#include <compiler.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "resolve.h"

static void ask(const char *name, unsigned int port, bool tcp, int flags, struct resolved *out)
{
	struct addrinfo hints = { .ai_socktype = tcp ? SOCK_STREAM : SOCK_DGRAM,
				  .ai_flags = flags };
	struct addrinfo *list;
	char text[8];

	memset(out, 0, sizeof(*out));
	snprintf(text, sizeof(text), "%u", port & 0xffff);
	out->error = getaddrinfo(name, text, &hints, &list);
	if (out->error)
		return;
	if (list->ai_addrlen <= sizeof(out->addr)) {
		out->len = list->ai_addrlen;
		memcpy(&out->addr, list->ai_addr, list->ai_addrlen);
	} else {
		out->error = EAI_FAMILY;
	}
	freeaddrinfo(list);
}

bool resolve_number(const char *name, unsigned int port, bool tcp, struct resolved *out)
{
	ask(name, port, tcp, AI_NUMERICHOST, out);
	return !out->error;
}

/* It keeps nothing of its parent open: neither connections nor the lock of the log. */
static void __noreturn child(const char *name, unsigned int port, bool tcp, int fd, pid_t parent)
{
	struct resolved answer;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || dup2(fd, 3) != 3 ||
	    close_range(4, ~0U, 0))
		_exit(1);
	ask(name, port, tcp, 0, &answer);
	_exit(write(3, &answer, sizeof(answer)) != sizeof(answer));
}

int resolve_begin(const char *name, unsigned int port, bool tcp, pid_t *pid)
{
	pid_t parent = getpid();
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	*pid = fork();
	if (!*pid)
		child(name, port, tcp, fds[1], parent);
	err = *pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!err)
		return fds[0];
	close(fds[0]);
	*pid = 0;
	return err;
}

bool resolve_take(int fd, struct resolved *out)
{
	return read(fd, out, sizeof(*out)) == sizeof(*out) && out->len <= sizeof(out->addr);
}

void resolve_end(pid_t *pid)
{
	if (!*pid)
		return;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	*pid = 0;
}
