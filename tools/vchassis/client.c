// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the connection of a command to the chassis process of DIR. */
#include "client.h"
#include "clock.h"
#include "pace.h"
#include "control-proto.h"
#include "agent-proto.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define STATUS_CHASSIS 125
#define STATUS_TIMEOUT 124
#define ESCAPE	       0x1d /* ^] ends a console */
#define PACE_MS	       20   /* a script's console is looked at this often */

char client_dir[PATH_MAX];
int client_patience_ms = 30000;

struct call {
	int fd;
	struct buffer *out; /* NULL: to the terminal */
	char *why;
	size_t why_size;
	bool forward;  /* standard input goes to the command */
	bool raw;      /* a console */
	bool patient;  /* it may take as long as the command in the module */
	bool may_send; /* the command takes input */
	bool done;
	int status;
	u64 deadline;	   /* 0: none */
	struct pace *pace; /* a script at a console */
	struct buffer to_send;
};

static volatile sig_atomic_t resized;

/* By way of the directory's descriptor: a socket's path may have 107 bytes only. */
static int try_connect(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int dir = open(client_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "/proc/self/fd/%d/control.sock", dir);
	if (dir < 0 || fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	if (dir >= 0)
		close(dir);
	return fd;
}

bool up_running(void)
{
	int fd = try_connect();

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int client_connect(void)
{
	int fd = try_connect();

	if (fd < 0)
		fprintf(stderr, "vchassis: no chassis is powered on in %s\n", client_dir);
	return fd;
}

static bool write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			struct pollfd w = { .fd = fd, .events = POLLOUT };

			poll(&w, 1, -1);
			continue;
		}
		if (n < 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

/* Queued, so that input on its way never keeps this side from reading. */
static void send_frame(struct call *c, u32 type, const void *data, size_t len)
{
	struct control_head head = { .len = len, .type = type };

	buffer_add(&c->to_send, &head, sizeof(head));
	buffer_add(&c->to_send, data, len);
}

static void flush_frames(struct call *c)
{
	while (c->to_send.len) {
		ssize_t n = send(c->fd, buffer_at(&c->to_send), c->to_send.len,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		/* nobody listens any more; what was answered can still be read */
		buffer_take(&c->to_send, n < 0 ? c->to_send.len : (size_t)n);
	}
}

static void send_command(struct call *c, int argc, char **argv)
{
	struct buffer b = { 0 };

	for (int i = 0; i < argc; i++)
		buffer_add(&b, argv[i], strlen(argv[i]) + 1);
	send_frame(c, CONTROL_COMMAND, buffer_at(&b), b.len);
	buffer_free(&b);
}

static void received(struct call *c, const struct control_head *h, char *data)
{
	size_t len = h->len;
	u32 status;

	switch (h->type) {
	case CONTROL_STDOUT:
	case CONTROL_STDERR:
		if (c->pace)
			len = pace_output(c->pace, data, len);
		if (c->out)
			buffer_add(c->out, data, len);
		else
			write_all(h->type == CONTROL_STDOUT ? 1 : 2, data, len);
		break;
	case CONTROL_READY:
		c->may_send = true;
		break;
	case CONTROL_EXIT:
		memcpy(&status, data, sizeof(status));
		c->status = status;
		c->done = true;
		if (c->why_size)
			snprintf(c->why, c->why_size, "%.*s", (int)(h->len - sizeof(status)),
				 data + sizeof(status));
		break;
	}
}

static void read_frames(struct call *c, struct buffer *in)
{
	struct control_head h;
	char buf[16384];
	ssize_t n = read(c->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		c->done = true;
		c->status = STATUS_CHASSIS;
		if (c->why_size)
			snprintf(c->why, c->why_size, "the chassis went off");
		return;
	}
	buffer_add(in, buf, n);
	while (in->len >= sizeof(h) && !c->done) {
		memcpy(&h, buffer_at(in), sizeof(h));
		if (in->len < sizeof(h) + h.len)
			return;
		received(c, &h, buffer_at(in) + sizeof(h));
		buffer_take(in, sizeof(h) + h.len);
	}
}

/* Reading a terminal from the background would stop this process. */
static bool may_read_input(void)
{
	pid_t group = tcgetpgrp(0);

	return group < 0 || group == getpgrp();
}

static void forward_input(struct call *c)
{
	char buf[4096];
	ssize_t n = read(0, buf, sizeof(buf));
	char *end;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (c->pace)
		pace_input(c->pace, buf, n > 0 ? n : 0);
	else if (n <= 0 && !c->raw)
		send_frame(c, CONTROL_STDIN_END, NULL, 0);
	if (n <= 0)
		c->forward = false;
	/* the terminal is gone, and SIGHUP may be ignored (nohup) */
	if (n <= 0 && c->raw) {
		c->done = true;
		c->status = 0;
	}
	if (n <= 0 || c->pace)
		return;
	end = c->raw ? memchr(buf, ESCAPE, n) : NULL;
	if (end) {
		n = end - buf;
		c->done = true;
		c->status = 0;
	}
	if (n)
		send_frame(c, CONTROL_STDIN, buf, n);
}

/* What a script has to say next, when it is time for it. */
static void keep_pace(struct call *c)
{
	size_t len = c->may_send ? pace_line(c->pace) : 0;

	if (len) {
		send_frame(c, CONTROL_STDIN, buffer_at(&c->pace->lines), len);
		pace_sent(c->pace, len);
	} else if (pace_over(c->pace)) {
		c->done = true;
		c->status = 0;
	}
}

static void on_deadline(struct call *c)
{
	bool all = c->pace && c->pace->ended && !c->pace->lines.len;

	c->done = true;
	c->status = all ? 0 : STATUS_TIMEOUT;
}

static int wait_ms(const struct call *c)
{
	u64 now;

	if (c->pace)
		return PACE_MS;
	if (!c->deadline)
		return c->patient ? -1 : client_patience_ms;
	now = clock_us();
	return now < c->deadline ? (int)((c->deadline - now) / 1000 + 1) : 0;
}

static void on_winch(int sig)
{
	resized = 1;
}

static void send_winsize(struct call *c)
{
	struct agent_winsize win;
	struct winsize ws;

	resized = 0;
	if (ioctl(0, TIOCGWINSZ, &ws))
		return;
	win.rows = ws.ws_row;
	win.cols = ws.ws_col;
	send_frame(c, CONTROL_WINSIZE, &win, sizeof(win));
}

static int converse(struct call *c, int argc, char **argv)
{
	struct buffer in = { 0 };

	c->status = STATUS_CHASSIS;
	if (c->why_size)
		c->why[0] = 0;
	if (argc)
		send_command(c, argc, argv);
	while (!c->done) {
		bool input = c->forward && c->may_send && !c->to_send.len && may_read_input();
		struct pollfd p[2] = {
			{ .fd = c->fd, .events = POLLIN | (c->to_send.len ? POLLOUT : 0) },
			{ .fd = input ? 0 : -1, .events = POLLIN },
		};

		int n = poll(p, 2, wait_ms(c));

		if ((n == 0 && !c->patient) || (n < 0 && errno != EINTR)) {
			snprintf(c->why, c->why_size, "the chassis does not answer");
			break;
		}
		if (resized && c->raw)
			send_winsize(c);
		if (p[0].revents & ~POLLOUT)
			read_frames(c, &in);
		if (!c->done && p[1].revents)
			forward_input(c);
		if (!c->done && c->pace)
			keep_pace(c);
		if (!c->done && c->deadline && clock_us() >= c->deadline)
			on_deadline(c);
		flush_frames(c);
	}
	buffer_free(&in);
	buffer_free(&c->to_send);
	close(c->fd);
	return c->status;
}

int client_capture(int argc, char **argv, struct buffer *out, char *why, size_t why_size)
{
	struct call c = { .fd = try_connect(), .out = out, .why = why, .why_size = why_size };

	if (c.fd < 0) {
		snprintf(why, why_size, "no chassis is powered on in %s", client_dir);
		return STATUS_CHASSIS;
	}
	return converse(&c, argc, argv);
}

int client_exec_capture(int argc, char **argv, struct buffer *out, char *why, size_t why_size)
{
	struct call c = {
		.fd = try_connect(), .out = out, .why = why, .why_size = why_size, .patient = true
	};

	if (c.fd < 0) {
		snprintf(why, why_size, "no chassis is powered on in %s", client_dir);
		return STATUS_CHASSIS;
	}
	send_command(&c, argc, argv);
	send_frame(&c, CONTROL_STDIN_END, NULL, 0);
	return converse(&c, 0, NULL);
}

int client_request(int argc, char **argv)
{
	char why[512];
	struct call c = { .fd = client_connect(), .why = why, .why_size = sizeof(why) };
	int status;

	if (c.fd < 0)
		return 1;
	status = converse(&c, argc, argv);
	if (status && why[0])
		fprintf(stderr, "vchassis: %s\n", why);
	return status;
}

static int session(struct call *c, int argc, char **argv)
{
	char why[512] = "";
	int status;

	c->fd = client_connect();
	c->why = why;
	c->why_size = sizeof(why);
	c->forward = true;
	c->patient = true;
	if (c->fd < 0)
		return STATUS_CHASSIS;
	signal(SIGPIPE, SIG_IGN);
	status = converse(c, argc, argv);
	if (why[0])
		fprintf(stderr, "vchassis: %s\n", why);
	return status;
}

int client_exec(int argc, char **argv)
{
	struct call c = { 0 };

	return session(&c, argc, argv);
}

int client_console(int argc, char **argv, bool script, double seconds)
{
	struct pace pace;
	struct call c = { .raw = !script, .pace = script ? &pace : NULL };
	int status;

	clock_start();
	pace_start(&pace);
	if (seconds > 0)
		c.deadline = seconds * 1000000;
	signal(SIGWINCH, on_winch);
	status = session(&c, argc, argv);
	buffer_free(&pace.lines);
	return status;
}

json_t *client_status(void)
{
	char *argv[] = { (char *)"status", (char *)"-j", NULL };
	struct buffer out = { 0 };
	char why[256];
	json_t *status = NULL;

	if (client_capture(2, argv, &out, why, sizeof(why)) == 0)
		status = json_loadb(buffer_at(&out), out.len, 0, NULL);
	buffer_free(&out);
	return status;
}
