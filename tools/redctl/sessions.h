/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interactive sessions of this module: a file REDUND_RUN/sessions/PID for
 * each, locked as long as its process lives. The standby's console is a session
 * of the standby module and never among them (S-228).
 */
#ifndef REDCTL_SESSIONS_H
#define REDCTL_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define SESSIONS_MAX 64

struct session_entry {
	pid_t pid; /* its number */
	char tty[32], user[32];
	uint64_t since_s;
	bool own; /* this process, or the one that it was started from */
};

/**
 * sessions_enter() - this process is an interactive session from now on
 *
 * Return: a descriptor, to be kept open; -1: it cannot be recorded, which is
 * no reason to end.
 */
int sessions_enter(void);
void sessions_leave(void);

/**
 * sessions_list() - the sessions, oldest first; files of dead ones are removed
 * @out: room for SESSIONS_MAX
 *
 * Return: their number
 */
unsigned int sessions_list(struct session_entry out[SESSIONS_MAX]);

#endif /* REDCTL_SESSIONS_H */
