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

static void what_missed_heartbeats_lead_to_is_kept_or_refused(struct kunit *test)
{
	const u32 hold = REDUND_HEARTBEAT_LOSS_HOLD;
	struct mock *m = active(test);
	const struct redund_chassis_record *h = (void *)(m->window + WIN_NV_CHASSIS);
	struct redund_chassis_info info;
	struct redund_answer r;

	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat_loss(m->rd, hold, "kunit", &r), -EIO);
	KUNIT_EXPECT_FALSE(test, m->rd->role.p.hold);
	m->nv_result = 0;
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat_loss(m->rd, 2, "kunit", &r), -EINVAL);
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat_loss(m->rd, hold, "kunit", &r), 0);
	KUNIT_EXPECT_TRUE(test, m->rd->role.p.hold);
	KUNIT_EXPECT_EQ(test, h->heartbeat_loss, hold);
	redund_chassis_info(m->rd, &info);
	KUNIT_EXPECT_EQ(test, info.heartbeat_loss, hold);
	mock_owner(m, 2, 2);
	KUNIT_EXPECT_EQ(test, redund_set_heartbeat_loss(m->rd, 0, "kunit", &r), -EPERM);
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

static struct kunit_case cmd_cases[] = {
	MOCK_CASE(heartbeat_settings_are_kept_or_refused, "C-38: timers are kept or refused"),
	MOCK_CASE(what_missed_heartbeats_lead_to_is_kept_or_refused,
		  "A-030: heartbeat-loss is kept or refused"),
	MOCK_CASE(the_loser_is_refused_by_what_it_reads, "the loser is refused by what it reads"),
	MOCK_CASE(redundancy_is_kept_or_refused, "S-066: redundancy is kept or refused"),
	MOCK_CASE(the_choice_is_kept_or_refused, "S-090: the choice is kept or refused, C-12"),
	MOCK_CASE(the_reason_of_an_offer_is_of_its_epoch, "I1: an intent of another epoch is none"),
	{}
};

static struct kunit_suite cmd_suite = {
	.name = "redund-cmd",
	.test_cases = cmd_cases,
};

kunit_test_suite(cmd_suite);
