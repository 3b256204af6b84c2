// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots of an instance for user space. A module that does not own the
 * grant knows the chassis record by reading it; it is read again at most
 * every RD_REREAD_US, however often it is asked for.
 */
#include "redund.h"

#define RD_REREAD_US	(100 * USEC_PER_MSEC)

static void rd_info_reread(struct redund *rd)
{
	u64 now = rd_now(rd);

	if (rd_owns(rd) && rd->nv.loaded)
		return;
	if (rd->nv.read_us && now - rd->nv.read_us < RD_REREAD_US)
		return;
	rd_nv_load_head(rd);
}

static void rd_info_limits(const struct redund *rd, struct redund_chassis_info *o)
{
	o->interval_ms = rd->beat.interval_us / USEC_PER_MSEC;
	o->misses = rd->beat.misses;
	o->interval_min_ms = RD_INTERVAL_MIN;
	o->interval_max_ms = min_t(u32, RD_INTERVAL_MAX, rd->timer_max_ms / RD_MISSES_MIN);
	o->misses_min = RD_MISSES_MIN;
	o->misses_max = RD_MISSES_MAX;
	o->fence_limit = rd->role.p.fence_limit;
	o->fence_period_s = div_u64(rd->role.p.fence_period_us, USEC_PER_SEC);
	o->worker_window_ms = div_u64(rd_failover_window_us(rd), USEC_PER_MSEC);
	o->wdt_window_ms = rd->wdt.armed ? div_u64(rd->wdt.timeout_us, USEC_PER_MSEC) : 0;
}

static void rd_info_account(struct redund *rd, struct redund_chassis_info *o)
{
	const struct redund_chassis_record *r = &rd->nv.head;

	o->history_length = rd_nv_history_length(rd);
	o->history_max = REDUND_HISTORY_MAX;
	o->standby_failures = le32_to_cpu(r->standby_failures);
	o->last_reason = r->last_reason;
	o->last_clock_us = le64_to_cpu(r->last_clock_us);
	strscpy(o->last_requester, r->last_requester, sizeof(r->last_requester));
	o->alone_us = rd_account_alone(rd, &o->alone_since_us);
}

/**
 * redund_chassis_info() - what concerns both modules
 * @rd: instance
 * @o: filled
 *
 * Context: any that may take a spinlock.
 */
void redund_chassis_info(struct redund *rd, struct redund_chassis_info *o)
{
	const struct redund_inventory *inv = &rd->inv[REDUND_INV_CHASSIS];
	u32 reasons;

	memset(o, 0, sizeof(*o));
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_clock_sync(rd);
	rd_info_reread(rd);
	strscpy(o->description, inv->description, sizeof(o->description));
	strscpy(o->part, inv->part, sizeof(o->part));
	strscpy(o->serial, inv->serial, sizeof(o->serial));
	o->instance = rd->id;
	o->own_slot = rd->slot;
	o->own_role = rd->role.role;
	o->owner = rd->view.owner;
	o->epoch = rd->view.epoch;
	o->redundancy = rd->role.redundancy;
	o->switchover_ready = rd_owns(rd) && !rd->handover_running &&
			      !rd_switchover_refusal(rd, false, &reasons);
	o->pending = rd->nv.head.pending;
	o->failovers = le32_to_cpu(rd->nv.head.failovers);
	o->last_failover_s = le64_to_cpu(rd->nv.head.last_failover_s);
	rd_info_account(rd, o);
	o->rule = rd->role.decision.rule;
	o->inputs = rd->role.inputs;
	rd_info_limits(rd, o);
	o->now_us = rd_now(rd);
	o->change_seq = rd->change_seq;
	o->handover_verdict = rd->verdict;
	o->handover_id = rd->handover_id;
	o->beats_sent = rd->beat.sent;
	o->beats_missed = rd->beat.missed;
	o->accesses_per_beat = rd->beat.words;
	o->beat_ns = rd->beat.ns;
	o->locate = rd_locate(rd);
	o->heartbeat_loss = rd->role.p.hold ? REDUND_HEARTBEAT_LOSS_HOLD :
					      REDUND_HEARTBEAT_LOSS_TAKEOVER;
	if (rd_copying(rd))
		rd_sync_progress(rd, o->sync_busy, sizeof(o->sync_busy), &o->sync_seconds);
	strscpy(o->waiting_for, rd_waiting_for(rd, &o->waiting_for_us),
		sizeof(o->waiting_for));
}

static void rd_info_own(struct redund *rd, struct redund_mm_info *o)
{
	o->present = true;
	o->powered = true;
	o->out = rd->view.self_out;
	o->role = rd->role.role;
	o->offline_cause = rd->role.offline_cause;
	o->selftest = !rd->selftest_done ? REDUND_SELFTEST_RUNNING :
		      rd->selftest_ok ? REDUND_SELFTEST_PASSED : REDUND_SELFTEST_FAILED;
	o->boot_image = rd_settings_image();
	o->phase = rd->role.phase;
	o->not_ready = rd->role.not_ready;
	o->incarnation = rd->incarnation;
	o->boot_count = le32_to_cpu(rd->nv.module.boot_count);
	o->refused_writes = rd_read32(rd, REG_REFUSED);
	o->rearms = rd_read32(rd, REG_REARMS);
	/* As long as a frame holds them: both modules show the same. */
	strscpy(o->sw_version, rd_set.sw_version, sizeof_field(struct redund_frame, sw_version));
	strscpy(o->sw_stamp, rd_set.sw_stamp, sizeof_field(struct redund_frame, sw_stamp));
	o->sw_build = rd_set.sw_build;
	o->interval_ms = rd->beat.interval_us / USEC_PER_MSEC;
	o->misses = rd->beat.misses;
	o->timer_ms = rd_failover_ms(rd);
	o->last_heard_us = rd_now(rd);
	o->up_since_us = rd->boot_us;
	o->link = rd->link;
	strscpy(o->sync_text, rd_sync_text(rd), sizeof(o->sync_text));
}

/* The owner's own word counts, but only one of the present epoch (I1). */
static bool rd_peer_takes_over(const struct redund *rd)
{
	const struct role_peer *p = &rd->view.peer;

	return p->valid && p->epoch == rd->view.epoch && p->role == REDUND_ROLE_TAKING_OVER;
}

/* What the lines, the grant and its frame say that it is. */
static u8 rd_info_peer_role(const struct redund *rd, u8 *cause)
{
	const struct role_view *v = &rd->view;

	*cause = REDUND_OFFLINE_CAUSE_NONE;
	if (!v->peer_present)
		return REDUND_ROLE_ABSENT;
	if (rd->status & STATUS_PEER_SHUT_DOWN) {
		*cause = REDUND_OFFLINE_CAUSE_SHUTDOWN;
		return REDUND_ROLE_OFFLINE;
	}
	if (!v->peer_powered || v->peer_in_reset || v->peer_going_down)
		return REDUND_ROLE_DOWN;
	if (v->owner == rd_peer(rd))
		return rd_peer_takes_over(rd) ? REDUND_ROLE_TAKING_OVER : REDUND_ROLE_ACTIVE;
	/* What it says of a grant that it does not hold is old (I1). */
	if (v->peer_out || !v->peer.valid || v->peer.role == REDUND_ROLE_ACTIVE ||
	    v->peer.role == REDUND_ROLE_TAKING_OVER)
		return REDUND_ROLE_BOOTING;
	*cause = v->peer.offline_cause;
	return v->peer.role;
}

/**
 * rd_peer_role() - the other module's role as this side sees it
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: enum redund_role
 */
u8 rd_peer_role(const struct redund *rd)
{
	u8 cause;

	return rd_info_peer_role(rd, &cause);
}

static void rd_info_peer(struct redund *rd, struct redund_mm_info *o)
{
	const struct role_view *v = &rd->view;
	const struct redund_frame *f = &rd->beat.in;

	o->present = v->peer_present;
	o->powered = v->peer_powered;
	o->in_reset = v->peer_in_reset;
	o->out = v->peer_out;
	o->role = rd_info_peer_role(rd, &o->offline_cause);
	o->refused_writes = rd_read32(rd, REG_PEER_REFUSED);
	o->rearms = rd_read32(rd, REG_PEER_REARMS);
	if (v->owner != rd_peer(rd))
		o->not_ready = rd_owns(rd) ? rd->role.peer_not_ready : v->peer.not_ready;
	o->last_heard_us = rd->beat.last_us;
	if (!rd->beat.in_valid)
		return;
	o->selftest = f->selftest;
	o->boot_image = f->boot_image;
	o->phase = f->phase;
	o->incarnation = le32_to_cpu(f->incarnation);
	o->boot_count = le32_to_cpu(f->boot_count) + 1;
	strscpy(o->sw_version, f->sw_version, sizeof(o->sw_version));
	strscpy(o->sw_stamp, f->sw_stamp, sizeof(o->sw_stamp));
	o->sw_build = le32_to_cpu(f->sw_build);
	o->interval_ms = le16_to_cpu(f->interval_ms);
	o->misses = le16_to_cpu(f->misses);
	o->timer_ms = le32_to_cpu(f->timer_ms);
	o->up_since_us = le64_to_cpu(f->boot_us);
	o->link = f->link;
	strscpy(o->sync_text, f->sync_text, sizeof(o->sync_text));
}

/**
 * redund_mm_info() - one management module
 * @rd: instance
 * @slot: 1 or 2
 * @o: filled, also for an empty slot (role "absent")
 *
 * Context: any that may take a spinlock.
 * Return: 0, -ENOENT for no such slot
 */
int redund_mm_info(struct redund *rd, unsigned int slot, struct redund_mm_info *o)
{
	const struct redund_inventory *inv;

	memset(o, 0, sizeof(*o));
	if (slot != 1 && slot != 2)
		return -ENOENT;
	guard(raw_spinlock_irqsave)(&rd->lock);
	o->slot = slot;
	if (slot == rd->slot)
		rd_info_own(rd, o);
	else
		rd_info_peer(rd, o);
	o->activation = le32_to_cpu(rd->nv.head.mod_activation[slot - 1]);
	o->state_since_us = rd_account_since(rd, slot);
	inv = &rd->inv[REDUND_INV_MM + slot - 1];
	strscpy(o->description, inv->description, sizeof(o->description));
	strscpy(o->part, inv->part, sizeof(o->part));
	strscpy(o->serial, inv->serial, sizeof(o->serial));
	return 0;
}

/**
 * redund_fabric_info() - one fabric module
 * @rd: instance
 * @id: 1 or 2
 * @o: filled, also for an absent one
 *
 * Context: any that may take a spinlock.
 * Return: 0, -ENOENT for no such module
 */
int redund_fabric_info(struct redund *rd, unsigned int id, struct redund_fabric_info *o)
{
	const struct redund_inventory *inv;

	memset(o, 0, sizeof(*o));
	if (id != 1 && id != 2)
		return -ENOENT;
	guard(raw_spinlock_irqsave)(&rd->lock);
	o->id = id;
	o->present = rd->status & BIT(STATUS_FABRIC_SHIFT + id - 1);
	o->enabled = rd_fabric_read(rd) & BIT(id - 1);
	inv = &rd->inv[REDUND_INV_FABRIC + id - 1];
	strscpy(o->description, inv->description, sizeof(o->description));
	strscpy(o->part, inv->part, sizeof(o->part));
	strscpy(o->serial, inv->serial, sizeof(o->serial));
	return 0;
}

static u8 rd_module_state(enum redund_im_hw hw)
{
	switch (hw) {
	case REDUND_IM_ABSENT:
		return REDUND_MODULE_STATE_ABSENT;
	case REDUND_IM_RESET:
		return REDUND_MODULE_STATE_RESET;
	case REDUND_IM_DOWNLOADING:
		return REDUND_MODULE_STATE_DOWNLOADING;
	case REDUND_IM_UP:
		return REDUND_MODULE_STATE_UP;
	default:
		return REDUND_MODULE_STATE_FAILED;
	}
}

/**
 * redund_module_info() - one interface module
 * @rd: instance
 * @index: 0 to 11: A to L
 * @o: filled, also for an empty slot
 *
 * Context: any that may take a spinlock.
 * Return: 0, -ENOENT for no such slot
 */
int redund_module_info(struct redund *rd, unsigned int index, struct redund_module_info *o)
{
	const struct redund_inventory *inv;

	memset(o, 0, sizeof(*o));
	if (index >= REDUND_IM_SLOTS)
		return -ENOENT;
	guard(raw_spinlock_irqsave)(&rd->lock);
	o->index = index;
	o->state = rd_module_state(rd->im_state >> (4 * index) & 0xf);
	if (o->state == REDUND_MODULE_STATE_ABSENT)
		return 0;
	inv = &rd->inv[REDUND_INV_IM + index];
	strscpy(o->description, inv->description, sizeof(o->description));
	strscpy(o->part, inv->part, sizeof(o->part));
	strscpy(o->serial, inv->serial, sizeof(o->serial));
	return 0;
}

static void rd_info_history(const struct redund_history_record *h, struct redund_history_info *o)
{
	unsigned int i;

	memset(o, 0, sizeof(*o));
	o->id = le32_to_cpu(h->head.seq);
	o->from = h->from;
	o->to = h->to;
	o->reason = h->reason;
	o->verdict = h->verdict;
	o->rule = h->rule;
	o->forced = h->forced;
	o->failover = h->failover;
	o->epoch = le32_to_cpu(h->epoch);
	o->activation = le32_to_cpu(h->activation);
	o->wall_s = le64_to_cpu(h->wall_s);
	o->clock_us = le64_to_cpu(h->clock_us);
	for (i = 0; i < REDUND_PHASE_MAX; i++) {
		o->phase_us[i] = le32_to_cpu(h->phase_us[i]);
		o->phase_result[i] = h->phase_result[i];
	}
	memcpy(o->requester, h->requester, sizeof(h->requester));
}

/**
 * redund_history_info() - a role change
 * @rd: instance
 * @id: its number; the first one with this or a higher number is taken
 * @o: filled
 *
 * Context: any that may take a spinlock.
 * Return: 0, -ENOENT if there is none
 */
int redund_history_info(struct redund *rd, u32 id, struct redund_history_info *o)
{
	const struct redund_history_record *found = NULL;
	u32 best = U32_MAX, seq;
	unsigned int i;

	rd_nv_load_history(rd, RD_REREAD_US);
	guard(raw_spinlock_irqsave)(&rd->lock);
	for (i = 0; i < REDUND_HISTORY_MAX; i++) {
		seq = le32_to_cpu(rd->nv.history[i].head.seq);
		if (!seq || seq < id || seq >= best)
			continue;
		best = seq;
		found = &rd->nv.history[i];
	}
	if (!found)
		return -ENOENT;
	rd_info_history(found, o);
	return 0;
}

/**
 * redund_event_info() - an event of the log
 * @rd: instance
 * @id: its number; the first one with this or a higher number is taken
 * @o: filled
 *
 * Context: any that may take a spinlock.
 * Return: 0, -ENOENT if there is none
 */
int redund_event_info(struct redund *rd, u64 id, struct redund_event_info *o)
{
	return rd_evlog_get(&rd->log, id, o);
}
