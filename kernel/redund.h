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
#include "record.h"
#include "role.h"
#include "state.h"

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
