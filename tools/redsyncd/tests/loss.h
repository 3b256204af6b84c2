/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A crash between any two system calls, for sync_test. The linker puts these
 * functions in the place of those that change a file system (--wrap); after a
 * number of them the process ends, and, when the power is what was lost, what was
 * not flushed is taken back first.
 */
#ifndef SYNC_TEST_LOSS_H
#define SYNC_TEST_LOSS_H

#include <sys/types.h>
#include <compiler.h>

#define LOSS_EXIT 99 /* status of a process that crashed */

enum loss {
	LOSS_KILL,  /* the process ends, what it wrote is there */
	LOSS_POWER, /* so does the machine */
};

/**
 * loss_arm() - crash after so many effects
 * @kind: what is lost
 * @effects: 0 before the first
 * @seed: decides how much of what was not flushed is lost all the same
 */
void loss_arm(enum loss kind, long effects, unsigned int seed);
/* loss_now() - crash now */
void __noreturn loss_now(void);

/* What the linker puts in the place of each, and each itself. */
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
int __wrap_ftruncate(int fd, off_t len);
int __real_ftruncate(int fd, off_t len);
int __wrap_fchmod(int fd, mode_t mode);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fsync(int fd);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_rename(const char *from, const char *to);
int __wrap_unlinkat(int dir, const char *path, int flags);
int __real_unlinkat(int dir, const char *path, int flags);
int __wrap_unlink(const char *path);
int __real_unlink(const char *path);
int __wrap_mkdirat(int dir, const char *path, mode_t mode);
int __real_mkdirat(int dir, const char *path, mode_t mode);
int __wrap_path_beneath(int dir, const char *path, int flags, mode_t mode);
int __real_path_beneath(int dir, const char *path, int flags, mode_t mode);

#endif
