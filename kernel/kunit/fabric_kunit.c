// SPDX-License-Identifier: GPL-2.0-only
/* Fabric modules (S-102 to S-107, C-40, I3) against a mock back end. */
#include "mock.h"

static int set(struct mock *m, unsigned int id, bool on, u32 *refusal)
{
	struct redund_answer r = {};
	int ret;

	m->rd->booted = true;
	ret = redund_set_fabric(m->rd, id, on, "kunit", &r);
	*refusal = r.refusal;
	return ret;
}

static void takeover_keeps_the_value(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 value;

	for (value = 1; value <= 3; value++) {
		mock_set32(m, REG_FABRIC_ENABLE, value);
		mock_forget(m);
		mock_lock(m);
		KUNIT_EXPECT_EQ(test, rd_fabric_takeover(m->rd), REDUND_PHASE_RESULT_OK);
		mock_unlock(m);
		KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 1);
		KUNIT_EXPECT_EQ(test, mock_last(m, REG_FABRIC_ENABLE), value);
	}
}

static void takeover_without_the_grant_writes_nothing(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_owner(m, 2, 2);
	mock_lock(m);
	KUNIT_EXPECT_EQ(test, rd_fabric_takeover(m->rd), REDUND_PHASE_RESULT_FAILED);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
}

static void an_expired_lease_writes_nothing(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_time(mock_time_get() + 30 * USEC_PER_MSEC);
	mock_lock(m);
	KUNIT_EXPECT_EQ(test, rd_fabric_takeover(m->rd), REDUND_PHASE_RESULT_FAILED);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
}

static void one_may_be_disabled_and_enabled(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	KUNIT_EXPECT_EQ(test, set(m, 2, false, &refusal), 0);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_FABRIC_ENABLE), 1);
	KUNIT_EXPECT_EQ(test, set(m, 2, true, &refusal), 0);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_FABRIC_ENABLE), 3);
}

static void the_last_one_is_refused(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	KUNIT_EXPECT_EQ(test, set(m, 1, false, &refusal), 0);
	mock_forget(m);
	KUNIT_EXPECT_EQ(test, set(m, 2, false, &refusal), -EBUSY);
	KUNIT_EXPECT_EQ(test, refusal, REDUND_REFUSAL_LAST_FABRIC);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
	KUNIT_EXPECT_STREQ(test, rd_refusal_text(refusal),
			   "last-fabric: Both fabric modules cannot be disabled at the same time.");
}

static void an_absent_one_may_be_set(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	mock_status(m, 1 << STATUS_FABRIC_SHIFT, STATUS_FABRIC_PRESENT);
	KUNIT_EXPECT_EQ(test, set(m, 2, false, &refusal), 0);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_FABRIC_ENABLE), 1);
	/* Enables count, not presence. */
	KUNIT_EXPECT_EQ(test, set(m, 1, false, &refusal), -EBUSY);
}

static void the_only_present_one_is_refused(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	mock_status(m, 2 << STATUS_FABRIC_SHIFT, STATUS_FABRIC_PRESENT);
	mock_forget(m);
	KUNIT_EXPECT_EQ(test, set(m, 2, false, &refusal), -EBUSY);
	KUNIT_EXPECT_EQ(test, refusal, REDUND_REFUSAL_LAST_FABRIC);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
	KUNIT_EXPECT_EQ(test, set(m, 1, false, &refusal), 0);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_FABRIC_ENABLE), 2);
	/* With none present there is nothing to lose. */
	mock_status(m, 0, STATUS_FABRIC_PRESENT);
	KUNIT_EXPECT_EQ(test, set(m, 1, true, &refusal), 0);
	KUNIT_EXPECT_EQ(test, set(m, 2, false, &refusal), 0);
}

static void the_standby_is_refused(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	mock_owner(m, 2, 2);
	KUNIT_EXPECT_EQ(test, set(m, 1, false, &refusal), -EPERM);
	KUNIT_EXPECT_EQ(test, refusal, REDUND_REFUSAL_NOT_ACTIVE);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
}

static void a_write_that_does_not_hold_is_told(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	m->ignore = REG_FABRIC_ENABLE;
	KUNIT_EXPECT_EQ(test, set(m, 1, false, &refusal), -EIO);
	KUNIT_EXPECT_EQ(test, refusal, REDUND_REFUSAL_LOST_GRANT);
}

static void a_bad_number_is_refused(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	KUNIT_EXPECT_EQ(test, set(m, 0, false, &refusal), -EINVAL);
	KUNIT_EXPECT_EQ(test, set(m, 3, false, &refusal), -EINVAL);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
}

static void when_the_only_enabled_one_is_pulled_the_other_is_enabled(struct kunit *test)
{
	static const char text[] =
		"fabric-enabled: Fabric 2 was enabled, the only enabled one is absent";
	struct mock *m = mock_create(test, 1);
	u32 refusal;

	KUNIT_ASSERT_EQ(test, set(m, 2, false, &refusal), 0);
	mock_status(m, 2 << STATUS_FABRIC_SHIFT, STATUS_FABRIC_PRESENT);
	mock_lock(m);
	rd_fabric_look(m->rd);
	rd_fabric_look(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_FABRIC_ENABLE), 3);
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 1);
}

static void with_none_present_there_is_an_alarm(struct kunit *test)
{
	static const char text[] = "fabric-absent: no enabled fabric module is present";
	struct mock *m = mock_create(test, 1);

	mock_status(m, 0, STATUS_FABRIC_PRESENT);
	mock_lock(m);
	rd_fabric_look(m->rd);
	rd_fabric_look(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_FABRIC_ENABLE), 0);
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 1);
}

static struct kunit_case fabric_cases[] = {
	MOCK_CASE(takeover_keeps_the_value, "a new owner writes the enables and keeps their value"),
	MOCK_CASE(takeover_without_the_grant_writes_nothing, "without the grant no write"),
	MOCK_CASE(an_expired_lease_writes_nothing, "with an expired lease nothing is written"),
	MOCK_CASE(one_may_be_disabled_and_enabled, "S-102: one is disabled and enabled again"),
	MOCK_CASE(the_last_one_is_refused, "S-104: the last enabled one is not disabled, C-40"),
	MOCK_CASE(an_absent_one_may_be_set, "S-103: an absent one is set, enables count"),
	MOCK_CASE(the_only_present_one_is_refused, "S-104: the only present one is not disabled"),
	MOCK_CASE(the_standby_is_refused, "the standby is refused"),
	MOCK_CASE(a_write_that_does_not_hold_is_told, "a write that does not hold is told"),
	MOCK_CASE(a_bad_number_is_refused, "modules 0 and 3 are refused"),
	MOCK_CASE(when_the_only_enabled_one_is_pulled_the_other_is_enabled,
		  "the only enabled one is pulled: the other is enabled, logged once"),
	MOCK_CASE(with_none_present_there_is_an_alarm, "with none present there is one alarm"),
	{}
};

static struct kunit_suite fabric_suite = {
	.name = "redund-fabric",
	.test_cases = fabric_cases,
};

kunit_test_suite(fabric_suite);
