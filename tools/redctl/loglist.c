// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The event log as show log lists it, see loglist.h: the driver's log, the log in
 * the flash that redlogd keeps, and what the other module left in its crash area,
 * put together by time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/flash.h"
#include "loglist.h"
#include "session.h"

void loglist_free(struct loglist *list)
{
	free(list->lines);
	list->lines = NULL;
	list->n = 0;
}

static bool add(struct loglist *list, unsigned int mm, const struct rd_event *events, int n)
{
	struct log_line *more;
	int i;

	if (n <= 0)
		return true;
	more = realloc(list->lines, (list->n + n) * sizeof(*more));
	if (!more)
		return false;
	list->lines = more;
	for (i = 0; i < n; i++)
		more[list->n++] =
			(struct log_line){ .kind = LOG_EVENT, .mm = mm, .event = events[i] };
	return true;
}

/* Same events side by side, the one that knows its boot first. */
static int by_identity(const void *pa, const void *pb)
{
	const struct log_line *a = pa, *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->mm != b->mm)
		return a->mm < b->mm ? -1 : 1;
	if (a->event.id != b->event.id)
		return a->event.id < b->event.id ? -1 : 1;
	if (a->event.clock_us != b->event.clock_us)
		return a->event.clock_us < b->event.clock_us ? -1 : 1;
	return (b->boot > a->boot) - (b->boot < a->boot);
}

static void unite(struct loglist *list)
{
	size_t i, kept = 0;

	if (!list->n)
		return;
	qsort(list->lines, list->n, sizeof(*list->lines), by_identity);
	for (i = 0; i < list->n; i++)
		if (!kept || !log_same(&list->lines[kept - 1], &list->lines[i]))
			list->lines[kept++] = list->lines[i];
	list->n = kept;
	qsort(list->lines, kept, sizeof(*list->lines), log_compare);
}

/* Events that are not stored yet are of the last boot that is. */
static void fill_boot(struct loglist *list, unsigned int mm)
{
	uint32_t boot = 0;
	size_t i;

	for (i = 0; i < list->n; i++)
		if (list->lines[i].mm == mm && list->lines[i].boot > boot)
			boot = list->lines[i].boot;
	for (i = 0; i < list->n; i++)
		if (list->lines[i].mm == mm && !list->lines[i].boot)
			list->lines[i].boot = boot;
}

static int load_all(struct ctx *ctx, struct loglist *list, unsigned int own)
{
	unsigned int peer = RD_SLOTS + 1 - own;
	char dir[FLASH_PATH_MAX];
	struct rd_event *events = NULL;
	long stored;
	bool ok;
	int n;

	stored = log_read(log_dir(dir, sizeof(dir)), &list->lines);
	if (stored < 0)
		return fail(ctx, STATUS_REFUSED, "error", "%.200s: %s", dir, strerror(-stored));
	list->n = stored;
	/* a module that was never there has left no log */
	n = rd_dump_event_of(ctx->rd, ctx->instance, peer, 0, &events);
	ok = add(list, peer, events, n);
	free(events);
	return ok ? STATUS_DONE : fail(ctx, STATUS_REFUSED, "error", "out of memory");
}

int loglist_load(struct ctx *ctx, bool all, struct loglist *list)
{
	struct rd_event *events = NULL;
	struct rd_chassis c;
	int n, err, status = STATUS_DONE;

	*list = (struct loglist){ 0 };
	err = rd_get_chassis(ctx->rd, ctx->instance, &c);
	if (err)
		return session_fail(ctx, err);
	if (all)
		status = load_all(ctx, list, c.own_slot);
	if (status)
		return status;
	n = rd_dump_event(ctx->rd, ctx->instance, 0, &events);
	if (n < 0)
		status = session_fail(ctx, n);
	else if (!add(list, c.own_slot, events, n))
		status = fail(ctx, STATUS_REFUSED, "error", "out of memory");
	free(events);
	if (all) {
		unite(list);
		fill_boot(list, c.own_slot);
	}
	return status;
}

bool loglist_boot(struct loglist *list, unsigned int mm, uint32_t boot)
{
	size_t i, kept = 0;

	for (i = 0; i < list->n; i++)
		if (list->lines[i].mm == mm && list->lines[i].boot == boot)
			list->lines[kept++] = list->lines[i];
	list->n = kept;
	return kept;
}
