// SPDX-License-Identifier: GPL-2.0-or-later
/* See fake_driver.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "fake_driver.h"

unsigned int fake_looks;

void fake_must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

static int look(void *data, struct view *v)
{
	struct module *m = data;

	*v = m->from_look && m->looks++ ? *m->from_look : m->view;
	return v->valid ? 0 : -1;
}

static void sync_ack(void *data, bool synced, const char *text)
{
	struct module *m = data;

	m->acks++;
	m->synced = synced;
	snprintf(m->sync_text, sizeof(m->sync_text), "%s", text);
}

static void link_report(void *data, bool alive)
{
	struct module *m = data;

	m->links++;
	m->alive = alive;
}

static void busy(void *data, bool on, unsigned int seconds, const char *text)
{
	struct module *m = data;

	m->busy = on;
	if (on)
		snprintf(m->busy_text, sizeof(m->busy_text), "%s", text);
}

static void event(void *data, unsigned int number, unsigned int severity, const char *text)
{
	struct module *m = data;
	size_t used = strlen(m->events);

	snprintf(m->events + used, sizeof(m->events) - used, "%u %s\n", number, text);
}

static void reboot_to(void *data, unsigned int image)
{
	struct module *m = data;

	m->reboot_image = image;
}

static unsigned int same_image(void *data)
{
	struct module *m = data;

	return m->same_image;
}

static void after(void *data, const struct sync_item *item)
{
	event(data, 0, 0, item->after);
}

/* An image is whole unless it begins with FAKE_DAMAGED; fit_test has real ones. */
static int image_begin(int fd, struct fit_check **check, char *why, size_t size)
{
	static const char word[] = FAKE_DAMAGED;
	char text[sizeof(word)] = "";

	*check = NULL;
	fake_looks++;
	if (pread(fd, text, sizeof(word) - 1, 0) < 0 || strcmp(text, word))
		return 0;
	snprintf(why, size, "the test damaged it");
	return -EBADMSG;
}

static int image_on(struct fit_check *check, size_t budget, char *why, size_t size)
{
	return 0;
}

static void image_end(struct fit_check *check)
{
}

static int64_t now_ms(void *data)
{
	struct module *m = data;
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000 + m->skew_ms;
}

const struct session_ops fake_ops = {
	.look = look,
	.sync_ack = sync_ack,
	.link_report = link_report,
	.busy = busy,
	.event = event,
	.reboot = reboot_to,
	.same_image = same_image,
	.after = after,
	.image_begin = image_begin,
	.image_on = image_on,
	.image_end = image_end,
	.now_ms = now_ms,
};

static void fill(struct view_mm *mm, unsigned int slot, unsigned int owner)
{
	mm->present = true;
	mm->role = slot == owner ? REDUND_ROLE_ACTIVE : REDUND_ROLE_SYNCING;
	mm->incarnation = 10 + slot;
	mm->boot_image = REDUND_BOOT_IMAGE_PRIMARY;
	mm->sw_build = 65;
	snprintf(mm->serial, sizeof(mm->serial), "SG%u", slot);
	snprintf(mm->sw_version, sizeof(mm->sw_version), "K.15.02");
}

void fake_view(struct view *v, unsigned int slot, unsigned int owner)
{
	memset(v, 0, sizeof(*v));
	v->valid = true;
	v->slot = slot;
	v->owner = owner;
	v->epoch = 7;
	v->interval_ms = 100;
	v->redundancy = true;
	fill(&v->own, slot, owner);
	fill(&v->peer, 3 - slot, owner);
}

void fake_open(struct module *m, const char *dir, unsigned int slot, const char *policy)
{
	char why[SYNC_WHY_MAX] = "";

	memset(m, 0, sizeof(*m));
	snprintf(m->flash, sizeof(m->flash), "%s/mm%u", dir, slot);
	fake_must(!mkdir(m->flash, 0700) || access(m->flash, W_OK) == 0, m->flash);
	fake_view(&m->view, slot, 1);
	fake_must(!policy_parse(policy, &m->policy, why), why);
	fake_must(!store_open(&m->store, m->flash, &m->policy, "CHASSIS", m->view.own.serial, why),
		  why);
	fake_must(store_recover(m->store, why) >= 0, why);
	session_init(&m->session, &fake_ops, m, m->store, &m->policy, m->flash);
	session_look(&m->session);
}

void fake_close(struct module *m)
{
	session_free(&m->session);
	store_close(m->store);
	m->store = NULL;
}

void fake_file(const struct module *m, const char *path, const char *text)
{
	char whole[512], *slash;

	snprintf(whole, sizeof(whole), "%s/%s", m->flash, path);
	if (!text) {
		fake_must(!unlink(whole), whole);
		return;
	}
	for (slash = strchr(whole + strlen(m->flash) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}
	fake_must(!flash_replace(whole, text, strlen(text)), whole);
}

const char *fake_text(const struct module *m, const char *path)
{
	static char text[4][256];
	static unsigned int turn;
	char whole[512];

	snprintf(whole, sizeof(whole), "%s/%s", m->flash, path);
	turn = (turn + 1) % 4;
	if (flash_read(whole, text[turn], sizeof(text[turn])) < 0)
		text[turn][0] = '\0';
	return text[turn];
}
