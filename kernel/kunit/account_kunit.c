// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting against a mock back end, on a clock that the
 * test moves: every number is known in advance.
 */
#include "frames_1_3.h"
#include "mock.h"
#include "records_1_3.h"

static struct mock *active(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->role.role = REDUND_ROLE_ACTIVE;
	m->rd->role.redundancy = true;
	m->rd->booted = true;
	return m;
}

static void peer_is(struct mock *m, u8 role)
{
	m->rd->view.peer.valid = true;
	m->rd->view.peer.role = role;
}

static void account(struct mock *m)
{
	mock_lock(m);
	rd_account(m->rd);
	mock_unlock(m);
}

/* Time passes, then the event that ends it is entered. */
static void after_us(struct mock *m, u64 us)
{
	mock_time(mock_time_get() + us);
	account(m);
}

static u64 alone(struct mock *m)
{
	u64 since, us;

	mock_lock(m);
	us = rd_account_alone(m->rd, &since);
	mock_unlock(m);
	return us;
}

static void role_changes(struct mock *m, unsigned int n)
{
	struct role_action a = { .arg = REDUND_REASON_PANIC, .slot = 1, .from = 2, .flag = true };

	while (n--) {
		mock_lock(m);
		rd_hist_begin(m->rd, &a);
		rd_hist_store(m->rd);
		rd_hist_verdict(m->rd, REDUND_VERDICT_DONE);
		mock_unlock(m);
	}
}

/* Numbers of the oldest and the newest that are kept, and how many they are. */
static void kept(struct kunit *test, struct mock *m, u32 oldest, u32 newest)
{
	struct redund_history_info info;
	u32 id, n = 0;

	for (id = 0; !redund_history_info(m->rd, id, &info); id = info.id + 1) {
		if (!n++)
			KUNIT_EXPECT_EQ(test, info.id, oldest);
	}
	KUNIT_EXPECT_EQ(test, n, newest - oldest + 1);
	KUNIT_EXPECT_EQ(test, id, newest + 1);
}

static void the_newest_of_a_settable_number_are_kept(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	role_changes(m, 5);
	kept(test, m, 1, 5);
	KUNIT_EXPECT_EQ(test, redund_set_history_length(m->rd, 3, "root", &r), 0);
	kept(test, m, 3, 5);
	role_changes(m, 4);
	kept(test, m, 7, 9);
	/* What is in chassis memory is the same, and so is it after a boot. */
	mock_lock(m);
	memset(&m->rd->nv.head, 0, sizeof(m->rd->nv.head));
	memset(m->rd->nv.history, 0, sizeof(m->rd->nv.history));
	rd_nv_load(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.history_length, 3);
	kept(test, m, 7, 9);
	KUNIT_EXPECT_EQ(test, redund_set_history_length(m->rd, 16, "root", &r), 0);
	role_changes(m, 20);
	kept(test, m, 14, 29);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "history-length 3 (root)"), 1);
}

static void lengths_out_of_range_are_refused(struct kunit *test)
{
	static const u32 bad[] = { 0, REDUND_HISTORY_MAX + 1, 259, U32_MAX };
	struct mock *m = active(test);
	struct redund_answer r;
	unsigned int i;

	role_changes(m, 2);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_NE(test, redund_set_history_length(m->rd, bad[i], "root", &r), 0);
		KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_INVALID);
	}
	mock_owner(m, 2, 2);
	KUNIT_EXPECT_NE(test, redund_set_history_length(m->rd, 1, "root", &r), 0);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_NOT_ACTIVE);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.history_length, 0);
	kept(test, m, 1, 2);
}

static void time_without_redundancy_is_exact(struct kunit *test)
{
	struct mock *m = active(test);

	account(m);			/* nobody is there yet */
	after_us(m, 250000);
	peer_is(m, REDUND_ROLE_SYNCING);
	after_us(m, 750000);
	peer_is(m, REDUND_ROLE_STANDBY);
	account(m);
	KUNIT_EXPECT_EQ(test, alone(m), 1000000);
	after_us(m, 5000000);
	KUNIT_EXPECT_EQ(test, alone(m), 1000000);
	m->rd->role.peer_not_ready = REDUND_NOT_READY_LATE;
	account(m);
	after_us(m, 30000);
	m->rd->role.peer_not_ready = 0;
	account(m);
	after_us(m, 70000);
	m->rd->role.redundancy = false;
	account(m);
	after_us(m, 400);
	KUNIT_EXPECT_EQ(test, alone(m), 1030400);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->nv.head.standby_failures), 0);
	/* Only what begins or ends is written. */
	mock_forget(m);
	after_us(m, 10);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_NV_COMMIT), 0);
}

static void lost_standbys_are_counted(struct kunit *test)
{
	struct mock *m = active(test);
	const __le32 *n = &m->rd->nv.head.standby_failures;

	peer_is(m, REDUND_ROLE_STANDBY);
	account(m);
	m->rd->view.peer.valid = false;
	account(m);
	account(m);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(*n), 1);
	peer_is(m, REDUND_ROLE_SYNCING);
	account(m);
	peer_is(m, REDUND_ROLE_STANDBY);
	account(m);
	peer_is(m, REDUND_ROLE_OFFLINE);
	account(m);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(*n), 2);
	/* The operator's word is no failure, a handover is none. */
	peer_is(m, REDUND_ROLE_STANDBY);
	account(m);
	m->rd->role.handover = ROLE_HANDOVER_OFFERED;
	peer_is(m, REDUND_ROLE_TAKING_OVER);
	account(m);
	m->rd->role.handover = ROLE_HANDOVER_NONE;
	peer_is(m, REDUND_ROLE_STANDBY);
	account(m);
	m->rd->role.redundancy = false;
	peer_is(m, REDUND_ROLE_OFFLINE);
	account(m);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(*n), 2);
}

static void a_failover_ends_redundancy_when_it_is_detected(struct kunit *test)
{
	struct mock *m = active(test);
	struct role_action a = { .arg = REDUND_REASON_PANIC, .slot = 1, .from = 2, .flag = true };
	struct role_action record = { .type = ROLE_DO_RECORD };

	m->rd->hist.detect_us = mock_time_get() - 700;
	strscpy(m->rd->nv.requester, "redctl root", sizeof(m->rd->nv.requester));
	mock_lock(m);
	rd_hist_begin(m->rd, &a);
	rd_action(m->rd, &record);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, alone(m), 700);
	KUNIT_EXPECT_EQ(test, m->rd->nv.head.last_reason, REDUND_REASON_PANIC);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(m->rd->nv.head.last_clock_us), mock_time_get() - 700);
	KUNIT_EXPECT_STREQ(test, m->rd->nv.head.last_requester, "redctl root");
	/* It had ended before: nothing is lost, nothing counted twice. */
	mock_time(mock_time_get() + 1000);
	m->rd->hist.detect_us = mock_time_get() - 100;
	mock_lock(m);
	rd_hist_begin(m->rd, &a);
	rd_action(m->rd, &record);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, alone(m), 1700);
}

static void a_clock_that_started_anew(struct kunit *test)
{
	struct mock *m = active(test);

	m->rd->nv.head.alone_us = cpu_to_le64(5);
	m->rd->nv.head.alone_since_us = cpu_to_le64(mock_time_get() + 1);
	KUNIT_EXPECT_EQ(test, alone(m), 5 + mock_time_get() - 1);
}

static void a_module_knows_since_when(struct kunit *test)
{
	struct mock *m = active(test);
	u64 began = mock_time_get();

	m->rd->role.role = REDUND_ROLE_SYNCING;
	account(m);
	after_us(m, 500);
	KUNIT_EXPECT_EQ(test, rd_account_since(m->rd, 1), began);
	m->rd->role.role = REDUND_ROLE_STANDBY;
	after_us(m, 500);
	after_us(m, 500);
	KUNIT_EXPECT_EQ(test, rd_account_since(m->rd, 1), began + 1000);
	/* The other one says it itself, for the role that is seen here. */
	mock_owner(m, 1, 2);
	peer_is(m, REDUND_ROLE_STANDBY);
	after_us(m, 1000);
	KUNIT_EXPECT_EQ(test, rd_account_since(m->rd, 2), began + 2500);
	m->rd->beat.in_valid = true;
	m->rd->beat.in.role = REDUND_ROLE_STANDBY;
	m->rd->beat.in.role_us = cpu_to_le64(42);
	KUNIT_EXPECT_EQ(test, rd_account_since(m->rd, 2), 42);
	m->rd->beat.in.role = REDUND_ROLE_SYNCING;
	KUNIT_EXPECT_EQ(test, rd_account_since(m->rd, 2), began + 2500);
}

static void a_switchover_that_is_rolled_back_has_a_record(struct kunit *test)
{
	struct mock *m = active(test);
	struct role_action intent = { .type = ROLE_DO_INTENT, .slot = 2,
				      .arg = REDUND_REASON_RELOAD };
	struct role_action verdict = { .type = ROLE_DO_VERDICT, .flag = true,
				       .arg = REDUND_VERDICT_ROLLED_BACK };
	struct redund_history_info info;

	role_changes(m, 1);
	m->rd->handover_running = true;
	strscpy(m->rd->requester, "redctl root", sizeof(m->rd->requester));
	mock_lock(m);
	rd_action(m->rd, &intent);
	intent.slot = 0;
	rd_action(m->rd, &intent);
	rd_action(m->rd, &verdict);
	mock_unlock(m);
	KUNIT_ASSERT_EQ(test, redund_history_info(m->rd, 2, &info), 0);
	KUNIT_EXPECT_EQ(test, info.verdict, REDUND_VERDICT_ROLLED_BACK);
	KUNIT_EXPECT_EQ(test, info.reason, REDUND_REASON_RELOAD);
	KUNIT_EXPECT_EQ(test, info.from, 1);
	KUNIT_EXPECT_EQ(test, info.to, 1);
	KUNIT_EXPECT_FALSE(test, info.failover);
	KUNIT_EXPECT_STREQ(test, info.requester, "redctl root");
	kept(test, m, 1, 2);
}

static void load_record(struct mock *m, const u8 *record, size_t size)
{
	memcpy(m->window + WIN_NV_CHASSIS, record, size);
	mock_lock(m);
	rd_nv_load(m->rd);
	mock_unlock(m);
}

static void recorded_records_of_1_3_are_read(struct kunit *test)
{
	struct mock *m = active(test);
	const struct redund_chassis_record *r = &m->rd->nv.head;

	load_record(m, record_1_3_chassis, sizeof(record_1_3_chassis));
	KUNIT_EXPECT_EQ(test, r->history_length, 5);
	KUNIT_EXPECT_EQ(test, r->last_reason, REDUND_REASON_PANIC);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(r->standby_failures), 3);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(r->last_clock_us), 90000000);
	KUNIT_EXPECT_EQ(test, alone(m), 61500000);
	KUNIT_EXPECT_STREQ(test, r->last_requester, "redctl root");
	KUNIT_EXPECT_EQ(test, m->rd->log.next, 1);
}

static void recorded_frames_of_1_3_are_read(struct kunit *test)
{
	const struct redund_frame *now = (const void *)record_1_3_frame_standby;
	struct redund_frame f;

	BUILD_BUG_ON(sizeof(record_1_3_frame_standby) != WIN_FRAME_SIZE);
	KUNIT_EXPECT_EQ(test, rd_frame_parse(record_1_3_frame_standby, 1,
					     le32_to_cpu(now->incarnation), &f), 0);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(f.role_us), 1234567);
}

static struct kunit_case account_cases[] = {
	MOCK_CASE(the_newest_of_a_settable_number_are_kept,
		  "A-011: N is settable, N + 1 role changes keep the newest N"),
	MOCK_CASE(lengths_out_of_range_are_refused, "A-011: only the owner sets it, within limits"),
	MOCK_CASE(time_without_redundancy_is_exact,
		  "A-017: time without redundancy in a scripted scenario, to the microsecond"),
	MOCK_CASE(lost_standbys_are_counted, "A-017: lost standbys are counted"),
	MOCK_CASE(a_failover_ends_redundancy_when_it_is_detected,
		  "A-015 A-017: a failover has reason and time, and ends redundancy"),
	MOCK_CASE(a_clock_that_started_anew, "A-017: a clock that started anew"),
	MOCK_CASE(a_module_knows_since_when, "A-017: a module knows since when it is what it is"),
	MOCK_CASE(a_switchover_that_is_rolled_back_has_a_record,
		  "A-011: a switchover that is rolled back has a record"),
	MOCK_CASE(recorded_records_of_1_3_are_read, "recorded records of format 1.3 are read"),
	MOCK_CASE(recorded_frames_of_1_3_are_read, "recorded frames of format 1.3 are read"),
	{}
};

static struct kunit_suite account_suite = {
	.name = "redund-account",
	.test_cases = account_cases,
};

kunit_test_suite(account_suite);
