// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the commands that run in a module for the chassis; see jobs.h. */
#include "jobs.h"
#include "buffer.h"
#include "compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 1024

struct command {
	u32 id;
	pid_t pid;	  /* and its process group */
	int in, out, err; /* -1 closed; a shell's terminal is in and out */
	bool shell, exited;
	bool in_ends; /* close in when all input is taken */
	int status;
	struct buffer input;
	struct command *next;
};

static struct buffer args;
static struct command *commands;

static struct command *find(u32 id)
{
	struct command *c;

	for (c = commands; c && c->id != id; c = c->next)
		;
	return c;
}

static void fail(u32 id, const char *what)
{
	char text[256];
	u32 status = 126;

	snprintf(text, sizeof(text), "mm-agent: %s: %s\n", what, strerror(errno));
	agent_reply(AGENT_STDERR, id, text, strlen(text));
	agent_reply(AGENT_EXIT, id, &status, sizeof(status));
}

static void child(char **argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static struct command *add(u32 id, pid_t pid, int in, int out, int err)
{
	struct command *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->id = id;
	c->pid = pid;
	c->in = in;
	c->out = out;
	c->err = err;
	c->next = commands;
	commands = c;
	if (in >= 0)
		fcntl(in, F_SETFL, O_NONBLOCK);
	fcntl(out, F_SETFL, O_NONBLOCK);
	if (err >= 0)
		fcntl(err, F_SETFL, O_NONBLOCK);
	return c;
}

static void run(u32 id)
{
	char *argv[ARGS_MAX + 1];
	int in[2], out[2], err[2], argc = 0;
	char *p = buffer_at(&args), *end = p + args.len;
	pid_t pid;

	/* each argument ends by a NUL; a line that lost one is no command */
	if (p == end || end[-1])
		end = p;
	while (p < end && argc < ARGS_MAX) {
		argv[argc++] = p;
		p += strlen(p) + 1;
	}
	argv[argc] = NULL;
	if (!argc) {
		errno = EINVAL;
		fail(id, "arguments");
		return;
	}
	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) {
		fail(id, "pipe");
		return;
	}
	pid = fork();
	if (pid == 0) {
		setsid();
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		child(argv);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	if (pid < 0) {
		fail(id, "fork");
		close(in[1]);
		close(out[0]);
		close(err[0]);
		return;
	}
	add(id, pid, in[1], out[0], err[0]);
}

/*
 * The slot's console when Linux runs: the switch's console, and a shell where
 * there is none.
 */
static void exec_first(char *const *programs)
{
	char *argv[] = { NULL, NULL };

	setenv("TERM", "linux", 1);
	for (; *programs; programs++) {
		argv[0] = *programs;
		execvp(argv[0], argv);
	}
	perror("mm-agent: console");
	_exit(127);
}

static void shell(u32 id, const struct agent_winsize *win)
{
	static char *const programs[] = { (char *)"redctl", (char *)"bash", (char *)"sh", NULL };
	struct winsize ws = { .ws_row = win->rows, .ws_col = win->cols };
	sigset_t none;
	int master;
	pid_t pid = forkpty(&master, NULL, NULL, &ws);

	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		exec_first(programs);
	}
	if (pid < 0) {
		fail(id, "forkpty");
		return;
	}
	fcntl(master, F_SETFD, FD_CLOEXEC);
	add(id, pid, master, master, -1)->shell = true;
}

static void close_in(struct command *c)
{
	if (c->in >= 0 && !c->shell)
		close(c->in);
	c->in = -1;
	buffer_free(&c->input);
}

static void feed(struct command *c)
{
	u32 taken = 0;

	while (c->input.len) {
		ssize_t n = write(c->in, buffer_at(&c->input), c->input.len);

		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			taken += c->input.len;
			close_in(c);
			break;
		}
		buffer_take(&c->input, n);
		taken += n;
	}
	if (taken)
		agent_reply(AGENT_TAKEN, c->id, &taken, sizeof(taken));
	if (c->in_ends && !c->input.len)
		close_in(c);
}

/* Return: false when there is no more. */
static bool drain(struct command *c, int *fd, u8 type)
{
	char buf[AGENT_MAX];
	ssize_t n = read(*fd, buf, sizeof(buf));

	if (n > 0) {
		agent_reply(type, c->id, buf, n);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (!c->shell)
		close(*fd);
	*fd = -1;
	return false;
}

static void finish(struct command *c)
{
	struct command **p;
	u32 status = WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status);
	int master = c->shell ? (c->out >= 0 ? c->out : c->in) : -1;

	/* what it wrote before it ended; others may hold the pipes open */
	while (c->out >= 0 && drain(c, &c->out, AGENT_STDOUT))
		;
	while (c->err >= 0 && drain(c, &c->err, AGENT_STDERR))
		;
	agent_reply(AGENT_EXIT, c->id, &status, sizeof(status));
	close_in(c);
	if (master >= 0)
		close(master);
	if (!c->shell && c->out >= 0)
		close(c->out);
	if (c->err >= 0)
		close(c->err);
	for (p = &commands; *p != c; p = &(*p)->next)
		;
	*p = c->next;
	free(c);
}

void jobs_exited(pid_t pid, int status)
{
	for (struct command *c = commands; c; c = c->next) {
		if (c->pid == pid) {
			c->exited = true;
			c->status = status;
		}
	}
}

void jobs_finish(void)
{
	for (struct command *c = commands, *next; c; c = next) {
		next = c->next;
		if (c->exited)
			finish(c);
	}
}

bool jobs_received(const struct agent_head *h, const char *data)
{
	struct command *c = find(h->id);

	switch (h->type) {
	case AGENT_RUN_MORE:
		buffer_add(&args, data, h->len);
		break;
	case AGENT_RUN:
		buffer_add(&args, data, h->len);
		run(h->id);
		buffer_take(&args, args.len);
		break;
	case AGENT_SHELL:
		if (h->len == sizeof(struct agent_winsize))
			shell(h->id, (const struct agent_winsize *)data);
		break;
	case AGENT_STDIN:
		if (c && c->in >= 0) {
			buffer_add(&c->input, data, h->len);
			feed(c);
		} else {
			u32 len = h->len;

			agent_reply(AGENT_TAKEN, h->id, &len, sizeof(len));
		}
		break;
	case AGENT_STDIN_END:
		if (c) {
			c->in_ends = true;
			feed(c);
		}
		break;
	case AGENT_WINSIZE:
		if (c && c->shell && c->out >= 0 && h->len == sizeof(struct agent_winsize)) {
			const struct agent_winsize *win = (const void *)data;
			struct winsize ws = { .ws_row = win->rows, .ws_col = win->cols };

			ioctl(c->out, TIOCSWINSZ, &ws);
		}
		break;
	case AGENT_KILL:
		if (c)
			kill(-c->pid, SIGKILL);
		break;
	default:
		return false;
	}
	return true;
}

size_t jobs_poll(struct pollfd *p, size_t max, bool full)
{
	size_t n = 0;

	for (struct command *c = commands; c && n + 3 <= max; c = c->next) {
		p[n++] = (struct pollfd){ .fd = c->input.len ? c->in : -1, .events = POLLOUT };
		p[n++] = (struct pollfd){ .fd = full ? -1 : c->out, .events = POLLIN };
		p[n++] = (struct pollfd){ .fd = full ? -1 : c->err, .events = POLLIN };
	}
	return n;
}

void jobs_serve(const struct pollfd *p, size_t n)
{
	struct command *c = commands;

	for (size_t i = 0; i < n; i += 3, c = c->next) {
		if (p[i].revents)
			feed(c);
		if (p[i + 1].revents)
			drain(c, &c->out, AGENT_STDOUT);
		if (p[i + 2].revents)
			drain(c, &c->err, AGENT_STDERR);
	}
}
