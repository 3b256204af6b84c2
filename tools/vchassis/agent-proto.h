/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames between the chassis process and a module's agent, over the module's
 * first serial line. Shared by vchassis and mm-agent, which are always of one
 * build; nothing else speaks this.
 */
#ifndef VCHASSIS_AGENT_PROTO_H
#define VCHASSIS_AGENT_PROTO_H

#include <linux/types.h>

#include "compiler.h"

#define AGENT_MAGIC 0xa6
#define AGENT_MAX   2048 /* bytes after the head */

/*
 * Bytes on the way to the agent that it has not read, heads included. A UML
 * serial line that once throttles is dead for good (its interrupt is given
 * back and never asked for again), so its 4 KiB must never fill up.
 */
#define AGENT_WINDOW	3072
#define AGENT_CREDIT_AT 1024 /* the agent reports in steps of this */

struct agent_head {
	__u8 magic;
	__u8 type; /* AGENT_* */
	__u16 len;
	__u32 id; /* session, 0 none */
} __packed;

enum {
	/* to the agent */
	AGENT_RUN = 'R',      /* arguments, each ended by a NUL; more frames: 'r' before it */
	AGENT_RUN_MORE = 'r', /* a part of the arguments, before AGENT_RUN */
	AGENT_SHELL = 'T',    /* a shell on a terminal: struct agent_winsize */
	AGENT_STDIN = 'I',
	AGENT_STDIN_END = 'i',
	AGENT_WINSIZE = 'W',   /* struct agent_winsize */
	AGENT_KILL = 'K',      /* end the session's processes */
	AGENT_STARVE = 'w',    /* stop petting the watchdog */
	AGENT_SOFT_HANG = 'h', /* schedule nothing until mconsole's cad */
	/* from the agent */
	AGENT_HELLO = 'H',
	AGENT_STDOUT = 'O',
	AGENT_STDERR = 'E',
	AGENT_TAKEN = 'A',  /* __u32: bytes of input the command took */
	AGENT_CREDIT = 'c', /* __u32: bytes read from the line since the last one */
	AGENT_EXIT = 'X',   /* __u32: exit status as in a shell */
};

struct agent_winsize {
	__u16 rows, cols;
};

#endif
