// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of chassis memory (G9): the chassis record that the owner writes,
 * with the pairing key, and the record of this module. Owns struct rd_nv. A record that is missing
 * is fresh; one that is damaged or of an unknown format counts as fresh, with
 * a warning, and is rewritten by the next owner.
 */
#include <linux/random.h>
#include "redund.h"

#define RD_NV_HISTORY(n)	(WIN_NV_CHASSIS + REDUND_CHREC_HISTORY_OFF + \
				 (n) * sizeof(struct redund_history_record))
#define RD_NV_SLOT(seq)		(((seq) - 1) % REDUND_HISTORY_MAX)

/* ---- reading -------------------------------------------------------------------- */

static int rd_nv_read(struct redund *rd, u32 off, u32 magic, u16 version, void *out, size_t len)
{
	rd_read_area(rd, off, rd->nv.raw, len);
	/* A record of a later version is longer: all of it is under its CRC. */
	if (le16_to_cpu(((struct redund_rec_head *)rd->nv.raw)->length) > len)
		rd_read_area(rd, off, rd->nv.raw, sizeof(rd->nv.raw));
	return rd_rec_take(rd->nv.raw, sizeof(rd->nv.raw), magic, version, out, len);
}

static void rd_nv_warn(struct redund *rd, const char *what, int ret)
{
	if (ret != -EBADMSG && ret != -EPROTONOSUPPORT)
		return;
	if (rd->nv.warned)
		return;
	rd->nv.warned = true;
	rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "redund", "bad-record: the %s is %s", what,
	       ret == -EBADMSG ? "damaged" : "of a newer format");
}

/* Defaults of a chassis without a record: redundancy is enabled (S-034). */
static void rd_nv_fresh(struct redund_chassis_record *r)
{
	memset(r, 0, sizeof(*r));
	r->redundancy = 1;
}

/**
 * rd_nv_load_head() - read the chassis record
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_nv_load_head(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;
	int ret;

	if (rd->dead)
		return;
	ret = rd_nv_read(rd, WIN_NV_CHASSIS, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, r,
			 sizeof(*r));
	rd->nv.readable = !ret || ret == -ENODATA;
	if (ret)
		rd_nv_fresh(r);
	rd_nv_warn(rd, "chassis record", ret);
	rd_chassis_clean(r);
	rd->nv.read_us = rd_now(rd);
}

/*
 * One record of the history. Its head tells whether it is the one that is
 * known already: with interrupts off four words are read, not all of it.
 */
static void rd_nv_load_record(struct redund *rd, unsigned int i)
{
	struct redund_history_record *h = &rd->nv.history[i];
	int ret;

	rd_read_area(rd, RD_NV_HISTORY(i), rd->nv.raw, sizeof(h->head));
	if (rd->dead || !memcmp(rd->nv.raw, &h->head, sizeof(h->head)))
		return;
	ret = rd_nv_read(rd, RD_NV_HISTORY(i), REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, h,
			 sizeof(*h));
	rd_nv_warn(rd, "history", ret);
	rd_history_clean(h);
	/* What is there at the start is no change. */
	if (!ret && rd->nv.history_us)
		rd_change(rd, REDUND_OBJECT_HISTORY, le32_to_cpu(h->head.seq));
}

/**
 * rd_nv_load() - read the chassis record and the history
 * @rd: instance
 *
 * Context: redund.lock.
 */
void rd_nv_load(struct redund *rd)
{
	unsigned int i;

	rd_nv_load_head(rd);
	for (i = 0; i < REDUND_HISTORY_MAX && !rd->dead; i++)
		rd_nv_load_record(rd, i);
	rd->nv.history_us = rd_now(rd);
}

/**
 * rd_nv_load_history() - read the history, one record at a time
 * @rd: instance
 * @max_age_us: nothing is read when it was read so recently, microseconds
 *
 * The lock is given up after each record, so that a beat is not held up. What
 * changed is notified.
 *
 * Context: any that may take redund.lock.
 */
void rd_nv_load_history(struct redund *rd, u64 max_age_us)
{
	unsigned int i;

	for (i = 0; i < REDUND_HISTORY_MAX; i++) {
		guard(raw_spinlock_irqsave)(&rd->lock);
		if (rd->dead || (rd_owns(rd) && rd->nv.loaded))
			return;
		if (!i && rd->nv.history_us && rd_now(rd) - rd->nv.history_us < max_age_us)
			return;
		rd_nv_load_record(rd, i);
		rd->nv.history_us = rd_now(rd);
	}
}

/**
 * rd_nv_follow() - read what the owner changed, and notify it
 * @rd: instance
 *
 * Context: process. An owner knows what it wrote.
 */
void rd_nv_follow(struct redund *rd)
{
	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		rd->nv.stale = false;
		if (rd->dead || rd_owns(rd))
			return;
		rd_nv_load_head(rd);
		rd_fabric_read(rd);
		rd_nv_settings(rd);
	}
	rd_nv_load_history(rd, 0);
	guard(raw_spinlock_irqsave)(&rd->lock);
	if (rd->booted)
		rd_changes_find(rd);
}

/**
 * rd_nv_settings() - the machine goes by the settings that the record has
 * @rd: instance
 *
 * Context: redund.lock, not from an action. The timers are taken from the frame.
 */
void rd_nv_settings(struct redund *rd)
{
	struct role_event ev = { .type = ROLE_EV_PARAMS };

	if (!rd->booted)
		return;		/* at its start */
	rd_settings_params(rd, &ev.params);
	if (ev.params.hold == rd->role.p.hold)
		return;
	rd_queue_event(rd, &ev);
	rd_kick(rd);
}

/**
 * rd_nv_need() - the owner's own reading of the records, once a grant
 * @rd: instance that holds the grant
 *
 * Context: redund.lock, after the fabric was written: a takeover does not
 * wait for it. Keeps who asked for the handover that led here.
 */
void rd_nv_need(struct redund *rd)
{
	const struct redund_chassis_record *r = &rd->nv.head;

	if (rd->nv.loaded || !rd_owns(rd))
		return;
	rd_nv_load(rd);
	rd->nv.loaded = true;
	rd->nv.requester[0] = 0;
	/* A forced fence from the standby has no intent: it was asked for here. */
	if (rd->handover_running && rd->role.reason == REDUND_REASON_SWITCHOVER_FORCED)
		strscpy(rd->nv.requester, rd->requester, sizeof(rd->nv.requester));
	else if (r->intent_to == rd->slot || r->boot_reason)
		strscpy(rd->nv.requester, r->intent_requester, sizeof(rd->nv.requester));
}

/**
 * rd_nv_intent() - write the handover intent, or clear it
 * @rd: instance that holds the grant
 * @to: slot that is to become active, 0 clears
 * @reason: enum redund_reason
 * @forced: the operator forced it
 *
 * Context: redund.lock, before OFFER, which does not follow when the intent
 * could not be written (rd_nv.intent_failed).
 */
void rd_nv_intent(struct redund *rd, u8 to, u8 reason, bool forced)
{
	struct redund_chassis_record *r = &rd->nv.head;

	rd_nv_need(rd);
	rd->nv.intent_failed = false;
	if (to) {
		rd->nv.intent_reason = reason;
		rd->nv.intent_forced = forced;
	}
	if (!to && !r->intent_to)
		return;
	r->intent_from = to ? rd->slot : 0;
	r->intent_to = to;
	r->intent_forced = forced;
	r->intent_reason = reason;
	r->intent_epoch = cpu_to_le32(to ? rd->view.epoch : 0);
	r->intent_deadline_us = cpu_to_le64(to ? rd_now(rd) + rd->role.p.handover_us : 0);
	strscpy_pad(r->intent_requester, to ? rd->requester : "", sizeof(r->intent_requester));
	rd->nv.intent_failed = !rd_nv_store(rd) && to;
}

/**
 * rd_nv_prepare() - random numbers for a chassis that has no pairing key
 * @rd: instance that starts
 *
 * Context: process. Where there are none yet, redund_pairing_key() waits for them.
 */
void rd_nv_prepare(struct redund *rd)
{
	u8 key[sizeof(rd->nv.key)];

	if (!rng_is_initialized())
		return;
	get_random_bytes(key, sizeof(key));
	scoped_guard(raw_spinlock_irqsave, &rd->lock) {
		memcpy(rd->nv.key, key, sizeof(key));
		rd->nv.has_key = true;
	}
	memzero_explicit(key, sizeof(key));
}

/**
 * rd_nv_key() - the record gets a pairing key if it has none
 * @rd: instance that holds the grant, with the record read; the caller stores it
 * @key: random numbers, used up
 *
 * Context: redund.lock.
 */
void rd_nv_key(struct redund *rd, const u8 *key)
{
	struct redund_chassis_record *r = &rd->nv.head;

	if (!memchr_inv(r->pairing_key, 0, sizeof(r->pairing_key)))
		memcpy(r->pairing_key, key, sizeof(r->pairing_key));
}

static const char *rd_nv_chassis_serial(const struct redund *rd)
{
	return rd->inv[REDUND_INV_CHASSIS].serial;
}

/* A record of another chassis reads as never booted here (S-276, C-11). */
static int rd_nv_module(struct redund *rd, u32 off, struct redund_module_record *m)
{
	int ret = rd_nv_read(rd, off, REDUND_MODREC_MAGIC, REDUND_MODREC_VERSION, m, sizeof(*m));

	if (!ret && strncmp(m->chassis_serial, rd_nv_chassis_serial(rd),
			    sizeof(m->chassis_serial)))
		memset(m, 0, sizeof(*m));
	rd_nv_warn(rd, "module record", ret);
	return ret;
}

/* Last role and activation go by serial number, in whichever slot they were. */
static void rd_nv_last(const struct redund *rd, u8 slot, struct role_candidate *c)
{
	const struct redund_chassis_record *r = &rd->nv.head;
	const char *serial = rd->inv[REDUND_INV_MM + slot - 1].serial;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (!*serial || strcmp(r->mod_serial[i], serial))
			continue;
		c->last_role = r->last_role[i];
		c->activation = le32_to_cpu(r->mod_activation[i]);
	}
}

static void rd_nv_candidate(struct redund *rd, u8 slot, const struct redund_module_record *m,
			    int ret, struct role_candidate *c)
{
	memset(c, 0, sizeof(*c));
	c->present = slot == rd->slot || (rd->view.peer_present && rd->view.peer_powered);
	c->ever_booted = m->ever_booted;
	c->boot_count = le32_to_cpu(m->boot_count);
	c->readable = rd->nv.readable && (!ret || ret == -ENODATA);
	if (c->ever_booted)
		rd_nv_last(rd, slot, c);
}

/**
 * rd_nv_candidates() - what chassis memory says about both for the election
 * @rd: instance, with the inventory and the chassis record read
 *
 * Also keeps how this module went down last. Nothing is written (C-11: the
 * record of the previous boot decides).
 *
 * Context: redund.lock.
 */
void rd_nv_candidates(struct redund *rd)
{
	struct redund_module_record peer;
	int ret;

	ret = rd_nv_module(rd, WIN_NV_MODULE, &rd->nv.module);
	rd->nv.last_down = rd->nv.module.last_down;
	rd->nv.booted = rd->nv.module.ever_booted;
	rd_nv_candidate(rd, rd->slot, &rd->nv.module, ret, &rd->self_cand);
	/* A start anew reads what this boot wrote, and is none itself. */
	if (rd->nv.written && rd->self_cand.boot_count)
		rd->self_cand.boot_count--;
	ret = rd_nv_module(rd, WIN_NV_PEER, &peer);
	rd_nv_candidate(rd, rd_peer(rd), &peer, ret, &rd->peer_cand);
}

/* ---- writing ----------------------------------------------------------------------- */

/* What is staged becomes the record, whole or not at all. */
static bool rd_nv_commit(struct redund *rd, u32 which, const char *what)
{
	u32 result;

	rd_write32(rd, REG_NV_COMMIT, which);
	result = rd_read32(rd, REG_NV_RESULT) & 0xff;
	if (result == REDUND_RES_OK || rd->dead)
		return true;
	rd_log(rd, 0, REDUND_SEVERITY_WARNING, 0, "redund", "record-refused: the %s, result %u",
	       what, result);
	return false;
}

/**
 * rd_nv_changed() - what both modules know changed: the frame says so
 * @rd: instance that holds the grant
 *
 * Context: redund.lock.
 */
void rd_nv_changed(struct redund *rd)
{
	if (!++rd->nv.generation)
		rd->nv.generation = 1;
}

/**
 * rd_nv_store() - write the chassis record
 * @rd: instance that holds the grant
 *
 * Context: redund.lock.
 * Return: true if it is the record now
 */
bool rd_nv_store(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;

	BUILD_BUG_ON(sizeof(*r) > REDUND_CHREC_HISTORY_OFF);
	BUILD_BUG_ON(sizeof(*r) > sizeof(rd->nv.raw));
	lockdep_assert_held(&rd->lock);
	if (!rd_owns(rd) || !rd->nv.loaded)
		return false;
	r->fabric = rd->fabric;
	rd_rec_seal(&r->head, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, sizeof(*r));
	memcpy(rd->nv.raw, r, sizeof(*r));
	rd_write_area(rd, WIN_NV_CHASSIS, rd->nv.raw, sizeof(*r));
	rd_nv_changed(rd);
	return rd_nv_commit(rd, REDUND_NV_CHASSIS, "chassis record");
}

/**
 * rd_nv_history_length() - how many role changes are kept
 * @rd: instance
 *
 * Context: redund.lock.
 * Return: 1 to REDUND_HISTORY_MAX
 */
u32 rd_nv_history_length(const struct redund *rd)
{
	u32 n = rd->nv.head.history_length;

	return n && n < REDUND_HISTORY_MAX ? n : REDUND_HISTORY_MAX;
}

/**
 * rd_nv_trim_history() - forget role changes that are not to be kept
 * @rd: instance that holds the grant; the caller stores the chassis record
 *
 * Context: redund.lock.
 */
void rd_nv_trim_history(struct redund *rd)
{
	u32 last = 0, seq;
	unsigned int i;

	for (i = 0; i < REDUND_HISTORY_MAX; i++)
		last = max(last, le32_to_cpu(rd->nv.history[i].head.seq));
	for (i = 0; i < REDUND_HISTORY_MAX; i++) {
		seq = le32_to_cpu(rd->nv.history[i].head.seq);
		if (!seq || last - seq < rd_nv_history_length(rd))
			continue;
		memset(&rd->nv.history[i], 0, sizeof(rd->nv.history[i]));
		memset(rd->nv.raw, 0, sizeof(rd->nv.history[i]));
		rd_write_area(rd, RD_NV_HISTORY(i), rd->nv.raw, sizeof(rd->nv.history[i]));
	}
}

/**
 * rd_nv_store_history() - write one role change, and the chassis record with it
 * @rd: instance that holds the grant
 * @rec: record; its sequence is its number
 *
 * Context: redund.lock.
 * Return: true if it was kept
 */
bool rd_nv_store_history(struct redund *rd, const struct redund_history_record *rec)
{
	u32 seq = le32_to_cpu(rec->head.seq);
	struct redund_history_record *h = &rd->nv.history[RD_NV_SLOT(seq)];

	BUILD_BUG_ON(REDUND_CHREC_HISTORY_OFF + sizeof(rd->nv.history) > WIN_NV_CHASSIS_SIZE);
	if (!rd_owns(rd) || !rd->nv.loaded)
		return false;
	*h = *rec;
	/* The number is the caller's: sealing counts it up. */
	h->head.seq = cpu_to_le32(seq - 1);
	rd_rec_seal(&h->head, REDUND_CHREC_MAGIC, REDUND_CHREC_VERSION, sizeof(*h));
	memcpy(rd->nv.raw, h, sizeof(*h));
	rd_write_area(rd, RD_NV_HISTORY(RD_NV_SLOT(seq)), rd->nv.raw, sizeof(*h));
	rd_nv_trim_history(rd);
	return rd_nv_store(rd);
}

static bool rd_nv_write_module(struct redund *rd)
{
	struct redund_module_record *m = &rd->nv.module;

	rd_rec_seal(&m->head, REDUND_MODREC_MAGIC, REDUND_MODREC_VERSION, sizeof(*m));
	memcpy(rd->nv.raw, m, sizeof(*m));
	rd_write_area(rd, WIN_NV_MODULE, rd->nv.raw, sizeof(*m));
	return rd_nv_commit(rd, REDUND_NV_MODULE, "module record");
}

/**
 * rd_nv_store_module() - write this module's own record
 * @rd: instance
 * @down_reason: enum redund_down_reason when it is about to go down, else 0
 *
 * Context: redund.lock; refused once the slot is OUT.
 */
void rd_nv_store_module(struct redund *rd, u8 down_reason)
{
	struct redund_module_record *m = &rd->nv.module;

	if (rd->view.self_out || rd->going_down)
		return;
	m->last_down = down_reason;
	m->last_role_at_down = down_reason ? rd->role.role : 0;
	m->down_us = cpu_to_le64(down_reason ? rd_now(rd) : 0);
	m->boot_image = rd_settings_image();
	m->warm = rd_boot_warm(rd, down_reason);
	m->next_image = rd_boot_next(rd, down_reason);
	strscpy_pad(m->chassis_serial, rd_nv_chassis_serial(rd), sizeof(m->chassis_serial));
	rd_nv_write_module(rd);
}

/**
 * rd_nv_warm() - did reload bring this module down? (S-210)
 * @rd: instance that has JOINed, with the inventory read
 *
 * The flag holds for one start: it is cleared here, before anything else is
 * written. One that cannot be cleared does not count, and none does after a
 * reset that another cause than the module's own end brought.
 *
 * Context: redund.lock.
 * Return: true if this start is a warm one
 */
bool rd_nv_warm(struct redund *rd)
{
	struct redund_module_record *m = &rd->nv.module;
	bool own = rd->boot_cause == REDUND_RESET_COMMAND || rd->boot_cause == REDUND_RESET_TIMER;

	if (rd->nv.written || rd->view.self_out || rd_nv_module(rd, WIN_NV_MODULE, m) || !m->warm)
		return false;
	m->warm = 0;
	return rd_nv_write_module(rd) && own && m->last_down == REDUND_DOWN_REBOOT;
}

static bool rd_nv_decided(u8 role)
{
	return role == REDUND_ROLE_SYNCING || role == REDUND_ROLE_STANDBY ||
	       role == REDUND_ROLE_ACTIVE || role == REDUND_ROLE_OFFLINE;
}

/**
 * rd_nv_booted() - once it has decided its role, this module has booted here
 * @rd: instance
 *
 * Context: redund.lock, after each event. A module that failed selftest has
 * not booted.
 */
void rd_nv_booted(struct redund *rd)
{
	struct redund_module_record *m = &rd->nv.module;

	if (rd->nv.written || !rd->booted || !rd_nv_decided(rd->role.role))
		return;
	rd->nv.written = true;
	m->ever_booted = 1;
	le32_add_cpu(&m->boot_count, 1);
	rd_nv_store_module(rd, REDUND_DOWN_NONE);
}

static void rd_nv_peer_role(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;
	unsigned int peer = rd_peer(rd) - 1;
	const char *serial = rd->inv[REDUND_INV_MM + peer].serial;
	bool standby = rd->view.peer.valid && (rd->view.peer.role == REDUND_ROLE_STANDBY ||
					       rd->view.peer.role == REDUND_ROLE_SYNCING);

	if (rd->view.peer_present && *serial && strcmp(r->mod_serial[peer], serial)) {
		strscpy_pad(r->mod_serial[peer], serial, sizeof(r->mod_serial[peer]));
		r->mod_activation[peer] = 0;
		r->last_role[peer] = REDUND_LAST_NONE;
	}
	if (standby)
		r->last_role[peer] = REDUND_LAST_STANDBY;
	else if (r->last_role[peer] == REDUND_LAST_ACTIVE)
		r->last_role[peer] = REDUND_LAST_OTHER;
}

/**
 * rd_nv_fences() - take the times of automatic fences into the record
 * @rd: instance that took over
 *
 * Context: redund.lock.
 */
void rd_nv_fences(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(r->fence_us); i++)
		r->fence_us[i] = cpu_to_le64(rd->role.fence_at[i]);
}

/**
 * rd_nv_active() - one update: itself active, the peer not, activation + 1
 * @rd: instance that took over
 * @clear_pending: the pending choice decided this boot (C-12); one that names
 *	this module is satisfied however it became active (C-13)
 *
 * Context: redund.lock, before "active" is published.
 */
void rd_nv_active(struct redund *rd, bool clear_pending)
{
	struct redund_chassis_record *r = &rd->nv.head;
	unsigned int own = rd->slot - 1;

	le32_add_cpu(&r->activation, 1);
	strscpy_pad(r->mod_serial[own], rd->inv[REDUND_INV_MM + own].serial,
		    sizeof(r->mod_serial[own]));
	r->last_role[own] = REDUND_LAST_ACTIVE;
	r->mod_activation[own] = r->activation;
	rd_nv_peer_role(rd);
	if (clear_pending || r->pending == rd->slot)
		r->pending = 0;
	r->boot_image = 0;
	r->boot_reason = REDUND_REASON_NONE;
	if (rd->nv.has_key)
		rd_nv_key(rd, rd->nv.key);
	rd_nv_fences(rd);
}

/**
 * rd_nv_standby() - keep up the peer's last role while this side owns
 * @rd: instance that is active
 *
 * Context: redund.lock, after each event; writes only on a change (S-280).
 */
void rd_nv_standby(struct redund *rd)
{
	struct redund_chassis_record *r = &rd->nv.head;
	unsigned int peer = rd_peer(rd) - 1;
	const char *serial = rd->inv[REDUND_INV_MM + peer].serial;
	bool same = !*serial || !strcmp(r->mod_serial[peer], serial);

	if (rd->role.role != REDUND_ROLE_ACTIVE || !rd->nv.loaded || !rd->view.peer.valid)
		return;
	if (rd->view.peer.role != REDUND_ROLE_STANDBY ||
	    (same && r->last_role[peer] == REDUND_LAST_STANDBY))
		return;
	rd_nv_peer_role(rd);
	rd_nv_store(rd);
}
