/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop of the chassis process: file descriptors, and timers on the
 * common clock. Single-threaded; a handler may remove anything, itself too.
 */
#ifndef VCHASSIS_LOOP_H
#define VCHASSIS_LOOP_H

#include <stdbool.h>
#include <sys/epoll.h>
#include "clock.h"

struct watch {
	int fd;	      /* -1: not watched */
	bool urgent;  /* looked at before the others: register accesses */
	bool outside; /* in simulated time: looked at between two events only */
	u32 events;
	void (*ready)(struct watch *w, u32 events);
	void *data;
};

struct timer {
	u64 at; /* CLOCK_NEVER: not armed */
	void (*fire)(struct timer *t);
	void *data;
	struct timer *next;
};

int loop_init(void);
int loop_add(struct watch *w, int fd, u32 events);
void loop_mod(struct watch *w, u32 events);
void loop_del(struct watch *w);
/** loop_unwatch() - not looked at any more, but not forgotten: loop_del() follows */
void loop_unwatch(struct watch *w);

/** loop_timer() - arm or move a timer; CLOCK_NEVER takes it away */
void loop_timer(struct timer *t, u64 at);

/**
 * loop_run() - until loop_stop()
 * @due: called after each round and when its own time has come; carries out
 *	what is due and returns the time of the next thing
 */
void loop_run(u64 (*due)(void));
void loop_stop(void);

/**
 * loop_poll() - look without sleeping
 * @until: time of the common clock
 *
 * A wake-up costs an emulated register access more than all else.
 */
void loop_poll(u64 until);

/** loop_once() - what is ready, waiting @ms at most; Return: 0, or -1 */
int loop_once(int ms);

/** loop_outside() - the same of those that are outside of simulated time */
int loop_outside(int ms);

/** loop_both() - wait for either, and look at both */
int loop_both(int ms);

/** loop_next() - when the next timer is due */
u64 loop_next(void);

/** loop_timers() - fire those that are due */
void loop_timers(void);

bool loop_stopping(void);

#endif
