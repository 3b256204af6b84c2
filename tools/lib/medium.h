/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module's flash as an ext4 file system in an image file, reached from
 * outside of the module, while it does not run, by the programs of e2fsprogs.
 * What the module's kernel left in the journal counts: it is replayed first.
 */
#ifndef REDUND_MEDIUM_H
#define REDUND_MEDIUM_H

#include <stdbool.h>

#define MEDIUM_MIB_MIN	   16
#define MEDIUM_MIB_MAX	   4096
#define MEDIUM_MIB_DEFAULT 256

/* What a new medium is. */
struct medium_kind {
	unsigned int mib;
	bool no_journal; /* ext4 without one: a rename waits for the sync of its directory */
};

/**
 * medium_make() - a new medium in place of what is there
 * @path: image file
 * @kind: of the new one
 * @from: directory whose content it gets, or NULL
 *
 * Return: 0, or a negative errno: then the old one is there.
 */
int medium_make(const char *path, const struct medium_kind *kind, const char *from);

/**
 * medium_settle() - replay the journal that the last use left, or repair without one
 * @path: image file
 *
 * Return: 0; -EUCLEAN it cannot be read as a file system; another negative errno.
 */
int medium_settle(const char *path);

/** medium_has() - is this file in a settled medium? */
bool medium_has(const char *path, const char *name);

/**
 * medium_get() - copy a file out of a settled medium
 * @path: image file
 * @name: the file, in the top directory
 * @to: where to; replaced
 *
 * Return: 0; -ENOENT it is not there; another negative errno.
 */
int medium_get(const char *path, const char *name, const char *to);

/**
 * medium_put() - replace a file in a settled medium
 * @path: image file
 * @name: the file, in the top directory
 * @from: its new content; NULL removes it
 *
 * Return: 0, or a negative errno.
 */
int medium_put(const char *path, const char *name, const char *from);

#endif /* REDUND_MEDIUM_H */
