/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reload at a later time: a process of its own, which no session ends, waits
 * for it. Its file REDUND_RUN/reload says what is waited for, and is locked as
 * long as that process lives.
 */
#ifndef REDCTL_SCHEDULE_H
#define REDCTL_SCHEDULE_H

#include <sys/types.h>
#include <time.h>
#include "redctl.h"

#define SCHEDULE_WHY_MAX 80

struct schedule {
	pid_t pid;	 /* who waits */
	time_t at;	 /* by the clock of the wall, as it is set now */
	unsigned int in; /* reload after: so many seconds of running time; 0: at */
	char requester[25], origin[25];
};

/**
 * schedule_at() - the moment that HH:MM[:SS] [MM/DD[/[YY]YY]] names
 * @s: its .at and .in are set
 * @time: of the day, local time
 * @date: or NULL: today, tomorrow when it has passed
 * @now: seconds since 1970
 * @why: filled when it names none
 *
 * Return: true for a moment to come.
 */
bool schedule_at(struct schedule *s, const char *time, const char *date, time_t now,
		 char why[SCHEDULE_WHY_MAX]);

/** schedule_after() - likewise [[DD:]HH:]MM from now on */
bool schedule_after(struct schedule *s, const char *delay, time_t now, char why[SCHEDULE_WHY_MAX]);

/**
 * schedule_find() - is a reload scheduled?
 * @s: filled
 *
 * Return: true if one is.
 */
bool schedule_find(struct schedule *s);

/**
 * schedule_start() - replace what is scheduled by this
 * @s: what; its pid is set
 * @ctx: context with the instance; the waiting process opens its own connection
 *
 * Return: 0 or a negative errno; then nothing is scheduled.
 */
int schedule_start(struct schedule *s, const struct ctx *ctx);

/**
 * schedule_cancel() - end the waiting process
 *
 * Return: true if there was one.
 */
bool schedule_cancel(void);

#endif /* REDCTL_SCHEDULE_H */
