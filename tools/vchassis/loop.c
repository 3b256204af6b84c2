// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the event loop; see loop.h. */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ROUND	   16
#define WAKE_UP_US 150 /* about what a sleeping process is late */

static int epfd = -1, outside_fd = -1, alarm_fd = -1;
static u64 armed = CLOCK_NEVER;
static u64 poll_until;
static bool stopping;
static struct timer *timers;
static struct watch *round_watch[ROUND];

int loop_init(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };

	epfd = epoll_create1(EPOLL_CLOEXEC);
	outside_fd = epoll_create1(EPOLL_CLOEXEC);
	alarm_fd = clock_alarm();
	if (epfd < 0 || outside_fd < 0 || alarm_fd < 0)
		return -1;
	return epoll_ctl(epfd, EPOLL_CTL_ADD, alarm_fd, &ev);
}

static int set_of(const struct watch *w)
{
	return w->outside && clock_simulated() ? outside_fd : epfd;
}

int loop_add(struct watch *w, int fd, u32 events)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	w->fd = fd;
	w->events = events;
	return epoll_ctl(set_of(w), EPOLL_CTL_ADD, fd, &ev);
}

void loop_mod(struct watch *w, u32 events)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	if (w->fd < 0 || w->events == events)
		return;
	w->events = events;
	epoll_ctl(set_of(w), EPOLL_CTL_MOD, w->fd, &ev);
}

void loop_del(struct watch *w)
{
	if (w->fd < 0)
		return;
	epoll_ctl(set_of(w), EPOLL_CTL_DEL, w->fd, NULL);
	w->fd = -1;
	for (int i = 0; i < ROUND; i++)
		if (round_watch[i] == w)
			round_watch[i] = NULL;
}

void loop_unwatch(struct watch *w)
{
	if (w->fd >= 0)
		epoll_ctl(set_of(w), EPOLL_CTL_DEL, w->fd, NULL);
}

void loop_timer(struct timer *t, u64 at)
{
	struct timer **p;

	for (p = &timers; *p; p = &(*p)->next) {
		if (*p == t) {
			*p = t->next;
			break;
		}
	}
	t->at = at;
	if (at == CLOCK_NEVER)
		return;
	for (p = &timers; *p && (*p)->at <= at; p = &(*p)->next)
		;
	t->next = *p;
	*p = t;
}

static void fire_timers(void)
{
	u64 now = clock_us();

	while (timers && timers->at <= now) {
		struct timer *t = timers;

		timers = t->next;
		t->at = CLOCK_NEVER;
		t->fire(t);
	}
}

/*
 * A deadline that moved out is left alone: the alarm is early then, never late.
 * One that stands is waited for awake, since to be woken takes its time.
 */
static void arm(u64 at)
{
	if (timers && timers->at < at)
		at = timers->at;
	if (at != CLOCK_NEVER && at <= clock_us() + WAKE_UP_US)
		poll_until = at > poll_until ? at : poll_until;
	at = at > WAKE_UP_US && at != CLOCK_NEVER ? at - WAKE_UP_US : at;
	if (at >= armed)
		return;
	armed = at;
	clock_set_alarm(alarm_fd, at);
}

static void dispatch(const struct epoll_event *ev, int n)
{
	u64 expired;

	for (int i = 0; i < n; i++) {
		round_watch[i] = ev[i].data.ptr;
		if (!ev[i].data.ptr && read(alarm_fd, &expired, sizeof(expired)) == sizeof(expired))
			armed = CLOCK_NEVER;
	}
	for (int urgent = 1; urgent >= 0; urgent--) {
		for (int i = 0; i < n; i++) {
			struct watch *w = round_watch[i];

			if (!w || w->urgent != urgent)
				continue;
			round_watch[i] = NULL;
			w->ready(w, ev[i].events);
		}
	}
}

static int once(int set, int ms)
{
	struct epoll_event ev[ROUND];
	int n = epoll_wait(set, ev, ROUND, ms);

	if (n < 0)
		return errno == EINTR ? 0 : -1;
	dispatch(ev, n);
	return 0;
}

int loop_once(int ms)
{
	return once(epfd, ms);
}

int loop_outside(int ms)
{
	return once(outside_fd, ms);
}

int loop_both(int ms)
{
	struct pollfd p[] = { { .fd = epfd, .events = POLLIN },
			      { .fd = outside_fd, .events = POLLIN } };

	if (poll(p, 2, ms) < 0)
		return errno == EINTR ? 0 : -1;
	return loop_once(0) || loop_outside(0) ? -1 : 0;
}

u64 loop_next(void)
{
	return timers ? timers->at : CLOCK_NEVER;
}

void loop_timers(void)
{
	fire_timers();
}

void loop_poll(u64 until)
{
	poll_until = until;
}

void loop_run(u64 (*due)(void))
{
	while (!stopping) {
		fire_timers();
		arm(due());
		if (loop_once(clock_us() < poll_until ? 0 : -1))
			return;
	}
}

void loop_stop(void)
{
	stopping = true;
}

bool loop_stopping(void)
{
	return stopping;
}
