// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life of an instance (one slot of one controller) and its register window:
 * registration, identification, the list of instances, the common clock and
 * the only functions that reach a back end's accesses. Every access is made
 * under redund.lock with interrupts off, and every 32-bit word is counted.
 */
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "redund.h"

static DEFINE_MUTEX(rd_list_lock);	/* guards rd_list and rd_ida's use */
static LIST_HEAD(rd_list);		/* registered instances, by id */
static DEFINE_IDA(rd_ida);

#define RD_CLOCK_SPAN	200	/* us: a reading of the common clock takes less */
#define RD_CLOCK_JUMP	1000	/* us: farther off, a reading needs another one */
#define RD_CLOCK_LOOKS	3	/* one of them may be false */

/* ---- the window ------------------------------------------------------------ */

/**
 * rd_read32() - one register
 * @rd: instance
 * @off: REG_*
 *
 * Context: redund.lock.
 * Return: its value, 0 once the instance is unregistered
 */
u32 rd_read32(struct redund *rd, u32 off)
{
	lockdep_assert_held(&rd->lock);
	if (rd->dead)
		return 0;
	rd->words++;
	return rd->ops->read32(rd->bp, off);
}

/**
 * rd_read64() - one 64-bit register, never torn
 * @rd: instance
 * @off: REG_STATUS, REG_CLOCK, REG_IM_STATE
 *
 * Context: redund.lock. Counts as two words.
 * Return: its value, 0 once the instance is unregistered
 */
u64 rd_read64(struct redund *rd, u32 off)
{
	lockdep_assert_held(&rd->lock);
	if (rd->dead)
		return 0;
	rd->words += 2;
	return rd->ops->read64(rd->bp, off);
}

/**
 * rd_write32() - one register
 * @rd: instance
 * @off: REG_*
 * @value: to write
 *
 * Context: redund.lock.
 */
void rd_write32(struct redund *rd, u32 off, u32 value)
{
	lockdep_assert_held(&rd->lock);
	if (rd->dead)
		return;
	rd->words++;
	rd->ops->write32(rd->bp, off, value);
}

/**
 * rd_read_area() - bytes of a memory area
 * @rd: instance
 * @off: WIN_* and further
 * @buf: memory of kmalloc (UML); zeroes once the instance is unregistered
 * @len: a multiple of 4
 *
 * Context: redund.lock.
 */
void rd_read_area(struct redund *rd, u32 off, void *buf, size_t len)
{
	lockdep_assert_held(&rd->lock);
	if (rd->dead) {
		memset(buf, 0, len);
		return;
	}
	rd->words += len / 4;
	rd->ops->read_area(rd->bp, off, buf, len);
}

/**
 * rd_write_area() - bytes of a memory area
 * @rd: instance
 * @off: WIN_* and further
 * @buf: memory of kmalloc
 * @len: a multiple of 4
 *
 * Context: redund.lock.
 */
void rd_write_area(struct redund *rd, u32 off, const void *buf, size_t len)
{
	lockdep_assert_held(&rd->lock);
	if (rd->dead)
		return;
	rd->words += len / 4;
	rd->ops->write_area(rd->bp, off, buf, len);
}

static u64 rd_local_us(void)
{
	return ktime_to_us(ktime_get());
}

/**
 * rd_now() - the common clock (G10) without a register access
 * @rd: instance
 *
 * From the local clock and its distance at the last rd_clock_sync(); a beat
 * may make three register accesses and reading the clock would be two more.
 *
 * Context: redund.lock.
 * Return: microseconds, never less than before
 */
u64 rd_now(struct redund *rd)
{
	u64 now = rd->local_us() + rd->clock_off;

	lockdep_assert_held(&rd->lock);
	if (now > rd->now_last || rd->now_last == U64_MAX)
		rd->now_last = now;
	return rd->now_last;
}

/* Between which bounds the distance of local and common clock is. */
struct clock_bounds {
	s64 low, high;
};

static bool clock_is_near(const struct clock_bounds *a, const struct clock_bounds *b)
{
	return a->low <= b->high + RD_CLOCK_JUMP && b->low <= a->high + RD_CLOCK_JUMP;
}

/* A reading took place somewhere between two looks at the local clock. */
static bool clock_read(struct redund *rd, struct clock_bounds *b)
{
	u64 before = rd->local_us();
	u64 common = rd_read64(rd, REG_CLOCK);
	u64 after = rd->local_us();

	b->low = common - after;
	b->high = common - before;
	return !rd->dead && common != U64_MAX;
}

/* Return: whether a reading agrees with the one before, the first with what is known. */
static bool clock_look(struct redund *rd, struct clock_bounds *b)
{
	struct clock_bounds before = { rd->clock_off, rd->clock_off };

	for (int i = 0; i < RD_CLOCK_LOOKS; i++) {
		if (!clock_read(rd, b))
			return false;
		if ((i || rd->clock_known) && clock_is_near(b, &before))
			return true;
		before = *b;
	}
	return false;
}

/**
 * rd_clock_sync() - measure the distance of local and common clock
 * @rd: instance
 *
 * When the looks at the local clock are far apart (this side stalled
 * meanwhile), the reading only says between which bounds the distance is. One
 * that does not fit what is known may be false, and rd_now() would never come
 * back from the future: the next one has to agree with it.
 *
 * Context: redund.lock. At boot, and whenever something else than a beat
 * happens, so that drift between two events is all that remains.
 */
void rd_clock_sync(struct redund *rd)
{
	struct clock_bounds b;

	if (!clock_look(rd, &b))
		return;
	if (!rd->clock_known || b.high - b.low <= RD_CLOCK_SPAN)
		rd->clock_off = b.low + (b.high - b.low) / 2;
	else
		rd->clock_off = clamp(rd->clock_off, b.low, b.high);
	rd->clock_known = true;
}

/* ---- raw access for debugfs -------------------------------------------------- */

/**
 * redund_raw_read() - a register as it is
 * @rd: instance
 * @off: offset below the memory areas, a multiple of 4
 *
 * Return: its value
 */
u32 redund_raw_read(struct redund *rd, u32 off)
{
	unsigned long flags;
	u32 value;

	raw_spin_lock_irqsave(&rd->lock, flags);
	value = rd_read32(rd, off);
	raw_spin_unlock_irqrestore(&rd->lock, flags);
	return value;
}

/**
 * redund_raw_read64() - a 64-bit register as it is, in one piece
 * @rd: instance
 * @off: offset below the memory areas, a multiple of 8
 *
 * Return: its value
 */
u64 redund_raw_read64(struct redund *rd, u32 off)
{
	unsigned long flags;
	u64 value;

	raw_spin_lock_irqsave(&rd->lock, flags);
	value = rd_read64(rd, off);
	raw_spin_unlock_irqrestore(&rd->lock, flags);
	return value;
}

/**
 * redund_raw_write() - write a register behind the driver's back
 * @rd: instance
 * @off: offset below the memory areas, a multiple of 4
 * @value: to write
 */
void redund_raw_write(struct redund *rd, u32 off, u32 value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&rd->lock, flags);
	rd_write32(rd, off, value);
	raw_spin_unlock_irqrestore(&rd->lock, flags);
}

/* ---- the list of instances --------------------------------------------------- */

/**
 * redund_get() - the instance of a number
 * @instance: N of redundN
 *
 * Return: it, to be given back by redund_put(), or NULL
 */
struct redund *redund_get(u32 instance)
{
	struct redund *rd;

	guard(mutex)(&rd_list_lock);
	list_for_each_entry(rd, &rd_list, node) {
		if (rd->id == instance) {
			get_device(&rd->dev);
			return rd;
		}
	}
	return NULL;
}

/**
 * redund_get_only() - the only instance
 * @count: how many there are
 *
 * Return: it, to be given back by redund_put(), or NULL if @count is not 1
 */
struct redund *redund_get_only(u32 *count)
{
	struct redund *rd;

	guard(mutex)(&rd_list_lock);
	*count = list_count_nodes(&rd_list);
	if (*count != 1)
		return NULL;
	rd = list_first_entry(&rd_list, struct redund, node);
	get_device(&rd->dev);
	return rd;
}

/**
 * redund_get_next() - for dumps: the first instance from a number on
 * @instance: the number; set to that of the instance returned
 *
 * Return: it, to be given back by redund_put(), or NULL
 */
struct redund *redund_get_next(u32 *instance)
{
	struct redund *rd;

	guard(mutex)(&rd_list_lock);
	list_for_each_entry(rd, &rd_list, node) {
		if (rd->id >= *instance) {
			*instance = rd->id;
			get_device(&rd->dev);
			return rd;
		}
	}
	return NULL;
}

/**
 * redund_put() - give an instance back
 * @rd: instance
 */
void redund_put(struct redund *rd)
{
	put_device(&rd->dev);
}

/**
 * redund_instance() - N of redundN
 * @rd: instance
 *
 * Return: its number
 */
u32 redund_instance(const struct redund *rd)
{
	return rd->id;
}

/**
 * redund_slot() - the slot of this side
 * @rd: instance
 *
 * Return: 1 or 2
 */
unsigned int redund_slot(const struct redund *rd)
{
	return rd->slot;
}

/**
 * redund_device() - its device
 * @rd: instance
 *
 * Return: the device, without a reference of its own
 */
struct device *redund_device(struct redund *rd)
{
	return &rd->dev;
}

static void rd_list_add(struct redund *rd)
{
	struct redund *at;

	guard(mutex)(&rd_list_lock);
	list_for_each_entry(at, &rd_list, node)
		if (at->id > rd->id)
			break;
	list_add_tail(&rd->node, &at->node);
}

static void rd_list_del(struct redund *rd)
{
	guard(mutex)(&rd_list_lock);
	list_del(&rd->node);
}

/* ---- registration ------------------------------------------------------------- */

static void rd_release(struct device *dev)
{
	struct redund *rd = container_of(dev, struct redund, dev);

	rd_evlog_exit(&rd->log);
	rd_steps_exit(rd);
	ida_free(&rd_ida, rd->id);
	kfree(rd);
}

/* Is this a window that the driver understands? The reason is logged. */
static int rd_identify(struct device *parent, const struct redund_bp_ops *ops, void *bp)
{
	unsigned long flags;
	u32 id, version, slot;

	local_irq_save(flags);
	id = ops->read32(bp, REG_ID);
	version = ops->read32(bp, REG_VERSION);
	slot = ops->read32(bp, REG_SLOT);
	local_irq_restore(flags);

	if (id != REDUND_ID) {
		dev_err(parent, "refused: identification 0x%08x, expected 0x%08x\n",
			id, REDUND_ID);
		return -ENODEV;
	}
	if (version >> 16 != REDUND_VERSION_MAJOR) {
		dev_err(parent, "refused: register version %u.%u, expected %u.x\n",
			version >> 16, version & 0xffff, REDUND_VERSION_MAJOR);
		return -ENODEV;
	}
	if (slot != 1 && slot != 2) {
		dev_err(parent, "refused: slot %u, expected 1 or 2\n", slot);
		return -ENODEV;
	}
	return slot;
}

static void rd_init_fields(struct redund *rd)
{
	struct role_params p;

	raw_spin_lock_init(&rd->lock);
	mutex_init(&rd->config);
	INIT_LIST_HEAD(&rd->node);
	INIT_DELAYED_WORK(&rd->boot_work, rd_boot_worker);
	INIT_WORK(&rd->change_work, rd_change_worker);
	rd_slow_init(rd);
	rd->local_us = rd_local_us;
	rd->beat.interval_us = rd_set.interval_ms * USEC_PER_MSEC;
	rd->beat.misses = rd_set.misses;
	rd_beat_init(rd);
	rd_settings_params(rd, &p);
	role_init(&rd->role, rd->slot, &p);
}

/* Takes over @rd: it is freed by its last reference, also on error. */
static int rd_start(struct redund *rd)
{
	int ret;

	ret = rd_evlog_init(&rd->log);
	if (ret)
		return ret;
	rd_steps_init(rd);
	rd->wq = alloc_ordered_workqueue("redund%u", 0, rd->id);
	if (!rd->wq)
		return -ENOMEM;
	ret = rd_failover_init(rd);
	if (ret)
		goto err_wq;
	ret = device_add(&rd->dev);
	if (ret)
		goto err_failover;
	rd_list_add(rd);
	redund_debugfs_add(rd);
	rd_wdt_init(rd);
	rd_panic_add(rd);
	rd_pstore_init(rd);
	queue_delayed_work(rd->wq, &rd->boot_work, 0);
	return 0;

err_failover:
	rd_failover_exit(rd);
err_wq:
	destroy_workqueue(rd->wq);
	return ret;
}

/* Instances made so far. Each numbers its changes from another start, so that
 * no listener takes those of a controller that comes again for old ones.
 */
static atomic_t rd_made = ATOMIC_INIT(0);

/**
 * redund_register() - a slot of a controller begins to live
 * @parent: device of the back end; the instance's device is its child
 * @ops: access; stays until redund_unregister()
 * @bp: cookie of @ops; likewise
 *
 * Checks the identification and starts selftest and election, which go on
 * after the return.
 *
 * Context: process.
 * Return: the instance, or ERR_PTR: -ENODEV wrong identification or version
 * (the reason is logged), -ENOMEM, or what the device core says
 */
struct redund *redund_register(struct device *parent, const struct redund_bp_ops *ops, void *bp)
{
	struct redund *rd;
	int slot, id, ret;

	slot = rd_identify(parent, ops, bp);
	if (slot < 0)
		return ERR_PTR(slot);
	rd = kzalloc(sizeof(*rd), GFP_KERNEL);
	if (!rd)
		return ERR_PTR(-ENOMEM);
	id = ida_alloc(&rd_ida, GFP_KERNEL);
	if (id < 0) {
		kfree(rd);
		return ERR_PTR(id);
	}
	rd->id = id;
	rd->ops = ops;
	rd->bp = bp;
	rd->slot = slot;
	rd_init_fields(rd);
	rd->change_seq = (u32)atomic_inc_return(&rd_made) << 16;
	rd->dev.class = &redund_class;
	rd->dev.parent = parent;
	rd->dev.groups = redund_groups;
	rd->dev.release = rd_release;
	dev_set_drvdata(&rd->dev, rd);
	device_initialize(&rd->dev);
	ret = dev_set_name(&rd->dev, "redund%d", id);
	if (!ret)
		ret = rd_start(rd);
	if (ret) {
		put_device(&rd->dev);
		return ERR_PTR(ret);
	}
	return rd;
}
EXPORT_SYMBOL_GPL(redund_register);

/*
 * The end as far as the peer sees it: the grant is given back, and the timer
 * gets its longest value, so that another driver has that long to come.
 */
static void rd_leave(struct redund *rd)
{
	struct role_event ev = { .type = ROLE_EV_RELEASE };
	unsigned long flags;

	raw_spin_lock_irqsave(&rd->lock, flags);
	if (rd->booted && !rd->going_down) {
		rd_look(rd);
		rd_event(rd, &ev);
		if (rd->nv.written)
			rd_nv_store_module(rd, REDUND_DOWN_UNLOADED);
		rd_crash_last(rd);
	}
	rd_write32(rd, REG_INT_ENABLE, 0);
	if (!rd->going_down && !rd->view.self_out)
		rd_write32(rd, REG_TIMER_REARM, rd->timer_max_ms);
	rd->dead = true;
	raw_spin_unlock_irqrestore(&rd->lock, flags);
}

/**
 * redund_unregister() - the end of an instance
 * @rd: instance
 *
 * The grant is released if it is held, so that a ready standby claims it.
 * There is no access by the back end's functions after the return.
 *
 * Context: process. redund_interrupt() may run until this returns.
 */
void redund_unregister(struct redund *rd)
{
	scoped_guard(mutex, &rd->config) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd->unregistered = true;
		/* From here on nothing queues another start. */
		rd->no_restart = true;
	}
	cancel_delayed_work_sync(&rd->boot_work);
	rd_pstore_exit(rd);
	rd_leave(rd);
	rd_panic_remove(rd);
	rd_wdt_exit(rd);
	rd_beat_stop(rd);
	rd_failover_exit(rd);
	cancel_delayed_work_sync(&rd->end_work);
	/* What the others were not told yet leaves before the instance does. */
	flush_workqueue(rd->wq);
	rd_list_del(rd);
	redund_debugfs_remove(rd);
	device_del(&rd->dev);
	destroy_workqueue(rd->wq);
	put_device(&rd->dev);
}
EXPORT_SYMBOL_GPL(redund_unregister);

/**
 * redund_interrupt() - from the back end's interrupt handler
 * @rd: instance
 *
 * Context: hard interrupt, interrupts off.
 * Return: true if a cause was latched
 */
bool redund_interrupt(struct redund *rd)
{
	struct role_event ev = { .type = ROLE_EV_VIEW };
	bool ours;

	guard(raw_spinlock)(&rd->lock);
	if (rd->dead)
		return false;
	rd_view_status(rd, rd_read64(rd, REG_STATUS));
	ours = rd->status & STATUS_CAUSE;
	if (ours && rd->booted)
		rd_event(rd, &ev);
	return ours;
}
EXPORT_SYMBOL_GPL(redund_interrupt);

/* ---- the module ---------------------------------------------------------------- */

static int __init redund_init(void)
{
	int ret;

	ret = redund_sysfs_init();
	if (ret)
		return ret;
	ret = redund_genl_init();
	if (ret)
		goto err_sysfs;
	ret = rd_panic_init();
	if (ret)
		goto err_genl;
	redund_debugfs_init();
	return 0;

err_genl:
	redund_genl_exit();
err_sysfs:
	redund_sysfs_exit();
	return ret;
}

static void __exit redund_exit(void)
{
	redund_debugfs_exit();
	rd_panic_exit();
	redund_genl_exit();
	redund_sysfs_exit();
	ida_destroy(&rd_ida);
}

module_init(redund_init);
module_exit(redund_exit);
MODULE_DESCRIPTION("Redundant management modules");
MODULE_LICENSE("GPL");
