// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * explorer: the role machine and the chassis model as one host program, tried
 * in all interleavings to a depth, then in random walks. Owns the command
 * line, the situations it begins with, and what it prints.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include "search.h"

/* where searches begin; "running" ones are first left alone until all is quiet */
static const struct root {
	struct setup s;
	bool running;
	u32 faults; /* switched on before it begins: 1 << enum chassis_fault */
	u8 slot;    /* ... of this slot */
	u8 first;   /* enum choice: what happens first, 0 nothing ... */
	u8 role;    /* ... until slot 2 has this role */
} roots[] = {
	{ { "boot together", 3, { 2, 2 }, 1 } },
	{ { "boot 2 later", 3, { 2, 5 }, 1 } },
	{ { "boot 1 after the peer wait", 3, { 8, 2 }, 1 } },
	{ { "boot, choice 2 pending", 3, { 2, 2 }, 1, 2 } },
	{ { "boot, 1 fails selftest", 3, { 2, 2 }, 1, 0, 1 } },
	{ { "boot alone", 1, { 2, 2 }, 1 } },
	{ { "boot, redundancy disabled", 3, { 2, 3 }, 0 } },
	{ { "running", 3, { 2, 2 }, 1 }, true },
	{ { "running, redundancy disabled", 3, { 2, 2 }, 0 }, true },
	{ { "running, 1 reset-stuck", 3, { 2, 2 }, 1 }, true, 1 << CHASSIS_FAULT_RESET_STUCK, 1 },
	{ { "running, 1 wdt-dead", 3, { 2, 2 }, 1 }, true, 1 << CHASSIS_FAULT_TIMER_DEAD, 1 },
	{ { "running, choice 2 pending", 3, { 2, 2 }, 1, 2 }, true },
	{ { "boot, 2 chosen and late", 3, { 2, 9 }, 1, 2 } },
	{ { "running, heartbeat loss holds", 3, { 2, 2 }, 1, 0, 0, 1 }, true },
	{ { "running, one fence allowed", 3, { 2, 2 }, 1, 0, 0, 0, 0, 1 }, true },
	{ { "boot, incompatible software", 3, { 2, 3 }, 1, 0, 0, 0, 1 } },
	{ { "running, doorbell 2 cut", 3, { 2, 2 }, 1 }, true, 1 << CHASSIS_FAULT_CUT_DOORBELL, 2 },
	{ { "taking over", 3, { 2, 2 }, 1 }, true, 0, 0, DO_KILL_1, REDUND_ROLE_TAKING_OVER },
	{ { "forced fence", 3, { 2, 2 }, 1 }, true, 0, 0, DO_FORCE_2, REDUND_ROLE_TAKING_OVER },
	{ { "handover", 3, { 2, 2 }, 1 }, true, 0, 0, DO_SWITCH_1, REDUND_ROLE_TAKING_OVER },
	{ { "boot, equal records", 3, { 2, 2 }, 1, 0, 0, 0, 0, 0, 1 } },
};

#define ROOTS (sizeof(roots) / sizeof(roots[0]))

static const struct plant {
	const char *name, *text;
	u32 chassis, role;
	bool start; /* looked for from the last situation on */
} plants[] = {
	{ "claim-no-fence", "claim without fence", 0, ROLE_PLANT_CLAIM_NO_FENCE },
	{ "fence-no-epoch", "fence without the epoch", CHASSIS_PLANT_FENCE_NO_EPOCH, 0 },
	{ "no-recheck", "no re-check of a free grant", 0, ROLE_PLANT_NO_RECHECK },
	{ "window-open", "window of an OUT slot still writable", CHASSIS_PLANT_WINDOW_OPEN, 0 },
	{ "release", "release in place of offer", 0, ROLE_PLANT_RELEASE },
	{ "epoch-not-checked", "epoch not checked on resume", 0, ROLE_PLANT_NO_EPOCH },
	{ "both-standby-tie", "both standby at a tie", 0, ROLE_PLANT_TIE | ROLE_PLANT_NO_RECHECK,
	  true },
	{ "level-reset", "level reset", CHASSIS_PLANT_LEVEL_RESET, 0 },
	{ "no-boot-arm", "no boot arm of the timer", CHASSIS_PLANT_NO_BOOT_ARM, 0 },
};

#define PLANTS (sizeof(plants) / sizeof(plants[0]))

/* processor time: others use the machine too */
static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* of the whole run */
static struct {
	u64 states, transitions, steps;
	u32 depth;
} total;

static void tell_total(void)
{
	struct rusage use;
	double s = seconds();

	getrusage(RUSAGE_SELF, &use);
	printf("# %llu states, %llu transitions, depth %u; %llu steps of walks; ", total.states,
	       total.transitions, total.depth, total.steps);
	printf("%.1f s of a processor, %.0f states and steps/s, %ld MiB\n", s,
	       (total.states + total.steps) / s, use.ru_maxrss / 1024);
}

/* a running chassis: booted, one active, the other standby */
static void begin(struct world *w, const struct root *r, const struct options *o)
{
	u32 i;

	world_start(w, &r->s);
	for (i = 0; r->running && i < 600; i++)
		world_do(w, world_fair(w));
	while (r->running && world_fair(w) != DO_TICK)
		world_do(w, world_fair(w));
	if (r->slot)
		w->c.slot[r->slot - 1].faults |= r->faults;
	w->faults = 1;
	w->commands = 1;
	if (r->first)
		world_do(w, r->first);
	for (i = 0; r->first && w->m[1].r.role != r->role && i < 600; i++)
		world_do(w, world_fair(w));
	w->faults = o->faults + !!r->first;
	w->commands = o->commands;
}

static int explore_root(const struct root *r, const struct options *o, u32 number)
{
	struct result res = { 0 };
	double t = seconds();
	struct world w;

	begin(&w, r, o);
	search_breadth(&w, o, &res);
	printf("%s%s %u - %s: %llu states, %llu transitions, depth %u%s, %.1f s%s%s\n",
	       o->tap ? "" : "# ", res.violation ? "not ok" : "ok", number, r->s.name, res.states,
	       res.transitions, res.depth, res.complete ? " (all)" : "", seconds() - t,
	       res.violation ? ": " : "", res.violation ?: "");
	fflush(stdout);
	total.states += res.states;
	total.transitions += res.transitions;
	if (res.depth > total.depth)
		total.depth = res.depth;
	return res.violation ? 1 : 0;
}

static int walk_all(const struct options *o, u32 number)
{
	struct result res = { 0 };
	double t = seconds();
	struct world w;
	u32 i, bad = 0;

	for (i = 0; i < o->walks && !bad; i++) {
		const struct root *r = &roots[(o->seed + i) % ROOTS];

		begin(&w, r, o);
		search_walk(&w, o, (o->seed + i) * 0x9e3779b97f4a7c15ull | 1, &res);
		if (res.violation) {
			bad++;
			printf("# walk %u (--seed %llu --walks 1) from \"%s\": %s\n", i,
			       o->seed + i, r->s.name, res.violation);
		}
	}
	printf("%s%s %u - random walks: %u walks, %llu steps, seed %llu, %.1f s\n",
	       o->tap ? "" : "# ", bad ? "not ok" : "ok", number, i, res.steps, o->seed,
	       seconds() - t);
	total.steps += res.steps;
	return bad;
}

/* a planted mistake has to be found, from whichever situation shows it first */
static int find_plant(const struct plant *p, const struct options *o, u32 number)
{
	struct result res = { 0 };
	struct options mine = *o;
	double t = seconds();
	struct world w;
	u32 i;

	plant_chassis = p->chassis;
	plant_role = p->role;
	for (i = 0; i < ROOTS && !res.violation; i++) {
		begin(&w, &roots[(i + (p->start ? ROOTS - 1 : 7)) % ROOTS], &mine);
		search_breadth(&w, &mine, &res);
	}
	/* what takes more events than such a search is deep */
	for (i = 0; i < o->walks && !res.violation; i++) {
		begin(&w, &roots[i % ROOTS], &mine);
		search_walk(&w, &mine, (o->seed + i) * 0x9e3779b97f4a7c15ull | 1, &res);
	}
	plant_chassis = 0;
	plant_role = 0;
	printf("%s %u - planted \"%s\" is found: %llu states, %u events, %.1f s: %s\n",
	       res.violation ? "ok" : "not ok", number, p->text, res.states, res.trace,
	       seconds() - t, res.violation ?: "no violation");
	fflush(stdout);
	return !res.violation;
}

static int with_plant(const char *name, const struct options *o)
{
	u32 i;

	for (i = 0; i < PLANTS; i++)
		if (!strcmp(plants[i].name, name))
			return find_plant(&plants[i], o, 1);
	fprintf(stderr, "explorer: no planted mistake is called \"%s\"\n", name);
	return 2;
}

/* every transition of the role machine was taken by the above */
static int tell_transitions(u32 number)
{
	u32 missing = transitions_tell();

	printf("%s %u - every transition of the role machine is reached\n",
	       missing ? "not ok" : "ok", number);
	return missing;
}

static int explore(const struct options *o)
{
	struct options found = *o;
	u32 i, number = 0;
	int bad = 0;

	printf("TAP version 13\n1..%u\n", (u32)(ROOTS + PLANTS + 1 + o->reach));
	for (i = 0; i < ROOTS; i++)
		bad += explore_root(&roots[i], o, ++number);
	bad += walk_all(o, ++number);
	if (o->reach)
		bad += tell_transitions(++number);
	found.quiet = true;
	for (i = 0; i < PLANTS; i++)
		bad += find_plant(&plants[i], &found, ++number);
	tell_total();
	return bad ? 1 : 0;
}

static void print_usage(FILE *f)
{
	u32 i;

	fprintf(f,
		"Usage: explorer [--depth N] [--states N] [--alone N] [--walks N]\n"
		"                [--steps N] [--seed S] [--faults N] [--commands N]\n"
		"                [--reach 0|1] [--plant NAME]\n"
		"Tries every interleaving of two modules, the controller, N faults and N\n"
		"commands to a depth of N events or N states, from each of %u situations; leaves\n"
		"every N-th state alone and judges what becomes of it; then walks at random. With\n"
		"--reach 1 every transition of the role machine has to be taken by that.\n"
		"Prints TAP. Planted mistakes:",
		(u32)ROOTS);
	for (i = 0; i < PLANTS; i++)
		fprintf(f, " %s", plants[i].name);
	fprintf(f, "\n");
}

static u64 number_of(const char *arg)
{
	char *end;
	u64 v = strtoull(arg, &end, 0);

	if (*arg && !*end)
		return v;
	fprintf(stderr, "explorer: \"%s\" is no number\n", arg);
	exit(2);
}

static void set_option(struct options *o, int c, u64 v)
{
	switch (c) {
	case 'd':
		o->depth = v;
		break;
	case 'n':
		o->states = v;
		break;
	case 'a':
		o->alone = v;
		break;
	case 'w':
		o->walks = v;
		break;
	case 's':
		o->steps = v;
		break;
	case 'S':
		o->seed = v;
		break;
	case 'f':
		o->faults = v;
		break;
	case 't':
		o->reach = v;
		break;
	default:
		o->commands = v;
		break;
	}
}

int main(int argc, char **argv)
{
	struct options o = { .depth = 1000,
			     .states = 20000,
			     .alone = 1,
			     .walks = 1000,
			     .steps = 2000,
			     .seed = 1,
			     .faults = 1,
			     .commands = 1,
			     .tap = true,
			     .reach = true };
	static const struct option longs[] = {
		{ "depth", 1, NULL, 'd' },  { "states", 1, NULL, 'n' },	  { "alone", 1, NULL, 'a' },
		{ "walks", 1, NULL, 'w' },  { "steps", 1, NULL, 's' },	  { "seed", 1, NULL, 'S' },
		{ "faults", 1, NULL, 'f' }, { "commands", 1, NULL, 'c' }, { "plant", 1, NULL, 'p' },
		{ "reach", 1, NULL, 't' },  { "help", 0, NULL, 'h' },	  { NULL, 0, NULL, 0 },
	};
	const char *plant = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'h' || c == '?') {
			print_usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
		if (c == 'p')
			plant = optarg;
		else
			set_option(&o, c, number_of(optarg));
	}
	if (optind < argc) {
		print_usage(stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	return plant ? with_plant(plant, &o) : explore(&o);
}
