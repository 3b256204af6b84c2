/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One guest's simulated time: the calendar's side of time-proto.h. The guest
 * asks for the time of its next event and waits until it is let run; while one
 * runs no other does.
 * In the form with shared memory both sides look at the time there, in the one
 * with messages each is told. Which guest runs when is virtual.c's business.
 */
#ifndef VCHASSIS_TIMETRAVEL_H
#define VCHASSIS_TIMETRAVEL_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include "loop.h"

#define TIME_NEVER 4611686018427387904ULL /* nanoseconds; the guest's own is as long */

enum timetravel_state {
	TIMETRAVEL_NONE,    /* no kernel: off, or in its boot ROM */
	TIMETRAVEL_STARTED, /* a kernel waits for the answer to its first word */
	TIMETRAVEL_RUNS,
	TIMETRAVEL_WAITS,
	TIMETRAVEL_GONE, /* the kernel is about to end */
};

struct time_shm;

struct timetravel {
	struct watch listener, conn;
	enum timetravel_state state;
	bool messages;	      /* no shared memory */
	bool hung;	      /* it is not let run */
	u64 base, guest_base; /* one instant: of the calendar, of the guest's clock */
	s64 ppm;	      /* how much faster the guest's clock is */
	u64 request;	      /* messages: when it wants to run, of the guest's clock */
	u64 free_until;
	struct time_shm *shm; /* NULL: messages */
	u64 patience_us;      /* of the host's time, for an answer */
	void *data;
	/* how long it may run without being asked to wait */
	u64 (*horizon)(struct timetravel *t);
	/* the simulation cannot go on */
	void (*failed)(struct timetravel *t, const char *why);
};

/** timetravel_listen() - wait for guests on a socket; Return: 0, or -1 with errno */
int timetravel_listen(struct timetravel *t, const char *path);

/** timetravel_drop() - the guest is gone */
void timetravel_drop(struct timetravel *t);

/** timetravel_request() - simulated nanoseconds of its next event, or TIME_NEVER */
u64 timetravel_request(const struct timetravel *t);

/** timetravel_run() - let it run, from now on until it waits again */
void timetravel_run(struct timetravel *t);

/**
 * timetravel_clock() - the guest's clock goes wrong
 * @t: guest, in the form with messages
 * @ppm: faster by this much, also after it starts again
 * @step_us: and forward, once
 *
 * Return: false where calendar and guest share their time.
 */
bool timetravel_clock(struct timetravel *t, s64 ppm, u64 step_us);

/** timetravel_now() - the clock is what the running guest says */
void timetravel_now(struct timetravel *t);

/** timetravel_changed() - something may be due earlier than the running guest knows */
void timetravel_changed(struct timetravel *t);

/** timetravel_call() - an interrupt will be sent to it; Return: false when it takes none */
bool timetravel_call(struct timetravel *t);

/**
 * timetravel_await() - an answer of a waiting guest, which may ask for time first
 * @t: guest
 * @fd: where the answer comes
 * @buf: the answer
 * @len: bytes of it
 */
void timetravel_await(struct timetravel *t, int fd, void *buf, size_t len);

#endif
