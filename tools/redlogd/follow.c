// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The driver's event log into the flash and to the syslog servers, without a gap
 * and nothing twice: subscribe, take what the driver has, then what it tells.
 * What the flash does not take now is asked for again, as long as the driver
 * still holds it; what it no longer holds is counted in the log.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "redlogd.h"

#define RETRY_MS      1000
#define RETRY_DISK_MS 5000
#define COLLECT_MS    300 /* after a change of roles: what a module leaves is there by then */
#define BATCH	      32

static void schedule_collect(struct redlogd *d)
{
	d->collect_ms = clock_ms() + COLLECT_MS;
	d->collect_again = true;
}

/* ---- connection ------------------------------------------------------------------- */

/* Says why the driver is not there, when that is news. */
static bool not_there(struct redlogd *d, const char *why)
{
	if (!d->told || strcmp(d->told, why)) {
		say("waiting for the driver: %s", why);
		free(d->told);
		d->told = strdup(why);
	}
	follow_close(d);
	d->retry_ms = clock_ms() + RETRY_MS;
	return false;
}

static const char *choose(struct redlogd *d)
{
	struct rd_chassis *list = NULL;
	int n = rd_dump_chassis(d->rd, &list), i, wanted = -1;
	const char *why = NULL;

	if (n < 0)
		return rd_text(d->rd);
	if (d->device)
		wanted = atoi(d->device + strlen("redund"));
	for (i = 0; i < n && wanted >= 0 && list[i].instance != (uint32_t)wanted; i++)
		;
	if (!n || i == n)
		why = n && wanted < 0 ? NULL : "it has no such backplane controller";
	if (!why && wanted < 0 && n > 1)
		why = "it has several backplane controllers: name one by -d";
	if (!why)
		d->instance = wanted < 0 ? (int)list[0].instance : wanted;
	free(list);
	return why;
}

/* Slot, roles and this start; from now on changes are told. */
static int look(struct redlogd *d)
{
	struct rd_chassis c;
	struct rd_mm *mm = NULL;
	int err = rd_subscribe(d->rd), n, i;

	if (!err)
		err = rd_get_chassis(d->rd, d->instance, &c);
	if (err)
		return err;
	rd_synced(d->rd, d->instance, c.change_seq);
	d->slot = c.own_slot;
	n = rd_dump_mm(d->rd, d->instance, &mm);
	for (i = 0; i < n; i++) {
		if (mm[i].slot < 1 || mm[i].slot > RD_SLOTS)
			continue;
		d->role[mm[i].slot - 1] = mm[i].role;
		if (mm[i].slot == d->slot)
			d->incarnation = mm[i].incarnation;
	}
	free(mm);
	return n < 0 ? n : 0;
}

static void linux_boot(char *buf, size_t size)
{
	if (flash_read("/proc/sys/kernel/random/boot_id", buf, size) < 0)
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

/* ---- this boot in the log ------------------------------------------------------------ */

/* The last boot of this module that the log has. */
struct past {
	struct log_line mark; /* .boot 0: none */
	struct log_line last; /* its last event; .event.id 0: none */
};

static void find_past(const struct redlogd *d, const struct log_line *lines, long n, struct past *p)
{
	long i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < n; i++) {
		if (lines[i].mm != d->slot)
			continue;
		if (lines[i].kind == LOG_BOOT) {
			p->mark = lines[i];
			memset(&p->last, 0, sizeof(p->last));
		} else if (lines[i].kind == LOG_EVENT && lines[i].boot == p->mark.boot &&
			   lines[i].event.id > p->last.event.id) {
			p->last = lines[i];
		}
		/* the file with the mark was removed long ago */
		if (lines[i].boot > p->mark.boot) {
			memset(p, 0, sizeof(*p));
			p->mark.boot = lines[i].boot;
		}
	}
}

/* The driver still has the log of that boot: its events go on. */
static bool goes_on(const struct past *p, const struct rd_event *list, int n)
{
	char boot[40];
	int i;

	linux_boot(boot, sizeof(boot));
	if (!p->mark.boot || !boot[0] || strcmp(p->mark.linux_boot, boot))
		return false;
	if (!p->last.event.id || (n && list[0].id > p->last.event.id))
		return true;
	for (i = 0; i < n; i++)
		if (list[i].id == p->last.event.id)
			return list[i].clock_us == p->last.event.clock_us;
	return false;
}

/* After a start of redlogd: the servers may still lack some of these. */
static void queue_again(struct redlogd *d, const struct log_line *lines, long n)
{
	long i;

	for (i = 0; i < n; i++)
		if (lines[i].kind == LOG_EVENT && lines[i].mm == d->slot &&
		    lines[i].boot == d->boot && lines[i].event.id > d->queued_id) {
			syslog_add(&d->syslog, d->boot, &lines[i].event);
			d->queued_id = lines[i].event.id;
		}
}

static void take_place(struct redlogd *d, const struct log_line *lines, long n,
		       const struct past *past, bool same)
{
	bool first = !d->boot;
	uint32_t boot = past->mark.boot + !same;

	if (boot != d->boot)
		d->queued_id = 0;
	d->boot = boot;
	d->marked = same;
	d->last_id = same ? past->last.event.id : 0;
	if (first)
		queue_again(d, lines, n);
}

/* Finds this boot's place in the log, or begins a new one. */
static int find_boot(struct redlogd *d)
{
	struct log_line *lines = NULL;
	struct rd_event *list = NULL;
	long n = log_read(d->dir, &lines);
	struct past past;
	int events;

	if (n < 0)
		say("%s: %s", d->dir, strerror(-n));
	events = rd_dump_event(d->rd, d->instance, 0, &list);
	if (events >= 0) {
		find_past(d, lines, n, &past);
		take_place(d, lines, n, &past, goes_on(&past, list, events));
	}
	free(list);
	free(lines);
	return events < 0 ? events : 0;
}

bool follow_open(struct redlogd *d)
{
	const char *why;

	if (rd_open(&d->rd))
		return not_there(d, d->rd ? rd_text(d->rd) : strerror(ENOMEM));
	why = choose(d);
	if (why)
		return not_there(d, why);
	if (look(d) || find_boot(d))
		return not_there(d, rd_text(d->rd));
	free(d->told);
	d->told = NULL;
	follow_dump(d);
	if (d->rd)
		schedule_collect(d);
	return d->rd;
}

void follow_close(struct redlogd *d)
{
	rd_close(d->rd);
	d->rd = NULL;
	d->behind = false;
	d->collect_ms = -1;
}

/* ---- storing --------------------------------------------------------------------------- */

static void disk_failed(struct redlogd *d, int err)
{
	if (!d->behind)
		say("%s: %s: trying again", d->dir, strerror(-err));
	d->behind = true;
	d->retry_ms = clock_ms() + RETRY_DISK_MS;
}

static struct log_line line_of(const struct redlogd *d, enum log_kind kind)
{
	struct log_line line = { .kind = kind, .mm = d->slot, .boot = d->boot };

	line.time_s = time(NULL);
	return line;
}

/* Events that follow each other. Return: 0 or a negative errno. */
static int store(struct redlogd *d, const struct rd_event *list, int n)
{
	struct log_line lines[BATCH + 2];
	int count = 0, i, err;

	if (!d->marked) {
		lines[count] = line_of(d, LOG_BOOT);
		if (n)
			lines[count].time_s = list[0].time_s;
		lines[count].incarnation = d->incarnation;
		linux_boot(lines[count].linux_boot, sizeof(lines[count].linux_boot));
		count++;
	}
	if (n && list[0].id > d->last_id + 1) {
		lines[count] = line_of(d, LOG_LOST);
		lines[count].lost = list[0].id - d->last_id - 1;
		say("%llu events are lost: the driver no longer had them",
		    (unsigned long long)lines[count].lost);
		count++;
	}
	for (i = 0; i < n; i++) {
		lines[count] = line_of(d, LOG_EVENT);
		lines[count++].event = list[i];
	}
	err = log_append(d->store, lines, count);
	if (err)
		return err;
	d->marked = true;
	if (n)
		d->last_id = list[n - 1].id;
	return 0;
}

/* Servers get an event even if the flash does not take it. */
static void queue(struct redlogd *d, const struct rd_event *e)
{
	if (e->id <= d->queued_id)
		return;
	syslog_add(&d->syslog, d->boot, e);
	d->queued_id = e->id;
}

void follow_dump(struct redlogd *d)
{
	struct rd_event *list = NULL;
	int n = rd_dump_event(d->rd, d->instance, d->last_id + 1, &list), i, some, err = 0;

	if (n < 0) {
		not_there(d, rd_text(d->rd));
		return;
	}
	for (i = 0; i < n; i++)
		queue(d, &list[i]);
	for (i = 0; (i < n || !d->marked) && !err; i += some) {
		some = n - i < BATCH ? n - i : BATCH;
		err = store(d, list + i, some);
	}
	free(list);
	if (err)
		disk_failed(d, err);
	else
		d->behind = false;
}

/* ---- changes ------------------------------------------------------------------------------ */

static void role_changed(struct redlogd *d, unsigned int slot, uint32_t role)
{
	if (slot < 1 || slot > RD_SLOTS || d->role[slot - 1] == role)
		return;
	d->role[slot - 1] = role;
	schedule_collect(d);
}

/* Return: whether @c is an event to store. */
static bool take(struct redlogd *d, const struct rd_change *c, bool *lost)
{
	if (c->instance != (uint32_t)d->instance)
		return false;
	*lost |= c->lost;
	if (!c->filled)
		return false;
	if (c->object == REDUND_OBJECT_CHASSIS)
		role_changed(d, d->slot, c->chassis.own_role);
	if (c->object == REDUND_OBJECT_MM)
		role_changed(d, c->mm.slot, c->mm.role);
	return c->object == REDUND_OBJECT_EVENT && c->event.id > d->last_id;
}

/* A batch of changes. Return: whether there may be more. */
static bool work(struct redlogd *d)
{
	struct rd_event list[BATCH];
	bool lost = false, gap = false;
	struct rd_change c;
	int n = 0, count = 0, err;

	while (count < BATCH && (n = rd_next_change(d->rd, 0, &c)) > 0) {
		if (!take(d, &c, &lost))
			continue;
		gap |= c.event.id != d->last_id + count + 1;
		if (!lost)
			queue(d, &c.event);
		list[count++] = c.event;
	}
	if (n < 0 && n != -EINTR)
		return not_there(d, rd_text(d->rd));
	if (lost) { /* too many at once, or another controller of this number */
		follow_close(d);
		follow_open(d);
		return d->rd;
	}
	if (gap && !d->behind)
		follow_dump(d);
	if (gap || d->behind || !count)
		return d->rd && n > 0;
	err = store(d, list, count);
	if (err)
		disk_failed(d, err);
	return n > 0;
}

void follow_work(struct redlogd *d)
{
	while (work(d))
		;
}
