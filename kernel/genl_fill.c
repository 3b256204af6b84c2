// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns one snapshot of the core into one nest of attributes. This file owns
 * the layout of every object; get, dump and notification all come here, so
 * that an object looks the same in all three. Process context.
 */
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/ctype.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <net/netlink.h>
#include "format.h"
#include "genl.h"

static_assert((int)REDUND_SELFTEST_STATE_RUNNING == REDUND_SELFTEST_RUNNING);
static_assert((int)REDUND_SELFTEST_STATE_PASSED == REDUND_SELFTEST_PASSED);
static_assert((int)REDUND_SELFTEST_STATE_FAILED == REDUND_SELFTEST_FAILED);
static_assert((int)REDUND_PAST_ROLE_ACTIVE == REDUND_LAST_ACTIVE);
static_assert((int)REDUND_PAST_ROLE_STANDBY == REDUND_LAST_STANDBY);
static_assert((int)REDUND_PAST_ROLE_OTHER == REDUND_LAST_OTHER);
static_assert(REDUND_PHASE_STANDBY_READY + 1 == REDUND_PHASE_MAX);
static_assert(sizeof_field(struct redund_chassis_record, pairing_key) == REDUND_PAIRING_KEY);

/**
 * redund_nl_put_text() - puts a text into a message
 * @skb: message
 * @attr: its attribute
 * @text: text, which may end before its field
 * @size: of its field
 *
 * It may come from an EEPROM or the other module: it is made printable here, so
 * that no reader has to fear what it prints.
 *
 * Return: 0, or -EMSGSIZE: no room.
 */
int redund_nl_put_text(struct sk_buff *skb, int attr, const char *text, size_t size)
{
	char clean[160];
	size_t n = strnlen(text, min(size, sizeof(clean) - 1)), i;

	for (i = 0; i < n; i++)
		clean[i] = isascii(text[i]) && isprint(text[i]) ? text[i] : '?';
	clean[n] = '\0';
	return nla_put_string(skb, attr, clean);
}

#define put_string(skb, attr, array) redund_nl_put_text(skb, attr, array, sizeof(array))

static int fill_candidate(struct sk_buff *skb, u32 slot, const struct role_candidate *c)
{
	struct nlattr *nest = nla_nest_start(skb, REDUND_A_CHASSIS_INFO_CANDIDATE);

	if (!nest ||
	    nla_put_u32(skb, REDUND_A_CANDIDATE_SLOT, slot) ||
	    nla_put_u8(skb, REDUND_A_CANDIDATE_PRESENT, c->present) ||
	    nla_put_u8(skb, REDUND_A_CANDIDATE_FAILED, c->failed) ||
	    nla_put_u8(skb, REDUND_A_CANDIDATE_READABLE, c->readable) ||
	    nla_put_u8(skb, REDUND_A_CANDIDATE_EVER_BOOTED, c->ever_booted) ||
	    nla_put_u32(skb, REDUND_A_CANDIDATE_PAST_ROLE, c->last_role) ||
	    nla_put_u32(skb, REDUND_A_CANDIDATE_ACTIVATION, c->activation) ||
	    nla_put_u32(skb, REDUND_A_CANDIDATE_BOOT_COUNT, c->boot_count))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_settings(struct sk_buff *skb, const struct redund_chassis_info *c)
{
	if (nla_put_u32(skb, REDUND_A_CHASSIS_INFO_INTERVAL_MS, c->interval_ms) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_MISSES, c->misses) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_INTERVAL_MIN_MS, c->interval_min_ms) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_INTERVAL_MAX_MS, c->interval_max_ms) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_MISSES_MIN, c->misses_min) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_MISSES_MAX, c->misses_max) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_FENCE_LIMIT, c->fence_limit) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_FENCE_PERIOD_S, c->fence_period_s) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_WORKER_WINDOW_MS, c->worker_window_ms) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_WDT_WINDOW_MS, c->wdt_window_ms) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_HEARTBEAT_LOSS, c->heartbeat_loss))
		return -EMSGSIZE;
	return 0;
}

static int fill_election(struct sk_buff *skb, const struct redund_chassis_info *c)
{
	if (nla_put_u32(skb, REDUND_A_CHASSIS_INFO_RULE, c->rule) ||
	    fill_candidate(skb, 1, &c->inputs.mm[0]) ||
	    fill_candidate(skb, 2, &c->inputs.mm[1]) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_ELECTION_OWNER, c->inputs.operational) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_ELECTION_CHOICE, c->inputs.pending))
		return -EMSGSIZE;
	return 0;
}

static int fill_statistics(struct sk_buff *skb, const struct redund_chassis_info *c)
{
	if (nla_put_u32(skb, REDUND_A_CHASSIS_INFO_FAILOVERS, c->failovers) ||
	    redund_nl_put_u64(skb, REDUND_A_CHASSIS_INFO_LAST_FAILOVER, c->last_failover_s) ||
	    redund_nl_put_u64(skb, REDUND_A_CHASSIS_INFO_CLOCK_US, c->now_us) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_HANDOVER_ID, c->handover_id) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_HANDOVER_VERDICT, c->handover_verdict) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_BEATS_SENT, c->beats_sent) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_BEATS_MISSED, c->beats_missed) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_ACCESSES_PER_BEAT, c->accesses_per_beat))
		return -EMSGSIZE;
	if (c->sync_busy[0] &&
	    (put_string(skb, REDUND_A_CHASSIS_INFO_SYNC_BUSY, c->sync_busy) ||
	     nla_put_u32(skb, REDUND_A_CHASSIS_INFO_SYNC_SECONDS, c->sync_seconds)))
		return -EMSGSIZE;
	if (!c->waiting_for[0])
		return 0;
	if (put_string(skb, REDUND_A_CHASSIS_INFO_WAITING_FOR, c->waiting_for) ||
	    redund_nl_put_u64(skb, REDUND_A_CHASSIS_INFO_WAITING_UNTIL, c->waiting_for_us))
		return -EMSGSIZE;
	return 0;
}

static int fill_account(struct sk_buff *skb, const struct redund_chassis_info *c)
{
	if (nla_put_u32(skb, REDUND_A_CHASSIS_INFO_HISTORY_LENGTH, c->history_length) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_HISTORY_MAX, c->history_max) ||
	    redund_nl_put_u64(skb, REDUND_A_CHASSIS_INFO_LAST_SWITCHOVER_CLOCK,
			      c->last_clock_us) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_LAST_SWITCHOVER_REASON, c->last_reason) ||
	    (c->last_requester[0] &&
	     put_string(skb, REDUND_A_CHASSIS_INFO_LAST_SWITCHOVER_REQUESTER,
			c->last_requester)) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_STANDBY_FAILURES, c->standby_failures) ||
	    redund_nl_put_u64(skb, REDUND_A_CHASSIS_INFO_ALONE_US, c->alone_us) ||
	    redund_nl_put_u64(skb, REDUND_A_CHASSIS_INFO_ALONE_SINCE, c->alone_since_us))
		return -EMSGSIZE;
	return 0;
}

static int fill_chassis(struct sk_buff *skb, const struct redund_chassis_info *c)
{
	if (put_string(skb, REDUND_A_CHASSIS_INFO_DESCRIPTION, c->description) ||
	    put_string(skb, REDUND_A_CHASSIS_INFO_PART, c->part) ||
	    put_string(skb, REDUND_A_CHASSIS_INFO_SERIAL, c->serial) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_OWN_SLOT, c->own_slot) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_OWN_ROLE, c->own_role) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_OWNER, c->owner) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_EPOCH, c->epoch) ||
	    nla_put_u8(skb, REDUND_A_CHASSIS_INFO_REDUNDANCY, c->redundancy) ||
	    nla_put_u8(skb, REDUND_A_CHASSIS_INFO_SWITCHOVER_READY, c->switchover_ready) ||
	    nla_put_u32(skb, REDUND_A_CHASSIS_INFO_CHOICE, c->pending) ||
	    nla_put_u8(skb, REDUND_A_CHASSIS_INFO_LOCATE, c->locate) ||
	    fill_settings(skb, c) || fill_election(skb, c) || fill_statistics(skb, c) ||
	    fill_account(skb, c))
		return -EMSGSIZE;
	return 0;
}

static int fill_mm_identity(struct sk_buff *skb, const struct redund_mm_info *m)
{
	if (put_string(skb, REDUND_A_MM_INFO_DESCRIPTION, m->description) ||
	    put_string(skb, REDUND_A_MM_INFO_PART, m->part) ||
	    put_string(skb, REDUND_A_MM_INFO_SERIAL, m->serial) ||
	    put_string(skb, REDUND_A_MM_INFO_SW_VERSION, m->sw_version) ||
	    put_string(skb, REDUND_A_MM_INFO_SW_STAMP, m->sw_stamp) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_SW_BUILD, m->sw_build))
		return -EMSGSIZE;
	return 0;
}

static int fill_mm(struct sk_buff *skb, const struct redund_mm_info *m)
{
	if (nla_put_u32(skb, REDUND_A_MM_INFO_SLOT, m->slot) ||
	    redund_nl_put_u64(skb, REDUND_A_MM_INFO_UP_SINCE, m->up_since_us) ||
	    redund_nl_put_u64(skb, REDUND_A_MM_INFO_STATE_SINCE, m->state_since_us) ||
	    nla_put_u8(skb, REDUND_A_MM_INFO_PRESENT, m->present) ||
	    nla_put_u8(skb, REDUND_A_MM_INFO_POWERED, m->powered) ||
	    nla_put_u8(skb, REDUND_A_MM_INFO_IN_RESET, m->in_reset) ||
	    nla_put_u8(skb, REDUND_A_MM_INFO_OUT, m->out) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_ROLE, m->role) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_OFFLINE_CAUSE, m->offline_cause) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_SELFTEST, m->selftest) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_BOOT_IMAGE, m->boot_image) ||
	    (m->role == REDUND_ROLE_TAKING_OVER &&
	     nla_put_u32(skb, REDUND_A_MM_INFO_PHASE, m->phase)) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_NOT_READY, m->not_ready) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_INCARNATION, m->incarnation) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_BOOT_COUNT, m->boot_count) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_ACTIVATION, m->activation) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_REFUSED_WRITES, m->refused_writes) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_REARMS, m->rearms) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_INTERVAL_MS, m->interval_ms) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_MISSES, m->misses) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_TIMER_MS, m->timer_ms) ||
	    redund_nl_put_u64(skb, REDUND_A_MM_INFO_LAST_HEARD, m->last_heard_us) ||
	    (m->sync_text[0] && put_string(skb, REDUND_A_MM_INFO_SYNC_TEXT, m->sync_text)) ||
	    nla_put_u32(skb, REDUND_A_MM_INFO_LINK, m->link))
		return -EMSGSIZE;
	return fill_mm_identity(skb, m);
}

static int fill_fabric(struct sk_buff *skb, const struct redund_fabric_info *f)
{
	if (nla_put_u32(skb, REDUND_A_FABRIC_INFO_ID, f->id) ||
	    nla_put_u8(skb, REDUND_A_FABRIC_INFO_PRESENT, f->present) ||
	    nla_put_u8(skb, REDUND_A_FABRIC_INFO_ENABLED, f->enabled) ||
	    put_string(skb, REDUND_A_FABRIC_INFO_DESCRIPTION, f->description) ||
	    put_string(skb, REDUND_A_FABRIC_INFO_PART, f->part) ||
	    put_string(skb, REDUND_A_FABRIC_INFO_SERIAL, f->serial))
		return -EMSGSIZE;
	return 0;
}

static int fill_module(struct sk_buff *skb, const struct redund_module_info *m)
{
	if (nla_put_u32(skb, REDUND_A_MODULE_INFO_INDEX, m->index) ||
	    nla_put_u32(skb, REDUND_A_MODULE_INFO_STATE, m->state) ||
	    put_string(skb, REDUND_A_MODULE_INFO_DESCRIPTION, m->description) ||
	    put_string(skb, REDUND_A_MODULE_INFO_PART, m->part) ||
	    put_string(skb, REDUND_A_MODULE_INFO_SERIAL, m->serial))
		return -EMSGSIZE;
	return 0;
}

static int fill_phase(struct sk_buff *skb, const struct redund_history_info *h, u32 phase)
{
	struct nlattr *nest = nla_nest_start(skb, REDUND_A_HISTORY_INFO_PHASE);

	if (!nest ||
	    nla_put_u32(skb, REDUND_A_PHASE_PHASE, phase) ||
	    nla_put_u32(skb, REDUND_A_PHASE_US, h->phase_us[phase]) ||
	    nla_put_u32(skb, REDUND_A_PHASE_RESULT, h->phase_result[phase]))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_phases(struct sk_buff *skb, const struct redund_history_info *h)
{
	u32 phase;

	for (phase = 0; phase < REDUND_PHASE_MAX; phase++)
		if (h->phase_result[phase] != REDUND_PHASE_RESULT_NONE &&
		    fill_phase(skb, h, phase))
			return -EMSGSIZE;
	return 0;
}

static int fill_history(struct sk_buff *skb, const struct redund_history_info *h)
{
	if (nla_put_u32(skb, REDUND_A_HISTORY_INFO_ID, h->id) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_FROM, h->from) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_TO, h->to) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_REASON, h->reason) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_VERDICT, h->verdict) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_RULE, h->rule) ||
	    nla_put_u8(skb, REDUND_A_HISTORY_INFO_FORCED, h->forced) ||
	    nla_put_u8(skb, REDUND_A_HISTORY_INFO_FAILOVER, h->failover) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_EPOCH, h->epoch) ||
	    nla_put_u32(skb, REDUND_A_HISTORY_INFO_ACTIVATION, h->activation) ||
	    redund_nl_put_u64(skb, REDUND_A_HISTORY_INFO_TIME, h->wall_s) ||
	    redund_nl_put_u64(skb, REDUND_A_HISTORY_INFO_CLOCK_US, h->clock_us) ||
	    (h->requester[0] &&
	     put_string(skb, REDUND_A_HISTORY_INFO_REQUESTER, h->requester)))
		return -EMSGSIZE;
	return fill_phases(skb, h);
}

static int fill_event(struct sk_buff *skb, const struct redund_event_info *e)
{
	if (redund_nl_put_u64(skb, REDUND_A_EVENT_INFO_ID, e->id) ||
	    redund_nl_put_u64(skb, REDUND_A_EVENT_INFO_TIME, e->wall_s) ||
	    redund_nl_put_u64(skb, REDUND_A_EVENT_INFO_CLOCK_US, e->clock_us) ||
	    nla_put_u32(skb, REDUND_A_EVENT_INFO_NUMBER, e->number) ||
	    nla_put_u32(skb, REDUND_A_EVENT_INFO_SEVERITY, e->severity) ||
	    nla_put_u32(skb, REDUND_A_EVENT_INFO_SLOT, e->slot) ||
	    put_string(skb, REDUND_A_EVENT_INFO_SUBSYSTEM, e->subsystem) ||
	    put_string(skb, REDUND_A_EVENT_INFO_TEXT, e->text))
		return -EMSGSIZE;
	return 0;
}

/**
 * redund_nl_snapshot() - the object that a message is to hold
 * @rd: instance
 * @object: enum redund_object
 * @id: slot, fabric module, module index; of history and event the lowest id
 *	wanted, replaced by the one found
 * @info: the snapshot
 *
 * Process context. Return: 0, or -ENOENT: there is no such object.
 */
int redund_nl_snapshot(struct redund *rd, u32 object, u64 *id, union redund_nl_info *info)
{
	int err;

	memset(info, 0, sizeof(*info));
	switch (object) {
	case REDUND_OBJECT_CHASSIS:
		redund_chassis_info(rd, &info->chassis);
		return 0;
	case REDUND_OBJECT_MM:
		return redund_mm_info(rd, *id, &info->mm);
	case REDUND_OBJECT_FABRIC:
		return redund_fabric_info(rd, *id, &info->fabric);
	case REDUND_OBJECT_MODULE:
		return redund_module_info(rd, *id, &info->module);
	case REDUND_OBJECT_HISTORY:
		if (*id > U32_MAX)
			return -ENOENT;
		err = redund_history_info(rd, *id, &info->history);
		*id = err ? *id : info->history.id;
		return err;
	case REDUND_OBJECT_EVENT:
		err = redund_event_info(rd, *id, &info->event);
		*id = err ? *id : info->event.id;
		return err;
	}
	return -ENOENT;
}

/**
 * redund_nl_fill_down() - puts an end of a module into a message
 * @skb: message; nothing is left of it in there after an error
 * @d: end
 *
 * Return: 0, or -EMSGSIZE: no room.
 */
int redund_nl_fill_down(struct sk_buff *skb, const struct redund_down_info *d)
{
	struct nlattr *nest = nla_nest_start(skb, REDUND_A_DOWN);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, REDUND_A_DOWN_INFO_ID, d->id) ||
	    nla_put_u32(skb, REDUND_A_DOWN_INFO_SLOT, d->slot) ||
	    nla_put_u32(skb, REDUND_A_DOWN_INFO_ROLE, d->role) ||
	    nla_put_u32(skb, REDUND_A_DOWN_INFO_WHY, d->why) ||
	    nla_put_u8(skb, REDUND_A_DOWN_INFO_WARM, d->warm) ||
	    nla_put_u8(skb, REDUND_A_DOWN_INFO_SAVED, d->saved) ||
	    redund_nl_put_u64(skb, REDUND_A_DOWN_INFO_TIME, d->wall_s) ||
	    redund_nl_put_u64(skb, REDUND_A_DOWN_INFO_CLOCK_US, d->clock_us) ||
	    nla_put_u32(skb, REDUND_A_DOWN_INFO_BOOT_COUNT, d->boot_count) ||
	    put_string(skb, REDUND_A_DOWN_INFO_SERIAL, d->serial) ||
	    put_string(skb, REDUND_A_DOWN_INFO_SW_VERSION, d->sw_version) ||
	    (d->origin[0] && put_string(skb, REDUND_A_DOWN_INFO_ORIGIN, d->origin)) ||
	    put_string(skb, REDUND_A_DOWN_INFO_TEXT, d->text)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_object(struct sk_buff *skb, u32 object, const union redund_nl_info *info)
{
	switch (object) {
	case REDUND_OBJECT_CHASSIS:
		return fill_chassis(skb, &info->chassis);
	case REDUND_OBJECT_MM:
		return fill_mm(skb, &info->mm);
	case REDUND_OBJECT_FABRIC:
		return fill_fabric(skb, &info->fabric);
	case REDUND_OBJECT_MODULE:
		return fill_module(skb, &info->module);
	case REDUND_OBJECT_HISTORY:
		return fill_history(skb, &info->history);
	case REDUND_OBJECT_EVENT:
		return fill_event(skb, &info->event);
	}
	return -EINVAL;
}

/**
 * redund_nl_fill() - puts a snapshot into a message
 * @skb: message; nothing is left of the object in it after an error
 * @object: enum redund_object
 * @info: from redund_nl_snapshot()
 *
 * Return: 0, or -EMSGSIZE: no room.
 */
int redund_nl_fill(struct sk_buff *skb, u32 object, const union redund_nl_info *info)
{
	static const int nests[] = {
		[REDUND_OBJECT_CHASSIS] = REDUND_A_CHASSIS,
		[REDUND_OBJECT_MM] = REDUND_A_MM,
		[REDUND_OBJECT_FABRIC] = REDUND_A_FABRIC,
		[REDUND_OBJECT_MODULE] = REDUND_A_MODULE,
		[REDUND_OBJECT_HISTORY] = REDUND_A_HISTORY,
		[REDUND_OBJECT_EVENT] = REDUND_A_EVENT,
	};
	struct nlattr *nest;
	int err;

	if (object >= ARRAY_SIZE(nests))
		return -EINVAL;
	nest = nla_nest_start(skb, nests[object]);
	if (!nest)
		return -EMSGSIZE;
	err = fill_object(skb, object, info);
	if (err) {
		nla_nest_cancel(skb, nest);
		return err;
	}
	nla_nest_end(skb, nest);
	return 0;
}
