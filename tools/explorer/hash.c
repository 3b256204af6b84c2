// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When are two worlds the same? Times count relative to now, epochs,
 * incarnations and re-arm counts by which of them are equal, beats and
 * publications by whether the peer has seen them. Whatever nobody reads
 * (refused writes, LEDs, counters) does not count.
 */
#include <string.h>
#include "world.h"

#define WORDS	512
#define AGE_MAX 12 /* ticks: older is as old */

struct words {
	u32 n;
	u32 w[WORDS];
};

struct names {
	u32 n, v[24];
};

static void put(struct words *b, u32 v)
{
	if (b->n < WORDS)
		b->w[b->n++] = v;
}

/* the place of a value among the different ones met so far */
static u32 name_of(struct names *s, u32 v)
{
	u32 i;

	for (i = 0; i < s->n; i++)
		if (s->v[i] == v)
			return i;
	if (s->n < 24)
		s->v[s->n++] = v;
	return i;
}

/* a deadline: how long it is still */
static u32 until(const struct world *w, u64 at)
{
	if (!at)
		return 0;
	return at <= w->now ? 1 : 2 + (u32)(at - w->now);
}

/* a past time: how long ago, up to what any condition asks for */
static u32 since(const struct world *w, u64 at)
{
	if (!at)
		return 0;
	if (at > w->now)
		return 1 + (u32)(at - w->now) + 1000 * TICK_US;
	return w->now - at > AGE_MAX * TICK_US ? 1 + AGE_MAX * TICK_US : 1 + (u32)(w->now - at);
}

static void put_slot(const struct world *w, int i, struct words *b, struct names *inc)
{
	const struct chassis_slot *sl = &w->c.slot[i];
	bool cut = sl->faults & 1u << CHASSIS_FAULT_CUT_HEARTBEAT;
	const struct mod *other = &w->m[1 - i];
	u32 flags = sl->present | sl->powered << 1 | sl->in_reset << 2 | sl->out << 3 |
		    sl->going_down << 4 | sl->shut_down << 5 | sl->stuck_seen << 6 |
		    sl->pulse_stuck << 7 | sl->hold << 8 | (u32)sl->down_reason << 9 |
		    (u32)sl->take << 13 | (u32)(sl->int_enable != 0) << 14;

	put(b, flags);
	put(b, sl->cause & ~CAUSE_BEAT);
	put(b, sl->faults);
	put(b, until(w, sl->timer_at));
	put(b, until(w, sl->reset_end));
	put(b, (u8)(cut ? sl->cut_beat : sl->beat) != other->seen_beat);
	put(b, (u8)(cut ? sl->cut_seq : sl->seq) != other->seen_seq);
	put(b, name_of(inc, sl->incarnation));
	put(b, sl->incarnation == 0);
}

static void put_frame(const struct xframe *f, struct words *b, struct names *ep, struct names *inc)
{
	put(b, f->valid);
	if (!f->valid)
		return;
	put(b, name_of(ep, f->epoch));
	put(b, name_of(inc, f->incarnation));
	put(b, f->not_ready);
	put(b, f->role | f->cause << 8 | f->selftest << 16 | f->redundancy << 24);
	put(b, f->hears | f->last_role << 8);
}

static void put_actions(const struct mod *m, struct words *b, struct names *ep, struct names *arms)
{
	u32 i;

	put(b, m->qn);
	for (i = 0; i < m->qn; i++) {
		const struct role_action *a = &m->q[i];

		put(b, a->type | a->slot << 8 | a->flag << 16);
		put(b, a->type == ROLE_DO_FENCE ? name_of(arms, a->arg) : a->arg);
		put(b, name_of(ep, a->epoch));
	}
}

static void put_role_times(const struct world *w, const struct role *r, u64 beat, struct words *b)
{
	u32 i, fences = 0;

	for (i = 0; i < 8; i++)
		fences += !!r->fence_at[i];
	put(b, fences);
	put(b, until(w, r->peer_wait_end));
	put(b, since(w, r->free_since));
	put(b, until(w, r->phase_end));
	put(b, until(w, r->handover_end));
	put(b, since(w, r->rearms_since));
	put(b,
	    (r->missed_said == beat) | (r->lost_said == beat) << 1 | (r->barred_said == beat) << 2);
}

static void put_role(const struct world *w, const struct mod *m, struct words *b, struct names *ep,
		     struct names *inc, struct names *arms)
{
	const struct role *r = &m->r;

	put(b, r->role | r->offline_cause << 4 | r->redundancy << 8 | r->synced << 9 |
		       r->heard << 10 | r->want_rearms << 11 | r->shut_down << 12 |
		       r->pending << 13 | r->handover << 16 | r->shutdown_after << 18 |
		       r->given_step << 19 | r->own_failed << 22 | r->loser << 23 |
		       r->booted_said << 24 | r->restarting << 25 | r->last_owner << 26 |
		       (u32)r->from << 28);
	put(b, r->not_ready);
	put(b, r->peer_not_ready);
	put(b, r->reboot);
	put(b, r->reason | r->phase << 8 | r->lost_reason << 16 | r->hw_lost << 24 |
		       r->failover << 25 | r->down_said << 26 | (u32)(r->intent_to != 0) << 27 |
		       (u32)r->p.hold << 28 | (u32)r->phase_failed << 29 | (u32)r->blind << 30);
	put(b, r->decision.winner | r->decision.rule << 8 | r->peer_role_seen << 16 |
		       (u32)r->peer_said << 24);
	put(b, name_of(ep, r->epoch));
	put(b, name_of(inc, r->peer_incarnation));
	put(b, r->want_rearms ? name_of(arms, r->last_rearms) : 0);
	put_role_times(w, r, m->last_beat, b);
}

static void put_peer(const struct role_peer *p, struct words *b, struct names *ep,
		     struct names *inc)
{
	put(b, p->valid);
	if (!p->valid)
		return;
	put(b, p->role | p->offline_cause << 8 | p->selftest << 16 | p->redundancy << 24);
	put(b, p->not_ready);
	put(b, p->hears_us | p->record.last_role << 8);
	put(b, name_of(ep, p->epoch));
	put(b, name_of(inc, p->incarnation));
}

static void put_mod(const struct world *w, int i, struct words *b, struct names *ep,
		    struct names inc[2])
{
	const struct mod *m = &w->m[i];
	struct names arms = { .n = 1, .v = { w->c.slot[1 - i].rearms } };

	put(b, m->state | m->hung << 4 | m->due << 5 | m->irq << 6 | m->soft << 7 |
		       m->boot_left << 8 | m->synced << 16 | m->saw_peer_own << 17 |
		       m->asked << 18 | (u32)m->from << 20 | (u32)m->logged_active << 24 |
		       (u32)m->logged_switch << 28 | (u32)m->unsynced << 31);
	put(b, m->res_cmd | m->res << 8 | m->phase << 16 | (u32)m->leaving << 24);
	put(b, until(w, m->late_until) > 1 ? until(w, m->late_until) : 0);
	put(b, since(w, m->last_beat));
	put(b, m->self.last_role | m->other.last_role << 8);
	put(b, name_of(ep, m->epoch));
	put_actions(m, b, ep, &arms);
	put_role(w, m, b, ep, &inc[1 - i], &arms);
	put_peer(&m->peer, b, ep, &inc[1 - i]);
	put_frame(&m->shown, b, ep, &inc[i]);
	put_frame(&w->in[i], b, ep, &inc[i]);
	if (w->c.slot[i].faults & 1u << CHASSIS_FAULT_CUT_HEARTBEAT)
		put_frame(&w->cut[i], b, ep, &inc[i]);
}

static u64 mix(u64 h, u64 v)
{
	h ^= v;
	h *= 0x9fb21c651e98df25ull;
	return h ^ h >> 29;
}

/** world_hash() - 64 bits; equal for worlds that behave alike */
u64 world_hash(const struct world *w)
{
	struct names ep = { .n = 1, .v = { w->c.epoch } };
	struct names inc[2] = { { .n = 0 }, { .n = 0 } };
	struct words b = { .n = 0 };
	u64 h = 0x2545f4914f6cdd1dull;
	u32 i;

	put(&b, w->c.owner | w->c.offer << 2 | w->c.fabric_enable << 3 | w->faults << 8 |
			w->commands << 12 | w->unloading << 16 | w->nv.hold << 20 |
			w->incompatible << 21);
	put(&b, w->c.im_reset);
	put(&b, until(w, w->c.offer_end));
	put(&b, w->nv.redundancy | w->nv.pending << 1 | w->nv.last_role[0] << 4 |
			w->nv.last_role[1] << 8 | w->nv.intent_to << 12 |
			w->nv.intent_reason << 16);
	for (i = 0; i < 2; i++)
		put_slot(w, i, &b, &inc[i]);
	for (i = 0; i < 2; i++)
		put_mod(w, i, &b, &ep, inc);
	for (i = 0; i < b.n; i++)
		h = mix(h, b.w[i] + ((u64)i << 40));
	return mix(h, b.n);
}
