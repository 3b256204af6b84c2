// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The connection to the driver, which may come and go at any time, and the
 * decision what has to be done now. Nothing is kept in memory that matters: the
 * state comes from the driver, and which promotion has been served from a file
 * of the run directory. So being killed at any moment loses nothing: the
 * next one does again what may have been left undone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "redsyncd.h"

#define LOOK_MS	     5000  /* the state is read at least so often */
#define PATIENCE_MS  30000 /* for so long after start a driver is looked for often */
#define OFTEN_MS     100
#define SELDOM_MS    1000
#define BOUND_MS     10000 /* of the phase "config", unless the driver says another */
#define REDUNDANT_MS 10000 /* for the redundancy setting, once active */

/* ---- which promotion has been served ------------------------------------------------- */

/* Names a promotion: the grant's epoch, the module's start, and this boot's run directory. */
static int promotion(struct daemon *d, const struct rd_chassis *c, char *key, size_t size)
{
	struct rd_mm mm;
	int err = rd_get_mm(d->rd, d->instance, c->own_slot, &mm);

	if (!err)
		snprintf(key, size, "%u %u\n", c->epoch, mm.incarnation);
	return err;
}

static const char *served_path(const struct daemon *d, char *buf)
{
	snprintf(buf, CONFIG_PATH_MAX, "%s/served.%d", d->run_dir, d->instance);
	return buf;
}

static bool served(const struct daemon *d, const char *key)
{
	char path[CONFIG_PATH_MAX], text[64];

	return flash_read(served_path(d, path), text, sizeof(text)) > 0 && !strcmp(text, key);
}

static void set_served(const struct daemon *d, const char *key)
{
	char path[CONFIG_PATH_MAX];
	int err = flash_replace(served_path(d, path), key, strlen(key));

	if (err)
		say(REDUND_SEVERITY_WARNING, "cannot write %s: %s", path, strerror(-err));
}

/* ---- a promotion ---------------------------------------------------------------------- */

/* Half of the driver's bound: the rest is for the answer on a busy machine. */
static int64_t phase_budget_ms(void)
{
	char text[32];
	unsigned long bound = 0;

	if (flash_read("/sys/module/redund/parameters/config_timeout_ms", text, sizeof(text)) > 0)
		bound = strtoul(text, NULL, 10);
	return (bound ? bound : BOUND_MS) / 2;
}

static bool owns(const struct rd_chassis *c)
{
	return c->owner == c->own_slot;
}

/* Waits until the driver takes commands of an active. Return: false: it will not. */
static bool until_active(struct daemon *d, int64_t deadline_ms)
{
	struct rd_change change;
	struct rd_chassis c;
	int n;

	while (!rd_get_chassis(d->rd, d->instance, &c) && owns(&c) && !ending) {
		if (c.own_role == REDUND_ROLE_ACTIVE)
			return true;
		if (clock_ms() >= deadline_ms)
			return false;
		n = rd_next_change(d->rd, OFTEN_MS, &change);
		if (n < 0 && n != -EINTR)
			return false;
	}
	return false;
}

static void serve(struct daemon *d, const struct rd_chassis *c, const char *key)
{
	int64_t deadline_ms = clock_ms() + phase_budget_ms();
	struct config stored;
	bool ok;
	int err;

	ok = apply_config(d, deadline_ms, &stored);
	if (c->own_role == REDUND_ROLE_TAKING_OVER) {
		err = rd_phase_ack(d->rd, d->instance, REDUND_PHASE_CONFIG, ok);
		/* the bound was over, or the grant is gone: both are in the history */
		if (err && strcmp(rd_reason(d->rd), "already"))
			say(REDUND_SEVERITY_WARNING, "phase config: %s", rd_text(d->rd));
	}
	deadline_ms = clock_ms() + REDUNDANT_MS;
	if (!until_active(d, deadline_ms))
		return;
	apply_redundancy(d, deadline_ms, &stored);
	set_served(d, key);
}

/* Looks what there is to do. Return: 0, or a negative errno of the connection. */
static int look(struct daemon *d)
{
	struct rd_chassis c;
	char key[64];
	int err = rd_get_chassis(d->rd, d->instance, &c);

	if (err)
		return err;
	d->slot = c.own_slot;
	if (!owns(&c) ||
	    (c.own_role != REDUND_ROLE_ACTIVE &&
	     (c.own_role != REDUND_ROLE_TAKING_OVER || strcmp(c.waiting_for, "config"))))
		return 0;
	err = promotion(d, &c, key, sizeof(key));
	if (err)
		return err;
	if (!served(d, key))
		serve(d, &c, key);
	else if (c.own_role == REDUND_ROLE_TAKING_OVER)
		rd_phase_ack(d->rd, d->instance, REDUND_PHASE_CONFIG, true);
	return 0;
}

/* ---- the connection --------------------------------------------------------------------- */

/* Return: 1 found, 0 not there yet, negative: give up */
static int find_instance(struct daemon *d)
{
	struct rd_chassis *list = NULL;
	int n = rd_dump_chassis(d->rd, &list), i, found = 0;

	for (i = 0; i < n; i++) {
		if (d->wanted != RD_ANY && list[i].instance != (uint32_t)d->wanted)
			continue;
		d->instance = list[i].instance;
		d->slot = list[i].own_slot;
		found++;
	}
	free(list);
	if (found < 2)
		return found;
	say(REDUND_SEVERITY_MAJOR, "there are several controllers: choose one by -d redundN");
	return -EINVAL;
}

/* Return: 1 connected and registered, 0 try again, negative: give up */
static int connect_driver(struct daemon *d)
{
	int n;

	if (rd_open(&d->rd) || rd_subscribe(d->rd))
		return 0;
	n = find_instance(d);
	if (n <= 0)
		return n;
	if (d->locked != d->instance && !only_one(d, d->instance))
		return -EBUSY;
	d->locked = d->instance;
	if (!rd_register_user(d->rd, d->instance, true, false)) {
		say(REDUND_SEVERITY_INFORMATION, "redund%d: registered for the phase config",
		    d->instance);
		return 1;
	}
	if (strcmp(rd_reason(d->rd), "permission"))
		return 0;
	say(REDUND_SEVERITY_MAJOR, "cannot register: %s (CAP_NET_ADMIN)", rd_text(d->rd));
	return -EPERM;
}

/* As long as the driver is there. */
static void follow(struct daemon *d)
{
	struct rd_change change;
	int n = look(d);

	while (n >= 0 && !ending) {
		n = rd_next_change(d->rd, LOOK_MS, &change);
		if (n == -EINTR)
			n = 0;
		else if (n >= 0 && (!n || change.object == REDUND_OBJECT_CHASSIS || change.lost))
			n = look(d);
	}
	if (n < 0)
		say(REDUND_SEVERITY_INFORMATION, "redund%d: %s", d->instance, rd_text(d->rd));
}

int daemon_run(struct daemon *d)
{
	int64_t often_until_ms = clock_ms() + PATIENCE_MS;
	int n = 0;

	while (!ending && n >= 0) {
		n = connect_driver(d);
		if (n > 0) {
			follow(d);
			often_until_ms = clock_ms() + PATIENCE_MS;
		}
		rd_close(d->rd);
		d->rd = NULL;
		if (n >= 0 && !ending)
			usleep((clock_ms() < often_until_ms ? OFTEN_MS : SELDOM_MS) * 1000);
	}
	return ending ? EXIT_DONE : EXIT_REFUSED;
}
