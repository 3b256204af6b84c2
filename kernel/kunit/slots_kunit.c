// SPDX-License-Identifier: GPL-2.0-only
/* Interface modules: order of reset and release, states, log (S-022, S-123). */
#include "mock.h"

static u64 state(unsigned int slot, enum redund_im_hw hw)
{
	return (u64)hw << (4 * slot);
}

static void look(struct mock *m, u64 states)
{
	mock_set64(m, REG_IM_STATE, states);
	mock_lock(m);
	rd_slots_look(m->rd);
	mock_unlock(m);
}

static void all_are_reset_then_released_in_order(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 held = ~0u;
	unsigned int i;

	look(m, state(0, REDUND_IM_UP) | state(3, REDUND_IM_UP) | state(11, REDUND_IM_UP));
	mock_forget(m);
	mock_lock(m);
	KUNIT_EXPECT_EQ(test, rd_slots_reset(m->rd), REDUND_PHASE_RESULT_OK);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_IM_RESET), 0xfff);
	rd_slots_start(m->rd);
	mock_unlock(m);
	/* Each write releases more, never holds again, A before D before L. */
	for (i = 0; i < m->n_writes; i++) {
		if (m->write[i].off != REG_IM_RESET)
			continue;
		KUNIT_EXPECT_EQ(test, m->write[i].value & ~held, 0);
		held = m->write[i].value;
		if (!(held & BIT(3)))
			KUNIT_EXPECT_FALSE(test, held & BIT(0));
		if (!(held & BIT(11)))
			KUNIT_EXPECT_FALSE(test, held & BIT(3));
	}
	KUNIT_EXPECT_EQ(test, held, 0);
}

static void without_the_grant_nothing_is_reset(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_owner(m, 2, 2);
	mock_forget(m);
	mock_lock(m);
	KUNIT_EXPECT_EQ(test, rd_slots_reset(m->rd), REDUND_PHASE_RESULT_FAILED);
	rd_slots_start(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_IM_RESET), 0);
}

static void what_cannot_be_released_is_tried_again(struct kunit *test)
{
	static const char failed[] = "phase-failed: ports-up";
	static const char released[] =
		"modules-released: the interface modules are out of reset";
	struct mock *m = mock_create(test, 1);

	mock_lock(m);
	KUNIT_EXPECT_EQ(test, rd_slots_reset(m->rd), REDUND_PHASE_RESULT_OK);
	m->rd->failover.expired = true;
	rd_slots_start(m->rd);
	KUNIT_ASSERT_EQ(test, m->rd->n_pending, 1);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].phase.result, REDUND_PHASE_RESULT_FAILED);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_IM_RESET), 0xfff);
	rd_slots_retry(m->rd);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_IM_RESET), 0xfff);
	m->rd->failover.expired = false;
	m->ignore = REG_IM_RESET;
	rd_slots_retry(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, failed), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, released), 0);
	mock_lock(m);
	m->ignore = 0;
	rd_slots_retry(m->rd);
	KUNIT_EXPECT_EQ(test, mock_get32(m, REG_IM_RESET), 0);
	mock_forget(m);
	rd_slots_retry(m->rd);
	KUNIT_EXPECT_EQ(test, m->n_writes, 0);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, released), 1);
}

static void the_phase_ends_when_all_are_up_or_failed(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	look(m, state(0, REDUND_IM_UP) | state(1, REDUND_IM_UP));
	mock_set64(m, REG_IM_STATE, state(0, REDUND_IM_DOWNLOADING) |
		   state(1, REDUND_IM_DOWNLOADING));
	mock_lock(m);
	rd_slots_start(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->rd->n_pending, 0);
	look(m, state(0, REDUND_IM_UP) | state(1, REDUND_IM_DOWNLOADING));
	KUNIT_EXPECT_EQ(test, m->rd->n_pending, 0);
	look(m, state(0, REDUND_IM_UP) | state(1, REDUND_IM_FAILED));
	KUNIT_ASSERT_EQ(test, m->rd->n_pending, 1);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].type, ROLE_EV_PHASE);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].phase.phase, REDUND_PHASE_PORTS_UP);
}

static void each_state_is_logged_once(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	look(m, state(3, REDUND_IM_RESET));
	look(m, state(3, REDUND_IM_DOWNLOADING));
	look(m, state(3, REDUND_IM_DOWNLOADING));
	look(m, state(3, REDUND_IM_UP));
	look(m, state(3, REDUND_IM_UP));
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Slot D Inserted"), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Slot D Downloading"), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Slot D Download Complete"), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Slot D Ready"), 1);
}

static struct kunit_case slots_cases[] = {
	MOCK_CASE(all_are_reset_then_released_in_order, "S-022 S-123: reset, released A to L"),
	MOCK_CASE(without_the_grant_nothing_is_reset, "without the grant nothing is reset"),
	MOCK_CASE(the_phase_ends_when_all_are_up_or_failed, "ports-up ends with the last one"),
	MOCK_CASE(what_cannot_be_released_is_tried_again, "what is held is released later"),
	MOCK_CASE(each_state_is_logged_once, "S-257: each state is logged once"),
	{}
};

static struct kunit_suite slots_suite = {
	.name = "redund-slots",
	.test_cases = slots_cases,
};

kunit_test_suite(slots_suite);
MODULE_DESCRIPTION("KUnit suites of redund");
MODULE_LICENSE("GPL");
