/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a module's boot ROM and the chassis process say to each other besides
 * the serial line: the ROM's few accesses to the controller's window and its
 * progress. A SEQPACKET socket; one packet a request. Shared by vchassis and
 * bootrom, which are always of one build.
 */
#ifndef VCHASSIS_ROM_PROTO_H
#define VCHASSIS_ROM_PROTO_H

#include <linux/types.h>

#define ROM_FD_AGENT 10 /* passed on to the kernel: its first serial line */
#define ROM_FD_BUS   11

enum {
	/* answered */
	ROM_READ,    /* offset: a 32-bit register of the slot's window */
	ROM_CONSOLE, /* how many are attached to the slot's console */
	/* not answered */
	ROM_WAITS, /* somebody is at the prompt: the boot bound starts again */
	ROM_STATE, /* value: ROM_IS_*; image */
};

/* Progress, in this order unless something is wrong. */
enum {
	ROM_IS_OFF, /* no ROM has run: the kernel was started without one */
	ROM_IS_TESTING,
	ROM_IS_SELECTING,
	ROM_IS_MONITOR,
	ROM_IS_BOOTING, /* value >> 8: enum flash_which */
	ROM_IS_DONE,	/* made of the end of the line: the kernel runs */
};

struct rom_request {
	__u32 what;
	__u32 offset;
	__u32 value;
};

struct rom_answer {
	__u32 value;
};

#endif
