// SPDX-License-Identifier: GPL-2.0-only
/*
 * The election: which module becomes active when nobody holds the grant.
 *
 * Owns the order of the rules (C-11, C-12) and nothing else. A pure function,
 * called by role.c with what the module knows of both.
 */
#include "role.h"

/* a module that never booted here has no last role and no number (C-11) */
static bool was(const struct role_candidate *c, enum redund_last_role role)
{
	return c->ever_booted && c->last_role == role;
}

/* 1 or 2 when @first or @second alone holds, else 0 */
static u8 exactly_one(bool first, bool second)
{
	if (first == second)
		return 0;
	return first ? 1 : 2;
}

static u8 higher(u32 first, u32 second)
{
	return exactly_one(first > second, second > first);
}

static struct role_decision decided(u8 winner, enum redund_rule rule)
{
	struct role_decision d = { .winner = winner, .rule = rule };

	return d;
}

/* rules 4 to 7: both are present and passed selftest */
static struct role_decision by_records(const struct role_candidate *a,
				       const struct role_candidate *b)
{
	u8 w;

	if (!a->readable || !b->readable)
		return decided(1, REDUND_RULE_LOWEST_SLOT);
	w = exactly_one(a->ever_booted, b->ever_booted);
	if (w)
		return decided(w, REDUND_RULE_EVER_BOOTED);
	w = exactly_one(was(a, REDUND_LAST_ACTIVE), was(b, REDUND_LAST_ACTIVE));
	if (w)
		return decided(w, REDUND_RULE_ACTIVE_LAST);
	w = exactly_one(was(a, REDUND_LAST_STANDBY), was(b, REDUND_LAST_STANDBY));
	if (w)
		return decided(w, REDUND_RULE_STANDBY_LAST);
	if (a->ever_booted) {	/* and so did b */
		w = higher(a->activation, b->activation);
		if (!w)
			w = higher(a->boot_count, b->boot_count);
		if (w)
			return decided(w, REDUND_RULE_MOST_RECENT);
	}
	return decided(1, REDUND_RULE_LOWEST_SLOT);
}

/* rules 1 to 3, which come before the operator's choice */
static struct role_decision by_state(const struct role_election *in)
{
	const struct role_candidate *a = &in->mm[0], *b = &in->mm[1];
	bool a_ok = a->present && !a->failed, b_ok = b->present && !b->failed;

	if (in->operational && in->mm[in->operational - 1].present &&
	    a->present && b->present)
		return decided(in->operational, REDUND_RULE_ALREADY_ACTIVE);
	if (!a_ok && !b_ok)
		return decided(0, REDUND_RULE_BOTH_FAILED);
	if (!a->present || !b->present)
		return decided(a_ok ? 1 : 2, REDUND_RULE_ONLY_MODULE);
	if (!a_ok || !b_ok)
		return decided(a_ok ? 1 : 2, REDUND_RULE_SELFTEST);
	return decided(0, REDUND_RULE_NONE);
}

/**
 * role_elect() - decide an election (S-269..S-280 in the order of C-11, C-12)
 * @in: what is known of both modules
 *
 * Any context. A single module that failed selftest is not elected either
 * (S-271); its rule is "both-failed": no module that could be active.
 *
 * Return: the winner, the rule that decided, and what became of the pending
 * choice. With rule 2 the choice is left alone: no system boot.
 */
struct role_decision role_elect(const struct role_election *in)
{
	struct role_decision d = by_state(in);
	const struct role_candidate *chosen = NULL;

	if (in->pending == 1 || in->pending == 2)
		chosen = &in->mm[in->pending - 1];
	if (d.rule != REDUND_RULE_NONE) {
		if (chosen && d.rule != REDUND_RULE_ALREADY_ACTIVE)
			d.pending_ignored = !chosen->present || chosen->failed;
		return d;
	}
	if (chosen) {
		d = decided(in->pending, REDUND_RULE_PENDING_CHOICE);
		d.pending_used = true;
		return d;
	}
	return by_records(&in->mm[0], &in->mm[1]);
}
