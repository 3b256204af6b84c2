// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One line of the event log in the flash as JSON and back. What does not fit is
 * refused, keys that are not known are skipped.
 */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include "logline.h"

static bool get_number(const json_t *j, const char *key, uint64_t max, uint64_t *out)
{
	const json_t *value = json_object_get(j, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    (uint64_t)json_integer_value(value) > max)
		return false;
	*out = json_integer_value(value);
	return true;
}

static bool get_u32(const json_t *j, const char *key, uint32_t max, uint32_t *out)
{
	uint64_t value;

	if (!get_number(j, key, max, &value))
		return false;
	*out = value;
	return true;
}

static bool get_text(const json_t *j, const char *key, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(j, key));

	if (!text || strlen(text) >= size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

static bool parse_event(const json_t *j, struct rd_event *e)
{
	char severity[24];
	int value;

	if (!get_number(j, "id", INT64_MAX, &e->id) ||
	    !get_number(j, "time_s", UINT32_MAX, &e->time_s) ||
	    !get_number(j, "clock_us", INT64_MAX, &e->clock_us) ||
	    !get_u32(j, "number", 99999, &e->number) || !get_u32(j, "slot", RD_SLOTS, &e->slot) ||
	    !get_text(j, "severity", severity, sizeof(severity)) ||
	    !get_text(j, "subsystem", e->subsystem, sizeof(e->subsystem)) ||
	    !get_text(j, "text", e->text, sizeof(e->text)))
		return false;
	value = rd_value(RD_SEVERITY, severity);
	e->severity = value < 0 ? REDUND_SEVERITY_INFORMATION : value; /* a newer driver's */
	return true;
}

static bool parse_object(const json_t *j, struct log_line *line)
{
	uint32_t mm;

	if (!get_u32(j, "mm", RD_SLOTS, &mm) || !mm || !get_u32(j, "boot", UINT32_MAX, &line->boot))
		return false;
	line->mm = mm;
	if (json_object_get(j, "id")) {
		line->kind = LOG_EVENT;
		return parse_event(j, &line->event);
	}
	if (!get_number(j, "time_s", UINT32_MAX, &line->time_s))
		return false;
	if (json_object_get(j, "lost")) {
		line->kind = LOG_LOST;
		return get_number(j, "lost", INT64_MAX, &line->lost);
	}
	line->kind = LOG_BOOT;
	return get_u32(j, "incarnation", UINT32_MAX, &line->incarnation) &&
	       get_text(j, "linux_boot", line->linux_boot, sizeof(line->linux_boot));
}

bool log_parse(const char *text, size_t len, struct log_line *line)
{
	json_t *j = json_loadb(text, len, 0, NULL);
	bool ok;

	memset(line, 0, sizeof(*line));
	ok = json_is_object(j) && parse_object(j, line);
	json_decref(j);
	return ok;
}

/* Text of the kernel as printable ASCII: modules may put anything there. */
static json_t *clean(const char *from)
{
	char buf[256];
	size_t i;

	for (i = 0; from[i] && i < sizeof(buf) - 1; i++)
		buf[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : '?';
	buf[i] = '\0';
	return json_string(buf);
}

static json_t *number(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static void fill_event(json_t *j, const struct rd_event *e)
{
	json_object_set_new(j, "id", number(e->id));
	json_object_set_new(j, "time_s", number(e->time_s > UINT32_MAX ? UINT32_MAX : e->time_s));
	json_object_set_new(j, "clock_us", number(e->clock_us));
	json_object_set_new(j, "number", number(e->number));
	json_object_set_new(j, "severity", json_string(rd_name(RD_SEVERITY, e->severity)));
	json_object_set_new(j, "subsystem", clean(e->subsystem));
	json_object_set_new(j, "slot", number(e->slot));
	json_object_set_new(j, "text", clean(e->text));
}

int log_print(FILE *f, const struct log_line *line)
{
	json_t *j = json_object();
	int err;

	json_object_set_new(j, "mm", number(line->mm));
	json_object_set_new(j, "boot", number(line->boot));
	if (line->kind == LOG_EVENT) {
		fill_event(j, &line->event);
	} else {
		json_object_set_new(j, "time_s", number(line->time_s));
		if (line->kind == LOG_LOST) {
			json_object_set_new(j, "lost", number(line->lost));
		} else {
			json_object_set_new(j, "incarnation", number(line->incarnation));
			json_object_set_new(j, "linux_boot", clean(line->linux_boot));
		}
	}
	err = json_dumpf(j, f, JSON_COMPACT) || fputc('\n', f) == EOF ? -ENOMEM : 0;
	json_decref(j);
	return err;
}
