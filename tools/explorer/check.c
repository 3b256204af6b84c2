// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What must hold in the explorer's world: I1, I2, I3, I5 of the architecture
 * and the guarantees behind them. Judged by the chassis model's trace and
 * state, not by what the modules believe.
 */
#include <stdio.h>
#include "world.h"

#define FAILOVER_TICKS 4 /* failover time-out and what a look and a step take */

const char *violation;

/* the slot that writes, as it was before */
static bool was_out;
static u32 was_refused, was_epoch;

void violated(const char *what)
{
	if (trace_on && !violation)
		printf("            *** %s\n", what);
	if (!violation)
		violation = what;
}

static void check_grant(struct world *w, const struct chassis_event *ev)
{
	const struct chassis_slot *old = ev->from ? &w->c.slot[ev->from - 1] : NULL;

	if (ev->to && w->c.slot[ev->to - 1].out)
		violated("G5: the grant went to a slot that is OUT");
	if (ev->to && ev->from && ev->cause == CHASSIS_GRANT_FENCE) {
		if (!old->out || !old->in_reset)
			violated("G6: the grant moved before the holder was OUT and in reset");
		if (w->c.slot[ev->to - 1].cmd_epoch != was_epoch)
			violated("G6: a fence decided in another epoch was carried out");
	}
	if (ev->cause == CHASSIS_GRANT_RELEASE && !w->unloading)
		violated("the grant was free in a handover that met no fault");
	if (ev->cause == CHASSIS_GRANT_RELEASE)
		w->unloading = 0;
}

/* one line of the model's trace, at the point of decision */
void check_trace(struct world *w, const struct chassis_event *ev)
{
	switch (ev->type) {
	case CHASSIS_EV_GRANT:
		if (trace_on)
			printf("            grant %u -> %u, epoch %u\n", ev->from, ev->to,
			       ev->epoch);
		return check_grant(w, ev);
	case CHASSIS_EV_RESET:
		if (trace_on)
			printf("            slot %u reset %s, cause %u\n", ev->slot,
			       ev->value ? "asserted" : "released", ev->cause);
		return;
	case CHASSIS_EV_TIMER_EXPIRED:
		if (trace_on)
			printf("            slot %u timer expired\n", ev->slot);
		return;
	case CHASSIS_EV_ROLE:
		if (trace_on)
			printf("            slot %u publishes role %u\n", ev->slot, ev->value);
		return;
	case CHASSIS_EV_FABRIC:
	case CHASSIS_EV_MODULE_RESET:
	case CHASSIS_EV_PEER_RESET:
	case CHASSIS_EV_TAKE:
		if (ev->accepted && w->c.owner != ev->slot)
			violated("I1: a protected register took a write of a non-owner");
		return;
	default:
		return;
	}
}

void check_before_write(const struct world *w, int slot, u32 off, u32 value)
{
	was_out = w->c.slot[slot - 1].out && off != REG_JOIN &&
		  !(off == REG_CMD && value == REDUND_CMD_SHUTDOWN_DONE);
	was_refused = w->c.slot[slot - 1].refused;
	was_epoch = w->c.epoch;
}

void check_after_write(const struct world *w, int slot, u32 off)
{
	if (was_out && w->c.slot[slot - 1].refused == was_refused)
		violated("G5: a write through an OUT slot's window was not refused");
}

/* a command on its way since an earlier epoch must do nothing, in every state */
static void check_late_commands(const struct world *w)
{
	int slot;

	for (slot = 1; slot <= 2; slot++) {
		if (w->c.owner == 3 - slot && world_late_fence(w, slot, true))
			violated("G6: a fence decided in another epoch was carried out");
		if (w->c.owner != slot && world_late_fence(w, slot, false))
			violated("G6: a claim decided in another epoch was carried out");
	}
}

/* in every state */
void check_state(const struct world *w)
{
	int i;

	if (!(w->c.fabric_enable & 3))
		violated("I3: both fabric modules are disabled");
	for (i = 0; i < 2; i++) {
		const struct chassis_slot *sl = &w->c.slot[i];

		if (sl->in_reset && !sl->reset_end && !w->c.owner)
			violated("G7: a slot is in reset while the grant is free");
	}
	check_late_commands(w);
}

/* ---- after everything has settled ------------------------------------------------ */

static bool fault_on(const struct world *w, int i, enum chassis_fault f)
{
	return w->c.slot[i].faults & 1u << f;
}

/* nothing but the software is needed for it to run */
static bool healthy(const struct world *w, int i)
{
	const struct mod *m = &w->m[i];
	bool no_way = fault_on(w, i, CHASSIS_FAULT_TIMER_DEAD) ||
		      fault_on(w, i, CHASSIS_FAULT_RESET_STUCK);
	bool lost = no_way && (m->hung || m->state == MOD_UNLOADED);

	return w->c.slot[i].powered && !lost && m->state != MOD_HALTED &&
	       !fault_on(w, i, CHASSIS_FAULT_SELFTEST);
}

static void check_standby(const struct world *w, int owner)
{
	const struct mod *o = &w->m[owner - 1], *s = &w->m[2 - owner];
	int i;

	for (i = 0; i < 2; i++)
		if (!healthy(w, i) || w->m[i].unsynced || w->incompatible ||
		    fault_on(w, i, CHASSIS_FAULT_CUT_HEARTBEAT) ||
		    fault_on(w, i, CHASSIS_FAULT_CUT_LINK))
			return;
	if (s->hung)
		return violated("G3: a module that hangs is not brought back");
	if (s->r.not_ready & REDUND_NOT_READY_FAILOVER_LIMIT)
		return; /* for as long as the period of the limit */
	if (!o->r.redundancy && s->r.role != REDUND_ROLE_OFFLINE)
		violated("redundancy is disabled and the other module is not offline");
	if (!o->r.redundancy)
		return;
	if (s->r.role != REDUND_ROLE_STANDBY)
		violated("I2: both modules are healthy and none is standby");
	else if (s->r.not_ready || o->r.peer_not_ready || !w->c.slot[owner - 1].take)
		violated("I2: both modules are healthy and the standby is not ready");
}

/* a world that was left alone until nothing changed any more */
void check_quiet(const struct world *w)
{
	int owner = w->c.owner;
	const struct mod *m = owner ? &w->m[owner - 1] : NULL;

	if (m && m->hung && fault_on(w, owner - 1, CHASSIS_FAULT_TIMER_DEAD))
		return; /* two faults at once: nobody may know */
	if (!m) {
		if (healthy(w, 0) || healthy(w, 1))
			violated("I2: a healthy module is present and none is active");
		return;
	}
	if (m->hung)
		return violated("G3: a module that hangs keeps the grant");
	if (m->r.role != REDUND_ROLE_ACTIVE)
		return violated("I2: the owner of the grant is not active");
	if ((w->m[0].asked && !w->m[0].hung) || (w->m[1].asked && !w->m[1].hung))
		violated("a handover was never answered");
	if (w->nv.intent_to)
		violated("a handover's intent was never resolved");
	check_standby(w, owner);
}

/* how long this module may leave a free grant alone, in ticks */
static u32 free_bound(const struct world *w, int i)
{
	const struct mod *m = &w->m[i];

	if (m->state != MOD_RUN || m->hung || w->c.slot[i].out || m->r.own_failed || m->r.reboot ||
	    m->leaving)
		return BOUND_ANY;
	if (m->r.role == REDUND_ROLE_STANDBY && !m->unsynced)
		return 1;
	if (m->r.role == REDUND_ROLE_SYNCING || m->r.role == REDUND_ROLE_STANDBY)
		return 4;
	return m->r.offline_cause == REDUND_OFFLINE_CAUSE_DISABLED ? 11 : BOUND_ANY;
}

/* a ready standby takes over from an owner that hangs, also without its timer */
static u32 hang_bound(const struct world *w, int i)
{
	const struct mod *m = &w->m[i];
	bool ready = m->state == MOD_RUN && !m->hung && !w->c.slot[i].out &&
		     m->r.role == REDUND_ROLE_STANDBY && m->r.heard && m->r.redundancy &&
		     m->late_until <= w->now && w->c.slot[1 - i].take && !m->unsynced &&
		     !m->r.reboot && !m->leaving &&
		     !(m->r.not_ready & REDUND_NOT_READY_FAILOVER_LIMIT);

	return ready ? FAILOVER_TICKS : BOUND_ANY;
}

/* I2: ticks from here until a running module owns, by the best that can */
u32 world_quiet_bound(const struct world *w)
{
	u32 a, b;

	if (w->c.owner && w->m[w->c.owner - 1].hung)
		return hang_bound(w, 2 - w->c.owner);
	if (w->c.owner)
		return BOUND_ANY;
	a = free_bound(w, 0);
	b = free_bound(w, 1);
	return a < b ? a : b;
}
