// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that does not hold the grant: conditions and times of election,
 * free grant and silence, one test each.
 */
#include <kunit/test.h>
#include "role_bench.h"

/* ---- election ---- */

static void S_269_an_election_waits_for_the_peers_selftest(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ELECTION);
	SAYS(b, bench_after(b, PEER_WAIT - 1), "");
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + 1);
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	b->v.peer.selftest = REDUND_SELFTEST_RUNNING;
	SAYS(b, bench_view(b), "");
	b->v.peer.selftest = REDUND_SELFTEST_PASSED;
	SAYS(b, bench_view(b), "claim");
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ACTIVE_LAST);
}

/* not by rule 1: the presence line is on (I2) */
static void C_11_an_expired_peer_wait_decides_from_the_records(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ELECTION);
	b->r.inputs.mm[0].last_role = REDUND_LAST_STANDBY;
	b->r.inputs.mm[1].last_role = REDUND_LAST_ACTIVE;
	SAYS(b, bench_after(b, PEER_WAIT), "log:5/1 role:syncing");
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ACTIVE_LAST);
	KUNIT_EXPECT_EQ(test, b->r.decision.winner, 2);
}

static void S_273_the_only_module_claims_at_once(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	b->v.peer_present = false;
	b->v.peer_powered = false;
	SAYS(b, bench_boot(b, true, true, 0), "role:election claim");
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ONLY_MODULE);
}

static void S_271_a_failed_module_never_claims(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	b->v.peer_present = false;
	b->v.peer_powered = false;
	SAYS(b, bench_boot(b, false, true, 0), "log:4/1 log:12/1 role:failed");
	SAYS(b, bench_after(b, 1000 * SECOND), "");
	KUNIT_EXPECT_EQ(test, b->r.not_ready & REDUND_NOT_READY_SELFTEST_FAILED,
			(u32)REDUND_NOT_READY_SELFTEST_FAILED);
}

/* a failed module decides nothing, but can say what was decided (N-017) */
static void S_275_a_failed_module_records_the_decision(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	bench_boot(b, false, true, 0);
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_NONE);
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_SELFTEST);
	KUNIT_EXPECT_EQ(test, b->r.decision.winner, 2);
	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	bench_peer_is(b, REDUND_ROLE_FAILED);
	bench_boot(b, false, true, 0);
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_BOTH_FAILED);
	KUNIT_EXPECT_EQ(test, b->r.decision.winner, 0);
}

/* the grant is here and nobody remembers why: a driver loaded again */
static void an_owner_that_finds_its_grant_takes_over(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 1;
	bench_boot(b, true, true, 0);
	KUNIT_EXPECT_EQ(test, b->r.reason, REDUND_REASON_RETURNED);
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_TAKING_OVER);
	KUNIT_EXPECT_EQ(test, b->r.from, 0);
	bench_in(b, test, IN_STANDBY);
	b->v.owner = 1;
	b->v.epoch++;
	SAYS(b, bench_view(b), "history:1 phase:fabric role:taking-over");
	KUNIT_EXPECT_EQ(test, b->r.reason, REDUND_REASON_RETURNED);
}

/* G5: the answer OUT means that this start is over */
static void G5_a_claim_answered_out_starts_again(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
	SAYS(b, bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OUT), "role:booting restart");
	KUNIT_EXPECT_EQ(test, b->out.a[1].arg, (u32)REDUND_REASON_RESET);
}

/* no answer of the controller makes it spin: the next look is the tick's */
static void a_refused_claim_waits_for_the_tick(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
	SAYS(b, bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_NOT_ARMED), "");
	KUNIT_EXPECT_EQ(test, role_next(&b->r), ~0ULL);
	SAYS(b, bench_after(b, INTERVAL), "claim");
}

/* the choice is consumed by the winner's one update; C-14: no event 16 or 17 */
static void C_12_the_choice_decides_and_is_cleared(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	SAYS(b, bench_boot(b, true, true, 1), "role:election claim");
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_PENDING_CHOICE);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
	bench_phase(b, REDUND_PHASE_FABRIC);
	SAYS(b, bench_phase(b, REDUND_PHASE_CONFIG),
	     "record intent:0 role:active log:5/1 log:8/1 phase:modules-reset");
	KUNIT_EXPECT_TRUE(test, b->out.a[0].flag);
}

static void C_12_an_ignored_choice_is_noted_once(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	bench_peer_is(b, REDUND_ROLE_FAILED);
	SAYS(b, bench_boot(b, true, true, 2),
	     "role:election log:12/2 note:pending-ignored claim");
	SAYS(b, bench_view(b), "claim");
}

/* ---- a free grant ---- */

struct hold {
	enum bench_state state;
	u32 cause;
	u64 us;			/* ~0: never */
	const char *words;
};

static void check_hold(struct bench *b, const struct hold *h)
{
	bench_peer_gone(b, h->cause);
	if (h->us == ~0ULL) {
		bench_view(b);
		KUNIT_EXPECT_EQ(b->test, bench_count(b, ROLE_DO_CLAIM), 0u);
		SAYS(b, bench_after(b, 100000 * SECOND), "");
		return;
	}
	bench_view(b);
	if (h->us) {
		KUNIT_EXPECT_EQ(b->test, bench_count(b, ROLE_DO_CLAIM), 0u);
		KUNIT_EXPECT_EQ(b->test, role_next(&b->r), b->now + h->us);
		SAYS(b, bench_after(b, h->us - 1), "");
		bench_after(b, 1);
	}
	if (bench_count(b, ROLE_DO_CLAIM) != 1 || !bench_said(b, h->words))
		KUNIT_FAIL(b->test, "state %d cause 0x%x: \"%s\"", h->state, h->cause, b->said);
	KUNIT_EXPECT_EQ(b->test, b->out.a[b->out.n - 1].epoch, b->v.epoch);
}

/* ready standby 0; syncing and incompatible longer; T_return; shut down, failed never */
static void I2_each_module_claims_a_free_grant_after_its_holdoff(struct kunit *test)
{
	static const struct hold holds[] = {
		{ IN_STANDBY, CAUSE_PEER_EXPIRED, 0, "claim" },
		{ IN_STANDBY, 0, 0, "claim" },
		{ IN_SYNCING, CAUSE_PEER_POWER, HOLD_UNREADY, "claim" },
		{ IN_INCOMPATIBLE, CAUSE_PEER_RESET, HOLD_UNREADY, "note:incompatible-claim" },
		{ IN_DISABLED, CAUSE_PEER_GOING_DOWN, T_RETURN, "note:stale-config" },
		{ IN_DISABLED, CAUSE_PEER_RESET | CAUSE_BUTTON_RESET, T_RETURN, "claim" },
		{ IN_DISABLED, CAUSE_PEER_EXPIRED, 0, "note:stale-config" },
		{ IN_DISABLED, CAUSE_PEER_POWER, 0, "note:stale-config" },
		{ IN_DISABLED, CAUSE_PEER_REMOVED, 0, "claim" },
		{ IN_SHUT_DOWN, CAUSE_PEER_REMOVED, ~0ULL, "" },
		{ IN_FAILED, CAUSE_PEER_REMOVED, ~0ULL, "" },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(holds); i++) {
		bench_in(b, test, holds[i].state);
		check_hold(b, &holds[i]);
	}
}

/* the winner hangs after the election: the loser waits, then claims */
static void I2_an_election_loser_claims_after_its_holdoff(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ELECTION);
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	b->v.peer.record.last_role = REDUND_LAST_ACTIVE;
	b->r.inputs.mm[0].last_role = REDUND_LAST_STANDBY;
	SAYS(b, bench_view(b), "log:5/1 role:syncing");
	bench_beat(b);
	bench_view(b);
	b->now += HOLD_LOSER - 1;
	bench_beat(b);
	SAYS(b, bench_view(b), "");
	b->now += 1;
	SAYS(b, bench_view(b), "claim");
	b->v.owner = 1;
	b->v.epoch++;
	/* C-14: nobody was active in this power cycle */
	SAYS(b, bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK),
	     "history:0 phase:fabric role:taking-over");
}

/* the module that the operator chose hangs after the election: it is said once */
static void C_12_a_choice_that_came_too_late_is_said(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ELECTION);
	b->r.pending = 2;
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	SAYS(b, bench_view(b), "log:5/1 role:syncing");
	bench_beat(b);
	bench_view(b);
	b->now += HOLD_LOSER;
	bench_beat(b);
	SAYS(b, bench_view(b), "claim");
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
	bench_phase(b, REDUND_PHASE_FABRIC);
	bench_phase(b, REDUND_PHASE_CONFIG);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "note:pending-late record intent:0 role:active"));
	/* it stands for the next system boot */
	KUNIT_EXPECT_EQ(test, b->r.pending, 2);
}

/* a hardware failure that was mended does not count for the next loss */
static void C_37_each_loss_has_its_own_cause(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_DISABLED);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	SAYS(b, bench_view(b), "log:1/2 note:stale-config claim");
	b->v.owner = 2;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_STALE);
	b->v.peer_out = false;
	b->v.cause = CAUSE_PEER_JOINED;
	bench_peer_is(b, REDUND_ROLE_ACTIVE);
	bench_view(b);
	b->v.peer_down_reason = REDUND_DOWN_PANIC;
	bench_peer_gone(b, CAUSE_PEER_GOING_DOWN);
	SAYS(b, bench_view(b), "log:2/2");
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + T_RETURN);
	KUNIT_EXPECT_EQ(test, b->r.lost_reason, REDUND_REASON_PANIC);
}

/* disabled: the old owner failed its selftest and cannot return */
static void C_37_a_failed_old_owner_is_not_waited_for(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_DISABLED);
	bench_peer_gone(b, CAUSE_PEER_GOING_DOWN);
	bench_view(b);
	b->v.peer_out = false;
	bench_peer_is(b, REDUND_ROLE_FAILED);
	SAYS(b, bench_view(b), "log:12/2 note:stale-config claim");
}

/* a claim that met another epoch is decided again, not repeated blindly */
static void G6_a_stale_claim_is_decided_again(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
	b->v.owner = 2;
	b->v.epoch++;
	SAYS(b, bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_STALE), "note:stale");
	KUNIT_EXPECT_LT(test, role_next(&b->r), b->now + INTERVAL);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), 0u);
}

/* ---- silence ---- */

static void S_110_missed_heartbeats_lead_to_a_fence(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.peer_rearms = 77;
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + 2 * INTERVAL);
	b->now += 2 * INTERVAL;
	SAYS(b, bench_look(b), "note:miss");
	KUNIT_EXPECT_TRUE(test, b->r.want_rearms);
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + INTERVAL);
	b->now += INTERVAL - 1;
	SAYS(b, bench_look(b), "");
	b->now += 1;
	SAYS(b, bench_look(b), "log:13/2 fence");
	KUNIT_EXPECT_EQ(test, b->out.a[1].arg, 77u);
	KUNIT_EXPECT_EQ(test, b->out.a[1].epoch, b->v.epoch);
	KUNIT_EXPECT_FALSE(test, b->out.a[1].flag);
	b->v.owner = 1;
	b->v.epoch++;
	b->v.cause = CAUSE_PEER_FENCED;
	SAYS(b, bench_result(b, REDUND_CMD_FENCE, REDUND_RES_OK),
	     "log:14/2 log:1/2 history:2! phase:fabric role:taking-over");
	KUNIT_EXPECT_EQ(test, b->out.a[2].arg, (u32)REDUND_REASON_HEARTBEAT_LOST);
}

/* silence is said once (S-289), and the fence is tried again each look */
static void S_289_lost_communication_is_logged_once_a_silence(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.may_take = false;
	b->now += TIMEOUT;
	bench_look(b);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "log:13/2"));
	b->now += TIMEOUT;
	SAYS(b, bench_look(b), "");
	bench_beat(b);
	SAYS(b, bench_look(b), "");
	b->now += TIMEOUT;
	SAYS(b, bench_look(b), "note:miss log:13/2");
}

struct bar {
	const char *what;
	void (*set)(struct bench *b);
	const char *words;
};

static void bar_late(struct bench *b)
{
	b->v.late = true;
}

static void bar_not_allowed(struct bench *b)
{
	b->v.may_take = false;
}

static void bar_watchdog(struct bench *b)
{
	b->v.wdt_ok = false;
}

static void bar_timers(struct bench *b)
{
	b->v.peer.misses = 4;
}

static void bar_limit(struct bench *b)
{
	b->r.fence_at[0] = b->now - SECOND;
	b->r.fence_at[1] = b->now - SECOND;
	b->r.fence_at[2] = b->now - 3000 * SECOND;
}

static void bar_unsynced(struct bench *b)
{
	bench_command(b, ROLE_EV_SYNCED, false);
}

static void each_condition_alone_forbids_the_fence(struct kunit *test)
{
	static const struct bar bars[] = {
		{ "late", bar_late, "note:late" },
		{ "not allowed", bar_not_allowed, "log:13/2" },
		{ "watchdog", bar_watchdog, "log:13/2" },
		{ "timers", bar_timers, "log:13/2" },
		{ "limit", bar_limit, "note:fence-limit" },
		{ "not synced", bar_unsynced, "log:13/2" },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bars); i++) {
		bench_in(b, test, IN_STANDBY);
		b->r.want_rearms = true;
		bars[i].set(b);
		b->now += TIMEOUT;
		bench_look(b);
		if (bench_count(b, ROLE_DO_FENCE) || !bench_said(b, bars[i].words))
			KUNIT_FAIL(test, "%s: \"%s\"", bars[i].what, b->said);
		/* none of them forbids the claim of a free grant for long */
		bench_peer_gone(b, CAUSE_PEER_EXPIRED);
		bench_view(b);
		if (!bench_count(b, ROLE_DO_CLAIM))
			bench_after(b, HOLD_UNREADY);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), 1u);
	}
}

/* fences that are older than the period do not count */
static void A_046_the_limit_counts_fences_of_the_period(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bar_limit(b);
	b->now += 3600 * SECOND - 3000 * SECOND - 1;
	bench_beat(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, (u32)REDUND_NOT_READY_FAILOVER_LIMIT);
	b->now += 1;
	bench_beat(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, 0u);
}

static void boot_with_fences(struct bench *b, u64 at, unsigned int n)
{
	struct role_event ev = { .type = ROLE_EV_BOOT };
	unsigned int i;

	ev.boot.selftest_ok = true;
	ev.boot.redundancy = true;
	for (i = 0; i < n; i++)
		ev.boot.fence_at[i] = at;
	bench_event(b, &ev);
}

/* ... also those of before this start, and each new one replaces the oldest */
static void A_046_fences_are_remembered(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	bench_in(b, test, IN_BOOTING);
	bench_peer_is(b, REDUND_ROLE_ACTIVE);
	boot_with_fences(b, b->now - SECOND, 3);
	KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_FAILOVER_LIMIT);
	bench_in(b, test, IN_STANDBY);
	for (i = 0; i < 8; i++)
		b->r.fence_at[i] = 10 + (i + 5) % 8;
	b->r.want_rearms = true;
	b->now += 4000 * SECOND;
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 1u);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_FENCE, REDUND_RES_OK);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, b->r.fence_at[i], i == 3 ? b->now : 10 + (i + 5) % 8);
}

/* the settings of the active are adopted: they count from the next look */
static void C_38_new_timers_count_at_once(struct kunit *test)
{
	struct role_event ev = { .type = ROLE_EV_PARAMS, .params = bench_params };
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	ev.params.misses = 5;
	b->v.peer.misses = 5;
	bench_event(b, &ev);
	b->r.want_rearms = true;
	b->now += 5 * INTERVAL - 1;
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 0u);
	b->now += 1;
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 1u);
}

/* a fence that is due but has no count yet looks again at once */
static void S_110_a_missing_count_is_read_at_once(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->now += TIMEOUT;
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 0u);
	KUNIT_EXPECT_TRUE(test, b->r.want_rearms);
	KUNIT_EXPECT_LT(test, role_next(&b->r), b->now + INTERVAL);
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 1u);
	/* heard again: the count is not read any more */
	bench_in(b, test, IN_STANDBY);
	b->now += 2 * INTERVAL;
	bench_look(b);
	KUNIT_EXPECT_TRUE(test, b->r.want_rearms);
	bench_beat(b);
	bench_look(b);
	KUNIT_EXPECT_FALSE(test, b->r.want_rearms);
}

/* never heard: only a re-arm count that stood still longer than the longest timer */
static void a_peer_never_heard_is_fenced_on_evidence_only(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_SYNCING);
	b->r.heard = false;
	b->v.may_take = true;
	b->v.last_beat = 0;
	bench_look(b);
	bench_look(b);
	b->v.peer_rearms = 5;
	bench_look(b);
	b->now += TIMER_MAX;
	SAYS(b, bench_look(b), "");
	KUNIT_EXPECT_EQ(test, b->r.not_ready & REDUND_NOT_READY_PEER_NEVER_HEARD,
			(u32)REDUND_NOT_READY_PEER_NEVER_HEARD);
	b->v.peer_rearms++;
	b->now += 1;
	SAYS(b, bench_look(b), "");
	b->now += TIMER_MAX + 1;
	SAYS(b, bench_look(b), "fence");
}

/* I1: neither heard nor obeyed, though it says "active" */
static void I1_a_frame_of_another_epoch_is_not_the_actives(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.epoch++;
	b->v.peer.redundancy = false;
	bench_beat(b);
	SAYS(b, bench_view(b), "role:syncing");
	KUNIT_EXPECT_FALSE(test, b->r.heard);
	KUNIT_EXPECT_TRUE(test, b->r.redundancy);
	SAYS(b, bench_command(b, ROLE_EV_SYNCED, true), "");
	b->v.peer.epoch = b->v.epoch;
	b->v.peer.redundancy = true;
	bench_beat(b);
	SAYS(b, bench_view(b), "role:standby log:9/1");
}

/* a frame that cannot be read: nothing in it but that it does not fit is known */
static void unreadable_frame(struct bench *b)
{
	b->v.peer = (struct role_peer){ .valid = true, .incompatible = true,
		.role = REDUND_ROLE_OFFLINE, .selftest = REDUND_SELFTEST_PASSED,
		.offline_cause = REDUND_OFFLINE_CAUSE_INCOMPATIBLE };
}

static void S_294_an_active_of_an_unknown_format_is_incompatible(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_SYNCING);
	unreadable_frame(b);
	SAYS(b, bench_view(b), "role:offline log:18/1");
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_INCOMPATIBLE);
	/* Its re-arm count stands still: that is no evidence for this module. */
	b->r.heard = false;
	b->v.may_take = true;
	b->v.last_beat = 0;
	bench_look(b);
	bench_look(b);
	b->now += TIMER_MAX + 1;
	SAYS(b, bench_look(b), "");
	/* And in the election: what chassis memory knows of it is not forgotten. */
	bench_in(b, test, IN_ELECTION);
	unreadable_frame(b);
	b->r.inputs.mm[0].last_role = REDUND_LAST_STANDBY;
	b->r.inputs.mm[1].last_role = REDUND_LAST_ACTIVE;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.decision.winner, 2);
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ACTIVE_LAST);
}

static void a_standby_names_every_reason_that_holds(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, 0u);
	b->v.late = true;
	b->v.wdt_ok = false;
	b->v.peer.hears_us = false;
	b->v.peer.interval_ms = 20;
	b->v.may_take = false;
	b->now += TIMEOUT;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.not_ready,
			(u32)(REDUND_NOT_READY_LATE | REDUND_NOT_READY_WATCHDOG |
			      REDUND_NOT_READY_NOT_HEARD | REDUND_NOT_READY_TIMERS_DIFFER |
			      REDUND_NOT_READY_PEER_SILENT));
}

static struct kunit_case role_cases[] = {
	KUNIT_CASE(S_269_an_election_waits_for_the_peers_selftest),
	KUNIT_CASE(C_11_an_expired_peer_wait_decides_from_the_records),
	KUNIT_CASE(S_273_the_only_module_claims_at_once),
	KUNIT_CASE(S_271_a_failed_module_never_claims),
	KUNIT_CASE(S_275_a_failed_module_records_the_decision),
	KUNIT_CASE(an_owner_that_finds_its_grant_takes_over),
	KUNIT_CASE(G5_a_claim_answered_out_starts_again),
	KUNIT_CASE(a_refused_claim_waits_for_the_tick),
	KUNIT_CASE(C_12_the_choice_decides_and_is_cleared),
	KUNIT_CASE(C_12_an_ignored_choice_is_noted_once),
	KUNIT_CASE(I2_each_module_claims_a_free_grant_after_its_holdoff),
	KUNIT_CASE(I2_an_election_loser_claims_after_its_holdoff),
	KUNIT_CASE(C_12_a_choice_that_came_too_late_is_said),
	KUNIT_CASE(C_37_each_loss_has_its_own_cause),
	KUNIT_CASE(C_37_a_failed_old_owner_is_not_waited_for),
	KUNIT_CASE(G6_a_stale_claim_is_decided_again),
	KUNIT_CASE(S_110_missed_heartbeats_lead_to_a_fence),
	KUNIT_CASE(S_289_lost_communication_is_logged_once_a_silence),
	KUNIT_CASE(each_condition_alone_forbids_the_fence),
	KUNIT_CASE(A_046_the_limit_counts_fences_of_the_period),
	KUNIT_CASE(A_046_fences_are_remembered),
	KUNIT_CASE(C_38_new_timers_count_at_once),
	KUNIT_CASE(S_110_a_missing_count_is_read_at_once),
	KUNIT_CASE(a_peer_never_heard_is_fenced_on_evidence_only),
	KUNIT_CASE(I1_a_frame_of_another_epoch_is_not_the_actives),
	KUNIT_CASE(S_294_an_active_of_an_unknown_format_is_incompatible),
	KUNIT_CASE(a_standby_names_every_reason_that_holds),
	{}
};

static struct kunit_suite role_suite = {
	.name = "redund-role",
	.test_cases = role_cases,
};

kunit_test_suites(&role_suite);
