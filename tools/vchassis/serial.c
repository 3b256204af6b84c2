// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the slots' serial consoles; see serial.h. */
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ENDED "\r\nThe session ended. Press a key to begin another.\r\n"

static void begin(struct serial *s);

/* Text without the carriage returns of a terminal. */
static void write_log(struct serial *s, const char *data, size_t len)
{
	while (len) {
		const char *cr = memchr(data, '\r', len);
		size_t n = cr ? (size_t)(cr - data) : len;

		if (n && write(s->log, data, n) < 0)
			return;
		n += cr ? 1 : 0;
		data += n;
		len -= n;
	}
}

static void keep_line(struct serial *s, const char *data, size_t len)
{
	const char *lf = memrchr(data, '\n', len);

	if (lf) {
		len -= lf + 1 - data;
		data = lf + 1;
		s->line_len = 0;
	}
	if (len > sizeof(s->line) - s->line_len)
		len = sizeof(s->line) - s->line_len;
	memcpy(s->line + s->line_len, data, len);
	s->line_len += len;
}

static void show(struct serial *s, const void *data, size_t len)
{
	write_log(s, data, len);
	keep_line(s, data, len);
	for (struct serial_client *c = s->clients, *next; c; c = next) {
		next = c->next;
		c->output(c, data, len);
	}
}

/* ---- the boot ROM's line -------------------------------------------------- */

static void rom_ready(struct watch *w, u32 events)
{
	struct serial *s = w->data;
	char buf[4096];
	ssize_t n = recv(w->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		show(s, buf, n);
	else
		serial_drop(s);
}

int serial_connect(struct serial *s)
{
	int pair[2];

	serial_drop(s);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	s->rom = (struct watch){ .ready = rom_ready, .data = s };
	if (loop_add(&s->rom, pair[0], EPOLLIN)) {
		close(pair[0]);
		close(pair[1]);
		s->rom.fd = -1;
		return -1;
	}
	return pair[1];
}

void serial_drop(struct serial *s)
{
	char buf[4096];
	int fd = s->rom.fd;
	ssize_t n;

	if (fd < 0)
		return;
	/* its last words */
	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0)
		show(s, buf, n);
	loop_del(&s->rom);
	close(fd);
}

/* ---- the session in Linux --------------------------------------------------- */

static struct serial *serial_of(struct session *session)
{
	return (struct serial *)((char *)session - offsetof(struct serial, session));
}

static void session_output(struct session *session, u8 type, const void *data, size_t len)
{
	show(serial_of(session), data, len);
}

static void session_taken(struct session *session)
{
	struct serial *s = serial_of(session);

	for (struct serial_client *c = s->clients, *next; c; c = next) {
		next = c->next;
		c->input_taken(c);
	}
}

static void session_ended(struct session *session, int status, const char *why)
{
	struct serial *s = serial_of(session);

	s->in_session = false;
	if (!why)
		show(s, ENDED, strlen(ENDED));
	else if (s->clients)
		begin(s); /* waits for the next Linux */
}

static const struct session_ops session_ops = {
	.output = session_output,
	.ended = session_ended,
	.input_taken = session_taken,
};

static void begin(struct serial *s)
{
	s->in_session = true;
	s->session = (struct session){ .ops = &session_ops };
	session_start(&s->session, s->agent, AGENT_SHELL, &s->size, sizeof(s->size), 0);
}

/* ---- clients ------------------------------------------------------------------- */

int serial_init(struct serial *s, struct agent *agent, int slot)
{
	char path[32];

	s->agent = agent;
	s->rom.fd = -1;
	s->size = (struct agent_winsize){ .rows = 24, .cols = 80 };
	snprintf(path, sizeof(path), "mm%d/serial.log", slot);
	s->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return s->log < 0 ? -1 : 0;
}

void serial_attach(struct serial *s, struct serial_client *c, const struct agent_winsize *size)
{
	c->next = s->clients;
	s->clients = c;
	serial_size(s, size, sizeof(*size));
	if (s->line_len)
		c->output(c, s->line, s->line_len);
	if (!s->in_session)
		begin(s);
}

void serial_detach(struct serial *s, struct serial_client *c)
{
	struct serial_client **p;

	for (p = &s->clients; *p && *p != c; p = &(*p)->next)
		;
	if (*p)
		*p = c->next;
	/* one that runs goes on: the next client finds it */
	if (!s->clients && s->in_session && !s->session.started) {
		session_abort(&s->session);
		s->in_session = false;
	}
}

/* What is typed while nothing listens is lost, as on any serial line. */
void serial_input(struct serial *s, const void *data, size_t len)
{
	if (s->rom.fd >= 0) {
		if (send(s->rom.fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return;
	} else if (s->in_session && s->session.started) {
		session_input(&s->session, data, len);
	} else if (!s->in_session && s->clients) {
		begin(s);
	}
}

bool serial_takes_input(const struct serial *s)
{
	return !(s->in_session && s->session.unacked >= AGENT_INPUT_WINDOW);
}

void serial_size(struct serial *s, const void *data, size_t len)
{
	if (len != sizeof(s->size))
		return;
	memcpy(&s->size, data, len);
	if (s->in_session)
		session_winsize(&s->session, data, len);
}

unsigned int serial_clients(const struct serial *s)
{
	unsigned int n = 0;

	for (const struct serial_client *c = s->clients; c; c = c->next)
		n++;
	return n;
}
