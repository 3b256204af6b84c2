// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is an image whole? The active looks before it gives a changed one a generation
 * and before it offers one: a damaged image stays where it is, and the standby's
 * copy is what the chassis can still boot (S-173). A piece at a time, so that
 * nothing waits for it, and in bounded memory. What was judged is remembered by
 * its digest.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "session.h"

static void close_file(struct session *s, struct image_look *l)
{
	if (l->check)
		s->ops->image_end(l->check);
	if (l->fd >= 0)
		close(l->fd);
	l->check = NULL;
	l->fd = -1;
}

void image_stop(struct session *s, unsigned int item)
{
	struct image_look *l = &s->x[item].image;

	close_file(s, l);
	l->wanted = false;
}

bool image_whole(struct session *s, unsigned int item, const struct sync_manifest *m)
{
	struct exchange *x = &s->x[item];
	struct image_look *l = &x->image;

	if (s->policy->item[item].class != SYNC_IMAGE || !m->count)
		return true; /* an erased one travels as what it is */
	if (memcmp(l->digest, m->digest, SYNC_DIGEST)) {
		image_stop(s, item);
		l->verdict = IMAGE_UNKNOWN;
		memcpy(l->digest, m->digest, SYNC_DIGEST);
	}
	if (l->verdict == IMAGE_WHOLE)
		return true;
	source_stop(x);
	if (l->verdict == IMAGE_DAMAGED) {
		x->state = ITEM_FAILED;
		snprintf(x->error, sizeof(x->error), "damaged image, not sent");
		return false;
	}
	x->state = ITEM_WAITING;
	x->error[0] = '\0';
	if (!l->wanted)
		l->file = 0;
	l->wanted = true;
	return false;
}

/* A file, @fd where it is begun. Return: 1 there is more of it, 0 it is whole, negative errno. */
static int look_on(struct session *s, struct image_look *l, int fd, char *why, size_t size)
{
	int err = 0;

	if (l->fd < 0) {
		if (fd < 0)
			return fd;
		l->fd = fd;
		err = s->ops->image_begin(l->fd, &l->check, why, size);
	}
	return err ?: s->ops->image_on(l->check, SESSION_SLICE, why, size);
}

/* Was it the file of the scan until the end? Return: @err, or why not: -ESTALE it changed. */
static int still_there(struct session *s, unsigned int item, int err)
{
	int fd = store_open_file(s->store, item, s->x[item].image.file);

	if (fd < 0)
		return fd;
	close(fd);
	return err;
}

static void fail(struct session *s, unsigned int item, const char *why)
{
	char line[SYNC_WHY_MAX];

	s->x[item].image.verdict = IMAGE_DAMAGED;
	snprintf(line, sizeof(line), "%s: damaged image, not sent: %.150s",
		 s->policy->item[item].name, why);
	s->ops->event(s->data, 0, REDUND_SEVERITY_WARNING, line);
}

static void look(struct session *s, unsigned int item)
{
	const struct sync_manifest *m = store_manifest(s->store, item, 0);
	struct image_look *l = &s->x[item].image;
	char why[FIT_WHY_MAX] = "it is empty";
	int err, fd = -1;

	if (!m || memcmp(l->digest, m->digest, SYNC_DIGEST)) {
		image_stop(s, item); /* it is another one by now */
		return;
	}
	if (l->fd < 0)
		fd = store_open_file(s->store, item, l->file);
	err = look_on(s, l, fd, why, sizeof(why));
	if (err > 0)
		return;
	err = still_there(s, item, err);
	if (err == -ESTALE) {
		image_stop(s, item);
		s->x[item].due = true;
		return;
	}
	close_file(s, l);
	if (!err && ++l->file < m->count)
		return;
	l->wanted = false;
	if (!err)
		l->verdict = IMAGE_WHOLE;
	else if (err == -EBADMSG || err == -ENOENT)
		fail(s, item, why);
	else
		exchange_fail(s, item, strerror(-err));
}

bool image_work(struct session *s)
{
	bool more = false;

	for (unsigned int i = 0; i < s->policy->count && !more; i++) {
		if (!s->x[i].image.wanted)
			continue;
		if (s->x[i].due || !session_sends(s, i))
			image_stop(s, i);
		else
			look(s, i);
		more = true;
	}
	return more;
}

int image_staged(struct session *s, unsigned int item, char *why, size_t size)
{
	struct image_look *l = &s->x[item].image;
	struct txn *t = s->x[item].txn;
	int err = 0, fd = -1;

	if (s->policy->item[item].class != SYNC_IMAGE)
		return 0;
	for (; !err && l->file < txn_target(t)->count; l->file++) {
		if (l->fd < 0)
			fd = txn_open_staged(t, l->file);
		if (l->fd < 0 && fd == -ENOENT)
			continue;
		err = look_on(s, l, fd, why, size);
		if (err > 0)
			return err;
		close_file(s, l);
	}
	return err;
}
