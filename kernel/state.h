/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to redund.ko: the parts of an instance, each owned by the file that
 * its comment or the line in struct redund names. redund.h puts them together.
 */
#ifndef REDUND_STATE_H
#define REDUND_STATE_H

#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/spinlock.h>
#include <linux/watchdog.h>
#include "core.h"
#include "format.h"
#include "regs.h"
#include "role.h"

#define RD_PENDING	8	/* events queued by actions, see core_event.c */
#define RD_CHANGES	1024	/* changes waiting for the worker, power of two */
#define RD_EVENTS	1024	/* of the event log, power of two */
#define RD_USERS	8
#define RD_INTERVAL_MIN	5	/* ms */
#define RD_INTERVAL_MAX	1000
#define RD_MISSES_MIN	2
#define RD_MISSES_MAX	20

/**
 * struct rd_evlog - the event log: a ring with gap-free numbers
 * @lock: guards the rest; innermost
 * @next: number of the next event, from 1
 * @printed: last event that went to the kernel's own log
 * @ring: RD_EVENTS entries
 */
struct rd_evlog {
	raw_spinlock_t lock;
	u64 next, printed;
	struct redund_event_info *ring;
};

/**
 * struct rd_beat - heartbeat both ways; all under redund.lock
 * @tick: each interval: beat, read the status, look
 * @deadline: role_next(): the machine wants to look earlier than the next tick
 * @running: @tick runs
 * @stopped: debugfs stopped the beats
 * @interval_us: in use
 * @misses: in use
 * @last_tick: common clock
 * @last_us: common clock at which the peer's beat moved last, 0 never
 * @last: the peer's beat, low 8 bits
 * @seen_seq: low 8 bits of the publication read last, or -1: none
 * @bad: bad reads of the publication @seen_seq would become
 * @bad_said: the last one was bad to the end, which is logged
 * @bad_us: common clock of the last reading
 * @silent: misses counted in the present silence
 * @sent: beats written
 * @missed: beats of the peer missed, over all
 * @words: 32-bit words that the last tick accessed
 * @ns: nanoseconds that the last tick took
 * @out: what is published now
 * @in: the peer's last good frame
 * @in_valid: @in is of the peer's present start
 * @generation: the owner's, as seen last, 0 none
 * @buf: for copies from the window (UML wants memory of kmalloc)
 */
struct rd_beat {
	struct hrtimer tick, deadline;
	bool running, stopped;
	u32 interval_us, misses;
	u64 last_tick, last_us;
	u8 last;
	int seen_seq, bad;
	bool bad_said;
	u64 bad_us;
	u32 silent, sent, missed, words, ns;
	struct redund_frame out, in;
	bool in_valid;
	u8 generation;
	u8 buf[WIN_FRAME_SIZE];
};

/**
 * struct rd_failover - the millisecond deadline; under redund.lock but @worker
 * @worker: runs @stamp at ordinary priority
 * @stamp: proves that the scheduler runs
 * @hang: fault injection: holds the worker and its CPU for @hang_ms
 * @hang_ms: milliseconds
 * @hang_by: who waits for its end; a signal to it is one
 * @lease: behind the controller's timer, see failover.c
 * @stamp_us: local clock when @stamp ran last
 * @queued_us: local clock when it was queued
 * @late_until: common clock until which this side counts as late
 * @lease_end: local clock at which the last re-arm runs out
 * @stale: beats are withheld
 * @expired: @lease ran out and no beat came since
 */
struct rd_failover {
	struct kthread_worker *worker;
	struct kthread_work stamp, hang;
	u32 hang_ms;
	struct task_struct *hang_by;
	struct hrtimer lease;
	u64 stamp_us, queued_us, late_until, lease_end;
	bool stale, expired;
};

/**
 * struct rd_wdt - verdict of the watchdog's user; under redund.lock but @dev
 * @dev: as the watchdog core knows it
 * @info: what it tells its users
 * @registered: @dev is
 * @armed: a user started it
 * @starved: beats are withheld
 * @fed_us: local clock of the last ping
 * @timeout_us: its freshness window
 */
struct rd_wdt {
	struct watchdog_device dev;
	struct watchdog_info info;
	bool registered, armed, starved;
	u64 fed_us, timeout_us;
};

/**
 * struct rd_nv - chassis memory as this side knows it; under redund.lock
 * @head: chassis record
 * @history: its last role changes, record n at (n - 1) % REDUND_HISTORY_MAX
 * @module: own module record of the previous boots
 * @written: own module record of this boot was written
 * @loaded: the record was read since this side owns the grant
 * @readable: the chassis record is, or there is none yet
 * @warned: about a damaged record
 * @stale: the owner changed something since this side read it
 * @generation: counts the changes made by this side, never 0 after the first
 * @intent_failed: the last handover intent could not be written
 * @intent_reason: of the last one, enum redund_reason
 * @intent_forced: likewise
 * @requester: of the handover by which this side got the grant, or ""
 * @raw: as in the window, for copies (UML wants memory of kmalloc)
 * @read_us: common clock at which @head was read last
 * @history_us: likewise @history, 0 never
 * @last_down: how this module ended last, enum redund_down_reason
 * @booted: it had booted in this chassis before
 * @key: random numbers of this start, for a chassis without a pairing key
 * @has_key: @key is filled
 */
struct rd_nv {
	struct redund_chassis_record head;
	struct redund_history_record history[REDUND_HISTORY_MAX];
	struct redund_module_record module;
	bool written, loaded, readable, warned, intent_failed, intent_forced, stale;
	u8 intent_reason;
	u8 generation;
	char requester[24];
	u64 read_us, history_us;
	u8 last_down;
	bool booted, has_key;
	u8 key[sizeof_field(struct redund_chassis_record, pairing_key)];
	u8 raw[WIN_NV_MODULE_SIZE];
};

/**
 * struct rd_crash - what this start leaves in the crash area; under redund.lock
 * @known: the area was read: @last and @event_base are valid
 * @event_base: line n of this start's log has the number @event_base + n there
 * @mirrored: the last line of the log that is in the area
 * @last: the newest record of the starts before
 * @alive_s: seconds since 1970 of the newest line that they logged, 0 none
 * @alive_us: its common clock
 * @rec: this start's; its number is 0 until it is begun
 * @intent: why, role, flags, origin and text of the coming end; why 0: none
 * @panic: for the panic, which takes no lock
 * @event: a line as in the area (UML wants memory of kmalloc)
 * @panic_event: likewise for the panic
 */
struct rd_crash {
	bool known;
	u32 event_base;
	u64 mirrored, alive_s, alive_us;
	struct redund_down_record last, rec, intent, panic;
	struct redund_event_record event, panic_event;
};

/* struct rd_history - the role change in progress; under redund.lock */
struct rd_history {
	struct redund_history_record rec;
	bool running;		/* no verdict yet */
	bool stored;		/* has its number and a place in chassis memory */
	bool ready_seen;	/* "standby-ready" is stamped */
	u64 detect_us;		/* common clock: the reason was seen, 0 no reason */
	u64 fenced_us, claimed_us;
};

/* struct rd_boot - a boot that was asked for; under redund.lock */
struct rd_boot {
	bool ending;		/* this module boots: no request is taken any more */
	u8 kind;		/* enum redund_reboot_kind */
	u8 image;		/* enum redund_boot_image */
	bool own;		/* @image is for this module alone (S-156) */
};

/* struct rd_user - a registered user of the phases; under lock */
struct rd_user {
	u32 key;		/* 0: free */
	bool config, sync, acked, synced;
	bool early;		/* @synced was said before the role was decided */
	char sync_text[64];	/* what is not synchronized and why, while not @synced */
	bool busy;		/* files are being copied */
	char busy_text[64];	/* ... which */
	u64 busy_until;		/* ... until then, about, common clock; 0 not known */
	u8 link;		/* enum redund_link_state */
};

/* struct rd_shown - what was notified last, to notice changes; under lock */
struct rd_shown {
	u8 owner, role, offline, phase, pending, peer_role, hold;
	bool redundancy, peer_valid;
	u32 epoch, not_ready, peer_not_ready, peer_status;
	u32 settings, failovers, verdict, fabric, rule, fence_limit;
	u64 fence_period_us, worker_us, wdt_us, alone_since;
	u32 standby_failures, history_length;
	const char *waiting;
};

struct rd_change {
	u32 seq, object;
	u64 id;
};

/**
 * struct rd_account - what each module has been; under redund.lock
 * @role: of slots 1 and 2, as this side sees it
 * @since_us: common clock at which that began, 0 not known yet
 * @standby: this side is active and the other one was in standby mode
 */
struct rd_account {
	u8 role[2];
	u64 since_us[2];
	bool standby;
};

#define RD_REPEATS	6

/**
 * struct rd_repeat_line - a line that may come again
 * @ev: line
 * @since: common clock at which it was logged first
 * @id: number of the last of them that was logged
 * @logged: how many were, 0: no line
 * @held: how many were held back since
 */
struct rd_repeat_line {
	struct redund_event_info ev;
	u64 since, id;
	u32 logged, held;
};

/**
 * struct rd_repeat - lines that repeat themselves; under redund.lock
 * @line: the last ones
 * @next: entry that gives way next
 * @held: held back and not told yet
 * @total: held back since the start of this software
 */
struct rd_repeat {
	struct rd_repeat_line line[RD_REPEATS];
	u32 next, held, total;
};

/* struct rd_steps_seen - of grant and peer, as the last step saw them */
struct rd_steps_seen {
	u8 owner, role;
	bool present, out;
	u32 epoch;
};

/**
 * struct rd_steps - the trace of the state machine; under redund.lock
 * @ring: REDUND_STEPS entries, NULL: no trace
 * @next: number of the next one
 * @seen: of the last step
 * @before: state before the step that is being made
 */
struct rd_steps {
	struct redund_step *ring;
	u64 next;
	struct rd_steps_seen seen;
	struct role before;
};

#endif /* REDUND_STATE_H */
