// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that holds the grant or gave it away: conditions and times of
 * taking over, "peer may take", handover and commands, one test each.
 */
#include <kunit/test.h>
#include "role_bench.h"

static void peer_absent(struct bench *b)
{
	b->v.peer_present = false;
	b->v.peer_powered = false;
}

/* ---- taking over ---- */

static void S_022_the_phases_of_taking_over_are_in_order(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_TAKING_OVER);
	SAYS(b, bench_phase(b, REDUND_PHASE_FABRIC), "phase:config");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_TAKING_OVER);
	SAYS(b, bench_phase(b, REDUND_PHASE_CONFIG),
	     "record intent:0 role:active log:16/1 log:8/1 phase:modules-reset");
	SAYS(b, bench_phase(b, REDUND_PHASE_CONFIG), "");
	SAYS(b, bench_phase(b, REDUND_PHASE_MODULES_RESET), "phase:ports-up");
	SAYS(b, bench_phase(b, REDUND_PHASE_PORTS_UP), "verdict:done");
}

/* the grant is kept, the next phase begins, and the verdict says it */
static void a_phase_that_failed_is_the_verdict(struct kunit *test)
{
	static const u8 phases[] = { REDUND_PHASE_FABRIC, REDUND_PHASE_CONFIG,
				     REDUND_PHASE_MODULES_RESET, REDUND_PHASE_PORTS_UP };
	struct bench *b = bench_new(test);
	unsigned int bad, i;

	for (bad = 0; bad < ARRAY_SIZE(phases); bad++) {
		bench_in(b, test, IN_TAKING_OVER);
		for (i = 0; i < ARRAY_SIZE(phases); i++)
			bench_phase_ends(b, phases[i], i == bad ? REDUND_PHASE_RESULT_FAILED :
					 REDUND_PHASE_RESULT_OK);
		KUNIT_EXPECT_TRUE(test, bench_said(b, "verdict:failed"));
		KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
	}
	/* Not the next taking over's. */
	bench_in(b, test, IN_TAKING_OVER);
	for (i = 0; i < ARRAY_SIZE(phases); i++)
		bench_phase(b, phases[i]);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "verdict:done"));
}

/* a phase that is not acknowledged is passed at its bound, which can be read */
static void each_phase_is_bounded(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_TAKING_OVER);
	bench_phase(b, REDUND_PHASE_FABRIC);
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + 10 * SECOND);
	SAYS(b, bench_after(b, 10 * SECOND - 1), "");
	bench_after(b, 1);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "phase:modules-reset"));
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
	SAYS(b, bench_after(b, 30 * SECOND), "phase:ports-up");
	SAYS(b, bench_after(b, 30 * SECOND), "verdict:done");
	KUNIT_EXPECT_EQ(test, role_next(&b->r), ~0ULL);
}

/* the last phase of a role change: there is a standby again (N-002) */
static void the_standby_is_ready_once_a_role_change(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_TAKING_OVER);
	bench_phase(b, REDUND_PHASE_FABRIC);
	bench_phase(b, REDUND_PHASE_CONFIG);
	bench_phase(b, REDUND_PHASE_MODULES_RESET);
	bench_phase(b, REDUND_PHASE_PORTS_UP);
	b->v.peer_out = false;
	bench_peer_is(b, REDUND_ROLE_SYNCING);
	b->v.peer.incarnation++;
	SAYS(b, bench_view(b), "log:5/2");
	bench_peer_is(b, REDUND_ROLE_STANDBY);
	b->v.peer.incarnation++;
	SAYS(b, bench_view(b), "log:9/2 take+ phase:standby-ready");
	b->v.may_take = true;
	SAYS(b, bench_view(b), "");
}

/* each end of a reset line that does not work is noted until the slot JOINs */
static void a_stuck_reset_is_noted_once(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->v.cause = CAUSE_PEER_STUCK;
	SAYS(b, bench_view(b), "note:reset-stuck");
	b->v.cause = CAUSE_PEER_STUCK;
	SAYS(b, bench_view(b), "");
	b->v.cause = CAUSE_PEER_JOINED;
	bench_view(b);
	b->v.cause = CAUSE_PEER_STUCK;
	SAYS(b, bench_view(b), "note:reset-stuck");
}

/* what the active says of the other: its own list and what is seen from here */
static void A_004_the_active_judges_the_standby(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, 0u);
	b->v.peer.not_ready = REDUND_NOT_READY_WATCHDOG;
	b->v.peer.misses = 4;
	b->v.peer.epoch--;
	b->v.peer.incompatible = true;
	b->now += TIMEOUT;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready,
			(u32)(REDUND_NOT_READY_WATCHDOG | REDUND_NOT_READY_TIMERS_DIFFER |
			      REDUND_NOT_READY_PEER_NEVER_HEARD | REDUND_NOT_READY_NOT_HEARD |
			      REDUND_NOT_READY_INCOMPATIBLE));
	b->v.peer.valid = false;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, (u32)REDUND_NOT_READY_BOOTING);
	b->v.peer_shut_down = true;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, (u32)REDUND_NOT_READY_SHUTDOWN);
	b->v.peer_shut_down = false;
	peer_absent(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, 0u);
}

/* an owner whose grant or epoch is gone stops at once */
static void I1_an_owner_that_lost_the_grant_starts_again(struct kunit *test)
{
	static const u8 owner[] = { 0, 2, 1 };
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		bench_in(b, test, IN_ACTIVE);
		b->v.owner = owner[i];
		b->v.epoch++;
		SAYS(b, bench_view(b), "note:lost-grant role:booting restart");
		KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_RESTARTING);
		SAYS(b, bench_view(b), "");
	}
}

/* ---- peer may take ---- */

static void G6_the_peer_may_take_until_twice_the_timeout(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->now += 2 * TIMEOUT - 1;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_TAKE), 0u);
	SAYS(b, bench_after(b, 1), "take-");
	b->v.may_take = false;
	SAYS(b, bench_view(b), "");
	bench_beat(b);
	SAYS(b, bench_view(b), "take+");
}

/* a standby that says that the owner is silent is the one that has to take */
static void S_110_a_cut_heartbeat_does_not_forbid_the_fence(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->v.peer.not_ready = REDUND_NOT_READY_PEER_SILENT;
	SAYS(b, bench_view(b), "");
	b->v.peer.not_ready |= REDUND_NOT_READY_SYNCING;
	SAYS(b, bench_view(b), "take-");
}

/* ---- handover ---- */

static void S_082_the_old_active_waits_for_the_new_one(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	KUNIT_EXPECT_EQ(test, b->r.not_ready,
			(u32)(REDUND_NOT_READY_BOOTING | REDUND_NOT_READY_HANDOVER));
	SAYS(b, bench_view(b), "");
	bench_peer_is(b, REDUND_ROLE_ACTIVE);
	b->v.peer.epoch--;
	SAYS(b, bench_view(b), "");
	b->v.peer.epoch++;
	SAYS(b, bench_view(b), "answer:done restart");
}

static void S_085_the_standby_claims_an_offer_with_event_17(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.offer = true;
	SAYS(b, bench_view(b), "claim");
	b->v.offer = false;
	b->v.owner = 1;
	b->v.epoch++;
	b->v.may_take = false;
	SAYS(b, bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK),
	     "history:2! phase:fabric role:taking-over");
	/* the old active may fence a new one that stalls */
	bench_peer_is(b, REDUND_ROLE_BOOTING);
	SAYS(b, bench_view(b), "take+");
	b->v.may_take = true;
	bench_phase(b, REDUND_PHASE_FABRIC);
	bench_phase(b, REDUND_PHASE_CONFIG);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "log:17/1"));
	KUNIT_EXPECT_FALSE(test, bench_said(b, "log:16/1"));
	SAYS(b, bench_view(b), "take-");
}

/* S-114: the button is no operator's command */
static void C_24_a_shutdown_of_the_active_is_event_16(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.offer = true;
	b->v.offer_reason = REDUND_REASON_SHUTDOWN_BUTTON;
	bench_view(b);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
	bench_phase(b, REDUND_PHASE_FABRIC);
	bench_phase(b, REDUND_PHASE_CONFIG);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "log:16/1"));
}

static void an_offer_nobody_claims_is_rolled_back(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_OFFERED);
	b->now += HANDOVER - 1;
	bench_beat(b);
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + 1);
	b->now += 1;
	SAYS(b, bench_view(b), "withdraw");
	b->v.offer = false;
	SAYS(b, bench_result(b, REDUND_CMD_WITHDRAW, REDUND_RES_OK),
	     "intent:0 answer:rolled-back");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
	/* ... and the chassis may be the first to end it */
	bench_in(b, test, IN_OFFERED);
	b->v.offer = false;
	SAYS(b, bench_view(b), "intent:0 answer:rolled-back");
}

/* exactly one of claim and withdrawal wins (G6) */
static void a_withdrawal_that_loses_leaves_the_claim(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_OFFERED);
	b->now += HANDOVER;
	bench_beat(b);
	bench_view(b);
	b->v.owner = 2;
	b->v.epoch++;
	b->v.offer = false;
	SAYS(b, bench_result(b, REDUND_CMD_WITHDRAW, REDUND_RES_NOT_OWNER), "");
	SAYS(b, bench_view(b), "role:booting");
	KUNIT_EXPECT_EQ(test, b->r.handover, ROLE_HANDOVER_GIVEN);
}

/* the new owner dies on the way: the old one takes the free grant back */
static void A_044_a_new_owner_that_dies_is_rolled_back(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	SAYS(b, bench_view(b), "log:1/2 claim");
	b->v.owner = 1;
	b->v.epoch++;
	SAYS(b, bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK),
	     "history:2! phase:fabric role:taking-over");
	KUNIT_EXPECT_EQ(test, b->out.a[0].arg, (u32)REDUND_REASON_ROLLBACK);
	bench_phase(b, REDUND_PHASE_FABRIC);
	SAYS(b, bench_phase(b, REDUND_PHASE_CONFIG),
	     "record intent:0 role:active log:16/1 log:8/1 answer:rolled-back phase:modules-reset");
}

static void A_033_a_new_owner_that_stalls_is_fenced(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	b->v.may_take = true;
	b->v.peer_rearms = 3;
	bench_after(b, ACTIVE_WAIT);
	KUNIT_EXPECT_TRUE(test, b->r.want_rearms);
	b->v.rearms_valid = true;
	bench_after(b, INTERVAL);
	SAYS(b, bench_after(b, TIMEOUT - 1), "");
	SAYS(b, bench_after(b, 1), "fence");
	KUNIT_EXPECT_EQ(test, b->out.a[0].arg, 3u);
}

/* one fence only: a controller that does not allow it ends the wait */
static void a_fence_that_is_refused_ends_the_wait(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + ACTIVE_WAIT);
	b->v.may_take = true;
	bench_after(b, ACTIVE_WAIT);
	b->v.rearms_valid = true;
	bench_after(b, INTERVAL);
	SAYS(b, bench_after(b, TIMEOUT), "fence");
	SAYS(b, bench_result(b, REDUND_CMD_FENCE, REDUND_RES_NOT_ALLOWED), "");
	SAYS(b, bench_after(b, INTERVAL), "answer:done restart");
}

/* G6: what the controller is asked carries the epoch and the deadline */
static void G6_an_offer_carries_epoch_and_deadline(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, false), "accept intent:2 offer");
	KUNIT_EXPECT_EQ(test, b->out.a[2].epoch, b->v.epoch);
	KUNIT_EXPECT_EQ(test, b->out.a[2].arg, (u32)(HANDOVER / MS));
	KUNIT_EXPECT_EQ(test, b->out.a[1].arg, (u32)REDUND_REASON_SWITCHOVER);
	SAYS(b, bench_result(b, REDUND_CMD_OFFER, REDUND_RES_STALE), "intent:0 answer:rolled-back");
	bench_command(b, ROLE_EV_SWITCHOVER, true);
	KUNIT_EXPECT_EQ(test, b->out.a[1].arg, (u32)REDUND_REASON_SWITCHOVER_FORCED);
	KUNIT_EXPECT_TRUE(test, b->out.a[1].flag);
}

/* whoever next becomes active resolves the intent that it found at its boot */
static void A_044_an_intent_found_at_boot_is_resolved(struct kunit *test)
{
	struct role_event ev = { .type = ROLE_EV_BOOT };
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_BOOTING);
	b->v.owner = 0;
	b->v.peer_present = false;
	ev.boot.selftest_ok = true;
	ev.boot.redundancy = true;
	ev.boot.intent_from = 1;
	ev.boot.intent_to = 2;
	bench_event(b, &ev);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
	bench_phase(b, REDUND_PHASE_FABRIC);
	SAYS(b, bench_phase(b, REDUND_PHASE_CONFIG),
	     "record intent:0 note:intent-resolved role:active log:5/1 log:8/1 phase:modules-reset");
}

/* ... and one that runs, only slowly, is left alone: the answer is "done" */
static void a_new_owner_that_is_only_slow_is_not_fenced(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	b->v.may_take = true;
	bench_after(b, ACTIVE_WAIT);
	b->v.rearms_valid = true;
	bench_after(b, INTERVAL);
	b->v.peer_rearms++;
	SAYS(b, bench_after(b, TIMEOUT), "answer:done restart");
}

/* an operator's fence from the standby is answered, whatever comes of it */
static void A_007_a_forced_fence_is_answered(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, true), "accept fence");
	KUNIT_EXPECT_TRUE(test, b->out.a[1].flag);
	SAYS(b, bench_result(b, REDUND_CMD_FENCE_FORCED, REDUND_RES_NOT_ALLOWED),
	     "answer:rolled-back");
	bench_command(b, ROLE_EV_SWITCHOVER, true);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_FENCE_FORCED, REDUND_RES_OK);
	bench_phase(b, REDUND_PHASE_FABRIC);
	SAYS(b, bench_phase(b, REDUND_PHASE_CONFIG),
	     "record intent:0 role:active log:17/1 log:8/1 answer:done phase:modules-reset");
	/* it is no automatic fence: the limit does not count it */
	KUNIT_EXPECT_EQ(test, b->r.fence_at[0], 0ULL);
}

/* ---- commands ---- */

struct refusal {
	u32 refusal;
	bool forced_too;
	void (*set)(struct bench *b);
};

static void peer_down(struct bench *b)
{
	b->v.peer_out = true;
}

static void peer_failed(struct bench *b)
{
	b->v.peer.role = REDUND_ROLE_FAILED;
	b->v.peer.selftest = REDUND_SELFTEST_FAILED;
}

static void peer_syncing(struct bench *b)
{
	b->v.peer.role = REDUND_ROLE_SYNCING;
}

static void peer_booting(struct bench *b)
{
	b->v.peer.role = REDUND_ROLE_BOOTING;
}

static void peer_unready(struct bench *b)
{
	b->v.peer.not_ready = REDUND_NOT_READY_LATE;
}

static void peer_quiet(struct bench *b)
{
	b->now += TIMEOUT;
}

static void not_redundant(struct bench *b)
{
	bench_command(b, ROLE_EV_REDUNDANCY, false);
}

static void grant_gone(struct bench *b)
{
	b->v.owner = 2;
}

/* S-080, S-081, S-084; force omits readiness and nothing else */
static void S_081_each_obstacle_refuses_a_switchover(struct kunit *test)
{
	static const struct refusal all[] = {
		{ REDUND_REFUSAL_NO_PEER, true, peer_absent },
		{ REDUND_REFUSAL_PEER_NOT_STANDBY, true, peer_down },
		{ REDUND_REFUSAL_PEER_NOT_STANDBY, true, peer_booting },
		{ REDUND_REFUSAL_FAILED_SELFTEST, true, peer_failed },
		{ REDUND_REFUSAL_SYNCING, false, peer_syncing },
		{ REDUND_REFUSAL_PEER_NOT_READY, false, peer_unready },
		{ REDUND_REFUSAL_PEER_NOT_READY, false, peer_quiet },
		{ REDUND_REFUSAL_DISABLED, true, not_redundant },
		{ REDUND_REFUSAL_LOST_GRANT, true, grant_gone },
	};
	struct bench *b = bench_new(test);
	unsigned int i, force;
	u32 reasons;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		for (force = 0; force < 2; force++) {
			bool accepted = force && !all[i].forced_too;

			bench_in(b, test, IN_ACTIVE);
			all[i].set(b);
			bench_command(b, ROLE_EV_SWITCHOVER, force);
			KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_OFFER), accepted ? 1u : 0u);
			if (!accepted)
				KUNIT_EXPECT_EQ(test, b->out.a[b->out.n - 1].arg, all[i].refusal);
			if (all[i].set == peer_unready && !force)
				KUNIT_EXPECT_EQ(test, b->out.a[b->out.n - 1].reasons,
						(u32)REDUND_NOT_READY_LATE);
			/* a check says the same and changes nothing */
			bench_in(b, test, IN_ACTIVE);
			all[i].set(b);
			bench_view(b);
			if (all[i].refusal != REDUND_REFUSAL_LOST_GRANT)
				KUNIT_EXPECT_EQ(test, role_switchover_check(&b->r, &b->v, force,
									    &reasons),
						accepted ? 0u : all[i].refusal);
		}
	}
}

/* S-064, S-065, S-287: both logs say event 11 once */
static void S_287_disabling_takes_the_standby_offline(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.peer.redundancy = false;
	bench_beat(b);
	SAYS(b, bench_view(b), "role:offline log:11/1");
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_EQ(test, b->r.offline_cause, REDUND_OFFLINE_CAUSE_DISABLED);
	b->v.peer.redundancy = true;
	SAYS(b, bench_view(b), "role:syncing");
	bench_in(b, test, IN_ACTIVE);
	bench_command(b, ROLE_EV_REDUNDANCY, false);
	b->v.may_take = false;
	b->v.peer.role = REDUND_ROLE_OFFLINE;
	b->v.peer.offline_cause = REDUND_OFFLINE_CAUSE_DISABLED;
	SAYS(b, bench_view(b), "log:11/2");
	SAYS(b, bench_view(b), "");
}

/* S-122: heartbeat loss alone promotes nobody while redundancy is disabled */
static void S_122_a_disabled_module_never_fences(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_DISABLED);
	b->v.may_take = true;
	bench_beat(b);
	bench_view(b);
	b->now += TIMEOUT;
	bench_look(b);
	b->now += 2 * TIMER_MAX;
	bench_look(b);
	b->now += 2 * TIMER_MAX;
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE) + bench_count(b, ROLE_DO_CLAIM), 0u);
}

/* S-294: the non-owner goes, and comes back when the other is compatible again */
static void S_294_an_incompatible_standby_is_offline(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.peer.incompatible = true;
	SAYS(b, bench_view(b), "role:offline log:18/1");
	b->v.peer.incompatible = false;
	SAYS(b, bench_view(b), "role:syncing");
	bench_in(b, test, IN_ACTIVE);
	b->v.peer.incompatible = true;
	SAYS(b, bench_view(b), "take-");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
	b->v.may_take = false;
	b->v.peer.role = REDUND_ROLE_OFFLINE;
	b->v.peer.offline_cause = REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
	SAYS(b, bench_view(b), "log:18/2");
	SAYS(b, bench_view(b), "");
}

/* S-139..S-148: hand over first, then go offline; event 20 */
static void S_142_a_shutdown_of_the_active_hands_over_first(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	SAYS(b, bench_command(b, ROLE_EV_SHUTDOWN, true), "accept flash+ intent:2 offer");
	KUNIT_EXPECT_EQ(test, b->out.a[2].arg, (u32)REDUND_REASON_SHUTDOWN_BUTTON);
	b->v.offer = true;
	bench_result(b, REDUND_CMD_OFFER, REDUND_RES_OK);
	b->v.offer = false;
	b->v.owner = 2;
	b->v.epoch++;
	b->v.may_take = false;
	bench_view(b);
	bench_peer_is(b, REDUND_ROLE_ACTIVE);
	SAYS(b, bench_view(b), "answer:done role:offline log:20/1 shutdown");
	KUNIT_EXPECT_EQ(test, b->r.offline_cause, REDUND_OFFLINE_CAUSE_SHUTDOWN);
	/* S-144: it cannot take over any more */
	KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_SHUTDOWN);
	bench_peer_gone(b, CAUSE_PEER_REMOVED);
	bench_view(b);
	SAYS(b, bench_after(b, 1000 * SECOND), "");
}

/* the standby went while it was handed over: S-146, nothing goes down */
static void S_146_a_shutdown_that_is_not_taken_is_ignored(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	bench_command(b, ROLE_EV_SHUTDOWN, true);
	b->v.offer = true;
	bench_result(b, REDUND_CMD_OFFER, REDUND_RES_OK);
	b->v.offer = false;
	SAYS(b, bench_view(b), "intent:0 answer:rolled-back flash- log:19/1");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
	bench_in(b, test, IN_ACTIVE);
	peer_syncing(b);
	SAYS(b, bench_command(b, ROLE_EV_SHUTDOWN, true), "log:19/1 refuse:syncing");
}

static struct kunit_case role_owner_cases[] = {
	KUNIT_CASE(S_022_the_phases_of_taking_over_are_in_order),
	KUNIT_CASE(a_phase_that_failed_is_the_verdict),
	KUNIT_CASE(each_phase_is_bounded),
	KUNIT_CASE(I1_an_owner_that_lost_the_grant_starts_again),
	KUNIT_CASE(G6_the_peer_may_take_until_twice_the_timeout),
	KUNIT_CASE(S_110_a_cut_heartbeat_does_not_forbid_the_fence),
	KUNIT_CASE(S_082_the_old_active_waits_for_the_new_one),
	KUNIT_CASE(S_085_the_standby_claims_an_offer_with_event_17),
	KUNIT_CASE(C_24_a_shutdown_of_the_active_is_event_16),
	KUNIT_CASE(an_offer_nobody_claims_is_rolled_back),
	KUNIT_CASE(a_withdrawal_that_loses_leaves_the_claim),
	KUNIT_CASE(A_044_a_new_owner_that_dies_is_rolled_back),
	KUNIT_CASE(a_fence_that_is_refused_ends_the_wait),
	KUNIT_CASE(G6_an_offer_carries_epoch_and_deadline),
	KUNIT_CASE(the_standby_is_ready_once_a_role_change),
	KUNIT_CASE(a_stuck_reset_is_noted_once),
	KUNIT_CASE(A_004_the_active_judges_the_standby),
	KUNIT_CASE(A_044_an_intent_found_at_boot_is_resolved),
	KUNIT_CASE(A_033_a_new_owner_that_stalls_is_fenced),
	KUNIT_CASE(a_new_owner_that_is_only_slow_is_not_fenced),
	KUNIT_CASE(A_007_a_forced_fence_is_answered),
	KUNIT_CASE(S_081_each_obstacle_refuses_a_switchover),
	KUNIT_CASE(S_287_disabling_takes_the_standby_offline),
	KUNIT_CASE(S_122_a_disabled_module_never_fences),
	KUNIT_CASE(S_294_an_incompatible_standby_is_offline),
	KUNIT_CASE(S_142_a_shutdown_of_the_active_hands_over_first),
	KUNIT_CASE(S_146_a_shutdown_that_is_not_taken_is_ignored),
	{}
};

static struct kunit_suite role_owner_suite = {
	.name = "redund-role-owner",
	.test_cases = role_owner_cases,
};

kunit_test_suites(&role_owner_suite);
