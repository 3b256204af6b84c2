// SPDX-License-Identifier: GPL-2.0-only
/*
 * What registered users of the phases say: that the phase "config" is done,
 * whether this module is synchronized and what is not, that files are being
 * copied, how the internal link is; and the key of that link. Owns struct
 * rd_user and the wait of MM Shutdown for files that are being copied (S-139).
 */
#include <linux/random.h>
#include "redund.h"

#define RD_LINK_FRESH_US	(3 * USEC_PER_SEC)	/* as RD_LINK_FRESH_MS of libredund */

static struct rd_user *rd_user_find(struct redund *rd, u32 key)
{
	unsigned int i;

	for (i = 0; i < RD_USERS; i++)
		if (rd->users[i].key == key)
			return &rd->users[i];
	return NULL;
}

/* ---- the phase "config" --------------------------------------------------------- */

/* All of its users acknowledged, or one said that it failed: the phase ends. */
static void rd_config_check(struct redund *rd)
{
	unsigned int i, users = 0, acked = 0;

	if (!rd->config_waiting)
		return;
	for (i = 0; i < RD_USERS; i++) {
		if (!rd->users[i].key || !rd->users[i].config)
			continue;
		users++;
		acked += rd->users[i].acked;
	}
	if (acked < users)
		return;
	rd->config_waiting = false;
	rd_phase_done(rd, REDUND_PHASE_CONFIG,
		      users ? REDUND_PHASE_RESULT_OK : REDUND_PHASE_RESULT_NO_USER);
}

/**
 * rd_config_phase() - the phase "config" begins
 * @rd: instance that took the grant
 *
 * Its users see waiting_for "config" and acknowledge; without one it is
 * recorded as "no user" and passes at once. The bound is the machine's.
 *
 * Context: redund.lock.
 */
void rd_config_phase(struct redund *rd)
{
	unsigned int i;

	for (i = 0; i < RD_USERS; i++)
		rd->users[i].acked = false;
	rd->config_waiting = true;
	rd_config_check(rd);
}

/* ---- synchronized or not ---------------------------------------------------------- */

/* Somebody has to say that this module is synchronized, and did not. */
static bool rd_sync_missing(const struct redund *rd)
{
	bool any = false;
	unsigned int i;

	for (i = 0; i < RD_USERS; i++) {
		if (!rd->users[i].key || !rd->users[i].sync)
			continue;
		if (!rd->users[i].synced)
			return true;
		any = true;
	}
	return rd->sync_gone || (!any && READ_ONCE(rd_set.sync_required));
}

/* All users say that it is synchronized, or one does not: the machine hears of it. */
static void rd_sync_tell(struct redund *rd)
{
	struct role_event ev = { .type = ROLE_EV_SYNCED, .on = !rd_sync_missing(rd) };

	rd_queue_event(rd, &ev);
}

/**
 * rd_sync_begin() - an initial sync begins
 * @rd: instance in the role "syncing"
 *
 * What was acknowledged was another one, with another active perhaps: only
 * what a user said before the role was decided is about this one.
 *
 * Context: redund.lock.
 */
void rd_sync_begin(struct redund *rd)
{
	unsigned int i;

	for (i = 0; i < RD_USERS; i++) {
		if (!rd->users[i].early)
			rd->users[i].synced = false;
		rd->users[i].early = false;
	}
	if (!rd_sync_missing(rd))
		rd_sync_tell(rd);
}

/**
 * rd_sync_text() - what is not synchronized, and why
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: "primary: disk full"; "" when nothing is missing or nobody said what
 */
const char *rd_sync_text(const struct redund *rd)
{
	const struct role *r = &rd->role;
	unsigned int i;

	if (r->role != REDUND_ROLE_SYNCING && (r->role != REDUND_ROLE_STANDBY || r->synced))
		return "";
	for (i = 0; i < RD_USERS; i++)
		if (rd->users[i].key && rd->users[i].sync && !rd->users[i].synced)
			return rd->users[i].sync_text;
	return rd_sync_missing(rd) ? "synchronization: no program does it" : "";
}

/* One line when it is lost, one when it is back (I5). */
static void rd_sync_log(struct redund *rd, bool was_failed)
{
	bool failed = rd->role.not_ready & REDUND_NOT_READY_SYNC_FAILED;
	const char *text = rd_sync_text(rd);

	if (failed && !was_failed)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund", "sync-failed: %s",
		       *text ? text : "no cause given");
	else if (was_failed && !failed && rd->role.role == REDUND_ROLE_STANDBY)
		rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
		       "sync-restored: this module is synchronized again");
}

/* A user said something else: the machine, the log and the other module hear of it. */
static void rd_sync_changed(struct redund *rd)
{
	bool failed = rd->role.not_ready & REDUND_NOT_READY_SYNC_FAILED;

	if (!rd->booted || rd->dead)
		return;		/* asked for when syncing begins */
	rd_sync_tell(rd);
	rd_kick(rd);
	rd_sync_log(rd, failed);
	rd_change(rd, REDUND_OBJECT_MM, rd->slot);
	rd_beat_publish(rd);
}

/* ---- files that are being copied ----------------------------------------------------- */

static const struct rd_user *rd_busy_user(const struct redund *rd)
{
	unsigned int i;

	for (i = 0; i < RD_USERS; i++)
		if (rd->users[i].key && rd->users[i].busy)
			return &rd->users[i];
	return NULL;
}

/**
 * rd_copying() - are files being copied between the modules?
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: true if a user says so
 */
bool rd_copying(const struct redund *rd)
{
	return rd_busy_user(rd);
}

/**
 * rd_sync_progress() - what a switchover would have to wait for, and how long
 * @rd: instance
 * @text: filled: what is being copied, or what the standby lacks; "" not known
 * @size: its room
 * @seconds: filled: about; 0 not known
 *
 * Context: redund.lock.
 */
void rd_sync_progress(struct redund *rd, char *text, size_t size, u32 *seconds)
{
	const struct rd_user *u = rd_busy_user(rd);
	u64 now = rd_now(rd);

	*seconds = 0;
	strscpy(text, u && *u->busy_text ? u->busy_text : u ? "files" :
		      rd->beat.in_valid ? rd->beat.in.sync_text : "", size);
	if (u && u->busy_until > now)
		*seconds = div_u64(u->busy_until - now + USEC_PER_SEC - 1, USEC_PER_SEC);
}

static void rd_shutdown_go(struct redund *rd)
{
	struct role_event ev = { .type = ROLE_EV_SHUTDOWN };

	if (rd->shutdown_until)
		rd->dwn_flash = false;	/* lit anew when it is accepted */
	rd->shutdown_until = 0;
	rd_queue_event(rd, &ev);
}

/**
 * rd_shutdown_pressed() - MM Shutdown: files that are being copied come first (S-139)
 * @rd: booted instance
 *
 * The Dwn LED flashes meanwhile (S-141). A request that would be ignored is
 * answered at once, and so is the wait's end by rd_shutdown_wait().
 *
 * Context: redund.lock.
 */
void rd_shutdown_pressed(struct redund *rd)
{
	const struct rd_user *u = rd_busy_user(rd);
	u32 reasons;

	if (rd->shutdown_until)
		return;
	if (!u || role_shutdown_check(&rd->role, &rd->view, &reasons))
		return rd_shutdown_go(rd);
	rd->shutdown_until = rd_now(rd) + READ_ONCE(rd_set.sync_wait_ms) * (u64)USEC_PER_MSEC;
	rd->dwn_flash = true;
	rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
	       "shutdown-waits: files are being copied: %s", u->busy_text);
}

/**
 * rd_shutdown_wait() - is MM Shutdown's wait over?
 * @rd: instance
 *
 * Context: redund.lock, each tick. The event is queued, not stepped.
 */
void rd_shutdown_wait(struct redund *rd)
{
	if (!rd->shutdown_until)
		return;
	if (rd_now(rd) >= rd->shutdown_until)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "shutdown-waits: not copied in time, shutting down all the same");
	else if (rd_busy_user(rd))
		return;
	rd_shutdown_go(rd);
}

/* ---- registration --------------------------------------------------------------------- */

/* Nothing waits for a user that is gone, or that does not ask for it any more. */
static void rd_user_left(struct redund *rd)
{
	rd_config_check(rd);
	rd_link_update(rd);
	rd_shutdown_wait(rd);
	rd_sync_changed(rd);
	rd_kick(rd);
}

/**
 * redund_user_register() - a process acknowledges phases from now on
 * @rd: instance
 * @key: names it, not 0 (netlink port)
 * @config: the phase "config"
 * @sync: whether this module is synchronized
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno; -EBUSY when there are too many
 */
int redund_user_register(struct redund *rd, u32 key, bool config, bool sync,
			 struct redund_answer *r)
{
	struct rd_user *u;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	if (!key)
		return rd_answer(REDUND_REFUSAL_INVALID, 0, r);
	guard(raw_spinlock_irqsave)(&rd->lock);
	u = rd_user_find(rd, key) ?: rd_user_find(rd, 0);
	if (!u)
		return rd_answer(REDUND_REFUSAL_BUSY, 0, r);
	if (!u->sync)
		u->synced = rd->role.synced;
	u->key = key;
	u->config = config;
	u->sync = sync;
	u->acked = false;
	u->early = false;
	if (sync)
		rd->sync_gone = false;
	if (!config || !sync)
		rd_user_left(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * redund_user_release() - the process is gone: nothing waits for it
 * @rd: instance
 * @key: as registered
 *
 * But one that synchronized this module leaves it unsynchronized until another
 * one says that it is. Who ends it in order registers without "sync".
 *
 * Context: process.
 */
void redund_user_release(struct redund *rd, u32 key)
{
	struct rd_user *u;

	guard(mutex)(&rd->config);
	guard(raw_spinlock_irqsave)(&rd->lock);
	u = key ? rd_user_find(rd, key) : NULL;
	if (!u)
		return;
	rd->sync_gone |= u->sync;
	memset(u, 0, sizeof(*u));
	rd_user_left(rd);
}

/* ---- what users say -------------------------------------------------------------------- */

/**
 * redund_phase_ack() - a user did its part of a phase
 * @rd: instance
 * @key: as registered
 * @phase: enum redund_phase, "config"
 * @ok: it succeeded; false ends the phase as failed
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno; -EINVAL for no such user or phase, -EALREADY when
 * nothing waits
 */
int redund_phase_ack(struct redund *rd, u32 key, u32 phase, bool ok, struct redund_answer *r)
{
	struct rd_user *u;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	u = key ? rd_user_find(rd, key) : NULL;
	if (!u || !u->config || phase != REDUND_PHASE_CONFIG)
		return rd_answer(REDUND_REFUSAL_INVALID, 0, r);
	if (!rd->config_waiting)
		return rd_answer(REDUND_REFUSAL_ALREADY, 0, r);
	u->acked = true;
	if (ok) {
		rd_config_check(rd);
	} else {
		rd->config_waiting = false;
		rd_phase_done(rd, REDUND_PHASE_CONFIG, REDUND_PHASE_RESULT_FAILED);
	}
	rd_kick(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * redund_sync_ack() - a user says whether this module is synchronized
 * @rd: instance
 * @key: as registered
 * @synced: it is; the first time this ends "syncing"
 * @text: item and cause when it is not ("primary: disk full"), printable
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno; -EINVAL for no such user
 */
int redund_sync_ack(struct redund *rd, u32 key, bool synced, const char *text,
		    struct redund_answer *r)
{
	struct rd_user *u;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	u = key ? rd_user_find(rd, key) : NULL;
	if (!u || !u->sync)
		return rd_answer(REDUND_REFUSAL_INVALID, 0, r);
	u->early = rd->role.role == REDUND_ROLE_BOOTING || rd->role.role == REDUND_ROLE_ELECTION;
	text = synced ? "" : text;
	if (u->synced == synced && !strcmp(u->sync_text, text))
		return rd_answer(REDUND_REFUSAL_NONE, 0, r);
	u->synced = synced;
	strscpy(u->sync_text, text, sizeof(u->sync_text));
	rd_sync_changed(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/**
 * redund_sync_busy() - files are being copied between the modules, or no longer
 * @rd: instance
 * @key: as registered
 * @busy: they are; a switchover and MM Shutdown wait for their end (S-076, S-139)
 * @seconds: until then, about; 0 not known
 * @text: what, printable
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno; -EINVAL for no such user
 */
int redund_sync_busy(struct redund *rd, u32 key, bool busy, u32 seconds, const char *text,
		     struct redund_answer *r)
{
	struct rd_user *u;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	u = key ? rd_user_find(rd, key) : NULL;
	if (!u)
		return rd_answer(REDUND_REFUSAL_INVALID, 0, r);
	u->busy_until = seconds ? rd_now(rd) + seconds * (u64)USEC_PER_SEC : 0;
	/* How far it is can be asked; only what changes is told. */
	if (u->busy == busy && !strcmp(u->busy_text, text))
		return rd_answer(REDUND_REFUSAL_NONE, 0, r);
	u->busy = busy;
	strscpy(u->busy_text, text, sizeof(u->busy_text));
	rd_change(rd, REDUND_OBJECT_CHASSIS, 0);
	rd_shutdown_wait(rd);
	rd_kick(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/* ---- the internal link -------------------------------------------------------------------- */

/**
 * rd_link_update() - the best that a user says of the internal link
 * @rd: instance
 *
 * Context: redund.lock. The log has a line when the path is lost, and one when
 * it is back.
 */
void rd_link_update(struct redund *rd)
{
	u8 was = rd->link, now = REDUND_LINK_STATE_NONE;
	struct role_event ev = { .type = ROLE_EV_VIEW };
	unsigned int i;

	for (i = 0; i < RD_USERS; i++)
		if (rd->users[i].key)
			now = max(now, rd->users[i].link);
	if (now == was)
		return;
	rd->link = now;
	if (was == REDUND_LINK_STATE_ALIVE)
		rd_log(rd, 0, REDUND_SEVERITY_WARNING, rd->slot, "redund",
		       "link-lost: Mgmt Module %u is not heard over the internal link",
		       rd_peer(rd));
	else if (now == REDUND_LINK_STATE_ALIVE)
		rd_log(rd, 0, REDUND_SEVERITY_INFORMATION, rd->slot, "redund",
		       "link-restored: Mgmt Module %u is heard over the internal link",
		       rd_peer(rd));
	rd_change(rd, REDUND_OBJECT_MM, rd->slot);
	if (!rd->booted || rd->dead)
		return;
	rd_look(rd);
	rd_queue_event(rd, &ev);
	rd_kick(rd);
}

/**
 * rd_link_alive() - was the other module heard over the internal link just now?
 * @rd: instance
 *
 * A user that hangs says nothing any more: what it said last is not for ever.
 *
 * Context: redund.lock.
 * Return: true if a user said so within RD_LINK_FRESH_US
 */
bool rd_link_alive(struct redund *rd)
{
	return rd->link == REDUND_LINK_STATE_ALIVE && rd_now(rd) - rd->link_us < RD_LINK_FRESH_US;
}

/**
 * redund_link_report() - a user says how the internal link is
 * @rd: instance
 * @key: as registered
 * @state: enum redund_link_state
 * @r: filled
 *
 * Context: process.
 * Return: 0 or -errno; -EINVAL for no such user or state
 */
int redund_link_report(struct redund *rd, u32 key, u32 state, struct redund_answer *r)
{
	struct rd_user *u;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	guard(raw_spinlock_irqsave)(&rd->lock);
	u = key ? rd_user_find(rd, key) : NULL;
	if (!u || state > REDUND_LINK_STATE_ALIVE)
		return rd_answer(REDUND_REFUSAL_INVALID, 0, r);
	if (state == REDUND_LINK_STATE_ALIVE)
		rd->link_us = rd_now(rd);
	u->link = state;
	rd_link_update(rd);
	return rd_answer(REDUND_REFUSAL_NONE, 0, r);
}

/* The key as chassis memory has it, or the one just made if the owner may keep it. */
static u32 rd_pairing_take(struct redund *rd, const u8 *made, u8 *key)
{
	struct redund_chassis_record *h = &rd->nv.head;

	if (!rd_owns(rd) || !rd->nv.loaded)
		rd_nv_load_head(rd);
	else if (made)
		rd_nv_key(rd, made);
	if (!memchr_inv(h->pairing_key, 0, sizeof(h->pairing_key)))
		return REDUND_REFUSAL_NO_KEY;
	if (made && rd_owns(rd) && !rd_nv_store(rd)) {
		memset(h->pairing_key, 0, sizeof(h->pairing_key));
		return REDUND_REFUSAL_NO_KEY;
	}
	memcpy(key, h->pairing_key, sizeof(h->pairing_key));
	return REDUND_REFUSAL_NONE;
}

/* Random numbers were not to be had at the start: the active makes it when it is asked. */
static u32 rd_pairing_make(struct redund *rd, u8 *key)
{
	u8 made[sizeof_field(struct redund_chassis_record, pairing_key)];
	u32 refusal = REDUND_REFUSAL_NO_KEY;

	if (get_random_bytes_wait(made, sizeof(made)))
		return refusal;
	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		rd_look(rd);
		if (rd->role.role == REDUND_ROLE_ACTIVE)
			refusal = rd_pairing_take(rd, made, key);
	}
	memzero_explicit(made, sizeof(made));
	return refusal;
}

/**
 * redund_pairing_key() - by which the two modules of this chassis know each other
 * @rd: instance
 * @key: 32 bytes, filled
 * @r: filled
 *
 * Made by the first active of the chassis, kept in chassis memory.
 *
 * Context: process.
 * Return: 0 or -errno; -ENOKEY when there is none yet
 */
int redund_pairing_key(struct redund *rd, u8 *key, struct redund_answer *r)
{
	u32 refusal;
	bool active;
	int ret;

	guard(mutex)(&rd->config);
	ret = rd_enter(rd, r);
	if (ret)
		return ret;
	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		refusal = rd_pairing_take(rd, NULL, key);
		active = rd->role.role == REDUND_ROLE_ACTIVE;
	}
	if (refusal && active)
		refusal = rd_pairing_make(rd, key);
	return rd_answer(refusal, 0, r);
}
