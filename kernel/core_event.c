// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one entry of the state machine: what this side sees (struct role_view),
 * the loop of event, role_step() and actions, and what follows when it has
 * settled (frame, LEDs, deadlines, notifications). All under redund.lock, in
 * any context up to hard interrupt.
 *
 * The result of a grant command is an event itself: stepped next, before
 * whatever waits already, with the status register read again. The end of a
 * phase, and what a look brings up, are events that are queued behind. The loop
 * ends by construction of the machine; a bound guards against a mistake in it.
 */
#include "netlink_names.h"
#include "plant.h"
#include "redund.h"
#include "trace.h"

#define RD_LOOP_MAX	64

/* ---- what this side sees ------------------------------------------------------ */

static void rd_view_bits(struct redund *rd, u32 s)
{
	struct role_view *v = &rd->view;

	v->owner = s & STATUS_OWNER;
	v->offer = s & STATUS_OFFER;
	v->may_take = s & STATUS_PEER_MAY_TAKE;
	v->peer_present = s & STATUS_PEER_PRESENT;
	v->peer_powered = s & STATUS_PEER_POWERED;
	v->peer_in_reset = s & STATUS_PEER_IN_RESET;
	v->peer_out = s & STATUS_PEER_OUT;
	v->peer_going_down = s & STATUS_PEER_GOING_DOWN;
	v->peer_shut_down = s & STATUS_PEER_SHUT_DOWN;
	v->peer_stuck = s & STATUS_PEER_STUCK;
	v->self_out = s & STATUS_SELF_OUT;
}

/* The time at which the reason for a coming role change was first seen. */
static void rd_view_detect(struct redund *rd, u32 was, u32 cause)
{
	u8 owner = rd->view.owner;
	bool lost = (cause & CAUSE_PEER_LOST) && (was & STATUS_OWNER) == rd_peer(rd);
	bool freed = !owner && (was & STATUS_OWNER);
	bool offered = rd->view.offer && !(was & STATUS_OFFER);

	if (owner != rd->slot && (lost || freed || offered))
		rd->hist.detect_us = rd_now(rd);
	else if (owner && owner != rd->slot && !rd->view.offer)
		rd->hist.detect_us = 0;
}

/* Why the owner offers: the intent that it wrote before (part of its handover). */
static void rd_view_offer(struct redund *rd, u32 was)
{
	struct role_view *v = &rd->view;

	if (!v->offer || v->owner != rd_peer(rd)) {
		v->offer_reason = REDUND_REASON_NONE;
		return;
	}
	if (was & STATUS_OFFER)
		return;
	rd_nv_load_head(rd);
	/* One of another epoch is of another offer (I1). */
	v->offer_reason = REDUND_REASON_NONE;
	if (rd->nv.head.intent_to == rd->slot &&
	    le32_to_cpu(rd->nv.head.intent_epoch) == v->epoch &&
	    rd->nv.head.intent_reason <= REDUND_REASON_BOOT_SYSTEM)
		v->offer_reason = rd->nv.head.intent_reason;
}

static void rd_view_causes(struct redund *rd)
{
	u32 cause = rd_read32(rd, REG_CAUSE) & CAUSE_ALL & ~CAUSE_BEAT;

	/* Acknowledged before it is acted on: a cause that comes meanwhile stays. */
	rd_write32(rd, REG_CAUSE, cause);
	rd->view.cause |= cause;
	rd->cause_seen = true;
	if (cause & CAUSE_PEER_GOING_DOWN)
		rd->view.peer_down_reason = rd_read32(rd, REG_PEER_DOWN_REASON);
	if (cause & (CAUSE_PEER_LOST | CAUSE_PEER_JOINED))
		rd_beat_forget(rd);
	if (cause & (CAUSE_PEER_INSERTED | CAUSE_FABRIC | CAUSE_IM))
		rd->inv_stale = true;
	if (cause & CAUSE_IM)
		rd_slots_look(rd);
	rd_panel_buttons(rd, cause);
}

static void rd_view_beat(struct redund *rd, u8 beat)
{
	struct rd_beat *b = &rd->beat;

	if (beat == b->last)
		return;
	b->last = beat;
	b->last_us = rd_now(rd);
	b->silent = 0;
	rd->view.beat = true;
	rd->view.last_beat = b->last_us;
}

/* Owner, epoch and what else one combined status says of one moment (G1). */
static void rd_view_grant(struct redund *rd, u64 status)
{
	rd->status = lower_32_bits(status);
	if (rd->view.epoch != upper_32_bits(status))
		trace_redund_grant(rd->id, rd->slot, 0, REDUND_RES_NONE,
				   rd->status & STATUS_OWNER, upper_32_bits(status));
	rd->view.epoch = upper_32_bits(status);
	rd_view_bits(rd, rd->status);
}

/**
 * rd_view_status() - take over what the combined status register says
 * @rd: instance
 * @status: REG_STATUS as just read
 *
 * Reads on only where it says that there is something: causes, a new frame,
 * the peer's re-arm count while the machine wants it. In the steady state
 * nothing of that holds and this makes no access.
 *
 * Context: redund.lock.
 */
void rd_view_status(struct redund *rd, u64 status)
{
	u32 was = rd->status;
	u32 cause;

	lockdep_assert_held(&rd->lock);
	if (rd->dead)
		return;
	if (rd->stuck && status != rd->stuck_status)
		rd->stuck = false;
	/* A window without power, or none any more, reads as all ones. */
	if (status == U64_MAX || rd->stuck) {
		rd->view.self_out = true;
		rd_beat_forget(rd);
		return;
	}
	rd_view_grant(rd, status);
	/*
	 * While OUT, acknowledging is refused: what is latched is read after
	 * JOIN. After a claim it can wait for the next look, which the interrupt
	 * of the new cause brings at once: the fabric cannot.
	 */
	if ((rd->status & STATUS_CAUSE) && !rd->view.self_out && !rd->claiming)
		rd_view_causes(rd);
	cause = rd->view.cause;
	/*
	 * The owner's end came between the two reads: a view with its cause but
	 * from before it would leave the free grant without a reason.
	 */
	if ((cause & CAUSE_PEER_LOST) && rd->view.owner == rd_peer(rd)) {
		status = rd_read64(rd, REG_STATUS);
		if (status != U64_MAX)
			rd_view_grant(rd, status);
	}
	rd_view_detect(rd, was, cause);
	rd_view_offer(rd, was);
	if (rd->view.peer_out || !rd->view.peer_present)
		rd_beat_forget(rd);
	rd_view_beat(rd, (rd->status & STATUS_PEER_BEAT) >> STATUS_PEER_BEAT_SHIFT);
	rd_beat_peer(rd);
	rd->view.late = rd_failover_late(rd);
	rd->view.wdt_ok = rd_wdt_ok(rd);
	rd->view.link = rd->link;
	rd->view.link_alive = rd_link_alive(rd);
	rd->view.rearms_valid = rd->role.want_rearms;
	if (rd->view.rearms_valid)
		rd->view.peer_rearms = rd_read32(rd, REG_PEER_REARMS);
	if ((was ^ rd->status) & STATUS_FABRIC_PRESENT) {
		rd->inv_stale = true;
		rd_slots_fabric(rd, was);
	}
}

/**
 * rd_view_stuck() - the status register is stuck: the window counts as lost
 * @rd: instance
 *
 * Until the register reads as something else.
 *
 * Context: redund.lock.
 */
void rd_view_stuck(struct redund *rd)
{
	if (rd->stuck)
		return;
	rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
	       "register-stuck: the status register contradicts the others");
	rd->stuck = true;
	rd->stuck_status = rd_read64(rd, REG_STATUS);
	rd_look(rd);
}

/**
 * rd_look() - read the status register and take it over
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_look(struct redund *rd)
{
	rd_view_status(rd, rd_read64(rd, REG_STATUS));
}

/* ---- the loop ------------------------------------------------------------------ */

/**
 * rd_queue_event() - an event that follows from an action
 * @rd: instance
 * @ev: its type and arguments; the view is filled when it is stepped
 *
 * Context: redund.lock, inside or outside of rd_event().
 */
void rd_queue_event(struct redund *rd, const struct role_event *ev)
{
	lockdep_assert_held(&rd->lock);
	if (WARN_ON_ONCE(rd->n_pending == RD_PENDING))
		return;
	rd->pending[rd->n_pending++] = *ev;
}

/**
 * rd_queue_result() - the result of a grant command: before whatever waits
 * @rd: instance
 * @ev: ROLE_EV_RESULT
 *
 * Context: redund.lock.
 */
void rd_queue_result(struct redund *rd, const struct role_event *ev)
{
	unsigned int at = 0;

	lockdep_assert_held(&rd->lock);
	if (WARN_ON_ONCE(rd->n_pending == RD_PENDING))
		return;
	while (at < rd->n_pending && rd->pending[at].type == ROLE_EV_RESULT)
		at++;
	memmove(&rd->pending[at + 1], &rd->pending[at],
		(rd->n_pending - at) * sizeof(rd->pending[0]));
	rd->pending[at] = *ev;
	rd->n_pending++;
}

/**
 * rd_phase_done() - queue the end of a promotion phase
 * @rd: instance
 * @phase: enum redund_phase
 * @result: enum redund_phase_result
 *
 * Context: redund.lock.
 */
void rd_phase_done(struct redund *rd, u8 phase, u8 result)
{
	struct role_event ev = { .type = ROLE_EV_PHASE };

	ev.phase.phase = phase;
	ev.phase.result = result;
	rd_hist_phase(rd, phase, result);
	if (result == REDUND_PHASE_RESULT_FAILED)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "phase-failed: %s", redund_phase_names[phase]);
	rd_queue_event(rd, &ev);
}

static void rd_step(struct redund *rd, struct role_event *ev)
{
	u8 was = rd->role.role;
	u64 now = rd_now(rd);
	u32 i;

	ev->view = rd->view;
	/* These are said once. */
	rd->view.cause = 0;
	rd->view.beat = false;
	rd_steps_before(rd);
	role_step(&rd->role, ev, now, &rd->actions);
	rd_steps_after(rd, ev, now);
	if (rd->role.role != was)
		trace_redund_role(rd->id, rd->slot, was, rd->role.role, rd->view.epoch,
				  rd->role.not_ready);
	for (i = 0; i < rd->actions.n; i++)
		rd_action(rd, &rd->actions.a[i]);
}

/**
 * rd_event() - the entry of the state machine
 * @rd: instance
 * @ev: event; its view is filled here from what was seen last
 *
 * Context: redund.lock; not from an action (rd_queue_event() is for these).
 */
void rd_event(struct redund *rd, const struct role_event *ev)
{
	struct role_event *e = &rd->event;
	unsigned int n = 0;

	lockdep_assert_held(&rd->lock);
	if (WARN_ON_ONCE(rd->in_event))
		return;
	rd->in_event = true;
	*e = *ev;
	for (;;) {
		rd_step(rd, e);
		if (!rd->n_pending)
			break;
		*e = rd->pending[0];
		rd->n_pending--;
		memmove(&rd->pending[0], &rd->pending[1],
			rd->n_pending * sizeof(rd->pending[0]));
		if (WARN_ON_ONCE(++n > RD_LOOP_MAX)) {
			rd->n_pending = 0;
			break;
		}
	}
	rd_settle(rd);
	rd->in_event = false;
}

/* Events that came up outside of the machine (buttons, users, sync). */
static bool rd_pending_only(struct redund *rd)
{
	return rd->n_pending && !rd->in_event;
}

/**
 * rd_settle() - after the last action: what others see
 * @rd: instance
 *
 * Context: redund.lock. The fabric was written long before this: frame, LEDs
 * and records are not in the way of a takeover.
 */
void rd_settle(struct redund *rd)
{
	lockdep_assert_held(&rd->lock);
	/* Drift of the two clocks is corrected whenever something happened. */
	if (rd->cause_seen)
		rd_clock_sync(rd);
	rd->cause_seen = false;
	if (rd_owns(rd) || PLANT_FABRIC)
		rd_fabric_look(rd);
	if (rd_owns(rd)) {
		rd_slots_retry(rd);
		rd_nv_standby(rd);
	}
	rd_account(rd);
	rd_nv_booted(rd);
	rd_crash_role(rd);
	rd_beat_publish(rd);
	rd_panel_update(rd);
	rd_changes_find(rd);
	rd_beat_deadline(rd);
}

/**
 * rd_kick() - step events that were queued outside of the machine
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_kick(struct redund *rd)
{
	struct role_event ev;

	if (rd->dead || !rd->booted || !rd_pending_only(rd))
		return;
	ev = rd->pending[0];
	rd->n_pending--;
	memmove(&rd->pending[0], &rd->pending[1], rd->n_pending * sizeof(rd->pending[0]));
	rd_event(rd, &ev);
}
