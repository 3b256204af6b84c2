// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns a transaction: the files of an item that differ are collected in
 * FLASH/sync/staging/ITEM, each named by the digest of its path and content, so
 * that after a broken link the bytes that came are found again; then all of them
 * replace the old ones, or none does.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "engine.h"

#define FLUSH_EVERY (1024 * 1024) /* so that the last fsync has little to do */

struct part {
	struct txn_need need;
	bool verified, durable;
	uint64_t flushed;
};

struct txn {
	struct store *store;
	struct item_files *view;
	struct sync_manifest target;
	uint8_t before[SYNC_DIGEST]; /* of what is there when it begins */
	struct part *part;	     /* of each file of the target */
	int staging;
	bool prepared;
	int fd; /* of file @open, or -1 */
	unsigned int open;
	/* the file that is being hashed, -1 none, and so far */
	int hashing;
	uint64_t hashed;
	gnutls_hash_hd_t hash;
};

/* ---- staged files ----------------------------------------------------------------- */

static char *staged_name(const struct sync_file *f, char name[SYNC_HEX_MAX])
{
	uint8_t both[SYNC_PATH_MAX + SYNC_DIGEST], digest[SYNC_DIGEST];
	size_t len = strlen(f->path) + 1;

	memcpy(both, f->path, len);
	memcpy(both + len, f->digest, SYNC_DIGEST);
	if (gnutls_hash_fast(GNUTLS_DIG_SHA256, both, len + SYNC_DIGEST, digest) < 0)
		memcpy(digest, f->digest, SYNC_DIGEST); /* it is without memory anyway */
	return sync_hex(digest, name);
}

/* Opens the staged file @number. Return: a descriptor, or a negative errno. */
static int open_staged(struct txn *t, unsigned int number)
{
	char name[SYNC_HEX_MAX];

	if (t->fd >= 0 && t->open == number)
		return t->fd;
	if (t->fd >= 0)
		close(t->fd);
	t->fd = path_beneath(t->staging, staged_name(&t->target.file[number], name),
			     O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
	t->open = number;
	return t->fd;
}

static void close_staged(struct txn *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

static void end_hash(struct txn *t, uint8_t digest[SYNC_DIGEST])
{
	if (t->hashing >= 0)
		gnutls_hash_deinit(t->hash, digest);
	t->hashing = -1;
}

static int begin_hash(struct txn *t, unsigned int number)
{
	uint8_t unused[SYNC_DIGEST];

	end_hash(t, unused);
	if (gnutls_hash_init(&t->hash, GNUTLS_DIG_SHA256) < 0)
		return -ENOMEM;
	t->hashing = number;
	t->hashed = 0;
	return 0;
}

/* Its bytes are no good, or nobody's any more. */
static void discard(struct txn *t, unsigned int number)
{
	char name[SYNC_HEX_MAX];
	uint8_t unused[SYNC_DIGEST];

	if (t->hashing == (int)number)
		end_hash(t, unused);
	close_staged(t);
	unlinkat(t->staging, staged_name(&t->target.file[number], name), 0);
	t->part[number].need.have = 0;
	t->part[number].verified = false;
	t->part[number].durable = false;
}

static bool is_staged(const struct txn *t, const char *name)
{
	char wanted[SYNC_HEX_MAX];
	unsigned int i;

	for (i = 0; i < t->target.count; i++)
		if (t->part[i].need.needed &&
		    !strcmp(staged_name(&t->target.file[i], wanted), name))
			return true;
	return false;
}

/* Removes what this transaction does not need; all of it, with @all. */
static int clean(struct txn *t, bool all)
{
	int fd = path_beneath(t->staging, ".", O_RDONLY | O_DIRECTORY, 0);
	struct dirent *e;
	DIR *d;

	if (fd < 0)
		return fd;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && (all || !is_staged(t, e->d_name)))
			unlinkat(fd, e->d_name, 0);
	closedir(d);
	return 0;
}

/* ---- begin ------------------------------------------------------------------------ */

static int check_target(const struct item_files *v, const struct sync_manifest *m, char *why)
{
	unsigned int i;

	if (strcmp(m->item, v->item->name))
		return sync_bad(why, -EPERM, "the manifest of %s is for another item", m->item);
	for (i = 0; i < m->count; i++)
		if (!policy_covers(v->item, m->file[i].path))
			return sync_bad(why, -EPERM, "%.150s is no file of %s", m->file[i].path,
					v->item->name);
	if (m->bytes > v->item->max)
		return sync_bad(why, -EFBIG, "it has more than %llu bytes",
				(unsigned long long)v->item->max);
	return 0;
}

static int scan_whole(const struct txn *t, char *why)
{
	int ret;

	do
		ret = store_scan(t->store, t->view->number, t->view->from, SIZE_MAX, why);
	while (ret > 0);
	return ret;
}

/* What is there already, and what an earlier transfer left. */
static void look(struct txn *t)
{
	const struct sync_manifest *now = &t->view->now;
	char name[SYNC_HEX_MAX];
	struct stat st;
	unsigned int i;
	int n;

	for (i = 0; i < t->target.count; i++) {
		const struct sync_file *f = &t->target.file[i];
		struct txn_need *need = &t->part[i].need;

		n = manifest_file(now, f->path);
		need->needed = n < 0 || memcmp(now->file[n].digest, f->digest, SYNC_DIGEST);
		if (!need->needed ||
		    fstatat(t->staging, staged_name(f, name), &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISREG(st.st_mode) && (uint64_t)st.st_size <= f->size)
			need->have = st.st_size;
		else
			unlinkat(t->staging, name, 0);
	}
}

/* A log grows at its end: what is here is its beginning, and needs no transfer. */
static void begin_with_own(struct txn *t, unsigned int number)
{
	const struct sync_manifest *now = &t->view->now;
	int n = manifest_file(now, t->target.file[number].path), from, to, err;
	struct txn_need *need = &t->part[number].need;
	char here[SYNC_PATH_MAX];
	struct stat st;

	if (!need->needed || need->have || n < 0 || !now->file[n].size ||
	    now->file[n].size > t->target.file[number].size)
		return;
	path_from(now->file[n].path, t->view->from, here);
	from = path_open(t->store, here, &st);
	to = from < 0 ? from : open_staged(t, number);
	err = to < 0 ? to : file_copy(from, to, now->file[n].size, &need->have);
	if (from >= 0)
		close(from);
	if (err)
		discard(t, number); /* then all of it is sent */
}

static int check_room(const struct txn *t, char *why)
{
	uint64_t missing = 0, room;
	struct statvfs st;
	unsigned int i;

	for (i = 0; i < t->target.count; i++)
		if (t->part[i].need.needed)
			missing += t->target.file[i].size - t->part[i].need.have;
	if (fstatvfs(t->staging, &st))
		return sync_bad(why, -errno, "staging: %s", strerror(errno));
	room = (uint64_t)st.f_bavail * st.f_frsize;
	return missing > room ? sync_bad(why, -ENOSPC, "disk full") : 0;
}

static int open_staging(struct txn *t)
{
	struct item_files *v = t->view;
	int err = v->staging ? 0 : staging_make(t->store, v->item->name, v->from);

	if (err)
		return err;
	v->staging = true;
	t->staging = staging_open(t->store, v->item->name, v->from);
	return t->staging < 0 ? t->staging : 0;
}

static int begin(struct txn *t, const struct sync_manifest *target, char *why)
{
	int err = scan_whole(t, why);

	if (err)
		return err;
	memcpy(t->before, t->view->now.digest, SYNC_DIGEST);
	t->part = calloc(target->count + 1, sizeof(*t->part));
	err = t->part ? manifest_copy(&t->target, target) : -ENOMEM;
	if (!err)
		err = open_staging(t);
	if (!err) {
		look(t);
		err = clean(t, false);
	}
	for (unsigned int i = 0; !err && i < target->count; i++)
		if (t->view->item->class == SYNC_LOG && !t->view->rewritten)
			begin_with_own(t, i);
	return err ? sync_bad(why, err, "staging: %s",
			      err == -ENOSPC ? "disk full" : strerror(-err)) :
		     check_room(t, why);
}

static void end(struct txn *t)
{
	uint8_t unused[SYNC_DIGEST];

	end_hash(t, unused);
	close_staged(t);
	if (t->staging >= 0)
		close(t->staging);
	if (t->view->txn == t)
		t->view->txn = NULL;
	manifest_free(&t->target);
	free(t->part);
	free(t);
}

int txn_begin(struct txn **to, struct store *s, unsigned int item, unsigned int from,
	      const struct sync_manifest *target, char why[SYNC_WHY_MAX])
{
	struct item_files *v = store_files(s, item, from);
	struct txn *t;
	int err = check_target(v, target, why);

	if (!err && s->unfinished)
		err = store_recover(s, why);
	if (err < 0)
		return err;
	if (v->txn)
		return sync_bad(why, -EBUSY, "%s is being replaced", v->item->name);
	t = calloc(1, sizeof(*t));
	if (!t)
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	t->store = s;
	t->view = v;
	t->staging = -1;
	t->fd = -1;
	t->hashing = -1;
	err = begin(t, target, why);
	if (err) {
		end(t);
		return err;
	}
	v->txn = t;
	*to = t;
	return 0;
}

const struct sync_manifest *txn_target(const struct txn *t)
{
	return &t->target;
}

struct txn_need txn_need(const struct txn *t, unsigned int number)
{
	return number < t->target.count ? t->part[number].need : (struct txn_need){};
}

/* ---- bytes ------------------------------------------------------------------------ */

/* Hashes what comes in one go from the beginning; the rest is read again at the end. */
static void hash_written(struct txn *t, unsigned int number, uint64_t offset, const void *data,
			 size_t len)
{
	uint8_t digest[SYNC_DIGEST];

	if (!offset && begin_hash(t, number))
		return;
	if (t->hashing != (int)number || t->hashed != offset)
		return;
	if (gnutls_hash(t->hash, data, len) < 0) {
		end_hash(t, digest);
		return;
	}
	t->hashed += len;
	if (t->hashed < t->target.file[number].size)
		return;
	end_hash(t, digest);
	t->part[number].verified = !memcmp(digest, t->target.file[number].digest, SYNC_DIGEST);
}

int txn_write(struct txn *t, unsigned int number, uint64_t offset, const void *data, size_t len,
	      char why[SYNC_WHY_MAX])
{
	const struct sync_file *f;
	struct part *p;
	int fd, err;

	if (number >= t->target.count)
		return sync_bad(why, -EINVAL, "there is no such file");
	f = &t->target.file[number];
	p = &t->part[number];
	if (!p->need.needed || offset != p->need.have || len > f->size - offset)
		return sync_bad(why, -EINVAL, "%.150s: these bytes were not wanted", f->path);
	fd = open_staged(t, number);
	if (fd < 0)
		return sync_bad(why, fd, "%.150s: %s", f->path, strerror(-fd));
	t->prepared = false;
	p->durable = false;
	p->verified = false;
	err = file_write(fd, data, len, &p->need.have);
	if (err)
		return sync_bad(why, err, "%.150s: %s", f->path,
				err == -ENOSPC || err == -EDQUOT || err == -EFBIG ? "disk full" :
										    strerror(-err));
	hash_written(t, number, offset, data, len);
	if (p->need.have - p->flushed >= FLUSH_EVERY) {
		sync_file_range(fd, p->flushed, p->need.have - p->flushed, SYNC_FILE_RANGE_WRITE);
		p->flushed = p->need.have;
	}
	return 0;
}

/* ---- prepare ---------------------------------------------------------------------- */

/* Return: 0 the digest is right, 1 the budget is used up, negative errno. */
static int verify(struct txn *t, unsigned int number, int fd, size_t *budget)
{
	const struct sync_file *f = &t->target.file[number];
	uint8_t digest[SYNC_DIGEST];
	uint64_t len;
	int err = t->hashing == (int)number ? 0 : begin_hash(t, number);

	if (err)
		return err;
	len = f->size - t->hashed < *budget ? f->size - t->hashed : *budget;
	err = hash_bytes(t->hash, fd, t->hashed, len);
	if (err)
		return err == -ESTALE ? -EBADMSG : err;
	t->hashed += len;
	*budget -= len;
	if (t->hashed < f->size)
		return 1;
	end_hash(t, digest);
	return memcmp(digest, f->digest, SYNC_DIGEST) ? -EBADMSG : 0;
}

/* As txn_prepare() for one file. */
static int prepare(struct txn *t, unsigned int number, size_t *budget, char *why)
{
	const struct sync_file *f = &t->target.file[number];
	struct part *p = &t->part[number];
	int fd, ret;

	if (p->need.have != f->size)
		return sync_bad(why, -EINVAL, "%.150s: bytes are missing", f->path);
	fd = open_staged(t, number);
	ret = fd < 0 ? fd : p->verified ? 0 : verify(t, number, fd, budget);
	if (ret == -EBADMSG) {
		t->view->rewritten = true;
		discard(t, number);
		return sync_bad(why, ret, "%.150s: the digest is wrong", f->path);
	}
	if (!ret) {
		p->verified = true;
		ret = fchmod(fd, f->mode) ? -errno : flash_sync_file(fd);
	}
	if (ret < 0)
		return sync_bad(why, ret, "%.150s: %s", f->path,
				ret == -ENOSPC || ret == -EDQUOT ? "disk full" : strerror(-ret));
	p->durable = !ret;
	return ret;
}

int txn_prepare(struct txn *t, size_t budget, char why[SYNC_WHY_MAX])
{
	unsigned int i;
	int ret;

	for (i = 0; !t->prepared && i < t->target.count; i++) {
		if (!t->part[i].need.needed || t->part[i].durable)
			continue;
		if (!budget)
			return 1;
		ret = prepare(t, i, &budget, why);
		if (ret)
			return ret;
		budget -= t->target.file[i].size < budget ? t->target.file[i].size : budget;
	}
	close_staged(t);
	t->prepared = true;
	return 0;
}

int txn_open_staged(const struct txn *t, unsigned int number)
{
	char name[SYNC_HEX_MAX];

	if (!t->part[number].need.needed)
		return -ENOENT;
	return path_beneath(t->staging, staged_name(&t->target.file[number], name),
			    O_RDONLY | O_NOFOLLOW, 0);
}

/* ---- commit ----------------------------------------------------------------------- */

/* Copies a staged file beside its target on another file system, durably. */
static int put_beside(const struct txn *t, const struct op *op, int dir, mode_t mode)
{
	char name[BESIDE_MAX];
	int from = path_beneath(t->staging, op->staged, O_RDONLY | O_NOFOLLOW, 0), to;
	uint64_t at = 0;
	struct stat st;
	int err;

	if (from < 0)
		return from;
	to = path_beneath(dir, beside_name(op->staged, name),
			  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	if (to < 0) {
		close(from);
		return to;
	}
	err = fstat(from, &st) ? -errno : file_copy(from, to, st.st_size, &at);
	if (!err)
		err = fchmod(to, mode) ? -errno : flash_sync_file(to);
	if (!err)
		err = flash_sync_dir(dir);
	close(to);
	close(from);
	if (err)
		unlinkat(dir, name, 0);
	return err;
}

/* Sees to the directory of a file that is going to be replaced. */
static int place(const struct txn *t, struct op *op, mode_t mode)
{
	struct stat a, b;
	const char *name;
	int dir = path_dir(t->store, op->path, &name, true), err = 0;

	if (dir < 0)
		return dir;
	if (fstat(dir, &a) || fstat(t->staging, &b))
		err = -errno;
	op->beside = !err && a.st_dev != b.st_dev;
	if (op->beside)
		err = put_beside(t, op, dir, mode);
	close(dir);
	return err;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct op *)a)->path, ((const struct op *)b)->path);
}

/* What has to be done for @f, a file of the target. Return: count of operations. */
static int add_op(const struct txn *t, const struct sync_file *f, struct op *op)
{
	const struct sync_manifest *now = &t->view->now;
	int n = manifest_file(now, f->path);

	path_from(f->path, t->view->from, op->path);
	if (t->part[f - t->target.file].need.needed) {
		op->kind = OP_REPLACE;
		staged_name(f, op->staged);
		op->mode = f->mode;
		return 1;
	}
	if (n >= 0 && now->file[n].mode == f->mode)
		return 0;
	op->kind = OP_MODE;
	op->mode = f->mode;
	return 1;
}

static int make_ops(const struct txn *t, struct journal *j, char *why)
{
	const struct sync_manifest *now = &t->view->now;
	unsigned int i;
	int err;

	j->op = calloc(t->target.count + now->count + 1, sizeof(*j->op));
	if (!j->op)
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	for (i = 0; i < t->target.count; i++) {
		struct op *op = &j->op[j->count];

		if (!add_op(t, &t->target.file[i], op))
			continue;
		j->count++;
		err = op->kind == OP_REPLACE ? place(t, op, t->target.file[i].mode) : 0;
		if (err)
			return sync_bad(why, err, "%.150s: %s", op->path,
					err == -ENOSPC ? "disk full" : strerror(-err));
	}
	for (i = 0; i < now->count; i++) {
		if (manifest_file(&t->target, now->file[i].path) >= 0)
			continue;
		j->op[j->count].kind = OP_REMOVE;
		path_from(now->file[i].path, t->view->from, j->op[j->count++].path);
	}
	qsort(j->op, j->count, sizeof(*j->op), by_path);
	return 0;
}

/* The target is what is there now; its stamps save the next scan from reading it. */
static void take(struct txn *t)
{
	struct item_files *v = t->view;
	struct sync_manifest *m = &t->target;
	struct stamp *stamp = calloc(m->count + 1, sizeof(*stamp));
	char here[SYNC_PATH_MAX];
	struct stat st;
	unsigned int i;

	scan_drop(v);
	v->complete = stamp;
	for (i = 0; v->complete && i < m->count; i++) {
		path_from(m->file[i].path, v->from, here);
		v->complete = !path_stat(t->store, here, &st);
		if (v->complete)
			stamp_of(&st, &stamp[i]);
		stamp[i].young = false;
	}
	manifest_free(&v->now);
	free(v->stamp);
	v->stamp = stamp;
	v->now = *m;
	memset(m, 0, sizeof(*m));
}

static int apply(struct txn *t, struct journal *j, char *why)
{
	struct store *s = t->store;
	bool whole = j->count < 2; /* by itself */
	int err = 0;

	if (!whole) {
		/* the journal counts on the names of what is staged */
		err = flash_sync_dir(t->staging) ?: journal_write(s, j);
		if (err)
			return sync_bad(why, err, "sync/journal: %s",
					err == -ENOSPC ? "disk full" : strerror(-err));
		s->unfinished = true;
	}
	err = journal_apply(s, j, why);
	if (err)
		return err;
	t->view->mark = j->mark;
	t->view->proposed = false;
	s->dirty = true;
	if (whole)
		return 0;
	s->done = j->number;
	err = store_write(s);
	if (err)
		return sync_bad(why, err, "sync/state: %s",
				err == -ENOSPC ? "disk full" : strerror(-err));
	journal_remove(s);
	s->unfinished = false;
	return 0;
}

static void set_mark(const struct txn *t, struct journal *j)
{
	struct item_files *v = t->view;

	j->number = t->store->done + 1;
	strcpy(j->item, v->item->name);
	j->from = v->from;
	j->mark = v->mark;
	j->mark.generation = t->target.generation;
	strcpy(j->mark.chassis, t->target.chassis);
	strcpy(j->mark.origin, t->target.origin);
	memcpy(j->mark.digest, t->target.digest, SYNC_DIGEST);
}

static int commit(struct txn *t, char *why)
{
	struct journal j = {};
	int err;

	do
		err = txn_prepare(t, SIZE_MAX, why);
	while (err > 0);
	if (!err)
		err = scan_whole(t, why);
	if (err)
		return err;
	if (memcmp(t->before, t->view->now.digest, SYNC_DIGEST))
		return sync_bad(why, -ESTALE, "%s was changed here meanwhile", t->view->item->name);
	set_mark(t, &j);
	err = make_ops(t, &j, why);
	if (!err)
		err = apply(t, &j, why);
	free(j.op);
	if (err) {
		t->view->complete = false;
		return err;
	}
	clean(t, true);
	take(t);
	t->view->rewritten = false;
	return 0;
}

int txn_commit(struct txn *t, char why[SYNC_WHY_MAX])
{
	int err = commit(t, why);

	end(t);
	return err;
}

void txn_drop(struct txn *t, bool keep)
{
	close_staged(t);
	if (!keep)
		clean(t, true);
	end(t);
}
