/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames between a `vchassis` command and the chassis process, over
 * DIR/control.sock. Shared by both sides, which are one program.
 */
#ifndef VCHASSIS_CONTROL_PROTO_H
#define VCHASSIS_CONTROL_PROTO_H

#include <linux/types.h>

#define CONTROL_MAX 0x100000

struct control_head {
	__u32 len;  /* bytes after the head */
	__u32 type; /* CONTROL_* */
};

enum {
	/* to the chassis */
	CONTROL_COMMAND = 'C', /* arguments, each ended by a NUL */
	CONTROL_STDIN = 'I',
	CONTROL_STDIN_END = 'i',
	CONTROL_WINSIZE = 'W', /* struct agent_winsize */
	/* from the chassis */
	CONTROL_STDOUT = 'O',
	CONTROL_STDERR = 'E',
	CONTROL_READY = 'A', /* more input may come */
	CONTROL_EXIT = 'X',  /* __u32 status, then the line that says why */
};

#endif
