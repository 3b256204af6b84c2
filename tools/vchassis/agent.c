// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the chassis' side of the line to a module's agent; see agent.h. */
#include "vc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static u32 last_id;

/* Sends what the window allows: it is smaller than the socket's buffer. */
static void flush(struct agent *a)
{
	bool sent = false;

	while (a->out.len && a->line.fd >= 0 && a->unread < AGENT_WINDOW) {
		size_t room = AGENT_WINDOW - a->unread;
		ssize_t n = send(a->line.fd, buffer_at(&a->out),
				 a->out.len < room ? a->out.len : room,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buffer_take(&a->out, n);
		a->unread += n;
		sent = true;
	}
	if (sent && a->sent)
		a->sent(a);
}

void agent_send(struct agent *a, u8 type, u32 id, const void *data, size_t len)
{
	struct agent_head head = { .magic = AGENT_MAGIC, .type = type, .len = len, .id = id };

	if (a->line.fd < 0)
		return;
	buffer_add(&a->out, &head, sizeof(head));
	buffer_add(&a->out, data, len);
	flush(a);
}

void agent_pause(struct agent *a, bool pause)
{
	if (a->line.fd >= 0 && !a->deferred)
		loop_mod(&a->line, pause ? 0 : EPOLLIN);
}

static void unlink_session(struct session *s)
{
	struct session **p;

	loop_timer(&s->timeout, CLOCK_NEVER);
	buffer_free(&s->start);
	if (!s->agent)
		return;
	for (p = &s->agent->sessions; *p; p = &(*p)->next) {
		if (*p == s) {
			*p = s->next;
			break;
		}
	}
	s->agent = NULL;
}

static void end(struct session *s, int status, const char *why)
{
	unlink_session(s);
	s->ops->ended(s, status, why);
}

static struct session *find(struct agent *a, u32 id)
{
	struct session *s;

	for (s = a->sessions; s && s->id != id; s = s->next)
		;
	return s;
}

/* Arguments go out in pieces; the last one starts the command. */
static void send_start(struct session *s)
{
	struct agent *a = s->agent;

	s->started = true;
	while (s->start.len > AGENT_MAX) {
		agent_send(a, AGENT_RUN_MORE, s->id, buffer_at(&s->start), AGENT_MAX);
		buffer_take(&s->start, AGENT_MAX);
	}
	agent_send(a, s->start_type, s->id, buffer_at(&s->start), s->start.len);
	buffer_free(&s->start);
	s->ops->input_taken(s);
}

static void received(struct agent *a, const struct agent_head *h, const char *data)
{
	struct session *s = find(a, h->id);
	u32 value = 0;

	if (h->len >= sizeof(value))
		memcpy(&value, data, sizeof(value));
	switch (h->type) {
	case AGENT_HELLO:
		a->ready = true;
		for (s = a->sessions; s; s = s->next)
			if (!s->started)
				send_start(s);
		break;
	case AGENT_CREDIT:
		a->unread -= value < a->unread ? value : a->unread;
		flush(a);
		break;
	case AGENT_STDOUT:
	case AGENT_STDERR:
		if (s)
			s->ops->output(s, h->type, data, h->len);
		break;
	case AGENT_TAKEN:
		if (s) {
			s->unacked -= value < s->unacked ? value : s->unacked;
			s->ops->input_taken(s);
		}
		break;
	case AGENT_EXIT:
		if (s)
			end(s, value, NULL);
		break;
	}
}

/* The kernel may write on the line before the agent does: look for a head. */
static bool next_frame(struct agent *a, struct agent_head *h)
{
	while (a->in.len >= sizeof(*h)) {
		memcpy(h, buffer_at(&a->in), sizeof(*h));
		if (h->magic == AGENT_MAGIC && h->len <= AGENT_MAX)
			return a->in.len >= sizeof(*h) + h->len;
		buffer_take(&a->in, 1);
	}
	return false;
}

static void take_frames(struct agent *a)
{
	struct agent_head h;

	while (next_frame(a, &h)) {
		char data[AGENT_MAX];

		memcpy(data, buffer_at(&a->in) + sizeof(h), h.len);
		buffer_take(&a->in, sizeof(h) + h.len);
		received(a, &h, data);
	}
}

/* Return: bytes; 0 when there are none now; -1 at the end of the line. */
static ssize_t take_line(struct agent *a)
{
	char buf[16384];
	ssize_t n = recv(a->line.fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	buffer_add(&a->in, buf, n);
	return n;
}

static void line_ready(struct watch *w, u32 events)
{
	struct agent *a = w->data;

	if (take_line(a) >= 0) {
		if (!a->deferred)
			take_frames(a);
	} else if (a->deferred) {
		/* the end of the process tells it, at its time */
		loop_unwatch(w);
	} else {
		agent_lost(a, "the module went down");
	}
}

void agent_serve(struct agent *a)
{
	while (a->line.fd >= 0 && take_line(a) > 0)
		;
	take_frames(a);
}

int agent_connect(struct agent *a, int slot)
{
	int pair[2];

	agent_lost(a, "the module started again");
	a->slot = slot;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	a->line = (struct watch){ .ready = line_ready, .data = a };
	if (loop_add(&a->line, pair[0], EPOLLIN)) {
		close(pair[0]);
		close(pair[1]);
		a->line.fd = -1;
		return -1;
	}
	return pair[1];
}

void agent_lost(struct agent *a, const char *why)
{
	int fd = a->line.fd;

	if (fd >= 0) {
		loop_del(&a->line);
		close(fd);
	}
	a->ready = false;
	a->unread = 0;
	buffer_free(&a->in);
	buffer_free(&a->out);
	/* a session that has not begun waits for the next start */
	for (struct session *s = a->sessions, *next; s; s = next) {
		next = s->next;
		if (s->started)
			end(s, VC_EXIT_CHASSIS, why);
	}
}

void agent_refuse(struct agent *a, const char *why)
{
	for (struct session *s = a->sessions, *next; s; s = next) {
		next = s->next;
		if (!s->started)
			end(s, VC_EXIT_CHASSIS, why);
	}
}

static void timed_out(struct timer *t)
{
	struct session *s = t->data;
	bool ready = s->agent->ready;

	if (s->started)
		agent_send(s->agent, AGENT_KILL, s->id, NULL, 0);
	end(s, VC_EXIT_TIMEOUT,
	    s->started ? "time-out: the command was ended" :
	    ready      ? "time-out" :
			 "time-out: the module takes no commands yet");
}

void session_start(struct session *s, struct agent *a, u8 type, const void *args, size_t len,
		   u64 timeout_us)
{
	s->id = ++last_id;
	s->agent = a;
	s->start_type = type;
	buffer_add(&s->start, args, len);
	s->next = a->sessions;
	a->sessions = s;
	s->timeout = (struct timer){ .at = CLOCK_NEVER, .fire = timed_out, .data = s };
	if (timeout_us)
		loop_timer(&s->timeout, clock_us() + timeout_us);
	if (a->ready)
		send_start(s);
}

void session_input(struct session *s, const void *data, size_t len)
{
	const char *p = data;

	s->unacked += len;
	while (len) {
		size_t n = len < AGENT_MAX ? len : AGENT_MAX;

		agent_send(s->agent, AGENT_STDIN, s->id, p, n);
		p += n;
		len -= n;
	}
}

void session_input_end(struct session *s)
{
	agent_send(s->agent, AGENT_STDIN_END, s->id, NULL, 0);
}

void session_winsize(struct session *s, const void *data, size_t len)
{
	if (s->started && len == sizeof(struct agent_winsize))
		agent_send(s->agent, AGENT_WINSIZE, s->id, data, len);
}

void session_abort(struct session *s)
{
	if (s->agent && s->started)
		agent_send(s->agent, AGENT_KILL, s->id, NULL, 0);
	unlink_session(s);
}
