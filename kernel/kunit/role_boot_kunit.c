// SPDX-License-Identifier: GPL-2.0-only
/*
 * boot, reload, boot standby and boot system in the role machine: who takes
 * over and who does not, what is reset when, and what is refused.
 */
#include <kunit/test.h>
#include "role_bench.h"

#define BOOT	REDUND_REBOOT_KIND_BOOT
#define RELOAD	REDUND_REBOOT_KIND_RELOAD
#define STANDBY	REDUND_REBOOT_KIND_BOOT_STANDBY
#define SYSTEM	REDUND_REBOOT_KIND_BOOT_SYSTEM

/* the argument of the last event's action of a type, ~0: there is none */
static u32 arg_of(const struct bench *b, enum role_action_type type)
{
	u32 i;

	for (i = 0; i < b->out.n; i++)
		if (b->out.a[i].type == type)
			return b->out.a[i].arg;
	return ~0u;
}

static void given_away(struct bench *b, u8 kind)
{
	bench_reboot(b, kind, ROLE_EXPECT_ANY);
	b->v.offer = true;
	bench_result(b, REDUND_CMD_OFFER, REDUND_RES_OK);
	b->v.offer = false;
	b->v.owner = 2;
	b->v.epoch++;
	b->v.may_take = false;
	bench_peer_is(b, REDUND_ROLE_TAKING_OVER);
	bench_view(b);
}

static void S_115_S_116_the_standby_takes_over(struct kunit *test)
{
	static const struct { u8 kind, reason; } all[] = {
		{ BOOT, REDUND_REASON_BOOT }, { RELOAD, REDUND_REASON_RELOAD },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bench_in(b, test, IN_ACTIVE);
		bench_reboot(b, all[i].kind, ROLE_EXPECT_HANDOVER);
		KUNIT_EXPECT_EQ(test, arg_of(b, ROLE_DO_INTENT), (u32)all[i].reason);
		/* this module boots when the other one is active, not before */
		bench_in(b, test, IN_ACTIVE);
		given_away(b, all[i].kind);
		SAYS(b, bench_view(b), "");
		SAYS(b, bench_reboot(b, all[i].kind, ROLE_EXPECT_ANY), "refuse:busy");
		bench_peer_is(b, REDUND_ROLE_ACTIVE);
		SAYS(b, bench_view(b), "answer:done restart");
		KUNIT_EXPECT_EQ(test, arg_of(b, ROLE_DO_RESTART), (u32)all[i].reason);
		SAYS(b, bench_reboot(b, all[i].kind, ROLE_EXPECT_ANY), "refuse:not-active");
	}
}

static void C_24_the_new_active_logs_event_17_with_the_command(struct kunit *test)
{
	static const u8 reasons[] = { REDUND_REASON_BOOT, REDUND_REASON_RELOAD };
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		bench_in(b, test, IN_STANDBY);
		b->v.offer = true;
		b->v.offer_reason = reasons[i];
		bench_view(b);
		b->v.offer = false;
		b->v.owner = 1;
		b->v.epoch++;
		b->v.may_take = false;
		bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
		/* S-053: it counts as a failover */
		KUNIT_EXPECT_TRUE(test, bench_said(b, "history:2!"));
		KUNIT_EXPECT_EQ(test, b->out.a[0].arg, reasons[i]);
		/* the old active may fence this one when it stalls */
		bench_peer_is(b, REDUND_ROLE_BOOTING);
		SAYS(b, bench_view(b), "take+");
		bench_phase(b, REDUND_PHASE_FABRIC);
		bench_phase(b, REDUND_PHASE_CONFIG);
		KUNIT_EXPECT_TRUE(test, bench_said(b, "log:17/1"));
		KUNIT_EXPECT_FALSE(test, bench_said(b, "log:16/1"));
	}
}

/* the grant stays, the module stays up, and another command is taken again */
static void a_standby_that_does_not_come_keeps_the_active_up(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	bench_reboot(b, RELOAD, ROLE_EXPECT_ANY);
	b->v.offer = true;
	bench_result(b, REDUND_CMD_OFFER, REDUND_RES_OK);
	b->now += HANDOVER;
	bench_beat(b);
	SAYS(b, bench_view(b), "withdraw");
	b->v.offer = false;
	SAYS(b, bench_result(b, REDUND_CMD_WITHDRAW, REDUND_RES_OK),
	     "intent:0 answer:rolled-back");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, false), "accept intent:2 offer");
}

static void peer_failed(struct bench *b)
{
	bench_peer_is(b, REDUND_ROLE_FAILED);
}

static void peer_offline(struct bench *b)
{
	b->r.redundancy = false;
	bench_peer_is(b, REDUND_ROLE_OFFLINE);
}

static void peer_syncing(struct bench *b)
{
	bench_peer_is(b, REDUND_ROLE_SYNCING);
}

static void peer_unready(struct bench *b)
{
	b->v.peer.not_ready |= REDUND_NOT_READY_WATCHDOG;
}

static void peer_down(struct bench *b)
{
	b->v.peer_out = true;
	b->v.peer.valid = false;
}

/* S-192, S-209, S-122: no switchover; both modules start when this one is down */
static void S_192_without_a_standby_the_system_boots(struct kunit *test)
{
	static void (*const set[])(struct bench *b) = {
		peer_failed, peer_offline, peer_syncing, peer_unready, peer_down,
	};
	struct bench *b = bench_new(test);
	unsigned int i;
	u8 kind;

	for (i = 0; i < ARRAY_SIZE(set); i++) {
		for (kind = BOOT; kind <= RELOAD; kind++) {
			bench_in(b, test, IN_ACTIVE);
			set[i](b);
			bench_reboot(b, kind, ROLE_EXPECT_SYSTEM);
			KUNIT_EXPECT_TRUE(test, bench_said(b, "accept"));
			KUNIT_EXPECT_TRUE(test, bench_said(b, "peer-reset:2"));
			KUNIT_EXPECT_TRUE(test, bench_said(b, "reboot"));
			KUNIT_EXPECT_FALSE(test, bench_said(b, "offer"));
			KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_ACTIVE);
		}
	}
}

static void S_193_a_single_module_simply_boots(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u8 kind;

	for (kind = BOOT; kind <= SYSTEM; kind++) {
		bench_in(b, test, IN_ACTIVE);
		b->v.peer_present = false;
		b->v.peer_powered = false;
		b->v.peer.valid = false;
		b->v.may_take = false;
		if (kind == STANDBY)	/* S-198 */
			SAYS(b, bench_reboot(b, kind, ROLE_EXPECT_ANY), "refuse:no-peer");
		else
			SAYS(b, bench_reboot(b, kind, ROLE_EXPECT_ANY), "accept reboot");
	}
}

/* the second request while the first is carried out */
static void a_module_in_reset_is_not_reset_again(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	bench_reboot(b, STANDBY, ROLE_EXPECT_ANY);
	b->v.may_take = false;
	b->v.peer_in_reset = true;
	bench_peer_gone(b, CAUSE_PEER_RESET);
	/* S-197: no switchover; the log tells the other module's end */
	SAYS(b, bench_view(b), "log:1/2");
	SAYS(b, bench_reboot(b, STANDBY, ROLE_EXPECT_ANY), "refuse:busy");
	b->v.peer_in_reset = false;
	SAYS(b, bench_reboot(b, STANDBY, ROLE_EXPECT_ANY), "accept log:14/2 peer-reset:1");
}

/* S-143: safe to pull; only what boots both starts it again */
static void a_module_that_was_shut_down_stays_down(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	peer_down(b);
	b->v.peer_shut_down = true;
	bench_view(b);
	b->v.may_take = false;
	SAYS(b, bench_reboot(b, BOOT, ROLE_EXPECT_ANY), "accept reboot");
	bench_in(b, test, IN_ACTIVE);
	peer_down(b);
	b->v.peer_shut_down = true;
	bench_view(b);
	b->v.may_take = false;
	SAYS(b, bench_reboot(b, SYSTEM, ROLE_EXPECT_ANY), "accept log:14/2 peer-reset:2 reboot");
}

/* what the operator was told is not true any more: nothing is done */
static void another_outcome_than_expected_is_refused(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	SAYS(b, bench_reboot(b, BOOT, ROLE_EXPECT_SYSTEM), "refuse:stale");
	peer_down(b);
	SAYS(b, bench_reboot(b, BOOT, ROLE_EXPECT_HANDOVER), "refuse:stale");
	KUNIT_EXPECT_EQ(test, b->r.reboot, REDUND_REASON_NONE);
}

/* S-120: a module that comes meanwhile may not take over by a fence */
static void S_120_a_leaving_active_hands_over_to_nobody(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_LEAVING);
	b->v.peer_in_reset = false;
	b->v.peer_out = false;
	bench_peer_is(b, REDUND_ROLE_STANDBY);
	b->v.peer.incarnation = 9;
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_TAKE), 0u);
	SAYS(b, bench_command(b, ROLE_EV_DOWN, true), "role:down down:2");
}

/* the check says the same as the command, and changes nothing */
static void a_check_says_what_would_happen(struct kunit *test)
{
	struct bench *b = bench_new(test);
	bool handover;
	u32 reasons;

	bench_in(b, test, IN_ACTIVE);
	KUNIT_EXPECT_EQ(test, role_reboot_check(&b->r, &b->v, BOOT, &reasons, &handover), 0u);
	KUNIT_EXPECT_TRUE(test, handover);
	KUNIT_EXPECT_EQ(test, role_reboot_check(&b->r, &b->v, SYSTEM, &reasons, &handover), 0u);
	KUNIT_EXPECT_FALSE(test, handover);
	peer_unready(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, role_reboot_check(&b->r, &b->v, RELOAD, &reasons, &handover), 0u);
	KUNIT_EXPECT_FALSE(test, handover);
	KUNIT_EXPECT_EQ(test, reasons, (u32)REDUND_NOT_READY_WATCHDOG);
	bench_in(b, test, IN_ACTIVE);
	peer_offline(b);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, role_reboot_check(&b->r, &b->v, BOOT, &reasons, &handover), 0u);
	KUNIT_EXPECT_EQ(test, reasons, (u32)REDUND_NOT_READY_DISABLED);
	bench_in(b, test, IN_STANDBY);
	KUNIT_EXPECT_EQ(test, role_reboot_check(&b->r, &b->v, BOOT, &reasons, &handover),
			(u32)REDUND_REFUSAL_NOT_ACTIVE);
	bench_in(b, test, IN_LEAVING);
	KUNIT_EXPECT_EQ(test, role_reboot_check(&b->r, &b->v, SYSTEM, &reasons, &handover),
			(u32)REDUND_REFUSAL_BUSY);
}

static struct kunit_case role_boot_cases[] = {
	KUNIT_CASE(S_115_S_116_the_standby_takes_over),
	KUNIT_CASE(C_24_the_new_active_logs_event_17_with_the_command),
	KUNIT_CASE(a_standby_that_does_not_come_keeps_the_active_up),
	KUNIT_CASE(S_192_without_a_standby_the_system_boots),
	KUNIT_CASE(S_193_a_single_module_simply_boots),
	KUNIT_CASE(a_module_in_reset_is_not_reset_again),
	KUNIT_CASE(a_module_that_was_shut_down_stays_down),
	KUNIT_CASE(another_outcome_than_expected_is_refused),
	KUNIT_CASE(S_120_a_leaving_active_hands_over_to_nobody),
	KUNIT_CASE(a_check_says_what_would_happen),
	{}
};

static struct kunit_suite role_boot_suite = {
	.name = "redund-role-boot",
	.test_cases = role_boot_cases,
};

kunit_test_suites(&role_boot_suite);
