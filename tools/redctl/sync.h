/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The synchronization as redctl sees it: what redsyncd says on its control
 * socket, and which modules a change reached (C-34).
 */
#ifndef REDCTL_SYNC_H
#define REDCTL_SYNC_H

#include <jansson.h>
#include "session.h"

#define SYNC_CONFIG_S 10  /* without --timeout: files of a few KiB */
#define SYNC_IMAGE_S  300 /* an image */

/**
 * struct sync_result - what redsyncd answered
 * @ok: the standby has it on stable storage
 * @timed_out: within the time allowed there was no answer
 * @reason: a stable word, "" with @ok
 * @text: a sentence
 * @affected: bit N: management module N has it
 */
struct sync_result {
	bool ok, timed_out;
	char reason[40], text[200];
	unsigned int affected;
};

/** sync_seconds() - the time that a command may wait: --timeout, or @otherwise
 * @ctx: context
 * @otherwise: seconds
 */
unsigned int sync_seconds(const struct ctx *ctx, unsigned int otherwise);

/**
 * sync_wait() - wait until the standby has items that have just been changed
 * @ctx: context
 * @item: of the policy: "config", "security", "primary", "secondary", or NULL
 * @second: another one, or NULL
 * @seconds: at most
 * @r: filled, also when redsyncd does not run
 */
void sync_wait(struct ctx *ctx, const char *item, const char *second, unsigned int seconds,
	       struct sync_result *r);

/**
 * sync_affected() - say which modules a change reached; the last thing that a command does
 * @ctx: context with the slot's driver, or without one
 * @r: of sync_wait()
 * @done: what has been done on this module, a sentence without its full stop
 *
 * A module that is not in standby mode is not affected, and that is no failure
 * (C-34). One that is in standby mode and has not acknowledged it is: the change
 * is in force on this module, exit status 4 with the reason.
 *
 * Return: enum status
 */
int sync_affected(struct ctx *ctx, const struct sync_result *r, const char *done);

/** sync_missing() - the same, but silent when nothing is missing */
int sync_missing(struct ctx *ctx, const struct sync_result *r, const char *done);

/** sync_quiet() - the same for a command whose screen is a figure: "affected" in JSON alone */
int sync_quiet(struct ctx *ctx, const struct sync_result *r, const char *done);

/* sync_wait() for an item, then sync_affected() */
int sync_commit(struct ctx *ctx, const char *item, unsigned int seconds, const char *done);

/**
 * sync_force() - synchronize now
 * @ctx: context
 * @what: "config", "image", "all" or an item
 * @force: the active's files win over newer ones of the standby
 * @seconds: at most
 * @r: filled
 */
void sync_force(struct ctx *ctx, const char *what, bool force, unsigned int seconds,
		struct sync_result *r);

/**
 * sync_status() - the state of all items
 * @r: filled when there is none
 *
 * Return: what redsyncd says, for json_decref(), or NULL.
 */
json_t *sync_status(struct sync_result *r);

/** sync_describe() - what is being copied and how long it will take
 * @buf: "primary, 12 of 64 MiB, about 20 s left"; "" when nothing is
 * @size: of @buf
 */
void sync_describe(char *buf, size_t size);

/** sync_conflict() - is there an item that only the operator's word makes equal (I4)?
 * @why: which, and the command that decides it, when there is one
 * @size: of @why
 */
bool sync_conflict(char *why, size_t size);

/* The object of show sync, and of show redundancy below "sync"; a table as text. */
void out_sync(struct out *o, const json_t *status);

#endif /* REDCTL_SYNC_H */
