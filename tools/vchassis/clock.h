/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one clock of the virtual chassis. Nothing else in this program asks
 * what time it is or waits for a time, so that simulated time can take its
 * place here.
 */
#ifndef VCHASSIS_CLOCK_H
#define VCHASSIS_CLOCK_H

#include <linux/types.h>
#include <stdbool.h>

#define CLOCK_NEVER (~(u64)0)

/** clock_start() - time 0 of the common clock (G10) is now */
void clock_start(void);

/** clock_us() - microseconds of the common clock, never going back */
u64 clock_us(void);

/** clock_simulate() - from now on time passes by clock_set_ns() alone */
void clock_simulate(void);
bool clock_simulated(void);
/** clock_ns() - simulated nanoseconds: the calendar's unit */
u64 clock_ns(void);
/** clock_set_ns() - simulated time is @ns now; it never goes back */
void clock_set_ns(u64 ns);
/** clock_host_us() - of the host, to bound what takes no simulated time */
u64 clock_host_us(void);

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
