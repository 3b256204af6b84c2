// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of user space, one at a time under the configuration mutex: each is
 * refused with a reason, which is logged, or carried out. What registered users
 * of the phases say is core_user.c's.
 */
#include "netlink_names.h"
#include "redund.h"

/* struct rd_refusal - stable word, text and errno, by enum redund_refusal */
struct rd_refusal {
	int error;
	const char *text;
};

static const char rd_not_standby[] =	/* S-080 */
	"peer-not-standby: The other management module does not exist or is not in standby mode";

static const struct rd_refusal rd_refusals[] = {
	[REDUND_REFUSAL_NONE] = { 0, "" },
	[REDUND_REFUSAL_NOT_ACTIVE] = { -EPERM,
		"not-active: This management module is not the active one." },
	[REDUND_REFUSAL_NO_PEER] = { -EBUSY,
		"no-peer: The other management module is not present." },
	[REDUND_REFUSAL_PEER_NOT_STANDBY] = { -EBUSY, rd_not_standby },
	[REDUND_REFUSAL_PEER_NOT_READY] = { -EBUSY,
		"peer-not-ready: The other management module cannot take over now." },
	[REDUND_REFUSAL_DISABLED] = { -EBUSY,
		"disabled: Redundancy is disabled." },
	[REDUND_REFUSAL_ALREADY] = { -EALREADY,
		"already: It is so already." },
	[REDUND_REFUSAL_BUSY] = { -EBUSY,
		"busy: Another role change is in progress." },
	[REDUND_REFUSAL_LAST_FABRIC] = { -EBUSY,
		"last-fabric: Both fabric modules cannot be disabled at the same time." },
	[REDUND_REFUSAL_FAILED_SELFTEST] = { -EBUSY,
		"failed-selftest: The module failed its selftest." },
	[REDUND_REFUSAL_INVALID] = { -EINVAL,
		"invalid: The value is out of range." },
	[REDUND_REFUSAL_HOLD_DOWN] = { -EBUSY,
		"hold-down: The last role change is too recent." },
	[REDUND_REFUSAL_NOT_STANDBY] = { -EBUSY,
		"not-standby: This management module is not in standby mode." },
	[REDUND_REFUSAL_SYNCING] = { -EBUSY,
		"syncing: The standby management module is still being synchronized." },
	[REDUND_REFUSAL_LOST_GRANT] = { -EIO,
		"lost-grant: The backplane controller did not accept it." },
	[REDUND_REFUSAL_STALE] = { -EAGAIN,
		"stale: The state changed meanwhile, nothing was done." },
	[REDUND_REFUSAL_TIME_OUT] = { -ETIMEDOUT,
		"time-out: It did not end in time." },
	[REDUND_REFUSAL_OUT] = { -EPERM,
		"out: This management module is out of service until it starts anew." },
	[REDUND_REFUSAL_UNSUPPORTED] = { -EOPNOTSUPP,
		"unsupported: The board does not have it." },
	[REDUND_REFUSAL_NO_KEY] = { -ENOKEY,
		"no-key: The first active management module has not made the key yet." },
};

/**
 * rd_refusal_text() - why a request was refused
 * @refusal: enum redund_refusal
 *
 * Return: text beginning with the stable word
 */
const char *rd_refusal_text(u32 refusal)
{
	if (WARN_ON_ONCE(refusal >= ARRAY_SIZE(rd_refusals) || !rd_refusals[refusal].text))
		refusal = REDUND_REFUSAL_INVALID;
	return rd_refusals[refusal].text;
}

/**
 * rd_answer() - the answer to a request
 * @refusal: enum redund_refusal
 * @not_ready: REDUND_NOT_READY_* that stand against it
 * @r: filled
 *
 * Return: 0 or -errno
 */
int rd_answer(u32 refusal, u32 not_ready, struct redund_answer *r)
{
	r->refusal = refusal;
	r->not_ready = not_ready;
	r->text = rd_refusal_text(refusal);
	return rd_refusals[refusal].error;
}

/**
 * rd_refuse() - log a refusal, and answer with it
 * @rd: instance
 * @what: request, "switchover"
 * @refusal: enum redund_refusal
 * @not_ready: REDUND_NOT_READY_* that stand against it
 * @requester: who asked
 * @r: filled
 *
 * Context: redund.lock.
 * Return: -errno
 */
int rd_refuse(struct redund *rd, const char *what, u32 refusal, u32 not_ready,
	      const char *requester, struct redund_answer *r)
{
	rd_log_refusal(rd, what, refusal, requester);
	return rd_answer(refusal, not_ready, r);
}

/**
 * rd_enter() - may requests be carried out here and now?
 * @rd: instance
 * @r: filled when not
 *
 * Context: redund.config.
 * Return: 0 or -errno
 */
int rd_enter(struct redund *rd, struct redund_answer *r)
{
	lockdep_assert_held(&rd->config);
	if (!rd->unregistered)
		return 0;
	rd_answer(REDUND_REFUSAL_OUT, 0, r);
	return -ENODEV;
}

/**
 * rd_ask() - a command goes to the state machine, which answers it
 * @rd: instance
 * @ev: command
 *
 * Context: redund.lock.
 * Return: enum redund_refusal
 */
u32 rd_ask(struct redund *rd, const struct role_event *ev)
{
	rd->answered = false;
	rd->answer = REDUND_REFUSAL_BUSY;
	rd->answer_reasons = 0;
	if (!rd->booted)
		return REDUND_REFUSAL_BUSY;
	rd_look(rd);
	rd_event(rd, ev);
	return rd->answer;
}

/**
 * redund_set_redundancy() - enable or disable redundancy (S-054 to S-074)
 * @rd: instance
 * @on: enable
 * @requester: who asks, for the log
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno
 */
int redund_set_redundancy(struct redund *rd, bool on, const char *requester,
			  struct redund_answer *r)
{
	struct role_event ev = { .type = ROLE_EV_REDUNDANCY, .on = on };
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd_ask(rd, &ev))
		return rd_refuse(rd, on ? "redundancy enable" : "redundancy disable", rd->answer,
				 rd->answer_reasons, requester, r);
	/* The machine took it, but chassis memory did not. */
	if (rd->nv.head.redundancy != on)
		return rd_refuse(rd, on ? "redundancy enable" : "redundancy disable",
				 REDUND_REFUSAL_LOST_GRANT, 0, requester, r);
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
	       "redundancy %s (%s)", on ? "enabled" : "disabled", requester);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

static u32 rd_heartbeat_refusal(const struct redund *rd)
{
	if (!rd_owns(rd) || !rd->booted)
		return REDUND_REFUSAL_NOT_ACTIVE;
	return rd->nv.loaded ? REDUND_REFUSAL_NONE : REDUND_REFUSAL_BUSY;
}

/* Chassis memory first: what it does not hold is not in use either. */
static u32 rd_store_heartbeat(struct redund *rd, u32 interval_ms, u32 misses)
{
	struct redund_chassis_record *h = &rd->nv.head;
	__le16 interval_was = h->interval_ms, misses_was = h->misses;

	h->interval_ms = cpu_to_le16(interval_ms);
	h->misses = cpu_to_le16(misses);
	if (rd_nv_store(rd))
		return REDUND_REFUSAL_NONE;
	h->interval_ms = interval_was;
	h->misses = misses_was;
	return REDUND_REFUSAL_LOST_GRANT;
}

/**
 * redund_set_heartbeat() - interval and misses, set on the active (C-38)
 * @rd: instance
 * @interval_ms: RD_INTERVAL_MIN to RD_INTERVAL_MAX, 0: as it is
 * @misses: RD_MISSES_MIN to RD_MISSES_MAX, 0: as it is
 * @requester: who asks, for the log
 * @r: filled
 *
 * Kept in chassis memory; the standby adopts them from the active's frame.
 *
 * Context: process.
 * Return: 0 or -errno
 */
int redund_set_heartbeat(struct redund *rd, u32 interval_ms, u32 misses, const char *requester,
			 struct redund_answer *r)
{
	u32 refusal;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_look(rd);
	refusal = rd_heartbeat_refusal(rd);
	interval_ms = interval_ms ?: rd->beat.interval_us / USEC_PER_MSEC;
	misses = misses ?: rd->beat.misses;
	if (!refusal && !rd_heartbeat_valid(rd, interval_ms, misses))
		refusal = REDUND_REFUSAL_INVALID;
	if (!refusal)
		refusal = rd_store_heartbeat(rd, interval_ms, misses);
	if (refusal)
		return rd_refuse(rd, "heartbeat", refusal, 0, requester, r);
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
	       "heartbeat %u ms x %u (%s)", interval_ms, misses, requester);
	rd_beat_settings(rd, interval_ms * USEC_PER_MSEC, misses);
	rd_kick(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

static u32 rd_store_heartbeat_loss(struct redund *rd, u8 loss)
{
	struct redund_chassis_record *h = &rd->nv.head;
	u8 was = h->heartbeat_loss;

	h->heartbeat_loss = loss;
	if (rd_nv_store(rd))
		return REDUND_REFUSAL_NONE;
	h->heartbeat_loss = was;
	return REDUND_REFUSAL_LOST_GRANT;
}

/**
 * redund_set_heartbeat_loss() - what missed heartbeats lead to (A-030, S-110)
 * @rd: instance
 * @loss: enum redund_heartbeat_loss
 * @requester: who asks, for the log
 * @r: filled
 *
 * Kept in chassis memory, where the standby reads it.
 *
 * Context: process.
 * Return: 0 or -errno
 */
int redund_set_heartbeat_loss(struct redund *rd, u32 loss, const char *requester,
			      struct redund_answer *r)
{
	u32 refusal;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_look(rd);
	refusal = rd_heartbeat_refusal(rd);
	if (!refusal && loss > REDUND_HEARTBEAT_LOSS_HOLD)
		refusal = REDUND_REFUSAL_INVALID;
	if (!refusal)
		refusal = rd_store_heartbeat_loss(rd, loss);
	if (refusal)
		return rd_refuse(rd, "heartbeat", refusal, 0, requester, r);
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund", "heartbeat on loss %s (%s)",
	       redund_heartbeat_loss_names[loss], requester);
	rd_nv_settings(rd);
	rd_change(rd, REDUND_OBJECT_CHASSIS, 0);
	rd_settle(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

static u32 rd_active_refusal(struct redund *rd, u8 slot)
{
	const struct role_view *v = &rd->view;

	if (!rd_owns(rd) || !rd->booted)
		return REDUND_REFUSAL_NOT_ACTIVE;
	if (slot > 2)
		return REDUND_REFUSAL_INVALID;
	/* What becomes active consumes the choice that it was elected by. */
	if (rd->role.role != REDUND_ROLE_ACTIVE)
		return REDUND_REFUSAL_BUSY;
	if (slot != rd_peer(rd))
		return REDUND_REFUSAL_NONE;
	if (!v->peer_present || !v->peer_powered)
		return REDUND_REFUSAL_NO_PEER;
	if (v->peer.valid && v->peer.selftest == REDUND_SELFTEST_FAILED)
		return REDUND_REFUSAL_FAILED_SELFTEST;
	return REDUND_REFUSAL_NONE;
}

/**
 * redund_set_active() - which module is active after the next boot (C-12)
 * @rd: instance
 * @slot: 1 or 2, 0 clears the choice
 * @requester: who asks, for the log
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno (S-090, S-094)
 */
int redund_set_active(struct redund *rd, u8 slot, const char *requester,
		      struct redund_answer *r)
{
	u32 refusal;
	u8 was;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_look(rd);
	refusal = rd_active_refusal(rd, slot);
	if (refusal)
		return rd_refuse(rd, "active-management", refusal, 0, requester, r);
	was = rd->nv.head.pending;
	rd->nv.head.pending = slot;
	if (!rd_nv_store(rd)) {
		rd->nv.head.pending = was;
		return rd_refuse(rd, "active-management", REDUND_REFUSAL_LOST_GRANT, 0,
				 requester, r);
	}
	/* The choice is data of the machine, not an event: nothing follows now. */
	rd->role.pending = slot;
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, slot, "redund",
	       "active-management %u (%s)", slot, requester);
	rd_settle(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * redund_set_fabric() - enable or disable a fabric module (S-102 to S-107)
 * @rd: instance
 * @id: 1 or 2, present or not
 * @on: enable
 * @requester: who asks, for the log
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno; -EBUSY for the last one that is enabled (C-40)
 */
int redund_set_fabric(struct redund *rd, unsigned int id, bool on, const char *requester,
		      struct redund_answer *r)
{
	u32 refusal = REDUND_REFUSAL_NONE;
	u32 was;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (id != 1 && id != 2) {
		rd_refuse(rd, "fabric-module", REDUND_REFUSAL_INVALID, 0, requester, r);
		return -EINVAL;
	}
	rd_look(rd);
	was = rd->fabric;
	ret = rd->booted ? rd_fabric_set(rd, id, on, &refusal) : -EPERM;
	if (ret)
		return rd_refuse(rd, "fabric-module", refusal ?: REDUND_REFUSAL_NOT_ACTIVE, 0,
				 requester, r);
	if (rd->fabric != was) {
		rd_nv_store(rd);
		rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, 0, "chassis", "Fabric %u %s", id,
		       on ? "Enabled" : "Disabled");
	}
	rd_settle(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * rd_switchover_refusal() - would a switchover be accepted? (S-076, S-081)
 * @rd: instance
 * @force: a forced one, which does not wait for files that are being copied
 * @reasons: REDUND_NOT_READY_* of the peer that stand against it
 *
 * Context: redund.lock.
 * Return: enum redund_refusal, none when it would
 */
u32 rd_switchover_refusal(struct redund *rd, bool force, u32 *reasons)
{
	u32 refusal = role_switchover_check(&rd->role, &rd->view, force, reasons);

	if (!refusal && !force && rd_copying(rd))
		refusal = REDUND_REFUSAL_SYNCING;
	return refusal;
}

/**
 * redund_switchover() - start an orderly handover to the standby (S-075)
 * @rd: instance
 * @force: the standby need not be ready; recorded as forced
 * @requester: who asks, for log and history
 * @id: set to the handover's number, for chassis_info's handover_id
 * @r: filled
 *
 * Context: process; returns when it is accepted, the verdict comes as change.
 * Return: 0 or -errno
 */
int redund_switchover(struct redund *rd, bool force, const char *requester, u32 *id,
		      struct redund_answer *r)
{
	struct role_event ev = { .type = ROLE_EV_SWITCHOVER, .force = force };
	u32 verdict, reasons;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->handover_running)
		return rd_refuse(rd, "switchover", REDUND_REFUSAL_BUSY, 0, requester, r);
	/* What else stands against it is the machine's to say. */
	if (rd_switchover_refusal(rd, force, &reasons) == REDUND_REFUSAL_SYNCING)
		return rd_refuse(rd, "switchover", REDUND_REFUSAL_SYNCING, reasons, requester, r);
	verdict = rd->verdict;
	strscpy(rd->requester, requester, sizeof(rd->requester));
	rd->handover_running = true;
	rd->handover_id++;
	rd->verdict = REDUND_VERDICT_PENDING;
	if (rd_ask(rd, &ev)) {
		rd->handover_running = false;
		rd->handover_id--;
		rd->verdict = verdict;
		return rd_refuse(rd, force ? "forced switchover" : "switchover", rd->answer,
				 rd->answer_reasons, requester, r);
	}
	*id = rd->handover_id;
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund", "%sswitchover (%s)",
	       force ? "forced " : "", requester);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * redund_switchover_check() - would a switchover be accepted?
 * @rd: instance
 * @force: a forced one
 * @r: filled with every reason why not
 *
 * Changes nothing.
 *
 * Context: process.
 * Return: 0 or -errno
 */
int redund_switchover_check(struct redund *rd, bool force, struct redund_answer *r)
{
	u32 refusal, reasons = 0;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->handover_running || !rd->booted)
		return rd_answer(REDUND_REFUSAL_BUSY, 0, r);
	refusal = rd_switchover_refusal(rd, force, &reasons);
	if (refusal == REDUND_REFUSAL_SYNCING)
		rd_sync_progress(rd, r->sync_text, sizeof(r->sync_text), &r->seconds_left);
	return rd_answer(refusal, reasons, r);
}
