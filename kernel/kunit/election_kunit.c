// SPDX-License-Identifier: GPL-2.0-only
/*
 * The election against an oracle, for every input.
 *
 * Owns the oracle: the rows S-271..S-280 with the order of C-11 and the place
 * of C-12, each a question with its answer, as figure 15-33 asks them. It was
 * written from these rows and shares nothing with role_elect.c.
 */
#include <kunit/test.h>
#include "../role.h"

/* answers of a question: a slot, nobody, or "ask the next one" */
#define NOBODY	0
#define NEXT	9

struct question {
	const char *row;
	enum redund_rule rule;
	int (*answer)(const struct role_election *in);
};

static bool passes(const struct role_election *in, int slot)
{
	return in->mm[slot - 1].present && !in->mm[slot - 1].failed;
}

static bool both_present(const struct role_election *in)
{
	return in->mm[0].present && in->mm[1].present;
}

/* S-274: one is already operational, the other is always standby */
static int q_operational(const struct role_election *in)
{
	return in->operational && both_present(in) ? in->operational : NEXT;
}

/* S-271, S-272: no module that could be active */
static int q_none_passes(const struct role_election *in)
{
	return passes(in, 1) || passes(in, 2) ? NEXT : NOBODY;
}

/* S-273: there is only one */
static int q_only_one(const struct role_election *in)
{
	if (both_present(in))
		return NEXT;
	return in->mm[0].present ? 1 : 2;
}

/* S-275: one failed selftest */
static int q_one_passes(const struct role_election *in)
{
	if (passes(in, 1) && passes(in, 2))
		return NEXT;
	return passes(in, 1) ? 1 : 2;
}

/* C-12: the operator's choice for this boot */
static int q_choice(const struct role_election *in)
{
	return in->pending ? in->pending : NEXT;
}

/* C-11: a record that cannot be read answers no question about the past */
static int q_unreadable(const struct role_election *in)
{
	return in->mm[0].readable && in->mm[1].readable ? NEXT : 1;
}

/* S-276: only one was ever booted in the chassis; C-11: none: lowest slot */
static int q_ever_booted(const struct role_election *in)
{
	if (in->mm[0].ever_booted && in->mm[1].ever_booted)
		return NEXT;
	if (in->mm[0].ever_booted)
		return 1;
	return in->mm[1].ever_booted ? 2 : NEXT;
}

static int q_none_booted(const struct role_election *in)
{
	return in->mm[0].ever_booted || in->mm[1].ever_booted ? NEXT : 1;
}

static int only_one_was(const struct role_election *in, u8 role)
{
	bool first = in->mm[0].last_role == role, second = in->mm[1].last_role == role;

	if (first && !second)
		return 1;
	return second && !first ? 2 : NEXT;
}

/* S-277: only one was active on the last boot */
static int q_active(const struct role_election *in)
{
	return only_one_was(in, REDUND_LAST_ACTIVE);
}

/* S-280: only one was standby on the last boot */
static int q_standby(const struct role_election *in)
{
	return only_one_was(in, REDUND_LAST_STANDBY);
}

/* S-278: the one that became active most recently; equal: booted most recently */
static int q_recent(const struct role_election *in)
{
	const struct role_candidate *a = &in->mm[0], *b = &in->mm[1];

	if (a->activation != b->activation)
		return a->activation > b->activation ? 1 : 2;
	if (a->boot_count != b->boot_count)
		return a->boot_count > b->boot_count ? 1 : 2;
	return NEXT;
}

/* S-279: none of the above */
static int q_lowest(const struct role_election *in)
{
	return 1;
}

static const struct question questions[] = {
	{ "S-274", REDUND_RULE_ALREADY_ACTIVE, q_operational },
	{ "S-272", REDUND_RULE_BOTH_FAILED, q_none_passes },
	{ "S-273", REDUND_RULE_ONLY_MODULE, q_only_one },
	{ "S-275", REDUND_RULE_SELFTEST, q_one_passes },
	{ "C-12", REDUND_RULE_PENDING_CHOICE, q_choice },
	{ "C-11", REDUND_RULE_LOWEST_SLOT, q_unreadable },
	{ "S-276", REDUND_RULE_EVER_BOOTED, q_ever_booted },
	{ "S-279", REDUND_RULE_LOWEST_SLOT, q_none_booted },
	{ "S-277", REDUND_RULE_ACTIVE_LAST, q_active },
	{ "S-280", REDUND_RULE_STANDBY_LAST, q_standby },
	{ "S-278", REDUND_RULE_MOST_RECENT, q_recent },
	{ "S-279", REDUND_RULE_LOWEST_SLOT, q_lowest },
};

/* C-12: a choice that an earlier rule passed over is ignored when it could not be met */
static bool ignored(const struct role_election *in, enum redund_rule rule)
{
	return in->pending && !passes(in, in->pending) &&
	       (rule == REDUND_RULE_ONLY_MODULE || rule == REDUND_RULE_SELFTEST ||
		rule == REDUND_RULE_BOTH_FAILED);
}

static const struct question *ask(const struct role_election *in, int *winner)
{
	const struct question *q = questions;

	while ((*winner = q->answer(in)) == NEXT)
		q++;
	return q;
}

/* every class of one module's record; returns false after the last */
static bool nth_candidate(unsigned int n, struct role_candidate *c)
{
	c->present = n % 2;
	n /= 2;
	c->failed = n % 2;
	n /= 2;
	c->ever_booted = n % 2;
	n /= 2;
	c->readable = n % 2;
	n /= 2;
	c->last_role = n % 4;
	n /= 4;
	c->activation = n % 3;
	n /= 3;
	c->boot_count = n % 2 + 1;
	return n / 2 == 0;
}

struct tally {
	u64 inputs, by_rule[REDUND_RULE_LOWEST_SLOT + 1];
	unsigned int wrong;
};

static void compare(struct kunit *test, const struct role_election *in, struct tally *t)
{
	struct role_decision d = role_elect(in);
	int winner;
	const struct question *q = ask(in, &winner);
	bool used = q->rule == REDUND_RULE_PENDING_CHOICE;

	t->inputs++;
	t->by_rule[q->rule]++;
	if (d.winner == winner && d.rule == q->rule && d.pending_used == used &&
	    d.pending_ignored == ignored(in, q->rule))
		return;
	if (t->wrong++ < 5)
		KUNIT_FAIL(test, "%s: slot %d by rule %d, wanted %d by rule %d (input %llu)",
			   q->row, d.winner, d.rule, winner, q->rule, t->inputs);
}

static void compare_pair(struct kunit *test, struct role_election *in, struct tally *t)
{
	u8 op, pending;

	for (op = 0; op <= 2; op++) {
		for (pending = 0; pending <= 2; pending++) {
			in->operational = op;
			in->pending = pending;
			compare(test, in, t);
		}
	}
}

/* every input there is, with three activation numbers and two boot numbers */
static void every_election_input_agrees_with_S_271_to_S_280(struct kunit *test)
{
	struct tally t = { .inputs = 0 };
	struct role_election in;
	unsigned int a, b, rule;

	for (a = 0; nth_candidate(a, &in.mm[0]); a++)
		for (b = 0; nth_candidate(b, &in.mm[1]); b++)
			compare_pair(test, &in, &t);
	KUNIT_EXPECT_EQ(test, t.wrong, 0u);
	KUNIT_EXPECT_EQ(test, t.inputs, (u64)384 * 384 * 9);
	for (rule = REDUND_RULE_BOTH_FAILED; rule <= REDUND_RULE_LOWEST_SLOT; rule++)
		KUNIT_EXPECT_GT(test, t.by_rule[rule], (u64)0);
}

/* numbers are counters of 32 bits: the largest is the highest */
static void S_278_the_largest_numbers_count(struct kunit *test)
{
	struct role_candidate c = { .present = true, .ever_booted = true, .readable = true,
				    .last_role = REDUND_LAST_ACTIVE };
	struct role_election in = { .mm = { c, c } };

	in.mm[0].activation = 0x7fffffff;
	in.mm[1].activation = 0x80000000;
	KUNIT_EXPECT_EQ(test, role_elect(&in).winner, 2);
	in.mm[0].activation = 0xffffffff;
	KUNIT_EXPECT_EQ(test, role_elect(&in).winner, 1);
}

/* a choice that names no slot is no choice */
static void C_12_a_choice_of_no_slot_is_none(struct kunit *test)
{
	struct role_candidate c = { .present = true, .ever_booted = true, .readable = true };
	struct role_election in = { .mm = { c, c }, .pending = 3 };

	KUNIT_EXPECT_EQ(test, role_elect(&in).winner, 1);
	KUNIT_EXPECT_EQ(test, role_elect(&in).rule, REDUND_RULE_LOWEST_SLOT);
	KUNIT_EXPECT_FALSE(test, role_elect(&in).pending_used);
}

static struct kunit_case election_cases[] = {
	KUNIT_CASE(every_election_input_agrees_with_S_271_to_S_280),
	KUNIT_CASE(S_278_the_largest_numbers_count),
	KUNIT_CASE(C_12_a_choice_of_no_slot_is_none),
	{}
};

static struct kunit_suite election_suite = {
	.name = "redund-election",
	.test_cases = election_cases,
};

kunit_test_suites(&election_suite);
