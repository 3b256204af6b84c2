// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the protocol of simulated time with one guest; see timetravel.h. */
#include "timetravel.h"
#include "compiler.h"

#include <errno.h>
#include <fcntl.h>
#include "time-proto.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SHM_CHASSIS   0 /* places in the shared memory, which one guest has for itself */
#define SHM_GUEST     1
#define SHM_CLIENTS   2
#define SHM_SIZE      8192
#define GUEST_FOREVER (TIME_NEVER / 2) /* a guest that wants nothing asks for about this */

/* 2026-01-01 00:00:00 UTC: the same day in every run */
#define TIME_OF_DAY_NS (1767225600ULL * 1000000000)

static void fail(struct timetravel *t, const char *why)
{
	timetravel_drop(t);
	t->state = TIMETRAVEL_GONE;
	t->failed(t, why);
}

/* The end of the connection is told by the end of the process, at its time. */
static void lost(struct timetravel *t)
{
	loop_unwatch(&t->conn);
	t->state = TIMETRAVEL_GONE;
}

static void send_message(struct timetravel *t, u32 op, u32 seq, u64 time)
{
	struct time_message m = { .op = op, .seq = seq, .time = time };

	if (send(t->conn.fd, &m, sizeof(m), MSG_NOSIGNAL) != sizeof(m))
		lost(t);
}

/* Return: false when there is none (any more). */
static bool receive(struct timetravel *t, struct time_message *m)
{
	ssize_t n = recv(t->conn.fd, m, sizeof(*m), MSG_WAITALL);

	if (n == sizeof(*m))
		return true;
	lost(t);
	return false;
}

/* ---- the clock ------------------------------------------------------------------ */

#define MILLION 1000000

static u64 guest_time(const struct timetravel *t, u64 ns)
{
	return t->guest_base + (u64)((__int128)(ns - t->base) * (MILLION + t->ppm) / MILLION);
}

/* The first instant at which the guest's clock shows @time. */
static u64 calendar_time(const struct timetravel *t, u64 time)
{
	if (time <= t->guest_base)
		return t->base;
	return t->base + (u64)(((__int128)(time - t->guest_base) * MILLION + MILLION + t->ppm - 1) /
			       (MILLION + t->ppm));
}

bool timetravel_clock(struct timetravel *t, s64 ppm, u64 step_us)
{
	if (!t->messages)
		return false;
	t->guest_base = guest_time(t, clock_ns()) + step_us * 1000;
	t->base = clock_ns();
	t->ppm = ppm;
	return true;
}

void timetravel_now(struct timetravel *t)
{
	if (t->state == TIMETRAVEL_RUNS && t->shm)
		clock_set_ns(t->shm->now);
}

u64 timetravel_request(const struct timetravel *t)
{
	u64 at = CLOCK_NEVER;

	if (t->hung || (t->state != TIMETRAVEL_WAITS && t->state != TIMETRAVEL_STARTED))
		return TIME_NEVER;
	if (t->state == TIMETRAVEL_STARTED)
		return clock_ns();
	if (t->shm) {
		const union time_shm_client *c = &t->shm->client[SHM_GUEST];

		if (c->flags & TIME_SHM_WANTS_TO_RUN)
			at = c->request;
	} else if (t->request < GUEST_FOREVER) {
		at = calendar_time(t, t->request);
	}
	if (at >= GUEST_FOREVER)
		return TIME_NEVER;
	/* one that hung is late */
	return at < clock_ns() ? clock_ns() : at;
}

/* ---- from the guest ------------------------------------------------------------- */

static void waits(struct timetravel *t)
{
	t->state = TIMETRAVEL_WAITS;
	if (t->shm)
		t->shm->running = SHM_CHASSIS;
}

static void handle(struct timetravel *t, const struct time_message *m)
{
	u64 answer = 0;

	switch (m->op) {
	case TIME_ACK:
		return;
	case TIME_START:
		/* answered when its turn has come */
		t->state = TIMETRAVEL_STARTED;
		t->free_until = m->seq;
		return;
	case TIME_REQUEST:
		t->request = m->time;
		break;
	case TIME_WAIT:
		if (!t->shm)
			send_message(t, TIME_ACK, m->seq, 0);
		waits(t);
		return;
	case TIME_GET:
		answer = guest_time(t, clock_ns());
		break;
	case TIME_UPDATE:
		clock_set_ns(calendar_time(t, m->time));
		break;
	case TIME_GET_TOD:
		answer = TIME_OF_DAY_NS + clock_ns();
		break;
	}
	send_message(t, TIME_ACK, m->seq, answer);
}

static void conn_ready(struct watch *w, u32 events)
{
	struct timetravel *t = w->data;
	struct time_message m;

	if (receive(t, &m))
		handle(t, &m);
}

/* Serves the guest's questions until it acknowledges a message of this side. */
static void await_ack(struct timetravel *t)
{
	struct time_message m;
	struct pollfd p = { .fd = t->conn.fd, .events = POLLIN };

	while (t->state == TIMETRAVEL_RUNS || t->state == TIMETRAVEL_WAITS) {
		if (poll(&p, 1, t->patience_us / 1000) == 0) {
			fail(t, "its kernel does not answer");
			return;
		}
		if (!receive(t, &m) || m.op == TIME_ACK)
			return;
		handle(t, &m);
	}
}

void timetravel_await(struct timetravel *t, int fd, void *buf, size_t len)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLIN },
			      { .fd = t->conn.fd, .events = POLLIN } };
	struct time_message m;
	ssize_t n;

	while (t->state == TIMETRAVEL_WAITS) {
		if (poll(p, 2, t->patience_us / 1000) == 0) {
			fail(t, "its kernel does not take an interrupt");
			return;
		}
		if (p[1].revents && receive(t, &m))
			handle(t, &m);
		if (!p[0].revents)
			continue;
		n = read(fd, buf, len);
		if (n == (ssize_t)len || (n < 0 && errno != EAGAIN && errno != EINTR) || n == 0)
			return;
	}
}

bool timetravel_call(struct timetravel *t)
{
	if (t->state != TIMETRAVEL_WAITS || t->hung)
		return false;
	if (t->shm)
		t->shm->now = clock_ns();
	return true;
}

/* ---- to the guest ----------------------------------------------------------------- */

static void set_horizon(struct timetravel *t, u64 until)
{
	t->free_until = until;
	if (t->shm) {
		t->shm->free_until = until;
		return;
	}
	send_message(t, TIME_FREE_UNTIL, 0, guest_time(t, until));
	await_ack(t);
}

void timetravel_changed(struct timetravel *t)
{
	u64 until;

	if (t->state != TIMETRAVEL_RUNS)
		return;
	until = t->horizon(t);
	if (until < t->free_until)
		set_horizon(t, until);
}

/* With version 0 there the guest goes on with messages. */
static int make_memory(struct timetravel *t, u64 until)
{
	int fd = memfd_create("time", MFD_CLOEXEC);
	struct time_shm *shm;

	if (fd < 0 || ftruncate(fd, SHM_SIZE))
		return fd;
	if (t->messages)
		return fd;
	shm = mmap(NULL, SHM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shm == MAP_FAILED)
		return fd;
	shm->version = TIME_SHM_VERSION;
	shm->len = SHM_SIZE;
	shm->max_clients = SHM_CLIENTS;
	shm->now = clock_ns();
	shm->free_until = until;
	shm->running = SHM_GUEST;
	shm->client[SHM_CHASSIS].capabilities = TIME_SHM_CAN_SHARE;
	t->shm = shm;
	return fd;
}

/* Two descriptors have to come with it: the memory, and one for a log. */
static void answer_start(struct timetravel *t, u32 seq, u64 until)
{
	struct time_message m = { .op = TIME_ACK, .seq = seq, .time = SHM_GUEST };
	char control[CMSG_SPACE(2 * sizeof(int))] = "";
	struct iovec iov = { .iov_base = &m, .iov_len = sizeof(m) };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int fds[2];

	t->base = clock_ns();
	t->guest_base = 0;
	t->free_until = until;
	fds[0] = make_memory(t, until);
	fds[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	t->state = TIMETRAVEL_RUNS;
	if (sendmsg(t->conn.fd, &msg, MSG_NOSIGNAL) != sizeof(m))
		lost(t);
	for (int i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

void timetravel_run(struct timetravel *t)
{
	u64 until = t->horizon(t);

	if (t->state == TIMETRAVEL_STARTED) {
		answer_start(t, t->free_until, until);
		return;
	}
	if (t->state != TIMETRAVEL_WAITS)
		return;
	t->request = TIME_NEVER;
	if (t->shm) {
		t->shm->now = clock_ns();
		t->shm->free_until = until;
		t->shm->running = SHM_GUEST;
		t->free_until = until;
		t->state = TIMETRAVEL_RUNS;
		send_message(t, TIME_RUN, 0, guest_time(t, clock_ns()));
		return;
	}
	set_horizon(t, until);
	if (t->state != TIMETRAVEL_WAITS)
		return;
	t->state = TIMETRAVEL_RUNS;
	send_message(t, TIME_RUN, 0, guest_time(t, clock_ns()));
	await_ack(t);
}

/* ---- the connection ----------------------------------------------------------------- */

void timetravel_drop(struct timetravel *t)
{
	int fd = t->conn.fd;

	if (fd >= 0) {
		loop_del(&t->conn);
		close(fd);
	}
	if (t->shm)
		munmap(t->shm, SHM_SIZE);
	t->shm = NULL;
	t->state = TIMETRAVEL_NONE;
	t->hung = false;
	t->request = TIME_NEVER;
}

static void listener_ready(struct watch *w, u32 events)
{
	struct timetravel *t = w->data;
	int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	timetravel_drop(t);
	t->conn = (struct watch){ .ready = conn_ready, .data = t };
	if (loop_add(&t->conn, fd, EPOLLIN)) {
		t->conn.fd = -1;
		close(fd);
	}
}

int timetravel_listen(struct timetravel *t, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	unlink(path);
	t->conn.fd = -1;
	t->request = TIME_NEVER;
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) || listen(fd, 4))
		return -1;
	t->listener = (struct watch){ .ready = listener_ready, .data = t };
	return loop_add(&t->listener, fd, EPOLLIN);
}
