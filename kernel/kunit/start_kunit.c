// SPDX-License-Identifier: GPL-2.0-only
/*
 * The start of an instance: its window, its selftest, what comes in between, its
 * end; and the common clock.
 */
#include "mock.h"

static void no_work(struct work_struct *work)
{
}

/* A start in this thread; what it queues is not carried out. */
static void start(struct mock *m)
{
	INIT_DELAYED_WORK(&m->rd->boot_work, no_work);
	rd_boot_worker(&m->rd->boot_work.work);
}

static void stop(struct mock *m)
{
	rd_beat_stop(m->rd);
	cancel_delayed_work_sync(&m->rd->boot_work);
}

static void a_failed_selftest_is_a_verdict(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->ignore = REG_SCRATCH;
	start(m);
	KUNIT_EXPECT_TRUE(test, m->rd->selftest_done);
	KUNIT_EXPECT_FALSE(test, m->rd->selftest_ok);
	KUNIT_EXPECT_TRUE(test, m->rd->booted);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&m->rd->boot_work));
	KUNIT_EXPECT_EQ(test, m->rd->role.role, REDUND_ROLE_FAILED);
	stop(m);
}

static void put_out_before_its_end_is_none(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->ignore = REG_SCRATCH;
	m->out_by = REG_SCRATCH;
	start(m);
	KUNIT_EXPECT_FALSE(test, m->rd->selftest_done);
	KUNIT_EXPECT_FALSE(test, m->rd->booted);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&m->rd->boot_work));
	KUNIT_EXPECT_NE(test, m->rd->role.role, REDUND_ROLE_FAILED);
	stop(m);
}

static void a_start_after_the_end_touches_nothing(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_lock(m);
	m->rd->dead = true;
	mock_unlock(m);
	start(m);
	KUNIT_EXPECT_FALSE(test, m->rd->beat.running);
	KUNIT_EXPECT_FALSE(test, hrtimer_is_queued(&m->rd->beat.tick));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&m->rd->boot_work));
	mock_lock(m);
	rd_beat_start(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_FALSE(test, hrtimer_is_queued(&m->rd->beat.tick));
	stop(m);
}

static void shutdown_pressed_while_starting(struct kunit *test)
{
	static const char text[] =
		"Other management module is not in standby, shutdown request ignored";
	struct mock *m = mock_create(test, 1);

	m->ignore = REG_SCRATCH;
	m->pressed_by = REG_SCRATCH;
	start(m);
	KUNIT_EXPECT_TRUE(test, m->rd->booted);
	KUNIT_EXPECT_FALSE(test, m->rd->shutdown_pressed);
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 1);
	stop(m);
}

static struct mock *stalling;

/* The local clock of a side that stands still after it read the common one. */
static u64 stalled_us(void)
{
	if (stalling->n_reads)
		mock_time(mock_time_get() + USEC_PER_SEC);
	stalling->n_reads = 0;
	return mock_time_get();
}

static u64 five_seconds(void)
{
	return 5 * USEC_PER_SEC;
}

static void a_stalled_reading_does_not_move_the_clock(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund *rd = m->rd;

	mock_lock(m);
	rd_clock_sync(rd);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	stalling = m;
	m->n_reads = 0;
	rd->local_us = stalled_us;
	rd_clock_sync(rd);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	KUNIT_EXPECT_EQ(test, rd_now(rd), mock_time_get());
	/* A distance that no reading between the two looks can have is corrected. */
	rd->clock_off = 10 * USEC_PER_SEC;
	m->n_reads = 0;
	rd_clock_sync(rd);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	/* A window without power says nothing. */
	rd->local_us = five_seconds;
	mock_time(U64_MAX);
	rd_clock_sync(rd);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	rd->local_us = mock_time_get;
	mock_unlock(m);
}

/* A bit that the window got wrong once: clocks do not come back from the future. */
static void a_false_reading_does_not_move_the_clock(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund *rd = m->rd;

	mock_lock(m);
	rd->clock_known = false;
	m->clock_flip = BIT_ULL(51);
	rd_clock_sync(rd);
	KUNIT_EXPECT_TRUE(test, rd->clock_known);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	m->clock_flip = BIT_ULL(51);
	rd_clock_sync(rd);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	KUNIT_EXPECT_EQ(test, rd_now(rd), mock_time_get());
	/* What two readings say is so, however far it is. */
	rd->clock_off = -(s64)BIT_ULL(51);
	rd_clock_sync(rd);
	KUNIT_EXPECT_EQ(test, rd->clock_off, 0);
	mock_unlock(m);
}

/* What a window says of itself. */
struct window {
	u32 id, version, slot;
};

static u32 window_read32(void *bp, u32 off)
{
	const struct window *w = bp;

	switch (off) {
	case REG_ID:
		return w->id;
	case REG_VERSION:
		return w->version;
	case REG_SLOT:
		return w->slot;
	default:
		return 0;
	}
}

static void a_strange_window_is_refused(struct kunit *test)
{
	static const struct redund_bp_ops ops = { .read32 = window_read32 };
	const u32 version = REDUND_VERSION_MAJOR << 16;
	struct window strange[] = {
		{ U32_MAX, U32_MAX, U32_MAX },
		{ REDUND_ID + 1, version, 1 },
		{ REDUND_ID, version + (1 << 16), 1 },
		{ REDUND_ID, version - 1, 1 },
		{ REDUND_ID, version, 0 },
		{ REDUND_ID, version, 3 },
	};
	struct device *parent = root_device_register("redund-kunit");
	struct redund *rd;
	unsigned int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(parent));
	for (i = 0; i < ARRAY_SIZE(strange); i++) {
		rd = redund_register(parent, &ops, &strange[i]);
		KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(rd), -ENODEV, "window %u", i);
	}
	root_device_unregister(parent);
}

static struct kunit_case start_cases[] = {
	MOCK_CASE(a_failed_selftest_is_a_verdict, "S-014: a failed selftest is a verdict"),
	MOCK_CASE(put_out_before_its_end_is_none, "put OUT during selftest: no verdict, anew"),
	MOCK_CASE(a_start_after_the_end_touches_nothing, "a start after the end touches nothing"),
	MOCK_CASE(shutdown_pressed_while_starting, "S-295: MM Shutdown while starting is said"),
	MOCK_CASE(a_stalled_reading_does_not_move_the_clock, "a stalled reading of the clock"),
	MOCK_CASE(a_false_reading_does_not_move_the_clock, "a false reading of the clock"),
	MOCK_CASE(a_strange_window_is_refused, "a strange window is refused"),
	{}
};

static struct kunit_suite start_suite = {
	.name = "redund-start",
	.test_cases = start_cases,
};

kunit_test_suite(start_suite);
