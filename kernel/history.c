// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history of role changes: reason, requester, phases and their times.
 * Owns struct rd_history. Only the owner of the grant writes it. The record
 * is begun in memory when the grant was taken and gets its number and place,
 * pending, when the fabric has been written: nothing is read or written before
 * that. It has an activation from the moment at which its module is active.
 */
#include <linux/ktime.h>
#include "netlink_names.h"
#include "redund.h"

static u32 rd_hist_since(const struct redund *rd, u64 at)
{
	u64 from = le64_to_cpu(rd->hist.rec.clock_us);

	if (at <= from)
		return 0;
	return min_t(u64, at - from, U32_MAX);
}

static void rd_hist_stamp(struct redund *rd, u8 phase, u64 at, u8 result)
{
	struct redund_history_record *r = &rd->hist.rec;

	r->phase_us[phase] = cpu_to_le32(rd_hist_since(rd, at));
	r->phase_result[phase] = result;
}

/* A change that is no failover: events 16 and 17 bring a reason of their own. */
static void rd_hist_log(struct redund *rd, const struct redund_history_record *r)
{
	const u8 info = REDUND_SEVERITY_INFORMATION;

	if (!r->failover)
		rd_start_slots(rd);
	if (r->reason == REDUND_REASON_ELECTION)
		rd_log(rd, 0, info, r->to, "redund", "election: Mgmt Module %u, rule %s", r->to,
		       r->rule < ARRAY_SIZE(redund_rule_names) ? redund_rule_names[r->rule] :
								 "none");
	else if (!r->failover)
		rd_log(rd, 0, info, r->to, "redund", "takeover: Mgmt Module %u, reason %s",
		       r->to, r->reason < ARRAY_SIZE(redund_reason_names) ?
		       redund_reason_names[r->reason] : "none");
}

/**
 * rd_hist_begin() - a role change began: the grant was taken
 * @rd: instance
 * @a: ROLE_DO_HISTORY: reason, new owner, owner before
 *
 * Context: redund.lock.
 */
void rd_hist_begin(struct redund *rd, const struct role_action *a)
{
	struct rd_history *h = &rd->hist;
	struct redund_history_record *r = &h->rec;
	u64 now = rd_now(rd);
	u64 detected = h->detect_us ? h->detect_us : now;

	memset(r, 0, sizeof(*r));
	r->from = a->from;
	r->to = a->slot;
	r->reason = a->arg;
	r->verdict = REDUND_VERDICT_PENDING;
	r->rule = a->arg == REDUND_REASON_ELECTION ? rd->role.decision.rule : 0;
	r->forced = a->arg == REDUND_REASON_SWITCHOVER_FORCED;
	r->failover = a->flag;
	r->epoch = cpu_to_le32(rd->view.epoch);
	r->wall_s = cpu_to_le64(ktime_get_real_seconds());
	r->clock_us = cpu_to_le64(detected);
	h->running = true;
	h->stored = false;
	rd_hist_stamp(rd, REDUND_PHASE_DETECTED, detected, REDUND_PHASE_RESULT_OK);
	if (h->fenced_us)
		rd_hist_stamp(rd, REDUND_PHASE_FENCED, h->fenced_us, REDUND_PHASE_RESULT_OK);
	else
		rd_hist_stamp(rd, REDUND_PHASE_FENCED, 0, REDUND_PHASE_RESULT_SKIPPED);
	rd_hist_stamp(rd, REDUND_PHASE_CLAIMED, h->claimed_us ? h->claimed_us : now,
		      REDUND_PHASE_RESULT_OK);
	h->fenced_us = 0;
	h->claimed_us = 0;
	h->detect_us = 0;
	rd_hist_log(rd, r);
}

/* The number of the newest record, 0: there is none. */
static u32 rd_hist_last(const struct redund *rd)
{
	u32 last = 0;
	unsigned int i;

	for (i = 0; i < REDUND_HISTORY_MAX; i++)
		last = max(last, le32_to_cpu(rd->nv.history[i].head.seq));
	return last;
}

/*
 * Records that their owner left pending, because it lost the grant before the
 * last phase. When it was active by then, the change was done.
 */
static void rd_hist_close(struct redund *rd)
{
	struct redund_history_record r;
	unsigned int i;

	for (i = 0; i < REDUND_HISTORY_MAX; i++) {
		r = rd->nv.history[i];
		if (!r.head.seq || r.verdict != REDUND_VERDICT_PENDING)
			continue;
		r.verdict = r.activation ? REDUND_VERDICT_DONE : REDUND_VERDICT_FAILED;
		rd_nv_store_history(rd, &r);
		rd_change(rd, REDUND_OBJECT_HISTORY, le32_to_cpu(r.head.seq));
	}
}

/* The election of a boot that an operator asked for has that as its reason. */
static void rd_hist_boot(struct redund *rd)
{
	struct redund_history_record *r = &rd->hist.rec;
	u8 reason = rd->nv.head.boot_reason;

	if (!reason || reason >= ARRAY_SIZE(redund_reason_names) || r->failover)
		return;
	r->reason = reason;
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, r->to, "redund", "reason: %s, by %.*s",
	       redund_reason_names[reason], (int)sizeof(r->requester), rd->nv.requester);
}

/**
 * rd_hist_store() - the change gets its number and is kept
 * @rd: instance that holds the grant
 *
 * Context: redund.lock, with the chassis record read.
 */
void rd_hist_store(struct redund *rd)
{
	struct rd_history *h = &rd->hist;

	if (!h->running && !h->stored)
		return;
	if (!h->stored) {
		rd_hist_close(rd);
		h->rec.head.seq = cpu_to_le32(rd_hist_last(rd) + 1);
		rd_hist_boot(rd);
		strscpy_pad(h->rec.requester, rd->nv.requester, sizeof(h->rec.requester));
		h->stored = true;
	}
	if (rd->role.role != REDUND_ROLE_TAKING_OVER)
		h->rec.activation = rd->nv.head.activation;
	rd_nv_store_history(rd, &h->rec);
	rd_change(rd, REDUND_OBJECT_HISTORY, le32_to_cpu(h->rec.head.seq));
}

/**
 * rd_hist_phase() - a phase of taking over ended
 * @rd: instance
 * @phase: enum redund_phase
 * @result: enum redund_phase_result
 *
 * Context: redund.lock. "standby-ready" comes after the verdict and is kept
 * at once; the others are kept with the record and the verdict.
 */
void rd_hist_phase(struct redund *rd, u8 phase, u8 result)
{
	struct rd_history *h = &rd->hist;

	if (phase >= REDUND_PHASE_MAX || (!h->running && !h->stored))
		return;
	if (h->rec.phase_result[phase] != REDUND_PHASE_RESULT_NONE)
		return;
	rd_hist_stamp(rd, phase, rd_now(rd), result);
	if (phase == REDUND_PHASE_STANDBY_READY)
		rd_hist_store(rd);
}

/**
 * rd_hist_verdict() - how the role change ended
 * @rd: instance
 * @verdict: enum redund_verdict
 *
 * Context: redund.lock.
 */
void rd_hist_verdict(struct redund *rd, u8 verdict)
{
	struct rd_history *h = &rd->hist;

	if (!h->running)
		return;
	h->running = false;
	h->rec.verdict = verdict;
	if (h->stored)
		rd_hist_store(rd);
}

/**
 * rd_hist_rolled_back() - a switchover that was asked for here did not come about
 * @rd: instance that goes on as the owner
 *
 * A record of its own, from and to the owner: no role changed.
 *
 * Context: redund.lock.
 */
void rd_hist_rolled_back(struct redund *rd)
{
	struct redund_history_record r = {
		.from = rd->slot,
		.to = rd->slot,
		.reason = rd->nv.intent_reason ?: REDUND_REASON_SWITCHOVER,
		.verdict = REDUND_VERDICT_ROLLED_BACK,
		.forced = rd->nv.intent_forced,
		.epoch = cpu_to_le32(rd->view.epoch),
		.activation = rd->nv.head.activation,
		.wall_s = cpu_to_le64(ktime_get_real_seconds()),
		.clock_us = cpu_to_le64(rd_now(rd)),
	};

	if (!rd_owns(rd) || !rd->nv.loaded)
		return;
	r.head.seq = cpu_to_le32(rd_hist_last(rd) + 1);
	strscpy_pad(r.requester, rd->requester, sizeof(r.requester));
	rd_nv_store_history(rd, &r);
	rd_change(rd, REDUND_OBJECT_HISTORY, le32_to_cpu(r.head.seq));
}
