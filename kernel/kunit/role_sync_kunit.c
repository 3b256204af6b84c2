// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the role machine makes of synchronization that was lost, of the second
 * heartbeat path, and of a standby that boots by itself (S-156).
 */
#include <kunit/test.h>
#include "role_bench.h"

#define SYNC_FAILED	((u32)REDUND_NOT_READY_SYNC_FAILED)
#define LINK_LOST	((u32)REDUND_NOT_READY_LINK_LOST)

static void A_053_a_lost_sync_costs_readiness_not_the_role(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	SAYS(b, bench_command(b, ROLE_EV_SYNCED, false), "");
	KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_STANDBY);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, SYNC_FAILED);
	bench_beat(b);
	SAYS(b, bench_view(b), "");
	KUNIT_EXPECT_EQ(test, b->r.not_ready, SYNC_FAILED);
	/* given back when it is mended, without another event 9 */
	SAYS(b, bench_command(b, ROLE_EV_SYNCED, true), "");
	KUNIT_EXPECT_EQ(test, b->r.not_ready, 0u);
	/* in the initial sync it is no failure */
	bench_in(b, test, IN_SYNCING);
	bench_command(b, ROLE_EV_SYNCED, false);
	KUNIT_EXPECT_FALSE(test, b->r.not_ready & SYNC_FAILED);
	KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_SYNCING);
}

/* I2: never ready, but there is no state in which nobody claims */
static void A_053_an_unsynchronized_standby_claims_later(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bench_command(b, ROLE_EV_SYNCED, false);
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	SAYS(b, bench_view(b), "log:1/2");
	SAYS(b, bench_after(b, HOLD_UNREADY - 1), "");
	SAYS(b, bench_after(b, 1), "claim");
}

/* a new active begins with an initial sync, whatever failed before */
static void A_021_another_active_begins_anew(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	bench_command(b, ROLE_EV_SYNCED, false);
	b->v.epoch++;
	b->v.peer.epoch = b->v.epoch;
	bench_beat(b);
	SAYS(b, bench_view(b), "role:syncing");
	KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_SYNCING);
	bench_beat(b);
	SAYS(b, bench_command(b, ROLE_EV_SYNCED, true), "role:standby log:9/1");
	KUNIT_EXPECT_EQ(test, b->r.not_ready, 0u);
}

/* the owner takes "peer may take" away, and refuses a switchover with the reason */
static void A_053_no_switchover_to_an_unsynchronized_standby(struct kunit *test)
{
	struct bench *b = bench_new(test);
	u32 reasons;

	bench_in(b, test, IN_ACTIVE);
	b->v.peer.not_ready = SYNC_FAILED;
	SAYS(b, bench_view(b), "take-");
	SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, false), "refuse:peer-not-ready");
	KUNIT_EXPECT_EQ(test, b->out.a[0].reasons, SYNC_FAILED);
	KUNIT_EXPECT_EQ(test, role_switchover_check(&b->r, &b->v, true, &reasons),
			(u32)REDUND_REFUSAL_NONE);
}

static void A_030_either_path_lost_costs_readiness(struct kunit *test)
{
	static const struct { u8 link; u32 lost; } all[] = {
		{ REDUND_LINK_STATE_NONE, 0 }, { REDUND_LINK_STATE_DOWN, LINK_LOST },
		{ REDUND_LINK_STATE_UP, LINK_LOST }, { REDUND_LINK_STATE_ALIVE, 0 },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bench_in(b, test, IN_STANDBY);
		b->v.link = all[i].link;
		SAYS(b, bench_view(b), "");
		KUNIT_EXPECT_EQ(test, b->r.not_ready, all[i].lost);
		KUNIT_EXPECT_EQ(test, b->r.role, REDUND_ROLE_STANDBY);
		/* the active says so too, and does not take the fence away */
		bench_in(b, test, IN_ACTIVE);
		b->v.link = all[i].link;
		SAYS(b, bench_view(b), "");
		KUNIT_EXPECT_EQ(test, b->r.peer_not_ready, all[i].lost);
		SAYS(b, bench_command(b, ROLE_EV_SWITCHOVER, false),
		     all[i].lost ? "refuse:peer-not-ready" : "accept intent:2 offer");
	}
}

/* S-110 is the default: the mailbox alone decides */
static void A_030_both_paths_lost_lead_to_a_fence(struct kunit *test)
{
	static const u8 link[] = { REDUND_LINK_STATE_DOWN, REDUND_LINK_STATE_ALIVE };
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(link); i++) {
		bench_in(b, test, IN_STANDBY);
		b->r.want_rearms = true;
		b->v.link = link[i];
		b->v.link_alive = link[i] == REDUND_LINK_STATE_ALIVE;
		b->now += TIMEOUT;
		bench_look(b);
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 1u);
	}
}

static void in_hold(struct bench *b, struct kunit *test)
{
	struct role_event ev = { .type = ROLE_EV_PARAMS };

	bench_in(b, test, IN_STANDBY);
	ev.params = bench_params;
	ev.params.hold = true;
	bench_event(b, &ev);
	b->v.link = REDUND_LINK_STATE_ALIVE;
	b->v.link_alive = true;
	b->r.want_rearms = true;
	b->v.peer_rearms = 5;
}

static void A_030_hold_waits_while_the_link_is_alive(struct kunit *test)
{
	struct bench *b = bench_new(test);

	in_hold(b, test);
	b->now += TIMEOUT;
	SAYS(b, bench_look(b), "note:miss log:13/2 note:held");
	KUNIT_EXPECT_TRUE(test, b->r.not_ready & REDUND_NOT_READY_PEER_SILENT);
	/* said once a silence */
	b->v.peer_rearms++;
	b->now += TIMEOUT;
	SAYS(b, bench_look(b), "");
	/* then the link goes as well */
	b->v.link_alive = false;
	SAYS(b, bench_look(b), "fence");
}

/* I2: an owner that does not re-arm its timer is dead, whatever its link says */
static void A_030_hold_ends_with_the_timer(struct kunit *test)
{
	struct bench *b = bench_new(test);

	in_hold(b, test);
	b->now += TIMEOUT;
	bench_look(b);
	b->now += TIMER_MAX;
	SAYS(b, bench_look(b), "");
	b->now += 1;
	SAYS(b, bench_look(b), "fence");
}

static void S_156_a_standby_that_boots_is_not_ready(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	SAYS(b, bench_reboot_own(b, REDUND_REBOOT_KIND_RELOAD, ROLE_EXPECT_SYSTEM), "refuse:stale");
	SAYS(b, bench_reboot_own(b, REDUND_REBOOT_KIND_RELOAD, ROLE_EXPECT_ANY), "accept reboot");
	KUNIT_EXPECT_EQ(test, b->out.a[1].arg, (u32)REDUND_REASON_RELOAD);
	KUNIT_EXPECT_EQ(test, b->r.not_ready, (u32)REDUND_NOT_READY_RESTARTING);
	SAYS(b, bench_reboot_own(b, REDUND_REBOOT_KIND_RELOAD, ROLE_EXPECT_ANY), "refuse:busy");
	b->r.want_rearms = true;
	b->now += TIMEOUT;
	bench_look(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_FENCE), 0u);
	/* if the active dies meanwhile there is time to boot first */
	bench_peer_gone(b, CAUSE_PEER_EXPIRED);
	bench_view(b);
	KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_CLAIM), 0u);
	SAYS(b, bench_command(b, ROLE_EV_DOWN, true), "role:down down:2");
}

static struct kunit_case role_sync_cases[] = {
	KUNIT_CASE(A_053_a_lost_sync_costs_readiness_not_the_role),
	KUNIT_CASE(A_053_an_unsynchronized_standby_claims_later),
	KUNIT_CASE(A_021_another_active_begins_anew),
	KUNIT_CASE(A_053_no_switchover_to_an_unsynchronized_standby),
	KUNIT_CASE(A_030_either_path_lost_costs_readiness),
	KUNIT_CASE(A_030_both_paths_lost_lead_to_a_fence),
	KUNIT_CASE(A_030_hold_waits_while_the_link_is_alive),
	KUNIT_CASE(A_030_hold_ends_with_the_timer),
	KUNIT_CASE(S_156_a_standby_that_boots_is_not_ready),
	{}
};

static struct kunit_suite role_sync_suite = {
	.name = "redund-role-sync",
	.test_cases = role_sync_cases,
};

kunit_test_suites(&role_sync_suite);
