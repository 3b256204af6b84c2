// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the sockets of the internal link until they have shaken hands; see link.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "link.h"

#define GUESTS	     4	  /* connections that shake hands at once */
#define HANDSHAKE_MS 5000 /* a debug kernel on a busy machine takes a part of it */
#define CONNECT_MS   1500
#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 400
#define LISTEN_MS    500	  /* between attempts, while there is no such address */
#define SEND_BUFFER  (256 * 1024) /* what a small message may have to wait behind */

struct guest {
	struct tls *tls; /* NULL none */
	bool accepted;	 /* the other side connects */
	int64_t until_ms;
	char from[INET_ADDRSTRLEN];
};

struct link {
	const struct link_config *config;
	void (*refused)(void *data, const char *text);
	void *data;
	unsigned int slot; /* 0 not known */
	bool connects, keyed;
	struct tls_secret secret;
	int listening, connecting; /* -1 none */
	int64_t listen_ms, try_ms, connect_until_ms;
	int retry_ms;
	struct guest guest[GUESTS];
};

struct link *link_new(const struct link_config *config,
		      void (*refused)(void *data, const char *text), void *data)
{
	struct link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->config = config;
	l->refused = refused;
	l->data = data;
	l->listening = -1;
	l->connecting = -1;
	l->retry_ms = RETRY_MIN_MS;
	return l;
}

static void close_all(struct link *l)
{
	if (l->listening >= 0)
		close(l->listening);
	if (l->connecting >= 0)
		close(l->connecting);
	l->listening = -1;
	l->connecting = -1;
	for (unsigned int i = 0; i < GUESTS; i++) {
		tls_free(l->guest[i].tls);
		l->guest[i].tls = NULL;
	}
}

void link_free(struct link *l)
{
	if (!l)
		return;
	close_all(l);
	explicit_bzero(&l->secret, sizeof(l->secret));
	free(l);
}

void link_set(struct link *l, unsigned int slot, bool connects, const struct tls_secret *secret)
{
	if (slot != l->slot || !secret || (l->keyed && memcmp(secret, &l->secret, sizeof(*secret))))
		close_all(l);
	if (connects && !l->connects)
		l->try_ms = 0;
	l->slot = slot;
	l->connects = connects;
	l->keyed = secret;
	if (secret)
		l->secret = *secret;
}

void link_hurry(struct link *l)
{
	l->retry_ms = RETRY_MIN_MS;
	if (l->connecting < 0)
		l->try_ms = 0;
}

/* ---- sockets --------------------------------------------------------------------- */

static bool address_of(const struct link *l, unsigned int slot, uint16_t port,
		       struct sockaddr_in *sin)
{
	char text[32];

	snprintf(text, sizeof(text), "%s.%u", l->config->network, slot);
	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_port = htons(port);
	return inet_pton(AF_INET, text, &sin->sin_addr) == 1;
}

/* A socket that nothing but the internal link's interface and address reach. */
static int link_socket(const struct link *l, uint16_t port)
{
	const char *interface = l->config->interface;
	int one = 1, buffer = SEND_BUFFER, fd;
	struct sockaddr_in sin;

	if (!address_of(l, l->slot, port, &sin))
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	if (!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, strlen(interface)) &&
	    !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) &&
	    !bind(fd, (struct sockaddr *)&sin, sizeof(sin)))
		return fd;
	close(fd);
	return -1;
}

static void open_listener(struct link *l, int64_t now_ms)
{
	if (now_ms < l->listen_ms)
		return;
	l->listen_ms = now_ms + LISTEN_MS;
	l->listening = link_socket(l, l->config->port);
	if (l->listening >= 0 && listen(l->listening, GUESTS)) {
		close(l->listening);
		l->listening = -1;
	}
}

static void retry_later(struct link *l, int64_t now_ms)
{
	l->try_ms = now_ms + l->retry_ms;
	l->retry_ms = l->retry_ms * 2 > RETRY_MAX_MS ? RETRY_MAX_MS : l->retry_ms * 2;
}

/* It connects, or shakes hands on a connection that it made. */
static bool under_way(const struct link *l)
{
	for (unsigned int i = 0; i < GUESTS; i++)
		if (l->guest[i].tls && !l->guest[i].accepted)
			return true;
	return l->connecting >= 0;
}

static void open_connection(struct link *l, int64_t now_ms)
{
	struct sockaddr_in sin;

	if (now_ms < l->try_ms)
		return;
	retry_later(l, now_ms);
	if (!address_of(l, 3 - l->slot, l->config->port, &sin))
		return;
	l->connecting = link_socket(l, 0);
	l->connect_until_ms = now_ms + CONNECT_MS;
	if (l->connecting < 0 || !connect(l->connecting, (struct sockaddr *)&sin, sizeof(sin)) ||
	    errno == EINPROGRESS)
		return;
	close(l->connecting);
	l->connecting = -1;
}

/* ---- shaking hands --------------------------------------------------------------- */

static void turn_away(struct link *l, const char *from, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "connection with %s refused: %s", from, why);
	l->refused(l->data, text);
}

static void add_guest(struct link *l, int fd, bool accepted, const char *from, int64_t now_ms)
{
	unsigned int i;

	for (i = 0; i < GUESTS && l->guest[i].tls; i++)
		;
	if (i == GUESTS || !l->keyed) {
		turn_away(l, from, l->keyed ? "too many at once" : "there is no key yet");
		close(fd);
		return;
	}
	l->guest[i].tls = tls_new(fd, accepted, &l->secret);
	l->guest[i].until_ms = now_ms + HANDSHAKE_MS;
	l->guest[i].accepted = accepted;
	snprintf(l->guest[i].from, sizeof(l->guest[i].from), "%s", from);
}

static void accept_all(struct link *l, int64_t now_ms)
{
	struct sockaddr_in sin, peer;
	char from[INET_ADDRSTRLEN];
	socklen_t len = sizeof(sin);
	int fd, one = 1;

	while ((fd = accept4(l->listening, (struct sockaddr *)&sin, &len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		len = sizeof(sin);
		inet_ntop(AF_INET, &sin.sin_addr, from, sizeof(from));
		if (!address_of(l, 3 - l->slot, 0, &peer) ||
		    peer.sin_addr.s_addr != sin.sin_addr.s_addr) {
			turn_away(l, from, "not the other module's address");
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		add_guest(l, fd, true, from, now_ms);
	}
}

static void connected_or_not(struct link *l, short revents, int64_t now_ms)
{
	socklen_t len = sizeof(int);
	char to[INET_ADDRSTRLEN];
	int err = ETIMEDOUT;

	if (!revents && now_ms < l->connect_until_ms)
		return;
	if (revents)
		getsockopt(l->connecting, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err) {
		close(l->connecting);
	} else {
		snprintf(to, sizeof(to), "%.11s.%u", l->config->network, 3 - l->slot);
		add_guest(l, l->connecting, false, to, now_ms);
	}
	l->connecting = -1;
}

/* Return: the connection when it is there. */
static struct wire *shake(struct link *l, struct guest *g, int64_t now_ms)
{
	int n = tls_handshake(g->tls);
	struct wire *w;

	if (!n && now_ms < g->until_ms)
		return NULL;
	if (n > 0) {
		w = wire_new(g->tls);
		g->tls = NULL;
		/* one that ends at once is not made anew at once */
		l->retry_ms = RETRY_MIN_MS;
		l->try_ms = now_ms + RETRY_MAX_MS;
		return w;
	}
	turn_away(l, g->from, n ? tls_error(g->tls) : "the handshake took too long");
	tls_free(g->tls);
	g->tls = NULL;
	return NULL;
}

/* ---- the loop -------------------------------------------------------------------- */

static void sooner(int64_t *wait_ms, int64_t at_ms, int64_t now_ms)
{
	int64_t wait = at_ms > now_ms ? at_ms - now_ms : 0;

	if (*wait_ms < 0 || wait < *wait_ms)
		*wait_ms = wait;
}

unsigned int link_poll(struct link *l, struct pollfd p[LINK_FDS], int64_t now_ms, int64_t *wait_ms,
		       bool connected)
{
	unsigned int n = 0;

	if (!l->slot || !l->keyed)
		return 0;
	if (l->listening < 0)
		open_listener(l, now_ms);
	if (l->listening < 0)
		sooner(wait_ms, l->listen_ms, now_ms);
	if (l->connects && !connected && !under_way(l))
		open_connection(l, now_ms);
	if (l->connecting >= 0)
		sooner(wait_ms, l->connect_until_ms, now_ms);
	else if (l->connects && !connected && !under_way(l))
		sooner(wait_ms, l->try_ms, now_ms);
	p[n++] = (struct pollfd){ .fd = l->listening, .events = POLLIN };
	p[n++] = (struct pollfd){ .fd = l->connecting, .events = POLLOUT };
	for (unsigned int i = 0; i < GUESTS; i++) {
		if (!l->guest[i].tls)
			continue;
		p[n++] = (struct pollfd){ .fd = tls_fd(l->guest[i].tls),
					  .events = tls_events(l->guest[i].tls) };
		sooner(wait_ms, l->guest[i].until_ms, now_ms);
	}
	return n;
}

static short ready(const struct pollfd *p, unsigned int n, int fd)
{
	for (; n; n--, p++)
		if (fd >= 0 && p->fd == fd)
			return p->revents;
	return 0;
}

struct wire *link_handle(struct link *l, const struct pollfd *p, unsigned int n, int64_t now_ms,
			 bool connected)
{
	struct wire *w = NULL, *newer;
	struct guest *g;

	if (l->listening >= 0 && ready(p, n, l->listening))
		accept_all(l, now_ms);
	if (l->connecting >= 0)
		connected_or_not(l, ready(p, n, l->connecting), now_ms);
	for (g = l->guest; g < l->guest + GUESTS; g++) {
		if (!g->tls)
			continue;
		newer = shake(l, g, now_ms);
		if (!newer)
			continue;
		wire_free(w);
		w = newer;
	}
	return w;
}
