/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the role machine: what role.c (entry, boot, candidates), role_owner.c
 * (the owner of the grant), role_watch.c (what is seen of the peer) share.
 * Nothing else includes this.
 */
#ifndef REDUND_ROLE_PRIV_H
#define REDUND_ROLE_PRIV_H

#include "role.h"

#define ROLE_NEVER	(~0ULL)
#define AGAIN_US	50	/* a look that cannot wait for the tick */

/* event numbers, S-281..S-300 */
enum {
	EVENT_DOWN_NO_CRASH = 1,
	EVENT_DOWN = 2,
	EVENT_SELFTEST_FAILED = 4,
	EVENT_BOOTED = 5,
	EVENT_ACTIVE = 8,
	EVENT_STANDBY = 9,
	EVENT_OFFLINE_DISABLED = 11,
	EVENT_FAILED_SELFTEST = 12,
	EVENT_LOST_COMMUNICATION = 13,
	EVENT_RESETTING = 14,
	EVENT_FAILOVER = 16,
	EVENT_SWITCHOVER = 17,
	EVENT_INCOMPATIBLE = 18,
	EVENT_SHUTDOWN_IGNORED = 19,
	EVENT_SHUTDOWN = 20,
};

/**
 * struct step - one call of role_step()
 * @r: state
 * @v: what the module sees
 * @now: the common clock, microseconds
 * @out: actions
 */
struct step {
	struct role *r;
	const struct role_view *v;
	u64 now;
	struct role_actions *out;
};

static inline u8 peer_of(const struct role *r)
{
	return 3 - r->slot;
}

static inline bool owns(const struct role *r)
{
	return r->role == REDUND_ROLE_TAKING_OVER || r->role == REDUND_ROLE_ACTIVE;
}

static inline bool candidate(const struct role *r)
{
	return r->role == REDUND_ROLE_SYNCING || r->role == REDUND_ROLE_STANDBY ||
	       r->role == REDUND_ROLE_OFFLINE;
}

static inline u64 timeout_us(const struct role *r)
{
	return (u64)r->p.interval_us * r->p.misses;
}

/* is @now at or past @at; 0 is "no deadline" */
static inline bool due(u64 at, u64 now)
{
	return at && now >= at;
}

/* a deadline is never 0 */
static inline u64 after(u64 now, u64 us)
{
	return now + us ? now + us : 1;
}

/* role.c */
struct role_action *role_act(struct step *s, enum role_action_type type);
void role_act_arg(struct step *s, enum role_action_type type, u32 arg);
void role_act_flag(struct step *s, enum role_action_type type, bool flag);
void role_act_log(struct step *s, u32 number, u8 slot);
void role_act_refuse(struct step *s, u32 refusal, u32 reasons);
void role_set(struct step *s, u8 role, u8 cause);
void role_answer(struct step *s, u32 verdict);
void role_restart(struct step *s, u32 reason);
void role_go_down(struct step *s);
void role_claim(struct step *s, u8 reason);
void role_fence(struct step *s, u8 reason, bool forced);

/* role_watch.c: the peer as seen by this module */
bool role_peer_runs(const struct role_view *v);
bool role_peer_frame(const struct role_view *v);
bool role_active_frame(const struct role *r, const struct role_view *v);
bool role_active_incompatible(const struct role *r, const struct role_view *v);
bool role_peer_silent(const struct step *s, u64 us);
bool role_link_lost(const struct role_view *v);
bool role_fence_limited(const struct role *r, u64 now);
u32 role_own_not_ready(const struct step *s);
u32 role_judge_peer(const struct step *s);
void role_watch_peer(struct step *s);
u8 role_lost_reason(const struct role_view *v);

/* role_owner.c: the grant is held here, or was given away by an offer */
void role_take_over(struct step *s);
void role_view_owner(struct step *s);
void role_view_given(struct step *s);
void role_owner_result(struct step *s, u8 cmd, u8 result);
void role_owner_phase(struct step *s, u8 phase, u8 result);
void role_command_switchover(struct step *s, bool force);
void role_command_redundancy(struct step *s, bool on);
void role_command_shutdown(struct step *s);
void role_command_reboot(struct step *s, u8 kind, u8 expect);
void role_command_reboot_own(struct step *s, u8 kind, u8 expect);

#endif /* REDUND_ROLE_PRIV_H */
