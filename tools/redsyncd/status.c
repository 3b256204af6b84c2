// SPDX-License-Identifier: GPL-2.0-or-later
/* Owns how the state of the synchronization reads as JSON; see control.h. */
#include <string.h>
#include <time.h>
#include "control.h"

const char *status_item_state(enum item_state state)
{
	static const char *const names[] = {
		[ITEM_WAITING] = "waiting",   [ITEM_EQUAL] = "equal",
		[ITEM_COPYING] = "copying",   [ITEM_HELD] = "held",
		[ITEM_CONFLICT] = "conflict", [ITEM_FAILED] = "failed",
	};

	return names[state];
}

json_t *status_affected(const struct session *s, bool both)
{
	json_t *slots = json_array();
	unsigned int slot;

	for (slot = 1; s && slot <= SYNC_SLOTS; slot++)
		if (slot == s->view.slot || both)
			json_array_append_new(slots, json_integer(slot));
	return slots;
}

/* The first 16 digits tell two of them apart. */
static json_t *digest_json(const uint8_t *digest)
{
	char hex[SYNC_HEX_MAX];

	if (!digest)
		return json_null();
	return json_stringn(sync_hex(digest, hex), 16);
}

static json_t *item_json(const struct session *s, unsigned int i)
{
	const struct sync_item *item = &s->policy->item[i];
	const struct exchange *x = &s->x[i];
	unsigned int from = session_from(s, i);
	const struct sync_manifest *m = store_manifest(s->store, i, from);
	const struct sync_mark *mark = store_mark(s->store, i, from);
	int64_t age = mark->equal_s ? time(NULL) - mark->equal_s : -1;
	json_t *j;

	j = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "name", item->name,
		      "class", sync_class_name(item->class), "direction",
		      sync_direction_name(item->direction), "when",
		      item->on_command ? "on-command" : "at-once", "state",
		      status_item_state(x->state), "generation",
		      (json_int_t)(m ? m->generation : mark->generation), "bytes",
		      (json_int_t)(m ? m->bytes : 0), "done", (json_int_t)x->done, "total",
		      (json_int_t)x->total, "error", x->error);
	json_object_set_new(j, "digest", digest_json(m ? m->digest : NULL));
	json_object_set_new(j, "peer_generation",
			    x->known ? json_integer(x->peer_generation) : json_null());
	json_object_set_new(j, "peer_digest", digest_json(x->known ? x->peer_digest : NULL));
	json_object_set_new(j, "age_s",
			    mark->equal_s ? json_integer(age > 0 ? age : 0) : json_null());
	return j;
}

/* Of the standby: what it told its driver. */
static const char *standby_state(const struct session *s, const char **reason, const char **text)
{
	if (!s->view.redundancy) {
		*reason = "disabled";
		return "disabled";
	}
	if (s->acked && !s->acked_synced) {
		*reason = "sync-failed";
		*text = s->acked_text;
		return "failed";
	}
	if (!s->wire) {
		*reason = "link-down";
		return "alone";
	}
	return s->acked ? "synchronized" : "syncing";
}

static const char *active_state(const struct session *s, const char **reason, const char **text)
{
	static char what[FRAME_TEXT_MAX];
	const char *why = session_why_alone(s);
	bool failed, all;

	if (why) {
		*reason = why;
		return strcmp(why, "disabled") ? "alone" : "disabled";
	}
	all = session_all(s, what, &failed);
	if (all)
		return "synchronized";
	*text = what;
	if (failed)
		*reason = "sync-failed";
	return failed ? "failed" : "syncing";
}

json_t *status_reply(const struct session *s)
{
	const char *reason = "", *text = "", *state;
	json_t *items = json_array(), *reply;
	bool standby;

	if (!s || !s->view.valid) {
		json_decref(items);
		return json_pack("{s:s, s:s, s:s, s:[]}", "state", "alone", "reason", "no-driver",
				 "text", session_why_text("no-driver"), "items");
	}
	standby = s->view.owner && s->view.owner != s->view.slot;
	state = standby ? standby_state(s, &reason, &text) : active_state(s, &reason, &text);
	if (*reason && !*text)
		text = session_why_text(reason);
	for (unsigned int i = 0; i < s->policy->count; i++)
		json_array_append_new(items, item_json(s, i));
	reply = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:o}", "state", state, "reason",
			  reason, "text", text, "link", s->wire ? "up" : "down", "slot",
			  s->view.slot, "peer", session_peer(s), "seconds_left", session_left(s),
			  "refused", s->refused, "items", items);
	return reply;
}
