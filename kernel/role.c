// SPDX-License-Identifier: GPL-2.0-only
/*
 * The role machine: one entry, boot and election, and everything a module
 * does that does not hold the grant.
 *
 * Owns struct role. Everything that matters is derived again from each view
 * (free grant, offer, silence, lost grant): a lost interrupt costs a tick. A
 * latched cause only gives the reason. The owner's half is role_owner.c.
 */
#include "role_priv.h"

/* ---- actions ------------------------------------------------------------- */

/* one more action; a full list repeats its last entry's place (KUnit: never) */
struct role_action *role_act(struct step *s, enum role_action_type type)
{
	struct role_actions *out = s->out;
	struct role_action *a;

	if (out->n < ROLE_ACTIONS_MAX)
		out->n++;
	a = &out->a[out->n - 1];
	*a = (struct role_action){ .type = type };
	return a;
}

void role_act_arg(struct step *s, enum role_action_type type, u32 arg)
{
	role_act(s, type)->arg = arg;
}

void role_act_flag(struct step *s, enum role_action_type type, bool flag)
{
	role_act(s, type)->flag = flag;
}

void role_act_log(struct step *s, u32 number, u8 slot)
{
	struct role_action *a = role_act(s, ROLE_DO_LOG);

	a->arg = number;
	a->slot = slot;
}

void role_act_refuse(struct step *s, u32 refusal, u32 reasons)
{
	struct role_action *a = role_act(s, ROLE_DO_REFUSE);

	a->arg = refusal;
	a->reasons = reasons;
}

void role_claim(struct step *s, u8 reason)
{
	s->r->reason = reason;
	s->r->from = s->r->last_owner;
	s->r->claim_at = 0;
	role_act(s, ROLE_DO_CLAIM)->epoch = s->v->epoch;
}

void role_fence(struct step *s, u8 reason, bool forced)
{
	struct role_action *a = role_act(s, ROLE_DO_FENCE);

	s->r->reason = reason;
	s->r->from = s->r->last_owner;
	a->epoch = s->v->epoch;
	a->arg = s->v->peer_rearms;
	a->flag = forced;
}

/* ---- transitions --------------------------------------------------------- */

void role_set(struct step *s, u8 role, u8 cause)
{
	struct role *r = s->r;

	if (r->role == role && r->offline_cause == cause)
		return;
	r->role = role;
	r->offline_cause = cause;
	r->not_ready = role_own_not_ready(s);
	role_act_arg(s, ROLE_DO_ROLE, role);
}

/* who asked for a handover here is answered exactly once */
void role_answer(struct step *s, u32 verdict)
{
	struct role *r = s->r;
	struct role_action *a;

	if (r->handover == ROLE_HANDOVER_NONE)
		return;
	r->handover = ROLE_HANDOVER_NONE;
	r->handover_end = 0;
	a = role_act(s, ROLE_DO_VERDICT);
	a->arg = verdict;
	a->flag = true;
}

/* start from the beginning: nothing of this start counts any more */
void role_restart(struct step *s, u32 reason)
{
	struct role *r = s->r;

	role_answer(s, REDUND_VERDICT_ROLLED_BACK);
	r->restarting = true;
	r->synced = false;
	r->heard = false;
	r->phase_end = 0;
	role_set(s, REDUND_ROLE_BOOTING, REDUND_OFFLINE_CAUSE_NONE);
	role_act_arg(s, ROLE_DO_RESTART, reason);
}

void role_go_down(struct step *s)
{
	struct role *r = s->r;

	role_answer(s, r->handover == ROLE_HANDOVER_GIVEN ? REDUND_VERDICT_DONE :
		    REDUND_VERDICT_ROLLED_BACK);
	r->phase_end = 0;
	role_set(s, REDUND_ROLE_DOWN, REDUND_OFFLINE_CAUSE_NONE);
}

static void go_offline(struct step *s, u8 cause)
{
	u8 was = s->r->offline_cause;

	role_set(s, REDUND_ROLE_OFFLINE, cause);
	if (was == cause)
		return;
	if (cause == REDUND_OFFLINE_CAUSE_DISABLED)
		role_act_log(s, EVENT_OFFLINE_DISABLED, s->r->slot);
	else if (cause == REDUND_OFFLINE_CAUSE_INCOMPATIBLE)
		role_act_log(s, EVENT_INCOMPATIBLE, s->r->slot);
}

static void go_syncing(struct step *s)
{
	s->r->synced = false;
	role_set(s, REDUND_ROLE_SYNCING, REDUND_OFFLINE_CAUSE_NONE);
}

/* the election is over and this module did not win it */
static void join(struct step *s)
{
	struct role *r = s->r;

	r->peer_wait_end = 0;
	if (!r->booted_said)
		role_act_log(s, EVENT_BOOTED, r->slot);
	r->booted_said = true;
	if (!r->redundancy)
		go_offline(s, REDUND_OFFLINE_CAUSE_DISABLED);
	else if (role_active_incompatible(r, s->v))
		go_offline(s, REDUND_OFFLINE_CAUSE_INCOMPATIBLE);
	else
		go_syncing(s);
}

/* ---- election -------------------------------------------------------------- */

static void elect(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;
	struct role_candidate *own = &r->inputs.mm[r->slot - 1];
	struct role_candidate *peer = &r->inputs.mm[peer_of(r) - 1];

	/* Of a format that cannot be read chassis memory knows more. */
	if (role_peer_frame(v) && v->peer.record.readable)
		*peer = v->peer.record;
	own->present = true;
	own->failed = r->own_failed;
	peer->present = v->peer_present && v->peer_powered;
	peer->failed = role_peer_frame(v) && v->peer.selftest == REDUND_SELFTEST_FAILED;
	r->inputs.operational = v->owner;
	r->inputs.pending = r->pending;
	r->decision = role_elect(&r->inputs);
	if ((r->p.plant & ROLE_PLANT_TIE) && r->decision.rule == REDUND_RULE_LOWEST_SLOT)
		r->decision.winner = peer_of(r);
}

/* is there somebody to wait for, and time left? (I2: peer wait) */
static bool wait_for_peer(const struct step *s)
{
	const struct role_view *v = s->v;

	if (v->owner || !v->peer_present || !v->peer_powered)
		return false;
	if (role_peer_frame(v) && v->peer.selftest != REDUND_SELFTEST_RUNNING)
		return false;
	return !due(s->r->peer_wait_end, s->now);
}

static void view_election(struct step *s)
{
	struct role *r = s->r;
	bool first;

	if (s->v->self_out)
		return role_restart(s, REDUND_REASON_RESET);
	if (s->v->owner == r->slot) {
		r->reason = REDUND_REASON_RETURNED;
		r->from = 0;
		return role_take_over(s);
	}
	if (wait_for_peer(s))
		return;
	first = r->decision.rule == REDUND_RULE_NONE;
	elect(s);
	if (first && r->decision.pending_ignored)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_PENDING_IGNORED);
	if (r->decision.winner == r->slot)
		return role_claim(s, REDUND_REASON_ELECTION);
	r->loser = !s->v->owner;
	join(s);
}

/* a failed module never claims; the decision is recorded all the same (N-017) */
static void view_failed(struct step *s)
{
	if (s->v->self_out)
		return role_restart(s, REDUND_REASON_RESET);
	if (s->r->decision.rule == REDUND_RULE_NONE && !wait_for_peer(s))
		elect(s);
}

static void boot(struct step *s, const struct role_event *ev)
{
	struct role *r = s->r;
	const struct role_params p = r->p;
	u8 slot = r->slot;
	int i;

	role_init(r, slot, &p);
	r->redundancy = ev->boot.redundancy;
	r->pending = ev->boot.pending;
	r->own_failed = !ev->boot.selftest_ok;
	r->intent_to = ev->boot.intent_to;
	r->inputs.mm[slot - 1] = ev->boot.self;
	r->inputs.mm[peer_of(r) - 1] = ev->boot.peer_record;
	for (i = 0; i < 8; i++)
		r->fence_at[i] = ev->boot.fence_at[i];
	r->epoch = s->v->epoch;
	r->peer_wait_end = after(s->now, p.peer_wait_us);
	if (r->own_failed) {
		role_act_log(s, EVENT_SELFTEST_FAILED, slot);
		role_act_log(s, EVENT_FAILED_SELFTEST, slot);
		role_set(s, REDUND_ROLE_FAILED, REDUND_OFFLINE_CAUSE_NONE);
	} else {
		role_set(s, REDUND_ROLE_ELECTION, REDUND_OFFLINE_CAUSE_NONE);
	}
}

/* ---- a free grant is a condition ------------------------------------------- */

/* redundancy is disabled: only when the old owner cannot come back (C-37) */
static bool owner_gone(const struct step *s)
{
	const struct role_view *v = s->v;

	return !v->peer_present || !v->peer_powered || s->r->hw_lost ||
	       (role_peer_frame(v) && v->peer.selftest == REDUND_SELFTEST_FAILED);
}

/* reasons for which a standby lets a better one go first */
#define CLAIM_WAITS	(REDUND_NOT_READY_WATCHDOG | REDUND_NOT_READY_INCOMPATIBLE | \
			 REDUND_NOT_READY_SYNC_FAILED | REDUND_NOT_READY_RESTARTING)

/* how long the grant has to stay free before this module claims it (I2) */
static u64 holdoff(const struct step *s)
{
	const struct role *r = s->r;

	if (r->shut_down || r->own_failed)
		return ROLE_NEVER;
	if (!r->redundancy)
		return owner_gone(s) ? 0 : r->p.return_us;
	if (r->loser && !r->last_owner)
		return r->p.holdoff_loser_us;
	if (r->role == REDUND_ROLE_STANDBY && !(r->not_ready & CLAIM_WAITS))
		return 0;
	return r->p.holdoff_unready_us;
}

static u8 free_reason(const struct step *s)
{
	const struct role *r = s->r;

	if (r->lost_reason != REDUND_REASON_NONE)
		return r->lost_reason;
	if (r->last_owner == peer_of(r) && role_peer_runs(s->v))
		return REDUND_REASON_UNLOAD;
	return REDUND_REASON_FREE_GRANT;
}

static void consider_free(struct step *s)
{
	struct role *r = s->r;
	u64 wait = holdoff(s);

	if ((r->p.plant & ROLE_PLANT_NO_RECHECK) && r->free_since)
		return;
	if (!r->free_since)
		r->free_since = after(s->now, 0);
	r->claim_at = wait == ROLE_NEVER ? 0 : after(r->free_since, wait);
	if (!due(r->claim_at, s->now))
		return;
	if (!r->redundancy)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_STALE_CONFIG);
	if (r->offline_cause == REDUND_OFFLINE_CAUSE_INCOMPATIBLE)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_INCOMPATIBLE_CLAIM);
	role_claim(s, free_reason(s));
}

/* ---- silence of the owner ---------------------------------------------------- */

/* reasons that stand against a fence; silence itself does not, on either path */
#define FENCE_BARS	(REDUND_NOT_READY_SELFTEST_FAILED | REDUND_NOT_READY_DISABLED | \
			 REDUND_NOT_READY_SHUTDOWN | REDUND_NOT_READY_INCOMPATIBLE | \
			 REDUND_NOT_READY_TIMERS_DIFFER | REDUND_NOT_READY_LATE | \
			 REDUND_NOT_READY_WATCHDOG | REDUND_NOT_READY_FAILOVER_LIMIT | \
			 REDUND_NOT_READY_SYNC_FAILED | REDUND_NOT_READY_RESTARTING)

/* a fence that would be due is not made: said once a silence */
static void note_barred(struct step *s)
{
	struct role *r = s->r;

	if (r->barred_said == s->v->last_beat)
		return;
	r->barred_said = s->v->last_beat;
	if (r->not_ready & REDUND_NOT_READY_LATE)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_LATE);
	if (r->not_ready & REDUND_NOT_READY_FAILOVER_LIMIT)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_FENCE_LIMIT);
}

/* re-arm counts of the holder: since when do they stand still? */
static void watch_rearms(struct step *s)
{
	struct role *r = s->r;

	r->want_rearms = true;
	if (!s->v->rearms_valid)
		return;
	if (!r->rearms_since || r->last_rearms != s->v->peer_rearms)
		r->rearms_since = after(s->now, 0);
	r->last_rearms = s->v->peer_rearms;
}

static bool rearms_still(const struct step *s, u64 us)
{
	return s->v->rearms_valid && s->r->rearms_since && s->now - s->r->rearms_since > us;
}

/*
 * The second heartbeat path says that the holder lives, and by the setting that
 * counts. An owner whose timer is not re-armed either is dead all the same.
 */
static bool held(struct step *s)
{
	struct role *r = s->r;

	if (!r->p.hold || !s->v->link_alive || rearms_still(s, r->p.timer_max_us))
		return false;
	if (r->barred_said != s->v->last_beat)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_HELD);
	r->barred_said = s->v->last_beat;
	return true;
}

/*
 * Missed heartbeats: heard in this epoch since this module stood by, or a
 * re-arm count that stood still for longer than the longest timer.
 */
static void consider_fence(struct step *s)
{
	struct role *r = s->r;
	bool silent = role_peer_silent(s, timeout_us(r));

	if (r->heard && !silent) {
		r->want_rearms = r->missed_said == s->v->last_beat;
		r->rearms_since = 0;
		return;
	}
	if (!r->want_rearms)
		r->again_at = after(s->now, AGAIN_US);
	watch_rearms(s);
	if (!s->v->rearms_valid)
		return;
	if (r->heard ? r->role != REDUND_ROLE_STANDBY : !rearms_still(s, r->p.timer_max_us))
		return;
	if (r->not_ready & FENCE_BARS)
		return note_barred(s);
	if (!s->v->may_take || held(s))
		return;
	if (r->p.plant & ROLE_PLANT_CLAIM_NO_FENCE) {
		role_claim(s, REDUND_REASON_HEARTBEAT_LOST);
		return;
	}
	role_fence(s, REDUND_REASON_HEARTBEAT_LOST, false);
}

/* ---- candidates: syncing, standby, offline -------------------------------------- */

/* what the active's frame says goes: redundancy flag, compatibility */
static void follow_active(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;

	if (r->shut_down)
		return;
	if (r->redundancy && role_active_incompatible(r, v))
		go_offline(s, REDUND_OFFLINE_CAUSE_INCOMPATIBLE);
	if (!role_active_frame(r, v))
		return;
	r->redundancy = v->peer.redundancy;
	if (!r->redundancy)
		go_offline(s, REDUND_OFFLINE_CAUSE_DISABLED);
	else if (v->peer.incompatible)
		go_offline(s, REDUND_OFFLINE_CAUSE_INCOMPATIBLE);
	else if (r->role == REDUND_ROLE_OFFLINE)
		go_syncing(s);
	if (v->peer.role != REDUND_ROLE_ACTIVE)
		return;
	if (v->beat)
		r->heard = true;
	if (r->role == REDUND_ROLE_SYNCING && r->synced && r->heard) {
		role_set(s, REDUND_ROLE_STANDBY, REDUND_OFFLINE_CAUSE_NONE);
		role_act_log(s, EVENT_STANDBY, r->slot);
	}
}

/* another epoch: what was heard of the holder counts no more */
static void new_epoch(struct step *s)
{
	struct role *r = s->r;

	r->epoch = s->v->epoch;
	r->heard = false;
	r->free_since = 0;
	r->claim_at = 0;
	r->rearms_since = 0;
	r->want_rearms = false;
	if (s->v->owner && r->role == REDUND_ROLE_STANDBY)
		go_syncing(s);
}

static void view_candidate(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;

	if (v->self_out)
		return role_restart(s, REDUND_REASON_RESET);
	if (v->owner == r->slot) {
		r->reason = REDUND_REASON_RETURNED;
		r->from = r->last_owner;
		return role_take_over(s);
	}
	if (v->epoch != r->epoch)
		new_epoch(s);
	follow_active(s);
	r->not_ready = role_own_not_ready(s);
	if (!v->owner)
		return consider_free(s);
	r->free_since = 0;
	r->claim_at = 0;
	if (v->offer && r->redundancy && r->role != REDUND_ROLE_OFFLINE)
		return role_claim(s, v->offer_reason ?: REDUND_REASON_SWITCHOVER);
	consider_fence(s);
}

/* ---- events ------------------------------------------------------------------------ */

/* before its boot and after its end a module looks at nothing */
static bool listens(const struct role *r)
{
	if (r->role == REDUND_ROLE_BOOTING)
		return r->handover == ROLE_HANDOVER_GIVEN;
	return r->role != REDUND_ROLE_DOWN;
}

static void view(struct step *s)
{
	struct role *r = s->r;

	r->again_at = 0;
	if (!listens(r))
		return;
	if (r->role == REDUND_ROLE_BOOTING)
		role_view_given(s);
	else if (r->role == REDUND_ROLE_ELECTION)
		view_election(s);
	else if (r->role == REDUND_ROLE_FAILED)
		view_failed(s);
	else if (owns(r))
		role_view_owner(s);
	else
		view_candidate(s);
}

/* results of CLAIM and FENCE; the others are the owner's */
static void take_result(struct step *s, u8 result)
{
	struct role *r = s->r;
	bool believe = (r->p.plant & ROLE_PLANT_CLAIM_NO_FENCE) && result == REDUND_RES_HELD &&
		       r->reason == REDUND_REASON_HEARTBEAT_LOST;

	if (owns(r) || !listens(r))
		return;
	switch (result) {
	case REDUND_RES_OK:
	case REDUND_RES_OWN:
		if (s->v->owner == r->slot)
			role_take_over(s);
		break;
	case REDUND_RES_HELD:	/* the other was first: no retry */
		if (believe)
			role_take_over(s);
		else if (r->role == REDUND_ROLE_ELECTION)
			join(s);
		break;
	case REDUND_RES_STALE:	/* decided on a view that has passed: look again */
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_STALE);
		r->again_at = after(s->now, AGAIN_US);
		break;
	case REDUND_RES_OUT:
		role_restart(s, REDUND_REASON_RESET);
		break;
	default:		/* the next view decides */
		break;
	}
}

static void result(struct step *s, u8 cmd, u8 res)
{
	struct role *r = s->r;
	bool fenced = cmd == REDUND_CMD_FENCE || cmd == REDUND_CMD_FENCE_FORCED;
	bool ours = r->reason == REDUND_REASON_HEARTBEAT_LOST;
	int i, oldest = 0;

	if (cmd != REDUND_CMD_CLAIM && !fenced)
		return role_owner_result(s, cmd, res);
	if (fenced && ours && res == REDUND_RES_OK) {
		for (i = 1; i < 8; i++)
			if (r->fence_at[i] < r->fence_at[oldest])
				oldest = i;
		r->fence_at[oldest] = after(s->now, 0);
	}
	take_result(s, res);
	if (r->handover == ROLE_HANDOVER_FORCED && !owns(r))
		role_answer(s, REDUND_VERDICT_ROLLED_BACK);
}

/* after the initial sync a loss costs readiness, not the role (I4) */
static void synced(struct step *s, bool on)
{
	if (candidate(s->r))
		s->r->synced = on;
}

static void release(struct step *s)
{
	if (owns(s->r))
		role_act(s, ROLE_DO_RELEASE)->epoch = s->r->epoch;
	role_go_down(s);
}

static void dispatch(struct step *s, const struct role_event *ev)
{
	switch (ev->type) {
	case ROLE_EV_BOOT:
		boot(s, ev);
		role_watch_peer(s);
		return view(s);
	case ROLE_EV_VIEW:
		return view(s);
	case ROLE_EV_RESULT:
		return result(s, ev->result.cmd, ev->result.result);
	case ROLE_EV_PHASE:
		return role_owner_phase(s, ev->phase.phase, ev->phase.result);
	case ROLE_EV_SYNCED:
		synced(s, ev->on);
		return view(s);
	case ROLE_EV_SWITCHOVER:
		return role_command_switchover(s, ev->force);
	case ROLE_EV_REDUNDANCY:
		return role_command_redundancy(s, ev->on);
	case ROLE_EV_SHUTDOWN:
		return role_command_shutdown(s);
	case ROLE_EV_REBOOT:
		if (ev->reboot.own)
			return role_command_reboot_own(s, ev->reboot.kind, ev->reboot.expect);
		return role_command_reboot(s, ev->reboot.kind, ev->reboot.expect);
	case ROLE_EV_RELEASE:
		return release(s);
	case ROLE_EV_DOWN:
		role_go_down(s);
		return role_act_arg(s, ROLE_DO_GOING_DOWN, ev->down_reason);
	case ROLE_EV_PARAMS:
		s->r->p = ev->params;
		return;
	}
}

/**
 * role_step() - one event
 * @r: state, changed
 * @ev: the event; its view is valid with every type
 * @now: the common clock, microseconds (G10)
 * @out: actions to carry out in order, overwritten
 *
 * Any context; the caller serialises (core.c: the instance's raw spinlock).
 * Implements "Roles" of Documentation/redund/overview.rst.
 */
void role_step(struct role *r, const struct role_event *ev, u64 now, struct role_actions *out)
{
	struct step s = { .r = r, .v = &ev->view, .now = now, .out = out };

	out->n = 0;
	if (ev->type != ROLE_EV_BOOT && listens(r))
		role_watch_peer(&s);
	dispatch(&s, ev);
	r->not_ready = role_own_not_ready(&s);
	if (!owns(r))
		r->peer_not_ready = 0;
}

/**
 * role_init() - a module before its boot
 * @r: state, overwritten; the role is "booting"
 * @slot: own slot, 1 or 2
 * @p: settings, copied
 *
 * Any context.
 */
void role_init(struct role *r, u8 slot, const struct role_params *p)
{
	*r = (struct role){ .slot = slot, .role = REDUND_ROLE_BOOTING, .p = *p };
	r->not_ready = REDUND_NOT_READY_BOOTING;
}

static u64 sooner(u64 a, u64 b)
{
	return b && b < a ? b : a;
}

/**
 * role_next() - when ROLE_EV_VIEW must come at the latest
 * @r: state
 *
 * Any context. Every wait of the machine ends at such a time, so each can be
 * read by a person.
 *
 * Return: microseconds of the common clock, ROLE_NEVER (U64_MAX): only ticks
 */
u64 role_next(const struct role *r)
{
	u64 next = ROLE_NEVER;

	next = sooner(next, r->again_at);
	if (r->decision.rule == REDUND_RULE_NONE)
		next = sooner(next, r->peer_wait_end);
	if (candidate(r)) {
		next = sooner(next, r->claim_at);
		next = sooner(next, r->silence_at);
		next = sooner(next, r->warn_at);
	}
	next = sooner(next, r->phase_end);
	return sooner(next, r->handover_end);
}
