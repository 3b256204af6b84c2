// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libredund without a kernel: the functions of ../../lib/redund.h on a state
 * in a JSON file. Requests are recorded, one JSON object a line, in the file
 * REDCTL_FAKE_LOG; "refuse" holds the answer to a request by its name, "refuse_once" to the
 * first one; "steps"
 * are the changes that the driver reports, one by one: each is merged into the
 * state by object and id when rd_next_change() returns it. With a FIFO in
 * REDCTL_FAKE_STEPS they come from there instead, one a line, when a test writes
 * them; {"gone": true} is the driver that is unloaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "fake.h"

static int cause(struct rd *rd, int err, const char *reason, const char *text)
{
	snprintf(rd->reason, sizeof(rd->reason), "%s", reason);
	snprintf(rd->text, sizeof(rd->text), "%s: %s", reason, text);
	return err;
}

int rd_open(struct rd **out)
{
	const char *path = getenv("REDCTL_FAKE");
	struct rd *rd = calloc(1, sizeof(*rd));
	json_error_t error;

	*out = rd;
	if (!rd)
		return -ENOMEM;
	rd->fifo = -1;
	rd->root = path ? json_load_file(path, 0, &error) : NULL;
	if (!rd->root) {
		fprintf(stderr, "fake: no state in REDCTL_FAKE\n");
		exit(125);
	}
	if (json_is_true(json_object_get(rd->root, "no_driver")))
		return cause(rd, -ENOENT, "no-driver", "the driver is not loaded");
	return 0;
}

void rd_close(struct rd *rd)
{
	if (!rd)
		return;
	if (rd->fifo >= 0)
		close(rd->fifo);
	json_decref(rd->root);
	free(rd);
}

const char *rd_reason(const struct rd *rd)
{
	return rd->reason;
}

const char *rd_text(const struct rd *rd)
{
	return rd->text;
}

static json_t *list_of(const struct rd *rd, const char *kind)
{
	return json_object_get(rd->root, kind);
}

static int dump(struct rd *rd, enum redund_object object, void **out)
{
	const struct fake_kind *kind = &fake_kinds[object];
	json_t *list = list_of(rd, kind->name);
	size_t n = json_array_size(list), i;

	*out = calloc(n + 1, kind->size);
	for (i = 0; i < n; i++)
		fake_decode(kind, json_array_get(list, i), (char *)*out + i * kind->size);
	return n;
}

int rd_dump_chassis(struct rd *rd, struct rd_chassis **out)
{
	return dump(rd, REDUND_OBJECT_CHASSIS, (void **)out);
}

int rd_dump_mm(struct rd *rd, int instance, struct rd_mm **out)
{
	return dump(rd, REDUND_OBJECT_MM, (void **)out);
}

int rd_dump_fabric(struct rd *rd, int instance, struct rd_fabric **out)
{
	return dump(rd, REDUND_OBJECT_FABRIC, (void **)out);
}

int rd_dump_module(struct rd *rd, int instance, struct rd_module **out)
{
	return dump(rd, REDUND_OBJECT_MODULE, (void **)out);
}

int rd_dump_history(struct rd *rd, int instance, uint32_t from, struct rd_history **out)
{
	return dump(rd, REDUND_OBJECT_HISTORY, (void **)out);
}

int rd_dump_event(struct rd *rd, int instance, uint64_t from, struct rd_event **out)
{
	return dump(rd, REDUND_OBJECT_EVENT, (void **)out);
}

static int get(struct rd *rd, enum redund_object object, int instance, unsigned int id, void *out)
{
	const struct fake_kind *kind = &fake_kinds[object];
	json_t *list = list_of(rd, kind->name), *j;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		j = json_array_get(list, i);
		if (json_integer_value(json_object_get(j, "instance")) != instance ||
		    json_integer_value(json_object_get(j, kind->id)) != id)
			continue;
		fake_decode(kind, j, out);
		return 0;
	}
	return cause(rd, -ENOENT, "no-object", "there is no such object");
}

int rd_get_chassis(struct rd *rd, int instance, struct rd_chassis *out)
{
	return get(rd, REDUND_OBJECT_CHASSIS, instance, instance, out);
}

int rd_get_mm(struct rd *rd, int instance, unsigned int slot, struct rd_mm *out)
{
	return get(rd, REDUND_OBJECT_MM, instance, slot, out);
}

int rd_get_fabric(struct rd *rd, int instance, unsigned int id, struct rd_fabric *out)
{
	return get(rd, REDUND_OBJECT_FABRIC, instance, id, out);
}

/* Writes the request down; the state's "refuse" answers it. */
static int request(struct rd *rd, const char *name, const char *fmt, ...)
{
	const char *path = getenv("REDCTL_FAKE_LOG");
	json_t *once = json_object_get(rd->root, "refuse_once"), *refuse;
	FILE *log = path ? fopen(path, "a") : NULL;
	va_list ap;

	if (log) {
		fprintf(log, "%s", name);
		va_start(ap, fmt);
		vfprintf(log, fmt, ap);
		va_end(ap);
		fputc('\n', log);
		fclose(log);
	}
	refuse = json_object_get(once, name);
	if (!refuse)
		refuse = json_object_get(json_object_get(rd->root, "refuse"), name);
	if (!refuse)
		return 0;
	cause(rd, -EBUSY, json_string_value(json_array_get(refuse, 0)),
	      json_string_value(json_array_get(refuse, 1)));
	if (once)
		json_object_del(once, name);
	return -EBUSY;
}

int rd_set_redundancy(struct rd *rd, int instance, bool on, const char *requester)
{
	return request(rd, "redundancy", " instance=%d on=%d", instance, on);
}

int rd_set_heartbeat(struct rd *rd, int instance, uint32_t interval_ms, uint32_t misses,
		     const char *requester)
{
	return request(rd, "heartbeat", " instance=%d interval=%u misses=%u", instance, interval_ms,
		       misses);
}

int rd_set_heartbeat_loss(struct rd *rd, int instance, enum redund_heartbeat_loss loss,
			  const char *requester)
{
	return request(rd, "heartbeat-loss", " instance=%d loss=%s", instance,
		       rd_name(RD_HEARTBEAT_LOSS, loss));
}

int rd_set_history_length(struct rd *rd, int instance, uint32_t length, const char *requester)
{
	return request(rd, "history", " instance=%d length=%u", instance, length);
}

int rd_set_active(struct rd *rd, int instance, unsigned int slot, const char *requester)
{
	return request(rd, "active", " instance=%d slot=%u", instance, slot);
}

int rd_set_fabric(struct rd *rd, int instance, unsigned int id, bool on, const char *requester)
{
	return request(rd, "fabric", " instance=%d id=%u on=%d", instance, id, on);
}

int rd_switchover(struct rd *rd, int instance, bool force, const char *requester, uint32_t *id)
{
	*id = json_integer_value(json_object_get(rd->root, "handover_id"));
	return request(rd, "switchover", " instance=%d force=%d", instance, force);
}

static void decode_check(json_t *j, struct rd_check *out)
{
	json_t *words = json_object_get(j, "not_ready");
	size_t i;

	out->accepted = !j || json_is_true(json_object_get(j, "accepted"));
	for (i = 0; i < json_array_size(words); i++)
		out->not_ready |=
			1u << rd_value(RD_NOT_READY, json_string_value(json_array_get(words, i)));
	if (out->accepted)
		return;
	out->refusal = rd_value(RD_REFUSAL, json_string_value(json_object_get(j, "refusal")));
	if (json_object_get(j, "sync_text"))
		snprintf(out->sync_text, sizeof(out->sync_text), "%s",
			 json_string_value(json_object_get(j, "sync_text")));
	out->seconds_left = json_integer_value(json_object_get(j, "seconds_left"));
	snprintf(out->text, sizeof(out->text), "%s", json_string_value(json_object_get(j, "text")));
}

/* "check" is a list: each call takes the next answer, the last one stays. */
int rd_switchover_check(struct rd *rd, int instance, bool force, struct rd_check *out)
{
	json_t *list = list_of(rd, "check");

	memset(out, 0, sizeof(*out));
	decode_check(json_array_get(list, 0), out);
	if (json_array_size(list) > 1)
		json_array_remove(list, 0);
	return 0;
}

int rd_reboot(struct rd *rd, int instance, const struct rd_boot *boot, const char *requester,
	      uint32_t *id)
{
	const char *kind = rd_name(RD_REBOOT_KIND, boot->kind);
	json_t *check = json_object_get(list_of(rd, "boot_check"), kind);

	*id = json_is_false(json_object_get(check, "would_switch_over")) ||
			      boot->kind > REDUND_REBOOT_KIND_RELOAD ?
		      0 :
		      json_integer_value(json_object_get(rd->root, "handover_id"));
	return request(rd, "reboot", " instance=%d kind=%s image=%s expect=%d origin=%s", instance,
		       kind, rd_name(RD_BOOT_IMAGE, boot->image), boot->expect,
		       boot->origin ? boot->origin : "");
}

/* "boot_check" holds the answer by the kind's word; without one: a switchover */
int rd_reboot_check(struct rd *rd, int instance, uint32_t kind, struct rd_boot_check *out)
{
	json_t *j = json_object_get(list_of(rd, "boot_check"), rd_name(RD_REBOOT_KIND, kind));

	memset(out, 0, sizeof(*out));
	decode_check(j, &out->check);
	out->would_switch_over = kind <= REDUND_REBOOT_KIND_RELOAD &&
				 !json_is_false(json_object_get(j, "would_switch_over"));
	out->peer_present = !json_is_false(json_object_get(j, "peer_present"));
	return 0;
}

int rd_set_locate(struct rd *rd, int instance, bool on, const char *requester)
{
	return request(rd, "locate", " instance=%d on=%d", instance, on);
}

int rd_event_add(struct rd *rd, int instance, unsigned int number, unsigned int severity,
		 unsigned int slot, const char *subsystem, const char *text)
{
	return request(rd, "event", " instance=%d number=%05u severity=%u slot=%u %s: %s", instance,
		       number, severity, slot, subsystem, text);
}

int rd_subscribe(struct rd *rd)
{
	const char *path = getenv("REDCTL_FAKE_STEPS");

	rd->subscribed = true;
	/* a writer of its own: the end of another's is not the end of the FIFO */
	if (path && rd->fifo < 0)
		rd->fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return 0;
}

int rd_monitor_fd(const struct rd *rd)
{
	return rd->fifo;
}

void rd_synced(struct rd *rd, uint32_t instance, uint32_t change_seq)
{
	rd->synced = change_seq;
}

/* Merges a change's object into the state. */
static void merge(struct rd *rd, const struct fake_kind *kind, json_t *object)
{
	json_t *list = list_of(rd, kind->name), *known;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		known = json_array_get(list, i);
		if (!json_equal(json_object_get(known, kind->id),
				json_object_get(object, kind->id)))
			continue;
		json_object_update(known, object);
		return;
	}
	json_array_append(list, object);
}

/* The next line of the FIFO, waited for. Return: a step to give back, or NULL. */
static json_t *next_line(struct rd *rd, int timeout_ms)
{
	struct pollfd p = { .fd = rd->fifo, .events = POLLIN };
	json_error_t error;
	char line[1024];
	size_t len = 0;

	if (poll(&p, 1, timeout_ms) <= 0)
		return NULL;
	while (len + 1 < sizeof(line) && read(rd->fifo, line + len, 1) == 1 && line[len] != '\n')
		len++;
	line[len] = '\0';
	return json_loads(line, 0, &error);
}

/* {"seq": N, "lost": true, "mm": {...}} Return: the next one, or NULL. */
static json_t *next_step(struct rd *rd, int timeout_ms)
{
	json_t *step = json_array_get(list_of(rd, "steps"), rd->step);

	if (rd->fifo >= 0)
		return next_line(rd, timeout_ms);
	if (step)
		rd->step++;
	else
		poll(NULL, 0, timeout_ms);
	return json_incref(step);
}

static void decode_step(struct rd *rd, const json_t *step, struct rd_change *out)
{
	unsigned int i;
	json_t *object;

	memset(out, 0, sizeof(*out));
	out->seq = json_integer_value(json_object_get(step, "seq"));
	out->lost = json_is_true(json_object_get(step, "lost"));
	for (i = 0; i < 6; i++) {
		object = json_object_get(step, fake_kinds[i].name);
		if (!object)
			continue;
		merge(rd, &fake_kinds[i], object);
		out->object = i;
		out->filled = true;
		if (i != REDUND_OBJECT_CHASSIS)
			out->id = json_integer_value(json_object_get(object, fake_kinds[i].id));
		fake_decode(&fake_kinds[i], object,
			    (char *)out + offsetof(struct rd_change, chassis));
	}
}

int rd_next_change(struct rd *rd, int timeout_ms, struct rd_change *out)
{
	json_t *step;
	bool gone;

	if (!rd->subscribed)
		return cause(rd, -EINVAL, "error", "not subscribed");
	step = next_step(rd, timeout_ms);
	if (!step)
		return 0;
	decode_step(rd, step, out);
	gone = json_is_true(json_object_get(step, "gone"));
	json_decref(step);
	return gone ? cause(rd, -ENOENT, "no-driver", "the driver was unloaded") : 1;
}
