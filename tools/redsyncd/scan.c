// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns how an item is read: its files are listed, those whose stamps are not the
 * last scan's are hashed, some bytes in each call, and at the end they are listed
 * again. When the two lists differ it begins anew, so that a manifest is of one
 * moment.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "engine.h"

#define CHUNK	 (256 * 1024)
#define AGAIN	 16	     /* so often a scan begins anew because files change */
#define YOUNG_NS 100000000LL /* coarser than any file system's clock */

struct list {
	unsigned int count;
	struct sync_file file[SYNC_FILES_MAX];
	struct stamp stamp[SYNC_FILES_MAX];
};

struct scan {
	struct list list;
	unsigned int at, again;
	int fd; /* of file @at while it is hashed, else -1 */
	uint64_t done;
	gnutls_hash_hd_t hash;
};

/* ---- stamps ----------------------------------------------------------------------- */

void stamp_of(const struct stat *st, struct stamp *stamp)
{
	struct timespec now;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = (now.tv_sec - st->st_ctim.tv_sec) * 1000000000LL + now.tv_nsec - st->st_ctim.tv_nsec;
	*stamp = (struct stamp){ .dev = st->st_dev,
				 .ino = st->st_ino,
				 .size = st->st_size,
				 .mtime = st->st_mtim,
				 .ctime = st->st_ctim,
				 .young = age < YOUNG_NS };
}

bool stamp_same(const struct stamp *a, const struct stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime.tv_sec == b->mtime.tv_sec && a->mtime.tv_nsec == b->mtime.tv_nsec &&
	       a->ctime.tv_sec == b->ctime.tv_sec && a->ctime.tv_nsec == b->ctime.tv_nsec;
}

/* ---- the list --------------------------------------------------------------------- */

/* Adds a file that is there, as what its path is for the sender. */
static int add(const struct store *s, const struct item_files *v, struct list *l, const char *path,
	       char *why)
{
	char here[SYNC_PATH_MAX];
	struct sync_file *f;
	struct stat st;
	int err;

	path_from(path, v->from, here);
	err = path_stat(s, here, &st);
	if (err == -ENOENT)
		return 0;
	if (err == -EPERM)
		return sync_bad(why, err, "%.150s is a link, a device or a directory", here);
	if (err)
		return sync_bad(why, err, "%.150s: %s", here, strerror(-err));
	if (l->count == SYNC_FILES_MAX)
		return sync_bad(why, -EFBIG, "there are more than %u files", SYNC_FILES_MAX);
	f = &l->file[l->count];
	memset(f, 0, sizeof(*f));
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->mode = st.st_mode & 0777;
	f->size = st.st_size;
	stamp_of(&st, &l->stamp[l->count++]);
	return 0;
}

/* One entry of a directory; what an item leaves out is no failure, unless it would be missed. */
static int add_entry(const struct store *s, const struct item_files *v, struct list *l,
		     const char *dir, int fd, const char *name, char *why)
{
	size_t len = strlen(name);
	char path[SYNC_PATH_MAX];
	struct stat st;

	if (name[0] == '.' || (len >= 4 && !strcmp(name + len - 4, ".new")) ||
	    fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) || S_ISDIR(st.st_mode))
		return 0;
	if (snprintf(path, sizeof(path), "%s%s", dir, name) >= (int)sizeof(path) ||
	    !policy_covers(v->item, path))
		return sync_bad(why, -EPERM, "%.60s%.80s: such a name cannot be kept equal", dir,
				name);
	return add(s, v, l, path, why);
}

static int add_dir(const struct store *s, const struct item_files *v, struct list *l,
		   const char *dir, char *why)
{
	char here[SYNC_PATH_MAX];
	struct dirent *e;
	const char *name;
	int fd, err = 0;
	DIR *d;

	path_from(dir, v->from, here);
	fd = path_dir(s, here, &name, false);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return sync_bad(why, fd, "%.150s: %s", here,
				fd == -EPERM ? "is no directory, or behind a link" : strerror(-fd));
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	}
	for (errno = 0; !err && (e = readdir(d)); errno = 0)
		err = add_entry(s, v, l, dir, fd, e->d_name, why);
	if (!err && errno)
		err = sync_bad(why, -errno, "%.150s: %s", here, strerror(errno));
	closedir(d);
	return err;
}

static int by_path(const void *a, const void *b, void *files)
{
	const struct sync_file *f = files;

	return strcmp(f[*(const unsigned int *)a].path, f[*(const unsigned int *)b].path);
}

/* Files and stamps in the order of paths. */
static int sort(struct list *l)
{
	struct list *copy = malloc(sizeof(*copy));
	unsigned int order[SYNC_FILES_MAX], i;

	if (!copy)
		return -ENOMEM;
	*copy = *l;
	for (i = 0; i < l->count; i++)
		order[i] = i;
	qsort_r(order, l->count, sizeof(order[0]), by_path, copy->file);
	for (i = 0; i < l->count; i++) {
		l->file[i] = copy->file[order[i]];
		l->stamp[i] = copy->stamp[order[i]];
	}
	free(copy);
	return 0;
}

static int list_files(const struct store *s, const struct item_files *v, struct list *l, char *why)
{
	uint64_t sum = 0;
	unsigned int i;
	int err = 0;

	l->count = 0;
	for (i = 0; !err && i < v->item->path_count; i++) {
		const char *path = v->item->path[i];

		if (path[strlen(path) - 1] == '/')
			err = add_dir(s, v, l, path, why);
		else
			err = add(s, v, l, path, why);
	}
	if (err)
		return err;
	for (i = 0; i < l->count; i++)
		sum += l->file[i].size;
	if (sum > v->item->max)
		return sync_bad(why, -EFBIG, "it has more than %llu bytes",
				(unsigned long long)v->item->max);
	return sort(l) ? sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM)) : 0;
}

/* A log may have grown while it was read: what was listed is still there. */
static bool same_list(const struct item_files *v, const struct list *a, const struct list *b)
{
	unsigned int i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++) {
		const struct stamp *x = &a->stamp[i], *y = &b->stamp[i];

		if (strcmp(a->file[i].path, b->file[i].path) || a->file[i].mode != b->file[i].mode)
			return false;
		if (v->item->class == SYNC_LOG ?
			    x->dev != y->dev || x->ino != y->ino || x->size > y->size :
			    !stamp_same(x, y))
			return false;
	}
	return true;
}

/* ---- hashing ---------------------------------------------------------------------- */

int hash_bytes(gnutls_hash_hd_t hash, int fd, uint64_t from, uint64_t len)
{
	static uint8_t buf[CHUNK];
	ssize_t n;

	while (len) {
		n = pread(fd, buf, len < sizeof(buf) ? len : sizeof(buf), from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ESTALE;
		if (gnutls_hash(hash, buf, n) < 0)
			return -ENOMEM;
		from += n;
		len -= n;
	}
	return 0;
}

static void end_file(struct scan *c, uint8_t digest[SYNC_DIGEST])
{
	gnutls_hash_deinit(c->hash, digest);
	close(c->fd);
	c->fd = -1;
}

/* Takes the digest of the last scan, if the file is the same. */
static bool cached(const struct item_files *v, struct scan *c)
{
	int n = v->complete ? manifest_file(&v->now, c->list.file[c->at].path) : -1;

	if (n < 0 || v->stamp[n].young || !stamp_same(&v->stamp[n], &c->list.stamp[c->at]))
		return false;
	memcpy(c->list.file[c->at].digest, v->now.file[n].digest, SYNC_DIGEST);
	/* it was hashed when these times could tell a change, which a new look does not undo */
	c->list.stamp[c->at].young = false;
	return true;
}

/* Return: 0 begun, -ESTALE it is not what was listed. */
static int begin_file(const struct store *s, const struct item_files *v, struct scan *c)
{
	char here[SYNC_PATH_MAX];
	struct stat st;

	path_from(c->list.file[c->at].path, v->from, here);
	c->fd = path_open(s, here, &st);
	if (c->fd < 0)
		return c->fd == -ENOENT || c->fd == -EPERM ? -ESTALE : c->fd;
	c->done = 0;
	if (st.st_ino != c->list.stamp[c->at].ino || st.st_size < c->list.stamp[c->at].size ||
	    gnutls_hash_init(&c->hash, GNUTLS_DIG_SHA256) < 0) {
		close(c->fd);
		c->fd = -1;
		return -ESTALE;
	}
	return 0;
}

/* Hashes on. Return: 0 the file is done, 1 the budget is, negative errno. */
static int hash_on(const struct store *s, const struct item_files *v, struct scan *c,
		   size_t *budget)
{
	struct sync_file *f = &c->list.file[c->at];
	uint64_t len;
	int err = c->fd < 0 ? begin_file(s, v, c) : 0;

	if (err)
		return err;
	len = f->size - c->done < *budget ? f->size - c->done : *budget;
	err = hash_bytes(c->hash, c->fd, c->done, len);
	if (err) {
		end_file(c, f->digest);
		return err;
	}
	c->done += len;
	*budget -= len;
	if (c->done < f->size)
		return 1;
	end_file(c, f->digest);
	return 0;
}

/* ---- a scan ----------------------------------------------------------------------- */

void scan_drop(struct item_files *v)
{
	uint8_t unused[SYNC_DIGEST];

	if (!v->scan)
		return;
	if (v->scan->fd >= 0)
		end_file(v->scan, unused);
	free(v->scan);
	v->scan = NULL;
}

/* Return: 1 to begin with the first file, or a negative errno. */
static int begin(const struct store *s, struct item_files *v, char *why)
{
	struct scan *c = v->scan;

	c->at = 0;
	return list_files(s, v, &c->list, why) ?: 1;
}

/* The list becomes the manifest. */
static int finish(struct item_files *v, char *why)
{
	struct sync_manifest m = { .generation = v->mark.generation };
	struct list *l = &v->scan->list;
	struct stamp *stamp;
	unsigned int i;
	int err = 0;

	strcpy(m.item, v->item->name);
	strcpy(m.chassis, v->mark.chassis);
	strcpy(m.origin, v->mark.origin);
	stamp = malloc((l->count + 1) * sizeof(*stamp));
	for (i = 0; stamp && !err && i < l->count; i++) {
		stamp[i] = l->stamp[i];
		err = manifest_add(&m, &l->file[i]);
	}
	if (!stamp || err || manifest_seal(&m)) {
		free(stamp);
		manifest_free(&m);
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	}
	manifest_free(&v->now);
	free(v->stamp);
	v->now = m;
	v->stamp = stamp;
	v->complete = true;
	return 0;
}

/* All files are hashed: are they still those? Return: as scan_on(). */
static int compare(const struct store *s, struct item_files *v, char *why)
{
	struct list *again = malloc(sizeof(*again));
	int ret;

	if (!again)
		return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
	ret = list_files(s, v, again, why);
	if (!ret)
		ret = same_list(v, &v->scan->list, again) ? finish(v, why) : -ESTALE;
	free(again);
	return ret;
}

/* Return: 0 done, 1 budget, -ESTALE begin anew, another negative errno. */
static int scan_on(const struct store *s, struct item_files *v, size_t *budget, char *why)
{
	struct scan *c = v->scan;
	int ret;

	for (; c->at < c->list.count; c->at++) {
		if (c->fd < 0 && cached(v, c))
			continue;
		ret = hash_on(s, v, c, budget);
		if (ret < 0 && ret != -ESTALE)
			sync_bad(why, ret, "%.150s: %s", c->list.file[c->at].path, strerror(-ret));
		if (ret)
			return ret;
	}
	return compare(s, v, why);
}

int store_scan(struct store *s, unsigned int item, unsigned int from, size_t budget,
	       char why[SYNC_WHY_MAX])
{
	struct item_files *v = store_files(s, item, from);
	int ret = 1;

	why[0] = '\0';
	if (!v->scan) {
		v->scan = calloc(1, sizeof(*v->scan));
		if (!v->scan)
			return sync_bad(why, -ENOMEM, "%s", strerror(ENOMEM));
		v->scan->fd = -1;
		ret = begin(s, v, why);
	}
	while (ret >= 0) {
		ret = scan_on(s, v, &budget, why);
		if (ret != -ESTALE)
			break;
		if (++v->scan->again >= AGAIN)
			ret = sync_bad(why, -EBUSY, "its files change all the time");
		else
			ret = begin(s, v, why);
	}
	if (ret != 1)
		scan_drop(v);
	return ret;
}

void store_forget(struct store *s, unsigned int item, unsigned int from)
{
	struct item_files *v = store_files(s, item, from);
	unsigned int i;

	for (i = 0; v->complete && i < v->now.count; i++)
		v->stamp[i].young = true;
}
