// SPDX-License-Identifier: GPL-2.0-only
/*
 * What changed, in order and with a gap-free number, and its way out: a ring
 * filled under redund.lock, emptied by a worker that also copies the event
 * log to the kernel's own. A ring that overflows loses the oldest changes,
 * not their numbers: a listener sees the gap and reads anew.
 */
#include <linux/export.h>
#include "redund.h"

static BLOCKING_NOTIFIER_HEAD(rd_change_chain);

/**
 * redund_register_change_notifier() - hear of every change of every instance
 * @nb: called in process context with a struct redund_change
 *
 * Return: 0
 */
int redund_register_change_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&rd_change_chain, nb);
}

/**
 * redund_unregister_change_notifier() - no longer
 * @nb: as registered; not called any more when this returns
 */
void redund_unregister_change_notifier(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&rd_change_chain, nb);
}

/**
 * rd_change() - something changed
 * @rd: instance
 * @object: enum redund_object
 * @id: slot, fabric, module index, history or event number
 *
 * Context: redund.lock.
 */
void rd_change(struct redund *rd, u32 object, u64 id)
{
	struct rd_change *c = &rd->changes[rd->change_head % RD_CHANGES];

	lockdep_assert_held(&rd->lock);
	/* Nobody is told any more, and the workqueue may be gone. */
	if (rd->dead)
		return;
	c->seq = ++rd->change_seq;
	c->object = object;
	c->id = id;
	rd->change_head++;
	if (rd->change_head - rd->change_tail > RD_CHANGES)
		rd->change_tail = rd->change_head - RD_CHANGES;
	queue_work(rd->wq, &rd->change_work);
}

static bool rd_change_pop(struct redund *rd, struct redund_change *out)
{
	struct rd_change *c;

	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->change_tail == rd->change_head)
		return false;
	c = &rd->changes[rd->change_tail % RD_CHANGES];
	out->rd = rd;
	out->seq = c->seq;
	out->object = c->object;
	out->id = c->id;
	rd->change_tail++;
	return true;
}

static void rd_print(struct redund *rd)
{
	struct redund_event_info ev;

	while (!rd_evlog_get(&rd->log, rd->log.printed + 1, &ev)) {
		if (ev.id > rd->log.printed + 1)
			dev_warn(&rd->dev, "%llu events came too fast to be printed\n",
				 ev.id - rd->log.printed - 1);
		rd->log.printed = ev.id;
		if (ev.severity == REDUND_SEVERITY_MAJOR)
			dev_err(&rd->dev, "%s: %s\n", ev.subsystem, ev.text);
		else if (ev.severity == REDUND_SEVERITY_WARNING)
			dev_warn(&rd->dev, "%s: %s\n", ev.subsystem, ev.text);
		else
			dev_info(&rd->dev, "%s: %s\n", ev.subsystem, ev.text);
	}
}

/**
 * rd_change_worker() - print what was logged, notify what changed
 * @work: redund.change_work
 *
 * Context: process, one at a time (ordered workqueue).
 */
void rd_change_worker(struct work_struct *work)
{
	struct redund *rd = container_of(work, struct redund, change_work);
	struct redund_change change;

	rd_crash_mirror(rd);
	rd_print(rd);
	while (rd_change_pop(rd, &change))
		blocking_notifier_call_chain(&rd_change_chain, 0, &change);
}

/**
 * rd_waiting_for() - the bounded wait in progress
 * @rd: instance
 * @deadline: set to its end, common clock; 0 for none
 *
 * Context: redund.lock.
 * Return: "peer", "handover", "config", "ports", "grant", "sync" or ""
 */
const char *rd_waiting_for(struct redund *rd, u64 *deadline)
{
	const struct role *r = &rd->role;

	*deadline = 0;
	if (r->role == REDUND_ROLE_ELECTION && r->peer_wait_end) {
		*deadline = r->peer_wait_end;
		return "peer";
	}
	if (r->handover != ROLE_HANDOVER_NONE && r->handover_end) {
		*deadline = r->handover_end;
		return "handover";
	}
	if (rd->config_waiting || rd->im_waiting) {
		*deadline = r->phase_end;
		return rd->config_waiting ? "config" : "ports";
	}
	if (!rd->view.owner && r->claim_at) {
		*deadline = r->claim_at;
		return "grant";
	}
	if (rd->shutdown_until) {
		*deadline = rd->shutdown_until;
		return "sync";
	}
	return "";
}

#define RD_PEER_STATUS	(STATUS_PEER_PRESENT | STATUS_PEER_POWERED | \
			 STATUS_PEER_IN_RESET | STATUS_PEER_OUT)

static void rd_changes_chassis(struct redund *rd, struct rd_shown *n)
{
	u64 deadline;

	n->owner = rd->view.owner;
	n->epoch = rd->view.epoch;
	n->redundancy = rd->role.redundancy;
	n->pending = rd->nv.head.pending;
	n->hold = rd->role.p.hold;
	n->failovers = le32_to_cpu(rd->nv.head.failovers);
	n->settings = rd->beat.interval_us + rd->beat.misses;
	n->verdict = rd->verdict + (rd->handover_id << 8);
	n->rule = rd->role.decision.rule;
	n->waiting = rd_waiting_for(rd, &deadline);
	n->alone_since = le64_to_cpu(rd->nv.head.alone_since_us);
	n->standby_failures = le32_to_cpu(rd->nv.head.standby_failures);
	n->history_length = rd->nv.head.history_length;
	n->fence_limit = rd->role.p.fence_limit;
	n->fence_period_us = rd->role.p.fence_period_us;
	n->worker_us = rd_failover_window_us(rd);
	n->wdt_us = rd->wdt.armed ? rd->wdt.timeout_us : 0;
}

static void rd_changes_mm(struct redund *rd, struct rd_shown *n)
{
	n->role = rd->role.role;
	n->offline = rd->role.offline_cause;
	n->not_ready = rd->role.not_ready;
	n->phase = rd->role.phase;
	n->peer_status = rd->status & RD_PEER_STATUS;
	n->peer_valid = rd->view.peer.valid;
	n->peer_role = rd->view.peer.role;
	n->peer_not_ready = rd_owns(rd) ? rd->role.peer_not_ready : rd->view.peer.not_ready;
	n->fabric = rd->fabric | (rd->status & STATUS_FABRIC_PRESENT);
}

/**
 * rd_changes_find() - compare with what was notified last
 * @rd: instance
 *
 * Context: redund.lock, after each event.
 */
void rd_changes_find(struct redund *rd)
{
	struct rd_shown *o = &rd->shown;
	struct rd_shown n = {};
	u32 i, fabric;

	rd_repeat_look(rd);
	rd_changes_chassis(rd, &n);
	rd_changes_mm(rd, &n);
	if (rd->inv_stale || rd->nv.stale)
		queue_work(rd->wq, &rd->slow_work);
	if (n.role != o->role || n.offline != o->offline || n.not_ready != o->not_ready ||
	    n.phase != o->phase)
		rd_change(rd, REDUND_OBJECT_MM, rd->slot);
	if (n.peer_status != o->peer_status || n.peer_valid != o->peer_valid ||
	    n.peer_role != o->peer_role || n.peer_not_ready != o->peer_not_ready)
		rd_change(rd, REDUND_OBJECT_MM, rd_peer(rd));
	for (i = 1; i <= 2; i++) {
		fabric = BIT(i - 1) | BIT(STATUS_FABRIC_SHIFT + i - 1);
		if ((n.fabric ^ o->fabric) & fabric)
			rd_change(rd, REDUND_OBJECT_FABRIC, i);
	}
	if (n.owner != o->owner || n.epoch != o->epoch || n.redundancy != o->redundancy ||
	    n.pending != o->pending || n.failovers != o->failovers ||
	    n.settings != o->settings || n.verdict != o->verdict || n.rule != o->rule ||
	    n.waiting != o->waiting || n.fence_limit != o->fence_limit ||
	    n.fence_period_us != o->fence_period_us || n.worker_us != o->worker_us ||
	    n.wdt_us != o->wdt_us || n.alone_since != o->alone_since ||
	    n.standby_failures != o->standby_failures ||
	    n.history_length != o->history_length || n.hold != o->hold)
		rd_change(rd, REDUND_OBJECT_CHASSIS, 0);
	*o = n;
}
