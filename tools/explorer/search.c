// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The search: breadth first with state hashing, and random walks. From each
 * state (or every n-th) the world is also left alone until nothing changes,
 * and judged there; chains that meet a state known to be good end early.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "search.h"

#define QUIET_STEPS 4000
#define QUIET_TICKS 80
#define RESTLESS    300 /* steps in a row without time passing: they have no end */
#define TOLD_MAX    80	/* events of a trace that are told */
#define NEVER	    255 /* of ticks: no healthy module is left */
#define NO_NODE	    0xffffffffu

/* an open-addressing table of 64-bit keys, none of which is 0 */
struct table {
	u64 *key;
	u8 *val;
	size_t size, n;
};

static void table_init(struct table *t, size_t size)
{
	t->size = size;
	t->n = 0;
	t->key = calloc(size, sizeof(*t->key));
	t->val = calloc(size, 1);
	if (!t->key || !t->val)
		exit(2);
}

static void table_free(struct table *t)
{
	free(t->key);
	free(t->val);
}

static size_t table_find(const struct table *t, u64 key)
{
	size_t i = key & (t->size - 1);

	while (t->key[i] && t->key[i] != key)
		i = (i + 1) & (t->size - 1);
	return i;
}

static bool table_get(const struct table *t, u64 key, u8 *val)
{
	size_t i = table_find(t, key | 1);

	*val = t->val[i];
	return t->key[i];
}

static void table_grow(struct table *t)
{
	struct table old = *t;
	size_t i;

	table_init(t, old.size * 2);
	for (i = 0; i < old.size; i++) {
		if (!old.key[i])
			continue;
		t->key[table_find(t, old.key[i])] = old.key[i];
		t->val[table_find(t, old.key[i])] = old.val[i];
		t->n++;
	}
	table_free(&old);
}

/* true: it is new */
static bool table_add(struct table *t, u64 key, u8 val)
{
	size_t i = table_find(t, key | 1);

	if (t->key[i])
		return false;
	t->key[i] = key | 1;
	t->val[i] = val;
	if (++t->n * 2 > t->size)
		table_grow(t);
	return true;
}

/* ---- left alone -------------------------------------------------------------- */

static struct table good; /* val: ticks until a running module holds the grant */

static u8 more(u8 ticks)
{
	return ticks < NEVER - 1 ? ticks + 1 : ticks;
}

/* the chain's states are good; count the ticks without an owner from its end */
static void all_good(const u64 *hash, const u8 *ticked, const u8 *owned, u32 n, u8 ticks)
{
	while (n--) {
		if (owned[n])
			ticks = 0;
		else if (ticked[n])
			ticks = more(ticks);
		table_add(&good, hash[n], ticks);
	}
}

/**
 * left_alone() - what becomes of a world in which nothing happens any more
 * @from: the world
 *
 * Its modules run, time passes, nobody makes a fault or a command. Sets the
 * violation when that does not end in a state as check_quiet() wants it, or
 * when nobody who runs holds the grant for longer than I2 allows (in ticks).
 */
void left_alone(const struct world *from)
{
	static u64 hash[QUIET_STEPS];
	static u8 ticked[QUIET_STEPS], owned[QUIET_STEPS];
	struct world w = *from;
	u64 last_tick = 0;
	u8 ticks = 0;
	u32 n, bound, same = 0, passed = 0, steps = 0;

	for (n = 0; n < QUIET_STEPS; n++) {
		enum choice c = world_fair(&w);

		hash[n] = world_hash(&w);
		owned[n] = w.c.owner && !w.m[w.c.owner - 1].hung;
		ticked[n] = c == DO_TICK;
		if (!trace_on && table_get(&good, hash[n], &ticks))
			break;
		ticks = 0;
		if (c == DO_TICK) {
			same = hash[n] == last_tick ? same + 1 : 0;
			last_tick = hash[n];
			/* quiet, or in a circle such as the resets of a stuck line */
			if (same == 2 || ++passed == QUIET_TICKS || n == QUIET_STEPS - 1) {
				check_quiet(&w);
				ticks = owned[n] ? 0 : NEVER;
				break;
			}
		}
		steps = c == DO_TICK ? 0 : steps + 1;
		if (steps > RESTLESS)
			violated("livelock: the software never waits for time to pass");
		world_do(&w, c);
		if (violation)
			return;
	}
	if (violation)
		return;
	all_good(hash, ticked, owned, n, ticks);
	if (!table_get(&good, hash[0], &ticks))
		return;
	bound = world_quiet_bound(from);
	if (ticks == NEVER ? bound < BOUND_ANY : ticks > bound)
		violated("I2: no running module holds the grant for longer than its bound");
}

/* ---- traces -------------------------------------------------------------------- */

static void retrace(const struct world *root, const u8 *choice, u32 n, bool alone)
{
	struct world w = *root;
	u32 i;

	violation = NULL;
	for (i = 0; i < n && !violation; i++) {
		trace_on = i + TOLD_MAX >= n;
		w.faults = 1;
		w.commands = 1;
		world_do(&w, choice[i]);
	}
	trace_on = true;
	if (!violation && alone) {
		printf("        left alone:\n");
		left_alone(&w);
	}
	trace_on = false;
}

/* ---- breadth first ---------------------------------------------------------------- */

struct node {
	u32 parent;
	u8 choice;
};

struct search {
	const struct options *o;
	const struct world *root;
	struct table seen;
	struct node *node;
	u32 nodes, max;
	struct front now, next;
	struct result *res;
};

static void *grow(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (!p)
		exit(2);
	return p;
}

static u32 node_add(struct search *s, u32 parent, u8 choice)
{
	if (s->nodes == s->max) {
		s->max = s->max ? s->max * 2 : 4096;
		s->node = grow(s->node, s->max, sizeof(*s->node));
	}
	s->node[s->nodes] = (struct node){ .parent = parent, .choice = choice };
	return s->nodes++;
}

static void tell_trace(struct search *s, u32 node)
{
	static u8 choice[4096];
	const char *what = violation;
	u32 n = 0, at;

	for (at = node; s->node[at].parent != NO_NODE; at = s->node[at].parent)
		n++;
	s->res->trace = n;
	if (s->o->quiet || n > sizeof(choice))
		return;
	for (at = node, n = s->res->trace; n; at = s->node[at].parent)
		choice[--n] = s->node[at].choice;
	printf("violation: %s\nshortest trace, %u events:\n", what, s->res->trace);
	retrace(s->root, choice, s->res->trace, true);
	violation = what;
}

/* a state not seen before: judged, and searched on from later */
static bool visit(struct search *s, const struct world *w, u32 parent, u8 choice)
{
	u32 node;

	if (!violation && !table_add(&s->seen, world_hash(w), 0))
		return true;
	node = node_add(s, parent, choice);
	s->res->states++;
	if (!violation && (s->o->alone <= 1 || s->res->states % s->o->alone == 0))
		left_alone(w);
	if (violation) {
		tell_trace(s, node);
		return false;
	}
	front_add(&s->next, s->root, w, node);
	return true;
}

/* somebody has something to do, or time may pass */
static bool goes_on(const struct world *w)
{
	return world_can(w, DO_STEP_1) || world_can(w, DO_STEP_2) || world_can(w, DO_TICK);
}

static bool expand(struct search *s, const struct world *from, u32 node)
{
	struct world w;
	u8 c;

	if (!goes_on(from)) {
		violated("deadlock: nobody can do anything, and no time passes");
		tell_trace(s, node);
		return false;
	}
	for (c = 0; c < DO_COUNT; c++) {
		if (!world_can(from, c))
			continue;
		w = *from;
		world_do(&w, c);
		s->res->transitions++;
		if (!visit(s, &w, node, c))
			return false;
	}
	return true;
}

static bool layer(struct search *s)
{
	struct front f = s->now;
	struct world w;
	u32 node;

	s->now = s->next;
	s->next = f;
	front_clear(&s->next);
	while (front_next(&s->now, s->root, &w, &node))
		if (s->res->states >= s->o->states || !expand(s, &w, node))
			return false;
	return s->next.n;
}

/**
 * search_breadth() - every interleaving to a depth
 * @root: where to begin
 * @o: limits
 * @res: counts are added to, .violation is set
 */
void search_breadth(const struct world *root, const struct options *o, struct result *res)
{
	struct search s = { .o = o, .root = root, .res = res };
	u64 before = res->states;
	struct options limit = *o;

	limit.states += before;
	s.o = &limit;
	violation = NULL;
	table_init(&s.seen, 1 << 16);
	table_init(&good, 1 << 16);
	if (visit(&s, root, NO_NODE, 0))
		for (res->depth = 0; res->depth < o->depth && layer(&s);)
			res->depth++;
	res->complete = !violation && !s.next.n && res->states < limit.states;
	res->violation = violation;
	table_free(&s.seen);
	table_free(&good);
	free(s.node);
	front_free(&s.now);
	front_free(&s.next);
}

/* ---- random walks -------------------------------------------------------------------- */

static u64 next_random(u64 *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x * 0x2545f4914f6cdd1dull >> 16;
}

/* mostly what would happen anyway; faults and commands now and then */
static enum choice pick(const struct world *w, u64 *seed)
{
	bool busy = w->m[0].qn || w->m[1].qn || w->m[0].r.handover || w->m[1].r.handover ||
		    w->m[0].phase || w->m[1].phase;
	enum choice c;
	u32 i;

	/* what comes between a decision and its end is worth more */
	if (next_random(seed) % (busy ? 8 : 40)) {
		for (i = 0; i < 8; i++) {
			c = next_random(seed) % 3;
			if (world_can(w, c))
				return c;
		}
		return world_can(w, DO_TICK) ? DO_TICK : world_fair(w);
	}
	for (i = 0; i < 200; i++) {
		c = DO_KILL_1 + next_random(seed) % (DO_COUNT - DO_KILL_1);
		if (world_can(w, c))
			return c;
	}
	return world_fair(w);
}

/**
 * search_walk() - one random walk, with many faults in a row
 * @root: where to begin
 * @o: length
 * @seed: of this walk; the same one walks the same way
 * @res: counts are added to, .violation is set
 */
void search_walk(const struct world *root, const struct options *o, u64 seed, struct result *res)
{
	static u8 choice[1 << 16];
	struct world w = *root;
	u32 n = 0, max = o->steps < sizeof(choice) ? o->steps : sizeof(choice);

	violation = NULL;
	table_init(&good, 1 << 12);
	while (n < max && !violation) {
		if (!w.faults && n % 48 == 0)
			w.faults = 1;
		if (!w.commands && n % 24 == 0)
			w.commands = 1;
		choice[n] = pick(&w, &seed);
		world_do(&w, choice[n]);
		n++;
		if (n % 16 == 0 && !violation)
			left_alone(&w);
	}
	res->steps += n;
	res->violation = violation;
	table_free(&good);
	if (!violation)
		return;
	res->trace = n;
	if (!o->quiet)
		printf("violation: %s\nthe last events of a walk of %u steps:\n", violation, n);
	if (!o->quiet)
		retrace(root, choice, n, true);
	violation = res->violation;
}
