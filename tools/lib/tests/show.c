// SPDX-License-Identifier: GPL-2.0-or-later
/* A decoded message as lines of text, every field in them. */
#include <inttypes.h>
#include "show.h"

static void show_chassis(FILE *out, const struct rd_chassis *c)
{
	unsigned int i;

	fprintf(out, "\t'%s' '%s' '%s' slot=%u role=%s owner=%u epoch=%u\n", c->description,
		c->part, c->serial, c->own_slot, rd_name(RD_ROLE, c->own_role), c->owner, c->epoch);
	fprintf(out, "\tredundancy=%d switchover=%d choice=%u failovers=%u last=%" PRIu64 "\n",
		c->redundancy, c->switchover_ready, c->choice, c->failovers, c->last_failover_s);
	fprintf(out, "\tinterval=%u(%u-%u) misses=%u(%u-%u) rule=%s owner=%u choice=%u\n",
		c->interval_ms, c->interval_min_ms, c->interval_max_ms, c->misses, c->misses_min,
		c->misses_max, rd_name(RD_RULE, c->rule), c->election_owner, c->election_choice);
	for (i = 0; i < RD_SLOTS; i++) {
		const struct rd_candidate *k = &c->candidate[i];

		fprintf(out, "\tcandidate%u present=%d failed=%d readable=%d booted=%d %s %u %u\n",
			i + 1, k->present, k->failed, k->readable, k->ever_booted,
			rd_name(RD_PAST_ROLE, k->past_role), k->activation, k->boot_count);
	}
	fprintf(out, "\tfence=%u/%u worker=%u wdt=%u clock=%" PRIu64 " handover=%u %s\n",
		c->fence_limit, c->fence_period_s, c->worker_window_ms, c->wdt_window_ms,
		c->clock_us, c->handover_id, rd_name(RD_VERDICT, c->handover_verdict));
	fprintf(out, "\tbeats=%u missed=%u accesses=%u waiting='%s' until=%" PRIu64 "\n",
		c->beats_sent, c->beats_missed, c->accesses_per_beat, c->waiting_for,
		c->waiting_until_us);
}

static void show_mm(FILE *out, const struct rd_mm *m)
{
	fprintf(out, "\tslot=%u present=%d powered=%d in-reset=%d out=%d role=%s cause=%s\n",
		m->slot, m->present, m->powered, m->in_reset, m->out, rd_name(RD_ROLE, m->role),
		rd_name(RD_OFFLINE_CAUSE, m->offline_cause));
	fprintf(out, "\tselftest=%s image=%s phase=%s not-ready=%#x incarnation=%u boots=%u\n",
		rd_name(RD_SELFTEST, m->selftest), rd_name(RD_BOOT_IMAGE, m->boot_image),
		rd_name(RD_PHASE, m->phase), m->not_ready, m->incarnation, m->boot_count);
	fprintf(out, "\tactivation=%u refused=%u rearms=%u '%s' '%s' '%s'\n", m->activation,
		m->refused_writes, m->rearms, m->description, m->part, m->serial);
	fprintf(out, "\t'%s' '%s' build=%u interval=%u misses=%u timer=%u heard=%" PRIu64 "\n",
		m->sw_version, m->sw_stamp, m->sw_build, m->interval_ms, m->misses, m->timer_ms,
		m->last_heard_us);
}

static void show_history(FILE *out, const struct rd_history *h)
{
	unsigned int i;

	fprintf(out, "\tid=%u %u->%u %s %s %s forced=%d failover=%d epoch=%u activation=%u\n",
		h->id, h->from, h->to, rd_name(RD_REASON, h->reason),
		rd_name(RD_VERDICT, h->verdict), rd_name(RD_RULE, h->rule), h->forced, h->failover,
		h->epoch, h->activation);
	fprintf(out, "\ttime=%" PRIu64 " clock=%" PRIu64 " requester='%s'\n", h->time_s,
		h->clock_us, h->requester);
	for (i = 0; i < h->phases; i++)
		fprintf(out, "\t%s %u %s\n", rd_name(RD_PHASE, h->phase[i].phase), h->phase[i].us,
			rd_name(RD_PHASE_RESULT, h->phase[i].result));
}

static void show_event(FILE *out, const struct rd_event *e)
{
	fprintf(out, "\tid=%" PRIu64 " time=%" PRIu64 " clock=%" PRIu64 " %s %05u slot=%u %s: %s\n",
		e->id, e->time_s, e->clock_us, rd_name(RD_SEVERITY, e->severity), e->number,
		e->slot, e->subsystem, e->text);
}

static void show_down(FILE *out, const struct rd_down *d)
{
	fprintf(out, "\tid=%u slot=%u %s %s warm=%d saved=%d time=%" PRIu64 " clock=%" PRIu64 "\n",
		d->id, d->slot, rd_name(RD_ROLE, d->role), rd_name(RD_DOWN_WHY, d->why), d->warm,
		d->saved, d->time_s, d->clock_us);
	fprintf(out, "\tboots=%u '%s' '%s' origin='%s' '%s'\n", d->boot_count, d->serial,
		d->sw_version, d->origin, d->text);
}

/* How long a piece is, what of all, and its first bytes. */
static void show_piece(FILE *out, const struct rd_piece *p)
{
	size_t i;

	fprintf(out, "\t%zu of %u compressed=%d", p->len, p->total, p->compressed);
	for (i = 0; i < p->len && i < 16; i++)
		fprintf(out, " %02x", ((const uint8_t *)p->chunk)[i]);
	fputc('\n', out);
}

void show_message(FILE *out, const struct rd_message *m)
{
	const struct rd_change *c = &m->change;

	fprintf(out, "cmd=%u instance=%u seq=%u object=%s id=%" PRIu64 " filled=%d handover=%u\n",
		m->cmd, m->instance, m->change_seq, rd_name(RD_OBJECT, c->object), c->id, c->filled,
		m->handover_id);
	if (m->cmd == REDUND_CMD_SWITCHOVER_CHECK)
		fprintf(out, "\taccepted=%d refusal=%s not-ready=%#x '%s'\n", m->check.accepted,
			rd_name(RD_REFUSAL, m->check.refusal), m->check.not_ready, m->check.text);
	if (m->has_down)
		show_down(out, &m->down);
	if (m->cmd == REDUND_CMD_CRASH_GET)
		show_piece(out, &m->piece);
	if (!c->filled)
		return;
	switch (c->object) {
	case REDUND_OBJECT_CHASSIS:
		show_chassis(out, &c->chassis);
		break;
	case REDUND_OBJECT_MM:
		show_mm(out, &c->mm);
		break;
	case REDUND_OBJECT_FABRIC:
		fprintf(out, "\tid=%u present=%d enabled=%d '%s' '%s' '%s'\n", c->fabric.id,
			c->fabric.present, c->fabric.enabled, c->fabric.description, c->fabric.part,
			c->fabric.serial);
		break;
	case REDUND_OBJECT_MODULE:
		fprintf(out, "\tindex=%u %s '%s' '%s' '%s'\n", c->module.index,
			rd_name(RD_MODULE_STATE, c->module.state), c->module.description,
			c->module.part, c->module.serial);
		break;
	case REDUND_OBJECT_HISTORY:
		show_history(out, &c->history);
		break;
	case REDUND_OBJECT_EVENT:
		show_event(out, &c->event);
		break;
	}
}
