// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Turns one message of the family into the structures of redund.h. Trusts no
 * length and no value: what is missing or too short reads as zero, attributes
 * of a newer kernel are skipped.
 */
#include <string.h>
#include "rd.h"

static uint64_t number(struct nlattr **tb, int type)
{
	struct nlattr *attr = tb[type];

	if (!attr)
		return 0;
	switch (nla_len(attr)) {
	case 1:
		return nla_get_u8(attr);
	case 4:
		return nla_get_u32(attr);
	case 8:
		return nla_get_u64(attr);
	}
	return 0;
}

static void copy_text(char *out, size_t size, struct nlattr *attr)
{
	size_t n = attr ? strnlen(nla_data(attr), nla_len(attr)) : 0;

	if (n >= size)
		n = size - 1;
	if (n)
		memcpy(out, nla_data(attr), n);
	out[n] = '\0';
}

#define text(field, type) copy_text(field, sizeof(field), tb[type])

/* The attributes of a nest; all NULL if it is none. */
static void open_nest(struct nlattr **tb, int max, struct nlattr *nest)
{
	memset(tb, 0, sizeof(*tb) * (max + 1));
	if (nest && nla_len(nest) >= 0)
		nla_parse(tb, max, nla_data(nest), nla_len(nest), NULL);
}

static void decode_candidate(struct rd_chassis *c, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_CANDIDATE_MAX + 1];
	struct rd_candidate *out;
	uint64_t slot;

	open_nest(tb, REDUND_A_CANDIDATE_MAX, nest);
	slot = number(tb, REDUND_A_CANDIDATE_SLOT);
	if (slot < 1 || slot > RD_SLOTS)
		return;
	out = &c->candidate[slot - 1];
	out->present = number(tb, REDUND_A_CANDIDATE_PRESENT);
	out->failed = number(tb, REDUND_A_CANDIDATE_FAILED);
	out->readable = number(tb, REDUND_A_CANDIDATE_READABLE);
	out->ever_booted = number(tb, REDUND_A_CANDIDATE_EVER_BOOTED);
	out->past_role = number(tb, REDUND_A_CANDIDATE_PAST_ROLE);
	out->activation = number(tb, REDUND_A_CANDIDATE_ACTIVATION);
	out->boot_count = number(tb, REDUND_A_CANDIDATE_BOOT_COUNT);
}

static void decode_settings(struct rd_chassis *c, struct nlattr **tb)
{
	c->interval_ms = number(tb, REDUND_A_CHASSIS_INFO_INTERVAL_MS);
	c->misses = number(tb, REDUND_A_CHASSIS_INFO_MISSES);
	c->interval_min_ms = number(tb, REDUND_A_CHASSIS_INFO_INTERVAL_MIN_MS);
	c->interval_max_ms = number(tb, REDUND_A_CHASSIS_INFO_INTERVAL_MAX_MS);
	c->misses_min = number(tb, REDUND_A_CHASSIS_INFO_MISSES_MIN);
	c->misses_max = number(tb, REDUND_A_CHASSIS_INFO_MISSES_MAX);
	c->fence_limit = number(tb, REDUND_A_CHASSIS_INFO_FENCE_LIMIT);
	c->fence_period_s = number(tb, REDUND_A_CHASSIS_INFO_FENCE_PERIOD_S);
	c->worker_window_ms = number(tb, REDUND_A_CHASSIS_INFO_WORKER_WINDOW_MS);
	c->wdt_window_ms = number(tb, REDUND_A_CHASSIS_INFO_WDT_WINDOW_MS);
	c->heartbeat_loss = number(tb, REDUND_A_CHASSIS_INFO_HEARTBEAT_LOSS);
}

static void decode_statistics(struct rd_chassis *c, struct nlattr **tb)
{
	c->failovers = number(tb, REDUND_A_CHASSIS_INFO_FAILOVERS);
	c->last_failover_s = number(tb, REDUND_A_CHASSIS_INFO_LAST_FAILOVER);
	c->rule = number(tb, REDUND_A_CHASSIS_INFO_RULE);
	c->election_owner = number(tb, REDUND_A_CHASSIS_INFO_ELECTION_OWNER);
	c->election_choice = number(tb, REDUND_A_CHASSIS_INFO_ELECTION_CHOICE);
	c->clock_us = number(tb, REDUND_A_CHASSIS_INFO_CLOCK_US);
	c->handover_id = number(tb, REDUND_A_CHASSIS_INFO_HANDOVER_ID);
	c->handover_verdict = number(tb, REDUND_A_CHASSIS_INFO_HANDOVER_VERDICT);
	c->beats_sent = number(tb, REDUND_A_CHASSIS_INFO_BEATS_SENT);
	c->beats_missed = number(tb, REDUND_A_CHASSIS_INFO_BEATS_MISSED);
	c->accesses_per_beat = number(tb, REDUND_A_CHASSIS_INFO_ACCESSES_PER_BEAT);
	text(c->waiting_for, REDUND_A_CHASSIS_INFO_WAITING_FOR);
	c->waiting_until_us = number(tb, REDUND_A_CHASSIS_INFO_WAITING_UNTIL);
	c->locate = number(tb, REDUND_A_CHASSIS_INFO_LOCATE);
	text(c->sync_busy, REDUND_A_CHASSIS_INFO_SYNC_BUSY);
	c->sync_seconds = number(tb, REDUND_A_CHASSIS_INFO_SYNC_SECONDS);
}

static void decode_account(struct rd_chassis *c, struct nlattr **tb)
{
	c->history_length = number(tb, REDUND_A_CHASSIS_INFO_HISTORY_LENGTH);
	c->history_max = number(tb, REDUND_A_CHASSIS_INFO_HISTORY_MAX);
	c->last_clock_us = number(tb, REDUND_A_CHASSIS_INFO_LAST_SWITCHOVER_CLOCK);
	c->last_reason = number(tb, REDUND_A_CHASSIS_INFO_LAST_SWITCHOVER_REASON);
	text(c->last_requester, REDUND_A_CHASSIS_INFO_LAST_SWITCHOVER_REQUESTER);
	c->standby_failures = number(tb, REDUND_A_CHASSIS_INFO_STANDBY_FAILURES);
	c->alone_us = number(tb, REDUND_A_CHASSIS_INFO_ALONE_US);
	c->alone_since_us = number(tb, REDUND_A_CHASSIS_INFO_ALONE_SINCE);
}

static void decode_chassis(struct rd_chassis *c, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_CHASSIS_INFO_MAX + 1], *attr;
	int left;

	open_nest(tb, REDUND_A_CHASSIS_INFO_MAX, nest);
	text(c->description, REDUND_A_CHASSIS_INFO_DESCRIPTION);
	text(c->part, REDUND_A_CHASSIS_INFO_PART);
	text(c->serial, REDUND_A_CHASSIS_INFO_SERIAL);
	c->own_slot = number(tb, REDUND_A_CHASSIS_INFO_OWN_SLOT);
	c->own_role = number(tb, REDUND_A_CHASSIS_INFO_OWN_ROLE);
	c->owner = number(tb, REDUND_A_CHASSIS_INFO_OWNER);
	c->epoch = number(tb, REDUND_A_CHASSIS_INFO_EPOCH);
	c->redundancy = number(tb, REDUND_A_CHASSIS_INFO_REDUNDANCY);
	c->switchover_ready = number(tb, REDUND_A_CHASSIS_INFO_SWITCHOVER_READY);
	c->choice = number(tb, REDUND_A_CHASSIS_INFO_CHOICE);
	decode_settings(c, tb);
	decode_statistics(c, tb);
	decode_account(c, tb);
	nla_for_each_nested(attr, nest, left)
		if (nla_type(attr) == REDUND_A_CHASSIS_INFO_CANDIDATE)
			decode_candidate(c, attr);
}

static void decode_mm(struct rd_mm *m, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_MM_INFO_MAX + 1];

	open_nest(tb, REDUND_A_MM_INFO_MAX, nest);
	m->slot = number(tb, REDUND_A_MM_INFO_SLOT);
	m->present = number(tb, REDUND_A_MM_INFO_PRESENT);
	m->powered = number(tb, REDUND_A_MM_INFO_POWERED);
	m->in_reset = number(tb, REDUND_A_MM_INFO_IN_RESET);
	m->out = number(tb, REDUND_A_MM_INFO_OUT);
	m->role = number(tb, REDUND_A_MM_INFO_ROLE);
	m->offline_cause = number(tb, REDUND_A_MM_INFO_OFFLINE_CAUSE);
	m->selftest = number(tb, REDUND_A_MM_INFO_SELFTEST);
	m->boot_image = number(tb, REDUND_A_MM_INFO_BOOT_IMAGE);
	m->phase = number(tb, REDUND_A_MM_INFO_PHASE);
	m->not_ready = number(tb, REDUND_A_MM_INFO_NOT_READY);
	m->incarnation = number(tb, REDUND_A_MM_INFO_INCARNATION);
	m->boot_count = number(tb, REDUND_A_MM_INFO_BOOT_COUNT);
	m->activation = number(tb, REDUND_A_MM_INFO_ACTIVATION);
	m->refused_writes = number(tb, REDUND_A_MM_INFO_REFUSED_WRITES);
	m->rearms = number(tb, REDUND_A_MM_INFO_REARMS);
	text(m->description, REDUND_A_MM_INFO_DESCRIPTION);
	text(m->part, REDUND_A_MM_INFO_PART);
	text(m->serial, REDUND_A_MM_INFO_SERIAL);
	text(m->sw_version, REDUND_A_MM_INFO_SW_VERSION);
	text(m->sw_stamp, REDUND_A_MM_INFO_SW_STAMP);
	m->sw_build = number(tb, REDUND_A_MM_INFO_SW_BUILD);
	m->interval_ms = number(tb, REDUND_A_MM_INFO_INTERVAL_MS);
	m->misses = number(tb, REDUND_A_MM_INFO_MISSES);
	m->timer_ms = number(tb, REDUND_A_MM_INFO_TIMER_MS);
	m->last_heard_us = number(tb, REDUND_A_MM_INFO_LAST_HEARD);
	m->up_since_us = number(tb, REDUND_A_MM_INFO_UP_SINCE);
	m->state_since_us = number(tb, REDUND_A_MM_INFO_STATE_SINCE);
	text(m->sync_text, REDUND_A_MM_INFO_SYNC_TEXT);
	m->link = number(tb, REDUND_A_MM_INFO_LINK);
}

static void decode_fabric(struct rd_fabric *f, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_FABRIC_INFO_MAX + 1];

	open_nest(tb, REDUND_A_FABRIC_INFO_MAX, nest);
	f->id = number(tb, REDUND_A_FABRIC_INFO_ID);
	f->present = number(tb, REDUND_A_FABRIC_INFO_PRESENT);
	f->enabled = number(tb, REDUND_A_FABRIC_INFO_ENABLED);
	text(f->description, REDUND_A_FABRIC_INFO_DESCRIPTION);
	text(f->part, REDUND_A_FABRIC_INFO_PART);
	text(f->serial, REDUND_A_FABRIC_INFO_SERIAL);
}

static void decode_module(struct rd_module *m, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_MODULE_INFO_MAX + 1];

	open_nest(tb, REDUND_A_MODULE_INFO_MAX, nest);
	m->index = number(tb, REDUND_A_MODULE_INFO_INDEX);
	m->state = number(tb, REDUND_A_MODULE_INFO_STATE);
	text(m->description, REDUND_A_MODULE_INFO_DESCRIPTION);
	text(m->part, REDUND_A_MODULE_INFO_PART);
	text(m->serial, REDUND_A_MODULE_INFO_SERIAL);
}

static void decode_phase(struct rd_history *h, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_PHASE_MAX + 1];
	struct rd_phase *p;

	if (h->phases == RD_PHASES)
		return;
	p = &h->phase[h->phases++];
	open_nest(tb, REDUND_A_PHASE_MAX, nest);
	p->phase = number(tb, REDUND_A_PHASE_PHASE);
	p->us = number(tb, REDUND_A_PHASE_US);
	p->result = number(tb, REDUND_A_PHASE_RESULT);
}

static void decode_history(struct rd_history *h, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_HISTORY_INFO_MAX + 1], *attr;
	int left;

	open_nest(tb, REDUND_A_HISTORY_INFO_MAX, nest);
	h->id = number(tb, REDUND_A_HISTORY_INFO_ID);
	h->from = number(tb, REDUND_A_HISTORY_INFO_FROM);
	h->to = number(tb, REDUND_A_HISTORY_INFO_TO);
	h->reason = number(tb, REDUND_A_HISTORY_INFO_REASON);
	h->verdict = number(tb, REDUND_A_HISTORY_INFO_VERDICT);
	h->rule = number(tb, REDUND_A_HISTORY_INFO_RULE);
	h->forced = number(tb, REDUND_A_HISTORY_INFO_FORCED);
	h->failover = number(tb, REDUND_A_HISTORY_INFO_FAILOVER);
	h->epoch = number(tb, REDUND_A_HISTORY_INFO_EPOCH);
	h->activation = number(tb, REDUND_A_HISTORY_INFO_ACTIVATION);
	h->time_s = number(tb, REDUND_A_HISTORY_INFO_TIME);
	h->clock_us = number(tb, REDUND_A_HISTORY_INFO_CLOCK_US);
	text(h->requester, REDUND_A_HISTORY_INFO_REQUESTER);
	nla_for_each_nested(attr, nest, left)
		if (nla_type(attr) == REDUND_A_HISTORY_INFO_PHASE)
			decode_phase(h, attr);
}

static void decode_event(struct rd_event *e, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_EVENT_INFO_MAX + 1];

	open_nest(tb, REDUND_A_EVENT_INFO_MAX, nest);
	e->id = number(tb, REDUND_A_EVENT_INFO_ID);
	e->time_s = number(tb, REDUND_A_EVENT_INFO_TIME);
	e->clock_us = number(tb, REDUND_A_EVENT_INFO_CLOCK_US);
	e->number = number(tb, REDUND_A_EVENT_INFO_NUMBER);
	e->severity = number(tb, REDUND_A_EVENT_INFO_SEVERITY);
	e->slot = number(tb, REDUND_A_EVENT_INFO_SLOT);
	text(e->subsystem, REDUND_A_EVENT_INFO_SUBSYSTEM);
	text(e->text, REDUND_A_EVENT_INFO_TEXT);
}

static void decode_down(struct rd_down *d, struct nlattr *nest)
{
	struct nlattr *tb[REDUND_A_DOWN_INFO_MAX + 1];

	open_nest(tb, REDUND_A_DOWN_INFO_MAX, nest);
	d->id = number(tb, REDUND_A_DOWN_INFO_ID);
	d->slot = number(tb, REDUND_A_DOWN_INFO_SLOT);
	d->role = number(tb, REDUND_A_DOWN_INFO_ROLE);
	d->why = number(tb, REDUND_A_DOWN_INFO_WHY);
	d->warm = number(tb, REDUND_A_DOWN_INFO_WARM);
	d->saved = number(tb, REDUND_A_DOWN_INFO_SAVED);
	d->time_s = number(tb, REDUND_A_DOWN_INFO_TIME);
	d->clock_us = number(tb, REDUND_A_DOWN_INFO_CLOCK_US);
	d->boot_count = number(tb, REDUND_A_DOWN_INFO_BOOT_COUNT);
	text(d->serial, REDUND_A_DOWN_INFO_SERIAL);
	text(d->sw_version, REDUND_A_DOWN_INFO_SW_VERSION);
	text(d->origin, REDUND_A_DOWN_INFO_ORIGIN);
	text(d->text, REDUND_A_DOWN_INFO_TEXT);
}

/* What belongs to crashes: an end of a module, a piece of its crash area. */
static void decode_crash(struct rd_message *m, struct nlattr **tb)
{
	m->has_down = tb[REDUND_A_DOWN];
	if (m->has_down) {
		decode_down(&m->down, tb[REDUND_A_DOWN]);
		m->down.instance = m->instance;
		m->down.change_seq = m->change_seq;
	}
	m->piece.total = number(tb, REDUND_A_LENGTH);
	m->piece.compressed = number(tb, REDUND_A_COMPRESSED);
	if (!tb[REDUND_A_CHUNK] || nla_len(tb[REDUND_A_CHUNK]) < 0)
		return;
	m->piece.chunk = nla_data(tb[REDUND_A_CHUNK]);
	m->piece.len = nla_len(tb[REDUND_A_CHUNK]);
}

/* A key of another length is none. */
static void decode_key(struct rd_message *m, struct nlattr *attr)
{
	m->has_key = attr && nla_len(attr) == RD_PAIRING_KEY;
	if (m->has_key)
		memcpy(m->key, nla_data(attr), RD_PAIRING_KEY);
}

/* The object of a message, whichever it holds. Every structure begins with
 * instance and change_seq.
 */
static void decode_object(struct rd_change *c, struct nlattr **tb)
{
	c->filled = true;
	if (tb[REDUND_A_CHASSIS]) {
		c->object = REDUND_OBJECT_CHASSIS;
		decode_chassis(&c->chassis, tb[REDUND_A_CHASSIS]);
	} else if (tb[REDUND_A_MM]) {
		c->object = REDUND_OBJECT_MM;
		decode_mm(&c->mm, tb[REDUND_A_MM]);
	} else if (tb[REDUND_A_FABRIC]) {
		c->object = REDUND_OBJECT_FABRIC;
		decode_fabric(&c->fabric, tb[REDUND_A_FABRIC]);
	} else if (tb[REDUND_A_MODULE]) {
		c->object = REDUND_OBJECT_MODULE;
		decode_module(&c->module, tb[REDUND_A_MODULE]);
	} else if (tb[REDUND_A_HISTORY]) {
		c->object = REDUND_OBJECT_HISTORY;
		decode_history(&c->history, tb[REDUND_A_HISTORY]);
	} else if (tb[REDUND_A_EVENT]) {
		c->object = REDUND_OBJECT_EVENT;
		decode_event(&c->event, tb[REDUND_A_EVENT]);
	} else {
		c->filled = false;
		c->object = number(tb, REDUND_A_OBJECT);
		return;
	}
	c->chassis.instance = c->instance;
	c->chassis.change_seq = c->seq;
}

/* One message of the family. Return: false, it is too short to be one. */
bool rd_decode(const struct nlmsghdr *nlh, struct rd_message *m)
{
	struct nlattr *tb[REDUND_A_MAX + 1] = {};
	struct genlmsghdr *genl = nlmsg_data(nlh);

	memset(m, 0, sizeof(*m));
	if (nlh->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return false;
	m->cmd = genl->cmd;
	nla_parse(tb, REDUND_A_MAX, (struct nlattr *)((char *)genl + GENL_HDRLEN),
		  nlh->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), NULL);
	m->has_instance = tb[REDUND_A_INSTANCE];
	m->instance = number(tb, REDUND_A_INSTANCE);
	m->change_seq = number(tb, REDUND_A_CHANGE_SEQ);
	m->handover_id = number(tb, REDUND_A_HANDOVER_ID);
	m->check.accepted = number(tb, REDUND_A_ACCEPTED);
	m->check.refusal = number(tb, REDUND_A_REFUSAL);
	m->check.not_ready = number(tb, REDUND_A_NOT_READY);
	text(m->check.text, REDUND_A_REASON_TEXT);
	text(m->check.sync_text, REDUND_A_SYNC_TEXT);
	m->check.seconds_left = number(tb, REDUND_A_SECONDS_LEFT);
	decode_key(m, tb[REDUND_A_PAIRING_KEY]);
	m->would_switch_over = number(tb, REDUND_A_WOULD_SWITCH_OVER);
	m->peer_present = number(tb, REDUND_A_PEER_PRESENT);
	m->change.instance = m->instance;
	m->change.seq = m->change_seq;
	m->change.id = number(tb, REDUND_A_OBJECT_ID);
	decode_crash(m, tb);
	decode_object(&m->change, tb);
	return true;
}
