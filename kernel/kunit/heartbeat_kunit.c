// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heartbeats, frames and the lease against a mock back end with injected time;
 * recorded frames of each released format.
 */
#include "mock.h"
#include "frames_1_0.h"
#include "frames_1_1.h"

#define INTERVAL	(10 * USEC_PER_MSEC)

/* One tick: time goes on by an interval, the worker ran if @fresh. */
static void tick(struct mock *m, bool fresh)
{
	struct rd_beat *b = &m->rd->beat;

	mock_time(mock_time_get() + INTERVAL);
	mock_lock(m);
	if (fresh)
		m->rd->failover.stamp_us = mock_time_get();
	b->running = true;
	mock_unlock(m);
	b->tick.function(&b->tick);
	mock_lock(m);
	b->running = false;
	mock_unlock(m);
	kthread_flush_work(&m->rd->failover.stamp);
}

static void peer_beats(struct mock *m)
{
	u32 beat = mock_get32(m, REG_STATUS) & STATUS_PEER_BEAT;

	beat = (beat + (1 << STATUS_PEER_BEAT_SHIFT)) & STATUS_PEER_BEAT;
	mock_set32(m, REG_STATUS, (mock_get32(m, REG_STATUS) & ~STATUS_PEER_BEAT) | beat);
}

/* A frame of the peer as @f is published. */
static void peer_publishes(struct mock *m, struct redund_frame *f)
{
	u32 status = mock_get32(m, REG_STATUS);

	rd_rec_seal(&f->head, REDUND_FRAME_MAGIC, REDUND_FRAME_VERSION, sizeof(*f));
	memcpy(m->window + WIN_FRAME_IN, f, sizeof(*f));
	mock_status(m, (status + (1u << STATUS_PEER_SEQ_SHIFT)) & STATUS_PEER_SEQ,
		    STATUS_PEER_SEQ);
}

static struct redund_frame peer_frame(struct mock *m, u32 epoch)
{
	struct redund_frame f = {};

	mock_set32(m, REG_PEER_INCARNATION, 7);
	f.incarnation = cpu_to_le32(7);
	f.epoch = cpu_to_le32(epoch);
	f.slot = 3 - m->rd->slot;
	f.role = REDUND_ROLE_ACTIVE;
	f.selftest = REDUND_SELFTEST_PASSED;
	f.interval_ms = cpu_to_le16(20);
	f.misses = cpu_to_le16(5);
	strscpy(f.sw_version, rd_set.sw_version, sizeof(f.sw_version));
	return f;
}

static void a_steady_beat_is_three_words(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	int i;

	m->rd->booted = false;
	tick(m, true);
	for (i = 0; i < 5; i++) {
		mock_forget(m);
		peer_beats(m);
		tick(m, true);
		KUNIT_EXPECT_EQ(test, m->rd->beat.words, 3);
		KUNIT_EXPECT_EQ(test, m->n_writes, 1);
		KUNIT_EXPECT_EQ(test, m->n_reads, 1);
		KUNIT_EXPECT_EQ(test, mock_last(m, REG_BEAT), 30);
	}
}

static void no_beat_while_the_worker_does_not_run(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u64 window;
	int i, n;

	m->rd->booted = false;
	tick(m, true);
	window = max(rd_set.worker_window_ms * (u64)USEC_PER_MSEC, 4ULL * INTERVAL);
	n = div_u64(window, INTERVAL);
	mock_forget(m);
	for (i = 0; i < n; i++) {
		mock_time(mock_time_get() + INTERVAL);
		mock_lock(m);
		KUNIT_EXPECT_TRUE(test, rd_failover_fresh(m->rd));
		mock_unlock(m);
	}
	mock_time(mock_time_get() + INTERVAL);
	mock_lock(m);
	KUNIT_EXPECT_FALSE(test, rd_failover_fresh(m->rd));
	m->rd->beat.running = true;
	mock_unlock(m);
	m->rd->beat.tick.function(&m->rd->beat.tick);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 0);
	tick(m, true);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 1);
}

static void no_beat_while_the_watchdog_starves(struct kunit *test)
{
	static const char text[] =
		"watchdog-late: its user did not ping for 30 ms, beats are withheld";
	struct mock *m = mock_create(test, 1);
	struct rd_wdt *w = &m->rd->wdt;

	m->rd->booted = false;
	KUNIT_EXPECT_TRUE(test, rd_wdt_ok(m->rd));
	w->armed = true;
	w->timeout_us = 2 * INTERVAL;
	w->fed_us = mock_time_get();
	tick(m, true);
	tick(m, true);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 2);
	tick(m, true);
	tick(m, true);
	KUNIT_EXPECT_FALSE(test, rd_wdt_ok(m->rd));
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 2);
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 1);
	w->fed_us = mock_time_get();
	tick(m, true);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 3);
}

static void a_slot_that_is_out_sends_nothing(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->booted = false;
	mock_status(m, STATUS_SELF_OUT | STATUS_CAUSE, STATUS_SELF_OUT | STATUS_CAUSE);
	mock_forget(m);
	tick(m, true);
	mock_lock(m);
	rd_beat_publish(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->n_writes, 0);
}

static void a_window_of_all_ones_is_out(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	mock_set64(m, REG_STATUS, U64_MAX);
	mock_forget(m);
	mock_lock(m);
	rd_look(m->rd);
	KUNIT_EXPECT_TRUE(test, m->rd->view.self_out);
	KUNIT_EXPECT_FALSE(test, rd_failover_may_write(m->rd));
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, m->n_writes, 0);
}

static void the_lease_ends_with_the_time_out(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	m->rd->booted = false;
	tick(m, true);
	mock_time(mock_time_get() + 3 * INTERVAL - 1);
	mock_lock(m);
	KUNIT_EXPECT_TRUE(test, rd_failover_may_write(m->rd));
	mock_unlock(m);
	mock_time(mock_time_get() + 1);
	mock_lock(m);
	KUNIT_EXPECT_FALSE(test, rd_failover_may_write(m->rd));
	mock_unlock(m);
	tick(m, true);
	mock_lock(m);
	KUNIT_EXPECT_TRUE(test, rd_failover_may_write(m->rd));
	mock_unlock(m);
}

static void a_frame_is_published_only_when_it_changes(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	int i;

	mock_lock(m);
	for (i = 0; i < 3; i++)
		rd_beat_publish(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PUBLISH), 1);
	mock_lock(m);
	m->rd->role.role = REDUND_ROLE_ACTIVE;
	rd_beat_publish(m->rd);
	rd_beat_publish(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PUBLISH), 2);
}

static void misses_are_counted_each_once(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u32 missed;
	int i;

	m->rd->booted = false;
	for (i = 0; i < 10; i++) {
		peer_beats(m);
		tick(m, true);
	}
	KUNIT_EXPECT_EQ(test, m->rd->beat.missed, 0);
	for (i = 1; i <= 4; i++)
		tick(m, true);
	missed = m->rd->beat.missed;
	KUNIT_EXPECT_GE(test, missed, 3);
	KUNIT_EXPECT_LE(test, missed, 4);
	peer_beats(m);
	tick(m, true);
	KUNIT_EXPECT_EQ(test, m->rd->beat.missed, missed);
	KUNIT_EXPECT_EQ(test, m->rd->beat.silent, 0);
}

static void timers_are_adopted_from_the_owner_only(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_frame f = peer_frame(m, 5);

	/* This side owns: the peer's are its own affair. */
	peer_publishes(m, &f);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, INTERVAL);
	/* The peer owns, but the frame is of another epoch. */
	mock_owner(m, 2, 6);
	peer_publishes(m, &f);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, INTERVAL);
	f.epoch = cpu_to_le32(6);
	peer_publishes(m, &f);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, 20 * USEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, m->rd->beat.misses, 5);
	/* What is out of range is not adopted (I6). */
	f.interval_ms = cpu_to_le16(RD_INTERVAL_MAX + 1);
	peer_publishes(m, &f);
	KUNIT_EXPECT_EQ(test, m->rd->beat.interval_us, 20 * USEC_PER_MSEC);
}

static void a_peer_that_starts_anew_is_forgotten(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_frame f = peer_frame(m, 1);

	peer_publishes(m, &f);
	KUNIT_EXPECT_TRUE(test, m->rd->view.peer.valid);
	mock_status(m, STATUS_PEER_OUT, STATUS_PEER_OUT);
	KUNIT_EXPECT_FALSE(test, m->rd->view.peer.valid);
	/* Its old frame is still there, of another start. */
	mock_set32(m, REG_PEER_INCARNATION, 8);
	mock_status(m, 0, STATUS_PEER_OUT);
	KUNIT_EXPECT_FALSE(test, m->rd->view.peer.valid);
}

static void software_of_another_train_is_incompatible(struct kunit *test)
{
	static const struct {
		const char *version;
		bool incompatible;
	} rows[] = {
		{ "K.15.01", false }, { "K.15.02", false }, { "K.15.01.3", false },
		{ "K.14.01", true }, { "L.15.01", true }, { "K.1", true }, { "", true },
		{ "K.15", false }, { "K.150.1", true },
	};
	struct mock *m = mock_create(test, 1);
	struct redund_frame f = peer_frame(m, 1);
	unsigned int i;

	KUNIT_ASSERT_STREQ(test, rd_set.sw_version, "K.15.01");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		strscpy_pad(f.sw_version, rows[i].version, sizeof(f.sw_version));
		peer_publishes(m, &f);
		KUNIT_EXPECT_EQ_MSG(test, m->rd->view.peer.incompatible, rows[i].incompatible,
				    "%s", rows[i].version);
	}
}

static void another_build_is_logged_once(struct kunit *test)
{
	static const char text[] = "Mgmt Module 2 - Running different version of SW";
	struct mock *m = mock_create(test, 1);
	struct redund_frame f = peer_frame(m, 1);

	f.sw_build = cpu_to_le32(rd_set.sw_build + 1);
	peer_publishes(m, &f);
	f.role = REDUND_ROLE_STANDBY;
	peer_publishes(m, &f);
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 1);
}

static void the_standby_follows_what_the_owner_changed(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct redund_chassis_record r = { .redundancy = 1, .pending = 2 };
	struct redund_frame f = peer_frame(m, 6);
	u32 changes;

	mock_owner(m, 2, 6);
	/* Format 1.0 says nothing. */
	peer_publishes(m, &f);
	KUNIT_EXPECT_FALSE(test, m->rd->nv.stale);
	f.generation = 1;
	f.epoch = cpu_to_le32(5);
	peer_publishes(m, &f);
	KUNIT_EXPECT_FALSE(test, m->rd->nv.stale);
	f.epoch = cpu_to_le32(6);
	peer_publishes(m, &f);
	KUNIT_EXPECT_TRUE(test, m->rd->nv.stale);
	m->rd->booted = true;
	rd_nv_follow(m->rd);
	KUNIT_EXPECT_FALSE(test, m->rd->nv.stale);
	peer_publishes(m, &f);
	KUNIT_EXPECT_FALSE(test, m->rd->nv.stale);
	/* The choice and an enable: the chassis and that fabric module, once each. */
	rd_rec_seal(&r.head, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, sizeof(r));
	memcpy(m->window + WIN_NV_CHASSIS, &r, sizeof(r));
	mock_set32(m, REG_FABRIC_ENABLE, 1);
	f.generation = 2;
	peer_publishes(m, &f);
	KUNIT_EXPECT_TRUE(test, m->rd->nv.stale);
	changes = m->rd->change_seq;
	rd_nv_follow(m->rd);
	KUNIT_EXPECT_EQ(test, m->rd->change_seq, changes + 2);
	rd_nv_follow(m->rd);
	KUNIT_EXPECT_EQ(test, m->rd->change_seq, changes + 2);
}

static void each_change_of_the_owner_is_published(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	u8 before;

	m->rd->nv.generation = 255;
	mock_lock(m);
	rd_beat_publish(m->rd);
	before = m->rd->beat.out.generation;
	KUNIT_EXPECT_TRUE(test, rd_nv_store(m->rd));
	rd_beat_publish(m->rd);
	mock_unlock(m);
	KUNIT_EXPECT_EQ(test, before, 255);
	KUNIT_EXPECT_EQ(test, m->rd->beat.out.generation, 1);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_PUBLISH), 2);
}

static void long_texts_are_compared_as_published(struct kunit *test)
{
	static const char version[] = "K.15.0123456789012345678901234567890123456789";
	static const char stamp[] =
		"/ws/swbuildm/K_rel_ukiah/code/build/btm(t3a) Jun 16 2009 11:31:00";
	char *version_was = rd_set.sw_version, *stamp_was = rd_set.sw_stamp;
	struct mock *m = mock_create(test, 1);
	struct redund_frame f = peer_frame(m, 1);

	rd_set.sw_version = (char *)version;
	rd_set.sw_stamp = (char *)stamp;
	strscpy_pad(f.sw_version, version, sizeof(f.sw_version));
	strscpy_pad(f.sw_stamp, stamp, sizeof(f.sw_stamp));
	peer_publishes(m, &f);
	KUNIT_EXPECT_FALSE(test, m->rd->view.peer.incompatible);
	KUNIT_EXPECT_FALSE(test, m->rd->peer_different);
	f.sw_stamp[3] = 'x';
	peer_publishes(m, &f);
	KUNIT_EXPECT_TRUE(test, m->rd->peer_different);
	rd_set.sw_version = version_was;
	rd_set.sw_stamp = stamp_was;
}

static void rubbish_is_logged_once_and_read_once_a_tick(struct kunit *test)
{
	static const char text[] = "bad-frame: a frame of Mgmt Module 2 was unreadable";
	struct mock *m = mock_create(test, 1);
	struct redund_frame good = peer_frame(m, 1), bad = good;
	u32 words;
	int i;

	bad.role = REDUND_ROLE_DOWN + 1;
	for (i = 0; i < 20; i++) {
		mock_time(mock_time_get() + INTERVAL);
		peer_publishes(m, &bad);
	}
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 1);
	KUNIT_EXPECT_FALSE(test, m->rd->view.peer.valid);
	/* Rung at once again and again: only the status is read. */
	words = m->rd->words;
	for (i = 0; i < 10; i++)
		peer_publishes(m, &bad);
	KUNIT_EXPECT_LT(test, m->rd->words - words, 10 * WIN_FRAME_SIZE / 4);
	mock_time(mock_time_get() + INTERVAL);
	peer_publishes(m, &good);
	KUNIT_EXPECT_TRUE(test, m->rd->view.peer.valid);
	for (i = 0; i < 10; i++) {
		mock_time(mock_time_get() + INTERVAL);
		peer_publishes(m, &bad);
	}
	KUNIT_EXPECT_EQ(test, mock_logged(m, text), 2);
}

/* As the receiver of its own time would. */
static int parse_own(const u8 *raw, u8 slot, struct redund_frame *f)
{
	const struct redund_frame *as = (const void *)raw;

	return rd_frame_parse(raw, slot, le32_to_cpu(as->incarnation), f);
}

static void recorded_frames_are_read(struct kunit *test)
{
	struct redund_frame f;

	BUILD_BUG_ON(sizeof(record_1_0_frame_active) != WIN_FRAME_SIZE);
	KUNIT_EXPECT_EQ(test, parse_own(record_1_0_frame_active, 2, &f), 0);
	KUNIT_EXPECT_EQ(test, f.role, REDUND_ROLE_ACTIVE);
	KUNIT_EXPECT_STREQ(test, f.sw_version, "K.15.01");
	KUNIT_EXPECT_EQ(test, le16_to_cpu(f.interval_ms), 100);
	KUNIT_EXPECT_EQ(test, parse_own(record_1_0_frame_standby, 1, &f), 0);
	KUNIT_EXPECT_EQ(test, f.role, REDUND_ROLE_STANDBY);
	KUNIT_EXPECT_EQ(test, f.flags & FRAME_HEARS_PEER, FRAME_HEARS_PEER);
}

static void recorded_frames_1_1_are_read(struct kunit *test)
{
	struct redund_frame f;

	BUILD_BUG_ON(sizeof(record_1_1_frame_active) != WIN_FRAME_SIZE);
	KUNIT_EXPECT_EQ(test, parse_own(record_1_1_frame_active, 2, &f), 0);
	KUNIT_EXPECT_EQ(test, f.role, REDUND_ROLE_ACTIVE);
	KUNIT_EXPECT_NE(test, f.generation, 0);
	KUNIT_EXPECT_EQ(test, le16_to_cpu(f.misses), 5);
	KUNIT_EXPECT_EQ(test, parse_own(record_1_1_frame_standby, 1, &f), 0);
	KUNIT_EXPECT_EQ(test, f.role, REDUND_ROLE_STANDBY);
	KUNIT_EXPECT_EQ(test, f.flags & FRAME_HEARS_PEER, FRAME_HEARS_PEER);
}

/* Re-seals a copy with a version and a length. */
static int parse_as(struct kunit *test, u16 version, u16 length, struct redund_frame *f)
{
	u8 *raw = kunit_kzalloc(test, WIN_FRAME_SIZE, GFP_KERNEL);
	u32 incarnation;

	KUNIT_ASSERT_NOT_NULL(test, raw);
	memcpy(raw, record_1_0_frame_active, WIN_FRAME_SIZE);
	incarnation = le32_to_cpu(((struct redund_frame *)raw)->incarnation);
	rd_rec_seal((struct redund_rec_head *)raw, REDUND_FRAME_MAGIC, version, length);
	return rd_frame_parse(raw, 2, incarnation, f);
}

static void older_and_newer_frames(struct kunit *test)
{
	struct redund_frame f;

	/* Older: what the sender did not know is zero. */
	KUNIT_EXPECT_EQ(test, parse_as(test, 0x0100, offsetof(struct redund_frame, sw_version),
				       &f), 0);
	KUNIT_EXPECT_EQ(test, f.role, REDUND_ROLE_ACTIVE);
	KUNIT_EXPECT_STREQ(test, f.sw_version, "");
	/* A higher minor version is read, a higher major one is not. */
	KUNIT_EXPECT_EQ(test, parse_as(test, 0x0107, WIN_FRAME_SIZE, &f), 0);
	KUNIT_EXPECT_EQ(test, parse_as(test, 0x0200, WIN_FRAME_SIZE, &f), -EPROTONOSUPPORT);
	/* A length outside of the mailbox is garbage. */
	KUNIT_EXPECT_EQ(test, parse_as(test, 0x0100, sizeof(f.head) - 1, &f), -EBADMSG);
}

static void a_flipped_bit_anywhere_is_noticed(struct kunit *test)
{
	u8 *raw = kunit_kzalloc(test, WIN_FRAME_SIZE, GFP_KERNEL);
	u32 incarnation;
	struct redund_frame f;
	unsigned int i;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, raw);
	memcpy(raw, record_1_0_frame_active, WIN_FRAME_SIZE);
	incarnation = le32_to_cpu(((struct redund_frame *)raw)->incarnation);
	for (i = 0; i < WIN_FRAME_SIZE * 8; i++) {
		raw[i / 8] ^= BIT(i % 8);
		ret = rd_frame_parse(raw, 2, incarnation, &f);
		KUNIT_EXPECT_EQ_MSG(test, ret, -EBADMSG, "bit %u", i);
		raw[i / 8] ^= BIT(i % 8);
	}
	KUNIT_EXPECT_EQ(test, rd_frame_parse(raw, 1, incarnation, &f), -EBADMSG);
	KUNIT_EXPECT_EQ(test, rd_frame_parse(raw, 2, incarnation + 1, &f), -ESTALE);
}

static void limits_of_the_timers(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	KUNIT_EXPECT_TRUE(test, rd_heartbeat_valid(m->rd, 10, 3));
	KUNIT_EXPECT_TRUE(test, rd_heartbeat_valid(m->rd, 1000, 2));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, 1000, 3));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, 4, 3));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, 1001, 2));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, 10, 1));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, 10, 21));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, 0, 0));
	KUNIT_EXPECT_FALSE(test, rd_heartbeat_valid(m->rd, U32_MAX, U32_MAX));
}

/* The owner, module 2, runs with other timers from now on. */
static void owner_sets(struct mock *m, u16 interval_ms, u16 misses)
{
	struct redund_frame f = peer_frame(m, 6);

	mock_owner(m, 2, 6);
	f.interval_ms = cpu_to_le16(interval_ms);
	f.misses = cpu_to_le16(misses);
	rd_rec_seal(&f.head, REDUND_FRAME_MAGIC, REDUND_FRAME_VERSION, sizeof(f));
	memcpy(m->window + WIN_FRAME_IN, &f, sizeof(f));
	mock_set32(m, REG_STATUS, mock_get32(m, REG_STATUS) ^ (1u << STATUS_PEER_SEQ_SHIFT));
}

/* Without a beat at once the timer of the old 30 ms would reset this module. */
static void slower_beats_begin_with_a_beat(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct rd_beat *b = &m->rd->beat;

	m->rd->booted = false;
	tick(m, true);
	b->running = true;
	owner_sets(m, 1000, 2);
	mock_forget(m);
	mock_status(m, 0, 0);
	KUNIT_EXPECT_EQ(test, b->interval_us, 1000 * USEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 1);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_BEAT), 2000);
	KUNIT_EXPECT_EQ(test, m->rd->failover.lease_end,
			mock_time_get() + 2000 * USEC_PER_MSEC);
	KUNIT_EXPECT_TRUE(test, hrtimer_is_queued(&b->tick));
}

static void slower_beats_from_within_a_tick(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct rd_beat *b = &m->rd->beat;

	m->rd->booted = false;
	tick(m, true);
	owner_sets(m, 1000, 2);
	mock_forget(m);
	/* This tick beats with the old product before it sees the new one. */
	tick(m, true);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_BEAT), 2);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_BEAT), 2000);
	KUNIT_EXPECT_TRUE(test, hrtimer_is_queued(&b->tick));
}

/* A standby of module 2 that heard it last just now. */
static void stand_by(struct mock *m)
{
	struct redund_frame f = peer_frame(m, 6);
	struct role *r = &m->rd->role;

	mock_owner(m, 2, 6);
	mock_status(m, STATUS_PEER_MAY_TAKE, STATUS_PEER_MAY_TAKE);
	f.redundancy = 1;
	f.interval_ms = cpu_to_le16(10);
	f.misses = cpu_to_le16(3);
	peer_publishes(m, &f);
	r->role = REDUND_ROLE_STANDBY;
	r->epoch = 6;
	r->last_owner = 2;
	r->synced = true;
	r->p.fence_limit = 3;
	m->rd->booted = true;
	peer_beats(m);
	mock_set32(m, REG_PEER_BEAT,
		   (mock_get32(m, REG_STATUS) & STATUS_PEER_BEAT) >> STATUS_PEER_BEAT_SHIFT);
	tick(m, true);
	mock_forget(m);
}

/* Both stood still, and the deadline comes before the tick. */
static void deadline(struct mock *m)
{
	struct rd_beat *b = &m->rd->beat;

	b->running = true;
	b->deadline.function(&b->deadline);
	b->deadline.function(&b->deadline);
	b->running = false;
}

static void silence_after_an_own_stall_is_not_believed(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct rd_beat *b = &m->rd->beat;

	stand_by(m);
	mock_time(mock_time_get() + 10 * INTERVAL);
	deadline(m);
	KUNIT_EXPECT_TRUE(test, m->rd->view.late);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_CMD), 0);
	/* Nor within a time-out after it. */
	mock_time(mock_time_get() + 2 * INTERVAL);
	b->last_tick = mock_time_get();
	deadline(m);
	KUNIT_EXPECT_EQ(test, mock_writes(m, REG_CMD), 0);
	/* The same silence, watched by a side that was not late. */
	mock_time(mock_time_get() + 2 * INTERVAL);
	b->last_tick = mock_time_get();
	deadline(m);
	KUNIT_EXPECT_FALSE(test, m->rd->view.late);
	KUNIT_EXPECT_EQ(test, mock_last(m, REG_CMD), REDUND_CMD_FENCE);
}

static void a_worker_that_did_not_run_at_all_is_late(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct rd_failover *f = &m->rd->failover;

	m->rd->booted = false;
	tick(m, true);
	f->queued_us = mock_time_get();
	f->stamp_us = f->queued_us - 1;
	mock_time(mock_time_get() + 3 * INTERVAL);
	mock_status(m, 0, 0);
	KUNIT_EXPECT_FALSE(test, m->rd->view.late);
	mock_time(mock_time_get() + 1);
	mock_status(m, 0, 0);
	KUNIT_EXPECT_TRUE(test, m->rd->view.late);
	f->stamp_us = mock_time_get();
	mock_time(mock_time_get() + 3 * INTERVAL);
	mock_status(m, 0, 0);
	KUNIT_EXPECT_FALSE(test, m->rd->view.late);
}

static void bounds_that_do_not_fit_are_as_good_as_for_ever(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);
	struct role_params p;

	m->rd->timer_max_ms = 4294968;
	m->rd->timer_boot_ms = U32_MAX;
	rd_settings_params(m->rd, &p);
	KUNIT_EXPECT_EQ(test, p.timer_max_us, U32_MAX);
	KUNIT_EXPECT_EQ(test, p.return_us, U32_MAX);
	m->rd->timer_max_ms = 2000;
	m->rd->timer_boot_ms = 3000;
	rd_settings_params(m->rd, &p);
	KUNIT_EXPECT_EQ(test, p.timer_max_us, 3000000);
	KUNIT_EXPECT_EQ(test, p.return_us, 5000000);
}

static struct kunit_case heartbeat_cases[] = {
	MOCK_CASE(a_steady_beat_is_three_words, "S-020: a steady beat is three words"),
	MOCK_CASE(no_beat_while_the_worker_does_not_run, "no beat while the worker does not run"),
	MOCK_CASE(no_beat_while_the_watchdog_starves, "no beat while the watchdog starves"),
	MOCK_CASE(a_slot_that_is_out_sends_nothing, "a slot that is OUT sends nothing"),
	MOCK_CASE(a_window_of_all_ones_is_out, "a window of all ones is out"),
	MOCK_CASE(the_lease_ends_with_the_time_out, "the lease ends with the failover time-out"),
	MOCK_CASE(a_frame_is_published_only_when_it_changes, "a frame is published on change"),
	MOCK_CASE(misses_are_counted_each_once, "misses are counted each once"),
	MOCK_CASE(timers_are_adopted_from_the_owner_only, "timers are adopted from the owner"),
	MOCK_CASE(a_peer_that_starts_anew_is_forgotten, "a peer that starts anew is forgotten"),
	MOCK_CASE(software_of_another_train_is_incompatible,
		  "S-294: another train is incompatible, C-44"),
	MOCK_CASE(another_build_is_logged_once, "S-291: another build is logged once"),
	MOCK_CASE(the_standby_follows_what_the_owner_changed, "the standby follows the owner"),
	MOCK_CASE(each_change_of_the_owner_is_published, "each change of the owner is published"),
	MOCK_CASE(long_texts_are_compared_as_published,
		  "S-050: long texts are compared as published"),
	MOCK_CASE(rubbish_is_logged_once_and_read_once_a_tick, "I6: rubbish is logged once"),
	MOCK_CASE(recorded_frames_are_read, "recorded frames of format 1.0 are read"),
	MOCK_CASE(recorded_frames_1_1_are_read, "recorded frames of format 1.1 are read"),
	MOCK_CASE(older_and_newer_frames, "older and newer frames"),
	MOCK_CASE(a_flipped_bit_anywhere_is_noticed, "a flipped bit anywhere is noticed"),
	MOCK_CASE(bounds_that_do_not_fit_are_as_good_as_for_ever, "bounds that do not fit"),
	MOCK_CASE(limits_of_the_timers, "limits of the heartbeat timers"),
	MOCK_CASE(slower_beats_begin_with_a_beat, "slower beats begin with a beat"),
	MOCK_CASE(slower_beats_from_within_a_tick, "slower beats from within a tick"),
	MOCK_CASE(silence_after_an_own_stall_is_not_believed,
		  "silence after an own stall is not believed"),
	MOCK_CASE(a_worker_that_did_not_run_at_all_is_late, "a worker that did not run is late"),
	{}
};

static struct kunit_suite heartbeat_suite = {
	.name = "redund-heartbeat",
	.test_cases = heartbeat_cases,
};

kunit_test_suite(heartbeat_suite);
