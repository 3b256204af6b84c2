// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace of both state machines as this side sees them: a ring of the
 * last steps that changed something. Owns struct rd_steps. Steps that left the
 * state as it was and asked for nothing, as most looks at the status register
 * do, are not entered.
 */
#include <linux/slab.h>
#include "redund.h"
#include "steps.h"

/**
 * rd_steps_init() - an empty trace
 * @rd: instance
 *
 * Without memory for it nothing is traced.
 *
 * Context: process, before the first event.
 */
void rd_steps_init(struct redund *rd)
{
	rd->steps.next = 1;
	rd->steps.ring = kvcalloc(REDUND_STEPS, sizeof(*rd->steps.ring), GFP_KERNEL);
}

/**
 * rd_steps_exit() - free it
 * @rd: instance
 */
void rd_steps_exit(struct redund *rd)
{
	kvfree(rd->steps.ring);
	rd->steps.ring = NULL;
}

/**
 * rd_steps_before() - a step begins
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_steps_before(struct redund *rd)
{
	if (rd->steps.ring)
		memcpy(&rd->steps.before, &rd->role, sizeof(rd->role));
}

/* What the peer's machine shows, and the grant between the two. */
static bool rd_steps_seen(struct redund *rd, const struct role_view *v)
{
	struct rd_steps *s = &rd->steps;
	struct rd_steps_seen n = {
		.owner = v->owner,
		.epoch = v->epoch,
		.present = v->peer_present,
		.out = v->peer_out,
		.role = v->peer.valid ? v->peer.role : REDUND_ROLE_ABSENT,
	};
	bool same = n.owner == s->seen.owner && n.epoch == s->seen.epoch &&
		    n.present == s->seen.present && n.out == s->seen.out &&
		    n.role == s->seen.role;

	s->seen = n;
	return !same;
}

static bool rd_steps_changed(const struct role *a, const struct role *b)
{
	return a->role != b->role || a->offline_cause != b->offline_cause ||
	       a->not_ready != b->not_ready || a->handover != b->handover ||
	       a->phase != b->phase || a->shut_down != b->shut_down ||
	       a->restarting != b->restarting;
}

/**
 * rd_steps_after() - a step was made: it is entered if it changed something
 * @rd: instance, with the actions that the step asked for
 * @ev: its event
 * @now: its time
 *
 * Context: redund.lock.
 */
void rd_steps_after(struct redund *rd, const struct role_event *ev, u64 now)
{
	struct rd_steps *s = &rd->steps;
	struct redund_step *to;
	bool seen;
	u32 i;

	if (!s->ring)
		return;
	seen = rd_steps_seen(rd, &ev->view);
	if (ev->type == ROLE_EV_VIEW && !seen && !rd->actions.n &&
	    !rd_steps_changed(&s->before, &rd->role))
		return;
	to = &s->ring[s->next % REDUND_STEPS];
	to->id = s->next++;
	to->now = now;
	to->actions = 0;
	for (i = 0; i < rd->actions.n; i++)
		to->actions |= BIT_ULL(rd->actions.a[i].type);
	memcpy(&to->event, ev, sizeof(*ev));
	memcpy(&to->before, &s->before, sizeof(to->before));
	memcpy(&to->after, &rd->role, sizeof(to->after));
}

/**
 * redund_step_info() - a step of the trace
 * @rd: instance
 * @id: its number; the first one with this or a higher number is taken
 * @out: filled
 *
 * Context: any that may take a spinlock.
 * Return: 0, -ENOENT if there is none
 */
int redund_step_info(struct redund *rd, u64 id, struct redund_step *out)
{
	const struct rd_steps *s = &rd->steps;
	u64 oldest;

	guard(raw_spinlock_irqsave)(&rd->lock);
	oldest = s->next > REDUND_STEPS ? s->next - REDUND_STEPS : 1;
	if (id < oldest)
		id = oldest;
	if (!s->ring || id >= s->next)
		return -ENOENT;
	memcpy(out, &s->ring[id % REDUND_STEPS], sizeof(*out));
	return 0;
}
