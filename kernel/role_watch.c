// SPDX-License-Identifier: GPL-2.0-only
/*
 * The role machine's eyes: what a view says about the peer.
 *
 * Owns silence, readiness of both sides, and the log entries about the peer's
 * life (events 1, 2, 5, 9, 11 to 14, 18, 20), each once a start of the peer.
 * Decides no role.
 */
#include "role_priv.h"

/* what this log already said about this start of the peer (role.peer_said) */
#define SAID_BOOTED	0x1
#define SAID_FAILED	0x2

/* the peer's lines say that its software can run */
bool role_peer_runs(const struct role_view *v)
{
	return v->peer_present && v->peer_powered && !v->peer_in_reset && !v->peer_out;
}

/* its latest frame is of a start that still runs */
bool role_peer_frame(const struct role_view *v)
{
	return v->peer.valid && role_peer_runs(v);
}

/* the frame is the owner's, of the present epoch (I1) */
bool role_active_frame(const struct role *r, const struct role_view *v)
{
	return role_peer_frame(v) && v->owner == peer_of(r) && v->peer.epoch == v->epoch;
}

/*
 * The owner's software does not fit. Who owns is the register's word, and a
 * format that cannot be read has no epoch to compare.
 */
bool role_active_incompatible(const struct role *r, const struct role_view *v)
{
	return role_peer_frame(v) && v->owner == peer_of(r) && v->peer.incompatible;
}

/* no beat for longer than @us; a peer without any beat yet is not silent */
bool role_peer_silent(const struct step *s, u64 us)
{
	u64 last = s->v->last_beat;

	return last && s->now >= last && s->now - last >= us;
}

/* somebody watches the internal link, and does not hear the peer over it */
bool role_link_lost(const struct role_view *v)
{
	return v->link == REDUND_LINK_STATE_DOWN || v->link == REDUND_LINK_STATE_UP;
}

/* as many automatic fences in the period as are allowed */
bool role_fence_limited(const struct role *r, u64 now)
{
	u32 i, n = 0;

	for (i = 0; i < 8; i++)
		if (r->fence_at[i] && now - r->fence_at[i] < r->p.fence_period_us)
			n++;
	return n >= r->p.fence_limit;
}

static bool timers_differ(const struct role *r, const struct role_peer *p)
{
	return p->interval_ms * 1000u != r->p.interval_us || p->misses != r->p.misses;
}

static u32 heartbeat_not_ready(const struct step *s)
{
	const struct role *r = s->r;
	const struct role_view *v = s->v;
	u32 nr = role_link_lost(v) ? REDUND_NOT_READY_LINK_LOST : 0;

	if (!v->owner)
		return nr | REDUND_NOT_READY_NO_ACTIVE;
	if (!r->heard)
		nr |= REDUND_NOT_READY_PEER_NEVER_HEARD;
	if (role_peer_silent(s, timeout_us(r)))
		nr |= REDUND_NOT_READY_PEER_SILENT;
	if (!role_active_frame(r, v))
		return nr;
	if (!v->peer.hears_us)
		nr |= REDUND_NOT_READY_NOT_HEARD;
	if (timers_differ(r, &v->peer))
		nr |= REDUND_NOT_READY_TIMERS_DIFFER;
	return nr;
}

/* every reason why this module could not take over now; 0 for the owner */
u32 role_own_not_ready(const struct step *s)
{
	const struct role *r = s->r;
	u32 nr = 0;

	if (owns(r) || r->role == REDUND_ROLE_DOWN)
		return 0;
	if (r->own_failed)
		nr |= REDUND_NOT_READY_SELFTEST_FAILED;
	if (r->restarting)
		nr |= REDUND_NOT_READY_RESTARTING;
	if (r->handover == ROLE_HANDOVER_GIVEN)
		nr |= REDUND_NOT_READY_HANDOVER;
	if (r->shut_down)
		nr |= REDUND_NOT_READY_SHUTDOWN;
	if (!candidate(r))
		return r->own_failed ? nr : nr | REDUND_NOT_READY_BOOTING;
	if (!r->redundancy)
		nr |= REDUND_NOT_READY_DISABLED;
	if (r->offline_cause == REDUND_OFFLINE_CAUSE_INCOMPATIBLE)
		nr |= REDUND_NOT_READY_INCOMPATIBLE;
	if (r->role == REDUND_ROLE_SYNCING && !r->synced)
		nr |= REDUND_NOT_READY_SYNCING;
	if (r->role == REDUND_ROLE_STANDBY && !r->synced)
		nr |= REDUND_NOT_READY_SYNC_FAILED;
	if (r->reboot)
		nr |= REDUND_NOT_READY_RESTARTING;
	if (s->v->late)
		nr |= REDUND_NOT_READY_LATE;
	if (!s->v->wdt_ok)
		nr |= REDUND_NOT_READY_WATCHDOG;
	if (role_fence_limited(r, s->now))
		nr |= REDUND_NOT_READY_FAILOVER_LIMIT;
	return nr | heartbeat_not_ready(s);
}

/* the owner's judgement of the peer: its own list and what is seen from here */
u32 role_judge_peer(const struct step *s)
{
	const struct role *r = s->r;
	const struct role_view *v = s->v;
	u32 nr;

	if (!v->peer_present || !v->peer_powered)
		return 0;
	if (!role_peer_frame(v))
		return v->peer_shut_down ? REDUND_NOT_READY_SHUTDOWN : REDUND_NOT_READY_BOOTING;
	nr = v->peer.not_ready;
	if (!r->redundancy)
		nr |= REDUND_NOT_READY_DISABLED;
	if (v->peer.incompatible)
		nr |= REDUND_NOT_READY_INCOMPATIBLE;
	if (role_link_lost(v))
		nr |= REDUND_NOT_READY_LINK_LOST;
	if (!v->last_beat || role_peer_silent(s, timeout_us(r)))
		nr |= REDUND_NOT_READY_NOT_HEARD;
	if (timers_differ(r, &v->peer))
		nr |= REDUND_NOT_READY_TIMERS_DIFFER;
	if (v->peer.epoch != v->epoch)
		nr |= REDUND_NOT_READY_PEER_NEVER_HEARD;
	return nr;
}

static u8 going_down_reason(u8 down)
{
	switch (down) {
	case REDUND_DOWN_PANIC:
		return REDUND_REASON_PANIC;
	case REDUND_DOWN_REBOOT:
		return REDUND_REASON_REBOOT;
	case REDUND_DOWN_HALT:
		return REDUND_REASON_HALT;
	case REDUND_DOWN_SHUTDOWN:
		return REDUND_REASON_SHUTDOWN_BUTTON;
	default:
		return REDUND_REASON_POWER_OFF;
	}
}

/* why the peer went, by its latched causes: the most telling one */
u8 role_lost_reason(const struct role_view *v)
{
	if (v->cause & CAUSE_PEER_GOING_DOWN)
		return going_down_reason(v->peer_down_reason);
	if (v->cause & CAUSE_PEER_REMOVED)
		return REDUND_REASON_REMOVED;
	if (v->cause & CAUSE_BUTTON_RESET)
		return REDUND_REASON_RESET_BUTTON;
	if (v->cause & CAUSE_PEER_EXPIRED)
		return REDUND_REASON_TIMER_EXPIRED;
	if (v->cause & CAUSE_PEER_POWER)
		return REDUND_REASON_POWER_LOSS;
	if (v->cause & CAUSE_PEER_RESET)
		return REDUND_REASON_RESET;
	if (v->cause & CAUSE_PEER_FENCED)
		return REDUND_REASON_HEARTBEAT_LOST;
	return REDUND_REASON_NONE;
}

/* the peer's end, logged once: 20 shut down, 2 it said so, 1 it did not */
static void log_loss(struct step *s)
{
	const struct role_view *v = s->v;
	u8 peer = peer_of(s->r);

	if (v->cause & (CAUSE_BUTTON_RESET | CAUSE_PEER_FENCED))
		role_act_log(s, EVENT_RESETTING, peer);
	if ((v->cause & CAUSE_PEER_STUCK) && !s->r->stuck_said)
		role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_RESET_STUCK);
	s->r->stuck_said |= !!(v->cause & CAUSE_PEER_STUCK);
	if (!(v->cause & CAUSE_PEER_LOST) || s->r->down_said)
		return;
	s->r->down_said = true;
	if (!(v->cause & CAUSE_PEER_GOING_DOWN))
		role_act_log(s, EVENT_DOWN_NO_CRASH, peer);
	else if (v->peer_down_reason == REDUND_DOWN_SHUTDOWN)
		role_act_log(s, EVENT_SHUTDOWN, peer);
	else
		role_act_log(s, EVENT_DOWN, peer);
}

/*
 * Why the grant went is asked when it is free: causes of an earlier end of a
 * peer that did not own are no reason. One that comes later fills the gap.
 */
static void note_reason(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;
	u32 hw = CAUSE_PEER_REMOVED | CAUSE_PEER_POWER | CAUSE_PEER_EXPIRED;

	if (v->owner) {
		r->last_owner = v->owner;
		r->lost_reason = REDUND_REASON_NONE;
		r->hw_lost = false;
		return;
	}
	if (r->last_owner != peer_of(r) || r->lost_reason != REDUND_REASON_NONE)
		return;
	r->lost_reason = role_lost_reason(v);
	r->hw_lost = (v->cause & hw) && !(v->cause & CAUSE_PEER_GOING_DOWN);
}

/* a new start of the peer: nothing said, nothing heard */
static void peer_began(struct step *s)
{
	struct role *r = s->r;

	r->peer_role_seen = REDUND_ROLE_ABSENT;
	r->peer_said = 0;
	r->down_said = false;
	r->heard = false;
}

/* the active's log tells the peer's life as figure 15-31 does */
static void log_peer_role(struct step *s)
{
	struct role *r = s->r;
	const struct role_peer *p = &s->v->peer;
	bool changed = p->role != r->peer_role_seen;
	bool settled = p->role == REDUND_ROLE_SYNCING || p->role == REDUND_ROLE_STANDBY ||
		       p->role == REDUND_ROLE_OFFLINE;

	if (p->selftest == REDUND_SELFTEST_FAILED && !(r->peer_said & SAID_FAILED)) {
		r->peer_said |= SAID_FAILED;
		role_act_log(s, EVENT_FAILED_SELFTEST, peer_of(r));
	}
	if (!owns(r))
		return;
	r->peer_role_seen = p->role;
	if (settled && !(r->peer_said & SAID_BOOTED)) {
		r->peer_said |= SAID_BOOTED;
		role_act_log(s, EVENT_BOOTED, peer_of(r));
	}
	if (!changed)
		return;
	if (p->role == REDUND_ROLE_STANDBY)
		role_act_log(s, EVENT_STANDBY, peer_of(r));
	else if (p->role == REDUND_ROLE_OFFLINE &&
		 p->offline_cause == REDUND_OFFLINE_CAUSE_DISABLED)
		role_act_log(s, EVENT_OFFLINE_DISABLED, peer_of(r));
	else if (p->role == REDUND_ROLE_OFFLINE &&
		 p->offline_cause == REDUND_OFFLINE_CAUSE_INCOMPATIBLE)
		role_act_log(s, EVENT_INCOMPATIBLE, peer_of(r));
}

/* missed beats are noted before they act, event 13 once a silence */
static void watch_beats(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;
	u32 warn = r->p.misses > 1 ? r->p.misses - 1 : r->p.misses;
	u64 warn_us = (u64)r->p.interval_us * warn + (warn == 1 ? r->p.interval_us / 2 : 0);

	r->silence_at = 0;
	r->warn_at = 0;
	if (!v->last_beat || !role_peer_runs(v))
		return;
	if (!role_peer_silent(s, timeout_us(r)))
		r->silence_at = after(v->last_beat, timeout_us(r));
	if (r->missed_said != v->last_beat && warn_us < timeout_us(r)) {
		if (role_peer_silent(s, warn_us)) {
			r->missed_said = v->last_beat;
			role_act_arg(s, ROLE_DO_NOTE, ROLE_NOTE_MISS);
		} else {
			r->warn_at = after(v->last_beat, warn_us);
		}
	}
	if (role_peer_silent(s, timeout_us(r)) && r->lost_said != v->last_beat) {
		r->lost_said = v->last_beat;
		role_act_log(s, EVENT_LOST_COMMUNICATION, peer_of(r));
	}
}

/* every view, before any decision */
void role_watch_peer(struct step *s)
{
	struct role *r = s->r;
	const struct role_view *v = s->v;

	log_loss(s);
	note_reason(s);
	if (v->cause & (CAUSE_PEER_LOST | CAUSE_PEER_JOINED))
		r->heard = false;
	if (v->cause & CAUSE_PEER_JOINED) {
		r->down_said = false;
		r->stuck_said = false;
	}
	if (role_peer_frame(v)) {
		if (v->peer.incarnation != r->peer_incarnation)
			peer_began(s);
		r->peer_incarnation = v->peer.incarnation;
		log_peer_role(s);
	}
	watch_beats(s);
}
