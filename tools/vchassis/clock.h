/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one clock of the virtual chassis. Nothing else in this program asks
 * what time it is or waits for a time, so that simulated time can take its
 * place here.
 */
#ifndef VCHASSIS_CLOCK_H
#define VCHASSIS_CLOCK_H

#include <linux/types.h>

#define CLOCK_NEVER (~(u64)0)

/** clock_start() - time 0 of the common clock (G10) is now */
void clock_start(void);

/** clock_us() - microseconds of the common clock, never going back */
u64 clock_us(void);

/** clock_alarm() - a file descriptor that becomes readable at a time */
int clock_alarm(void);

/**
 * clock_set_alarm() - when the alarm goes off
 * @fd: from clock_alarm()
 * @at: microseconds of the common clock, CLOCK_NEVER switches it off
 */
void clock_set_alarm(int fd, u64 at);

/** clock_wall() - seconds since 1970, for people only */
s64 clock_wall(void);

/** clock_sleep() - for clients: let @us microseconds pass */
void clock_sleep(u64 us);

#endif
