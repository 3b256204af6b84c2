// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The side that has an item: judges what the other one has of it, offers its
 * manifest, and sends the parts that are wanted. Small items go first, however
 * much of an image is on its way.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "session.h"

static uint8_t chunk[FRAME_CHUNK];
static char text[SYNC_MANIFEST_MAX];

/* Return: -1: it is none of this side's. */
static int item_of(struct session *s, const char *name)
{
	int i = policy_find(s->policy, name);

	if (i < 0)
		s->refused++;
	return i >= 0 && session_sends(s, i) ? i : -1;
}

void source_stop(struct exchange *x)
{
	if (x->fd >= 0)
		close(x->fd);
	x->fd = -1;
	x->offered = false;
	x->want.count = 0;
	x->part = 0;
	x->sent = 0;
	x->taken = 0;
}

/* ---- offering -------------------------------------------------------------------- */

/* The other side was never asked to take it: it has it already. */
static void say_equal(struct session *s, const struct sync_manifest *m)
{
	struct frame f = { .head.type = FRAME_ACK };

	memcpy(f.ack.item, m->item, sizeof(m->item));
	f.ack.generation = m->generation;
	f.ack.own = m->generation;
	memcpy(f.ack.digest, m->digest, SYNC_DIGEST);
	f.ack.status = FRAME_STATUS_EQUAL;
	session_send(s, &f);
}

static void equal(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct exchange *x = &s->x[i];

	if (x->state == ITEM_EQUAL)
		return;
	if (!x->acked)
		say_equal(s, m);
	x->acked = false;
	source_stop(x);
	x->state = ITEM_EQUAL;
	x->said = 0;
	x->error[0] = '\0';
	x->retry = 0;
	x->force = false;
	x->confirm = true;
	store_equal(s->store, i, 0, time(NULL));
}

/* A small one follows at once: nobody waits for an answer to that. */
static bool want_all(struct exchange *x, const struct sync_manifest *m)
{
	if (!m->bytes || m->bytes > SESSION_EAGER || m->count > FRAME_FILES_MAX)
		return false;
	x->want.count = m->count;
	for (unsigned int k = 0; k < m->count; k++) {
		x->want.part[k].file = k;
		x->want.part[k].offset = 0;
	}
	x->part = 0;
	x->offset = 0;
	x->total = m->bytes;
	return true;
}

static void offer(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct frame f = { .head.type = FRAME_MANIFEST };
	struct exchange *x = &s->x[i];
	int n = manifest_text(m, text);

	source_stop(x);
	if (n < 0) {
		exchange_fail(s, i, strerror(-n));
		return;
	}
	memcpy(f.manifest.item, m->item, sizeof(m->item));
	f.manifest.text = text;
	f.manifest.len = n;
	/* judged here; the other side knows what it has only by itself */
	f.manifest.flags = x->peer_generation > m->generation ? FRAME_FORCE : 0;
	x->offered = true;
	x->offer = m->generation;
	x->state = ITEM_COPYING;
	x->done = 0;
	x->total = 0;
	x->begin_ms = session_now(s);
	x->progress_ms = x->begin_ms;
	if (s->policy->item[i].class != SYNC_IMAGE && want_all(x, m))
		f.manifest.flags |= FRAME_EAGER;
	session_send(s, &f);
}

static enum sync_verdict judge(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct exchange *x = &s->x[i];
	enum sync_verdict verdict;

	if (s->policy->item[i].direction == SYNC_TO_STANDBY) {
		verdict = store_judge(s->store, i, &x->peer);
		if (verdict != SYNC_CONFLICT || (!x->force && !s->overwrite))
			return verdict;
		store_win(s->store, i, x->peer_generation);
		return SYNC_REPLACE;
	}
	if (memcmp(m->digest, x->peer.digest, SYNC_DIGEST))
		return SYNC_REPLACE;
	return m->generation == x->peer.generation ? SYNC_EQUAL : SYNC_ADOPT;
}

static void hold(struct exchange *x, enum item_state state, const char *why)
{
	source_stop(x);
	x->state = state;
	snprintf(x->error, sizeof(x->error), "%s", why);
}

/* Known on both sides: whose is taken, and is it on its way? */
static void decide(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	enum sync_verdict verdict = judge(s, i, m);
	struct exchange *x = &s->x[i];

	if (verdict == SYNC_EQUAL)
		equal(s, i, m);
	else if (verdict == SYNC_CONFLICT)
		hold(x, ITEM_CONFLICT, "the standby's is newer");
	else if (x->held && !x->force)
		hold(x, ITEM_HELD, "held back after `update'");
	else if (hotswap_waits(s, i))
		hold(x, ITEM_WAITING, "");
	else if (session_now(s) >= x->retry_ms && !(x->offered && x->offer == m->generation) &&
		 image_whole(s, i, m))
		offer(s, i, store_manifest(s->store, i, 0));
}

/* A changed image has no generation before it is known to be whole, unless both have it. */
static bool may_settle(struct session *s, unsigned int i)
{
	const struct sync_manifest *m = store_manifest(s->store, i, 0);
	const struct sync_mark *mark = store_mark(s->store, i, 0);
	const struct exchange *x = &s->x[i];

	if (!m || s->policy->item[i].class != SYNC_IMAGE ||
	    !memcmp(m->digest, mark->digest, SYNC_DIGEST) ||
	    (x->known && !memcmp(m->digest, x->peer.digest, SYNC_DIGEST)))
		return true;
	return session_now(s) >= x->retry_ms && image_whole(s, i, m);
}

/*
 * A new generation for what was changed. Of a configuration it is only proposed:
 * until the other side has it, or somebody may know that it has not (I4).
 */
static int settle(struct session *s, unsigned int i, uint64_t above)
{
	const struct sync_item *item = &s->policy->item[i];
	const char *why = session_why_alone(s);
	struct exchange *x = &s->x[i];
	int ret;

	if (item->class != SYNC_CONFIGURATION && item->class != SYNC_SECURITY)
		return store_settle(s->store, i, above);
	ret = store_propose(s->store, i, above);
	if (ret > 0)
		x->proposed_ms = session_now(s);
	if (ret < 0 || !store_proposed(s->store, i) || x->confirm)
		return ret;
	/* a link that broke is given its time */
	if ((!why || !strcmp(why, "link-down")) &&
	    session_now(s) - x->proposed_ms < SESSION_TOLD_MS)
		return ret;
	return store_confirm(s->store, i) ?: ret;
}

void source_step(struct session *s, unsigned int i)
{
	struct exchange *x = &s->x[i];
	const struct sync_manifest *m;
	bool open = session_open(s, i);
	uint64_t above = x->peer_generation;
	int err;

	if (x->open && !open)
		x->known = false; /* it is said again when it is open again */
	x->open = open;
	if (!session_sends(s, i) || x->due || !x->scanned)
		return;
	if (!may_settle(s, i))
		return;
	/* a change does not decide a conflict: that is the operator's */
	if (x->known && store_judge(s->store, i, &x->peer) == SYNC_CONFLICT)
		above = 0;
	err = settle(s, i, above);
	m = store_manifest(s->store, i, 0);
	if (err < 0 || !m) {
		exchange_fail(s, i, err < 0 ? strerror(-err) : "not scanned");
		x->due = true;
		x->scan_ms = x->retry_ms;
		return;
	}
	if (open && x->known)
		decide(s, i, m);
	else if (!open || x->state != ITEM_FAILED)
		hold(x, ITEM_WAITING, "");
}

/* ---- what the other side says ---------------------------------------------------- */

/*
 * What it has is said once, and perhaps before this module's role is the one to send:
 * it is kept for then. Return: -1: it never will be in this epoch.
 */
static int item_to_come(struct session *s, const char *name)
{
	int i = policy_find(s->policy, name);
	bool owner = s->view.owner == s->view.slot;

	if (i < 0)
		s->refused++;
	else if (owner != (s->policy->item[i].direction == SYNC_TO_STANDBY))
		i = -1;
	return i;
}

void source_have(struct session *s, const struct frame_manifest *m)
{
	int i = item_to_come(s, m->item);
	struct sync_manifest peer = {};
	char why[SYNC_WHY_MAX];
	struct exchange *x;

	if (i < 0)
		return;
	if (manifest_parse(m->text, m->len, &peer, why) || strcmp(peer.item, m->item)) {
		manifest_free(&peer);
		session_break(s, "a manifest is malformed");
		return;
	}
	x = &s->x[i];
	manifest_free(&x->peer);
	x->peer = peer;
	x->known = true;
	x->peer_generation = peer.generation;
	memcpy(x->peer_digest, peer.digest, SYNC_DIGEST);
	if (x->state == ITEM_EQUAL)
		x->state = ITEM_WAITING; /* it changed there; judged anew */
}

/* Return: false: what is wanted is none of it. */
static bool wanted(const struct frame_want *want, const struct sync_manifest *m, uint64_t *total)
{
	*total = 0;
	for (uint32_t k = 0; k < want->count; k++) {
		unsigned int file = want->part[k].file;

		if (file >= m->count || want->part[k].offset > m->file[file].size)
			return false;
		*total += m->file[file].size - want->part[k].offset;
	}
	return true;
}

static void tell_image(struct session *s, unsigned int i)
{
	const struct sync_item *item = &s->policy->item[i];
	struct exchange *x = &s->x[i];
	char line[80];

	if (item->class != SYNC_IMAGE || item->direction != SYNC_TO_STANDBY)
		return;
	if (s->initial) {
		s->image_copied = true;
		s->image_incarnation = s->view.peer.incarnation;
	}
	if (x->said == x->offer)
		return; /* it goes on */
	x->said = x->offer;
	snprintf(line, sizeof(line), "Syncing %s OS to standby", item->name);
	s->ops->event(s->data, 22, REDUND_SEVERITY_INFORMATION, line);
}

void source_want(struct session *s, const struct frame_want *want)
{
	int i = item_of(s, want->item);
	const struct sync_manifest *m;
	struct exchange *x;

	if (i < 0)
		return;
	x = &s->x[i];
	m = store_manifest(s->store, i, 0);
	if (!x->offered || x->offer != want->generation || !m || m->generation != x->offer)
		return; /* of an offer that another one replaced */
	if (!wanted(want, m, &x->total)) {
		session_break(s, "it wants a part that is not there");
		return;
	}
	x->want = *want;
	x->part = 0;
	x->offset = want->count ? want->part[0].offset : 0;
	x->sent = 0;
	x->taken = 0;
	x->progress_ms = session_now(s);
	x->begin_ms = x->progress_ms;
	if (x->total)
		tell_image(s, i);
}

void source_progress(struct session *s, const struct frame_progress *p)
{
	int i = item_of(s, p->item);
	struct exchange *x;

	if (i < 0)
		return;
	x = &s->x[i];
	if (!x->offered || x->offer != p->generation || p->done > x->total)
		return;
	x->taken = p->done;
	x->done = p->done;
	x->progress_ms = session_now(s);
}

static void taken(struct session *s, unsigned int i, const struct frame_ack *a)
{
	const struct sync_manifest *m = store_manifest(s->store, i, 0);
	struct exchange *x = &s->x[i];

	x->peer_generation = a->own;
	memcpy(x->peer_digest, a->digest, SYNC_DIGEST);
	x->peer.generation = a->own;
	memcpy(x->peer.digest, a->digest, SYNC_DIGEST);
	if (!m)
		return;
	/* what was taken was made here, and in this chassis */
	memcpy(x->peer.origin, m->origin, sizeof(x->peer.origin));
	memcpy(x->peer.chassis, m->chassis, sizeof(x->peer.chassis));
}

void source_ack(struct session *s, const struct frame_ack *a)
{
	int i = item_of(s, a->item);
	struct exchange *x;

	if (i < 0)
		return;
	x = &s->x[i];
	if (!x->offered || x->offer != a->generation)
		return;
	source_stop(x);
	x->done = x->total;
	switch (a->status) {
	case FRAME_STATUS_EQUAL:
		taken(s, i, a);
		x->acked = true;
		x->state = ITEM_WAITING; /* until judged */
		x->retry_ms = 0;
		break;
	case FRAME_STATUS_STALE:
		exchange_fail(s, i, a->text[0] ? a->text : "it changed meanwhile");
		x->state = ITEM_WAITING;
		x->due = true;
		break;
	case FRAME_STATUS_CONFLICT:
		hold(x, ITEM_CONFLICT, "the standby's is newer");
		break;
	case FRAME_STATUS_DISK_FULL:
		exchange_fail(s, i, "disk full");
		break;
	default:
		exchange_fail(s, i, a->text[0] ? a->text : "the standby cannot write it");
	}
	source_step(s, i);
}

/* ---- file data ------------------------------------------------------------------- */

/* The next part with bytes. Return: false: all of them are sent. */
static bool next_part(struct exchange *x, const struct sync_manifest *m)
{
	while (x->part < x->want.count && x->offset >= m->file[x->want.part[x->part].file].size) {
		if (x->fd >= 0)
			close(x->fd);
		x->fd = -1;
		x->part++;
		if (x->part < x->want.count)
			x->offset = x->want.part[x->part].offset;
	}
	return x->part < x->want.count;
}

/* Return: bytes; 0 the file ended early, or a negative errno: it changed. */
static ssize_t read_part(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct exchange *x = &s->x[i];
	unsigned int file = x->want.part[x->part].file;
	uint64_t left = m->file[file].size - x->offset;

	if (x->fd < 0)
		x->fd = store_open_file(s->store, i, file);
	if (x->fd < 0)
		return x->fd;
	return pread(x->fd, chunk, left < FRAME_CHUNK ? left : FRAME_CHUNK, x->offset);
}

static void send_part(struct session *s, unsigned int i, const struct sync_manifest *m)
{
	struct frame f = { .head.type = FRAME_DATA };
	struct exchange *x = &s->x[i];
	ssize_t n = read_part(s, i, m);

	if (n <= 0) {
		/* it changed: what is there now is offered when it is scanned */
		source_stop(x);
		x->state = ITEM_WAITING;
		x->due = true;
		return;
	}
	memcpy(f.data.item, m->item, sizeof(m->item));
	f.data.generation = x->offer;
	f.data.file = x->want.part[x->part].file;
	f.data.offset = x->offset;
	f.data.data = chunk;
	f.data.len = n;
	session_send(s, &f);
	x->offset += n;
	x->sent += n;
}

/* Lower goes first. */
static unsigned int rank(const struct sync_item *item)
{
	switch (item->class) {
	case SYNC_CONFIGURATION:
		return 0;
	case SYNC_SECURITY:
		return 1;
	case SYNC_IMAGE:
		return 3;
	default:
		return 2;
	}
}

static int next_to_send(struct session *s)
{
	const struct sync_manifest *m;
	int best = -1;

	for (unsigned int i = 0; i < s->policy->count; i++) {
		struct exchange *x = &s->x[i];

		if (!x->offered || !x->want.count || x->sent - x->taken >= SESSION_WINDOW)
			continue;
		m = store_manifest(s->store, i, 0);
		if (!m || m->generation != x->offer || !next_part(x, m))
			continue;
		if (best < 0 || rank(&s->policy->item[i]) < rank(&s->policy->item[best]))
			best = i;
	}
	return best;
}

void source_pump(struct session *s)
{
	int i = 0;

	while (s->wire && !s->broken && i >= 0 && !wire_flush(s->wire) && wire_room(s->wire)) {
		i = next_to_send(s);
		if (i >= 0)
			send_part(s, i, store_manifest(s->store, i, 0));
	}
}
