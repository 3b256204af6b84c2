/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of simulated time: by time, and at one time by number, never by
 * what came first. Pure.
 */
#ifndef VCHASSIS_CALENDAR_H
#define VCHASSIS_CALENDAR_H

#include <linux/types.h>
#include <stddef.h>

/**
 * calendar_first() - what comes next
 * @at: times, CLOCK_NEVER for none, of number 0 to @n - 1
 * @n: how many, 1 at least
 *
 * Return: its number.
 */
size_t calendar_first(const u64 *at, size_t n);

/** calendar_without() - the earliest time of the others */
u64 calendar_without(const u64 *at, size_t n, size_t number);

/** calendar_mix() - the next of a row of numbers from a seed */
u64 calendar_mix(u64 *state);

#endif
