// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns every use of time in the virtual chassis; see clock.h. */
#include "clock.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>

static u64 started;
static bool simulated;
static u64 simulated_ns;

static u64 monotonic_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void clock_start(void)
{
	started = monotonic_us();
}

u64 clock_us(void)
{
	return simulated ? simulated_ns / 1000 : monotonic_us() - started;
}

void clock_simulate(void)
{
	simulated = true;
}

bool clock_simulated(void)
{
	return simulated;
}

u64 clock_ns(void)
{
	return simulated_ns;
}

void clock_set_ns(u64 ns)
{
	if (ns > simulated_ns)
		simulated_ns = ns;
}

u64 clock_host_us(void)
{
	return monotonic_us();
}

int clock_alarm(void)
{
	return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
}

void clock_set_alarm(int fd, u64 at)
{
	struct itimerspec its = { 0 };

	if (at != CLOCK_NEVER) {
		u64 host = at + started;

		its.it_value.tv_sec = host / 1000000;
		its.it_value.tv_nsec = host % 1000000 * 1000;
	}
	timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL);
}

s64 clock_wall(void)
{
	return time(NULL);
}

void clock_sleep(u64 us)
{
	struct timespec ts = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}
