// SPDX-License-Identifier: GPL-2.0-only
/*
 * Heartbeats: sending and receiving beats and frames, counting misses. Owns
 * struct rd_beat, the content of a sent frame and what follows from a received
 * one (record.c judges it).
 *
 * Timers, both pinned and in hard interrupt context:
 *
 * tick		each heartbeat interval, for as long as the instance is booted;
 *		armed by rd_beat_start(), re-arms itself. Writes one beat (which
 *		counts up, re-arms the failover timer and rings the peer) and
 *		reads the combined status: three 32-bit words, and no more while
 *		nothing changes. A beat is written only while rd_failover_fresh()
 *		says that more than interrupts is alive here.
 * deadline	role_next(), when that is earlier than the next tick; armed after
 *		each event by rd_beat_deadline().
 *
 * The interrupt of a peer's beat is never enabled: the tick sees it in the
 * status register, and an interrupt a beat would double the accesses.
 */
#include <linux/string.h>
#include "plant.h"
#include "redund.h"
#include "trace.h"

#define RD_FRAME_TRIES	3

/* ---- sending ------------------------------------------------------------------ */

/* The peer's good frames and its beats arrive here. */
static bool rd_beat_hears(const struct redund *rd)
{
	const struct rd_beat *b = &rd->beat;
	u64 limit = 2ULL * b->interval_us * b->misses;

	return b->in_valid && b->last_us && rd->now_last - b->last_us < limit;
}

static u8 rd_frame_flags(const struct redund *rd)
{
	u8 flags = 0;

	if (rd->role.redundancy)
		flags |= FRAME_REDUNDANCY_ENABLED;
	if (rd->wdt.armed)
		flags |= FRAME_WDT_ARMED;
	if (rd_beat_hears(rd))
		flags |= FRAME_HEARS_PEER;
	if (rd->role.shut_down)
		flags |= FRAME_TAKING_SHUTDOWN;
	return flags;
}

static u8 rd_frame_selftest(const struct redund *rd)
{
	if (!rd->selftest_done)
		return REDUND_SELFTEST_RUNNING;
	return rd->selftest_ok ? REDUND_SELFTEST_PASSED : REDUND_SELFTEST_FAILED;
}

/* The record of the previous boot: nothing of this one decides an election. */
static void rd_frame_record(const struct redund *rd, struct redund_frame *f)
{
	const struct role_candidate *c = &rd->self_cand;

	f->boot_count = cpu_to_le32(c->boot_count);
	f->activation = cpu_to_le32(c->activation);
	f->last_role = c->last_role;
	f->ever_booted = c->ever_booted;
}

static void rd_frame_fill(struct redund *rd, struct redund_frame *f)
{
	memset(f, 0, sizeof(*f));
	f->head = rd->beat.out.head;
	f->incarnation = cpu_to_le32(rd->incarnation);
	f->epoch = cpu_to_le32(rd->view.epoch);
	f->slot = rd->slot;
	f->role = rd->role.role;
	f->cause = rd->role.offline_cause;
	f->flags = rd_frame_flags(rd);
	f->not_ready = cpu_to_le32(rd->role.not_ready);
	f->interval_ms = cpu_to_le16(rd->beat.interval_us / USEC_PER_MSEC);
	f->misses = cpu_to_le16(rd->beat.misses);
	f->timer_ms = cpu_to_le32(rd_failover_ms(rd));
	f->boot_us = cpu_to_le64(rd->boot_us);
	rd_frame_record(rd, f);
	f->selftest = rd_frame_selftest(rd);
	f->boot_image = rd_settings_image();
	strscpy_pad(f->sw_version, rd_set.sw_version, sizeof(f->sw_version));
	strscpy_pad(f->sw_stamp, rd_set.sw_stamp, sizeof(f->sw_stamp));
	f->sw_build = cpu_to_le32(rd_set.sw_build);
	f->redundancy = rd->role.redundancy;
	f->phase = rd->role.phase;
	f->generation = rd->nv.generation;
	f->link = rd->link;
	strscpy_pad(f->sync_text, rd_sync_text(rd), sizeof(f->sync_text));
	f->role_us = cpu_to_le64(rd->account.role[rd->slot - 1] == f->role ?
				 rd->account.since_us[rd->slot - 1] : 0);
}

/**
 * rd_beat_publish() - publish the frame if its content changed
 * @rd: instance
 *
 * Context: redund.lock. Nothing is published by a slot that is OUT.
 */
void rd_beat_publish(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;
	struct redund_frame *f = (struct redund_frame *)b->buf;
	const size_t head = sizeof(f->head);

	BUILD_BUG_ON(sizeof(struct redund_frame) != WIN_FRAME_SIZE);
	lockdep_assert_held(&rd->lock);
	if (rd->dead || rd->going_down || rd->view.self_out)
		return;
	rd_frame_fill(rd, f);
	if (!memcmp(b->buf + head, (u8 *)&b->out + head, sizeof(*f) - head))
		return;
	rd_rec_seal(&f->head, REDUND_FRAME_MAGIC, REDUND_FRAME_VERSION, sizeof(*f));
	b->out = *f;
	rd_write_area(rd, WIN_FRAME_OUT, b->buf, sizeof(*f));
	rd_write32(rd, REG_PUBLISH, 1);
}

/* One write: counts up, re-arms the timer, rings the peer. */
static void rd_beat_send(struct redund *rd)
{
	if (rd->beat.stopped || rd->going_down || rd->view.self_out ||
	    !rd_failover_fresh(rd) || !rd_wdt_fresh(rd))
		return;
	rd_write32(rd, REG_BEAT, rd_failover_ms(rd));
	rd_failover_armed(rd);
	rd->beat.sent++;
}

/* ---- receiving ---------------------------------------------------------------- */

/*
 * Same major.minor train: different at most (event 15); another train:
 * incompatible (event 18), see C-44. "K.12.30" is of the train "K.12".
 */
static bool rd_same_train(const char *a, const char *b)
{
	unsigned int dots = 0;

	for (; *a && *a == *b; a++, b++)
		if (*a == '.' && ++dots == 2)
			return true;
	if (*a == *b)
		return true;
	/* One of them may end where the other goes on with ".patch". */
	return dots == 1 && ((!*a && *b == '.') || (!*b && *a == '.'));
}

/* Compared with what the peer sees of this side: a frame cuts long texts. */
static void rd_peer_software(struct redund *rd, const struct redund_frame *f)
{
	char own[sizeof(f->sw_version)];
	bool differs;

	strscpy(own, rd_set.sw_version, sizeof(own));
	differs = strcmp(f->sw_version, own) ||
		  strncmp(f->sw_stamp, rd_set.sw_stamp, sizeof(f->sw_stamp) - 1) ||
		  le32_to_cpu(f->sw_build) != rd_set.sw_build;
	rd->view.peer.incompatible = !rd_same_train(f->sw_version, own);
	if (!differs || rd->view.peer.incompatible) {
		rd->peer_different = false;
	} else if (!rd->peer_different) {
		rd->peer_different = true;
		rd_log_event(rd, 15, rd_peer(rd));
	}
}

static void rd_peer_record(struct redund *rd, const struct redund_frame *f)
{
	struct role_candidate *c = &rd->view.peer.record;

	memset(c, 0, sizeof(*c));
	c->present = true;
	c->failed = f->selftest == REDUND_SELFTEST_FAILED;
	c->ever_booted = f->ever_booted;
	c->last_role = f->last_role;
	c->activation = le32_to_cpu(f->activation);
	c->boot_count = le32_to_cpu(f->boot_count);
	c->readable = true;
}

/* The active's settings become the standby's, only from the epoch's owner (I1). */
static void rd_peer_adopt(struct redund *rd)
{
	const struct role_peer *p = &rd->view.peer;

	if (rd->view.owner != rd_peer(rd) || p->epoch != rd->view.epoch || !p->interval_ms)
		return;
	if (!rd_heartbeat_valid(rd, p->interval_ms, p->misses))
		return;
	rd_beat_settings(rd, p->interval_ms * USEC_PER_MSEC, p->misses);
}

/* The owner changed records or enables: this side reads them, in a worker. */
static void rd_peer_changed(struct redund *rd, const struct redund_frame *f)
{
	const struct role_peer *p = &rd->view.peer;

	if (rd->view.owner != rd_peer(rd) || p->epoch != rd->view.epoch ||
	    f->generation == rd->beat.generation)
		return;
	rd->beat.generation = f->generation;
	rd->nv.stale = true;
}

static void rd_peer_take(struct redund *rd, const struct redund_frame *f)
{
	struct role_peer *p = &rd->view.peer;

	p->valid = true;
	p->role = f->role;
	p->offline_cause = f->cause;
	p->selftest = f->selftest;
	p->redundancy = f->redundancy;
	p->not_ready = le32_to_cpu(f->not_ready);
	p->incarnation = le32_to_cpu(f->incarnation);
	p->epoch = le32_to_cpu(f->epoch);
	p->interval_ms = le16_to_cpu(f->interval_ms);
	p->misses = le16_to_cpu(f->misses);
	p->timer_ms = le32_to_cpu(f->timer_ms);
	p->hears_us = f->flags & FRAME_HEARS_PEER;
	rd_peer_record(rd, f);
	rd_peer_software(rd, f);
	rd_peer_changed(rd, f);
}

/* A format of a higher major version: nothing in it is understood (event 18). */
static void rd_peer_unknown(struct redund *rd)
{
	struct role_peer *p = &rd->view.peer;

	memset(p, 0, sizeof(*p));
	p->valid = true;
	p->incompatible = true;
	p->role = REDUND_ROLE_OFFLINE;
	p->offline_cause = REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
	p->selftest = REDUND_SELFTEST_PASSED;
}

static int rd_frame_read(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;
	u32 incarnation = rd_read32(rd, REG_PEER_INCARNATION);
	struct redund_frame f;
	int ret;

	rd_read_area(rd, WIN_FRAME_IN, b->buf, WIN_FRAME_SIZE);
	ret = rd_frame_parse(b->buf, rd_peer(rd), incarnation, &f);
	if (ret == -EPROTONOSUPPORT) {
		b->in_valid = false;
		rd_peer_unknown(rd);
	} else if (!ret) {
		if (f.link != b->in.link || strcmp(f.sync_text, b->in.sync_text))
			rd_change(rd, REDUND_OBJECT_MM, rd_peer(rd));
		b->in = f;
		b->in_valid = true;
		rd_peer_take(rd, &f);
		rd_peer_adopt(rd);
	}
	return ret;
}

/**
 * rd_beat_peer() - read the peer's frame if there is a new one
 * @rd: instance, with its status just read
 *
 * A frame whose CRC is wrong was torn by the next publication, or is really
 * bad; it is tried again at most RD_FRAME_TRIES times, one look each. A peer
 * that goes on publishing rubbish is logged once, and read once a tick however
 * often it rings.
 *
 * Context: redund.lock.
 */
void rd_beat_peer(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;
	int seq = (rd->status & STATUS_PEER_SEQ) >> STATUS_PEER_SEQ_SHIFT;
	int ret;

	if (seq == b->seen_seq || rd->view.peer_out || !rd->view.peer_present)
		return;
	if (b->bad_said && rd_now(rd) - b->bad_us < b->interval_us / 2)
		return;
	ret = rd_frame_read(rd);
	b->bad_us = rd_now(rd);
	if (ret == -EBADMSG && ++b->bad < RD_FRAME_TRIES)
		return;
	if (ret == -EBADMSG && !b->bad_said)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd_peer(rd), "redund",
		       "bad-frame: a frame of Mgmt Module %u was unreadable", rd_peer(rd));
	b->bad_said = ret == -EBADMSG;
	b->bad = 0;
	b->seen_seq = seq;
}

/**
 * rd_beat_forget() - the peer's software starts anew: nothing of it counts
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_beat_forget(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;

	if (!rd->view.peer.valid && !b->last_us)
		return;
	memset(&rd->view.peer, 0, sizeof(rd->view.peer));
	b->in_valid = false;
	b->generation = 0;
	b->last_us = 0;
	b->silent = 0;
	b->bad = 0;
	b->bad_said = false;
	/* Its frame may have been read before this was known. */
	b->seen_seq = -1;
	rd->view.last_beat = 0;
	rd->peer_different = false;
}

/* Each interval without a beat counts; what follows is the machine's decision. */
static void rd_beat_misses(struct redund *rd, u64 now)
{
	struct rd_beat *b = &rd->beat;
	u64 silence;
	u32 n;

	if (!b->last_us || now <= b->last_us)
		return;
	silence = now - b->last_us;
	/* Half an interval of grace: the two ticks are not in step. */
	n = div_u64(silence + b->interval_us / 2, b->interval_us);
	if (n < 2 || n - 1 <= b->silent)
		return;
	b->missed += n - 1 - b->silent;
	b->silent = n - 1;
	trace_redund_miss(rd->id, rd_peer(rd), b->silent, b->misses, silence);
}

/* ---- timers --------------------------------------------------------------------- */

static enum hrtimer_restart rd_beat_tick(struct hrtimer *timer)
{
	struct redund *rd = container_of(timer, struct redund, beat.tick);
	struct role_event ev = { .type = ROLE_EV_VIEW };
	struct rd_beat *b = &rd->beat;
	u64 began = ktime_get_ns();
	u32 words;
	u64 now;

	guard(raw_spinlock_irqsave)(&rd->lock);
	if (!b->running)
		return HRTIMER_NORESTART;
	words = rd->words;
	now = rd_now(rd);
	rd_failover_tick(rd, now);
	rd_beat_send(rd);
	rd_look(rd);
	rd_beat_misses(rd, now);
	rd_shutdown_wait(rd);
	if (rd->booted)
		rd_event(rd, &ev);
	b->words = rd->words - words;
	b->ns = min_t(u64, ktime_get_ns() - began, U32_MAX);
	trace_redund_beat(rd->id, rd->slot, rd_failover_ms(rd), rd->status, b->words);
	/* Other settings started it anew already. */
	if (!hrtimer_is_queued(timer))
		hrtimer_forward_now(timer, rd_us(b->interval_us / PLANT_TICKS));
	return HRTIMER_RESTART;
}

static enum hrtimer_restart rd_beat_late(struct hrtimer *timer)
{
	struct redund *rd = container_of(timer, struct redund, beat.deadline);
	struct role_event ev = { .type = ROLE_EV_VIEW };

	guard(raw_spinlock_irqsave)(&rd->lock);
	if (!rd->beat.running || !rd->booted)
		return HRTIMER_NORESTART;
	rd_look(rd);
	rd_event(rd, &ev);
	return HRTIMER_NORESTART;
}

/**
 * rd_beat_deadline() - let the machine look when it wants to
 * @rd: instance
 *
 * Context: redund.lock, after an event.
 */
void rd_beat_deadline(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;
	u64 next = role_next(&rd->role);
	u64 now = rd->now_last;

	if (!b->running)
		return;
	if (next == U64_MAX || next >= now + b->interval_us) {
		hrtimer_try_to_cancel(&b->deadline);
		return;
	}
	/* A deadline that passed is looked at by this tick or the next. */
	if (next > now)
		hrtimer_start(&b->deadline, rd_us(next - now),
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/*
 * The next multiple of the interval: the scheduler's tick comes there too, and
 * one wake-up serves both.
 */
static ktime_t rd_beat_next(const struct redund *rd)
{
	u64 ns = rd->beat.interval_us * (u64)NSEC_PER_USEC;

	return ns_to_ktime((div64_u64(ktime_get_ns(), ns) + 1) * ns);
}

/*
 * A beat at once, since the failover timer and the lease run with the product
 * of before, which may be shorter than an interval is now. hrtimer_start() also
 * from the tick itself, and while it waits for the lock on another CPU.
 */
static void rd_beat_anew(struct redund *rd)
{
	rd_beat_send(rd);
	rd->beat.last_tick = rd_now(rd);
	hrtimer_start(&rd->beat.tick, rd_beat_next(rd), HRTIMER_MODE_ABS_PINNED_HARD);
}

/*
 * Whatever is measured in intervals begins anew: an age that was no silence
 * and no lateness with the old timers is neither with the new ones.
 */
static void rd_beat_since(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;
	u64 now = rd_now(rd);

	b->last_tick = now;
	b->silent = 0;
	if (b->last_us) {
		b->last_us = now;
		rd->view.last_beat = now;
	}
	rd->failover.stamp_us = rd->local_us();
}

/**
 * rd_beat_settings() - use other timers from now on
 * @rd: instance
 * @interval_us: heartbeat interval
 * @misses: beats missed before acting
 *
 * Context: redund.lock, also inside of an event: the machine hears of it by
 * an event of its own.
 */
void rd_beat_settings(struct redund *rd, u32 interval_us, u32 misses)
{
	struct role_event ev = { .type = ROLE_EV_PARAMS };
	struct rd_beat *b = &rd->beat;

	if (b->interval_us == interval_us && b->misses == misses)
		return;
	/* Lateness is judged by the time-out that it happened in. */
	rd_failover_late(rd);
	b->interval_us = interval_us;
	b->misses = misses;
	rd_settings_params(rd, &ev.params);
	rd_queue_event(rd, &ev);
	rd_beat_since(rd);
	if (b->running)
		rd_beat_anew(rd);
}

/**
 * rd_beat_init() - before the instance lives
 * @rd: instance
 */
void rd_beat_init(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;

	b->seen_seq = -1;
	hrtimer_init(&b->tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	b->tick.function = rd_beat_tick;
	hrtimer_init(&b->deadline, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	b->deadline.function = rd_beat_late;
}

/**
 * rd_beat_start() - first beat now, then one each interval
 * @rd: instance that has JOINed
 *
 * Context: redund.lock.
 */
void rd_beat_start(struct redund *rd)
{
	struct rd_beat *b = &rd->beat;

	if (rd->dead)
		return;
	b->running = true;
	rd_beat_anew(rd);
}

/**
 * rd_beat_stop() - no tick runs when this returns
 * @rd: instance
 *
 * Context: process, without redund.lock.
 */
void rd_beat_stop(struct redund *rd)
{
	scoped_guard(raw_spinlock_irqsave, &rd->lock)
		rd->beat.running = false;
	hrtimer_cancel(&rd->beat.tick);
	hrtimer_cancel(&rd->beat.deadline);
}

/* ---- fault injection for debugfs --------------------------------------------------- */

/**
 * redund_stop_beats() - let beats cease, or go on (fault injection)
 * @rd: instance
 * @stop: cease
 *
 * Return: 0
 */
int redund_stop_beats(struct redund *rd, bool stop)
{
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd->beat.stopped = stop;
	return 0;
}
