/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the engine (sync.h) share. Prototypes are grouped under the
 * file that owns them.
 */
#ifndef REDSYNCD_ENGINE_H
#define REDSYNCD_ENGINE_H

#include <sys/stat.h>
#include <gnutls/crypto.h>
#include "sync.h"

/* Tells a file that was replaced or written from the same one. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
	bool young; /* a change now might leave all of that as it is */
};

struct scan;

/* An item's files: this module's, or the copy of another one's. */
struct item_files {
	const struct sync_item *item;
	unsigned int number, from;
	struct sync_mark mark;
	bool proposed; /* ->mark is not on the medium, ->kept is: store_propose() */
	struct sync_mark kept;
	bool complete; /* ->now is valid */
	struct sync_manifest now;
	struct stamp *stamp; /* of each of its files */
	struct scan *scan;   /* in progress, or NULL */
	bool staging;	     /* its directory is durable */
	bool rewritten;	     /* a log that did not only grow: txn_begin() */
	struct txn *txn;
};

struct store {
	const struct sync_policy *policy;
	char flash[FLASH_PATH_MAX];
	int flash_fd, root_fd, sync_fd;
	char chassis[SYNC_SERIAL_MAX], serial[SYNC_SERIAL_MAX];
	uint64_t done;	  /* number of the last transaction that ended */
	bool dirty;	  /* the record of a commit of one file is not written yet */
	bool unfinished;  /* there is a journal of another one */
	char other[2048]; /* lines of the state that are a later release's */
	struct item_files files[SYNC_ITEMS_MAX][SYNC_SLOTS + 1];
};

__printf(3, 4) int sync_bad(char *why, int err, const char *fmt, ...);

/* path.c: 0 or a descriptor, or a negative errno; -EPERM: a link, a device, or out */
int path_dir(const struct store *s, const char *path, const char **name, bool make);
int path_stat(const struct store *s, const char *path, struct stat *st);
int path_open(const struct store *s, const char *path, struct stat *st);
/* where a file that came from a slot is: DIR/mmN/NAME; @from 0: the same */
void path_from(const char *path, unsigned int from, char to[SYNC_PATH_MAX]);
int path_beneath(int dir, const char *path, int flags, mode_t mode);
/* all bytes from @at on, which moves; -ESTALE: @from has less than @len */
int file_write(int fd, const uint8_t *data, size_t len, uint64_t *at);
int file_copy(int from, int to, uint64_t len, uint64_t *at);

/* scan.c */
void stamp_of(const struct stat *st, struct stamp *stamp);
bool stamp_same(const struct stamp *a, const struct stamp *b);
void scan_drop(struct item_files *v);
int hash_bytes(gnutls_hash_hd_t hash, int fd, uint64_t from, uint64_t len);

/* store.c */
bool store_is_ours(const struct store *s, const char *chassis);
struct item_files *store_files(const struct store *s, unsigned int item, unsigned int from);
/* Writes the state with @done; durable. */
int store_write(struct store *s);

/* journal.c: what a commit is going to do */
enum op_kind { OP_REPLACE, OP_REMOVE, OP_MODE };

struct op {
	enum op_kind kind;
	char path[SYNC_PATH_MAX]; /* where it is here */
	/* OP_REPLACE: what becomes it, staged or, on another file system, beside it */
	char staged[SYNC_HEX_MAX];
	bool beside;
	uint32_t mode; /* OP_MODE */
};

struct journal {
	uint64_t number;
	char item[SYNC_NAME_MAX];
	unsigned int from;
	struct sync_mark mark; /* the item's when it is done */
	unsigned int count;
	struct op *op;
};

/* a staged file's name when it is beside its target */
#define BESIDE_MAX (SYNC_HEX_MAX + 6)
char *beside_name(const char *staged, char name[BESIDE_MAX]);

int journal_write(const struct store *s, const struct journal *j);
/* -ENOENT there is none; -EBADMSG; @j->op is to be freed */
int journal_read(const struct store *s, struct journal *j);
void journal_remove(const struct store *s);
/* Does the operations that are not done yet, and makes them durable. */
int journal_apply(const struct store *s, const struct journal *j, char *why);

/* FLASH/sync/staging/ITEM, durably; and a descriptor of it */
int staging_make(const struct store *s, const char *item, unsigned int from);
int staging_open(const struct store *s, const char *item, unsigned int from);

#endif /* REDSYNCD_ENGINE_H */
