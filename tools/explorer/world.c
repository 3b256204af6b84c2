// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The explorer's world: what can happen next, how it is made to happen, and
 * when two states are the same. Owns the chassis model's memories, of which
 * only the frames are part of a state.
 */
#include <stdio.h>
#include <string.h>
#include "world.h"

#define WAIT_PULSE_US 500

u32 plant_chassis, plant_role;
bool trace_on;
bool nv_accepted;

static struct chassis_mem mem;

/* clang-format off */
const char *const choice_name[DO_COUNT] = {
	"step 1", "step 2", "tick",
	"kill 1", "kill 2", "hang 1", "hang 2", "panic 1", "panic 2",
	"press reset 1", "press reset 2", "remove 1", "remove 2", "bounce 1", "bounce 2",
	"cut heartbeat 1", "cut heartbeat 2", "cut doorbell 1", "cut doorbell 2",
	"reset-stuck 1", "reset-stuck 2", "wdt-dead 1", "wdt-dead 2",
	"selftest-fail 1", "selftest-fail 2", "cut link 1", "cut link 2",
	"unsynchronized 1", "unsynchronized 2", "sync fails 1", "sync fails 2",
	"phase fails 1", "phase fails 2", "phase unanswered 1", "phase unanswered 2",
	"resume 1", "resume 2", "power on 1", "power on 2",
	"synchronized 1", "synchronized 2",
	"switchover 1", "switchover 2", "forced switchover 1", "forced switchover 2",
	"disable redundancy 1", "disable redundancy 2",
	"enable redundancy 1", "enable redundancy 2",
	"press shutdown 1", "press shutdown 2", "boot 1", "boot 2",
	"boot standby 1", "boot standby 2", "boot system 1", "boot system 2",
	"reboot 1", "reboot 2", "unload 1", "unload 2",
	"boot itself 1", "boot itself 2", "choose 1", "choose 2", "heartbeat loss hold 1",
	"heartbeat loss hold 2",
};

/* clang-format on */

/* ---- the model's callbacks ---------------------------------------------------- */

static void on_irq(void *ctx, int slot)
{
	struct world *w = ctx;

	mod_of(w, slot)->irq = 1;
}

static void on_reset(void *ctx, int slot, bool asserted, enum redund_reset_cause cause)
{
	module_reset(ctx, slot, asserted);
}

static void on_trace(void *ctx, const struct chassis_event *ev)
{
	if (ev->type == CHASSIS_EV_NV)
		nv_accepted = ev->accepted;
	check_trace(ctx, ev);
}

static const struct chassis_ops ops = {
	.irq = on_irq,
	.reset = on_reset,
	.trace = on_trace,
};

u32 reg_read(struct world *w, int slot, u32 off)
{
	return chassis_read(&w->c, &mem, &ops, w, slot, off, 4, w->now);
}

u64 reg_read64(struct world *w, int slot, u32 off)
{
	return chassis_read(&w->c, &mem, &ops, w, slot, off, 8, w->now);
}

void reg_write(struct world *w, int slot, u32 off, u32 value)
{
	nv_accepted = false;
	check_before_write(w, slot, off, value);
	if (off == REG_PUBLISH)
		memcpy(mem.frame_out[slot - 1], &w->out[slot - 1], sizeof(struct xframe));
	chassis_write(&w->c, &mem, &ops, w, slot, off, 4, value, w->now);
	check_after_write(w, slot, off);
}

/* the frames of this state go into the model's memory and come back */
static void load(const struct world *w)
{
	size_t n = sizeof(struct xframe);
	int i;

	for (i = 0; i < 2; i++) {
		memcpy(mem.frame_out[i], &w->out[i], n);
		memcpy(mem.frame_in[i], &w->in[i], n);
		memcpy(mem.frame_cut[i], &w->cut[i], n);
	}
}

static void store(struct world *w)
{
	size_t n = sizeof(struct xframe);
	int i;

	for (i = 0; i < 2; i++) {
		memcpy(&w->out[i], mem.frame_out[i], n);
		memcpy(&w->in[i], mem.frame_in[i], n);
		memcpy(&w->cut[i], mem.frame_cut[i], n);
	}
}

/* ---- beginning ------------------------------------------------------------------ */

static const struct chassis_config config = {
	.timer_max_ms = 6,
	.timer_boot_ms = 8,
	.timer_down_ms = 4,
	.reset_pulse_us = WAIT_PULSE_US,
	.im_download_us = 500,
	.caps = CAPS_ALL,
};

static const struct role_params params = {
	.interval_us = TICK_US,
	.misses = 3,
	.peer_wait_us = 4 * TICK_US,
	.holdoff_loser_us = 2 * TICK_US,
	.holdoff_unready_us = 3 * TICK_US,
	.return_us = 10 * TICK_US,
	.handover_us = 3 * TICK_US,
	.active_wait_us = 5 * TICK_US,
	.config_us = TICK_US,
	.modules_us = 2 * TICK_US,
	.timer_max_us = 6 * TICK_US,
	.fence_limit = 8,
	.fence_period_us = 1000000ull * TICK_US,
};

/**
 * world_start() - a chassis is powered on
 * @w: overwritten
 * @s: which modules, how fast they boot, what chassis memory says
 */
void world_start(struct world *w, const struct setup *s)
{
	struct chassis_config cfg = config;
	struct role_params p = params;
	int slot;

	memset(w, 0, sizeof(*w));
	memset(&mem, 0, sizeof(mem));
	w->now = 100 * TICK_US;
	cfg.plant = plant_chassis;
	p.plant = plant_role;
	chassis_init(&w->c, &mem, &cfg);
	w->c.fabric_present = 3;
	w->nv.redundancy = s->redundancy;
	w->nv.pending = s->pending;
	w->nv.hold = s->hold;
	w->incompatible = s->incompatible;
	p.hold = s->hold;
	p.fence_limit = s->fences ?: p.fence_limit;
	w->nv.last_role[0] = s->equal ? REDUND_LAST_NONE : REDUND_LAST_ACTIVE;
	w->nv.last_role[1] = s->equal ? REDUND_LAST_NONE : REDUND_LAST_STANDBY;
	for (slot = 1; slot <= 2; slot++) {
		role_init(&mod_of(w, slot)->r, slot, &p);
		if (!(s->present & slot))
			continue;
		chassis_presence(&w->c, &mem, &ops, w, slot, true, w->now);
		if (s->faulty & slot)
			chassis_fault(&w->c, &mem, &ops, w, slot, CHASSIS_FAULT_SELFTEST, true,
				      w->now);
		chassis_power(&w->c, &mem, &ops, w, slot, true, w->now);
		mod_of(w, slot)->boot_left = s->boot[slot - 1];
	}
	store(w);
}

/* ---- what can happen --------------------------------------------------------------- */

static int slot_of_choice(enum choice c)
{
	if (c <= DO_STEP_2)
		return c == DO_STEP_1 ? 1 : 2;
	return c == DO_TICK ? 0 : (c - DO_KILL_1) % 2 + 1;
}

/* faults of the synchronization and of what user space answers */
static bool can_fault_user(const struct mod *m, enum choice c)
{
	if (m->state != MOD_RUN || m->hung || m->qn || m->res_cmd)
		return false;
	switch (c) {
	case DO_UNSYNC_1:
	case DO_UNSYNC_2:
		return m->r.synced && !m->unsynced && !m->synced;
	case DO_SYNC_FAIL_1:
	case DO_SYNC_FAIL_2:
		return m->synced;
	default:
		return m->phase;
	}
}

static bool can_fault(const struct world *w, enum choice c, int slot)
{
	const struct chassis_slot *sl = &w->c.slot[slot - 1];
	const struct mod *m = &w->m[slot - 1];
	bool up = m->state == MOD_RUN || m->state == MOD_BOOT || m->state == MOD_DYING;

	switch (c) {
	case DO_KILL_1:
	case DO_KILL_2:
	case DO_RESET_1:
	case DO_RESET_2:
	case DO_REMOVE_1:
	case DO_REMOVE_2:
		return sl->powered;
	case DO_HANG_1:
	case DO_HANG_2:
		return up && !m->hung;
	case DO_PANIC_1:
	case DO_PANIC_2:
		return m->state == MOD_RUN && !m->hung;
	case DO_BOUNCE_1:
	case DO_BOUNCE_2:
		return sl->powered && !sl->in_reset;
	case DO_CUT_BEAT_1:
	case DO_CUT_BEAT_2:
		return !(sl->faults & 1u << CHASSIS_FAULT_CUT_HEARTBEAT);
	case DO_CUT_BELL_1:
	case DO_CUT_BELL_2:
		return !(sl->faults & 1u << CHASSIS_FAULT_CUT_DOORBELL);
	case DO_STUCK_1:
	case DO_STUCK_2:
		return !(sl->faults & 1u << CHASSIS_FAULT_RESET_STUCK);
	case DO_TIMER_DEAD_1:
	case DO_TIMER_DEAD_2:
		return !(sl->faults & 1u << CHASSIS_FAULT_TIMER_DEAD);
	case DO_CUT_LINK_1:
	case DO_CUT_LINK_2:
		return !(sl->faults & 1u << CHASSIS_FAULT_CUT_LINK);
	case DO_UNSYNC_1 ... DO_PHASE_LATE_2:
		return can_fault_user(m, c);
	default:
		return !(sl->faults & 1u << CHASSIS_FAULT_SELFTEST);
	}
}

static bool can_command(const struct world *w, enum choice c, int slot)
{
	const struct mod *m = &w->m[slot - 1];
	bool active = m->r.role == REDUND_ROLE_ACTIVE;

	if (m->state != MOD_RUN || m->hung || m->qn || m->res_cmd)
		return false;
	switch (c) {
	case DO_SWITCH_1:
	case DO_SWITCH_2:
	case DO_BOOT_1:
	case DO_BOOT_2:
	case DO_BOOT_STANDBY_1:
	case DO_BOOT_STANDBY_2:
	case DO_BOOT_SYSTEM_1:
	case DO_BOOT_SYSTEM_2:
		return active;
	case DO_FORCE_1:
	case DO_FORCE_2:
		return active || m->r.role == REDUND_ROLE_STANDBY;
	case DO_DISABLE_1:
	case DO_DISABLE_2:
		return active && m->r.redundancy;
	case DO_ENABLE_1:
	case DO_ENABLE_2:
		return active && !m->r.redundancy;
	case DO_SHUTDOWN_1:
	case DO_SHUTDOWN_2:
		return active || m->r.role == REDUND_ROLE_STANDBY;
	case DO_BOOT_OWN_1:
	case DO_BOOT_OWN_2:
		return m->r.role != REDUND_ROLE_DOWN;
	case DO_HOLD_1:
	case DO_HOLD_2:
		return active;
	default:
		return true;
	}
}

/** world_can() - is this possible now? */
bool world_can(const struct world *w, enum choice c)
{
	int slot = slot_of_choice(c);

	if (c <= DO_STEP_2)
		return module_can(w, slot);
	if (c == DO_TICK)
		return !module_busy(w, 1) && !module_busy(w, 2);
	if (c < DO_FIRST_MEND)
		return w->faults && can_fault(w, c, slot);
	if (c == DO_RESUME_1 || c == DO_RESUME_2)
		return w->m[slot - 1].hung;
	if (c == DO_RESYNC_1 || c == DO_RESYNC_2)
		return w->m[slot - 1].unsynced && !w->m[slot - 1].hung &&
		       w->m[slot - 1].state == MOD_RUN && !w->m[slot - 1].qn &&
		       !w->m[slot - 1].res_cmd;
	if (c < DO_FIRST_COMMAND)
		return !w->c.slot[slot - 1].powered && w->c.slot[slot - 1].incarnation;
	if (c == DO_CHOOSE_1 || c == DO_CHOOSE_2)
		return w->commands && w->c.owner && w->nv.pending != slot &&
		       can_command(w, DO_HOLD_1, w->c.owner);
	return w->commands && can_command(w, c, slot);
}

/* left alone: whoever has something to do does it, then time passes */
enum choice world_fair(const struct world *w)
{
	if (module_can(w, 1))
		return DO_STEP_1;
	if (module_can(w, 2))
		return DO_STEP_2;
	return DO_TICK;
}

/* ---- making it happen ------------------------------------------------------------------ */

static void tick(struct world *w)
{
	int i;

	w->now += TICK_US;
	chassis_advance(&w->c, &mem, &ops, w, w->now);
	for (i = 0; i < 2; i++) {
		struct mod *m = &w->m[i];

		if (m->hung)
			continue;
		if (m->state == MOD_BOOT && m->boot_left)
			m->boot_left--;
		if (m->leaving > 1)
			m->leaving--;
		m->due = m->state == MOD_RUN || m->state == MOD_BOOT;
	}
}

static void fault_user(struct world *w, enum choice c, int slot)
{
	struct mod *m = mod_of(w, slot);
	struct role_event ev = { .type = ROLE_EV_SYNCED };

	switch (c) {
	case DO_UNSYNC_1:
	case DO_UNSYNC_2:
		m->unsynced = 1;
		module_event(w, slot, &ev);
		return;
	case DO_SYNC_FAIL_1:
	case DO_SYNC_FAIL_2:
		m->unsynced = 1;
		m->synced = 0;
		return;
	case DO_PHASE_FAIL_1:
	case DO_PHASE_FAIL_2:
		ev.type = ROLE_EV_PHASE;
		ev.phase.phase = m->phase;
		ev.phase.result = REDUND_PHASE_RESULT_FAILED;
		m->phase = 0;
		module_event(w, slot, &ev);
		return;
	default:
		m->phase = 0;
		return;
	}
}

static void fault(struct world *w, enum choice c, int slot)
{
	static const u8 kind[] = {
		CHASSIS_FAULT_CUT_HEARTBEAT, CHASSIS_FAULT_CUT_DOORBELL, CHASSIS_FAULT_RESET_STUCK,
		CHASSIS_FAULT_TIMER_DEAD,    CHASSIS_FAULT_SELFTEST,	 CHASSIS_FAULT_CUT_LINK,
	};

	w->faults--;
	switch (c) {
	case DO_KILL_1:
	case DO_KILL_2:
		chassis_power(&w->c, &mem, &ops, w, slot, false, w->now);
		return module_reset(w, slot, true);
	case DO_HANG_1:
	case DO_HANG_2:
		mod_of(w, slot)->hung = 1;
		return;
	case DO_PANIC_1:
	case DO_PANIC_2:
		return module_panic(w, slot);
	case DO_RESET_1:
	case DO_RESET_2:
		return chassis_button(&w->c, &mem, &ops, w, slot, CHASSIS_BUTTON_RESET, w->now);
	case DO_REMOVE_1:
	case DO_REMOVE_2:
		chassis_presence(&w->c, &mem, &ops, w, slot, false, w->now);
		return module_reset(w, slot, true);
	case DO_BOUNCE_1:
	case DO_BOUNCE_2:
		return chassis_bounce(&w->c, &mem, &ops, w, slot, w->now);
	case DO_UNSYNC_1 ... DO_PHASE_LATE_2:
		return fault_user(w, c, slot);
	default:
		chassis_fault(&w->c, &mem, &ops, w, slot, kind[(c - DO_CUT_BEAT_1) / 2], true,
			      w->now);
		return;
	}
}

static void mend(struct world *w, enum choice c, int slot)
{
	struct mod *m = mod_of(w, slot);

	if (c == DO_RESUME_1 || c == DO_RESUME_2) {
		m->hung = 0;
		m->due = m->state == MOD_RUN || m->state == MOD_BOOT;
		m->late_until = w->now + 3 * TICK_US;
		return;
	}
	if (c == DO_RESYNC_1 || c == DO_RESYNC_2) {
		struct role_event ev = { .type = ROLE_EV_SYNCED, .on = true };

		m->unsynced = 0;
		module_event(w, slot, &ev);
		return;
	}
	if (!w->c.slot[slot - 1].present)
		chassis_presence(&w->c, &mem, &ops, w, slot, true, w->now);
	chassis_power(&w->c, &mem, &ops, w, slot, true, w->now);
}

static void command(struct world *w, enum choice c, int slot)
{
	struct role_event ev = { .type = ROLE_EV_SWITCHOVER };

	w->commands--;
	if (c == DO_CHOOSE_1 || c == DO_CHOOSE_2)
		return module_choose(w, w->c.owner, slot);
	switch (c) {
	case DO_SWITCH_1:
	case DO_SWITCH_2:
		break;
	case DO_FORCE_1:
	case DO_FORCE_2:
		ev.force = true;
		break;
	case DO_DISABLE_1:
	case DO_DISABLE_2:
	case DO_ENABLE_1:
	case DO_ENABLE_2:
		ev.type = ROLE_EV_REDUNDANCY;
		ev.on = c >= DO_ENABLE_1;
		break;
	case DO_SHUTDOWN_1:
	case DO_SHUTDOWN_2:
		ev.type = ROLE_EV_SHUTDOWN;
		break;
	case DO_BOOT_1:
	case DO_BOOT_2:
	case DO_BOOT_STANDBY_1:
	case DO_BOOT_STANDBY_2:
	case DO_BOOT_SYSTEM_1:
	case DO_BOOT_SYSTEM_2:
		ev.type = ROLE_EV_REBOOT;
		ev.reboot.kind = c < DO_BOOT_STANDBY_1 ? REDUND_REBOOT_KIND_BOOT :
				 c < DO_BOOT_SYSTEM_1  ? REDUND_REBOOT_KIND_BOOT_STANDBY :
							 REDUND_REBOOT_KIND_BOOT_SYSTEM;
		break;
	case DO_REBOOT_1:
	case DO_REBOOT_2:
		ev.type = ROLE_EV_DOWN;
		ev.down_reason = REDUND_DOWN_REBOOT;
		break;
	case DO_BOOT_OWN_1:
	case DO_BOOT_OWN_2:
		ev.type = ROLE_EV_REBOOT;
		ev.reboot.kind = REDUND_REBOOT_KIND_BOOT;
		ev.reboot.own = true;
		break;
	case DO_HOLD_1:
	case DO_HOLD_2:
		w->nv.hold = !w->nv.hold;
		return;
	default:
		ev.type = ROLE_EV_RELEASE;
		w->unloading = slot;
		break;
	}
	module_event(w, slot, &ev);
}

/** world_do() - one choice that world_can() allowed */
void world_do(struct world *w, enum choice c)
{
	int slot = slot_of_choice(c);

	load(w);
	if (trace_on)
		printf("%6.1f  %s\n", w->now / (double)TICK_US - 100, choice_name[c]);
	if (c <= DO_STEP_2)
		module_step(w, slot);
	else if (c == DO_TICK)
		tick(w);
	else if (c < DO_FIRST_MEND)
		fault(w, c, slot);
	else if (c < DO_FIRST_COMMAND)
		mend(w, c, slot);
	else
		command(w, c, slot);
	store(w);
	check_state(w);
}

/* the module's own reboot */
void world_self_reset(struct world *w, int slot)
{
	chassis_self_reset(&w->c, &mem, &ops, w, slot, w->now);
}

/* ---- a command that was decided in an earlier epoch and comes late ------------ */

/* does it change the owner? The world itself is not changed. */
bool world_late_fence(const struct world *w, int slot, bool fence)
{
	static const struct chassis_ops none;
	static struct chassis_mem scratch;
	struct chassis c = w->c;
	int owner = c.owner;

	chassis_write(&c, &scratch, &none, NULL, slot, REG_CMD_EPOCH, 4, c.epoch - 1, w->now);
	chassis_write(&c, &scratch, &none, NULL, slot, REG_CMD_ARG, 4, c.slot[2 - slot].rearms,
		      w->now);
	chassis_write(&c, &scratch, &none, NULL, slot, REG_CMD, 4,
		      fence ? REDUND_CMD_FENCE : REDUND_CMD_CLAIM, w->now);
	return c.owner != owner;
}
