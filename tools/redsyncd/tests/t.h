/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of sync_test share. The current directory is its own. */
#ifndef SYNC_TEST_T_H
#define SYNC_TEST_T_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../sync.h"

#define FLASH "flash" /* in the current directory */

/* A result line; the text names the rows it shows. */
__printf(2, 3) void check(bool ok, const char *fmt, ...);
/* The test cannot go on without. */
void need(bool ok, const char *what);

/* Files and directories by path in the current directory; put() makes the latter. */
void put(const char *path, const void *data, size_t len, unsigned int mode);
void puts_file(const char *path, const char *text);
bool has(const char *path, const void *data, size_t len);
bool has_text(const char *path, const char *text);
bool there(const char *path);
void reset(const char *dir);

/* A policy of these lines, which is valid. */
const struct sync_policy *policy(const char *text);
/* Opens FLASH with the chassis C1 and a module's serial number. */
struct store *open_store(const struct sync_policy *p, const char *serial);
/* Scans whole. Return: the manifest, or NULL with @why. */
const struct sync_manifest *scan(struct store *s, unsigned int item, unsigned int from, char *why);
/* Sends the bytes of a target's files, found below @dir, from where they are needed. */
int fill(struct txn *t, const char *dir, char *why);

void test_policy(const char *file);
void test_manifest(void);
void test_scan(void);
void test_store(void);
void test_txn(void);
void test_crash(void);
void test_watch(void);
void test_hooks(void);

#endif
