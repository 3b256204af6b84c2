/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private header of redund.ko: struct redund, one slot of one backplane
 * controller, and what its files offer each other, grouped by owner.
 *
 * Two locks. "lock" (raw, interrupts off) guards the state machine and every
 * access to the register window; "config" (mutex) serialises the requests of
 * user space and is taken outside it. Nothing sleeps, prints or notifies
 * under "lock": the event log and the ring of changes carry that to a worker.
 */
#ifndef REDUND_PRIVATE_H
#define REDUND_PRIVATE_H

#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/watchdog.h>
#include <linux/workqueue.h>
#include "bp.h"
#include "core.h"
#include "format.h"
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

/**
 * struct redund - one slot of one controller
 * @dev: its device; holds the reference count
 * @id: N of redundN
 * @node: in the list of instances, under that list's mutex
 * @ops: back end, constant
 * @bp: cookie of @ops, constant
 * @slot: 1 or 2, constant
 * @local_us: local clock, microseconds; constant, replaced by tests
 * @boot_us: common clock at the start of this software
 * @wq: ordered; boot, changes, inventory, the end
 * @boot_work: start from the beginning
 * @change_work: prints and notifies
 * @slow_work: inventory
 * @end_work: reboot or power-off of this Linux
 * @config: serialises requests; taken outside @lock
 * @unregistered: under @config: no request is carried out any more
 * @lock: guards all that follows, and every access to the window
 * @dead: unregistered: no access any more
 * @booted: ROLE_EV_BOOT was given: the machine takes events
 * @going_down: going-down was written: nothing counts any more
 * @restarting: a start anew was asked for
 * @no_restart: the end was asked for: no start anew
 * @log_begun: the first lines of this software's start are logged
 * @slots_told: what was in the slots at its start is logged
 * @halting: the end is one without return (halt, power-off)
 * @words: 32-bit words accessed since registration
 * @clock_off: common clock - local clock
 * @clock_known: it was measured
 * @now_last: last common time given out: it never goes back
 * @incarnation: of this start, JOINs the slot
 * @timer_max_ms: the controller's longest timer
 * @timer_boot_ms: its boot bound
 * @timer_down_ms: its shutdown bound
 * @boot_cause: enum redund_reset_cause of this start
 * @join_tries: JOINs refused in a row
 * @selftest_ok: it passed, once @selftest_done
 * @selftest_done: it ended
 * @role: the state machine
 * @view: what this side sees; cause and beat since the last event
 * @status: low word of REG_STATUS as read last
 * @stuck_status: REG_STATUS that other registers contradict
 * @stuck: it reads as that still
 * @contradicted: times in a row
 * @event: the one that is being stepped
 * @actions: of @event
 * @pending: events that follow from actions, stepped next
 * @n_pending: how many
 * @in_event: rd_event() runs: no other event may begin
 * @claiming: the look after a claim: causes wait
 * @cause_seen: a cause was acknowledged since the last settling
 * @self_cand: this module's record of the previous boot
 * @peer_cand: the peer's, from chassis memory
 * @answered: the machine answered a command
 * @answer: enum redund_refusal
 * @answer_reasons: REDUND_NOT_READY_* that stand against it
 * @verdict: of the last handover by command, enum redund_verdict
 * @handover_id: its number
 * @handover_running: it has no verdict yet
 * @requester: who asked for it
 * @peer_different: event 15 was logged for the peer's software
 * @config_waiting: phase "config" waits for its users
 * @end_reason: enum redund_down_reason for @end_work, also read without @lock
 * @end_asked: of @end_work alone: user space was asked to end
 * @dwn_flash: Dwn LED flashes (S-141)
 * @shutdown_pressed: MM Shutdown was pressed before ROLE_EV_BOOT
 * @beat: heartbeat.c
 * @failover: failover.c
 * @wdt: wdt.c
 * @nv: nvram.c
 * @hist: history.c
 * @crash: crash.c
 * @boot: core_boot.c
 * @sync_gone: who synchronized this module is gone, and nobody came instead
 * @link: enum redund_link_state, the best that a user says
 * @link_us: common clock when one said "alive" last
 * @shutdown_until: MM Shutdown waits for files that are being copied, at most
 *	until then (common clock); 0 it does not
 * @warm_start: this start skipped its selftest (S-210)
 * @users: of the promotion phases
 * @log: event log, with a lock of its own
 * @shown: what was notified last
 * @account: account.c
 * @steps: steps.c
 * @repeat: repeat.c
 * @fabric: enables, as read back or seen last
 * @fabric_alarm: no enabled one is present: was logged
 * @im_state: REG_IM_STATE as seen last
 * @im_waiting: phase "ports-up" is running
 * @im_held: modules could not be released from reset, which is tried again
 * @led: REG_LED as written last
 * @peer_led: REG_PEER_LED likewise
 * @system_led: REG_SYSTEM_LED likewise
 * @led_valid: the three are what the controller holds
 * @changes: waiting for @change_work
 * @change_head: changes entered
 * @change_tail: changes taken out, or lost
 * @change_seq: number of the last change
 * @inv: inventory, checked copies
 * @inv_buf: for copies from the window
 * @inv_stale: something was inserted since it was read
 */
struct redund {
	struct device dev;
	u32 id;
	struct list_head node;
	const struct redund_bp_ops *ops;
	void *bp;
	u8 slot;
	u64 (*local_us)(void);
	u64 boot_us;

	struct workqueue_struct *wq;
	struct delayed_work boot_work;
	struct work_struct change_work, slow_work;
	struct delayed_work end_work;
	struct mutex config;	/* serialises requests */
	bool unregistered;

	raw_spinlock_t lock;	/* guards what follows */
	bool dead, booted, going_down, restarting, no_restart, log_begun, slots_told, halting;
	u32 words;
	s64 clock_off;
	bool clock_known;
	u64 now_last;
	u32 incarnation, timer_max_ms, timer_boot_ms, timer_down_ms, boot_cause;
	u32 join_tries;
	bool selftest_ok, selftest_done;

	struct role role;
	struct role_view view;
	u32 status;
	u64 stuck_status;
	bool stuck;
	u8 contradicted;
	struct role_event event;
	struct role_actions actions;
	struct role_event pending[RD_PENDING];
	u32 n_pending;
	bool in_event, cause_seen, claiming;
	struct role_candidate self_cand, peer_cand;
	bool answered;
	u32 answer, answer_reasons;
	u32 verdict, handover_id;
	bool handover_running;
	char requester[25];
	bool peer_different;
	bool config_waiting;
	u8 end_reason;
	bool end_asked;
	bool dwn_flash, shutdown_pressed;

	struct rd_beat beat;
	struct rd_failover failover;
	struct rd_wdt wdt;
	struct rd_nv nv;
	struct rd_history hist;
	struct rd_crash crash;
	struct rd_boot boot;
	bool warm_start;
	struct rd_user users[RD_USERS];
	bool sync_gone;
	u8 link;
	u64 link_us, shutdown_until;
	struct rd_evlog log;
	struct rd_shown shown;
	struct rd_account account;
	struct rd_steps steps;
	struct rd_repeat repeat;

	u32 fabric;
	bool fabric_alarm;
	u64 im_state;
	bool im_waiting, im_held;
	u32 led, peer_led, system_led;
	bool led_valid;

	struct rd_change changes[RD_CHANGES];
	u32 change_head, change_tail, change_seq;

	struct redund_inventory inv[REDUND_INV_COUNT];
	struct redund_inventory inv_buf;
	bool inv_stale;
};

/* settings.c: module parameters */
struct rd_settings {
	uint interval_ms, misses, peer_wait_ms, config_timeout_ms, modules_timeout_ms;
	uint fence_limit, fence_period_s, worker_window_ms, sync_wait_ms;
	bool nowayout, wdt_required, sync_required, reboot_after_switchover;
	char *sw_version, *sw_stamp, *boot_image;
	uint sw_build;
};

extern struct rd_settings rd_set;
void rd_settings_params(const struct redund *rd, struct role_params *p);
u8 rd_settings_image(void);
bool rd_heartbeat_valid(const struct redund *rd, u32 interval_ms, u32 misses);

/* core.c: life of an instance, the window */
u32 rd_read32(struct redund *rd, u32 off);
u64 rd_read64(struct redund *rd, u32 off);
void rd_write32(struct redund *rd, u32 off, u32 value);
void rd_read_area(struct redund *rd, u32 off, void *buf, size_t len);
void rd_write_area(struct redund *rd, u32 off, const void *buf, size_t len);
u64 rd_now(struct redund *rd);
void rd_clock_sync(struct redund *rd);
static inline ktime_t rd_us(u64 us)
{
	return ns_to_ktime(us * NSEC_PER_USEC);
}

static inline u8 rd_peer(const struct redund *rd)
{
	return 3 - rd->slot;
}

static inline bool rd_owns(const struct redund *rd)
{
	return rd->view.owner == rd->slot && !rd->view.self_out;
}

/* core_event.c: the only caller of the state machine */
void rd_event(struct redund *rd, const struct role_event *ev);
void rd_look(struct redund *rd);
void rd_view_stuck(struct redund *rd);
void rd_view_status(struct redund *rd, u64 status);
void rd_queue_event(struct redund *rd, const struct role_event *ev);
void rd_queue_result(struct redund *rd, const struct role_event *ev);
void rd_phase_done(struct redund *rd, u8 phase, u8 result);
void rd_settle(struct redund *rd);
void rd_kick(struct redund *rd);

/* core_action.c: the actions of the state machine */
void rd_action(struct redund *rd, const struct role_action *a);

/* core_cmd.c: requests of user space */
u32 rd_switchover_refusal(struct redund *rd, bool force, u32 *reasons);
const char *rd_refusal_text(u32 refusal);
int rd_answer(u32 refusal, u32 not_ready, struct redund_answer *r);
int rd_refuse(struct redund *rd, const char *what, u32 refusal, u32 not_ready,
	      const char *requester, struct redund_answer *r);
int rd_enter(struct redund *rd, struct redund_answer *r);
u32 rd_ask(struct redund *rd, const struct role_event *ev);

/* core_user.c: what registered users say */
void rd_config_phase(struct redund *rd);
void rd_sync_begin(struct redund *rd);
const char *rd_sync_text(const struct redund *rd);
bool rd_copying(const struct redund *rd);
void rd_sync_progress(struct redund *rd, char *text, size_t size, u32 *seconds);
void rd_shutdown_pressed(struct redund *rd);
void rd_shutdown_wait(struct redund *rd);
void rd_link_update(struct redund *rd);
bool rd_link_alive(struct redund *rd);

/* core_boot.c: boots that are asked for, the locate LED */
void rd_boot_peer(struct redund *rd, u32 how);
void rd_boot_system(struct redund *rd, u8 reason);
void rd_boot_end(struct redund *rd);
bool rd_boot_warm(const struct redund *rd, u8 down_reason);
u8 rd_boot_next(const struct redund *rd, u8 down_reason);
void rd_boot_down(struct redund *rd);
bool rd_locate(struct redund *rd);

/* account.c: since when, how long, how often */
void rd_account(struct redund *rd);
void rd_account_takeover(struct redund *rd);
void rd_account_failover(struct redund *rd);
u64 rd_account_since(const struct redund *rd, u8 slot);
u64 rd_account_alone(struct redund *rd, u64 *since);

/* core_info.c */
u8 rd_peer_role(const struct redund *rd);

/* repeat.c: lines of the event log that repeat themselves */
bool rd_repeat_hold(struct redund *rd, const struct redund_event_info *ev);
void rd_repeat_look(struct redund *rd);

/* steps.c: the trace of the state machine */
void rd_steps_init(struct redund *rd);
void rd_steps_exit(struct redund *rd);
void rd_steps_before(struct redund *rd);
void rd_steps_after(struct redund *rd, const struct role_event *ev, u64 now);

/* core_change.c: what changed, in order */
void rd_change(struct redund *rd, u32 object, u64 id);
void rd_changes_find(struct redund *rd);
void rd_change_worker(struct work_struct *work);
const char *rd_waiting_for(struct redund *rd, u64 *deadline);

/* selftest.c: start from the beginning */
bool rd_selftest(struct redund *rd);
void rd_start_slots(struct redund *rd);
void rd_boot_worker(struct work_struct *work);

/* heartbeat.c */
void rd_beat_init(struct redund *rd);
void rd_beat_start(struct redund *rd);
void rd_beat_stop(struct redund *rd);
void rd_beat_settings(struct redund *rd, u32 interval_us, u32 misses);
void rd_beat_peer(struct redund *rd);
void rd_beat_forget(struct redund *rd);
void rd_beat_publish(struct redund *rd);
void rd_beat_deadline(struct redund *rd);
int rd_frame_parse(const u8 *raw, u8 slot, u32 incarnation, struct redund_frame *f);
void rd_rec_seal(struct redund_rec_head *head, u32 magic, u16 version, u16 length);
bool rd_rec_good(const struct redund_rec_head *head, u32 magic, size_t size);
u32 rd_rec_crc(const struct redund_rec_head *head, size_t length);

/* failover.c */
int rd_failover_init(struct redund *rd);
void rd_failover_exit(struct redund *rd);
void rd_failover_tick(struct redund *rd, u64 now);
u64 rd_failover_window_us(const struct redund *rd);
bool rd_failover_fresh(struct redund *rd);
void rd_failover_armed(struct redund *rd);
bool rd_failover_may_write(struct redund *rd);
u32 rd_failover_ms(const struct redund *rd);
bool rd_failover_late(struct redund *rd);

/* wdt.c */
int rd_wdt_init(struct redund *rd);
void rd_wdt_exit(struct redund *rd);
bool rd_wdt_ok(const struct redund *rd);
bool rd_wdt_fresh(struct redund *rd);

/* fabric.c: the only writer of the enables */
u8 rd_fabric_takeover(struct redund *rd);
void rd_fabric_look(struct redund *rd);
int rd_fabric_set(struct redund *rd, unsigned int id, bool on, u32 *refusal);
u32 rd_fabric_read(struct redund *rd);

/* slots.c */
u8 rd_slots_reset(struct redund *rd);
void rd_slots_start(struct redund *rd);
void rd_slots_retry(struct redund *rd);
void rd_slots_look(struct redund *rd);
void rd_slots_boot(struct redund *rd);
void rd_slots_fabric(struct redund *rd, u32 was);

/* frontpanel.c */
u32 rd_panel_leds(const struct redund *rd);
void rd_panel_update(struct redund *rd);
void rd_panel_buttons(struct redund *rd, u32 cause);

/* evlog.c */
int rd_evlog_init(struct rd_evlog *log);
void rd_evlog_exit(struct rd_evlog *log);
u64 rd_evlog_add(struct rd_evlog *log, struct redund_event_info *ev);
int rd_evlog_get(struct rd_evlog *log, u64 id, struct redund_event_info *out);
int rd_evlog_try_get(struct rd_evlog *log, u64 id, struct redund_event_info *out);
u32 rd_event_number(u32 event);
void rd_log_event(struct redund *rd, u32 event, u8 slot);
void rd_log_note(struct redund *rd, u32 note);
void rd_log_refusal(struct redund *rd, const char *what, u32 refusal, const char *requester);
__printf(6, 7)
void rd_log(struct redund *rd, u32 number, u8 severity, u8 slot, const char *subsystem,
	    const char *fmt, ...);

/* nvram.c: records of chassis memory; history.c: role changes */
int rd_rec_take(const void *raw, size_t size, u32 magic, u16 version, void *out, size_t len);
void rd_nv_clean(char *text, size_t size);
void rd_nv_load(struct redund *rd);
void rd_nv_load_head(struct redund *rd);
void rd_nv_load_history(struct redund *rd, u64 max_age_us);
void rd_nv_follow(struct redund *rd);
void rd_nv_changed(struct redund *rd);
void rd_nv_need(struct redund *rd);
void rd_nv_settings(struct redund *rd);
void rd_nv_prepare(struct redund *rd);
void rd_nv_key(struct redund *rd, const u8 *key);
void rd_nv_intent(struct redund *rd, u8 to, u8 reason, bool forced);
void rd_nv_candidates(struct redund *rd);
bool rd_nv_warm(struct redund *rd);
bool rd_nv_store(struct redund *rd);
void rd_nv_store_module(struct redund *rd, u8 down_reason);
void rd_nv_fences(struct redund *rd);
void rd_nv_active(struct redund *rd, bool clear_pending);
void rd_nv_standby(struct redund *rd);
void rd_nv_booted(struct redund *rd);
bool rd_nv_store_history(struct redund *rd, const struct redund_history_record *rec);
void rd_nv_trim_history(struct redund *rd);
u32 rd_nv_history_length(const struct redund *rd);
void rd_hist_begin(struct redund *rd, const struct role_action *a);
void rd_hist_phase(struct redund *rd, u8 phase, u8 result);
void rd_hist_verdict(struct redund *rd, u8 verdict);
void rd_hist_store(struct redund *rd);
void rd_hist_rolled_back(struct redund *rd);

/* slow.c: work that may take its time */
void rd_slow_init(struct redund *rd);
void rd_inv_read_all(struct redund *rd);
void rd_end(struct redund *rd, u8 reason);

/* crash.c: what this module leaves in its crash area; pstore.c: the kernel log */
void rd_crash_seal(struct redund_rec_head *head, u32 magic, u16 length);
u32 rd_crash_place(u32 seq, u32 max);
bool rd_crash_number(u32 seq, u32 index, u32 max);
void rd_crash_clean(struct redund_down_record *r);
void rd_crash_find(struct redund *rd);
void rd_crash_begin(struct redund *rd);
void rd_crash_role(struct redund *rd);
void rd_crash_starved(struct redund *rd, bool starved);
void rd_crash_intent(struct redund *rd, u8 why, bool warm, const char *origin, const char *text);
void rd_crash_down(struct redund *rd, u8 reason);
bool rd_crash_event(struct redund *rd);
void rd_crash_last(struct redund *rd);
void rd_crash_mirror(struct redund *rd);
void rd_crash_panic(struct redund *rd, const char *text);
int rd_dmesg_read(struct redund *rd, u32 area, u32 index, void *buf);
#if IS_ENABLED(CONFIG_PSTORE)
void rd_pstore_init(struct redund *rd);
void rd_pstore_exit(struct redund *rd);
#else
static inline void rd_pstore_init(struct redund *rd) {}
static inline void rd_pstore_exit(struct redund *rd) {}
#endif

/* panic.c */
int rd_panic_init(void);
void rd_panic_exit(void);
void rd_panic_add(struct redund *rd);
void rd_panic_remove(struct redund *rd);
void rd_going_down(struct redund *rd, u8 reason);
void rd_shutdown_done(struct redund *rd);

#endif /* REDUND_PRIVATE_H */
