/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user-space faces (genl.c, sysfs.c, debugfs.c, trace.h users) may ask of
 * an instance: snapshots out, requests in. The core knows no message format
 * and these files know no register.
 *
 * Requests return 0 or a negative errno and fill struct redund_answer, whose
 * text starts with the stable reason word ("peer-not-standby: The other ...").
 */
#ifndef REDUND_CORE_H
#define REDUND_CORE_H

#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/types.h>
#include "../include/uapi/linux/redund.h"
#include "role.h"

struct redund;
struct redund_step;
struct dentry;

struct redund_answer {
	u32 refusal;			/* enum redund_refusal */
	u32 not_ready;			/* REDUND_NOT_READY_* that stand against it */
	const char *text;		/* static, begins with the reason word */
	/* of a switchover that is refused with "syncing": what is copied, how long, about */
	char sync_text[64];
	u32 seconds_left;		/* 0 not known */
};

struct redund_chassis_info {
	char description[65], part[17], serial[33];
	u32 instance;
	u8 own_slot, own_role, owner;
	u32 epoch;
	bool redundancy, switchover_ready;
	u8 pending;			/* active-management choice */
	u32 failovers;
	u64 last_failover_s;		/* 0 never */
	u32 interval_ms, misses, interval_min_ms, interval_max_ms, misses_min, misses_max;
	u32 rule;			/* of this boot's election */
	struct role_election inputs;
	u32 fence_limit, fence_period_s, worker_window_ms, wdt_window_ms;
	u64 now_us;
	u32 change_seq;			/* last change number: dump + group lose nothing */
	u32 handover_verdict, handover_id;	/* last handover on this side */
	u32 beats_sent, beats_missed, accesses_per_beat, beat_ns;
	u64 waiting_for_us;		/* deadline of the bounded wait in progress, 0 none */
	char waiting_for[32];		/* "peer", "handover", "config", "" */
	bool locate;
	u8 heartbeat_loss;		/* enum redund_heartbeat_loss */
	char sync_busy[64];		/* what is being copied, "" nothing */
	u32 sync_seconds;		/* 0 not known */
	u32 history_length, history_max, standby_failures;
	u8 last_reason;			/* of the last failover: enum redund_reason */
	char last_requester[25];
	u64 last_clock_us;		/* common clock, detected; 0 never */
	u64 alone_us, alone_since_us;	/* without redundancy; since 0: there is */
};

struct redund_mm_info {
	u8 slot;
	bool present, powered, in_reset, out;
	u8 role, offline_cause, selftest, boot_image, phase;
	u32 not_ready, incarnation, boot_count, activation, refused_writes, rearms;
	char description[65], part[17], serial[33], sw_version[33], sw_stamp[49];
	u32 sw_build, interval_ms, misses, timer_ms;
	u64 last_heard_us;		/* common clock, 0 never; own: now */
	u8 link;			/* enum redund_link_state, as it sees the link */
	char sync_text[65];		/* what is not synchronized and why, "" nothing */
	u64 up_since_us, state_since_us;	/* common clock, 0 not known */
};

struct redund_fabric_info {
	u8 id;
	bool present, enabled;
	char description[65], part[17], serial[33];
};

struct redund_module_info {
	u8 index;			/* 0..11 = A..L */
	u8 state;			/* enum redund_module_state */
	char description[65], part[17], serial[33];
};

struct redund_history_info {
	u32 id;				/* counts up from 1 */
	u8 from, to, reason, verdict, rule;
	bool forced, failover;
	u32 epoch, activation;
	u64 wall_s, clock_us;
	u32 phase_us[REDUND_PHASE_MAX];
	u8 phase_result[REDUND_PHASE_MAX];
	char requester[25];
};

struct redund_event_info {
	u64 id;				/* gap-free */
	u64 wall_s;
	u64 clock_us;
	u32 number;			/* 5-digit log number, 0 none */
	u8 severity, slot;
	char subsystem[12];
	char text[160];
};

/* How the module of a slot went down, once. */
struct redund_down_info {
	u32 id;				/* number of the start that ended */
	u8 slot, role, why;		/* enum redund_role then, enum redund_down_why */
	bool warm, saved;		/* saved: it said so itself */
	u64 wall_s, clock_us;		/* not saved: its last sign of life */
	u32 boot_count;
	char origin[25], serial[33], sw_version[33], text[129];
};

#define REDUND_PIECE_MAX	3072

struct redund_crash_piece {
	u32 offset;			/* asked for */
	u32 total, len;			/* bytes of all, of data */
	bool compressed;		/* a kernel log in it is, and could not be unpacked */
	u8 data[REDUND_PIECE_MAX];
};

/* Instances: refcounted lookup (NULL: none). redund_put() after use. */
struct redund *redund_get(u32 instance);
struct redund *redund_get_only(u32 *count);	/* the only one, or NULL and *count */
struct redund *redund_get_next(u32 *instance);	/* dump iteration: first >= *instance */
void redund_put(struct redund *rd);
u32 redund_instance(const struct redund *rd);
unsigned int redund_slot(const struct redund *rd);
struct device *redund_device(struct redund *rd);

/* Snapshots; any context that may take a spinlock. -ENOENT: no such object. */
void redund_chassis_info(struct redund *rd, struct redund_chassis_info *out);
int redund_mm_info(struct redund *rd, unsigned int slot, struct redund_mm_info *out);
int redund_fabric_info(struct redund *rd, unsigned int id, struct redund_fabric_info *out);
int redund_module_info(struct redund *rd, unsigned int index, struct redund_module_info *out);
/* the first record with an id >= id */
int redund_history_info(struct redund *rd, u32 id, struct redund_history_info *out);
int redund_event_info(struct redund *rd, u64 id, struct redund_event_info *out);
/* the first step of the trace with an id >= id */
int redund_step_info(struct redund *rd, u64 id, struct redund_step *out);

/* The crash areas of both slots, in pieces; process context, may sleep. */
int redund_down_info(struct redund *rd, unsigned int slot, u32 id, struct redund_down_info *out);
int redund_slot_event_info(struct redund *rd, unsigned int slot, u64 id,
			   struct redund_event_info *out);
int redund_slot_event_newest(struct redund *rd, unsigned int slot, u64 *id);
int redund_crash_piece(struct redund *rd, unsigned int slot, u32 kind,
		       struct redund_crash_piece *p);

/* Requests; process context, may sleep (configuration mutex). */
int redund_set_redundancy(struct redund *rd, bool on, const char *requester,
			  struct redund_answer *r);
int redund_set_heartbeat(struct redund *rd, u32 interval_ms, u32 misses, const char *requester,
			 struct redund_answer *r);
int redund_set_heartbeat_loss(struct redund *rd, u32 loss, const char *requester,
			      struct redund_answer *r);
int redund_set_history_length(struct redund *rd, u32 length, const char *requester,
			      struct redund_answer *r);
/* C-12; 0 clears */
int redund_set_active(struct redund *rd, u8 slot, const char *requester, struct redund_answer *r);
int redund_set_fabric(struct redund *rd, unsigned int id, bool on, const char *requester,
		      struct redund_answer *r);
/* starts a handover and returns; *id names it in change notifications and history */
int redund_switchover(struct redund *rd, bool force, const char *requester, u32 *id,
		      struct redund_answer *r);
/* what redund_switchover() would answer; changes nothing */
int redund_switchover_check(struct redund *rd, bool force, struct redund_answer *r);
struct redund_boot_request {
	u32 kind;			/* enum redund_reboot_kind */
	/* enum redund_boot_image, 0 default; but with boot-system this module alone boots it */
	u32 image;
	u8 expect;			/* enum role_expect: what the operator was told */
	const char *origin;		/* from where, "CONSOLE session", or "" */
	const char *requester;
};

struct redund_boot_outcome {
	bool handover, peer_present;
};

/* boots; *id names the handover, 0: there is none */
int redund_reboot(struct redund *rd, const struct redund_boot_request *q, u32 *id,
		  struct redund_answer *r);
int redund_reboot_check(struct redund *rd, u32 kind, struct redund_boot_outcome *o,
			struct redund_answer *r);
int redund_set_locate(struct redund *rd, bool on, const char *requester, struct redund_answer *r);
/* a line for the event log: number, severity, slot, subsystem and text of @ev */
int redund_event_add(struct redund *rd, const struct redund_event_info *ev,
		     struct redund_answer *r);
/* users of the phases: @key identifies the owner (netlink portid) */
int redund_user_register(struct redund *rd, u32 key, bool config, bool sync,
			 struct redund_answer *r);
void redund_user_release(struct redund *rd, u32 key);
int redund_phase_ack(struct redund *rd, u32 key, u32 phase, bool ok, struct redund_answer *r);
/* texts: printable, at most 63 characters */
int redund_sync_ack(struct redund *rd, u32 key, bool synced, const char *text,
		    struct redund_answer *r);
int redund_sync_busy(struct redund *rd, u32 key, bool busy, u32 seconds, const char *text,
		     struct redund_answer *r);
int redund_link_report(struct redund *rd, u32 key, u32 state, struct redund_answer *r);
#define REDUND_PAIRING_KEY	32
int redund_pairing_key(struct redund *rd, u8 *key, struct redund_answer *r);

/* Changes: one gap-free number an instance, in order, from a worker. */
struct redund_change {
	struct redund *rd;
	u32 seq;
	u32 object;			/* enum redund_object */
	u64 id;				/* slot, fabric, module index, history or event id */
};

int redund_register_change_notifier(struct notifier_block *nb);	/* data: struct redund_change */
void redund_unregister_change_notifier(struct notifier_block *nb);

/* Faces that core.c brings up and down (each in its own file). */
int redund_genl_init(void);
void redund_genl_exit(void);
extern struct class redund_class;	/* sysfs.c; drvdata of its devices: struct redund */
int redund_sysfs_init(void);		/* the class */
void redund_sysfs_exit(void);
extern const struct attribute_group *redund_groups[];	/* of the instance's device */
void redund_debugfs_init(void);
void redund_debugfs_exit(void);
void redund_debugfs_add(struct redund *rd);
void redund_debugfs_remove(struct redund *rd);
void redund_debugfs_trace(struct redund *rd, struct dentry *dir);	/* debugfs_trace.c */

/* For debugfs: raw registers through core, and fault injection. */
u32 redund_raw_read(struct redund *rd, u32 off);
u64 redund_raw_read64(struct redund *rd, u32 off);
void redund_raw_write(struct redund *rd, u32 off, u32 value);
int redund_soft_hang(struct redund *rd, u32 ms);	/* interrupts on, nothing scheduled */
int redund_stop_beats(struct redund *rd, bool stop);

#endif /* REDUND_CORE_H */
