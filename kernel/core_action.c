// SPDX-License-Identifier: GPL-2.0-only
/*
 * The actions of the state machine, one function each. All under redund.lock
 * in any context: register accesses are made at once, records are a few area
 * writes, the log and notifications are rings, and what has to sleep goes to
 * the workqueue.
 */
#include "redund.h"
#include "trace.h"

#define RD_STUCK_TRIES	3	/* contradictions in a row: a race explains one */

/*
 * The status register against what other registers say. When it is stuck, this
 * side is blind: it would fence an active that beats, or not know that it owns.
 * From then on the window counts as lost (rd_view_status()): beats end, and the
 * failover timer resets the module.
 */
static bool rd_status_check(struct redund *rd, bool contradicted)
{
	if (!contradicted || rd->view.self_out)
		rd->contradicted = 0;
	else if (++rd->contradicted >= RD_STUCK_TRIES)
		rd_view_stuck(rd);
	return contradicted;
}

/* Does the peer beat although the status register says that it is silent? */
static bool rd_peer_beats(struct redund *rd)
{
	u32 seen = (rd->status & STATUS_PEER_BEAT) >> STATUS_PEER_BEAT_SHIFT;

	return rd_status_check(rd, (rd_read32(rd, REG_PEER_BEAT) & 0xff) != seen);
}

/* Result of a grant command: an event of its own, with the status read again. */
static void rd_result(struct redund *rd, u8 cmd, u32 result)
{
	struct role_event ev = { .type = ROLE_EV_RESULT };

	ev.result.cmd = cmd;
	ev.result.result = result & 0xff;
	ev.result.owner = result >> 8;
	rd_queue_result(rd, &ev);
	rd->claiming = cmd == REDUND_CMD_CLAIM;
	rd_look(rd);
	rd->claiming = false;
	if (ev.result.result == REDUND_RES_OK)
		rd_status_check(rd, ev.result.owner != rd->view.owner);
	trace_redund_grant(rd->id, rd->slot, cmd, ev.result.result, rd->view.owner,
			   rd->view.epoch);
}

static u32 rd_command(struct redund *rd, u8 cmd, u32 epoch, u32 arg)
{
	rd_write32(rd, REG_CMD_EPOCH, epoch);
	if (cmd == REDUND_CMD_FENCE || cmd == REDUND_CMD_OFFER)
		rd_write32(rd, REG_CMD_ARG, arg);
	rd_write32(rd, REG_CMD, cmd);
	return rd_read32(rd, REG_CMD_RESULT);
}

static void rd_do_take_grant(struct redund *rd, u8 cmd, const struct role_action *a)
{
	u64 before = rd_now(rd);
	u32 result = REDUND_RES_STALE;

	if (cmd != REDUND_CMD_FENCE || !rd_peer_beats(rd))
		result = rd_command(rd, cmd, a->epoch, a->arg);
	if ((result & 0xff) == REDUND_RES_OK) {
		rd->nv.loaded = false;
		rd->hist.claimed_us = rd_now(rd);
		rd->hist.fenced_us = cmd == REDUND_CMD_CLAIM ? 0 : rd->hist.claimed_us;
		if (!rd->hist.detect_us)
			rd->hist.detect_us = before;
	}
	rd_result(rd, cmd, result);
}

static void rd_do_grant(struct redund *rd, u8 cmd, const struct role_action *a)
{
	rd_result(rd, cmd, rd_command(rd, cmd, a->epoch, a->arg));
}

static void rd_do_role(struct redund *rd, u8 role)
{
	if (role == REDUND_ROLE_SYNCING)
		rd_sync_begin(rd);
	if (role != REDUND_ROLE_TAKING_OVER && role != REDUND_ROLE_ACTIVE) {
		rd->config_waiting = false;
		rd->im_waiting = false;
		rd->im_held = false;
	}
}

/* The role change is kept, with its failover and its fence, in one update. */
static void rd_keep_change(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;

	rd_nv_fences(rd);
	if (rd->hist.rec.failover && !rd->hist.stored) {
		le32_add_cpu(&r->failovers, 1);
		r->last_failover_s = rd->hist.rec.wall_s;
		rd_account_failover(rd);
	}
	rd_hist_store(rd);
}

static void rd_do_record(struct redund *rd, bool clear_pending)
{
	rd_nv_need(rd);
	rd_nv_active(rd, clear_pending);
	rd_account_takeover(rd);
	if (rd->hist.running)
		rd_keep_change(rd);
	else
		rd_nv_store(rd);
}

/* A phase that was not answered when the next one begins has timed out. */
static void rd_phase_overdue(struct redund *rd)
{
	if (rd->config_waiting)
		rd_hist_phase(rd, REDUND_PHASE_CONFIG, REDUND_PHASE_RESULT_TIMED_OUT);
	if (rd->im_waiting)
		rd_hist_phase(rd, REDUND_PHASE_PORTS_UP, REDUND_PHASE_RESULT_TIMED_OUT);
	rd->config_waiting = false;
	rd->im_waiting = false;
}

static void rd_do_phase(struct redund *rd, u8 phase)
{
	rd_phase_overdue(rd);
	switch (phase) {
	case REDUND_PHASE_FABRIC:
		rd_phase_done(rd, phase, rd_fabric_takeover(rd));
		break;
	case REDUND_PHASE_CONFIG:
		/* The fabric is on: now there is time to say so. */
		rd_nv_need(rd);
		rd_beat_publish(rd);
		rd_panel_update(rd);
		/* A new owner that dies in this phase has left its record. */
		if (rd->hist.running)
			rd_keep_change(rd);
		rd_config_phase(rd);
		break;
	case REDUND_PHASE_MODULES_RESET:
		rd_phase_done(rd, phase, rd_slots_reset(rd));
		break;
	case REDUND_PHASE_PORTS_UP:
		rd_slots_start(rd);
		break;
	default:
		rd_hist_phase(rd, phase, REDUND_PHASE_RESULT_OK);
		break;
	}
}

/* Of the handover asked for here, or of the role change that is recorded. */
static void rd_do_verdict(struct redund *rd, u8 verdict, bool handover)
{
	if (!handover) {
		rd_phase_overdue(rd);
		rd_hist_verdict(rd, verdict);
	} else if (rd->handover_running) {
		rd->handover_running = false;
		rd->verdict = verdict;
		if (verdict != REDUND_VERDICT_ROLLED_BACK)
			return;
		rd_crash_intent(rd, REDUND_DOWN_WHY_NONE, false, NULL, NULL);
		rd_hist_rolled_back(rd);
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "rolled-back: the standby did not take over in time");
	}
}

/* The first one: a button that was seen with the command is stepped after it. */
static void rd_do_answer(struct redund *rd, u32 refusal, u32 reasons)
{
	if (rd->answered)
		return;
	rd->answered = true;
	rd->answer = refusal;
	rd->answer_reasons = reasons;
}

static void rd_do_redundancy(struct redund *rd, bool on)
{
	u8 was;

	rd_nv_need(rd);
	was = rd->nv.head.redundancy;
	rd->nv.head.redundancy = on;
	if (rd_nv_store(rd))
		return;
	/* Not kept is not done: redund_set_redundancy() refuses. */
	rd->nv.head.redundancy = was;
	rd->role.redundancy = was;
}

/* It was active when it was told to. */
static void rd_switched_end(struct redund *rd)
{
	rd_crash_intent(rd, REDUND_DOWN_WHY_SWITCHOVER, false, rd->requester, NULL);
	rd->crash.intent.role = REDUND_ROLE_ACTIVE;
	rd_end(rd, REDUND_DOWN_REBOOT);
}

/*
 * The old active of a switchover reboots its Linux (S-078 to S-082) where the
 * module is this kernel, that of boot and reload always (S-189, S-207); every
 * other start anew is one of the driver alone.
 */
static void rd_do_restart(struct redund *rd, u32 reason)
{
	bool switched = reason == REDUND_REASON_SWITCHOVER ||
			reason == REDUND_REASON_SWITCHOVER_FORCED;
	bool boots = reason == REDUND_REASON_BOOT || reason == REDUND_REASON_RELOAD;

	if (rd->no_restart || rd->going_down)
		return;
	rd->restarting = true;
	rd->join_tries = 0;
	if (boots)
		rd_boot_end(rd);
	else if (switched && rd->ops->own_kernel && READ_ONCE(rd_set.reboot_after_switchover))
		rd_switched_end(rd);
	else
		mod_delayed_work(rd->wq, &rd->boot_work, 0);
}

static void rd_do_shutdown(struct redund *rd)
{
	rd_going_down(rd, REDUND_DOWN_SHUTDOWN);
	if (rd->ops->own_kernel)
		rd_end(rd, REDUND_DOWN_SHUTDOWN);
	else
		rd_shutdown_done(rd);
}

static void rd_action_grant(struct redund *rd, const struct role_action *a)
{
	switch (a->type) {
	case ROLE_DO_CLAIM:
		return rd_do_take_grant(rd, REDUND_CMD_CLAIM, a);
	case ROLE_DO_FENCE:
		return rd_do_take_grant(rd, a->flag ? REDUND_CMD_FENCE_FORCED : REDUND_CMD_FENCE,
					a);
	case ROLE_DO_RELEASE:
		return rd_do_grant(rd, REDUND_CMD_RELEASE, a);
	case ROLE_DO_OFFER:
		if (rd->nv.intent_failed)
			return rd_result(rd, REDUND_CMD_OFFER, REDUND_RES_NONE);
		return rd_do_grant(rd, REDUND_CMD_OFFER, a);
	case ROLE_DO_WITHDRAW:
		return rd_do_grant(rd, REDUND_CMD_WITHDRAW, a);
	case ROLE_DO_TAKE:
		return rd_write32(rd, REG_PEER_TAKE, a->flag);
	case ROLE_DO_INTENT:
		return rd_nv_intent(rd, a->slot, a->arg, a->flag);
	default:
		WARN_ONCE(1, "redund: no action %u\n", a->type);
	}
}

/**
 * rd_action() - carry out one action
 * @rd: instance
 * @a: action
 *
 * Context: redund.lock, from the loop of rd_event().
 */
void rd_action(struct redund *rd, const struct role_action *a)
{
	switch (a->type) {
	case ROLE_DO_ROLE:
		return rd_do_role(rd, a->arg);
	case ROLE_DO_RECORD:
		return rd_do_record(rd, a->flag);
	case ROLE_DO_PHASE:
		return rd_do_phase(rd, a->arg);
	case ROLE_DO_HISTORY:
		return rd_hist_begin(rd, a);
	case ROLE_DO_VERDICT:
		return rd_do_verdict(rd, a->arg, a->flag);
	case ROLE_DO_REFUSE:
		return rd_do_answer(rd, a->arg, a->reasons);
	case ROLE_DO_ACCEPT:
		return rd_do_answer(rd, REDUND_REFUSAL_NONE, 0);
	case ROLE_DO_LOG:
		if (a->arg == 5)
			rd_start_slots(rd);
		return rd_log_event(rd, a->arg, a->slot);
	case ROLE_DO_NOTE:
		return rd_log_note(rd, a->arg);
	case ROLE_DO_REDUNDANCY:
		return rd_do_redundancy(rd, a->flag);
	case ROLE_DO_RESTART:
		return rd_do_restart(rd, a->arg);
	case ROLE_DO_GOING_DOWN:
		return rd_going_down(rd, a->arg);
	case ROLE_DO_SHUTDOWN:
		return rd_do_shutdown(rd);
	case ROLE_DO_DWN_FLASH:
		rd->dwn_flash = a->flag;
		return;
	case ROLE_DO_PEER_RESET:
		return rd_boot_peer(rd, a->arg);
	case ROLE_DO_REBOOT:
		return rd_boot_system(rd, a->arg);
	default:
		return rd_action_grant(rd, a);
	}
}
