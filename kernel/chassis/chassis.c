// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slot's life in the chassis model: power, presence, resets, the failover
 * timer, OUT and going down, latched causes and interrupts, and what happens
 * by itself as time passes (G3, G4, G5, G7).
 */
#include <linux/string.h>
#include <linux/types.h>

#include "model.h"

void model_trace(struct model *x, struct chassis_event ev)
{
	if (!x->ops->trace)
		return;
	ev.t_us = x->now;
	x->ops->trace(x->ctx, &ev);
}

/* An interrupt edge for each of @bits that is enabled; never for CAUSE_BEAT
 * in the trace, which would drown everything else.
 */
void model_raise(struct model *x, int slot, u32 bits)
{
	struct chassis_slot *sl = slot_of(x, slot);
	bool cut = has_fault(sl, CHASSIS_FAULT_CUT_DOORBELL) || sl->stuck_seen;
	u32 bit;

	bits &= sl->int_enable;
	if (!bits || sl->in_reset)
		return;
	for (bit = 1; bit & CAUSE_ALL; bit <<= 1)
		if (bits & bit & ~CAUSE_BEAT)
			TRACE(x, .type = CHASSIS_EV_IRQ, .slot = slot,
			      .cause = bit, .value = !cut);
	if (!cut && x->ops->irq)
		x->ops->irq(x->ctx, slot);
}

/* Latch causes for a slot that has power; nobody else could read them. */
void model_latch(struct model *x, int slot, u32 bits)
{
	struct chassis_slot *sl = slot_of(x, slot);
	u32 fresh = bits & ~sl->cause;

	if (!sl->powered)
		return;
	sl->cause |= bits;
	model_raise(x, slot, fresh);
}

/* G5: from here on the window is closed until JOIN. */
void model_out(struct model *x, int slot, enum chassis_out_cause cause)
{
	struct chassis_slot *sl = slot_of(x, slot);

	if (cause == CHASSIS_OUT_REMOVED || cause == CHASSIS_OUT_EXPIRED ||
	    cause == CHASSIS_OUT_FENCED)
		sl->incarnation++;
	if (sl->out)
		return;
	sl->out = true;
	TRACE(x, .type = CHASSIS_EV_OUT, .slot = slot, .cause = cause);
	model_latch(x, slot, CAUSE_SELF_OUT);
}

static void clear_registers(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->stuck_seen = false;
	sl->cause = 0;
	sl->int_enable = 0;
	sl->scratch = 0;
	sl->led = 0;
	sl->peer_led = 0;
	sl->system_led = 0;
	sl->cmd_epoch = 0;
	sl->cmd_arg = 0;
	sl->cmd_result = 0;
	sl->nv_result = 0;
	sl->latch_status_hi = 0;
	sl->latch_clock_hi = 0;
	sl->latch_im_hi = 0;
	model_stage_module(x, slot);
}

/*
 * A new start of a slot: real (power-on or a reset that worked) or only as
 * far as the controller can see (stuck line, contact bounce). It is OUT, has
 * a new incarnation and the boot bound to write JOIN.
 */
void model_begin(struct model *x, int slot, bool real)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->in_reset = false;
	sl->pulse_stuck = false;
	sl->hold = false;
	sl->reset_end = 0;
	sl->out = true;
	sl->going_down = false;
	sl->shut_down = false;
	sl->incarnation++;
	sl->role = CHASSIS_ROLE_NONE;
	model_clear_frames(x, slot);
	if (real)
		clear_registers(x, slot);
	sl->timer_at = x->c->cfg.plant & CHASSIS_PLANT_NO_BOOT_ARM ? 0 :
		       deadline(x, from_ms(x->c->cfg.timer_boot_ms));
}

static void end_reset(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);
	bool real = !sl->pulse_stuck;

	model_begin(x, slot, real);
	TRACE(x, .type = CHASSIS_EV_RESET, .slot = slot, .value = 0,
	      .accepted = real, .cause = sl->boot_cause);
	if (real && x->ops->reset)
		x->ops->reset(x->ctx, slot, false, sl->boot_cause);
}

void model_release_hold(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);

	if (!sl->hold)
		return;
	sl->hold = false;
	if (!sl->reset_end)
		end_reset(x, slot);
}

/*
 * Start a reset pulse. On a stuck line (unless @force: the module itself or
 * the power does it) the controller goes through the same steps, but the
 * module goes on running; its peer learns that from CAUSE_PEER_STUCK.
 */
void model_start_reset(struct model *x, int slot, enum redund_reset_cause cause,
		       bool force)
{
	struct chassis_slot *sl = slot_of(x, slot);
	bool stuck = !force && has_fault(sl, CHASSIS_FAULT_RESET_STUCK);

	if (sl->in_reset && !(sl->pulse_stuck && !stuck))
		return;
	sl->in_reset = true;
	sl->pulse_stuck = stuck;
	sl->reset_end = deadline(x, x->c->cfg.reset_pulse_us);
	sl->timer_at = 0;
	TRACE(x, .type = CHASSIS_EV_RESET, .slot = slot, .value = 1,
	      .accepted = !stuck, .cause = cause);
	if (stuck) {
		sl->stuck_seen = true;
		model_latch(x, peer_of(slot), CAUSE_PEER_STUCK);
		return;
	}
	sl->boot_cause = cause;
	if (x->ops->reset)
		x->ops->reset(x->ctx, slot, true, cause);
}

/* Shutdown is complete: nothing runs any more that the timer could guard. */
void model_shutdown_done(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->shut_down = true;
	sl->timer_at = 0;
	TRACE(x, .type = CHASSIS_EV_SHUTDOWN_DONE, .slot = slot, .accepted = 1);
	if (x->ops->shutdown_done)
		x->ops->shutdown_done(x->ctx, slot);
}

/* G3, in one step: OUT, grant dropped, reset, cause latched, peer told. */
static void expire(struct model *x, int slot)
{
	slot_of(x, slot)->timer_at = 0;
	TRACE(x, .type = CHASSIS_EV_TIMER_EXPIRED, .slot = slot);
	model_out(x, slot, CHASSIS_OUT_EXPIRED);
	model_drop_grant(x, slot, CHASSIS_GRANT_TIMER);
	model_start_reset(x, slot, REDUND_RESET_TIMER, false);
	model_latch(x, peer_of(slot), CAUSE_PEER_EXPIRED);
}

static u64 earlier(u64 a, u64 b)
{
	return b && b < a ? b : a;
}

static u64 timer_due(const struct chassis_slot *sl)
{
	return has_fault(sl, CHASSIS_FAULT_TIMER_DEAD) ? 0 : sl->timer_at;
}

/**
 * chassis_next() - time of the next thing that happens by itself
 * @c: state
 *
 * Return: microseconds of the common clock, possibly in the past;
 * CHASSIS_NEVER when nothing is due.
 */
u64 chassis_next(const struct chassis *c)
{
	u64 next = CHASSIS_NEVER;
	int i;

	for (i = 0; i < CHASSIS_SLOTS; i++) {
		next = earlier(next, timer_due(&c->slot[i]));
		next = earlier(next, c->slot[i].reset_end);
	}
	for (i = 0; i < REDUND_IM_SLOTS; i++)
		next = earlier(next, c->im_done[i]);
	return earlier(next, c->offer_end);
}

/* Everything due exactly at @at; an expiry comes before what it would stop. */
static void happen(struct model *x, u64 at)
{
	int i;

	for (i = 1; i <= CHASSIS_SLOTS; i++)
		if (timer_due(slot_of(x, i)) == at)
			expire(x, i);
	if (x->c->offer_end == at)
		model_offer_end(x);
	for (i = 1; i <= CHASSIS_SLOTS; i++) {
		struct chassis_slot *sl = slot_of(x, i);

		if (sl->reset_end != at)
			continue;
		sl->reset_end = 0;
		if (!sl->hold)
			end_reset(x, i);
	}
	for (i = 0; i < REDUND_IM_SLOTS; i++)
		if (x->c->im_done[i] == at)
			model_im_poll(x, i);
}

void model_enter(struct model *x, u64 now)
{
	u64 at;

	for (at = chassis_next(x->c); at <= now; at = chassis_next(x->c)) {
		x->now = at;
		happen(x, at);
	}
	x->now = now;
}

void model_leave(struct model *x)
{
	if (x->ops->trace)
		model_leds(x);
}

/**
 * chassis_init() - a chassis without power and without modules
 * @c: state, overwritten
 * @m: memories; @m->nv and @m->inventory are read, the rest is cleared
 * @cfg: times and capabilities, copied
 */
void chassis_init(struct chassis *c, struct chassis_mem *m,
		  const struct chassis_config *cfg)
{
	int i;

	memset(c, 0, sizeof(*c));
	c->cfg = *cfg;
	c->fabric_enable = 3;
	c->im_reset = (1u << REDUND_IM_SLOTS) - 1;
	for (i = 0; i < CHASSIS_SLOTS; i++) {
		c->slot[i].out = true;
		c->slot[i].role = CHASSIS_ROLE_NONE;
	}
	memset(m->frame_out, 0, sizeof(m->frame_out));
	memset(m->frame_in, 0, sizeof(m->frame_in));
	memset(m->frame_cut, 0, sizeof(m->frame_cut));
	memset(m->nv_stage_module, 0, sizeof(m->nv_stage_module));
	memcpy(m->nv_stage, m->nv.chassis, sizeof(m->nv_stage));
}

/**
 * chassis_advance() - carry out everything due at or before @now, in order
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @now: common clock, microseconds
 */
void chassis_advance(struct chassis *c, struct chassis_mem *m,
		     const struct chassis_ops *ops, void *ctx, u64 now)
{
	MODEL(x);

	model_enter(&x, now);
	model_leave(&x);
}

/**
 * chassis_boot_again() - the boot ROM waits for a person: the boot bound starts again
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: 1 or 2; without effect when it may be more than a boot ROM (R15)
 * @now: common clock, microseconds
 */
void chassis_boot_again(struct chassis *c, struct chassis_mem *m,
			const struct chassis_ops *ops, void *ctx, int slot,
			u64 now)
{
	MODEL(x);
	struct chassis_slot *sl = slot_of(&x, slot);

	model_enter(&x, now);
	if (sl->powered && sl->out && !sl->in_reset && !sl->going_down && sl->timer_at)
		sl->timer_at = deadline(&x, from_ms(c->cfg.timer_boot_ms));
	model_leave(&x);
}

/* A module is gone: nothing of the slot runs or counts any more. */
static void lose_module(struct model *x, int slot, enum chassis_out_cause out,
			enum chassis_grant_cause grant)
{
	struct chassis_slot *sl = slot_of(x, slot);

	sl->powered = false;
	sl->in_reset = false;
	sl->pulse_stuck = false;
	sl->hold = false;
	sl->reset_end = 0;
	sl->timer_at = 0;
	model_out(x, slot, out);
	model_drop_grant(x, slot, grant);
}

/**
 * chassis_presence() - a management module is inserted or pulled
 * @c: state
 * @m: memories; its inventory entry names the module, set before
 * @ops: embedder
 * @ctx: for @ops
 * @slot: 1 or 2
 * @present: inserted (without power: chassis_power() follows) or pulled
 * @now: common clock, microseconds
 */
void chassis_presence(struct chassis *c, struct chassis_mem *m,
		      const struct chassis_ops *ops, void *ctx, int slot,
		      bool present, u64 now)
{
	MODEL(x);
	struct chassis_slot *sl = slot_of(&x, slot);

	model_enter(&x, now);
	if (sl->present != present) {
		TRACE(&x, .type = CHASSIS_EV_PRESENCE, .slot = slot, .value = present);
		sl->present = present;
		if (present) {
			sl->out = true;
			model_insert_record(&x, slot);
			model_latch(&x, peer_of(slot), CAUSE_PEER_INSERTED);
		} else {
			lose_module(&x, slot, CHASSIS_OUT_REMOVED, CHASSIS_GRANT_REMOVED);
			model_latch(&x, peer_of(slot), CAUSE_PEER_REMOVED);
		}
	}
	model_leave(&x);
}

/**
 * chassis_bounce() - the presence contact opens and closes, the module runs on
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: 1 or 2, without effect when it has no power
 * @now: common clock, microseconds
 *
 * The removal is latched (G5): the slot is OUT until its software starts
 * from the beginning.
 */
void chassis_bounce(struct chassis *c, struct chassis_mem *m,
		    const struct chassis_ops *ops, void *ctx, int slot,
		    u64 now)
{
	MODEL(x);

	model_enter(&x, now);
	if (slot_of(&x, slot)->powered) {
		TRACE(&x, .type = CHASSIS_EV_PRESENCE, .slot = slot, .value = 0);
		model_out(&x, slot, CHASSIS_OUT_REMOVED);
		model_drop_grant(&x, slot, CHASSIS_GRANT_REMOVED);
		TRACE(&x, .type = CHASSIS_EV_PRESENCE, .slot = slot, .value = 1);
		model_latch(&x, peer_of(slot), CAUSE_PEER_REMOVED | CAUSE_PEER_INSERTED);
		if (!slot_of(&x, slot)->in_reset && !slot_of(&x, slot)->going_down)
			model_begin(&x, slot, false);
	}
	model_leave(&x);
}

/**
 * chassis_power() - power of one management module
 * @c: state
 * @m: memories
 * @ops: embedder; its reset(false, POWER) starts the module at power-on
 * @ctx: for @ops
 * @slot: 1 or 2; on without a module in it does nothing
 * @on: power comes or is lost
 * @now: common clock, microseconds
 */
void chassis_power(struct chassis *c, struct chassis_mem *m,
		   const struct chassis_ops *ops, void *ctx, int slot, bool on,
		   u64 now)
{
	MODEL(x);
	struct chassis_slot *sl = slot_of(&x, slot);

	model_enter(&x, now);
	if (sl->present && sl->powered != on) {
		TRACE(&x, .type = CHASSIS_EV_POWER, .slot = slot, .value = on);
		if (on) {
			sl->powered = true;
			sl->boot_cause = REDUND_RESET_POWER;
			model_begin(&x, slot, true);
			if (ops->reset)
				ops->reset(ctx, slot, false, REDUND_RESET_POWER);
		} else {
			lose_module(&x, slot, CHASSIS_OUT_POWER, CHASSIS_GRANT_POWER);
			model_latch(&x, peer_of(slot), CAUSE_PEER_POWER);
		}
	}
	model_leave(&x);
}

/* A reset from outside or by the module itself: the grant is dropped (G4). */
static void reset_module(struct model *x, int slot, enum redund_reset_cause cause,
			 bool force)
{
	if (!slot_of(x, slot)->powered)
		return;
	model_out(x, slot, CHASSIS_OUT_RESET);
	model_drop_grant(x, slot, CHASSIS_GRANT_RESET);
	model_start_reset(x, slot, cause, force);
	model_latch(x, peer_of(slot), CAUSE_PEER_RESET);
}

/**
 * chassis_button() - somebody presses a button
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: 1 or 2; ignored for Clear, which is the chassis's
 * @b: which
 * @now: common clock, microseconds
 */
void chassis_button(struct chassis *c, struct chassis_mem *m,
		    const struct chassis_ops *ops, void *ctx, int slot,
		    enum chassis_button b, u64 now)
{
	MODEL(x);

	if (b == CHASSIS_BUTTON_CLEAR)
		slot = 0;
	model_enter(&x, now);
	TRACE(&x, .type = CHASSIS_EV_BUTTON, .slot = slot, .value = b);
	if (b == CHASSIS_BUTTON_CLEAR) {
		model_latch(&x, 1, CAUSE_BUTTON_CLEAR);
		model_latch(&x, 2, CAUSE_BUTTON_CLEAR);
	} else if (b == CHASSIS_BUTTON_SHUTDOWN) {
		model_latch(&x, slot, CAUSE_BUTTON_SHUTDOWN);
	} else if (slot_of(&x, slot)->powered) {
		model_latch(&x, peer_of(slot), CAUSE_BUTTON_RESET);
		reset_module(&x, slot, REDUND_RESET_BUTTON, false);
	}
	model_leave(&x);
}

/**
 * chassis_self_reset() - the module ended by itself and starts again
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: 1 or 2
 * @now: common clock, microseconds
 *
 * Its reboot: a reset with cause COMMAND that needs no reset line.
 */
void chassis_self_reset(struct chassis *c, struct chassis_mem *m,
			const struct chassis_ops *ops, void *ctx, int slot,
			u64 now)
{
	MODEL(x);

	model_enter(&x, now);
	reset_module(&x, slot, REDUND_RESET_COMMAND, true);
	model_leave(&x);
}

/**
 * chassis_fault() - switch a fault of one slot
 * @c: state
 * @m: memories
 * @ops: embedder
 * @ctx: for @ops
 * @slot: 1 or 2
 * @f: which
 * @on: made or mended
 * @now: common clock, microseconds
 *
 * The embedder has written the trace's fault line before. A dead timer that
 * is mended after its time expires at once.
 */
void chassis_fault(struct chassis *c, struct chassis_mem *m,
		   const struct chassis_ops *ops, void *ctx, int slot,
		   enum chassis_fault f, bool on, u64 now)
{
	MODEL(x);
	struct chassis_slot *sl = slot_of(&x, slot);
	u64 status;

	model_enter(&x, now);
	if (on != has_fault(sl, f)) {
		if (f == CHASSIS_FAULT_CUT_HEARTBEAT && on)
			model_cut_heartbeat(&x, slot);
		if (f == CHASSIS_FAULT_REGISTER_STUCK && on) {
			status = model_status(&x, slot);
			sl->stuck_status[0] = (u32)status;
			sl->stuck_status[1] = status >> 32;
		}
		sl->faults ^= 1u << f;
		/* it expires now, not when it should have: time goes forward only */
		if (f == CHASSIS_FAULT_TIMER_DEAD && sl->timer_at && sl->timer_at < now)
			sl->timer_at = now;
		/* what the peer reads changed, as by a publication */
		if (f == CHASSIS_FAULT_MAILBOX_CORRUPT) {
			sl->seq++;
			if (!has_fault(sl, CHASSIS_FAULT_CUT_HEARTBEAT))
				model_latch(&x, peer_of(slot), CAUSE_FRAME);
		}
	}
	model_enter(&x, now);
	model_leave(&x);
}

static void power_cycle_slot(struct model *x, int slot)
{
	struct chassis_slot *sl = slot_of(x, slot);
	struct chassis_slot old = *sl;

	if (!old.out)
		TRACE(x, .type = CHASSIS_EV_OUT, .slot = slot, .cause = CHASSIS_OUT_POWER);
	memset(sl, 0, sizeof(*sl));
	sl->present = old.present;
	sl->faults = old.faults;
	memcpy(sl->stuck_status, old.stuck_status, sizeof(sl->stuck_status));
	sl->out = true;
	sl->role = CHASSIS_ROLE_NONE;
	model_clear_frames(x, slot);
	if (has_fault(sl, CHASSIS_FAULT_CUT_HEARTBEAT))
		model_cut_heartbeat(x, slot);
	if (!old.present)
		return;
	if (!old.powered)
		TRACE(x, .type = CHASSIS_EV_POWER, .slot = slot, .value = 1);
	sl->powered = true;
	model_start_reset(x, slot, REDUND_RESET_SYSTEM, true);
}

/**
 * chassis_reset_system() - power cycle of the whole chassis
 * @c: state
 * @m: memories; chassis memory and crash areas persist
 * @ops: embedder
 * @ctx: for @ops
 * @now: common clock, microseconds
 *
 * The epoch starts anew, there is no owner, offers and holds are gone, every
 * present module starts with cause SYSTEM. Faults are not mended by it.
 */
void chassis_reset_system(struct chassis *c, struct chassis_mem *m,
			  const struct chassis_ops *ops, void *ctx, u64 now)
{
	MODEL(x);
	int owner;
	int i;

	model_enter(&x, now);
	owner = c->owner;
	c->owner = 0;
	c->epoch = 0;
	c->offer = false;
	c->offer_end = 0;
	c->locate = 0;
	c->fabric_enable = 3;
	model_im_reset(&x, (1u << REDUND_IM_SLOTS) - 1);
	model_stage_chassis(&x);
	for (i = 1; i <= CHASSIS_SLOTS; i++)
		power_cycle_slot(&x, i);
	if (owner)
		TRACE(&x, .type = CHASSIS_EV_GRANT, .from = owner, .to = 0,
		      .epoch = 0, .cause = CHASSIS_GRANT_POWER);
	model_leave(&x);
}
