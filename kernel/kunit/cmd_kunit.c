// SPDX-License-Identifier: GPL-2.0-only
/* Requests of user space against a mock back end: refused or kept, never half. */
#include "mock.h"

/* The active, as the machine sees itself. */
static struct mock *active(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->booted = true;
	m->rd->nv.written = true;
	m->rd->nv.head.redundancy = 1;
	m->rd->role.role = REDUND_ROLE_ACTIVE;
	m->rd->role.epoch = 1;
	return m;
}

static void heartbeat_settings_are_kept_or_refused(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat(m->rd, 20, 5, "kunit", &r), -EIO);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_LOST_GRANT);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, 10 * USEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, le16_to_cpu(m->rd->nv.head.interval_ms), 0);
	m->nv_result = 0;
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat(m->rd, 20, 5, "kunit", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, 20 * USEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, le16_to_cpu(m->rd->nv.head.interval_ms), 20);
}

static void the_loser_is_refused_by_what_it_reads(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	/* The grant went, and no tick has seen it yet. */
	mock_set32(m, REG_STATUS, (mock_get32(m, REG_STATUS) & ~STATUS_OWNER) | 2);
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat(m->rd, 20, 5, "kunit", &r), -EPERM);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_NOT_ACTIVE);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, 10 * USEC_PER_MSEC);
}

static void redundancy_is_kept_or_refused(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_EQ(test, redund_set_redundancy(m->rd, false, "kunit", &r), -EIO);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_LOST_GRANT);
	KUNIT_EXPECT_TRUE(test, m->rd->role.redundancy);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.redundancy, 1);
	m->nv_result = 0;
	KUNIT_EXPECT_EQ(test, redund_set_redundancy(m->rd, false, "kunit", &r), 0);
	KUNIT_EXPECT_FALSE(test, m->rd->role.redundancy);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.redundancy, 0);
}

static void the_choice_is_kept_or_refused(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_EQ(test, redund_set_active(m->rd, 2, "kunit", &r), -EIO);
	KUNIT_EXPECT_EQ(test, m->rd->role.pending, 0);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.pending, 0);
	m->nv_result = 0;
	KUNIT_EXPECT_EQ(test, redund_set_active(m->rd, 2, "kunit", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.pending, 2);
	/* Taking over consumes the choice of before: none is taken meanwhile. */
	m->rd->role.role = REDUND_ROLE_TAKING_OVER;
	KUNIT_EXPECT_EQ(test, redund_set_active(m->rd, 1, "kunit", &r), -EBUSY);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_BUSY);
	KUNIT_EXPECT_EQ(test, m->rd->role.pending, 2);
}

static u8 offered(struct mock *m, u32 epoch, u8 reason)
{
	struct redund_chassis_record r = { .intent_from = 2, .intent_to = 1,
					   .intent_reason = reason,
					   .intent_epoch = cpu_to_le32(epoch) };

	rd_rec_seal(&r.head, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, sizeof(r));
	memcpy(m->window + WIN_NV_CHASSIS, &r, sizeof(r));
	mock_status(m, STATUS_OFFER, STATUS_OFFER);
	mock_status(m, 0, 0);
	reason = m->rd->view.offer_reason;
	mock_status(m, 0, STATUS_OFFER);
	return reason;
}

static void the_reason_of_an_offer_is_of_its_epoch(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_owner(m, 2, 6);
	KUNIT_EXPECT_EQ(test, offered(m, 6, REDUND_REASON_SHUTDOWN_BUTTON),
			REDUND_REASON_SHUTDOWN_BUTTON);
	KUNIT_EXPECT_EQ(test, offered(m, 5, REDUND_REASON_SHUTDOWN_BUTTON), REDUND_REASON_NONE);
	KUNIT_EXPECT_EQ(test, offered(m, 6, 200), REDUND_REASON_NONE);
}

static bool begin_sync(struct mock *m, bool lost)
{
	bool complete;

	mock_lock(m);
	m->rd->n_pending = 0;
	rd_sync_begin(m->rd, lost);
	complete = m->rd->n_pending;
	m->rd->n_pending = 0;
	mock_unlock(m);
	return complete;
}

static void each_initial_sync_is_acknowledged_anew(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_answer r;

	mock_owner(m, 2, 2);
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, false, true, &r), 0);
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 8, false, true, &r), 0);
	KUNIT_EXPECT_FALSE(test, begin_sync(m, false));
	/* What is said before the role is decided is about the sync that follows. */
	m->rd->role.role = REDUND_ROLE_BOOTING;
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, true, &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 8, true, &r), 0);
	KUNIT_EXPECT_TRUE(test, begin_sync(m, false));
	/* One of them loses it: the other one still has it. */
	m->rd->role.role = REDUND_ROLE_SYNCING;
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, false, &r), 0);
	KUNIT_EXPECT_FALSE(test, begin_sync(m, true));
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, true, &r), 0);
	KUNIT_EXPECT_TRUE(test, begin_sync(m, true));
	/* Another active: both were synchronized with the one before. */
	KUNIT_EXPECT_FALSE(test, begin_sync(m, false));
}

static void a_phase_does_not_wait_for_who_left_it(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, true, true, &r), 0);
	mock_lock(m);
	rd_config_phase(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_TRUE(test, m->rd->config_waiting);
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, false, true, &r), 0);
	KUNIT_EXPECT_FALSE(test, m->rd->config_waiting);
}

static struct kunit_case cmd_cases[] = {
	MOCK_CASE(heartbeat_settings_are_kept_or_refused, "C-38: timers are kept or refused"),
	MOCK_CASE(the_loser_is_refused_by_what_it_reads, "the loser is refused by what it reads"),
	MOCK_CASE(redundancy_is_kept_or_refused, "S-066: redundancy is kept or refused"),
	MOCK_CASE(the_choice_is_kept_or_refused, "S-090: the choice is kept or refused, C-12"),
	MOCK_CASE(the_reason_of_an_offer_is_of_its_epoch, "I1: an intent of another epoch is none"),
	MOCK_CASE(each_initial_sync_is_acknowledged_anew, "each initial sync is acknowledged anew"),
	MOCK_CASE(a_phase_does_not_wait_for_who_left_it, "a phase does not wait for who left it"),
	{}
};

static struct kunit_suite cmd_suite = {
	.name = "redund-cmd",
	.test_cases = cmd_cases,
};

kunit_test_suite(cmd_suite);
