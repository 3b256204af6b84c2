// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns how changes of the items' files are noticed: by inotify on the directories
 * they are in, or, while one of those is missing, on the nearest that is there.
 * Says which items may have changed; what is so is the scan's answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "sync.h"

#define QUIET_MS  50   /* without a write, then a file is taken for written */
#define LATEST_MS 1000 /* after the first write */

#define REPLACED (IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE)
#define WRITTEN	 (IN_MODIFY | IN_CREATE | IN_ATTRIB)
#define GONE	 (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED)
#define MASK                                                                                \
	(REPLACED | WRITTEN | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | \
	 IN_EXCL_UNLINK)

/* A directory, as the policy says it: "config/", "/etc/ssh/", "" the flash, "/" */
struct node {
	char dir[SYNC_PATH_MAX];
	int wd; /* -1: it is not there, and its parent is watched */
};

struct watch {
	int fd;
	const struct sync_policy *policy;
	char flash[FLASH_PATH_MAX];
	unsigned int count;
	struct node *node;
	struct {
		int64_t first_ms, due_ms; /* of changes that were not told yet; -1 none */
	} item[SYNC_ITEMS_MAX];
};

/* ---- directories ------------------------------------------------------------------ */

/* The directory a path is in; its own for a directory. */
static void dir_of(const char *path, char dir[SYNC_PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	snprintf(dir, SYNC_PATH_MAX, "%.*s", slash ? (int)(slash - path) + 1 : 0, path);
}

/* "config/x/" -> "config/" -> ""; "/etc/" -> "/". Return: false at the top. */
static bool parent_of(char *dir)
{
	size_t len = strlen(dir);

	if (len <= 1)
		return false;
	for (len--; len && dir[len - 1] != '/'; len--)
		;
	dir[len] = '\0';
	return true;
}

static struct node *find(const struct watch *w, const char *dir)
{
	unsigned int i;

	for (i = 0; i < w->count; i++)
		if (!strcmp(w->node[i].dir, dir))
			return &w->node[i];
	return NULL;
}

static int add_node(struct watch *w, const char *dir)
{
	struct node *more;

	if (find(w, dir))
		return 0;
	more = realloc(w->node, (w->count + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	w->node = more;
	snprintf(more[w->count].dir, sizeof(more->dir), "%s", dir);
	more[w->count++].wd = -1;
	return 0;
}

static void mark(struct watch *w, unsigned int item, int64_t now_ms, bool at_once)
{
	if (w->item[item].first_ms < 0)
		w->item[item].first_ms = now_ms;
	if (at_once || (w->item[item].due_ms >= 0 && w->item[item].due_ms <= now_ms))
		w->item[item].due_ms = now_ms;
	else if (now_ms + QUIET_MS < w->item[item].first_ms + LATEST_MS)
		w->item[item].due_ms = now_ms + QUIET_MS;
	else
		w->item[item].due_ms = w->item[item].first_ms + LATEST_MS;
}

static void told(struct watch *w, unsigned int item)
{
	w->item[item].first_ms = -1;
	w->item[item].due_ms = -1;
}

static void mark_all(struct watch *w, int64_t now_ms)
{
	unsigned int i;

	for (i = 0; i < w->policy->count; i++)
		mark(w, i, now_ms, true);
}

static int attach(struct watch *w, struct node *n)
{
	char path[FLASH_PATH_MAX + SYNC_PATH_MAX];

	if (n->dir[0] == '/')
		snprintf(path, sizeof(path), "%s", n->dir);
	else
		snprintf(path, sizeof(path), "%s/%s", w->flash, n->dir);
	n->wd = inotify_add_watch(w->fd, path, MASK);
	return n->wd < 0 ? -errno : 0;
}

/*
 * Watches what is not watched yet. Parents come after their children in the list,
 * so a directory that appears while this runs is noticed in its parent.
 */
static int attach_all(struct watch *w, int64_t now_ms)
{
	char dir[SYNC_PATH_MAX];
	unsigned int i;
	int err;

	for (i = 0; i < w->count; i++) {
		if (w->node[i].wd >= 0)
			continue;
		err = attach(w, &w->node[i]);
		if (!err) {
			mark_all(w, now_ms);
			continue;
		}
		if (err != -ENOENT && err != -ENOTDIR && err != -ELOOP)
			return err;
		strcpy(dir, w->node[i].dir);
		if (parent_of(dir) && add_node(w, dir))
			return -ENOMEM;
	}
	/* one may have come between its own turn and its parent's */
	for (i = 0; i < w->count; i++)
		if (w->node[i].wd < 0 && !attach(w, &w->node[i]))
			mark_all(w, now_ms);
	return 0;
}

int watch_open(struct watch **to, const char *flash, const struct sync_policy *policy,
	       char why[SYNC_WHY_MAX])
{
	struct watch *w = calloc(1, sizeof(*w));
	char dir[SYNC_PATH_MAX];
	unsigned int i, k;
	int err = w ? 0 : -ENOMEM;

	if (w) {
		w->policy = policy;
		snprintf(w->flash, sizeof(w->flash), "%s", flash);
		w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
		err = w->fd < 0 ? -errno : add_node(w, "sync/");
	}
	for (i = 0; !err && i < policy->count; i++) {
		told(w, i);
		for (k = 0; !err && k < policy->item[i].path_count; k++) {
			dir_of(policy->item[i].path[k], dir);
			err = add_node(w, dir);
		}
	}
	if (!err)
		err = attach_all(w, 0);
	if (!err) {
		*to = w;
		return 0;
	}
	watch_close(w);
	snprintf(why, SYNC_WHY_MAX, "changes of files cannot be noticed: %s", strerror(-err));
	return err;
}

void watch_close(struct watch *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free(w->node);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

/* ---- events ----------------------------------------------------------------------- */

/* Is @name in @dir a file of the item? */
static bool concerns(const struct sync_item *item, const char *dir, const char *name)
{
	char path[SYNC_PATH_MAX];

	return snprintf(path, sizeof(path), "%s%s", dir, name) < (int)sizeof(path) &&
	       policy_covers(item, path);
}

static void in_directory(struct watch *w, const struct node *n, const struct inotify_event *e,
			 int64_t now_ms)
{
	unsigned int i;

	if (!strcmp(n->dir, "sync/")) {
		if (e->len && !strcmp(e->name, "hold"))
			mark_all(w, now_ms);
		return;
	}
	for (i = 0; e->len && i < w->policy->count; i++)
		if (concerns(&w->policy->item[i], n->dir, e->name))
			mark(w, i, now_ms, e->mask & REPLACED);
}

/* A directory is not at its place any more, and what is below it neither. */
static void detach(struct watch *w, const struct node *gone, bool exists)
{
	size_t len = strlen(gone->dir);
	unsigned int i;

	for (i = 0; i < w->count; i++) {
		struct node *n = &w->node[i];

		if (n->wd < 0 || strncmp(n->dir, gone->dir, len) || (!len && n->dir[0] == '/'))
			continue;
		if (n != gone || exists)
			inotify_rm_watch(w->fd, n->wd);
		n->wd = -1;
	}
}

/* Return: whether directories have to be looked for. */
static bool take(struct watch *w, const struct inotify_event *e, int64_t now_ms)
{
	bool look = false;
	unsigned int i;

	if (e->mask & IN_Q_OVERFLOW) {
		mark_all(w, now_ms);
		return true;
	}
	for (i = 0; i < w->count; i++) {
		struct node *n = &w->node[i];

		if (n->wd != e->wd)
			continue;
		if (e->mask & GONE) {
			detach(w, n, e->mask & IN_MOVE_SELF);
			mark_all(w, now_ms);
			look = true;
		} else if (e->mask & IN_ISDIR) {
			look = true;
		} else {
			in_directory(w, n, e, now_ms);
		}
	}
	return look;
}

int watch_read(struct watch *w, int64_t now_ms)
{
	char buf[8192] __aligned(__alignof__(struct inotify_event));
	const struct inotify_event *e;
	bool look = false;
	ssize_t n;
	char *at;

	for (;;) {
		n = read(w->fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		for (at = buf; at < buf + n; at += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)at;
			look |= take(w, e, now_ms);
		}
	}
	if (n < 0 && errno != EAGAIN)
		return -errno;
	return look ? attach_all(w, now_ms) : 0;
}

uint32_t watch_due(struct watch *w, int64_t now_ms, int64_t *wait_ms)
{
	uint32_t due = 0;
	unsigned int i;

	*wait_ms = -1;
	for (i = 0; i < w->policy->count; i++) {
		int64_t left = w->item[i].due_ms - now_ms;

		if (w->item[i].due_ms < 0)
			continue;
		if (left <= 0) {
			due |= 1U << i;
			told(w, i);
		} else if (*wait_ms < 0 || left < *wait_ms) {
			*wait_ms = left;
		}
	}
	return due;
}
