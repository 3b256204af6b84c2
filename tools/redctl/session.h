/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to one instance for the time of a command, and everything
 * that a command may load from it.
 */
#ifndef REDCTL_SESSION_H
#define REDCTL_SESSION_H

#include "redctl.h"

/** session_open() - connect, and choose the instance (-d, or the only one)
 * @ctx: context
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int session_open(struct ctx *ctx);
void session_close(struct ctx *ctx);

/** session_fail() - report the library's last failure
 * @ctx: context
 * @err: negative errno of the library's call
 *
 * Return: enum status
 */
int session_fail(struct ctx *ctx, int err);

struct state {
	struct rd_chassis chassis;
	struct rd_mm mm[RD_SLOTS]; /* [0] is slot 1 */
	struct rd_fabric fabric[RD_FABRICS];
};

/** session_load() - chassis, management and fabric modules
 * @ctx: context
 * @st: filled
 *
 * Return: enum status; not 0: the cause has been reported.
 */
int session_load(struct ctx *ctx, struct state *st);

/** now_ms() - milliseconds of the machine's monotonic clock, for time-outs */
long long now_ms(void);

/** session_poll() - one change of this instance, within a deadline
 * @ctx: context, subscribed
 * @until_ms: of now_ms(), -1: none
 * @c: the change
 *
 * Return: 1 a change, 0 the deadline has passed, negative errno.
 */
int session_poll(struct ctx *ctx, long long until_ms, struct rd_change *c);

/* Who asks, for history and log: "redctl UID" by the user's name. */
const char *session_requester(void);

/* Where a command was typed, for records: "CONSOLE session" at the interactive
 * console, else "redctl".
 */
const char *session_origin(const struct ctx *ctx);

#endif /* REDCTL_SESSION_H */
