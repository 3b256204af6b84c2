// SPDX-License-Identifier: GPL-2.0-only
/*
 * The role machine's half that holds the grant: phases of taking over, the
 * "peer may take" bit, handover by offer and what follows it, commands, and
 * losing the grant.
 *
 * Owns role.phase, role.handover and their deadlines.
 */
#include "role_priv.h"

/* role.given_step: how far the wait for the new owner's "active" is */
enum {
	GIVEN_WAITING,
	GIVEN_EVIDENCE,		/* too late: do its re-arm counts move? */
	GIVEN_FENCING,
};

static void intent(struct step *s, u8 to, u8 reason, bool forced)
{
	struct role_action *a = role_act(s, ROLE_DO_INTENT);

	a->slot = to;
	a->arg = reason;
	a->flag = forced;
}

/* ---- taking over ----------------------------------------------------------- */

static void begin_phase(struct step *s, u8 phase, u32 bound_us)
{
	s->r->phase = phase;
	s->r->phase_end = after(s->now, bound_us);
	role_act_arg(s, ROLE_DO_PHASE, phase);
}

/*
 * The grant is held. The fabric comes before everything that only tells of it.
 * After a claimed offer the old owner is alive and waits: it may fence this
 * module when it stalls (G6).
 */
void role_take_over(struct step *s)
{
	struct role *r = s->r;
	struct role_action *a = role_act(s, ROLE_DO_HISTORY);

	r->failover = r->from == peer_of(r);
	r->phase_failed = false;
	a->arg = r->reason;
	a->slot = r->slot;
	a->from = r->from;
	a->flag = r->failover;
	r->epoch = s->v->epoch;
	r->last_owner = r->slot;
	r->heard = false;
	r->want_rearms = false;
	r->free_since = 0;
	r->claim_at = 0;
	r->peer_wait_end = 0;
	r->handover_end = 0;
	begin_phase(s, REDUND_PHASE_FABRIC, r->p.config_us);
	role_set(s, REDUND_ROLE_TAKING_OVER, REDUND_OFFLINE_CAUSE_NONE);
}

/* an operator's command handed over (C-24) */
static bool commanded(u8 reason)
{
	return reason == REDUND_REASON_SWITCHOVER ||
	       reason == REDUND_REASON_SWITCHOVER_FORCED ||
	       reason == REDUND_REASON_BOOT || reason == REDUND_REASON_RELOAD;
}

/* events 16 and 17 exclude each other; none at an election (C-14, C-24) */
static void log_active(struct step *s)
{
	struct role *r = s->r;
	bool asked = commanded(r->reason) || r->reason == REDUND_REASON_REBOOT;

	if (!r->booted_said)
		role_act_log(s, EVENT_BOOTED, r->slot);
	r->booted_said = true;
	if (r->failover)
		role_act_log(s, asked ? EVENT_SWITCHOVER : EVENT_FAILOVER, r->slot);
	role_act_log(s, EVENT_ACTIVE, r->slot);
}

/* a handover ends with the grant here; a shutdown that asked for it is ignored */
static void not_given(struct step *s)
{
	struct role *r = s->r;

	role_answer(s, REDUND_VERDICT_ROLLED_BACK);
	if (r->shutdown_after) {
		role_act_flag(s, ROLE_DO_DWN_FLASH, false);
		role_act_log(s, EVENT_SHUTDOWN_IGNORED, r->slot);
	}
	r->shutdown_after = false;
	r->reboot = REDUND_REASON_NONE;
}

/* C-12: the boot's election was for the module chosen, which did not claim */
static bool choice_late(const struct role *r)
{
	return r->reason == REDUND_REASON_FREE_GRANT && !r->from && r->loser &&
	       r->decision.pending_used && r->pending && r->pending != r->slot;
}

/* one update of the records first, "active" after it */
static void become_active(struct step *s)
{
	struct role *r = s->r;
	bool consumed = r->reason == REDUND_REASON_ELECTION && r->pending;

	if (choice_late(r))
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_PENDING_LATE);
	role_act_flag(s, ROLE_DO_RECORD, consumed);
	if (consumed || r->pending == r->slot)
		r->pending = 0;
	intent(s, 0, REDUND_REASON_NONE, false);
	if (r->intent_to)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_INTENT_RESOLVED);
	r->intent_to = 0;
	role_set(s, REDUND_ROLE_ACTIVE, REDUND_OFFLINE_CAUSE_NONE);
	log_active(s);
	if (r->handover == ROLE_HANDOVER_GIVEN)
		not_given(s);
	role_answer(s, REDUND_VERDICT_DONE);
}

static void next_phase(struct step *s)
{
	struct role *r = s->r;

	switch (r->phase) {
	case REDUND_PHASE_FABRIC:
		begin_phase(s, REDUND_PHASE_CONFIG, r->p.config_us);
		break;
	case REDUND_PHASE_CONFIG:
		become_active(s);
		begin_phase(s, REDUND_PHASE_MODULES_RESET, r->p.modules_us);
		break;
	case REDUND_PHASE_MODULES_RESET:
		begin_phase(s, REDUND_PHASE_PORTS_UP, r->p.modules_us);
		break;
	default:
		r->phase_end = 0;
		role_act_arg(s, ROLE_DO_VERDICT, r->phase_failed ? REDUND_VERDICT_FAILED :
			     REDUND_VERDICT_DONE);
		break;
	}
}

/*
 * An answer to a phase that was given up comes too late. One that failed is no
 * reason to give the grant up: an active with a fault is safer than none.
 */
void role_owner_phase(struct step *s, u8 phase, u8 result)
{
	struct role *r = s->r;

	if (!owns(r) || !r->phase_end || r->phase != phase)
		return;
	if (result == REDUND_PHASE_RESULT_FAILED)
		r->phase_failed = true;
	next_phase(s);
}

/* ---- peer may take ------------------------------------------------------------ */

/* what the peer says that does not tell whether it can take over */
#define TAKE_IGNORES	(REDUND_NOT_READY_PEER_SILENT | REDUND_NOT_READY_NOT_HEARD | \
			 REDUND_NOT_READY_LINK_LOST)

/* ready and heard sets it; silence clears it after twice the time-out (G6) */
static bool take_wanted(const struct step *s)
{
	const struct role *r = s->r;
	const struct role_view *v = s->v;
	u64 limit = timeout_us(r) * (v->may_take ? 2 : 1);

	if (!r->redundancy || !role_peer_frame(v) || v->peer.epoch != v->epoch)
		return false;
	if (r->role == REDUND_ROLE_TAKING_OVER)
		return false;
	return v->peer.role == REDUND_ROLE_STANDBY &&
	       !(r->peer_not_ready & ~TAKE_IGNORES) &&
	       v->last_beat && !role_peer_silent(s, limit);
}

static void set_take(struct step *s, bool on)
{
	if (s->v->may_take != on)
		role_act_flag(s, ROLE_DO_TAKE, on);
}

/* the old owner of an offer waits for this module and may fence it */
static bool taken_by_offer(const struct step *s)
{
	const struct role *r = s->r;

	return r->role == REDUND_ROLE_TAKING_OVER && r->redundancy && role_peer_runs(s->v) &&
	       (commanded(r->reason) || r->reason == REDUND_REASON_SHUTDOWN_BUTTON);
}

/* a system boot was asked for: this owner hands over to nobody */
static bool leaving(const struct role *r)
{
	return r->reboot && r->handover == ROLE_HANDOVER_NONE;
}

static void watch_standby(struct step *s)
{
	struct role *r = s->r;

	r->peer_not_ready = role_judge_peer(s);
	set_take(s, (take_wanted(s) && !leaving(r)) || taken_by_offer(s));
	if (r->phase == REDUND_PHASE_PORTS_UP && !r->phase_end && !r->peer_not_ready &&
	    role_peer_frame(s->v) && s->v->peer.role == REDUND_ROLE_STANDBY) {
		r->phase = REDUND_PHASE_STANDBY_READY;
		role_act_arg(s, ROLE_DO_PHASE, REDUND_PHASE_STANDBY_READY);
	}
}

/* ---- handover --------------------------------------------------------------------- */

static void offer(struct step *s, u8 reason, bool forced)
{
	struct role *r = s->r;
	struct role_action *a;

	r->handover = ROLE_HANDOVER_OFFERED;
	r->handover_end = after(s->now, r->p.handover_us);
	intent(s, peer_of(r), reason, forced);
	if (r->p.plant & ROLE_PLANT_RELEASE) {
		role_act(s, ROLE_DO_RELEASE)->epoch = s->v->epoch;
		return;
	}
	a = role_act(s, ROLE_DO_OFFER);
	a->epoch = s->v->epoch;
	a->arg = r->p.handover_us / 1000;
}

/* the grant stayed here */
static void rolled_back(struct step *s)
{
	intent(s, 0, REDUND_REASON_NONE, false);
	not_given(s);
}

/* offered, and still the owner: until the claim, the owner owns */
static void view_offered(struct step *s)
{
	struct role *r = s->r;

	if (!s->v->offer)
		return rolled_back(s);
	if (!due(r->handover_end, s->now) && role_peer_runs(s->v))
		return;
	r->handover_end = after(s->now, r->p.interval_us);
	role_act(s, ROLE_DO_WITHDRAW)->epoch = r->epoch;
}

void role_owner_result(struct step *s, u8 cmd, u8 result)
{
	struct role *r = s->r;

	if (r->handover != ROLE_HANDOVER_OFFERED)
		return;
	if (cmd == REDUND_CMD_OFFER && result != REDUND_RES_OK)
		rolled_back(s);
	else if (cmd == REDUND_CMD_WITHDRAW && result == REDUND_RES_OK)
		rolled_back(s);
	else if (cmd == REDUND_CMD_WITHDRAW)	/* the claim won, or the deadline */
		r->again_at = after(s->now, AGAIN_US);
}

/* the old active's end of a handover: shut down, boot, or start as a standby */
static void given_end(struct step *s, u32 v)
{
	struct role *r = s->r;

	role_answer(s, v);
	if (!r->shutdown_after || v != REDUND_VERDICT_DONE)
		return role_restart(s, r->reboot ?: REDUND_REASON_SWITCHOVER);
	r->shut_down = true;
	role_set(s, REDUND_ROLE_OFFLINE, REDUND_OFFLINE_CAUSE_SHUTDOWN);
	role_act_log(s, EVENT_SHUTDOWN, r->slot);
	role_act(s, ROLE_DO_SHUTDOWN);
}

/*
 * The new owner is late. One whose re-arm count moves runs, and its phases are
 * bounded: it will be active. One that stands still is fenced once.
 */
static void given_late(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;

	if (r->given_step == GIVEN_WAITING || !r->rearms_since) {
		if (r->given_step != GIVEN_WAITING && !v->rearms_valid)
			return given_end(s, REDUND_VERDICT_DONE);
		r->given_step = GIVEN_EVIDENCE;
		r->want_rearms = true;
		r->rearms_since = v->rearms_valid ? after(s->now, 0) : 0;
		r->last_rearms = v->peer_rearms;
		r->handover_end = after(s->now, v->rearms_valid ? timeout_us(r) : r->p.interval_us);
		return;
	}
	if (!v->rearms_valid || r->last_rearms != v->peer_rearms ||
	    r->given_step == GIVEN_FENCING || !v->may_take)
		return given_end(s, REDUND_VERDICT_DONE);
	r->given_step = GIVEN_FENCING;
	r->handover_end = after(s->now, r->p.interval_us);
	role_fence(s, REDUND_REASON_ROLLBACK, false);
}

/* the grant went to the peer by this module's offer: wait, touch nothing */
void role_view_given(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;

	if (v->self_out)
		return given_end(s, v->owner == peer_of(r) ? REDUND_VERDICT_DONE :
				 REDUND_VERDICT_ROLLED_BACK);
	if (v->owner == r->slot) {
		r->reason = REDUND_REASON_ROLLBACK;
		r->from = r->last_owner;
		return role_take_over(s);
	}
	if (!v->owner)
		return role_claim(s, REDUND_REASON_ROLLBACK);
	if (role_active_frame(r, v) && v->peer.role == REDUND_ROLE_ACTIVE)
		return given_end(s, REDUND_VERDICT_DONE);
	if (due(r->handover_end, s->now))
		given_late(s);
}

/* ---- losing ------------------------------------------------------------------------- */

static void lost(struct step *s)
{
	struct role *r = s->r;
	bool offered = r->handover == ROLE_HANDOVER_OFFERED;

	r->phase_end = 0;
	r->rearms_since = 0;
	if (offered && !s->v->self_out) {
		r->handover = ROLE_HANDOVER_GIVEN;
		r->handover_end = after(s->now, r->p.active_wait_us);
		r->given_step = GIVEN_WAITING;
		role_set(s, REDUND_ROLE_BOOTING, REDUND_OFFLINE_CAUSE_NONE);
		return role_view_given(s);
	}
	role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_LOST_GRANT);
	role_answer(s, s->v->owner == peer_of(r) ? REDUND_VERDICT_DONE :
		    REDUND_VERDICT_ROLLED_BACK);
	role_restart(s, REDUND_REASON_LOST_GRANT);
}

void role_view_owner(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;
	bool believe = r->p.plant & ROLE_PLANT_CLAIM_NO_FENCE;

	r->blind |= (r->p.plant & ROLE_PLANT_NO_EPOCH) && v->late;
	if ((v->owner != r->slot || v->epoch != r->epoch || v->self_out) && !believe && !r->blind)
		return lost(s);
	if (due(r->phase_end, s->now))
		next_phase(s);
	watch_standby(s);
	if (r->handover == ROLE_HANDOVER_OFFERED)
		view_offered(s);
}

/* ---- commands -------------------------------------------------------------------------- */

static u32 check_owner(const struct role *r, const struct role_view *v)
{
	if (r->role == REDUND_ROLE_TAKING_OVER || r->handover != ROLE_HANDOVER_NONE ||
	    (owns(r) && r->reboot))
		return REDUND_REFUSAL_BUSY;
	if (r->role != REDUND_ROLE_ACTIVE)
		return REDUND_REFUSAL_NOT_ACTIVE;
	if (v->owner != r->slot || v->epoch != r->epoch || v->self_out)
		return REDUND_REFUSAL_LOST_GRANT;
	return REDUND_REFUSAL_NONE;
}

/**
 * role_switchover_check() - would a switchover be accepted? (A-002, S-081)
 * @r: state, not changed
 * @v: a fresh view
 * @force: an operator's; readiness is not asked
 * @reasons: REDUND_NOT_READY_* of the peer that stand against it
 *
 * Any context. On a standby only a forced one can be accepted: an operator's
 * fence, where the owner set "peer may take".
 *
 * Return: enum redund_refusal, none when it would
 */
u32 role_switchover_check(const struct role *r, const struct role_view *v, bool force,
			  u32 *reasons)
{
	u32 refusal = check_owner(r, v);

	*reasons = 0;
	if (force && r->role == REDUND_ROLE_STANDBY && r->handover == ROLE_HANDOVER_NONE &&
	    v->may_take && v->owner == peer_of(r))
		return REDUND_REFUSAL_NONE;
	if (refusal)
		return refusal;
	if (!r->redundancy)
		return REDUND_REFUSAL_DISABLED;
	if (!v->peer_present || !v->peer_powered)
		return REDUND_REFUSAL_NO_PEER;
	*reasons = r->peer_not_ready;
	if (!role_peer_frame(v))
		return REDUND_REFUSAL_PEER_NOT_STANDBY;
	if (v->peer.selftest == REDUND_SELFTEST_FAILED)
		return REDUND_REFUSAL_FAILED_SELFTEST;
	if (v->peer.role == REDUND_ROLE_SYNCING)
		return force ? REDUND_REFUSAL_NONE : REDUND_REFUSAL_SYNCING;
	if (v->peer.role != REDUND_ROLE_STANDBY)
		return REDUND_REFUSAL_PEER_NOT_STANDBY;
	if (*reasons && !force)
		return REDUND_REFUSAL_PEER_NOT_READY;
	return REDUND_REFUSAL_NONE;
}

void role_command_switchover(struct step *s, bool force)
{
	struct role *r = s->r;
	u32 refusal, reasons;

	if (owns(r))
		r->peer_not_ready = role_judge_peer(s);
	refusal = role_switchover_check(r, s->v, force, &reasons);
	if (refusal)
		return role_act_refuse(s, refusal, reasons);
	role_act(s, ROLE_DO_ACCEPT);
	if (!owns(r)) {
		r->handover = ROLE_HANDOVER_FORCED;
		return role_fence(s, REDUND_REASON_SWITCHOVER_FORCED, true);
	}
	offer(s, force ? REDUND_REASON_SWITCHOVER_FORCED : REDUND_REASON_SWITCHOVER, force);
}

/* the bit goes before the command returns; the flag is the owner's to store */
void role_command_redundancy(struct step *s, bool on)
{
	struct role *r = s->r;
	u32 refusal = check_owner(r, s->v);

	if (refusal)
		return role_act_refuse(s, refusal, 0);
	if (!on)
		set_take(s, false);
	r->redundancy = on;
	role_act_flag(s, ROLE_DO_REDUNDANCY, on);
	role_act(s, ROLE_DO_ACCEPT);
	r->peer_not_ready = role_judge_peer(s);
}

/**
 * role_shutdown_check() - would MM Shutdown be accepted? (S-146, S-147)
 * @r: state, not changed
 * @v: a fresh view
 * @reasons: REDUND_NOT_READY_* of the peer that stand against it
 *
 * Any context.
 *
 * Return: enum redund_refusal, none when it would
 */
u32 role_shutdown_check(const struct role *r, const struct role_view *v, u32 *reasons)
{
	*reasons = 0;
	if (r->role == REDUND_ROLE_STANDBY && v->owner == peer_of(r))
		return REDUND_REFUSAL_NONE;
	return role_switchover_check(r, v, false, reasons);
}

/* MM Shutdown (S-139..S-148): from active or standby only, else event 19 */
void role_command_shutdown(struct step *s)
{
	struct role *r = s->r;
	u32 refusal, reasons;

	if (owns(r))
		r->peer_not_ready = role_judge_peer(s);
	refusal = role_shutdown_check(r, s->v, &reasons);
	if (refusal) {
		role_act_log(s, EVENT_SHUTDOWN_IGNORED, r->slot);
		return role_act_refuse(s, refusal, reasons);
	}
	role_act(s, ROLE_DO_ACCEPT);
	role_act_flag(s, ROLE_DO_DWN_FLASH, true);
	if (owns(r)) {
		r->shutdown_after = true;
		return offer(s, REDUND_REASON_SHUTDOWN_BUTTON, false);
	}
	r->shut_down = true;
	role_set(s, REDUND_ROLE_OFFLINE, REDUND_OFFLINE_CAUSE_SHUTDOWN);
	role_act_log(s, EVENT_SHUTDOWN, r->slot);
	role_act(s, ROLE_DO_SHUTDOWN);
}

/* ---- boot, reload, boot standby, boot system (S-189 to S-210) ------------------------- */

static u8 reboot_reason(u8 kind)
{
	if (kind == REDUND_REBOOT_KIND_BOOT)
		return REDUND_REASON_BOOT;
	return kind == REDUND_REBOOT_KIND_RELOAD ? REDUND_REASON_RELOAD :
						   REDUND_REASON_BOOT_SYSTEM;
}

/**
 * role_reboot_check() - would a boot be accepted, and what would it do?
 * @r: state, not changed
 * @v: a fresh view
 * @kind: enum redund_reboot_kind
 * @reasons: REDUND_NOT_READY_* of the peer that stand against a handover
 * @handover: the standby would take over (S-189, S-208); else boot and reload
 *	boot the system (S-192, S-209)
 *
 * Any context.
 *
 * Return: enum redund_refusal, none when it would
 */
u32 role_reboot_check(const struct role *r, const struct role_view *v, u8 kind, u32 *reasons,
		      bool *handover)
{
	u32 refusal = check_owner(r, v);

	*reasons = 0;
	*handover = false;
	if (refusal)
		return refusal;
	if (kind == REDUND_REBOOT_KIND_BOOT_SYSTEM)
		return REDUND_REFUSAL_NONE;
	if (kind == REDUND_REBOOT_KIND_BOOT_STANDBY) {
		if (!v->peer_present || !v->peer_powered)
			return REDUND_REFUSAL_NO_PEER;
		return v->peer_in_reset ? REDUND_REFUSAL_BUSY : REDUND_REFUSAL_NONE;
	}
	*handover = !role_switchover_check(r, v, false, reasons);
	*reasons = r->peer_not_ready;	/* all of them, also where one was enough */
	return REDUND_REFUSAL_NONE;
}

static void reset_peer(struct step *s, u32 how)
{
	role_act_log(s, EVENT_RESETTING, peer_of(s->r));
	role_act_arg(s, ROLE_DO_PEER_RESET, how);
}

/*
 * Both modules start at the same moment, when this one goes down: a peer that
 * started before would meet an active and stand by, and then take over (S-120).
 * One that was shut down stays down unless both are to boot.
 */
static void boot_system(struct step *s)
{
	const struct role_view *v = s->v;

	if (v->peer_present && v->peer_powered &&
	    (!v->peer_shut_down || s->r->reboot == REDUND_REASON_BOOT_SYSTEM))
		reset_peer(s, PEER_RESET_HOLD);
	role_act_arg(s, ROLE_DO_REBOOT, s->r->reboot);
}

void role_command_reboot(struct step *s, u8 kind, u8 expect)
{
	struct role *r = s->r;
	u32 refusal, reasons;
	bool handover;

	if (owns(r))
		r->peer_not_ready = role_judge_peer(s);
	refusal = role_reboot_check(r, s->v, kind, &reasons, &handover);
	if (!refusal && expect == (handover ? ROLE_EXPECT_SYSTEM : ROLE_EXPECT_HANDOVER))
		refusal = REDUND_REFUSAL_STALE;
	if (refusal)
		return role_act_refuse(s, refusal, reasons);
	role_act(s, ROLE_DO_ACCEPT);
	if (kind != REDUND_REBOOT_KIND_BOOT_STANDBY)
		r->reboot = reboot_reason(kind);
	if (handover)
		return offer(s, r->reboot, false);
	set_take(s, false);
	if (kind == REDUND_REBOOT_KIND_BOOT_STANDBY)
		return reset_peer(s, PEER_RESET_PULSE);
	boot_system(s);
}

/**
 * role_reboot_own_check() - may this module boot by itself, without the other?
 * @r: state, not changed
 *
 * Any context. For one that does not hold the grant and is not about to (S-156).
 *
 * Return: enum redund_refusal, none when it may
 */
u32 role_reboot_own_check(const struct role *r)
{
	if (owns(r))
		return REDUND_REFUSAL_INVALID;
	if (!candidate(r) || r->shut_down || r->reboot || r->handover != ROLE_HANDOVER_NONE)
		return REDUND_REFUSAL_BUSY;
	return REDUND_REFUSAL_NONE;
}

/* neither a handover nor a boot of the system, so that nobody may expect one */
void role_command_reboot_own(struct step *s, u8 kind, u8 expect)
{
	struct role *r = s->r;
	u32 refusal = role_reboot_own_check(r);

	if (!refusal && expect != ROLE_EXPECT_ANY)
		refusal = REDUND_REFUSAL_STALE;
	if (refusal)
		return role_act_refuse(s, refusal, 0);
	role_act(s, ROLE_DO_ACCEPT);
	r->reboot = reboot_reason(kind);
	role_act_arg(s, ROLE_DO_REBOOT, r->reboot);
}
