/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of system "redund": beat, miss, role, grant, fabric. This file
 * owns their fields and how they print; core.c, heartbeat.c and fabric.c call
 * them, in any context. Times are the trace's own.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM redund

#if !defined(REDUND_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define REDUND_TRACE_H

#include <linux/tracepoint.h>
#include "../include/uapi/linux/redund.h"
#include "regs.h"

#define redund_trace_roles						\
	EM(REDUND_ROLE_ABSENT, "absent")				\
	EM(REDUND_ROLE_BOOTING, "booting")				\
	EM(REDUND_ROLE_FAILED, "failed")				\
	EM(REDUND_ROLE_ELECTION, "election")				\
	EM(REDUND_ROLE_SYNCING, "syncing")				\
	EM(REDUND_ROLE_STANDBY, "standby")				\
	EM(REDUND_ROLE_TAKING_OVER, "taking-over")			\
	EM(REDUND_ROLE_ACTIVE, "active")				\
	EM(REDUND_ROLE_OFFLINE, "offline")				\
	EME(REDUND_ROLE_DOWN, "down")

#define redund_trace_cmds						\
	EM(REDUND_CMD_CLAIM, "claim")					\
	EM(REDUND_CMD_FENCE, "fence")					\
	EM(REDUND_CMD_FENCE_FORCED, "fence-forced")			\
	EM(REDUND_CMD_RELEASE, "release")				\
	EM(REDUND_CMD_OFFER, "offer")					\
	EM(REDUND_CMD_WITHDRAW, "withdraw")				\
	EME(REDUND_CMD_SHUTDOWN_DONE, "shutdown-done")

#define redund_trace_results						\
	EM(REDUND_RES_NONE, "none")					\
	EM(REDUND_RES_OK, "ok")						\
	EM(REDUND_RES_STALE, "stale")					\
	EM(REDUND_RES_HELD, "held")					\
	EM(REDUND_RES_FREE, "free")					\
	EM(REDUND_RES_OWN, "own")					\
	EM(REDUND_RES_NOT_OWNER, "not-owner")				\
	EM(REDUND_RES_OUT, "out")					\
	EM(REDUND_RES_NOT_ALLOWED, "not-allowed")			\
	EM(REDUND_RES_NOT_ARMED, "not-armed")				\
	EME(REDUND_RES_INVALID, "invalid")

/* tools that read the format without this kernel need the values */
#undef EM
#undef EME
#define EM(value, name)		TRACE_DEFINE_ENUM(value);
#define EME(value, name)	TRACE_DEFINE_ENUM(value);
redund_trace_roles
redund_trace_cmds
redund_trace_results
#undef EM
#undef EME
#define EM(value, name)		{ value, name },
#define EME(value, name)	{ value, name }

/* One beat sent: timer_ms is what the failover timer was re-armed with, status
 * the low word of the combined status register read with it, words the number
 * of 32-bit register words the whole beat took (3 when nothing changed).
 */
TRACE_EVENT(redund_beat,
	TP_PROTO(u32 instance, u8 slot, u32 timer_ms, u32 status, u32 words),
	TP_ARGS(instance, slot, timer_ms, status, words),
	TP_STRUCT__entry(
		__field(u32, instance)
		__field(u8, slot)
		__field(u32, timer_ms)
		__field(u32, status)
		__field(u32, words)
	),
	TP_fast_assign(
		__entry->instance = instance;
		__entry->slot = slot;
		__entry->timer_ms = timer_ms;
		__entry->status = status;
		__entry->words = words;
	),
	TP_printk("redund%u slot=%u timer_ms=%u status=%#010x words=%u",
		  __entry->instance, __entry->slot, __entry->timer_ms,
		  __entry->status, __entry->words)
);

/* The peer's beat did not move in one interval: slot is the peer, missed counts
 * them in a row, limit is where a fence follows, silent_us since its last beat.
 */
TRACE_EVENT(redund_miss,
	TP_PROTO(u32 instance, u8 slot, u32 missed, u32 limit, u64 silent_us),
	TP_ARGS(instance, slot, missed, limit, silent_us),
	TP_STRUCT__entry(
		__field(u32, instance)
		__field(u8, slot)
		__field(u32, missed)
		__field(u32, limit)
		__field(u64, silent_us)
	),
	TP_fast_assign(
		__entry->instance = instance;
		__entry->slot = slot;
		__entry->missed = missed;
		__entry->limit = limit;
		__entry->silent_us = silent_us;
	),
	TP_printk("redund%u slot=%u missed=%u limit=%u silent_us=%llu",
		  __entry->instance, __entry->slot, __entry->missed,
		  __entry->limit, __entry->silent_us)
);

/* This side's role changed: from, to are enum redund_role, not_ready the
 * REDUND_NOT_READY_* bits after the change.
 */
TRACE_EVENT(redund_role,
	TP_PROTO(u32 instance, u8 slot, u8 from, u8 to, u32 epoch, u32 not_ready),
	TP_ARGS(instance, slot, from, to, epoch, not_ready),
	TP_STRUCT__entry(
		__field(u32, instance)
		__field(u8, slot)
		__field(u8, from)
		__field(u8, to)
		__field(u32, epoch)
		__field(u32, not_ready)
	),
	TP_fast_assign(
		__entry->instance = instance;
		__entry->slot = slot;
		__entry->from = from;
		__entry->to = to;
		__entry->epoch = epoch;
		__entry->not_ready = not_ready;
	),
	TP_printk("redund%u slot=%u from=%s to=%s epoch=%u not_ready=%#x",
		  __entry->instance, __entry->slot,
		  __print_symbolic(__entry->from, redund_trace_roles),
		  __print_symbolic(__entry->to, redund_trace_roles),
		  __entry->epoch, __entry->not_ready)
);

/* A grant command was carried out: cmd is enum redund_cmd (0: the grant was
 * seen to have moved without one), result enum redund_result, owner and epoch
 * those after it.
 */
TRACE_EVENT(redund_grant,
	TP_PROTO(u32 instance, u8 slot, u8 cmd, u8 result, u8 owner, u32 epoch),
	TP_ARGS(instance, slot, cmd, result, owner, epoch),
	TP_STRUCT__entry(
		__field(u32, instance)
		__field(u8, slot)
		__field(u8, cmd)
		__field(u8, result)
		__field(u8, owner)
		__field(u32, epoch)
	),
	TP_fast_assign(
		__entry->instance = instance;
		__entry->slot = slot;
		__entry->cmd = cmd;
		__entry->result = result;
		__entry->owner = owner;
		__entry->epoch = epoch;
	),
	TP_printk("redund%u slot=%u cmd=%s result=%s owner=%u epoch=%u",
		  __entry->instance, __entry->slot,
		  __entry->cmd ? __print_symbolic(__entry->cmd, redund_trace_cmds) : "seen",
		  __print_symbolic(__entry->result, redund_trace_results),
		  __entry->owner, __entry->epoch)
);

/* The fabric enables were written: value is what was asked, readback what the
 * controller then held (bits 0, 1: modules 1, 2).
 */
TRACE_EVENT(redund_fabric,
	TP_PROTO(u32 instance, u8 slot, u32 value, u32 readback),
	TP_ARGS(instance, slot, value, readback),
	TP_STRUCT__entry(
		__field(u32, instance)
		__field(u8, slot)
		__field(u32, value)
		__field(u32, readback)
	),
	TP_fast_assign(
		__entry->instance = instance;
		__entry->slot = slot;
		__entry->value = value;
		__entry->readback = readback;
	),
	TP_printk("redund%u slot=%u value=%u readback=%u",
		  __entry->instance, __entry->slot, __entry->value, __entry->readback)
);

#endif /* REDUND_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
