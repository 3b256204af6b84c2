// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What management modules leave behind: the crash files of both (S-260), and, on
 * the active, the other one's log (S-229, S-259). Both come from the modules'
 * crash areas, which outlive the module; each is stored once.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "redlogd.h"
#include "../lib/down.h"

#define PIECE	  32	/* lines of the log written at once */
#define FAILED_MS 30000 /* what could not be kept is tried again */

static int by_identity(const void *pa, const void *pb)
{
	const struct log_line *a = pa, *b = pb;

	if (a->mm != b->mm)
		return a->mm < b->mm ? -1 : 1;
	if (a->event.id != b->event.id)
		return a->event.id < b->event.id ? -1 : 1;
	return (a->event.clock_us > b->event.clock_us) - (a->event.clock_us < b->event.clock_us);
}

/* The events of @slot in the log, in order. Return: their number, negative errno. */
static long stored(const struct redlogd *d, unsigned int slot, struct log_line **out)
{
	long n = log_read(d->dir, out), i, kept = 0;

	for (i = 0; i < n; i++)
		if ((*out)[i].kind == LOG_EVENT && (*out)[i].mm == slot)
			(*out)[kept++] = (*out)[i];
	if (n > 0)
		qsort(*out, kept, sizeof(**out), by_identity);
	return n < 0 ? n : kept;
}

/* The other module's events that the log does not have yet. */
static int collect_events(struct redlogd *d, unsigned int slot)
{
	struct log_line *known = NULL, *unseen;
	struct rd_event *list = NULL;
	int n = rd_dump_event_of(d->rd, d->instance, slot, 0, &list), i, count = 0, err = 0;
	long have;

	if (n <= 0)
		return n;
	have = stored(d, slot, &known);
	unseen = calloc(n, sizeof(*unseen));
	for (i = 0; unseen && have >= 0 && i < n; i++) {
		unseen[count] =
			(struct log_line){ .kind = LOG_EVENT, .mm = slot, .event = list[i] };
		if (!have || !bsearch(&unseen[count], known, have, sizeof(*known), by_identity))
			count++;
	}
	if (!unseen || have < 0)
		err = have < 0 ? have : -ENOMEM;
	/* a piece at a time: a file of the log has a bound */
	for (i = 0; i < count && !err; i += PIECE)
		err = log_append(d->store, unseen + i, count - i < PIECE ? count - i : PIECE);
	free(unseen);
	free(known);
	free(list);
	return err;
}

/* How the module went down, as `show boot-history` says it; "" when nothing does. */
static void head_of(struct redlogd *d, unsigned int slot, char *head, size_t size)
{
	struct rd_down *list = NULL;
	int n = rd_dump_down(d->rd, d->instance, slot, 0, &list), i;
	char line[DOWN_LINE_MAX], text[DOWN_TEXT_MAX];

	snprintf(head, size, "Mgmt Module %u crash log\n", slot);
	for (i = n - 1; i >= 0; i--) {
		if (list[i].why != REDUND_DOWN_WHY_PANIC)
			continue;
		snprintf(head, size, "%s\n%s\nSerial Number: %s  SW Version: %s\n",
			 down_line(line, &list[i]), down_text(text, &list[i]), list[i].serial,
			 list[i].sw_version);
		break;
	}
	free(list);
}

/* The number of the module's last end, 0 none. */
static uint32_t last_end(struct redlogd *d, unsigned int slot)
{
	struct rd_down *list = NULL;
	int n = rd_dump_down(d->rd, d->instance, slot, 0, &list);
	uint32_t id = n > 0 ? list[n - 1].id : 0;

	free(list);
	return id;
}

static int collect_crash(struct redlogd *d, unsigned int slot, bool all)
{
	char *log = NULL, *data = NULL, head[512], text[64];
	int len, data_len = 0, stored_now = 0;
	uint32_t end = last_end(d, slot);

	if (!all && end && end == d->ended[slot - 1])
		return 0;
	len = rd_crash_read(d->rd, d->instance, slot, REDUND_CRASH_KIND_LOG, &log, NULL);
	if (len > 0) {
		head_of(d, slot, head, sizeof(head));
		data_len = rd_crash_read(d->rd, d->instance, slot, REDUND_CRASH_KIND_DATA, &data,
					 NULL);
		stored_now = crash_store(slot, head, log, len, data, data_len > 0 ? data_len : 0);
	}
	if (stored_now > 0) {
		snprintf(text, sizeof(text), "Mgmt Module %u crash files saved", slot);
		rd_event_add(d->rd, d->instance, 0, REDUND_SEVERITY_INFORMATION, slot, "redlogd",
			     text);
	}
	/* what could not be read or stored is tried again */
	if (len >= 0 && stored_now >= 0)
		d->ended[slot - 1] = end;
	free(log);
	free(data);
	return len < 0 ? len : stored_now < 0 ? stored_now : 0;
}

void collect(struct redlogd *d, bool all)
{
	unsigned int slot;
	int err = 0, result;

	for (slot = 1; slot <= RD_SLOTS; slot++) {
		result = collect_crash(d, slot, all);
		if (result < 0)
			err = result;
	}
	if (d->role[d->slot - 1] == REDUND_ROLE_ACTIVE) {
		result = collect_events(d, RD_SLOTS + 1 - d->slot);
		if (result < 0)
			err = result;
	}
	if (err && !d->collect_failed)
		say("crash files: %s", rd_text(d->rd)[0] ? rd_text(d->rd) : strerror(-err));
	d->collect_failed = err;
	if (err && d->collect_ms < 0)
		d->collect_ms = clock_ms() + FAILED_MS;
}
