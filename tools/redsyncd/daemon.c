// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One loop over everything: the driver, which may come and go at any time, the
 * internal link, the files, redctl's socket. Nothing is kept in memory that
 * matters: the state comes from the driver and from the flash.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "redsyncd.h"

#define LOOK_MS	    5000  /* the state is read at least so often */
#define PATIENCE_MS 30000 /* for so long after start a driver is looked for often */
#define OFTEN_MS    100
#define SELDOM_MS   1000
#define AFTER_MS    10000 /* of a program that runs after a commit */
#define FDS	    (LINK_FDS + CONTROL_FDS + 5)

/* ---- the driver ------------------------------------------------------------------ */

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
		memcpy(d->chassis, list[i].serial, sizeof(d->chassis));
		found++;
	}
	free(list);
	if (found < 2)
		return found;
	say(REDUND_SEVERITY_MAJOR, "there are several controllers: choose one by -d redundN");
	return -EINVAL;
}

/* When the lock is held: the socket of another one is not taken away. */
static bool open_control(struct daemon *d)
{
	if (!d->control)
		d->control = control_open(d->run_dir);
	if (!d->control)
		say(REDUND_SEVERITY_MAJOR, "cannot open %s/syncd.sock: %s", d->run_dir,
		    strerror(errno));
	return d->control;
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
	if (!open_control(d))
		return -EIO;
	if (!rd_register_user(d->rd, d->instance, true, true)) {
		say(REDUND_SEVERITY_INFORMATION, "redund%d: registered for the phase config",
		    d->instance);
		return 1;
	}
	if (strcmp(rd_reason(d->rd), "permission"))
		return 0;
	say(REDUND_SEVERITY_MAJOR, "cannot register: %s (CAP_NET_ADMIN)", rd_text(d->rd));
	return -EPERM;
}

/* The key is there from the first activation of this chassis on. */
static void set_link(struct daemon *d)
{
	const struct view *v = &d->session.view;
	bool keyed = d->keyed && d->key_epoch == v->epoch;

	if (!keyed)
		keyed = !rd_pairing(d->rd, d->instance, d->secret.key);
	d->keyed = keyed;
	d->key_epoch = v->epoch;
	tls_name(d->secret.own, v->own.serial, v->slot);
	tls_name(d->secret.peer, v->peer.serial, 3 - v->slot);
	link_set(d->link, v->slot, v->owner && v->owner != v->slot, keyed ? &d->secret : NULL);
}

/* Looks what there is to do. Return: 0, or a negative errno of the connection. */
static int look(struct daemon *d)
{
	uint32_t peer_role = d->session.view.peer.role;
	int err = d->synced ? session_look(&d->session) : 0;

	if (!err && d->synced)
		set_link(d);
	if (d->session.view.peer.role != peer_role)
		link_hurry(d->link);
	return err ? err : promote(d);
}

/* ---- the files ------------------------------------------------------------------- */

/* What is synchronized is known with the driver: the modules' serial numbers. */
static bool open_sync(struct daemon *d)
{
	char why[SYNC_WHY_MAX] = "";
	struct rd_mm mm;
	int err = rd_get_mm(d->rd, d->instance, d->slot, &mm);

	if (err)
		return false;
	err = store_open(&d->store, flash_dir(), &d->policy, d->chassis, mm.serial, why);
	if (!err && store_recover(d->store, why) && why[0])
		say(REDUND_SEVERITY_WARNING, "%s", why);
	if (!err)
		err = watch_open(&d->watch, flash_dir(), &d->policy, why);
	if (err) {
		say(REDUND_SEVERITY_MAJOR, "nothing can be synchronized: %s: %s", why,
		    strerror(-err));
		return false;
	}
	session_init(&d->session, &driver_ops, d, d->store, &d->policy, flash_dir());
	d->synced = true;
	return true;
}

static void close_sync(struct daemon *d)
{
	if (d->synced)
		session_free(&d->session);
	memset(&d->session, 0, sizeof(d->session));
	d->synced = false;
	d->keyed = false;
	link_set(d->link, 0, false, NULL);
	if (d->watch)
		watch_close(d->watch);
	d->watch = NULL;
	if (d->store)
		store_close(d->store);
	d->store = NULL;
}

/* SIGHUP. What is wrong changes nothing. */
static void read_policy(struct daemon *d)
{
	static struct sync_policy policy;
	char why[SYNC_WHY_MAX];
	bool synced = d->synced;

	reread = 0;
	if (policy_load(policy_path(), &policy, why)) {
		say(REDUND_SEVERITY_WARNING, "%s: %s: the policy stays as it was", policy_path(),
		    why);
		return;
	}
	if (synced)
		close_sync(d);
	d->policy = policy;
	d->after_due = 0;
	if (synced)
		open_sync(d);
	say(REDUND_SEVERITY_INFORMATION, "the policy was read again");
}

/* Programs that the policy wants after a commit, one at a time. */
static void run_after(struct daemon *d)
{
	const struct sync_item *item;

	if (d->after.fd >= 0) {
		if (!hook_reap(&d->after, d->now_ms))
			return;
		if (d->after.status)
			say_event(d, REDUND_SEVERITY_WARNING, "after a copy: status %d: %.90s",
				  d->after.status, d->after.text);
		d->after.fd = -1;
	}
	for (unsigned int i = 0; i < d->policy.count; i++) {
		if (!(d->after_due & 1u << i))
			continue;
		item = &d->policy.item[i];
		d->after_due &= ~(1u << i);
		if (!hook_start(&d->after, item->after, NULL, d->now_ms + AFTER_MS))
			return;
		d->after.fd = -1;
		say_event(d, REDUND_SEVERITY_WARNING, "cannot run %.100s", item->after);
	}
}

/* ---- the loop -------------------------------------------------------------------- */

struct fds {
	struct pollfd p[FDS];
	unsigned int link, links, control, controls, n;
	int wire, watch, driver, promotion; /* indices, -1 none */
};

static int add(struct fds *f, int fd, short events)
{
	if (fd < 0)
		return -1;
	f->p[f->n] = (struct pollfd){ .fd = fd, .events = events };
	return f->n++;
}

static bool is_ready(const struct fds *f, int index)
{
	return index >= 0 && f->p[index].revents;
}

static void wait_for(struct daemon *d, struct fds *f, int64_t wait_ms)
{
	struct wire *w = d->session.wire;

	f->n = 0;
	f->driver = add(f, rd_monitor_fd(d->rd), POLLIN);
	f->watch = add(f, d->watch ? watch_fd(d->watch) : -1, POLLIN);
	f->wire = add(f, w ? wire_fd(w) : -1, w ? wire_events(w) : 0);
	f->promotion = add(f, d->promotion.fd, POLLIN);
	add(f, d->after.fd, POLLIN);
	if (d->after.fd >= 0 && wait_ms > OFTEN_MS)
		wait_ms = OFTEN_MS;
	f->link = f->n;
	f->links = link_poll(d->link, f->p + f->n, d->now_ms, &wait_ms, w);
	f->n += f->links;
	f->control = f->n;
	f->controls = control_poll(d->control, f->p + f->n, d->now_ms, &wait_ms);
	f->n += f->controls;
	if (w && wire_pending(w))
		wait_ms = 0;
	if (poll(f->p, f->n, (int)wait_ms) < 0)
		for (unsigned int i = 0; i < f->n; i++)
			f->p[i].revents = 0;
	d->now_ms = clock_ms();
}

static void handle_files(struct daemon *d, const struct fds *f, int64_t *wait_ms)
{
	int64_t next;
	uint32_t due;

	if (is_ready(f, f->watch))
		watch_read(d->watch, d->now_ms);
	due = watch_due(d->watch, d->now_ms, &next);
	if (due)
		session_changed(&d->session, due);
	if (next >= 0 && next < *wait_ms)
		*wait_ms = next;
}

static void handle_link(struct daemon *d, const struct fds *f)
{
	bool connected = d->session.wire;
	struct wire *w = link_handle(d->link, f->p + f->link, f->links, d->now_ms, connected);

	if (w) {
		session_connected(&d->session, w);
		say(REDUND_SEVERITY_INFORMATION, "connected with the other module");
	}
	if (!d->session.wire || !(is_ready(f, f->wire) || wire_pending(d->session.wire)))
		return;
	session_ready(&d->session);
}

/* Everything that poll() found, and a slice of work. Return: ms until there is more. */
static int64_t turn(struct daemon *d, struct fds *f)
{
	bool connected = d->session.wire;
	int64_t wait_ms = LOOK_MS, next;

	control_handle(d->control, f->p + f->control, f->controls, d->synced ? &d->session : NULL,
		       d->now_ms);
	if (d->synced) {
		handle_files(d, f, &wait_ms);
		handle_link(d, f);
		next = session_work(&d->session);
		if (next < wait_ms)
			wait_ms = next;
		if (connected && !d->session.wire)
			say_limited(&d->lost, REDUND_SEVERITY_WARNING, "connection lost: %s",
				    d->session.over);
	}
	run_after(d);
	control_answer(d->control, d->synced ? &d->session : NULL, d->now_ms);
	return wait_ms;
}

/* Changes of the driver. Return: 1 it is to be looked at, 0 not, negative errno: it is gone. */
static int take_changes(struct daemon *d)
{
	struct rd_change change;
	int n, found = 0;

	while ((n = rd_next_change(d->rd, 0, &change)) > 0)
		if (change.object == REDUND_OBJECT_CHASSIS || change.object == REDUND_OBJECT_MM ||
		    change.lost)
			found = 1;
	return n < 0 && n != -EINTR ? n : found;
}

/* As long as the driver is there. */
static void follow(struct daemon *d)
{
	int64_t wait_ms = 0, look_ms;
	struct fds f;
	int n = 0;

	d->now_ms = clock_ms();
	look_ms = d->now_ms;
	d->forgotten = false;
	open_sync(d);
	while (n >= 0 && !ending && !d->forgotten) {
		if (n || d->now_ms >= look_ms) {
			n = look(d);
			d->now_ms = clock_ms(); /* a promotion takes its time */
			look_ms = d->now_ms + LOOK_MS;
			wait_ms = 0;
			if (n < 0)
				break;
		}
		wait_for(d, &f, wait_ms);
		n = is_ready(&f, f.driver) ? take_changes(d) : 0;
		if (is_ready(&f, f.promotion))
			promote_ready(d);
		if (n >= 0 && reread) {
			read_policy(d);
			n = 1;
		}
		if (n >= 0)
			wait_ms = turn(d, &f);
	}
	if (n < 0)
		say(REDUND_SEVERITY_INFORMATION, "redund%d: %s", d->instance, rd_text(d->rd));
	promote_stop(d);
	close_sync(d);
}

/* Without a driver only redctl is answered. */
static void idle(struct daemon *d, int64_t ms)
{
	int64_t until = clock_ms() + ms, wait;
	struct pollfd p[CONTROL_FDS];
	unsigned int n;

	while (!ending && clock_ms() < until) {
		wait = until - clock_ms();
		n = d->control ? control_poll(d->control, p, clock_ms(), &wait) : 0;
		if (poll(p, n, wait > 0 ? (int)wait : 0) < 0)
			return;
		if (!d->control)
			continue;
		control_handle(d->control, p, n, NULL, clock_ms());
		control_answer(d->control, NULL, clock_ms());
	}
}

static void refused(void *data, const char *text)
{
	struct daemon *d = data;

	if (say_limited_by_cause(&d->refused, REDUND_SEVERITY_WARNING, text) && d->synced)
		rd_event_add(d->rd, d->instance, 0, REDUND_SEVERITY_WARNING, 0, "sync", text);
}

static bool start(struct daemon *d)
{
	char why[SYNC_WHY_MAX];

	if (policy_load(policy_path(), &d->policy, why)) {
		say(REDUND_SEVERITY_MAJOR, "%s: %s", policy_path(), why);
		return false;
	}
	d->after.fd = -1;
	d->promotion.fd = -1;
	d->link = link_new(&d->link_config, refused, d);
	return d->link;
}

int daemon_run(struct daemon *d)
{
	int64_t often_until_ms = clock_ms() + PATIENCE_MS;
	int n = start(d) ? 0 : -1;

	while (!ending && n >= 0) {
		if (reread)
			read_policy(d);
		n = connect_driver(d);
		if (n > 0) {
			follow(d);
			often_until_ms = clock_ms() + PATIENCE_MS;
		}
		rd_close(d->rd);
		d->rd = NULL;
		if (n >= 0 && !ending)
			idle(d, clock_ms() < often_until_ms ? OFTEN_MS : SELDOM_MS);
	}
	link_free(d->link);
	control_close(d->control);
	return ending ? EXIT_DONE : EXIT_REFUSED;
}
