// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the services of a module; see service.h. */
#include "service.h"
#include "compiler.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SERVICES_MAX 4
#define WAIT_MIN_MS  1000  /* before one that ended is started again ... */
#define WAIT_MAX_MS  30000 /* ... twice as long each time, up to this */
#define STEADY_MS    60000 /* one that ran so long is well again */
#define NEVER	     (~(u64)0)

static struct service {
	const char *path;
	pid_t pid; /* 0: does not run */
	u64 started, due;
	u64 wait;
} services[SERVICES_MAX];
static size_t count;
static bool ending;

void service_add(const char *path)
{
	if (count < SERVICES_MAX)
		services[count++] = (struct service){ .path = path };
}

static void start(struct service *s, u64 now)
{
	char *argv[] = { (char *)s->path, NULL };
	sigset_t none;

	s->started = now;
	s->pid = fork();
	if (s->pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		setsid();
		execv(s->path, argv);
		fprintf(stderr, "mm-agent: %s: %s\n", s->path, strerror(errno));
		_exit(127);
	}
	if (s->pid < 0) {
		s->pid = 0;
		s->due = now + WAIT_MIN_MS;
	}
}

u64 services_start(u64 now)
{
	u64 next = NEVER;

	for (size_t i = 0; i < count && !ending; i++) {
		struct service *s = &services[i];

		if (!s->pid && now >= s->due)
			start(s, now);
		if (!s->pid && s->due < next)
			next = s->due;
	}
	return next;
}

void service_exited(pid_t pid, u64 now)
{
	for (size_t i = 0; i < count; i++) {
		struct service *s = &services[i];

		if (s->pid != pid)
			continue;
		s->pid = 0;
		if (ending)
			return;
		s->wait = now - s->started >= STEADY_MS || !s->wait ? WAIT_MIN_MS : 2 * s->wait;
		if (s->wait > WAIT_MAX_MS)
			s->wait = WAIT_MAX_MS;
		s->due = now + s->wait;
		fprintf(stderr, "mm-agent: %s ended\n", s->path);
	}
}

void services_end(void)
{
	ending = true;
	for (size_t i = 0; i < count; i++)
		if (services[i].pid)
			kill(services[i].pid, SIGTERM);
}

bool services_run(void)
{
	for (size_t i = 0; i < count; i++)
		if (services[i].pid)
			return true;
	return false;
}
