// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON into the library's structures, by tables of fields. See fake.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fake.h"

enum type { FLAG, U32, U64, TEXT, ENUM, BITS };

struct fake_field {
	const char *key;
	enum type type;
	size_t offset, size;
	enum rd_enum which;
};

#define AT(type, member) offsetof(struct type, member), sizeof(((struct type *)NULL)->member)

static const struct fake_field chassis_fields[] = {
	{ "instance", U32, AT(rd_chassis, instance) },
	{ "change_seq", U32, AT(rd_chassis, change_seq) },
	{ "description", TEXT, AT(rd_chassis, description) },
	{ "part", TEXT, AT(rd_chassis, part) },
	{ "serial", TEXT, AT(rd_chassis, serial) },
	{ "own_slot", U32, AT(rd_chassis, own_slot) },
	{ "owner", U32, AT(rd_chassis, owner) },
	{ "epoch", U32, AT(rd_chassis, epoch) },
	{ "choice", U32, AT(rd_chassis, choice) },
	{ "failovers", U32, AT(rd_chassis, failovers) },
	{ "interval_ms", U32, AT(rd_chassis, interval_ms) },
	{ "misses", U32, AT(rd_chassis, misses) },
	{ "interval_min_ms", U32, AT(rd_chassis, interval_min_ms) },
	{ "interval_max_ms", U32, AT(rd_chassis, interval_max_ms) },
	{ "misses_min", U32, AT(rd_chassis, misses_min) },
	{ "misses_max", U32, AT(rd_chassis, misses_max) },
	{ "handover_id", U32, AT(rd_chassis, handover_id) },
	{ "redundancy", FLAG, AT(rd_chassis, redundancy) },
	{ "switchover_ready", FLAG, AT(rd_chassis, switchover_ready) },
	{ "last_failover_s", U64, AT(rd_chassis, last_failover_s) },
	{ "waiting_until_us", U64, AT(rd_chassis, waiting_until_us) },
	{ "clock_us", U64, AT(rd_chassis, clock_us) },
	{ "own_role", ENUM, AT(rd_chassis, own_role), RD_ROLE },
	{ "rule", ENUM, AT(rd_chassis, rule), RD_RULE },
	{ "handover_verdict", ENUM, AT(rd_chassis, handover_verdict), RD_VERDICT },
	{ "waiting_for", TEXT, AT(rd_chassis, waiting_for) },
	{ "heartbeat_loss", ENUM, AT(rd_chassis, heartbeat_loss), RD_HEARTBEAT_LOSS },
	{ "sync_busy", TEXT, AT(rd_chassis, sync_busy) },
	{ "history_length", U32, AT(rd_chassis, history_length) },
	{ "history_max", U32, AT(rd_chassis, history_max) },
	{ "last_reason", ENUM, AT(rd_chassis, last_reason), RD_REASON },
	{ "last_clock_us", U64, AT(rd_chassis, last_clock_us) },
	{ "last_requester", TEXT, AT(rd_chassis, last_requester) },
	{ "standby_failures", U32, AT(rd_chassis, standby_failures) },
	{ "alone_us", U64, AT(rd_chassis, alone_us) },
	{ "alone_since_us", U64, AT(rd_chassis, alone_since_us) },
	{ "sync_seconds", U32, AT(rd_chassis, sync_seconds) },
	{}
};

static const struct fake_field mm_fields[] = {
	{ "instance", U32, AT(rd_mm, instance) },
	{ "change_seq", U32, AT(rd_mm, change_seq) },
	{ "description", TEXT, AT(rd_mm, description) },
	{ "part", TEXT, AT(rd_mm, part) },
	{ "serial", TEXT, AT(rd_mm, serial) },
	{ "slot", U32, AT(rd_mm, slot) },
	{ "sw_build", U32, AT(rd_mm, sw_build) },
	{ "interval_ms", U32, AT(rd_mm, interval_ms) },
	{ "misses", U32, AT(rd_mm, misses) },
	{ "incarnation", U32, AT(rd_mm, incarnation) },
	{ "present", FLAG, AT(rd_mm, present) },
	{ "powered", FLAG, AT(rd_mm, powered) },
	{ "in_reset", FLAG, AT(rd_mm, in_reset) },
	{ "out", FLAG, AT(rd_mm, out) },
	{ "role", ENUM, AT(rd_mm, role), RD_ROLE },
	{ "offline_cause", ENUM, AT(rd_mm, offline_cause), RD_OFFLINE_CAUSE },
	{ "selftest", ENUM, AT(rd_mm, selftest), RD_SELFTEST },
	{ "boot_image", ENUM, AT(rd_mm, boot_image), RD_BOOT_IMAGE },
	{ "phase", ENUM, AT(rd_mm, phase), RD_PHASE },
	{ "not_ready", BITS, AT(rd_mm, not_ready), RD_NOT_READY },
	{ "sw_version", TEXT, AT(rd_mm, sw_version) },
	{ "sw_stamp", TEXT, AT(rd_mm, sw_stamp) },
	{ "last_heard_us", U64, AT(rd_mm, last_heard_us) },
	{ "sync_text", TEXT, AT(rd_mm, sync_text) },
	{ "up_since_us", U64, AT(rd_mm, up_since_us) },
	{ "state_since_us", U64, AT(rd_mm, state_since_us) },
	{ "link", ENUM, AT(rd_mm, link), RD_LINK_STATE },
	{}
};

static const struct fake_field fabric_fields[] = { { "instance", U32, AT(rd_fabric, instance) },
						   { "change_seq", U32, AT(rd_fabric, change_seq) },
						   { "description", TEXT,
						     AT(rd_fabric, description) },
						   { "part", TEXT, AT(rd_fabric, part) },
						   { "serial", TEXT, AT(rd_fabric, serial) },
						   { "id", U32, AT(rd_fabric, id) },
						   { "present", FLAG, AT(rd_fabric, present) },
						   { "enabled", FLAG, AT(rd_fabric, enabled) },
						   {} };

static const struct fake_field module_fields[] = {
	{ "instance", U32, AT(rd_module, instance) },
	{ "change_seq", U32, AT(rd_module, change_seq) },
	{ "description", TEXT, AT(rd_module, description) },
	{ "part", TEXT, AT(rd_module, part) },
	{ "serial", TEXT, AT(rd_module, serial) },
	{ "index", U32, AT(rd_module, index) },
	{ "state", ENUM, AT(rd_module, state), RD_MODULE_STATE },
	{}
};

static const struct fake_field history_fields[] = {
	{ "instance", U32, AT(rd_history, instance) },
	{ "change_seq", U32, AT(rd_history, change_seq) },
	{ "id", U32, AT(rd_history, id) },
	{ "from", U32, AT(rd_history, from) },
	{ "to", U32, AT(rd_history, to) },
	{ "epoch", U32, AT(rd_history, epoch) },
	{ "activation", U32, AT(rd_history, activation) },
	{ "reason", ENUM, AT(rd_history, reason), RD_REASON },
	{ "verdict", ENUM, AT(rd_history, verdict), RD_VERDICT },
	{ "rule", ENUM, AT(rd_history, rule), RD_RULE },
	{ "forced", FLAG, AT(rd_history, forced) },
	{ "failover", FLAG, AT(rd_history, failover) },
	{ "time_s", U64, AT(rd_history, time_s) },
	{ "clock_us", U64, AT(rd_history, clock_us) },
	{ "requester", TEXT, AT(rd_history, requester) },
	{}
};

static const struct fake_field phase_fields[] = { { "phase", ENUM, AT(rd_phase, phase), RD_PHASE },
						  { "us", U32, AT(rd_phase, us) },
						  { "result", ENUM, AT(rd_phase, result),
						    RD_PHASE_RESULT },
						  {} };

static const struct fake_field event_fields[] = { { "instance", U32, AT(rd_event, instance) },
						  { "change_seq", U32, AT(rd_event, change_seq) },
						  { "id", U64, AT(rd_event, id) },
						  { "time_s", U64, AT(rd_event, time_s) },
						  { "clock_us", U64, AT(rd_event, clock_us) },
						  { "number", U32, AT(rd_event, number) },
						  { "slot", U32, AT(rd_event, slot) },
						  { "severity", ENUM, AT(rd_event, severity),
						    RD_SEVERITY },
						  { "subsystem", TEXT, AT(rd_event, subsystem) },
						  { "text", TEXT, AT(rd_event, text) },
						  {} };

static const struct fake_field down_fields[] = { { "id", U32, AT(rd_down, id) },
						 { "slot", U32, AT(rd_down, slot) },
						 { "boot_count", U32, AT(rd_down, boot_count) },
						 { "role", ENUM, AT(rd_down, role), RD_ROLE },
						 { "why", ENUM, AT(rd_down, why), RD_DOWN_WHY },
						 { "warm", FLAG, AT(rd_down, warm) },
						 { "saved", FLAG, AT(rd_down, saved) },
						 { "time_s", U64, AT(rd_down, time_s) },
						 { "clock_us", U64, AT(rd_down, clock_us) },
						 { "serial", TEXT, AT(rd_down, serial) },
						 { "sw_version", TEXT, AT(rd_down, sw_version) },
						 { "origin", TEXT, AT(rd_down, origin) },
						 { "text", TEXT, AT(rd_down, text) },
						 {} };

const struct fake_kind fake_down = { "down", "id", sizeof(struct rd_down), down_fields };

const struct fake_kind fake_kinds[6] = {
	{ "chassis", "instance", sizeof(struct rd_chassis), chassis_fields },
	{ "mm", "slot", sizeof(struct rd_mm), mm_fields },
	{ "fabric", "id", sizeof(struct rd_fabric), fabric_fields },
	{ "module", "index", sizeof(struct rd_module), module_fields },
	{ "history", "id", sizeof(struct rd_history), history_fields },
	{ "event", "id", sizeof(struct rd_event), event_fields },
};

static void die(const char *what, const char *key)
{
	fprintf(stderr, "fake: %s: %s\n", what, key);
	exit(125);
}

static uint32_t word_value(enum rd_enum which, const json_t *j, const char *key)
{
	int value = json_is_string(j) ? rd_value(which, json_string_value(j)) : -1;

	if (value < 0)
		die("no such word", json_is_string(j) ? json_string_value(j) : key);
	return value;
}

static uint32_t bits_value(enum rd_enum which, const json_t *j, const char *key)
{
	uint32_t bits = 0;
	json_t *word;
	size_t i;

	json_array_foreach(j, i, word)
		bits |= 1u << word_value(which, word, key);
	return bits;
}

static void set(const struct fake_field *f, const json_t *j, void *to)
{
	uint64_t n = json_integer_value(j);

	switch (f->type) {
	case FLAG:
		*(bool *)to = json_is_true(j);
		return;
	case TEXT:
		snprintf(to, f->size, "%s", json_string_value(j));
		return;
	case U64:
		memcpy(to, &n, sizeof(n));
		return;
	case U32:
		break;
	case ENUM:
		n = word_value(f->which, j, f->key);
		break;
	case BITS:
		n = bits_value(f->which, j, f->key);
		break;
	}
	*(uint32_t *)to = n;
}

static void decode(const struct fake_field *fields, const json_t *j, void *to)
{
	const struct fake_field *f;
	const char *key;
	void *at;

	for (at = json_object_iter((json_t *)j); at; at = json_object_iter_next((json_t *)j, at)) {
		key = json_object_iter_key(at);
		for (f = fields; f->key && strcmp(f->key, key); f++)
			;
		if (f->key)
			set(f, json_object_iter_value(at), (char *)to + f->offset);
		else if (strcmp(key, "phases"))
			die("unknown key", key);
	}
}

static void decode_phases(const json_t *list, struct rd_history *h)
{
	size_t i;

	for (i = 0; i < json_array_size(list) && i < RD_PHASES; i++)
		decode(phase_fields, json_array_get(list, i), &h->phase[h->phases++]);
}

void fake_decode(const struct fake_kind *kind, const json_t *j, void *to)
{
	memset(to, 0, kind->size);
	decode(kind->fields, j, to);
	if (kind == &fake_kinds[REDUND_OBJECT_HISTORY])
		decode_phases(json_object_get(j, "phases"), to);
}
