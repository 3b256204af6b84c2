/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine of the synchronization: which files are kept equal, what they are
 * now, and how a set of them is replaced whole. No network, no netlink: what is
 * told to whom is the wire's part. Documentation/redund/synchronization.rst has
 * the formats of the files and why they are so.
 *
 *	policy.c	the validated policy file: items
 *	manifest.c	what an item is now: files, modes, sizes, digests
 *	path.c		opening below a directory; links and devices are refused
 *	store.c		state in the flash: generations; whose files win
 *	scan.c		reading an item, some bytes at a time
 *	txn.c		staging, commit and recovery
 *	kept.c		a copy of a change that nobody acknowledged
 *	watch.c		which items may have changed
 *	hooks.c		programs with a time limit
 *
 * An item has files of this module (@from 0), and, when its direction is
 * to-active, a copy of the other module's, which came @from slot 1 or 2: that of
 * DIR/NAME is DIR/mmN/NAME. Paths in a manifest are always the sender's own.
 *
 * Functions that return int return 0 or a negative errno unless they say
 * otherwise, and those with @why leave one sentence without a full stop there.
 * One thread at a time uses a store and what belongs to it.
 */
#ifndef REDSYNCD_SYNC_H
#define REDSYNCD_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <compiler.h>
#include "../lib/flash.h"
#include "../lib/hold.h"

#define SYNC_WHY_MAX	  240
#define SYNC_NAME_MAX	  16  /* an item's name with its end: a-z 0-9 - */
#define SYNC_PATH_MAX	  256 /* a path with its end */
#define SYNC_SERIAL_MAX	  33  /* a module's serial number with its end */
#define SYNC_ITEMS_MAX	  32
#define SYNC_PATHS_MAX	  16	      /* of an item */
#define SYNC_FILES_MAX	  256	      /* of an item */
#define SYNC_DIGEST	  32	      /* bytes of SHA-256 */
#define SYNC_MANIFEST_MAX (96 * 1024) /* a manifest as text, with its end */
#define SYNC_POLICY_MAX	  16384
#define SYNC_SLOTS	  2

/* ---- policy.c ------------------------------------------------------------------------ */

enum sync_class {
	SYNC_CONFIGURATION,
	SYNC_SECURITY,
	SYNC_IMAGE,
	SYNC_LOG, /* files that grow at their end */
	SYNC_CRASH,
};

enum sync_direction { SYNC_TO_STANDBY, SYNC_TO_ACTIVE };

struct sync_item {
	char name[SYNC_NAME_MAX];
	enum sync_class class;
	enum sync_direction direction;
	bool on_command; /* else at once */
	unsigned int path_count;
	char path[SYNC_PATHS_MAX][SYNC_PATH_MAX]; /* a directory ends with a slash */
	char after[SYNC_PATH_MAX]; /* program and arguments, "" none: after a commit */
	uint64_t max;		   /* bytes of all its files together */
};

struct sync_policy {
	unsigned int count;
	struct sync_item item[SYNC_ITEMS_MAX];
};

/** policy_path() - /etc/redund/sync.policy, or what REDUND_POLICY names */
const char *policy_path(void);

/** policy_default() - the text that holds without a file; sync.policy is the same */
const char *policy_default(void);

/**
 * policy_parse() - read and validate a policy
 * @text: the whole file
 * @p: filled on success only
 * @why: "line N: ..."
 *
 * Refused: a word, number or path that is not understood, `..', two items of one
 * name, a file that two items would have, what belongs to one module alone.
 *
 * Return: 0, or -EINVAL.
 */
int policy_parse(const char *text, struct sync_policy *p, char why[SYNC_WHY_MAX]);

/**
 * policy_load() - policy_parse() of a file
 * @path: the file; when it is not there, policy_default() is used
 * @p: filled on success
 * @why: on failure
 */
int policy_load(const char *path, struct sync_policy *p, char why[SYNC_WHY_MAX]);

/** policy_find() - number of the item of that name, or -1 */
int policy_find(const struct sync_policy *p, const char *name);

/**
 * policy_covers() - is this one of the files of an item?
 * @item: item
 * @path: as in a manifest; may hold anything
 *
 * The one test of every path that comes over the wire.
 */
bool policy_covers(const struct sync_item *item, const char *path);

/* "configuration", "security", ... */
const char *sync_class_name(enum sync_class class);
/* "to-standby" or "to-active" */
const char *sync_direction_name(enum sync_direction direction);

/* ---- manifest.c ------------------------------------------------------------------------ */

struct sync_file {
	char path[SYNC_PATH_MAX];
	uint32_t mode; /* 0 to 0777 */
	uint64_t size;
	uint8_t digest[SYNC_DIGEST];
};

/* Zeroed is an empty one. */
struct sync_manifest {
	char item[SYNC_NAME_MAX];
	uint64_t generation;	       /* 0: never synchronized, never changed */
	char chassis[SYNC_SERIAL_MAX]; /* where that generation was made, "" not known */
	char origin[SYNC_SERIAL_MAX];  /* module that made it, "" none */
	uint8_t digest[SYNC_DIGEST];   /* of all that follows */
	uint64_t bytes;		       /* of all files */
	unsigned int count;
	struct sync_file *file; /* in the order of their paths */
};

/**
 * manifest_add() - add one file, in the order of the paths
 * @m: manifest
 * @f: copied
 *
 * Return: 0; -EEXIST; -E2BIG more than SYNC_FILES_MAX; -ENOMEM.
 */
int manifest_add(struct sync_manifest *m, const struct sync_file *f);
/** manifest_seal() - compute ->digest and ->bytes when all files are in */
int manifest_seal(struct sync_manifest *m);
/** manifest_free() - give the files up; @m is empty then */
void manifest_free(struct sync_manifest *m);
int manifest_copy(struct sync_manifest *to, const struct sync_manifest *from);
/** manifest_file() - number of the file of that path, or -1 */
int manifest_file(const struct sync_manifest *m, const char *path);

/**
 * manifest_text() - a manifest as text, for the wire
 * @m: sealed
 * @text: SYNC_MANIFEST_MAX bytes
 *
 * Return: its length; -E2BIG.
 */
int manifest_text(const struct sync_manifest *m, char *text);

/**
 * manifest_parse() - read what manifest_text() wrote; the bytes may be hostile
 * @text: the text
 * @len: of @text, which needs no end
 * @m: filled on success, else empty
 * @why: on failure
 *
 * The digest is compared with the files. Whether the paths belong to the item is
 * policy_covers(), which txn_begin() asks.
 *
 * Return: 0; -EBADMSG; -ENOMEM.
 */
int manifest_parse(const char *text, size_t len, struct sync_manifest *m, char why[SYNC_WHY_MAX]);

/* 64 digits and the end */
#define SYNC_HEX_MAX (2 * SYNC_DIGEST + 1)
char *sync_hex(const uint8_t digest[SYNC_DIGEST], char hex[SYNC_HEX_MAX]);
bool sync_unhex(const char *hex, uint8_t digest[SYNC_DIGEST]);

/* ---- store.c ---------------------------------------------------------------------------- */

struct store;

/**
 * store_open() - open the state of the synchronization in a flash
 * @s: set on success
 * @flash: directory
 * @policy: kept by reference
 * @chassis: its serial number, "" not known
 * @serial: of this module
 * @why: on failure
 *
 * Makes FLASH/sync. Does not recover: store_recover() comes next.
 */
int store_open(struct store **s, const char *flash, const struct sync_policy *policy,
	       const char *chassis, const char *serial, char why[SYNC_WHY_MAX]);
void store_close(struct store *s);

/**
 * store_recover() - finish the transaction that a crash interrupted
 * @s: store
 * @why: what was done, "" nothing; or the failure
 *
 * After it every item is the old or the new set, whole. Call it at start, and
 * before the files are read for a promotion.
 *
 * Return: 1 a commit was finished, 0 there was none.
 */
int store_recover(struct store *s, char why[SYNC_WHY_MAX]);

/* What is recorded of an item: the last generation that was made or taken here. */
struct sync_mark {
	uint64_t generation; /* 0 none */
	char chassis[SYNC_SERIAL_MAX];
	char origin[SYNC_SERIAL_MAX];
	uint8_t digest[SYNC_DIGEST];
	int64_t equal_s; /* wall clock, when both sides were last seen equal; 0 never */
};

/** store_mark() - the record of an item */
const struct sync_mark *store_mark(const struct store *s, unsigned int item, unsigned int from);

/**
 * store_scan() - look what an item is now, some bytes at a time
 * @s: store
 * @item: number in the policy
 * @from: 0, or the slot whose copy
 * @budget: bytes to read at most in this call; files that did not change since
 *	    the last scan are not read
 * @why: on failure: which file, and what about it
 *
 * Files that change meanwhile begin it anew.
 *
 * Return: 1 call again, 0 done: store_manifest() has it; -EPERM a link, a device
 * or a name that cannot be kept equal; -EFBIG over the item's limit; others. After
 * a failure the next call begins anew.
 */
int store_scan(struct store *s, unsigned int item, unsigned int from, size_t budget,
	       char why[SYNC_WHY_MAX]);
/** store_forget() - let the next scan read every byte, to find what the medium lost */
void store_forget(struct store *s, unsigned int item, unsigned int from);

/**
 * store_manifest() - result of the last complete scan or commit
 * @s: store
 * @item: number in the policy
 * @from: 0, or the slot whose copy
 *
 * Its generation and origin are those recorded; after a local change they are the
 * old ones until store_settle().
 *
 * Return: valid until the next scan or commit of this item; NULL before the first.
 */
const struct sync_manifest *store_manifest(const struct store *s, unsigned int item,
					   unsigned int from);

/**
 * store_settle() - the owner of an item gives what it has now a generation
 * @s: store, the item is scanned
 * @item: number in the policy, of this module's files
 * @peer: generation of the other side as far as known, else 0
 *
 * Durable when it returns. max(own, @peer) + 1 when the files are not those that
 * are recorded; own + 1 when the record is another chassis's. Who has no files and
 * no record keeps generation 0.
 *
 * Return: 1 a new generation, 0 it has one.
 */
int store_settle(struct store *s, unsigned int item, uint64_t peer);

/**
 * store_propose() - as store_settle(), but not durable yet
 * @s: store, the item is scanned
 * @item: number in the policy, of this module's files
 * @peer: generation of the other side as far as known, else 0
 *
 * Of a change that nobody was told of, neither that the other side has it nor that
 * this one has it alone. Until store_confirm() the state has the generation before
 * it: who loses its power now comes back with that one, and yields (I4).
 *
 * Return: as store_settle().
 */
int store_propose(struct store *s, unsigned int item, uint64_t peer);
bool store_proposed(const struct store *s, unsigned int item);

/** store_confirm() - what was proposed counts from now on; durable when it returns 0 */
int store_confirm(struct store *s, unsigned int item);

/**
 * store_yield() - files that are about to be replaced: are they a change of this module's own?
 * @s: store, the item is scanned
 * @item: number in the policy
 * @copy: keep them in FLASH/sync/kept/ITEM, in place of what is there
 *
 * They are when they differ from the record: changed here, and never acknowledged.
 *
 * Return: 1 they are; 0 not; negative errno: the copy failed.
 */
int store_yield(const struct store *s, unsigned int item, bool copy);

/**
 * store_win() - a new generation above both, by the operator's word
 * @s: store, the item is scanned
 * @item: number in the policy
 * @peer: generation of the other side
 */
int store_win(struct store *s, unsigned int item, uint64_t peer);

/**
 * store_adopt() - the files are the owner's already: take its generation
 * @s: store
 * @item: number in the policy
 * @from: 0, or the slot whose copy
 * @m: the owner's manifest, of the digest that was scanned here
 *
 * Return: 0; -ESTALE the digest is another.
 */
int store_adopt(struct store *s, unsigned int item, unsigned int from,
		const struct sync_manifest *m);

/**
 * store_equal() - both sides were seen equal; writes what a commit left to write
 * @s: store
 * @item: number in the policy
 * @from: 0, or the slot whose copy
 * @now_s: wall clock
 */
void store_equal(struct store *s, unsigned int item, unsigned int from, int64_t now_s);

enum sync_verdict {
	SYNC_EQUAL,    /* the same files and generation */
	SYNC_ADOPT,    /* the same files: only the generation is to be taken */
	SYNC_REPLACE,  /* the owner's are to be sent */
	SYNC_CONFLICT, /* the other side's are newer: the operator's word is needed */
};

/**
 * store_judge() - whose files win (I4); asked by the owner
 * @s: the owner's store
 * @item: number in the policy, direction to-standby
 * @peer: what the other side has: the manifest of its scan, its recorded generation
 *
 * A higher generation of the other side is a conflict, unless it was made in another
 * chassis: that module was never synchronized with this one.
 */
enum sync_verdict store_judge(const struct store *s, unsigned int item,
			      const struct sync_manifest *peer);

/** store_held() - `update' wrote it: not sent until the operator says so (C-33) */
bool store_held(const struct store *s, unsigned int item);

/** store_open_file() - open a file of the last scan for sending
 * @s: store
 * @item: number in the policy
 * @number: of the file in store_manifest(s, item, 0)
 *
 * Return: a descriptor; -ESTALE when it changed since: scan again.
 */
int store_open_file(const struct store *s, unsigned int item, unsigned int number);

/* ---- txn.c -------------------------------------------------------------------------------- */

struct txn;

struct txn_need {
	bool needed;   /* its bytes are to be sent, from @have on */
	uint64_t have; /* bytes that an earlier transfer left */
};

/**
 * txn_begin() - begin to replace an item, or go on with it
 * @t: set on success
 * @s: store
 * @item: number in the policy
 * @from: 0, or the slot whose copy
 * @target: what it is to become; copied
 * @why: on failure
 *
 * What an earlier transaction staged and this one does not need is removed. One
 * transaction of an item at a time.
 *
 * Return: 0; -EPERM a path is none of this item's; -EFBIG over the item's limit;
 * -ENOSPC there is no room; -EBUSY one is open; others.
 */
int txn_begin(struct txn **t, struct store *s, unsigned int item, unsigned int from,
	      const struct sync_manifest *target, char why[SYNC_WHY_MAX]);

/** txn_target() - what the item is to become */
const struct sync_manifest *txn_target(const struct txn *t);
/** txn_need() - what is needed of file @number of the target, as of now */
struct txn_need txn_need(const struct txn *t, unsigned int number);

/**
 * txn_write() - the next bytes of a file
 * @t: transaction
 * @number: file of the target
 * @offset: what txn_need() says now
 * @data: bytes
 * @len: of @data
 * @why: on failure
 *
 * Return: 0; -EINVAL another offset, beyond the end, or not needed; -ENOSPC: then
 * txn_drop(t, false) gives the room back; others.
 */
int txn_write(struct txn *t, unsigned int number, uint64_t offset, const void *data, size_t len,
	      char why[SYNC_WHY_MAX]);

/**
 * txn_prepare() - check digests and put the staged files on the medium
 * @t: transaction, every needed byte is there
 * @budget: bytes to read or flush at most in this call
 * @why: on failure
 *
 * Return: 1 call again, 0 ready for txn_commit(); -EBADMSG a digest is wrong: that
 * file's bytes are gone; -EINVAL bytes are missing; others.
 */
int txn_prepare(struct txn *t, size_t budget, char why[SYNC_WHY_MAX]);

/** txn_open_staged() - open a file that was sent, after txn_prepare()
 * @t: transaction
 * @number: of the file in the target
 *
 * Return: a descriptor; -ENOENT nothing of it was sent; others.
 */
int txn_open_staged(const struct txn *t, unsigned int number);

/**
 * txn_commit() - replace the item; ends the transaction
 * @t: transaction; what is left of txn_prepare() is done first
 * @why: on failure
 *
 * When it returns 0 the new set is on the medium. So are its generation and origin,
 * but for a commit of one file, whose record store_equal() writes: a crash before
 * that leaves files that seem changed here, which costs a generation.
 * The caller has just asked who the owner is (I1). After a failure the old set is
 * there, or a journal that store_recover() finishes.
 */
int txn_commit(struct txn *t, char why[SYNC_WHY_MAX]);

/**
 * txn_drop() - give a transaction up; ends it
 * @t: transaction
 * @keep: leave the staged bytes for the next one
 */
void txn_drop(struct txn *t, bool keep);

/* ---- watch.c ------------------------------------------------------------------------------- */

struct watch;

/**
 * watch_open() - have the kernel tell when files of the items change
 * @w: set on success
 * @flash: directory
 * @policy: kept by reference
 * @why: on failure
 *
 * Directories need not exist. Bit N of the masks is item N. The file
 * FLASH/sync/hold belongs to every item.
 */
int watch_open(struct watch **w, const char *flash, const struct sync_policy *policy,
	       char why[SYNC_WHY_MAX]);
void watch_close(struct watch *w);
/** watch_fd() - readable when watch_read() has something to do */
int watch_fd(const struct watch *w);

/**
 * watch_read() - take what happened
 * @w: watch
 * @now_ms: monotonic clock
 *
 * Never blocks. A queue that overflowed means every item.
 */
int watch_read(struct watch *w, int64_t now_ms);

/**
 * watch_due() - which items are to be scanned now
 * @w: watch
 * @now_ms: monotonic clock
 * @wait_ms: milliseconds until the next one, -1 none
 *
 * A file that was replaced is due at once; one that is being written is when
 * nothing was written for a moment, or at the latest after a second.
 *
 * Return: mask; those items are not due any more.
 */
uint32_t watch_due(struct watch *w, int64_t now_ms, int64_t *wait_ms);

/* ---- hooks.c ------------------------------------------------------------------------------- */

/* A program that runs, without a shell, in a process group of its own. */
struct hook {
	int fd; /* for poll(): hook_reap() has something to do; -1 none runs */
	int out, pidfd, pid;
	int64_t deadline_ms; /* monotonic clock */
	bool ended;
	int status; /* as of the shell: 0 to 255, 128 + signal; -1 the time was over */
	size_t used;
	char text[256]; /* its last words on standard output and error */
};

/**
 * hook_start() - start a program
 * @h: filled
 * @command: path and arguments, as config_words() splits them
 * @env: "NAME=value" for it, or NULL
 * @deadline_ms: monotonic clock; its group is killed then
 */
int hook_start(struct hook *h, const char *command, const char *env, int64_t deadline_ms);
/**
 * hook_reap() - read what it says and see whether it ended or its time is over
 * @h: started
 * @now_ms: monotonic clock
 *
 * Never blocks. Return: true when it ended; nothing of it is left then.
 */
bool hook_reap(struct hook *h, int64_t now_ms);

/** hooks_dir() - /etc/redund/promote.d, or what REDUND_HOOKS names */
const char *hooks_dir(void);

/**
 * hooks_run() - run every program of a directory in the order of names
 * @dir: a directory that is not there has none
 * @env: "NAME=value" for them, or NULL
 * @limit_ms: for each
 * @deadline_ms: monotonic clock, for all; those left over are said to be left out
 * @result: called for each: its name, its status as in struct hook (-2: it could not
 *	    be run, -3: left out) and its first line
 * @data: for it
 *
 * Left alone: what is no regular file, is not executable, or whose name has other
 * characters than letters, digits, - and _. The next one runs after one that failed.
 *
 * Return: how many failed; negative errno: the directory cannot be read.
 */
int hooks_run(const char *dir, const char *env, int limit_ms, int64_t deadline_ms,
	      void (*result)(void *data, const char *name, int status, const char *text),
	      void *data);

#endif /* REDSYNCD_SYNC_H */
