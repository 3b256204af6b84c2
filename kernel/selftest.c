// SPDX-License-Identifier: GPL-2.0-only
/*
 * The start from the beginning: JOIN, selftest (registers, mailbox, clock,
 * timer), records, and the first event of the state machine. Also the start
 * anew of a driver that has lost its grant. The record of the previous boot
 * decides the election: nothing of it is written here, but the flag of a warm
 * start, which this start uses up.
 */
#include <linux/delay.h>
#include "redund.h"

#define RD_JOIN_MS_MIN	50	/* first and longest pause between two JOINs */
#define RD_JOIN_MS_MAX	2000
#define RD_TEST_US	200	/* clock and timer are watched for so long ... */
#define RD_TEST_US_MAX	100000	/* ... and have to move within */

/* ---- selftest --------------------------------------------------------------------- */

/* A slot that was put OUT meanwhile refuses writes: no verdict, but JOIN anew. */
static bool rd_put_out(struct redund *rd)
{
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_look(rd);
	return rd->view.self_out;
}

static bool rd_test_registers(struct redund *rd)
{
	static const u32 patterns[] = { 0x00000000, 0xffffffff, 0x55555555, 0xaaaaaaaa,
					0x12345678 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd_write32(rd, REG_SCRATCH, patterns[i]);
		if (rd_read32(rd, REG_SCRATCH) != patterns[i])
			return false;
	}
	return true;
}

static bool rd_test_mailbox(struct redund *rd)
{
	u32 before, after;

	guard(raw_spinlock_irqsave)(&rd->lock);
	before = rd_read32(rd, REG_OWN_SEQ);
	rd->beat.out.head.magic = 0;
	memset(&rd->beat.out, 0, sizeof(rd->beat.out));
	rd_beat_publish(rd);
	after = rd_read32(rd, REG_OWN_SEQ);
	rd_read_area(rd, WIN_FRAME_OUT, rd->beat.buf, WIN_FRAME_SIZE);
	return after == before + 1 &&
	       !memcmp(rd->beat.buf, &rd->beat.out, sizeof(rd->beat.out));
}

/* The clock goes on and the failover timer runs, both within RD_TEST_US_MAX. */
static bool rd_test_clock(struct redund *rd)
{
	u64 clock0, clock = 0;
	u32 left0, left = 0, waited;

	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		clock0 = rd_read64(rd, REG_CLOCK);
		rd_write32(rd, REG_TIMER_REARM, rd->timer_max_ms);
		left0 = rd_read32(rd, REG_TIMER_LEFT);
	}
	for (waited = 0; waited < RD_TEST_US_MAX; waited += RD_TEST_US) {
		usleep_range(RD_TEST_US, 2 * RD_TEST_US);
		guard(raw_spinlock_irqsave)(&rd->lock);
		clock = rd_read64(rd, REG_CLOCK);
		left = rd_read32(rd, REG_TIMER_LEFT);
		if (clock > clock0 && left0 && left && left < left0)
			return true;
	}
	if (!rd_put_out(rd))
		dev_err(&rd->dev, "selftest: clock %llu to %llu us, timer %u to %u us\n",
			clock0, clock, left0, left);
	return false;
}

/**
 * rd_selftest() - S-014, S-269
 * @rd: instance that has JOINed
 *
 * Context: process. What failed is printed, unless the slot was put OUT.
 * Return: true if it passed
 */
bool rd_selftest(struct redund *rd)
{
	bool registers = rd_test_registers(rd);
	bool mailbox = rd_test_mailbox(rd);
	bool clock = rd_test_clock(rd);

	if ((!registers || !mailbox || !clock) && !rd_put_out(rd))
		dev_err(&rd->dev, "selftest failed:%s%s%s\n", registers ? "" : " registers",
			mailbox ? "" : " mailbox", clock ? "" : " clock or timer");
	return registers && mailbox && clock;
}

/* ---- start ------------------------------------------------------------------------- */

static void rd_start_params(struct redund *rd)
{
	struct role_params p;

	rd_settings_params(rd, &p);
	role_init(&rd->role, rd->slot, &p);
}

/* Return: true when the slot takes writes; else after how long to try again. */
static bool rd_join(struct redund *rd, u32 *again_ms)
{
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->dead)
		return false;
	rd->booted = false;
	rd->selftest_done = false;
	rd_clock_sync(rd);
	rd->boot_us = rd_now(rd);
	rd->incarnation = rd_read32(rd, REG_INCARNATION);
	rd->boot_cause = rd_read32(rd, REG_BOOT_CAUSE);
	rd->timer_max_ms = rd_read32(rd, REG_TIMER_MAX);
	rd->timer_boot_ms = rd_read32(rd, REG_TIMER_BOOT);
	rd->timer_down_ms = rd_read32(rd, REG_TIMER_DOWN);
	rd_look(rd);
	if (rd->view.self_out) {
		rd_write32(rd, REG_JOIN, rd->incarnation);
		rd_look(rd);
	}
	if (rd->view.self_out) {
		*again_ms = min(RD_JOIN_MS_MIN << min(rd->join_tries, 10u), RD_JOIN_MS_MAX);
		if (!rd->join_tries++)
			rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
			       "join-refused: this slot stays out until it is reset");
		return false;
	}
	/* Causes of the time before are nobody's reason. */
	rd->view.cause = 0;
	rd->shutdown_pressed = false;
	rd->shutdown_until = 0;
	/* The selftest has to fit; each beat sets a shorter one from then on. */
	rd_write32(rd, REG_TIMER_REARM, rd->timer_max_ms);
	rd->led_valid = false;
	rd->nv.loaded = false;
	rd_start_params(rd);
	rd_beat_publish(rd);
	return true;
}

/* Timers set by command outlive a power cycle, in chassis memory. */
static void rd_start_heartbeat(struct redund *rd)
{
	u32 interval = le16_to_cpu(rd->nv.head.interval_ms);
	u32 misses = le16_to_cpu(rd->nv.head.misses);

	if (!rd_heartbeat_valid(rd, interval, misses)) {
		interval = rd_set.interval_ms;
		misses = rd_set.misses;
	}
	while (misses > RD_MISSES_MIN && !rd_heartbeat_valid(rd, interval, misses))
		misses--;
	rd->beat.interval_us = interval * USEC_PER_MSEC;
	rd->beat.misses = misses;
	rd_start_params(rd);
}

/* A lesser board: what it does not promise is said, see porting.rst. */
static void rd_start_caps(struct redund *rd)
{
	u32 lacks = ~rd_read32(rd, REG_CAPS) & CAPS_ALL;
	char text[sizeof("G1 ") * 10 + 1] = "";
	unsigned int i, n = 0;

	for (i = 0; i < 10; i++)
		if (lacks & BIT(i))
			n += scnprintf(text + n, sizeof(text) - n, " G%u", i + 1);
	if (lacks)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "redund",
		       "lesser-board: the controller does not keep%s", text);
}

/**
 * rd_start_slots() - log what is in the slots, once a start of this software
 * @rd: instance
 *
 * After the selftests, the other module's too, and before event 5 (S-258,
 * fig 15-31): with the election, at the end of a start whose selftest failed.
 *
 * Context: redund.lock.
 */
void rd_start_slots(struct redund *rd)
{
	if (rd->slots_told)
		return;
	rd->slots_told = true;
	rd_slots_boot(rd);
}

/* The first line of figure 15-31, once a start of this software: the end before it. */
static void rd_start_log(struct redund *rd)
{
	if (rd->log_begun)
		return;
	rd->log_begun = true;
	rd_crash_begin(rd);
	rd_start_caps(rd);
}

/* After reload the selftest counts as passed (S-210). */
static bool rd_start_warm(struct redund *rd)
{
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd->warm_start = rd_nv_warm(rd);
	return rd->warm_start;
}

static void rd_start_event(struct redund *rd, struct role_event *ev)
{
	const struct redund_chassis_record *r = &rd->nv.head;
	unsigned int i;

	ev->type = ROLE_EV_BOOT;
	ev->boot.selftest_ok = rd->selftest_ok;
	ev->boot.redundancy = r->redundancy;
	ev->boot.pending = r->pending;
	ev->boot.self = rd->self_cand;
	ev->boot.peer_record = rd->peer_cand;
	ev->boot.intent_from = r->intent_from;
	ev->boot.intent_to = r->intent_to;
	/* The common clock may have started anew: times ahead of it are void. */
	for (i = 0; i < ARRAY_SIZE(ev->boot.fence_at); i++)
		if (le64_to_cpu(r->fence_us[i]) <= rd_now(rd))
			ev->boot.fence_at[i] = le64_to_cpu(r->fence_us[i]);
}

static void rd_start_machine(struct redund *rd)
{
	const struct role_event pressed = { .type = ROLE_EV_SHUTDOWN };
	struct role_event ev = {};

	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->dead)
		return;
	rd_look(rd);
	rd_nv_load(rd);
	rd_nv_candidates(rd);
	rd_start_heartbeat(rd);
	rd_fabric_read(rd);
	rd_start_log(rd);
	if (rd->warm_start)
		rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
		       "warm-start: the selftest is skipped after reload");
	rd->warm_start = false;
	rd_write32(rd, REG_INT_ENABLE, CAUSE_ALL & ~CAUSE_BEAT);
	rd->failover.stamp_us = rd->local_us();
	rd_beat_start(rd);
	rd->booted = true;
	rd->restarting = false;
	rd->dwn_flash = false;
	rd_look(rd);
	rd_start_event(rd, &ev);
	if (rd->shutdown_pressed)
		rd_queue_event(rd, &pressed);
	rd->shutdown_pressed = false;
	rd_event(rd, &ev);
	if (!rd->selftest_ok)
		rd_start_slots(rd);
}

/**
 * rd_boot_worker() - start from the beginning
 * @work: redund.boot_work
 *
 * Context: process. Tries JOIN again with growing pauses while it is refused,
 * and begins anew when the slot was put OUT before its selftest could pass.
 */
void rd_boot_worker(struct work_struct *work)
{
	struct redund *rd = container_of(work, struct redund, boot_work.work);
	u32 again_ms = 0;
	bool ok;

	if (!rd_join(rd, &again_ms)) {
		if (again_ms)
			queue_delayed_work(rd->wq, &rd->boot_work, msecs_to_jiffies(again_ms));
		return;
	}
	rd_inv_read_all(rd);
	rd_crash_find(rd);
	rd_nv_prepare(rd);
	ok = rd_start_warm(rd) || rd_selftest(rd);
	if (!ok && rd_put_out(rd)) {
		queue_delayed_work(rd->wq, &rd->boot_work, msecs_to_jiffies(RD_JOIN_MS_MIN));
		return;
	}
	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		rd->selftest_ok = ok;
		rd->selftest_done = true;
	}
	rd_start_machine(rd);
}
