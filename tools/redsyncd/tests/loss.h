/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A crash between any two system calls, for sync_test. The linker puts these
 * functions in the place of those that change a file system (--wrap); after a
 * number of them the process ends, and, when the power is what was lost, what was
 * not flushed is taken back first.
 */
#ifndef SYNC_TEST_LOSS_H
#define SYNC_TEST_LOSS_H

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
void loss_now(void) __attribute__((noreturn));

#endif
