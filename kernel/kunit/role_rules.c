// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds of the role machine after every event in every state of every test:
 * how its deadlines and flags belong to its role, and what an action may ask for
 * (role.h). The bench asks after each step.
 */
#include "role_bench.h"

static bool is_owner(u8 role)
{
	return role == REDUND_ROLE_ACTIVE || role == REDUND_ROLE_TAKING_OVER;
}

static bool is_candidate(u8 role)
{
	return role == REDUND_ROLE_SYNCING || role == REDUND_ROLE_STANDBY ||
	       role == REDUND_ROLE_OFFLINE;
}

/* ---- state ------------------------------------------------------------------- */

/* what a candidate watches ends with its being one */
static void check_owner(struct kunit *test, const struct role *r)
{
	KUNIT_EXPECT_EQ(test, r->not_ready, 0u);
	KUNIT_EXPECT_FALSE(test, r->heard);
	KUNIT_EXPECT_FALSE(test, r->want_rearms);
	KUNIT_EXPECT_EQ(test, r->free_since, 0ull);
	KUNIT_EXPECT_EQ(test, r->claim_at, 0ull);
	if (r->handover != ROLE_HANDOVER_OFFERED)
		KUNIT_EXPECT_EQ(test, r->handover_end, 0ull);
}

static void check_other(struct kunit *test, const struct role *r)
{
	KUNIT_EXPECT_EQ(test, r->peer_not_ready, 0u);
	KUNIT_EXPECT_EQ(test, r->phase_end, 0ull);
}

static void check_state(struct bench *b, const struct role_event *ev)
{
	const struct role *r = &b->r;

	if (is_owner(r->role))
		check_owner(b->test, r);
	else
		check_other(b->test, r);
	if (is_owner(r->role) || is_candidate(r->role))
		KUNIT_EXPECT_EQ(b->test, r->peer_wait_end, 0ull);
	if (r->handover == ROLE_HANDOVER_NONE)
		KUNIT_EXPECT_EQ(b->test, r->handover_end, 0ull);
	KUNIT_EXPECT_EQ(b->test, r->role == REDUND_ROLE_OFFLINE,
			r->offline_cause != REDUND_OFFLINE_CAUSE_NONE);
	if (ev->type == ROLE_EV_VIEW && ev->view.owner) {
		KUNIT_EXPECT_EQ(b->test, r->free_since, 0ull);
		KUNIT_EXPECT_EQ(b->test, r->claim_at, 0ull);
	}
}

/* ---- actions ------------------------------------------------------------------- */

/* an intent names whom and why, or nobody and nothing */
static void check_intent(struct kunit *test, const struct role_action *a)
{
	bool forced = a->arg == REDUND_REASON_SWITCHOVER_FORCED;

	if (a->slot)
		KUNIT_EXPECT_TRUE(test, forced || a->arg == REDUND_REASON_SWITCHOVER ||
				  a->arg == REDUND_REASON_SHUTDOWN_BUTTON ||
				  a->arg == REDUND_REASON_BOOT || a->arg == REDUND_REASON_RELOAD);
	else
		KUNIT_EXPECT_EQ(test, a->arg, (u32)REDUND_REASON_NONE);
	KUNIT_EXPECT_EQ(test, a->flag, forced);
}

static void check_fence(struct bench *b, const struct role_action *a)
{
	u8 why = b->r.reason;

	KUNIT_EXPECT_EQ(b->test, a->epoch, b->v.epoch);
	KUNIT_EXPECT_EQ(b->test, a->arg, b->v.peer_rearms);
	KUNIT_EXPECT_EQ(b->test, a->flag, why == REDUND_REASON_SWITCHOVER_FORCED);
	KUNIT_EXPECT_TRUE(b->test, a->flag || why == REDUND_REASON_HEARTBEAT_LOST ||
			  why == REDUND_REASON_ROLLBACK);
}

/* G5: out; the grant went; or it was handed over, for a boot of its own as well */
static void check_restart(struct bench *b, u8 was, const struct role_action *a)
{
	if (is_candidate(was) || was == REDUND_ROLE_ELECTION || was == REDUND_ROLE_FAILED)
		KUNIT_EXPECT_EQ(b->test, a->arg, (u32)REDUND_REASON_RESET);
	else
		KUNIT_EXPECT_TRUE(b->test, a->arg == REDUND_REASON_LOST_GRANT ||
				  a->arg == REDUND_REASON_SWITCHOVER ||
				  a->arg == REDUND_REASON_BOOT ||
				  a->arg == REDUND_REASON_RELOAD);
}

/* who asked is told done or rolled back; a taking over is done or has failed */
static void check_verdict(struct kunit *test, const struct role_action *a)
{
	KUNIT_EXPECT_TRUE(test, a->arg == REDUND_VERDICT_DONE ||
			  a->arg == (a->flag ? REDUND_VERDICT_ROLLED_BACK :
					       REDUND_VERDICT_FAILED));
}

static void check_history(struct bench *b, const struct role_action *a)
{
	KUNIT_EXPECT_EQ(b->test, a->slot, 1);
	KUNIT_EXPECT_EQ(b->test, a->arg, (u32)b->r.reason);
	KUNIT_EXPECT_EQ(b->test, a->from, b->r.from);
	KUNIT_EXPECT_EQ(b->test, a->flag, a->from == 2);
	KUNIT_EXPECT_EQ(b->test, b->r.last_owner, 1);
	KUNIT_EXPECT_EQ(b->test, b->r.epoch, b->v.epoch);
}

static void check_action(struct bench *b, u8 was, const struct role_action *a)
{
	switch (a->type) {
	case ROLE_DO_CLAIM:
		KUNIT_EXPECT_EQ(b->test, a->epoch, b->v.epoch);
		return;
	case ROLE_DO_FENCE:
		return check_fence(b, a);
	case ROLE_DO_OFFER:
		KUNIT_EXPECT_EQ(b->test, a->epoch, b->v.epoch);
		KUNIT_EXPECT_EQ(b->test, a->arg, b->r.p.handover_us / 1000);
		return;
	case ROLE_DO_INTENT:
		return check_intent(b->test, a);
	case ROLE_DO_RESTART:
		return check_restart(b, was, a);
	case ROLE_DO_VERDICT:
		return check_verdict(b->test, a);
	case ROLE_DO_HISTORY:
		return check_history(b, a);
	case ROLE_DO_REFUSE:	/* of the peer, where this module judges it */
		KUNIT_EXPECT_EQ(b->test, a->reasons & ~b->r.peer_not_ready, 0u);
		return;
	default:
		return;
	}
}

/* the last of its kind, NULL: none */
static const struct role_action *last(const struct bench *b, enum role_action_type type)
{
	u32 i;

	for (i = b->out.n; i > 0; i--)
		if (b->out.a[i - 1].type == type)
			return &b->out.a[i - 1];
	return NULL;
}

/**
 * bench_rules() - what holds after every event in every state
 * @b: the event's actions are in it
 * @was: the role before it
 * @ev: the event
 */
void bench_rules(struct bench *b, u8 was, const struct role_event *ev)
{
	bool command = ev->type == ROLE_EV_SWITCHOVER || ev->type == ROLE_EV_REDUNDANCY ||
		       ev->type == ROLE_EV_SHUTDOWN || ev->type == ROLE_EV_REBOOT;
	u32 answers = bench_count(b, ROLE_DO_ACCEPT) + bench_count(b, ROLE_DO_REFUSE);
	u32 i;

	KUNIT_EXPECT_LT(b->test, b->out.n, (u32)ROLE_ACTIONS_MAX);
	KUNIT_EXPECT_EQ(b->test, answers, command ? 1u : 0u);
	if (b->r.role != was)
		KUNIT_EXPECT_GT(b->test, bench_count(b, ROLE_DO_ROLE), 0u);
	if (last(b, ROLE_DO_ROLE))
		KUNIT_EXPECT_EQ(b->test, last(b, ROLE_DO_ROLE)->arg, (u32)b->r.role);
	if (last(b, ROLE_DO_PHASE))
		KUNIT_EXPECT_EQ(b->test, last(b, ROLE_DO_PHASE)->arg, (u32)b->r.phase);
	if (is_owner(b->r.role) && ev->type == ROLE_EV_VIEW)
		KUNIT_EXPECT_EQ(b->test, ev->view.owner, 1);
	check_state(b, ev);
	for (i = 0; i < b->out.n; i++)
		check_action(b, was, &b->out.a[i]);
}
