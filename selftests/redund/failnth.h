/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failing allocations of this process one by one, through /proc/self/fail-nth,
 * and finding out in which function of the driver each was. Owns the knobs of
 * the fault injection and the reading of the kernel's log; failnth.c has what is
 * tried.
 */
#ifndef REDUND_SELFTEST_FAILNTH_H
#define REDUND_SELFTEST_FAILNTH_H

#include <stdbool.h>
#include <sys/types.h>

struct fail_place {
	char name[80];		/* innermost function of the driver + offset; "" none */
};

bool fail_init(void);		/* false: this kernel cannot do it */
void fail_exit(void);

/* The n-th allocation from now on fails; 0: none. @pid: another task's */
void fail_arm(unsigned int n);
void fail_arm_task(pid_t pid, unsigned int n);
/* Ends it. True if an allocation failed; @place says where. */
bool fail_disarm(struct fail_place *place);
/* Every allocation of this process fails once so many bytes were given. */
void fail_after(unsigned long bytes);
void fail_after_end(void);

bool fail_splat(char *text, size_t size);	/* a warning since the last call */
unsigned int fail_places(void);		/* different places seen so far */
void fail_print_places(void);
unsigned long fail_taint(void);		/* warnings and worse of this kernel */

#endif /* REDUND_SELFTEST_FAILNTH_H */
