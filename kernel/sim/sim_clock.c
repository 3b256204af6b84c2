// SPDX-License-Identifier: GPL-2.0-only
/*
 * The common clock of simulated chassis: owns what a microsecond is.
 *
 * A real controller is a machine of its own. Here controller and modules stop
 * together when the host of this kernel gives it no time, and go on together:
 * the controller must not find then that the modules were silent for so long.
 * So the clock stands still while any CPU does. A timer pinned to each CPU
 * shows three times in stall_us that it runs; time since a CPU was seen last
 * counts up to stall_us only.
 *
 * Timers: sim_tick.timer, one a CPU, from sim_clock_start() to sim_clock_stop().
 */
#include <linux/cpu.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include "sim.h"

#define SIM_TICK_MIN_US	500U
#define SIM_TICK_MAX_US	20000U

struct sim_tick {
	struct hrtimer timer;
	u64 seen;		/* local clock, sim_clock_lock */
	bool running;
};

static DEFINE_PER_CPU(struct sim_tick, sim_ticks);
static DEFINE_RAW_SPINLOCK(sim_clock_lock);	/* below every chassis' lock */
static u64 sim_last, sim_lost;			/* under sim_clock_lock */

/* Does a CPU stand still, or did all of them until now? */
static bool sim_clock_stalled(u64 local)
{
	u64 stall = READ_ONCE(sim_stall_us);
	int cpu;

	if (!stall)
		return false;
	if (local - sim_last > stall)
		return true;
	for_each_online_cpu(cpu) {
		struct sim_tick *t = per_cpu_ptr(&sim_ticks, cpu);

		if (t->running && local - t->seen > stall)
			return true;
	}
	return false;
}

static u64 sim_clock_read(struct sim_tick *t)
{
	unsigned long flags;
	u64 local, now;

	raw_spin_lock_irqsave(&sim_clock_lock, flags);
	local = ktime_to_us(ktime_get());
	if (sim_clock_stalled(local))
		sim_lost += local - sim_last;
	sim_last = local;
	if (t)
		t->seen = local;
	now = local - sim_lost;
	raw_spin_unlock_irqrestore(&sim_clock_lock, flags);
	return now;
}

/**
 * sim_clock() - the common clock now
 *
 * Context: any but NMI.
 * Return: microseconds, never less than before
 */
u64 sim_clock(void)
{
	return sim_clock_read(NULL);
}

/**
 * sim_clock_when() - when a time of the common clock will come, at the earliest
 * @us: common clock
 *
 * Context: any but NMI.
 * Return: for a timer of CLOCK_MONOTONIC
 */
ktime_t sim_clock_when(u64 us)
{
	unsigned long flags;
	u64 local;

	raw_spin_lock_irqsave(&sim_clock_lock, flags);
	local = us + sim_lost;
	raw_spin_unlock_irqrestore(&sim_clock_lock, flags);
	return ns_to_ktime(local * NSEC_PER_USEC);
}

static enum hrtimer_restart sim_clock_tick(struct hrtimer *timer)
{
	unsigned int stall = READ_ONCE(sim_stall_us);
	u64 us = stall ? clamp(stall / 3, SIM_TICK_MIN_US, SIM_TICK_MAX_US) : SIM_TICK_MAX_US;

	sim_clock_read(container_of(timer, struct sim_tick, timer));
	hrtimer_forward_now(timer, ns_to_ktime(us * NSEC_PER_USEC));
	return HRTIMER_RESTART;
}

static void sim_clock_start_cpu(void *unused)
{
	struct sim_tick *t = this_cpu_ptr(&sim_ticks);
	unsigned long flags;

	hrtimer_init(&t->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	t->timer.function = sim_clock_tick;
	raw_spin_lock_irqsave(&sim_clock_lock, flags);
	t->seen = ktime_to_us(ktime_get());
	t->running = true;
	raw_spin_unlock_irqrestore(&sim_clock_lock, flags);
	hrtimer_start(&t->timer, 0, HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * sim_clock_start() - before the first chassis
 *
 * CPUs that come online later are not watched.
 */
void sim_clock_start(void)
{
	sim_last = ktime_to_us(ktime_get());
	on_each_cpu(sim_clock_start_cpu, NULL, 1);
}

/**
 * sim_clock_stop() - after the last chassis
 */
void sim_clock_stop(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct sim_tick *t = per_cpu_ptr(&sim_ticks, cpu);

		if (t->running)
			hrtimer_cancel(&t->timer);
	}
}
