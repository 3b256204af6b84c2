// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life of an exchange: who talks, in which epoch, whose messages are taken,
 * what is told to the driver. The items are source.c's and sink.c's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "session.h"

#define REPORT_MS 1000 /* an alive link counts for a time only */
#define LOOK_MS	  5000
#define SCRUB_MS  (3600 * 1000) /* every byte is read again: N-004 */
#define MESSAGES  64		/* taken before something else has its turn */
#define LOG_MS	  5000		/* a growing file is not sent with each line */

int64_t session_now(const struct session *s)
{
	return s->ops->now_ms(s->data);
}

unsigned int session_peer(const struct session *s)
{
	return s->view.slot ? 3 - s->view.slot : 0;
}

void session_init(struct session *s, const struct session_ops *ops, void *data, struct store *store,
		  const struct sync_policy *policy, const char *flash)
{
	memset(s, 0, sizeof(*s));
	s->ops = ops;
	s->data = data;
	s->store = store;
	s->policy = policy;
	s->flash = flash;
	s->scrub_ms = session_now(s) + SCRUB_MS;
	for (unsigned int i = 0; i < policy->count; i++) {
		s->x[i].fd = -1;
		s->x[i].image.fd = -1;
		s->x[i].due = true;
	}
}

void session_free(struct session *s)
{
	for (unsigned int i = 0; i < s->policy->count; i++)
		exchange_reset(s, i);
	wire_free(s->wire);
	s->wire = NULL;
}

/* ---- who does what --------------------------------------------------------------- */

static bool waits_to_take_over(const struct view_mm *mm)
{
	return mm->role == REDUND_ROLE_SYNCING || mm->role == REDUND_ROLE_STANDBY;
}

/* Runs, but other software: images are sent to it all the same (S-155). */
static bool has_other_train(const struct view_mm *mm)
{
	return mm->role == REDUND_ROLE_OFFLINE &&
	       mm->offline_cause == REDUND_OFFLINE_CAUSE_INCOMPATIBLE;
}

static bool is_standby(const struct session *s, unsigned int item, const struct view_mm *mm)
{
	return waits_to_take_over(mm) ||
	       (s->policy->item[item].class == SYNC_IMAGE && has_other_train(mm));
}

static bool owns(const struct session *s)
{
	return s->view.valid && s->view.slot && s->view.owner == s->view.slot &&
	       s->view.own.role == REDUND_ROLE_ACTIVE;
}

static bool follows(const struct session *s, unsigned int item)
{
	return s->view.valid && s->view.slot && s->view.owner == session_peer(s) &&
	       is_standby(s, item, &s->view.own);
}

bool session_sends(const struct session *s, unsigned int item)
{
	return s->policy->item[item].direction == SYNC_TO_STANDBY ? owns(s) : follows(s, item);
}

bool session_takes(const struct session *s, unsigned int item)
{
	return s->policy->item[item].direction == SYNC_TO_STANDBY ? follows(s, item) : owns(s);
}

unsigned int session_from(const struct session *s, unsigned int item)
{
	bool copy = s->policy->item[item].direction == SYNC_TO_ACTIVE && session_takes(s, item);

	return copy ? session_peer(s) : 0;
}

bool session_open(const struct session *s, unsigned int item)
{
	if (!s->matched || !s->view.redundancy || !session_sends(s, item))
		return false;
	return s->policy->item[item].direction == SYNC_TO_ACTIVE ||
	       is_standby(s, item, &s->view.peer);
}

static const char *why_peer(const struct view_mm *peer)
{
	if (!peer->present || peer->role == REDUND_ROLE_ABSENT)
		return "no-standby";
	if (peer->role == REDUND_ROLE_FAILED)
		return "standby-failed";
	if (peer->role != REDUND_ROLE_OFFLINE)
		return waits_to_take_over(peer) ? NULL : "not-standby";
	switch (peer->offline_cause) {
	case REDUND_OFFLINE_CAUSE_DISABLED:
		return "disabled";
	case REDUND_OFFLINE_CAUSE_INCOMPATIBLE:
		return "incompatible";
	default:
		return "offline";
	}
}

const char *session_why_alone(const struct session *s)
{
	const struct view *v = &s->view;
	const char *why;

	if (!v->valid || !v->slot)
		return "no-driver";
	if (!owns(s))
		return "not-active";
	if (!v->redundancy)
		return "disabled";
	why = why_peer(&v->peer);
	if (why)
		return why;
	return s->matched ? NULL : "link-down";
}

const char *session_why_text(const char *word)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
		{ "no-driver", "the driver is not loaded" },
		{ "not-active", "this module is not the active one" },
		{ "disabled", "redundancy is disabled" },
		{ "no-standby", "there is no standby" },
		{ "standby-failed", "the other module failed its selftest" },
		{ "not-standby", "the other module is not in standby mode" },
		{ "offline", "the other module is offline" },
		{ "incompatible", "the other module runs incompatible software" },
		{ "link-down", "the other module does not answer on the internal link" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (!strcmp(texts[i].word, word))
			return texts[i].text;
	return word;
}

/* ---- sending, and the end -------------------------------------------------------- */

void exchange_reset(struct session *s, unsigned int item)
{
	struct exchange *x = &s->x[item];

	image_stop(s, item);
	source_stop(x);
	sink_stop(x);
	manifest_free(&x->peer);
	x->known = false;
	x->have_told = false;
	x->peer_generation = 0;
	x->state = ITEM_WAITING;
	x->error[0] = '\0';
	x->retry = 0;
	x->retry_ms = 0;
	x->done = 0;
	x->total = 0;
}

static void unmatch(struct session *s)
{
	s->matched = false;
	s->state_said = false;
	s->told = false;
	s->reboot_ms = 0;
	for (unsigned int i = 0; i < s->policy->count; i++)
		exchange_reset(s, i);
}

/* Not at once: a message of it may be in hand. */
void session_break(struct session *s, const char *why)
{
	if (!s->broken)
		snprintf(s->over, sizeof(s->over), "%s", why);
	s->broken = true;
}

static void drop(struct session *s)
{
	s->broken = false;
	if (!s->wire)
		return;
	wire_free(s->wire);
	s->wire = NULL;
	s->greeted = false;
	s->hello_said = false;
	unmatch(s);
}

void session_send(struct session *s, struct frame *f)
{
	if (!s->wire || s->broken)
		return;
	f->head.slot = s->view.slot;
	f->head.incarnation = s->view.own.incarnation;
	f->head.epoch = s->view.epoch;
	s->sent_ms = session_now(s);
	if (wire_send(s->wire, f))
		session_break(s, wire_error(s->wire));
}

void exchange_fail(struct session *s, unsigned int item, const char *text)
{
	struct exchange *x = &s->x[item];

	source_stop(x);
	x->state = ITEM_FAILED;
	snprintf(x->error, sizeof(x->error), "%s", text);
	x->retry = x->retry ? x->retry * 2 : SESSION_RETRY_MIN;
	if (x->retry > SESSION_RETRY_MAX)
		x->retry = SESSION_RETRY_MAX;
	x->retry_ms = session_now(s) + x->retry;
}

/* ---- matching: both in the same epoch -------------------------------------------- */

static void say_hello(struct session *s, bool ready)
{
	struct frame f = { .head.type = FRAME_HELLO };
	const struct view_mm *own = &s->view.own;

	f.hello.boot_image = own->boot_image;
	f.hello.ready = ready;
	f.hello.sw_build = own->sw_build;
	memcpy(f.hello.serial, own->serial, sizeof(f.hello.serial));
	memcpy(f.hello.sw_version, own->sw_version, sizeof(f.hello.sw_version));
	memcpy(f.hello.sw_stamp, own->sw_stamp, sizeof(f.hello.sw_stamp));
	session_send(s, &f);
	s->hello_said = true;
	s->hello_ready = ready;
	s->hello_epoch = s->view.epoch;
}

/* Is a message with this head the other module's, in this epoch? (I1) */
static bool believed(const struct session *s, const struct frame_head *h)
{
	const struct view *v = &s->view;

	return v->valid && h->slot == session_peer(s) && h->epoch == v->epoch &&
	       h->incarnation == v->peer.incarnation && v->owner;
}

/* Nothing is said to a side that would not believe it yet, so nothing is lost. */
static void match(struct session *s)
{
	bool ready = s->wire && s->greeted && believed(s, &s->peer_head), now;

	if (s->wire && s->view.valid &&
	    (!s->hello_said || s->hello_epoch != s->view.epoch || s->hello_ready != ready))
		say_hello(s, ready);
	now = ready && s->peer_hello.ready;
	if (now == s->matched && (!now || (s->matched_epoch == s->view.epoch &&
					   s->matched_incarnation == s->view.peer.incarnation)))
		return;
	unmatch(s);
	s->matched = now;
	s->matched_epoch = s->view.epoch;
	s->matched_incarnation = s->view.peer.incarnation;
	session_changed(s, ~0u);
}

int session_look(struct session *s)
{
	struct view old = s->view;
	int err = s->ops->look(s->data, &s->view);

	if (err)
		s->view.valid = false;
	if (s->view.valid && !owns(s))
		session_stand(s, ~0u); /* it lives: nothing is given up silently */
	if (old.valid && s->view.valid && !old.redundancy && s->view.redundancy && owns(s))
		s->overwrite = true;
	if (old.valid != s->view.valid || old.owner != s->view.owner ||
	    old.own.role != s->view.own.role || old.peer.role != s->view.peer.role ||
	    old.redundancy != s->view.redundancy)
		session_changed(s, ~0u);
	match(s);
	return err;
}

void session_stand(struct session *s, uint32_t mask)
{
	for (unsigned int i = 0; i < s->policy->count; i++)
		if (mask & 1u << i)
			store_confirm(s->store, i);
}

void session_connected(struct session *s, struct wire *w)
{
	drop(s);
	s->wire = w;
	s->heard_ms = session_now(s);
	s->over[0] = '\0';
	match(s);
}

void session_changed(struct session *s, uint32_t mask)
{
	for (unsigned int i = 0; i < s->policy->count; i++) {
		struct exchange *x = &s->x[i];

		if (!(mask & 1u << i))
			continue;
		if (!x->due && s->policy->item[i].class == SYNC_LOG && x->state == ITEM_EQUAL)
			x->scan_ms = session_now(s) + LOG_MS;
		x->due = true;
	}
}

void session_force(struct session *s, uint32_t mask, bool force)
{
	for (unsigned int i = 0; i < s->policy->count; i++) {
		if (!(mask & 1u << i))
			continue;
		if (store_held(s->store, i))
			hold_set(s->flash, s->policy->item[i].name, false);
		store_forget(s->store, i, session_from(s, i));
		s->x[i].force = force;
		s->x[i].due = true;
		s->x[i].scan_ms = 0;
		s->x[i].retry_ms = 0;
	}
}

/* ---- receiving ------------------------------------------------------------------- */

static void dispatch(struct session *s, const struct frame *f)
{
	switch (f->head.type) {
	case FRAME_HAVE:
		source_have(s, &f->manifest);
		break;
	case FRAME_WANT:
		source_want(s, &f->want);
		break;
	case FRAME_PROGRESS:
		source_progress(s, &f->progress);
		break;
	case FRAME_ACK:
		source_ack(s, &f->ack);
		sink_equal(s, &f->ack);
		break;
	case FRAME_MANIFEST:
		sink_manifest(s, &f->manifest);
		break;
	case FRAME_DATA:
		sink_data(s, &f->data);
		break;
	case FRAME_STATE:
		sink_state(s, &f->state);
		break;
	}
}

void session_message(struct session *s, const struct frame *f)
{
	s->heard_ms = session_now(s);
	if (f->head.type == FRAME_HELLO) {
		if (strcmp(f->hello.serial, s->view.peer.serial) && s->view.peer.serial[0])
			s->refused++;
		s->peer_head = f->head;
		s->peer_hello = f->hello;
		s->greeted = true;
		if (!believed(s, &f->head))
			session_look(s);
		match(s);
		return;
	}
	if (f->head.type == FRAME_BEAT)
		return;
	if (!s->matched || !believed(s, &f->head)) {
		s->refused++; /* of another epoch: what it asks for is said again in this one */
		return;
	}
	dispatch(s, f);
}

int session_ready(struct session *s)
{
	struct frame f;
	int n = 1;

	for (int i = 0; s->wire && !s->broken && n > 0 && i < MESSAGES; i++) {
		n = wire_receive(s->wire, &f);
		if (n > 0)
			session_message(s, &f);
	}
	if (s->wire && n < 0)
		session_break(s, wire_error(s->wire));
	if (s->broken)
		drop(s);
	return s->wire ? 0 : -1;
}

/* ---- the active: the state of all ------------------------------------------------ */

bool session_all(const struct session *s, char text[FRAME_TEXT_MAX], bool *failed)
{
	bool all = true, bad = false;

	text[0] = '\0';
	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct sync_item *item = &s->policy->item[i];
		const struct exchange *x = &s->x[i];
		bool broken = x->state == ITEM_FAILED || x->state == ITEM_CONFLICT;

		if (item->direction != SYNC_TO_STANDBY || item->on_command)
			continue;
		if (x->state == ITEM_HELD || (x->state == ITEM_EQUAL && !x->due))
			continue;
		if (all || (broken && !bad))
			snprintf(text, FRAME_TEXT_MAX, "%.15s: %.46s", item->name,
				 x->error[0] ? x->error : "being copied");
		all = false;
		bad = bad || broken;
	}
	if (failed)
		*failed = bad;
	return all;
}

static void begin_initial(struct session *s)
{
	const struct view *v = &s->view;

	if (s->initial || (s->done_incarnation == v->peer.incarnation && s->done_epoch == v->epoch))
		return;
	if (v->peer.role == REDUND_ROLE_STANDBY) { /* it was done before this daemon ran */
		s->done_incarnation = v->peer.incarnation;
		s->done_epoch = v->epoch;
		return;
	}
	s->initial = true;
	if (!s->initial_told)
		s->ops->event(s->data, 24, REDUND_SEVERITY_INFORMATION,
			      "Initial active to standby sync started");
	s->initial_told = true;
}

static void end_initial(struct session *s)
{
	s->overwrite = false;
	if (!s->initial)
		return;
	s->ops->event(s->data, 25, REDUND_SEVERITY_INFORMATION,
		      "Initial active to standby sync complete");
	s->initial = false;
	s->initial_told = false;
	s->rebooted = false;
	s->done_incarnation = s->view.peer.incarnation;
	s->done_epoch = s->view.epoch;
}

static void tell_state(struct session *s)
{
	struct frame f = { .head.type = FRAME_STATE };
	bool failed, all = session_all(s, f.state.text, &failed);

	if (all)
		f.state.text[0] = '\0';
	else if (!failed)
		return; /* it goes on as it was until this one is there */
	if (all)
		end_initial(s);
	if (s->state_said && s->state_synced == all && !strcmp(s->state_text, f.state.text))
		return;
	f.state.synced = all;
	s->state_said = true;
	s->state_synced = all;
	memcpy(s->state_text, f.state.text, sizeof(s->state_text));
	session_send(s, &f);
}

/* Is the other module one that this active keeps equal? */
static bool leads(const struct session *s)
{
	const struct view_mm *peer = &s->view.peer;

	return owns(s) && s->view.redundancy && (waits_to_take_over(peer) || has_other_train(peer));
}

/* Before anything is sent: 24, and whether it reboots first. */
static void lead_in(struct session *s)
{
	if (leads(s) && s->matched) {
		begin_initial(s);
		hotswap_step(s);
		return;
	}
	s->initial = false;
	if (leads(s))
		return;		 /* it goes on when the connection is back */
	s->done_incarnation = 0; /* what comes is an initial one again */
	if (!owns(s) || !s->view.redundancy || !s->view.peer.present)
		s->rebooted = false;
	s->initial_told = s->initial_told && s->rebooted;
	s->state_said = false;
}

/* After it: images first, 25, and the standby's word for its driver. */
static void lead_out(struct session *s)
{
	if (!leads(s) || !s->matched || hotswap_step(s))
		return;
	if (waits_to_take_over(&s->view.peer))
		tell_state(s);
	else if (hotswap_idle(s))
		end_initial(s);
}

/* ---- time ------------------------------------------------------------------------ */

static void tell_link(struct session *s, int64_t now)
{
	bool alive = s->wire && s->greeted;

	if (alive == s->alive && now < s->report_ms)
		return;
	s->alive = alive;
	s->report_ms = now + (alive ? REPORT_MS : LOOK_MS);
	s->ops->link_report(s->data, alive);
}

static int64_t beat_ms(const struct session *s)
{
	return s->view.interval_ms > SESSION_BEAT_MIN ? s->view.interval_ms : SESSION_BEAT_MIN;
}

static void keep_alive(struct session *s, int64_t now)
{
	struct frame f = { .head.type = FRAME_BEAT };

	if (s->wire && now - s->heard_ms > SESSION_SILENT_MS)
		session_break(s, "nothing was heard for 3 s");
	if (s->broken)
		drop(s);
	if (s->wire && now - s->sent_ms >= beat_ms(s))
		session_send(s, &f);
	tell_link(s, now);
	if (now >= s->scrub_ms) {
		s->scrub_ms = now + SCRUB_MS;
		for (unsigned int i = 0; i < s->policy->count; i++)
			store_forget(s->store, i, session_from(s, i));
		session_changed(s, ~0u);
	}
}

/* Reads a piece of what may have changed. Return: there is more. */
static bool scan(struct session *s, unsigned int item, int64_t now)
{
	struct exchange *x = &s->x[item];
	char why[SYNC_WHY_MAX];
	int n;

	if (!x->due || now < x->scan_ms || x->txn ||
	    (!session_sends(s, item) && !session_takes(s, item)))
		return false;
	n = store_scan(s->store, item, session_from(s, item), SESSION_SLICE, why);
	if (n > 0)
		return true;
	if (n < 0) {
		exchange_fail(s, item, why);
		x->scan_ms = x->retry_ms;
		return false;
	}
	x->due = false;
	x->held = store_held(s->store, item);
	x->scanned = true;
	return false;
}

/* Configurations and the like whole, images a piece at a time. Return: there is more. */
static bool scan_all(struct session *s, int64_t now)
{
	bool more = false;
	unsigned int i;

	for (i = 0; i < s->policy->count; i++)
		if (s->policy->item[i].class != SYNC_IMAGE)
			more = scan(s, i, now) || more;
	for (i = 0; i < s->policy->count && !more; i++)
		if (s->policy->item[i].class == SYNC_IMAGE)
			more = scan(s, i, now);
	return more;
}

static void stuck(struct session *s, unsigned int item, int64_t now)
{
	struct exchange *x = &s->x[item];

	if (x->offered && now - x->progress_ms > SESSION_STUCK_MS)
		exchange_fail(s, item, "no progress for 30 s");
}

/* Who asked has his answer by now: the record is not waited for. */
static void confirm(struct session *s)
{
	for (unsigned int i = 0; i < s->policy->count; i++) {
		if (s->x[i].confirm)
			store_confirm(s->store, i);
		s->x[i].confirm = false;
	}
}

static int64_t next_time(const struct session *s, int64_t now)
{
	int64_t wait = s->report_ms - now, at;

	if (s->wire && s->sent_ms + beat_ms(s) - now < wait)
		wait = s->sent_ms + beat_ms(s) - now;
	for (unsigned int i = 0; i < s->policy->count; i++) {
		const struct exchange *x = &s->x[i];

		if (x->confirm)
			return 0;
		at = x->due ? x->scan_ms : x->retry_ms;
		if (at > now && at - now < wait)
			wait = at - now;
		if (x->state == ITEM_COPYING && wait > SESSION_BUSY_MS)
			wait = SESSION_BUSY_MS;
	}
	return wait > 0 ? wait : 0;
}

int64_t session_work(struct session *s)
{
	int64_t now = session_now(s);
	bool more;

	keep_alive(s, now);
	confirm(s);
	more = scan_all(s, now);
	more = image_work(s) || more;
	more = sink_work(s, false) || sink_work(s, true) || more;
	lead_in(s);
	for (unsigned int i = 0; i < s->policy->count; i++) {
		stuck(s, i, now);
		source_step(s, i);
		sink_step(s, i);
	}
	lead_out(s);
	source_pump(s);
	if (s->wire && wire_flush(s->wire))
		session_break(s, wire_error(s->wire));
	if (s->broken)
		drop(s);
	busy_report(s, now);
	sink_report(s);
	return more ? 0 : next_time(s, now);
}
