// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of this Linux, told to the controller: panic, reboot, halt, power
 * off. The panic path takes no lock and writes, for an instance, going-down
 * first and its crash area then; a torn command of the interrupted code does
 * not matter, since the slot is OUT with the first write. With kdump loaded the notifier may
 * run late or never: the controller's failover timer is the authority.
 */
#include <linux/export.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include "redund.h"

#define RD_PANIC_MAX	16

static DEFINE_MUTEX(rd_panic_lock);	/* keeps instances of the list alive */
/* Instances whose end is that of this kernel; the panic path takes no lock. */
static struct redund *rd_panic_list[RD_PANIC_MAX];

static int rd_panic_event(struct notifier_block *nb, unsigned long event, void *data)
{
	unsigned int i;

	for (i = 0; i < RD_PANIC_MAX; i++) {
		struct redund *rd = READ_ONCE(rd_panic_list[i]);

		if (!rd)
			continue;
		rd->ops->going_down(rd->bp, REDUND_DOWN_PANIC);
		rd_crash_panic(rd, data);
	}
	return NOTIFY_DONE;
}

static struct notifier_block rd_panic_nb = {
	.notifier_call = rd_panic_event,
	.priority = INT_MAX,
};

static u8 rd_down_reason(unsigned long event)
{
	switch (event) {
	case SYS_RESTART:
		return REDUND_DOWN_REBOOT;
	case SYS_HALT:
		return REDUND_DOWN_HALT;
	default:
		return REDUND_DOWN_POWER_OFF;
	}
}

static int rd_reboot_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct role_event ev = { .type = ROLE_EV_DOWN, .down_reason = rd_down_reason(event) };
	unsigned int i;

	guard(mutex)(&rd_panic_lock);
	for (i = 0; i < RD_PANIC_MAX; i++) {
		struct redund *rd = rd_panic_list[i];

		if (!rd)
			continue;
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd->halting = event != SYS_RESTART;
		if (rd->dead || rd->going_down)
			continue;
		rd->no_restart = true;
		if (rd->booted) {
			rd_look(rd);
			rd_event(rd, &ev);
		}
		/* A machine that is not there yet says nothing by itself. */
		if (!rd->going_down)
			rd_going_down(rd, ev.down_reason);
	}
	return NOTIFY_DONE;
}

/* Early, so that the peer takes over while this side still shuts down. */
static struct notifier_block rd_reboot_nb = {
	.notifier_call = rd_reboot_event,
	.priority = INT_MAX,
};

/**
 * rd_shutdown_done() - the shutdown completed: safe to pull (S-143)
 * @rd: instance that is going down
 *
 * The controller disarms the timer for a slot that does not hold the grant,
 * and shows it on the Dwn LED.
 *
 * Context: redund.lock.
 */
void rd_shutdown_done(struct redund *rd)
{
	rd_write32(rd, REG_CMD, REDUND_CMD_SHUTDOWN_DONE);
}

/**
 * rd_going_down() - the one write after which nothing counts any more (G4)
 * @rd: instance
 * @reason: enum redund_down_reason
 *
 * What the next start and the others should know is written before.
 *
 * Context: redund.lock.
 */
void rd_going_down(struct redund *rd, u8 reason)
{
	if (rd->going_down || rd->dead)
		return;
	if (rd->nv.written)
		rd_nv_store_module(rd, reason);
	rd_beat_publish(rd);
	rd_panel_update(rd);
	rd->going_down = true;
	rd->words++;
	rd->ops->going_down(rd->bp, reason);
	/* The peer takes over meanwhile. */
	rd_crash_down(rd, reason);
}

/**
 * redund_shutdown() - from the back end's .shutdown: the last accesses
 * @rd: instance
 *
 * A module that powers off or halts has completed its shutdown now: nothing
 * of it runs any more that needs the failover timer.
 *
 * Context: process, while this Linux powers off, halts or reboots.
 */
void redund_shutdown(struct redund *rd)
{
	rd_beat_stop(rd);
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->going_down && rd->halting)
		rd_shutdown_done(rd);
	rd->dead = true;
}
EXPORT_SYMBOL_GPL(redund_shutdown);

/**
 * rd_panic_add() - from now on this kernel's end is told for an instance
 * @rd: instance
 */
void rd_panic_add(struct redund *rd)
{
	unsigned int i;

	if (!rd->ops->own_kernel)
		return;
	guard(mutex)(&rd_panic_lock);
	for (i = 0; i < RD_PANIC_MAX; i++)
		if (!cmpxchg(&rd_panic_list[i], NULL, rd))
			return;
	dev_warn(&rd->dev, "too many instances: a panic is not told for this one\n");
}

/**
 * rd_panic_remove() - no longer
 * @rd: instance
 *
 * Context: process; when it returns, no notifier uses the instance.
 */
void rd_panic_remove(struct redund *rd)
{
	unsigned int i;

	scoped_guard(mutex, &rd_panic_lock)
		for (i = 0; i < RD_PANIC_MAX; i++)
			cmpxchg(&rd_panic_list[i], rd, NULL);
	/* The panic chain runs under RCU. */
	synchronize_rcu();
}

/**
 * rd_panic_init() - register the notifiers
 *
 * Return: 0 or -errno
 */
int rd_panic_init(void)
{
	int ret;

	ret = register_reboot_notifier(&rd_reboot_nb);
	if (ret)
		return ret;
	atomic_notifier_chain_register(&panic_notifier_list, &rd_panic_nb);
	return 0;
}

/** rd_panic_exit() - unregister them */
void rd_panic_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &rd_panic_nb);
	unregister_reboot_notifier(&rd_reboot_nb);
}
