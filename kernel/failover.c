// SPDX-License-Identifier: GPL-2.0-only
/*
 * The failover time-out on this side: when the controller's timer may be
 * re-armed, and the lease behind it. Owns struct rd_failover.
 *
 * The timers of a failover, and who arms them:
 *
 * failover timer	in the controller (G3). Armed by itself at a start (boot
 *			bound) and at going-down (shutdown bound); by each beat
 *			with interval x misses (heartbeat.c); at unloading with
 *			the chassis maximum (core.c). On expiry the slot is OUT.
 * stamp		not a timer: work for a kernel thread of ordinary priority,
 *			queued by each tick. Only while it ran within
 *			worker_window_ms (at least four intervals) are beats sent:
 *			a frame from a timer interrupt would prove only that
 *			interrupts run.
 * lease		hrtimer in hard interrupt context, armed by each beat to the
 *			moment at which that beat's re-arm runs out. When it fires,
 *			this side no longer writes the fabric's enables and the
 *			interface modules' reset until its next accepted beat, so
 *			that it fences itself even when the controller's timer is
 *			dead. A CPU that stood still is caught by comparing the
 *			clock (rd_failover_may_write()). "Peer may take", the peer's
 *			LEDs and the records are left to the controller's grant.
 * watchdog window	wdt.c: no beats when its user is late.
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include "redund.h"

/**
 * rd_failover_ms() - the failover time-out: interval x misses
 * @rd: instance
 *
 * Return: milliseconds
 */
u32 rd_failover_ms(const struct redund *rd)
{
	return rd->beat.interval_us / USEC_PER_MSEC * rd->beat.misses;
}

static void rd_failover_stamp(struct kthread_work *work)
{
	struct redund *rd = container_of(work, struct redund, failover.stamp);
	struct rd_failover *f = &rd->failover;
	u64 delay, limit;

	guard(raw_spinlock_irqsave)(&rd->lock);
	f->stamp_us = rd->local_us();
	delay = f->stamp_us - f->queued_us;
	limit = (u64)rd->beat.interval_us * rd->beat.misses;
	if (delay > limit)
		f->late_until = rd_now(rd) + limit;
}

static enum hrtimer_restart rd_failover_expired(struct hrtimer *timer)
{
	struct redund *rd = container_of(timer, struct redund, failover.lease);

	guard(raw_spinlock_irqsave)(&rd->lock);
	/* A beat may have extended it while this was waiting for the lock. */
	if (rd->local_us() < rd->failover.lease_end || rd->failover.expired)
		return HRTIMER_NORESTART;
	rd->failover.expired = true;
	if (rd_owns(rd) && !rd->going_down && rd->booted)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "lease-expired: no beat for %u ms, the grant is not used any more",
		       rd_failover_ms(rd));
	return HRTIMER_NORESTART;
}

/**
 * rd_failover_tick() - each tick: keep the worker going, notice lateness
 * @rd: instance
 * @now: common clock
 *
 * Context: redund.lock, hard interrupt.
 */
void rd_failover_tick(struct redund *rd, u64 now)
{
	struct rd_failover *f = &rd->failover;
	u64 limit = (u64)rd->beat.interval_us * rd->beat.misses;

	lockdep_assert_held(&rd->lock);
	if (now - rd->beat.last_tick > limit)
		f->late_until = now + limit;
	rd->beat.last_tick = now;
	if (kthread_queue_work(f->worker, &f->stamp))
		f->queued_us = rd->local_us();
}

/* Is the tick late now, or the worker that the last one queued? */
static bool rd_failover_overdue(const struct redund *rd, u64 now, u64 limit)
{
	const struct rd_failover *f = &rd->failover;

	if (rd->beat.running && now > rd->beat.last_tick + limit)
		return true;
	return f->queued_us > f->stamp_us && rd->local_us() > f->queued_us + limit;
}

/**
 * rd_failover_late() - may this side's judgement of silence be trusted?
 * @rd: instance
 *
 * Decided when it is asked: after a stall another timer or an interrupt may
 * come before the tick, and the worker may not have run at all.
 *
 * Context: redund.lock.
 * Return: true if its tick or worker came later than interval x misses within
 * the last interval x misses, or is that late now
 */
bool rd_failover_late(struct redund *rd)
{
	u64 limit = (u64)rd->beat.interval_us * rd->beat.misses;
	u64 now = rd_now(rd);

	lockdep_assert_held(&rd->lock);
	if (rd_failover_overdue(rd, now, limit))
		rd->failover.late_until = now + limit;
	return now < rd->failover.late_until;
}

/**
 * rd_failover_window_us() - how long ago the worker may have run
 * @rd: instance
 *
 * It is queued once a tick, so that a window has to hold several of them,
 * also after the interval was made longer.
 *
 * Return: microseconds
 */
u64 rd_failover_window_us(const struct redund *rd)
{
	u64 set = READ_ONCE(rd_set.worker_window_ms) * (u64)USEC_PER_MSEC;

	return max(set, 4 * (u64)rd->beat.interval_us);
}

/**
 * rd_failover_fresh() - does the scheduler run on this side?
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: true while the worker ran within its window
 */
bool rd_failover_fresh(struct redund *rd)
{
	struct rd_failover *f = &rd->failover;
	u64 age = rd->local_us() - f->stamp_us;
	bool fresh = age <= rd_failover_window_us(rd);

	lockdep_assert_held(&rd->lock);
	if (!fresh && !f->stale)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "worker-late: nothing was scheduled for %llu ms, beats are withheld",
		       div_u64(age, USEC_PER_MSEC));
	f->stale = !fresh;
	return fresh;
}

/**
 * rd_failover_armed() - a beat was written: the lease begins anew
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_failover_armed(struct redund *rd)
{
	struct rd_failover *f = &rd->failover;
	u64 us = rd_failover_ms(rd) * (u64)USEC_PER_MSEC;

	f->expired = false;
	f->lease_end = rd->local_us() + us;
	hrtimer_start(&f->lease, rd_us(us), HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * rd_failover_may_write() - may this side write fabric and module registers?
 * @rd: instance
 *
 * Context: redund.lock, just before the write.
 * Return: true for the owner within its lease
 */
bool rd_failover_may_write(struct redund *rd)
{
	lockdep_assert_held(&rd->lock);
	return rd_owns(rd) && !rd->going_down && !rd->failover.expired &&
	       rd->local_us() < rd->failover.lease_end;
}

static void rd_failover_hang(struct kthread_work *work)
{
	struct redund *rd = container_of(work, struct redund, failover.hang);
	u64 end = rd->local_us() + READ_ONCE(rd->failover.hang_ms) * (u64)USEC_PER_MSEC;

	/* a signal to the waiting process ends it, also from an interrupt */
	preempt_disable();
	while (rd->local_us() < end && !signal_pending(rd->failover.hang_by))
		cpu_relax();
	preempt_enable();
}

/**
 * rd_failover_init() - before the first beat
 * @rd: instance
 *
 * Return: 0 or -errno
 */
int rd_failover_init(struct redund *rd)
{
	struct rd_failover *f = &rd->failover;

	hrtimer_init(&f->lease, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	f->lease.function = rd_failover_expired;
	kthread_init_work(&f->stamp, rd_failover_stamp);
	kthread_init_work(&f->hang, rd_failover_hang);
	f->stamp_us = rd->local_us();
	f->worker = kthread_create_worker(0, "redund%u", rd->id);
	return PTR_ERR_OR_ZERO(f->worker);
}

/**
 * rd_failover_exit() - after the last tick
 * @rd: instance
 *
 * Context: process, without redund.lock.
 */
void rd_failover_exit(struct redund *rd)
{
	hrtimer_cancel(&rd->failover.lease);
	kthread_destroy_worker(rd->failover.worker);
}

/**
 * redund_soft_hang() - nothing is scheduled, interrupts go on (fault injection)
 * @rd: instance
 * @ms: for how long
 *
 * The freshness worker itself stands still, with its CPU: on one of several
 * CPUs nothing else would hold it back.
 *
 * Context: process; returns when it is over, or by a signal.
 * Return: 0
 */
int redund_soft_hang(struct redund *rd, u32 ms)
{
	guard(mutex)(&rd->config);
	if (rd->unregistered)
		return -ENODEV;
	WRITE_ONCE(rd->failover.hang_ms, ms);
	rd->failover.hang_by = current;
	kthread_queue_work(rd->failover.worker, &rd->failover.hang);
	kthread_flush_work(&rd->failover.hang);
	return 0;
}
