// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The transitions of the role machine: which there are, and which of them a run
 * has taken. Owns the table below, written from role*.c and not from a run. A
 * step that is not in it fails the run, and so does one of it that the run never
 * took, unless the table says why it cannot.
 */
#include <stdio.h>
#include "../../kernel/netlink_names.h"
#include "world.h"

enum kind {
	ROLE,	  /* enum redund_role */
	HANDOVER, /* enum role_handover */
	PHASE,	  /* enum redund_phase */
	KINDS
};

#define STATES 16
#define EVENTS (ROLE_EV_PARAMS + 1)

/* clang-format off */
static const char *const event_name[EVENTS] = {
	"boot", "view", "result", "phase", "synced", "switchover", "redundancy", "shutdown",
	"reboot", "release", "down", "params",
};

static const char *const note_name[] = {
	"heartbeat-missed", "stale", "pending-ignored", "stale-config", "incompatible",
	"failover-limit", "lost-grant", "reset-stuck", "handover-resolved", "late",
	"heartbeat-held", "pending-late",
};

static const char *const handover_name[] = { "none", "offered", "given", "forced" };

#define BOOTING	 REDUND_ROLE_BOOTING
#define FAILED	 REDUND_ROLE_FAILED
#define ELECTION REDUND_ROLE_ELECTION
#define SYNCING	 REDUND_ROLE_SYNCING
#define STANDBY	 REDUND_ROLE_STANDBY
#define TAKING	 REDUND_ROLE_TAKING_OVER
#define ACTIVE	 REDUND_ROLE_ACTIVE
#define OFFLINE	 REDUND_ROLE_OFFLINE
#define DOWN	 REDUND_ROLE_DOWN

/* why a step is there that no run takes */
#define OWN_RESULT \
	"the grant comes by a command, whose result is looked at before the next view"
#define STALE_FIRST \
	"who lost a claim of the free grant is told stale: whoever won changed the epoch"

static const struct transition {
	enum kind kind;
	u8 from, to, event;
	const char *never;
} table[] = {
	/* a start (S-269 to S-280), and starting anew */
	{ ROLE, BOOTING, FAILED, ROLE_EV_BOOT },
	{ ROLE, BOOTING, ELECTION, ROLE_EV_BOOT },
	{ ROLE, ELECTION, SYNCING, ROLE_EV_VIEW },
	{ ROLE, ELECTION, SYNCING, ROLE_EV_RESULT, STALE_FIRST },
	{ ROLE, ELECTION, OFFLINE, ROLE_EV_VIEW },
	{ ROLE, ELECTION, OFFLINE, ROLE_EV_RESULT, STALE_FIRST },
	{ ROLE, ELECTION, TAKING, ROLE_EV_RESULT },
	{ ROLE, ELECTION, TAKING, ROLE_EV_VIEW, OWN_RESULT },
	{ ROLE, FAILED, BOOTING, ROLE_EV_VIEW },
	{ ROLE, ELECTION, BOOTING, ROLE_EV_VIEW },
	{ ROLE, ELECTION, BOOTING, ROLE_EV_RESULT },
	{ ROLE, SYNCING, BOOTING, ROLE_EV_VIEW },
	{ ROLE, SYNCING, BOOTING, ROLE_EV_RESULT },
	{ ROLE, STANDBY, BOOTING, ROLE_EV_VIEW },
	{ ROLE, STANDBY, BOOTING, ROLE_EV_RESULT },
	{ ROLE, OFFLINE, BOOTING, ROLE_EV_VIEW },
	{ ROLE, OFFLINE, BOOTING, ROLE_EV_RESULT },
	/* candidates */
	{ ROLE, SYNCING, STANDBY, ROLE_EV_VIEW },
	{ ROLE, STANDBY, SYNCING, ROLE_EV_VIEW },
	{ ROLE, SYNCING, OFFLINE, ROLE_EV_VIEW },
	{ ROLE, STANDBY, OFFLINE, ROLE_EV_VIEW },
	{ ROLE, OFFLINE, OFFLINE, ROLE_EV_VIEW },
	{ ROLE, OFFLINE, SYNCING, ROLE_EV_VIEW },
	{ ROLE, SYNCING, TAKING, ROLE_EV_RESULT },
	{ ROLE, STANDBY, TAKING, ROLE_EV_RESULT },
	{ ROLE, OFFLINE, TAKING, ROLE_EV_RESULT },
	{ ROLE, SYNCING, TAKING, ROLE_EV_VIEW, OWN_RESULT },
	{ ROLE, STANDBY, TAKING, ROLE_EV_VIEW, OWN_RESULT },
	{ ROLE, OFFLINE, TAKING, ROLE_EV_VIEW, OWN_RESULT },
	/* the owner, and the old owner of a handover */
	{ ROLE, TAKING, ACTIVE, ROLE_EV_PHASE },
	{ ROLE, TAKING, ACTIVE, ROLE_EV_VIEW },
	{ ROLE, TAKING, BOOTING, ROLE_EV_VIEW },
	{ ROLE, ACTIVE, BOOTING, ROLE_EV_VIEW },
	{ ROLE, BOOTING, TAKING, ROLE_EV_RESULT },
	{ ROLE, BOOTING, TAKING, ROLE_EV_VIEW, OWN_RESULT },
	{ ROLE, BOOTING, OFFLINE, ROLE_EV_VIEW },
	{ ROLE, STANDBY, OFFLINE, ROLE_EV_SHUTDOWN },
	/* the end of the driver, and of its Linux */
	{ ROLE, BOOTING, DOWN, ROLE_EV_RELEASE },
	{ ROLE, BOOTING, DOWN, ROLE_EV_DOWN },
	{ ROLE, FAILED, DOWN, ROLE_EV_RELEASE },
	{ ROLE, FAILED, DOWN, ROLE_EV_DOWN },
	{ ROLE, ELECTION, DOWN, ROLE_EV_RELEASE },
	{ ROLE, ELECTION, DOWN, ROLE_EV_DOWN },
	{ ROLE, SYNCING, DOWN, ROLE_EV_RELEASE },
	{ ROLE, SYNCING, DOWN, ROLE_EV_DOWN },
	{ ROLE, STANDBY, DOWN, ROLE_EV_RELEASE },
	{ ROLE, STANDBY, DOWN, ROLE_EV_DOWN },
	{ ROLE, TAKING, DOWN, ROLE_EV_RELEASE },
	{ ROLE, TAKING, DOWN, ROLE_EV_DOWN },
	{ ROLE, ACTIVE, DOWN, ROLE_EV_RELEASE },
	{ ROLE, ACTIVE, DOWN, ROLE_EV_DOWN },
	{ ROLE, OFFLINE, DOWN, ROLE_EV_RELEASE },
	{ ROLE, OFFLINE, DOWN, ROLE_EV_DOWN },

	/* handover: asked, given, its end */
	{ HANDOVER, ROLE_HANDOVER_NONE, ROLE_HANDOVER_OFFERED, ROLE_EV_SWITCHOVER },
	{ HANDOVER, ROLE_HANDOVER_NONE, ROLE_HANDOVER_OFFERED, ROLE_EV_SHUTDOWN },
	{ HANDOVER, ROLE_HANDOVER_NONE, ROLE_HANDOVER_OFFERED, ROLE_EV_REBOOT },
	{ HANDOVER, ROLE_HANDOVER_NONE, ROLE_HANDOVER_FORCED, ROLE_EV_SWITCHOVER },
	{ HANDOVER, ROLE_HANDOVER_OFFERED, ROLE_HANDOVER_GIVEN, ROLE_EV_VIEW },
	{ HANDOVER, ROLE_HANDOVER_OFFERED, ROLE_HANDOVER_NONE, ROLE_EV_VIEW },
	{ HANDOVER, ROLE_HANDOVER_OFFERED, ROLE_HANDOVER_NONE, ROLE_EV_RESULT },
	{ HANDOVER, ROLE_HANDOVER_OFFERED, ROLE_HANDOVER_NONE, ROLE_EV_RELEASE },
	{ HANDOVER, ROLE_HANDOVER_OFFERED, ROLE_HANDOVER_NONE, ROLE_EV_DOWN },
	{ HANDOVER, ROLE_HANDOVER_GIVEN, ROLE_HANDOVER_NONE, ROLE_EV_VIEW },
	{ HANDOVER, ROLE_HANDOVER_GIVEN, ROLE_HANDOVER_NONE, ROLE_EV_PHASE },
	{ HANDOVER, ROLE_HANDOVER_GIVEN, ROLE_HANDOVER_NONE, ROLE_EV_RESULT },
	{ HANDOVER, ROLE_HANDOVER_GIVEN, ROLE_HANDOVER_NONE, ROLE_EV_RELEASE },
	{ HANDOVER, ROLE_HANDOVER_GIVEN, ROLE_HANDOVER_NONE, ROLE_EV_DOWN },
	{ HANDOVER, ROLE_HANDOVER_FORCED, ROLE_HANDOVER_NONE, ROLE_EV_RESULT },
	{ HANDOVER, ROLE_HANDOVER_FORCED, ROLE_HANDOVER_NONE, ROLE_EV_PHASE },
	{ HANDOVER, ROLE_HANDOVER_FORCED, ROLE_HANDOVER_NONE, ROLE_EV_VIEW },
	{ HANDOVER, ROLE_HANDOVER_FORCED, ROLE_HANDOVER_NONE, ROLE_EV_RELEASE },
	{ HANDOVER, ROLE_HANDOVER_FORCED, ROLE_HANDOVER_NONE, ROLE_EV_DOWN },

	/* taking over; a phase ends answered, or with its time */
	{ PHASE, 0, REDUND_PHASE_FABRIC, ROLE_EV_RESULT },
	{ PHASE, REDUND_PHASE_FABRIC, REDUND_PHASE_CONFIG, ROLE_EV_PHASE },
	{ PHASE, REDUND_PHASE_FABRIC, REDUND_PHASE_CONFIG, ROLE_EV_VIEW },
	{ PHASE, REDUND_PHASE_CONFIG, REDUND_PHASE_MODULES_RESET, ROLE_EV_PHASE },
	{ PHASE, REDUND_PHASE_CONFIG, REDUND_PHASE_MODULES_RESET, ROLE_EV_VIEW },
	{ PHASE, REDUND_PHASE_MODULES_RESET, REDUND_PHASE_PORTS_UP, ROLE_EV_PHASE },
	{ PHASE, REDUND_PHASE_MODULES_RESET, REDUND_PHASE_PORTS_UP, ROLE_EV_VIEW },
	{ PHASE, REDUND_PHASE_PORTS_UP, REDUND_PHASE_STANDBY_READY, ROLE_EV_VIEW },
};

/* clang-format on */

#define TABLE (sizeof(table) / sizeof(table[0]))

static unsigned long long seen[KINDS][STATES][STATES][EVENTS];
static unsigned long long refusals[32], notes[32];

/* after these the machine does what it does at every view */
static u8 event_of(enum kind kind, u8 from, u8 event)
{
	if (event == ROLE_EV_BOOT && (kind != ROLE || from != REDUND_ROLE_BOOTING))
		return ROLE_EV_VIEW;
	return event == ROLE_EV_SYNCED ? ROLE_EV_VIEW : event;
}

static void count(enum kind kind, u8 from, u8 to, u8 event)
{
	seen[kind][from % STATES][to % STATES][event_of(kind, from, event)]++;
}

/** transition_role() - the role machine published a role */
void transition_role(u8 from, u8 to, u8 event)
{
	count(ROLE, from, to, event);
}

/** transition_rest() - one event was handled; what else changed? */
void transition_rest(const struct role *before, const struct role *now, u8 event)
{
	if (event == ROLE_EV_BOOT)
		return;
	if (before->handover != now->handover)
		count(HANDOVER, before->handover, now->handover, event);
	if (now->role == REDUND_ROLE_TAKING_OVER && before->role != now->role)
		count(PHASE, 0, now->phase, event);
	else if (before->phase != now->phase)
		count(PHASE, before->phase, now->phase, event);
}

void refusal_seen(u32 refusal)
{
	refusals[refusal % 32]++;
}

void note_seen(u32 note)
{
	notes[note % 32]++;
}

/* ---- the report ------------------------------------------------------------------ */

static const char *state_name(enum kind kind, u8 state)
{
	switch (kind) {
	case ROLE:
		return redund_role_names[state];
	case HANDOVER:
		return handover_name[state];
	default:
		return redund_phase_names[state];
	}
}

static void tell(const char *what, enum kind kind, u8 from, u8 to, u8 event, const char *why)
{
	static const char *const kind_name[KINDS] = { "role", "handover", "phase" };

	printf("# %s: %s %s -> %s by %s%s%s\n", what, kind_name[kind], state_name(kind, from),
	       state_name(kind, to), event_name[event], why ? ": " : "", why ?: "");
}

static bool in_table(enum kind kind, u8 from, u8 to, u8 event)
{
	u32 i;

	for (i = 0; i < TABLE; i++)
		if (table[i].kind == kind && table[i].from == from && table[i].to == to &&
		    table[i].event == event)
			return true;
	return false;
}

/* what the machine did and nobody wrote down */
static u32 tell_strange(void)
{
	u32 k, from, to, ev, n = 0;

	for (k = 0; k < KINDS; k++)
		for (from = 0; from < STATES; from++)
			for (to = 0; to < STATES; to++)
				for (ev = 0; ev < EVENTS; ev++) {
					if (!seen[k][from][to][ev] || in_table(k, from, to, ev))
						continue;
					tell("not in the table", k, from, to, ev, NULL);
					n++;
				}
	return n;
}

/* words of an enumeration, by whether anything led to them */
static void tell_words(const char *what, const unsigned long long *n, const char *const *name,
		       u32 max, bool reached)
{
	u32 i;

	printf("# %s %s:", what, reached ? "reached" : "never");
	for (i = 0; i < max; i++)
		if (!n[i] == !reached)
			printf(" %s", name[i]);
	printf("\n");
}

/**
 * transitions_tell() - what was reached, and what never
 *
 * Return: how many transitions are missing from the run or from the table
 */
u32 transitions_tell(void)
{
	u32 i, reached = 0, excused = 0, bad = tell_strange();

	for (i = 0; i < TABLE; i++) {
		const struct transition *t = &table[i];
		unsigned long long n = seen[t->kind][t->from][t->to][t->event];

		reached += n != 0;
		if (n && t->never)
			tell("reached, and the table says never", t->kind, t->from, t->to, t->event,
			     t->never);
		if (!n)
			tell("never", t->kind, t->from, t->to, t->event, t->never);
		excused += !n && t->never;
		bad += !n == !t->never; /* missing, or a reason that is none */
	}
	tell_words("refusals", refusals, redund_refusal_names, REDUND_REFUSAL_NO_KEY + 1, true);
	tell_words("refusals", refusals, redund_refusal_names, REDUND_REFUSAL_NO_KEY + 1, false);
	tell_words("notes", notes, note_name, ROLE_NOTE_PENDING_LATE + 1, true);
	tell_words("notes", notes, note_name, ROLE_NOTE_PENDING_LATE + 1, false);
	printf("# transitions: %u in the table, %u reached, %u never with a reason\n", (u32)TABLE,
	       reached, excused);
	return bad;
}
