// SPDX-License-Identifier: GPL-2.0-only
/*
 * What registered users say, against a mock back end: synchronized or not,
 * files that are being copied, the internal link; and the pairing key.
 */
#include "frames_1_1.h"
#include "frames_1_2.h"
#include "mock.h"

static const char failed[] = "sync-failed: primary: disk full";
static const char restored[] = "sync-restored: this module is synchronized again";
static const char gone[] = "sync-failed: synchronization: no program does it";

/* One that booted, as the machine sees itself. */
static struct mock *booted(struct kunit *test, u8 role, u8 owner)
{
	struct mock *m = mock_create(test, 1);
	struct role *r = &m->rd->role;

	m->rd->booted = true;
	m->rd->nv.written = true;
	m->rd->nv.head.redundancy = 1;
	mock_owner(m, owner, 3);
	r->role = role;
	r->epoch = 3;
	r->heard = true;
	r->synced = role == REDUND_ROLE_STANDBY;
	r->last_owner = owner;
	return m;
}

static struct mock *standby(struct kunit *test)
{
	struct mock *m = booted(test, REDUND_ROLE_STANDBY, 2);
	struct redund_answer r;

	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, true, true, &r), 0);
	return m;
}

/* The active, with a standby that is ready. */
static struct mock *active(struct kunit *test)
{
	struct mock *m = booted(test, REDUND_ROLE_ACTIVE, 1);
	struct role_peer *p = &m->rd->view.peer;
	struct redund_answer r;

	p->valid = true;
	p->role = REDUND_ROLE_STANDBY;
	p->selftest = REDUND_SELFTEST_PASSED;
	p->redundancy = true;
	p->epoch = 3;
	p->interval_ms = 10;
	p->misses = 3;
	p->hears_us = true;
	m->rd->view.last_beat = mock_time_get();
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, true, true, &r), 0);
	return m;
}

static const struct redund_frame *published(struct mock *m)
{
	return (const struct redund_frame *)(m->window + WIN_FRAME_OUT);
}

/* ---- synchronized or not -------------------------------------------------------------- */

static bool begin_sync(struct mock *m)
{
	bool complete;

	mock_lock(m);
	m->rd->n_pending = 0;
	rd_sync_begin(m->rd);
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
	KUNIT_EXPECT_FALSE(test, begin_sync(m));
	/* What is said before the role is decided is about the sync that follows. */
	m->rd->role.role = REDUND_ROLE_BOOTING;
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, true, "", &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 8, true, "", &r), 0);
	KUNIT_EXPECT_TRUE(test, begin_sync(m));
	/* Another active: both were synchronized with the one before. */
	m->rd->role.role = REDUND_ROLE_SYNCING;
	KUNIT_EXPECT_FALSE(test, begin_sync(m));
}

static void a_lost_sync_is_told_once_and_given_back(struct kunit *test)
{
	struct mock *m = standby(test);
	struct redund_mm_info mm;
	struct redund_answer r;

	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 8, true, true, &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, false, "primary: disk full", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.role, REDUND_ROLE_STANDBY);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, REDUND_NOT_READY_SYNC_FAILED);
	redund_mm_info(m->rd, 1, &mm);
	KUNIT_EXPECT_STREQ(test, mm.sync_text, "primary: disk full");
	KUNIT_EXPECT_STREQ(test, published(m)->sync_text, "primary: disk full");
	/* The other one has everything: that is not enough. */
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 8, true, "", &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, false, "config: disk full", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, REDUND_NOT_READY_SYNC_FAILED);
	KUNIT_EXPECT_STREQ(test, published(m)->sync_text, "config: disk full");
	KUNIT_EXPECT_EQ(test, mock_logged(m, failed), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, restored), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 7, true, "no text then", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, 0);
	KUNIT_EXPECT_STREQ(test, published(m)->sync_text, "");
	KUNIT_EXPECT_EQ(test, mock_logged(m, restored), 1);
}

static void who_synchronized_it_and_died_is_missed(struct kunit *test)
{
	struct mock *m = standby(test);
	struct redund_answer r;

	redund_user_release(m->rd, 7);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, REDUND_NOT_READY_SYNC_FAILED);
	KUNIT_EXPECT_EQ(test, mock_logged(m, gone), 1);
	/* The next one has to say it; that it is there is not enough. */
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 9, true, true, &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 9, false, "config: waits", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, REDUND_NOT_READY_SYNC_FAILED);
	KUNIT_EXPECT_EQ(test, redund_sync_ack(m->rd, 9, true, "", &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, 0);
	/* One that ends it in order is not. */
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 9, true, false, &r), 0);
	redund_user_release(m->rd, 9);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, 0);
}

static void an_initial_sync_does_not_pass_by_a_death(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_answer r;

	mock_owner(m, 2, 2);
	m->rd->role.role = REDUND_ROLE_SYNCING;
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, false, true, &r), 0);
	redund_user_release(m->rd, 7);
	KUNIT_EXPECT_FALSE(test, begin_sync(m));
	m->rd->sync_gone = false;
	KUNIT_EXPECT_TRUE(test, begin_sync(m));
	/* Nor where somebody has to come first. */
	rd_set.sync_required = true;
	KUNIT_EXPECT_FALSE(test, begin_sync(m));
	rd_set.sync_required = false;
}

static void a_phase_does_not_wait_for_who_left_it(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_answer r;

	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, true, true, &r), 0);
	mock_lock(m);
	rd_config_phase(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_TRUE(test, m->rd->config_waiting);
	KUNIT_ASSERT_EQ(test, redund_user_register(m->rd, 7, false, true, &r), 0);
	KUNIT_EXPECT_FALSE(test, m->rd->config_waiting);
}

/* ---- files that are being copied ---------------------------------------------------------- */

static void a_switchover_waits_for_what_is_copied(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_chassis_info info;
	struct redund_answer r = {};
	u32 id;

	KUNIT_ASSERT_EQ(test, redund_switchover_check(m->rd, false, &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, true, 12, "primary image", &r), 0);
	KUNIT_EXPECT_EQ(test, redund_switchover_check(m->rd, false, &r), -EBUSY);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_SYNCING);
	KUNIT_EXPECT_STREQ(test, r.sync_text, "primary image");
	KUNIT_EXPECT_EQ(test, r.seconds_left, 12);
	KUNIT_EXPECT_EQ(test, redund_switchover(m->rd, false, "kunit", &id, &r), -EBUSY);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_SYNCING);
	KUNIT_EXPECT_EQ(test, m->rd->handover_id, 0);
	redund_chassis_info(m->rd, &info);
	KUNIT_EXPECT_FALSE(test, info.switchover_ready);
	KUNIT_EXPECT_STREQ(test, info.sync_busy, "primary image");
	mock_time(mock_time_get() + 2 * USEC_PER_SEC);
	redund_chassis_info(m->rd, &info);
	KUNIT_EXPECT_EQ(test, info.sync_seconds, 10);
	/* A forced one does not wait (C-02). */
	KUNIT_EXPECT_EQ(test, redund_switchover_check(m->rd, true, &r), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, false, 0, "", &r), 0);
	KUNIT_EXPECT_EQ(test, redund_switchover_check(m->rd, false, &r), 0);
}

/* MM Shutdown, as the interrupt of the button brings it. */
static void press(struct mock *m)
{
	mock_lock(m);
	rd_panel_buttons(m->rd, CAUSE_BUTTON_SHUTDOWN);
	mock_unlock(m);
}

static bool waits(struct mock *m)
{
	bool waiting;

	mock_lock(m);
	rd_shutdown_wait(m->rd);
	waiting = m->rd->shutdown_until && !m->rd->n_pending;
	mock_unlock(m);
	return waiting;
}

static void mm_shutdown_waits_for_what_is_copied(struct kunit *test)
{
	struct mock *m = standby(test);
	struct redund_chassis_info info;
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, true, 3, "config", &r), 0);
	press(m);
	KUNIT_EXPECT_TRUE(test, waits(m));
	KUNIT_EXPECT_TRUE(test, m->rd->dwn_flash);
	redund_chassis_info(m->rd, &info);
	KUNIT_EXPECT_STREQ(test, info.waiting_for, "sync");
	press(m);
	mock_time(mock_time_get() + 29 * USEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, waits(m));
	KUNIT_EXPECT_EQ(test, m->rd->role.role, REDUND_ROLE_STANDBY);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_GOING_DOWN), 0);
	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, false, 0, "", &r), 0);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_GOING_DOWN), REDUND_DOWN_SHUTDOWN);
	KUNIT_EXPECT_EQ(test, mock_logged(m, "Mgmt Module 1 Offline (shutdown)"), 1);
}

static void mm_shutdown_does_not_wait_for_ever(struct kunit *test)
{
	struct mock *m = standby(test);
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, true, 0, "config", &r), 0);
	press(m);
	KUNIT_EXPECT_TRUE(test, waits(m));
	mock_time(mock_time_get() + 30 * USEC_PER_SEC);
	KUNIT_EXPECT_FALSE(test, waits(m));
	KUNIT_ASSERT_EQ(test, m->rd->n_pending, 1);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].type, ROLE_EV_SHUTDOWN);
	/* Who copied and died is waited for no longer either. */
	m = standby(test);
	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, true, 0, "config", &r), 0);
	press(m);
	redund_user_release(m->rd, 7);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_GOING_DOWN), REDUND_DOWN_SHUTDOWN);
}

static void an_ignored_shutdown_is_answered_at_once(struct kunit *test)
{
	struct mock *m = active(test);
	struct redund_answer r;

	m->rd->view.peer.role = REDUND_ROLE_SYNCING;
	KUNIT_EXPECT_EQ(test, redund_sync_busy(m->rd, 7, true, 3, "config", &r), 0);
	press(m);
	KUNIT_EXPECT_EQ(test, m->rd->shutdown_until, 0);
	KUNIT_ASSERT_EQ(test, m->rd->n_pending, 1);
	KUNIT_EXPECT_EQ(test, m->rd->pending[0].type, ROLE_EV_SHUTDOWN);
}

/* ---- the internal link ----------------------------------------------------------------------- */

static bool alive(struct mock *m)
{
	bool yes;

	mock_lock(m);
	yes = rd_link_alive(m->rd);
	mock_unlock(m);
	return yes;
}

static void either_path_lost_is_reported(struct kunit *test)
{
	static const char lost[] = "link-lost: Mgmt Module 2 is not heard over the internal link";
	static const char back[] = "link-restored: Mgmt Module 2 is heard over the internal link";
	struct mock *m = standby(test);
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 8, REDUND_LINK_STATE_UP, &r), -EINVAL);
	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 7, 4, &r), -EINVAL);
	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 7, REDUND_LINK_STATE_ALIVE, &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, 0);
	KUNIT_EXPECT_EQ(test, published(m)->link, REDUND_LINK_STATE_ALIVE);
	KUNIT_EXPECT_TRUE(test, alive(m));
	/* A user that hangs says nothing any more. */
	mock_time(mock_time_get() + 3 * USEC_PER_SEC);
	KUNIT_EXPECT_FALSE(test, alive(m));
	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 7, REDUND_LINK_STATE_ALIVE, &r), 0);
	KUNIT_EXPECT_TRUE(test, alive(m));
	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 7, REDUND_LINK_STATE_DOWN, &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, REDUND_NOT_READY_LINK_LOST);
	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 7, REDUND_LINK_STATE_UP, &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, REDUND_NOT_READY_LINK_LOST);
	KUNIT_EXPECT_EQ(test, redund_link_report(m->rd, 7, REDUND_LINK_STATE_ALIVE, &r), 0);
	KUNIT_EXPECT_EQ(test, m->rd->role.not_ready, 0);
	KUNIT_EXPECT_EQ(test, mock_logged(m, lost), 1);
	KUNIT_EXPECT_EQ(test, mock_logged(m, back), 2);
}

static int parse(const u8 *raw, u8 slot, struct redund_frame *f)
{
	const struct redund_frame *in = (const void *)raw;

	return rd_frame_parse(raw, slot, le32_to_cpu(in->incarnation), f);
}

static void frames_of_1_2_are_read(struct kunit *test)
{
	struct redund_frame f;
	u8 *bad;

	BUILD_BUG_ON(sizeof(record_1_2_frame_active) != WIN_FRAME_SIZE);
	KUNIT_EXPECT_EQ(test, parse(record_1_2_frame_active, 2, &f), 0);
	KUNIT_EXPECT_EQ(test, f.link, REDUND_LINK_STATE_ALIVE);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(f.role_us), 0);
	KUNIT_EXPECT_STREQ(test, f.sync_text, "");
	KUNIT_EXPECT_EQ(test, parse(record_1_2_frame_standby, 1, &f), 0);
	KUNIT_EXPECT_EQ(test, f.link, REDUND_LINK_STATE_DOWN);
	KUNIT_EXPECT_STREQ(test, f.sync_text, "primary: disk full");
	/* What an older sender did not know is not said. */
	KUNIT_EXPECT_EQ(test, parse(record_1_1_frame_active, 2, &f), 0);
	KUNIT_EXPECT_EQ(test, f.link, REDUND_LINK_STATE_NONE);
	KUNIT_EXPECT_EQ(test, parse(record_1_1_frame_standby, 1, &f), 0);
	KUNIT_EXPECT_EQ(test, f.link, REDUND_LINK_STATE_NONE);
	KUNIT_EXPECT_STREQ(test, f.sync_text, "");
	bad = kunit_kzalloc(test, WIN_FRAME_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, bad);
	memcpy(bad, record_1_2_frame_active, WIN_FRAME_SIZE);
	((struct redund_frame *)bad)->link = REDUND_LINK_STATE_ALIVE + 1;
	rd_rec_seal((struct redund_rec_head *)bad, REDUND_FRAME_MAGIC, REDUND_FRAME_VERSION,
		    WIN_FRAME_SIZE);
	KUNIT_EXPECT_EQ(test, parse(bad, 2, &f), -EBADMSG);
}

/* ---- the pairing key --------------------------------------------------------------- */

static void the_first_active_makes_the_key(struct kunit *test)
{
	struct mock *m = booted(test, REDUND_ROLE_TAKING_OVER, 1);
	u8 key[REDUND_PAIRING_KEY], again[REDUND_PAIRING_KEY];
	struct redund_answer r;

	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, key, &r), -ENOKEY);
	KUNIT_EXPECT_EQ(test, r.refusal, REDUND_REFUSAL_NO_KEY);
	memset(m->rd->nv.key, 0x5a, sizeof(m->rd->nv.key));
	m->rd->nv.has_key = true;
	mock_lock(m);
	rd_nv_active(m->rd, false);
	rd_nv_store(m->rd);
	m->rd->role.role = REDUND_ROLE_ACTIVE;
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, key, &r), 0);
	KUNIT_EXPECT_EQ(test, key[0], 0x5a);
	/* The next one keeps it. */
	memset(m->rd->nv.key, 0xa5, sizeof(m->rd->nv.key));
	mock_lock(m);
	rd_nv_active(m->rd, false);
	rd_nv_store(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, again, &r), 0);
	KUNIT_EXPECT_MEMEQ(test, key, again, sizeof(key));
	/* The other module reads it where it lies. */
	mock_owner(m, 2, 4);
	m->rd->role.role = REDUND_ROLE_SYNCING;
	memset(&m->rd->nv.head, 0, sizeof(m->rd->nv.head));
	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, again, &r), 0);
	KUNIT_EXPECT_MEMEQ(test, key, again, sizeof(key));
}

/* Without random numbers at its start the active makes it when it is asked. */
static void a_key_that_is_not_kept_is_none(struct kunit *test)
{
	struct mock *m = booted(test, REDUND_ROLE_ACTIVE, 1);
	u8 key[REDUND_PAIRING_KEY], again[REDUND_PAIRING_KEY];
	struct redund_answer r;

	m->nv_result = REDUND_RES_OUT;
	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, key, &r), -ENOKEY);
	m->nv_result = 0;
	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, key, &r), 0);
	KUNIT_EXPECT_NOT_NULL(test, memchr_inv(key, 0, sizeof(key)));
	KUNIT_EXPECT_EQ(test, redund_pairing_key(m->rd, again, &r), 0);
	KUNIT_EXPECT_MEMEQ(test, key, again, sizeof(key));
	KUNIT_EXPECT_MEMEQ(test, key, m->window + WIN_NV_CHASSIS +
			   offsetof(struct redund_chassis_record, pairing_key), sizeof(key));
}

/* ---- events of the synchronization --------------------------------------------------- */

static void events_of_the_sync_are_logged_as_the_chapter_has_them(struct kunit *test)
{
	static const struct redund_event_info lines[] = {
		{ .number = 274, .text = "Syncing primary OS to standby" },
		{ .number = 274, .text = "Syncing secondary OS to standby" },
		{ .number = 275, .text = "Standby boot image updated, rebooting standby" },
		{ .number = 276, .text = "Initial active to standby sync started" },
		{ .number = 277, .text = "Initial active to standby sync complete" },
	};
	struct mock *m = booted(test, REDUND_ROLE_ACTIVE, 1);
	struct redund_event_info ev, got;
	struct redund_answer r;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		ev = lines[i];
		ev.severity = REDUND_SEVERITY_INFORMATION;
		strscpy(ev.subsystem, "system", sizeof(ev.subsystem));
		KUNIT_EXPECT_EQ(test, redund_event_add(m->rd, &ev, &r), 0);
		KUNIT_ASSERT_EQ(test, rd_evlog_get(&m->rd->log, m->rd->log.next - 1, &got), 0);
		KUNIT_EXPECT_EQ(test, got.number, lines[i].number);
		KUNIT_EXPECT_STREQ(test, got.text, lines[i].text);
	}
	for (i = 22; i <= 25; i++)
		KUNIT_EXPECT_EQ(test, rd_event_number(i), 252 + i);
}

static struct kunit_case user_cases[] = {
	MOCK_CASE(each_initial_sync_is_acknowledged_anew, "each initial sync is acknowledged anew"),
	MOCK_CASE(a_lost_sync_is_told_once_and_given_back,
		  "A-053: a lost sync is told once, with its item, and given back"),
	MOCK_CASE(who_synchronized_it_and_died_is_missed,
		  "A-053: who synchronized it and died is missed"),
	MOCK_CASE(an_initial_sync_does_not_pass_by_a_death,
		  "A-021: an initial sync does not pass by a death"),
	MOCK_CASE(a_phase_does_not_wait_for_who_left_it, "a phase does not wait for who left it"),
	MOCK_CASE(a_switchover_waits_for_what_is_copied,
		  "S-076 C-02: a switchover waits for what is copied"),
	MOCK_CASE(mm_shutdown_waits_for_what_is_copied,
		  "S-139: MM Shutdown waits for what is copied"),
	MOCK_CASE(mm_shutdown_does_not_wait_for_ever, "S-139: MM Shutdown does not wait for ever"),
	MOCK_CASE(an_ignored_shutdown_is_answered_at_once,
		  "S-147: an ignored shutdown is answered at once"),
	MOCK_CASE(either_path_lost_is_reported, "A-030: either path lost is reported"),
	MOCK_CASE(frames_of_1_2_are_read, "frames of format 1.2 are read"),
	MOCK_CASE(the_first_active_makes_the_key, "the first active makes the pairing key"),
	MOCK_CASE(a_key_that_is_not_kept_is_none, "a pairing key that is not kept is none"),
	MOCK_CASE(events_of_the_sync_are_logged_as_the_chapter_has_them,
		  "S-297 S-298 S-299 S-300: events 22 to 25 as the chapter has them"),
	{}
};

static struct kunit_suite user_suite = {
	.name = "redund-user",
	.test_cases = user_cases,
};

kunit_test_suite(user_suite);
