/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The role and election state machine: (state, event, now) -> (state, actions).
 * Pure: no time, lock, log, allocation or I/O; linux/types.h and constants only.
 * Built into redund.ko, KUnit and the host explorer. core.c is its only caller
 * in the kernel: under the instance's raw spinlock it calls role_step(), carries
 * out the actions in order, and feeds the result of every grant command back
 * at once as ROLE_EV_RESULT. All times are microseconds of the common clock
 * (G10) unless a name says otherwise.
 */
#ifndef REDUND_ROLE_H
#define REDUND_ROLE_H

#include <linux/types.h>
#include "../include/uapi/linux/redund.h"
#include "regs.h"
#include "format.h"

/* ---- parameters (settings; changed by ROLE_EV_PARAMS) ---------------------- */
struct role_params {
	u32 interval_us;	/* heartbeat interval */
	u32 misses;		/* failover time-out = interval x misses */
	u32 peer_wait_us;	/* default 5 s: boot, peer present, not heard */
	u32 holdoff_loser_us;	/* free grant: election loser */
	u32 holdoff_unready_us;	/* syncing, unready, incompatible */
	u32 return_us;		/* T_return: redundancy disabled (boot bound + margin) */
	u32 handover_us;	/* deadline of an offer */
	u32 active_wait_us;	/* old owner: wait for the new owner's "active" */
	u32 config_us;		/* bound of the phase "configuration read" */
	u32 modules_us;		/* bound of modules-reset to ports-up */
	u32 timer_max_us;	/* the controller's longest timer: never-heard evidence */
	u32 fence_limit;	/* automatic fences for missed heartbeats ... */
	u64 fence_period_us;	/* ... in this period (default 3 in 60 min) */
	bool wdt_required;
	bool hold;		/* missed heartbeats: no fence while the link is alive */
	u32 plant;		/* ROLE_PLANT_*: planted mistakes, tests only; 0 */
};

/* Planted mistakes that tests have to find; 0 in a driver as it is built (plant.h). */
#define ROLE_PLANT_CLAIM_NO_FENCE	0x1	/* silence: claim, and believe it */
#define ROLE_PLANT_NO_RECHECK		0x2	/* a free grant is looked at once */
#define ROLE_PLANT_RELEASE		0x4	/* release in place of offer */
#define ROLE_PLANT_NO_EPOCH		0x8	/* a late owner does not look who owns */
#define ROLE_PLANT_TIE			0x10	/* equal records: the other one wins */

/* ---- the election (S-269..S-280, C-11, C-12), a pure function --------------- */
struct role_candidate {
	bool present, failed;	/* failed: selftest */
	bool ever_booted;	/* this serial in this chassis, before this boot */
	u8 last_role;		/* enum redund_last_role */
	u32 activation;		/* number at which it last took over, 0 never */
	u32 boot_count;		/* before this boot */
	bool readable;		/* its record could be read */
};

struct role_election {
	struct role_candidate mm[2];	/* slots 1, 2 */
	u8 operational;		/* slot already active (grant held), 0 none: rule 2 */
	u8 pending;		/* C-12: slot chosen, 0 none */
};

struct role_decision {
	u8 winner;		/* 0 none, 1, 2 */
	enum redund_rule rule;
	bool pending_used;	/* the pending choice decided: the owner clears it */
	bool pending_ignored;	/* chosen module failed or absent: logged (C-12) */
};

struct role_decision role_elect(const struct role_election *in);

/* ---- what the module sees --------------------------------------------------- */
struct role_peer {		/* the peer's latest good frame */
	bool valid;		/* a good frame since this start, of the peer's present start */
	u8 role;		/* enum redund_role */
	u8 offline_cause, selftest, redundancy;
	u32 not_ready, incarnation, epoch;
	u16 interval_ms, misses;
	u32 timer_ms;
	bool hears_us, incompatible;
	struct role_candidate record;	/* as it published it, for the election */
};

struct role_view {
	u8 owner;		/* 0, 1, 2 */
	u32 epoch;
	bool offer;		/* the owner offers */
	u8 offer_reason;	/* with offer, not the owner: enum redund_reason of the intent in
				 * chassis memory; 0 is taken as REDUND_REASON_SWITCHOVER
				 */
	bool may_take;		/* "peer may take" is set */
	bool peer_present, peer_powered, peer_in_reset, peer_out, peer_going_down, peer_stuck;
	bool peer_shut_down;	/* it completed its shutdown: OK to remove */
	bool self_out;
	u32 cause;		/* CAUSE_* newly latched (and acknowledged) since the last view */
	u8 peer_down_reason;	/* enum redund_down_reason, with CAUSE_PEER_GOING_DOWN */
	bool beat;		/* the peer's beat moved since the last view */
	u64 last_beat;		/* time of the last move, 0 never */
	bool late;		/* own worker late within the last interval x misses */
	u8 link;		/* enum redund_link_state */
	bool link_alive;	/* the peer was heard over the internal link just now */
	/* watchdog's user alive, or not armed (with wdt_required: armed and alive) */
	bool wdt_ok;
	u32 peer_rearms;	/* valid if rearms_valid: read when role->want_rearms */
	bool rearms_valid;
	struct role_peer peer;
};

/* ---- events ------------------------------------------------------------------ */
enum role_event_type {
	ROLE_EV_BOOT,		/* started, JOINed, selftest done, records read */
	ROLE_EV_VIEW,		/* a fresh view: each tick, interrupt, deadline */
	ROLE_EV_RESULT,		/* result of the grant command just carried out */
	ROLE_EV_PHASE,		/* phase .phase ended with .phase.result */
	ROLE_EV_SYNCED,		/* .on: initial sync complete (or no user), or mended; off: lost */
	ROLE_EV_SWITCHOVER,	/* command; .force */
	ROLE_EV_REDUNDANCY,	/* command; .on enables */
	ROLE_EV_SHUTDOWN,	/* MM Shutdown of this module */
	ROLE_EV_REBOOT,		/* command; .reboot */
	ROLE_EV_RELEASE,	/* the driver is being unloaded or unbound */
	ROLE_EV_DOWN,		/* panic-free path: reboot, halt; .down_reason */
	ROLE_EV_PARAMS,		/* settings changed; .params */
};

/* What whoever asks for a boot was told that it will do. */
enum role_expect {
	ROLE_EXPECT_ANY,
	ROLE_EXPECT_HANDOVER,
	ROLE_EXPECT_SYSTEM,
};

struct role_event {
	enum role_event_type type;
	/* valid with every event; with ROLE_EV_RESULT read after the command */
	struct role_view view;
	union {
		struct {
			bool selftest_ok, redundancy;
			u8 pending;
			struct role_candidate self, peer_record; /* chassis memory */
			u8 intent_from, intent_to;	/* handover intent found */
			u64 fence_at[8];	/* automatic fences in the chassis record, 0 none */
		} boot;
		struct { u8 cmd, result, owner; } result; /* redund_cmd, redund_result */
		struct { u8 phase, result; } phase;
		bool on, force;
		u8 down_reason;
		/* redund_reboot_kind, role_expect; own: this module alone, not the owner's */
		struct { u8 kind, expect; bool own; } reboot;
		struct role_params params;
	};
};

/* ---- actions, carried out in order ---------------------------------------------- */
enum role_action_type {
	ROLE_DO_CLAIM,		/* .epoch */
	ROLE_DO_FENCE,		/* .epoch, .arg = re-arm count, .flag = forced */
	ROLE_DO_RELEASE,	/* .epoch */
	ROLE_DO_OFFER,		/* .epoch, .arg = ms */
	ROLE_DO_WITHDRAW,	/* .epoch */
	ROLE_DO_TAKE,		/* .flag: "peer may take" */
	ROLE_DO_INTENT,		/* write the handover intent: .slot = to (0 clears it, if there
				 * is one), .flag = forced, .arg = enum redund_reason
				 */
	ROLE_DO_ROLE,		/* .arg = enum redund_role: publish (frame, LEDs, notification).
				 * With "syncing" an initial sync begins: core answers with
				 * ROLE_EV_SYNCED, at once when there is no user
				 */
	ROLE_DO_RECORD,		/* owner: one update: itself active, the peer not, activation + 1;
				 * .flag: clear the pending choice whatever it is (this boot's
				 * election consumed it), else if it names this slot (C-13)
				 */
	ROLE_DO_PHASE,		/* .arg = enum redund_phase to begin (fabric, config,
				 * modules-reset, ports-up); core answers with ROLE_EV_PHASE.
				 * Beginning the next one while one is unanswered records that
				 * as timed-out; "standby-ready" is recorded only
				 */
	ROLE_DO_HISTORY,	/* begin a record: .arg = enum redund_reason, .slot = new owner,
				 * .from, .flag: counts as a failover (C-14)
				 */
	ROLE_DO_VERDICT,	/* .arg = enum redund_verdict; .flag: of the handover asked for
				 * here (the command's answer), else of the running history record
				 */
	ROLE_DO_REFUSE,		/* answer of the command: .arg = enum redund_refusal, .reasons */
	ROLE_DO_ACCEPT,		/* answer of the command event */
	ROLE_DO_LOG,		/* .arg = event number (1..25, S-281..S-300), .slot */
	ROLE_DO_NOTE,		/* .arg = enum role_note: logged without an event number */
	ROLE_DO_REDUNDANCY,	/* .flag: owner stores the redundancy flag */
	ROLE_DO_RESTART,	/* start from the beginning: JOIN, selftest, records, ROLE_EV_BOOT;
				 * .arg = enum redund_reason; boot and reload: this Linux reboots
				 */
	ROLE_DO_GOING_DOWN,	/* .arg = enum redund_down_reason: then nothing more is written */
	ROLE_DO_SHUTDOWN,	/* going down, then Linux powers off and SHUTDOWN_DONE */
	ROLE_DO_DWN_FLASH,	/* .flag: Dwn LED flashes (S-141) */
	ROLE_DO_PEER_RESET,	/* owner: .arg = PEER_RESET_PULSE or _HOLD. A hold ends with
				 * this module's grant
				 */
	ROLE_DO_REBOOT,		/* this Linux reboots, with ROLE_EV_DOWN on its way. .arg = enum
				 * redund_reason; of the owner written to chassis memory before
				 */
};

enum role_note {
	ROLE_NOTE_MISS,			/* heartbeats missed, not yet acted on */
	ROLE_NOTE_STALE,		/* claim or fence answered STALE */
	ROLE_NOTE_PENDING_IGNORED,	/* C-12 */
	ROLE_NOTE_STALE_CONFIG,		/* C-37, S-067 */
	ROLE_NOTE_INCOMPATIBLE_CLAIM,	/* only healthy module is incompatible */
	ROLE_NOTE_FENCE_LIMIT,
	ROLE_NOTE_LOST_GRANT,
	ROLE_NOTE_RESET_STUCK,
	ROLE_NOTE_INTENT_RESOLVED,
	ROLE_NOTE_LATE,
	ROLE_NOTE_HELD,			/* silent, but the internal link is alive */
	ROLE_NOTE_PENDING_LATE,		/* C-12: the module chosen did not come up in time */
};

struct role_action {
	enum role_action_type type;
	u8 slot, from;
	bool flag;
	u32 arg, epoch, reasons;
};

#define ROLE_ACTIONS_MAX	24
struct role_actions {
	u32 n;
	struct role_action a[ROLE_ACTIONS_MAX];
};

/* ---- state ------------------------------------------------------------------------ */
struct role {
	struct role_params p;
	u8 slot;
	u8 role;			/* enum redund_role */
	u8 offline_cause;
	u32 not_ready;			/* own REDUND_NOT_READY_* */
	u32 peer_not_ready;		/* the peer's, as judged by this side (active) */
	bool redundancy, synced, heard, want_rearms, shut_down;
	u8 pending;
	struct role_decision decision;	/* of this boot, with its inputs: */
	struct role_election inputs;
	u32 epoch;			/* epoch at which the grant is (was) held, or last seen */
	u8 reason;			/* enum redund_reason of the taking over in progress */
	u8 phase;			/* enum redund_phase reached, while taking over */
	u8 handover;			/* enum role_handover */
	u8 shutdown_after;
	u8 reboot;			/* enum redund_reason: this module is to boot, 0 not */
	u8 given_step;			/* how far the wait for the new owner's "active" is */
	u64 peer_wait_end, free_since, claim_at, phase_end, handover_end;
	u64 rearms_since, missed_said;
	u32 last_rearms;
	u64 fence_at[8];		/* times of automatic fences */
	u64 silence_at;			/* the peer's next beat is late then, 0 not watched */
	u64 warn_at;			/* missed beats are noted then, 0 not watched */
	u64 lost_said, barred_said;	/* last_beat of the silence already logged */
	u64 again_at;			/* look again then (STALE), 0 none */
	u8 own_failed, loser, booted_said, restarting;
	u8 last_owner;			/* last owner but 0 seen since this start */
	u8 from;			/* owner before the grant was taken */
	u8 lost_reason;			/* enum redund_reason: why the peer's grant went */
	u8 hw_lost;			/* ... a hardware failure (C-37) */
	u8 failover;			/* the taking over is a switchover (C-14) */
	u8 phase_failed;		/* one of its phases failed: so does its verdict */
	u8 down_said, stuck_said;	/* the peer's end, its stuck reset are logged */
	u8 peer_role_seen, peer_said;	/* what this log knows of the peer's start */
	u8 intent_to;			/* handover intent found at boot */
	u8 blind;			/* of ROLE_PLANT_NO_EPOCH only */
	u32 peer_incarnation;
};

enum role_handover {
	ROLE_HANDOVER_NONE,
	ROLE_HANDOVER_OFFERED,		/* owner, waiting for the standby's claim */
	ROLE_HANDOVER_GIVEN,		/* lost it to the peer, waiting for its "active" */
	ROLE_HANDOVER_FORCED,		/* standby, an operator's fence on its way */
};

/* documented in role.c and role_owner.c */
void role_init(struct role *r, u8 slot, const struct role_params *p);
void role_step(struct role *r, const struct role_event *ev, u64 now, struct role_actions *out);
u64 role_next(const struct role *r);
u32 role_switchover_check(const struct role *r, const struct role_view *v, bool force,
			  u32 *reasons);
u32 role_shutdown_check(const struct role *r, const struct role_view *v, u32 *reasons);
u32 role_reboot_check(const struct role *r, const struct role_view *v, u8 kind, u32 *reasons,
		      bool *handover);
u32 role_reboot_own_check(const struct role *r);

#endif /* REDUND_ROLE_H */
