// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the clients of the control socket and what they wait for; see control.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "control.h"

#define LINE_MAX_BYTES 4096 /* of a request */
#define OUT_MAX	       (256 * 1024)
#define PROGRESS_MS    500
#define COMMIT_MS      10000  /* unless the request says another bound */
#define SYNC_MS	       600000 /* both images over a slow link */
#define BOUND_MAX_MS   3600000

enum waiting { WAITS_FOR_NOTHING, WAITS_FOR_COMMIT, WAITS_FOR_SYNC };

struct client {
	int fd; /* -1: no client */
	bool root, ends;
	char in[LINE_MAX_BYTES];
	size_t in_len;
	char *out;
	size_t out_at, out_len;
	enum waiting waiting;
	uint32_t mask;
	int64_t until_ms, progress_ms;
};

struct control {
	int fd;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct client client[CONTROL_CLIENTS];
};

struct control *control_open(const char *run_dir)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct control *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++)
		c->client[i].fd = -1;
	if (snprintf(c->path, sizeof(c->path), "%s/syncd.sock", run_dir) >= sizeof(c->path)) {
		free(c);
		errno = ENAMETOOLONG;
		return NULL;
	}
	memcpy(sun.sun_path, c->path, sizeof(c->path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	unlink(c->path); /* of one that was killed: the lock says that it is gone */
	if (c->fd >= 0 && !bind(c->fd, (struct sockaddr *)&sun, sizeof(sun)) &&
	    !chmod(c->path, 0666) && !listen(c->fd, CONTROL_CLIENTS))
		return c;
	if (c->fd >= 0)
		close(c->fd);
	free(c);
	return NULL;
}

static void client_close(struct client *cl)
{
	close(cl->fd);
	free(cl->out);
	memset(cl, 0, sizeof(*cl));
	cl->fd = -1;
}

void control_close(struct control *c)
{
	if (!c)
		return;
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++)
		if (c->client[i].fd >= 0)
			client_close(&c->client[i]);
	close(c->fd);
	unlink(c->path);
	free(c);
}

/* ---- answers --------------------------------------------------------------------- */

/* Queues @message and gives it up. */
static void answer(struct client *cl, json_t *message)
{
	char *line = message ? json_dumps(message, JSON_COMPACT) : NULL, *out;
	size_t len = line ? strlen(line) : 0;

	json_decref(message);
	out = line && cl->out_len + len < OUT_MAX ? realloc(cl->out, cl->out_len + len + 1) : NULL;
	if (!out) {
		free(line);
		cl->ends = true;
		return;
	}
	memcpy(out + cl->out_len, line, len);
	out[cl->out_len + len] = '\n';
	cl->out = out;
	cl->out_len += len + 1;
	free(line);
}

static void refuse(struct client *cl, const struct session *s, const char *reason, const char *text)
{
	answer(cl, json_pack("{s:b, s:s, s:s, s:o}", "ok", 0, "reason", reason, "text", text,
			     "affected", status_affected(s, false)));
	cl->waiting = WAITS_FOR_NOTHING;
}

static void done(struct client *cl, const struct session *s)
{
	answer(cl, json_pack("{s:b, s:s, s:s, s:o}", "ok", 1, "reason", "", "text", "", "affected",
			     status_affected(s, true)));
	cl->waiting = WAITS_FOR_NOTHING;
}

/* ---- what is waited for ---------------------------------------------------------- */

static const char *failure_word(const struct exchange *x)
{
	if (x->state == ITEM_CONFLICT)
		return "conflict";
	return strstr(x->error, "disk full") ? "disk-full" : "sync-failed";
}

/* Return: the first item of the mask that is not equal, -1 none. */
static int first_other(const struct client *cl, const struct session *s)
{
	for (unsigned int i = 0; i < s->policy->count; i++)
		if (cl->mask & 1u << i && (s->x[i].due || s->x[i].state != ITEM_EQUAL))
			return i;
	return -1;
}

/* Who is told that the standby has it not: from now on it counts (I4). */
static void tell_alone(struct client *cl, struct session *s, const char *reason, const char *text)
{
	session_stand(s, cl->mask);
	refuse(cl, s, reason, text);
}

static void timed_out(struct client *cl, struct session *s, int item)
{
	const char *why = session_why_alone(s);
	char text[160];

	if (why) {
		tell_alone(cl, s, why, session_why_text(why));
		return;
	}
	snprintf(text, sizeof(text), "the standby has not acknowledged %s in time",
		 s->policy->item[item].name);
	tell_alone(cl, s, "sync-timeout", text);
}

static void look_after(struct client *cl, struct session *s, int64_t now_ms)
{
	const char *why = session_why_alone(s);
	char text[160];
	int i;

	/* a link that broke is given its time */
	if (why && strcmp(why, "link-down")) {
		tell_alone(cl, s, why, session_why_text(why));
		return;
	}
	i = first_other(cl, s);
	if (i < 0 && !why) {
		done(cl, s);
		return;
	}
	i = i < 0 ? 0 : i;
	if (s->x[i].state == ITEM_FAILED || s->x[i].state == ITEM_CONFLICT) {
		snprintf(text, sizeof(text), "%s: %s", s->policy->item[i].name, s->x[i].error);
		tell_alone(cl, s, failure_word(&s->x[i]), text);
	} else if (now_ms >= cl->until_ms) {
		timed_out(cl, s, i);
	}
}

static void tell_progress(struct client *cl, const struct session *s, int64_t now_ms)
{
	if (cl->waiting != WAITS_FOR_SYNC || now_ms < cl->progress_ms)
		return;
	cl->progress_ms = now_ms + PROGRESS_MS;
	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct exchange *x = &s->x[i];

		if (!(cl->mask & 1u << i) || x->state != ITEM_COPYING || !x->total)
			continue;
		answer(cl,
		       json_pack("{s:{s:s, s:I, s:I}}", "progress", "item", s->policy->item[i].name,
				 "done", (json_int_t)x->done, "total", (json_int_t)x->total));
	}
}

/* ---- requests -------------------------------------------------------------------- */

/* Begins to wait for the items of the mask. */
static void await(struct client *cl, struct session *s, enum waiting what, json_t *request,
		  int bound_ms, int64_t now_ms)
{
	json_t *bound = json_object_get(request, "timeout_ms");

	if (json_is_integer(bound) && json_integer_value(bound) > 0 &&
	    json_integer_value(bound) <= BOUND_MAX_MS)
		bound_ms = (int)json_integer_value(bound);
	for (unsigned int i = 0; i < s->policy->count; i++) {
		struct exchange *x = &s->x[i];

		if (!(cl->mask & 1u << i))
			continue;
		x->due = true;
		x->scan_ms = 0;
		x->retry_ms = 0;
		if (x->state == ITEM_FAILED || x->state == ITEM_CONFLICT)
			x->state = ITEM_WAITING; /* tried, or judged, anew */
	}
	cl->waiting = what;
	cl->until_ms = now_ms + bound_ms;
	cl->progress_ms = now_ms + PROGRESS_MS;
}

static void op_commit(struct client *cl, struct session *s, json_t *request, int64_t now_ms)
{
	json_t *names = json_object_get(request, "items"), *name;
	size_t k;
	int i;

	cl->mask = 0;
	json_array_foreach(names, k, name) {
		i = json_is_string(name) ? policy_find(s->policy, json_string_value(name)) : -1;
		if (i < 0 || s->policy->item[i].direction != SYNC_TO_STANDBY) {
			refuse(cl, s, "invalid", "there is no such item");
			return;
		}
		cl->mask |= 1u << i;
	}
	if (!cl->mask)
		refuse(cl, s, "invalid", "no item is named");
	else
		await(cl, s, WAITS_FOR_COMMIT, request, COMMIT_MS, now_ms);
}

static bool belongs(const struct sync_item *item, const char *what)
{
	if (item->direction != SYNC_TO_STANDBY)
		return !strcmp(what, item->name);
	if (!strcmp(what, "all") || !strcmp(what, item->name))
		return true;
	if (!strcmp(what, "image"))
		return item->class == SYNC_IMAGE;
	return !strcmp(what, "config") &&
	       (item->class == SYNC_CONFIGURATION || item->class == SYNC_SECURITY);
}

static void op_sync(struct client *cl, struct session *s, json_t *request, int64_t now_ms)
{
	const char *what = json_string_value(json_object_get(request, "what"));
	bool force = json_is_true(json_object_get(request, "force"));

	cl->mask = 0;
	for (unsigned int i = 0; what && i < s->policy->count; i++)
		if (belongs(&s->policy->item[i], what))
			cl->mask |= 1u << i;
	if (!cl->mask ||
	    (what && policy_find(s->policy, what) >= 0 &&
	     !session_sends(s, policy_find(s->policy, what)) && !session_why_alone(s))) {
		refuse(cl, s, "invalid",
		       cl->mask ? "that item is not sent by this module" : "there is no such item");
		return;
	}
	if (session_why_alone(s)) {
		refuse(cl, s, session_why_alone(s), session_why_text(session_why_alone(s)));
		return;
	}
	session_force(s, cl->mask, force);
	await(cl, s, WAITS_FOR_SYNC, request, SYNC_MS, now_ms);
}

static void take_request(struct client *cl, struct session *s, const char *line, size_t len,
			 int64_t now_ms)
{
	json_t *request = json_loadb(line, len, 0, NULL);
	const char *op = json_string_value(json_object_get(request, "op"));

	if (op && !strcmp(op, "status"))
		answer(cl, status_reply(s));
	else if (!op || (strcmp(op, "commit") && strcmp(op, "sync")))
		refuse(cl, s, "invalid", "that is no request");
	else if (!cl->root)
		refuse(cl, s, "permission", "only root may have it done");
	else if (!s || !s->view.valid)
		refuse(cl, s, "no-driver", session_why_text("no-driver"));
	else if (!strcmp(op, "commit"))
		op_commit(cl, s, request, now_ms);
	else
		op_sync(cl, s, request, now_ms);
	json_decref(request);
}

/* ---- sockets --------------------------------------------------------------------- */

static void accept_client(struct control *c)
{
	struct ucred peer = { .uid = -1 };
	socklen_t len = sizeof(peer);
	struct client *cl = c->client;
	int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	while (cl < c->client + CONTROL_CLIENTS && cl->fd >= 0)
		cl++;
	if (cl == c->client + CONTROL_CLIENTS) {
		close(fd);
		return;
	}
	cl->fd = fd;
	cl->root = !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) && !peer.uid;
}

static void read_client(struct client *cl, struct session *s, int64_t now_ms)
{
	ssize_t n = recv(cl->fd, cl->in + cl->in_len, sizeof(cl->in) - cl->in_len, MSG_DONTWAIT);
	char *end;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(cl);
		return;
	}
	cl->in_len += n;
	/* one at a time: the next is read when this one is answered */
	end = memchr(cl->in, '\n', cl->in_len);
	if (!end) {
		if (cl->in_len == sizeof(cl->in))
			client_close(cl);
		return;
	}
	take_request(cl, s, cl->in, end - cl->in, now_ms);
	cl->in_len -= end + 1 - cl->in;
	memmove(cl->in, end + 1, cl->in_len);
}

static void write_client(struct client *cl)
{
	ssize_t n;

	if (!cl->out_len && cl->ends) {
		client_close(cl);
		return;
	}
	if (!cl->out_len)
		return;
	n = send(cl->fd, cl->out + cl->out_at, cl->out_len - cl->out_at,
		 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_close(cl);
		return;
	}
	cl->out_at += n > 0 ? n : 0;
	if (cl->out_at < cl->out_len)
		return;
	free(cl->out);
	cl->out = NULL;
	cl->out_len = 0;
	cl->out_at = 0;
}

unsigned int control_poll(struct control *c, struct pollfd p[CONTROL_FDS], int64_t now_ms,
			  int64_t *wait_ms)
{
	unsigned int n = 0;

	p[n++] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
	for (unsigned int i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *cl = &c->client[i];
		int64_t at = cl->until_ms;
		/* at its end one that waits has nothing to say but that it is gone */
		short events = POLLIN | (cl->out_len ? POLLOUT : 0);

		if (cl->fd < 0)
			continue;
		p[n++] = (struct pollfd){ .fd = cl->fd, .events = events };
		if (cl->waiting == WAITS_FOR_NOTHING)
			continue;
		if (cl->waiting == WAITS_FOR_SYNC && cl->progress_ms < at)
			at = cl->progress_ms;
		at = at > now_ms ? at - now_ms : 0;
		if (*wait_ms < 0 || at < *wait_ms)
			*wait_ms = at;
	}
	return n;
}

static short ready(const struct pollfd *p, unsigned int n, int fd)
{
	for (; n; n--, p++)
		if (p->fd == fd)
			return p->revents;
	return 0;
}

void control_handle(struct control *c, const struct pollfd *p, unsigned int n, struct session *s,
		    int64_t now_ms)
{
	for (struct client *cl = c->client; cl < c->client + CONTROL_CLIENTS; cl++)
		if (cl->fd >= 0 && ready(p, n, cl->fd) & (POLLIN | POLLHUP | POLLERR))
			read_client(cl, s, now_ms);
	if (ready(p, n, c->fd))
		accept_client(c);
}

void control_answer(struct control *c, struct session *s, int64_t now_ms)
{
	for (struct client *cl = c->client; cl < c->client + CONTROL_CLIENTS; cl++) {
		if (cl->fd < 0)
			continue;
		if (cl->waiting != WAITS_FOR_NOTHING && (!s || !s->view.valid))
			refuse(cl, s, "no-driver", session_why_text("no-driver"));
		if (cl->waiting != WAITS_FOR_NOTHING)
			look_after(cl, s, now_ms);
		if (cl->waiting != WAITS_FOR_NOTHING)
			tell_progress(cl, s, now_ms);
		write_client(cl);
	}
}
