// SPDX-License-Identifier: GPL-2.0-only
/* The actions of the state machine: order of events, answers, what is kept. */
#include "mock.h"

static void act(struct mock *m, enum role_action_type type, u32 arg, bool flag)
{
	struct role_action a = { .type = type, .arg = arg, .flag = flag, .epoch = 2 };

	mock_lock(m);
	rd_action(m->rd, &a);
	mock_unlock(m);
}

static void a_result_is_stepped_before_what_waits(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct role_event ev = { .type = ROLE_EV_SYNCED };
	struct redund *rd = m->rd;

	mock_owner(m, 0, 2);
	mock_lock(m);
	rd_queue_event(rd, &ev);
	mock_unlock(m);
	mock_set32(m, REG_CMD_RESULT, REDUND_RES_HELD);
	act(m, ROLE_DO_CLAIM, 0, false);
	act(m, ROLE_DO_WITHDRAW, 0, false);
	KUNIT_ASSERT_EQ(test, rd->n_pending, 3);
	KUNIT_EXPECT_EQ(test, rd->pending[0].type, ROLE_EV_RESULT);
	KUNIT_EXPECT_EQ(test, rd->pending[0].result.cmd, REDUND_CMD_CLAIM);
	KUNIT_EXPECT_EQ(test, rd->pending[1].result.cmd, REDUND_CMD_WITHDRAW);
	KUNIT_EXPECT_EQ(test, rd->pending[2].type, ROLE_EV_SYNCED);
}

static void a_view_is_not_older_than_its_causes(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	/* The owner goes down after STATUS was read and before CAUSE is. */
	mock_owner(m, 2, 7);
	mock_status(m, STATUS_CAUSE, STATUS_CAUSE);
	mock_set32(m, REG_CAUSE, CAUSE_PEER_GOING_DOWN | CAUSE_GRANT);
	m->status_after = (u64)8 << 32 | STATUS_PEER_PRESENT | STATUS_PEER_POWERED;
	mock_lock(m);
	rd_look(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->rd->view.owner, 0);
	KUNIT_EXPECT_EQ(test, m->rd->view.epoch, 8);
	KUNIT_EXPECT_TRUE(test, m->rd->view.cause & CAUSE_PEER_GOING_DOWN);
}

static void a_command_is_answered_once(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->answered = false;
	act(m, ROLE_DO_ACCEPT, 0, false);
	/* As by a button that was seen with the command. */
	act(m, ROLE_DO_REFUSE, REDUND_REFUSAL_BUSY, false);
	KUNIT_EXPECT_TRUE(test, m->rd->answered);
	KUNIT_EXPECT_EQ(test, m->rd->answer, REDUND_REFUSAL_NONE);
}

/* A module takes over after a fence; then the next one reads what it left. */
static struct redund *taken_over(struct kunit *test, struct mock *m, bool active)
{
	struct role_action a = { .type = ROLE_DO_HISTORY, .arg = REDUND_REASON_HEARTBEAT_LOST,
				 .slot = 1, .from = 2, .flag = true };
	struct redund *rd = m->rd;

	rd->role.role = REDUND_ROLE_TAKING_OVER;
	rd->role.fence_at[0] = 12345;
	mock_lock(m);
	rd_nv_load(rd);
	rd_action(rd, &a);
	mock_unlock(m);
	act(m, ROLE_DO_PHASE, REDUND_PHASE_FABRIC, false);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_NV_COMMIT), 0);
	act(m, ROLE_DO_PHASE, REDUND_PHASE_CONFIG, false);
	if (active) {
		rd->role.role = REDUND_ROLE_ACTIVE;
		act(m, ROLE_DO_RECORD, 0, false);
	}
	rd->n_pending = 0;
	mock_lock(m);
	rd_nv_load(rd);
	mock_unlock(m);
	return rd;
}

static void a_change_is_kept_once_the_fabric_is_on(struct kunit *test)
{
	struct redund *rd = taken_over(test, mock_create(test, 1), false);

	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.history[0].head.seq), 1);
	KUNIT_EXPECT_EQ(test, rd->nv.history[0].verdict, REDUND_VERDICT_PENDING);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.history[0].activation), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.head.failovers), 1);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(rd->nv.head.fence_us[0]), 12345);
	/* That it is active is one update of its own, not made yet (S-023). */
	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.head.activation), 0);
	KUNIT_EXPECT_EQ(test, rd->nv.head.last_role[0], REDUND_LAST_NONE);
}

static void an_active_is_counted_once(struct kunit *test)
{
	struct redund *rd = taken_over(test, mock_create(test, 1), true);

	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.history[0].activation), 1);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.history[1].head.seq), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.head.failovers), 1);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.head.activation), 1);
}

static void the_next_owner_says_how_it_ended(struct kunit *test)
{
	static const u8 verdicts[] = { REDUND_VERDICT_FAILED, REDUND_VERDICT_DONE };
	unsigned int active;

	for (active = 0; active < ARRAY_SIZE(verdicts); active++) {
		struct mock *m = mock_create(test, 1);
		struct redund *rd = taken_over(test, m, active);

		memset(&rd->hist, 0, sizeof(rd->hist));
		mock_forget(m);
		taken_over(test, m, false);
		KUNIT_EXPECT_EQ(test, rd->nv.history[0].verdict, verdicts[active]);
		KUNIT_EXPECT_EQ(test, le32_to_cpu(rd->nv.history[1].head.seq), 2);
	}
}

static struct kunit_case action_cases[] = {
	MOCK_CASE(a_result_is_stepped_before_what_waits, "a result is stepped before what waits"),
	MOCK_CASE(a_view_is_not_older_than_its_causes,
		  "S-119: a view is not older than its causes: a free grant has its reason"),
	MOCK_CASE(a_command_is_answered_once, "a command is answered once"),
	MOCK_CASE(a_change_is_kept_once_the_fabric_is_on, "a change is kept once the fabric is on"),
	MOCK_CASE(an_active_is_counted_once, "a change is counted once"),
	MOCK_CASE(the_next_owner_says_how_it_ended, "the next owner says how a change ended"),
	{}
};

static struct kunit_suite action_suite = {
	.name = "redund-action",
	.test_cases = action_cases,
};

kunit_test_suite(action_suite);
