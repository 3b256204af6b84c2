// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns FLASH/sync/journal, what a commit of several files is about to do. Once it
 * is on the medium the commit happens, over a crash too: every operation can be
 * done again. A commit of one file has none, its rename is whole by itself.
 *
 *	redund-journal 1
 *	commit 7 config 0 12 DIGEST CHASSIS ORIGIN
 *	replace staged NAME config/config1	or: beside
 *	mode 600 security/key
 *	remove config/config2
 *	end
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine.h"

#define JOURNAL_MAX (2 * SYNC_MANIFEST_MAX)
#define OPS_MAX	    (2 * SYNC_FILES_MAX)
#define HEADER	    "redund-journal 1\n"

/* ---- the file --------------------------------------------------------------------- */

static char *journal_path(const struct store *s, char path[FLASH_PATH_MAX + 16])
{
	snprintf(path, FLASH_PATH_MAX + 16, "%s/sync/journal", s->flash);
	return path;
}

static const char *word(const char *text)
{
	return text[0] ? text : "-";
}

static void unword(char *text)
{
	if (!strcmp(text, "-"))
		text[0] = '\0';
}

static int print_op(const struct op *op, char *to)
{
	switch (op->kind) {
	case OP_REPLACE:
		return sprintf(to, "replace %s %s %s\n", op->beside ? "beside" : "staged",
			       op->staged, op->path);
	case OP_MODE:
		return sprintf(to, "mode %o %s\n", op->mode, op->path);
	default:
		return sprintf(to, "remove %s\n", op->path);
	}
}

int journal_write(const struct store *s, const struct journal *j)
{
	char path[FLASH_PATH_MAX + 16], hex[SYNC_HEX_MAX], *text = malloc(JOURNAL_MAX);
	const struct sync_mark *m = &j->mark;
	unsigned int i;
	size_t len;
	int err = 0;

	if (!text)
		return -ENOMEM;
	len = sprintf(text, HEADER "commit %" PRIu64 " %s %u %" PRIu64 " %s %s %s\n", j->number,
		      j->item, j->from, m->generation, sync_hex(m->digest, hex), word(m->chassis),
		      word(m->origin));
	for (i = 0; i < j->count && !err; i++) {
		len += print_op(&j->op[i], text + len);
		if (len + 2 * SYNC_PATH_MAX > JOURNAL_MAX)
			err = -E2BIG;
	}
	len += sprintf(text + len, "end\n");
	if (!err)
		err = flash_replace(journal_path(s, path), text, len);
	free(text);
	return err;
}

void journal_remove(const struct store *s)
{
	unlinkat(s->sync_fd, "journal", 0); /* when it comes back, its number is done */
}

static bool read_head(const char *line, struct journal *j)
{
	struct sync_mark *m = &j->mark;
	char hex[SYNC_HEX_MAX];
	int end = 0;

	if (!line ||
	    sscanf(line, "commit %" SCNu64 " %15s %1u %" SCNu64 " %64s %32s %32s%n", &j->number,
		   j->item, &j->from, &m->generation, hex, m->chassis, m->origin, &end) != 7 ||
	    line[end] || j->from > SYNC_SLOTS || !sync_unhex(hex, m->digest))
		return false;
	unword(m->chassis);
	unword(m->origin);
	return true;
}

static bool read_op(const char *line, struct op *op)
{
	uint8_t unused[SYNC_DIGEST];
	char where[7];
	int at = 0;

	if (sscanf(line, "replace %6s %64s %n", where, op->staged, &at) == 2 && at) {
		op->kind = OP_REPLACE;
		op->beside = !strcmp(where, "beside");
		if (!sync_unhex(op->staged, unused))
			return false;
	} else if (sscanf(line, "mode %o %n", &op->mode, &at) == 1 && at) {
		op->kind = OP_MODE;
	} else if (!strncmp(line, "remove ", 7)) {
		op->kind = OP_REMOVE;
		at = 7;
	} else {
		return false;
	}
	if (!line[at] || strlen(line + at) >= sizeof(op->path))
		return false;
	strcpy(op->path, line + at);
	return true;
}

static int parse(char *text, struct journal *j)
{
	char *line;

	if (strncmp(text, HEADER, strlen(HEADER)))
		return -EBADMSG;
	text += strlen(HEADER);
	if (!read_head(strsep(&text, "\n"), j))
		return -EBADMSG;
	while ((line = strsep(&text, "\n"))) {
		if (!strcmp(line, "end"))
			return 0;
		if (j->count == OPS_MAX || !read_op(line, &j->op[j->count]))
			return -EBADMSG;
		j->count++;
	}
	return -EBADMSG;
}

int journal_read(const struct store *s, struct journal *j)
{
	char path[FLASH_PATH_MAX + 16], *text = malloc(JOURNAL_MAX);
	int n;

	memset(j, 0, sizeof(*j));
	j->op = calloc(OPS_MAX, sizeof(*j->op));
	n = text && j->op ? flash_read(journal_path(s, path), text, JOURNAL_MAX) : -ENOMEM;
	if (n >= 0)
		n = parse(text, j);
	else if (n == -EFBIG)
		n = -EBADMSG;
	free(text);
	if (n) {
		free(j->op);
		j->op = NULL;
	}
	return n;
}

/* ---- doing it --------------------------------------------------------------------- */

char *beside_name(const char *staged, char name[BESIDE_MAX])
{
	snprintf(name, BESIDE_MAX, ".%s.sync", staged);
	return name;
}

static char *staging_name(const char *item, unsigned int from, char name[SYNC_NAME_MAX + 16])
{
	snprintf(name, SYNC_NAME_MAX + 16, from ? "staging/%s.mm%u" : "staging/%s", item, from);
	return name;
}

int staging_make(const struct store *s, const char *item, unsigned int from)
{
	char name[SYNC_NAME_MAX + 16];
	int fd, err;

	if (mkdirat(s->sync_fd, "staging", 0700) && errno != EEXIST)
		return -errno;
	if (mkdirat(s->sync_fd, staging_name(item, from, name), 0700) && errno != EEXIST)
		return -errno;
	fd = path_beneath(s->sync_fd, "staging", O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return fd;
	err = flash_sync_dir(fd) ?: flash_sync_dir(s->sync_fd);
	close(fd);
	return err;
}

int staging_open(const struct store *s, const char *item, unsigned int from)
{
	char name[SYNC_NAME_MAX + 16];

	return path_beneath(s->sync_fd, staging_name(item, from, name), O_RDONLY | O_DIRECTORY, 0);
}

/* What a crash left done already is no failure: its source is gone. */
static int replace(const struct op *op, int staging, int dir, const char *name)
{
	char beside[BESIDE_MAX];
	int err;

	if (op->beside)
		err = renameat(dir, beside_name(op->staged, beside), dir, name);
	else
		err = renameat(staging, op->staged, dir, name);
	return err && errno != ENOENT ? -errno : 0;
}

static int set_mode(int dir, const char *name, mode_t mode)
{
	int fd = path_beneath(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0), err;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	err = fchmod(fd, mode) ? -errno : flash_sync_file(fd);
	close(fd);
	return err;
}

static int do_op(const struct op *op, int staging, int dir, const char *name)
{
	if (op->kind == OP_REPLACE)
		return replace(op, staging, dir, name);
	if (op->kind == OP_MODE)
		return set_mode(dir, name, op->mode);
	return unlinkat(dir, name, 0) && errno != ENOENT ? -errno : 0;
}

/* Are both in one directory? */
static bool same_dir(const struct op *a, const struct op *b)
{
	const char *slash = strrchr(a->path, '/');
	size_t len = slash ? slash - a->path + 1 : 0;

	return !strncmp(a->path, b->path, len) && !strchr(b->path + len, '/');
}

int journal_apply(const struct store *s, const struct journal *j, char *why)
{
	int staging = staging_open(s, j->item, j->from), dir = -1, err = 0;
	const struct op *op = j->op, *end = op + j->count;
	const char *name;

	for (; op < end && !err; op++) {
		dir = path_dir(s, op->path, &name, op->kind == OP_REPLACE);
		if (dir == -ENOENT)
			continue;
		err = dir < 0 ? dir : do_op(op, staging, dir, name);
		/* they are in the order of paths: one flush for those of a directory */
		if (!err && (op + 1 == end || !same_dir(op, op + 1)))
			err = flash_sync_dir(dir);
		if (dir >= 0)
			close(dir);
		if (err)
			sync_bad(why, err, "%.150s: %s", op->path, strerror(-err));
	}
	if (staging >= 0)
		close(staging);
	return err;
}

/* Is this where a file of the item is here? The medium may say anything (I6). */
static bool is_file_of(const struct item_files *v, const char *path)
{
	const char *name = strrchr(path, '/');
	char theirs[SYNC_PATH_MAX], here[SYNC_PATH_MAX];

	if (!v->from)
		return policy_covers(v->item, path);
	if (!name || name - path < 3) /* DIR/mmN/NAME */
		return false;
	snprintf(theirs, sizeof(theirs), "%.*s%s", (int)(name - path - 3), path, name + 1);
	path_from(theirs, v->from, here);
	return !strcmp(here, path) && policy_covers(v->item, theirs);
}

/* Return: false, it is no commit of an item of this policy. */
static bool fits(const struct store *s, const struct journal *j)
{
	int item = policy_find(s->policy, j->item);
	unsigned int i;

	if (item < 0)
		return false;
	for (i = 0; i < j->count; i++)
		if (!is_file_of(store_files(s, item, j->from), j->op[i].path))
			return false;
	return true;
}

/* Does what is left to do of a commit. */
static int finish(struct store *s, const struct journal *j, char *why)
{
	struct item_files *v = store_files(s, policy_find(s->policy, j->item), j->from);
	int64_t equal_s = v->mark.equal_s;
	int err;

	s->unfinished = true;
	err = journal_apply(s, j, why);
	if (err)
		return err;
	v->mark = j->mark;
	v->proposed = false;
	v->mark.equal_s = equal_s;
	v->complete = false;
	scan_drop(v);
	s->done = j->number;
	err = store_write(s);
	return err ? sync_bad(why, err, "cannot write sync/state: %s", strerror(-err)) : 0;
}

int store_recover(struct store *s, char why[SYNC_WHY_MAX])
{
	struct journal j;
	int err = journal_read(s, &j), ret = 0;

	why[0] = '\0';
	if (err && err != -ENOENT && err != -EBADMSG)
		return sync_bad(why, err, "cannot read sync/journal: %s", strerror(-err));
	if (!err && j.number > s->done && !fits(s, &j))
		err = -EBADMSG;
	if (!err && j.number > s->done) {
		ret = finish(s, &j, why);
		if (!ret)
			ret = sync_bad(why, 1, "the replacement of %s was finished", j.item);
	} else if (err == -EBADMSG) {
		sync_bad(why, 0, "sync/journal was damaged and is removed");
	}
	free(j.op);
	if (ret < 0)
		return ret;
	s->unfinished = false;
	if (err != -ENOENT)
		journal_remove(s);
	return ret;
}
