// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of the event log that repeat themselves: an equal one is logged
 * twice, more within RD_REPEAT_US are held back and counted, and one line then
 * says how many. Owns struct rd_repeat.
 *
 * Never held back are the numbered events of the chapter and whatever is logged
 * once for one cause: role changes with their reasons, refusals (I5). What is
 * left: conditions that last or come again and again, which rd_repeat_words names;
 * and lines of user space, when nothing else was logged between them.
 */
#include "redund.h"

#define RD_REPEAT_US	(60ULL * USEC_PER_SEC)
#define RD_REPEAT_FREE	2	/* equal lines that are logged */

static const char * const rd_repeat_words[] = {
	"heartbeat-missed", "heartbeat-held", "stale", "failover-limit", "late", "bad-frame",
	"bad-record", "record-refused", "worker-late", "watchdog-late", "lease-expired",
};

static bool rd_repeat_condition(const struct redund_event_info *ev)
{
	size_t n = strcspn(ev->text, ":");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rd_repeat_words); i++)
		if (strlen(rd_repeat_words[i]) == n && !strncmp(ev->text, rd_repeat_words[i], n))
			return true;
	return false;
}

static bool rd_repeat_ours(const struct redund_event_info *ev)
{
	return !strcmp(ev->subsystem, "redund") || !strcmp(ev->subsystem, "system") ||
	       !strcmp(ev->subsystem, "chassis");
}

static bool rd_repeat_same(const struct redund_event_info *a, const struct redund_event_info *b)
{
	return a->severity == b->severity && a->slot == b->slot &&
	       !strcmp(a->subsystem, b->subsystem) && !strcmp(a->text, b->text);
}

/* Says how many were held back, if any, and frees the entry. */
static void rd_repeat_tell(struct redund *rd, struct rd_repeat_line *l)
{
	u32 held = l->held;

	l->held = 0;
	l->logged = 0;
	if (!held)
		return;
	rd->repeat.held -= held;
	rd_log(rd, 0, l->ev.severity, l->ev.slot, "redund", "repeated: %u more in %llu s: %s: %s",
	       held, div_u64(rd_now(rd) - l->since, USEC_PER_SEC), l->ev.subsystem, l->ev.text);
}

static struct rd_repeat_line *rd_repeat_find(struct redund *rd, const struct redund_event_info *ev)
{
	struct rd_repeat *p = &rd->repeat;
	unsigned int i;

	for (i = 0; i < RD_REPEATS; i++)
		if (p->line[i].logged && rd_repeat_same(&p->line[i].ev, ev))
			return &p->line[i];
	return NULL;
}

/* The entry of a line that is not known yet: the oldest one's. */
static void rd_repeat_enter(struct redund *rd, const struct redund_event_info *ev)
{
	struct rd_repeat *p = &rd->repeat;
	struct rd_repeat_line *l = &p->line[p->next++ % RD_REPEATS];

	rd_repeat_tell(rd, l);
	l->ev = *ev;
	l->since = ev->clock_us;
	l->logged = 1;
	l->id = rd->log.next;
}

/**
 * rd_repeat_hold() - is a line to be held back?
 * @rd: instance
 * @ev: about to be logged
 *
 * Context: redund.lock.
 * Return: true: it is counted in place of being logged
 */
bool rd_repeat_hold(struct redund *rd, const struct redund_event_info *ev)
{
	struct rd_repeat_line *l;
	bool condition = rd_repeat_condition(ev);

	lockdep_assert_held(&rd->lock);
	if (ev->number || (rd_repeat_ours(ev) && !condition))
		return false;
	l = rd_repeat_find(rd, ev);
	if (l && (ev->clock_us - l->since > RD_REPEAT_US ||
		  (!condition && l->id + 1 != rd->log.next))) {
		rd_repeat_tell(rd, l);
		l = NULL;
	}
	if (!l) {
		rd_repeat_enter(rd, ev);
		return false;
	}
	if (l->logged < RD_REPEAT_FREE) {
		l->logged++;
		l->id = rd->log.next;
		return false;
	}
	l->held++;
	rd->repeat.held++;
	rd->repeat.total++;
	return true;
}

/**
 * rd_repeat_look() - tell what was held back for long enough
 * @rd: instance
 *
 * Context: redund.lock, after each event.
 */
void rd_repeat_look(struct redund *rd)
{
	unsigned int i;
	u64 now;

	if (!rd->repeat.held)
		return;
	now = rd_now(rd);
	for (i = 0; i < RD_REPEATS; i++)
		if (rd->repeat.line[i].held && now - rd->repeat.line[i].since > RD_REPEAT_US)
			rd_repeat_tell(rd, &rd->repeat.line[i]);
}
