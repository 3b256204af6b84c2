// SPDX-License-Identifier: GPL-2.0-only
/*
 * One chassis: owns the model, its clock, its deadlines and its trace, and the
 * life of the chassis' devices.
 *
 * Timers: sim_chassis.timer, armed by sim_leave() for the model's next
 * deadline (and left alone when a deadline moves away, as the failover timer's
 * does with each beat: it then comes early and is armed again).
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include "sim.h"

static u64 sim_now(struct sim_chassis *c)
{
	u64 now = sim_clock();

	lockdep_assert_held(&c->lock);
	if (now > c->now)
		c->now = now;
	return c->now;
}

/**
 * sim_enter() - before a call of the model; takes the chassis' lock
 * @c:		the chassis
 * @flags:	for sim_leave()
 * Context: any but NMI.
 * Return: the time to give to the model, in microseconds.
 */
u64 sim_enter(struct sim_chassis *c, unsigned long *flags)
	__acquires(&c->lock)
{
	raw_spin_lock_irqsave(&c->lock, *flags);
	return sim_now(c);
}

static void sim_settle_slot(struct sim_slot *s)
{
	const struct chassis_slot *m = &s->chassis->model.slot[s->nr - 1];
	bool alive = m->powered && (!m->in_reset || m->pulse_stuck);

	if (alive == s->alive)
		return;
	s->alive = alive;
	s->cut = true;
	if (!s->chassis->closing)
		queue_work(sim_wq, &s->work);
}

/**
 * sim_leave() - after a call of the model; releases the chassis' lock
 * @c:		the chassis
 * @flags:	of sim_enter()
 *
 * Arms the timer for the next deadline and starts or ends the modules that
 * gained or lost power, or whose reset line moved.
 */
void sim_leave(struct sim_chassis *c, unsigned long flags)
	__releases(&c->lock)
{
	u64 next = chassis_next(&c->model);
	int i;

	for (i = 0; i < CHASSIS_SLOTS; i++)
		sim_settle_slot(&c->slot[i]);
	if (next < c->next && !c->closing) {
		c->next = next;
		hrtimer_start(&c->timer, sim_clock_when(next), HRTIMER_MODE_ABS_HARD);
	}
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

static enum hrtimer_restart sim_timer(struct hrtimer *t)
{
	struct sim_chassis *c = container_of(t, struct sim_chassis, timer);
	unsigned long flags;
	u64 now;

	now = sim_enter(c, &flags);
	c->next = CHASSIS_NEVER;
	sim_model(chassis_advance, c, now);
	sim_leave(c, flags);
	return HRTIMER_NORESTART;
}

/* An interrupt leaves the model's locks behind: it comes from a timer. */
static void sim_model_irq(void *ctx, int slot)
{
	struct sim_chassis *c = ctx;

	if (!c->closing)
		hrtimer_start(&c->slot[slot - 1].irq, 0, HRTIMER_MODE_REL_HARD);
}

static void sim_model_reset(void *ctx, int slot, bool asserted, enum redund_reset_cause cause)
{
	struct sim_chassis *c = ctx;
	struct sim_slot *s = &c->slot[slot - 1];

	s->cut = true;
	if (!asserted)
		s->starts++;
	if (!c->closing)
		queue_work(sim_wq, &s->work);
}

static void sim_trace_add(struct sim_chassis *c, const struct chassis_event *ev, const char *kind)
{
	lockdep_assert_held(&c->lock);
	c->trace[c->events++ % SIM_TRACE_SIZE] = (struct sim_event) { .ev = *ev, .kind = kind };
}

static void sim_model_trace(void *ctx, const struct chassis_event *ev)
{
	sim_trace_add(ctx, ev, NULL);
}

/**
 * sim_note_fault() - trace what is about to be done from outside
 * @c:	the chassis, between sim_enter() and sim_leave()
 * @slot: 1, 2 or 0 for the chassis
 * @kind: a constant string
 */
void sim_note_fault(struct sim_chassis *c, int slot, const char *kind)
{
	struct chassis_event ev = {
		.t_us = c->now,
		.type = CHASSIS_EV_FAULT,
		.slot = slot,
	};

	sim_trace_add(c, &ev, kind);
}

const struct chassis_ops sim_model_ops = {
	.irq = sim_model_irq,
	.reset = sim_model_reset,
	.trace = sim_model_trace,
};

static void sim_chassis_release(struct device *dev)
{
	struct sim_chassis *c = container_of(dev, struct sim_chassis, dev);

	kvfree(c->trace);
	kvfree(c->mem);
	kfree(c);
}

static struct sim_chassis *sim_chassis_alloc(u32 id)
{
	struct sim_chassis *c = kzalloc(sizeof(*c), GFP_KERNEL);
	int i;

	if (!c)
		return NULL;
	c->id = id;
	c->next = CHASSIS_NEVER;
	raw_spin_lock_init(&c->lock);
	hrtimer_init(&c->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	c->timer.function = sim_timer;
	device_initialize(&c->dev);
	c->dev.release = sim_chassis_release;
	for (i = 0; i < CHASSIS_SLOTS; i++)
		sim_slot_init(c, i + 1);
	c->mem = kvzalloc(sizeof(*c->mem), GFP_KERNEL);
	c->trace = kvcalloc(SIM_TRACE_SIZE, sizeof(*c->trace), GFP_KERNEL);
	return c;
}

/* Drops what device_initialize() took, of a chassis without devices. */
static void sim_chassis_put(struct sim_chassis *c)
{
	int i;

	for (i = 0; i < CHASSIS_SLOTS; i++)
		put_device(&c->slot[i].dev);
	put_device(&c->dev);
}

static int sim_chassis_devices(struct sim_chassis *c)
{
	int i, err;

	err = dev_set_name(&c->dev, "chassis%u", c->id);
	if (!err)
		err = device_add(&c->dev);
	if (err)
		return err;
	for (i = 0; i < CHASSIS_SLOTS; i++) {
		struct device *dev = &c->slot[i].dev;

		err = dev_set_name(dev, "chassis%u.%d", c->id, i + 1);
		if (!err)
			err = device_add(dev);
		if (err)
			goto err_del;
	}
	return 0;

err_del:
	while (i--)
		device_del(&c->slot[i].dev);
	device_del(&c->dev);
	return err;
}

/* Nothing of the model comes by itself from here on. */
static void sim_chassis_quiesce(struct sim_chassis *c)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&c->lock, flags);
	c->closing = true;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	hrtimer_cancel(&c->timer);
	for (i = 0; i < CHASSIS_SLOTS; i++)
		sim_slot_quiesce(&c->slot[i]);
}

/**
 * sim_chassis_new() - make a chassis and power it on
 * @id:		its number
 * @slots:	bits 0 and 1: slot 1 and 2 hold a module
 * Context: process.
 * Return: the chassis or ERR_PTR(-ENOMEM) and what device_add() returns.
 */
struct sim_chassis *sim_chassis_new(u32 id, unsigned int slots)
{
	struct sim_chassis *c = sim_chassis_alloc(id);
	struct chassis_config cfg;
	int err = -ENOMEM;

	if (!c)
		return ERR_PTR(err);
	if (!c->mem || !c->trace)
		goto err_put;
	sim_config(&cfg);
	sim_inventory_fill(c->mem);
	chassis_init(&c->model, c->mem, &cfg);
	sim_slot_fill(c, slots);
	err = sim_chassis_devices(c);
	if (err)
		goto err_put;
	sim_debugfs_add(c);
	return c;

err_put:
	sim_chassis_quiesce(c);
	sim_chassis_put(c);
	return ERR_PTR(err);
}

/**
 * sim_chassis_del() - remove a chassis with everything in it
 * @c: not used afterwards
 *
 * The modules end as if their driver was unbound, the first slot's first.
 */
void sim_chassis_del(struct sim_chassis *c)
{
	int i;

	sim_debugfs_remove(c);
	for (i = 0; i < CHASSIS_SLOTS; i++)
		device_del(&c->slot[i].dev);
	device_del(&c->dev);
	sim_chassis_quiesce(c);
	sim_chassis_put(c);
}
