// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event log: the event table (written here from S-281 to S-300 and C-19
 * to C-25, not from the code), the gap-free ring.
 */
#include "mock.h"

struct row {
	u32 event, number;
	u8 severity;
	const char *text;	/* for module 2 */
};

static const struct row table[] = {
	{ 1, 62, REDUND_SEVERITY_INFORMATION,
	  "Mgmt Module 2 went down without saving crash information" },
	{ 2, 63, REDUND_SEVERITY_INFORMATION, "Mgmt Module 2 went down" },
	{ 4, 65, REDUND_SEVERITY_MAJOR, "Boot-up selftest failed" },
	{ 5, 66, REDUND_SEVERITY_INFORMATION, "Mgmt Module 2 Booted" },
	{ 8, 260, REDUND_SEVERITY_INFORMATION, "Mgmt Module 2 Active" },
	{ 9, 261, REDUND_SEVERITY_INFORMATION, "Mgmt Module 2 in Standby Mode" },
	{ 11, 263, REDUND_SEVERITY_INFORMATION, "Mgmt Module 2 Offline (redundancy disabled)" },
	{ 12, 264, REDUND_SEVERITY_WARNING, "Mgmt Module 2 Failed Selftest" },
	{ 13, 265, REDUND_SEVERITY_WARNING, "Lost Communication with Mgmt Module 2" },
	{ 14, 266, REDUND_SEVERITY_INFORMATION, "Resetting Mgmt Module 2" },
	{ 15, 267, REDUND_SEVERITY_INFORMATION,
	  "Mgmt Module 2 - Running different version of SW" },
	{ 16, 268, REDUND_SEVERITY_WARNING, "Mgmt Module 2 - Failover occurred" },
	{ 17, 269, REDUND_SEVERITY_INFORMATION,
	  "Mgmt Module 2 - User initiated switchover occurred" },
	{ 18, 270, REDUND_SEVERITY_WARNING,
	  "Mgmt Module 2 - Offline (incompatible SW versions)" },
	{ 19, 271, REDUND_SEVERITY_WARNING,
	  "Other management module is not in standby, shutdown request ignored" },
	{ 20, 272, REDUND_SEVERITY_INFORMATION, "Mgmt Module 2 Offline (shutdown)" },
	{ 22, 274, REDUND_SEVERITY_INFORMATION, "Syncing primary OS to standby" },
	{ 23, 275, REDUND_SEVERITY_INFORMATION,
	  "Standby boot image updated, rebooting standby" },
	{ 24, 276, REDUND_SEVERITY_INFORMATION, "Initial active to standby sync started" },
	{ 25, 277, REDUND_SEVERITY_INFORMATION, "Initial active to standby sync complete" },
};

static void every_row_of_the_event_table(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_event_info ev;
	unsigned int i;
	u64 id;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		id = m->rd->log.next;
		mock_lock(m);
		rd_log_event(m->rd, table[i].event, 2);
		mock_unlock(m);
		KUNIT_ASSERT_EQ(test, rd_evlog_get(&m->rd->log, id, &ev), 0);
		KUNIT_EXPECT_EQ(test, ev.number, table[i].number);
		KUNIT_EXPECT_EQ(test, ev.severity, table[i].severity);
		KUNIT_EXPECT_STREQ(test, ev.text, table[i].text);
		KUNIT_EXPECT_STREQ(test, ev.subsystem, "system");
	}
}

static void a_switchover_gives_its_reason(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_history_record *r = &m->rd->hist.rec;

	mock_lock(m);
	r->reason = REDUND_REASON_PANIC;
	rd_log_event(m->rd, 16, 1);
	r->reason = REDUND_REASON_SWITCHOVER;
	strscpy(r->requester, "CONSOLE root", sizeof(r->requester));
	rd_log_event(m->rd, 17, 1);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "reason: panic"), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "reason: switchover, by CONSOLE root"), 1);
	KUNIT_EXPECT_EQ(test, m->rd->log.next, 5);
}

static void absent_numbers_are_never_used(struct kunit *test)
{
	static const u32 absent[] = { 0, 3, 6, 7, 10, 21, 26, 1000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(absent); i++)
		KUNIT_EXPECT_EQ(test, rd_event_number(absent[i]), 0);
}

static void one_module_says_system_booted(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_status(m, 0, STATUS_PEER_PRESENT);
	mock_lock(m);
	rd_log_event(m->rd, 5, 1);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "System booted"), 1);
}

static void the_ring_is_gap_free(struct kunit *test)
{
	struct redund_event_info ev = {};
	struct rd_evlog log;
	u64 id;

	KUNIT_ASSERT_EQ(test, rd_evlog_init(&log), 0);
	KUNIT_EXPECT_EQ(test, rd_evlog_get(&log, 0, &ev), -ENOENT);
	for (id = 1; id <= 2 * RD_EVENTS + 5; id++) {
		ev.clock_us = id * 10;
		KUNIT_ASSERT_EQ(test, rd_evlog_add(&log, &ev), id);
	}
	/* The oldest that is kept, then each once. */
	for (id = RD_EVENTS + 6; id <= 2 * RD_EVENTS + 5; id++) {
		KUNIT_ASSERT_EQ(test, rd_evlog_get(&log, id == RD_EVENTS + 6 ? 0 : id, &ev), 0);
		KUNIT_ASSERT_EQ(test, ev.id, id);
		KUNIT_ASSERT_EQ(test, ev.clock_us, id * 10);
	}
	KUNIT_EXPECT_EQ(test, rd_evlog_get(&log, id, &ev), -ENOENT);
	KUNIT_EXPECT_EQ(test, rd_evlog_get(&log, U64_MAX, &ev), -ENOENT);
	rd_evlog_exit(&log);
}

static void say(struct mock *m, u32 number, const char *subsystem, const char *text)
{
	mock_lock(m);
	rd_log(m->rd, number, REDUND_SEVERITY_WARNING, 0, subsystem, "%s", text);
	mock_unlock(m);
}

/* As the next event would, a minute later. */
static void a_minute_later(struct mock *m)
{
	mock_time(mock_time_get() + 61 * USEC_PER_SEC);
	mock_lock(m);
	rd_repeat_look(m->rd);
	mock_unlock(m);
}

static void repeated_lines_are_counted(struct kunit *test)
{
	static const char bad[] = "bad-frame: a frame of Mgmt Module 2 was unreadable";
	static const char told[] = "repeated: 98 more in 61 s: redund: "
				   "bad-frame: a frame of Mgmt Module 2 was unreadable";
	struct mock *m = mock_create(test, 1);
	int i;

	for (i = 0; i < 100; i++) {
		say(m, 0, "redund", bad);
		say(m, 0, "redund", i & 1 ? "stale: one" : "stale: two");
	}
	KUNIT_EXPECT_EQ(test, mock_logged(m, bad), 2);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "stale: one"), 2);
	KUNIT_EXPECT_EQ(test, mock_logged(m, told), 0);
	a_minute_later(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, told), 1);
	KUNIT_EXPECT_EQ(test, m->rd->repeat.held, 0);
	KUNIT_EXPECT_EQ(test, m->rd->repeat.total, 98 + 48 + 48);
	/* It is news again. */
	say(m, 0, "redund", bad);
	KUNIT_EXPECT_EQ(test, mock_logged(m, bad), 3);
	a_minute_later(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, told), 1);
}

static void what_gives_way_is_told(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	char text[32];
	int i;

	for (i = 0; i < 10; i++)
		say(m, 0, "redund", "late: x");
	for (i = 0; i < 2 * RD_REPEATS; i++) {
		snprintf(text, sizeof(text), "worker-late: %d", i);
		say(m, 0, "redund", text);
	}
	KUNIT_EXPECT_EQ(test, mock_logged(m, "repeated: 8 more in 0 s: redund: late: x"), 1);
}

static void events_refusals_and_role_changes_are_never_held(struct kunit *test)
{
	static const char * const lines[] = {
		"reason: panic", "election: Mgmt Module 1, rule none",
		"switchover refused (root): busy: x",
		"rolled-back: the standby did not take over in time",
	};
	struct mock *m = mock_create(test, 1);
	int i, n;

	for (n = 0; n < 5; n++) {
		mock_lock(m);
		rd_log_event(m->rd, 13, 2);
		mock_unlock(m);
		for (i = 0; i < ARRAY_SIZE(lines); i++)
			say(m, 0, "redund", lines[i]);
		say(m, 68, "redund", "bad-frame: with a number");
	}
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		KUNIT_EXPECT_EQ(test, mock_logged(m, lines[i]), 5);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Lost Communication with Mgmt Module 2"), 5);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "bad-frame: with a number"), 5);
	KUNIT_EXPECT_EQ(test, m->rd->repeat.total, 0);
}

static void lines_of_user_space_one_behind_the_other(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	int i;

	for (i = 0; i < 10; i++)
		say(m, 0, "config", "the same");
	KUNIT_EXPECT_EQ(test, mock_logged(m, "the same"), 2);
	say(m, 0, "redund", "reason: panic");
	say(m, 0, "config", "the same");
	KUNIT_EXPECT_EQ(test, mock_logged(m, "the same"), 3);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "repeated: 8 more in 0 s: config: the same"), 1);
}

static void every_refusal_begins_with_a_word(struct kunit *test)
{
	const char *text, *end;
	u32 r;

	for (r = REDUND_REFUSAL_NOT_ACTIVE; r <= REDUND_REFUSAL_OUT; r++) {
		text = rd_refusal_text(r);
		end = strstr(text, ": ");
		KUNIT_ASSERT_NOT_NULL(test, end);
		KUNIT_EXPECT_EQ(test, strspn(text, "abcdefghijklmnopqrstuvwxyz-"), end - text);
	}
}

static struct kunit_case evlog_cases[] = {
	MOCK_CASE(every_row_of_the_event_table,
		  "S-281 S-282 S-283 S-284 S-285 S-286 S-287 S-288 S-289 S-290 S-291 S-292 "
		  "S-293 S-294 S-295 S-296: number, severity, text"),
	MOCK_CASE(a_switchover_gives_its_reason, "S-119: a switchover gives its reason"),
	MOCK_CASE(absent_numbers_are_never_used, "absent numbers are never used, C-22"),
	MOCK_CASE(one_module_says_system_booted, "S-284: one module says System booted, C-23"),
	MOCK_CASE(the_ring_is_gap_free, "the ring is gap-free"),
	MOCK_CASE(repeated_lines_are_counted, "A-073: equal lines are counted, and told"),
	MOCK_CASE(what_gives_way_is_told, "A-073: what gives way is told before"),
	MOCK_CASE(events_refusals_and_role_changes_are_never_held,
		  "A-073 I5: events, refusals and role changes are never held back"),
	MOCK_CASE(lines_of_user_space_one_behind_the_other,
		  "A-073: lines of user space one behind the other"),
	MOCK_CASE(every_refusal_begins_with_a_word, "every refusal begins with its word"),
	{}
};

static struct kunit_suite evlog_suite = {
	.name = "redund-evlog",
	.test_cases = evlog_cases,
};

kunit_test_suite(evlog_suite);
