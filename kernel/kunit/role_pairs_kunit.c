// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every (role, event) pair of the role machine against a table.
 *
 * Owns the table: for each state and each event the role that follows and the
 * actions, in order, as the specification's rows and "Roles" of the overview
 * want them when nothing else has changed. An empty line is "nothing": no
 * action and the same role.
 */
#include <kunit/test.h>
#include "role_bench.h"

enum bench_event_kind {
	ON_BOOT, ON_VIEW, ON_CLAIM_OK_LATE, ON_CLAIM_HELD, ON_CLAIM_STALE, ON_OUT,
	ON_FABRIC_DONE, ON_SYNCED, ON_UNSYNCED, ON_SWITCHOVER, ON_FORCED, ON_DISABLE,
	ON_ENABLE, ON_SHUTDOWN, ON_RELEASE, ON_REBOOT, ON_PARAMS,
	ON_BOOT_COMMAND, ON_RELOAD, ON_BOOT_STANDBY, ON_BOOT_SYSTEM, ON_BOOT_OWN,
	BENCH_EVENTS
};

static const char *const event_names[BENCH_EVENTS] = {
	"boot", "view", "claim ok, but not owner any more", "claim held", "claim stale",
	"slot out", "fabric done", "synced", "unsynced", "switchover", "forced switchover",
	"disable", "enable", "shutdown", "release", "reboot", "params",
	"boot command", "reload", "boot standby", "boot system", "boot by itself",
};

static const char *const state_names[BENCH_STATES] = {
	"booting", "election", "failed", "syncing", "standby", "taking-over", "active",
	"active, offered", "booting, given", "offline, disabled", "offline, incompatible",
	"offline, shut down", "down", "active, leaving",
};

#define NOT_ACTIVE	"refuse:not-active"
#define NO_SHUTDOWN(w)	"log:19/1 refuse:" w
#define RESTARTS	"role:booting restart"
#define DOWN_SAID	"role:down"
#define REBOOTS		"role:down down:2"
/* what only an active module does */
#define BOOTS(active)	{ NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, \
	"refuse:busy", active, "refuse:busy", "refuse:busy", \
	NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, "refuse:busy" }

/* rows of one event: booting, election, failed, syncing, standby, taking-over, active,
 * offered, given, disabled, incompatible, shut down, down, leaving (boot system)
 */
static const char *const wanted[BENCH_EVENTS][BENCH_STATES] = {
	/* S-274: the grant is held; S-014: failed is no standby; owner by itself: it returns */
	[ON_BOOT] = {
		"role:election log:5/1 role:syncing",
		"role:election",
		"role:election log:5/1 role:syncing",
		"role:election log:5/1 role:syncing",
		"role:election log:5/1 role:syncing",
		"role:election history:0 phase:fabric role:taking-over",
		"role:election history:0 phase:fabric role:taking-over",
		"role:election history:0 phase:fabric role:taking-over",
		"role:election log:5/1 role:syncing",
		"role:election log:5/1 role:offline log:11/1",
		"role:election log:5/1 role:offline log:18/1",
		"role:election log:5/1 role:syncing",
		"role:election log:5/1 role:syncing",
		"role:election history:0 phase:fabric role:taking-over",
	},
	[ON_VIEW] = { "", "", "", "", "", "", "", "", "", "", "", "", "", "" },
	/* the grant went again before it was seen: nothing is taken over */
	[ON_CLAIM_OK_LATE] = { "", "", "", "", "", "", "", "", "", "", "", "", "", "" },
	/* the other was first: "refused, owner N", no retry, no restart */
	[ON_CLAIM_HELD] = {
		"", "log:5/1 role:syncing", "", "", "", "", "", "", "", "", "", "", "", "",
	},
	[ON_CLAIM_STALE] = {
		"", "note:stale", "note:stale", "note:stale", "note:stale", "", "", "",
		"note:stale", "note:stale", "note:stale", "note:stale", "", "",
	},
	/* G5: out until it starts from the beginning; the owner stops at once */
	[ON_OUT] = {
		"", RESTARTS, RESTARTS, RESTARTS, RESTARTS,
		"note:lost-grant " RESTARTS, "note:lost-grant " RESTARTS,
		"note:lost-grant answer:rolled-back " RESTARTS, "answer:done restart",
		RESTARTS, RESTARTS, RESTARTS, "", "note:lost-grant " RESTARTS,
	},
	/* S-022: stored configuration next */
	[ON_FABRIC_DONE] = {
		"", "", "", "", "", "phase:config", "", "", "", "", "", "", "", "",
	},
	/* syncing is shown until the initial sync is complete */
	[ON_SYNCED] = {
		"", "", "", "role:standby log:9/1", "", "", "", "", "", "", "", "", "", "",
	},
	/* it costs readiness, not the role */
	[ON_UNSYNCED] = { "", "", "", "", "", "", "", "", "", "", "", "", "", "" },
	/* S-080, S-081, S-084 */
	[ON_SWITCHOVER] = {
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE,
		"refuse:busy", "accept intent:2 offer", "refuse:busy", "refuse:busy",
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, "refuse:busy",
	},
	/* A-007; an operator's fence from the standby, where the owner allows it */
	[ON_FORCED] = {
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, "accept fence",
		"refuse:busy", "accept intent:2 offer", "refuse:busy", "refuse:busy",
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, "refuse:busy",
	},
	/* G6: "peer may take" goes first; S-066: the owner stores the flag */
	[ON_DISABLE] = {
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE,
		"refuse:busy", "take- redundancy- accept", "refuse:busy", "refuse:busy",
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, "refuse:busy",
	},
	[ON_ENABLE] = {
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE,
		"refuse:busy", "redundancy+ accept", "refuse:busy", "refuse:busy",
		NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, NOT_ACTIVE, "refuse:busy",
	},
	/* S-146, S-147: active or standby only, else event 19; S-141, S-144, S-148 */
	[ON_SHUTDOWN] = {
		NO_SHUTDOWN("not-active"), NO_SHUTDOWN("not-active"), NO_SHUTDOWN("not-active"),
		NO_SHUTDOWN("not-active"),
		"accept flash+ role:offline log:20/1 shutdown",
		NO_SHUTDOWN("busy"), "accept flash+ intent:2 offer", NO_SHUTDOWN("busy"),
		NO_SHUTDOWN("busy"), NO_SHUTDOWN("not-active"), NO_SHUTDOWN("not-active"),
		NO_SHUTDOWN("not-active"), NO_SHUTDOWN("not-active"), NO_SHUTDOWN("busy"),
	},
	/* unloading on the active releases the grant; a handover is answered */
	[ON_RELEASE] = {
		DOWN_SAID, DOWN_SAID, DOWN_SAID, DOWN_SAID, DOWN_SAID,
		"release " DOWN_SAID, "release " DOWN_SAID,
		"release answer:rolled-back " DOWN_SAID, "answer:done " DOWN_SAID,
		DOWN_SAID, DOWN_SAID, DOWN_SAID, "", "release " DOWN_SAID,
	},
	/* told, not waited for: S-134 */
	[ON_REBOOT] = {
		REBOOTS, REBOOTS, REBOOTS, REBOOTS, REBOOTS, REBOOTS, REBOOTS,
		"answer:rolled-back " REBOOTS, "answer:done " REBOOTS,
		REBOOTS, REBOOTS, REBOOTS, "down:2", REBOOTS,
	},
	[ON_PARAMS] = { "", "", "", "", "", "", "", "", "", "", "", "", "", "" },
	/* S-189, S-207: by the standby; A-008: one at a time */
	[ON_BOOT_COMMAND] = BOOTS("accept intent:2 offer"),
	[ON_RELOAD] = BOOTS("accept intent:2 offer"),
	/* S-197: no switchover */
	[ON_BOOT_STANDBY] = BOOTS("accept take- log:14/2 peer-reset:1"),
	/* S-199, S-120: the other one starts when this one goes down */
	[ON_BOOT_SYSTEM] = BOOTS("accept take- log:14/2 peer-reset:2 reboot"),
	/* S-156: to another image, not where the grant is held */
	[ON_BOOT_OWN] = {
		"refuse:busy", "refuse:busy", "refuse:busy", "accept reboot", "accept reboot",
		"refuse:invalid", "refuse:invalid", "refuse:invalid", "refuse:busy",
		"accept reboot", "accept reboot", "refuse:busy", "refuse:busy", "refuse:invalid",
	},
};

static void happen(struct bench *b, enum bench_event_kind e)
{
	static const u8 result[] = { REDUND_RES_OK, REDUND_RES_HELD, REDUND_RES_STALE };
	static const u8 type[] = {
		[ON_SYNCED] = ROLE_EV_SYNCED, [ON_UNSYNCED] = ROLE_EV_SYNCED,
		[ON_SWITCHOVER] = ROLE_EV_SWITCHOVER, [ON_FORCED] = ROLE_EV_SWITCHOVER,
		[ON_DISABLE] = ROLE_EV_REDUNDANCY, [ON_ENABLE] = ROLE_EV_REDUNDANCY,
		[ON_SHUTDOWN] = ROLE_EV_SHUTDOWN, [ON_RELEASE] = ROLE_EV_RELEASE,
		[ON_REBOOT] = ROLE_EV_DOWN, [ON_PARAMS] = ROLE_EV_PARAMS,
	};

	if (e == ON_BOOT_OWN)
		bench_reboot_own(b, REDUND_REBOOT_KIND_RELOAD, ROLE_EXPECT_ANY);
	else if (e >= ON_BOOT_COMMAND)
		bench_reboot(b, e - ON_BOOT_COMMAND + REDUND_REBOOT_KIND_BOOT, ROLE_EXPECT_ANY);
	else if (e == ON_BOOT)
		bench_boot(b, true, b->r.redundancy, 0);
	else if (e == ON_VIEW)
		bench_view(b);
	else if (e <= ON_CLAIM_STALE)
		bench_result(b, REDUND_CMD_CLAIM, result[e - ON_CLAIM_OK_LATE]);
	else if (e == ON_FABRIC_DONE)
		bench_phase(b, REDUND_PHASE_FABRIC);
	else if (e != ON_OUT)
		bench_command(b, type[e], e == ON_SYNCED || e == ON_FORCED || e == ON_ENABLE);
	if (e != ON_OUT)
		return;
	b->v.self_out = true;
	bench_view(b);
}

/* the view in which an event comes, where the state's own would not show it */
static void arrange(struct bench *b, enum bench_state s, enum bench_event_kind e)
{
	if (e == ON_BOOT && (s == IN_BOOTING || s == IN_FAILED)) {
		b->r.redundancy = true;
		bench_peer_is(b, REDUND_ROLE_ACTIVE);
	}
	if (e == ON_SYNCED)
		bench_beat(b);
}

static void every_role_and_event_does_what_the_table_says(struct kunit *test)
{
	unsigned int s, e, n = 0;
	struct bench *b = bench_new(test);

	for (s = 0; s < BENCH_STATES; s++) {
		for (e = 0; e < BENCH_EVENTS; e++) {
			const char *want = wanted[e][s];

			bench_in(b, test, s);
			arrange(b, s, e);
			happen(b, e);
			n++;
			if (!want || strcmp(b->said, want))
				KUNIT_FAIL(test, "%s, %s: \"%s\", wanted \"%s\"", state_names[s],
					   event_names[e], b->said, want ? want : "(no row)");
		}
	}
	KUNIT_EXPECT_EQ(test, n, (unsigned int)(BENCH_STATES * BENCH_EVENTS));
}

/* the bench itself: each state is the one that its name says */
static void every_state_is_reached_by_events(struct kunit *test)
{
	static const u8 role[BENCH_STATES] = {
		REDUND_ROLE_BOOTING, REDUND_ROLE_ELECTION, REDUND_ROLE_FAILED,
		REDUND_ROLE_SYNCING, REDUND_ROLE_STANDBY, REDUND_ROLE_TAKING_OVER,
		REDUND_ROLE_ACTIVE, REDUND_ROLE_ACTIVE, REDUND_ROLE_BOOTING,
		REDUND_ROLE_OFFLINE, REDUND_ROLE_OFFLINE, REDUND_ROLE_OFFLINE, REDUND_ROLE_DOWN,
		REDUND_ROLE_ACTIVE,
	};
	static const u32 not_ready[BENCH_STATES] = {
		REDUND_NOT_READY_BOOTING, REDUND_NOT_READY_BOOTING,
		REDUND_NOT_READY_SELFTEST_FAILED,
		REDUND_NOT_READY_SYNCING | REDUND_NOT_READY_PEER_NEVER_HEARD, 0, 0, 0, 0,
		REDUND_NOT_READY_BOOTING | REDUND_NOT_READY_HANDOVER,
		REDUND_NOT_READY_DISABLED | REDUND_NOT_READY_PEER_NEVER_HEARD,
		REDUND_NOT_READY_INCOMPATIBLE | REDUND_NOT_READY_PEER_NEVER_HEARD,
		REDUND_NOT_READY_SHUTDOWN, 0, 0,
	};
	struct bench *b = bench_new(test);
	unsigned int s;

	for (s = 0; s < BENCH_STATES; s++) {
		bench_in(b, test, s);
		if (b->r.role != role[s] || b->r.not_ready != not_ready[s])
			KUNIT_FAIL(test, "%s: role %s, not ready 0x%x", state_names[s],
				   bench_role(b->r.role), b->r.not_ready);
	}
}

static struct kunit_case role_pairs_cases[] = {
	KUNIT_CASE(every_state_is_reached_by_events),
	KUNIT_CASE(every_role_and_event_does_what_the_table_says),
	{}
};

static struct kunit_suite role_pairs_suite = {
	.name = "redund-role-pairs",
	.test_cases = role_pairs_cases,
};

kunit_test_suites(&role_pairs_suite);
