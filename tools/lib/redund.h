/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libredund: the netlink family "redund" for C programs. Owns the connection,
 * the decoding of messages into the structures below, the requests with the
 * kernel's refusal text, and the stream of changes with its gap detection.
 * Words and numbers are those of Documentation/netlink/specs/redund.yaml.
 *
 * Every function that can fail returns 0 (or a count) or a negative errno; the
 * cause is then a stable word in rd_reason() and a sentence in rd_text(). A
 * connection belongs to one thread. Times named _us are of the common clock of
 * the chassis, times named _s are seconds since 1970.
 */
#ifndef REDUND_LIB_H
#define REDUND_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/redund.h>

/* ---- names --------------------------------------------------------------- */

/* The enums of the specification; the words are the specification's. */
enum rd_enum {
	RD_ROLE, /* enum redund_role */
	RD_OFFLINE_CAUSE,
	RD_NOT_READY, /* by bit number, not by mask */
	RD_REASON,
	RD_VERDICT,
	RD_RULE,
	RD_PHASE,
	RD_PHASE_RESULT,
	RD_REFUSAL,
	RD_SEVERITY,
	RD_MODULE_STATE,
	RD_OBJECT,
	RD_SELFTEST,
	RD_PAST_ROLE,
	RD_BOOT_IMAGE,
	RD_REBOOT_KIND,
	RD_DOWN_WHY,
	RD_CRASH_KIND,
	RD_LINK_STATE,
	RD_HEARTBEAT_LOSS,
	RD_ENUMS
};

/* the word of a value, "unknown" beyond the enum */
const char *rd_name(enum rd_enum which, unsigned int value);
/* the value of a word, -1: no such word */
int rd_value(enum rd_enum which, const char *word);
/* number of words, for help and completion */
unsigned int rd_count(enum rd_enum which);
/* the specification's sentence about a not-ready bit number */
const char *rd_not_ready_doc(unsigned int bit);

/* ---- objects --------------------------------------------------------------- */

#define RD_SLOTS   2
#define RD_FABRICS 2
#define RD_MODULES 12 /* A..L */
#define RD_PHASES  8

struct rd_candidate { /* a module's record as the election saw it */
	bool present, failed, readable, ever_booted;
	uint32_t past_role; /* enum redund_past_role */
	uint32_t activation, boot_count;
};

struct rd_chassis {
	uint32_t instance, change_seq;
	char description[65], part[17], serial[33];
	uint32_t own_slot, own_role, owner, epoch;
	bool redundancy, switchover_ready;
	uint32_t choice; /* redundancy active-management, 0 none */
	uint32_t failovers;
	uint64_t last_failover_s; /* 0 never */
	uint32_t interval_ms, misses;
	uint32_t interval_min_ms, interval_max_ms, misses_min, misses_max;
	uint32_t rule; /* enum redund_rule */
	struct rd_candidate candidate[RD_SLOTS];
	uint32_t election_owner, election_choice;
	uint32_t fence_limit, fence_period_s, worker_window_ms, wdt_window_ms;
	uint64_t clock_us;
	uint32_t handover_id, handover_verdict;
	uint32_t beats_sent, beats_missed, accesses_per_beat;
	char waiting_for[32]; /* "" none */
	uint64_t waiting_until_us;
	bool locate; /* the locate LED is lit */
	uint32_t history_length, history_max;
	uint32_t last_reason;	 /* of the last failover: enum redund_reason */
	uint64_t last_clock_us;	 /* when its cause was detected, 0 never */
	char last_requester[25]; /* "" nobody asked */
	uint32_t standby_failures;
	uint64_t alone_us, alone_since_us; /* without redundancy; since: 0 there is */
	uint32_t heartbeat_loss;	   /* enum redund_heartbeat_loss */
	char sync_busy[64];		   /* what is being copied now, "" nothing */
	uint32_t sync_seconds;		   /* until it is copied, about; 0 not known */
};

struct rd_mm {
	uint32_t instance, change_seq;
	uint32_t slot;
	bool present, powered, in_reset, out;
	uint32_t role, offline_cause, selftest, boot_image, phase;
	uint32_t not_ready; /* REDUND_NOT_READY_* */
	uint32_t incarnation, boot_count, activation, refused_writes, rearms;
	char description[65], part[17], serial[33];
	char sw_version[33], sw_stamp[49];
	uint32_t sw_build, interval_ms, misses, timer_ms;
	uint64_t last_heard_us;		      /* 0 never */
	uint64_t up_since_us, state_since_us; /* 0 not known */
	char sync_text[64]; /* "primary: disk full": what is not synchronized, "" nothing */
	uint32_t link;	    /* enum redund_link_state, as this module sees the link */
};

struct rd_fabric {
	uint32_t instance, change_seq;
	uint32_t id;
	bool present, enabled;
	char description[65], part[17], serial[33];
};

struct rd_module {
	uint32_t instance, change_seq;
	uint32_t index; /* 0..11 = A..L */
	uint32_t state; /* enum redund_module_state */
	char description[65], part[17], serial[33];
};

struct rd_phase {
	uint32_t phase, us, result;
};

struct rd_history {
	uint32_t instance, change_seq;
	uint32_t id, from, to, reason, verdict, rule;
	bool forced, failover;
	uint32_t epoch, activation;
	uint64_t time_s, clock_us;
	unsigned int phases;
	struct rd_phase phase[RD_PHASES];
	char requester[25];
};

struct rd_event {
	uint32_t instance, change_seq;
	uint64_t id, time_s, clock_us;
	uint32_t number; /* five-digit log number, 0 none */
	uint32_t severity, slot;
	char subsystem[16];
	char text[200];
};

struct rd_down { /* how a management module went down */
	uint32_t instance, change_seq;
	uint32_t id, slot, role; /* enum redund_role then */
	uint32_t why;		 /* enum redund_down_why */
	bool warm;		 /* it starts without its selftest */
	bool saved;		 /* it said so itself; no: its next start did, whose time it is */
	uint64_t time_s, clock_us;
	uint32_t boot_count; /* the start that ended */
	char serial[33], sw_version[33];
	char origin[25]; /* "CONSOLE session", "" nobody told it to */
	char text[129];	 /* a sentence, or what the kernel said when it panicked */
};

struct rd_change {
	uint32_t instance, seq;
	uint32_t object; /* enum redund_object */
	uint64_t id;	 /* slot, fabric, index, history or event id */
	bool lost;	 /* messages were lost before this one: dump again */
	bool filled;	 /* the object follows; no: it is gone, or this tells of a loss */
	union {
		struct rd_chassis chassis;
		struct rd_mm mm;
		struct rd_fabric fabric;
		struct rd_module module;
		struct rd_history history;
		struct rd_event event;
	};
};

/* ---- connection ------------------------------------------------------------- */

struct rd;

#define RD_ANY (-1) /* instance: the only one */

/* -ENOENT "no-driver": the family is not there. *@rd is valid (for rd_text())
 * unless -ENOMEM, and rd_close() takes it in any case.
 */
int rd_open(struct rd **rd);
void rd_close(struct rd *rd);

/* Cause of the last failure on this connection: a word of enum refusal or
 * no-driver, no-instance, several-instances, no-object, no-memory, not-registered,
 * permission, interrupted, error. Documented in Documentation/redund/netlink.rst.
 */
const char *rd_reason(const struct rd *rd);
const char *rd_text(const struct rd *rd);

/* ---- get ------------------------------------------------------------------------ */

/* Dumps return a count and an array to free(), sorted as the kernel sent it.
 * A dump that was changed under way is repeated; -EINTR "interrupted" only
 * when that happens again and again.
 */
int rd_dump_chassis(struct rd *rd, struct rd_chassis **out); /* every instance */
int rd_dump_mm(struct rd *rd, int instance, struct rd_mm **out);
int rd_dump_fabric(struct rd *rd, int instance, struct rd_fabric **out);
int rd_dump_module(struct rd *rd, int instance, struct rd_module **out);
int rd_dump_history(struct rd *rd, int instance, uint32_t from, struct rd_history **out);
int rd_dump_event(struct rd *rd, int instance, uint64_t from, struct rd_event **out);
/* The last 128 lines of the log that the module in @slot left in its crash area,
 * numbered over its starts; also there when the module is not.
 */
int rd_dump_event_of(struct rd *rd, int instance, unsigned int slot, uint64_t from,
		     struct rd_event **out);
/* Oldest first. @slot: 0 both */
int rd_dump_down(struct rd *rd, int instance, unsigned int slot, uint32_t from,
		 struct rd_down **out);
/* What the module in @slot kept when it crashed: *@out is to be free()d and ends
 * with a zero byte behind its length, which is returned; 0 nothing is kept.
 * @compressed: one of its logs is and could not be unpacked; may be NULL.
 * Needs CAP_NET_ADMIN.
 */
int rd_crash_read(struct rd *rd, int instance, unsigned int slot, enum redund_crash_kind kind,
		  char **out, bool *compressed);

/* -ENOENT "no-object" */
int rd_get_chassis(struct rd *rd, int instance, struct rd_chassis *out);
int rd_get_mm(struct rd *rd, int instance, unsigned int slot, struct rd_mm *out);
int rd_get_fabric(struct rd *rd, int instance, unsigned int id, struct rd_fabric *out);
int rd_get_module(struct rd *rd, int instance, unsigned int index, struct rd_module *out);
int rd_get_history(struct rd *rd, int instance, uint32_t id, struct rd_history *out);
int rd_get_event(struct rd *rd, int instance, uint64_t id, struct rd_event *out);

/* ---- requests (CAP_NET_ADMIN, but the check) --------------------------------------- */

/* @requester: at most 24 printable characters, NULL: the kernel names the process */
int rd_set_redundancy(struct rd *rd, int instance, bool on, const char *requester);
/* 0 leaves a value as it is */
int rd_set_heartbeat(struct rd *rd, int instance, uint32_t interval_ms, uint32_t misses,
		     const char *requester);
/* what a standby does when heartbeats are missed and the internal link is alive */
int rd_set_heartbeat_loss(struct rd *rd, int instance, enum redund_heartbeat_loss loss,
			  const char *requester);
int rd_set_history_length(struct rd *rd, int instance, uint32_t length, const char *requester);
/* @slot: 0 clears the choice */
int rd_set_active(struct rd *rd, int instance, unsigned int slot, const char *requester);
int rd_set_fabric(struct rd *rd, int instance, unsigned int id, bool on, const char *requester);
/* begins a handover; *@id: struct rd_chassis.handover_id of the change that ends it */
int rd_switchover(struct rd *rd, int instance, bool force, const char *requester, uint32_t *id);

/* Appends a line to the event log. @number: five digits, 0 none; @severity: enum
 * redund_severity; @slot: module it is about, 0 none; @subsystem: at most 11
 * printable characters without blanks, @text: at most 159 printable ones.
 */
int rd_event_add(struct rd *rd, int instance, unsigned int number, unsigned int severity,
		 unsigned int slot, const char *subsystem, const char *text);

struct rd_check {
	bool accepted;
	uint32_t refusal;   /* enum redund_refusal */
	uint32_t not_ready; /* of the other module */
	char text[200];	    /* with its word in front, "" when accepted */
	/* refusal "syncing": what is being copied and how long, about; "" and 0 not known */
	char sync_text[64];
	uint32_t seconds_left;
};

int rd_switchover_check(struct rd *rd, int instance, bool force, struct rd_check *out);

struct rd_boot {
	uint32_t kind; /* enum redund_reboot_kind */
	/* enum redund_boot_image, 0 default. With boot-system both modules boot it once. With boot
	 * or reload only where this module does not hold the grant (else -EINVAL): it alone boots
	 * it once, warm or not; no handover (S-156).
	 */
	uint32_t image;
	int expect;	    /* what the operator was told, -EAGAIN "stale" if it is not so: */
	const char *origin; /* "CONSOLE session", or NULL */
};

enum { RD_EXPECT_ANY, RD_EXPECT_SWITCHOVER, RD_EXPECT_SYSTEM };

/* boots; *@id: as for rd_switchover(), 0: no handover, the boot follows */
int rd_reboot(struct rd *rd, int instance, const struct rd_boot *boot, const char *requester,
	      uint32_t *id);

struct rd_boot_check {
	struct rd_check check; /* not_ready stands against a switchover */
	bool would_switch_over, peer_present;
};

int rd_reboot_check(struct rd *rd, int instance, uint32_t kind, struct rd_boot_check *out);
/* the locate LED; -EOPNOTSUPP "unsupported": the board has none */
int rd_set_locate(struct rd *rd, int instance, bool on, const char *requester);

/* This connection acknowledges and reports; it ends with rd_close(). */
int rd_register_user(struct rd *rd, int instance, bool config, bool sync);
int rd_phase_ack(struct rd *rd, int instance, uint32_t phase, bool ok);
/* Is this module synchronized? @text: item and cause when it is not ("primary: disk full"),
 * at most 63 printable characters, or NULL. Ends "syncing"; after that the role stays and
 * not-ready has "sync-failed", also when this connection ends, until one says that it is.
 */
int rd_sync_ack(struct rd *rd, int instance, bool synced, const char *text);
/* The internal link, the second heartbeat path. Not ready with "link-lost" unless it is
 * alive; none: this connection does not watch it any more. For heartbeat-loss hold an "alive"
 * counts for RD_LINK_FRESH_MS: repeat it. Repeating costs no notification.
 */
#define RD_LINK_FRESH_MS 3000
int rd_link_report(struct rd *rd, int instance, enum redund_link_state state);
/* Files are being copied: a switchover is refused with "syncing" and MM Shutdown waits, bounded.
 * @seconds_left: 0 not known; @text: what ("primary image"), or NULL.
 */
int rd_sync_busy(struct rd *rd, int instance, bool busy, uint32_t seconds_left, const char *text);
/* The key that both modules of this chassis know (CAP_NET_ADMIN). -ENOKEY "no-key": the first
 * active has not made it yet.
 */
#define RD_PAIRING_KEY 32
int rd_pairing(struct rd *rd, int instance, uint8_t key[RD_PAIRING_KEY]);

/* ---- changes -------------------------------------------------------------------------- */

/* Subscribes on a socket of its own. To miss nothing: subscribe, dump, tell
 * rd_synced() the dump's (lowest) change_seq, then read changes; those that the
 * dump holds already are skipped, a hole in the numbers sets ->lost once.
 */
int rd_subscribe(struct rd *rd);
void rd_synced(struct rd *rd, uint32_t instance, uint32_t change_seq);
/* to poll() for reading */
int rd_monitor_fd(const struct rd *rd);
/* 1 a change, 0 none within @timeout_ms (-1: for ever, -EINTR on a signal),
 * -ENOENT "no-driver" when the driver is unloaded
 */
int rd_next_change(struct rd *rd, int timeout_ms, struct rd_change *out);

#endif /* REDUND_LIB_H */
