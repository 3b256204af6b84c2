/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer's world: the chassis model, and two modules that run the role
 * machine on it. Plain data, copied for every state; one tick is a heartbeat
 * interval, and all other times are scaled so that their order is kept.
 */
#ifndef EXPLORER_WORLD_H
#define EXPLORER_WORLD_H

#include <linux/types.h>
#include "../../kernel/chassis/chassis.h"
#include "../../kernel/role.h"

#define TICK_US	  1000
#define QUEUE	  16
#define BOUND_ANY 40 /* ticks: a start, peer wait, hold-off, everything once */

/* What a module publishes; the model looks at .role only (its place counts). */
struct xframe {
	u32 incarnation, epoch, not_ready;
	u8 valid, selftest, redundancy, cause, hears, last_role, rsvd[7];
	u8 role;
	u8 pad[2];
};

enum mod_state {
	MOD_OFF,  /* no power, or in reset */
	MOD_BOOT, /* .boot_left ticks to JOIN */
	MOD_RUN,
	MOD_DYING,   /* went down, not yet reset */
	MOD_HALTING, /* shut down: SHUTDOWN_DONE is next */
	MOD_HALTED,
	MOD_UNLOADED, /* runs without the driver */
};

/* one management module's software */
struct mod {
	struct role r;
	struct role_action q[QUEUE];	   /* decided, not yet carried out */
	struct role_peer peer;		   /* the peer's latest good frame */
	struct role_candidate self, other; /* chassis memory at boot */
	struct xframe shown;		   /* published last */
	u64 last_beat, late_until;
	u32 epoch; /* as last looked at */
	u8 qn, state, hung, due, irq, soft, boot_left;
	u8 seen_beat;
	u16 seen_seq;
	u8 res_cmd, res, phase, synced;	       /* events to come */
	u8 saw_peer_own;		       /* since this boot */
	u8 logged_active, logged_switch, from; /* of the present taking over */
	u8 asked;			       /* a handover's answer is owed */
	u8 leaving;			       /* ticks to its reboot, 1 now, 0 none */
	u8 unsynced; /* its files were equal, or should be; mended later */
};

/* the chassis record; written by accepted commits of the owner only */
struct record {
	u8 redundancy, pending, last_role[2], intent_to, intent_reason, hold;
};

struct world {
	u64 now;
	struct chassis c;
	struct mod m[2];
	struct xframe out[2], in[2], cut[2];
	struct record nv;
	u8 faults, commands; /* budgets left */
	u8 unloading;	     /* somebody unloads, and may release */
	u8 incompatible;     /* the two run software of different trains */
};

/* clang-format off */
enum choice {
	DO_STEP_1, DO_STEP_2, DO_TICK,
	DO_KILL_1, DO_KILL_2, DO_HANG_1, DO_HANG_2, DO_PANIC_1, DO_PANIC_2,
	DO_RESET_1, DO_RESET_2, DO_REMOVE_1, DO_REMOVE_2, DO_BOUNCE_1, DO_BOUNCE_2,
	DO_CUT_BEAT_1, DO_CUT_BEAT_2, DO_CUT_BELL_1, DO_CUT_BELL_2,
	DO_STUCK_1, DO_STUCK_2, DO_TIMER_DEAD_1, DO_TIMER_DEAD_2,
	DO_SELFTEST_1, DO_SELFTEST_2, DO_CUT_LINK_1, DO_CUT_LINK_2,
	DO_UNSYNC_1, DO_UNSYNC_2, DO_SYNC_FAIL_1, DO_SYNC_FAIL_2,
	DO_PHASE_FAIL_1, DO_PHASE_FAIL_2, DO_PHASE_LATE_1, DO_PHASE_LATE_2,
	DO_FIRST_MEND,
	DO_RESUME_1 = DO_FIRST_MEND, DO_RESUME_2, DO_POWER_1, DO_POWER_2,
	DO_RESYNC_1, DO_RESYNC_2,
	DO_FIRST_COMMAND,
	DO_SWITCH_1 = DO_FIRST_COMMAND, DO_SWITCH_2, DO_FORCE_1, DO_FORCE_2,
	DO_DISABLE_1, DO_DISABLE_2, DO_ENABLE_1, DO_ENABLE_2,
	DO_SHUTDOWN_1, DO_SHUTDOWN_2,
	DO_BOOT_1, DO_BOOT_2, DO_BOOT_STANDBY_1, DO_BOOT_STANDBY_2,
	DO_BOOT_SYSTEM_1, DO_BOOT_SYSTEM_2,
	DO_REBOOT_1, DO_REBOOT_2,
	DO_UNLOAD_1, DO_UNLOAD_2,
	DO_BOOT_OWN_1, DO_BOOT_OWN_2, DO_CHOOSE_1, DO_CHOOSE_2, DO_HOLD_1, DO_HOLD_2,
	DO_COUNT
};

/* clang-format on */

/* How a run is set up. */
struct setup {
	const char *name;
	u8 present; /* bit slot - 1 */
	u8 boot[2]; /* ticks until the software is up */
	u8 redundancy, pending;
	u8 faulty; /* bit slot - 1: fails selftest */
	u8 hold, incompatible;
	u8 fences; /* limit of automatic ones, 0: more than happen */
	u8 equal;  /* records: neither was active last */
};

extern u32 plant_chassis, plant_role; /* planted mistakes */
extern bool trace_on;		      /* tell every event on standard output */
extern const char *violation;	      /* the first one found, NULL none */
extern const char *const choice_name[DO_COUNT];

void world_start(struct world *w, const struct setup *s);
bool world_can(const struct world *w, enum choice c);
void world_do(struct world *w, enum choice c);
enum choice world_fair(const struct world *w);
u64 world_hash(const struct world *w);
void world_tell(const struct world *w);
void world_self_reset(struct world *w, int slot);
bool world_late_fence(const struct world *w, int slot, bool fence);
u32 world_quiet_bound(const struct world *w);

/* module.c: one software step; what the world calls */
struct mod *mod_of(struct world *w, int slot);
void module_reset(struct world *w, int slot, bool asserted);
bool module_busy(const struct world *w, int slot);
bool module_can(const struct world *w, int slot);
void module_step(struct world *w, int slot);
bool module_event(struct world *w, int slot, struct role_event *ev);
void module_choose(struct world *w, int slot, int chosen);
void module_panic(struct world *w, int slot);
u32 reg_read(struct world *w, int slot, u32 off);
u64 reg_read64(struct world *w, int slot, u32 off);
void reg_write(struct world *w, int slot, u32 off, u32 value);
extern bool nv_accepted; /* the commit just written counted */

/* transitions.c: which steps of the role machine were taken */
void transition_role(u8 from, u8 to, u8 event);
void transition_rest(const struct role *before, const struct role *now, u8 event);
void refusal_seen(u32 refusal);
void note_seen(u32 note);
u32 transitions_tell(void);

/* check.c: what must hold */
void violated(const char *what);
void check_trace(struct world *w, const struct chassis_event *ev);
void check_before_write(const struct world *w, int slot, u32 off, u32 value);
void check_after_write(const struct world *w, int slot, u32 off);
void check_state(const struct world *w);
void check_quiet(const struct world *w);

#endif /* EXPLORER_WORLD_H */
