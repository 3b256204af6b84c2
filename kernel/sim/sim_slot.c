// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slot: owns the way from the driver to its register window, the interrupts
 * to it, and when the module in it starts.
 *
 * The module's software is an instance of redund.ko. What its own processor
 * would do at a reset is done by sim_slot_work(): the instance ends when the
 * reset line is asserted or power is lost (its window is dead at once), and a
 * new one starts when the line is released. A pulse on a stuck line
 * (reset-stuck) does not reach it: it goes on, OUT.
 *
 * The panic, reboot or power-off of this Linux is not the module's
 * (own_kernel is false), and a driver that hangs is made by the driver's own
 * debugfs files.
 */
#include <linux/err.h>
#include <linux/module.h>
#include "sim.h"

static bool sim_slot_dead(const struct sim_slot *s)
{
	lockdep_assert_held(&s->chassis->lock);
	return s->cut || s->dead;
}

static u64 sim_read(struct sim_slot *s, u32 off, unsigned int size)
{
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	u64 now, value = ~0ULL;

	now = sim_enter(c, &flags);
	if (!sim_slot_dead(s))
		value = sim_misread(s, off, sim_model(chassis_read, c, s->nr, off, size, now));
	sim_leave(c, flags);
	return value;
}

static u32 sim_read32(void *bp, u32 off)
{
	return sim_read(bp, off, 4);
}

static u64 sim_read64(void *bp, u32 off)
{
	return sim_read(bp, off, 8);
}

static void sim_write32(void *bp, u32 off, u32 value)
{
	struct sim_slot *s = bp;
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	u64 now;

	now = sim_enter(c, &flags);
	if (!sim_slot_dead(s))
		sim_model(chassis_write, c, s->nr, off, 4, value, now);
	sim_leave(c, flags);
}

static void sim_read_area(void *bp, u32 off, void *buf, size_t len)
{
	struct sim_slot *s = bp;
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	u64 now;

	now = sim_enter(c, &flags);
	if (sim_slot_dead(s)) {
		memset(buf, 0xff, len);
	} else {
		sim_model(chassis_read_area, c, s->nr, off, buf, len, now);
		sim_misread_area(s, off, buf, len);
	}
	sim_leave(c, flags);
}

static void sim_write_area(void *bp, u32 off, const void *buf, size_t len)
{
	struct sim_slot *s = bp;
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	u64 now;

	now = sim_enter(c, &flags);
	if (!sim_slot_dead(s))
		sim_model(chassis_write_area, c, s->nr, off, buf, len, now);
	sim_leave(c, flags);
}

static void sim_going_down(void *bp, u32 reason)
{
	sim_write32(bp, REG_GOING_DOWN, reason);
}

static const struct redund_bp_ops sim_bp_ops = {
	.read32 = sim_read32,
	.read64 = sim_read64,
	.write32 = sim_write32,
	.read_area = sim_read_area,
	.write_area = sim_write_area,
	.going_down = sim_going_down,
	.own_kernel = false,
};

/* Hard interrupt context: hands an edge of the interrupt line to the driver. */
static enum hrtimer_restart sim_slot_irq(struct hrtimer *t)
{
	struct sim_slot *s = container_of(t, struct sim_slot, irq);
	struct sim_chassis *c = s->chassis;
	struct redund *rd = NULL;

	raw_spin_lock(&c->lock);
	if (!sim_slot_dead(s)) {
		rd = s->rd;
		s->irq_noted = !rd;
	}
	raw_spin_unlock(&c->lock);
	/* sim_module_end() waits for this handler before @rd goes */
	if (rd)
		redund_interrupt(rd);
	return HRTIMER_NORESTART;
}

static void sim_module_end(struct sim_slot *s)
{
	struct redund *rd = s->rd;

	lockdep_assert_held(&s->life);
	if (!rd)
		return;
	raw_spin_lock_irq(&s->chassis->lock);
	s->rd = NULL;
	raw_spin_unlock_irq(&s->chassis->lock);
	hrtimer_cancel(&s->irq);
	redund_unregister(rd);
}

/* Opens the window for a start; false: there is no module that could. */
static bool sim_module_open(struct sim_slot *s)
{
	struct sim_chassis *c = s->chassis;
	bool alive;

	raw_spin_lock_irq(&c->lock);
	alive = s->alive;
	s->started = s->starts;
	s->cut = !alive;
	s->irq_noted = false;
	raw_spin_unlock_irq(&c->lock);
	return alive;
}

static int sim_module_start(struct sim_slot *s)
{
	struct sim_chassis *c = s->chassis;
	struct redund *rd;

	lockdep_assert_held(&s->life);
	if (s->rd || !sim_module_open(s))
		return 0;
	rd = redund_register(&s->dev, &sim_bp_ops, s);
	if (IS_ERR(rd))
		return PTR_ERR(rd);
	raw_spin_lock_irq(&c->lock);
	s->rd = rd;
	if (s->irq_noted)
		hrtimer_start(&s->irq, 0, HRTIMER_MODE_REL_HARD);
	raw_spin_unlock_irq(&c->lock);
	return 0;
}

static bool sim_module_stale(struct sim_slot *s)
{
	bool stale;

	raw_spin_lock_irq(&s->chassis->lock);
	stale = !s->alive || s->starts != s->started;
	raw_spin_unlock_irq(&s->chassis->lock);
	return stale;
}

static void sim_slot_work(struct work_struct *work)
{
	struct sim_slot *s = container_of(work, struct sim_slot, work);
	int err;

	guard(mutex)(&s->life);
	if (!s->bound)
		return;
	if (sim_module_stale(s))
		sim_module_end(s);
	err = sim_module_start(s);
	if (err)
		dev_err(&s->dev, "the module does not start: error %d\n", err);
}

static void sim_slot_power_on(struct work_struct *work)
{
	struct sim_slot *s = container_of(work, struct sim_slot, power_on.work);
	struct sim_chassis *c = s->chassis;
	unsigned long flags;
	u64 now;

	now = sim_enter(c, &flags);
	if (c->model.slot[s->nr - 1].present && !c->closing)
		sim_model(chassis_power, c, s->nr, true, now);
	sim_leave(c, flags);
}

static int sim_probe(struct device *dev)
{
	struct sim_slot *s = container_of(dev, struct sim_slot, dev);
	int err;

	guard(mutex)(&s->life);
	err = sim_module_start(s);
	/* a reset in between: sim_slot_work() is on its way */
	if (err && sim_module_stale(s))
		err = 0;
	s->bound = !err;
	return err;
}

static int sim_remove(struct device *dev)
{
	struct sim_slot *s = container_of(dev, struct sim_slot, dev);

	guard(mutex)(&s->life);
	s->bound = false;
	sim_module_end(s);
	return 0;
}

struct device_driver sim_driver = {
	.name = "redund_sim",
	.owner = THIS_MODULE,
	.bus = &sim_bus,
	.probe = sim_probe,
	.remove = sim_remove,
};

static void sim_slot_release(struct device *dev)
{
	struct sim_slot *s = container_of(dev, struct sim_slot, dev);

	put_device(&s->chassis->dev);
}

/**
 * sim_slot_init() - the parts of a slot; its device is not added
 * @c:	the chassis, whose device each slot holds
 * @nr:	1 or 2
 */
void sim_slot_init(struct sim_chassis *c, int nr)
{
	struct sim_slot *s = &c->slot[nr - 1];

	s->chassis = c;
	s->nr = nr;
	s->cut = true;
	mutex_init(&s->life);
	hrtimer_init(&s->irq, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	s->irq.function = sim_slot_irq;
	INIT_WORK(&s->work, sim_slot_work);
	INIT_DELAYED_WORK(&s->power_on, sim_slot_power_on);
	device_initialize(&s->dev);
	s->dev.parent = get_device(&c->dev);
	s->dev.bus = &sim_bus;
	s->dev.release = sim_slot_release;
}

/**
 * sim_slot_quiesce() - no work and no interrupt from here on
 * @s: of a chassis that is closing
 */
void sim_slot_quiesce(struct sim_slot *s)
{
	cancel_delayed_work_sync(&s->power_on);
	cancel_work_sync(&s->work);
	hrtimer_cancel(&s->irq);
}

/**
 * sim_slot_fill() - put modules, fabric and interface modules into a new chassis
 * @c:		the chassis, not yet seen by anybody
 * @slots:	bits 0 and 1: slot 1 and 2 hold a management module
 */
void sim_slot_fill(struct sim_chassis *c, unsigned int slots)
{
	unsigned long flags;
	u64 now;
	int i;

	now = sim_enter(c, &flags);
	for (i = 1; i <= 2; i++)
		sim_model(chassis_fabric_presence, c, i, true, now);
	for (i = 0; i < 4; i++)
		sim_model(chassis_im_presence, c, i, true, now);
	for (i = 1; i <= CHASSIS_SLOTS; i++) {
		if (!(slots & BIT(i - 1)))
			continue;
		sim_model(chassis_presence, c, i, true, now);
		sim_model(chassis_power, c, i, true, now);
	}
	sim_leave(c, flags);
}
