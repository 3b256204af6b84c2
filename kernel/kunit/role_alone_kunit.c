// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each part of a condition of the role machine by itself: cases in which it alone
 * decides. What `make mutate` found to be missing; role_rules.c has the rest.
 */
#include <kunit/test.h>
#include "role_bench.h"

#define BITS(name) ((u32)REDUND_NOT_READY_##name)

/* a peer whose lines say that it cannot run, though its last frame is a good one */
static void break_line(struct bench *b, unsigned int which)
{
	b->v.peer_present = which != 0;
	b->v.peer_powered = which != 1;
	b->v.peer_in_reset = which == 2;
	b->v.peer_out = which == 3;
}

#define LINES	4

/* ---- boot and election ---- */

static void I2_nobody_waits_for_a_peer_that_is_not_there(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		bench_in(b, test, IN_ELECTION);
		break_line(b, i);
		SAYS(b, bench_view(b), "claim");
		KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ONLY_MODULE);
	}
}

/* what the peer said before its end decides nothing: neither waiting nor the winner */
static void C_11_a_frame_of_an_ended_start_is_not_asked(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u8 role;

	for (role = REDUND_ROLE_FAILED; role <= REDUND_ROLE_ELECTION; role++) {
		bench_in(b, test, IN_ELECTION);
		b->r.inputs.mm[0].last_role = REDUND_LAST_STANDBY;
		b->r.inputs.mm[1].last_role = REDUND_LAST_ACTIVE;
		bench_peer_is(b, role);
		b->v.peer_out = true;
		SAYS(b, bench_view(b), "");
		SAYS(b, bench_after(b, PEER_WAIT), "log:5/1 role:syncing");
		KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ACTIVE_LAST);
	}
}

/* equal in all: the lowest slot, which is this one */
static void C_11_of_two_that_are_equal_slot_1_claims(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ELECTION);
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	b->r.inputs.mm[0] = b->v.peer.record;
	SAYS(b, bench_view(b), "claim");
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_LOWEST_SLOT);
}

/* a grant that came back without a command: from nobody */
static void G1_a_grant_that_returned_is_from_nobody(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ELECTION);
	b->v.owner = 2;
	b->v.peer_present = false;
	SAYS(b, bench_view(b), "claim");
	KUNIT_EXPECT_EQ(test, b->r.from, 2);
	b->v.owner = 1;
	SAYS(b, bench_view(b), "history:0 phase:fabric role:taking-over");
	KUNIT_EXPECT_EQ(test, b->out.a[0].arg, (u32)REDUND_REASON_RETURNED);
	/* while the claim of a free one was waited for */
	bench_in(b, test, IN_SYNCING);
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
	KUNIT_EXPECT_GT(test, b->r.claim_at, b->now);
	b->v.owner = 1;
	b->v.epoch++;
	SAYS(b, bench_view(b), "history:1 phase:fabric role:taking-over");
}

/* N-017: of this boot; what is seen later changes nothing */
static void N_017_a_failed_module_decides_once(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_FAILED);
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ALREADY_ACTIVE);
	bench_peer_gone(b, CAUSE_PEER_REMOVED);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.decision.rule, REDUND_RULE_ALREADY_ACTIVE);
}

static void the_end_of_the_peer_is_logged_once_at_boot(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	SAYS(b, bench_boot(b, true, true, 0), "role:election log:1/2");
	/* who has ended looks at nothing */
	bench_in(b, test, IN_DOWN);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	SAYS(b, bench_view(b), "");
}

/* ---- candidates ---- */

static void C_37_the_old_owner_is_gone(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < LINES; i++) {
		bench_in(b, test, IN_DISABLED);
		bench_peer_gone(b, CAUSE_PEER_GOING_DOWN);
		bench_view(b);
		break_line(b, i);
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), i < 2 ? 1u : 0u);
	}
	/* it runs, and is well; or it said that it failed, and ended */
	for (i = 0; i < 2; i++) {
		bench_in(b, test, IN_DISABLED);
		bench_peer_gone(b, CAUSE_PEER_GOING_DOWN);
		bench_view(b);
		bench_peer_is(b, i ? REDUND_ROLE_FAILED : REDUND_ROLE_ELECTION);
		b->v.peer_out = i;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), 0u);
	}
}

/* the hardware's end of the owner: also when the module is there again */
static void C_37_a_hardware_failure_is_remembered(struct kunit *test)
{
	static const u32 causes[] = { CAUSE_PEER_REMOVED, CAUSE_PEER_POWER, CAUSE_PEER_EXPIRED,
				      CAUSE_PEER_RESET };
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		bench_in(b, test, IN_DISABLED);
		bench_peer_gone(b, causes[i]);
		b->v.peer_present = true;
		b->v.peer_powered = true;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM),
				causes[i] == CAUSE_PEER_RESET ? 0u : 1u);
	}
	/* one that said so and then lost its power ended in order */
	bench_in(b, test, IN_DISABLED);
	b->v.peer_down_reason = REDUND_DOWN_HALT;
	bench_peer_gone(b, CAUSE_PEER_GOING_DOWN | CAUSE_PEER_POWER);
	b->v.peer_powered = true;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), 0u);
}

static void an_offline_module_says_why(struct kunit *test)
{
	struct bench *b = bench_new(test);

	/* disabled comes before incompatible, and is logged once */
	bench_in(b, test, IN_DISABLED);
	b->v.peer.incompatible = true;
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_EQ(test, b->r.offline_cause, REDUND_OFFLINE_CAUSE_DISABLED);
	b->v.peer.redundancy = true;
	SAYS(b, bench_view(b), "role:offline log:18/1");
	KUNIT_EXPECT_EQ(test, b->r.offline_cause, REDUND_OFFLINE_CAUSE_INCOMPATIBLE);
}

static void I1_no_frame_counts_while_nobody_owns(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->r.own_failed = true;		/* claims nothing, so that it only looks */
	b->v.owner = 0;
	b->v.peer.redundancy = false;
	bench_beat(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_STANDBY);
	KUNIT_EXPECT_FALSE(test, b->r.want_rearms);
}

static void a_standby_has_heard_its_active(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_SYNCING);
	b->v.beat = false;
	SAYS(b, bench_command(b, ROLE_EV_SYNCED, true), "");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_SYNCING);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, BITS(PEER_NEVER_HEARD));
	bench_beat(b);
	SAYS(b, bench_view(b), "role:standby log:9/1");
}

/* a standby that is not ready lets a better one go first */
static void I2_a_standby_that_is_not_ready_claims_later(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		bench_in(b, test, IN_STANDBY);
		b->v.wdt_ok = i != 1;
		b->r.reboot = i == 2 ? REDUND_REASON_BOOT : REDUND_REASON_NONE;
		bench_peer_gone(b, CAUSE_PEER_EXPIRED);
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), i ? 0u : 1u);
		bench_after(b, HOLD_UNREADY);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), 1u);
	}
	/* somebody had it meanwhile: the time counts anew */
	bench_in(b, test, IN_SYNCING);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	bench_view(b);
	b->v.epoch += 2;
	SAYS(b, bench_after(b, HOLD_UNREADY - 1), "");
	SAYS(b, bench_after(b, HOLD_UNREADY - 1), "");
	SAYS(b, bench_after(b, 1), "claim");
}

static void incompatible_is_the_owner_that_runs(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		bench_in(b, test, IN_SYNCING);
		b->v.peer.incompatible = true;
		b->v.peer_out = i == 1;
		b->v.owner = i == 2 ? 0 : 2;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, b->r.role, i ? REDUND_ROLE_SYNCING : REDUND_ROLE_OFFLINE);
	}
}

static void an_offer_is_for_who_may_stand_by(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_INCOMPATIBLE);
	b->v.offer = true;
	SAYS(b, bench_view(b), "");
	bench_in(b, test, IN_STANDBY);
	b->v.offer = true;
	bench_beat(b);
	SAYS(b, bench_view(b), "claim");
	KUNIT_EXPECT_EQ(test, b->r.reason, REDUND_REASON_SWITCHOVER);
}

static void G1_what_was_heard_is_of_one_start_of_the_peer(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u32 causes[] = { CAUSE_PEER_JOINED, CAUSE_PEER_EXPIRED, CAUSE_FABRIC, 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		bench_in(b, test, IN_STANDBY);
		KUNIT_EXPECT_TRUE(test, b->r.heard);
		b->v.cause = causes[i];
		if (!causes[i])
			b->v.peer.incarnation++;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, b->r.heard, causes[i] == CAUSE_FABRIC);
	}
}

/* ---- fences ---- */

/* never heard, and its count stands for longer than the longest timer */
static void stand_still(struct bench *b)
{
	b->r.heard = false;
	b->v.may_take = true;
	b->v.beat = false;
	bench_look(b);
	bench_look(b);
	b->now += TIMER_MAX + 1;
	b->v.last_beat = b->now;
	bench_look(b);
}

static void G6_who_may_not_take_over_fences_nobody(struct kunit *test)
{
	static const enum bench_state states[] = { IN_SYNCING, IN_DISABLED, IN_INCOMPATIBLE,
						   IN_SHUT_DOWN, IN_STANDBY };
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		bench_in(b, test, states[i]);
		if (states[i] == IN_STANDBY)
			bench_command(b, ROLE_EV_SYNCED, false);
		stand_still(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE),
				states[i] == IN_SYNCING ? 1u : 0u);
	}
}

static void G6_a_count_that_begins_at_0_may_stand_still(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_SYNCING);
	KUNIT_EXPECT_EQ(test, b->r.last_rearms, b->v.peer_rearms);
	stand_still(b);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "fence"));
}

/* how long it stood before it was heard again, or in another epoch, does not count */
static void G6_a_count_stands_still_since_this_silence(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->r.want_rearms = true;
	b->r.rearms_since = 5;
	bench_beat(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.rearms_since, 0ull);
	KUNIT_EXPECT_FALSE(test, b->r.want_rearms);
	b->r.rearms_since = 5;
	b->v.epoch++;
	b->v.rearms_valid = true;
	b->v.may_take = true;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 0u);
	KUNIT_EXPECT_EQ(test, b->r.rearms_since, b->now);
	b->r.want_rearms = true;
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
	KUNIT_EXPECT_FALSE(test, b->r.want_rearms);
}

/* why a fence that is due is not made is said once a silence, and only these two */
static void A_046_a_barred_fence_is_noted_once(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		bench_in(b, test, IN_STANDBY);
		b->now += TIMEOUT;
		b->v.late = i == 1;
		b->v.wdt_ok = i != 2;
		if (i == 0)
			b->r.p.fence_limit = 0;
		bench_view(b);
		bench_look(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_NOTE), i < 2 ? 1u : 0u);
		KUNIT_EXPECT_EQ(test, bench_said(b, "note:fence-limit"), i == 0);
		KUNIT_EXPECT_EQ(test, bench_said(b, "note:late"), i == 1);
		SAYS(b, bench_look(b), "");
	}
}

/* the oldest of eight is forgotten; a fence that was refused is none */
static void A_046_the_last_fences_are_remembered(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i, oldest;

	for (oldest = 0; oldest < 8; oldest++) {
		bench_in(b, test, IN_STANDBY);
		for (i = 0; i < 8; i++)
			b->r.fence_at[i] = 10 + (i + 8 - oldest) % 8;
		b->r.reason = REDUND_REASON_HEARTBEAT_LOST;
		bench_result(b, REDUND_CMD_FENCE, REDUND_RES_NOT_ALLOWED);
		KUNIT_EXPECT_EQ(test, b->r.fence_at[oldest], 10ull);
		bench_result(b, REDUND_CMD_FENCE, REDUND_RES_OK);
		for (i = 0; i < 8; i++)
			KUNIT_EXPECT_EQ(test, b->r.fence_at[i], i == oldest ? b->now :
					10 + (i + 8 - oldest) % 8);
	}
}

/* the answer to a fence was lost, and its claim afterwards is none */
static void A_046_a_claim_is_no_fence(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	bench_in(b, test, IN_STANDBY);
	bench_peer_gone(b, CAUSE_PEER_FENCED);
	bench_view(b);
	KUNIT_EXPECT_TRUE(test, bench_said(b, "claim"));
	KUNIT_EXPECT_EQ(test, b->r.reason, REDUND_REASON_HEARTBEAT_LOST);
	b->v.owner = 1;
	b->v.epoch++;
	bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, b->r.fence_at[i], 0ull);
}

/* whoever asked for a fence is answered before the restart */
static void a_forced_switchover_that_meets_its_end(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, true), "accept fence");
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, true), "refuse:busy");
	SAYS(b, bench_reboot_own(b, REDUND_REBOOT_KIND_RELOAD, ROLE_EXPECT_ANY), "refuse:busy");
	SAYS(b, bench_result(b, REDUND_CMD_FENCE_FORCED, REDUND_RES_OUT),
	     "answer:rolled-back role:booting restart");
	/* the owner did not allow it */
	bench_in(b, test, IN_STANDBY);
	b->v.may_take = false;
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, true), "refuse:not-active");
	/* nobody owns: there is nobody to fence */
	bench_in(b, test, IN_STANDBY);
	b->v.owner = 0;
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, true), "refuse:not-active");
}

/* ---- readiness ---- */

/* every reason at once: none hides another */
static void A_004_all_reasons_are_told(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u32 most = BITS(SELFTEST_FAILED) | BITS(RESTARTING) | BITS(HANDOVER) | BITS(SHUTDOWN) |
		   BITS(DISABLED) | BITS(INCOMPATIBLE) | BITS(LATE) | BITS(WATCHDOG) |
		   BITS(FAILOVER_LIMIT) | BITS(LINK_LOST);

	bench_in(b, test, IN_STANDBY);
	b->r.own_failed = true;
	b->r.restarting = true;
	b->r.handover = ROLE_HANDOVER_GIVEN;
	b->r.shut_down = true;
	b->r.redundancy = false;
	b->r.synced = false;
	b->r.heard = false;
	b->v.late = true;
	b->v.wdt_ok = false;
	b->v.link = REDUND_LINK_STATE_DOWN;
	b->r.p.fence_limit = 0;
	b->r.role = REDUND_ROLE_STANDBY;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, (most & ~BITS(INCOMPATIBLE)) | BITS(SYNC_FAILED) |
			BITS(PEER_NEVER_HEARD));
	b->r.role = REDUND_ROLE_SYNCING;
	b->v.owner = 0;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, (most & ~BITS(INCOMPATIBLE)) | BITS(SYNCING) |
			BITS(NO_ACTIVE));
	b->r.role = REDUND_ROLE_OFFLINE;
	b->r.offline_cause = REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
	b->r.restarting = false;
	b->r.reboot = REDUND_REASON_BOOT;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, most | BITS(NO_ACTIVE));
}

static void A_004_all_of_the_heartbeat_is_told(struct kunit *test)
{
	u32 all = BITS(LINK_LOST) | BITS(PEER_NEVER_HEARD) | BITS(PEER_SILENT) | BITS(NOT_HEARD) |
		  BITS(TIMERS_DIFFER);
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.link = REDUND_LINK_STATE_DOWN;
	b->r.heard = false;
	b->v.beat = false;
	b->now += TIMEOUT;
	b->v.peer.hears_us = false;
	b->v.peer.misses++;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, all);
	/* a frame of another epoch does not tell the last two */
	b->v.peer.epoch++;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, all & ~(BITS(NOT_HEARD) | BITS(TIMERS_DIFFER)));
	/* nor is one silent whose beat was seen a moment later */
	b->v.last_beat = b->now + 1;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, BITS(LINK_LOST) | BITS(PEER_NEVER_HEARD));
	/* without any beat it is not silent, but not heard yet */
	b->v.last_beat = 0;
	bench_command(b, ROLE_EV_PARAMS, false);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, BITS(LINK_LOST) | BITS(PEER_NEVER_HEARD));
	KUNIT_EXPECT_EQ(test, b->r.silence_at, 0ull);
}

static void A_004_all_of_the_standby_is_told(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->v.peer.not_ready = BITS(LATE);
	b->r.redundancy = false;
	b->v.peer.incompatible = true;
	b->v.link = REDUND_LINK_STATE_DOWN;
	b->v.last_beat = 0;
	b->v.peer.misses++;
	b->v.peer.epoch++;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, BITS(LATE) | BITS(DISABLED) |
			BITS(INCOMPATIBLE) | BITS(LINK_LOST) | BITS(NOT_HEARD) |
			BITS(TIMERS_DIFFER) | BITS(PEER_NEVER_HEARD));
}

/* the last frame of a module that cannot run says nothing about it */
static void A_004_a_standby_that_cannot_run_is_not_judged(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < LINES; i++) {
		bench_in(b, test, IN_ACTIVE);
		b->v.peer.not_ready = BITS(LATE);
		break_line(b, i);
		SAYS(b, bench_view(b), "take-");
		KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, i < 2 ? 0u : BITS(BOOTING));
		bench_command(b, ROLE_EV_SWITCHOVER, false);
		KUNIT_EXPECT_TRUE(test, bench_said(b, i < 2 ? "refuse:no-peer" :
						   "refuse:peer-not-standby"));
		bench_reboot(b, REDUND_REBOOT_KIND_BOOT_STANDBY, ROLE_EXPECT_ANY);
		KUNIT_EXPECT_EQ(test, bench_said(b, "refuse:no-peer"), i < 2);
		bench_reboot(b, REDUND_REBOOT_KIND_BOOT_SYSTEM, ROLE_EXPECT_ANY);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_PEER_RESET), i < 2 ? 0u : 1u);
	}
}

/* ---- time ---- */

static void A_028_missed_beats_are_noted_before_they_act(struct kunit *test)
{
	static const struct { u32 misses; u64 us; } all[] = {
		{ 1, 0 }, { 2, 15 * MS }, { 3, 20 * MS }, { 5, 40 * MS },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bench_in(b, test, IN_STANDBY);
		b->r.p.misses = all[i].misses;
		b->v.peer.misses = all[i].misses;
		b->v.may_take = false;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_NOTE), 0u);
		if (!all[i].us) {
			KUNIT_EXPECT_EQ(test, b->r.warn_at, 0ull);
			bench_after(b, 30 * MS);
			KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_NOTE), 0u);
			continue;
		}
		KUNIT_EXPECT_EQ(test, role_next(&b->r), b->now + all[i].us);
		SAYS(b, bench_after(b, all[i].us - 1), "");
		SAYS(b, bench_after(b, 1), "note:miss");
	}
}

static void the_next_look_is_the_soonest(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u64 *const at[] = { &b->r.again_at, &b->r.claim_at, &b->r.silence_at, &b->r.warn_at,
			    &b->r.phase_end, &b->r.handover_end };
	unsigned int i, j;

	bench_in(b, test, IN_STANDBY);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (j = 0; j < ARRAY_SIZE(at); j++)
			*at[j] = 20 + (i + ARRAY_SIZE(at) - j) % ARRAY_SIZE(at);
		KUNIT_EXPECT_EQ(test, role_next(&b->r), 20ull);
		*at[i] = 0;
		KUNIT_EXPECT_EQ(test, role_next(&b->r), 21ull);
	}
}

/* ---- the peer's log ---- */

static void each_loss_has_one_reason(struct kunit *test)
{
	struct bench *b = bench_new(test);

	/* fenced by this module's command, though the answer was lost */
	bench_in(b, test, IN_SYNCING);
	bench_peer_gone(b, CAUSE_PEER_FENCED);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.lost_reason, REDUND_REASON_HEARTBEAT_LOST);
	/* what comes after the first does not change it */
	b->v.cause = CAUSE_PEER_REMOVED;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.lost_reason, REDUND_REASON_HEARTBEAT_LOST);
	/* the end of one that did not own is no reason */
	bench_in(b, test, IN_ELECTION);
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	b->r.inputs.mm[0].last_role = REDUND_LAST_STANDBY;
	b->v.peer.record.last_role = REDUND_LAST_ACTIVE;
	bench_view(b);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, b->r.lost_reason, REDUND_REASON_NONE);
}

static void a_stuck_reset_is_noted_once(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	bench_in(b, test, IN_ACTIVE);
	for (i = 0; i < 3; i++) {
		b->v.cause = i == 1 ? CAUSE_FABRIC : CAUSE_PEER_STUCK;
		bench_beat(b);
		SAYS(b, bench_view(b), i ? "" : "note:reset-stuck");
	}
}

static void the_standbys_life_is_logged_by_its_role(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u8 cause;

	/* a cause without the role is nothing that happened */
	for (cause = REDUND_OFFLINE_CAUSE_DISABLED; cause <= REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
	     cause++) {
		bench_in(b, test, IN_ACTIVE);
		bench_peer_is(b, REDUND_ROLE_SYNCING);
		b->v.peer.offline_cause = cause;
		bench_view(b);
		KUNIT_EXPECT_FALSE(test, bench_said(b, "log:11/2") || bench_said(b, "log:18/2"));
	}
	/* another start that is seen as standby first is a standby again */
	bench_in(b, test, IN_ACTIVE);
	b->v.peer.incarnation++;
	bench_beat(b);
	SAYS(b, bench_view(b), "log:5/2 log:9/2");
	/* one that is offline has booted; for a shutdown nothing more is said */
	bench_in(b, test, IN_ACTIVE);
	bench_peer_is(b, REDUND_ROLE_OFFLINE);
	b->v.peer.incarnation += 2;
	b->v.peer.offline_cause = REDUND_OFFLINE_CAUSE_SHUTDOWN;
	SAYS(b, bench_view(b), "log:5/2 take-");
}

static struct kunit_case role_alone_cases[] = {
	KUNIT_CASE(I2_nobody_waits_for_a_peer_that_is_not_there),
	KUNIT_CASE(C_11_a_frame_of_an_ended_start_is_not_asked),
	KUNIT_CASE(C_11_of_two_that_are_equal_slot_1_claims),
	KUNIT_CASE(G1_a_grant_that_returned_is_from_nobody),
	KUNIT_CASE(N_017_a_failed_module_decides_once),
	KUNIT_CASE(the_end_of_the_peer_is_logged_once_at_boot),
	KUNIT_CASE(C_37_the_old_owner_is_gone),
	KUNIT_CASE(C_37_a_hardware_failure_is_remembered),
	KUNIT_CASE(an_offline_module_says_why),
	KUNIT_CASE(I1_no_frame_counts_while_nobody_owns),
	KUNIT_CASE(a_standby_has_heard_its_active),
	KUNIT_CASE(I2_a_standby_that_is_not_ready_claims_later),
	KUNIT_CASE(incompatible_is_the_owner_that_runs),
	KUNIT_CASE(an_offer_is_for_who_may_stand_by),
	KUNIT_CASE(G1_what_was_heard_is_of_one_start_of_the_peer),
	KUNIT_CASE(G6_who_may_not_take_over_fences_nobody),
	KUNIT_CASE(G6_a_count_that_begins_at_0_may_stand_still),
	KUNIT_CASE(G6_a_count_stands_still_since_this_silence),
	KUNIT_CASE(A_046_a_barred_fence_is_noted_once),
	KUNIT_CASE(A_046_the_last_fences_are_remembered),
	KUNIT_CASE(A_046_a_claim_is_no_fence),
	KUNIT_CASE(a_forced_switchover_that_meets_its_end),
	KUNIT_CASE(A_004_all_reasons_are_told),
	KUNIT_CASE(A_004_all_of_the_heartbeat_is_told),
	KUNIT_CASE(A_004_all_of_the_standby_is_told),
	KUNIT_CASE(A_004_a_standby_that_cannot_run_is_not_judged),
	KUNIT_CASE(A_028_missed_beats_are_noted_before_they_act),
	KUNIT_CASE(the_next_look_is_the_soonest),
	KUNIT_CASE(each_loss_has_one_reason),
	KUNIT_CASE(a_stuck_reset_is_noted_once),
	KUNIT_CASE(the_standbys_life_is_logged_by_its_role),
	{}
};

static struct kunit_suite role_alone_suite = {
	.name = "redund-role-alone",
	.test_cases = role_alone_cases,
};

kunit_test_suites(&role_alone_suite);
