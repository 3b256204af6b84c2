// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the synchronization asks the driver and tells it: struct session_ops on
 * libredund. A failure to tell is a line on standard error: the next look finds
 * what the driver thinks.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../lib/fit.h"
#include "redsyncd.h"

static void fill_mm(struct view_mm *to, const struct rd_mm *from)
{
	to->present = from->present;
	to->role = from->role;
	to->offline_cause = from->offline_cause;
	to->incarnation = from->incarnation;
	to->boot_image = from->boot_image;
	to->sw_build = from->sw_build;
	memcpy(to->serial, from->serial, sizeof(to->serial));
	memcpy(to->sw_version, from->sw_version, sizeof(to->sw_version));
	memcpy(to->sw_stamp, from->sw_stamp, sizeof(to->sw_stamp));
}

static int look(void *data, struct view *v)
{
	struct daemon *d = data;
	struct rd_chassis c;
	struct rd_mm mm;
	int err = rd_get_chassis(d->rd, d->instance, &c);

	memset(v, 0, sizeof(*v));
	if (err)
		return err;
	v->slot = c.own_slot;
	v->owner = c.owner;
	v->epoch = c.epoch;
	v->interval_ms = c.interval_ms;
	v->redundancy = c.redundancy;
	err = rd_get_mm(d->rd, d->instance, c.own_slot, &mm);
	if (err)
		return err;
	fill_mm(&v->own, &mm);
	v->own.role = c.own_role;
	if (!rd_get_mm(d->rd, d->instance, 3 - c.own_slot, &mm))
		fill_mm(&v->peer, &mm);
	v->valid = true;
	return 0;
}

static void complain(struct daemon *d, const char *what, int err)
{
	if (err && strcmp(rd_reason(d->rd), "no-driver"))
		say(REDUND_SEVERITY_WARNING, "%s: %s", what, rd_text(d->rd));
}

static void sync_ack(void *data, bool synced, const char *text)
{
	struct daemon *d = data;

	say(REDUND_SEVERITY_INFORMATION, synced ? "synchronized" : "not synchronized: %s", text);
	complain(d, "sync", rd_sync_ack(d->rd, d->instance, synced, *text ? text : NULL));
}

static bool interface_up(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = {};
	bool up;

	if (fd < 0)
		return false;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	up = !ioctl(fd, SIOCGIFFLAGS, &ifr) && ifr.ifr_flags & IFF_UP &&
	     ifr.ifr_flags & IFF_RUNNING;
	close(fd);
	return up;
}

static void link_report(void *data, bool alive)
{
	struct daemon *d = data;
	enum redund_link_state state = REDUND_LINK_STATE_ALIVE;
	int err;

	if (!alive)
		state = interface_up(d->link_config.interface) ? REDUND_LINK_STATE_UP :
								 REDUND_LINK_STATE_DOWN;
	err = rd_link_report(d->rd, d->instance, state);
	/* the controller was taken away and came again: it knows no user any more */
	d->forgotten = err && (!strcmp(rd_reason(d->rd), "not-registered") ||
			       !strcmp(rd_reason(d->rd), "invalid"));
	if (!d->forgotten)
		complain(d, "link", err);
}

static void busy(void *data, bool on, unsigned int seconds, const char *text)
{
	struct daemon *d = data;

	complain(d, "busy", rd_sync_busy(d->rd, d->instance, on, seconds, on ? text : NULL));
}

/* The chapter's events have log numbers from 00274 on (S-297 to S-300). */
static void event(void *data, unsigned int number, unsigned int severity, const char *text)
{
	struct daemon *d = data;
	unsigned int logged = number ? number + 252 : 0;

	say(severity, "%s", text);
	complain(d, "log",
		 rd_event_add(d->rd, d->instance, logged, severity, 0, number ? "system" : "sync",
			      text));
}

static void reboot_to(void *data, unsigned int image)
{
	struct rd_boot boot = { .kind = REDUND_REBOOT_KIND_RELOAD, .image = image };
	struct daemon *d = data;
	uint32_t id;

	say(REDUND_SEVERITY_INFORMATION, "reboots from the other module's image");
	complain(d, "reboot", rd_reboot(d->rd, d->instance, &boot, "redsyncd", &id));
}

/* In a process of its own: an image is read whole, and this one stays small. */
static bool holds(const struct daemon *d, enum flash_which which, const struct view_mm *own)
{
	char path[FLASH_PATH_MAX];
	struct fit_info info;
	struct fit *fit;
	int status = 1;
	pid_t pid = fork();

	if (pid < 0)
		return false;
	if (!pid) {
		if (flash_path(flash_dir(), which, path, sizeof(path)) ||
		    fit_load(path, &fit, NULL, 0))
			_exit(1);
		fit_info(fit, &info);
		_exit(strcmp(info.version, own->sw_version) || info.build != own->sw_build ||
		      strcmp(fit_stamp(fit), own->sw_stamp));
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Both match: the one that runs here (C-36). */
static unsigned int same_image(void *data)
{
	struct daemon *d = data;
	const struct view_mm *own = &d->session.view.own;
	bool second = own->boot_image == REDUND_BOOT_IMAGE_SECONDARY;
	enum flash_which first = second ? FLASH_SECONDARY : FLASH_PRIMARY;

	if (holds(d, first, own))
		return second ? REDUND_BOOT_IMAGE_SECONDARY : REDUND_BOOT_IMAGE_PRIMARY;
	if (holds(d, second ? FLASH_PRIMARY : FLASH_SECONDARY, own))
		return second ? REDUND_BOOT_IMAGE_PRIMARY : REDUND_BOOT_IMAGE_SECONDARY;
	return REDUND_BOOT_IMAGE_UNKNOWN;
}

static void after(void *data, const struct sync_item *item)
{
	struct daemon *d = data;

	d->after_due |= 1u << (item - d->policy.item);
}

static int64_t now_ms(void *data)
{
	const struct daemon *d = data;

	return d->now_ms;
}

const struct session_ops driver_ops = {
	.look = look,
	.sync_ack = sync_ack,
	.link_report = link_report,
	.busy = busy,
	.event = event,
	.reboot = reboot_to,
	.same_image = same_image,
	.after = after,
	.image_begin = fit_check_begin,
	.image_on = fit_check_on,
	.image_end = fit_check_end,
	.now_ms = now_ms,
};
