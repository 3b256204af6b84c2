// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting: since when each module is what it is, how long
 * there was no redundancy, how often a standby was lost, how many role changes
 * are kept. Owns struct rd_account; what outlives this start is in the chassis
 * record, which the owner writes when one of these begins or ends and never
 * otherwise.
 */
#include "redund.h"

/* The roles that `show redundancy' shows, with the times at which they began. */
static void rd_account_roles(struct redund *rd)
{
	struct rd_account *a = &rd->account;
	u8 role[2];
	int i;

	role[rd->slot - 1] = rd->role.role;
	role[rd_peer(rd) - 1] = rd_peer_role(rd);
	for (i = 0; i < 2; i++) {
		if (a->since_us[i] && role[i] == a->role[i])
			continue;
		a->role[i] = role[i];
		a->since_us[i] = rd_now(rd);
	}
}

/**
 * rd_account_since() - since when a module is what it is
 * @rd: instance
 * @slot: module
 *
 * A module knows it of itself; of the other one its frame says it, when that is of
 * the role that this side sees.
 *
 * Context: redund.lock.
 * Return: common clock, 0 not known
 */
u64 rd_account_since(const struct redund *rd, u8 slot)
{
	const struct redund_frame *f = &rd->beat.in;
	u64 said = le64_to_cpu(f->role_us);

	if (slot != rd->slot && rd->beat.in_valid && said && f->role == rd->account.role[slot - 1])
		return said;
	return rd->account.since_us[slot - 1];
}

static bool rd_account_standby(const struct redund *rd)
{
	const struct role_view *v = &rd->view;

	return v->peer.valid && !v->peer_out && v->peer.role == REDUND_ROLE_STANDBY;
}

static bool rd_account_redundant(const struct redund *rd)
{
	return rd->role.redundancy && rd_account_standby(rd) && !rd->role.peer_not_ready;
}

/* Times of a clock that has started anew since are of no use. */
static u64 rd_account_alone_since(struct redund *rd)
{
	u64 since = le64_to_cpu(rd->nv.head.alone_since_us);

	return since > rd_now(rd) ? 1 : since;
}

/**
 * rd_account_alone() - how long there was no redundancy, over all
 * @rd: instance
 * @since: set to the beginning of the present time without, 0: there is redundancy
 *
 * Context: redund.lock.
 * Return: microseconds, the present time without included
 */
u64 rd_account_alone(struct redund *rd, u64 *since)
{
	*since = rd_account_alone_since(rd);
	return le64_to_cpu(rd->nv.head.alone_us) + (*since ? rd_now(rd) - *since : 0);
}

/**
 * rd_account_takeover() - a new owner has no standby yet
 * @rd: instance that holds the grant, with the record read; the caller stores it
 *
 * Redundancy ended when the change was detected, unless it had ended before.
 *
 * Context: redund.lock.
 */
void rd_account_takeover(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;
	u64 since = rd_account_alone_since(rd);

	if (!since && rd->hist.running)
		since = le64_to_cpu(rd->hist.rec.clock_us);
	r->alone_since_us = cpu_to_le64(since ?: rd_now(rd));
	rd->account.standby = false;
}

/**
 * rd_account_failover() - the last switchover
 * @rd: instance that took over, with its history record; the caller stores it
 *
 * Context: redund.lock.
 */
void rd_account_failover(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;

	r->last_reason = rd->hist.rec.reason;
	r->last_clock_us = rd->hist.rec.clock_us;
	strscpy_pad(r->last_requester, rd->nv.requester, sizeof(r->last_requester));
}

/* Return: whether the record changed. */
static bool rd_account_redundancy(struct redund *rd, bool redundant)
{
	struct redund_chassis_record *r = &rd->nv.head;
	u64 since, alone = rd_account_alone(rd, &since);

	if (redundant == !since)
		return false;
	r->alone_us = cpu_to_le64(alone);
	r->alone_since_us = cpu_to_le64(redundant ? 0 : rd_now(rd));
	return true;
}

/* A standby that was lost while redundancy was wanted. Return: as above. */
static bool rd_account_failure(struct redund *rd, bool standby)
{
	bool lost = rd->account.standby && !standby && rd->role.redundancy;

	rd->account.standby = standby;
	if (lost)
		le32_add_cpu(&rd->nv.head.standby_failures, 1);
	return lost;
}

/**
 * rd_account() - what the last event changed is entered
 * @rd: instance
 *
 * Context: redund.lock, after each event. During a handover nothing is counted:
 * whoever owns the grant at its end does it.
 */
void rd_account(struct redund *rd)
{
	bool changed;

	rd_account_roles(rd);
	if (!rd_owns(rd) || !rd->nv.loaded || rd->role.role != REDUND_ROLE_ACTIVE ||
	    rd->role.handover != ROLE_HANDOVER_NONE)
		return;
	changed = rd_account_failure(rd, rd_account_standby(rd));
	changed |= rd_account_redundancy(rd, rd_account_redundant(rd));
	if (changed)
		rd_nv_store(rd);
}

/* ---- how many role changes are kept (A-011) --------------------------------------- */

static u32 rd_store_history_length(struct redund *rd, u8 length)
{
	struct redund_chassis_record *r = &rd->nv.head;
	u8 was = r->history_length;

	rd_nv_need(rd);
	r->history_length = length;
	rd_nv_trim_history(rd);
	if (rd_nv_store(rd))
		return REDUND_REFUSAL_NONE;
	r->history_length = was;
	return REDUND_REFUSAL_LOST_GRANT;
}

/**
 * redund_set_history_length() - how many role changes are kept
 * @rd: instance
 * @length: 1 to REDUND_HISTORY_MAX; the oldest beyond that are forgotten at once
 * @requester: who asks, for the log
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno
 */
int redund_set_history_length(struct redund *rd, u32 length, const char *requester,
			      struct redund_answer *r)
{
	u32 refusal = REDUND_REFUSAL_NONE;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_look(rd);
	if (!rd_owns(rd) || !rd->booted)
		refusal = REDUND_REFUSAL_NOT_ACTIVE;
	else if (!length || length > REDUND_HISTORY_MAX)
		refusal = REDUND_REFUSAL_INVALID;
	else
		refusal = rd_store_history_length(rd, length);
	if (refusal)
		return rd_refuse(rd, "history-length", refusal, 0, requester, r);
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund", "history-length %u (%s)",
	       length, requester);
	rd_settle(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}
