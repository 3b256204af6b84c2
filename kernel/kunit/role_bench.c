// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bench for the role machine: brings it into each state by events alone,
 * as core.c would, and writes its actions as words.
 */
#include <linux/types.h>
#include "role_bench.h"

const struct role_params bench_params = {
	.interval_us = INTERVAL, .misses = 3, .peer_wait_us = PEER_WAIT,
	.holdoff_loser_us = HOLD_LOSER, .holdoff_unready_us = HOLD_UNREADY,
	.return_us = T_RETURN, .handover_us = HANDOVER, .active_wait_us = ACTIVE_WAIT,
	.config_us = 10 * SECOND, .modules_us = 30 * SECOND, .timer_max_us = TIMER_MAX,
	.fence_limit = 3, .fence_period_us = 3600 * SECOND,
};

static const char *const roles[] = {
	"absent", "booting", "failed", "election", "syncing", "standby", "taking-over",
	"active", "offline", "down",
};

static const char *const refusals[] = {
	"none", "not-active", "no-peer", "peer-not-standby", "peer-not-ready", "disabled",
	"already", "busy", "last-fabric", "failed-selftest", "invalid", "hold-down",
	"not-standby", "syncing", "lost-grant", "stale", "time-out", "out", "unsupported",
	"no-key",
};

static const char *const phases[] = {
	"detected", "fenced", "claimed", "fabric", "config", "modules-reset", "ports-up",
	"standby-ready",
};

static const char *const notes[] = {
	"miss", "stale", "pending-ignored", "stale-config", "incompatible-claim",
	"fence-limit", "lost-grant", "reset-stuck", "intent-resolved", "late", "held",
	"pending-late",
};

static const char *const verdicts[] = { "none", "pending", "done", "refused", "rolled-back",
					"failed" };

const char *bench_role(u8 role)
{
	return roles[role];
}

/* too large for a kernel stack */
struct bench *bench_new(struct kunit *test)
{
	static struct bench bench;

	bench.test = test;
	return &bench;
}

/* ---- actions as words ------------------------------------------------------ */

static void word(struct bench *b, const char *s)
{
	size_t n = strlen(b->said), len = strlen(s);

	if (n + len + 1 < sizeof(b->said))
		memcpy(b->said + n, s, len + 1);
}

static void number(struct bench *b, u32 v)
{
	char digits[12];
	int i = sizeof(digits) - 1;

	digits[i] = 0;
	do {
		digits[--i] = '0' + v % 10;
		v /= 10;
	} while (v);
	word(b, digits + i);
}

static void sign(struct bench *b, const char *name, bool on)
{
	word(b, name);
	word(b, on ? "+" : "-");
}

static void named(struct bench *b, const char *kind, const char *name)
{
	word(b, kind);
	word(b, ":");
	word(b, name);
}

static void numbered(struct bench *b, const char *kind, u32 n)
{
	word(b, kind);
	word(b, ":");
	number(b, n);
}

static void say_more(struct bench *b, const struct role_action *a)
{
	switch (a->type) {
	case ROLE_DO_LOG:
		numbered(b, "log", a->arg);
		word(b, "/");
		return number(b, a->slot);
	case ROLE_DO_VERDICT:
		named(b, a->flag ? "answer" : "verdict", verdicts[a->arg]);
		return;
	case ROLE_DO_REFUSE:
		return named(b, "refuse", refusals[a->arg]);
	case ROLE_DO_NOTE:
		return named(b, "note", notes[a->arg]);
	case ROLE_DO_INTENT:
		return numbered(b, "intent", a->slot);
	case ROLE_DO_REDUNDANCY:
		return sign(b, "redundancy", a->flag);
	case ROLE_DO_DWN_FLASH:
		return sign(b, "flash", a->flag);
	case ROLE_DO_TAKE:
		return sign(b, "take", a->flag);
	case ROLE_DO_GOING_DOWN:
		return numbered(b, "down", a->arg);
	case ROLE_DO_PEER_RESET:
		return numbered(b, "peer-reset", a->arg);
	case ROLE_DO_HISTORY:
		numbered(b, "history", a->from);
		return word(b, a->flag ? "!" : "");
	default:
		word(b, "?");
	}
}

static void say(struct bench *b, const struct role_action *a)
{
	static const char *const plain[] = {
		[ROLE_DO_CLAIM] = "claim", [ROLE_DO_FENCE] = "fence",
		[ROLE_DO_RELEASE] = "release", [ROLE_DO_OFFER] = "offer",
		[ROLE_DO_WITHDRAW] = "withdraw", [ROLE_DO_RECORD] = "record",
		[ROLE_DO_ACCEPT] = "accept", [ROLE_DO_SHUTDOWN] = "shutdown",
		[ROLE_DO_RESTART] = "restart", [ROLE_DO_REBOOT] = "reboot",
	};

	if (b->said[0])
		word(b, " ");
	if (a->type == ROLE_DO_ROLE)
		named(b, "role", roles[a->arg]);
	else if (a->type == ROLE_DO_PHASE)
		named(b, "phase", phases[a->arg]);
	else if (plain[a->type])
		word(b, plain[a->type]);
	else
		say_more(b, a);
}

u32 bench_count(const struct bench *b, enum role_action_type type)
{
	u32 i, n = 0;

	for (i = 0; i < b->out.n; i++)
		n += b->out.a[i].type == type;
	return n;
}

/* the words of the last event hold this one */
bool bench_said(const struct bench *b, const char *w)
{
	const char *at = b->said;
	size_t n = strlen(w);

	for (; *at; at++)
		if (!strncmp(at, w, n) && (at == b->said || at[-1] == ' ') &&
		    (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* ---- events -------------------------------------------------------------------- */

const char *bench_event(struct bench *b, struct role_event *ev)
{
	u8 was = b->r.role;
	u32 i;

	ev->view = b->v;
	role_step(&b->r, ev, b->now, &b->out);
	b->v.cause = 0;
	b->v.beat = false;
	b->said[0] = 0;
	for (i = 0; i < b->out.n; i++)
		say(b, &b->out.a[i]);
	bench_rules(b, was, ev);
	return b->said;
}

const char *bench_view(struct bench *b)
{
	struct role_event ev = { .type = ROLE_EV_VIEW };

	return bench_event(b, &ev);
}

/* a view with the peer's re-arm count, where the machine wants it */
const char *bench_look(struct bench *b)
{
	b->v.rearms_valid = b->r.want_rearms;
	return bench_view(b);
}

/* time passes without a beat of the peer */
const char *bench_after(struct bench *b, u64 us)
{
	b->now += us;
	return bench_view(b);
}

const char *bench_result(struct bench *b, u8 cmd, u8 result)
{
	struct role_event ev = { .type = ROLE_EV_RESULT };

	ev.result.cmd = cmd;
	ev.result.result = result;
	ev.result.owner = b->v.owner;
	return bench_event(b, &ev);
}

const char *bench_phase_ends(struct bench *b, u8 phase, u8 result)
{
	struct role_event ev = { .type = ROLE_EV_PHASE };

	ev.phase.phase = phase;
	ev.phase.result = result;
	return bench_event(b, &ev);
}

const char *bench_phase(struct bench *b, u8 phase)
{
	return bench_phase_ends(b, phase, REDUND_PHASE_RESULT_OK);
}

const char *bench_command(struct bench *b, enum role_event_type type, bool arg)
{
	struct role_event ev = { .type = type };

	if (type == ROLE_EV_SWITCHOVER)
		ev.force = arg;
	else if (type == ROLE_EV_DOWN)
		ev.down_reason = REDUND_DOWN_REBOOT;
	else if (type == ROLE_EV_PARAMS)
		ev.params = b->r.p;
	else
		ev.on = arg;
	return bench_event(b, &ev);
}

/* @kind: enum redund_reboot_kind, @expect: enum role_expect */
const char *bench_reboot(struct bench *b, u8 kind, u8 expect)
{
	struct role_event ev = { .type = ROLE_EV_REBOOT };

	ev.reboot.kind = kind;
	ev.reboot.expect = expect;
	return bench_event(b, &ev);
}

/* of this module alone, with an image */
const char *bench_reboot_own(struct bench *b, u8 kind, u8 expect)
{
	struct role_event ev = { .type = ROLE_EV_REBOOT };

	ev.reboot.kind = kind;
	ev.reboot.expect = expect;
	ev.reboot.own = true;
	return bench_event(b, &ev);
}

const char *bench_boot(struct bench *b, bool selftest_ok, bool redundancy, u8 pending)
{
	struct role_candidate c = { .present = true, .ever_booted = true, .readable = true,
				    .last_role = REDUND_LAST_ACTIVE };
	struct role_event ev = { .type = ROLE_EV_BOOT };

	ev.boot.selftest_ok = selftest_ok;
	ev.boot.redundancy = redundancy;
	ev.boot.pending = pending;
	ev.boot.self = c;
	c.last_role = REDUND_LAST_STANDBY;
	ev.boot.peer_record = c;
	return bench_event(b, &ev);
}

/* ---- the peer ---------------------------------------------------------------------- */

/* a good frame of the peer, in the present epoch, with a beat */
void bench_peer_is(struct bench *b, u8 role)
{
	struct role_peer *p = &b->v.peer;

	p->valid = true;
	p->role = role;
	p->offline_cause = REDUND_OFFLINE_CAUSE_NONE;
	p->selftest = role == REDUND_ROLE_FAILED ? REDUND_SELFTEST_FAILED : REDUND_SELFTEST_PASSED;
	p->redundancy = b->r.redundancy;
	p->not_ready = role == REDUND_ROLE_SYNCING ? REDUND_NOT_READY_SYNCING : 0;
	p->incarnation = 7;
	p->epoch = b->v.epoch;
	p->interval_ms = 10;
	p->misses = 3;
	p->hears_us = true;
	p->record = (struct role_candidate){ .present = true, .ever_booted = true,
		.readable = true, .last_role = REDUND_LAST_STANDBY };
	bench_beat(b);
}

void bench_beat(struct bench *b)
{
	b->v.beat = true;
	b->v.last_beat = b->now;
}

/* the controller tells that the peer went; its grant is dropped */
void bench_peer_gone(struct bench *b, u32 cause)
{
	b->v.cause |= cause;
	b->v.peer_out = true;
	b->v.peer.valid = false;
	b->v.last_beat = 0;
	if (cause & CAUSE_PEER_REMOVED)
		b->v.peer_present = false;
	if (cause & (CAUSE_PEER_REMOVED | CAUSE_PEER_POWER))
		b->v.peer_powered = false;
	if (b->v.owner == 2) {
		b->v.owner = 0;
		b->v.epoch++;
		b->v.may_take = false;
		b->v.cause |= CAUSE_GRANT;
	}
}

/* ---- states, each reached by events ---------------------------------------------------- */

static void to_election(struct bench *b)
{
	b->v.owner = 0;
	bench_boot(b, true, true, 0);
}

static void to_syncing(struct bench *b, bool redundancy)
{
	b->r.redundancy = redundancy;
	bench_peer_is(b, REDUND_ROLE_ACTIVE);
	bench_boot(b, true, redundancy, 0);
}

static void to_standby(struct bench *b)
{
	to_syncing(b, true);
	bench_beat(b);
	bench_command(b, ROLE_EV_SYNCED, true);
	b->v.may_take = true;
}

static void to_taking_over(struct bench *b)
{
	to_standby(b);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	bench_view(b);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
}

static void to_active(struct bench *b)
{
	to_taking_over(b);
	bench_phase(b, REDUND_PHASE_FABRIC);
	bench_phase(b, REDUND_PHASE_CONFIG);
	bench_phase(b, REDUND_PHASE_MODULES_RESET);
	bench_phase(b, REDUND_PHASE_PORTS_UP);
	b->v.peer_out = false;
	b->now += SECOND;
	bench_peer_is(b, REDUND_ROLE_STANDBY);
	b->v.peer.incarnation++;
	bench_view(b);
	b->v.may_take = true;
	bench_view(b);
}

static void to_offered(struct bench *b)
{
	to_active(b);
	bench_command(b, ROLE_EV_SWITCHOVER, false);
	b->v.offer = true;
	bench_result(b, REDUND_CMD_OFFER, REDUND_RES_OK);
}

static void to_given(struct bench *b)
{
	to_offered(b);
	b->v.offer = false;
	b->v.owner = 2;
	b->v.epoch++;
	b->v.may_take = false;
	bench_peer_is(b, REDUND_ROLE_TAKING_OVER);
	bench_view(b);
}

static void to_incompatible(struct bench *b)
{
	to_syncing(b, true);
	b->v.peer.incompatible = true;
	bench_view(b);
}

static void to_shut_down(struct bench *b)
{
	to_standby(b);
	bench_command(b, ROLE_EV_SHUTDOWN, true);
}

static void to_down(struct bench *b)
{
	to_standby(b);
	bench_command(b, ROLE_EV_RELEASE, true);
}

static void to_leaving(struct bench *b)
{
	to_active(b);
	bench_reboot(b, REDUND_REBOOT_KIND_BOOT_SYSTEM, ROLE_EXPECT_ANY);
	b->v.may_take = false;
	b->v.peer_in_reset = true;
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
}

/**
 * bench_in() - module 1 in a state; nothing is due and nothing has changed
 * @b: overwritten
 * @test: KUnit's
 * @state: which
 */
void bench_in(struct bench *b, struct kunit *test, enum bench_state state)
{
	*b = (struct bench){ .test = test, .now = 100 * SECOND };
	role_init(&b->r, 1, &bench_params);
	b->v = (struct role_view){ .owner = 2, .epoch = 5, .wdt_ok = true,
				   .peer_present = true, .peer_powered = true };
	if (state == IN_ELECTION)
		to_election(b);
	else if (state == IN_FAILED)
		bench_boot(b, false, true, 0);
	else if (state == IN_SYNCING || state == IN_DISABLED)
		to_syncing(b, state == IN_SYNCING);
	else if (state == IN_STANDBY)
		to_standby(b);
	else if (state == IN_TAKING_OVER)
		to_taking_over(b);
	else if (state == IN_ACTIVE)
		to_active(b);
	else if (state == IN_OFFERED)
		to_offered(b);
	else if (state == IN_GIVEN)
		to_given(b);
	else if (state == IN_INCOMPATIBLE)
		to_incompatible(b);
	else if (state == IN_SHUT_DOWN)
		to_shut_down(b);
	else if (state == IN_DOWN)
		to_down(b);
	else if (state == IN_LEAVING)
		to_leaving(b);
}
