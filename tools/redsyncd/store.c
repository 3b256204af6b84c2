// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns FLASH/sync/state, what is recorded of each item, and the rules whose
 * files win. The state is text:
 *
 *	redund-sync 1
 *	done 7					number of the last transaction
 *	item config 0 12 DIGEST 1700000000 CHASSIS ORIGIN
 *
 * An item's line has its name, from which slot (0: own files), generation,
 * digest, when both sides were last seen equal, and where the generation is from.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine.h"

#define STATE_MAX 32768
#define HEADER	  "redund-sync 1"

/* ---- the file --------------------------------------------------------------------- */

/* Return: whether the line was one of an item of this policy. */
static bool read_item(struct store *s, const char *line)
{
	char name[SYNC_NAME_MAX], hex[SYNC_HEX_MAX], chassis[SYNC_SERIAL_MAX];
	char origin[SYNC_SERIAL_MAX];
	struct sync_mark m = {};
	unsigned int from;
	int item, end = 0;

	if (sscanf(line, "item %15s %1u %" SCNu64 " %64s %" SCNd64 " %32s %32s%n", name, &from,
		   &m.generation, hex, &m.equal_s, chassis, origin, &end) != 7 ||
	    line[end] || from > SYNC_SLOTS || !sync_unhex(hex, m.digest))
		return false;
	item = policy_find(s->policy, name);
	if (item < 0)
		return false;
	strcpy(m.chassis, strcmp(chassis, "-") ? chassis : "");
	strcpy(m.origin, strcmp(origin, "-") ? origin : "");
	s->files[item][from].mark = m;
	return true;
}

/* What is not understood is another release's or another policy's, and stays. */
static void keep(struct store *s, const char *line)
{
	size_t len = strlen(s->other);

	if (len + strlen(line) + 2 <= sizeof(s->other))
		sprintf(s->other + len, "%s\n", line);
}

static int read_state(struct store *s, char *why)
{
	char path[FLASH_PATH_MAX + 16], *text, *at, *line;
	int n;

	snprintf(path, sizeof(path), "%s/sync/state", s->flash);
	text = malloc(STATE_MAX);
	if (!text)
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	n = flash_read(path, text, STATE_MAX);
	if (n < 0 && n != -ENOENT) {
		free(text);
		return sync_bad(why, n, "cannot read sync/state: %s", strerror(-n));
	}
	at = text;
	while (n > 0 && (line = strsep(&at, "\n")))
		if (*line && strcmp(line, HEADER) && sscanf(line, "done %" SCNu64, &s->done) != 1 &&
		    !read_item(s, line))
			keep(s, line);
	free(text);
	return 0;
}

/* What the state has of it. */
static const struct sync_mark *on_medium(const struct item_files *v)
{
	return v->proposed ? &v->kept : &v->mark;
}

static int print_mark(char *to, const struct item_files *v)
{
	const struct sync_mark *m = on_medium(v);
	char hex[SYNC_HEX_MAX];

	return sprintf(to, "item %s %u %" PRIu64 " %s %" PRId64 " %s %s\n", v->item->name, v->from,
		       m->generation, sync_hex(m->digest, hex), m->equal_s,
		       m->chassis[0] ? m->chassis : "-", m->origin[0] ? m->origin : "-");
}

int store_write(struct store *s)
{
	char path[FLASH_PATH_MAX + 16], text[STATE_MAX];
	const struct item_files *v;
	unsigned int i, from;
	size_t len;
	int err;

	len = sprintf(text, HEADER "\ndone %" PRIu64 "\n", s->done);
	for (i = 0; i < s->policy->count; i++) {
		for (from = 0; from <= SYNC_SLOTS; from++) {
			v = &s->files[i][from];
			if (on_medium(v)->generation || on_medium(v)->equal_s)
				len += print_mark(text + len, v);
		}
	}
	len += sprintf(text + len, "%s", s->other);
	snprintf(path, sizeof(path), "%s/sync/state", s->flash);
	err = flash_replace(path, text, len);
	s->dirty = s->dirty && err;
	return err;
}

/* ---- a store ---------------------------------------------------------------------- */

/* A word of the files' formats. */
static void set_serial(char to[SYNC_SERIAL_MAX], const char *from)
{
	snprintf(to, SYNC_SERIAL_MAX, "%s", from);
	for (; *to; to++)
		if (*to <= ' ' || *to > '~')
			*to = '_';
}

static int open_dirs(struct store *s, char *why)
{
	s->root_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->flash_fd = open(s->flash, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->root_fd < 0 || s->flash_fd < 0)
		return sync_bad(why, -errno, "%.100s: %s", s->flash, strerror(errno));
	if (mkdirat(s->flash_fd, "sync", 0755) && errno != EEXIST)
		return sync_bad(why, -errno, "cannot make sync/: %s", strerror(errno));
	if (flash_sync_dir(s->flash_fd))
		return sync_bad(why, -EIO, "cannot make sync/ durable");
	s->sync_fd = path_beneath(s->flash_fd, "sync", O_RDONLY | O_DIRECTORY, 0);
	if (s->sync_fd < 0)
		return sync_bad(why, s->sync_fd, "sync/: %s", strerror(-s->sync_fd));
	return 0;
}

int store_open(struct store **to, const char *flash, const struct sync_policy *policy,
	       const char *chassis, const char *serial, char why[SYNC_WHY_MAX])
{
	struct store *s = calloc(1, sizeof(*s));
	unsigned int i, from;
	int err;

	if (!s)
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	s->policy = policy;
	s->flash_fd = -1;
	s->root_fd = -1;
	s->sync_fd = -1;
	snprintf(s->flash, sizeof(s->flash), "%s", flash);
	set_serial(s->chassis, chassis);
	set_serial(s->serial, serial);
	for (i = 0; i < policy->count; i++) {
		for (from = 0; from <= SYNC_SLOTS; from++) {
			s->files[i][from].item = &policy->item[i];
			s->files[i][from].number = i;
			s->files[i][from].from = from;
		}
	}
	err = open_dirs(s, why);
	if (!err)
		err = read_state(s, why);
	if (err)
		store_close(s);
	else
		*to = s;
	return err;
}

void store_close(struct store *s)
{
	unsigned int i, from;

	if (!s)
		return;
	if (s->dirty)
		store_write(s);
	for (i = 0; i < s->policy->count; i++) {
		for (from = 0; from <= SYNC_SLOTS; from++) {
			struct item_files *v = &s->files[i][from];

			if (v->txn)
				txn_drop(v->txn, true);
			scan_drop(v);
			manifest_free(&v->now);
			free(v->stamp);
		}
	}
	if (s->flash_fd >= 0)
		close(s->flash_fd);
	if (s->root_fd >= 0)
		close(s->root_fd);
	if (s->sync_fd >= 0)
		close(s->sync_fd);
	free(s);
}

struct item_files *store_files(const struct store *s, unsigned int item, unsigned int from)
{
	return (struct item_files *)&s->files[item][from];
}

const struct sync_mark *store_mark(const struct store *s, unsigned int item, unsigned int from)
{
	return &s->files[item][from].mark;
}

const struct sync_manifest *store_manifest(const struct store *s, unsigned int item,
					   unsigned int from)
{
	const struct item_files *v = &s->files[item][from];

	return v->complete ? &v->now : NULL;
}

/* ---- generations ------------------------------------------------------------------ */

static void show_mark(struct item_files *v, const struct sync_mark *mark)
{
	v->mark = *mark;
	v->now.generation = mark->generation;
	strcpy(v->now.chassis, mark->chassis);
	strcpy(v->now.origin, mark->origin);
}

/* Takes a mark, durably; after a failure the old one holds. */
static int set_mark(struct store *s, struct item_files *v, const struct sync_mark *mark)
{
	struct sync_mark was = v->mark;
	bool proposed = v->proposed;
	int err;

	v->mark = *mark;
	v->proposed = false;
	err = store_write(s);
	if (err) {
		v->mark = was;
		v->proposed = proposed;
		return err;
	}
	show_mark(v, mark);
	return 0;
}

static struct sync_mark next_mark(const struct store *s, const struct item_files *v, uint64_t above)
{
	struct sync_mark m = v->mark;

	m.generation = (above > m.generation ? above : m.generation) + 1;
	strcpy(m.chassis, s->chassis);
	strcpy(m.origin, s->serial);
	memcpy(m.digest, v->now.digest, SYNC_DIGEST);
	return m;
}

bool store_is_ours(const struct store *s, const char *chassis)
{
	return !chassis[0] || !s->chassis[0] || !strcmp(chassis, s->chassis);
}

/* What it has to become. Return: 1, 0 it is that, -EINVAL it is not scanned. */
static int settled(const struct store *s, const struct item_files *v, uint64_t peer,
		   struct sync_mark *mark)
{
	if (!v->complete)
		return -EINVAL;
	if (!v->mark.generation && !v->now.count)
		return 0;
	if (!store_is_ours(s, v->mark.chassis))
		peer = 0;
	else if (v->mark.generation && !memcmp(v->mark.digest, v->now.digest, SYNC_DIGEST))
		return 0;
	*mark = next_mark(s, v, peer);
	return 1;
}

int store_settle(struct store *s, unsigned int item, uint64_t peer)
{
	struct item_files *v = store_files(s, item, 0);
	struct sync_mark mark;
	int ret = settled(s, v, peer, &mark), err = ret > 0 ? set_mark(s, v, &mark) : 0;

	return err ? err : ret;
}

int store_propose(struct store *s, unsigned int item, uint64_t peer)
{
	struct item_files *v = store_files(s, item, 0);
	struct sync_mark mark;
	int ret = settled(s, v, peer, &mark);

	if (ret <= 0)
		return ret;
	if (!v->proposed)
		v->kept = v->mark;
	v->proposed = true;
	show_mark(v, &mark);
	return ret;
}

bool store_proposed(const struct store *s, unsigned int item)
{
	return s->files[item][0].proposed;
}

int store_confirm(struct store *s, unsigned int item)
{
	struct item_files *v = store_files(s, item, 0);
	int err;

	if (!v->proposed)
		return 0;
	v->proposed = false;
	err = store_write(s);
	v->proposed = err;
	return err;
}

int store_win(struct store *s, unsigned int item, uint64_t peer)
{
	struct item_files *v = store_files(s, item, 0);
	struct sync_mark mark;

	if (!v->complete)
		return -EINVAL;
	mark = next_mark(s, v, peer);
	return set_mark(s, v, &mark);
}

int store_adopt(struct store *s, unsigned int item, unsigned int from,
		const struct sync_manifest *m)
{
	struct item_files *v = store_files(s, item, from);
	struct sync_mark mark = v->mark;

	if (!v->complete || memcmp(v->now.digest, m->digest, SYNC_DIGEST))
		return -ESTALE;
	if (v->mark.generation == m->generation && !strcmp(v->mark.chassis, m->chassis) &&
	    !strcmp(v->mark.origin, m->origin) && !memcmp(v->mark.digest, m->digest, SYNC_DIGEST))
		return 0;
	mark.generation = m->generation;
	strcpy(mark.chassis, m->chassis);
	strcpy(mark.origin, m->origin);
	memcpy(mark.digest, m->digest, SYNC_DIGEST);
	return set_mark(s, v, &mark);
}

void store_equal(struct store *s, unsigned int item, unsigned int from, int64_t now_s)
{
	store_files(s, item, from)->mark.equal_s = now_s;
	if (s->dirty)
		store_write(s); /* else that is written with the next change */
}

enum sync_verdict store_judge(const struct store *s, unsigned int item,
			      const struct sync_manifest *peer)
{
	const struct item_files *v = store_files(s, item, 0);

	if (v->complete && !memcmp(v->now.digest, peer->digest, SYNC_DIGEST))
		return v->now.generation == peer->generation &&
				       !strcmp(v->now.chassis, peer->chassis) ?
			       SYNC_EQUAL :
			       SYNC_ADOPT;
	if (peer->generation > v->mark.generation && store_is_ours(s, peer->chassis))
		return SYNC_CONFLICT;
	return SYNC_REPLACE;
}

int store_open_file(const struct store *s, unsigned int item, unsigned int number)
{
	const struct item_files *v = store_files(s, item, 0);
	struct stamp now, *was;
	struct stat st;
	int fd;
	bool same;

	if (!v->complete || number >= v->now.count)
		return -EINVAL;
	fd = path_open(s, v->now.file[number].path, &st);
	if (fd < 0)
		return fd == -ENOENT ? -ESTALE : fd;
	stamp_of(&st, &now);
	was = &v->stamp[number];
	/* a log grows at its end, which does no harm */
	same = v->item->class == SYNC_LOG ?
		       now.dev == was->dev && now.ino == was->ino && now.size >= was->size :
		       stamp_same(&now, was);
	if (same)
		return fd;
	close(fd);
	return -ESTALE;
}

bool store_held(const struct store *s, unsigned int item)
{
	return hold_read(s->flash, s->policy->item[item].name);
}
