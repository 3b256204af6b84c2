// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns simulated time: one thing happens after the other, the chassis' own
 * events and the modules' turns, in the calendar's order. A module that is let
 * run is served until it waits again; nothing else happens meanwhile. What
 * comes from outside is looked at between two events, and changes something
 * only while time stands.
 */
#include "vc.h"
#include "calendar.h"
#include "rom-proto.h"

#include <string.h>

#define CHASSIS	   0 /* the calendar's numbers: the chassis, slot 1, slot 2 */
#define NUMBERS	   (1 + CHASSIS_SLOTS)
#define PATIENCE_S 120	   /* of the host, for what takes no simulated time */
#define LOOK_STEPS 64	   /* between two looks at the outside */
#define DECIDE_S   60	   /* simulated, as up waits in real time */
#define INPUT_MS   100	   /* of the host: is there input for a command? */
#define US	   1000ULL /* nanoseconds */

static struct {
	u64 goal;      /* of `up`; nanoseconds */
	bool deciding; /* ... or earlier, when all roles are decided */
	bool held;
	bool ran[CHASSIS_SLOTS];
	char why[160];
} v;

bool virtual_held(void)
{
	return v.held;
}

const char *virtual_failed(void)
{
	return v.why[0] ? v.why : NULL;
}

void virtual_fail(int slot, const char *why)
{
	if (!v.why[0])
		snprintf(v.why, sizeof(v.why), "slot %d, at %llu.%06llu s: %s", slot,
			 clock_us() / 1000000, clock_us() % 1000000, why);
}

void virtual_seed(int slot, char text[65])
{
	u64 state = vc.opt.seed;

	state = calendar_mix(&state) + slot;
	state = calendar_mix(&state) + vc_slot(slot)->starts;
	for (int i = 0; i < 4; i++)
		snprintf(text + 16 * i, 17, "%016llx", calendar_mix(&state));
}

/* ---- the order ----------------------------------------------------------------- */

static u64 chassis_at(void)
{
	u64 at = chassis_next(&vc.c), timer = loop_next();

	if (timer < at)
		at = timer;
	if (at >= TIME_NEVER / US)
		return CLOCK_NEVER;
	return at * US < clock_ns() ? clock_ns() : at * US;
}

static void times(u64 at[NUMBERS])
{
	at[CHASSIS] = chassis_at();
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		u64 request = timetravel_request(&vc_slot(slot)->time);

		at[slot] = request >= TIME_NEVER ? CLOCK_NEVER : request;
	}
}

static u64 limit(void)
{
	u64 wanted = control_wants();

	return wanted > v.goal ? wanted : v.goal;
}

/* How long a module may run by itself: until anything else is due, or time stands. */
static u64 horizon(struct timetravel *t)
{
	const struct slot *s = t->data;
	u64 at[NUMBERS], until, last = limit();

	times(at);
	until = calendar_without(at, NUMBERS, s->slot);
	if (last < until)
		until = last + 1;
	return until < TIME_NEVER ? until : TIME_NEVER;
}

/* ---- one turn ------------------------------------------------------------------- */

/*
 * A module's agent is heard when it is known what time it is: after the module
 * ran, that is at the next event.
 */
static void hear_agents(void)
{
	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		if (!v.ran[slot - 1])
			continue;
		v.ran[slot - 1] = false;
		agent_serve(&vc_slot(slot)->agent);
	}
}

/* Serves what a slot's process does until it has done it, in bounded host time. */
static void serve(int slot, bool (*busy)(const struct slot *s))
{
	struct slot *s = vc_slot(slot);
	u64 end = clock_host_us() + s->time.patience_us;

	while (busy(s) && !v.why[0]) {
		if (loop_once(1000))
			virtual_fail(slot, "the event loop failed");
		else if (busy(s) && clock_host_us() > end)
			virtual_fail(slot, "it runs and lets no simulated time pass");
	}
}

static bool runs(const struct slot *s)
{
	return s->pid && (s->time.state == TIMETRAVEL_RUNS || s->time.state == TIMETRAVEL_GONE);
}

static bool boots(const struct slot *s)
{
	return s->pid && s->time.state == TIMETRAVEL_NONE && s->rom != ROM_IS_MONITOR;
}

void virtual_boot(int slot)
{
	serve(slot, boots);
	rom_settle(slot);
}

/* Return: false when the next event is later than @last, and time stands there. */
static bool step(u64 last, void (*due)(void))
{
	u64 at[NUMBERS];
	size_t first;

	times(at);
	first = calendar_first(at, NUMBERS);
	if (at[first] > last) {
		clock_set_ns(last);
		hear_agents();
		times(at);
		return at[calendar_first(at, NUMBERS)] <= limit();
	}
	clock_set_ns(at[first]);
	hear_agents();
	if (first == CHASSIS) {
		loop_timers();
		due();
		return true;
	}
	timetravel_run(&vc_slot(first)->time);
	serve(first, runs);
	v.ran[first - 1] = true;
	return true;
}

/* ---- the run -------------------------------------------------------------------- */

static bool decided(void)
{
	static const char *const roles[] = { "active", "standby", "offline", "failed", "absent" };

	for (int slot = 1; slot <= CHASSIS_SLOTS; slot++) {
		bool found = vc_slot(slot)->rom == ROM_IS_MONITOR;

		for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
			found |= !strcmp(status_role(slot), roles[i]);
		if (!found)
			return false;
	}
	return true;
}

/* What up was asked for is reached. */
static void reached(void)
{
	v.goal = 0;
	if (!v.deciding)
		schedule_finish();
	else if (!decided())
		snprintf(v.why, sizeof(v.why), "not every module has decided its role after %u s",
			 DECIDE_S);
	v.deciding = false;
}

static void hold(void (*due)(void))
{
	if (v.goal && (v.why[0] || v.goal <= clock_ns()))
		reached();
	v.held = true;
	due();
	trace_flush();
	control_held();
	if (!loop_stopping() && limit() <= clock_ns())
		loop_both(control_awaits_input() ? INPUT_MS : -1);
}

void virtual_run(void (*due)(void))
{
	u32 steps = 0;

	while (!loop_stopping()) {
		u64 last = limit();

		if (v.why[0] || last <= clock_ns()) {
			hold(due);
			continue;
		}
		v.held = false;
		if (step(last, due) && v.deciding && decided())
			v.goal = clock_ns();
		if (++steps % LOOK_STEPS == 0) {
			loop_outside(0);
			due();
		}
	}
}

static void failed(struct timetravel *t, const char *why)
{
	virtual_fail(((struct slot *)t->data)->slot, why);
}

static void call_agent(struct agent *a)
{
	/* the queue of interrupts: any would do */
	vhost_nudge(&vc_slot(a->slot)->pci.vhost, 1);
}

int virtual_init(int slot)
{
	struct slot *s = vc_slot(slot);
	const struct options *o = &vc.opt;
	char sock[32];

	v.deciding = !o->until_us && !o->schedule[0];
	v.goal = (v.deciding  ? DECIDE_S * 1000000ULL :
		  o->until_us ? o->until_us :
				schedule_end()) *
		 US;
	s->time.data = s;
	s->time.horizon = horizon;
	s->time.failed = failed;
	s->time.messages = o->messages;
	s->time.patience_us = PATIENCE_S * 1000000ULL * (o->debug ? 4 : 1);
	s->pci.vhost.time = &s->time;
	s->net.vhost.time = &s->time;
	s->disk.vhost.time = &s->time;
	s->agent.deferred = true;
	s->agent.sent = call_agent;
	snprintf(sock, sizeof(sock), "time%d.sock", slot);
	return timetravel_listen(&s->time, sock);
}
