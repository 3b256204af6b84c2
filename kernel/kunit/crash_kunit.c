// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crash area: the records of starts and their ends, the copy of the event
 * log, kernel logs; torn records and hostile content.
 */
#include <linux/prandom.h>
#include "crash_1_0.h"
#include "mock.h"

static const char went_down[] = "Mgmt Module 1 went down";
static const char went_silent[] = "Mgmt Module 1 went down without saving crash information";
static const char told_reload[] = "went-down: Operator warm reload from CONSOLE session.";
static const char told_panic[] = "went-down: Attempted to kill init! exitcode=0x0000000b";
static const char panic_text[] = "Attempted to kill init! exitcode=0x0000000b";

static struct redund_down_record *down_at(struct mock *m, u32 area, u32 seq)
{
	return (struct redund_down_record *)(m->window + area + REDUND_CRASH_DOWN_OFF) +
	       (seq - 1) % REDUND_DOWN_MAX;
}

static struct redund_event_record *line_at(struct mock *m, u32 area, u32 seq)
{
	return (struct redund_event_record *)(m->window + area + REDUND_CRASH_EVENT_OFF) +
	       (seq - 1) % REDUND_EVENT_MAX;
}

/* A start of the module with this serial number; its count is that of the records. */
static void start(struct mock *m, u32 cause)
{
	struct redund *rd = m->rd;

	memset(&rd->crash, 0, sizeof(rd->crash));
	rd->going_down = false;
	rd->boot_cause = cause;
	rd->nv.booted = le32_to_cpu(rd->nv.module.boot_count);
	strscpy(rd->inv[REDUND_INV_MM + rd->slot - 1].serial, "SN0001",
		sizeof(rd->inv[0].serial));
	rd_crash_find(rd);
	mock_lock(m);
	rd_crash_begin(rd);
	le32_add_cpu(&rd->nv.module.boot_count, 1);
	rd->role.role = REDUND_ROLE_ACTIVE;
	rd_crash_role(rd);
	mock_unlock(m);
}

static void go_down(struct mock *m, u8 reason)
{
	mock_lock(m);
	rd_going_down(m->rd, reason);
	mock_unlock(m);
}

static void told(struct mock *m, u8 why, bool warm, const char *origin)
{
	mock_lock(m);
	rd_crash_intent(m->rd, why, warm, origin, NULL);
	mock_unlock(m);
}

static void copy_log(struct mock *m)
{
	rd_crash_mirror(m->rd);
}

static void say(struct mock *m, const char *text)
{
	mock_lock(m);
	rd_log(m->rd, 179, REDUND_SEVERITY_INFORMATION, 0, "mgr", "%s", text);
	mock_unlock(m);
}

/* ---- ends ------------------------------------------------------------------------- */

static void an_end_is_told_once(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_info d;

	start(m, REDUND_RESET_POWER);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_down), 0);
	told(m, REDUND_DOWN_WHY_OPERATOR_RELOAD, true, "CONSOLE session");
	m->rd->role.role = REDUND_ROLE_BOOTING;
	go_down(m, REDUND_DOWN_REBOOT);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, 0, &d), 0);
	KUNIT_EXPECT_STREQ(test, d.text, "Operator warm reload from CONSOLE session.");
	KUNIT_EXPECT_STREQ(test, d.origin, "CONSOLE session");
	KUNIT_EXPECT_STREQ(test, d.serial, "SN0001");
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_OPERATOR_RELOAD);
	KUNIT_EXPECT_EQ(test, d.role, REDUND_ROLE_ACTIVE);
	KUNIT_EXPECT_EQ(test, d.boot_count, 1);
	KUNIT_EXPECT_TRUE(test, d.warm);
	KUNIT_EXPECT_TRUE(test, d.saved);
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 1, d.id + 1, &d), -ENOENT);
	start(m, REDUND_RESET_COMMAND);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_down), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, told_reload), 1);
	/* This start has not ended; the next tells it, and not the one before. */
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 1, 2, &d), -ENOENT);
	start(m, REDUND_RESET_BUTTON);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_down), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_silent), 1);
}

/* Cause of the reset -> why, boot line if nobody kept the system going. */
static const struct {
	u32 cause;
	u8 why;
	const char *line;
} causes[] = {
	{ REDUND_RESET_POWER, REDUND_DOWN_WHY_POWER_FAILURE,
	  "'System reboot due to Power Failure'" },
	{ REDUND_RESET_SYSTEM, REDUND_DOWN_WHY_POWER_FAILURE,
	  "'System reboot due to Power Failure'" },
	{ REDUND_RESET_TIMER, REDUND_DOWN_WHY_TIMER, "'System reboot due to Watchdog'" },
	{ REDUND_RESET_FENCE, REDUND_DOWN_WHY_FENCE, "'System reboot due to Unknown Cause'" },
	{ REDUND_RESET_BUTTON, REDUND_DOWN_WHY_RESET_BUTTON,
	  "'System reboot due to Reset Button'" },
	{ REDUND_RESET_COMMAND, REDUND_DOWN_WHY_UNKNOWN,
	  "'System reboot due to Unknown Cause'" },
};

static void a_silent_end_has_the_cause_of_its_reset(struct kunit *test)
{
	struct redund_down_info d;
	unsigned int i, lines;
	struct mock *m;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		m = mock_create(test, 2);
		start(m, REDUND_RESET_POWER);
		mock_owner(m, 0, 2);
		lines = mock_logged(m, causes[i].line);
		start(m, causes[i].cause);
		KUNIT_EXPECT_EQ(test, mock_logged(m, causes[i].line), lines + 1);
		KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 2, 0, &d), 0);
		KUNIT_EXPECT_EQ(test, d.why, causes[i].why);
		KUNIT_EXPECT_FALSE(test, d.saved);
		KUNIT_EXPECT_EQ(test, d.role, REDUND_ROLE_ACTIVE);
		/* With an active module the system did not reboot. */
		mock_owner(m, 1, 3);
		start(m, causes[i].cause);
		KUNIT_EXPECT_EQ(test, mock_logged(m, causes[i].line), lines + 1);
	}
}

/* Held in reset until the owner went down: nobody owns when it starts. */
static void a_boot_of_the_system_is_told_as_one(struct kunit *test)
{
	static const char line[] = "'System reboot due to Operator Reboot'";
	struct mock *m = mock_create(test, 2);
	struct redund_down_info d;

	start(m, REDUND_RESET_POWER);
	mock_owner(m, 0, 2);
	m->rd->nv.head.boot_reason = REDUND_REASON_BOOT_SYSTEM;
	start(m, REDUND_RESET_COMMAND);
	KUNIT_EXPECT_EQ(test, mock_logged(m, line), 1);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 2, 0, &d), 0);
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_PEER_RESET);
	KUNIT_EXPECT_FALSE(test, d.saved);
}

static void a_starved_watchdog_is_known_after_the_reset(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_info d;

	start(m, REDUND_RESET_POWER);
	mock_lock(m);
	rd_crash_starved(m->rd, true);
	mock_unlock(m);
	start(m, REDUND_RESET_TIMER);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, 0, &d), 0);
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_WATCHDOG);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_down), 1);
	/* One that came back is none. */
	mock_lock(m);
	rd_crash_starved(m->rd, true);
	rd_crash_starved(m->rd, false);
	mock_unlock(m);
	start(m, REDUND_RESET_TIMER);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, d.id + 1, &d), 0);
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_TIMER);
}

static void an_unloaded_driver_is_no_end(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_info d;

	start(m, REDUND_RESET_POWER);
	m->rd->nv.last_down = REDUND_DOWN_UNLOADED;
	start(m, REDUND_RESET_POWER);
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 1, 0, &d), -ENOENT);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->crash.rec.head.seq), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_down), 0);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_silent), 0);
}

/* When it was last alive, not when somebody looked. */
static void a_silent_end_has_the_time_of_its_last_life(struct kunit *test)
{
	struct mock *m = mock_create(test, 2);
	struct redund_down_info d;
	u64 last;

	start(m, REDUND_RESET_POWER);
	mock_time(mock_time_get() + USEC_PER_SEC);
	say(m, "still here");
	copy_log(m);
	last = le64_to_cpu(line_at(m, WIN_CRASH, m->rd->log.next - 1)->clock_us);
	/* An hour later, by both clocks. */
	down_at(m, WIN_CRASH, 1)->wall_s = cpu_to_le64(1000);
	down_at(m, WIN_CRASH, 1)->head.seq = 0;
	rd_rec_seal(&down_at(m, WIN_CRASH, 1)->head, REDUND_DOWN_MAGIC, REDUND_CRASH_VERSION,
		    sizeof(struct redund_down_record));
	mock_time(mock_time_get() + 3600 * USEC_PER_SEC);
	start(m, REDUND_RESET_TIMER);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 2, 0, &d), 0);
	KUNIT_EXPECT_FALSE(test, d.saved);
	KUNIT_EXPECT_EQ(test, d.clock_us, last);
	KUNIT_EXPECT_GT(test, d.wall_s, 1000);
}

static void another_module_is_not_told_of(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	start(m, REDUND_RESET_POWER);
	go_down(m, REDUND_DOWN_REBOOT);
	strscpy(m->rd->inv[REDUND_INV_MM].serial, "SN0002", sizeof(m->rd->inv[0].serial));
	m->rd->nv.module.boot_count = 0;
	m->rd->nv.booted = false;
	memset(&m->rd->crash, 0, sizeof(m->rd->crash));
	m->rd->going_down = false;
	rd_crash_find(m->rd);
	mock_lock(m);
	rd_crash_begin(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_logged(m, went_down), 0);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->crash.rec.head.seq), 2);
}

static void the_ring_keeps_sixteen(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_info d;
	u32 i, n = 0, next = 0;

	for (i = 0; i < 40; i++) {
		start(m, REDUND_RESET_COMMAND);
		go_down(m, REDUND_DOWN_REBOOT);
	}
	while (!redund_down_info(m->rd, 1, next, &d)) {
		KUNIT_ASSERT_EQ(test, d.id, 25 + n);
		next = d.id + 1;
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, REDUND_DOWN_MAX);
}

static void a_torn_record_is_none(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_info d;
	u32 i;

	for (i = 0; i < 3; i++) {
		start(m, REDUND_RESET_COMMAND);
		go_down(m, REDUND_DOWN_REBOOT);
	}
	/* The writing of the newest stopped in its middle. */
	memset(&down_at(m, WIN_CRASH, 3)->serial, 0, 100);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, 2, &d), 0);
	KUNIT_EXPECT_EQ(test, d.id, 2);
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 1, 3, &d), -ENOENT);
	start(m, REDUND_RESET_COMMAND);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(m->rd->crash.rec.head.seq), 3);
}

static void going_down_is_written_first(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	unsigned int i, at = 0, area = 0;

	start(m, REDUND_RESET_POWER);
	say(m, "the last line");
	mock_forget(m);
	go_down(m, REDUND_DOWN_REBOOT);
	for (i = 0; i < m->n_writes; i++) {
		if (m->write[i].off == REG_GOING_DOWN)
			at = i + 1;
		if (m->write[i].off >= WIN_CRASH && !area)
			area = i + 1;
	}
	KUNIT_EXPECT_GT(test, at, 0);
	KUNIT_EXPECT_GT(test, area, at);
	KUNIT_EXPECT_STREQ(test, line_at(m, WIN_CRASH, m->rd->log.next - 1)->text,
			   "the last line");
}

static void an_out_slot_writes_nothing(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	start(m, REDUND_RESET_POWER);
	mock_status(m, STATUS_SELF_OUT, 0);
	mock_forget(m);
	say(m, "nobody hears it");
	copy_log(m);
	mock_lock(m);
	m->rd->role.role = REDUND_ROLE_STANDBY;
	rd_crash_role(m->rd);
	rd_crash_starved(m->rd, true);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->n_writes, 0);
	mock_status(m, 0, STATUS_SELF_OUT);
	copy_log(m);
	KUNIT_EXPECT_STREQ(test, line_at(m, WIN_CRASH, m->rd->log.next - 1)->text,
			   "nobody hears it");
}

/* ---- panic ------------------------------------------------------------------------- */

static void a_panic_leaves_its_text(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_event_info ev;
	struct redund_down_info d;

	start(m, REDUND_RESET_POWER);
	copy_log(m);
	say(m, "the last line before");
	told(m, REDUND_DOWN_WHY_OPERATOR_REBOOT, false, "CONSOLE session");
	rd_crash_panic(m->rd, panic_text);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, 0, &d), 0);
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_PANIC);
	KUNIT_EXPECT_EQ(test, d.role, REDUND_ROLE_ACTIVE);
	KUNIT_EXPECT_STREQ(test, d.text, panic_text);
	KUNIT_EXPECT_STREQ(test, d.origin, "");
	KUNIT_ASSERT_EQ(test, redund_slot_event_info(m->rd, 1, m->rd->log.next - 1, &ev), 0);
	KUNIT_EXPECT_STREQ(test, ev.text, "the last line before");
	start(m, REDUND_RESET_COMMAND);
	KUNIT_EXPECT_EQ(test, mock_logged(m, told_panic), 1);
}

static void a_panic_waits_for_no_lock(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_info d;
	char text[400];

	start(m, REDUND_RESET_POWER);
	memset(text, 'x', sizeof(text));
	text[5] = '\n';
	text[sizeof(text) - 1] = 0;
	mock_lock(m);
	raw_spin_lock(&m->rd->log.lock);
	rd_crash_panic(m->rd, text);
	raw_spin_unlock(&m->rd->log.lock);
	mock_unlock(m);
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, 0, &d), 0);
	KUNIT_EXPECT_EQ(test, strlen(d.text), sizeof(d.text) - 2);
	KUNIT_EXPECT_EQ(test, d.text[5], '?');
}

/* ---- the log ----------------------------------------------------------------------- */

static void the_log_goes_on_over_starts(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_event_info ev;
	u32 first, i;
	u64 newest, id;

	start(m, REDUND_RESET_POWER);
	say(m, "before");
	copy_log(m);
	KUNIT_ASSERT_EQ(test, redund_slot_event_newest(m->rd, 1, &newest), 0);
	KUNIT_EXPECT_EQ(test, newest, m->rd->log.next - 1);
	first = newest;
	/* The next start's log begins with 1 again. */
	m->rd->log.next = 1;
	start(m, REDUND_RESET_POWER);
	for (i = 0; i < 3; i++)
		say(m, "after");
	copy_log(m);
	redund_slot_event_newest(m->rd, 1, &newest);
	KUNIT_EXPECT_EQ(test, newest, first + m->rd->log.next - 1);
	KUNIT_ASSERT_EQ(test, redund_slot_event_info(m->rd, 1, first, &ev), 0);
	KUNIT_EXPECT_STREQ(test, ev.text, "before");
	KUNIT_EXPECT_STREQ(test, ev.subsystem, "mgr");
	KUNIT_EXPECT_EQ(test, ev.number, 179);
	for (i = 0; i < 2 * REDUND_EVENT_MAX; i++) {
		say(m, "many");
		copy_log(m);
	}
	redund_slot_event_newest(m->rd, 1, &newest);
	for (id = 0, i = 0; !redund_slot_event_info(m->rd, 1, id, &ev); id = ev.id + 1, i++)
		KUNIT_ASSERT_EQ(test, ev.id, newest + 1 - REDUND_EVENT_MAX + i);
	KUNIT_EXPECT_EQ(test, i, REDUND_EVENT_MAX);
}

static void recorded_areas_are_read(struct kunit *test)
{
	struct mock *m = mock_create(test, 2);
	struct redund_event_info ev;
	struct redund_down_info d;

	memcpy(down_at(m, WIN_PEER_CRASH, 1), crash_1_0_down, sizeof(crash_1_0_down));
	memcpy(line_at(m, WIN_PEER_CRASH, 12), crash_1_0_event, sizeof(crash_1_0_event));
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 1, 0, &d), 0);
	KUNIT_EXPECT_EQ(test, d.id, 1);
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_PANIC);
	KUNIT_EXPECT_EQ(test, d.role, REDUND_ROLE_ACTIVE);
	KUNIT_EXPECT_TRUE(test, d.saved);
	KUNIT_EXPECT_STREQ(test, d.text, "sysrq triggered crash");
	KUNIT_EXPECT_STREQ(test, d.serial, "111111111111");
	KUNIT_ASSERT_EQ(test, redund_slot_event_info(m->rd, 1, 0, &ev), 0);
	KUNIT_EXPECT_EQ(test, ev.id, 12);
	KUNIT_EXPECT_EQ(test, ev.number, 260);
	KUNIT_EXPECT_STREQ(test, ev.text, "Mgmt Module 1 Active");
}

/* ---- hostile content ------------------------------------------------------------------ */

static void seal(struct redund_rec_head *head, u32 magic, u32 seq, u16 length)
{
	head->seq = cpu_to_le32(seq - 1);
	rd_rec_seal(head, magic, REDUND_CRASH_VERSION, length);
}

static void a_hostile_end_is_cut_and_cleaned(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_down_record *r = down_at(m, WIN_PEER_CRASH, 7);
	struct redund_down_info d;

	memset(r, 0xe2, sizeof(*r));
	r->flags = DOWN_ENDED;
	seal(&r->head, REDUND_DOWN_MAGIC, 7, sizeof(*r));
	KUNIT_ASSERT_EQ(test, redund_down_info(m->rd, 2, 0, &d), 0);
	KUNIT_EXPECT_EQ(test, d.id, 7);
	KUNIT_EXPECT_EQ(test, d.slot, 2);
	KUNIT_EXPECT_EQ(test, d.why, REDUND_DOWN_WHY_UNKNOWN);
	KUNIT_EXPECT_LE(test, d.role, REDUND_ROLE_DOWN);
	KUNIT_EXPECT_EQ(test, strlen(d.text), sizeof(r->text) - 1);
	KUNIT_EXPECT_EQ(test, d.text[0], '?');
	KUNIT_EXPECT_EQ(test, strlen(d.serial), sizeof(r->serial) - 1);
	/* In a wrong place, longer than its place, of a later major version. */
	seal(&r->head, REDUND_DOWN_MAGIC, 8, sizeof(*r));
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 2, 0, &d), -ENOENT);
	seal(&r->head, REDUND_DOWN_MAGIC, 7, sizeof(*r));
	r->head.length = cpu_to_le16(0xffff);
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 2, 0, &d), -ENOENT);
	r->head.seq = cpu_to_le32(6);
	rd_rec_seal(&r->head, REDUND_DOWN_MAGIC, REDUND_CRASH_VERSION + 0x100, sizeof(*r));
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 2, 0, &d), -ENOENT);
	/* A number that no module reaches. */
	seal(&r->head, REDUND_DOWN_MAGIC, 0xfffffff7, sizeof(*r));
	KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 2, 0, &d), -ENOENT);
}

static void a_hostile_line_is_cut_and_cleaned(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_event_record *r = line_at(m, WIN_PEER_CRASH, 3);
	struct redund_event_info ev;

	memset(r, 0xff, sizeof(*r));
	seal(&r->head, REDUND_EVENT_MAGIC, 3, sizeof(*r));
	KUNIT_ASSERT_EQ(test, redund_slot_event_info(m->rd, 2, 0, &ev), 0);
	KUNIT_EXPECT_EQ(test, ev.id, 3);
	KUNIT_EXPECT_LE(test, ev.number, 99999);
	KUNIT_EXPECT_LE(test, ev.severity, REDUND_SEVERITY_MAJOR);
	KUNIT_EXPECT_LE(test, ev.slot, 2);
	KUNIT_EXPECT_LT(test, strlen(ev.text), sizeof(ev.text));
	KUNIT_EXPECT_STREQ(test, ev.subsystem, "???????????");
}

static void random_areas_do_no_harm(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_crash_piece *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct redund_event_info ev;
	struct redund_down_info d;
	struct rnd_state rnd;
	u32 round, i, *w;
	u64 newest;

	KUNIT_ASSERT_NOT_NULL(test, p);
	prandom_seed_state(&rnd, 1);
	for (round = 0; round < 20; round++) {
		prandom_bytes_state(&rnd, m->window + WIN_PEER_CRASH, WIN_CRASH_SIZE);
		/* Heads that look right. */
		for (i = 0; i < REDUND_DOWN_MAX; i++) {
			w = (u32 *)down_at(m, WIN_PEER_CRASH, i + 1);
			w[0] = REDUND_DOWN_MAGIC;
			w[3] = i + 1;
		}
		for (i = 0; i < REDUND_EVENT_MAX; i++) {
			w = (u32 *)line_at(m, WIN_PEER_CRASH, i + 1);
			w[0] = REDUND_EVENT_MAGIC;
			w[3] = i + 1;
		}
		for (i = 0; i < REDUND_DMESG_MAX; i++) {
			w = (u32 *)(m->window + WIN_PEER_CRASH + REDUND_CRASH_DMESG_OFF +
				    i * REDUND_DMESG_SIZE);
			w[0] = REDUND_DMESG_MAGIC;
		}
		KUNIT_EXPECT_EQ(test, redund_down_info(m->rd, 2, 0, &d), -ENOENT);
		KUNIT_EXPECT_EQ(test, redund_slot_event_info(m->rd, 2, 0, &ev), -ENOENT);
		KUNIT_EXPECT_EQ(test, redund_slot_event_newest(m->rd, 2, &newest), 0);
		p->offset = round * 3000;
		KUNIT_EXPECT_EQ(test, redund_crash_piece(m->rd, 2, REDUND_CRASH_KIND_LOG, p), 0);
		KUNIT_EXPECT_EQ(test, p->total, 0);
		KUNIT_EXPECT_EQ(test, p->len, 0);
	}
}

/* ---- kernel logs ------------------------------------------------------------------------ */

static void dmesg(struct mock *m, u32 index, u32 seq, u32 size, char c)
{
	struct redund_dmesg_record *r = (void *)(m->window + WIN_PEER_CRASH +
						 REDUND_CRASH_DMESG_OFF +
						 index * REDUND_DMESG_SIZE);

	memset(r, 0, sizeof(*r));
	memset(r + 1, c, size);
	r->size = cpu_to_le32(size);
	seal(&r->head, REDUND_DMESG_MAGIC, seq, sizeof(*r) + size);
}

static void kernel_logs_are_read_in_pieces(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_crash_piece *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	u32 i, n[2] = {}, size = 5001;

	KUNIT_ASSERT_NOT_NULL(test, p);
	dmesg(m, 0, 9, size, 'b');
	dmesg(m, 1, 8, 100, 'a');
	do {
		KUNIT_ASSERT_EQ(test, redund_crash_piece(m->rd, 2, REDUND_CRASH_KIND_LOG, p), 0);
		KUNIT_ASSERT_EQ(test, p->total, size + 100);
		for (i = 0; i < p->len; i++) {
			/* The newest comes first. */
			KUNIT_ASSERT_EQ(test, p->data[i], p->offset + i < size ? 'b' : 'a');
			n[p->data[i] == 'a']++;
		}
		p->offset += p->len;
	} while (p->len);
	KUNIT_EXPECT_EQ(test, n[0], size);
	KUNIT_EXPECT_EQ(test, n[1], 100);
	p->offset = U32_MAX;
	KUNIT_ASSERT_EQ(test, redund_crash_piece(m->rd, 2, REDUND_CRASH_KIND_LOG, p), 0);
	KUNIT_EXPECT_EQ(test, p->len, 0);
	p->offset = WIN_CRASH_SIZE - 5;
	KUNIT_ASSERT_EQ(test, redund_crash_piece(m->rd, 2, REDUND_CRASH_KIND_DATA, p), 0);
	KUNIT_EXPECT_EQ(test, p->total, WIN_CRASH_SIZE);
	KUNIT_EXPECT_EQ(test, p->len, 5);
	KUNIT_EXPECT_EQ(test, memcmp(p->data, m->window + WIN_PEER_CRASH + WIN_CRASH_SIZE - 5, 5),
			0);
}

/* "Panic#1 Part1" and 40 equal lines, by zlib's raw deflate. */
static const u8 deflated[] = {
	0x0b, 0x48, 0xcc, 0xcb, 0x4c, 0x56, 0x36, 0x54, 0x08, 0x48, 0x2c, 0x2a,
	0x31, 0xe4, 0xb2, 0x31, 0xb0, 0x8b, 0x56, 0x50, 0x50, 0x30, 0x34, 0xd2,
	0x33, 0x36, 0x31, 0x35, 0x33, 0xb7, 0x88, 0x55, 0xf0, 0x4e, 0x2d, 0xca,
	0x4b, 0xcd, 0x51, 0x28, 0x00, 0x29, 0x53, 0xd0, 0x55, 0xc8, 0xcb, 0x2f,
	0x51, 0x28, 0xae, 0xcc, 0x4b, 0xce, 0xcc, 0x4b, 0xb7, 0x02, 0x32, 0x8a,
	0x8b, 0x0a, 0x15, 0x4a, 0x8a, 0x32, 0xd3, 0xd3, 0x53, 0x8b, 0x52, 0x53,
	0x14, 0x92, 0x8b, 0x12, 0x8b, 0x33, 0x46, 0xcd, 0x18, 0x35, 0x63, 0xd4,
	0x8c, 0x51, 0x33, 0x46, 0xcd, 0x18, 0x35, 0x63, 0xd4, 0x8c, 0x51, 0x33,
	0x46, 0xcd, 0x18, 0x35, 0x83, 0x6a, 0x66, 0x00, 0x00,
};

static void a_compressed_log_is_unpacked(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_crash_piece *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct redund_dmesg_record *r = (void *)(m->window + WIN_PEER_CRASH +
						 REDUND_CRASH_DMESG_OFF);

	KUNIT_ASSERT_NOT_NULL(test, p);
	dmesg(m, 0, 1, sizeof(deflated), 0);
	memcpy(r + 1, deflated, sizeof(deflated));
	r->compressed = 1;
	seal(&r->head, REDUND_DMESG_MAGIC, 1, sizeof(*r) + sizeof(deflated));
	KUNIT_ASSERT_EQ(test, redund_crash_piece(m->rd, 2, REDUND_CRASH_KIND_LOG, p), 0);
	KUNIT_EXPECT_EQ(test, p->total, 2734);
	KUNIT_EXPECT_FALSE(test, p->compressed);
	KUNIT_EXPECT_EQ(test, memcmp(p->data, "Panic#1 Part1\n<0>[", 18), 0);
	/* What does not unpack is given as it is. */
	((u8 *)(r + 1))[0] = 0xff;
	seal(&r->head, REDUND_DMESG_MAGIC, 1, sizeof(*r) + sizeof(deflated));
	KUNIT_ASSERT_EQ(test, redund_crash_piece(m->rd, 2, REDUND_CRASH_KIND_LOG, p), 0);
	KUNIT_EXPECT_EQ(test, p->total, sizeof(deflated));
	KUNIT_EXPECT_TRUE(test, p->compressed);
}

static void a_kernel_log_that_lies_is_none(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u8 *at = m->window + WIN_PEER_CRASH + REDUND_CRASH_DMESG_OFF;
	struct redund_dmesg_record *r = (void *)at;
	void *buf = kunit_kzalloc(test, REDUND_DMESG_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	dmesg(m, 0, 1, 1000, 'a');
	KUNIT_EXPECT_EQ(test, rd_dmesg_read(m->rd, WIN_PEER_CRASH, 0, buf), 1000);
	at[sizeof(*r) + 500] ^= 1;
	KUNIT_EXPECT_EQ(test, rd_dmesg_read(m->rd, WIN_PEER_CRASH, 0, buf), -ENOENT);
	/* Text behind its length, a record longer than its place. */
	dmesg(m, 0, 1, 1000, 'a');
	r->size = cpu_to_le32(1001);
	seal(&r->head, REDUND_DMESG_MAGIC, 1, sizeof(*r) + 1000);
	KUNIT_EXPECT_EQ(test, rd_dmesg_read(m->rd, WIN_PEER_CRASH, 0, buf), -ENOENT);
	r->size = cpu_to_le32(REDUND_DMESG_SIZE);
	seal(&r->head, REDUND_DMESG_MAGIC, 1, REDUND_DMESG_SIZE + 64);
	KUNIT_EXPECT_EQ(test, rd_dmesg_read(m->rd, WIN_PEER_CRASH, 0, buf), -ENOENT);
	r->size = cpu_to_le32(U32_MAX - 10);
	seal(&r->head, REDUND_DMESG_MAGIC, 1, sizeof(*r));
	KUNIT_EXPECT_EQ(test, rd_dmesg_read(m->rd, WIN_PEER_CRASH, 0, buf), -ENOENT);
}

static struct kunit_case crash_cases[] = {
	MOCK_CASE(an_end_is_told_once, "S-266 S-281 S-282: an end is told once, with its reason"),
	MOCK_CASE(a_silent_end_has_the_cause_of_its_reset,
		  "S-255 S-281: a silent end has the cause of its reset"),
	MOCK_CASE(a_silent_end_has_the_time_of_its_last_life,
		  "S-265: a silent end has the time of its last sign of life"),
	MOCK_CASE(a_boot_of_the_system_is_told_as_one,
		  "S-255 S-265: the other module's boot of the system is told as one"),
	MOCK_CASE(a_starved_watchdog_is_known_after_the_reset,
		  "a starved watchdog is known after the reset"),
	MOCK_CASE(an_unloaded_driver_is_no_end, "an unloaded driver is no end"),
	MOCK_CASE(another_module_is_not_told_of, "another module's end is not told as its own"),
	MOCK_CASE(the_ring_keeps_sixteen, "S-267: the ring keeps the last sixteen starts"),
	MOCK_CASE(a_torn_record_is_none, "a torn record is none"),
	MOCK_CASE(going_down_is_written_first, "going-down is written first, the area then"),
	MOCK_CASE(an_out_slot_writes_nothing, "a slot that is OUT writes nothing"),
	MOCK_CASE(a_panic_leaves_its_text, "S-260: a panic leaves its text and the last lines"),
	MOCK_CASE(a_panic_waits_for_no_lock, "a panic waits for no lock, its text is cut"),
	MOCK_CASE(the_log_goes_on_over_starts,
		  "S-229 S-259: the copy of the log goes on over starts"),
	MOCK_CASE(recorded_areas_are_read, "recorded areas of format 1.0 are read"),
	MOCK_CASE(a_hostile_end_is_cut_and_cleaned, "a hostile end is cut and cleaned, or none"),
	MOCK_CASE(a_hostile_line_is_cut_and_cleaned, "a hostile line is cut and cleaned"),
	MOCK_CASE(random_areas_do_no_harm, "random areas do no harm"),
	MOCK_CASE(kernel_logs_are_read_in_pieces, "S-260: kernel logs are read in pieces"),
	MOCK_CASE(a_compressed_log_is_unpacked, "S-260: a compressed kernel log is unpacked"),
	MOCK_CASE(a_kernel_log_that_lies_is_none, "a kernel log that lies about itself is none"),
	{}
};

static struct kunit_suite crash_suite = {
	.name = "redund-crash",
	.test_cases = crash_cases,
};

kunit_test_suite(crash_suite);
