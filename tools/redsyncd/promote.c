// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A promotion of this module: the stored configuration is read, the operator's
 * programs run, and the phase "config" is acknowledged (S-022). A child does it and
 * says how it went; the daemon, whose socket is the registered one, tells the
 * driver, and goes on meanwhile. Which promotion has been served is kept in a file
 * of the run directory, so being killed at any moment loses nothing: the next daemon
 * does again what may have been left undone, and the child ends with its daemon.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>
#include "redsyncd.h"

#define OFTEN_MS     100
#define BOUND_MS     10000 /* of the phase "config", unless the driver says another */
#define REDUNDANT_MS 10000 /* for the redundancy setting, once active */
#define HOOK_MS	     3000  /* of each program */

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

static void hook_result(void *data, const char *name, int status, const char *text)
{
	struct daemon *d = data;

	if (status == -3)
		say_event(d, REDUND_SEVERITY_WARNING, "%.60s: left out, no time was left", name);
	else if (status == -2)
		say_event(d, REDUND_SEVERITY_WARNING, "%.60s: could not be run: %.70s", name, text);
	else if (status == -1)
		say_event(d, REDUND_SEVERITY_WARNING, "%.60s: took too long", name);
	else if (status)
		say_event(d, REDUND_SEVERITY_WARNING, "%.40s: exit status %d: %.80s", name, status,
			  text);
	else
		say(REDUND_SEVERITY_INFORMATION, "%s: done", name);
}

/* Return: false: one failed. */
static bool run_hooks(struct daemon *d, int64_t deadline_ms)
{
	char env[32];
	int n;

	snprintf(env, sizeof(env), "REDUND_INSTANCE=%d", d->instance);
	n = hooks_run(hooks_dir(), env, HOOK_MS, deadline_ms, hook_result, d);
	if (n < 0)
		say_event(d, REDUND_SEVERITY_WARNING, "cannot read %.80s: %s", hooks_dir(),
			  strerror(-n));
	return !n;
}

static void recover(struct daemon *d)
{
	char why[SYNC_WHY_MAX] = "";
	int n = d->store ? store_recover(d->store, why) : 0;

	if (n < 0)
		say_event(d, REDUND_SEVERITY_WARNING, "an interrupted copy: %.120s", why);
	else if (n)
		say(REDUND_SEVERITY_INFORMATION, "%s", why);
}

/* ---- the child ------------------------------------------------------------------- */

/* Nothing of the daemon's is the child's: not its lock, nor its sockets. */
static bool own_life(struct daemon *d, int say_fd)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() == 1 || dup2(say_fd, 3) != 3 ||
	    fcntl(3, F_SETFD, FD_CLOEXEC) || close_range(4, ~0U, 0))
		return false;
	d->rd = NULL;
	return !rd_open(&d->rd) && !rd_subscribe(d->rd);
}

/* Return: exit status; 0: all is done. */
static int serve(struct daemon *d)
{
	int64_t deadline_ms = clock_ms() + phase_budget_ms();
	struct config stored;
	bool ok;

	ok = apply_config(d, deadline_ms, &stored);
	ok = run_hooks(d, deadline_ms) && ok;
	if (write(3, ok ? "y" : "n", 1) != 1)
		return 1;
	deadline_ms = clock_ms() + REDUNDANT_MS;
	if (!until_active(d, deadline_ms))
		return 1;
	apply_redundancy(d, deadline_ms, &stored);
	return 0;
}

/* ---- the daemon ------------------------------------------------------------------ */

static void acknowledge(struct daemon *d, bool ok)
{
	int err;

	if (!d->promotion.waiting)
		return;
	d->promotion.waiting = false;
	err = rd_phase_ack(d->rd, d->instance, REDUND_PHASE_CONFIG, ok);
	/* the bound was over, or the grant is gone: both are in the history */
	if (err && strcmp(rd_reason(d->rd), "already"))
		say(REDUND_SEVERITY_WARNING, "phase config: %s", rd_text(d->rd));
}

static void begin(struct daemon *d, bool waiting, const char *key)
{
	struct promotion *p = &d->promotion;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return; /* tried again at the next look */
	p->pid = fork();
	if (!p->pid)
		_exit(own_life(d, fds[1]) ? serve(d) : 1);
	close(fds[1]);
	if (p->pid < 0) {
		say(REDUND_SEVERITY_WARNING, "fork: %s", strerror(errno));
		close(fds[0]);
		p->pid = 0;
		return;
	}
	p->fd = fds[0];
	p->waiting = waiting;
	snprintf(p->key, sizeof(p->key), "%s", key);
}

/* Return: its exit status; -1 it was killed. */
static int end(struct daemon *d)
{
	struct promotion *p = &d->promotion;
	int status = 0;

	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(p->fd);
	p->fd = -1;
	p->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void promote_ready(struct daemon *d)
{
	char word;
	ssize_t n = read(d->promotion.fd, &word, 1);

	if (n > 0)
		acknowledge(d, word == 'y');
	if (n > 0 || (n < 0 && errno == EINTR))
		return;
	acknowledge(d, false); /* unless it said so before */
	if (!end(d))
		set_served(d, d->promotion.key);
}

void promote_stop(struct daemon *d)
{
	if (!d->promotion.pid)
		return;
	kill(d->promotion.pid, SIGKILL);
	end(d);
}

int promote(struct daemon *d)
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
	if (d->promotion.pid && strcmp(d->promotion.key, key))
		promote_stop(d);
	if (d->promotion.pid)
		return 0;
	if (served(d, key)) {
		if (c.own_role == REDUND_ROLE_TAKING_OVER)
			rd_phase_ack(d->rd, d->instance, REDUND_PHASE_CONFIG, true);
		return 0;
	}
	recover(d);
	begin(d, c.own_role == REDUND_ROLE_TAKING_OVER, key);
	return 0;
}
