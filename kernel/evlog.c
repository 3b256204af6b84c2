// SPDX-License-Identifier: GPL-2.0-only
/*
 * The event log: a ring of the last 1024 events with gap-free numbers, many
 * readers, any context; and the texts of the log (S-281 to S-300, C-19 to
 * C-25). Owns struct rd_evlog and knows nothing below it.
 */
#include <linux/slab.h>
#include <linux/ktime.h>
#include "netlink_names.h"
#include "plant.h"
#include "redund.h"

/**
 * rd_evlog_init() - an empty log
 * @log: log
 *
 * Return: 0 or -ENOMEM
 */
int rd_evlog_init(struct rd_evlog *log)
{
	raw_spin_lock_init(&log->lock);
	log->next = 1;
	log->printed = 0;
	log->ring = kvcalloc(RD_EVENTS, sizeof(*log->ring), GFP_KERNEL);
	return log->ring ? 0 : -ENOMEM;
}

/**
 * rd_evlog_exit() - free it
 * @log: log, also one whose initialisation failed
 */
void rd_evlog_exit(struct rd_evlog *log)
{
	kvfree(log->ring);
	log->ring = NULL;
}

/**
 * rd_evlog_add() - append an event; the oldest gives way
 * @log: log
 * @ev: event; its number is set
 *
 * Context: any.
 * Return: its number, from 1
 */
u64 rd_evlog_add(struct rd_evlog *log, struct redund_event_info *ev)
{
	guard(raw_spinlock_irqsave)(&log->lock);
	ev->id = log->next++;
	log->ring[ev->id % RD_EVENTS] = *ev;
	return ev->id;
}

/**
 * rd_evlog_get() - the first event from a number on
 * @log: log
 * @id: number
 * @out: filled
 *
 * Context: any.
 * Return: 0, -ENOENT if there is none (yet)
 */
int rd_evlog_get(struct rd_evlog *log, u64 id, struct redund_event_info *out)
{
	u64 oldest;

	guard(raw_spinlock_irqsave)(&log->lock);
	oldest = log->next > RD_EVENTS ? log->next - RD_EVENTS : 1;
	if (id < oldest)
		id = oldest;
	if (id >= log->next)
		return -ENOENT;
	*out = log->ring[id % RD_EVENTS];
	return 0;
}

/**
 * rd_evlog_try_get() - an event of this number, if the log is not being changed
 * @log: log
 * @id: number
 * @out: filled
 *
 * Context: any, also a panic that stopped somebody who holds the lock.
 * Return: 0, -EBUSY when the lock is held, -ENOENT if there is no such event
 */
int rd_evlog_try_get(struct rd_evlog *log, u64 id, struct redund_event_info *out)
{
	unsigned long flags;
	int ret = -ENOENT;

	/* Looked at first: a debug kernel with one processor takes a try that fails for a bug. */
	if (raw_spin_is_locked(&log->lock) || !raw_spin_trylock_irqsave(&log->lock, flags))
		return -EBUSY;
	if (id && id < log->next && log->next - id <= RD_EVENTS) {
		*out = log->ring[id % RD_EVENTS];
		ret = 0;
	}
	raw_spin_unlock_irqrestore(&log->lock, flags);
	return ret;
}

/* ---- texts -------------------------------------------------------------------- */

/* struct rd_event_text - one row of the event table; %u is the module */
struct rd_event_text {
	u8 event, severity;
	const char *text;
};

static const struct rd_event_text rd_event_texts[] = {
	{ 1, REDUND_SEVERITY_INFORMATION,
	  "Mgmt Module %u went down without saving crash information" },
	{ 2, REDUND_SEVERITY_INFORMATION, "Mgmt Module %u went down" },
	{ 4, REDUND_SEVERITY_MAJOR, "Boot-up selftest failed" },
	{ 5, REDUND_SEVERITY_INFORMATION, "Mgmt Module %u Booted" },
	{ 8, REDUND_SEVERITY_INFORMATION, "Mgmt Module %u Active" },
	{ 9, REDUND_SEVERITY_INFORMATION, "Mgmt Module %u in Standby Mode" },
	{ 11, REDUND_SEVERITY_INFORMATION, "Mgmt Module %u Offline (redundancy disabled)" },
	{ 12, REDUND_SEVERITY_WARNING, "Mgmt Module %u Failed Selftest" },
	{ 13, REDUND_SEVERITY_WARNING, "Lost Communication with Mgmt Module %u" },
	{ 14, REDUND_SEVERITY_INFORMATION, "Resetting Mgmt Module %u" },
	{ 15, REDUND_SEVERITY_INFORMATION,
	  "Mgmt Module %u - Running different version of SW" },
	{ 16, REDUND_SEVERITY_WARNING, "Mgmt Module %u - Failover occurred" },
	{ 17, REDUND_SEVERITY_INFORMATION,
	  "Mgmt Module %u - User initiated switchover occurred" },
	{ 18, REDUND_SEVERITY_WARNING,
	  "Mgmt Module %u - Offline (incompatible SW versions)" },
	{ 19, REDUND_SEVERITY_WARNING,
	  "Other management module is not in standby, shutdown request ignored" },
	{ 20, REDUND_SEVERITY_INFORMATION, "Mgmt Module %u Offline (shutdown)" },
	{ 22, REDUND_SEVERITY_INFORMATION, "Syncing primary OS to standby" },
	{ 23, REDUND_SEVERITY_INFORMATION, "Standby boot image updated, rebooting standby" },
	{ 24, REDUND_SEVERITY_INFORMATION, "Initial active to standby sync started" },
	{ 25, REDUND_SEVERITY_INFORMATION, "Initial active to standby sync complete" },
};

/* Notes of the state machine, by enum role_note: no event of the chapter. */
static const char * const rd_note_texts[] = {
	[ROLE_NOTE_MISS] = "heartbeat-missed: heartbeats of the other management module are missed",
	[ROLE_NOTE_STALE] = "stale: the grant changed meanwhile, looking again",
	[ROLE_NOTE_PENDING_IGNORED] =
		"pending-ignored: the module chosen to be active is absent or failed selftest",
	[ROLE_NOTE_STALE_CONFIG] =
		"stale-config: redundancy is disabled, the configuration may be old",
	[ROLE_NOTE_INCOMPATIBLE_CLAIM] =
		"incompatible: taking over with incompatible software, no other module can",
	[ROLE_NOTE_FENCE_LIMIT] =
		"failover-limit: too many automatic failovers, the silent module is not fenced",
	[ROLE_NOTE_LOST_GRANT] = "lost-grant: the grant is gone, starting from the beginning",
	[ROLE_NOTE_RESET_STUCK] = "reset-stuck: the other management module could not be reset",
	[ROLE_NOTE_INTENT_RESOLVED] = "handover-resolved: an unfinished switchover was resolved",
	[ROLE_NOTE_HELD] =
		"heartbeat-held: not heard in the mailbox but over the internal link, no takeover",
	[ROLE_NOTE_PENDING_LATE] =
		"pending-late: the module chosen to be active did not come up in time",
	[ROLE_NOTE_LATE] = "late: this module itself ran late, the silent module is not fenced",
};

/**
 * rd_event_number() - log number of an event (C-20)
 * @event: number in the chapter's table
 *
 * Return: 5-digit number, 0 for a number the table does not have (C-22)
 */
u32 rd_event_number(u32 event)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rd_event_texts); i++)
		if (rd_event_texts[i].event == event)
			return event <= 5 ? 61 + event : 252 + event;
	return 0;
}

static __printf(6, 0)
void rd_log_va(struct redund *rd, u32 number, u8 severity, u8 slot,
	       const char *subsystem, const char *fmt, va_list args)
{
	struct redund_event_info ev = {
		.wall_s = ktime_get_real_seconds(),
		.clock_us = rd_now(rd),
		.number = number,
		.severity = severity,
		.slot = slot,
	};

	lockdep_assert_held(&rd->lock);
	strscpy(ev.subsystem, subsystem, sizeof(ev.subsystem));
	vscnprintf(ev.text, sizeof(ev.text), fmt, args);
	if (rd_repeat_hold(rd, &ev) || PLANT_LOSES_EVENT())
		return;
	rd_change(rd, REDUND_OBJECT_EVENT, rd_evlog_add(&rd->log, &ev));
}

/**
 * rd_log() - one line of the event log
 * @rd: instance
 * @number: 5-digit log number, 0 none
 * @severity: enum redund_severity
 * @slot: management module it is about, 0 none
 * @subsystem: "system", "chassis", "redund"
 * @fmt: text
 *
 * Context: redund.lock; the kernel's own log gets it from a worker.
 */
void rd_log(struct redund *rd, u32 number, u8 severity, u8 slot, const char *subsystem,
	    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	rd_log_va(rd, number, severity, slot, subsystem, fmt, args);
	va_end(args);
}

/* Event 5 has a text of its own for a chassis with one module (C-23). */
static void rd_log_booted(struct redund *rd, u8 slot)
{
	const u8 info = REDUND_SEVERITY_INFORMATION;

	if (rd->view.peer_present)
		rd_log(rd, rd_event_number(5), info, slot, "system", "Mgmt Module %u Booted",
		       slot);
	else
		rd_log(rd, rd_event_number(5), info, slot, "system", "System booted");
}

/* Events 16 and 17 say that it happened; this line says why and by whom (S-119). */
static void rd_log_reason(struct redund *rd, u8 severity, u8 slot)
{
	const struct redund_history_record *r = &rd->hist.rec;
	const char *word = r->reason < ARRAY_SIZE(redund_reason_names) ?
			   redund_reason_names[r->reason] : "none";

	if (r->requester[0])
		rd_log(rd, 0, severity, slot, "redund", "reason: %s, by %.*s", word,
		       (int)sizeof(r->requester), r->requester);
	else
		rd_log(rd, 0, severity, slot, "redund", "reason: %s", word);
}

/**
 * rd_log_event() - an event of the chapter's table
 * @rd: instance
 * @event: its number there
 * @slot: module it names (C-24, C-25)
 *
 * Context: redund.lock.
 */
void rd_log_event(struct redund *rd, u32 event, u8 slot)
{
	char text[96];
	unsigned int i;

	if (event == 5)
		return rd_log_booted(rd, slot);
	for (i = 0; i < ARRAY_SIZE(rd_event_texts); i++) {
		if (rd_event_texts[i].event != event)
			continue;
		snprintf(text, sizeof(text), rd_event_texts[i].text, slot);
		rd_log(rd, rd_event_number(event), rd_event_texts[i].severity, slot, "system",
		       "%s", text);
		if (event == 16 || event == 17)
			rd_log_reason(rd, rd_event_texts[i].severity, slot);
		return;
	}
	WARN_ONCE(1, "redund: no event %u\n", event);
}

/**
 * rd_log_note() - a note of the state machine
 * @rd: instance
 * @note: enum role_note
 *
 * Context: redund.lock.
 */
void rd_log_note(struct redund *rd, u32 note)
{
	const char *text = note < ARRAY_SIZE(rd_note_texts) ? rd_note_texts[note] : NULL;

	if (WARN_ONCE(!text, "redund: no note %u\n", note))
		return;
	rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "redund", "%s", text);
}

/**
 * rd_log_refusal() - a request of user space was refused (I5)
 * @rd: instance
 * @what: request, "switchover"
 * @refusal: enum redund_refusal
 * @requester: who asked, or NULL
 *
 * Context: redund.lock.
 */
void rd_log_refusal(struct redund *rd, const char *what, u32 refusal, const char *requester)
{
	rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund", "%s refused (%s): %s", what,
	       requester && *requester ? requester : "no name", rd_refusal_text(refusal));
}

/**
 * redund_event_add() - a line for the log, of user space
 * @rd: instance
 * @ev: its number, severity, slot, subsystem and text, which are good
 * @r: filled
 *
 * Context: process.
 * Return: 0, -ENODEV when the instance is gone
 */
int redund_event_add(struct redund *rd, const struct redund_event_info *ev,
		     struct redund_answer *r)
{
	guard(raw_spinlock_irqsave)(&rd->lock);
	memset(r, 0, sizeof(*r));
	if (rd->dead) {
		r->refusal = REDUND_REFUSAL_OUT;
		r->text = rd_refusal_text(r->refusal);
		return -ENODEV;
	}
	rd_log(rd, ev->number, ev->severity, ev->slot, ev->subsystem, "%s", ev->text);
	return 0;
}
