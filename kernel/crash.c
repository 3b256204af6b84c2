// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this module leaves in its slot's crash area for those who come after
 * it: a record of this start, completed when the module goes down (why, in
 * which role, what the panic said), and a copy of its event log. Owns struct
 * rd_crash. An end that could not be told is completed by the next start, from
 * the cause of its reset. crash_info.c reads both areas for user space, and
 * pstore.c owns the kernel logs in them.
 *
 * A record is one write of its bytes. Nothing here is in the way of a
 * takeover: the log is copied by a worker, going-down is written first and the
 * area is written after it (the controller takes that, G5).
 */
#include <linux/ktime.h>
#include "redund.h"

#define RD_CRASH_LAST	32	/* log lines that are copied while going down, at most */

static const char * const rd_crash_texts[] = {
	[REDUND_DOWN_WHY_NONE] = "",
	[REDUND_DOWN_WHY_OPERATOR_RELOAD] = "Operator warm reload",
	[REDUND_DOWN_WHY_OPERATOR_REBOOT] = "Operator cold reboot",
	[REDUND_DOWN_WHY_PANIC] = "Kernel panic",
	[REDUND_DOWN_WHY_WATCHDOG] = "Watchdog, its user space was not alive",
	[REDUND_DOWN_WHY_RESET_BUTTON] = "MM Reset button",
	[REDUND_DOWN_WHY_SHUTDOWN_BUTTON] = "MM Shutdown button",
	[REDUND_DOWN_WHY_POWER_OFF] = "Power-off of its Linux",
	[REDUND_DOWN_WHY_HALT] = "Halt of its Linux",
	[REDUND_DOWN_WHY_FENCE] = "The other management module took over from it",
	[REDUND_DOWN_WHY_TIMER] = "Failover timer expired",
	[REDUND_DOWN_WHY_UNKNOWN] = "Cause unknown",
	[REDUND_DOWN_WHY_REBOOT] = "Reboot of its Linux",
	[REDUND_DOWN_WHY_SWITCHOVER] = "Operator switchover",
	[REDUND_DOWN_WHY_PEER_RESET] = "Reset by the other management module",
	[REDUND_DOWN_WHY_POWER_FAILURE] = "Power failure",
};

/* ---- records ------------------------------------------------------------------- */

/**
 * rd_crash_seal() - complete a record of the crash area, which keeps its number
 * @head: the record, with its number in seq
 * @magic: REDUND_*_MAGIC
 * @length: bytes of it
 *
 * Context: any.
 */
void rd_crash_seal(struct redund_rec_head *head, u32 magic, u16 length)
{
	le32_add_cpu(&head->seq, -1);
	rd_rec_seal(head, magic, REDUND_CRASH_VERSION, length);
}

/**
 * rd_crash_place() - where the record of a number lies in a ring
 * @seq: its number
 * @max: records of the ring
 *
 * Return: its index
 */
u32 rd_crash_place(u32 seq, u32 max)
{
	return (seq - 1) % max;
}

/**
 * rd_crash_number() - may a record of this number lie there?
 * @seq: number as read
 * @index: where it lies
 * @max: records of the ring
 *
 * The other module's area is what it likes to be: a number that no module
 * reaches, or in a wrong place, is damage.
 *
 * Return: true if it may
 */
bool rd_crash_number(u32 seq, u32 index, u32 max)
{
	return seq && seq <= S32_MAX && rd_crash_place(seq, max) == index;
}

static void rd_crash_text(struct redund_down_record *r, const char *text)
{
	const char *what = r->why < ARRAY_SIZE(rd_crash_texts) ? rd_crash_texts[r->why] : "";

	if (text)
		strscpy_pad(r->text, text, sizeof(r->text));
	else if (r->origin[0])
		snprintf(r->text, sizeof(r->text), "%s from %s.", what, r->origin);
	else
		snprintf(r->text, sizeof(r->text), "%s.", what);
	rd_nv_clean(r->text, sizeof(r->text));
}

/**
 * rd_crash_clean() - texts of a record end, and are printable, whoever wrote it
 * @r: record as read
 */
void rd_crash_clean(struct redund_down_record *r)
{
	rd_nv_clean(r->origin, sizeof(r->origin));
	rd_nv_clean(r->serial, sizeof(r->serial));
	rd_nv_clean(r->sw_version, sizeof(r->sw_version));
	rd_nv_clean(r->text, sizeof(r->text));
}

static u32 rd_crash_off(const struct redund_down_record *r)
{
	u32 at = rd_crash_place(le32_to_cpu(r->head.seq), REDUND_DOWN_MAX);

	return WIN_CRASH + REDUND_CRASH_DOWN_OFF + at * sizeof(*r);
}

static void rd_crash_write(struct redund *rd, struct redund_down_record *r)
{
	rd_crash_seal(&r->head, REDUND_DOWN_MAGIC, sizeof(*r));
	rd_write_area(rd, rd_crash_off(r), r, sizeof(*r));
}

static const char *rd_crash_serial(const struct redund *rd)
{
	return rd->inv[REDUND_INV_MM + rd->slot - 1].serial;
}

static void rd_crash_stamp(struct redund *rd, struct redund_down_record *r)
{
	r->wall_s = cpu_to_le64(ktime_get_real_seconds());
	r->clock_us = cpu_to_le64(rd_now(rd));
}

static u32 rd_crash_line_off(u32 seq)
{
	return WIN_CRASH + REDUND_CRASH_EVENT_OFF +
	       rd_crash_place(seq, REDUND_EVENT_MAX) * sizeof(struct redund_event_record);
}

/* ---- the start ------------------------------------------------------------------ */

/* The highest number in the ring of log lines: heads only, four words each. */
static u32 rd_crash_find_events(struct redund *rd)
{
	struct redund_rec_head *head = &rd->crash.event.head;
	u32 i, seq, newest = 0;

	for (i = 0; i < REDUND_EVENT_MAX; i++) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd_read_area(rd, WIN_CRASH + REDUND_CRASH_EVENT_OFF + i * sizeof(rd->crash.event),
			     head, sizeof(*head));
		seq = le32_to_cpu(head->seq);
		if (le32_to_cpu(head->magic) == REDUND_EVENT_MAGIC &&
		    rd_crash_number(seq, i, REDUND_EVENT_MAX))
			newest = max(newest, seq);
	}
	return newest;
}

/* When the newest line was logged: until then at least a module lived here. */
static void rd_crash_find_alive(struct redund *rd, u32 newest)
{
	struct rd_crash *c = &rd->crash;
	struct redund_event_record r;

	c->alive_s = 0;
	if (!newest)
		return;
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd_read_area(rd, rd_crash_line_off(newest), &c->event, sizeof(c->event));
	if (rd_rec_take(&c->event, sizeof(c->event), REDUND_EVENT_MAGIC, REDUND_CRASH_VERSION,
			&r, sizeof(r)))
		return;
	c->alive_s = le64_to_cpu(r.wall_s);
	c->alive_us = le64_to_cpu(r.clock_us);
}

/* The newest good record of a start of this slot, or zeroes. */
static void rd_crash_find_down(struct redund *rd)
{
	struct rd_crash *c = &rd->crash;
	struct redund_down_record r;
	u32 i, seq;

	memset(&c->last, 0, sizeof(c->last));
	for (i = 0; i < REDUND_DOWN_MAX; i++) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		rd_read_area(rd, WIN_CRASH + REDUND_CRASH_DOWN_OFF + i * sizeof(c->rec), &c->rec,
			     sizeof(c->rec));
		if (rd_rec_take(&c->rec, sizeof(c->rec), REDUND_DOWN_MAGIC, REDUND_CRASH_VERSION,
				&r, sizeof(r)))
			continue;
		seq = le32_to_cpu(r.head.seq);
		if (rd_crash_number(seq, i, REDUND_DOWN_MAX) &&
		    seq > le32_to_cpu(c->last.head.seq))
			c->last = r;
	}
	rd_crash_clean(&c->last);
	memset(&c->rec, 0, sizeof(c->rec));
}

/**
 * rd_crash_find() - what the starts before this one left, once a start
 * @rd: instance that has JOINed
 *
 * Context: process; the lock is taken for one record at a time.
 */
void rd_crash_find(struct redund *rd)
{
	u32 newest;

	if (rd->crash.known)
		return;
	rd_crash_find_down(rd);
	newest = rd_crash_find_events(rd);
	rd_crash_find_alive(rd, newest);
	guard(raw_spinlock_irqsave)(&rd->lock);
	rd->crash.event_base = newest;
	rd->crash.known = true;
}

/* Is the newest record that of this module's start before this one? */
static bool rd_crash_ours(const struct redund *rd)
{
	const struct redund_down_record *r = &rd->crash.last;

	return r->head.seq && !strcmp(r->serial, rd_crash_serial(rd)) &&
	       r->boot_count == rd->nv.module.boot_count;
}

/* Only the driver was unloaded: the start of this module goes on. */
static bool rd_crash_unloaded(const struct redund *rd)
{
	return rd->nv.booted && rd->nv.last_down == REDUND_DOWN_UNLOADED &&
	       !(rd_crash_ours(rd) && (rd->crash.last.flags & DOWN_ENDED));
}

static u8 rd_crash_cause(const struct redund *rd)
{
	switch (rd->boot_cause) {
	case REDUND_RESET_POWER:
	case REDUND_RESET_SYSTEM:
		return REDUND_DOWN_WHY_POWER_FAILURE;
	case REDUND_RESET_TIMER:
		return REDUND_DOWN_WHY_TIMER;
	case REDUND_RESET_FENCE:
		return REDUND_DOWN_WHY_FENCE;
	case REDUND_RESET_BUTTON:
		return REDUND_DOWN_WHY_RESET_BUTTON;
	default:
		/*
		 * A reset by the other module is its owner's, and of a boot of the
		 * system whoever owns now; an end by itself is one too.
		 */
		return rd->view.owner == rd_peer(rd) || rd->nv.head.boot_reason ?
			       REDUND_DOWN_WHY_PEER_RESET : REDUND_DOWN_WHY_UNKNOWN;
	}
}

/* Its last sign of life: the record's own time, or a line logged after it. */
static void rd_crash_last_life(struct redund *rd, struct redund_down_record *r)
{
	const struct rd_crash *c = &rd->crash;

	if (le64_to_cpu(r->wall_s) >= c->alive_s)
		return;
	r->wall_s = cpu_to_le64(c->alive_s);
	r->clock_us = cpu_to_le64(c->alive_us);
}

/* The start before this one said nothing at its end: the cause of its reset does. */
static void rd_crash_close(struct redund *rd)
{
	struct redund_down_record *r = &rd->crash.last;
	bool starved = r->why == REDUND_DOWN_WHY_WATCHDOG &&
		       (rd->boot_cause == REDUND_RESET_TIMER ||
			rd->boot_cause == REDUND_RESET_FENCE);

	if (r->flags & DOWN_ENDED)
		return;
	if (!starved)
		r->why = rd_crash_cause(rd);
	r->flags |= DOWN_ENDED | (starved ? DOWN_SAVED : 0);
	rd_crash_last_life(rd, r);
	rd_crash_text(r, NULL);
	rd_crash_write(rd, r);
}

static void rd_crash_new(struct redund *rd)
{
	struct redund_down_record *r = &rd->crash.rec;

	memset(r, 0, sizeof(*r));
	r->head.seq = rd->crash.last.head.seq;
	le32_add_cpu(&r->head.seq, 1);
	r->slot = rd->slot;
	strscpy_pad(r->serial, rd_crash_serial(rd), sizeof(r->serial));
	strscpy_pad(r->sw_version, rd_set.sw_version, sizeof(r->sw_version));
}

/* In the words of the boot line in figure 15-31 (S-255). */
static const char *rd_crash_word(u8 why)
{
	switch (why) {
	case REDUND_DOWN_WHY_POWER_FAILURE:
		return "Power Failure";
	case REDUND_DOWN_WHY_PANIC:
		return "Kernel Panic";
	case REDUND_DOWN_WHY_WATCHDOG:
	case REDUND_DOWN_WHY_TIMER:
		return "Watchdog";
	case REDUND_DOWN_WHY_RESET_BUTTON:
		return "Reset Button";
	case REDUND_DOWN_WHY_SHUTDOWN_BUTTON:
	case REDUND_DOWN_WHY_POWER_OFF:
	case REDUND_DOWN_WHY_HALT:
		return "Power Off";
	case REDUND_DOWN_WHY_OPERATOR_RELOAD:
	case REDUND_DOWN_WHY_OPERATOR_REBOOT:
	case REDUND_DOWN_WHY_REBOOT:
	case REDUND_DOWN_WHY_SWITCHOVER:
	case REDUND_DOWN_WHY_PEER_RESET:
		return "Operator Reboot";
	default:
		return "Unknown Cause";
	}
}

/**
 * rd_crash_begin() - this start's record; the first lines of the log tell how
 * the start before it ended (S-255, S-256, S-258, events 1 and 2)
 * @rd: instance whose records were read, after rd_crash_find()
 *
 * Each end is told once: this start's record is the newest from here on.
 *
 * Context: redund.lock.
 */
void rd_crash_begin(struct redund *rd)
{
	struct rd_crash *c = &rd->crash;
	bool ours = rd_crash_ours(rd), unloaded = rd_crash_unloaded(rd);
	bool ended = (ours || rd->nv.booted) && !unloaded;
	u8 why;

	if (ended && ours)
		rd_crash_close(rd);
	why = ours ? c->last.why : rd_crash_cause(rd);
	/* The system rebooted only where nobody kept it going. */
	if (ended && !rd->view.owner)
		rd_log(rd, 0, REDUND_SEVERITY_MAJOR, 0, "sys", "'System reboot due to %s'",
		       rd_crash_word(why));
	rd_log(rd, 61, REDUND_SEVERITY_INFORMATION, 0, "system", "-----");
	if (ended && (ours ? c->last.flags & DOWN_SAVED : rd->nv.last_down)) {
		rd_log_event(rd, 2, rd->slot);
		if (ours)
			rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
			       "went-down: %s", c->last.text);
	} else if (ended) {
		rd_log_event(rd, 1, rd->slot);
	}
	if (ours && unloaded)
		c->rec = c->last;
	else
		rd_crash_new(rd);
	c->rec.role = U8_MAX;
	rd_crash_role(rd);
}

/**
 * rd_crash_role() - the record of this start has the role in which it is
 * @rd: instance
 *
 * Context: redund.lock, after each event; one write when the role is another.
 */
void rd_crash_role(struct redund *rd)
{
	struct redund_down_record *r = &rd->crash.rec;

	if (!r->head.seq || rd->going_down || rd->view.self_out)
		return;
	if (r->role == rd->role.role && r->boot_count == rd->nv.module.boot_count)
		return;
	r->role = rd->role.role;
	r->boot_count = rd->nv.module.boot_count;
	rd_crash_stamp(rd, r);
	rd_crash_write(rd, r);
}

/**
 * rd_crash_starved() - beats are withheld for the watchdog's sake, or no longer
 * @rd: instance
 * @starved: they are
 *
 * The module may be reset before it can say more.
 *
 * Context: redund.lock.
 */
void rd_crash_starved(struct redund *rd, bool starved)
{
	struct redund_down_record *r = &rd->crash.rec;

	if (!r->head.seq || rd->going_down || rd->view.self_out)
		return;
	r->why = starved ? REDUND_DOWN_WHY_WATCHDOG : REDUND_DOWN_WHY_NONE;
	rd_crash_stamp(rd, r);
	rd_crash_write(rd, r);
}

/* ---- the end ---------------------------------------------------------------------- */

/**
 * rd_crash_intent() - why this module is about to go down
 * @rd: instance
 * @why: enum redund_down_why; REDUND_DOWN_WHY_NONE takes back what was said
 * @warm: its next start skips the selftest (S-210)
 * @origin: from where it was told ("CONSOLE session"), or NULL
 * @text: a sentence; NULL: it is made of the others (S-266, S-267)
 *
 * The role is that of this moment: after a handover it is another one.
 *
 * Context: redund.lock.
 */
void rd_crash_intent(struct redund *rd, u8 why, bool warm, const char *origin, const char *text)
{
	struct rd_crash *c = &rd->crash;

	lockdep_assert_held(&rd->lock);
	memset(&c->intent, 0, sizeof(c->intent));
	c->intent.why = why;
	c->intent.role = rd->role.role;
	c->intent.flags = warm ? DOWN_WARM : 0;
	strscpy(c->intent.origin, origin ?: "", sizeof(c->intent.origin));
	rd_crash_text(&c->intent, text);
}

static u8 rd_crash_why(u8 reason)
{
	switch (reason) {
	case REDUND_DOWN_PANIC:
		return REDUND_DOWN_WHY_PANIC;
	case REDUND_DOWN_REBOOT:
		return REDUND_DOWN_WHY_REBOOT;
	case REDUND_DOWN_HALT:
		return REDUND_DOWN_WHY_HALT;
	case REDUND_DOWN_POWER_OFF:
		return REDUND_DOWN_WHY_POWER_OFF;
	case REDUND_DOWN_SHUTDOWN:
		return REDUND_DOWN_WHY_SHUTDOWN_BUTTON;
	default:
		return REDUND_DOWN_WHY_UNKNOWN;
	}
}

/**
 * rd_crash_down() - complete the record of this start, copy the last log lines
 * @rd: instance that has written going-down
 * @reason: enum redund_down_reason; what rd_crash_intent() said is preferred
 *
 * Context: redund.lock.
 */
void rd_crash_down(struct redund *rd, u8 reason)
{
	struct rd_crash *c = &rd->crash;
	struct redund_down_record *r = &c->rec;

	if (!r->head.seq)
		return;
	/* Its role is that of the record: going down has changed it already. */
	r->why = rd_crash_why(reason);
	if (c->intent.why && reason == REDUND_DOWN_REBOOT) {
		r->role = c->intent.role;
		r->why = c->intent.why;
		r->flags |= c->intent.flags;
		memcpy(r->origin, c->intent.origin, sizeof(r->origin));
		memcpy(r->text, c->intent.text, sizeof(r->text));
	} else {
		rd_crash_text(r, NULL);
	}
	r->flags |= DOWN_ENDED | DOWN_SAVED;
	rd_crash_stamp(rd, r);
	rd_crash_write(rd, r);
	rd_crash_last(rd);
}

/* ---- the event log ------------------------------------------------------------------ */

static void rd_crash_line(const struct redund_event_info *ev, u32 seq,
			  struct redund_event_record *r)
{
	memset(r, 0, sizeof(*r));
	r->head.seq = cpu_to_le32(seq);
	r->id = cpu_to_le64(ev->id);
	r->wall_s = cpu_to_le64(ev->wall_s);
	r->clock_us = cpu_to_le64(ev->clock_us);
	r->number = cpu_to_le32(ev->number);
	r->severity = ev->severity;
	r->about = ev->slot;
	BUILD_BUG_ON(sizeof(r->subsystem) != sizeof(ev->subsystem));
	BUILD_BUG_ON(sizeof(r->text) != sizeof(ev->text));
	memcpy(r->subsystem, ev->subsystem, sizeof(r->subsystem));
	strscpy(r->text, ev->text, sizeof(r->text));
	rd_crash_seal(&r->head, REDUND_EVENT_MAGIC, sizeof(*r));
}

/**
 * rd_crash_event() - copy the next line of the log to the crash area
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: false if there is none, or the slot does not take it now
 */
bool rd_crash_event(struct redund *rd)
{
	struct rd_crash *c = &rd->crash;
	struct redund_event_info ev;
	u32 seq;

	if (!c->known || rd->dead || (rd->view.self_out && !rd->going_down))
		return false;
	if (rd_evlog_get(&rd->log, c->mirrored + 1, &ev))
		return false;
	seq = c->event_base + (u32)ev.id;
	rd_crash_line(&ev, seq, &c->event);
	rd_write_area(rd, rd_crash_line_off(seq), &c->event, sizeof(c->event));
	c->mirrored = ev.id;
	return true;
}

/**
 * rd_crash_mirror() - copy what is new in the log to the crash area
 * @rd: instance
 *
 * So that it is there after this module died (S-229, S-259).
 *
 * Context: process; the lock is taken for one line at a time.
 */
void rd_crash_mirror(struct redund *rd)
{
	bool more = true;

	while (more) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		more = rd_crash_event(rd);
	}
}

/**
 * rd_crash_last() - copy the last lines of the log now
 * @rd: instance at its end
 *
 * Context: redund.lock.
 */
void rd_crash_last(struct redund *rd)
{
	u64 next = READ_ONCE(rd->log.next);

	if (next - rd->crash.mirrored > RD_CRASH_LAST)
		rd->crash.mirrored = next - RD_CRASH_LAST - 1;
	while (rd_crash_event(rd))
		;
}

/* ---- panic --------------------------------------------------------------------------- */

static void rd_crash_panic_log(struct redund *rd)
{
	struct rd_crash *c = &rd->crash;
	struct redund_event_info ev;
	u64 id = c->mirrored;
	u32 i, seq;

	for (i = 0; i < RD_CRASH_LAST && !rd_evlog_try_get(&rd->log, id + 1, &ev); i++) {
		seq = c->event_base + (u32)ev.id;
		rd_crash_line(&ev, seq, &c->panic_event);
		rd->ops->write_area(rd->bp, rd_crash_line_off(seq), &c->panic_event,
				    sizeof(c->panic_event));
		id = ev.id;
	}
}

/**
 * rd_crash_panic() - the kernel panicked: its text, and the last log lines
 * @rd: instance for which going-down was written
 * @text: what the kernel says
 *
 * Context: panic: no lock, no sleep, buffers of its own. Nothing else writes the
 * record any more; one that was being written is written again.
 */
void rd_crash_panic(struct redund *rd, const char *text)
{
	struct rd_crash *c = &rd->crash;
	struct redund_down_record *r = &c->panic;

	if (!READ_ONCE(c->known) || !c->rec.head.seq)
		return;
	*r = c->rec;
	r->why = REDUND_DOWN_WHY_PANIC;
	r->flags = DOWN_ENDED | DOWN_SAVED;
	memset(r->origin, 0, sizeof(r->origin));
	r->wall_s = cpu_to_le64(ktime_get_real_seconds());
	r->clock_us = cpu_to_le64(div_u64(ktime_get_mono_fast_ns(), NSEC_PER_USEC) +
				  rd->clock_off);
	rd_crash_text(r, text && *text ? text : NULL);
	rd_crash_seal(&r->head, REDUND_DOWN_MAGIC, sizeof(*r));
	rd->ops->write_area(rd->bp, rd_crash_off(r), r, sizeof(*r));
	rd_crash_panic_log(rd);
}
