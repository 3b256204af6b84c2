// SPDX-License-Identifier: GPL-2.0-or-later
/* A client of redsyncd's control socket, see syncctl.h. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "syncctl.h"

struct call {
	int fd;
	long long until_ms;
	char *line; /* SYNCCTL_LINE_MAX bytes */
	size_t used;
	void (*progress)(void *data, const json_t *line);
	void *data;
};

const char *syncctl_path(void)
{
	static __thread char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	const char *dir = getenv("REDUND_RUN");

	snprintf(path, sizeof(path), "%s/syncd.sock", dir && dir[0] ? dir : "/run/redund");
	return path;
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* Return: 0 when @events, -ETIMEDOUT, or another negative errno. */
static int wait_for(const struct call *c, short events)
{
	struct pollfd p = { .fd = c->fd, .events = events };
	long long left;
	int n;

	do {
		left = c->until_ms - now();
		n = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n ? 0 : -ETIMEDOUT;
}

static int connect_to(struct call *c)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return -errno;
	memcpy(a.sun_path, syncctl_path(), sizeof(a.sun_path));
	while (connect(c->fd, (struct sockaddr *)&a, sizeof(a))) {
		/* its queue of clients is full: there is no event for that */
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
		if (now() >= c->until_ms)
			return -ETIMEDOUT;
		usleep(10000);
	}
	return 0;
}

static int send_line(struct call *c, const json_t *request)
{
	char *text = json_dumps(request, JSON_COMPACT), *at;
	size_t len = text ? strlen(text) : 0;
	int err = text ? 0 : -ENOMEM;
	ssize_t n;

	if (text)
		text[len++] = '\n'; /* in the place of its end */
	for (at = text; len && !err;) {
		n = send(c->fd, at, len, MSG_NOSIGNAL);
		if (n > 0) {
			at += n;
			len -= n;
		} else if (errno == EAGAIN || errno == EINTR) {
			err = wait_for(c, POLLOUT);
		} else {
			err = -errno;
		}
	}
	free(text);
	return err;
}

/* Return: 1 *@answer is set, 0 read on, or a negative errno. */
static int take_line(struct call *c, size_t len, json_t **answer)
{
	json_t *j = json_loadb(c->line, len, 0, NULL);

	if (!json_is_object(j)) {
		json_decref(j);
		return -EBADMSG;
	}
	if (!json_object_get(j, "progress")) {
		*answer = j;
		return 1;
	}
	if (c->progress)
		c->progress(c->data, j);
	json_decref(j);
	return 0;
}

/* Return: as take_line() */
static int take_lines(struct call *c, json_t **answer)
{
	char *end;
	int ret = 0;

	while (!ret && (end = memchr(c->line, '\n', c->used))) {
		ret = take_line(c, end - c->line, answer);
		c->used -= end + 1 - c->line;
		memmove(c->line, end + 1, c->used);
	}
	return ret ? ret : c->used == SYNCCTL_LINE_MAX ? -EBADMSG : 0;
}

static int receive(struct call *c, json_t **answer)
{
	int ret = 0;
	ssize_t n;

	while (!ret) {
		ret = wait_for(c, POLLIN);
		if (ret)
			break;
		n = recv(c->fd, c->line + c->used, SYNCCTL_LINE_MAX - c->used, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return n ? -errno : -EPIPE;
		c->used += n;
		ret = take_lines(c, answer);
	}
	return ret;
}

int syncctl_call(const json_t *request, void (*progress)(void *data, const json_t *line),
		 void *data, int timeout_ms, json_t **answer)
{
	struct call c = { .fd = -1, .progress = progress, .data = data };
	int ret;

	*answer = NULL;
	c.until_ms = now() + timeout_ms;
	c.line = malloc(SYNCCTL_LINE_MAX);
	ret = c.line ? connect_to(&c) : -ENOMEM;
	if (!ret)
		ret = send_line(&c, request);
	if (!ret)
		ret = receive(&c, answer);
	if (c.fd >= 0)
		close(c.fd);
	free(c.line);
	return ret < 0 ? ret : 0;
}
