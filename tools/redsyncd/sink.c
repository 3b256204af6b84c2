// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The side that takes an item: says what it has, stages what the source sends,
 * and commits it when its own driver still says that the source may (I1). Says
 * to the driver whether this standby has everything.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "session.h"

static char text[SYNC_MANIFEST_MAX];

void sink_stop(struct exchange *x)
{
	if (x->txn)
		txn_drop(x->txn, true);
	x->txn = NULL;
	x->prepare = false;
}

/* ---- saying ---------------------------------------------------------------------- */

static const struct sync_manifest *own(const struct session *s, unsigned int i)
{
	return store_manifest(s->store, i, session_from(s, i));
}

static void ack(struct session *s, const char *item, uint64_t generation, enum frame_status status,
		const char *why)
{
	struct frame f = { .head.type = FRAME_ACK };
	int i = policy_find(s->policy, item);
	const struct sync_manifest *m = i < 0 ? NULL : own(s, i);

	snprintf(f.ack.item, sizeof(f.ack.item), "%s", item);
	f.ack.generation = generation;
	f.ack.status = status;
	snprintf(f.ack.text, sizeof(f.ack.text), "%s", why);
	if (m) {
		f.ack.own = m->generation;
		memcpy(f.ack.digest, m->digest, SYNC_DIGEST);
	}
	session_send(s, &f);
}

static void told(struct exchange *x, const struct sync_manifest *m)
{
	x->have_told = true;
	x->have_generation = m->generation;
	memcpy(x->have_digest, m->digest, SYNC_DIGEST);
}

void sink_step(struct session *s, unsigned int i)
{
	struct frame f = { .head.type = FRAME_HAVE };
	struct exchange *x = &s->x[i];
	const struct sync_manifest *m;
	int n;

	if (!session_takes(s, i))
		x->have_told = false;
	if (!s->matched || !session_takes(s, i) || x->due || !x->scanned || x->txn)
		return;
	m = own(s, i);
	if (!m || (x->have_told && x->have_generation == m->generation &&
		   !memcmp(x->have_digest, m->digest, SYNC_DIGEST)))
		return;
	n = manifest_text(m, text);
	if (n < 0) {
		exchange_fail(s, i, strerror(-n));
		return;
	}
	memcpy(f.manifest.item, m->item, sizeof(m->item));
	f.manifest.text = text;
	f.manifest.len = n;
	session_send(s, &f);
	told(x, m);
}

/* ---- taking ---------------------------------------------------------------------- */

static void taken(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct exchange *x = &s->x[i];

	x->state = ITEM_EQUAL;
	x->error[0] = '\0';
	x->retry = 0;
	x->peer_generation = m->generation;
	memcpy(x->peer_digest, m->digest, SYNC_DIGEST);
	x->known = true;
	x->done = x->total;
	told(x, m);
	ack(s, m->item, m->generation, FRAME_STATUS_EQUAL, "");
	if (s->wire)
		wire_flush(s->wire); /* before this side's own record */
	store_equal(s->store, i, session_from(s, i), time(NULL));
}

void sink_equal(struct session *s, const struct frame_ack *a)
{
	int i = policy_find(s->policy, a->item);
	const struct sync_manifest *m = i < 0 ? NULL : own(s, i);
	struct exchange *x;

	if (!m || !session_takes(s, i) || a->status != FRAME_STATUS_EQUAL)
		return;
	x = &s->x[i];
	if (x->due || x->txn || memcmp(m->digest, a->digest, SYNC_DIGEST))
		return;
	x->state = ITEM_EQUAL;
	x->error[0] = '\0';
	x->retry = 0;
	x->peer_generation = a->own;
	memcpy(x->peer_digest, a->digest, SYNC_DIGEST);
	x->known = true;
	store_equal(s->store, i, session_from(s, i), time(NULL));
}

/* A failure of the engine: the item's state, and the answer. */
static void failed(struct session *s, unsigned int i, uint64_t generation, int err, const char *why)
{
	enum frame_status status = FRAME_STATUS_FAILED;
	const char *said = why;

	if (err == -ENOSPC || err == -EDQUOT) {
		status = FRAME_STATUS_DISK_FULL;
		said = "disk full";
	} else if (err == -EPERM || err == -EFBIG) {
		status = FRAME_STATUS_REFUSED;
		s->refused++;
	} else if (err == -EBADMSG) {
		status = FRAME_STATUS_STALE;
	}
	exchange_fail(s, i, said);
	if (err == -EPERM || err == -EFBIG) {
		char line[SYNC_WHY_MAX];

		snprintf(line, sizeof(line), "refused %s: %.120s", s->policy->item[i].name, why);
		s->ops->event(s->data, 0, REDUND_SEVERITY_WARNING, line);
	}
	ack(s, s->policy->item[i].name, generation, status, said);
}

/* What this side has now. Return: false: it is not known yet. */
static bool scanned(struct session *s, unsigned int i)
{
	struct exchange *x = &s->x[i];
	char why[SYNC_WHY_MAX];

	if (!x->due && x->scanned)
		return true;
	if (store_scan(s->store, i, session_from(s, i), SESSION_SLICE, why))
		return false;
	x->due = false;
	x->scanned = true;
	return true;
}

static void ask(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct frame f = { .head.type = FRAME_WANT };
	struct exchange *x = &s->x[i];
	struct txn_need need;

	memcpy(f.want.item, m->item, sizeof(m->item));
	f.want.generation = m->generation;
	x->done = 0;
	x->total = 0;
	x->told = 0;
	x->begin_ms = session_now(s);
	for (unsigned int k = 0; k < m->count; k++) {
		need = txn_need(x->txn, k);
		if (!need.needed)
			continue;
		x->total += m->file[k].size - need.have;
		f.want.part[f.want.count].file = k;
		f.want.part[f.want.count++].offset = need.have;
	}
	x->prepare = !x->total;
	if (!x->eager)
		session_send(s, &f);
}

static void begin(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct exchange *x = &s->x[i];
	char why[SYNC_WHY_MAX];
	int err;

	image_stop(s, i);
	x->image.file = 0;
	err = txn_begin(&x->txn, s->store, i, session_from(s, i), m, why);
	if (err) {
		x->txn = NULL;
		failed(s, i, m->generation, err, why);
		return;
	}
	x->state = ITEM_COPYING;
	x->error[0] = '\0';
	ask(s, i, m);
}

static void judge(struct session *s, unsigned int i, const struct sync_manifest *m,
		  unsigned int flags)
{
	const struct sync_manifest *mine = own(s, i);
	bool same = mine && !memcmp(mine->digest, m->digest, SYNC_DIGEST);
	int err = 0;

	sink_stop(&s->x[i]);
	s->x[i].eager = flags & FRAME_EAGER;
	if (same && (mine->generation != m->generation || strcmp(mine->origin, m->origin) ||
		     strcmp(mine->chassis, m->chassis)))
		err = store_adopt(s->store, i, session_from(s, i), m);
	if (err)
		failed(s, i, m->generation, err, strerror(-err));
	else if (same)
		taken(s, i, m);
	else if (mine && mine->generation > m->generation && !(flags & FRAME_FORCE) &&
		 s->policy->item[i].direction == SYNC_TO_STANDBY)
		ack(s, m->item, m->generation, FRAME_STATUS_CONFLICT, "");
	else
		begin(s, i, m);
}

void sink_manifest(struct session *s, const struct frame_manifest *f)
{
	int i = policy_find(s->policy, f->item);
	struct sync_manifest m = {};
	char why[SYNC_WHY_MAX], line[SYNC_WHY_MAX + 64];

	if (i < 0) {
		s->refused++;
		ack(s, f->item, 0, FRAME_STATUS_REFUSED, "not in the policy there");
		return;
	}
	if (manifest_parse(f->text, f->len, &m, why) || strcmp(m.item, f->item)) {
		snprintf(line, sizeof(line), "manifest refused: %s",
			 m.item[0] ? "of another item" : why);
		manifest_free(&m);
		session_break(s, line);
		return;
	}
	if (!session_takes(s, i) || !s->view.redundancy)
		ack(s, f->item, m.generation, FRAME_STATUS_STALE, "it takes nothing now");
	else if (!scanned(s, i))
		ack(s, f->item, m.generation, FRAME_STATUS_STALE, "");
	else
		judge(s, i, &m, f->flags);
	manifest_free(&m);
}

static void tell_progress(struct session *s, unsigned int i, uint64_t generation)
{
	struct frame f = { .head.type = FRAME_PROGRESS };
	struct exchange *x = &s->x[i];

	memcpy(f.progress.item, s->policy->item[i].name, SYNC_NAME_MAX);
	f.progress.generation = generation;
	f.progress.done = x->done;
	f.progress.total = x->total;
	x->told = x->done;
	session_send(s, &f);
}

/* Sent unasked: a part of it, or all, may be here already. Return: false: all is. */
static bool news(const struct txn *t, const struct frame_data *d, uint32_t *skip)
{
	struct txn_need need = txn_need(t, d->file);

	if (!need.needed || d->offset + d->len <= need.have)
		return false;
	*skip = need.have > d->offset ? need.have - d->offset : 0;
	return true;
}

void sink_data(struct session *s, const struct frame_data *d)
{
	int i = policy_find(s->policy, d->item), err;
	char why[SYNC_WHY_MAX];
	struct exchange *x;
	uint32_t skip = 0;

	if (i < 0 || !session_takes(s, i)) {
		s->refused++;
		return;
	}
	x = &s->x[i];
	if (!x->txn || x->prepare || txn_target(x->txn)->generation != d->generation)
		return; /* on its way when it was given up */
	err = -EINVAL;
	if (d->file < txn_target(x->txn)->count) {
		if (x->eager && !news(x->txn, d, &skip))
			return;
		err = txn_write(x->txn, d->file, d->offset + skip, d->data + skip, d->len - skip,
				why);
	}
	if (err == -EINVAL) {
		session_break(s, "data that was not asked for");
		return;
	}
	if (err) {
		txn_drop(x->txn, err != -ENOSPC && err != -EDQUOT);
		x->txn = NULL;
		failed(s, i, d->generation, err, why);
		return;
	}
	x->done += d->len - skip;
	x->prepare = x->done >= x->total;
	if (x->prepare || x->done - x->told >= SESSION_PROGRESS)
		tell_progress(s, i, d->generation);
}

/* ---- committing ------------------------------------------------------------------ */

/* May the source have this written now? Asks the driver anew. */
static bool may_commit(struct session *s, unsigned int i)
{
	struct view now, *cached = &s->view, kept = s->view;
	bool may;

	if (s->ops->look(s->data, &now) || !now.valid)
		return false;
	*cached = now;
	may = s->matched && now.epoch == s->matched_epoch && now.redundancy &&
	      now.peer.incarnation == s->matched_incarnation && session_takes(s, i);
	*cached = kept; /* session_look() has to see the change */
	return may;
}

/* What was changed here and nobody knows of gives way to what the active has, and it is said. */
static int yield(struct session *s, unsigned int i)
{
	const struct sync_item *item = &s->policy->item[i];
	bool copy = item->class == SYNC_CONFIGURATION; /* of keys and passwords there is no copy */
	char line[SYNC_WHY_MAX];
	int n;

	if (item->direction != SYNC_TO_STANDBY || (!copy && item->class != SYNC_SECURITY))
		return 0;
	n = store_yield(s->store, i, copy);
	if (n <= 0)
		return n;
	snprintf(line, sizeof(line), "%s: a change that was not acknowledged is replaced",
		 item->name);
	if (copy)
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
			 ", a copy is in sync/kept/%s", item->name);
	s->ops->event(s->data, 0, REDUND_SEVERITY_WARNING, line);
	return 0;
}

static void commit(struct session *s, unsigned int i)
{
	struct exchange *x = &s->x[i];
	uint64_t generation = txn_target(x->txn)->generation;
	char why[SYNC_WHY_MAX];
	int err;

	if (!may_commit(s, i)) {
		s->refused++;
		sink_stop(x);
		ack(s, s->policy->item[i].name, generation, FRAME_STATUS_STALE,
		    "the owner changed");
		session_look(s);
		return;
	}
	err = yield(s, i);
	if (err) {
		snprintf(why, sizeof(why), "sync/kept: %s", strerror(-err));
		txn_drop(x->txn, err != -ENOSPC && err != -EDQUOT);
	} else {
		err = txn_commit(x->txn, why);
	}
	x->txn = NULL;
	x->prepare = false;
	if (err) {
		failed(s, i, generation, err, why);
		store_recover(s->store, why);
		x->due = true;
		return;
	}
	x->scanned = true;
	taken(s, i, own(s, i));
	if (s->policy->item[i].after[0])
		s->ops->after(s->data, &s->policy->item[i]);
}

/* An active that did not look itself is not followed (S-173). Return: as txn_prepare() */
static int staged(struct session *s, unsigned int i, char why[SYNC_WHY_MAX])
{
	int n = image_staged(s, i, why, SYNC_WHY_MAX);

	if (n >= 0 || (n != -EBADMSG && n != -ENOENT))
		return n;
	snprintf(why, SYNC_WHY_MAX, "damaged image, not taken");
	return -EPERM;
}

static bool prepare(struct session *s, unsigned int i)
{
	struct exchange *x = &s->x[i];
	uint64_t generation = txn_target(x->txn)->generation;
	char why[SYNC_WHY_MAX];
	int n = txn_prepare(x->txn, SESSION_SLICE, why);

	if (!n)
		n = staged(s, i, why);
	if (n > 0) {
		if (session_now(s) - s->sent_ms > SESSION_BEAT_MIN)
			tell_progress(s, i, generation);
		return true;
	}
	if (!n) {
		commit(s, i);
		return false;
	}
	txn_drop(x->txn, n != -ENOSPC && n != -EDQUOT);
	x->txn = NULL;
	x->prepare = false;
	failed(s, i, generation, n, why);
	return false;
}

bool sink_work(struct session *s, bool images)
{
	bool more = false;

	for (unsigned int i = 0; i < s->policy->count && !more; i++) {
		bool image = s->policy->item[i].class == SYNC_IMAGE;

		if (s->x[i].txn && s->x[i].prepare && image == images)
			more = prepare(s, i);
	}
	return more;
}

/* ---- what the driver is told ----------------------------------------------------- */

void sink_state(struct session *s, const struct frame_state *state)
{
	if (s->view.own.role != REDUND_ROLE_SYNCING && s->view.own.role != REDUND_ROLE_STANDBY)
		session_look(s); /* it may know of a change earlier than this daemon */
	if (!s->matched || s->view.owner != session_peer(s)) {
		s->refused++;
		return;
	}
	if (state->flags & FRAME_REBOOT) {
		s->ops->reboot(s->data, state->boot_image);
		return;
	}
	s->told = true;
	s->synced = state->synced;
	snprintf(s->text, sizeof(s->text), "%s", state->text);
}

/* Return: false: nothing is known that could be said. */
static bool judgement(const struct session *s, bool *synced, char why[FRAME_TEXT_MAX])
{
	why[0] = '\0';
	*synced = false;
	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct sync_item *item = &s->policy->item[i];

		if (item->direction != SYNC_TO_STANDBY || item->on_command ||
		    s->x[i].state != ITEM_FAILED)
			continue;
		snprintf(why, FRAME_TEXT_MAX, "%.15s: %.46s", item->name, s->x[i].error);
		return true;
	}
	if (s->told) {
		*synced = s->synced;
		snprintf(why, FRAME_TEXT_MAX, "%s", s->text);
		return true;
	}
	/* a lost link is not said here: the driver hears of it, and keeps its judgement */
	return false;
}

void sink_report(struct session *s)
{
	const struct view *v = &s->view;
	char why[FRAME_TEXT_MAX];
	bool synced;

	if (!v->valid || v->owner != session_peer(s) ||
	    (v->own.role != REDUND_ROLE_SYNCING && v->own.role != REDUND_ROLE_STANDBY)) {
		s->acked = false;
		s->told = false;
		return;
	}
	if (!judgement(s, &synced, why))
		return;
	if (s->acked && s->acked_synced == synced && !strcmp(s->acked_text, why) &&
	    (v->own.role == s->acked_role || v->own.role == REDUND_ROLE_STANDBY))
		return;
	s->acked = true;
	s->acked_synced = synced;
	s->acked_role = v->own.role;
	snprintf(s->acked_text, sizeof(s->acked_text), "%s", why);
	s->ops->sync_ack(s->data, synced, why);
}
