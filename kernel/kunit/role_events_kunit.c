// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the role machine logs: the reason of each role change with its events,
 * and the peer's life, each once.
 */
#include <kunit/test.h>
#include "role_bench.h"

struct loss {
	u32 cause;
	u8 down, reason;
	const char *words;	/* logged when it is seen */
	const char *event;	/* 16 or 17 */
};

/* S-109..S-117, S-281, S-282, S-290, S-292, S-293, C-24 */
static void S_109_each_trigger_has_its_reason_and_events(struct kunit *test)
{
	static const struct loss all[] = {
		{ CAUSE_PEER_GOING_DOWN, REDUND_DOWN_PANIC, REDUND_REASON_PANIC,
		  "log:2/2 claim", "log:16/1" },
		{ CAUSE_PEER_GOING_DOWN, REDUND_DOWN_REBOOT, REDUND_REASON_REBOOT,
		  "log:2/2 claim", "log:17/1" },
		{ CAUSE_PEER_GOING_DOWN, REDUND_DOWN_HALT, REDUND_REASON_HALT,
		  "log:2/2 claim", "log:16/1" },
		{ CAUSE_PEER_GOING_DOWN, REDUND_DOWN_POWER_OFF, REDUND_REASON_POWER_OFF,
		  "log:2/2 claim", "log:16/1" },
		{ CAUSE_PEER_GOING_DOWN, REDUND_DOWN_SHUTDOWN, REDUND_REASON_SHUTDOWN_BUTTON,
		  "log:20/2 claim", "log:16/1" },
		{ CAUSE_PEER_REMOVED, 0, REDUND_REASON_REMOVED, "log:1/2 claim", "log:16/1" },
		{ CAUSE_PEER_POWER, 0, REDUND_REASON_POWER_LOSS, "log:1/2 claim", "log:16/1" },
		{ CAUSE_PEER_EXPIRED, 0, REDUND_REASON_TIMER_EXPIRED, "log:1/2 claim",
		  "log:16/1" },
		{ CAUSE_PEER_RESET, 0, REDUND_REASON_RESET, "log:1/2 claim", "log:16/1" },
		{ CAUSE_PEER_RESET | CAUSE_BUTTON_RESET, 0, REDUND_REASON_RESET_BUTTON,
		  "log:14/2 log:1/2 claim", "log:16/1" },
		{ 0, 0, REDUND_REASON_FREE_GRANT, "claim", "log:16/1" },
	};
	struct bench *b = bench_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		bench_in(b, test, IN_STANDBY);
		b->v.peer_down_reason = all[i].down;
		bench_peer_gone(b, all[i].cause);
		SAYS(b, bench_view(b), all[i].words);
		b->v.owner = 1;
		b->v.epoch++;
		bench_result(b, REDUND_CMD_CLAIM, REDUND_RES_OK);
		KUNIT_EXPECT_EQ(test, b->out.a[0].arg, (u32)all[i].reason);
		KUNIT_EXPECT_EQ(test, b->out.a[0].from, 2);
		KUNIT_EXPECT_TRUE(test, b->out.a[0].flag);
		bench_phase(b, REDUND_PHASE_FABRIC);
		bench_phase(b, REDUND_PHASE_CONFIG);
		KUNIT_EXPECT_TRUE(test, bench_said(b, all[i].event));
		KUNIT_EXPECT_TRUE(test, bench_said(b, "log:8/1"));
		KUNIT_EXPECT_EQ(test, bench_count(b, ROLE_DO_LOG), 2u);
	}
}

/* the peer released it alive: its driver was unloaded */
static void a_released_grant_is_claimed_with_the_reason_unload(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_STANDBY);
	b->v.owner = 0;
	b->v.epoch++;
	b->v.cause = CAUSE_GRANT;
	SAYS(b, bench_view(b), "claim");
	KUNIT_EXPECT_EQ(test, b->r.reason, REDUND_REASON_UNLOAD);
}

/* one end of the peer is one event, however many causes it latches */
static void S_281_the_peers_end_is_logged_once(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	b->v.peer_down_reason = REDUND_DOWN_PANIC;
	bench_peer_gone(b, CAUSE_PEER_GOING_DOWN);
	SAYS(b, bench_view(b), "log:2/2 take-");
	b->v.may_take = false;
	b->v.cause = CAUSE_PEER_RESET;
	SAYS(b, bench_view(b), "");
	b->v.cause = CAUSE_PEER_JOINED;
	SAYS(b, bench_view(b), "");
	b->v.cause = CAUSE_PEER_POWER;
	SAYS(b, bench_view(b), "log:1/2");
}

/* figure 15-31: the active's log tells the other module's life, each once */
static void S_284_S_286_S_288_the_active_logs_the_peers_roles(struct kunit *test)
{
	struct bench *b = bench_new(test);

	bench_in(b, test, IN_ACTIVE);
	bench_peer_gone(b, CAUSE_PEER_RESET);
	bench_view(b);
	b->v.may_take = false;
	b->v.peer_out = false;
	b->v.cause = CAUSE_PEER_JOINED;
	bench_peer_is(b, REDUND_ROLE_ELECTION);
	b->v.peer.incarnation = 9;
	SAYS(b, bench_view(b), "");
	b->v.peer.role = REDUND_ROLE_SYNCING;
	b->v.peer.not_ready = REDUND_NOT_READY_SYNCING;
	SAYS(b, bench_view(b), "log:5/2");
	bench_peer_is(b, REDUND_ROLE_STANDBY);
	b->v.peer.incarnation = 9;
	SAYS(b, bench_view(b), "log:9/2 take+");
	b->v.may_take = true;
	SAYS(b, bench_view(b), "");
	bench_peer_is(b, REDUND_ROLE_FAILED);
	b->v.peer.incarnation = 10;
	SAYS(b, bench_view(b), "log:12/2 take-");
}

static struct kunit_case role_events_cases[] = {
	KUNIT_CASE(S_109_each_trigger_has_its_reason_and_events),
	KUNIT_CASE(a_released_grant_is_claimed_with_the_reason_unload),
	KUNIT_CASE(S_281_the_peers_end_is_logged_once),
	KUNIT_CASE(S_284_S_286_S_288_the_active_logs_the_peers_roles),
	{}
};

static struct kunit_suite role_events_suite = {
	.name = "redund-role-events",
	.test_cases = role_events_cases,
};

kunit_test_suites(&role_events_suite);
