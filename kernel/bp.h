/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between redund.ko and a back end: how to reach one slot's
 * register window, and how a back end hands itself over. No code.
 * Documentation/redund/porting.rst shows a whole back end.
 */
#ifndef REDUND_BP_H
#define REDUND_BP_H

#include <linux/device.h>
#include <linux/types.h>
#include "regs.h"

struct redund;

/**
 * struct redund_bp_ops - access to the register window
 * @read32:	a register or a word of an area
 * @read64:	a 64-bit register: one access, or low word then high word
 * @write32:	posted writes are flushed by the next read
 * @read_area:	bytes of a memory area, in ascending 32-bit words
 * @write_area:	likewise
 * @going_down:	one write of REG_GOING_DOWN (panic-safe, lock-free)
 * @own_kernel:	this Linux is the module: its panic, reboot and power-off are
 *		the module's end, and a completed switchover may reboot it (S-078)
 *
 * All are called with interrupts off under the instance's raw spinlock, except
 * @going_down and, where @own_kernel is true, @write_area of WIN_CRASH (lock-free,
 * any context: panic and oops). None may sleep.
 */
struct redund_bp_ops {
	u32 (*read32)(void *bp, u32 off);
	u64 (*read64)(void *bp, u32 off);
	void (*write32)(void *bp, u32 off, u32 value);
	void (*read_area)(void *bp, u32 off, void *buf, size_t len);
	void (*write_area)(void *bp, u32 off, const void *buf, size_t len);
	void (*going_down)(void *bp, u32 reason);
	bool own_kernel;
};

struct redund *redund_register(struct device *parent, const struct redund_bp_ops *ops, void *bp);
void redund_unregister(struct redund *rd);
void redund_shutdown(struct redund *rd);
bool redund_interrupt(struct redund *rd);

#endif /* REDUND_BP_H */
