/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The search of the explorer: limits, counts, entry points. */
#ifndef EXPLORER_SEARCH_H
#define EXPLORER_SEARCH_H

#include "world.h"

struct options {
	u32 depth;  /* events */
	u64 states; /* a root */
	u32 alone;  /* every n-th state is left alone and judged */
	u32 walks, steps;
	u64 seed;
	u8 faults, commands;	/* budgets */
	bool quiet, tap, reach; /* reach: every transition has to be taken */
};

struct result {
	u64 states, transitions, steps;
	u32 depth, trace;
	bool complete; /* every reachable state was visited */
	const char *violation;
};

/* the states of one depth, packed */
struct front {
	u8 *bytes;
	size_t used, max, at;
	u32 n;
};

/* pack.c */
void front_add(struct front *f, const struct world *base, const struct world *w, u32 node);
bool front_next(struct front *f, const struct world *base, struct world *w, u32 *node);
void front_clear(struct front *f);
void front_free(struct front *f);

/* search.c */
void left_alone(const struct world *from);
void search_breadth(const struct world *root, const struct options *o, struct result *res);
void search_walk(const struct world *root, const struct options *o, u64 seed, struct result *res);

#endif /* EXPLORER_SEARCH_H */
