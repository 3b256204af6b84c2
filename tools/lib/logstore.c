// SPDX-License-Identifier: GPL-2.0-or-later
/* The event log in the flash, see logstore.h: files, appending and reading. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "flash.h"
#include "logstore.h"
#include "logline.h"

#define NAME_MAX_LEN 32

struct log_store {
	char dir[FLASH_PATH_MAX];
	int lock, fd;
	unsigned int number; /* of the file that is written */
	size_t size, max, file_max;
};

char *log_dir(char *buf, size_t size)
{
	snprintf(buf, size, "%s/log", flash_dir());
	return buf;
}

static void file_name(char buf[NAME_MAX_LEN], unsigned int number)
{
	snprintf(buf, NAME_MAX_LEN, "events-%08u.jsonl", number);
}

/* Return: the number in a file's name, 0: it is none of ours. */
static unsigned int file_number(const char *name)
{
	char again[NAME_MAX_LEN];
	unsigned int number;

	if (sscanf(name, "events-%8u.jsonl", &number) != 1)
		return 0;
	file_name(again, number);
	return strcmp(name, again) ? 0 : number;
}

static int is_ours(const struct dirent *e)
{
	return file_number(e->d_name) != 0;
}

/* The numbers of the files, oldest first. Return: how many, negative errno. */
static int list_files(const char *dir, unsigned int **out)
{
	struct dirent **names;
	int n, i;

	*out = NULL;
	n = scandir(dir, &names, is_ours, alphasort);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	*out = calloc(n + 1, sizeof(**out));
	for (i = 0; i < n; i++) {
		if (*out)
			(*out)[i] = file_number(names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return *out ? n : -ENOMEM;
}

static int open_file(const char *dir, unsigned int number, int flags)
{
	char path[FLASH_PATH_MAX + NAME_MAX_LEN], name[NAME_MAX_LEN];
	int fd;

	file_name(name, number);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, flags | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : fd;
}

/* ---- reading ---------------------------------------------------------------------- */

struct reading {
	struct log_line *lines;
	size_t n, room;
};

static int keep(struct reading *r, const struct log_line *line)
{
	struct log_line *more;

	if (r->n == r->room) {
		r->room = r->room ? r->room * 2 : 256;
		more = realloc(r->lines, r->room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		r->lines = more;
	}
	r->lines[r->n++] = *line;
	return 0;
}

static int read_file(struct reading *r, const char *dir, unsigned int number)
{
	int fd = open_file(dir, number, O_RDONLY), err = 0;
	char *text = NULL;
	size_t size = 0;
	struct log_line line;
	ssize_t len;
	FILE *f;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd; /* removed meanwhile */
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	while (!err && (len = getline(&text, &size, f)) > 0)
		/* a line without its end is being written, or was torn */
		if (text[len - 1] == '\n' && len < LOG_LINE_MAX && log_parse(text, len, &line))
			err = keep(r, &line);
	free(text);
	fclose(f);
	return err;
}

long log_read(const char *dir, struct log_line **out)
{
	struct reading r = { 0 };
	unsigned int *files;
	int n = list_files(dir, &files), i, err = 0;

	*out = NULL;
	if (n < 0)
		return n;
	for (i = 0; i < n && !err; i++)
		err = read_file(&r, dir, files[i]);
	free(files);
	if (err) {
		free(r.lines);
		return err;
	}
	*out = r.lines;
	return r.n;
}

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int log_compare(const void *pa, const void *pb)
{
	const struct log_line *a = pa, *b = pb;
	uint64_t ta = a->kind == LOG_EVENT ? a->event.time_s : a->time_s;
	uint64_t tb = b->kind == LOG_EVENT ? b->event.time_s : b->time_s;
	int c = order(ta, tb);

	/* a boot's line stands before its events */
	if (!c)
		c = order(a->kind == LOG_EVENT, b->kind == LOG_EVENT);
	if (!c)
		c = order(a->event.clock_us, b->event.clock_us);
	if (!c)
		c = order(a->mm, b->mm);
	return c ? c : order(a->event.id, b->event.id);
}

bool log_same(const struct log_line *a, const struct log_line *b)
{
	return a->kind == LOG_EVENT && b->kind == LOG_EVENT && a->mm == b->mm &&
	       a->event.id == b->event.id && a->event.clock_us == b->event.clock_us;
}

/* ---- writing ---------------------------------------------------------------------- */

static int sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

/* Cuts a line off that was torn by a power loss. Return: the size, negative errno. */
static ssize_t mend(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END), at;
	char buf[512];
	ssize_t n, i;

	for (at = end; at > 0; at -= n) {
		n = at < (off_t)sizeof(buf) ? at : (off_t)sizeof(buf);
		if (pread(fd, buf, n, at - n) != n)
			return -EIO;
		for (i = n; i > 0 && buf[i - 1] != '\n'; i--)
			;
		if (i > 0) {
			at -= n - i;
			break;
		}
	}
	if (at != end && (ftruncate(fd, at) || fdatasync(fd)))
		return -errno;
	return end < 0 ? -errno : at;
}

static int lock_dir(struct log_store *s)
{
	char path[FLASH_PATH_MAX + 8];

	if (mkdir(s->dir, 0755) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/lock", s->dir);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->lock < 0)
		return -errno;
	if (flock(s->lock, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return 0;
}

static int open_newest(struct log_store *s)
{
	unsigned int *files;
	int n = list_files(s->dir, &files);
	ssize_t size;

	if (n < 0)
		return n;
	s->number = n ? files[n - 1] : 1;
	free(files);
	s->fd = open_file(s->dir, s->number, O_RDWR | O_CREAT | O_APPEND);
	if (s->fd < 0)
		return s->fd;
	size = mend(s->fd);
	if (size < 0)
		return size;
	s->size = size;
	return sync_dir(s->dir);
}

int log_open(struct log_store **out, const char *dir, size_t max_bytes)
{
	struct log_store *s = calloc(1, sizeof(*s));
	int err;

	*out = NULL;
	if (!s)
		return -ENOMEM;
	s->lock = -1;
	s->fd = -1;
	s->max = max_bytes;
	s->file_max = max_bytes / LOG_FILES;
	err = snprintf(s->dir, sizeof(s->dir), "%s", dir) >= (int)sizeof(s->dir) ? -ENAMETOOLONG :
										   lock_dir(s);
	if (!err)
		err = open_newest(s);
	if (err)
		log_close(s);
	else
		*out = s;
	return err;
}

void log_close(struct log_store *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	if (s->lock >= 0)
		close(s->lock);
	free(s);
}

static size_t file_size(const char *dir, unsigned int number)
{
	int fd = open_file(dir, number, O_RDONLY);
	struct stat st;
	size_t size = fd >= 0 && !fstat(fd, &st) ? st.st_size : 0;

	if (fd >= 0)
		close(fd);
	return size;
}

/* The oldest files give way until there is room for one more of @len bytes. */
static void make_room(struct log_store *s, size_t len)
{
	char path[FLASH_PATH_MAX + NAME_MAX_LEN], name[NAME_MAX_LEN];
	unsigned int *files;
	int n = list_files(s->dir, &files), i;
	size_t total = len > s->file_max ? len : s->file_max;

	for (i = n - 1; i >= 0; i--) {
		total += file_size(s->dir, files[i]);
		if (total <= s->max && n - i < LOG_FILES)
			continue;
		file_name(name, files[i]);
		snprintf(path, sizeof(path), "%s/%s", s->dir, name);
		unlink(path);
	}
	free(files);
}

/* Goes on in a new file, for @len bytes at first. */
static int rotate(struct log_store *s, size_t len)
{
	int fd;

	make_room(s, len);
	fd = open_file(s->dir, s->number + 1, O_RDWR | O_CREAT | O_EXCL | O_APPEND);
	if (fd < 0)
		return fd;
	close(s->fd);
	s->fd = fd;
	s->number++;
	s->size = 0;
	return sync_dir(s->dir);
}

/* One write: what a kill of this process leaves is all of it or nothing. */
static int write_whole(struct log_store *s, const char *text, size_t len)
{
	ssize_t n = write(s->fd, text, len);
	int err = n < 0 ? -errno : -ENOSPC;

	if (n == (ssize_t)len) {
		if (!fdatasync(s->fd)) {
			s->size += len;
			return 0;
		}
		err = -errno;
	}
	if (ftruncate(s->fd, s->size))
		return err; /* a torn line: readers skip it, and the next start cuts it off */
	return err;
}

int log_append(struct log_store *s, const struct log_line *lines, size_t n)
{
	char *text = NULL;
	size_t len = 0, i;
	int err = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return -ENOMEM;
	for (i = 0; i < n && !err; i++)
		err = log_print(f, &lines[i]);
	if (fclose(f) && !err)
		err = -ENOMEM;
	if (!err && s->size && s->size + len > s->file_max)
		err = rotate(s, len);
	if (!err && len)
		err = write_whole(s, text, len);
	free(text);
	return err;
}
