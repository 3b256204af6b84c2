// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each part of a condition of the grant's owner by itself, as role_alone_kunit.c
 * has them of the others: phases, "peer may take", handover, commands.
 */
#include <kunit/test.h>
#include "role_bench.h"

/* ---- taking over ---- */

static void C_12_the_choice_at_the_end_of_the_election(struct kunit *test)
{
	static const struct {
		u8 reason, from, loser, used, pending;
		bool late, record;
		u8 left;
	} all[] = {
		{ REDUND_REASON_FREE_GRANT, 0, 1, 1, 2, true, false, 2 },
		{ REDUND_REASON_HEARTBEAT_LOST, 0, 1, 1, 2, false, false, 2 },
		{ REDUND_REASON_FREE_GRANT, 2, 1, 1, 2, false, false, 2 },
		{ REDUND_REASON_FREE_GRANT, 0, 0, 1, 2, false, false, 2 },
		{ REDUND_REASON_FREE_GRANT, 0, 1, 0, 2, false, false, 2 },
		{ REDUND_REASON_FREE_GRANT, 0, 1, 1, 0, false, false, 0 },
		{ REDUND_REASON_FREE_GRANT, 0, 1, 1, 1, false, false, 0 },
		{ REDUND_REASON_ELECTION, 0, 0, 1, 2, false, true, 0 },
		{ REDUND_REASON_ELECTION, 0, 0, 0, 0, false, false, 0 },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bench_in(b, test, IN_TAKING_OVER);
		bench_phase(b, REDUND_PHASE_FABRIC);
		b->r.reason = all[i].reason;
		b->r.from = all[i].from;
		b->r.loser = all[i].loser;
		b->r.decision.pending_used = all[i].used;
		b->r.pending = all[i].pending;
		bench_phase(b, REDUND_PHASE_CONFIG);
		KUNIT_EXPECT_EQ(test, bench_said(b, "note:pending-late"), all[i].late);
		KUNIT_EXPECT_EQ(test, b->out.a[all[i].late].type, ROLE_DO_RECORD);
		KUNIT_EXPECT_EQ(test, b->out.a[all[i].late].flag, all[i].record);
		KUNIT_EXPECT_EQ(test, b->r.pending, all[i].left);
	}
}

/* a grant that comes back is no second boot, and resolves no second intent */
static void a_start_is_said_once(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	bench_in(b, test, IN_TAKING_OVER);
	b->r.booted_said = false;
	b->r.intent_to = 1;
	for (i = 0; i < 2; i++) {
		bench_phase(b, REDUND_PHASE_FABRIC);
		bench_phase(b, REDUND_PHASE_CONFIG);
		KUNIT_EXPECT_EQ(test, bench_said(b, "log:5/1"), !i);
		KUNIT_EXPECT_EQ(test, bench_said(b, "note:intent-resolved"), !i);
		b->r.role = REDUND_ROLE_BOOTING;
		b->r.handover = ROLE_HANDOVER_GIVEN;
		bench_view(b);
	}
}

static void an_answer_after_the_last_phase_is_none(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->r.phase = REDUND_PHASE_PORTS_UP;
	SAYS(b, bench_phase(b, REDUND_PHASE_PORTS_UP), "");
}

/* ---- the standby ---- */

static void G6_may_take_is_for_a_standby_that_was_heard(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->v.last_beat = 0;
	SAYS(b, bench_view(b), "take-");
	bench_in(b, test, IN_ACTIVE);
	b->v.may_take = false;
	SAYS(b, bench_view(b), "take+");
	bench_in(b, test, IN_ACTIVE);
	b->v.may_take = false;
	bench_after(b, TIMEOUT);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_TAKE), 0u);
	/* not before the taking over has ended */
	bench_in(b, test, IN_TAKING_OVER);
	b->v.peer_out = false;
	bench_peer_is(b, REDUND_ROLE_STANDBY);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_TAKE), 0u);
}

/* ... but to who handed over, which may fence a new owner that stalls */
static void G6_the_old_owner_of_an_offer_may_fence(struct kunit *test)
{
	static const struct { u8 reason; bool may; } all[] = {
		{ REDUND_REASON_SWITCHOVER, true }, { REDUND_REASON_SWITCHOVER_FORCED, true },
		{ REDUND_REASON_BOOT, true }, { REDUND_REASON_RELOAD, true },
		{ REDUND_REASON_SHUTDOWN_BUTTON, true }, { REDUND_REASON_REBOOT, false },
		{ REDUND_REASON_HEARTBEAT_LOST, false },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bench_in(b, test, IN_TAKING_OVER);
		b->v.peer_out = false;
		b->r.reason = all[i].reason;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_said(b, "take+"), all[i].may);
	}
	for (i = 0; i < 5; i++) {
		bench_in(b, test, IN_TAKING_OVER);
		b->r.reason = REDUND_REASON_SWITCHOVER;
		b->r.redundancy = i != 4;
		b->v.peer_present = i != 0;
		b->v.peer_powered = i != 1;
		b->v.peer_in_reset = i == 2;
		b->v.peer_out = i == 3;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_TAKE), 0u);
	}
}

static void the_standby_is_ready_when_all_of_it_is(struct kunit *test)
{
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < 5; i++) {
		bench_in(b, test, IN_ACTIVE);
		b->r.phase = REDUND_PHASE_PORTS_UP;
		b->r.phase_end = i == 1 ? b->now + SECOND : 0;
		b->v.peer_present = i != 2;
		b->v.peer.role = i == 3 ? REDUND_ROLE_SYNCING : REDUND_ROLE_STANDBY;
		b->v.peer.not_ready = i == 4 ? REDUND_NOT_READY_LATE : 0;
		bench_view(b);
		KUNIT_EXPECT_EQ(test, bench_said(b, "phase:standby-ready"), i == 0);
	}
}

/* ---- handover ---- */

static void an_offer_to_one_that_cannot_run_is_withdrawn(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_OFFERED);
	b->v.peer_in_reset = true;
	SAYS(b, bench_view(b), "take- withdraw");
	/* refused: the claim won, or the deadline; it is looked at again */
	SAYS(b, bench_result(b, REDUND_CMD_WITHDRAW, REDUND_RES_NOT_OWNER), "");
	KUNIT_EXPECT_GT(test, b->r.again_at, b->now);
	/* nobody claimed it: withdrawn once an interval */
	bench_in(b, test, IN_OFFERED);
	b->now += HANDOVER;
	bench_beat(b);
	SAYS(b, bench_view(b), "withdraw");
	SAYS(b, bench_view(b), "");
	b->now += INTERVAL;
	SAYS(b, bench_view(b), "withdraw");
	bench_in(b, test, IN_OFFERED);
	SAYS(b, bench_result(b, REDUND_CMD_RELEASE, REDUND_RES_NOT_OWNER), "");
	KUNIT_EXPECT_EQ(test, b->r.again_at, 0ull);
}

/* a shutdown that was rolled back is forgotten */
static void S_146_an_offer_that_failed_shuts_nothing_down(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	SAYS(b, bench_command(b, ROLE_EV_SHUTDOWN, true), "accept flash+ intent:2 offer");
	SAYS(b, bench_result(b, REDUND_CMD_OFFER, REDUND_RES_STALE),
	     "intent:0 answer:rolled-back flash- log:19/1");
	KUNIT_EXPECT_FALSE(test, b->r.shutdown_after);
}

static void give(struct bench *b)
{
	b->v.offer = false;
	b->v.owner = 2;
	b->v.epoch++;
	b->v.may_take = false;
	bench_peer_is(b, REDUND_ROLE_TAKING_OVER);
	bench_view(b);
}

static void S_142_a_shutdown_follows_a_handover_that_was_done(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	bench_command(b, ROLE_EV_SHUTDOWN, true);
	b->v.offer = true;
	bench_result(b, REDUND_CMD_OFFER, REDUND_RES_OK);
	give(b);
	b->v.owner = 0;
	b->v.self_out = true;
	SAYS(b, bench_view(b), "answer:rolled-back restart");
	KUNIT_EXPECT_EQ(test, b->out.a[1].arg, (u32)REDUND_REASON_SWITCHOVER);
}

static void who_asked_is_told_who_owns(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_OFFERED);
	b->v.offer = false;
	b->v.owner = 2;
	b->v.epoch++;
	b->v.self_out = true;
	SAYS(b, bench_view(b), "note:lost-grant answer:done role:booting restart");
	/* the new owner was quick; a phase of the old one ends unheard */
	bench_in(b, test, IN_OFFERED);
	b->r.phase_end = b->now + SECOND;
	b->v.offer = false;
	b->v.owner = 2;
	b->v.epoch++;
	bench_peer_is(b, REDUND_ROLE_ACTIVE);
	SAYS(b, bench_view(b), "role:booting answer:done restart");
	bench_in(b, test, IN_OFFERED);
	b->r.phase_end = b->now + SECOND;
	give(b);
}

static void a_grant_that_comes_back_is_a_rollback(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	b->r.phase_failed = true;
	b->v.owner = 1;
	b->v.epoch++;
	SAYS(b, bench_view(b), "history:1 phase:fabric role:taking-over");
	KUNIT_EXPECT_EQ(test, b->out.a[0].arg, (u32)REDUND_REASON_ROLLBACK);
	KUNIT_EXPECT_FALSE(test, b->r.phase_failed);
}

static void wait_in_vain(struct bench *b, u64 us)
{
	b->now += us;
	bench_beat(b);
}

/* its re-arm count is asked for first, each time */
static void A_033_a_late_owner_is_looked_at_first(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_OFFERED);
	b->r.given_step = 2;
	give(b);
	wait_in_vain(b, ACTIVE_WAIT);
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_TRUE(test, b->r.want_rearms);
	/* one that cannot be read tells nothing: the wait ends */
	wait_in_vain(b, INTERVAL);
	SAYS(b, bench_view(b), "answer:done restart");
	/* one that can be read now is looked at again */
	bench_in(b, test, IN_GIVEN);
	wait_in_vain(b, ACTIVE_WAIT);
	SAYS(b, bench_view(b), "");
	wait_in_vain(b, INTERVAL);
	b->v.rearms_valid = true;
	b->v.may_take = true;
	SAYS(b, bench_view(b), "");
	/* where the new owner does not allow it nobody is fenced */
	b->v.may_take = false;
	wait_in_vain(b, TIMEOUT);
	SAYS(b, bench_view(b), "answer:done restart");
	/* neither does one that could be read, and cannot any more */
	bench_in(b, test, IN_GIVEN);
	wait_in_vain(b, ACTIVE_WAIT);
	b->v.rearms_valid = true;
	SAYS(b, bench_view(b), "");
	wait_in_vain(b, TIMEOUT);
	b->v.rearms_valid = false;
	b->v.may_take = true;
	SAYS(b, bench_view(b), "answer:done restart");
}

static void A_033_a_fence_has_time_to_work(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_GIVEN);
	b->v.rearms_valid = true;
	b->v.may_take = true;
	wait_in_vain(b, ACTIVE_WAIT);
	bench_view(b);
	wait_in_vain(b, TIMEOUT);
	SAYS(b, bench_view(b), "fence");
	SAYS(b, bench_view(b), "");
	wait_in_vain(b, INTERVAL);
	SAYS(b, bench_view(b), "answer:done restart");
}

/* ---- commands ---- */

static void a_command_meets_what_is_seen_now(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u32 reasons;

	bench_in(b, test, IN_ACTIVE);
	b->v.self_out = true;
	KUNIT_EXPECT_EQ(test, role_switchover_check(&b->r, &b->v, false, &reasons),
			(u32)REDUND_REFUSAL_LOST_GRANT);
	b->v.self_out = false;
	b->v.epoch++;
	KUNIT_EXPECT_EQ(test, role_switchover_check(&b->r, &b->v, false, &reasons),
			(u32)REDUND_REFUSAL_LOST_GRANT);
	bench_in(b, test, IN_STANDBY);
	reasons = 1;
	KUNIT_EXPECT_EQ(test, role_shutdown_check(&b->r, &b->v, &reasons),
			(u32)REDUND_REFUSAL_NONE);
	KUNIT_EXPECT_EQ(test, reasons, 0u);
	b->v.owner = 0;
	KUNIT_EXPECT_EQ(test, role_shutdown_check(&b->r, &b->v, &reasons),
			(u32)REDUND_REFUSAL_NOT_ACTIVE);
	b->v.owner = 2;
	bench_command(b, ROLE_EV_SHUTDOWN, true);
	KUNIT_EXPECT_EQ(test, b->r.offline_cause, REDUND_OFFLINE_CAUSE_SHUTDOWN);
	bench_in(b, test, IN_ACTIVE);
	b->v.peer.not_ready = REDUND_NOT_READY_LATE;
	SAYS(b, bench_command(b, ROLE_EV_SHUTDOWN, true), "log:19/1 refuse:peer-not-ready");
	KUNIT_EXPECT_EQ(test, b->out.a[1].reasons, (u32)REDUND_NOT_READY_LATE);
	bench_in(b, test, IN_ACTIVE);
	bench_command(b, ROLE_EV_REDUNDANCY, false);
	KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, (u32)REDUND_NOT_READY_DISABLED);
}

/* what was expected counts for a boot that would be made */
static void a_refusal_comes_before_what_was_expected(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	SAYS(b, bench_reboot(b, REDUND_REBOOT_KIND_BOOT, ROLE_EXPECT_HANDOVER),
	     "refuse:not-active");
	bench_in(b, test, IN_ACTIVE);
	SAYS(b, bench_reboot_own(b, REDUND_REBOOT_KIND_BOOT, ROLE_EXPECT_SYSTEM),
	     "refuse:invalid");
}

static struct kunit_case role_part_cases[] = {
	KUNIT_CASE(C_12_the_choice_at_the_end_of_the_election),
	KUNIT_CASE(a_start_is_said_once),
	KUNIT_CASE(an_answer_after_the_last_phase_is_none),
	KUNIT_CASE(G6_may_take_is_for_a_standby_that_was_heard),
	KUNIT_CASE(G6_the_old_owner_of_an_offer_may_fence),
	KUNIT_CASE(the_standby_is_ready_when_all_of_it_is),
	KUNIT_CASE(an_offer_to_one_that_cannot_run_is_withdrawn),
	KUNIT_CASE(S_146_an_offer_that_failed_shuts_nothing_down),
	KUNIT_CASE(S_142_a_shutdown_follows_a_handover_that_was_done),
	KUNIT_CASE(who_asked_is_told_who_owns),
	KUNIT_CASE(a_grant_that_comes_back_is_a_rollback),
	KUNIT_CASE(A_033_a_late_owner_is_looked_at_first),
	KUNIT_CASE(A_033_a_fence_has_time_to_work),
	KUNIT_CASE(a_command_meets_what_is_seen_now),
	KUNIT_CASE(a_refusal_comes_before_what_was_expected),
	{}
};

static struct kunit_suite role_part_suite = {
	.name = "redund-role-part",
	.test_cases = role_part_cases,
};

kunit_test_suites(&role_part_suite);
