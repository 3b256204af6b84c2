// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns the order of simulated time; see calendar.h. */
#include "calendar.h"
#include "clock.h"

size_t calendar_first(const u64 *at, size_t n)
{
	size_t first = 0;

	for (size_t i = 1; i < n; i++)
		if (at[i] < at[first])
			first = i;
	return first;
}

u64 calendar_without(const u64 *at, size_t n, size_t number)
{
	u64 earliest = CLOCK_NEVER;

	for (size_t i = 0; i < n; i++)
		if (i != number && at[i] < earliest)
			earliest = at[i];
	return earliest;
}

/* splitmix64 */
u64 calendar_mix(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}
