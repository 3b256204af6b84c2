// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * role_replay [FILE]: makes each step of a trace again with the same state machine
 * on this host and compares what comes out. FILE is the driver's debugfs file
 * "replay", of a kernel of this architecture and this source.
 *
 * Prints "N steps, the last leaves ROLE, owner O, epoch E". Exit status: 0 every step
 * came out the same; 1 one did not, and which; 2 the file cannot be read.
 */
#include <compiler.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../kernel/steps.h"
#include "../lib/redund.h"

#define LINE_MAX_BYTES (2 * sizeof(struct redund_step) + 2)

static int unreadable(const char *why)
{
	fprintf(stderr, "role_replay: %s\n", why);
	return 2;
}

/* Two hexadecimal digits a byte. Return: false: it is no step. */
static bool parse(const char *line, struct redund_step *t)
{
	unsigned char *to = (unsigned char *)t;
	unsigned int byte;
	size_t i;

	if (strspn(line, "0123456789abcdef") != 2 * sizeof(*t))
		return false;
	for (i = 0; i < sizeof(*t); i++) {
		if (sscanf(line + 2 * i, "%2x", &byte) != 1)
			return false;
		to[i] = byte;
	}
	return true;
}

#define FIELD(name)                                                                  \
	{                                                                            \
#name, offsetof(struct role, name), sizeof(((struct role *)0)->name) \
	}

/* All of struct role but padding. */
static const struct {
	const char *name;
	size_t at, size;
} fields[] = {
	FIELD(slot),	       FIELD(role),
	FIELD(offline_cause),  FIELD(not_ready),
	FIELD(peer_not_ready), FIELD(redundancy),
	FIELD(synced),	       FIELD(heard),
	FIELD(want_rearms),    FIELD(shut_down),
	FIELD(pending),	       FIELD(decision.winner),
	FIELD(epoch),	       FIELD(reason),
	FIELD(phase),	       FIELD(handover),
	FIELD(shutdown_after), FIELD(decision.pending_used),
	FIELD(reboot),	       FIELD(given_step),
	FIELD(peer_wait_end),  FIELD(free_since),
	FIELD(claim_at),       FIELD(phase_end),
	FIELD(handover_end),   FIELD(rearms_since),
	FIELD(missed_said),    FIELD(last_rearms),
	FIELD(fence_at),       FIELD(silence_at),
	FIELD(warn_at),	       FIELD(lost_said),
	FIELD(barred_said),    FIELD(again_at),
	FIELD(own_failed),     FIELD(loser),
	FIELD(booted_said),    FIELD(restarting),
	FIELD(last_owner),     FIELD(from),
	FIELD(lost_reason),    FIELD(hw_lost),
	FIELD(failover),       FIELD(phase_failed),
	FIELD(down_said),      FIELD(stuck_said),
	FIELD(peer_role_seen), FIELD(peer_said),
	FIELD(intent_to),      FIELD(peer_incarnation),
	FIELD(decision.rule),
};

static bool same(const struct redund_step *t, const struct role *r)
{
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!memcmp((const char *)&t->after + fields[i].at, (const char *)r + fields[i].at,
			    fields[i].size))
			continue;
		fprintf(stderr, "role_replay: step %llu: %s came out as another\n",
			(unsigned long long)t->id, fields[i].name);
		good = false;
	}
	return good;
}

static bool again(const struct redund_step *t)
{
	struct role_actions actions = { 0 };
	struct role r = t->before;
	uint64_t did = 0;
	unsigned int i;

	role_step(&r, &t->event, t->now, &actions);
	for (i = 0; i < actions.n; i++)
		did |= 1ULL << actions.a[i].type;
	if (did == t->actions)
		return same(t, &r);
	fprintf(stderr, "role_replay: step %llu: other actions follow\n",
		(unsigned long long)t->id);
	return false;
}

/* The state that a step finds is the one that the step before it left, but for what
 * steps that are not in the trace changed: none of them changes the role.
 */
static bool follows(const struct redund_step *before, const struct redund_step *t)
{
	if (!before->id || (t->id == before->id + 1 && t->now >= before->now &&
			    t->before.role == before->after.role &&
			    t->before.offline_cause == before->after.offline_cause &&
			    t->before.not_ready == before->after.not_ready &&
			    t->before.handover == before->after.handover))
		return true;
	fprintf(stderr, "role_replay: step %llu does not follow from the one before it\n",
		(unsigned long long)t->id);
	return false;
}

static int replay(FILE *f)
{
	static struct redund_step t, last;
	static char line[LINE_MAX_BYTES + 64];
	size_t role, event, step;
	unsigned int n = 0;
	bool good = true;

	if (!fgets(line, sizeof(line), f) ||
	    sscanf(line, "redund-steps role=%zu event=%zu step=%zu", &role, &event, &step) != 3)
		return unreadable("this is no trace");
	if (role != sizeof(struct role) || event != sizeof(struct role_event) ||
	    step != sizeof(struct redund_step))
		return unreadable("this trace is of other software or another architecture");
	while (fgets(line, sizeof(line), f)) {
		if (!parse(line, &t))
			return unreadable("a line is no step");
		good &= follows(&last, &t) && again(&t);
		last = t;
		n++;
	}
	if (!n)
		return unreadable("there is no step");
	printf("%u steps, the last leaves %s, owner %u, epoch %u\n", n,
	       rd_name(RD_ROLE, last.after.role), last.event.view.owner, last.event.view.epoch);
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	FILE *f = argc > 1 ? fopen(argv[1], "re") : stdin;
	int status;

	if (argc > 2 || !f)
		return unreadable(f ? "usage: role_replay [FILE]" : "cannot read the file");
	status = replay(f);
	if (f != stdin)
		fclose(f);
	return status;
}
