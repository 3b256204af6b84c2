// SPDX-License-Identifier: GPL-2.0-or-later
/* The attributes of every object; see objects.h. */
#include <string.h>
#include <time.h>
#include "objects.h"

const char *wall_text(char buf[32], uint64_t wall_s)
{
	time_t t = wall_s;
	struct tm tm;

	buf[0] = '\0';
	if (wall_s && localtime_r(&t, &tm))
		strftime(buf, 32, "%a %b %e %H:%M:%S %Y", &tm);
	return buf;
}

/* A time of day in JSON: seconds since 1970, or null. */
static void out_wall(struct out *o, const char *key, uint64_t wall_s)
{
	if (wall_s)
		out_num(o, key, NULL, wall_s);
	else if (o->style == OUT_JSON)
		out_str(o, key, NULL, NULL);
	else
		out_str(o, key, NULL, "never");
}

static void out_slot(struct out *o, const char *key, unsigned int slot)
{
	if (slot)
		out_num(o, key, NULL, slot);
	else if (o->style == OUT_JSON)
		out_str(o, key, NULL, NULL);
	else
		out_str(o, key, NULL, "none");
}

static void out_inventory(struct out *o, const char *description, const char *part,
			  const char *serial)
{
	out_str(o, "description", NULL, description);
	out_str(o, "part", NULL, part);
	out_str(o, "serial", NULL, serial);
}

static void out_candidate(struct out *o, const struct rd_candidate *c)
{
	out_open(o, NULL);
	out_flag(o, "present", NULL, c->present);
	out_flag(o, "failed", NULL, c->failed);
	out_flag(o, "ever_booted", NULL, c->ever_booted);
	out_str(o, "past_role", NULL, rd_name(RD_PAST_ROLE, c->past_role));
	out_num(o, "activation", NULL, c->activation);
	out_num(o, "boot_count", NULL, c->boot_count);
	out_flag(o, "readable", NULL, c->readable);
	out_close(o);
}

static void out_election(struct out *o, const struct rd_chassis *c)
{
	out_str(o, "election_rule", NULL, rd_name(RD_RULE, c->rule));
	if (o->style != OUT_JSON)
		return;
	out_open(o, "election");
	out_slot(o, "owner", c->election_owner);
	out_slot(o, "choice", c->election_choice);
	out_list(o, "candidates");
	out_candidate(o, &c->candidate[0]);
	out_candidate(o, &c->candidate[1]);
	out_close(o);
	out_close(o);
}

static void out_timers(struct out *o, const struct rd_chassis *c)
{
	out_num(o, "interval_ms", NULL, c->interval_ms);
	out_num(o, "interval_min_ms", NULL, c->interval_min_ms);
	out_num(o, "interval_max_ms", NULL, c->interval_max_ms);
	out_num(o, "misses", NULL, c->misses);
	out_num(o, "misses_min", NULL, c->misses_min);
	out_num(o, "misses_max", NULL, c->misses_max);
	out_num(o, "fence_limit", NULL, c->fence_limit);
	out_num(o, "fence_period_s", NULL, c->fence_period_s);
	out_num(o, "worker_window_ms", NULL, c->worker_window_ms);
	out_num(o, "watchdog_window_ms", NULL, c->wdt_window_ms);
	out_num(o, "beats_sent", NULL, c->beats_sent);
	out_num(o, "beats_missed", NULL, c->beats_missed);
	out_num(o, "accesses_per_beat", NULL, c->accesses_per_beat);
	out_str(o, "heartbeat_loss", NULL, rd_name(RD_HEARTBEAT_LOSS, c->heartbeat_loss));
}

/* The last switchover: time, trigger and details. */
static void out_last(struct out *o, const struct rd_chassis *c)
{
	char details[32] = "nobody asked", clean[25];

	if (c->last_requester[0])
		snprintf(details, sizeof(details), "by %s",
			 out_clean(clean, sizeof(clean), c->last_requester));
	if (c->last_failover_s)
		out_num(o, "last_switchover_time_ns", NULL, c->last_failover_s * 1000000000ULL);
	else
		out_str(o, "last_switchover_time_ns", NULL, o->style == OUT_JSON ? NULL : "never");
	out_num(o, "last_switchover_clock_us", NULL, c->last_clock_us);
	out_str(o, "last_switchover_trigger", NULL, rd_name(RD_REASON, c->last_reason));
	if (c->last_reason != REDUND_REASON_NONE || o->style != OUT_JSON)
		out_str(o, "last_switchover_details", NULL,
			c->last_reason == REDUND_REASON_NONE ? "never" : details);
	else
		out_str(o, "last_switchover_details", NULL, NULL);
}

static void out_account(struct out *o, const struct rd_chassis *c)
{
	out_num(o, "history_length", NULL, c->history_length);
	out_num(o, "history_max", NULL, c->history_max);
	out_last(o, c);
	out_num(o, "standby_failures", NULL, c->standby_failures);
	out_num(o, "without_redundancy_us", NULL, c->alone_us);
	out_num(o, "without_redundancy_s", NULL, c->alone_us / 1000000);
	out_num(o, "without_redundancy_since_us", NULL, c->alone_since_us);
}

void out_chassis(struct out *o, const struct rd_chassis *c)
{
	out_inventory(o, c->description, c->part, c->serial);
	out_num(o, "own_slot", NULL, c->own_slot);
	out_str(o, "own_role", NULL, rd_name(RD_ROLE, c->own_role));
	out_slot(o, "owner", c->owner);
	out_num(o, "epoch", NULL, c->epoch);
	out_flag(o, "redundancy", NULL, c->redundancy);
	out_flag(o, "switchover_ready", NULL, c->switchover_ready);
	out_slot(o, "choice", c->choice);
	out_num(o, "failovers", NULL, c->failovers);
	out_wall(o, "last_failover_s", c->last_failover_s);
	out_account(o, c);
	out_election(o, c);
	out_timers(o, c);
	out_str(o, "handover_verdict", NULL, rd_name(RD_VERDICT, c->handover_verdict));
	out_num(o, "handover_id", NULL, c->handover_id);
	out_str(o, "waiting_for", NULL, c->waiting_for);
	out_num(o, "waiting_until_us", NULL, c->waiting_until_us);
	out_str(o, "sync_busy", NULL, c->sync_busy);
	out_num(o, "sync_seconds", NULL, c->sync_seconds);
	out_num(o, "clock_us", NULL, c->clock_us);
	out_num(o, "change_seq", NULL, c->change_seq);
}

void out_mm(struct out *o, const struct rd_mm *m)
{
	out_num(o, "slot", NULL, m->slot);
	out_flag(o, "present", NULL, m->present);
	out_flag(o, "powered", NULL, m->powered);
	out_flag(o, "in_reset", NULL, m->in_reset);
	out_flag(o, "out", NULL, m->out);
	out_str(o, "status", NULL, role_status(m->role));
	out_str(o, "role", NULL, rd_name(RD_ROLE, m->role));
	out_str(o, "offline_cause", NULL, rd_name(RD_OFFLINE_CAUSE, m->offline_cause));
	out_not_ready(o, "not_ready", m->not_ready);
	out_inventory(o, m->description, m->part, m->serial);
	out_str(o, "sw_version", NULL, m->sw_version);
	out_num(o, "sw_build", NULL, m->sw_build);
	out_str(o, "sw_stamp", NULL, m->sw_stamp);
	out_str(o, "boot_image", NULL, rd_name(RD_BOOT_IMAGE, m->boot_image));
	out_str(o, "selftest", NULL, rd_name(RD_SELFTEST, m->selftest));
	out_str(o, "phase", NULL,
		m->role == REDUND_ROLE_TAKING_OVER ? rd_name(RD_PHASE, m->phase) : "none");
	out_num(o, "incarnation", NULL, m->incarnation);
	out_num(o, "boot_count", NULL, m->boot_count);
	out_num(o, "activation", NULL, m->activation);
	out_num(o, "refused_writes", NULL, m->refused_writes);
	out_num(o, "rearms", NULL, m->rearms);
	out_num(o, "interval_ms", NULL, m->interval_ms);
	out_num(o, "misses", NULL, m->misses);
	out_num(o, "timer_ms", NULL, m->timer_ms);
	out_num(o, "last_heard_us", NULL, m->last_heard_us);
	out_num(o, "up_since_us", NULL, m->up_since_us);
	out_num(o, "state_since_us", NULL, m->state_since_us);
	out_str(o, "sync_text", NULL, m->sync_text);
	out_str(o, "link", NULL, rd_name(RD_LINK_STATE, m->link));
}

void out_fabric(struct out *o, const struct rd_fabric *f)
{
	out_num(o, "id", NULL, f->id);
	out_flag(o, "present", NULL, f->present);
	out_flag(o, "enabled", NULL, f->enabled);
	out_inventory(o, f->description, f->part, f->serial);
}

void out_module(struct out *o, const struct rd_module *m)
{
	char letter[2] = { 'A' + m->index % 26, '\0' };

	out_str(o, "slot", NULL, letter);
	out_str(o, "state", NULL, rd_name(RD_MODULE_STATE, m->state));
	out_inventory(o, m->description, m->part, m->serial);
}

/* The phases that ended: microseconds after detection, and how. */
static void out_phases(struct out *o, const struct rd_history *h)
{
	const struct rd_phase *p;
	char words[64];

	out_list(o, "phases");
	for (p = h->phase; p < h->phase + h->phases; p++) {
		if (o->style == OUT_JSON) {
			out_open(o, NULL);
			out_str(o, "phase", NULL, rd_name(RD_PHASE, p->phase));
			out_num(o, "us", NULL, p->us);
			out_str(o, "result", NULL, rd_name(RD_PHASE_RESULT, p->result));
			out_close(o);
		} else {
			snprintf(words, sizeof(words), "%s=%u/%s", rd_name(RD_PHASE, p->phase),
				 p->us, rd_name(RD_PHASE_RESULT, p->result));
			out_str(o, NULL, NULL, words);
		}
	}
	out_close(o);
}

void out_history(struct out *o, const struct rd_history *h)
{
	out_num(o, "id", NULL, h->id);
	out_slot(o, "from", h->from);
	out_slot(o, "to", h->to);
	out_str(o, "reason", NULL, rd_name(RD_REASON, h->reason));
	out_str(o, "verdict", NULL, rd_name(RD_VERDICT, h->verdict));
	out_str(o, "rule", NULL, rd_name(RD_RULE, h->rule));
	out_flag(o, "forced", NULL, h->forced);
	out_flag(o, "failover", NULL, h->failover);
	out_str(o, "requester", NULL, h->requester);
	out_num(o, "epoch", NULL, h->epoch);
	out_num(o, "activation", NULL, h->activation);
	out_wall(o, "time_s", h->time_s);
	out_num(o, "clock_us", NULL, h->clock_us);
	out_phases(o, h);
}

void out_event(struct out *o, const struct rd_event *e)
{
	out_num(o, "id", NULL, e->id);
	out_num(o, "number", NULL, e->number);
	out_str(o, "severity", NULL, rd_name(RD_SEVERITY, e->severity));
	out_str(o, "subsystem", NULL, e->subsystem);
	out_str(o, "text", NULL, e->text);
	out_slot(o, "slot", e->slot);
	out_wall(o, "time_s", e->time_s);
	out_num(o, "clock_us", NULL, e->clock_us);
}

static bool version_known(const struct rd_mm *m)
{
	return m->present && m->sw_version[0] && m->role != REDUND_ROLE_ABSENT &&
	       m->role != REDUND_ROLE_DOWN;
}

bool versions_differ(const struct rd_mm mm[2])
{
	if (!version_known(&mm[0]) || !version_known(&mm[1]))
		return false;
	return strcmp(mm[0].sw_version, mm[1].sw_version) || mm[0].sw_build != mm[1].sw_build ||
	       strcmp(mm[0].sw_stamp, mm[1].sw_stamp);
}
