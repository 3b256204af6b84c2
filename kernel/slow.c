// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that may take its time, on the instance's ordered workqueue: reading
 * the inventory (EEPROM data) and what the owner changed, and the end of this
 * Linux (reboot, power-off).
 */
#include <linux/crc32.h>
#include <linux/reboot.h>
#include "redund.h"

#define RD_REBOOT_MS	2000	/* the command's answer and the log get out first */

static void rd_inv_terminate(struct redund_inventory *e)
{
	e->description[sizeof(e->description) - 1] = 0;
	e->part[sizeof(e->part) - 1] = 0;
	e->serial[sizeof(e->serial) - 1] = 0;
}

static void rd_inv_change(struct redund *rd, unsigned int index)
{
	if (index >= REDUND_INV_IM)
		rd_change(rd, REDUND_OBJECT_MODULE, index - REDUND_INV_IM);
	else if (index >= REDUND_INV_FABRIC && index < REDUND_INV_SUPPORT)
		rd_change(rd, REDUND_OBJECT_FABRIC, index - REDUND_INV_FABRIC + 1);
	else if (index >= REDUND_INV_MM && index < REDUND_INV_FABRIC)
		rd_change(rd, REDUND_OBJECT_MM, index - REDUND_INV_MM + 1);
	else
		rd_change(rd, REDUND_OBJECT_CHASSIS, 0);
}

/* One entry; an absent or damaged one reads as empty. */
static void rd_inv_entry(struct redund *rd, unsigned int index)
{
	struct redund_inventory *e = &rd->inv_buf;

	rd_read_area(rd, WIN_INVENTORY + index * sizeof(*e), e, sizeof(*e));
	if (rd->dead)
		return;
	if (le32_to_cpu(e->crc) != ~crc32_le(~0U, (u8 *)e, offsetof(typeof(*e), crc)))
		memset(e, 0, sizeof(*e));
	rd_inv_terminate(e);
	if (!memcmp(&rd->inv[index], e, sizeof(*e)))
		return;
	rd->inv[index] = *e;
	rd_inv_change(rd, index);
}

/**
 * rd_inv_read_all() - read descriptions, part and serial numbers
 * @rd: instance
 *
 * What changed is notified.
 *
 * Context: process; the lock is taken for one entry at a time, so that a beat
 * is not held up.
 */
void rd_inv_read_all(struct redund *rd)
{
	unsigned int i;

	/* What is inserted from here on makes it stale again. */
	scoped_guard(raw_spinlock_irqsave, &rd->lock)
		rd->inv_stale = false;
	for (i = 0; i < REDUND_INV_COUNT; i++) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd_inv_entry(rd, i);
	}
}

static void rd_slow_worker(struct work_struct *work)
{
	struct redund *rd = container_of(work, struct redund, slow_work);
	bool inv, nv;

	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		inv = rd->inv_stale;
		nv = rd->nv.stale;
	}
	if (inv)
		rd_inv_read_all(rd);
	if (nv)
		rd_nv_follow(rd);
}

/* Half of the controller's shutdown bound for user space to end in order. */
static unsigned long rd_end_grace(const struct redund *rd)
{
	return msecs_to_jiffies(rd->timer_down_ms / 2);
}

static void rd_end_worker(struct work_struct *work)
{
	struct redund *rd = container_of(work, struct redund, end_work.work);
	bool reboot = READ_ONCE(rd->end_reason) == REDUND_DOWN_REBOOT;

	if (!rd->ops->own_kernel)
		return rd_boot_down(rd);
	if (rd->end_asked) {
		dev_warn(&rd->dev, "user space did not end in time\n");
		if (reboot)
			kernel_restart(NULL);
		else
			kernel_power_off();
		return;
	}
	rd->end_asked = true;
	dev_notice(&rd->dev, "this management module %s\n",
		   reboot ? "reboots" : "shuts down");
	if (reboot)
		orderly_reboot();
	else
		orderly_poweroff(true);
	queue_delayed_work(rd->wq, &rd->end_work, rd_end_grace(rd));
}

/**
 * rd_end() - this module ends: reboot or power-off
 * @rd: instance; one whose back end does not say own_kernel can reboot only,
 *	which is the controller's reset of it
 * @reason: enum redund_down_reason: REBOOT, else it is powered off
 *
 * Context: redund.lock.
 */
void rd_end(struct redund *rd, u8 reason)
{
	WRITE_ONCE(rd->end_reason, reason);
	queue_delayed_work(rd->wq, &rd->end_work, reason == REDUND_DOWN_REBOOT ?
			   msecs_to_jiffies(RD_REBOOT_MS) : 0);
}

/**
 * rd_slow_init() - before the instance lives
 * @rd: instance
 */
void rd_slow_init(struct redund *rd)
{
	INIT_WORK(&rd->slow_work, rd_slow_worker);
	INIT_DELAYED_WORK(&rd->end_work, rd_end_worker);
}
