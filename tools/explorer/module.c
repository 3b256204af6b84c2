// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module's software in the explorer: what core.c does for the role machine,
 * in steps between which the other module, time and faults may come.
 *
 * A step either looks (and the machine decides on that look), or carries out
 * the next decided action that the chassis sees. So every action may meet a
 * chassis that has changed since its decision.
 */
#include <stdio.h>
#include <string.h>
#include "world.h"

#define BOOT_TICKS 2
#define TIMER_MS   3
#define LEAVE	   3	 /* ticks from a boot's command to the module's end, and one */
#define SEQ_NONE   0x100 /* the frame has to be read again */

struct mod *mod_of(struct world *w, int slot)
{
	return &w->m[slot - 1];
}

static bool runs(const struct world *w, int slot)
{
	const struct mod *m = &w->m[slot - 1];

	return !m->hung && w->c.slot[slot - 1].powered &&
	       (m->state == MOD_RUN || m->state == MOD_BOOT);
}

/* something has to be done before time may pass */
bool module_busy(const struct world *w, int slot)
{
	const struct mod *m = &w->m[slot - 1];

	return runs(w, slot) && (m->qn || m->res_cmd || m->due || m->leaving == 1 ||
				 (m->state == MOD_RUN && (m->irq || m->r.p.hold != w->nv.hold)));
}

bool module_can(const struct world *w, int slot)
{
	const struct mod *m = &w->m[slot - 1];

	return module_busy(w, slot) || (runs(w, slot) && (m->phase || m->synced)) ||
	       (!m->hung && (m->state == MOD_DYING || m->state == MOD_HALTING));
}

static void forget(struct mod *m)
{
	struct role_params p = m->r.p;
	u8 slot = m->r.slot;

	memset(m, 0, sizeof(*m));
	role_init(&m->r, slot, &p);
}

/* the reset line; a power failure is one that is not released */
void module_reset(struct world *w, int slot, bool asserted)
{
	struct mod *m = mod_of(w, slot);

	forget(m);
	m->state = asserted ? MOD_OFF : MOD_BOOT;
	m->boot_left = BOOT_TICKS;
}

void module_panic(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);

	m->qn = 0;
	m->state = MOD_DYING;
	reg_write(w, slot, REG_GOING_DOWN, REDUND_DOWN_PANIC);
}

/* ---- looking ------------------------------------------------------------------ */

static void forget_peer(struct mod *m)
{
	memset(&m->peer, 0, sizeof(m->peer));
	m->last_beat = 0;
	m->seen_seq = SEQ_NONE;
}

static void read_frame(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);
	const struct chassis_slot *peer = &w->c.slot[2 - slot];
	bool cut = peer->faults & 1u << CHASSIS_FAULT_CUT_HEARTBEAT;
	struct xframe f = cut ? w->cut[2 - slot] : w->in[2 - slot];

	if (!f.valid || f.incarnation != reg_read(w, slot, REG_PEER_INCARNATION))
		return;
	m->peer = (struct role_peer){
		.valid = true,
		.role = f.role,
		.offline_cause = f.cause,
		.selftest = f.selftest,
		.redundancy = f.redundancy,
		.not_ready = f.not_ready,
		.incarnation = f.incarnation,
		.epoch = f.epoch,
		.interval_ms = 1,
		.misses = 3,
		.hears_us = f.hears,
		.incompatible = w->incompatible,
		.record = { .present = true,
			    .failed = f.selftest == REDUND_SELFTEST_FAILED,
			    .ever_booted = true,
			    .last_role = f.last_role,
			    .readable = true },
	};
}

static void look_causes(struct world *w, int slot, struct role_view *v)
{
	struct mod *m = mod_of(w, slot);

	v->cause = reg_read(w, slot, REG_CAUSE) & ~CAUSE_BEAT;
	reg_write(w, slot, REG_CAUSE, v->cause);
	if (v->cause & CAUSE_PEER_GOING_DOWN)
		v->peer_down_reason = reg_read(w, slot, REG_PEER_DOWN_REASON);
	if (v->cause & (CAUSE_PEER_LOST | CAUSE_PEER_JOINED))
		forget_peer(m);
}

/* the other module was heard over the internal link */
static bool link_alive(const struct world *w, int slot)
{
	const struct chassis_slot *a = &w->c.slot[slot - 1], *b = &w->c.slot[2 - slot];
	const struct mod *peer = &w->m[2 - slot];

	return b->powered && !peer->hung && peer->state == MOD_RUN && !a->stuck_seen &&
	       !b->stuck_seen && !((a->faults | b->faults) & 1u << CHASSIS_FAULT_CUT_LINK);
}

static void look(struct world *w, int slot, struct role_view *v)
{
	struct mod *m = mod_of(w, slot);
	u64 status = reg_read64(w, slot, REG_STATUS);
	u32 s = (u32)status;
	u8 beat = (s & STATUS_PEER_BEAT) >> STATUS_PEER_BEAT_SHIFT;
	u8 seq = (s & STATUS_PEER_SEQ) >> STATUS_PEER_SEQ_SHIFT;

	memset(v, 0, sizeof(*v));
	v->owner = s & STATUS_OWNER;
	v->epoch = status >> 32;
	m->epoch = v->epoch;
	v->offer = s & STATUS_OFFER;
	v->may_take = s & STATUS_PEER_MAY_TAKE;
	v->peer_present = s & STATUS_PEER_PRESENT;
	v->peer_powered = s & STATUS_PEER_POWERED;
	v->peer_in_reset = s & STATUS_PEER_IN_RESET;
	v->peer_out = s & STATUS_PEER_OUT;
	v->peer_going_down = s & STATUS_PEER_GOING_DOWN;
	v->peer_stuck = s & STATUS_PEER_STUCK;
	v->self_out = s & STATUS_SELF_OUT;
	if (s & STATUS_CAUSE)
		look_causes(w, slot, v);
	if (v->peer_out || !v->peer_present)
		forget_peer(m);
	if (beat != m->seen_beat) {
		m->seen_beat = beat;
		m->last_beat = w->now;
		v->beat = true;
	}
	if (seq != m->seen_seq && !v->peer_out && v->peer_present) {
		m->seen_seq = seq;
		read_frame(w, slot);
	}
	v->last_beat = m->last_beat;
	v->late = w->now < m->late_until;
	v->wdt_ok = true;
	v->rearms_valid = m->r.want_rearms;
	if (v->rearms_valid)
		v->peer_rearms = reg_read(w, slot, REG_PEER_REARMS);
	v->peer = m->peer;
	v->link_alive = link_alive(w, slot);
	v->link = v->link_alive ? REDUND_LINK_STATE_ALIVE : REDUND_LINK_STATE_UP;
	if (v->offer && v->owner != slot)
		v->offer_reason = w->nv.intent_reason;
	m->irq = 0;
}

/* ---- the machine ----------------------------------------------------------------- */

static const char *action_name(const struct role_action *a)
{
	static const char *const name[] = {
		"CLAIM",      "FENCE",	  "RELEASE",   "OFFER",	     "WITHDRAW",   "TAKE",
		"INTENT",     "ROLE",	  "RECORD",    "PHASE",	     "HISTORY",	   "VERDICT",
		"REFUSE",     "ACCEPT",	  "LOG",       "NOTE",	     "REDUNDANCY", "RESTART",
		"GOING_DOWN", "SHUTDOWN", "DWN_FLASH", "PEER_RESET", "REBOOT",
	};

	return a->type < sizeof(name) / sizeof(name[0]) ? name[a->type] : "?";
}

/* exactly one event 8 a taking over, and one of 16, 17 when it is a switchover */
static void account_log(struct mod *m, const struct role_action *a)
{
	if (a->arg == 8 && a->slot == m->r.slot)
		m->logged_active++;
	if (a->arg == 16 || a->arg == 17)
		m->logged_switch++;
}

static void account(struct mod *m, const struct role_action *a)
{
	switch (a->type) {
	case ROLE_DO_HISTORY:
		m->logged_active = 0;
		m->logged_switch = 0;
		m->from = a->from;
		if (a->from == 3 - m->r.slot && !m->saw_peer_own)
			violated("I5: the history's old owner was never seen to own");
		break;
	case ROLE_DO_LOG:
		account_log(m, a);
		break;
	case ROLE_DO_PHASE:
		if (a->arg != REDUND_PHASE_MODULES_RESET)
			break;
		if (m->logged_active != 1)
			violated("I5: event 8 not logged exactly once");
		if (m->logged_switch != (m->from == 3 - m->r.slot))
			violated("I5: events 16, 17 do not match the role change");
		break;
	case ROLE_DO_REFUSE:
		return refusal_seen(a->arg);
	case ROLE_DO_NOTE:
		return note_seen(a->arg);
	case ROLE_DO_VERDICT:
		if (a->flag && !m->asked)
			violated("a handover was answered twice");
		if (a->flag)
			m->asked = 0;
		break;
	default:
		break;
	}
}

static bool visible(const struct role_action *a)
{
	switch (a->type) {
	case ROLE_DO_ROLE:
	case ROLE_DO_HISTORY:
	case ROLE_DO_VERDICT:
	case ROLE_DO_REFUSE:
	case ROLE_DO_ACCEPT:
	case ROLE_DO_LOG:
	case ROLE_DO_NOTE:
	case ROLE_DO_DWN_FLASH:
		return false;
	default:
		return true;
	}
}

/* one event of the machine; what the chassis sees of it is queued */
bool module_event(struct world *w, int slot, struct role_event *ev)
{
	struct mod *m = mod_of(w, slot);
	struct role_actions out;
	bool accepted = false;
	struct role before = m->r;
	u8 role = before.role;
	u32 i;

	/* a boot begins anew, whatever was before */
	if (ev->type == ROLE_EV_BOOT)
		role = REDUND_ROLE_BOOTING;
	look(w, slot, &ev->view);
	if (ev->view.owner == 3 - slot)
		m->saw_peer_own = 1;
	role_step(&m->r, ev, w->now, &out);
	transition_rest(&before, &m->r, ev->type);
	if (out.n == ROLE_ACTIONS_MAX)
		violated("the list of actions overflows");
	for (i = 0; i < out.n; i++) {
		struct role_action *a = &out.a[i];

		if (trace_on)
			printf("            %d: %s arg %u slot %u epoch %u%s\n", slot,
			       action_name(a), a->arg, a->slot, a->epoch, a->flag ? " +" : "");
		account(m, a);
		accepted |= a->type == ROLE_DO_ACCEPT;
		if (a->type == ROLE_DO_ROLE && a->arg == REDUND_ROLE_SYNCING) {
			m->synced = 1;
			m->unsynced = 0;
		}
		if (a->type == ROLE_DO_ROLE) {
			transition_role(role, a->arg, ev->type);
			role = a->arg;
		}
		if (visible(a) && m->qn < QUEUE)
			m->q[m->qn++] = *a;
		else if (visible(a))
			violated("the queue of actions overflows");
	}
	if (accepted &&
	    (ev->type == ROLE_EV_SWITCHOVER || ev->type == ROLE_EV_SHUTDOWN ||
	     ev->type == ROLE_EV_REBOOT) &&
	    m->r.handover != ROLE_HANDOVER_NONE)
		m->asked = 1;
	if ((m->r.role == REDUND_ROLE_TAKING_OVER || m->r.role == REDUND_ROLE_ACTIVE) &&
	    (w->c.owner != slot || w->c.epoch != m->r.epoch) && ev->type == ROLE_EV_VIEW)
		violated("I1: a module goes on as the owner after it saw that it is not");
	return accepted;
}

/* ---- carrying out ---------------------------------------------------------------- */

static void grant_command(struct world *w, int slot, const struct role_action *a, u32 cmd)
{
	struct mod *m = mod_of(w, slot);

	reg_write(w, slot, REG_CMD_EPOCH, a->epoch);
	reg_write(w, slot, REG_CMD_ARG, a->arg);
	reg_write(w, slot, REG_CMD, cmd);
	m->res_cmd = cmd;
	m->res = reg_read(w, slot, REG_CMD_RESULT) & 0xff;
}

static void owner_phase(struct world *w, int slot, u32 phase)
{
	struct mod *m = mod_of(w, slot);

	if (phase == REDUND_PHASE_STANDBY_READY)
		return;
	if (phase == REDUND_PHASE_FABRIC)
		reg_write(w, slot, REG_FABRIC_ENABLE, 3);
	if (phase == REDUND_PHASE_MODULES_RESET)
		reg_write(w, slot, REG_IM_RESET, 0);
	m->phase = phase;
}

/* chassis memory takes what the owner commits, whole */
static void record(struct world *w, int slot, const struct role_action *a)
{
	reg_write(w, slot, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	if (!nv_accepted)
		return;
	if (a->type == ROLE_DO_RECORD) {
		w->nv.last_role[slot - 1] = REDUND_LAST_ACTIVE;
		w->nv.last_role[2 - slot] = REDUND_LAST_STANDBY;
		if (a->flag || w->nv.pending == slot)
			w->nv.pending = 0;
	} else if (a->type == ROLE_DO_INTENT) {
		w->nv.intent_to = a->slot;
		w->nv.intent_reason = a->arg;
	} else {
		w->nv.redundancy = a->flag;
	}
}

/* the owner stores the operator's choice for the next boot of the system (C-12) */
void module_choose(struct world *w, int slot, int chosen)
{
	reg_write(w, slot, REG_NV_COMMIT, REDUND_NV_CHASSIS);
	if (nv_accepted)
		w->nv.pending = mod_of(w, slot)->r.pending = chosen;
}

static void software_restart(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);
	struct mod old = *m;

	forget(m);
	m->state = MOD_BOOT;
	m->soft = 1;
	m->boot_left = 1;
	m->peer = old.peer;
	m->last_beat = old.last_beat;
	m->seen_beat = old.seen_beat;
	m->seen_seq = old.seen_seq;
	m->shown = old.shown;
	m->late_until = old.late_until;
	m->leaving = old.leaving;
}

/* the old active of a boot does not start anew: its Linux reboots */
static void restart(struct world *w, int slot, u32 reason)
{
	if (reason == REDUND_REASON_BOOT || reason == REDUND_REASON_RELOAD)
		mod_of(w, slot)->leaving = LEAVE;
	else
		software_restart(w, slot);
}

static void go(struct world *w, int slot, const struct role_action *a)
{
	struct mod *m = mod_of(w, slot);

	switch (a->type) {
	case ROLE_DO_CLAIM:
		return grant_command(w, slot, a, REDUND_CMD_CLAIM);
	case ROLE_DO_FENCE:
		return grant_command(w, slot, a,
				     a->flag ? REDUND_CMD_FENCE_FORCED : REDUND_CMD_FENCE);
	case ROLE_DO_RELEASE:
		return grant_command(w, slot, a, REDUND_CMD_RELEASE);
	case ROLE_DO_OFFER:
		return grant_command(w, slot, a, REDUND_CMD_OFFER);
	case ROLE_DO_WITHDRAW:
		return grant_command(w, slot, a, REDUND_CMD_WITHDRAW);
	case ROLE_DO_TAKE:
		return reg_write(w, slot, REG_PEER_TAKE, a->flag);
	case ROLE_DO_PHASE:
		return owner_phase(w, slot, a->arg);
	case ROLE_DO_RESTART:
		return restart(w, slot, a->arg);
	case ROLE_DO_REBOOT:
		m->leaving = LEAVE;
		return;
	case ROLE_DO_PEER_RESET:
		return reg_write(w, slot, REG_PEER_RESET, a->arg);
	case ROLE_DO_GOING_DOWN:
		m->state = MOD_DYING;
		return reg_write(w, slot, REG_GOING_DOWN, a->arg);
	case ROLE_DO_SHUTDOWN:
		m->state = MOD_HALTING;
		return reg_write(w, slot, REG_GOING_DOWN, REDUND_DOWN_SHUTDOWN);
	default:
		return record(w, slot, a);
	}
}

static void next_action(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);
	struct role_action a = m->q[0];

	m->qn--;
	memmove(&m->q[0], &m->q[1], m->qn * sizeof(m->q[0]));
	memset(&m->q[m->qn], 0, sizeof(m->q[0]));
	if (trace_on)
		printf("            %d: carries out %s\n", slot, action_name(&a));
	go(w, slot, &a);
}

static void publish(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);
	struct xframe f = { .valid = 1 };

	if (m->state != MOD_RUN || m->qn || m->res_cmd || w->c.slot[slot - 1].out)
		return;
	f.incarnation = w->c.slot[slot - 1].incarnation;
	f.epoch = m->epoch;
	f.not_ready = m->r.not_ready;
	f.role = m->r.role;
	f.cause = m->r.offline_cause;
	f.redundancy = m->r.redundancy;
	f.selftest = m->r.own_failed ? REDUND_SELFTEST_FAILED : REDUND_SELFTEST_PASSED;
	f.last_role = m->self.last_role;
	f.hears = m->peer.valid && m->last_beat && w->now - m->last_beat < 6 * TICK_US;
	if (!memcmp(&f, &m->shown, sizeof(f)))
		return;
	m->shown = f;
	w->out[slot - 1] = f;
	reg_write(w, slot, REG_PUBLISH, 1);
}

/* JOIN, selftest, records, ROLE_EV_BOOT; again next tick while it is refused */
static void start(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);
	struct role_event ev = { .type = ROLE_EV_BOOT };
	int i;

	if (m->boot_left) {
		if (m->soft)
			reg_write(w, slot, REG_TIMER_REARM, TIMER_MS);
		return;
	}
	if (w->c.slot[slot - 1].out)
		reg_write(w, slot, REG_JOIN, reg_read(w, slot, REG_INCARNATION));
	if (w->c.slot[slot - 1].out)
		return;
	m->state = MOD_RUN;
	reg_write(w, slot, REG_INT_ENABLE, CAUSE_ALL & ~(CAUSE_BEAT | CAUSE_FRAME | CAUSE_IM));
	reg_write(w, slot, REG_BEAT, TIMER_MS);
	reg_write(w, slot, REG_SCRATCH, 0x5a5a);
	ev.boot.selftest_ok = reg_read(w, slot, REG_SCRATCH) == 0x5a5a;
	ev.boot.redundancy = w->nv.redundancy;
	ev.boot.pending = w->nv.pending;
	ev.boot.intent_to = w->nv.intent_to;
	for (i = 0; i < 2; i++) {
		struct role_candidate c = { .present = true,
					    .ever_booted = true,
					    .readable = true,
					    .last_role = w->nv.last_role[i] };

		*(i == slot - 1 ? &m->self : &m->other) = c;
	}
	ev.boot.self = m->self;
	ev.boot.peer_record = m->other;
	module_event(w, slot, &ev);
}

static void run_step(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);
	struct role_event ev = { .type = ROLE_EV_VIEW };

	if (m->res_cmd) {
		ev.type = ROLE_EV_RESULT;
		ev.result.cmd = m->res_cmd;
		ev.result.result = m->res;
		ev.result.owner = w->c.owner;
		m->res_cmd = 0;
	} else if (m->qn) {
		return next_action(w, slot);
	} else if (m->r.p.hold != w->nv.hold) {
		ev.type = ROLE_EV_PARAMS;
		ev.params = m->r.p;
		ev.params.hold = w->nv.hold;
	} else if (m->phase) {
		ev.type = ROLE_EV_PHASE;
		ev.phase.phase = m->phase;
		ev.phase.result = REDUND_PHASE_RESULT_OK;
		m->phase = 0;
	} else if (m->synced) {
		ev.type = ROLE_EV_SYNCED;
		ev.on = true;
		m->synced = 0;
	} else if (m->leaving == 1) {
		ev.type = ROLE_EV_DOWN;
		ev.down_reason = REDUND_DOWN_REBOOT;
		m->leaving = 0;
	} else if (m->due) {
		m->due = 0;
		if (!w->c.slot[slot - 1].out)
			reg_write(w, slot, REG_BEAT, TIMER_MS);
	}
	module_event(w, slot, &ev);
}

/* one step of a module that module_can() */
void module_step(struct world *w, int slot)
{
	struct mod *m = mod_of(w, slot);

	switch (m->state) {
	case MOD_BOOT:
		m->due = 0;
		m->irq = 0;
		if (m->leaving == 1) {
			m->leaving = 0;
			m->state = MOD_DYING;
			return reg_write(w, slot, REG_GOING_DOWN, REDUND_DOWN_REBOOT);
		}
		start(w, slot);
		break;
	case MOD_DYING:
		/* its own reboot: needs no reset line */
		m->state = MOD_OFF;
		world_self_reset(w, slot);
		return;
	case MOD_HALTING:
		m->state = MOD_HALTED;
		reg_write(w, slot, REG_CMD, REDUND_CMD_SHUTDOWN_DONE);
		return;
	default:
		run_step(w, slot);
		break;
	}
	/* without a driver nothing beats any more: the timer brings it back */
	if (m->state == MOD_RUN && m->r.role == REDUND_ROLE_DOWN && !m->qn && !m->res_cmd) {
		reg_write(w, slot, REG_TIMER_REARM, 6);
		m->state = MOD_UNLOADED;
		m->leaving = 0;
		return;
	}
	publish(w, slot);
}
