// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The queue of events and the connections to syslog servers, see syslog.h. A
 * server is sent the queue from its own place on; it is tried again after 1, 2,
 * 4 ... 60 seconds. What a full queue drops is told to the server, in its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "redlogd.h"
#include "resolve.h"
#include "syslog.h"

#define BACKOFF_MAX_S 60
#define CONNECT_MS    10000
#define RESOLVE_MS    10000
#define STALLED_MS    30000 /* TCP: unacknowledged for so long */
#define SENT_MAX      4096
#define UDP_GOOD_MS   2000 /* an error would have come by then */
#define PROMOTION_S   60   /* from a switchover to the configuration that it reads */

int64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static uint64_t first(const struct syslog *s)
{
	return s->end > SYSLOG_QUEUE ? s->end - SYSLOG_QUEUE : 1;
}

static bool pending(const struct syslog *s, const struct syslog_server *v)
{
	return v->frame_off < v->frame_len || v->dropped || v->next < s->end;
}

void syslog_init(struct syslog *s, const char *sent_path)
{
	memset(s, 0, sizeof(*s));
	s->end = 1;
	snprintf(s->sent, sizeof(s->sent), "%s", sent_path);
}

/* ---- what was sent ------------------------------------------------------------- */

static struct syslog_server *find(struct syslog *s, const struct config_log_server *c)
{
	unsigned int i;

	for (i = 0; i < s->servers; i++)
		if (!strcmp(s->server[i].config.address, c->address) &&
		    s->server[i].config.tcp == c->tcp && s->server[i].config.port == c->port)
			return &s->server[i];
	return NULL;
}

/* "udp PORT BOOT ID ADDRESS" for every server: in memory, but longer than this process. */
static void save_sent(const struct syslog *s)
{
	const struct syslog_server *v;
	char text[SENT_MAX];
	size_t len = 0;
	int fd;

	for (v = s->server; v < s->server + s->servers; v++) {
		const struct syslog_item *last = &s->queue[(v->next - 1) % SYSLOG_QUEUE];

		if (v->next > 1 && v->next > first(s))
			len += snprintf(text + len, sizeof(text) - len, "%s %u %u %llu %s\n",
					v->config.tcp ? "tcp" : "udp", v->config.port, last->boot,
					(unsigned long long)last->event.id, v->config.address);
	}
	fd = s->sent[0] ? open(s->sent, O_WRONLY | O_CREAT | O_CLOEXEC, 0644) : -1;
	if (fd < 0)
		return;
	/* one write, and blanks over what was there: never half of it */
	memset(text + len, '\n', sizeof(text) - len);
	if (pwrite(fd, text, sizeof(text), 0) < 0)
		say("%s: %s", s->sent, strerror(errno));
	close(fd);
}

/* The server goes on behind the event that it was sent last. */
static void resume(struct syslog *s, struct syslog_server *v, unsigned int boot,
		   unsigned long long id)
{
	uint64_t n;

	for (n = first(s); n < s->end; n++) {
		const struct syslog_item *item = &s->queue[n % SYSLOG_QUEUE];

		if (item->boot > boot || (item->boot == boot && item->event.id > id))
			break;
	}
	v->next = n;
}

void syslog_resume(struct syslog *s)
{
	FILE *f = s->sent[0] ? fopen(s->sent, "re") : NULL;
	struct config_log_server c = { 0 };
	unsigned int port, boot;
	unsigned long long id;
	struct syslog_server *v;
	char proto[4];

	if (!f)
		return;
	while (fscanf(f, "%3s %u %u %llu %63s ", proto, &port, &boot, &id, c.address) == 5) {
		c.tcp = !strcmp(proto, "tcp");
		c.port = port;
		v = find(s, &c);
		if (v)
			resume(s, v, boot, id);
	}
	fclose(f);
}

/* ---- connections ----------------------------------------------------------------- */

static void drop(struct syslog_server *v)
{
	resolve_end(&v->resolver);
	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
}

static void down(struct syslog_server *v, const char *why)
{
	drop(v);
	v->state = SYSLOG_DOWN;
	/* a message that was sent in part is sent anew */
	if (v->frame_off < v->frame_len && !v->telling && v->next > 1)
		v->next--;
	v->dropped += v->telling;
	v->telling = 0;
	v->frame_len = 0;
	v->frame_off = 0;
	if (!v->backoff_s)
		say("syslog server %s port %u: %s", v->config.address, v->config.port, why);
	v->backoff_s = v->backoff_s ? v->backoff_s * 2 : 1;
	if (v->backoff_s > BACKOFF_MAX_S)
		v->backoff_s = BACKOFF_MAX_S;
	v->retry_ms = clock_ms() + v->backoff_s * 1000;
}

static int connect_to(struct syslog_server *v, const struct resolved *to)
{
	const unsigned int stalled = STALLED_MS;
	const int on = 1;

	v->fd = socket(to->addr.ss_family,
		       (v->config.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0);
	if (v->fd < 0)
		return -errno;
	if (v->config.tcp) {
		setsockopt(v->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stalled, sizeof(stalled));
		setsockopt(v->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	if (connect(v->fd, (const struct sockaddr *)&to->addr, to->len) && errno != EINPROGRESS)
		return -errno;
	return 0;
}

static void begin_connect(struct syslog_server *v, const struct resolved *to)
{
	int err = connect_to(v, to);

	if (err) {
		down(v, strerror(-err));
		return;
	}
	v->state = v->config.tcp ? SYSLOG_CONNECTING : SYSLOG_UP;
	v->retry_ms = clock_ms() + CONNECT_MS;
}

static void begin(struct syslog_server *v)
{
	struct resolved to;

	if (resolve_number(v->config.address, v->config.port, v->config.tcp, &to)) {
		begin_connect(v, &to);
		return;
	}
	v->fd = resolve_begin(v->config.address, v->config.port, v->config.tcp, &v->resolver);
	if (v->fd < 0) {
		down(v, strerror(-v->fd));
		return;
	}
	v->state = SYSLOG_RESOLVING;
	v->retry_ms = clock_ms() + RESOLVE_MS;
}

static void finish_resolve(struct syslog_server *v)
{
	struct pollfd p = { .fd = v->fd, .events = POLLIN };
	struct resolved to;
	bool good;

	if (poll(&p, 1, 0) < 1) {
		if (clock_ms() >= v->retry_ms)
			down(v, "no name server answers");
		return;
	}
	good = resolve_take(v->fd, &to);
	drop(v);
	if (!good)
		down(v, "its name could not be resolved");
	else if (to.error)
		down(v, gai_strerror(to.error));
	else
		begin_connect(v, &to);
}

static void finish_connect(struct syslog_server *v)
{
	struct pollfd p = { .fd = v->fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = 0;

	if (poll(&p, 1, 0) < 1) {
		if (clock_ms() >= v->retry_ms)
			down(v, strerror(ETIMEDOUT));
		return;
	}
	getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err)
		down(v, strerror(err));
	else
		v->state = SYSLOG_UP;
}

/* A server that closes the connection sends nothing else of interest. */
static bool hung_up(struct syslog_server *v)
{
	char buf[256];
	ssize_t n;

	do {
		n = recv(v->fd, buf, sizeof(buf), MSG_DONTWAIT);
	} while (n > 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	down(v, n ? strerror(errno) : "the connection was closed");
	return true;
}

/* ---- sending ------------------------------------------------------------------------ */

/* The next message of a server: first what it missed. */
static void next_frame(struct syslog *s, struct syslog_server *v)
{
	struct rd_event lost = { .time_s = time(NULL), .severity = REDUND_SEVERITY_WARNING };
	const struct rd_event *e = &lost;
	char text[SYSLOG_MESSAGE];
	size_t len;

	v->telling = v->dropped;
	if (v->telling) {
		snprintf(lost.subsystem, sizeof(lost.subsystem), "redlogd");
		snprintf(lost.text, sizeof(lost.text), "%llu messages to this server were dropped",
			 (unsigned long long)v->dropped);
		v->dropped = 0;
	} else {
		e = &s->queue[v->next++ % SYSLOG_QUEUE].event;
	}
	len = syslog_format(text, sizeof(text), s, e);
	v->frame_off = 0;
	if (v->config.tcp)
		v->frame_len = snprintf(v->frame, sizeof(v->frame), "%zu %s", len, text);
	else
		v->frame_len = snprintf(v->frame, sizeof(v->frame), "%s", text);
}

/* The connection failed; of UDP the message before this one did not arrive. */
static void failed(struct syslog *s, struct syslog_server *v, int err)
{
	bool before = !v->config.tcp && err == ECONNREFUSED && v->sent_ms;

	down(v, strerror(err));
	if (before && v->next > first(s))
		v->next--;
	v->sent_ms = 0;
}

/* Return: false when the server takes no more now. */
static bool send_some(struct syslog *s, struct syslog_server *v)
{
	ssize_t n;

	if (v->frame_off == v->frame_len)
		next_frame(s, v);
	n = send(v->fd, v->frame + v->frame_off, v->frame_len - v->frame_off,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			failed(s, v, errno);
		return false;
	}
	v->frame_off += n;
	if (v->frame_off < v->frame_len)
		return true;
	v->telling = 0;
	if (v->config.tcp)
		v->backoff_s = 0;
	v->sent_ms = clock_ms();
	save_sent(s);
	return true;
}

/* UDP: an error comes with a later call, and nobody says that a message arrived. */
static bool refused(struct syslog *s, struct syslog_server *v)
{
	socklen_t len = sizeof(int);
	int err = 0;

	getsockopt(v->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err)
		failed(s, v, err);
	else if (v->backoff_s && v->sent_ms && clock_ms() - v->sent_ms > UDP_GOOD_MS)
		v->backoff_s = 0;
	return err;
}

static void work(struct syslog *s, struct syslog_server *v)
{
	if (v->state == SYSLOG_DOWN && pending(s, v) && clock_ms() >= v->retry_ms)
		begin(v);
	if (v->state == SYSLOG_RESOLVING)
		finish_resolve(v);
	if (v->state == SYSLOG_CONNECTING)
		finish_connect(v);
	if (v->state != SYSLOG_UP || (v->config.tcp && hung_up(v)) ||
	    (!v->config.tcp && refused(s, v)))
		return;
	while (v->state == SYSLOG_UP && pending(s, v))
		if (!send_some(s, v))
			return;
}

void syslog_work(struct syslog *s)
{
	unsigned int i;

	for (i = 0; i < s->servers; i++)
		work(s, &s->server[i]);
}

unsigned int syslog_poll(const struct syslog *s, struct pollfd *p)
{
	const struct syslog_server *v;
	unsigned int n = 0;

	for (v = s->server; v < s->server + s->servers; v++) {
		if (v->fd < 0)
			continue;
		p[n] = (struct pollfd){ .fd = v->fd, .events = v->config.tcp ? POLLIN : 0 };
		if (v->state == SYSLOG_RESOLVING)
			p[n].events = POLLIN;
		else if (v->state == SYSLOG_CONNECTING || pending(s, v))
			p[n].events |= POLLOUT;
		n++;
	}
	return n;
}

int64_t syslog_due(const struct syslog *s)
{
	const struct syslog_server *v;
	int64_t due = -1;

	for (v = s->server; v < s->server + s->servers; v++)
		if ((v->state == SYSLOG_RESOLVING || v->state == SYSLOG_CONNECTING ||
		     (v->state == SYSLOG_DOWN && pending(s, v))) &&
		    (due < 0 || v->retry_ms < due))
			due = v->retry_ms;
	return due;
}

bool syslog_idle(const struct syslog *s)
{
	unsigned int i;

	for (i = 0; i < s->servers; i++)
		if (pending(s, &s->server[i]))
			return false;
	return true;
}

/* ---- queue and configuration ------------------------------------------------------- */

void syslog_add(struct syslog *s, uint32_t boot, const struct rd_event *e)
{
	struct syslog_server *v;

	s->queue[s->end % SYSLOG_QUEUE] = (struct syslog_item){ .boot = boot, .event = *e };
	s->end++;
	for (v = s->server; v < s->server + s->servers; v++) {
		if (v->next >= first(s))
			continue;
		if (!v->dropped_total)
			say("syslog server %s port %u does not answer: messages are dropped",
			    v->config.address, v->config.port);
		v->dropped++;
		v->dropped_total++;
		v->next = first(s);
	}
}

/* Where a new server begins. */
static uint64_t begin_at(const struct syslog *s, bool all)
{
	uint64_t since = time(NULL) - PROMOTION_S, n = s->end;

	while (n > first(s) && (all || s->queue[(n - 1) % SYSLOG_QUEUE].event.time_s >= since))
		n--;
	return n;
}

void syslog_configure(struct syslog *s, const struct config *c, const char *hostname, bool all)
{
	struct syslog_server now[CONFIG_LOG_SERVERS], *old;
	unsigned int i;

	snprintf(s->hostname, sizeof(s->hostname), "%s", hostname);
	for (i = 0; i < c->log_servers; i++) {
		old = find(s, &c->log[i]);
		if (old) {
			now[i] = *old;
			old->fd = -1; /* moved */
			old->resolver = 0;
			continue;
		}
		memset(&now[i], 0, sizeof(now[i]));
		now[i].config = c->log[i];
		now[i].fd = -1;
		now[i].next = begin_at(s, all);
	}
	syslog_close(s);
	memcpy(s->server, now, i * sizeof(now[0]));
	s->servers = i;
}

void syslog_close(struct syslog *s)
{
	unsigned int i;

	for (i = 0; i < s->servers; i++)
		drop(&s->server[i]);
	s->servers = 0;
}
